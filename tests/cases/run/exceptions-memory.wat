;; Ten million exceptions of 176 bytes do not fit the gigabyte that exceptions may take: those that nothing refers to any
;; more must make room, and no other. References are kept in a global, in a table, in an exception and in a local.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (tag $large (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64))
  (tag $int (param i32))
  (tag $holder (param exnref i32))
  (memory (export "memory") 1)
  (global $kept (mut exnref) (ref.null exn))
  (table $table 1 exnref)
  (table $grown 0 100000 exnref)

  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))

  (func $throw_large (param i64)
    (throw $large
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)))
  (func $new (param i32) (result exnref)
    (block $caught (result exnref)
      (try_table (catch_all_ref $caught) (throw $int (local.get 0)))
      (unreachable)))
  (func $hold (param exnref i32) (result exnref)
    (block $caught (result exnref)
      (try_table (catch_all_ref $caught) (throw $holder (local.get 0) (local.get 1)))
      (unreachable)))
  (func $value (param exnref) (result i32)
    (block $caught (result i32)
      (try_table (catch $int $caught) (throw_ref (local.get 0)))
      (unreachable)))
  ;; What the holder holds, after checking its number.
  (func $held (param exnref) (param i32) (result exnref)
    (block $caught (result exnref i32)
      (try_table (catch $holder $caught) (throw_ref (local.get 0)))
      (unreachable))
    (if (i32.ne (local.get 1)) (then (call $proc_exit (i32.const 10)))))
  ;; Throws and catches, until the arena has been collected many times.
  (func $many (param $n i64)
    (local $i i64) (local $sum i64)
    (loop $again
      (block $caught (result i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
        (try_table (catch $large $caught) (call $throw_large (local.get $i)))
        (unreachable))
      (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add)
      (local.set $sum (i64.add (local.get $sum)))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $again (i64.lt_u (local.get $i) (local.get $n))))
    (if (i64.ne
          (local.get $sum)
          (i64.mul (i64.const 5) (i64.mul (local.get $n) (i64.sub (local.get $n) (i64.const 1)))))
      (then (call $proc_exit (i32.const 11)))))

  (func (export "_start")
    (local $local exnref) (local $chain exnref) (local $i i32)
    (global.set $kept (call $new (i32.const 1)))
    (table.set $table (i32.const 0) (call $new (i32.const 2)))
    (local.set $local (call $new (i32.const 3)))
    ;; A chain of a hundred thousand, and as many in a table: more than the arena has at first.
    (local.set $chain (call $new (i32.const 4)))
    (drop (table.grow $grown (ref.null exn) (i32.const 100000)))
    (loop $again
      (local.set $chain (call $hold (local.get $chain) (local.get $i)))
      (table.set $grown (local.get $i) (call $new (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 100000))))

    (call $many (i64.const 10000000))

    (call $expect (i32.const 1) (call $value (global.get $kept)) (i32.const 1))
    (call $expect (i32.const 2) (call $value (table.get $table (i32.const 0))) (i32.const 2))
    (call $expect (i32.const 3) (call $value (local.get $local)) (i32.const 3))
    (loop $again
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (call $expect (i32.const 4) (call $value (table.get $grown (local.get $i))) (local.get $i))
      (local.set $chain (call $held (local.get $chain) (local.get $i)))
      (br_if $again (local.get $i)))
    (call $expect (i32.const 5) (call $value (local.get $chain)) (i32.const 4))))
