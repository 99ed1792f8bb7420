//! Functions on descriptors of which snapshot 0 has another type than preview1.

pub use crate::wasi_snapshot_preview1::fd::*;

use crate::errno::Result;
use crate::wasi_snapshot_preview1::fd as preview1;
use wexe_abi::types::{self, Fd, Filedelta, Filesize};
use wexe_abi::wasi_unstable::{Filestat, Whence};

/// [`preview1::fd_filestat_get`] with a 32-bit link count.
pub fn fd_filestat_get(fd: Fd) -> Result<Filestat> {
    preview1::fd_filestat_get(fd).map(narrow)
}

/// [`preview1::fd_seek`] with other numbers for `whence`.
pub fn fd_seek(fd: Fd, offset: Filedelta, whence: Whence) -> Result<Filesize> {
    preview1::fd_seek(fd, offset, whence.0)
}

/// A file's attributes in the layout of snapshot 0.
pub fn narrow(stat: types::Filestat) -> Filestat {
    Filestat {
        dev: stat.dev,
        ino: stat.ino,
        filetype: stat.filetype,
        padding: [0; 3],
        nlink: u32::try_from(stat.nlink).unwrap_or(u32::MAX),
        size: stat.size,
        atim: stat.atim,
        mtim: stat.mtim,
        ctim: stat.ctim,
    }
}
