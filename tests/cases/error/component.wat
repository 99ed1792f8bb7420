(component)
;;& not supported yet: WebAssembly components
;;& hint: compile to a core WASI preview1 module (for example the target wasm32-wasip1)
