;; A reactor: `_initialize` runs, then the export that was asked for, with arguments from the command line.
;;! build: --invoke scale
;;! args: 7 -3 2.5 1e3
(module
  (global $factor (mut i32) (i32.const 1))
  (func (export "_initialize") (global.set $factor (i32.const 6)))
  (func (export "scale") (param i32 i64 f32 f64) (result i32 i64 f32 f64)
    (i32.mul (local.get 0) (global.get $factor))
    (i64.mul (local.get 1) (i64.extend_i32_s (global.get $factor)))
    (f32.mul (local.get 2) (f32.convert_i32_s (global.get $factor)))
    (f64.div (local.get 3) (f64.convert_i32_s (global.get $factor)))))
;;| 42
;;| -18
;;| 15
;;| 166.66666666666666
