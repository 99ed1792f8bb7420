//! The first operand of an operation on integers → the one that nothing needs afterwards.
//!
//! ```text
//! c = bxor a, b              c = bxor b, a
//! d = iadd a, c       →      d = iadd a, c
//! ```
//!
//! The processor writes the result over the first operand: on the left `a` would have to be copied before. Hence this
//! comes last, when all instructions are where they stay.

use super::block_of;
use super::sum::instruction;
use cranelift_codegen::entity::packed_option::PackedOption;
use cranelift_codegen::entity::{EntitySet, SecondaryMap};
use cranelift_codegen::ir::{Block, DataFlowGraph, Function, InstructionData, Opcode, Value};

/// Rewrites what the head of this file describes.
pub(super) fn order(function: &mut Function) {
    let escaping = escaping(function);
    let blocks: Vec<Block> = function.layout.blocks().collect();
    // The block that was last found to use a value.
    let mut used: SecondaryMap<Value, PackedOption<Block>> = SecondaryMap::new();
    for block in blocks {
        let mut next = function.layout.last_inst(block);
        while let Some(inst) = next {
            next = function.layout.prev_inst(inst);
            let dfg = &mut function.dfg;
            if let InstructionData::Binary {
                opcode: Opcode::Band | Opcode::Bor | Opcode::Bxor | Opcode::Imul,
                args: [left, right],
            } = dfg.insts[inst]
            {
                let is_needed = |value| used[value] == Some(block).into() || escaping.contains(value);
                if is_needed(left) && !is_needed(right) && !is_operand(dfg, right) {
                    dfg.inst_args_mut(inst).swap(0, 1);
                }
            }
            for value in dfg.inst_values(inst) {
                used[value] = Some(block).into();
            }
        }
    }
}

/// Values that are used in other blocks than those that make them.
pub(super) fn escaping(function: &Function) -> EntitySet<Value> {
    let dfg = &function.dfg;
    let mut escaping = EntitySet::new();
    for block in function.layout.blocks() {
        for inst in function.layout.block_insts(block) {
            for value in dfg.inst_values(inst) {
                if block_of(function, value) != Some(block) {
                    escaping.insert(value);
                }
            }
        }
    }
    escaping
}

/// Whether the value can be part of an instruction as the second operand: a constant or what is in memory.
fn is_operand(dfg: &DataFlowGraph, value: Value) -> bool {
    instruction(dfg, value).is_some_and(|made| made.opcode() == Opcode::Iconst || made.opcode().can_load())
}
