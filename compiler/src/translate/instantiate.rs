//! Initialisers, active segments and the start function → one function that brings an instance to life.
//!
//! It follows the order of the spec (4.7.3, instantiation). What the compiler already knows is not here: constant
//! globals are part of the state's image, and data segments at known places part of the memory's.

use super::environ::{Name, Region};
use super::{Environment, Translator, Workspace, signature};
use crate::error::Result;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Function, InstBuilder, UserFuncName, Value, types};
use std::mem::offset_of;
use wasmparser::{ConstExpr, DataKind, ElementItems, ElementKind, FuncType, Operator};
use wexe_abi::layout::{MemoryState, SegmentState, TableState};
use wexe_abi::trap::Trap;

/// The `ArrayCall` that instantiates the module, or nothing if there is nothing to do.
pub(crate) fn instantiate(environment: Environment<'_>, workspace: &mut Workspace) -> Result<Option<Function>> {
    if is_trivial(environment)? {
        return Ok(None);
    }
    let mut function = Function::with_name_signature(UserFuncName::default(), signature::array_call());
    let ty = FuncType::new([], []);
    let mut translator = Translator::new(environment, &mut function, &mut workspace.builder, &ty);
    translator.enter_thunk();
    translator.check_imports();
    translator.initialise_globals()?;
    translator.initialise_tables()?;
    translator.prepare_elements()?;
    translator.prepare_data();
    translator.apply_active_elements()?;
    translator.apply_active_data()?;
    if let Some(start) = environment.module.start {
        translator.call_function(start, environment.module.signature_of(start), Vec::new());
    }
    translator.builder.ins().return_(&[]);
    translator.builder.seal_all_blocks();
    translator.builder.finalize(environment.isa.frontend_config());
    Ok(Some(function))
}

fn is_trivial(environment: Environment<'_>) -> Result<bool> {
    let Environment { module, declarations, .. } = environment;
    let globals = module.globals.iter().zip(&declarations.globals);
    let known = globals.skip(module.imported.globals).all(|(_, global)| global.constant.is_some());
    let elements = module.elements.iter().all(|element| matches!(element.kind, ElementKind::Declared));
    let data = module.data.len() == declarations.folded_data;
    let tables = module.tables.iter().all(|table| table.init.is_none());
    let imports = ungrown_imports(environment).next().is_none();
    Ok(known && elements && data && tables && imports && module.start.is_none())
}

/// Memories and tables that are imported with a larger size than they were declared with: the address of their current
/// size, and the least that it must be.
fn ungrown_imports(environment: Environment<'_>) -> impl Iterator<Item = (u64, u64)> {
    let Environment { module, declarations, .. } = environment;
    let memories = declarations.memories.iter().zip(&module.memories).take(module.imported.memories);
    let memories = memories.filter(|(memory, wanted)| memory.ty.initial < wanted.initial).map(|(memory, wanted)| {
        let bytes = u128::from(wanted.initial) << wanted.page_size_log2.unwrap_or(16);
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        (memory.state + offset_of!(MemoryState, size) as u64, bytes)
    });
    let tables = declarations.tables.iter().zip(&module.tables).take(module.imported.tables);
    let tables = tables
        .filter(|(table, wanted)| table.ty.initial < wanted.ty.initial)
        .map(|(table, wanted)| (table.state + offset_of!(TableState, size) as u64, wanted.ty.initial));
    memories.chain(tables)
}

impl Translator<'_, '_> {
    /// Traps if an import is too small still.
    fn check_imports(&mut self) {
        for (address, least) in ungrown_imports(self.environment) {
            let flags = self.state_flags(Region::State);
            let address = self.address(address);
            let size = self.builder.ins().load(types::I64, flags, address, 0);
            let least = self.builder.ins().iconst(types::I64, least as i64);
            let too_small = self.builder.ins().icmp(IntCC::UnsignedLessThan, size, least);
            self.trap_if(too_small, Trap::IncompatibleImport);
        }
    }

    /// Evaluates a constant expression.
    fn expression(&mut self, expression: &ConstExpr<'_>) -> Result<Value> {
        for operator in expression.get_operators_reader() {
            match operator? {
                Operator::End => break,
                operator => self.operator(&operator)?,
            }
        }
        Ok(self.stack.pop())
    }

    fn initialise_globals(&mut self) -> Result<()> {
        let Environment { module, declarations, .. } = self.environment;
        for (index, global) in module.globals.iter().enumerate().skip(module.imported.globals) {
            if declarations.globals[index].constant.is_none() {
                let value = self.expression(global.init.as_ref().expect("a defined global has a value"))?;
                self.global_set(index as u32, value);
            }
        }
        Ok(())
    }

    fn initialise_tables(&mut self) -> Result<()> {
        for (index, table) in self.environment.module.tables.iter().enumerate() {
            if let Some(init) = &table.init {
                let value = self.expression(init)?;
                let dst = self.builder.ins().iconst(types::I64, 0);
                let len = self.builder.ins().iconst(types::I64, table.ty.initial as i64);
                self.table_fill(index as u32, dst, value, len);
            }
        }
        Ok(())
    }

    /// Computes elements that are not plain functions, and tells the segments where their elements are.
    fn prepare_elements(&mut self) -> Result<()> {
        let Environment { module, declarations, .. } = self.environment;
        for (index, element) in module.elements.iter().enumerate() {
            if matches!(element.kind, ElementKind::Declared) {
                continue;
            }
            let data = match declarations.element_values[index] {
                None => self.symbol(Name::Elements(index as u32)),
                Some(values) => self.compute_elements(&element.items, values)?,
            };
            let len = element_count(&element.items);
            self.set_segment(declarations.elements.state[index], len, data);
        }
        Ok(())
    }

    fn compute_elements(&mut self, items: &ElementItems<'_>, address: u64) -> Result<Value> {
        let ElementItems::Expressions(_, items) = items else {
            unreachable!("functions are never computed");
        };
        for (item, address) in items.clone().into_iter().zip((address..).step_by(8)) {
            let value = self.expression(&item?)?;
            let flags = self.state_flags(Region::State);
            let address = self.address(address);
            self.builder.ins().store(flags, value, address, 0);
        }
        Ok(self.address(address))
    }

    fn prepare_data(&mut self) {
        let Environment { module, declarations, .. } = self.environment;
        for (index, data) in module.data.iter().enumerate().skip(declarations.folded_data) {
            let bytes = self.symbol(Name::Data(index as u32));
            self.set_segment(declarations.data.state[index], data.data.len() as u64, bytes);
        }
    }

    fn set_segment(&mut self, state: u64, len: u64, data: Value) {
        let flags = self.state_flags(Region::State);
        let state = self.address(state);
        let len = self.builder.ins().iconst(types::I64, len as i64);
        self.builder.ins().store(flags, len, state, offset_of!(SegmentState, len) as i32);
        self.builder.ins().store(flags, data, state, offset_of!(SegmentState, data) as i32);
    }

    fn apply_active_elements(&mut self) -> Result<()> {
        let Environment { module, declarations, .. } = self.environment;
        for (index, element) in module.elements.iter().enumerate() {
            if let ElementKind::Active { table_index, offset_expr } = &element.kind {
                let dst = self.expression(offset_expr)?;
                let (src, len) = self.whole(element_count(&element.items));
                self.apply_elements(index as u32, table_index.unwrap_or(0), dst, src, len);
                self.drop_segment(declarations.elements.state[index]);
            }
        }
        Ok(())
    }

    fn apply_active_data(&mut self) -> Result<()> {
        let Environment { module, declarations, .. } = self.environment;
        for (index, data) in module.data.iter().enumerate().skip(declarations.folded_data) {
            if let DataKind::Active { memory_index, offset_expr } = &data.kind {
                let dst = self.expression(offset_expr)?;
                let (src, len) = self.whole(data.data.len() as u64);
                self.apply_data(index as u32, *memory_index, dst, src, len);
                self.drop_segment(declarations.data.state[index]);
            }
        }
        Ok(())
    }

    /// The range of a segment that is all of it.
    fn whole(&mut self, len: u64) -> (Value, Value) {
        let src = self.builder.ins().iconst(types::I64, 0);
        (src, self.builder.ins().iconst(types::I64, len as i64))
    }
}

fn element_count(items: &ElementItems<'_>) -> u64 {
    u64::from(match items {
        ElementItems::Functions(functions) => functions.count(),
        ElementItems::Expressions(_, items) => items.count(),
    })
}
