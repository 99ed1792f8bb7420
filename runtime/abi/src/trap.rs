//! Traps: one row each, code and message, in the words of the WebAssembly spec's test suite.

macro_rules! traps {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)*) => {
        /// Why wasm code stopped. The number is Cranelift's user trap code and what the trap table holds.
        #[repr(u8)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Trap { $($(#[$doc])* $name = $code),* }

        impl Trap {
            /// Every trap, in the order of the codes.
            pub const ALL: &'static [Trap] = &[$(Trap::$name),*];

            /// The trap with this code.
            pub const fn from_code(code: u8) -> Option<Trap> {
                match code { $($code => Some(Trap::$name),)* _ => None }
            }

            /// What the user reads.
            pub const fn message(self) -> &'static str {
                match self { $(Trap::$name => $message),* }
            }
        }
    };
}

traps! {
    Unreachable = 1, "unreachable";
    IntegerDivideByZero = 2, "integer divide by zero";
    IntegerOverflow = 3, "integer overflow";
    InvalidConversionToInteger = 4, "invalid conversion to integer";
    MemoryOutOfBounds = 5, "out of bounds memory access";
    TableOutOfBounds = 6, "out of bounds table access";
    /// `call_indirect` with an index past the end of the table.
    UndefinedElement = 7, "undefined element";
    UninitializedElement = 8, "uninitialized element";
    IndirectCallTypeMismatch = 9, "indirect call type mismatch";
    CallStackExhausted = 10, "call stack exhausted";
    NullFunctionReference = 11, "null function reference";
    NullReference = 12, "null reference";
    UncaughtException = 13, "uncaught exception";
    NullExceptionReference = 14, "null exception reference";
    UnalignedAtomic = 15, "unaligned atomic";
    ExpectedSharedMemory = 16, "expected shared memory";
    AllocationFailure = 17, "allocation failure";
    CastFailure = 18, "cast failure";
    NullStructureReference = 19, "null structure reference";
    NullArrayReference = 20, "null array reference";
    NullI31Reference = 21, "null i31 reference";
    ArrayOutOfBounds = 22, "out of bounds array access";
    /// An imported memory or table has not grown to the size that the import asks for.
    IncompatibleImport = 23, "incompatible import type";
}
