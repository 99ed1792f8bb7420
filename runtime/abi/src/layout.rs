//! The address-space layout of an executable, and the layout of instance state.
//!
//! ```text
//! 0x0000_0010_0000 ┌──────────────────────────────┐ STATE_BASE
//!                  │ instance state               │ sizes of memories and tables, globals, dropped-segment flags,
//!                  │                              │ small tables (code pointers!)
//! 0x0000_0FFF_0000 ├──────────────────────────────┤ STATE_END
//!                  │ never mapped                 │ what is computed of an index that wrapped around
//! 0x0000_1000_0000 ├──────────────────────────────┤ LOW_MEMORY: linear memory 0, an access is `disp32(%reg)`
//!                  │ linear memory 0              │
//!                  │ never mapped                 │ whatever `zext(index) + offset` reaches: 8 GiB + 64 KiB
//! 0x0002_1001_0000 ├──────────────────────────────┤
//! 0x1000_0000_0000 ├──────────────────────────────┤ SLOTS: other memories and large or growing tables, SLOT_SIZE apart
//!                  │ slot 0, slot 1, …            │
//! 0x5000_0000_0000 ├──────────────────────────────┤ EXCEPTIONS: packages of exceptions, mapped by the first `throw`
//! 0x5000_8000_0000 ├──────────────────────────────┤
//!                  │ code, runtime, stacks        │ static-PIE and mmap: wherever the kernel randomises them
//!                  └──────────────────────────────┘
//! ```
//!
//! Accesses never reach more than 64 KiB below a memory's own base, so state may lie below that.
//! Every address a compiled module uses is therefore a constant; only code addresses are unknown until start.

/// Lowest address of instance state; above the kernel's default `vm.mmap_min_addr` of 64 KiB.
pub const STATE_BASE: u64 = 0x0010_0000;
/// First address past the region that holds instance state. From here to `LOW_MEMORY` nothing is mapped: the compiler's
/// `optimize::address` has the proof why that is enough.
pub const STATE_END: u64 = LOW_MEMORY - 0x1_0000;
/// Linear memory 0 of the program. Below 2³¹, so that base plus most static offsets fit a 32-bit displacement.
pub const LOW_MEMORY: u64 = 0x1000_0000;
/// First slot for memories and tables that do not live at a low address.
pub const SLOTS: u64 = 0x1000_0000_0000;
/// Distance between slots: a 64-bit memory may grow to half of it; the rest stays unmapped.
pub const SLOT_SIZE: u64 = 1 << 38;
/// Number of slots below the region where the kernel places position-independent executables.
pub const SLOT_COUNT: u64 = 256;
/// Where exception packages are, behind the last slot.
pub const EXCEPTIONS: u64 = SLOTS + SLOT_SIZE * SLOT_COUNT;
/// Bytes of exception packages that may be in use at once.
pub const EXCEPTIONS_MAX_BYTES: u64 = 1 << 30;
/// What a 32-bit access can reach from its base: 2³² (index) + 2³² (offset) + 16 (width), rounded to a wasm page.
pub const GUARDED_REACH: u64 = (8 << 30) + 0x1_0000;
/// Largest size in bytes of a 32-bit memory with folded addresses: an index that wraps around is past its end. Only a
/// memory that has 4 GiB from the beginning is larger, and does without.
pub const MEMORY32_FOLDED_MAX_BYTES: u64 = (4 << 30) - 0x1_0000;
/// Largest size of a 64-bit memory in bytes.
pub const MEMORY64_MAX_BYTES: u64 = SLOT_SIZE / 2;
/// Largest number of elements of any table (the JS-API's implementation limit).
pub const TABLE_MAX_ELEMENTS: u64 = 10_000_000;

/// Size of the stack that wasm code runs on, in bytes, without its guard.
pub const STACK_SIZE: u64 = 8 << 20;
/// Unmapped bytes below the stack. Frames of this size or more probe every page of theirs (`PROBE_LOG2`).
pub const STACK_GUARD: u64 = 1 << 20;
/// log₂ of the frame size from which generated code probes its stack.
pub const PROBE_LOG2: u8 = 16;

/// The mutable state of one linear memory, at a fixed address inside instance state.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryState {
    /// Current size in bytes; always a multiple of the page size.
    pub size: u64,
    /// Address of byte 0; constant.
    pub base: u64,
    /// `memory.grow` fails beyond this many bytes.
    pub max_size: u64,
    /// log₂ of the page size: 16, or 0 with the custom-page-sizes proposal.
    pub page_size_log2: u32,
    /// Bytes mapped from `base` on, a multiple of the kernel's page; at least `size`.
    pub reserved: u32,
}

/// The mutable state of one table, at a fixed address inside instance state.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableState {
    /// Current number of elements.
    pub size: u64,
    /// Address of element 0; constant.
    pub base: u64,
    /// `table.grow` fails beyond this many elements.
    pub max_size: u64,
    /// 1 if elements are [`FuncEntry`], 0 if they are 8-byte references.
    pub is_func: u32,
    pub padding: u32,
}

/// An element of a function table: all that `call_indirect` needs, in 16 bytes. All zero is null.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuncEntry {
    /// Address of the function's code.
    pub code: u64,
    /// Canonical type id; 0 only in null entries, so one comparison checks type and null.
    pub type_id: u32,
    /// Address of the [`FuncRecord`], relative to [`StateHeader::image_base`]; 0 in null entries.
    pub record: u32,
}

/// What a non-null function reference points to. Read-only, needs no relocation at start.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuncRecord {
    /// Address of the function's code minus the address of this record.
    pub code: i32,
    /// Canonical type id, never 0.
    pub type_id: u32,
}

/// The state of a passive (or not yet applied) element or data segment: dropping one sets `len` to 0.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentState {
    /// Number of elements or bytes.
    pub len: u64,
    /// Address of the first.
    pub data: u64,
}

/// Stands at the beginning of each instance's state.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateHeader {
    /// Address that [`FuncEntry::record`] counts from: the lowest address of the executable's image. Set at start.
    pub image_base: u64,
    pub padding: u64,
}

/// Stands at the beginning of each exception package; its fields follow, one cell each.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionHeader {
    /// The tag's id, unique in the program.
    pub tag: u32,
    /// Number of fields.
    pub len: u32,
    /// The runtime's own: see its search for packages that are in use.
    pub mark: u64,
}

/// Bytes of a field in an exception package.
pub const EXCEPTION_FIELD_SIZE: u64 = 16;

const _: () = {
    assert!(size_of::<ExceptionHeader>() == 16);
    assert!(size_of::<MemoryState>() == 32);
    assert!(size_of::<TableState>() == 32);
    assert!(size_of::<FuncEntry>() == 16);
    assert!(size_of::<FuncRecord>() == 8);
    assert!(size_of::<SegmentState>() == 16);
    assert!(size_of::<StateHeader>() == 16);
    assert!(EXCEPTIONS == 0x5000_0000_0000);
};
