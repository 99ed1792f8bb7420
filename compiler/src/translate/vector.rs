//! Vector instructions (spec 2.4.3, and relaxed SIMD).

use super::Translator;
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn vector(&mut self, _operator: &Operator<'_>) -> bool {
        false
    }
}
