//! The end of what is to be measured.

use super::{Ordering, STARTED, now};
use crate::errno::Result;
use crate::stderr;

/// Reads the clocks, and prints the time and the processor time since `bench.start` on standard error, in nanoseconds:
/// `wexe: bench: 1234 ns, 1200 ns of processor time`.
///
/// Source: Sightglass.
pub fn end() -> Result<()> {
    let [elapsed, processor] = now();
    let [started, processor_started] = STARTED.each_ref().map(|started| started.load(Ordering::Relaxed));
    stderr::message(|message| {
        message.text("bench: ").decimal(elapsed.saturating_sub(started)).text(" ns, ");
        message.decimal(processor.saturating_sub(processor_started)).text(" ns of processor time\n");
    });
    Ok(())
}
