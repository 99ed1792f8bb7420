;; Calls name their handlers, innermost first; calls of host functions and outside of a try name none.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (tag $int (param i32))
  (tag $two (param i64 f64))
  (memory (export "memory") 1)
  (func $callee (param i32) (result i32) (throw $int (local.get 0)))
  (func $try_table (result i32)
    (block $all
      (block $int (result i32)
        (try_table (result i32) (catch $int $int) (catch_all $all)
          (drop (call $sched_yield))
          (call $callee (i32.const 1)))
        (return (call $callee)))
      (return))
    (i32.const 2))
  (func $legacy (result i32)
    try $outer (result i32)
      try (result i32)
        i32.const 1
        call $callee
        try (result i32)
          i32.const 2
          call $callee
        delegate $outer
        i32.add
      catch $two
        drop
        drop
        i32.const 3
        call $callee
      end
    catch $int
      rethrow 0
    end)
  (func (export "_start")))
;;| ;; callee
;;| function u0:1(i32) -> i32 tail {
;;|     sig0 = (i64, i64) -> i64 system_v
;;|     sig1 = (i64) -> i32 tail
;;|     fn0 = colocated u1:12 sig0
;;|     fn1 = colocated u1:13 sig1
;;|
;;|                                 block0(v0: i32):
;;| @0077                               v2 = iconst.i64 0
;;| @0077                               v3 = iconst.i64 1
;;| @0077                               v4 = call fn0(v2, v3)  ; v2 = 0, v3 = 1
;;| @0077                               trapz v4, user17
;;| @0077                               store notrap aligned v0, v4+16
;;| @0077                               v5 = call fn1(v4)
;;| @0077                               trap user13
;;| }
;;|
;;| ;; try_table
;;| function u0:2() -> i32 tail {
;;|     sig0 = () -> i32 system_v
;;|     sig1 = (i32) -> i32 tail
;;|     fn0 = colocated u0:0 sig0
;;|     fn1 = colocated u0:1 sig1
;;|
;;|                                 block0:
;;| @0088                               v5 = call fn0()
;;| @008b                               v6 = iconst.i32 1
;;| @008d                               try_call fn1(v6), sig1, block7(ret0), [ tag0: block4(exn0), default: block5(exn0) ]  ; v6 = 1
;;|
;;|                                 block7(v7: i32):
;;| @008f                               jump block6(v7)
;;|
;;|                                 block4(v2: i64) cold:
;;| @008f                               v8 = load.i32 notrap aligned v2+16
;;| @008f                               jump block3(v8)
;;|
;;|                                 block5(v3: i64) cold:
;;| @008f                               jump block2
;;|
;;|                                 block6(v4: i32):
;;| @0090                               v9 = call fn1(v4)
;;| @0092                               return v9
;;|
;;|                                 block3(v1: i32):
;;| @0094                               return v1
;;|
;;|                                 block2:
;;| @0096                               v10 = iconst.i32 2
;;| @0098                               jump block1(v10)  ; v10 = 2
;;|
;;|                                 block1(v0: i32):
;;| @0098                               return v0
;;| }
;;|
;;| ;; legacy
;;| function u0:3() -> i32 tail {
;;|     sig0 = (i32) -> i32 tail
;;|     sig1 = (i64) -> i32 tail
;;|     fn0 = colocated u0:1 sig0
;;|     fn1 = colocated u1:13 sig1
;;|
;;|                                 block0:
;;| @009f                               v5 = iconst.i32 1
;;| @00a1                               try_call fn0(v5), sig0, block6(ret0), [ tag1: block4(exn0), tag0: block2(exn0) ]  ; v5 = 1
;;|
;;|                                 block6(v6: i32):
;;| @00a5                               v8 = iconst.i32 2
;;| @00a7                               try_call fn0(v8), sig0, block8(ret0), [ tag0: block2(exn0) ]  ; v8 = 2
;;|
;;|                                 block8(v9: i32):
;;| @00a9                               jump block7(v9)
;;|
;;|                                 block7(v7: i32):
;;| @00ab                               v10 = iadd.i32 v6, v7
;;| @00ac                               jump block5(v10)
;;|
;;|                                 block4(v3: i64) cold:
;;| @00ac                               v11 = load.i64 notrap aligned v3+16
;;| @00ac                               v12 = load.f64 notrap aligned v3+32
;;| @00b0                               v13 = iconst.i32 3
;;| @00b2                               try_call fn0(v13), sig0, block9(ret0), [ tag0: block2(exn0) ]  ; v13 = 3
;;|
;;|                                 block9(v14: i32):
;;| @00b4                               jump block5(v14)
;;|
;;|                                 block5(v4: i32):
;;| @00b5                               jump block3(v4)
;;|
;;|                                 block2(v1: i64) cold:
;;| @00b5                               v15 = load.i32 notrap aligned v1+16
;;| @00b7                               v16 = call fn1(v1)
;;| @00b7                               trap user13
;;|
;;|                                 block3(v2: i32):
;;| @00ba                               jump block1(v2)
;;|
;;|                                 block1(v0: i32):
;;| @00ba                               return v0
;;| }
;;|
;;| ;; _start
;;| function u0:4() tail {
;;|                                 block0:
;;| @00bd                               jump block1
;;|
;;|                                 block1:
;;| @00bd                               return
;;| }
;;|
;;| ;; entry to _start
;;| function u0:0(i64) system_v {
;;|     sig0 = () tail
;;|     fn0 = colocated u0:4 sig0
;;|
;;| block0(v0: i64):
;;|     call fn0()
;;|     return
;;| }
;;|
