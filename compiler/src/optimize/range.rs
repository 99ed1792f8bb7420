//! How large an integer can be: an upper bound from the instructions that make it.

use super::sum::{constant, instruction};
use cranelift_codegen::ir::{DataFlowGraph, InstructionData, Opcode, Value};

/// Instructions that are looked through on one way.
const MAX_DEPTH: u32 = 6;

/// The value, as an unsigned number, is at most this. (Of what is wider than 64 bits nothing is said.)
pub(super) fn upper_bound(dfg: &DataFlowGraph, value: Value) -> u64 {
    bound(dfg, value, MAX_DEPTH)
}

fn bound(dfg: &DataFlowGraph, value: Value, depth: u32) -> u64 {
    let ty = dfg.value_type(value);
    if !ty.is_int() || ty.bits() > 64 {
        return u64::MAX;
    }
    let largest = u64::MAX >> (64 - ty.bits());
    let Some(instruction) = instruction(dfg, value).filter(|_| depth > 0) else { return largest };
    let of = |value: Value| bound(dfg, value, depth - 1);
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
