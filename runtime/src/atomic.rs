//! Waiting on and notifying addresses of linear memory: `memory.atomic.wait32`, `wait64` and `notify` by the kernel's
//! futex.

use crate::arch;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const WOKEN: i32 = 0;
const NOT_EQUAL: i32 = 1;
pub const TIMED_OUT: i32 = 2;

/// Waits as long as the 32-bit value at `address`, which was checked, is `expected`.
pub fn wait32(address: usize, expected: u32, timeout: i64) -> i32 {
    // SAFETY: the generated code checked bounds and alignment.
    let value = unsafe { AtomicU32::from_ptr(core::ptr::with_exposed_provenance_mut(address)) };
    if value.load(Ordering::SeqCst) != expected { NOT_EQUAL } else { wait(address, expected, timeout) }
}

/// As [`wait32`]. The kernel compares 32 bits, so this wakes on a notification but not on a change of the upper half
/// alone.
pub fn wait64(address: usize, expected: u64, timeout: i64) -> i32 {
    // SAFETY: the generated code checked bounds and alignment.
    let value = unsafe { AtomicU64::from_ptr(core::ptr::with_exposed_provenance_mut(address)) };
    if value.load(Ordering::SeqCst) != expected { NOT_EQUAL } else { wait(address, expected as u32, timeout) }
}

fn wait(address: usize, expected: u32, timeout: i64) -> i32 {
    let duration = libc::timespec { tv_sec: timeout / 1_000_000_000, tv_nsec: timeout % 1_000_000_000 };
    let duration = if timeout < 0 { core::ptr::null() } else { &raw const duration };
    let operation = (libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG) as usize;
    // SAFETY: the kernel reads the value and the duration.
    let result =
        unsafe { arch::syscall(libc::SYS_futex, [address, operation, expected as usize, duration as usize, 0, 0]) };
    match result {
        Err(libc::ETIMEDOUT) => TIMED_OUT,
        Err(libc::EAGAIN) => NOT_EQUAL,
        _ => WOKEN,
    }
}

/// Wakes up to `count` waiters: how many.
pub fn notify(address: usize, count: u32) -> i32 {
    let operation = (libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG) as usize;
    let count = count.min(i32::MAX as u32);
    // SAFETY: the kernel only looks the address up.
    let woken = unsafe { arch::syscall(libc::SYS_futex, [address, operation, count as usize, 0, 0, 0]) };
    woken.unwrap_or(0) as i32
}
