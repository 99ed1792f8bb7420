//! The static library in every executable: boots the program, maps its memories, explains its traps, answers its
//! imports.
//!
//! There is no libc and no allocator; every function that generated code may call is an exported symbol in a section of
//! its own, so that the linker drops what a program does not use. A host function is found by rule: symbol `M.P_rest`
//! is in `M/P.rs`. Start reading at [`start`].
#![no_std]

mod arch;
mod atomic;
mod bench;
mod builtins;
mod capabilities;
mod confinement;
mod dns;
mod embed;
mod errno;
mod exception;
mod fd_table;
mod file;
mod imports;
mod invoke;
mod listener;
mod mem;
mod memory;
mod network;
mod profile;
mod resolver;
mod sandbox;
mod script;
mod socket;
mod start;
mod stderr;
mod table;
mod terminal;
mod timeout;
mod trace;
mod transfer;
mod trap;
mod vdso;
mod wasi_snapshot_preview1;
mod wasi_unstable;
mod wasix_32v1;
mod wasmedge_sock;
mod wasmedge_sock_v2;
mod working_directory;

// Built for executables, it stands alone and aborts. Built with the workspace, for lints and editors, it shares
// features with crates that use std, whose panic handler it then has to take.
#[cfg(panic = "unwind")]
extern crate std;

/// Nothing in the runtime is meant to panic; should it happen all the same, the process ends without running on.
#[cfg_attr(panic = "abort", panic_handler)]
#[cfg_attr(panic = "unwind", allow(dead_code))]
fn panic(_: &core::panic::PanicInfo) -> ! {
    stderr::fatal(&[b"internal error: the runtime panicked"])
}
