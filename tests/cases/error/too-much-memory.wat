(module (memory 65537) (func (export "_start")))
;;& invalid WebAssembly: memory size must be at most 0x10000 65536-byte pages (at offset 0x15)
