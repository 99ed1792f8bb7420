;;! build: -O0
;; Names in a backtrace: from the name section, else the export, else the index; what a terminal would obey is escaped.
(module
  (func (unreachable))
  (func (@name "a \1b[31mred name") (call 0) (nop))
  (func (export "exported") (call 1) (nop))
  (func (export "_start") (call 2) (nop)))
;;? 134
;;& wexe: trap: unreachable
;;&     0: wasm-function[0]
;;&     1: a ?[31mred name
;;&     2: exported
;;&     3: _start
