;; The results of comparisons, added and subtracted in loops: each function counts over i = 0 … 9, and must come to what
;; the sum of ones and zeros comes to.
(module
  (func (export "right") (param $bound i32) (result i32) (local $i i32) (local $count i32)
    (loop $next
      (local.set $count (i32.add (local.get $count) (i32.lt_u (local.get $i) (local.get $bound))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $count))
  (func (export "left") (param $bound i32) (result i32) (local $i i32) (local $count i32)
    (loop $next
      (local.set $count (i32.add (i32.gt_s (local.get $i) (local.get $bound)) (local.get $count)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $count))
  (func (export "minus") (param $bound i32) (result i32) (local $i i32) (local $count i32)
    (loop $next
      (local.set $count (i32.sub (local.get $count) (i32.eq (local.get $i) (local.get $bound))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $count))
  ;; A comparison minus a number, which is no counting.
  (func (export "from") (param $bound i32) (result i32) (local $i i32) (local $count i32)
    (loop $next
      (local.set $count (i32.sub (i32.le_u (local.get $i) (local.get $bound)) (local.get $count)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $count))
  ;; Signs: 1, 0 or −1.
  (func (export "sign") (param $bound i32) (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (i32.shl (local.get $sum) (i32.const 1))
        (i32.sub (i32.gt_s (local.get $i) (local.get $bound)) (i32.lt_s (local.get $i) (local.get $bound)))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $sum))
  (func (export "carry") (param $step i64) (result i64) (local $i i32) (local $low i64) (local $high i64)
    (loop $next
      (local.set $high (i64.add (local.get $high) (i64.extend_i32_u
        (i64.lt_u (local.tee $low (i64.add (local.get $low) (local.get $step))) (local.get $step)))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $high))
  (func (export "borrow") (param $step i64) (result i64) (local $i i32) (local $low i64) (local $high i64)
    (loop $next
      (local.set $high (i64.sub (local.get $high) (i64.extend_i32_u (i64.lt_u (local.get $low) (local.get $step)))))
      (local.set $low (i64.sub (local.get $low) (local.get $step)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $high))
  ;; Wraps around like any sum.
  (func (export "wrap") (param $start i32) (result i32) (local $i i32)
    (loop $next
      (local.set $start (i32.add (local.get $start) (i32.eqz (i32.and (local.get $i) (i32.const 1)))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.get $start)))

(assert_return (invoke "right" (i32.const 0)) (i32.const 0))
(assert_return (invoke "right" (i32.const 4)) (i32.const 4))
(assert_return (invoke "right" (i32.const -1)) (i32.const 10))
(assert_return (invoke "left" (i32.const -1)) (i32.const 10))
(assert_return (invoke "left" (i32.const 6)) (i32.const 3))
(assert_return (invoke "minus" (i32.const 3)) (i32.const -1))
(assert_return (invoke "minus" (i32.const 10)) (i32.const 0))
(assert_return (invoke "from" (i32.const 20)) (i32.const 0))
(assert_return (invoke "from" (i32.const 4)) (i32.const -1))
(assert_return (invoke "sign" (i32.const 0)) (i32.const 511))
(assert_return (invoke "sign" (i32.const 9)) (i32.const -1022))
(assert_return (invoke "carry" (i64.const -1)) (i64.const 9))
(assert_return (invoke "carry" (i64.const 0x4000000000000000)) (i64.const 2))
(assert_return (invoke "borrow" (i64.const 1)) (i64.const -1))
(assert_return (invoke "borrow" (i64.const 0x8000000000000000)) (i64.const -5))
(assert_return (invoke "wrap" (i32.const -5)) (i32.const 0))
(assert_return (invoke "wrap" (i32.const 0x7fffffff)) (i32.const 0x80000004))
