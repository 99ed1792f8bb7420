;; The stack may end inside a host function, where the program's frames are already at its very end.
(module
  (import "wasi_snapshot_preview1" "path_rename" (func $r (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "xy")
  (func $deep (param i32) (result i32)
    (drop (call $r (i32.const 9) (i32.const 0) (i32.const 1) (i32.const 9) (i32.const 1) (i32.const 1)))
    (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  (func (export "_start") (drop (call $deep (i32.const 0)))))
;;? 134
;;& wexe: trap: call stack exhausted
;;&     0: deep
;;&     1: deep
;;&     2: deep
;;&     3: deep
;;&     4: deep
;;&     5: deep
;;&     6: deep
;;&     7: deep
;;&     8: deep
;;&     9: deep
;;&     10: deep
;;&     11: deep
;;&     12: deep
;;&     13: deep
;;&     14: deep
;;&     15: deep
;;&     16: deep
;;&     17: deep
;;&     18: deep
;;&     19: deep
;;&     20: deep
;;&     21: deep
;;&     22: deep
;;&     23: deep
;;&     24: deep
;;&     25: deep
;;&     26: deep
;;&     27: deep
;;&     28: deep
;;&     29: deep
;;&     30: deep
;;&     31: deep
;;&     32: deep
;;&     33: deep
;;&     34: deep
;;&     35: deep
;;&     36: deep
;;&     37: deep
;;&     38: deep
;;&     39: deep
;;&     40: deep
;;&     41: deep
;;&     42: deep
;;&     43: deep
;;&     44: deep
;;&     45: deep
;;&     46: deep
;;&     47: deep
;;&     48: deep
;;&     49: deep
;;&     and [..] more
