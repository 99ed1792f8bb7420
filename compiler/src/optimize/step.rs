//! A sum with a constant that a loop adds in each iteration → a difference, made before the loop.
//!
//! ```text
//! jump loop(p)                     step = i - (-2)
//!                                  jump loop(p)
//! loop(p):                   →     loop(p):
//!     step = i + 2
//!     branch loop(p + step)            branch loop(p + step)
//! ```
//!
//! Cranelift makes one instruction of `p + (i + 2)`, wherever `i + 2` is, and of nothing that is no sum. That takes the
//! processor two cycles where a sum of two takes one, and each iteration waits for that of the one before.

use super::block_of;
use super::sum::{constant_64, instruction};
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value, ValueDef};
use cranelift_codegen::loop_analysis::{Loop, LoopAnalysis};

/// Rewrites what the head of this file describes.
pub(super) fn separate(context: &mut Context) {
    let Context { func, cfg, loop_analysis: loops, .. } = context;
    for id in loops.loops() {
        let predecessors = cfg.pred_iter(loops.loop_header(id));
        let (ways_back, entries): (Vec<_>, Vec<_>) = predecessors.partition(|way| loops.is_in_loop(way.block, id));
        let [entry] = &entries[..] else { continue };
        for way in ways_back {
            for (sum, index) in sums(func, loops, id, way.inst) {
                separate_step(func, sum, index, entry.inst);
            }
        }
    }
}

/// The sums that a branch passes to the loop's header, of one of its parameters and a sum of a constant and what the
/// loop does not change, and the position of that.
fn sums(function: &Function, loops: &LoopAnalysis, id: Loop, branch: Inst) -> Vec<(Inst, usize)> {
    let dfg = &function.dfg;
    let header = loops.loop_header(id);
    let is_param = |value| matches!(dfg.value_def(narrow(dfg, value)), ValueDef::Param(block, _) if block == header);
    let is_step = |value| {
        let Some((fixed, constant)) = operands(dfg, value) else { return false };
        let is_fixed = block_of(function, fixed).is_some_and(|block| !loops.is_in_loop(block, id));
        is_fixed && constant_64(dfg, constant).is_some()
    };
    let sum = |value| {
        let value = narrow(dfg, value);
        let args = operands(dfg, value).map(|(left, right)| [left, right])?;
        let index = (0..2).find(|&index| is_step(args[index]) && is_param(args[1 - index]))?;
        dfg.value_def(value).inst().map(|inst| (inst, index))
    };
    dfg.inst_values(branch).filter_map(sum).collect()
}

/// What a value is the sum of.
fn operands(dfg: &DataFlowGraph, value: Value) -> Option<(Value, Value)> {
    match *instruction(dfg, value)? {
        InstructionData::Binary { opcode: Opcode::Iadd, args: [left, right] } => Some((left, right)),
        _ => None,
    }
}

/// What is extended, or of what this is the lower half.
fn narrow(dfg: &DataFlowGraph, value: Value) -> Value {
    match instruction(dfg, value) {
        Some(InstructionData::Unary { opcode: Opcode::Uextend | Opcode::Ireduce, arg }) => *arg,
        _ => value,
    }
}

/// Lets an operand of the sum be a difference that is made before the loop.
fn separate_step(function: &mut Function, sum: Inst, index: usize, before: Inst) {
    let dfg = &function.dfg;
    let step = dfg.inst_args(sum)[index];
    let number = dfg.value_type(step);
    let Some((fixed, constant)) = operands(dfg, step) else { return };
    let Some(constant) = constant_64(dfg, constant) else { return };
    let mut cursor = FuncCursor::new(function).at_inst(before);
    let negative = constant.wrapping_neg().cast_unsigned() & (u64::MAX >> (64 - number.bits()));
    let negative = cursor.ins().iconst(number, negative.cast_signed());
    let difference = cursor.ins().isub(fixed, negative);
    function.dfg.inst_args_mut(sum)[index] = difference;
}
