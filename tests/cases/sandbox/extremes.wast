;; Choices of the greater or lesser of two floating-point numbers (`optimize::extreme`), as bits: whether the first of
;; the two was chosen. Numbers that are none (NaN) and zeros of both signs tell them apart.

(module
  (func (export "f64") (param $x f64) (param $y f64) (result i32)
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (f64.lt (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 0))
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (f64.lt (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 1))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (f64.gt (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 2))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (f64.gt (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 3))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (f64.le (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 4))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (f64.le (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 5))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (f64.ge (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 6))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (f64.ge (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 7))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (f64.eq (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 8))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (f64.eq (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 9))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (f64.ne (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 10))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (f64.ne (local.get $x) (local.get $y)))) (i64.reinterpret_f64 (local.get $x))) (i32.const 11))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (i32.eqz (f64.lt (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 12))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (i32.eqz (f64.lt (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 13))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (i32.eqz (f64.gt (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 14))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (i32.eqz (f64.gt (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 15))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (i32.eqz (f64.le (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 16))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (i32.eqz (f64.le (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 17))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (i32.eqz (f64.ge (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 18))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (i32.eqz (f64.ge (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 19))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (i32.eqz (f64.eq (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 20))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (i32.eqz (f64.eq (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 21))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $x) (local.get $y) (i32.eqz (f64.ne (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 22))
    i32.or
    (i32.shl (i64.eq (i64.reinterpret_f64 (select (local.get $y) (local.get $x) (i32.eqz (f64.ne (local.get $x) (local.get $y))))) (i64.reinterpret_f64 (local.get $x))) (i32.const 23))
    i32.or)
  (func (export "f32") (param $x f32) (param $y f32) (result i32)
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (f32.lt (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 0))
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (f32.lt (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 1))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (f32.gt (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 2))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (f32.gt (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 3))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (f32.le (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 4))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (f32.le (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 5))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (f32.ge (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 6))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (f32.ge (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 7))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (f32.eq (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 8))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (f32.eq (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 9))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (f32.ne (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 10))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (f32.ne (local.get $x) (local.get $y)))) (i32.reinterpret_f32 (local.get $x))) (i32.const 11))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (i32.eqz (f32.lt (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 12))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (i32.eqz (f32.lt (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 13))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (i32.eqz (f32.gt (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 14))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (i32.eqz (f32.gt (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 15))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (i32.eqz (f32.le (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 16))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (i32.eqz (f32.le (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 17))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (i32.eqz (f32.ge (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 18))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (i32.eqz (f32.ge (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 19))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (i32.eqz (f32.eq (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 20))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (i32.eqz (f32.eq (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 21))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $x) (local.get $y) (i32.eqz (f32.ne (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 22))
    i32.or
    (i32.shl (i32.eq (i32.reinterpret_f32 (select (local.get $y) (local.get $x) (i32.eqz (f32.ne (local.get $x) (local.get $y))))) (i32.reinterpret_f32 (local.get $x))) (i32.const 23))
    i32.or))

(assert_return (invoke "f64" (f64.const 1) (f64.const 2)) (i32.const 9856665))
(assert_return (invoke "f64" (f64.const 2) (f64.const 1)) (i32.const 10065510))
(assert_return (invoke "f64" (f64.const 0) (f64.const -0)) (i32.const 6969690))
(assert_return (invoke "f64" (f64.const -0) (f64.const 0)) (i32.const 6969690))
(assert_return (invoke "f64" (f64.const inf) (f64.const -inf)) (i32.const 10065510))
(assert_return (invoke "f64" (f64.const nan) (f64.const 1)) (i32.const 9787050))
(assert_return (invoke "f64" (f64.const 1) (f64.const nan)) (i32.const 9787050))
(assert_return (invoke "f64" (f64.const nan:0x400001) (f64.const nan)) (i32.const 9787050))
(assert_return (invoke "f64" (f64.const nan) (f64.const -nan)) (i32.const 9787050))
(assert_return (invoke "f64" (f64.const -1) (f64.const -1)) (i32.const 16777215))
(assert_return (invoke "f32" (f32.const 1) (f32.const 2)) (i32.const 9856665))
(assert_return (invoke "f32" (f32.const 2) (f32.const 1)) (i32.const 10065510))
(assert_return (invoke "f32" (f32.const 0) (f32.const -0)) (i32.const 6969690))
(assert_return (invoke "f32" (f32.const -0) (f32.const 0)) (i32.const 6969690))
(assert_return (invoke "f32" (f32.const inf) (f32.const -inf)) (i32.const 10065510))
(assert_return (invoke "f32" (f32.const nan) (f32.const 1)) (i32.const 9787050))
(assert_return (invoke "f32" (f32.const 1) (f32.const nan)) (i32.const 9787050))
(assert_return (invoke "f32" (f32.const nan:0x400001) (f32.const nan)) (i32.const 9787050))
(assert_return (invoke "f32" (f32.const nan) (f32.const -nan)) (i32.const 9787050))
(assert_return (invoke "f32" (f32.const -1) (f32.const -1)) (i32.const 16777215))
