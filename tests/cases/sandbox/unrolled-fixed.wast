;; Loops of which several iterations become one (`optimize::unroll`), with loads from an address that they do not change
;; (`fixed`). `all` runs a kernel with many such addresses, from far before what is written to far behind it, for each
;; number of iterations; it returns a hash of what is in memory each time, which a model of the kernel in another
;; language says.

(module
  (type $kernel (func (param i32 i32 i32)))
  (memory 1 1)
  (memory $other 1 1)
  (table funcref (elem $scaled $late $bytes $wide $narrow $strided $descending $both $both-near $summed $constant $pairs $pointer
    $elsewhere $kept $middle))

  ;; A number of 64 bits, and its half.
  (func $scaled (export "scaled") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.add (f64.load (local.get $p)) (f64.mul (f64.mul (f64.load (local.get $q)) (f64.const 0.5)) (f64.load (local.get $r)))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; It is loaded behind what is stored, with an offset.
  (func $late (export "late") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.mul (i32.load (local.get $r)) (i32.const 3)))
      (i32.store offset=200 (local.get $p) (i32.xor (i32.load (local.get $p)) (i32.load offset=4 (local.get $q))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; A byte.
  (func $bytes (export "bytes") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store8 (local.get $p) (i32.add (i32.load8_u (local.get $r)) (i32.load8_u (local.get $q))))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $r (i32.add (local.get $r) (i32.const 1)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; It is wider than what is stored.
  (func $wide (export "wide") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.add (i32.wrap_i64 (i64.shr_u (i64.load (local.get $q)) (i64.const 20))) (i32.load (local.get $r))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; It is narrower.
  (func $narrow (export "narrow") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.mul (f64.convert_i32_s (i32.load8_s (local.get $q))) (f64.load (local.get $r))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; Two places are written in each iteration, which get further apart.
  (func $strided (export "strided") (param $p i32) (param $q i32) (param $n i32) (local $r i32) (local $s i32)
    (local.set $r (i32.const 64))
    (local.set $s (i32.sub (i32.shl (local.get $p) (i32.const 1)) (i32.const 100)))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.sub (i32.load (local.get $q)) (i32.load (local.get $r))))
      (i32.store (local.get $s) (i32.add (i32.load (local.get $r)) (i32.const 1)))
      (local.set $s (i32.add (local.get $s) (i32.const 8)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; Another place comes nearer to what is loaded.
  (func $descending (export "descending") (param $p i32) (param $q i32) (param $n i32) (local $r i32) (local $s i32) (local $x f64)
    (local.set $r (i32.const 64))
    (local.set $s (i32.sub (i32.const 780) (local.get $p)))
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.add (local.tee $x (f64.load (local.get $q))) (f64.load (local.get $r))))
      (f64.store offset=8 (local.get $p) (f64.add (local.get $x) (f64.load offset=8 (local.get $r))))
      (f64.store (local.get $s) (local.get $x))
      (local.set $s (i32.sub (local.get $s) (i32.const 8)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; What one address is loaded from and another is stored to does not change.
  (func $both (export "both") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.sub (f64.load (local.get $q)) (f64.load (local.get $r))))
      (f64.store (i32.const 380) (f64.load (local.get $r)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; They are at constant distances.
  (func $both-near (export "both-near") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.sub (i32.load (local.get $q)) (i32.load (local.get $r))))
      (i32.store offset=32 (local.get $q) (i32.load (local.get $r)))
      (i32.store (local.get $p) (i32.add (i32.load offset=20 (local.get $q)) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; Sums in memory.
  (func $summed (export "summed") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.mul (i32.load offset=8 (local.get $q)) (i32.load (local.get $r))))
      (i32.store (local.get $q) (i32.add (i32.load (local.get $q)) (i32.load (local.get $r))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; The address is a constant.
  (func $constant (export "constant") (param $p i32) (param $q i32) (param $n i32) (local $r i32) (local $s i32)
    (local.set $r (i32.const 64))
    (local.set $s (i32.sub (i32.add (local.get $p) (local.get $q)) (i32.const 400)))
    (block $end
    (loop $next
      (f32.store (local.get $s) (f32.add (f32.load (i32.const 440)) (f32.load (local.get $r))))
      (local.set $s (i32.add (local.get $s) (i32.const 4)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; Two numbers in each iteration.
  (func $pairs (export "pairs") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (f64.store (local.get $p) (f64.add (f64.load (local.get $q)) (f64.load (local.get $r))))
      (f64.store offset=8 (local.get $p) (f64.add (f64.load (local.get $q)) (f64.load offset=8 (local.get $r))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; What is loaded is where something else is loaded from.
  (func $pointer (export "pointer") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.xor (i32.load offset=16 (i32.shl (i32.and (i32.load (local.get $q)) (i32.const 127)) (i32.const 2))) (i32.load (local.get $r))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; It is in another memory.
  (func $elsewhere (export "elsewhere") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.add (i32.load $other (local.get $q)) (i32.load (local.get $r))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; What is stored does not change either.
  (func $kept (export "kept") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i32.store (local.get $p) (i32.add (i32.load (local.get $q)) (i32.load (local.get $r))))
      (i32.store (i32.const 382) (i32.xor (i32.load (local.get $q)) (i32.const 1)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (br_if $next (i32.ne (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))))

  ;; The loop is left before the second one is loaded.
  (func $middle (export "middle") (param $p i32) (param $q i32) (param $n i32) (local $r i32)
    (local.set $r (i32.const 64))
    (block $end
    (loop $next
      (i64.store (local.get $p) (i64.sub (i64.load (local.get $q)) (i64.load (local.get $r))))
      (br_if $end (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (i64.store offset=8 (local.get $p) (i64.add (i64.shl (i64.load offset=8 (local.get $q)) (i64.const 3)) (i64.load offset=8 (local.get $r))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br $next))))

  (func $fill (local $i i32)
    (loop $next
      (f64.store (local.get $i) (f64.convert_i32_u (i32.mul (local.get $i) (i32.const 0x9e3779b1))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 1024)))))
  (func $hash (param $hash i64) (result i64) (local $i i32)
    (loop $next
      (local.set $hash (i64.mul (i64.xor (local.get $hash) (i64.load (local.get $i))) (i64.const 0x100000001b3)))
      (local.set $hash (i64.rotl (local.get $hash) (i64.const 7)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 1024))))
    (local.get $hash))
  ;; The number of the function in the table, the addresses from and to which one is chosen, and the longest loop.
  (func (export "all") (param $kernel i32) (param $q i32) (param $last i32) (param $longest i32) (result i64)
    (local $n i32) (local $hash i64)
    (local.set $n (i32.const 1024))
    (loop $other
      (i32.store $other (local.get $n) (i32.mul (local.get $n) (i32.const 0x9e3779b1)))
      (br_if $other (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))
    (loop $addresses
      (local.set $n (i32.const 1))
      (loop $lengths
        (call $fill)
        (call_indirect (type $kernel) (i32.const 400) (local.get $q) (local.get $n) (local.get $kernel))
        (local.set $hash (call $hash (local.get $hash)))
        (br_if $lengths (i32.le_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (local.get $longest))))
      (br_if $addresses (i32.ne (local.tee $q (i32.add (local.get $q) (select (i32.const 4) (i32.const 1)
        (i32.eq (local.get $kernel) (i32.const 13))))) (local.get $last))))
    (local.get $hash)))

;; scaled
(assert_return (invoke "all" (i32.const 0) (i32.const 364) (i32.const 552) (i32.const 18))
  (i64.const 0x09bd918880f12b14))
;; late
(assert_return (invoke "all" (i32.const 1) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0x1223b53783e35d0c))
;; bytes
(assert_return (invoke "all" (i32.const 2) (i32.const 364) (i32.const 479) (i32.const 67))
  (i64.const 0x0d2d8fa384b2c614))
;; wide
(assert_return (invoke "all" (i32.const 3) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0x7fa9ad49c0f21bb5))
;; narrow
(assert_return (invoke "all" (i32.const 4) (i32.const 364) (i32.const 552) (i32.const 18))
  (i64.const 0x8e805c25cab809ac))
;; strided
(assert_return (invoke "all" (i32.const 5) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0x6013381bd9b13c8b))
;; descending
(assert_return (invoke "all" (i32.const 6) (i32.const 364) (i32.const 492) (i32.const 10))
  (i64.const 0xa0f6d46653770298))
;; both
(assert_return (invoke "all" (i32.const 7) (i32.const 364) (i32.const 552) (i32.const 18))
  (i64.const 0xcb35608b3bdd5d4b))
;; both-near
(assert_return (invoke "all" (i32.const 8) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0x26e02c29099f5576))
;; summed
(assert_return (invoke "all" (i32.const 9) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0x59dd89b2410f4c48))
;; constant
(assert_return (invoke "all" (i32.const 10) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0xff3031e36aabe5de))
;; pairs
(assert_return (invoke "all" (i32.const 11) (i32.const 364) (i32.const 492) (i32.const 10))
  (i64.const 0x0ee34fa1de6c6784))
;; pointer
(assert_return (invoke "all" (i32.const 12) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0xdd27ece90d0c1bb9))
;; elsewhere
(assert_return (invoke "all" (i32.const 13) (i32.const 364) (i32.const 404) (i32.const 33))
  (i64.const 0x8245002d21b0f39c))
;; kept
(assert_return (invoke "all" (i32.const 14) (i32.const 364) (i32.const 544) (i32.const 33))
  (i64.const 0xad871c36a4dae1fc))
;; middle
(assert_return (invoke "all" (i32.const 15) (i32.const 364) (i32.const 540) (i32.const 16))
  (i64.const 0x51b8131ce1d13f73))

;; The address is the last one of memory, or one behind it, or just below 4 GiB; for long loops and short ones.
(assert_return (invoke "scaled" (i32.const 1024) (i32.const 65528) (i32.const 1)))
(assert_trap (invoke "scaled" (i32.const 1024) (i32.const 65529) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "scaled" (i32.const 1024) (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "scaled" (i32.const 1024) (i32.const 65528) (i32.const 40)))
(assert_trap (invoke "scaled" (i32.const 1024) (i32.const 65529) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "scaled" (i32.const 1024) (i32.const -8) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "late" (i32.const 1024) (i32.const 65528) (i32.const 1)))
(assert_trap (invoke "late" (i32.const 1024) (i32.const 65529) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "late" (i32.const 1024) (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "late" (i32.const 1024) (i32.const 65528) (i32.const 40)))
(assert_trap (invoke "late" (i32.const 1024) (i32.const 65529) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "late" (i32.const 1024) (i32.const -8) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "bytes" (i32.const 1024) (i32.const 65535) (i32.const 1)))
(assert_trap (invoke "bytes" (i32.const 1024) (i32.const 65536) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "bytes" (i32.const 1024) (i32.const -1) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "bytes" (i32.const 1024) (i32.const 65535) (i32.const 40)))
(assert_trap (invoke "bytes" (i32.const 1024) (i32.const 65536) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "bytes" (i32.const 1024) (i32.const -1) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "wide" (i32.const 1024) (i32.const 65528) (i32.const 1)))
(assert_trap (invoke "wide" (i32.const 1024) (i32.const 65529) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "wide" (i32.const 1024) (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "wide" (i32.const 1024) (i32.const 65528) (i32.const 40)))
(assert_trap (invoke "wide" (i32.const 1024) (i32.const 65529) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "wide" (i32.const 1024) (i32.const -8) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "narrow" (i32.const 1024) (i32.const 65535) (i32.const 1)))
(assert_trap (invoke "narrow" (i32.const 1024) (i32.const 65536) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "narrow" (i32.const 1024) (i32.const -1) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "narrow" (i32.const 1024) (i32.const 65535) (i32.const 40)))
(assert_trap (invoke "narrow" (i32.const 1024) (i32.const 65536) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "narrow" (i32.const 1024) (i32.const -1) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "pointer" (i32.const 1024) (i32.const 65532) (i32.const 1)))
(assert_trap (invoke "pointer" (i32.const 1024) (i32.const 65533) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "pointer" (i32.const 1024) (i32.const -4) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "pointer" (i32.const 1024) (i32.const 65532) (i32.const 40)))
(assert_trap (invoke "pointer" (i32.const 1024) (i32.const 65533) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "pointer" (i32.const 1024) (i32.const -4) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "elsewhere" (i32.const 1024) (i32.const 65532) (i32.const 1)))
(assert_trap (invoke "elsewhere" (i32.const 1024) (i32.const 65533) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "elsewhere" (i32.const 1024) (i32.const -4) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "elsewhere" (i32.const 1024) (i32.const 65532) (i32.const 40)))
(assert_trap (invoke "elsewhere" (i32.const 1024) (i32.const 65533) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "elsewhere" (i32.const 1024) (i32.const -4) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const 1024) (i32.const -16) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const 1024) (i32.const 65521) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const 1024) (i32.const -16) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "pairs" (i32.const 1024) (i32.const 65528) (i32.const 1)))
(assert_trap (invoke "pairs" (i32.const 1024) (i32.const 65529) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "pairs" (i32.const 1024) (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "pairs" (i32.const 1024) (i32.const 65528) (i32.const 40)))
(assert_trap (invoke "pairs" (i32.const 1024) (i32.const 65529) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "pairs" (i32.const 1024) (i32.const -8) (i32.const 40)) "out of bounds memory access")
(assert_return (invoke "both" (i32.const 1024) (i32.const 65528) (i32.const 1)))
(assert_trap (invoke "both" (i32.const 1024) (i32.const 65529) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "both" (i32.const 1024) (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "both" (i32.const 1024) (i32.const 65528) (i32.const 40)))
(assert_trap (invoke "both" (i32.const 1024) (i32.const 65529) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "both" (i32.const 1024) (i32.const -8) (i32.const 40)) "out of bounds memory access")

;; What is written goes beyond the end of memory, with the address that does not change in its last bytes, or before it.
(assert_trap (invoke "scaled" (i32.const 65296) (i32.const 65528) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "scaled" (i32.const 65296) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "late" (i32.const 65416) (i32.const 65528) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "late" (i32.const 65416) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "bytes" (i32.const 65506) (i32.const 65535) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "bytes" (i32.const 65506) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "wide" (i32.const 65416) (i32.const 65528) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "wide" (i32.const 65416) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "narrow" (i32.const 65296) (i32.const 65535) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "narrow" (i32.const 65296) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "pointer" (i32.const 65416) (i32.const 65532) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "pointer" (i32.const 65416) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "elsewhere" (i32.const 65416) (i32.const 65532) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "elsewhere" (i32.const 65416) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const 65296) (i32.const 65520) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "middle" (i32.const 65296) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "pairs" (i32.const 65296) (i32.const 65528) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "pairs" (i32.const 65296) (i32.const 0) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "both" (i32.const 65296) (i32.const 65528) (i32.const 33)) "out of bounds memory access")
(assert_trap (invoke "both" (i32.const 65296) (i32.const 0) (i32.const 33)) "out of bounds memory access")

;; Other threads may see the memory: they say nothing in a loop.
(module
  (memory 1 1 shared)
  (func (export "kernel") (param $p i32) (param $q i32) (param $n i32) (result i64)
    (local $first i32) (local $r i32) (local $i i32) (local $hash i64)
    (local.set $first (local.get $p))
    (local.set $r (local.get $p))
    (local.set $i (i32.const 40))
    (loop $next
      (i64.store (local.get $r) (i64.mul (i64.extend_i32_u (local.get $i)) (i64.const 0x9e3779b97f4a7c15)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (loop $next
      (i64.store (local.get $p) (i64.add (i64.load (local.get $q)) (i64.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.set $r (local.get $first))
    (local.set $i (i32.const 40))
    (loop $next
      (local.set $hash (i64.mul (i64.xor (local.get $hash) (i64.load (local.get $r))) (i64.const 0x100000001b3)))
      (local.set $hash (i64.rotl (local.get $hash) (i64.const 7)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (local.get $hash)))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4080) (i32.const 30)) (i64.const 0xdac551a3d07bee8f))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4088) (i32.const 30)) (i64.const 0xdac551a3d07bee8f))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4089) (i32.const 30)) (i64.const 0x2d7068e4f1a9d384))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4095) (i32.const 30)) (i64.const 0x03c80738012ade5a))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4096) (i32.const 30)) (i64.const 0x65174b277f729b14))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4100) (i32.const 30)) (i64.const 0x84f1eacde71b5af5))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4104) (i32.const 30)) (i64.const 0x8ac1706d2ac2d919))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4120) (i32.const 30)) (i64.const 0xda693bca583e0d06))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4196) (i32.const 30)) (i64.const 0x133d83fdfe719d83))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4328) (i32.const 30)) (i64.const 0x441ba1b0bf33a5b0))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4329) (i32.const 30)) (i64.const 0x95ee2328de8b4934))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4335) (i32.const 30)) (i64.const 0x97591e8629732946))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4336) (i32.const 30)) (i64.const 0x5fe79b3c83c6f53a))
(assert_return (invoke "kernel" (i32.const 4096) (i32.const 4396) (i32.const 30)) (i64.const 0x12ba43b9dc83794d))

;; Addresses of 64 bits.
(module
  (memory i64 1 1)
  (func (export "kernel") (param $p i64) (param $q i64) (param $n i32) (result i64)
    (local $first i64) (local $r i64) (local $i i32) (local $hash i64)
    (local.set $first (local.get $p))
    (local.set $r (local.get $p))
    (local.set $i (i32.const 40))
    (loop $next
      (i64.store (local.get $r) (i64.mul (i64.extend_i32_u (local.get $i)) (i64.const 0x9e3779b97f4a7c15)))
      (local.set $r (i64.add (local.get $r) (i64.const 8)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (loop $next
      (i64.store (local.get $p) (i64.add (i64.load (local.get $q)) (i64.load (local.get $p))))
      (local.set $p (i64.add (local.get $p) (i64.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.set $r (local.get $first))
    (local.set $i (i32.const 40))
    (loop $next
      (local.set $hash (i64.mul (i64.xor (local.get $hash) (i64.load (local.get $r))) (i64.const 0x100000001b3)))
      (local.set $hash (i64.rotl (local.get $hash) (i64.const 7)))
      (local.set $r (i64.add (local.get $r) (i64.const 8)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (local.get $hash)))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4080) (i32.const 30)) (i64.const 0xdac551a3d07bee8f))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4088) (i32.const 30)) (i64.const 0xdac551a3d07bee8f))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4089) (i32.const 30)) (i64.const 0x2d7068e4f1a9d384))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4095) (i32.const 30)) (i64.const 0x03c80738012ade5a))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4096) (i32.const 30)) (i64.const 0x65174b277f729b14))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4100) (i32.const 30)) (i64.const 0x84f1eacde71b5af5))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4104) (i32.const 30)) (i64.const 0x8ac1706d2ac2d919))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4120) (i32.const 30)) (i64.const 0xda693bca583e0d06))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4196) (i32.const 30)) (i64.const 0x133d83fdfe719d83))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4328) (i32.const 30)) (i64.const 0x441ba1b0bf33a5b0))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4329) (i32.const 30)) (i64.const 0x95ee2328de8b4934))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4335) (i32.const 30)) (i64.const 0x97591e8629732946))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4336) (i32.const 30)) (i64.const 0x5fe79b3c83c6f53a))
(assert_return (invoke "kernel" (i64.const 4096) (i64.const 4396) (i32.const 30)) (i64.const 0x12ba43b9dc83794d))

;; Constant addresses that no displacement holds.
(module
  (memory 28700)
  (func (export "kernel") (param $p i32) (param $q i32) (param $n i32) (result i64)
    (local $first i32) (local $r i32) (local $i i32) (local $hash i64)
    (local.set $first (local.get $p))
    (local.set $r (local.get $p))
    (local.set $i (i32.const 40))
    (loop $next
      (i64.store (local.get $r) (i64.mul (i64.extend_i32_u (local.get $i)) (i64.const 0x9e3779b97f4a7c15)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (loop $next
      (i64.store (local.get $p) (i64.add (i64.load (i32.const 0x70010000)) (i64.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.set $r (local.get $first))
    (local.set $i (i32.const 40))
    (loop $next
      (local.set $hash (i64.mul (i64.xor (local.get $hash) (i64.load (local.get $r))) (i64.const 0x100000001b3)))
      (local.set $hash (i64.rotl (local.get $hash) (i64.const 7)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (local.get $hash)))
(assert_return (invoke "kernel" (i32.const 1879113744) (i32.const 1879113728) (i32.const 30)) (i64.const 0xdac551a3d07bee8f))
(assert_return (invoke "kernel" (i32.const 1879113736) (i32.const 1879113728) (i32.const 30)) (i64.const 0xdac551a3d07bee8f))
(assert_return (invoke "kernel" (i32.const 1879113735) (i32.const 1879113728) (i32.const 30)) (i64.const 0x2d7068e4f1a9d384))
(assert_return (invoke "kernel" (i32.const 1879113729) (i32.const 1879113728) (i32.const 30)) (i64.const 0x03c80738012ade5a))
(assert_return (invoke "kernel" (i32.const 1879113728) (i32.const 1879113728) (i32.const 30)) (i64.const 0x65174b277f729b14))
(assert_return (invoke "kernel" (i32.const 1879113724) (i32.const 1879113728) (i32.const 30)) (i64.const 0x84f1eacde71b5af5))
(assert_return (invoke "kernel" (i32.const 1879113720) (i32.const 1879113728) (i32.const 30)) (i64.const 0x8ac1706d2ac2d919))
(assert_return (invoke "kernel" (i32.const 1879113704) (i32.const 1879113728) (i32.const 30)) (i64.const 0xda693bca583e0d06))
(assert_return (invoke "kernel" (i32.const 1879113628) (i32.const 1879113728) (i32.const 30)) (i64.const 0x133d83fdfe719d83))
(assert_return (invoke "kernel" (i32.const 1879113496) (i32.const 1879113728) (i32.const 30)) (i64.const 0x441ba1b0bf33a5b0))
(assert_return (invoke "kernel" (i32.const 1879113495) (i32.const 1879113728) (i32.const 30)) (i64.const 0x95ee2328de8b4934))
(assert_return (invoke "kernel" (i32.const 1879113489) (i32.const 1879113728) (i32.const 30)) (i64.const 0x97591e8629732946))
(assert_return (invoke "kernel" (i32.const 1879113488) (i32.const 1879113728) (i32.const 30)) (i64.const 0x5fe79b3c83c6f53a))
(assert_return (invoke "kernel" (i32.const 1879113428) (i32.const 1879113728) (i32.const 30)) (i64.const 0x12ba43b9dc83794d))
