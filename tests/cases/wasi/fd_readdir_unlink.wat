;;! dir: /
;;! after: d absent
;; Removing every entry as soon as it is seen, as `rm -r` does: none is skipped, and the directory is empty in the end.
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink_file (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $path_remove_directory (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (data (i32.const 4096) "d")
  (data (i32.const 4100) "f000")
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  (func (export "_start") (local $i i32) (local $cookie i64) (local $removed i32)
    (call $expect (i32.const 1)
      (call $path_create_directory (i32.const 3) (i32.const 4096) (i32.const 1))
      (global.get $success))
    (call $expect (i32.const 2)
      (call $path_open (i32.const 3) (i32.const 1) (i32.const 4096) (i32.const 1) (i32.const 0) (i64.const 268435391) (i64.const 268435455) (i32.const 0) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 3) (i32.load (i32.const 0)) (i32.const 4))

    ;; Three hundred files.
    (local.set $i (i32.const 300))
    (loop $create
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (i32.store8 (i32.const 4101) (i32.add (i32.const 48) (i32.div_u (local.get $i) (i32.const 100))))
      (i32.store8 (i32.const 4102) (i32.add (i32.const 48) (i32.rem_u (i32.div_u (local.get $i) (i32.const 10)) (i32.const 10))))
      (i32.store8 (i32.const 4103) (i32.add (i32.const 48) (i32.rem_u (local.get $i) (i32.const 10))))
    (call $expect (i32.const 4)
      (call $path_open (i32.const 4) (i32.const 0) (i32.const 4100) (i32.const 4) (i32.const 5) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 5) (i32.load (i32.const 0)) (i32.const 5))
    (call $expect (i32.const 6) (call $fd_close (i32.const 5)) (global.get $success))
    (br_if $create (local.get $i)))

    ;; One entry at a time; `.` and `..` stay.
    (loop $next
    (call $expect (i32.const 7)
      (call $fd_readdir (i32.const 4) (i32.const 1024) (i32.const 28) (local.get $cookie) (i32.const 0))
      (global.get $success))
    (if (i32.ge_u (i32.load (i32.const 0)) (i32.const 24))
        (then
          (local.set $cookie (i64.load (i32.const 1024)))
          (if (i32.eq (i32.load8_u (i32.const 1048)) (i32.const 102))
            (then
    (call $expect (i32.const 8)
      (call $path_unlink_file (i32.const 4) (i32.const 1048) (i32.const 4))
      (global.get $success))
        (local.set $removed (i32.add (local.get $removed) (i32.const 1)))))
          (br $next))))
    (call $expect (i32.const 9) (local.get $removed) (i32.const 300))
    (call $expect (i32.const 10)
      (call $path_remove_directory (i32.const 3) (i32.const 4096) (i32.const 1))
      (global.get $success))))
