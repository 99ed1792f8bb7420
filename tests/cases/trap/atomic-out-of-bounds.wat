;; An atomic access past the end.
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (i64.atomic.rmw32.cmpxchg_u offset=4 (i32.const 65532) (i64.const 1) (i64.const 1)))))
;;? 134
;;& wexe: trap: out of bounds memory access
;;&     0: _start
