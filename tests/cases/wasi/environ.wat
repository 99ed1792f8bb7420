;;! build: --env A=1 --env "B=two = 2" --env C=
;;! env: HOST=secret
;; The environment is what the program was given when it was built, not that of the process.
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (global $fault i32 (i32.const 21))
  (data (i32.const 4096) "A=1\00B=two = 2\00C=\00")
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
    (call $expect (i32.const 1) (call $environ_sizes_get (i32.const 0) (i32.const 4)) (global.get $success))
    (call $expect (i32.const 2) (i32.load (i32.const 0)) (i32.const 3))
    (call $expect (i32.const 3) (i32.load (i32.const 4)) (i32.const 17))
    (call $expect (i32.const 4) (call $environ_get (i32.const 16) (i32.const 256)) (global.get $success))
    (call $expect_bytes (i32.const 5) (i32.const 256) (i32.const 4096) (i32.const 17))
    (call $expect (i32.const 6) (i32.load (i32.const 16)) (i32.const 256))
    (call $expect (i32.const 7) (i32.load (i32.const 20)) (i32.const 260))
    (call $expect (i32.const 8) (i32.load (i32.const 24)) (i32.const 270))

    ;; Neither array may leave memory.
    (call $expect (i32.const 9) (call $environ_get (i32.const 65528) (i32.const 256)) (global.get $fault))
    (call $expect (i32.const 10) (call $environ_get (i32.const 16) (i32.const 65520)) (global.get $fault))
    (call $expect (i32.const 11) (call $environ_sizes_get (i32.const 65533) (i32.const 4)) (global.get $fault))
    (call $expect (i32.const 12) (call $environ_sizes_get (i32.const 4) (i32.const -1)) (global.get $fault))))
