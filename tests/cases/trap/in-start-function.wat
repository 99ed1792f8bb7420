;; A trap while the module is instantiated: the active segment does not fit.
(module
  (memory (export "memory") 1)
  (data (i32.const 65530) "too long")
  (func (export "_start")))
;;? 134
;;& wexe: trap: out of bounds memory access
;;&     0: instantiate
