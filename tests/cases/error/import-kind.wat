(module
  (import "wasi_snapshot_preview1" "fd_write" (global i32))
  (func (export "_start")))
;;& incompatible import type: "wasi_snapshot_preview1" "fd_write" is a function
