//! Functions on paths of which snapshot 0 has another type than preview1.

pub use crate::wasi_snapshot_preview1::path::*;

use super::fd::narrow;
use crate::errno::Result;
use crate::wasi_snapshot_preview1::path as preview1;
use wexe_abi::types::{Fd, Lookupflags, Pointer, Size};
use wexe_abi::wasi_unstable::Filestat;

/// [`preview1::path_filestat_get`] with a 32-bit link count.
pub fn path_filestat_get(fd: Fd, flags: Lookupflags, path: Pointer, path_len: Size) -> Result<Filestat> {
    preview1::path_filestat_get(fd, flags, path, path_len).map(narrow)
}
