//! The profile of a program: what `--profile-generate` leaves and `--profile-use` takes. Written by the program itself,
//! which counts in a mapping of the file; read by the compiler.
//!
//! ```text
//! magic     8   MAGIC, whose last character is the version of this layout and of what is counted
//! sha256   32   of the module in its binary form
//! count     8   how many counters follow
//! reserved 16   0
//! counters  8 each
//! ```
//!
//! Numbers are little endian. Which counter stands for what follows from the module alone: the compiler's `profile`
//! says how. An indirect call has [`TARGETS`] pairs of counters, each for a function that it called: the function's
//! number among those that references may point to, from 1 on, and how often it was called, at most.

use crate::layout::{STATE_BASE, STATE_END};

pub const MAGIC: &[u8; 8] = b"wexeprf1";
pub const HEADER_SIZE: u64 = 64;
/// Where the digest is in the header, and the number of counters.
pub const SHA256: core::ops::Range<usize> = 8..40;
pub const COUNT: core::ops::Range<usize> = 40..48;
/// Functions that are told apart at an indirect call.
pub const TARGETS: usize = 4;
/// A longer file is no profile: counters are where instance state is.
pub const MAX_BYTES: u64 = STATE_END - STATE_BASE;

/// The symbol of the function of the runtime that maps the file.
pub const MAP: &str = "wexe.map_profile";
/// The symbol of the program's [`Descriptor`].
pub const DESCRIPTOR: &str = "wexe.profile";

/// What the runtime needs to know of a program that counts.
#[repr(C)]
#[derive(Debug)]
pub struct Descriptor {
    /// The header of its profile.
    pub header: [u8; HEADER_SIZE as usize],
    /// Where the program expects the file to be mapped, and its length.
    pub address: u64,
    pub len: u64,
    /// The first of the program's [`crate::layout::FuncRecord`]s.
    pub records: *const u8,
}
