(module
  (type $point (struct (field i32) (field i32)))
  (func (export "_start") (drop (struct.new_default $point))))
;;& not supported yet: struct and array types (garbage collection) (at offset 0xb)
