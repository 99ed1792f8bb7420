//! Atomic memory instructions (threads proposal).

use super::Translator;
use crate::error::Result;
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn atomic(&mut self, _operator: &Operator<'_>) -> Result<bool> {
        Ok(false)
    }
}
