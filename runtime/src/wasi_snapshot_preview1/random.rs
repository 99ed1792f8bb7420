//! Randomness.

use crate::errno::Result;
use crate::{memory, transfer};
use wexe_abi::types::{Pointer, Size};

/// Fills `buf_len` bytes at `buf` with random numbers of the kernel, however many they are.
///
/// Errors: `fault` if the buffer would leave memory.
///
/// Source: `random_get` in wasi_snapshot_preview1.witx.
pub fn random_get(buf: Pointer, buf_len: Size) -> Result<()> {
    transfer::fill_random(memory::bytes(buf, buf_len)?)
}
