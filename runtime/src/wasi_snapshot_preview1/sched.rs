//! Scheduling.

use crate::errno::Result;

/// Lets other threads and processes run.
///
/// Source: `sched_yield` in wasi_snapshot_preview1.witx.
pub fn sched_yield() -> Result<()> {
    rustix::thread::sched_yield();
    Ok(())
}
