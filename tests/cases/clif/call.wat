;; Calls: direct, of a host function, through a table, in tail position.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (type $unary (func (param i32) (result i32)))
  (table 4 funcref)
  (func $direct (param i32) (result i32) (call $direct (i32.add (local.get 0) (i32.const 1))))
  (func $host (result i32) (call $sched_yield))
  (func $indirect (param i32 i32) (result i32) (call_indirect (type $unary) (local.get 0) (local.get 1)))
  (func (export "_start")))
;;| ;; direct
;;| function u0:1(i32) -> i32 tail {
;;|     sig0 = (i32) -> i32 tail
;;|     fn0 = colocated u0:1 sig0
;;|
;;|                                 block0(v0: i32):
;;| @0065                               v2 = iconst.i32 1
;;| @0067                               v3 = iadd v0, v2  ; v2 = 1
;;| @0068                               v4 = call fn0(v3)
;;| @006a                               jump block1(v4)
;;|
;;|                                 block1(v1: i32):
;;| @006a                               return v1
;;| }
;;|
;;| ;; host
;;| function u0:2() -> i32 tail {
;;|     sig0 = () -> i32 system_v
;;|     fn0 = colocated u0:0 sig0
;;|
;;|                                 block0:
;;| @006d                               v1 = call fn0()
;;| @006f                               jump block1(v1)
;;|
;;|                                 block1(v0: i32):
;;| @006f                               return v0
;;| }
;;|
;;| ;; indirect
;;| function u0:3(i32, i32) -> i32 tail {
;;|     region0 = 0 "State"
;;|     region1 = 196608 "Table(0)"
;;|     sig0 = (i32) -> i32 tail
;;|
;;|                                 block0(v0: i32, v1: i32):
;;| @0076                               v3 = uextend.i64 v1
;;| @0076                               v4 = iconst.i64 0x0010_0020
;;| @0076                               v5 = load.i64 notrap aligned region0 v4  ; v4 = 0x0010_0020
;;| @0076                               v6 = icmp uge v3, v5
;;| @0076                               trapnz v6, user7
;;| @0076                               v7 = iconst.i64 4
;;| @0076                               v8 = ishl v3, v7  ; v7 = 4
;;| @0076                               v9 = iconst.i64 0x1000_0000_0000
;;| @0076                               v10 = iadd v8, v9  ; v9 = 0x1000_0000_0000
;;| @0076                               v11 = load.i32 notrap aligned region1 v10+8
;;| @0076                               v12 = iconst.i32 1
;;| @0076                               v13 = icmp ne v11, v12  ; v12 = 1
;;| @0076                               brif v13, block2, block3
;;|
;;|                                 block2 cold:
;;| @0076                               trapz.i32 v11, user8
;;| @0076                               trap user9
;;|
;;|                                 block3:
;;| @0076                               v14 = load.i64 notrap aligned region1 v10
;;| @0076                               v15 = call_indirect sig0, v14(v0)
;;| @0079                               jump block1(v15)
;;|
;;|                                 block1(v2: i32):
;;| @0079                               return v2
;;| }
;;|
;;| ;; _start
;;| function u0:4() tail {
;;|                                 block0:
;;| @007c                               jump block1
;;|
;;|                                 block1:
;;| @007c                               return
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
