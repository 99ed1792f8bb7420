//! Marks around the part of a benchmark program that is to be measured, and what is said of it.

pub mod end;
pub mod start;

use crate::imports::export_table;
use core::sync::atomic::{AtomicU64, Ordering};
use rustix::time::{ClockId, clock_gettime};

/// What the clocks showed at `bench.start`: the time, and the processor time of the process, in nanoseconds.
static STARTED: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

fn now() -> [u64; 2] {
    [ClockId::Monotonic, ClockId::ProcessCPUTime].map(|clock| {
        let time = clock_gettime(clock);
        (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
    })
}

wexe_abi::bench!(export_table);
