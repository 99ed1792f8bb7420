(module binary "\00asm\02\00\00\00")
;;& invalid WebAssembly: unknown binary version:        0x2 (at offset 0x4)
