;; The largest offset there is, which added to anything overflows.
(module
  (memory i64 1)
  (func (export "_start") (drop (i64.load offset=0xffffffffffffffff (i64.const 8)))))
;;? 134
;;& wexe: trap: out of bounds memory access
;;&     0: _start
