;; A type that no generation of WASIX has.
(module
  (import "wasix_32v1" "thread_spawn" (func (param i64)))
  (func (export "_start")))
;;& incompatible import type: "wasix_32v1" "thread_spawn" is (i32 i32) -> (i32), but imported as (i64) -> ()
