;;! build: --invoke fibb
(module (func (export "fib")))
