//! What a branch passes on → passed on behind the branch.
//!
//! ```text
//! loop(i):                              loop(i):
//!     …                                     …
//!     a = p + i                     →       branch c, out, next
//!     branch c, end(a, 5), next         out:
//!                                           a = p + i
//!                                           jump end(a, 5)
//! ```
//!
//! Cranelift computes a value before what uses it, and makes constants there: on the left in each iteration, though
//! they are needed after the last one. The way back to a loop stays as it is: it is short where nothing is computed.

use super::liveness::has_effect;
use super::table::detour;
use cranelift_codegen::Context;
use cranelift_codegen::ir::{Block, BlockArg, BlockCall, Function, InstructionData, ValueDef};

/// Rewrites what the head of this file describes, before Cranelift decides where values are computed.
pub(super) fn split(context: &mut Context) {
    let Context { func, loop_analysis: loops, .. } = context;
    let blocks: Vec<Block> = func.layout.blocks().collect();
    for block in blocks {
        let Some(branch) = func.layout.last_inst(block) else { continue };
        let InstructionData::Brif { blocks: ways, .. } = func.dfg.insts[branch] else { continue };
        for (side, way) in ways.into_iter().enumerate() {
            let to = way.block(&func.dfg.value_lists);
            if loops.is_loop_header(to).is_none() && passes_computed(func, way) {
                let args: Vec<BlockArg> = way.args(&func.dfg.value_lists).collect();
                let detour = BlockCall::new(detour(func, block, to, &args), [], &mut func.dfg.value_lists);
                if let InstructionData::Brif { blocks, .. } = &mut func.dfg.insts[branch] {
                    blocks[side] = detour;
                }
            }
        }
    }
}

/// Whether something of what is passed is computed.
fn passes_computed(function: &Function, way: BlockCall) -> bool {
    let dfg = &function.dfg;
    let values = way.args(&dfg.value_lists).filter_map(|arg| arg.as_value());
    let mut insts = values.filter_map(|value| match dfg.value_def(dfg.resolve_aliases(value)) {
        ValueDef::Result(inst, _) => Some(inst),
        _ => None,
    });
    insts.any(|inst| !has_effect(dfg.insts[inst].opcode()))
}
