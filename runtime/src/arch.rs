//! What depends on the CPU: process entry, stack switching, signal frames and raw system calls, one file for each CPU.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;
