;; Loops around loops that wait for numbers, of which two iterations go together (`optimize::unroll::ahead`).
;; `differences` runs a kernel for many numbers of iterations of both loops, and counts how often it comes to another
;; result than the same kernel whose inner loop stores something, which is left as it is.

(module
  (type $kernel (func (param i32 i32 i32) (result i64)))
  (memory 1 1)
  (table funcref (elem
    $counted $plain-counted
    $escaping $plain-escaping
    $guarded $plain-guarded
    $continued $plain-continued
    $two $plain-two
    $leaving $plain-leaving
    $steps $plain-steps
    $apart $plain-apart
    $endless $plain-endless
    $loaded $plain-loaded
    $divided $plain-divided
    $truncated $plain-truncated
    $guessed $plain-guessed
    $vector $plain-vector
    $narrow $plain-narrow
    $nan $plain-nan))

  ;; Until a counter has counted, which begins elsewhere in each iteration of the outer loop. Kernel 0.
  (func $counted (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.and (local.get $j) (i32.const 3)))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-counted (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.and (local.get $j) (i32.const 3)))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; Until a number is large, or a counter. Kernel 2.
  (func $escaping (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (block $out (loop $inner
        (br_if $out (f64.gt (local.get $x) (f64.const 0.9)))
        (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m)))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-escaping (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (block $out (loop $inner (i32.store (i32.const 0) (local.get $i))
        (br_if $out (f64.gt (local.get $x) (f64.const 0.9)))
        (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m)))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; Some iterations of the outer loop do not come to the inner one. Kernel 4.
  (func $guarded (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (block $out
        (br_if $out (i32.and (local.get $j) (local.get $m)))
        (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $inner (f64.lt (local.get $x) (f64.const 0.87)))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-guarded (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (block $out
        (br_if $out (i32.and (local.get $j) (local.get $m)))
        (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $inner (f64.lt (local.get $x) (f64.const 0.87)))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; Two ways back to the outer loop, which count differently. Kernel 6.
  (func $continued (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (f64.lt (local.get $x) (f64.const 0.87))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (if (i32.and (i32.lt_s (local.get $j) (local.get $n)) (i32.and (local.get $i) (i32.const 1)))
        (then (local.set $j (i32.add (local.get $j) (i32.and (local.get $m) (i32.const 3)))) (br $outer)))
      (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-continued (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (f64.lt (local.get $x) (f64.const 0.87))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (if (i32.and (i32.lt_s (local.get $j) (local.get $n)) (i32.and (local.get $i) (i32.const 1)))
        (then (local.set $j (i32.add (local.get $j) (i32.and (local.get $m) (i32.const 3)))) (br $outer)))
      (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; Two parameters that are guessed, of which one is often another. Kernel 8.
  (func $two (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $c (f64.const 3.7))
    (loop $outer
      (local.set $x (f64.div (f64.convert_i32_s (i32.and (local.get $j) (i32.const 7))) (f64.const 8.5))) (local.set $i (i32.const 0))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i)))))
      (local.set $c (f64.sub (f64.const 7.3) (local.get $c)))
      (if (i32.lt_s (i32.add (local.get $j) (i32.const 4)) (local.get $n)) (then
        (if (i32.wrap_i64 (i64.and (local.get $h) (i64.const 1))) (then (local.set $c (f64.const 3.65)) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $outer)))))
      (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-two (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $c (f64.const 3.7))
    (loop $outer
      (local.set $x (f64.div (f64.convert_i32_s (i32.and (local.get $j) (i32.const 7))) (f64.const 8.5))) (local.set $i (i32.const 0))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i)))))
      (local.set $c (f64.sub (f64.const 7.3) (local.get $c)))
      (if (i32.lt_s (i32.add (local.get $j) (i32.const 4)) (local.get $n)) (then
        (if (i32.wrap_i64 (i64.and (local.get $h) (i64.const 1))) (then (local.set $c (f64.const 3.65)) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $outer)))))
      (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; The outer loop ends anywhere, and begins anew from there with another number. Kernel 10.
  (func $leaving (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $d (f64.const 3.7))
    (loop $again
     (br_if 1 (local.get $h) (i32.ge_s (local.get $j) (local.get $n))) (drop)
     (loop $outer
      (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0)) (local.set $c (f64.add (local.get $d) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.001))))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (if (i64.eqz (i64.and (local.get $h) (i64.const 3))) (then (local.set $d (f64.sub (f64.const 7.2) (local.get $d))) (br $again)))
      (br_if $outer (i32.lt_s (local.get $j) (local.get $n)))))
    (local.get $h))
  (func $plain-leaving (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $d (f64.const 3.7))
    (loop $again
     (br_if 1 (local.get $h) (i32.ge_s (local.get $j) (local.get $n))) (drop)
     (loop $outer
      (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0)) (local.set $c (f64.add (local.get $d) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.001))))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (if (i64.eqz (i64.and (local.get $h) (i64.const 3))) (then (local.set $d (f64.sub (f64.const 7.2) (local.get $d))) (br $again)))
      (br_if $outer (i32.lt_s (local.get $j) (local.get $n)))))
    (local.get $h))

  ;; A counter of numbers, and one that is no number of steps ahead. Kernel 12.
  (func $steps (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $d (f64.const 3.4))
    (loop $outer
      (local.set $c (local.get $d)) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (block $out (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $out (f64.lt (local.get $x) (f64.const 0.3)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m)))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $d (f64.add (local.get $d) (f64.const 0.013))) (local.set $j (i32.add (i32.mul (local.get $j) (i32.const 3)) (i32.const 2)))
      (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-steps (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $d (f64.const 3.4))
    (loop $outer
      (local.set $c (local.get $d)) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (block $out (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $out (f64.lt (local.get $x) (f64.const 0.3)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m)))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $d (f64.add (local.get $d) (f64.const 0.013))) (local.set $j (i32.add (i32.mul (local.get $j) (i32.const 3)) (i32.const 2)))
      (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; What begins the inner loop is made by it. Kernel 14.
  (func $apart (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $x (f64.const 0.3))
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $i (i32.const 0))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-apart (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $x (f64.const 0.3))
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $i (i32.const 0))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; What comes behind the last iteration would never leave the inner loop. Kernel 16.
  (func $endless (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $x (f64.const 0)) (local.set $i (i32.const 0)) (local.set $c (select (f64.const 1) (f64.const nan) (i32.lt_s (local.get $j) (local.get $n))))
      (loop $inner  (local.set $x (f64.add (local.get $x) (f64.const 1))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (f64.ne (f64.mul (local.get $x) (local.get $c)) (f64.const 6))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-endless (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $x (f64.const 0)) (local.set $i (i32.const 0)) (local.set $c (select (f64.const 1) (f64.const nan) (i32.lt_s (local.get $j) (local.get $n))))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.add (local.get $x) (f64.const 1))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (f64.ne (f64.mul (local.get $x) (local.get $c)) (f64.const 6))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; What would be loaded behind the last iteration is not there. Kernel 18.
  (func $loaded (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner  (local.set $x (f64.add (f64.mul (local.get $c) (local.get $x)) (f64.load (select (i32.const 8) (i32.const 65536) (i32.lt_s (local.get $j) (local.get $n)))))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-loaded (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.add (f64.mul (local.get $c) (local.get $x)) (f64.load (select (i32.const 8) (i32.const 65536) (i32.lt_s (local.get $j) (local.get $n)))))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; What the inner loop needs behind the last iteration cannot be made. Kernel 20.
  (func $divided (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.convert_i32_s (i32.div_s (i32.const 100) (i32.sub (local.get $n) (local.get $j))))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-divided (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.convert_i32_s (i32.div_s (i32.const 100) (i32.sub (local.get $n) (local.get $j))))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; What the inner loop makes of numbers behind the last iteration is too large. Kernel 22.
  (func $truncated (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0)) (local.set $d (select (f64.const 1) (f64.const 1e300) (i32.lt_s (local.get $j) (local.get $n))))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.trunc_f64_s (local.get $d))))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-truncated (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0)) (local.set $d (select (f64.const 1) (f64.const 1e300) (i32.lt_s (local.get $j) (local.get $n))))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.trunc_f64_s (local.get $d))))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; Two ways back, of which the one that is guessed is seldom taken. Kernel 24.
  (func $guessed (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i)))))
      (if (i32.and (i32.eqz (i32.and (local.get $j) (i32.const 3))) (i32.lt_s (i32.add (local.get $j) (i32.const 2)) (local.get $n)))
        (then (local.set $j (i32.add (local.get $j) (i32.const 1))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $outer)))
      (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-guessed (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008)))) (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $i) (local.get $m))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i)))))
      (if (i32.and (i32.eqz (i32.and (local.get $j) (i32.const 3))) (i32.lt_s (i32.add (local.get $j) (i32.const 2)) (local.get $n)))
        (then (local.set $j (i32.add (local.get $j) (i32.const 1))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $outer)))
      (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; Numbers side by side. Kernel 26.
  (func $vector (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $v (v128.const f64x2 0.3 0.4)) (local.set $i (i32.const 0)) (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008))))
      (loop $inner
        (local.set $v (f64x2.mul (f64x2.mul (f64x2.splat (local.get $c)) (local.get $v)) (f64x2.sub (v128.const f64x2 1 1) (local.get $v)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.and (i32.lt_s (local.get $i) (local.get $m)) (f64.lt (f64x2.extract_lane 1 (local.get $v)) (f64.const 0.95)))))
      (local.set $x (f64.add (f64x2.extract_lane 0 (local.get $v)) (f64x2.extract_lane 1 (local.get $v)))) (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-vector (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $v (v128.const f64x2 0.3 0.4)) (local.set $i (i32.const 0)) (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008))))
      (loop $inner (i32.store (i32.const 0) (local.get $i))
        (local.set $v (f64x2.mul (f64x2.mul (f64x2.splat (local.get $c)) (local.get $v)) (f64x2.sub (v128.const f64x2 1 1) (local.get $v)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.and (i32.lt_s (local.get $i) (local.get $m)) (f64.lt (f64x2.extract_lane 1 (local.get $v)) (f64.const 0.95)))))
      (local.set $x (f64.add (f64x2.extract_lane 0 (local.get $v)) (f64x2.extract_lane 1 (local.get $v)))) (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; Numbers of 32 bits, and a counter of 64. Kernel 28.
  (func $narrow (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $y (f32.const 0.3)) (local.set $l (i64.const 0)) (local.set $z (f32.add (f32.const 3.5) (f32.mul (f32.convert_i32_s (local.get $j)) (f32.const 0.01))))
      (loop $inner
        (local.set $y (f32.mul (f32.mul (local.get $z) (local.get $y)) (f32.sub (f32.const 1) (local.get $y))))
        (local.set $l (i64.add (local.get $l) (i64.const 3)))
        (br_if $inner (i32.and (i64.lt_s (local.get $l) (i64.extend_i32_s (local.get $m))) (f32.lt (local.get $y) (f32.const 0.95)))))
      (local.set $x (f64.promote_f32 (local.get $y))) (local.set $i (i32.wrap_i64 (local.get $l))) (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-narrow (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (loop $outer
      (local.set $y (f32.const 0.3)) (local.set $l (i64.const 0)) (local.set $z (f32.add (f32.const 3.5) (f32.mul (f32.convert_i32_s (local.get $j)) (f32.const 0.01))))
      (loop $inner (i32.store (i32.const 0) (local.get $i))
        (local.set $y (f32.mul (f32.mul (local.get $z) (local.get $y)) (f32.sub (f32.const 1) (local.get $y))))
        (local.set $l (i64.add (local.get $l) (i64.const 3)))
        (br_if $inner (i32.and (i64.lt_s (local.get $l) (i64.extend_i32_s (local.get $m))) (f32.lt (local.get $y) (f32.const 0.95)))))
      (local.set $x (f64.promote_f32 (local.get $y))) (local.set $i (i32.wrap_i64 (local.get $l))) (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  ;; A parameter that is no number. Kernel 30.
  (func $nan (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $d (f64.const 1e308))
    (loop $outer
      (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0)) (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008))))
      (loop $inner  (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.and (i32.lt_s (local.get $i) (local.get $m)) (i32.eqz (f64.lt (local.get $d) (local.get $x))))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $d (f64.sub (f64.mul (local.get $d) (f64.const 10)) (f64.mul (local.get $d) (f64.const 10)))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))
  (func $plain-nan (param $j i32) (param $n i32) (param $m i32) (result i64)
    (local $i i32) (local $x f64) (local $c f64) (local $d f64) (local $h i64) (local $v v128) (local $y f32) (local $z f32) (local $l i64)
    (local.set $d (f64.const 1e308))
    (loop $outer
      (local.set $x (f64.const 0.3)) (local.set $i (i32.const 0)) (local.set $c (f64.add (f64.const 3.5) (f64.mul (f64.convert_i32_s (local.get $j)) (f64.const 0.008))))
      (loop $inner (i32.store (i32.const 0) (local.get $i)) (local.set $x (f64.mul (f64.mul (local.get $c) (local.get $x)) (f64.sub (f64.const 1) (local.get $x)))) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.and (i32.lt_s (local.get $i) (local.get $m)) (i32.eqz (f64.lt (local.get $d) (local.get $x))))))
      (local.set $h (i64.xor (i64.rotl (local.get $h) (i64.const 7)) (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (local.get $i))))) (local.set $d (f64.sub (f64.mul (local.get $d) (f64.const 10)) (f64.mul (local.get $d) (f64.const 10)))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $outer (i32.lt_s (local.get $j) (local.get $n))))
    (local.get $h))

  (func (export "differences") (param $kernel i32) (result i32) (local $j i32) (local $n i32) (local $m i32) (local $different i32)
    (loop $starts
      (local.set $n (i32.const 1))
      (loop $ends
        (local.set $m (i32.const 0))
        (loop $rounds
          (local.set $different (i32.add (local.get $different) (i64.ne
            (call_indirect (type $kernel) (local.get $j) (i32.add (local.get $j) (local.get $n)) (local.get $m) (local.get $kernel))
            (call_indirect (type $kernel) (local.get $j) (i32.add (local.get $j) (local.get $n)) (local.get $m) (i32.add (local.get $kernel) (i32.const 1))))))
          (br_if $rounds (i32.lt_s (local.tee $m (i32.add (local.get $m) (i32.const 1))) (i32.const 12))))
        (br_if $ends (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 45))))
      (br_if $starts (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 3))) (i32.const 10))))
    (local.get $different))
)

(assert_return (invoke "differences" (i32.const 0)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 2)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 4)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 6)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 8)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 10)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 12)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 14)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 16)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 18)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 20)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 22)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 24)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 26)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 28)) (i32.const 0))
(assert_return (invoke "differences" (i32.const 30)) (i32.const 0))
