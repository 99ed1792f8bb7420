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
  ;; Counters with constant ends, compared in all ways, from beginnings that fit and others. Returned is the sum of the
  ;; counters, masked.
  (func (export "unsigned") (param $i i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.and (local.get $i) (i32.const 15))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 3))) (i32.const 16))))
    (local.get $sum))
  (func (export "signed") (param $from i32) (result i32) (local $i i32) (local $sum i32)
    (local.set $i (i32.and (local.get $from) (i32.const 15)))
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.and (local.get $i) (i32.const 15))))
      (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 3))) (i32.const 16))))
    (local.get $sum))
  (func (export "negative") (param $i i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.and (local.get $i) (i32.const 15))))
      (br_if $next (i32.le_s (local.tee $i (i32.add (local.get $i) (i32.const 3))) (i32.const 9))))
    (local.get $sum))
  (func (export "overflow") (result i32) (local $i i32) (local $sum i32)
    (local.set $i (i32.const 0x7ffffff0))
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.and (i32.shr_u (local.get $i) (i32.const 28)) (i32.const 7))))
      (if (i32.gt_u (local.get $sum) (i32.const 20)) (then (return (local.get $i))))
      (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 0x20))) (i32.const 0x7ffffff8))))
    (local.get $sum))
  (func (export "hit") (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.and (local.get $i) (i32.const 15))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 16))))
    (local.get $sum))
  (func (export "missed") (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.and (local.get $i) (i32.const 15))))
      (if (i32.eq (local.get $i) (i32.const 24)) (then (return (local.get $sum))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 10))))
    (i32.const -1))
  (func (export "twice") (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.and (local.get $i) (i32.const 7))))
      (if (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 1)))) (then (return (local.get $sum))))
      (if (i32.and (local.get $n) (i32.const 1))
        (then (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.const 8))))
        (else (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8))))))
    (i32.add (local.get $sum) (i32.const 1000)))
  ;; Accesses at a counter, not in each iteration, up to the end of memory and beyond.
  (func (export "some") (param $skip i32) (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (if (i32.ne (local.get $i) (local.get $skip))
        (then
          (local.set $sum
            (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $i) (i32.const 65532)))))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))
    (local.get $sum))

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
(assert_return (invoke "unsigned" (i32.const 1)) (i32.const 35))
(assert_return (invoke "unsigned" (i32.const 31)) (i32.const 15))
(assert_return (invoke "unsigned" (i32.const -3)) (i32.const 58))
(assert_return (invoke "signed" (i32.const 1)) (i32.const 35))
(assert_return (invoke "signed" (i32.const 15)) (i32.const 15))
(assert_return (invoke "negative" (i32.const -5)) (i32.const 37))
(assert_return (invoke "negative" (i32.const 30)) (i32.const 14))
(assert_return (invoke "overflow") (i32.const 0x900001b0))
(assert_return (invoke "hit") (i32.const 24))
(assert_return (invoke "missed") (i32.const 36))
(assert_return (invoke "twice" (i32.const 4)) (i32.const 10))
(assert_return (invoke "twice" (i32.const 90)) (i32.const 1016))
(assert_return (invoke "some" (i32.const 4)) (i32.const 0))
(assert_trap (invoke "some" (i32.const 0)) "out of bounds memory access")
