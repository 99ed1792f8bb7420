//! Branches that only choose what to pass to one block → the choice of a value.
//!
//! ```text
//!     branch c, left, right
//! left:                              →    jump end(select(c, a, b))
//!     jump end(a)
//! right:
//!     jump end(b)
//! ```

use super::sum::is_constant;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, Function, Inst, InstBuilder, InstructionData, Value, ValueDef,
};

/// Values that are chosen instead of a branch.
const MAX_CHOICES: usize = 2;
/// Blocks that only jump that are looked through.
const MAX_JUMPS: usize = 4;

/// Rewrites what the head of this file describes.
pub(super) fn make(function: &mut Function) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        let Some(branch) = function.layout.last_inst(block) else { continue };
        let InstructionData::Brif { arg: condition, blocks: ways, .. } = function.dfg.insts[branch] else { continue };
        let [Some((left, if_true)), Some((right, if_false))] = ways.map(|way| end(function, way)) else { continue };
        let choices = if_true.iter().zip(&if_false).filter(|(left, right)| left != right).count();
        if left != right || choices > MAX_CHOICES {
            continue;
        }
        let mut cursor = FuncCursor::new(function).at_inst(branch);
        let args: Vec<BlockArg> = if_true
            .into_iter()
            .zip(if_false)
            .map(|(left, right)| {
                let [left, right] = [left, right].map(|value| available(&mut cursor, value));
                if left == right { left } else { cursor.ins().select(condition, left, right) }
            })
            .map(BlockArg::from)
            .collect();
        cursor.func.replace(branch).jump(left, &args);
    }
}

/// Where a way leads, behind blocks that only jump, and what it passes there.
fn end(function: &Function, way: BlockCall) -> Option<(Block, Vec<Value>)> {
    let lists = &function.dfg.value_lists;
    let mut way = way;
    for _ in 0..MAX_JUMPS {
        let block = way.block(lists);
        let last = function.layout.last_inst(block)?;
        let makes_nothing =
            function.layout.block_insts(block).all(|inst| inst == last || makes_constant(function, inst));
        match function.dfg.insts[last] {
            InstructionData::Jump { destination, .. } if makes_nothing && function.dfg.num_block_params(block) == 0 => {
                way = destination;
            }
            _ => break,
        }
    }
    let args = way.args(lists).map(|arg| Some(function.dfg.resolve_aliases(arg.as_value()?))).collect::<Option<_>>()?;
    Some((way.block(lists), args))
}

/// The value, made again if it is a constant: that may have been made on one of the ways.
pub(super) fn available(cursor: &mut FuncCursor<'_>, value: Value) -> Value {
    match cursor.func.dfg.value_def(value) {
        ValueDef::Result(inst, _) if is_constant(&cursor.func.dfg, value) => {
            let constant = cursor.func.dfg.clone_inst(inst);
            cursor.insert_inst(constant);
            cursor.func.dfg.first_result(constant)
        }
        _ => value,
    }
}

fn makes_constant(function: &Function, inst: Inst) -> bool {
    function.dfg.inst_results(inst).iter().any(|&result| is_constant(&function.dfg, result))
}
