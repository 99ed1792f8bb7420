(module
  (import "wasi_snapshot_preview1" "fd_wriite" (func (param i32 i32 i32 i32) (result i32)))
  (func (export "_start")))
;;& unknown import: "wasi_snapshot_preview1" "fd_wriite"
;;& hint: the nearest that exists is "wasi_snapshot_preview1" "fd_write"
