//! What the runtime is told to call back.

use crate::errno::Result;
use crate::memory;
use wexe_abi::types::{Pointer, Size};

/// Names the export that signals are to be delivered to. C libraries do so in every program, whether it handles signals
/// or not. None are delivered: a signal does what it does to a process that does not handle it.
///
/// Source: `callback_signal` in `api_wasix.h`.
pub fn callback_signal(name: Pointer, name_len: Size) -> Result<()> {
    memory::bytes(name, name_len)?;
    Ok(())
}
