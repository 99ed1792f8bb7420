;; How programs of the proposal wasi-threads start one.
(module
  (import "env" "memory" (memory 1 2 shared))
  (import "wasi" "thread-spawn" (func (param i32) (result i32)))
  (func (export "_start")))
;;& not supported yet: import "wasi" "thread-spawn"
