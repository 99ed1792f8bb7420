;;! build: -O0
;; A backtrace from behind a tail call to a function with more arguments on the stack, and a host call before the trap.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 1)
  (func $wide (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local $n i32)
    (loop $again
      (drop (call $sched_yield))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 3))))
    (unreachable))
  (func $middle (param i64)
    (local $n i32)
    (loop $again
      (drop (call $sched_yield))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 3))))
    (return_call $wide
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)))
  (func (export "_start")
    (call $middle (i64.const 1))
    (nop)))
;;? 134
;;& wexe: trap: unreachable
;;&     0: wide
;;&     1: _start
