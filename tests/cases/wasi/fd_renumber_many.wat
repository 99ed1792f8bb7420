;;! dir: /
;;! file: a.txt = aaa
;; Renumbering closes what it replaces: it can go on for longer than the host has descriptors.
;; GHSA-3p27 was a leak.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (data (i32.const 4096) "a.txt")
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  (func (export "_start") (local $i i32)
    (call $expect (i32.const 1)
      (call $path_open (i32.const 3) (i32.const 1) (i32.const 4096) (i32.const 5) (i32.const 0) (i64.const 268435391) (i64.const 268435455) (i32.const 0) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 2) (i32.load (i32.const 0)) (i32.const 4))
    (local.set $i (i32.const 30000))
    (loop $again
    (call $expect (i32.const 3)
      (call $path_open (i32.const 3) (i32.const 1) (i32.const 4096) (i32.const 5) (i32.const 0) (i64.const 268435391) (i64.const 268435455) (i32.const 0) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 4) (i32.load (i32.const 0)) (i32.const 5))
    (call $expect (i32.const 5) (call $fd_renumber (i32.const 5) (i32.const 4)) (global.get $success))
    (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))))
