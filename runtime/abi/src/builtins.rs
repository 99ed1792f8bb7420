//! Runtime functions that generated code calls, one row each: symbol `wexe.<name>`, System V calling convention.
//!
//! A builtin never traps by itself: those that can fail return a trap code ([`crate::trap::Trap`]) or 0 as `i32`, and
//! the generated code traps on it, so that every trap has a wasm program counter. State arguments are addresses of
//! [`crate::layout`] structures; indices and lengths arrive zero-extended to 64 bits.

/// A machine type in a builtin's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    I32,
    I64,
    F32,
    F64,
}

macro_rules! type_of {
    (i32) => {
        Type::I32
    };
    (i64) => {
        Type::I64
    };
    (f32) => {
        Type::F32
    };
    (f64) => {
        Type::F64
    };
}

macro_rules! builtins {
    ($($(#[$doc:meta])* $variant:ident, $name:ident ( $($param:ident : $ty:ident),* ) $(-> $result:ident)?;)*) => {
        /// A function of the runtime that generated code may call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Builtin { $($(#[$doc])* $variant),* }

        impl Builtin {
            pub const ALL: &'static [Builtin] = &[$(Builtin::$variant),*];

            /// The linker symbol.
            pub const fn symbol(self) -> &'static str {
                match self { $(Builtin::$variant => concat!("wexe.", stringify!($name))),* }
            }

            pub const fn params(self) -> &'static [Type] {
                match self { $(Builtin::$variant => &[$(type_of!($ty)),*]),* }
            }

            pub const fn results(self) -> &'static [Type] {
                match self { $(Builtin::$variant => &[$(type_of!($result))?]),* }
            }
        }
    };
}

builtins! {
    /// `memory.grow`: the old size in pages, or −1.
    MemoryGrow, memory_grow(memory: i64, delta_pages: i64) -> i64;
    /// `memory.copy`, possibly between two memories: a trap code.
    MemoryCopy, memory_copy(dst_memory: i64, src_memory: i64, dst: i64, src: i64, len: i64) -> i32;
    /// `memory.fill`: a trap code.
    MemoryFill, memory_fill(memory: i64, dst: i64, value: i32, len: i64) -> i32;
    /// `memory.init` from a [`crate::layout::SegmentState`]: a trap code.
    MemoryInit, memory_init(memory: i64, segment: i64, dst: i64, src: i64, len: i64) -> i32;
    /// `table.grow` with the reference `value`: the old size in elements, or −1.
    TableGrow, table_grow(table: i64, value: i64, delta: i64) -> i64;
    /// `table.copy`: a trap code.
    TableCopy, table_copy(dst_table: i64, src_table: i64, dst: i64, src: i64, len: i64) -> i32;
    /// `table.fill` with the reference `value`: a trap code.
    TableFill, table_fill(table: i64, dst: i64, value: i64, len: i64) -> i32;
    /// `table.init` from a [`crate::layout::SegmentState`] whose elements are 8-byte references: a trap code.
    TableInit, table_init(table: i64, segment: i64, dst: i64, src: i64, len: i64) -> i32;
    /// `table.init` from a segment whose elements are 4-byte offsets from themselves to a
    /// [`crate::layout::FuncRecord`], 0 for null (read-only data that needs no relocation): a trap code.
    TableInitFunc, table_init_func(table: i64, segment: i64, dst: i64, src: i64, len: i64) -> i32;
    /// `memory.atomic.wait32`: 0 woken, 1 not equal, 2 timed out. Address checked; `timeout` in ns, negative: none.
    AtomicWait32, atomic_wait32(address: i64, expected: i32, timeout: i64) -> i32;
    /// `memory.atomic.wait64`: as [`Builtin::AtomicWait32`].
    AtomicWait64, atomic_wait64(address: i64, expected: i64, timeout: i64) -> i32;
    /// `memory.atomic.notify`: the number of waiters woken.
    AtomicNotify, atomic_notify(address: i64, count: i32) -> i32;
    /// A new exception with room for `len` 16-byte fields: the address of its package, or 0 if memory is exhausted.
    ExceptionNew, exception_new(tag: i64, len: i64) -> i64;
    /// Unwinds to the nearest handler that takes the exception; a trap code if there is none.
    Throw, throw(exception: i64) -> i32;
    /// Counts a call, at the address of its counters (see [`crate::profile`]), of the function with this
    /// [`crate::layout::FuncEntry::record`]; nothing for null.
    CountTarget, count_target(counters: i64, record: i64);
}
