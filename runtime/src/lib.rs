//! The static library in every executable: boots the program, maps its memories, explains its traps, answers its imports.
//!
//! There is no libc and no allocator; every function that generated code may call is an exported symbol in a section of
//! its own, so that the linker drops what a program does not use. A host function is found by rule: symbol `M.P_rest` is in
//! `M/P.rs`. Start reading at [`start`].
#![no_std]

mod arch;
mod atomic;
mod builtins;
mod exception;
mod invoke;
mod libcalls;
mod mem;
mod memory;
mod script;
mod start;
mod stderr;
mod table;
mod trap;

/// Nothing in the runtime is meant to panic; should it happen all the same, the process ends without running on.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    stderr::fatal(&["internal error: the runtime panicked"])
}
