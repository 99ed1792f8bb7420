;; Follows a link over and over while somebody else points it outside and back: what lies outside is never seen.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 4096) "link")
  (func (export "_start") (local $i i32)
    (i32.store (i32.const 64) (i32.const 256))
    (i32.store (i32.const 68) (i32.const 16))
    (local.set $i (i32.const 40000))
    (loop $again
      (if (i32.eqz (call $path_open (i32.const 3) (i32.const 1) (i32.const 4096) (i32.const 4) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
        (then
          (drop (call $fd_read (i32.load (i32.const 0)) (i32.const 64) (i32.const 1) (i32.const 8)))
          (if (i32.eq (i32.load8_u (i32.const 256)) (i32.const 0x73)) (then (call $proc_exit (i32.const 1))))
          (drop (call $fd_close (i32.load (i32.const 0))))))
      ;; The secret is six bytes long.
      (if (i32.eqz (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.const 4096) (i32.const 4) (i32.const 128)))
        (then (if (i64.eq (i64.load (i32.const 160)) (i64.const 6)) (then (call $proc_exit (i32.const 2))))))
      (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))))
