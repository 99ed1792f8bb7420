//! Call instructions (spec 2.4.9): direct, through a table, through a reference, and their tail-call forms.

use super::environ::Region;
use super::{Translator, signature, trap};
use crate::declare::{Callee, type_id};
use crate::error::Result;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    FuncRef, Inst, InstBuilder, MemFlagsData, SigRef, StackSlotData, StackSlotKind, Value, types,
};
use wasmparser::types::CoreTypeId;
use wasmparser::{FuncType, Operator};
use wexe_abi::layout::{FuncEntry, FuncRecord, TableState};
use wexe_abi::trap::Trap;

/// What a call instruction calls.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Direct(FuncRef),
    /// Code at an address.
    Indirect(SigRef, Value),
}

impl Translator<'_, '_> {
    pub(super) fn call(&mut self, operator: &Operator<'_>) -> Result<bool> {
        match operator {
            Operator::Call { function_index } => {
                let target = Target::Direct(self.function(*function_index));
                self.call_type(target, self.environment.module.functions[*function_index as usize]);
            }
            Operator::CallIndirect { type_index, table_index } => {
                self.call_through_table(*table_index, self.environment.module.type_at(*type_index));
            }
            Operator::CallRef { type_index } => {
                let ty = self.environment.module.type_at(*type_index);
                let target = self.reference_target(ty);
                self.call_type(target, ty);
            }
            Operator::ReturnCall { function_index } => {
                let ty = self.environment.module.functions[*function_index as usize];
                let target = Target::Direct(self.function(*function_index));
                let callee = &self.environment.declarations.functions[*function_index as usize].callee;
                if matches!(callee, Callee::Host(_)) {
                    self.call_type(target, ty);
                    let values = self.stack.pop_many(self.results.len());
                    self.return_values(&values);
                    self.stack.reachable = false;
                } else {
                    self.return_call(target, ty);
                }
            }
            Operator::ReturnCallIndirect { type_index, table_index } => {
                let ty = self.environment.module.type_at(*type_index);
                let target = self.table_target(*table_index, ty);
                self.return_call(target, ty);
            }
            Operator::ReturnCallRef { type_index } => {
                let ty = self.environment.module.type_at(*type_index);
                let target = self.reference_target(ty);
                self.return_call(target, ty);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Calls with the operands on the stack and leaves the results there.
    pub(super) fn call_type(&mut self, target: Target, ty: CoreTypeId) {
        let ty = self.environment.module.func_type(ty).clone();
        let arguments = self.stack.pop_many(ty.params().len());
        let results = self.call_values(target, &ty, arguments);
        self.stack.values.extend(results);
    }

    /// Calls a function of this type.
    pub(super) fn call_values(&mut self, target: Target, ty: &FuncType, mut arguments: Vec<Value>) -> Vec<Value> {
        self.give_back_privates();
        if !signature::results_in_memory(ty) {
            return self.invoke(target, &arguments);
        }
        let size = ty.results().len() as u32 * signature::RESULT_CELL;
        let slot = self.builder.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 4));
        let pointer = self.builder.ins().stack_addr(types::I64, slot, 0);
        arguments.insert(0, pointer);
        self.invoke(target, &arguments);
        let cells = (0..size as i32).step_by(signature::RESULT_CELL as usize);
        ty.results()
            .iter()
            .zip(cells)
            .map(|(ty, offset)| {
                let flags = MemFlagsData::trusted();
                self.builder.ins().load(signature::value_type(*ty), flags, pointer, offset)
            })
            .collect()
    }

    /// Emits the call instruction itself. It only mentions handlers where a `try` is open and an exception may come.
    pub(super) fn invoke(&mut self, target: Target, arguments: &[Value]) -> Vec<Value> {
        if let Some(handlers) = self.handlers_of(target) {
            return self.try_call(target, arguments, &handlers);
        }
        let call: Inst = match target {
            Target::Direct(function) => self.builder.ins().call(function, arguments),
            Target::Indirect(signature, code) => self.builder.ins().call_indirect(signature, code, arguments),
        };
        self.tag_call(call);
        self.builder.inst_results(call).to_vec()
    }

    fn return_call(&mut self, target: Target, ty: CoreTypeId) {
        let params = self.environment.module.func_type(ty).params().len();
        let mut arguments = self.stack.pop_many(params);
        if let Some(pointer) = self.result_pointer {
            arguments.insert(0, pointer);
        }
        let call = match target {
            Target::Direct(function) => self.builder.ins().return_call(function, &arguments),
            Target::Indirect(signature, code) => self.builder.ins().return_call_indirect(signature, code, &arguments),
        };
        self.tag_call(call);
        self.stack.reachable = false;
    }

    /// Stores results where a function that returns them in memory was told to.
    pub(super) fn store_results(&mut self, pointer: Value, values: &[Value]) {
        for (value, offset) in values.iter().zip((0i32..).step_by(signature::RESULT_CELL as usize)) {
            self.builder.ins().store(MemFlagsData::trusted(), *value, pointer, offset);
        }
    }

    /// The element at the index on the stack, if it is a function of this type; traps otherwise.
    pub(super) fn table_target(&mut self, table: u32, ty: CoreTypeId) -> Target {
        let index = self.stack.pop();
        let entry = self.table_entry(table, index, Trap::UndefinedElement);
        let flags = self.state_flags(Region::Table(table));
        let type_offset = std::mem::offset_of!(FuncEntry, type_id) as i32;
        let actual = self.builder.ins().load(types::I32, flags, entry, type_offset);
        let expected = self.builder.ins().iconst(types::I32, i64::from(type_id(ty)));
        let other = self.builder.ins().icmp(IntCC::NotEqual, actual, expected);
        let (mismatch, matches) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(mismatch);
        self.builder.ins().brif(other, mismatch, &[], matches, &[]);
        self.builder.seal_block(mismatch);
        self.builder.seal_block(matches);
        self.builder.switch_to_block(mismatch);
        self.builder.ins().trapz(actual, trap::code(Trap::UninitializedElement));
        self.trap(Trap::IndirectCallTypeMismatch);
        self.builder.switch_to_block(matches);
        self.count_target(entry);
        let code = self.builder.ins().load(types::I64, flags, entry, std::mem::offset_of!(FuncEntry, code) as i32);
        Target::Indirect(self.signature(ty), code)
    }

    /// The address of the element at `index`, which is checked against the table's size.
    pub(super) fn table_entry(&mut self, table: u32, index: Value, trap: Trap) -> Value {
        let declaration = &self.environment.declarations.tables[table as usize];
        let (base, state, fixed) = (declaration.base, declaration.state, declaration.fixed_size);
        let shift = declaration.entry_size().ilog2();
        let index = match fixed {
            Some(size) => {
                let ty = self.builder.func.dfg.value_type(index);
                let size = self.builder.ins().iconst(ty, size as i64);
                let out = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, size);
                self.trap_if(out, trap);
                self.extend(index)
            }
            None => {
                let index = self.extend(index);
                let size = self.table_elements(state);
                let out = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, size);
                self.trap_if(out, trap);
                index
            }
        };
        let distance = self.builder.ins().ishl_imm_u(index, i64::from(shift));
        let base = self.address(base);
        self.builder.ins().iadd(distance, base)
    }

    /// The current size of the table whose state is at this address.
    pub(super) fn table_elements(&mut self, state: u64) -> Value {
        let flags = self.state_flags(Region::State);
        let state = self.address(state);
        self.builder.ins().load(types::I64, flags, state, std::mem::offset_of!(TableState, size) as i32)
    }

    /// The function that the reference on the stack leads to; traps if it is null.
    fn reference_target(&mut self, ty: CoreTypeId) -> Target {
        let reference = self.stack.pop();
        self.builder.ins().trapz(reference, trap::code(Trap::NullFunctionReference));
        let code = self.record_code(reference);
        Target::Indirect(self.signature(ty), code)
    }

    /// The code address of a `FuncRecord`.
    pub(super) fn record_code(&mut self, record: Value) -> Value {
        let flags = MemFlagsData::trusted().with_readonly();
        let distance = self.builder.ins().sload32(flags, record, std::mem::offset_of!(FuncRecord, code) as i32);
        self.builder.ins().iadd(record, distance)
    }
}
