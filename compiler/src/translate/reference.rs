//! Reference instructions (spec 2.4.2) and the branches on null (2.4.9).
//!
//! A reference to a function is the address of its `FuncRecord`; null is 0 for every type.

use super::environ::Name;
use super::table::is_null;
use super::{Translator, trap};
use cranelift_codegen::ir::{InstBuilder, types};
use wasmparser::Operator;
use wexe_abi::trap::Trap;

impl Translator<'_, '_> {
    pub(super) fn reference(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::RefNull { .. } => {
                let null = self.zero(types::I64);
                self.stack.push(null);
            }
            Operator::RefFunc { function_index } => {
                let record = self.symbol(Name::Record(*function_index));
                self.stack.push(record);
            }
            Operator::RefIsNull => {
                let value = self.stack.pop();
                let null = is_null(self, value);
                let null = self.builder.ins().uextend(types::I32, null);
                self.stack.push(null);
            }
            Operator::RefAsNonNull => {
                let value = self.stack.top(1)[0];
                self.builder.ins().trapz(value, trap::code(Trap::NullReference));
            }
            Operator::BrOnNull { relative_depth } => {
                let value = self.stack.pop();
                let null = is_null(self, value);
                self.branch_if(null, *relative_depth, true);
                self.stack.push(value);
            }
            Operator::BrOnNonNull { relative_depth } => {
                let value = self.stack.top(1)[0];
                let null = is_null(self, value);
                self.branch_if(null, *relative_depth, false);
                self.stack.pop();
            }
            _ => return false,
        }
        true
    }
}
