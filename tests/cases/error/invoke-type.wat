;;! build: --invoke f
(module (func (export "f") (param externref)))
