;; Nobody could wake it.
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))))
;;? 134
;;& wexe: trap: expected shared memory
;;&     0: _start
