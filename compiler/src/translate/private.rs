//! A global that only this module sees, in a function that calls nothing that returns → a variable.
//!
//! ```text
//! global.set $sp (global.get $sp - 16)
//! if … { call $abort; unreachable }          →    if … { global.set $sp ($sp - 16); call $abort; unreachable }
//! global.set $sp ($sp - 16 + 16)
//! ```
//!
//! The stack pointer of compiled programs, in functions whose only calls report an error: what it is in between
//! concerns nobody. On the left each such function waits for the one before it, through memory. Not even a trap shows
//! it, which ends the program.

use super::{Translator, signature};
use crate::declare::Declarations;
use crate::optimize::Sum;
use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{DataFlowGraph, Inst, Value};
use cranelift_frontend::Variable;
use std::collections::BTreeSet;
use wasmparser::{FunctionBody, Operator};

/// More globals than a compiler keeps in variables are its program's.
const MAX_PRIVATE: usize = 2;

/// A global as a variable of one function.
pub(super) struct Private {
    global: u32,
    variable: Variable,
    /// What it is when the function is called.
    before: Value,
    /// Where it is given back.
    stores: Vec<(Inst, Value)>,
}

impl Translator<'_, '_> {
    /// Makes variables of globals.
    pub(super) fn take_privates(&mut self, body: &FunctionBody<'_>) {
        for global in changed(self.environment.declarations, body).unwrap_or_default() {
            let before = self.load_global(global);
            let ty = signature::value_type(self.environment.declarations.globals[global as usize].ty);
            let variable = self.builder.declare_var(ty);
            self.builder.def_var(variable, before);
            self.privates.push(Private { global, variable, before, stores: Vec::new() });
        }
    }

    /// The variable that this global is.
    pub(super) fn private(&self, global: u32) -> Option<Variable> {
        self.privates.iter().find(|private| private.global == global).map(|private| private.variable)
    }

    /// Stores the globals that are variables where others see them: before calls and at the end.
    pub(super) fn give_back_privates(&mut self) {
        for index in 0..self.privates.len() {
            let Private { global, variable, .. } = self.privates[index];
            let value = self.builder.use_var(variable);
            let store = self.store_global(global, value);
            self.privates[index].stores.push((store, value));
        }
    }

    /// Removes the stores of what is there anyway, when all variables are known.
    pub(super) fn forget_privates(&mut self) {
        for Private { before, stores, .. } in std::mem::take(&mut self.privates) {
            for (store, value) in stores {
                if is_same(&self.builder.func.dfg, value, before) {
                    self.builder.func.layout.remove_inst(store);
                }
            }
        }
    }
}

/// Whether two values are the same but for constants that are added and subtracted.
fn is_same(dfg: &DataFlowGraph, value: Value, other: Value) -> bool {
    let (value, other) = (dfg.resolve_aliases(value), dfg.resolve_aliases(other));
    value == other || dfg.value_type(value) == I32 && Sum::of(dfg, value, |_| true) == Sum::of(dfg, other, |_| true)
}

/// The private globals that a function writes to, if each of its calls is the last that it does.
fn changed(declarations: &Declarations, body: &FunctionBody<'_>) -> Option<BTreeSet<u32>> {
    let mut changed = BTreeSet::new();
    let mut is_called = false;
    for operator in body.get_operators_reader().ok()? {
        let operator = operator.ok()?;
        if std::mem::take(&mut is_called) && !matches!(operator, Operator::Unreachable) {
            return None;
        }
        match operator {
            Operator::GlobalSet { global_index } if declarations.globals.get(global_index as usize)?.is_private => {
                changed.insert(global_index);
            }
            Operator::Call { .. } | Operator::CallIndirect { .. } | Operator::CallRef { .. } => is_called = true,
            Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::Throw { .. }
            | Operator::ThrowRef
            | Operator::Rethrow { .. }
            | Operator::Try { .. }
            | Operator::TryTable { .. } => return None,
            _ => {}
        }
    }
    (changed.len() <= MAX_PRIVATE).then_some(changed)
}
