;; WasmEdge's sockets link beside the standard function of the same name, and answer nosys.
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $standard (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $wasmedge (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_open" (func $open (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (i32.ne (call $standard (i32.const 77) (i32.const 0) (i32.const 0)) (i32.const 8 (; badf ;))) (then (call $exit (i32.const 1))))
    (if (i32.ne (call $wasmedge (i32.const 77) (i32.const 0)) (i32.const 52 (; nosys ;))) (then (call $exit (i32.const 2))))
    (if (i32.ne (call $open (i32.const 1) (i32.const 2) (i32.const 0)) (i32.const 52)) (then (call $exit (i32.const 3))))))
