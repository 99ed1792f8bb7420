;; One exported loop for each host function that is measured, over `count` calls. `calls.c` has the same loops. A call
;; that fails ends the program.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (memory (export "memory") 1)
  ;; A vector of one byte at 32; results at 16.
  (data (i32.const 0) " \00\00\00\01\00\00\00")
  (data (i32.const 64) "file")
  (func $check (param $errno i32) (if (local.get $errno) (then unreachable)))
  (func (export "fd_write") (param $count i32)
    (loop $next
      (if (i32.eqz (local.get $count)) (then (return)))
      (call $check (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
  (func (export "fd_read") (param $count i32)
    (loop $next
      (if (i32.eqz (local.get $count)) (then (return)))
      (call $check (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
  (func (export "clock_time_get") (param $count i32)
    (loop $next
      (if (i32.eqz (local.get $count)) (then (return)))
      (call $check (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
  (func (export "random_get") (param $count i32)
    (loop $next
      (if (i32.eqz (local.get $count)) (then (return)))
      (call $check (call $random_get (i32.const 128) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
  (func (export "path_open") (param $count i32)
    (loop $next
      (if (i32.eqz (local.get $count)) (then (return)))
      (call $check
        (call $path_open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 4) (i32.const 0) (i64.const 2)
          (i64.const 0) (i32.const 0) (i32.const 16)))
      (call $check (call $fd_close (i32.load (i32.const 16))))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next))))
