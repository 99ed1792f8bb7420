//! A branch that may leave a loop → the same with the way out first.
//!
//! ```text
//! loop:                                 loop:
//!     branch a < b, more, out     →         branch a >= b, out, more
//! ```
//!
//! Cranelift moves what a loop does not change before it, but only until it comes upon a block that is not in the loop,
//! and of two blocks it comes upon the second one first.

use crate::translate::inverse_comparison;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I8;
use cranelift_codegen::ir::{Block, Function, InstBuilder, InstructionData, Value};
use cranelift_codegen::loop_analysis::LoopAnalysis;

/// Rewrites what the head of this file describes.
pub(super) fn order(function: &mut Function, loops: &LoopAnalysis) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        let Some(branch) = function.layout.last_inst(block).filter(|_| loops.innermost_loop(block).is_some()) else {
            continue;
        };
        let InstructionData::Brif { arg, blocks: ways, .. } = function.dfg.insts[branch] else { continue };
        let [first, second] = ways.map(|way| stays(loops, block, way.block(&function.dfg.value_lists)));
        if first <= second {
            continue;
        }
        let Some(condition) = inverted(&mut FuncCursor::new(function).at_inst(branch), arg) else { continue };
        if let InstructionData::Brif { arg, blocks, .. } = &mut function.dfg.insts[branch] {
            *arg = condition;
            blocks.swap(0, 1);
        }
    }
}

/// How many of the loops around a block one is in that follows it.
fn stays(loops: &LoopAnalysis, block: Block, next: Block) -> usize {
    let begins_one = loops.is_loop_header(next).is_some_and(|id| !loops.is_in_loop(block, id));
    loops.loop_level(next).level() - usize::from(begins_one)
}

/// What holds where a condition does not, if that takes no longer to find out. (A comparison that is used elsewhere is
/// made twice.)
fn inverted(cursor: &mut FuncCursor<'_>, condition: Value) -> Option<Value> {
    match inverse_comparison(cursor.ins(), condition) {
        None if cursor.func.dfg.value_type(condition) == I8 => None,
        None => Some(cursor.ins().icmp_imm_s(IntCC::Equal, condition, 0)),
        inverse => inverse,
    }
}
