//! Which WebAssembly proposals the compiler accepts, by version of the specification.

use wasmparser::WasmFeatures;

/// A version of the specification, as far as wexe implements it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Features {
    /// WebAssembly 1.0.
    Wasm1,
    /// WebAssembly 2.0.
    Wasm2,
    /// WebAssembly 3.0 except garbage collection.
    Wasm3,
    /// 3.0 and its extensions: threads, custom page sizes, wide arithmetic, and the legacy exception encoding.
    #[default]
    All,
}

impl Features {
    pub(crate) fn validator_flags(self) -> WasmFeatures {
        let wasm3 = WasmFeatures::WASM3.difference(WasmFeatures::GC);
        match self {
            Features::Wasm1 => WasmFeatures::WASM1,
            Features::Wasm2 => WasmFeatures::WASM2,
            Features::Wasm3 => wasm3,
            Features::All => {
                wasm3
                    | WasmFeatures::THREADS
                    | WasmFeatures::CUSTOM_PAGE_SIZES
                    | WasmFeatures::WIDE_ARITHMETIC
                    | WasmFeatures::LEGACY_EXCEPTIONS
            }
        }
    }
}
