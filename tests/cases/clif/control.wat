;; Structured control becomes blocks: a loop's parameters are its locals that change.
(module
  (func $sum (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $choose (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 10)) (else (i32.const 20))))
  (func $switch (param i32) (result i32)
    (block $default (block $one (block $zero
      (br_table $zero $one $default (local.get 0)))
      (return (i32.const 100)))
      (return (i32.const 101)))
    (i32.const 102))
  (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "_start")))
;;| ;; sum
;;| function u0:0(i32) -> i32 tail {
;;|                                 block0(v0: i32):
;;|                                     v2 = iconst.i32 0
;;| @0034                               jump block2(v2, v0)  ; v2 = 0
;;|
;;|                                 block2(v3: i32, v4: i32):
;;| @003a                               v5 = iadd v3, v4
;;| @003f                               v6 = iconst.i32 1
;;| @0041                               v7 = iconst.i32 -1
;;| @0041                               v8 = iadd v4, v7  ; v7 = -1
;;| @0044                               brif v8, block2(v5, v8), block4
;;|
;;|                                 block4:
;;| @0046                               jump block3
;;|
;;|                                 block3:
;;| @0049                               jump block1(v5)
;;|
;;|                                 block1(v1: i32):
;;| @0049                               return v1
;;| }
;;|
;;| ;; choose
;;| function u0:1(i32) -> i32 tail {
;;|                                 block0(v0: i32):
;;| @004e                               brif v0, block2, block3
;;|
;;|                                 block2:
;;| @0050                               v3 = iconst.i32 10
;;| @0052                               jump block4(v3)  ; v3 = 10
;;|
;;|                                 block3:
;;| @0053                               v4 = iconst.i32 20
;;| @0055                               jump block4(v4)  ; v4 = 20
;;|
;;|                                 block4(v2: i32):
;;| @0056                               jump block1(v2)
;;|
;;|                                 block1(v1: i32):
;;| @0056                               return v1
;;| }
;;|
;;| ;; switch
;;| function u0:2(i32) -> i32 tail {
;;|                                 block0(v0: i32):
;;| @0061                               v2 = iconst.i32 1
;;| @0061                               v3 = icmp ult v0, v2  ; v2 = 1
;;| @0061                               brif v3, block4, block5
;;|
;;|                                 block5:
;;| @0061                               v4 = iconst.i32 2
;;| @0061                               v5 = icmp.i32 ult v0, v4  ; v4 = 2
;;| @0061                               brif v5, block3, block6
;;|
;;|                                 block6:
;;| @0061                               jump block2
;;|
;;|                                 block4:
;;| @0067                               v6 = iconst.i32 100
;;| @006a                               return v6  ; v6 = 100
;;|
;;|                                 block3:
;;| @006c                               v7 = iconst.i32 101
;;| @006f                               return v7  ; v7 = 101
;;|
;;|                                 block2:
;;| @0071                               v8 = iconst.i32 102
;;| @0074                               jump block1(v8)  ; v8 = 102
;;|
;;|                                 block1(v1: i32):
;;| @0074                               return v1
;;| }
;;|
;;| ;; divide
;;| function u0:3(i32, i32) -> i32 tail {
;;|                                 block0(v0: i32, v1: i32):
;;| @007b                               v3 = sdiv v0, v1
;;| @007c                               jump block1(v3)
;;|
;;|                                 block1(v2: i32):
;;| @007c                               return v2
;;| }
;;|
;;| ;; _start
;;| function u0:4() tail {
;;|                                 block0:
;;| @007f                               jump block1
;;|
;;|                                 block1:
;;| @007f                               return
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
