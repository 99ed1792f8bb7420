;;! env: HOST=secret
;; Without `--env` there is no variable.
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (global $fault i32 (i32.const 21))
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  (func (export "_start")
    (call $expect (i32.const 1) (call $environ_sizes_get (i32.const 0) (i32.const 4)) (global.get $success))
    (call $expect (i32.const 2) (i32.load (i32.const 0)) (i32.const 0))
    (call $expect (i32.const 3) (i32.load (i32.const 4)) (i32.const 0))

    ;; Arrays of nothing fit even at the end of memory, and not beyond it.
    (call $expect (i32.const 4) (call $environ_get (i32.const 65536) (i32.const 65536)) (global.get $success))
    (call $expect (i32.const 5) (call $environ_get (i32.const 65537) (i32.const 0)) (global.get $fault))))
