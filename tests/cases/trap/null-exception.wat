;;! build: -O2
(module
  (memory (export "memory") 1)
  (func $inner
    (block $caught
      (try_table (catch_all $caught) (throw_ref (ref.null exn)))))
  (func (export "_start") (call $inner) (nop)))
;;? 134
;;& wexe: trap: null exception reference
;;&     0: _start
