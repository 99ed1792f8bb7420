;;! build: -O0
(module
  (memory (export "memory") 1)
  (table 2 2 funcref)
  (elem (i32.const 0) func $inner)
  (type $void (func))
  (func $inner (param i32)
    (call $inner (local.get 0)) (call $outer))
  (func $outer
    (call $inner (i32.const 0))
    (nop))
  (func (export "_start")
    (call $outer)
    (nop)))
;;? 134
;;& wexe: trap: call stack exhausted
;;&     0: inner
;;&     1: inner
;;&     2: inner
;;&     3: inner
;;&     4: inner
;;&     5: inner
;;&     6: inner
;;&     7: inner
;;&     8: inner
;;&     9: inner
;;&     10: inner
;;&     11: inner
;;&     12: inner
;;&     13: inner
;;&     14: inner
;;&     15: inner
;;&     16: inner
;;&     17: inner
;;&     18: inner
;;&     19: inner
;;&     20: inner
;;&     21: inner
;;&     22: inner
;;&     23: inner
;;&     24: inner
;;&     25: inner
;;&     26: inner
;;&     27: inner
;;&     28: inner
;;&     29: inner
;;&     30: inner
;;&     31: inner
;;&     32: inner
;;&     33: inner
;;&     34: inner
;;&     35: inner
;;&     36: inner
;;&     37: inner
;;&     38: inner
;;&     39: inner
;;&     40: inner
;;&     41: inner
;;&     42: inner
;;&     43: inner
;;&     44: inner
;;&     45: inner
;;&     46: inner
;;&     47: inner
;;&     48: inner
;;&     49: inner
;;&     and [..] more
