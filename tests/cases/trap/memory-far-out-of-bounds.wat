;;! build: -O0
(module
  (memory (export "memory") 1)
  (table 2 2 funcref)
  (elem (i32.const 0) func $inner)
  (type $void (func))
  (func $inner (param i32)
    (i64.store offset=4294967295 (i32.sub (local.get 0) (i32.const 1)) (i64.const 1)))
  (func $outer
    (call $inner (i32.const 0))
    (nop))
  (func (export "_start")
    (call $outer)
    (nop)))
;;? 134
;;& wexe: trap: out of bounds memory access
;;&     0: inner
;;&     1: outer
;;&     2: _start
