;;! dir: /
;;! stdin: x
;; Directories get the numbers from 3 on, whatever the program does before it uses one.
(module
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (global $badf i32 (i32.const 8))
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  (func (export "_start")
    (call $expect (i32.const 1) (call $fd_close (i32.const 1)) (global.get $success))
    (call $expect (i32.const 2) (call $fd_close (i32.const 0)) (global.get $success))
    (call $expect (i32.const 3) (call $fd_prestat_get (i32.const 3) (i32.const 0)) (global.get $success))
    (call $expect (i32.const 4) (call $fd_prestat_get (i32.const 1) (i32.const 0)) (global.get $badf))
    (call $expect (i32.const 5) (call $fd_prestat_get (i32.const 0) (i32.const 0)) (global.get $badf))))
