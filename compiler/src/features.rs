//! Which WebAssembly the compiler accepts: versions of the specification, and proposals on top of them.
//!
//! Garbage collection is accepted by validation, so that its type definitions and null references work as far as they
//! concern functions; what needs objects is refused where it is met, as not supported yet.

use wasmparser::WasmFeatures;

/// A set of proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Features(WasmFeatures);

impl Features {
    /// WebAssembly 1.0.
    pub const WASM1: Features = Features(WasmFeatures::WASM1);
    /// WebAssembly 2.0.
    pub const WASM2: Features = Features(WasmFeatures::WASM2);
    /// WebAssembly 3.0.
    pub const WASM3: Features = Features(WasmFeatures::WASM3);
    /// 3.0 and its extensions: threads, custom page sizes, wide arithmetic, and the legacy exception encoding.
    pub const ALL: Features = Features(
        WasmFeatures::WASM3
            .union(WasmFeatures::THREADS)
            .union(WasmFeatures::CUSTOM_PAGE_SIZES)
            .union(WasmFeatures::WIDE_ARITHMETIC)
            .union(WasmFeatures::LEGACY_EXCEPTIONS),
    );
    /// More than one memory.
    pub const MULTI_MEMORY: Features = Features(WasmFeatures::MULTI_MEMORY);

    /// Atomic instructions and shared memories.
    pub const THREADS: Features = Features(WasmFeatures::THREADS);

    pub const fn with(self, other: Features) -> Features {
        Features(self.0.union(other.0))
    }

    pub const fn without(self, other: Features) -> Features {
        Features(self.0.difference(other.0))
    }

    pub(crate) fn validator_flags(self) -> WasmFeatures {
        self.0
    }
}

impl Default for Features {
    fn default() -> Features {
        Features::ALL
    }
}
