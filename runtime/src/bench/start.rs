//! The beginning of what is to be measured.

use super::{Ordering, STARTED, now};

/// Reads the clocks.
///
/// Source: Sightglass.
pub fn start() {
    for (started, time) in STARTED.iter().zip(now()) {
        started.store(time, Ordering::Relaxed);
    }
}
