//! Directory trees inside an executable: laid out by the compiler, read by the runtime where they lie.
//!
//! ```text
//! nodes      node 0, 1, …      the roots in their order, then level by level: the entries of a directory are
//!                              neighbours, sorted by name, so one is found by binary search
//! names      name\0 name\0 …   a root's name is the path under which the program sees it
//! contents   … | … | …         of files and symbolic links, each aligned to CONTENTS_ALIGNMENT
//! ```
//!
//! Nodes refer to each other by number and to the rest by offset, so nothing is relocated or parsed at start, and pages
//! that nobody reads are never loaded.

/// What the runtime reads of embedded trees: [`crate::program::Program::embedded`] points to it.
#[repr(C)]
#[derive(Debug)]
pub struct Embedded {
    /// The runtime's symbol [`READ_ONLY`] or [`OVERLAY`]. Nothing else refers to these, so that a program without
    /// embedded trees does not contain the code for them.
    pub file_system: *const u8,
    pub nodes: *const Node,
    pub node_count: u64,
    /// How many of the nodes are roots.
    pub root_count: u64,
    pub names: *const u8,
    pub names_len: u64,
    pub contents: *const u8,
    pub contents_len: u64,
    /// Bytes of memory that changes may take.
    pub overlay_limit: u64,
}

/// The symbol of the file system that cannot be changed.
pub const READ_ONLY: &str = "wexe.embed";
/// The symbol of the file system that keeps changes in memory.
pub const OVERLAY: &str = "wexe.embed_overlay";

/// A file, directory or symbolic link.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// When it was last changed, in nanoseconds since 1970.
    pub mtime: u64,
    /// Bytes of a file or link, number of a directory's entries.
    pub size: u64,
    /// Where the contents of a file or link begin; a directory's first entry.
    pub first: u64,
    /// Where its name begins.
    pub name: u32,
    pub name_len: u16,
    /// As in [`crate::types::Filetype`].
    pub filetype: u8,
    pub padding: u8,
    /// The directory that it is in; a root is in itself.
    pub parent: u32,
    /// The root that it is beneath.
    pub root: u32,
}

const _: () = assert!(size_of::<Node>() == 40);

/// Contents begin at multiples of this.
pub const CONTENTS_ALIGNMENT: u64 = 16;
/// Nodes, names and contents have at most this many bytes, so that code reaches everything in the executable.
pub const MAX_BYTES: u64 = 1 << 30;
/// Longest name, as on Linux.
pub const NAME_MAX: usize = 255;
/// Largest memory for changes.
pub const OVERLAY_MAX: u64 = 32 << 30;
