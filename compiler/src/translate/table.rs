//! Table instructions (spec 2.4.6).

use super::Translator;
use super::environ::Region;
use crate::declare::{Table, function_items};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use std::mem::offset_of;
use wasmparser::Operator;
use wexe_abi::builtins::Builtin;
use wexe_abi::layout::{FuncEntry, FuncRecord, StateHeader};
use wexe_abi::trap::Trap;

impl Translator<'_, '_> {
    pub(super) fn table(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::TableGet { table } => self.table_get(*table),
            Operator::TableSet { table } => self.table_set(*table),
            Operator::TableSize { table } => {
                let (state, is_64) = (self.table_at(*table).state, self.table_at(*table).ty.table64);
                let size = self.table_elements(state);
                let size = self.narrow(size, is_64);
                self.stack.push(size);
            }
            Operator::TableGrow { table } => {
                let (value, delta) = self.stack.pop2();
                let delta = self.extend(delta);
                let state = self.table_state(*table);
                let old = self.call_builtin(Builtin::TableGrow, &[state, value, delta]);
                let old = self.narrow(old, self.table_at(*table).ty.table64);
                self.stack.push(old);
            }
            Operator::TableFill { table } => {
                let (dst, value, len) = self.stack.pop3();
                self.table_fill(*table, dst, value, len);
            }
            Operator::TableCopy { dst_table, src_table } => {
                let (dst, src, len) = self.stack.pop3();
                let (dst, src, len) = (self.extend(dst), self.extend(src), self.extend(len));
                let (dst_table, src_table) = (self.table_state(*dst_table), self.table_state(*src_table));
                let code = self.call_builtin(Builtin::TableCopy, &[dst_table, src_table, dst, src, len]);
                self.trap_on_code(code, Trap::TableOutOfBounds);
            }
            Operator::TableInit { elem_index, table } => {
                let (dst, src, len) = self.stack.pop3();
                self.apply_elements(*elem_index, *table, dst, src, len);
            }
            Operator::ElemDrop { elem_index } => {
                let state = self.environment.declarations.elements.state[*elem_index as usize];
                self.drop_segment(state);
            }
            _ => return false,
        }
        true
    }

    fn table_at(&self, table: u32) -> &Table {
        &self.environment.declarations.tables[table as usize]
    }

    fn table_state(&mut self, table: u32) -> Value {
        let state = self.table_at(table).state;
        self.address(state)
    }

    fn image_base(&mut self) -> Value {
        let flags = self.state_flags(Region::State);
        let state = self.address(self.environment.declarations.state);
        self.builder.ins().load(types::I64, flags, state, offset_of!(StateHeader, image_base) as i32)
    }

    fn table_get(&mut self, table: u32) {
        let index = self.stack.pop();
        let entry = self.table_entry(table, index, Trap::TableOutOfBounds);
        let flags = self.state_flags(Region::Table(table));
        let value = if self.table_at(table).holds_functions() {
            let record = self.builder.ins().uload32(flags, entry, offset_of!(FuncEntry, record) as i32);
            let image_base = self.image_base();
            let address = self.builder.ins().iadd(image_base, record);
            self.builder.ins().select(record, address, record)
        } else {
            self.builder.ins().load(types::I64, flags, entry, 0)
        };
        self.stack.push(value);
    }

    fn table_set(&mut self, table: u32) {
        let (index, value) = self.stack.pop2();
        let entry = self.table_entry(table, index, Trap::TableOutOfBounds);
        let flags = self.state_flags(Region::Table(table));
        if !self.table_at(table).holds_functions() {
            self.builder.ins().store(flags, value, entry, 0);
            return;
        }
        let (some, null, done) =
            (self.builder.create_block(), self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(value, some, &[], null, &[]);
        self.builder.seal_block(some);
        self.builder.seal_block(null);

        self.builder.switch_to_block(some);
        let code = self.record_code(value);
        let readonly = MemFlagsData::trusted().with_readonly();
        let ty = self.builder.ins().load(types::I32, readonly, value, offset_of!(FuncRecord, type_id) as i32);
        let image_base = self.image_base();
        let record = self.builder.ins().isub(value, image_base);
        self.store_entry(flags, entry, code, ty, record);
        self.builder.ins().jump(done, &[]);

        self.builder.switch_to_block(null);
        let zero = self.builder.ins().iconst(types::I64, 0);
        let no_type = self.builder.ins().iconst(types::I32, 0);
        self.store_entry(flags, entry, zero, no_type, zero);
        self.builder.ins().jump(done, &[]);
        self.builder.seal_block(done);
        self.builder.switch_to_block(done);
    }

    fn store_entry(&mut self, flags: MemFlagsData, entry: Value, code: Value, ty: Value, record: Value) {
        self.builder.ins().store(flags, code, entry, offset_of!(FuncEntry, code) as i32);
        self.builder.ins().store(flags, ty, entry, offset_of!(FuncEntry, type_id) as i32);
        self.builder.ins().istore32(flags, record, entry, offset_of!(FuncEntry, record) as i32);
    }

    pub(super) fn table_fill(&mut self, table: u32, dst: Value, value: Value, len: Value) {
        let (dst, len) = (self.extend(dst), self.extend(len));
        let state = self.table_state(table);
        let code = self.call_builtin(Builtin::TableFill, &[state, dst, value, len]);
        self.trap_on_code(code, Trap::TableOutOfBounds);
    }

    /// Copies a part of an element segment into a table, or traps.
    pub(super) fn apply_elements(&mut self, segment: u32, table: u32, dst: Value, src: Value, len: Value) {
        let (dst, src, len) = (self.extend(dst), self.extend(src), self.extend(len));
        let element = &self.environment.module.elements[segment as usize];
        let offsets = matches!(function_items(element), Ok(Some(_)));
        let builtin = if offsets { Builtin::TableInitFunc } else { Builtin::TableInit };
        let segment = self.environment.declarations.elements.state[segment as usize];
        let (table, segment) = (self.table_state(table), self.address(segment));
        let code = self.call_builtin(builtin, &[table, segment, dst, src, len]);
        self.trap_on_code(code, Trap::TableOutOfBounds);
    }
}

/// Whether a value is null, as a CLIF boolean.
pub(super) fn is_null(translator: &mut Translator<'_, '_>, value: Value) -> Value {
    translator.builder.ins().icmp_imm_s(IntCC::Equal, value, 0)
}
