;; Loops of which several iterations become one (`optimize::unroll`). Each function does the same as the one of the same name
;; with `slow-`, whose call of nothing keeps it from being changed: `differences` counts for how many distances
;; between what is read and what is written, and how many iterations, both leave different bytes.

(module
  (type $nothing (func))
  (type $kernel (func (param i32 i32 i32)))
  (memory 1 1)
  (table funcref (elem $nothing $scaled $slow-scaled $pairs $slow-pairs $stencil $slow-stencil $carried $slow-carried $two $slow-two $middle $slow-middle $handed $slow-handed $exchanged $slow-exchanged $bytes $slow-bytes $shorts $slow-shorts $carried-shorts $slow-carried-shorts $strided $slow-strided $strided-back $slow-strided-back $unsigned $slow-unsigned $extended $slow-extended $even $slow-even $chosen $slow-chosen $chosen-float $slow-chosen-float $summed $slow-summed $extremes $slow-extremes $sum-bytes $slow-sum-bytes))
  (func $nothing)

  ;; Numbers of 64 bits, one in each iteration.
  (func $scaled (export "scaled") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.mul (f64.load (local.get $q)) (f64.const 0.5)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))
  (func $slow-scaled (export "slow-scaled") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.mul (f64.load (local.get $q)) (f64.const 0.5)))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))

  ;; Two in each iteration.
  (func $pairs (export "pairs") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.add (f64.load (local.get $q)) (f64.load (local.get $p))))
      (f64.store offset=8 (local.get $p) (f64.add (f64.load offset=8 (local.get $q)) (f64.load offset=8 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $q (i32.add (local.get $q) (i32.const 16)))
      (br_if $next (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 16))) (i32.const 0))))))
  (func $slow-pairs (export "slow-pairs") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.add (f64.load (local.get $q)) (f64.load (local.get $p))))
      (call_indirect (type $nothing) (i32.const 0))
      (f64.store offset=8 (local.get $p) (f64.add (f64.load offset=8 (local.get $q)) (f64.load offset=8 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $q (i32.add (local.get $q) (i32.const 16)))
      (br_if $next (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 16))) (i32.const 0))))))

  ;; Numbers of 32 bits, and their neighbours.
  (func $stencil (export "stencil") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.xor (i32.shl (i32.load (local.get $q)) (i32.const 3)) (i32.sub (i32.load offset=4 (local.get $q)) (i32.load offset=12 (local.get $q)))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0))))))
  (func $slow-stencil (export "slow-stencil") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.xor (i32.shl (i32.load (local.get $q)) (i32.const 3)) (i32.sub (i32.load offset=4 (local.get $q)) (i32.load offset=12 (local.get $q)))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0))))))

  ;; What was loaded is used again in the next iteration.
  (func $carried (export "carried") (param $p i32) (param $q i32) (param $n i32) (local $last f64) (local $new f64)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.sub (local.tee $new (f64.load (local.get $q))) (local.get $last)))
      (local.set $last (local.get $new))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))
  (func $slow-carried (export "slow-carried") (param $p i32) (param $q i32) (param $n i32) (local $last f64) (local $new f64)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.sub (local.tee $new (f64.load (local.get $q))) (local.get $last)))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $last (local.get $new))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))

  ;; Two arrays are written.
  (func $two (export "two") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f32.store (local.get $p) (f32.add (f32.load (local.get $q)) (f32.load offset=4 (local.get $q))))
      (f32.store offset=16 (local.get $q) (f32.div (f32.load (local.get $p)) (f32.const 3)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0))))))
  (func $slow-two (export "slow-two") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f32.store (local.get $p) (f32.add (f32.load (local.get $q)) (f32.load offset=4 (local.get $q))))
      (call_indirect (type $nothing) (i32.const 0))
      (f32.store offset=16 (local.get $q) (f32.div (f32.load (local.get $p)) (f32.const 3)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0))))))

  ;; The loop is left in its middle.
  (func $middle (export "middle") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (i64.store (local.get $p) (i64.sub (i64.load (local.get $q)) (i64.const 3)))
      (br_if $end (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 16)))))
      (i64.store offset=8 (local.get $p) (i64.sub (i64.load offset=8 (local.get $q)) (i64.const 3)))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $q (i32.add (local.get $q) (i32.const 16)))
      (br $next))))
  (func $slow-middle (export "slow-middle") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (i64.store (local.get $p) (i64.sub (i64.load (local.get $q)) (i64.const 3)))
      (call_indirect (type $nothing) (i32.const 0))
      (br_if $end (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 16)))))
      (i64.store offset=8 (local.get $p) (i64.sub (i64.load offset=8 (local.get $q)) (i64.const 3)))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $q (i32.add (local.get $q) (i32.const 16)))
      (br $next))))

  ;; Values go from variable to variable.
  (func $handed (export "handed") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $e i32)
    (block $end
    (loop $next
      (local.set $d (i32.add (local.get $c) (i32.load (local.get $q))))
      (local.set $c (local.get $b))
      (local.set $b (i32.rotl (local.get $a) (i32.const 5)))
      (local.set $a (i32.xor (local.get $d) (local.get $e)))
      (local.set $e (local.get $b))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (i32.add (local.get $a) (i32.mul (local.get $c) (i32.const 3)))))
  (func $slow-handed (export "slow-handed") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $e i32)
    (block $end
    (loop $next
      (local.set $d (i32.add (local.get $c) (i32.load (local.get $q))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $c (local.get $b))
      (local.set $b (i32.rotl (local.get $a) (i32.const 5)))
      (local.set $a (i32.xor (local.get $d) (local.get $e)))
      (local.set $e (local.get $b))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (i32.add (local.get $a) (i32.mul (local.get $c) (i32.const 3)))))

  ;; Two variables exchange their values.
  (func $exchanged (export "exchanged") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i32)
    (block $end
    (loop $next
      (local.set $b (local.get $a))
      (local.set $a (i32.add (local.get $c) (i32.load (local.get $q))))
      (local.set $c (local.get $b))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (i32.add (local.get $a) (i32.mul (local.get $c) (i32.const 3)))))
  (func $slow-exchanged (export "slow-exchanged") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i32)
    (block $end
    (loop $next
      (local.set $b (local.get $a))
      (local.set $a (i32.add (local.get $c) (i32.load (local.get $q))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $c (local.get $b))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (i32.add (local.get $a) (i32.mul (local.get $c) (i32.const 3)))))

  ;; Bytes, of whose sums only the lowest bits are stored.
  (func $bytes (export "bytes") (param $p i32) (param $q i32) (param $n i32) (local $m i32) (local.set $m (local.get $n))
    (block $end
    (loop $next
      (i32.store8 (local.get $p) (i32.xor (i32.shl (i32.add (i32.load8_u (local.get $q)) (i32.load8_s offset=1 (local.get $q))) (i32.const 1)) (local.get $n)))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $next (i32.ne (local.tee $m (i32.sub (local.get $m) (i32.const 1))) (i32.const 0))))))
  (func $slow-bytes (export "slow-bytes") (param $p i32) (param $q i32) (param $n i32) (local $m i32) (local.set $m (local.get $n))
    (block $end
    (loop $next
      (i32.store8 (local.get $p) (i32.xor (i32.shl (i32.add (i32.load8_u (local.get $q)) (i32.load8_s offset=1 (local.get $q))) (i32.const 1)) (local.get $n)))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $next (i32.ne (local.tee $m (i32.sub (local.get $m) (i32.const 1))) (i32.const 0))))))

  ;; Numbers of 16 bits, and their products.
  (func $shorts (export "shorts") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (i32.store16 (local.get $p) (i32.sub (i32.mul (i32.load16_u (local.get $q)) (i32.load16_s offset=2 (local.get $q))) (i32.load16_u (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 2))) (i32.const 0))))))
  (func $slow-shorts (export "slow-shorts") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (i32.store16 (local.get $p) (i32.sub (i32.mul (i32.load16_u (local.get $q)) (i32.load16_s offset=2 (local.get $q))) (i32.load16_u (local.get $p))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 2))) (i32.const 0))))))

  ;; The same of 16 bits, of which a vector is gathered.
  (func $carried-shorts (export "carried-shorts") (param $p i32) (param $q i32) (param $n i32) (local $last i32) (local $new i32)
    (block $end
    (loop $next
      (i32.store16 (local.get $p) (i32.add (i32.xor (local.tee $new (i32.load16_u (local.get $q))) (local.get $last)) (i32.xor (local.get $new) (i32.load16_u offset=6 (local.get $q)))))
      (local.set $last (local.get $new))
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 2))) (i32.const 0))))))
  (func $slow-carried-shorts (export "slow-carried-shorts") (param $p i32) (param $q i32) (param $n i32) (local $last i32) (local $new i32)
    (block $end
    (loop $next
      (i32.store16 (local.get $p) (i32.add (i32.xor (local.tee $new (i32.load16_u (local.get $q))) (local.get $last)) (i32.xor (local.get $new) (i32.load16_u offset=6 (local.get $q)))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $last (local.get $new))
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 2))) (i32.const 0))))))

  ;; What is read is further apart than what is written.
  (func $strided (export "strided") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.add (f64.mul (f64.load (local.get $q)) (f64.const 0.5)) (f64.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 24)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))
  (func $slow-strided (export "slow-strided") (param $p i32) (param $q i32) (param $n i32)
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.add (f64.mul (f64.load (local.get $q)) (f64.const 0.5)) (f64.load (local.get $p))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 24)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))

  ;; What is written is.
  (func $strided-back (export "strided-back") (param $p i32) (param $q i32) (param $n i32) (local $m i32)
    (block $end
    (loop $next
      (i32.store (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load (local.get $p)) (i32.load (local.get $q)))))
      (i32.store offset=4 (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load offset=4 (local.get $p)) (i32.load offset=4 (local.get $q)))))
      (i32.store offset=8 (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load offset=8 (local.get $p)) (i32.load offset=8 (local.get $q)))))
      (i32.store offset=12 (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load offset=12 (local.get $p)) (i32.load offset=12 (local.get $q)))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 8))) (local.get $n))))))
  (func $slow-strided-back (export "slow-strided-back") (param $p i32) (param $q i32) (param $n i32) (local $m i32)
    (block $end
    (loop $next
      (i32.store (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load (local.get $p)) (i32.load (local.get $q)))))
      (call_indirect (type $nothing) (i32.const 0))
      (i32.store offset=4 (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load offset=4 (local.get $p)) (i32.load offset=4 (local.get $q)))))
      (i32.store offset=8 (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load offset=8 (local.get $p)) (i32.load offset=8 (local.get $q)))))
      (i32.store offset=12 (local.get $q) (i32.mul (local.get $m) (i32.add (i32.load offset=12 (local.get $p)) (i32.load offset=12 (local.get $q)))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 8))) (local.get $n))))))

  ;; Negative numbers are large.
  (func $unsigned (export "unsigned") (param $p i32) (param $q i32) (param $n i32) (local $m i32) (local.set $m (i32.sub (local.get $n) (i32.const 120)))
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.mul (f64.load (local.get $q)) (f64.load (local.get $q))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 3))) (i32.const 60))))))
  (func $slow-unsigned (export "slow-unsigned") (param $p i32) (param $q i32) (param $n i32) (local $m i32) (local.set $m (i32.sub (local.get $n) (i32.const 120)))
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.mul (f64.load (local.get $q)) (f64.load (local.get $q))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 3))) (i32.const 60))))))

  ;; One counter takes the place of others, and its lowest bits are compared.
  (func $extended (export "extended") (param $p i32) (param $q i32) (param $n i32) (local $m i32)
    (block $end
    (loop $next
      (i32.store (i32.add (local.get $p) (local.get $m)) (i32.add (local.get $n) (i32.load (i32.add (local.get $q) (local.get $m)))))
      (br_if $next (i32.lt_s (local.tee $m (i32.add (local.get $m) (i32.const 4))) (local.get $n))))))
  (func $slow-extended (export "slow-extended") (param $p i32) (param $q i32) (param $n i32) (local $m i32)
    (block $end
    (loop $next
      (i32.store (i32.add (local.get $p) (local.get $m)) (i32.add (local.get $n) (i32.load (i32.add (local.get $q) (local.get $m)))))
      (call_indirect (type $nothing) (i32.const 0))
      (br_if $next (i32.lt_s (local.tee $m (i32.add (local.get $m) (i32.const 4))) (local.get $n))))))

  ;; The end is computed in the loop, and stands before the counter.
  (func $even (export "even") (param $p i32) (param $q i32) (param $n i32) (local $m i32)
    (block $end
    (loop $next
      (f32.store (local.get $p) (f32.neg (f32.load (local.get $q))))
      (f32.store offset=4 (local.get $p) (f32.neg (f32.load offset=4 (local.get $q))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (i32.and (i32.add (local.get $n) (i32.const 7)) (i32.const -8)) (local.tee $m (i32.add (local.get $m) (i32.const 8))))))))
  (func $slow-even (export "slow-even") (param $p i32) (param $q i32) (param $n i32) (local $m i32)
    (block $end
    (loop $next
      (f32.store (local.get $p) (f32.neg (f32.load (local.get $q))))
      (call_indirect (type $nothing) (i32.const 0))
      (f32.store offset=4 (local.get $p) (f32.neg (f32.load offset=4 (local.get $q))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (i32.and (i32.add (local.get $n) (i32.const 7)) (i32.const -8)) (local.tee $m (i32.add (local.get $m) (i32.const 8))))))))

  ;; The larger of two numbers, and one that is chosen.
  (func $chosen (export "chosen") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32)
    (block $end
    (loop $next
      (i32.store (local.get $p) (select (local.tee $a (i32.load (local.get $q))) (local.tee $b (i32.load (local.get $p))) (i32.gt_s (local.get $a) (local.get $b))))
      (i32.store offset=256 (local.get $p) (select (i32.const 1000) (local.get $a) (i32.lt_u (local.get $b) (local.get $a))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0))))))
  (func $slow-chosen (export "slow-chosen") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32)
    (block $end
    (loop $next
      (i32.store (local.get $p) (select (local.tee $a (i32.load (local.get $q))) (local.tee $b (i32.load (local.get $p))) (i32.gt_s (local.get $a) (local.get $b))))
      (call_indirect (type $nothing) (i32.const 0))
      (i32.store offset=256 (local.get $p) (select (i32.const 1000) (local.get $a) (i32.lt_u (local.get $b) (local.get $a))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0))))))

  ;; A number where a comparison holds, which it does not for what is not a number.
  (func $chosen-float (export "chosen-float") (param $p i32) (param $q i32) (param $n i32) (local $a f64)
    (block $end
    (loop $next
      (f64.store (local.get $p) (select (local.tee $a (f64.div (f64.load (local.get $q)) (f64.load (local.get $p)))) (f64.const 0.25) (f64.lt (local.get $a) (f64.const 3))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))
  (func $slow-chosen-float (export "slow-chosen-float") (param $p i32) (param $q i32) (param $n i32) (local $a f64)
    (block $end
    (loop $next
      (f64.store (local.get $p) (select (local.tee $a (f64.div (f64.load (local.get $q)) (f64.load (local.get $p)))) (f64.const 0.25) (f64.lt (local.get $a) (f64.const 3))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))

  ;; Sums, of numbers of several widths.
  (func $summed (export "summed") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i64)
    (block $end
    (loop $next
      (local.set $a (i32.add (local.get $a) (i32.load (local.get $q))))
      (local.set $b (i32.xor (i32.load8_s offset=3 (local.get $q)) (i32.xor (local.get $b) (i32.load8_u offset=1 (local.get $q)))))
      (local.set $c (i64.add (local.get $c) (i64.load32_s (local.get $q))))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (local.get $a))
    (i32.store offset=4 (local.get $p) (local.get $b))
    (i64.store offset=8 (local.get $p) (local.get $c)))
  (func $slow-summed (export "slow-summed") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i64)
    (block $end
    (loop $next
      (local.set $a (i32.add (local.get $a) (i32.load (local.get $q))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $b (i32.xor (i32.load8_s offset=3 (local.get $q)) (i32.xor (local.get $b) (i32.load8_u offset=1 (local.get $q)))))
      (local.set $c (i64.add (local.get $c) (i64.load32_s (local.get $q))))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (local.get $a))
    (i32.store offset=4 (local.get $p) (local.get $b))
    (i64.store offset=8 (local.get $p) (local.get $c)))

  ;; The largest and smallest number.
  (func $extremes (export "extremes") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i32) (local $x i32) (local.set $a (i32.const 0x3fffffff)) (local.set $b (i32.const 0x60000000)) (local.set $c (i32.const -1))
    (block $end
    (loop $next
      (local.set $a (select (local.get $a) (local.tee $x (i32.load (local.get $q))) (i32.gt_s (local.get $a) (local.get $x))))
      (local.set $b (select (local.get $b) (local.get $x) (i32.lt_u (local.get $b) (local.get $x))))
      (local.set $c (i32.and (local.get $c) (i32.load offset=4 (local.get $q))))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (local.get $a))
    (i32.store offset=4 (local.get $p) (local.get $b))
    (i32.store offset=8 (local.get $p) (local.get $c)))
  (func $slow-extremes (export "slow-extremes") (param $p i32) (param $q i32) (param $n i32) (local $a i32) (local $b i32) (local $c i32) (local $x i32) (local.set $a (i32.const 0x3fffffff)) (local.set $b (i32.const 0x60000000)) (local.set $c (i32.const -1))
    (block $end
    (loop $next
      (local.set $a (select (local.get $a) (local.tee $x (i32.load (local.get $q))) (i32.gt_s (local.get $a) (local.get $x))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $b (select (local.get $b) (local.get $x) (i32.lt_u (local.get $b) (local.get $x))))
      (local.set $c (i32.and (local.get $c) (i32.load offset=4 (local.get $q))))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 4))) (i32.const 0)))))
    (i32.store (local.get $p) (local.get $a))
    (i32.store offset=4 (local.get $p) (local.get $b))
    (i32.store offset=8 (local.get $p) (local.get $c)))

  ;; A sum of bytes.
  (func $sum-bytes (export "sum-bytes") (param $p i32) (param $q i32) (param $n i32) (local $a i32)
    (block $end
    (loop $next
      (local.set $a (i32.add (local.get $a) (i32.load8_u (local.get $q))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
    (i32.store (local.get $p) (local.get $a)))
  (func $slow-sum-bytes (export "slow-sum-bytes") (param $p i32) (param $q i32) (param $n i32) (local $a i32)
    (block $end
    (loop $next
      (local.set $a (i32.add (local.get $a) (i32.load8_u (local.get $q))))
      (call_indirect (type $nothing) (i32.const 0))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
    (i32.store (local.get $p) (local.get $a)))

  (func $fill (local $i i32)
    (loop $next
      (f64.store (local.get $i) (f64.convert_i32_u (i32.mul (local.get $i) (i32.const 0x9e3779b1))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 1024)))))
  (func $hash (result i64) (local $i i32) (local $hash i64)
    (loop $next
      (local.set $hash (i64.mul (i64.xor (local.get $hash) (i64.load (local.get $i))) (i64.const 0x100000001b3)))
      (local.set $hash (i64.rotl (local.get $hash) (i64.const 7)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 1024))))
    (local.get $hash))
  (func $after (param $kernel i32) (param $q i32) (param $n i32) (result i64)
    (call $fill)
    (call_indirect (type $kernel) (i32.const 400) (local.get $q) (local.get $n) (local.get $kernel))
    (call $hash))
  ;; The number of the function in the table, and the bytes of an iteration.
  (func (export "differences") (param $kernel i32) (param $step i32) (result i32)
    (local $q i32) (local $n i32) (local $count i32)
    (local.set $q (i32.const 100))
    (loop $distances
      (local.set $n (local.get $step))
      (loop $lengths
        (local.set $count (i32.add (local.get $count) (i64.ne
          (call $after (local.get $kernel) (local.get $q) (local.get $n))
          (call $after (i32.add (local.get $kernel) (i32.const 1)) (local.get $q) (local.get $n)))))
        (br_if $lengths (i32.ne (local.tee $n (i32.add (local.get $n) (local.get $step)))
          (i32.mul (local.get $step) (select (i32.const 30) (i32.const 90) (i32.gt_u (local.get $step) (i32.const 4)))))))
      (br_if $distances (i32.ne (local.tee $q (i32.add (local.get $q) (i32.const 4))) (i32.const 460))))
    (local.get $count)))

;; scaled
(assert_return (invoke "differences" (i32.const 1) (i32.const 8)) (i32.const 0))
;; pairs
(assert_return (invoke "differences" (i32.const 3) (i32.const 16)) (i32.const 0))
;; stencil
(assert_return (invoke "differences" (i32.const 5) (i32.const 4)) (i32.const 0))
;; carried
(assert_return (invoke "differences" (i32.const 7) (i32.const 8)) (i32.const 0))
;; two
(assert_return (invoke "differences" (i32.const 9) (i32.const 4)) (i32.const 0))
;; middle
(assert_return (invoke "differences" (i32.const 11) (i32.const 16)) (i32.const 0))
;; handed
(assert_return (invoke "differences" (i32.const 13) (i32.const 4)) (i32.const 0))
;; exchanged
(assert_return (invoke "differences" (i32.const 15) (i32.const 4)) (i32.const 0))
;; bytes
(assert_return (invoke "differences" (i32.const 17) (i32.const 1)) (i32.const 0))
;; shorts
(assert_return (invoke "differences" (i32.const 19) (i32.const 2)) (i32.const 0))
;; carried-shorts
(assert_return (invoke "differences" (i32.const 21) (i32.const 2)) (i32.const 0))
;; strided
(assert_return (invoke "differences" (i32.const 23) (i32.const 8)) (i32.const 0))
;; strided-back
(assert_return (invoke "differences" (i32.const 25) (i32.const 8)) (i32.const 0))
;; unsigned
(assert_return (invoke "differences" (i32.const 27) (i32.const 8)) (i32.const 0))
;; extended
(assert_return (invoke "differences" (i32.const 29) (i32.const 4)) (i32.const 0))
;; even
(assert_return (invoke "differences" (i32.const 31) (i32.const 8)) (i32.const 0))
;; chosen
(assert_return (invoke "differences" (i32.const 33) (i32.const 4)) (i32.const 0))
;; chosen-float
(assert_return (invoke "differences" (i32.const 35) (i32.const 8)) (i32.const 0))
;; summed
(assert_return (invoke "differences" (i32.const 37) (i32.const 4)) (i32.const 0))
;; extremes
(assert_return (invoke "differences" (i32.const 39) (i32.const 4)) (i32.const 0))
;; sum-bytes
(assert_return (invoke "differences" (i32.const 41) (i32.const 1)) (i32.const 0))

;; The last iteration is the last place of memory, or one behind it; the first one is, or wraps around.
(invoke "scaled" (i32.const 0) (i32.const 65392) (i32.const 128))
(assert_trap (invoke "scaled" (i32.const 0) (i32.const 65416) (i32.const 136)) "out of bounds memory access")
(assert_trap (invoke "scaled" (i32.const 65416) (i32.const 0) (i32.const 128)) "out of bounds memory access")
(assert_trap (invoke "scaled" (i32.const 0) (i32.const -64) (i32.const 128)) "out of bounds memory access")
(assert_trap (invoke "scaled" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "pairs" (i32.const 0) (i32.const 65264) (i32.const 256))
(assert_trap (invoke "pairs" (i32.const 0) (i32.const 65296) (i32.const 272)) "out of bounds memory access")
(assert_trap (invoke "pairs" (i32.const 65296) (i32.const 0) (i32.const 256)) "out of bounds memory access")
(assert_trap (invoke "pairs" (i32.const 0) (i32.const -64) (i32.const 256)) "out of bounds memory access")
(assert_trap (invoke "pairs" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "stencil" (i32.const 0) (i32.const 65456) (i32.const 64))
(assert_trap (invoke "stencil" (i32.const 0) (i32.const 65476) (i32.const 68)) "out of bounds memory access")
(assert_trap (invoke "stencil" (i32.const 65476) (i32.const 0) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "stencil" (i32.const 0) (i32.const -64) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "stencil" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "carried" (i32.const 0) (i32.const 65392) (i32.const 128))
(assert_trap (invoke "carried" (i32.const 0) (i32.const 65416) (i32.const 136)) "out of bounds memory access")
(assert_trap (invoke "carried" (i32.const 65416) (i32.const 0) (i32.const 128)) "out of bounds memory access")
(assert_trap (invoke "carried" (i32.const 0) (i32.const -64) (i32.const 128)) "out of bounds memory access")
(assert_trap (invoke "carried" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "two" (i32.const 0) (i32.const 65456) (i32.const 64))
(assert_trap (invoke "two" (i32.const 0) (i32.const 65476) (i32.const 68)) "out of bounds memory access")
(assert_trap (invoke "two" (i32.const 65476) (i32.const 0) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "two" (i32.const 0) (i32.const -64) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "two" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "middle" (i32.const 0) (i32.const 65264) (i32.const 256))
(assert_trap (invoke "middle" (i32.const 0) (i32.const 65296) (i32.const 288)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const 65296) (i32.const 0) (i32.const 272)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const 0) (i32.const -64) (i32.const 256)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "bytes" (i32.const 0) (i32.const 65504) (i32.const 16))
(assert_trap (invoke "bytes" (i32.const 0) (i32.const 65521) (i32.const 17)) "out of bounds memory access")
(assert_trap (invoke "bytes" (i32.const 65521) (i32.const 0) (i32.const 16)) "out of bounds memory access")
(assert_trap (invoke "bytes" (i32.const 0) (i32.const -64) (i32.const 16)) "out of bounds memory access")
(assert_trap (invoke "bytes" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "shorts" (i32.const 0) (i32.const 65488) (i32.const 32))
(assert_trap (invoke "shorts" (i32.const 0) (i32.const 65506) (i32.const 34)) "out of bounds memory access")
(assert_trap (invoke "shorts" (i32.const 65506) (i32.const 0) (i32.const 32)) "out of bounds memory access")
(assert_trap (invoke "shorts" (i32.const 0) (i32.const -64) (i32.const 32)) "out of bounds memory access")
(assert_trap (invoke "shorts" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "carried-shorts" (i32.const 0) (i32.const 65488) (i32.const 32))
(assert_trap (invoke "carried-shorts" (i32.const 0) (i32.const 65506) (i32.const 34)) "out of bounds memory access")
(assert_trap (invoke "carried-shorts" (i32.const 65506) (i32.const 0) (i32.const 32)) "out of bounds memory access")
(assert_trap (invoke "carried-shorts" (i32.const 0) (i32.const -64) (i32.const 32)) "out of bounds memory access")
(assert_trap (invoke "carried-shorts" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "extended" (i32.const 0) (i32.const 65456) (i32.const 64))
(assert_trap (invoke "extended" (i32.const 0) (i32.const 65476) (i32.const 68)) "out of bounds memory access")
(assert_trap (invoke "extended" (i32.const 65476) (i32.const 0) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "extended" (i32.const 0) (i32.const -64) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "extended" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "chosen" (i32.const 0) (i32.const 65456) (i32.const 64))
(assert_trap (invoke "chosen" (i32.const 0) (i32.const 65476) (i32.const 68)) "out of bounds memory access")
(assert_trap (invoke "chosen" (i32.const 65476) (i32.const 0) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "chosen" (i32.const 0) (i32.const -64) (i32.const 64)) "out of bounds memory access")
(assert_trap (invoke "chosen" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
(invoke "chosen-float" (i32.const 0) (i32.const 65392) (i32.const 128))
(assert_trap (invoke "chosen-float" (i32.const 0) (i32.const 65416) (i32.const 136)) "out of bounds memory access")
(assert_trap (invoke "chosen-float" (i32.const 65416) (i32.const 0) (i32.const 128)) "out of bounds memory access")
(assert_trap (invoke "chosen-float" (i32.const 0) (i32.const -64) (i32.const 128)) "out of bounds memory access")
(assert_trap (invoke "chosen-float" (i32.const -64) (i32.const 0) (i32.const 0x7fffff00)) "out of bounds memory access")
