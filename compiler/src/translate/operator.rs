//! Which group of the specification an instruction belongs to.

use super::Translator;
use crate::error::{Error, Result};
use wasmparser::Operator;

impl Translator<'_, '_> {
    /// Translates one instruction that has been validated.
    pub(super) fn operator(&mut self, operator: &Operator<'_>) -> Result<()> {
        if !self.stack.reachable {
            return self.unreachable_operator(operator);
        }
        self.follow_beginning(operator);
        let translated = self.variable(operator)
            || self.numeric(operator)
            || self.memory(operator)?
            || self.control(operator)?
            || self.call(operator)?
            || self.table(operator)
            || self.reference(operator)
            || self.vector(operator)?
            || self.exception(operator)?
            || self.atomic(operator)?;
        if translated { Ok(()) } else { Err(Error::unsupported(format!("instruction {operator:?}"))) }
    }
}
