(module
  (func $good (result i32) (i32.const 1))
  (func $bad (result i32) (i64.const 1))
  (func (export "_start")))
;;& invalid WebAssembly: type mismatch: expected i32, found i64 (in function bad, at offset 0x30)
