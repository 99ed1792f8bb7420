//! A comparison whose result is added to something, in a loop → a choice between two sums.
//!
//! ```text
//! p + uextend(a == b)    →    select(a == b, p + 1, p)
//! ```
//!
//! Cranelift makes the number on the left with `setcc`, which writes one byte of a register and keeps the rest: so the
//! processor waits for whatever the register held before, and two chains of a loop that have nothing in common become
//! one as long as both. The choice on the right (`cmov`) needs an instruction less and no such register.

use super::sum::instruction;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Block, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value};
use cranelift_codegen::loop_analysis::LoopAnalysis;

/// Rewrites what the head of this file describes.
pub(super) fn choose(function: &mut Function, loops: &LoopAnalysis) {
    let blocks: Vec<Block> = function.layout.blocks().filter(|&block| loops.innermost_loop(block).is_some()).collect();
    for block in blocks {
        let mut cursor = FuncCursor::new(function).at_top(block);
        while let Some(inst) = cursor.next_inst() {
            let Some((value, step, comparison)) = counting(&cursor.func.dfg, inst) else { continue };
            let number = cursor.func.dfg.value_type(value);
            let step = cursor.ins().iconst(number, step);
            let next = cursor.ins().iadd(value, step);
            cursor.func.replace(inst).select(comparison, next, value);
        }
    }
}

/// The parts of `value + comparison` (step 1) or `value - comparison` (step −1).
fn counting(dfg: &DataFlowGraph, inst: Inst) -> Option<(Value, i64, Value)> {
    let InstructionData::Binary { opcode, args: [left, right] } = dfg.insts[inst] else { return None };
    // Sums of 128 bits that `carry` made have no constants of that width to choose from.
    if dfg.value_type(left).bits() > 64 {
        return None;
    }
    match (opcode, comparison(dfg, left), comparison(dfg, right)) {
        (Opcode::Iadd, None, Some(comparison)) => Some((left, 1, comparison)),
        (Opcode::Iadd, Some(comparison), None) => Some((right, 1, comparison)),
        (Opcode::Isub, None, Some(comparison)) => Some((left, -1, comparison)),
        _ => None,
    }
}

/// What a number says the result of, if it does.
fn comparison(dfg: &DataFlowGraph, number: Value) -> Option<Value> {
    match *instruction(dfg, number)? {
        InstructionData::Unary { opcode: Opcode::Uextend, arg } => match instruction(dfg, arg)? {
            InstructionData::IntCompare { .. } => Some(arg),
            _ => comparison(dfg, arg),
        },
        _ => None,
    }
}
