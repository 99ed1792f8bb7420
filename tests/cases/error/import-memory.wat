(module
  (import "env" "memory" (memory 1))
  (func (export "_start")))
;;& unknown import: "env" "memory"
;;& hint: wexe provides the modules wasi_snapshot_preview1, wasi_unstable, wasix_32v1, bench
