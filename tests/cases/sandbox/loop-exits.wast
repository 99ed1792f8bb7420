;; What follows a loop is computed from what its counter would be next (`optimize::latch`).

(module
  (memory 1)
  (data (i32.const 0) "abcdefgh\00ijk")

  ;; Pointers behind, at and before the end.
  (func (export "length") (param $p i32) (result i32) (local $from i32)
    (local.set $from (local.get $p))
    (loop $next
      (br_if $next (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1))))))
    (i32.sub (local.get $p) (local.get $from)))
  (func (export "before") (param $p i32) (result i32) (local $last i32)
    (loop $next
      (local.set $last (local.get $p))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next (i32.load8_u offset=1 (local.get $last))))
    (i32.load8_u (local.get $last)))

  ;; Counters that were compared before they are counted, in both widths and directions, past either end of numbers.
  (func (export "until") (param $i i32) (result i32) (local $last i32)
    (loop $next
      (local.set $last (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 3)))
      (br_if $next (i32.ne (local.get $last) (i32.const 9))))
    (i32.add (i32.mul (local.get $i) (i32.const 1000)) (local.get $last)))
  (func (export "down") (param $i i64) (result i64) (local $last i64)
    (loop $next
      (local.set $last (local.get $i))
      (local.set $i (i64.sub (local.get $i) (i64.const 1)))
      (br_if $next (i64.ne (local.get $last) (i64.const 0))))
    (i64.xor (local.get $i) (local.get $last)))
  (func (export "around") (param $i i32) (result i32) (local $last i32)
    (loop $next
      (local.set $last (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.ne (local.get $last) (i32.const -1))))
    (i32.add (local.get $i) (i32.shr_u (local.get $last) (i32.const 1))))

  ;; The last value is an operand of a branch, and of another loop.
  (func (export "again") (param $i i32) (result i32) (local $last i32) (local $sum i32)
    (loop $outer
      (loop $inner
        (local.set $last (local.get $i))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.ne (i32.and (local.get $last) (i32.const 7)) (i32.const 5))))
      (local.set $sum (i32.add (local.get $sum) (local.get $last)))
      (br_if $outer (i32.lt_u (local.get $last) (i32.const 40))))
    (i32.add (i32.mul (local.get $sum) (i32.const 100)) (local.get $last))))

(assert_return (invoke "length" (i32.const 0)) (i32.const 8))
(assert_return (invoke "length" (i32.const 8)) (i32.const 4))
(assert_return (invoke "before" (i32.const 0)) (i32.const 104))
(assert_return (invoke "until" (i32.const 0)) (i32.const 12009))
(assert_return (invoke "until" (i32.const -6)) (i32.const 12009))
(assert_return (invoke "down" (i64.const 5)) (i64.const -1))
(assert_return (invoke "down" (i64.const 0)) (i64.const -1))
(assert_return (invoke "around" (i32.const -5)) (i32.const 0x7fffffff))
(assert_return (invoke "again" (i32.const 0)) (i32.const 15045))
