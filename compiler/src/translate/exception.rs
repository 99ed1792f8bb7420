//! Exceptions: `throw`, `try_table`, and the legacy encoding.

use super::Translator;
use crate::error::Result;
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn exception(&mut self, _operator: &Operator<'_>) -> Result<bool> {
        Ok(false)
    }

    /// Closes the handlers of the innermost frame, if it has any.
    pub(super) fn end_exception_frame(&mut self) {}
}
