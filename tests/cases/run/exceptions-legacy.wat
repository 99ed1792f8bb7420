;; Exceptions in the legacy encoding. The exit status is the number of the first check that fails.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (tag $empty)
  (tag $int (param i32))
  (tag $two (param i32 i32))
  (memory (export "memory") 1)

  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))

  (func $leaf (param i32) (result i32)
    (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $empty)))
    (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $int (i32.const 42))))
    (if (i32.eq (local.get 0) (i32.const 3)) (then (throw $two (i32.const 5) (i32.const 3))))
    (i32.const 10))

  (func $catches (param $what i32) (result i32)
    try (result i32)
      local.get $what
      call $leaf
    catch $empty
      i32.const 1
    catch $int
    catch $two
      i32.sub
    end)
  (func $catch_all (param $what i32) (result i32)
    try (result i32)
      local.get $what
      call $leaf
    catch $int
      drop
      i32.const 7
    catch_all
      i32.const 8
    end)
  (func $bare (param $what i32) (result i32)
    try (result i32)
      try (result i32)
        local.get $what
        call $leaf
      end
    catch_all
      i32.const 3
    end)
  ;; A clause is not inside its own try; rethrow reaches over blocks and other tries.
  (func $rethrow (param $what i32) (result i32)
    try (result i32)
      try (result i32)
        local.get $what
        call $leaf
      catch $int
        drop
        try (result i32)
          i32.const 1
          call $leaf
        catch $empty
          rethrow 1
        end
      catch $empty
        i32.const 2
        call $leaf
      end
    catch $int
      i32.const 1000
      i32.add
    end)
  ;; delegate skips the tries between it and its target.
  (func $delegate (param $what i32) (result i32)
    try $outer (result i32)
      try (result i32)
        try (result i32)
          local.get $what
          call $leaf
        delegate $outer
      catch_all
        i32.const -1
      end
    catch_all
      i32.const 4
    end)
  ;; Delegating to a block or to a clause goes on outwards from there.
  (func $delegate_further (param $what i32) (result i32)
    try (result i32)
      try $middle (result i32)
        i32.const 1
        call $leaf
      catch $empty
        try (result i32)
          block $block (result i32)
            try (result i32)
              local.get $what
              call $leaf
            delegate $middle
          end
        catch_all
          i32.const -1
        end
      end
    catch_all
      i32.const 6
    end)
  ;; Delegating to the function itself: to its caller.
  (func $delegate_to_caller (param $what i32) (result i32)
    try (result i32)
      try (result i32)
        local.get $what
        call $leaf
      delegate 1
    catch_all
      i32.const -1
    end)
  (func $from_caller (param $what i32) (result i32)
    try (result i32)
      local.get $what
      call $delegate_to_caller
    catch $int
    catch_all
      i32.const 9
    end)
  ;; Unreachable code, in the body and in the clauses, still has its nesting.
  (func $unreachable (param $what i32) (result i32)
    try (result i32)
      local.get $what
      call $leaf
      br 0
      try (result i32)
        i32.const 1
        call $leaf
      delegate 0
      try (result i32 i32)
        unreachable
      catch $two
      end
      drop
      drop
    catch $int
      return
      try
      catch_all
        rethrow 0
      end
      unreachable
    catch $empty
      i32.const 12
    end)
  ;; A throw in the function itself, in a loop, with locals.
  (func $loop (result i32)
    (local $n i32) (local $sum i32)
    loop $again
      try
        local.get $n
        i32.const 1
        i32.add
        throw $int
      catch $int
        local.tee $n
        local.get $sum
        i32.add
        local.set $sum
      end
      local.get $n
      i32.const 10
      i32.lt_u
      br_if $again
    end
    local.get $sum)

  (func (export "_start")
    (call $expect (i32.const 1) (call $catches (i32.const 0)) (i32.const 10))
    (call $expect (i32.const 2) (call $catches (i32.const 1)) (i32.const 1))
    (call $expect (i32.const 3) (call $catches (i32.const 2)) (i32.const 42))
    (call $expect (i32.const 4) (call $catches (i32.const 3)) (i32.const 2))
    (call $expect (i32.const 5) (call $catch_all (i32.const 0)) (i32.const 10))
    (call $expect (i32.const 6) (call $catch_all (i32.const 1)) (i32.const 8))
    (call $expect (i32.const 7) (call $catch_all (i32.const 2)) (i32.const 7))
    (call $expect (i32.const 8) (call $bare (i32.const 1)) (i32.const 3))
    (call $expect (i32.const 9) (call $rethrow (i32.const 2)) (i32.const 1042))
    (call $expect (i32.const 10) (call $rethrow (i32.const 1)) (i32.const 1042))
    (call $expect (i32.const 11) (call $rethrow (i32.const 0)) (i32.const 10))
    (call $expect (i32.const 12) (call $delegate (i32.const 1)) (i32.const 4))
    (call $expect (i32.const 13) (call $delegate (i32.const 0)) (i32.const 10))
    (call $expect (i32.const 14) (call $delegate_further (i32.const 2)) (i32.const 6))
    (call $expect (i32.const 15) (call $delegate_further (i32.const 0)) (i32.const 10))
    (call $expect (i32.const 16) (call $from_caller (i32.const 2)) (i32.const 42))
    (call $expect (i32.const 17) (call $from_caller (i32.const 1)) (i32.const 9))
    (call $expect (i32.const 18) (call $unreachable (i32.const 0)) (i32.const 10))
    (call $expect (i32.const 19) (call $unreachable (i32.const 1)) (i32.const 12))
    (call $expect (i32.const 20) (call $unreachable (i32.const 2)) (i32.const 42))
    (call $expect (i32.const 21) (call $loop) (i32.const 55))))
