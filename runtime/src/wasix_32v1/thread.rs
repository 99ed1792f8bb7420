//! The one thread that a program has.

use super::proc;
use crate::errno::{Result, retry};
use crate::wasi_snapshot_preview1::clock::{clock_time_get, timespec};
use rustix::thread::ClockId;
use wexe_abi::types::*;

/// The number of the only thread.
const THREAD: Size = 1;

/// Waits for so many nanoseconds.
///
/// Source: `thread_sleep` in `api_wasix.h`.
pub fn thread_sleep(duration: Timestamp) -> Result<()> {
    // More than 292 years are for ever, and Linux takes no more.
    let until = clock_time_get(Clockid::Monotonic, 0)?.saturating_add(duration).min(i64::MAX as u64);
    retry(|| rustix::thread::clock_nanosleep_absolute(ClockId::Monotonic, &timespec(until)))?;
    Ok(())
}

/// The number of the calling thread.
///
/// Source: `thread_id` in `api_wasix.h`.
pub fn thread_id() -> Result<Size> {
    Ok(THREAD)
}

/// How many threads could run at a time.
///
/// Source: `thread_parallelism` in `api_wasix.h`.
pub fn thread_parallelism() -> Result<Size> {
    // More processors than the host's set has room for are as good as one: the program cannot use them anyway.
    Ok(rustix::thread::sched_getaffinity(None).map_or(1, |processors| processors.count()))
}

/// Sends a signal to a thread: to the process, which has only this one.
///
/// Errors: `srch` for any other thread; `inval` for a signal that does not exist.
///
/// Source: `thread_signal` in `api_wasix.h`.
pub fn thread_signal(tid: Size, signal: Signal) -> Result<()> {
    if tid == THREAD { proc::proc_raise(signal) } else { Err(Errno::Srch.into()) }
}

/// Ends the calling thread, and as that is the only one, the process.
///
/// Source: `thread_exit` in `api_wasix.h`.
pub fn thread_exit(rval: Exitcode) -> ! {
    proc::proc_exit2(rval)
}
