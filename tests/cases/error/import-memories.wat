;; More than one memory is imported: nobody else makes any.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "env" "other" (memory 1 1 shared))
  (func (export "_start")))
;;& unknown import: "env" "memory"
;;& hint: wexe provides the modules wasi_snapshot_preview1, wasi_unstable, wasix_32v1, bench
