;;! build: -O0
;; No handler takes it: the trap is where it was thrown, with all frames still there.
(module
  (tag $other)
  (tag $int (param i32))
  (memory (export "memory") 1)
  (func $throw (param i32) (throw $int (local.get 0)))
  (func $inner
    (block $caught
      (try_table (catch $other $caught) (call $throw (i32.const 1)))))
  (func $outer
    try
      call $inner
    catch $other
    end)
  (func (export "_start") (call $outer) (nop)))
;;? 134
;;& wexe: trap: uncaught exception
;;&     0: throw
;;&     1: inner
;;&     2: outer
;;&     3: _start
