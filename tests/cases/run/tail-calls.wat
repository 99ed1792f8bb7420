;; Tail calls take no stack: ten million of each kind, on a stack of eight megabytes.
;; The exit status is the number of the first check that fails.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (type $down (func (param i64 i64) (result i64)))
  (type $many (func (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64) (result i64)))
  (type $results (func (param i32) (result i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (table 4 4 funcref)
  (elem (i32.const 0) func $odd $even $indirect $by_reference)

  (func $expect (param $step i32) (param $got i64) (param $want i64)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))

  (func $self (type $down)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $self (i64.sub (local.get 0) (i64.const 1)) (i64.add (local.get 1) (local.get 0))))
  (func $even (type $down)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 1))))
    (return_call $odd (i64.sub (local.get 0) (i64.const 1)) (local.get 1)))
  (func $odd (type $down)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 0))))
    (return_call $even (i64.sub (local.get 0) (i64.const 1)) (local.get 1)))
  (func $indirect (type $down)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call_indirect (type $down)
      (i64.sub (local.get 0) (i64.const 1)) (i64.add (local.get 1) (i64.const 2)) (i32.const 2)))
  (func $by_reference (type $down)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call_ref $down
      (i64.sub (local.get 0) (i64.const 1)) (i64.add (local.get 1) (i64.const 3)) (ref.func $by_reference)))

  ;; Between a function with two parameters and one with 32, most of them on the stack: rotated on each round.
  (func $few (param i64 i64) (result i64)
    (return_call $wide (local.get 0)
      (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9) (i64.const 10) (i64.const 11) (i64.const 12) (i64.const 13) (i64.const 14) (i64.const 15) (i64.const 16) (i64.const 17) (i64.const 18)
      (local.get 1)
      (f64.const 0) (f64.const 1) (f64.const 2) (f64.const 3) (f64.const 4) (f64.const 5) (f64.const 6) (f64.const 7) (f64.const 8) (f64.const 9) (f64.const 10) (f64.const 11)))
  (func $wide (type $many)
    (local $sum i64)
    (if (i64.eqz (local.get 0)) (then (return (local.get 19))))
    (local.set $sum (i64.add (local.get 19) (i64.add (local.get 18) (i64.trunc_f64_s (local.get 31)))))
    (if (i64.eqz (i64.rem_u (local.get 0) (i64.const 2)))
      (then
        (return_call $few (i64.sub (local.get 0) (i64.const 1)) (local.get $sum))))
    (return_call $wide (i64.sub (local.get 0) (i64.const 1))
      (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7) (local.get 8) (local.get 9) (local.get 10) (local.get 11) (local.get 12) (local.get 13) (local.get 14) (local.get 15) (local.get 16) (local.get 17) (local.get 18) (local.get 1)
      (local.get $sum)
      (local.get 21) (local.get 22) (local.get 23) (local.get 24) (local.get 25) (local.get 26) (local.get 27) (local.get 28) (local.get 29) (local.get 30) (local.get 31) (local.get 20)))

  ;; Results in memory, where the first caller wants them.
  (func $results (type $results)
    (if (i32.eqz (local.get 0))
      (then (return (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10))))
    (return_call $results (i32.sub (local.get 0) (i32.const 1))))
  (func $sum_results (param i32) (result i64)
    (call $results (local.get 0))
    (i32.add) (i32.add) (i32.add) (i32.add) (i32.add) (i32.add) (i32.add) (i32.add) (i32.add)
    (i64.extend_i32_u))

  ;; A host function as the last call, and one that ends the program: there is no frame to return to.
  (func $host (result i32) (return_call $sched_yield))
  (func $last (param i32) (return_call $proc_exit (local.get 0)))

  (func (export "_start")
    (call $expect (i32.const 1) (call $self (i64.const 10000000) (i64.const 0)) (i64.const 50000005000000))
    (call $expect (i32.const 2) (call $even (i64.const 10000001) (i64.const 0)) (i64.const 0))
    (call $expect (i32.const 3) (call $indirect (i64.const 10000000) (i64.const 0)) (i64.const 20000000))
    (call $expect (i32.const 4) (call $by_reference (i64.const 10000000) (i64.const 0)) (i64.const 30000000))
    (call $expect (i32.const 5) (call $few (i64.const 10000000) (i64.const 0)) (i64.const 150000028))
    (call $expect (i32.const 6) (call $sum_results (i32.const 10000000)) (i64.const 55))
    (call $expect (i32.const 7) (i64.extend_i32_u (call $host)) (i64.const 0))
    (return_call $last (i32.const 0))))
