//! The entry `_start_script`: performs the actions of a test-suite script and writes a record of each to standard
//! output.
//!
//! Records are written one by one, unbuffered: should the process end, all that came before is known.

use crate::{arch, start, stderr, trap};
use core::sync::atomic::{AtomicBool, Ordering};
use wexe_abi::program::Module;
use wexe_abi::script::{Command, EXCEPTION, NOT_PERFORMED, RETURNED, Script, TRAPPED};
use wexe_abi::trap::Trap;

unsafe extern "C" {
    #[link_name = "wexe.script"]
    safe static SCRIPT: Script;
}

/// More modules than this are in no script.
const MAX_MODULES: usize = 4096;
/// More parameters or results than this are over the compiler's limits.
const MAX_VALUES: usize = 1000;

/// The modules whose instantiation has returned.
static INSTANTIATED: [AtomicBool; MAX_MODULES] = [const { AtomicBool::new(false) }; MAX_MODULES];

/// # Safety
/// `stack` is the kernel's argument block, and this is the process's first Rust code after relocation.
pub unsafe extern "C" fn main(stack: *const usize) -> ! {
    // SAFETY: the caller's.
    unsafe { start::boot(stack) };
    let mut values = [[0; 16]; MAX_VALUES];
    // SAFETY: the compiler's array.
    for command in unsafe { start::slice(SCRIPT.commands, SCRIPT.command_count) } {
        let (status, results) = match perform(command, &mut values) {
            Ok(()) if command.call.is_some() => (RETURNED, command.results as usize),
            Ok(()) => (RETURNED, 0),
            Err(status) => (status, 0),
        };
        let results = values.get(..results).unwrap_or_default();
        stderr::write_all(1, &status.to_le_bytes());
        stderr::write_all(1, &(results.len() as u32).to_le_bytes());
        stderr::write_all(1, results.as_flattened());
    }
    arch::exit(0)
}

/// Performs one command; its results are in `values` then. Otherwise, the status.
fn perform(command: &Command, values: &mut [[u8; 16]]) -> Result<(), u32> {
    // SAFETY: the compiler's.
    let module = unsafe { &*command.module };
    let index = start::modules().position(|other| core::ptr::eq(module, other));
    let Some(instantiated) = index.and_then(|index| INSTANTIATED.get(index)) else {
        stderr::fatal(&[b"internal error: a script's command names no module"])
    };
    if command.call.is_none() {
        instantiate(module)?;
        instantiated.store(true, Ordering::Relaxed);
        return Ok(());
    }
    if !instantiated.load(Ordering::Relaxed) {
        return Err(NOT_PERFORMED);
    }
    // SAFETY: the compiler's array.
    let arguments = unsafe { start::slice(command.arguments, command.params) };
    for (value, argument) in values.iter_mut().zip(arguments) {
        *value = *argument;
    }
    trap::catch(command.call, values).map_err(status)
}

fn instantiate(module: &'static Module) -> Result<(), u32> {
    start::map(module).map_err(|_| status(Trap::AllocationFailure as u32))?;
    trap::catch(module.instantiate, &mut []).map_err(status)
}

fn status(trap: u32) -> u32 {
    if trap == Trap::UncaughtException as u32 { EXCEPTION } else { TRAPPED + trap }
}
