;; A trap while the module is instantiated: the active segment does not fit.
(module
  (memory (export "memory") 1)
  (data (i32.const 65530) "too long")
  (func (export "_start")))
