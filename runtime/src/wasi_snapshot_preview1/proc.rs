//! The process.

use crate::arch;
use crate::errno::Result;
use wexe_abi::types::{Errno, Exitcode, Signal};

/// Ends the process with the low 8 bits of `rval`, which are all that Linux keeps.
///
/// Source: `proc_exit` in wasi_snapshot_preview1.witx.
pub fn proc_exit(rval: Exitcode) -> ! {
    arch::exit((rval & 0xff) as i32)
}

/// Sends a signal to the process itself, to do what it does by default; `none` does nothing.
///
/// Errors: `inval` for a signal that does not exist.
///
/// Source: `proc_raise` in wasi_snapshot_preview1.witx.
pub fn proc_raise(sig: Signal) -> Result<()> {
    let number = match sig as i32 {
        0 => return Ok(()),
        same @ 1..16 => same,
        // WASI has no SIGSTKFLT.
        one_less => one_less + 1,
    };
    arch::handle_signal(number, arch::Disposition::Default);
    let signal = rustix::process::Signal::from_named_raw(number).ok_or(Errno::Inval)?;
    rustix::process::kill_process(rustix::process::getpid(), signal)?;
    Ok(())
}
