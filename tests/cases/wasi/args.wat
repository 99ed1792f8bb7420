;;! args: one "two words" ""
;; Arguments: the name that the program was started by, without its directory, then those of the command line.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (global $fault i32 (i32.const 21))
  (data (i32.const 4096) "one\00two words\00\00")
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  (func $expect_bytes (param $step i32) (param $got i32) (param $want i32) (param $len i32)
    (loop $next
      (if (i32.eqz (local.get $len)) (then (return)))
      (if (i32.ne (i32.load8_u (local.get $got)) (i32.load8_u (local.get $want)))
        (then (call $proc_exit (local.get $step))))
      (local.set $got (i32.add (local.get $got) (i32.const 1)))
      (local.set $want (i32.add (local.get $want) (i32.const 1)))
      (local.set $len (i32.sub (local.get $len) (i32.const 1)))
      (br $next)))
  (func (export "_start")
    (call $expect (i32.const 1) (call $args_sizes_get (i32.const 0) (i32.const 4)) (global.get $success))
    (call $expect (i32.const 2) (i32.load (i32.const 0)) (i32.const 4))

    ;; "one", "two words" and "" with their NULs are 15 bytes; the name is as long as the case makes it.
    (call $expect (i32.const 3) (i32.eqz (i32.gt_u (i32.load (i32.const 4)) (i32.const 15))) (i32.const 0))
    (call $expect (i32.const 4) (call $args_get (i32.const 16) (i32.const 256)) (global.get $success))
    (call $expect (i32.const 5) (i32.load (i32.const 16)) (i32.const 256))
    (call $expect_bytes (i32.const 6) (i32.load (i32.const 20)) (i32.const 4096) (i32.const 15))
    (call $expect (i32.const 7) (i32.sub (i32.load (i32.const 24)) (i32.load (i32.const 20))) (i32.const 4))
    (call $expect (i32.const 8) (i32.sub (i32.load (i32.const 28)) (i32.load (i32.const 24))) (i32.const 10))

    ;; The last byte is that of the last NUL.
    (call $expect (i32.const 9)
      (i32.add (i32.load (i32.const 28)) (i32.const 1))
      (i32.add (i32.const 256) (i32.load (i32.const 4))))

    ;; Neither array may leave memory, and then nothing is stored.
    (i32.store (i32.const 16) (i32.const 119))
    (call $expect (i32.const 10) (call $args_get (i32.const 16) (i32.const 65535)) (global.get $fault))
    (call $expect (i32.const 11) (i32.load (i32.const 16)) (i32.const 119))
    (call $expect (i32.const 12) (call $args_get (i32.const 65528) (i32.const 256)) (global.get $fault))
    (call $expect (i32.const 13) (call $args_get (i32.const -4) (i32.const 256)) (global.get $fault))
    (call $expect (i32.const 14) (call $args_sizes_get (i32.const 65533) (i32.const 4)) (global.get $fault))
    (call $expect (i32.const 15) (call $args_sizes_get (i32.const 4) (i32.const 65533)) (global.get $fault))))
