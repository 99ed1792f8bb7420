//! Descriptors that stand for the same as others, pipes, and counters that can be waited for.

use crate::arch;
use crate::errno::Result;
use crate::fd_table;
use rustix::event::EventfdFlags;
use wexe_abi::types::*;

/// What may be done with either end of a pipe, and with a counter, besides reading and writing.
const STREAM: Rights = Rights::FD_FDSTAT_SET_FLAGS.union(Rights::FD_FILESTAT_GET).union(Rights::POLL_FD_READWRITE);

/// Another descriptor for what `fd` is, with its rights: the lowest that is free. Both have one place in a file, and
/// the same flags.
///
/// Errors: `badf`; `mfile`.
///
/// Source: `fd_dup` in `api_wasix.h`.
pub fn fd_dup(fd: Fd) -> Result<Fd> {
    fd_table::duplicate(fd, 0)
}

/// As [`fd_dup`], but the lowest that is free from `min_result_fd` on (`fcntl` with `F_DUPFD`, in spite of the name);
/// `cloexec` is the new descriptor's flag.
///
/// Errors: `badf`; `mfile`; `inval` for a number that no descriptor can have.
///
/// Source: `fd_dup2` in `api_wasix.h`.
pub fn fd_dup2(fd: Fd, min_result_fd: Size, cloexec: Size) -> Result<Fd> {
    let new = fd_table::duplicate(fd, min_result_fd)?;
    fd_table::set_close_on_exec(new, cloexec != 0)?;
    Ok(new)
}

/// A counter that begins with `initial`. Writing 8 bytes adds to it, reading 8 bytes takes all of it, or 1 with the
/// flag `semaphore`; it can be read when it is not 0.
///
/// Errors: `inval` for more than 32 bits (as Linux), and for an unknown flag; `mfile`.
///
/// Source: `fd_event` in `api_wasix.h`.
pub fn fd_event(initial: Filesize, flags: Eventfdflags) -> Result<Fd> {
    let initial = u32::try_from(initial).map_err(|_| Errno::Inval)?;
    let semaphore = flags.contains(Eventfdflags::SEMAPHORE);
    let flags = if semaphore { EventfdFlags::SEMAPHORE } else { EventfdFlags::empty() };
    let counter = rustix::event::eventfd(initial, flags | EventfdFlags::CLOEXEC)?;
    fd_table::insert(counter, STREAM.union(Rights::FD_READ).union(Rights::FD_WRITE), Rights::NONE, false)
}

/// A pipe: the descriptor to read from, and the one to write to.
///
/// Errors: `mfile`.
///
/// Source: `fd_pipe` in `api_wasix.h`.
pub fn fd_pipe() -> Result<(Fd, Fd)> {
    fd_table::require_room(2)?;
    let (read, write) = arch::pipe()?;
    let read = fd_table::insert(read, STREAM.union(Rights::FD_READ), Rights::NONE, false)?;
    let write = fd_table::insert(write, STREAM.union(Rights::FD_WRITE), Rights::NONE, false)?;
    Ok((read, write))
}

/// The flags of a descriptor itself, which others for the same file do not share.
///
/// Errors: `badf`.
///
/// Source: `fd_fdflags_get` in `api_wasix.h`.
pub fn fd_fdflags_get(fd: Fd) -> Result<Fdflagsext> {
    Ok(if fd_table::close_on_exec(fd)? { Fdflagsext::FD_CLOEXEC } else { Fdflagsext::NONE })
}

/// Sets them.
///
/// Errors: `badf`; `inval` for an unknown flag.
///
/// Source: `fd_fdflags_set` in `api_wasix.h`.
pub fn fd_fdflags_set(fd: Fd, flags: Fdflagsext) -> Result<()> {
    fd_table::set_close_on_exec(fd, flags.contains(Fdflagsext::FD_CLOEXEC))
}
