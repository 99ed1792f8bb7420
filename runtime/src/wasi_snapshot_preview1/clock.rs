//! Clocks: all four, read through the vDSO where the kernel offers it.

use crate::errno::Result;
use rustix::time::{ClockId, Timespec};
use wexe_abi::types::{Clockid, Errno, Timestamp};

const NANOSECONDS: u64 = 1_000_000_000;

/// The resolution of a clock.
///
/// Errors: `inval` for a clock that does not exist.
///
/// Source: `clock_res_get` in wasi_snapshot_preview1.witx.
pub fn clock_res_get(id: Clockid) -> Result<Timestamp> {
    timestamp(rustix::time::clock_getres(host(id)))
}

/// The time by a clock. Reading it exactly costs no more than any lag that `precision` would allow.
///
/// Errors: `inval` for a clock that does not exist; `overflow` past the year 2554.
///
/// Source: `clock_time_get` in wasi_snapshot_preview1.witx.
pub fn clock_time_get(id: Clockid, _precision: Timestamp) -> Result<Timestamp> {
    timestamp(rustix::time::clock_gettime(host(id)))
}

fn host(id: Clockid) -> ClockId {
    match id {
        Clockid::Realtime => ClockId::Realtime,
        Clockid::Monotonic => ClockId::Monotonic,
        Clockid::ProcessCputimeId => ClockId::ProcessCPUTime,
        Clockid::ThreadCputimeId => ClockId::ThreadCPUTime,
    }
}

/// Nanoseconds since the clock's beginning. What happened before 1970 happened in 1970: timestamps have no sign.
pub fn timestamp(time: Timespec) -> Result<Timestamp> {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = if time.tv_sec < 0 { 0 } else { time.tv_nsec as u64 };
    let time = seconds.checked_mul(NANOSECONDS).and_then(|time| time.checked_add(nanoseconds));
    Ok(time.ok_or(Errno::Overflow)?)
}

/// The host's form of a time or a duration.
pub fn timespec(time: Timestamp) -> Timespec {
    Timespec { tv_sec: (time / NANOSECONDS) as i64, tv_nsec: (time % NANOSECONDS) as _ }
}
