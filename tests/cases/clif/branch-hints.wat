;; The unlikely side of a hinted branch is cold; a hint on another instruction is ignored.
(module
  (memory (export "memory") 1)
  (func $likely_if (param i32) (result i32)
    (local.get 0)
    (@metadata.code.branch_hint "\01") (if (result i32) (then (i32.const 1)) (else (i32.const 2))))
  (func $unlikely_if (param i32) (result i32)
    (local.get 0)
    (@metadata.code.branch_hint "\00") (if (result i32) (then (i32.const 1)) (else (i32.const 2))))
  (func $unlikely_branch (param i32) (result i32)
    (block $out (result i32)
      (i32.const 1)
      (local.get 0)
      (@metadata.code.branch_hint "\00") br_if $out
      (drop)
      (i32.const 2)))
  (func $likely_branch (param i32)
    (loop $again
      (local.get 0)
      (@metadata.code.branch_hint "\01") br_if $again))
  (func (export "_start")))
;;| ;; likely_if
;;| function u0:0(i32) -> i32 tail {
;;|                                 block0(v0: i32):
;;| @0071                               brif v0, block2, block3
;;|
;;|                                 block2:
;;| @0073                               v3 = iconst.i32 1
;;| @0075                               jump block4(v3)  ; v3 = 1
;;|
;;|                                 block3 cold:
;;| @0076                               v4 = iconst.i32 2
;;| @0078                               jump block4(v4)  ; v4 = 2
;;|
;;|                                 block4(v2: i32):
;;| @0079                               jump block1(v2)
;;|
;;|                                 block1(v1: i32):
;;| @0079                               return v1
;;| }
;;|
;;| ;; unlikely_if
;;| function u0:1(i32) -> i32 tail {
;;|                                 block0(v0: i32):
;;| @007e                               brif v0, block2, block3
;;|
;;|                                 block2 cold:
;;| @0080                               v3 = iconst.i32 1
;;| @0082                               jump block4(v3)  ; v3 = 1
;;|
;;|                                 block3:
;;| @0083                               v4 = iconst.i32 2
;;| @0085                               jump block4(v4)  ; v4 = 2
;;|
;;|                                 block4(v2: i32):
;;| @0086                               jump block1(v2)
;;|
;;|                                 block1(v1: i32):
;;| @0086                               return v1
;;| }
;;|
;;| ;; unlikely_branch
;;| function u0:2(i32) -> i32 tail {
;;|                                 block0(v0: i32):
;;| @008b                               v3 = iconst.i32 1
;;| @008f                               brif v0, block4, block3
;;|
;;|                                 block4 cold:
;;| @008f                               jump block2(v3)  ; v3 = 1
;;|
;;|                                 block3:
;;| @0092                               v4 = iconst.i32 2
;;| @0094                               jump block2(v4)  ; v4 = 2
;;|
;;|                                 block2(v2: i32):
;;| @0095                               jump block1(v2)
;;|
;;|                                 block1(v1: i32):
;;| @0095                               return v1
;;| }
;;|
;;| ;; likely_branch
;;| function u0:3(i32) tail {
;;|                                 block0(v0: i32):
;;|                                     v1 -> v0
;;| @0098                               jump block2
;;|
;;|                                 block2:
;;| @009c                               brif.i32 v1, block2, block4
;;|
;;|                                 block4 cold:
;;| @009e                               jump block3
;;|
;;|                                 block3:
;;| @009f                               jump block1
;;|
;;|                                 block1:
;;| @009f                               return
;;| }
;;|
;;| ;; _start
;;| function u0:4() tail {
;;|                                 block0:
;;| @00a2                               jump block1
;;|
;;|                                 block1:
;;| @00a2                               return
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
