//! Variable instructions (spec 2.4.5) and the parametric ones (2.4.4): locals, globals, drop, select.

use super::environ::Region;
use super::{Translator, signature};
use crate::constant::Constant;
use cranelift_codegen::ir::{Inst, InstBuilder, Value};
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn variable(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::LocalGet { local_index } => {
                let value = self.builder.use_var(self.locals[*local_index as usize]);
                self.stack.push(value);
            }
            Operator::LocalSet { local_index } => {
                let value = self.stack.pop();
                self.builder.def_var(self.locals[*local_index as usize], value);
            }
            Operator::LocalTee { local_index } => {
                let value = self.stack.top(1)[0];
                self.builder.def_var(self.locals[*local_index as usize], value);
            }
            Operator::GlobalGet { global_index } => {
                let value = self.global_get(*global_index);
                self.stack.push(value);
            }
            Operator::GlobalSet { global_index } => {
                let value = self.stack.pop();
                self.global_set(*global_index, value);
            }
            Operator::Drop => {
                self.stack.pop();
            }
            Operator::Select | Operator::TypedSelect { .. } => {
                let (consequent, alternative, condition) = self.stack.pop3();
                let condition = self.condition(condition);
                let value = self.builder.ins().select(condition, consequent, alternative);
                self.stack.push(value);
            }
            _ => return false,
        }
        true
    }

    pub(super) fn global_get(&mut self, index: u32) -> Value {
        match self.private(index) {
            Some(variable) => self.builder.use_var(variable),
            None => self.load_global(index),
        }
    }

    pub(super) fn load_global(&mut self, index: u32) -> Value {
        let global = &self.environment.declarations.globals[index as usize];
        match global.constant {
            Some(constant) if !global.mutable => self.known(constant),
            _ => {
                let (ty, address) = (signature::value_type(global.ty), global.address);
                let flags = self.state_flags(Region::Global(index));
                let address = self.address(address);
                self.builder.ins().load(ty, flags, address, 0)
            }
        }
    }

    pub(super) fn global_set(&mut self, index: u32, value: Value) {
        match self.private(index) {
            Some(variable) => self.builder.def_var(variable, value),
            None => {
                self.store_global(index, value);
            }
        }
    }

    pub(super) fn store_global(&mut self, index: u32, value: Value) -> Inst {
        let address = self.environment.declarations.globals[index as usize].address;
        let flags = self.state_flags(Region::Global(index));
        let address = self.address(address);
        self.builder.ins().store(flags, value, address, 0)
    }

    /// A constant as a value.
    fn known(&mut self, constant: Constant) -> Value {
        use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
        use cranelift_codegen::ir::types::{I8X16, I32, I64};
        match constant {
            Constant::I32(value) => self.builder.ins().iconst(I32, i64::from(value as u32)),
            Constant::I64(value) => self.builder.ins().iconst(I64, value),
            Constant::F32(bits) => self.builder.ins().f32const(Ieee32::with_bits(bits)),
            Constant::F64(bits) => self.builder.ins().f64const(Ieee64::with_bits(bits)),
            Constant::V128(bits) => {
                let bytes = self.builder.func.dfg.constants.insert(bits.to_le_bytes().to_vec().into());
                self.builder.ins().vconst(I8X16, bytes)
            }
            Constant::Null => self.builder.ins().iconst(I64, 0),
        }
    }
}
