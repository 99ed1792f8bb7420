;; A constant base, the zero-extended index and the offset: no instruction checks the bounds.
(module
  (memory 1)
  (func $load (param i32) (result i32) (i32.load (local.get 0)))
  (func $load_offset (param i32) (result i64) (i64.load8_s offset=16 (local.get 0)))
  (func $large_offset (param i32) (result i32) (i32.load offset=0xffffffff (local.get 0)))
  (func $constant_address (result i32) (i32.load offset=4 (i32.const 12)))
  (func $store (param i32 f64) (f64.store (local.get 0) (local.get 1)))
  (func $size (result i32) (memory.size))
  (func (export "_start")))
;;| ;; load
;;| function u0:0(i32) -> i32 tail {
;;|     region0 = 65536 "Memory(0)"
;;|
;;|                                 block0(v0: i32):
;;| @0043                               v2 = uextend.i64 v0
;;| @0043                               v3 = load.i32 little region0 v2+0x1000_0000
;;| @0046                               jump block1(v3)
;;|
;;|                                 block1(v1: i32):
;;| @0046                               return v1
;;| }
;;|
;;| ;; load_offset
;;| function u0:1(i32) -> i64 tail {
;;|     region0 = 65536 "Memory(0)"
;;|
;;|                                 block0(v0: i32):
;;| @004b                               v2 = uextend.i64 v0
;;| @004b                               v3 = sload8.i64 little region0 v2+0x1000_0010
;;| @004e                               jump block1(v3)
;;|
;;|                                 block1(v1: i64):
;;| @004e                               return v1
;;| }
;;|
;;| ;; large_offset
;;| function u0:2(i32) -> i32 tail {
;;|     region0 = 65536 "Memory(0)"
;;|
;;|                                 block0(v0: i32):
;;| @0053                               v2 = uextend.i64 v0
;;| @0053                               v3 = iconst.i64 0x0001_0fff_ffff
;;| @0053                               v4 = iadd v2, v3  ; v3 = 0x0001_0fff_ffff
;;| @0053                               v5 = load.i32 little region0 v4
;;| @005a                               jump block1(v5)
;;|
;;|                                 block1(v1: i32):
;;| @005a                               return v1
;;| }
;;|
;;| ;; constant_address
;;| function u0:3() -> i32 tail {
;;|     region0 = 65536 "Memory(0)"
;;|
;;|                                 block0:
;;| @005d                               v1 = iconst.i32 12
;;| @005f                               v2 = uextend.i64 v1  ; v1 = 12
;;| @005f                               v3 = load.i32 little region0 v2+0x1000_0004
;;| @0062                               jump block1(v3)
;;|
;;|                                 block1(v0: i32):
;;| @0062                               return v0
;;| }
;;|
;;| ;; store
;;| function u0:4(i32, f64) tail {
;;|     region0 = 65536 "Memory(0)"
;;|
;;|                                 block0(v0: i32, v1: f64):
;;| @0069                               v2 = uextend.i64 v0
;;| @0069                               store little region0 v1, v2+0x1000_0000
;;| @006c                               jump block1
;;|
;;|                                 block1:
;;| @006c                               return
;;| }
;;|
;;| ;; size
;;| function u0:5() -> i32 tail {
;;|     region0 = 0 "State"
;;|
;;|                                 block0:
;;| @006f                               v1 = iconst.i64 0x0010_0020
;;| @006f                               v2 = load.i64 notrap aligned region0 v1  ; v1 = 0x0010_0020
;;| @006f                               v3 = iconst.i64 16
;;| @006f                               v4 = ushr v2, v3  ; v3 = 16
;;| @006f                               v5 = ireduce.i32 v4
;;| @0071                               jump block1(v5)
;;|
;;|                                 block1(v0: i32):
;;| @0071                               return v0
;;| }
;;|
;;| ;; _start
;;| function u0:6() tail {
;;|                                 block0:
;;| @0074                               jump block1
;;|
;;|                                 block1:
;;| @0074                               return
;;| }
;;|
;;| ;; entry to _start
;;| function u0:0(i64) system_v {
;;|     sig0 = () tail
;;|     fn0 = colocated u0:6 sig0
;;|
;;| block0(v0: i64):
;;|     call fn0()
;;|     return
;;| }
;;|
