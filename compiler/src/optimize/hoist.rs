//! What a loop compares with, and does not change → computed before the loop.
//!
//! ```text
//! loop(n):                              end = band len, -2
//!     …                                 loop(n):
//!     end = band len, -2         →          …
//!     branch n + 2 == end, out, loop        branch n + 2 == end, out, loop
//! ```
//!
//! Cranelift makes what needs one instruction again wherever it is used, to keep it out of a register in between: good
//! where it is used once, and bad for the end of a loop. Hence this comes after it.

use super::block_of;
use super::sum::is_constant;
use cranelift_codegen::Context;
use cranelift_codegen::ir::{Function, Inst, InstructionData, Opcode, Value, ValueDef};
use cranelift_codegen::loop_analysis::{Loop, LoopAnalysis};
use std::collections::HashSet;

/// Instructions that are moved for one operand.
const MAX_DEPTH: usize = 3;

/// Rewrites what the head of this file describes.
pub(super) fn ends(context: &mut Context) {
    let Context { func, cfg, loop_analysis: loops, .. } = context;
    let outer: HashSet<Loop> = loops.loops().filter_map(|id| loops.loop_parent(id)).collect();
    let blocks: Vec<_> = func.layout.blocks().collect();
    for block in blocks {
        let Some(id) = loops.innermost_loop(block).filter(|id| !outer.contains(id)) else { continue };
        let header = loops.loop_header(id);
        let mut entries = cfg.pred_iter(header).filter(|entry| !loops.is_in_loop(entry.block, id));
        let (Some(entry), None) = (entries.next(), entries.next()) else { continue };
        let insts: Vec<Inst> = func.layout.block_insts(block).collect();
        for inst in insts {
            let InstructionData::IntCompare { args, .. } = func.dfg.insts[inst] else { continue };
            for value in args {
                if !is_constant(&func.dfg, value) && is_movable(func, loops, id, value, MAX_DEPTH) {
                    move_before(func, loops, id, value, entry.inst);
                }
            }
        }
    }
}

/// The instruction in the loop that makes the value.
fn made_in(function: &Function, loops: &LoopAnalysis, id: Loop, value: Value) -> Option<Inst> {
    let ValueDef::Result(inst, _) = function.dfg.value_def(value) else { return None };
    let block = function.layout.inst_block(inst)?;
    loops.is_in_loop(block, id).then_some(inst)
}

/// Whether the value is made of what the loop does not change.
fn is_movable(function: &Function, loops: &LoopAnalysis, id: Loop, value: Value, depth: usize) -> bool {
    let Some(inst) = made_in(function, loops, id, value) else {
        return block_of(function, value).is_some_and(|block| !loops.is_in_loop(block, id));
    };
    let is_pure = matches!(
        function.dfg.insts[inst].opcode(),
        Opcode::Iconst
            | Opcode::Iadd
            | Opcode::Isub
            | Opcode::Band
            | Opcode::Bor
            | Opcode::Bxor
            | Opcode::Bnot
            | Opcode::Uextend
    );
    let args = function.dfg.inst_args(inst);
    depth > 0 && is_pure && args.iter().all(|&arg| is_movable(function, loops, id, arg, depth - 1))
}

/// Moves what makes the value before an instruction ahead of the loop. Constants are made there once more.
fn move_before(function: &mut Function, loops: &LoopAnalysis, id: Loop, value: Value, before: Inst) {
    let Some(inst) = made_in(function, loops, id, value) else { return };
    for (index, arg) in function.dfg.inst_args(inst).to_vec().into_iter().enumerate() {
        match made_in(function, loops, id, arg) {
            Some(constant) if is_constant(&function.dfg, arg) => {
                let constant = function.dfg.clone_inst(constant);
                function.layout.insert_inst(constant, before);
                function.dfg.inst_args_mut(inst)[index] = function.dfg.first_result(constant);
            }
            _ => move_before(function, loops, id, arg, before),
        }
    }
    function.layout.remove_inst(inst);
    function.layout.insert_inst(inst, before);
}
