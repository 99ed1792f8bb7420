;;! dir: /
;;! file: file = abcdefghijkl
;;! after: copy = efgcdg
;; Vectors that overlap each other, their own array and the result: they are read before anything is stored, and filled in
;; their order.
(module
  (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $success i32 (i32.const 0))
  (data (i32.const 4096) "file")
  (data (i32.const 4100) "copy")
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  (func (export "_start")
    (call $expect (i32.const 1)
      (call $path_open (i32.const 3) (i32.const 0) (i32.const 4096) (i32.const 4) (i32.const 0) (i64.const 38) (i64.const 0) (i32.const 0) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 2) (i32.load (i32.const 0)) (i32.const 4))

    ;; Each other: the later one wins.
    (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 4))
    (i32.store (i32.const 24) (i32.const 1026)) (i32.store (i32.const 28) (i32.const 4))
    (i32.store (i32.const 32) (i32.const 1024)) (i32.store (i32.const 36) (i32.const 1))
    (call $expect (i32.const 3)
      (call $fd_read (i32.const 4) (i32.const 16) (i32.const 3) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 4) (i32.load (i32.const 0)) (i32.const 9))
    (call $expect (i32.const 5) (i32.load (i32.const 1024)) (i32.const 1717920361))
    (call $expect (i32.const 6) (i32.load8_u (i32.const 1028)) (i32.const 103))
    (call $expect (i32.const 7) (i32.load8_u (i32.const 1029)) (i32.const 104))

    ;; Their own array: where the second leads was settled before the first was filled.
    (i32.store (i32.const 16) (i32.const 16)) (i32.store (i32.const 20) (i32.const 8))
    (i32.store (i32.const 24) (i32.const 1040)) (i32.store (i32.const 28) (i32.const 4))
    (call $expect (i32.const 8)
      (call $fd_pread (i32.const 4) (i32.const 16) (i32.const 2) (i64.const 0) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 9) (i32.load (i32.const 0)) (i32.const 12))
    (call $expect (i32.const 10) (i32.load (i32.const 16)) (i32.const 1684234849))
    (call $expect (i32.const 11) (i32.load (i32.const 20)) (i32.const 1751606885))
    (call $expect (i32.const 12) (i32.load (i32.const 1040)) (i32.const 1818978921))

    ;; The result, which is stored last.
    (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 12))
    (call $expect (i32.const 13)
      (call $fd_pread (i32.const 4) (i32.const 16) (i32.const 1) (i64.const 0) (i32.const 1024))
      (global.get $success))
    (call $expect (i32.const 14) (i32.load (i32.const 1024)) (i32.const 12))
    (call $expect (i32.const 15) (i32.load (i32.const 1028)) (i32.const 1751606885))
    (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 12))
    (call $expect (i32.const 16)
      (call $fd_pread (i32.const 4) (i32.const 16) (i32.const 1) (i64.const 0) (i32.const 16))
      (global.get $success))
    (call $expect (i32.const 17) (i32.load (i32.const 16)) (i32.const 12))
    (call $expect (i32.const 18) (i32.load (i32.const 20)) (i32.const 12))

    ;; Written: as often as they are named.
    (call $expect (i32.const 19)
      (call $path_open (i32.const 3) (i32.const 0) (i32.const 4100) (i32.const 4) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0))
      (global.get $success))
    (call $expect (i32.const 20) (i32.load (i32.const 0)) (i32.const 5))
    (i32.store (i32.const 16) (i32.const 1028)) (i32.store (i32.const 20) (i32.const 3))
    (i32.store (i32.const 24) (i32.const 1026)) (i32.store (i32.const 28) (i32.const 2))
    (i32.store (i32.const 32) (i32.const 1030)) (i32.store (i32.const 36) (i32.const 1))
    (i32.store8 (i32.const 1026) (i32.const 99)) (i32.store8 (i32.const 1027) (i32.const 100))
    (call $expect (i32.const 21)
      (call $fd_write (i32.const 5) (i32.const 16) (i32.const 3) (i32.const 1032))
      (global.get $success))
    (call $expect (i32.const 22) (i32.load (i32.const 1032)) (i32.const 6))))
