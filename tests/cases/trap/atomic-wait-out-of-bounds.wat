;; The wait would fault in the runtime.
(module
  (memory (export "memory") 1 1 shared)
  (func (export "_start")
    (drop (memory.atomic.wait64 (i32.const 65536) (i64.const 1) (i64.const 0)))))
;;? 134
;;& wexe: trap: out of bounds memory access
;;&     0: _start
