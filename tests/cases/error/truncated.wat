(module binary "\00asm\01\00\00\00\01\05\01\60")
;;& malformed WebAssembly: unexpected end-of-file (at offset 0xa)
