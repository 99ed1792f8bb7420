(module
  (import "env" "emscripten_notify_memory_growth" (func (param i32)))
  (func (export "_start")))
;;& unknown import: "env" "emscripten_notify_memory_growth"
;;& hint: wexe provides the modules wasi_snapshot_preview1, wasi_unstable, wasix_32v1, bench
