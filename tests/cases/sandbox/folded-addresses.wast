;; Addresses that the compiler changes (`optimize::address`, `optimize::induction`): accesses that share an address, and
;; addresses that advance in a loop. One page of memory, whose bytes 0 to 255 hold their own number at the beginning.

(module
  (memory (export "memory") 1 1)
  (func $start (local $i i32)
    (loop $next
      (i32.store8 (local.get $i) (local.get $i))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 256)))))
  (start $start)

  ;; Two accesses, `far` bytes apart.
  (func (export "above") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (i32.add (local.get $p) (i32.const 16)))
      (i32.load8_u (i32.add (local.get $p) (i32.const 24)))))
  (func (export "below") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (i32.add (local.get $p) (i32.const 16)))
      (i32.load8_u (i32.add (local.get $p) (i32.const 8)))))
  (func (export "below-offset") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (i32.add (local.get $p) (i32.const 16)))
      (i32.load8_u offset=8 (i32.add (local.get $p) (i32.const 8)))))
  (func (export "far-above") (param $p i32) (result i32)
    (i32.add (i32.load8_u (local.get $p)) (i32.load8_u (i32.add (local.get $p) (i32.const 0x8000)))))
  (func (export "too-far-above") (param $p i32) (result i32)
    (i32.add (i32.load8_u (local.get $p)) (i32.load8_u (i32.add (local.get $p) (i32.const 0xfffffff0)))))
  (func (export "difference") (param $p i32) (param $q i32) (result i32)
    (i32.add
      (i32.load8_u (i32.sub (local.get $p) (local.get $q)))
      (i32.load8_u (i32.sub (i32.add (local.get $p) (i32.const 4)) (local.get $q)))))
  ;; The first access is not on every way to the second.
  (func (export "guarded") (param $p i32) (param $first i32) (result i32) (local $sum i32)
    (if (local.get $first) (then (local.set $sum (i32.load8_u (i32.add (local.get $p) (i32.const 16))))))
    (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (i32.const 8)))))

  ;; Sums bytes from `$p + $i` on, `$i` from `$from` by 8 until it is `$to`.
  (func (export "up") (param $p i32) (param $from i32) (param $to i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (local.get $from)))))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.get $from) (local.get $to))))
    (local.get $sum))
  (func (export "up-offset") (param $p i32) (param $from i32) (param $to i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=4 (i32.add (local.get $p) (local.get $from)))))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.get $from) (local.get $to))))
    (local.get $sum))
  (func (export "down") (param $p i32) (param $from i32) (param $to i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (local.get $from)))))
      (local.set $from (i32.sub (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.get $from) (local.get $to))))
    (local.get $sum))
  ;; With an offset, the address of the last access would be inside if the index did not wrap.
  (func (export "down-offset") (param $p i32) (param $from i32) (param $to i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=16 (i32.add (local.get $p) (local.get $from)))))
      (local.set $from (i32.sub (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.get $from) (local.get $to))))
    (local.get $sum))

  ;; Constant bounds, compared before and after the step.
  (func (export "constant-up") (param $p i32) (result i32) (local $sum i32) (local $i i32)
    (local.set $i (i32.const -32))
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=32 (i32.add (local.get $p) (local.get $i)))))
      (br_if $next (local.tee $i (i32.add (local.get $i) (i32.const 8)))))
    (local.get $sum))
  (func (export "constant-up-folded") (param $p i32) (result i32) (local $sum i32) (local $i i32)
    (local.set $i (i32.const -32))
    (loop $next
      (local.set $sum
        (i32.add (local.get $sum) (i32.load8_u (i32.add (i32.add (local.get $p) (local.get $i)) (i32.const 32)))))
      (br_if $next (local.tee $i (i32.add (local.get $i) (i32.const 8)))))
    (local.get $sum))
  (func (export "constant-down") (param $p i32) (result i32) (local $sum i32) (local $i i32)
    (local.set $i (i32.const 3))
    (loop $next
      (local.set $sum
        (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 3))))))
      (br_if $next (i32.ne (local.tee $i (i32.sub (local.get $i) (i32.const 1))) (i32.const -1))))
    (local.get $sum))
  ;; The counter steps over its end: on it goes until the access traps.
  (func (export "missed") (param $p i32) (result i32) (local $sum i32) (local $i i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (local.get $i)))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 12))))
    (local.get $sum))
  ;; A comparison that does not end the loop.
  (func (export "noticed") (param $p i32) (param $n i32) (result i32) (local $sum i32) (local $i i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (local.get $i)))))
      (if (i32.eq (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))
        (then (local.set $sum (i32.add (local.get $sum) (i32.const 1000)))))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $sum))
  ;; An access that not every iteration makes.
  (func (export "sometimes") (param $p i32) (param $n i32) (result i32) (local $sum i32) (local $i i32)
    (loop $next
      (if (i32.and (local.get $i) (i32.const 8))
        (then (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (local.get $i)))))))
      (local.set $i (i32.add (local.get $i) (i32.const 8)))
      (br_if $next (i32.ne (local.get $i) (local.get $n))))
    (local.get $sum))
  ;; Two addresses that advance alike, one that goes the other way, and one that advances by more.
  (func (export "several") (param $p i32) (param $q i32) (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (i32.store8 (i32.add (local.get $q) (local.get $i))
        (i32.add
          (i32.load8_u (i32.add (local.get $p) (local.get $i)))
          (i32.load8_u (i32.sub (local.get $p) (local.get $i)))))
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.mul (local.get $i) (i32.const 4)))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (i32.add (i32.mul (local.get $sum) (i32.const 1000)) (i32.load8_u (i32.sub (i32.add (local.get $q) (local.get $n)) (i32.const 1)))))
  ;; Writes until it traps: everything before the end must have been written.
  (func (export "fill") (param $p i32) (local $i i32)
    (loop $next
      (i32.store16 (i32.add (local.get $p) (local.get $i)) (i32.const 0x7777))
      (local.set $i (i32.add (local.get $i) (i32.const 2)))
      (br $next)))
  (func (export "byte") (param $p i32) (result i32) (i32.load8_u (local.get $p)))
  ;; Nested: the inner loop's addresses start where the outer loop says.
  (func (export "nested") (param $p i32) (param $rows i32) (result i32) (local $i i32) (local $sum i32)
    (loop $row
      (local.set $i (i32.const 0))
      (loop $next
        (local.set $sum
          (i32.add (i32.mul (local.get $sum) (i32.const 3)) (i32.load8_u (i32.add (local.get $p) (local.get $i)))))
        (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))
    (local.get $sum))
)

(assert_return (invoke "above" (i32.const 0)) (i32.const 40))
(assert_return (invoke "above" (i32.const -16)) (i32.const 8))
(assert_return (invoke "above" (i32.const 0xffe7)) (i32.const 0))
(assert_trap (invoke "above" (i32.const 0xffe8)) "out of bounds memory access")
(assert_trap (invoke "above" (i32.const -17)) "out of bounds memory access")
(assert_trap (invoke "above" (i32.const -24)) "out of bounds memory access")
(assert_return (invoke "below" (i32.const 0)) (i32.const 24))
(assert_return (invoke "below" (i32.const -8)) (i32.const 8))
(assert_trap (invoke "below" (i32.const -9)) "out of bounds memory access")
(assert_trap (invoke "below" (i32.const -16)) "out of bounds memory access")
(assert_trap (invoke "below" (i32.const 0xfff0)) "out of bounds memory access")
(assert_return (invoke "below-offset" (i32.const 0)) (i32.const 32))
(assert_return (invoke "below-offset" (i32.const -8)) (i32.const 16))
(assert_trap (invoke "below-offset" (i32.const -9)) "out of bounds memory access")
(assert_trap (invoke "below-offset" (i32.const -16)) "out of bounds memory access")
(assert_return (invoke "far-above" (i32.const 5)) (i32.const 5))
(assert_return (invoke "far-above" (i32.const 0x7fff)) (i32.const 0))
(assert_trap (invoke "far-above" (i32.const 0x8000)) "out of bounds memory access")
(assert_return (invoke "too-far-above" (i32.const 16)) (i32.const 16))
(assert_trap (invoke "too-far-above" (i32.const 15)) "out of bounds memory access")
(assert_return (invoke "difference" (i32.const 8) (i32.const 8)) (i32.const 4))
(assert_return (invoke "difference" (i32.const 8) (i32.const -8)) (i32.const 36))
(assert_trap (invoke "difference" (i32.const 8) (i32.const 9)) "out of bounds memory access")
(assert_return (invoke "guarded" (i32.const -8) (i32.const 0)) (i32.const 0))
(assert_trap (invoke "guarded" (i32.const -9) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "guarded" (i32.const -16) (i32.const 1)) "out of bounds memory access")

(assert_return (invoke "up" (i32.const 0) (i32.const 0) (i32.const 32)) (i32.const 48))
(assert_return (invoke "up" (i32.const 32) (i32.const -32) (i32.const 0)) (i32.const 48))
(assert_return (invoke "up" (i32.const -8) (i32.const 8) (i32.const 40)) (i32.const 48))
(assert_return (invoke "up" (i32.const 0x80000000) (i32.const 0x80000000) (i32.const 0x80000020)) (i32.const 48))
(assert_trap (invoke "up" (i32.const -8) (i32.const 0) (i32.const 32)) "out of bounds memory access")
(assert_trap (invoke "up" (i32.const 0) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "up" (i32.const 0) (i32.const 0) (i32.const 12)) "out of bounds memory access")
(assert_return (invoke "up-offset" (i32.const 0) (i32.const 0) (i32.const 16)) (i32.const 16))
(assert_trap (invoke "up-offset" (i32.const -4) (i32.const 0) (i32.const 16)) "out of bounds memory access")
(assert_return (invoke "down" (i32.const 0) (i32.const 24) (i32.const -8)) (i32.const 48))
(assert_return (invoke "down" (i32.const 24) (i32.const 0) (i32.const -32)) (i32.const 48))
(assert_trap (invoke "down" (i32.const 0) (i32.const 24) (i32.const -16)) "out of bounds memory access")
(assert_trap (invoke "down" (i32.const 0) (i32.const 24) (i32.const 4)) "out of bounds memory access")
(assert_return (invoke "down-offset" (i32.const 0) (i32.const 24) (i32.const -8)) (i32.const 112))
(assert_trap (invoke "down-offset" (i32.const 0) (i32.const 24) (i32.const -16)) "out of bounds memory access")
(assert_trap (invoke "down-offset" (i32.const -8) (i32.const 24) (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "constant-up" (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "constant-up" (i32.const 32)) (i32.const 176))
(assert_return (invoke "constant-up-folded" (i32.const 0)) (i32.const 48))
(assert_trap (invoke "constant-up-folded" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "constant-up-folded" (i32.const 0xfff0)) "out of bounds memory access")
(assert_return (invoke "constant-down" (i32.const 0)) (i32.const 48))
(assert_trap (invoke "constant-down" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "constant-down" (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "missed" (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "noticed" (i32.const 0) (i32.const 2)) (i32.const 1))
(assert_return (invoke "noticed" (i32.const 0) (i32.const 6)) (i32.const 1015))
(assert_return (invoke "sometimes" (i32.const 0) (i32.const 32)) (i32.const 32))
(assert_return (invoke "sometimes" (i32.const -8) (i32.const 32)) (i32.const 16))
(assert_trap (invoke "sometimes" (i32.const -16) (i32.const 32)) "out of bounds memory access")
(assert_return (invoke "several" (i32.const 16) (i32.const 512) (i32.const 5)) (i32.const 40032))
(assert_trap (invoke "several" (i32.const 3) (i32.const 512) (i32.const 5)) "out of bounds memory access")
(assert_return (invoke "nested" (i32.const 0) (i32.const 2)) (i32.const 2116))
(assert_trap (invoke "nested" (i32.const 0xffe0) (i32.const 3)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 0xff00)) "out of bounds memory access")
(assert_return (invoke "byte" (i32.const 0xfeff)) (i32.const 0))
(assert_return (invoke "byte" (i32.const 0xff00)) (i32.const 0x77))
(assert_return (invoke "byte" (i32.const 0xffff)) (i32.const 0x77))
