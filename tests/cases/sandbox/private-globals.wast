;; Globals that are variables of functions which call nothing that returns (`translate::private`), and what others see
;; of them: what is called last, and what comes after the end.

(module
  (memory (export "memory") 1)
  (global $sp (mut i32) (i32.const 1000))
  (global $count (mut i64) (i64.const 7))
  (global $visible (export "visible") (mut i32) (i32.const 1))

  (func (export "sp") (result i32) (global.get $sp))
  (func (export "count") (result i64) (global.get $count))
  (func (export "seen") (result i32) (i32.load (i32.const 0)))
  (func $abort
    (i32.store (i32.const 0) (global.get $sp))
    (unreachable))

  ;; Given back as it was: nothing is stored but before the call.
  (func (export "leaf") (param $limit i32) (result i32) (local $old i32)
    (global.set $sp (i32.sub (local.tee $old (global.get $sp)) (i32.const 16)))
    (if (i32.lt_s (global.get $sp) (local.get $limit)) (then (call $abort) (unreachable)))
    (i32.store (global.get $sp) (i32.const 5))
    (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
    (i32.load (i32.sub (local.get $old) (i32.const 16))))

  ;; Given back as something else, in one of two ways.
  (func (export "moved") (param $by i32)
    (global.set $sp (i32.sub (global.get $sp) (local.get $by)))
    (if (i32.gt_s (local.get $by) (i32.const 100)) (then (call $abort) (unreachable)))
    (if (i32.eqz (local.get $by)) (then (global.set $sp (i32.const 1000)) (return)))
    (global.set $sp (i32.add (global.get $sp) (i32.const 4))))

  ;; In a loop, where it is another value each time, and the same in the end.
  (func (export "loop") (param $n i32) (param $limit i32) (local $i i32)
    (local.set $i (local.get $n))
    (loop $again
      (global.set $sp (i32.sub (global.get $sp) (i32.const 8)))
      (if (i32.lt_s (global.get $sp) (local.get $limit)) (then (call $abort) (unreachable)))
      (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (global.set $sp (i32.add (global.get $sp) (i32.mul (local.get $n) (i32.const 8)))))

  ;; 64 bits: what differs by a multiple of 2³² is not the same.
  (func (export "wide") (param $stop i32)
    (global.set $count (i64.add (global.get $count) (i64.const 0x1_0000_0000)))
    (if (local.get $stop) (then (call $abort) (unreachable))))

  ;; A call that returns sees what is there, and so do exported globals.
  (func $bump (global.set $sp (i32.sub (global.get $sp) (i32.const 1))))
  (func (export "called") (result i32)
    (global.set $sp (i32.sub (global.get $sp) (i32.const 32)))
    (call $bump)
    (global.set $sp (i32.add (global.get $sp) (i32.const 33)))
    (global.get $sp))
  (func (export "show") (param $stop i32)
    (global.set $visible (i32.const 2))
    (if (local.get $stop) (then (call $abort) (unreachable)))
    (global.set $visible (i32.const 1)))

  ;; By a tail call, and an exception.
  (tag $error)
  (func (export "tail") (result i32)
    (global.set $sp (i32.const 900))
    (return_call $give-back))
  (func $give-back (result i32)
    (global.get $sp)
    (global.set $sp (i32.const 1000)))
  (func $throw
    (global.set $sp (i32.const 800))
    (throw $error))
  (func (export "caught") (result i32)
    (block $caught
      (try_table (catch $error $caught) (call $throw)))
    (global.get $sp)
    (global.set $sp (i32.const 1000))))

(assert_return (invoke "leaf" (i32.const 0)) (i32.const 5))
(assert_return (invoke "sp") (i32.const 1000))
(assert_trap (invoke "leaf" (i32.const 1000)) "unreachable")
(assert_return (invoke "seen") (i32.const 984))
(assert_return (invoke "sp") (i32.const 984))
(assert_return (invoke "moved" (i32.const 0)))
(assert_return (invoke "sp") (i32.const 1000))
(assert_return (invoke "moved" (i32.const 4)))
(assert_return (invoke "sp") (i32.const 1000))
(assert_return (invoke "moved" (i32.const 50)))
(assert_return (invoke "sp") (i32.const 954))
(assert_trap (invoke "moved" (i32.const 101)) "unreachable")
(assert_return (invoke "seen") (i32.const 853))
(assert_return (invoke "moved" (i32.const 0)))
(assert_return (invoke "loop" (i32.const 5) (i32.const 0)))
(assert_return (invoke "sp") (i32.const 1000))
(assert_trap (invoke "loop" (i32.const 5) (i32.const 980)) "unreachable")
(assert_return (invoke "seen") (i32.const 976))
(assert_return (invoke "moved" (i32.const 0)))
(assert_return (invoke "wide" (i32.const 0)))
(assert_return (invoke "count") (i64.const 0x1_0000_0007))
(assert_return (invoke "called") (i32.const 1000))
(assert_return (invoke "show" (i32.const 0)))
(assert_return (get "visible") (i32.const 1))
(assert_trap (invoke "show" (i32.const 1)) "unreachable")
(assert_return (get "visible") (i32.const 2))
(assert_return (invoke "tail") (i32.const 900))
(assert_return (invoke "caught") (i32.const 800))
(assert_return (invoke "sp") (i32.const 1000))
