(module (func (export "main")))
;;& no entry point: no function "_start" is exported
;;& hint: choose an exported function with --invoke: main
