//! Exceptions: their packages, and the search for a handler.

use wexe_abi::trap::Trap;

/// A new exception package, or 0: there is no memory for any.
pub fn new(_tag: u64, _len: u64) -> u64 {
    0
}

/// Unwinds to the nearest handler, of which there is none.
pub fn throw(_exception: u64) -> i32 {
    Trap::UncaughtException as i32
}
