;; A module without memory, with a loop, a table of functions and several results.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (type $pair (func (param i32) (result i32 i32)))
  (table funcref (elem $swap $twice))
  (func $swap (type $pair) (i32.const 3) (local.get 0))
  (func $twice (type $pair) (local.get 0) (local.get 0))
  (func (export "_start") (local $i i32) (local $sum i32)
    (loop $again
      (call_indirect (type $pair) (local.get $i) (i32.and (local.get $i) (i32.const 1)))
      (local.set $sum (i32.add (i32.mul (i32.add) (i32.const 2)) (local.get $sum)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6))))
    (call $proc_exit (local.get $sum))))
;;? 66
