//! The process. A program sees its number and its parent's, and signals nobody but itself.

use crate::errno::Result;
use crate::wasi_snapshot_preview1::proc::{self as preview1, proc_exit};
use crate::{memory, terminal};
use wexe_abi::types::{Errno, Exitcode, Pointer, Signal, Size};

/// Ends the process as `proc_exit` does. Programs that change the terminal call this in its place.
///
/// Source: `proc_exit2` in `api_wasix.h`.
pub fn proc_exit2(rval: Exitcode) -> ! {
    terminal::restore();
    proc_exit(rval)
}

/// Sends a signal to the process itself, as preview1's `proc_raise` does. Programs that change the terminal call this
/// in its place.
///
/// Errors: `inval` for a signal that does not exist.
///
/// Source: `proc_raise` in `api_wasi.h`.
pub fn proc_raise(signal: Signal) -> Result<()> {
    if !matches!(signal, Signal::None | Signal::Chld | Signal::Cont | Signal::Urg | Signal::Winch) {
        terminal::restore();
    }
    preview1::proc_raise(signal)
}

/// The number of the process.
///
/// Source: `proc_id` in `api_wasix.h`.
pub fn proc_id() -> Result<Size> {
    Ok(rustix::process::getpid().as_raw_pid() as Size)
}

/// The number of the process that started this one; 0 if it is out of sight.
///
/// Errors: `srch` for another process than this one.
///
/// Source: `proc_parent` in `api_wasix.h`.
pub fn proc_parent(pid: Size) -> Result<Size> {
    itself(pid)?;
    Ok(rustix::process::getppid().map_or(0, |parent| parent.as_raw_pid() as Size))
}

/// Sends a signal to the process itself, as `proc_raise` does.
///
/// Errors: `srch` for another process, whether it exists or not; `inval` for a signal that does not exist.
///
/// Source: `proc_signal` in `api_wasix.h`.
pub fn proc_signal(pid: Size, signal: Signal) -> Result<()> {
    itself(pid)?;
    proc_raise(signal)
}

/// What to do with signals, as whoever started the program wants it: nothing is said of any.
///
/// Source: `proc_signals_get` in `api_wasix.h`.
pub fn proc_signals_get(buf: Pointer) -> Result<()> {
    memory::bytes(buf, 0)?;
    Ok(())
}

/// How many signals [`proc_signals_get`] says something of.
///
/// Source: `proc_signals_sizes_get` in `api_wasix.h`.
pub fn proc_signals_sizes_get() -> Result<Size> {
    Ok(0)
}

fn itself(pid: Size) -> Result<()> {
    if proc_id()? == pid { Ok(()) } else { Err(Errno::Srch.into()) }
}
