#!/bin/sh
# All of the largest memory filled with random bytes at once: 4 GiB, less the one byte that a length of 32 bits cannot say. Takes as much
# memory, and half a minute.
. "$(dirname "$0")/prepare.sh"

cat > random.wat <<'END'
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 65536 65536)
  (func (export "_start") (local $page i32) (local $at i32)
    (call $proc_exit (block (result i32)
      (drop (br_if 0 (i32.const 1) (call $random_get (i32.const 0) (i32.const -1))))
      ;; The byte behind it is what it was.
      (drop (br_if 0 (i32.const 2) (i32.load8_u (i32.const -1))))
      ;; In each page, eight bytes somewhere are not zero.
      (loop $next
        (local.set $at (i32.add (i32.mul (local.get $page) (i32.const 65536)) (i32.and (i32.mul (local.get $page) (i32.const 2654435761)) (i32.const 0xfff0))))
        (drop (br_if 1 (i32.const 3) (i64.eqz (i64.load (local.get $at)))))
        (br_if $next (i32.lt_u (local.tee $page (i32.add (local.get $page) (i32.const 1))) (i32.const 65536))))
      (i32.const 0)))))
END
"$wexe" build random.wat -o random
echo 0 > expected
status=0
./random || status=$?
echo $status | expect "4 GiB of random bytes" expected
