//! The choice of the greater or lesser of two floating-point numbers → as the processor makes it, without a branch.
//!
//! ```text
//! select(x > y, x, y)       →    select(y < x, x, y)    (maxsd)
//! select(!(x < y), x, y)    →    select(x < y, y, x)    (maxsd)
//! ```
//!
//! Cranelift knows the instruction by `<` alone. Any other choice of floating-point numbers becomes a branch, which
//! the processor cannot foresee where numbers come in no order.

use super::sum::instruction;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::{CondCode, FloatCC};
use cranelift_codegen::ir::{Block, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value};

/// Rewrites what the head of this file describes.
pub(super) fn choose(function: &mut Function) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        let mut cursor = FuncCursor::new(function).at_top(block);
        while let Some(inst) = cursor.next_inst() {
            let Some((lesser, greater, [if_true, if_false])) = extreme(&cursor.func.dfg, inst) else { continue };
            let is_less = cursor.ins().fcmp(FloatCC::LessThan, lesser, greater);
            cursor.func.replace(inst).select(is_less, if_true, if_false);
        }
    }
}

/// If an instruction chooses one of two numbers by how they compare: what must be less than what, and what is chosen
/// then and otherwise.
fn extreme(dfg: &DataFlowGraph, inst: Inst) -> Option<(Value, Value, [Value; 2])> {
    let InstructionData::Ternary { opcode: Opcode::Select, args: [condition, if_true, if_false] } = dfg.insts[inst]
    else {
        return None;
    };
    let InstructionData::FloatCompare { cond, args: [left, right], .. } = *instruction(dfg, condition)? else {
        return None;
    };
    let [left, right, if_true, if_false] = [left, right, if_true, if_false].map(|value| dfg.resolve_aliases(value));
    if (left, right) != (if_true, if_false) && (left, right) != (if_false, if_true) {
        return None;
    }
    let (cond, chosen) = match cond {
        FloatCC::UnorderedOrGreaterThanOrEqual | FloatCC::UnorderedOrLessThanOrEqual => {
            (cond.complement(), [if_false, if_true])
        }
        _ => (cond, [if_true, if_false]),
    };
    match cond {
        FloatCC::LessThan => Some((left, right, chosen)),
        FloatCC::GreaterThan => Some((right, left, chosen)),
        _ => None,
    }
}
