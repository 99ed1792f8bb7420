(module (func (export "_start") (param i32)))
;;& the entry point "_start" has parameters or results
;;& hint: call it with --invoke _start
