;; Even an instruction that accesses nothing traps.
(module
  (memory (export "memory") 1 1 shared)
  (func (export "_start")
    (drop (memory.atomic.notify (i32.const 65536) (i32.const 1)))))
;;? 134
;;& wexe: trap: out of bounds memory access
;;&     0: _start
