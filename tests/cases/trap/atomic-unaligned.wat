;; The address is a multiple of 2 but not of 4: index and offset together count.
(module
  (memory (export "memory") 1 1 shared)
  (func (export "_start")
    (drop (i32.atomic.rmw.add offset=1 (i32.const 1) (i32.const 1)))))
;;? 134
;;& wexe: trap: unaligned atomic
;;&     0: _start
