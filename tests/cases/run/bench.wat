;; The marks of benchmark programs: what is between them is measured, and said on standard error.
(module
  (import "bench" "start" (func $start))
  (import "bench" "end" (func $end))
  (func (export "_start")
    (call $start)
    (call $end)))
;;& wexe: bench: [..] ns, [..] ns of processor time
