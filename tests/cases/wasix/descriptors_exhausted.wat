;; As many descriptors as the host lets a process have: then none, and no half of a pipe; and all of them again.
(module
  (import "wasix_32v1" "fd_dup" (func $fd_dup (param i32 i32) (result i32)))
  (import "wasix_32v1" "fd_pipe" (func $fd_pipe (param i32 i32) (result i32)))
  (import "wasix_32v1" "fd_event" (func $fd_event (param i64 i32 i32) (result i32)))
  (import "wasix_32v1" "epoll_create" (func $epoll_create (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 1)
  (global $mfile i32 (i32.const 33))
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  ;; Opens all there are: the last.
  (func $open_all (result i32) (local $last i32)
    (loop $next
      (if (i32.eqz (call $fd_dup (i32.const 1) (i32.const 0)))
        (then (local.set $last (i32.load (i32.const 0))) (br $next))))
    (local.get $last))
  (func (export "_start") (local $last i32) (local $fd i32)
    (local.set $last (call $open_all))
    (call $expect (i32.const 1) (i32.gt_u (local.get $last) (i32.const 100)) (i32.const 1))
    (call $expect (i32.const 2) (call $fd_dup (i32.const 1) (i32.const 0)) (global.get $mfile))
    (call $expect (i32.const 3) (call $fd_pipe (i32.const 0) (i32.const 4)) (global.get $mfile))
    (call $expect (i32.const 4) (call $fd_event (i64.const 0) (i32.const 0) (i32.const 0)) (global.get $mfile))
    (call $expect (i32.const 5) (call $epoll_create (i32.const 0)) (global.get $mfile))
    ;; Room for one, which is not enough for a pipe.
    (call $expect (i32.const 6) (call $fd_close (i32.const 50)) (i32.const 0))
    (call $expect (i32.const 7) (call $fd_pipe (i32.const 0) (i32.const 4)) (global.get $mfile))
    (call $expect (i32.const 8) (call $fd_dup (i32.const 1) (i32.const 0)) (i32.const 0))
    (call $expect (i32.const 9) (i32.load (i32.const 0)) (i32.const 50))
    (call $expect (i32.const 10) (call $fd_dup (i32.const 1) (i32.const 0)) (global.get $mfile))
    (local.set $fd (i32.const 3))
    (loop $next
      (call $expect (i32.const 11) (call $fd_close (local.get $fd)) (i32.const 0))
      (br_if $next (i32.le_u (local.tee $fd (i32.add (local.get $fd) (i32.const 1))) (local.get $last))))
    ;; Nothing was lost.
    (call $expect (i32.const 12) (call $open_all) (local.get $last))))
