;; Says that it runs, then waits for a byte of input. It holds what a trial lets it say to the kernel instead: at 256 a
;; path outside, at 288 one inside the directory that it may have been granted, at 512 an `open_how` of zeros.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) "!")
  (data (i32.const 256) "/etc/passwd\00")
  (data (i32.const 288) "box/inside\00")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)))))
