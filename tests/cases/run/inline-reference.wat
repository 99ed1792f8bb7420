;; A function reference in a function that is inlined: it must still be to the same function.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (type $unary (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (elem declare func $meant)
  (func $other (type $unary) (i32.const 1))
  (func $meant (type $unary) (i32.add (local.get 0) (i32.const 10)))
  (func $by_reference (type $unary) (call_ref $unary (local.get 0) (ref.func $meant)))
  (func (export "_start")
    (drop (call $other (i32.const 1)))
    (call $proc_exit (call $by_reference (i32.const 1)))))
;;? 11
