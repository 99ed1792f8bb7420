;; Signals that do nothing by default, and numbers that are no signals.
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $proc_raise (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (global $inval i32 (i32.const 28))
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  (func (export "_start")
    (call $expect (i32.const 1) (call $proc_raise (i32.const 0)) (global.get $success))

    ;; child, continue, urgent, window changed: 16, 17, 22 and 27, which are not Linux's numbers.
    (call $expect (i32.const 2) (call $proc_raise (i32.const 16)) (global.get $success))
    (call $expect (i32.const 3) (call $proc_raise (i32.const 17)) (global.get $success))
    (call $expect (i32.const 4) (call $proc_raise (i32.const 22)) (global.get $success))
    (call $expect (i32.const 5) (call $proc_raise (i32.const 27)) (global.get $success))
    (call $expect (i32.const 6) (call $proc_raise (i32.const 31)) (global.get $inval))
    (call $expect (i32.const 7) (call $proc_raise (i32.const 32)) (global.get $inval))
    (call $expect (i32.const 8) (call $proc_raise (i32.const 64)) (global.get $inval))
    (call $expect (i32.const 9) (call $proc_raise (i32.const 255)) (global.get $inval))
    (call $expect (i32.const 10) (call $proc_raise (i32.const 256)) (global.get $inval))
    (call $expect (i32.const 11) (call $proc_raise (i32.const -1)) (global.get $inval))))
