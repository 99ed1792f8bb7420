//! What a jump through a table passes on → passed on behind the jump.
//!
//! ```text
//!                                               branch table[i] → a, b, a
//!                                           a:
//! branch table[i] →                   →         jump loop(5, x)
//!     loop(5, x), end(7), loop(5, x)        b:
//!                                               jump end(7)
//! ```
//!
//! Cranelift makes constants where the jump is, for it has only moves between one block and another: on the left all
//! of them before each jump, whichever way that takes.

use super::choice::available;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Block, BlockArg, BlockCall, Function, InstBuilder, InstructionData};
use std::collections::HashMap;

/// Rewrites what the head of this file describes.
pub(super) fn split(function: &mut Function) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        let Some(branch) = function.layout.last_inst(block) else { continue };
        let InstructionData::BranchTable { table, .. } = function.dfg.insts[branch] else { continue };
        let mut detours = HashMap::new();
        for index in 0..function.dfg.jump_tables[table].all_branches().len() {
            let (dfg, way) = (&function.dfg, function.dfg.jump_tables[table].all_branches()[index]);
            if way.len(&dfg.value_lists) > 0 {
                let passed = (way.block(&dfg.value_lists), way.args(&dfg.value_lists).collect::<Vec<_>>());
                let detour = detours.entry(passed).or_insert_with_key(|(to, args)| detour(function, block, *to, args));
                let way = BlockCall::new(*detour, [], &mut function.dfg.value_lists);
                function.dfg.jump_tables[table].all_branches_mut()[index] = way;
            }
        }
    }
}

/// A new block that passes the arguments on.
pub(super) fn detour(function: &mut Function, from: Block, to: Block, args: &[BlockArg]) -> Block {
    let block = function.dfg.make_block();
    function.layout.insert_block_after(block, from);
    if function.layout.is_cold(to) {
        function.layout.set_cold(block);
    }
    let mut cursor = FuncCursor::new(function).at_bottom(block);
    let args: Vec<BlockArg> = args.iter().map(|arg| arg.map_value(|value| available(&mut cursor, value))).collect();
    cursor.ins().jump(to, &args);
    block
}
