(module
  (type $point (struct (field i32) (field i32)))
  (func (export "_start") (drop (struct.new_default $point))))
;;& invalid WebAssembly: struct indexed types not supported without the gc feature (at offset 0xb)
;;& hint: wexe does not compile this proposal of WebAssembly yet
