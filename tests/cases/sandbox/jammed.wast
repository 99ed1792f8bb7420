;; Loops around sums, of which several iterations become one (`optimize::unroll::jam`). `differences` runs a kernel for
;; many addresses, so that what one iteration stores is what others load, and counts how often the memory is then another
;; than after the same kernel whose inner loop goes round as often as it is told, which is left as it is.

(module
  (type $kernel (func (param i32 i32 i32 i32 i32)))
  (memory 1 1)
  (table funcref (elem $columns $plain-columns
    $rows $plain-rows
    $kept $plain-kept
    $loaded $plain-loaded
    $updated $plain-updated
    $behind $plain-behind
    $elsewhere $plain-elsewhere
    $twice $plain-twice
    $pair $plain-pair
    $single $plain-single
    $handed-on $plain-handed-on
    $falling $plain-falling
    $between $plain-between
    $half $plain-half
    $counted $plain-counted
    $thirds $plain-thirds))

  ;; A row times columns, each sum stored behind. Kernel 0.
  (func $columns (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-columns (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; Rows times a column. Kernel 2.
  (func $rows (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 1)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.sub (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $p (i32.add (local.get $p) (i32.const 72))) (local.set $r (i32.add (local.get $r) (i32.const 16)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-rows (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 1)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.sub (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $p (i32.add (local.get $p) (i32.const 72))) (local.set $r (i32.add (local.get $r) (i32.const 16)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; What is stored before is added to, and stored each time. Kernel 4.
  (func $kept (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (f64.store (local.get $r) (f64.const 0.5))
      (local.set $s (f64.const 0.5)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (f64.store (local.get $r) (local.tee $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c))))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-kept (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (f64.store (local.get $r) (f64.const 0.5))
      (local.set $s (f64.const 0.5)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (f64.store (local.get $r) (local.tee $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c))))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; What is loaded before, 16 bytes behind what is stored. Kernel 6.
  (func $loaded (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load offset=16 (local.get $r))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-loaded (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load offset=16 (local.get $r))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; What is loaded before is where it is stored. Kernel 8.
  (func $updated (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load (local.get $r))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-updated (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load (local.get $r))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; What is loaded before, 16 bytes before what is stored. Kernel 10.
  (func $behind (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load (local.get $r))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store offset=16 (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-behind (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load (local.get $r))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store offset=16 (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; What is loaded before is at another address. Kernel 12.
  (func $elsewhere (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load (local.get $p))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $p (i32.add (local.get $p) (i32.const 8))) (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-elsewhere (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.load (local.get $p))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $p (i32.add (local.get $p) (i32.const 8))) (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; Two sums of which one is stored each time, and another store that goes another way. Kernel 14.
  (func $twice (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $t (f64.const 3)) (f64.store (local.get $r) (f64.const 0))
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $t (f64.add (local.get $t) (f64.load (local.get $c)))) (f64.store (local.get $r) (local.tee $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c))))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store offset=200 (i32.sub (i32.const 2200) (local.get $r)) (local.get $t))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-twice (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $t (f64.const 3)) (f64.store (local.get $r) (f64.const 0))
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $t (f64.add (local.get $t) (f64.load (local.get $c)))) (f64.store (local.get $r) (local.tee $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c))))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store offset=200 (i32.sub (i32.const 2200) (local.get $r)) (local.get $t))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; Two places that are stored each time, and can be one. Kernel 16.
  (func $pair (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $t (f64.const 3))
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (f64.store (local.get $r) (local.tee $s (f64.add (local.get $s) (f64.load (local.get $c))))) (f64.store (i32.sub (i32.const 2200) (local.get $r)) (local.tee $t (f64.add (local.get $t) (f64.load offset=64 (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-pair (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $t (f64.const 3))
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (f64.store (local.get $r) (local.tee $s (f64.add (local.get $s) (f64.load (local.get $c))))) (f64.store (i32.sub (i32.const 2200) (local.get $r)) (local.tee $t (f64.add (local.get $t) (f64.load offset=64 (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; Numbers of 32 bits. Kernel 18.
  (func $single (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f32) (local $t f32)
    (loop $outer
      (local.set $s (f32.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f32.add (local.get $s) (f32.mul (f32.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 2)))) (f32.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 20)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f32.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 4))) (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-single (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f32) (local $t f32)
    (loop $outer
      (local.set $s (f32.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f32.add (local.get $s) (f32.mul (f32.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 2)))) (f32.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 20)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f32.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 4))) (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; What a lane has added up is what the one behind it stores. Kernel 20.
  (func $handed-on (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $t)) (local.set $t (f64.add (local.get $s) (local.get $t)))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-handed-on (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $t)) (local.set $t (f64.add (local.get $s) (local.get $t)))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; Addresses that fall. Kernel 22.
  (func $falling (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.sub (local.get $q) (i32.const 8))) (local.set $r (i32.sub (local.get $r) (i32.const 16)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-falling (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.mul (f64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))) (f64.load (local.get $c)))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.sub (local.get $q) (i32.const 8))) (local.set $r (i32.sub (local.get $r) (i32.const 16)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; What is loaded before, but behind what is stored before. Kernel 24.
  (func $between (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (f64.store (local.get $r) (f64.const 0.5))
      (local.set $s (f64.load (local.get $p))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store offset=400 (local.get $r) (local.get $s))
      (local.set $p (i32.add (local.get $p) (i32.const 8))) (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-between (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (f64.store (local.get $r) (f64.const 0.5))
      (local.set $s (f64.load (local.get $p))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store offset=400 (local.get $r) (local.get $s))
      (local.set $p (i32.add (local.get $p) (i32.const 8))) (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; Half of what is stored before is loaded. Kernel 26.
  (func $half (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (f64.store (local.get $r) (f64.load (local.get $p)))
      (local.set $s (f64.convert_i32_s (i32.load offset=4 (local.get $r)))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store offset=400 (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-half (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (f64.store (local.get $r) (f64.load (local.get $p)))
      (local.set $s (f64.convert_i32_s (i32.load offset=4 (local.get $r)))) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store offset=400 (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; A counter that begins elsewhere in each lane. Kernel 28.
  (func $counted (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64) (local $x i64)
    (loop $outer
      (local.set $x (i64.extend_i32_u (local.get $r)))
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.mul (f64.convert_i64_s (local.get $x)) (f64.load (local.get $c))))) (local.set $x (i64.add (local.get $x) (i64.const 3)))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-counted (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64) (local $x i64)
    (loop $outer
      (local.set $x (i64.extend_i32_u (local.get $r)))
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.mul (f64.convert_i64_s (local.get $x)) (f64.load (local.get $c))))) (local.set $x (i64.add (local.get $x) (i64.const 3)))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; A counter that passes its end. Kernel 30.
  (func $thirds (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c)))) (local.set $k (i32.add (local.get $k) (i32.const 2)))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 25))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))
  (func $plain-thirds (param $p i32) (param $q i32) (param $r i32) (param $m i32) (param $n i32)
    (local $k i32) (local $c i32) (local $s f64) (local $t f64)
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $q))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c)))) (local.set $k (i32.add (local.get $k) (i32.const 2)))
        (local.set $c (i32.add (local.get $c) (i32.const 40)))
        (br_if $inner (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.add (local.get $n) (i32.const 17)))))
      (f64.store (local.get $r) (local.get $s))
      (local.set $q (i32.add (local.get $q) (i32.const 8))) (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  ;; Numbers side by side, no two of which are the same, of one of both types.
  (func $fill (param $single i32) (local $a i32) (local $x i32)
    (local.set $a (i32.const 512))
    (loop $next
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 5)) (i32.const 7)))
      (if (local.get $single)
        (then (f32.store (local.get $a) (f32.convert_i32_u (i32.and (local.get $x) (i32.const 15))))
          (f32.store offset=4 (local.get $a) (f32.convert_i32_u (i32.and (i32.shr_u (local.get $x) (i32.const 4)) (i32.const 15)))))
        (else (f64.store (local.get $a) (f64.convert_i32_u (i32.and (local.get $x) (i32.const 63))))))
      (br_if $next (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 8))) (i32.const 3072)))))

  (func $hash (result i64) (local $a i32) (local $h i64)
    (local.set $a (i32.const 512))
    (loop $next
      (local.set $h (i64.rotl (i64.mul (i64.xor (local.get $h) (i64.load (local.get $a))) (i64.const 0x9e3779b97f4a7c15)) (i64.const 29)))
      (br_if $next (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 8))) (i32.const 3072))))
    (local.get $h))

  (func $run (param $kernel i32) (param $single i32) (param $p i32) (param $q i32) (param $r i32) (param $m i32) (result i64)
    (call $fill (local.get $single))
    (call_indirect (type $kernel) (local.get $p) (local.get $q) (local.get $r) (local.get $m) (i32.const 8) (local.get $kernel))
    (call $hash))

  (func (export "differences") (param $kernel i32) (param $single i32) (param $m i32) (result i32)
    (local $p i32) (local $q i32) (local $r i32) (local $count i32)
    (local.set $p (i32.const 1000))
    (loop $next-p
      (local.set $q (i32.const 1000))
      (loop $next-q
        (local.set $r (i32.const 1000))
        (loop $next-r
          (local.set $count (i32.add (local.get $count) (i64.ne
            (call $run (local.get $kernel) (local.get $single) (local.get $p) (local.get $q) (local.get $r) (local.get $m))
            (call $run (i32.add (local.get $kernel) (i32.const 1)) (local.get $single) (local.get $p) (local.get $q) (local.get $r) (local.get $m)))))
          (br_if $next-r (i32.lt_u (local.tee $r (i32.add (local.get $r) (i32.const 8))) (i32.const 1640))))
        (br_if $next-q (i32.lt_u (local.tee $q (i32.add (local.get $q) (i32.const 64))) (i32.const 1640))))
      (br_if $next-p (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 320))) (i32.const 1640))))
    (local.get $count))
)

(assert_return (invoke "differences" (i32.const 0) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 0) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 0) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 2) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 2) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 2) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 4) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 4) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 4) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 6) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 6) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 6) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 8) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 8) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 8) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 10) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 10) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 10) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 12) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 12) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 12) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 14) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 14) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 14) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 16) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 16) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 16) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 18) (i32.const 1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 18) (i32.const 1) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 18) (i32.const 1) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 20) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 20) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 20) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 22) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 22) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 22) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 24) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 24) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 24) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 26) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 26) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 26) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 28) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 28) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 28) (i32.const 0) (i32.const 36)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 30) (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 30) (i32.const 0) (i32.const 17)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 30) (i32.const 0) (i32.const 36)) (i32.const 0))

;; Rows so far apart that the number of 32 bits which is their address wraps around, between places that are all in the
;; memory.
(module
  (memory 65000 65000)
  (func (export "rows") (param $p i32) (param $m i32) (result f64) (local $k i32) (local $c i32) (local $s f64) (local $all f64)
    (f64.store (i32.const 0x1000) (f64.const 1)) (f64.store (i32.const 0xfd001000) (f64.const 2))
    (f64.store (i32.const 0x22001000) (f64.const 3)) (f64.store (i32.const 0xdb001000) (f64.const 4))
    (loop $outer
      (local.set $s (f64.const 0)) (local.set $k (i32.const 0)) (local.set $c (local.get $p))
      (loop $inner
        (local.set $s (f64.add (local.get $s) (f64.load (local.get $c))))
        (local.set $c (i32.add (local.get $c) (i32.const 8)))
        (br_if $inner (i32.ne (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 8))))
      (local.set $all (f64.add (f64.mul (local.get $all) (f64.const 2)) (local.get $s)))
      (local.set $p (i32.add (local.get $p) (i32.const 0x25000000)))
      (br_if $outer (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))
    (local.get $all))
)
(assert_return (invoke "rows" (i32.const 0xd8001000) (i32.const 8)) (f64.const 228))
(assert_return (invoke "rows" (i32.const 0xd8001000) (i32.const 20)) (f64.const 935936))
(assert_trap (invoke "rows" (i32.const 0xd9001000) (i32.const 40)) "out of bounds memory access")
