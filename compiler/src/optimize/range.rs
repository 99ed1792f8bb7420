//! How large an integer can be: an upper bound from the instructions that make it, and for a block's parameter from
//! what all branches pass to it.

use super::sum::{constant, instruction};
use cranelift_codegen::ir::{BlockArg, DataFlowGraph, Function, InstructionData, Opcode, Value};
use std::collections::HashMap;

/// Instructions that are looked through on one way.
const MAX_DEPTH: u32 = 6;

/// Upper bounds of the function's values.
pub(super) struct Bounds {
    /// Of parameters that are less than their type allows.
    params: HashMap<Value, u64>,
}

impl Bounds {
    pub fn of(function: &Function) -> Bounds {
        let dfg = &function.dfg;
        let mut bounds = Bounds { params: HashMap::new() };
        let mut params: HashMap<Value, u64> = HashMap::new();
        for block in function.layout.blocks() {
            let Some(terminator) = function.layout.last_inst(block) else { continue };
            for call in dfg.insts[terminator].branch_destination(&dfg.jump_tables, &dfg.exception_tables) {
                let passed = call.args(&dfg.value_lists);
                for (&param, argument) in dfg.block_params(call.block(&dfg.value_lists)).iter().zip(passed) {
                    let bound = match argument {
                        BlockArg::Value(value) if dfg.resolve_aliases(value) == param => 0,
                        BlockArg::Value(value) => bounds.upper_bound(dfg, value),
                        _ => u64::MAX,
                    };
                    params.entry(param).and_modify(|known| *known = bound.max(*known)).or_insert(bound);
                }
            }
        }
        params.retain(|_, bound| *bound < u64::from(u32::MAX));
        bounds.params = params;
        bounds
    }

    /// The value, as an unsigned number, is at most this. (Of what is wider than 64 bits nothing is said.)
    pub fn upper_bound(&self, dfg: &DataFlowGraph, value: Value) -> u64 {
        bound(dfg, &self.params, value, MAX_DEPTH)
    }
}

fn bound(dfg: &DataFlowGraph, params: &HashMap<Value, u64>, value: Value, depth: u32) -> u64 {
    let ty = dfg.value_type(value);
    if !ty.is_int() || ty.bits() > 64 {
        return u64::MAX;
    }
    let largest = u64::MAX >> (64 - ty.bits());
    let Some(instruction) = instruction(dfg, value).filter(|_| depth > 0) else {
        return params.get(&dfg.resolve_aliases(value)).map_or(largest, |bound| largest.min(*bound));
    };
    let of = |value: Value| bound(dfg, params, value, depth - 1);
    let bound = match *instruction {
        InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => imm.bits() as u64 & largest,
        InstructionData::Unary { opcode: Opcode::Uextend | Opcode::Ireduce, arg } => of(arg),
        InstructionData::Unary { opcode: Opcode::Clz | Opcode::Ctz | Opcode::Popcnt, .. } => 64,
        InstructionData::IntCompare { .. } | InstructionData::FloatCompare { .. } => 1,
        InstructionData::Load { opcode: Opcode::Uload8, .. } => 0xff,
        InstructionData::Load { opcode: Opcode::Uload16, .. } => 0xffff,
        InstructionData::Load { opcode: Opcode::Uload32, .. } => 0xffff_ffff,
        InstructionData::Ternary { opcode: Opcode::Select, args: [_, left, right] } => of(left).max(of(right)),
        InstructionData::Binary { opcode, args: [left, right] } => {
            let (left, right) = (of(left), of(right));
            match opcode {
                Opcode::Band => left.min(right),
                // All bits up to the highest that either can have.
                Opcode::Bor | Opcode::Bxor => u64::MAX.checked_shr((left | right).leading_zeros()).unwrap_or(0),
                Opcode::Iadd => left.saturating_add(right),
                Opcode::Imul => left.saturating_mul(right),
                Opcode::Urem => left.min(right.saturating_sub(1)),
                Opcode::Udiv => left,
                Opcode::Ushr | Opcode::Ishl => shift(dfg, *instruction, left, largest),
                _ => largest,
            }
        }
        _ => largest,
    };
    // A result that may be larger than the type holds may have wrapped around to anything.
    bound.min(largest)
}

/// A shift by a constant, which counts modulo the width; by anything else, a shift to the right makes nothing larger.
fn shift(dfg: &DataFlowGraph, instruction: InstructionData, operand: u64, largest: u64) -> u64 {
    let InstructionData::Binary { opcode, args: [value, by] } = instruction else { return largest };
    let by = constant(dfg, by).map(|by| by & (dfg.value_type(value).bits() - 1));
    match (opcode, by) {
        (Opcode::Ushr, by) => operand >> by.unwrap_or(0),
        (_, Some(by)) => operand.saturating_mul(1 << by),
        (_, None) => largest,
    }
}
