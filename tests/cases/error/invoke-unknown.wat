;;! build: --invoke fibb
(module (func (export "fib")))
;;& no function "fibb" is exported
;;& hint: choose an exported function with --invoke: fib
