;; WasmEdge's sockets are in preview1, told apart from its own functions, and from each other, by their types. Without
;; `--net` they are refused.
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $standard (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $wasmedge (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_open" (func $open (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_getlocaladdr" (func $local (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_getlocaladdr" (func $local_v2 (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $exit (local.get $step)))))
  (func (export "_start")
    (call $expect (i32.const 1) (call $standard (i32.const 77) (i32.const 0) (i32.const 0)) (i32.const 8 (; badf ;)))
    (call $expect (i32.const 2) (call $wasmedge (i32.const 77) (i32.const 0)) (i32.const 8))
    (call $expect (i32.const 3) (call $open (i32.const 1) (i32.const 2) (i32.const 0)) (i32.const 2 (; acces ;)))
    (call $expect (i32.const 4) (call $local (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8)) (i32.const 57 (; notsock ;)))
    (call $expect (i32.const 5) (call $local_v2 (i32.const 77) (i32.const 0) (i32.const 0)) (i32.const 8))))
