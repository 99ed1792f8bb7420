//! The beginning of what is to be measured.

use super::{Ordering, STARTED, now};
use crate::errno::Result;

/// Reads the clocks.
///
/// Source: Sightglass.
pub fn start() -> Result<()> {
    for (started, time) in STARTED.iter().zip(now()) {
        started.store(time, Ordering::Relaxed);
    }
    Ok(())
}
