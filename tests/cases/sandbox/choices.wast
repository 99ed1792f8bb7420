;; Branches that only choose what to pass on (`optimize::choice`).

(module
  ;; One value, of constants; of a constant and a value; of values that one way makes.
  (func (export "constants") (param $c i32) (result i32)
    (if (result i32) (local.get $c) (then (i32.const 7)) (else (i32.const 9))))
  (func (export "either") (param $c i32) (param $a f64) (result f64)
    (if (result f64) (local.get $c) (then (local.get $a)) (else (f64.const 0.5))))
  (func (export "made") (param $c i32) (param $a i32) (result i32)
    (if (result i32) (local.get $c) (then (i32.mul (local.get $a) (i32.const 3))) (else (local.get $a))))

  ;; Two values, three, and none.
  (func (export "two") (param $c i32) (param $a i32) (param $b i32) (result i32)
    (i32.sub
      (if (result i32 i32) (local.get $c)
        (then (local.get $a) (local.get $b))
        (else (local.get $b) (i32.const 100)))))
  (func (export "three") (param $c i32) (param $a i32) (param $b i32) (result i32)
    (i32.sub (i32.mul
      (if (result i32 i32 i32) (local.get $c)
        (then (local.get $a) (local.get $b) (i32.const 5))
        (else (local.get $b) (i32.const 100) (i32.const 6))))))
  (func (export "none") (param $c i32) (param $a i32) (result i32)
    (if (local.get $c) (then) (else))
    (local.get $a))

  ;; One choice within another, and a table of few ways.
  (func (export "nested") (param $c i32) (param $d i32) (result i32)
    (if (result i32) (local.get $c)
      (then (if (result i32) (local.get $d) (then (i32.const 1)) (else (i32.const 2))))
      (else (if (result i32) (local.get $d) (then (i32.const 3)) (else (i32.const 4))))))
  (func (export "table") (param $n i32) (result i32)
    (block $a (result i32)
      (block $b
        (block $c (br_table $b $c $b (local.get $n)))
        (br $a (i32.const 20)))
      (i32.const 30)))

  ;; The way of one value is taken once more in a loop.
  (func (export "loop") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3))
        (if (result i32) (i32.and (local.get $n) (i32.const 1)) (then (i32.const 1)) (else (i32.const 2)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))

(assert_return (invoke "constants" (i32.const 2)) (i32.const 7))
(assert_return (invoke "constants" (i32.const 0)) (i32.const 9))
(assert_return (invoke "either" (i32.const 0x100) (f64.const 3)) (f64.const 3))
(assert_return (invoke "either" (i32.const 0) (f64.const 3)) (f64.const 0.5))
(assert_return (invoke "made" (i32.const 1) (i32.const 4)) (i32.const 12))
(assert_return (invoke "made" (i32.const 0) (i32.const 4)) (i32.const 4))
(assert_return (invoke "two" (i32.const -1) (i32.const 50) (i32.const 8)) (i32.const 42))
(assert_return (invoke "two" (i32.const 0) (i32.const 50) (i32.const 8)) (i32.const -92))
(assert_return (invoke "three" (i32.const 1) (i32.const 50) (i32.const 8)) (i32.const 10))
(assert_return (invoke "three" (i32.const 0) (i32.const 50) (i32.const 8)) (i32.const -592))
(assert_return (invoke "none" (i32.const 1) (i32.const 5)) (i32.const 5))
(assert_return (invoke "none" (i32.const 0) (i32.const 5)) (i32.const 5))
(assert_return (invoke "nested" (i32.const 1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "nested" (i32.const 1) (i32.const 0)) (i32.const 2))
(assert_return (invoke "nested" (i32.const 0) (i32.const 1)) (i32.const 3))
(assert_return (invoke "nested" (i32.const 0) (i32.const 0)) (i32.const 4))
(assert_return (invoke "table" (i32.const 0)) (i32.const 30))
(assert_return (invoke "table" (i32.const 1)) (i32.const 20))
(assert_return (invoke "table" (i32.const 2)) (i32.const 30))
(assert_return (invoke "table" (i32.const -1)) (i32.const 30))
(assert_return (invoke "loop" (i32.const 5)) (i32.const 151))
