;; The start function runs before _start, after data and elements are in place.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 100) "\05")
  (table 1 funcref)
  (elem (i32.const 0) func $add)
  (type $add (func (param i32) (result i32)))
  (func $add (type $add) (i32.add (local.get 0) (i32.load8_u (i32.const 100))))
  (start $begin)
  (func $begin (i32.store8 (i32.const 100) (call_indirect (type $add) (i32.const 10) (i32.const 0))))
  (func (export "_start") (call $proc_exit (i32.load8_u (i32.const 100)))))
;;? 15
