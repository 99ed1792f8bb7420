(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32) (result i32)))
  (func (export "_start")))
;;& incompatible import type: "wasi_snapshot_preview1" "fd_write" is (i32 i32 i32 i32) -> (i32), but imported as (i32 i32 i32) -> (i32)
