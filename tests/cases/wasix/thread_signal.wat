;; A signal does what it does to a process that does not handle it.
(module
  (import "wasix_32v1" "thread_signal" (func $thread_signal (param i32 i32) (result i32)))
  (func (export "_start")
    (drop (call $thread_signal (i32.const 1) (i32.const 15 (; term ;))))
    (unreachable)))
;;? signal 15
