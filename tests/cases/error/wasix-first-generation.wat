;; How programs of 2022 started a thread: known by its type.
(module
  (import "wasix_32v1" "thread_spawn" (func (param i64 i64 i64 i32 i32) (result i32)))
  (func (export "_start")))
;;& not supported yet: import "wasix_32v1" "thread_spawn"
