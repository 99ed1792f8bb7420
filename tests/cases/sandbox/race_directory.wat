;; Goes up from a directory over and over while somebody else moves it outside and back: what lies above it there is never seen.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 4096) "a/b/../secret")
  (data (i32.const 4112) "a/b/../made")
  (func (export "_start") (local $i i32) (local $seen i32)
    (i32.store (i32.const 64) (i32.const 256))
    (i32.store (i32.const 68) (i32.const 16))
    (local.set $i (i32.const 40000))
    (loop $again
      (if (i32.eqz (call $path_open (i32.const 3) (i32.const 1) (i32.const 4096) (i32.const 13) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
        (then (call $proc_exit (i32.const 1))))
      (drop (call $path_create_directory (i32.const 3) (i32.const 4112) (i32.const 11)))
      (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))))
