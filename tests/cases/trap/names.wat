;; Names in a backtrace: from the name section, else the export, else the index; what a terminal would obey is escaped.
(module
  (func (unreachable))
  (func (@name "a \1b[31mred name") (call 0) (nop))
  (func (export "exported") (call 1) (nop))
  (func (export "_start") (call 2) (nop)))
