//! What the runtime reads of a compiled program: symbol `wexe.program`, read-only data emitted by the compiler.
//!
//! Pointers are ordinary pointers (relocated at start); everything of size is behind one of them.

use crate::capabilities::Capability;
use crate::embed::Embedded;
use crate::layout::{MemoryState, TableState};
use crate::profile;
use crate::system_calls::OF_DIRECTORIES;

/// Entry of generated code as the runtime calls it: `values` holds the arguments on entry and the results on return,
/// one 16-byte cell each, little endian, unused bytes undefined.
pub type ArrayCall = extern "C" fn(values: *mut [u8; 16]);

/// Instance-state setup and entry points of one program; the first field of everything.
#[repr(C)]
#[derive(Debug)]
pub struct Program {
    /// Bits of [`CPU_FEATURES`] that the code needs.
    pub cpu_features: u64,
    /// Encoded capabilities (directories, environment, arguments): see [`crate::capabilities`].
    pub capabilities: *const u8,
    pub capabilities_len: u64,
    /// What else is to be done before the program's code runs: of [`AT_START`], what it needs.
    pub at_start: *const extern "C" fn(),
    pub at_start_len: u64,
    pub modules: *const *const Module,
    pub module_count: u64,
    /// Called after all modules are instantiated, in order; null-terminated: `_initialize`, then `_start` or the
    /// invoked export.
    pub entry: [Option<ArrayCall>; 2],
    /// Types of the invoked export, as in the wasm binary format (0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, 0x7b v128).
    pub params: *const u8,
    pub params_len: u64,
    pub results: *const u8,
    pub results_len: u64,
    /// The seccomp filter: an array of the kernel's `struct sock_filter`, of at most [`FILTER_MAX`].
    pub filter: *const u64,
    pub filter_len: u64,
    /// Which instruction of it compares with the number of the process; 0: none.
    pub filter_process: u64,
    /// Directory trees inside the executable; null if there are none.
    pub embedded: *const Embedded,
}

/// A function of the runtime that only some programs need at start. The others are linked without it.
#[derive(Clone, Copy, Debug)]
pub struct AtStart {
    pub symbol: &'static str,
    /// Programs that import a function whose name begins with one of these need it,
    pub imports: &'static [&'static str],
    /// and programs that are given this.
    pub given: Given,
}

/// What a program may be given when it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Capability(Capability),
    /// Directory trees inside the executable.
    Trees,
}

/// In the order in which they are called, which is that of the descriptors they open.
pub const AT_START: &[AtStart] = &[
    AtStart { symbol: "wexe.open_directories", imports: OF_DIRECTORIES, given: Given::Capability(Capability::Dir) },
    AtStart { symbol: "wexe.open_trees", imports: &[], given: Given::Trees },
    AtStart { symbol: "wexe.open_listeners", imports: &["sock_accept"], given: Given::Capability(Capability::Listen) },
    AtStart {
        symbol: "wexe.open_configuration",
        imports: &["resolve", "sock_getaddrinfo"],
        given: Given::Capability(Capability::Net),
    },
    AtStart { symbol: profile::MAP, imports: &[], given: Given::Capability(Capability::Profile) },
    AtStart { symbol: CONFINE_TO_DIRECTORIES, imports: OF_DIRECTORIES, given: Given::Capability(Capability::Dir) },
];

/// Confines the process by Landlock.
pub const CONFINE_TO_DIRECTORIES: &str = "wexe.confine_to_directories";

/// Most instructions of a filter.
pub const FILTER_MAX: usize = 512;

/// One compiled module with its single instance.
#[repr(C)]
#[derive(Debug)]
pub struct Module {
    /// Address and size of the instance's state, page-aligned; mapped zero-filled by the runtime.
    pub state: u64,
    pub state_size: u64,
    /// First bytes of the state: header, memory and table states, constant globals.
    pub state_image: *const u8,
    pub state_image_len: u64,
    pub memories: *const Memory,
    pub memory_count: u64,
    pub tables: *const Table,
    pub table_count: u64,
    /// Evaluates initialisers, applies active segments, calls the start function. May trap.
    pub instantiate: Option<ArrayCall>,
    pub code: Code,
}

/// A linear memory that this module defines.
#[repr(C)]
#[derive(Debug)]
pub struct Memory {
    /// Where its [`MemoryState`] is; the initial size is already in the state image.
    pub state: *mut MemoryState,
    /// The initial contents, where they are not zero.
    pub images: *const MemoryImage,
    pub image_count: u64,
}

/// Initial contents up to this many bytes are copied into place: moving pages costs as much as that, faults included.
pub const IMAGE_COPIED_MAX: u64 = 64 << 10;

/// Initial contents that start-up copies or, if they are more than [`IMAGE_COPIED_MAX`] bytes, moves into place with
/// `mremap`.
#[repr(C)]
#[derive(Debug)]
pub struct MemoryImage {
    /// Address in linear memory (absolute).
    pub address: u64,
    /// If it is moved: writable, and like address and length a multiple of the page size.
    pub data: *mut u8,
    pub len: u64,
}

/// A table that this module defines.
#[repr(C)]
#[derive(Debug)]
pub struct Table {
    /// Where its [`TableState`] is.
    pub state: *mut TableState,
    /// 1 if the elements lie inside the instance's state, 0 if the runtime must map them.
    pub in_state: u64,
}

/// The module's machine code and what explains it when it traps.
#[repr(C)]
#[derive(Debug)]
pub struct Code {
    pub text: *const u8,
    pub text_len: u64,
    /// Offsets into the text, ascending, of instructions that trap (other than memory accesses).
    pub trap_offsets: *const u32,
    /// The [`crate::trap::Trap`] of each.
    pub trap_codes: *const u8,
    pub trap_count: u64,
    /// Offsets into the text, ascending, where functions begin.
    pub function_offsets: *const u32,
    /// For each function, and once more at the end: where its name begins in `names`. Names are UTF-8.
    pub name_offsets: *const u32,
    pub function_count: u64,
    pub names: *const u8,
    /// Call sites with exception handlers (empty if none): see [`HandlerTable`].
    pub handlers: HandlerTable,
}

/// Exception handlers by return address: what `throw` searches.
///
/// `sites[i]` is the return offset of call i (ascending); its handlers are `handlers[first[i]..first[i + 1]]`,
/// to be tried in order.
#[repr(C)]
#[derive(Debug)]
pub struct HandlerTable {
    pub sites: *const u32,
    pub first: *const u32,
    pub site_count: u64,
    pub handlers: *const Handler,
}

/// One exception handler of a call site.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// Which tag it takes, or `u32::MAX` for all.
    pub tag: u32,
    /// Where it begins in the text.
    pub offset: u32,
    /// Stack pointer in the handler: frame pointer minus this.
    pub frame_offset: u32,
}

/// CPU features in the order of their bits in [`Program::cpu_features`]: the names users know from /proc/cpuinfo.
pub const CPU_FEATURES: &[&str] = &[
    "sse3",
    "ssse3",
    "sse4.1",
    "sse4.2",
    "popcnt",
    "cx16",
    "avx",
    "avx2",
    "fma",
    "bmi1",
    "bmi2",
    "lzcnt",
    "avx512f",
    "avx512vl",
    "avx512dq",
    "avx512bitalg",
    "avx512vbmi",
    "avx512bw",
    "avx512cd",
];
