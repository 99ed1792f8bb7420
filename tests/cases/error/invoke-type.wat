;;! build: --invoke f
(module (func (export "f") (param externref)))
;;& not supported yet: --invoke of "f", which takes or returns externref
