//! What a loop adds up: a parameter to which each iteration adds terms, in any order.

use crate::optimize::sum::instruction;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{DataFlowGraph, Inst, InstructionData, Opcode, Value, ValueDef};

/// Terms of one iteration that are looked at.
const MAX_TERMS: usize = 64;

/// What is added to a parameter, by an operation for which the order does not matter.
pub(super) struct Reduction {
    pub opcode: Opcode,
    pub terms: Vec<Value>,
    /// The operations, the last one first.
    pub made_by: Vec<Inst>,
}

impl Reduction {
    /// How `next` is made from the parameter, if it is so.
    pub fn of(dfg: &DataFlowGraph, param: Value, next: Value) -> Option<Reduction> {
        let opcode = instruction(dfg, next)?.opcode();
        let is_known = match opcode {
            Opcode::Iadd | Opcode::Band | Opcode::Bor | Opcode::Bxor => matches!(dfg.value_type(param), I32 | I64),
            Opcode::Smin | Opcode::Smax | Opcode::Umin | Opcode::Umax => dfg.value_type(param) == I32,
            _ => false,
        };
        let mut reduction = Reduction { opcode, terms: Vec::new(), made_by: Vec::new() };
        let mut pending = vec![next];
        let mut params = 0;
        while let Some(value) = pending.pop().filter(|_| reduction.made_by.len() < MAX_TERMS) {
            match dfg.value_def(value) {
                _ if value == param => params += 1,
                ValueDef::Result(inst, _) if dfg.insts[inst].opcode() == opcode => {
                    let InstructionData::Binary { args: [left, right], .. } = dfg.insts[inst] else { return None };
                    reduction.made_by.push(inst);
                    pending.extend([right, left]);
                }
                _ => reduction.terms.push(value),
            }
        }
        (is_known && params == 1 && pending.is_empty()).then_some(reduction)
    }
}
