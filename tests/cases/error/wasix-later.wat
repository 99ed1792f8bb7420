;; A function of WASIX that is not there yet.
(module
  (import "wasix_32v1" "context_switch" (func (param i64) (result i32)))
  (func (export "_start")))
;;& not supported yet: import "wasix_32v1" "context_switch"
