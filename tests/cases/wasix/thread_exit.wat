;; The only thread takes the process with it.
(module
  (import "wasix_32v1" "thread_exit" (func $thread_exit (param i32)))
  (func (export "_start") (call $thread_exit (i32.const 3)) (unreachable)))
;;? 3
