//! Waiting for a value in memory to change. A program has one thread, so only time or a signal ends a wait.
//!
//! C libraries end the program if one of these fails, so they only do for an address that is none.

use crate::atomic;
use crate::errno::Result;
use crate::memory;
use wexe_abi::types::{Errno, Pointer, Size};
use wexe_abi::wasix_32v1::OptionTimestamp;

/// Waits as long as the value at `futex` is `expected`, at most the time at `timeout` (if there is one): whether it was
/// ended by anything but time.
///
/// Errors: `fault`; `inval` for an address that is not a multiple of 4.
///
/// Source: `futex_wait` in `api_wasix.h`.
pub fn futex_wait(futex: Pointer, expected: Size, timeout: Pointer) -> Result<u8> {
    let address = word(futex)?;
    let timeout = memory::read::<OptionTimestamp>(timeout)?;
    let timeout = if timeout.tag == 0 { -1 } else { i64::try_from(timeout.time).unwrap_or(i64::MAX) };
    Ok(u8::from(atomic::wait32(address, expected, timeout) != atomic::TIMED_OUT))
}

/// Wakes one thread that waits for the value at `futex`; says that it did, as C libraries expect.
///
/// Errors: as [`futex_wait`].
///
/// Source: `futex_wake` in `api_wasix.h`.
pub fn futex_wake(futex: Pointer) -> Result<u8> {
    atomic::notify(word(futex)?, 1);
    Ok(1)
}

/// As [`futex_wake`], but all of them.
///
/// Source: `futex_wake_all` in `api_wasix.h`.
pub fn futex_wake_all(futex: Pointer) -> Result<u8> {
    atomic::notify(word(futex)?, u32::MAX);
    Ok(1)
}

/// The host's address of a value.
fn word(futex: Pointer) -> Result<usize> {
    let bytes = memory::bytes(futex, size_of::<u32>() as Size)?;
    if futex.is_multiple_of(4) { Ok(bytes.as_ptr() as usize) } else { Err(Errno::Inval.into()) }
}
