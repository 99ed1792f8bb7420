;; Masks that the compiler removes because they take nothing away (`optimize::mask`), and those that it must not.

(module
  (memory 1)
  (data (i32.const 0) "\ff\80\7f\00\01\ff\ff\ff")
  (func (export "byte") (param i32) (result i32) (i32.and (i32.load8_u (local.get 0)) (i32.const 255)))
  (func (export "sign") (param i32) (result i32) (i32.and (i32.load8_s (local.get 0)) (i32.const 255)))
  (func (export "word") (param i32) (result i32) (i32.and (i32.load (local.get 0)) (i32.const 255)))
  (func (export "half") (param i32) (result i32) (i32.and (i32.load16_u (local.get 0)) (i32.const 0x7fff)))
  (func (export "sparse") (param i32) (result i32) (i32.and (i32.load8_u (local.get 0)) (i32.const 0x1fe)))
  (func (export "nothing") (param i64) (result i64) (i64.and (i64.shr_u (local.get 0) (i64.const 60)) (i64.const 0)))
  (func (export "sum") (param i32) (result i32)
    (i32.and (i32.add (i32.load8_u (local.get 0)) (i32.load8_u offset=1 (local.get 0))) (i32.const 255)))

  ;; The parameter of a loop: bytes only, or something else from one of the branches.
  (func (export "bytes") (param $p i32) (result i32) (local $byte i32) (local $sum i32)
    (local.set $byte (i32.load8_u (local.get $p)))
    (loop $next
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (i32.and (local.get $byte) (i32.const 255))))
      (local.set $byte (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1)))))
      (br_if $next (i32.and (local.get $byte) (i32.const 255))))
    (local.get $sum))
  (func (export "mixed") (param $p i32) (result i32) (local $byte i32) (local $sum i32)
    (local.set $byte (i32.load8_u (local.get $p)))
    (loop $next
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (i32.and (local.get $byte) (i32.const 255))))
      (local.set $byte (i32.load (local.tee $p (i32.add (local.get $p) (i32.const 1)))))
      (br_if $next (i32.and (local.get $byte) (i32.const 255))))
    (local.get $sum))
  (func (export "grows") (param $n i32) (result i32) (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 100)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.and (local.get $i) (i32.const 255)))
  ;; A table that a bounded parameter is an index of.
  (func (export "table") (param $p i32) (result i32) (local $byte i32) (local $sum i32)
    (local.set $byte (i32.load8_u (local.get $p)))
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=4 (i32.add (i32.shl (local.get $byte) (i32.const 2)) (i32.const 8)))))
      (local.set $byte (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1)))))
      (br_if $next (local.get $byte)))
    (local.get $sum)))

(assert_return (invoke "byte" (i32.const 0)) (i32.const 0xff))
(assert_return (invoke "sign" (i32.const 0)) (i32.const 0xff))
(assert_return (invoke "word" (i32.const 4)) (i32.const 1))
(assert_return (invoke "half" (i32.const 5)) (i32.const 0x7fff))
(assert_return (invoke "sparse" (i32.const 0)) (i32.const 0xfe))
(assert_return (invoke "nothing" (i64.const -1)) (i64.const 0))
(assert_return (invoke "sum" (i32.const 0)) (i32.const 0x7f))
(assert_return (invoke "bytes" (i32.const 0)) (i32.const 2806))
(assert_return (invoke "mixed" (i32.const 0)) (i32.const 2806))
(assert_return (invoke "grows" (i32.const 3)) (i32.const 44))
(assert_return (invoke "table" (i32.const 0)) (i32.const 0))
