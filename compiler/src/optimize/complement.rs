//! What Cranelift makes of an `and` with a complement → that again.
//!
//! ```text
//! (x & y) ^ (z ^ y)    →    (y & ~x) ^ z
//! ```
//!
//! Cranelift's simplification prefers what is on the left, which computes no complement. But processors compute the
//! complement and the `and` in one instruction, which overwrites no operand either. Hence this comes after it.

use super::sum::is_constant;
use super::uses;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::{DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value, ValueDef};
use cranelift_codegen::isa::TargetIsa;

/// Rewrites what the head of this file describes.
pub(super) fn restore(function: &mut Function, isa: &dyn TargetIsa) {
    let has_scalar = isa.isa_flags().iter().any(|flag| flag.name == "has_bmi1" && flag.as_bool() == Some(true));
    let uses = uses(function);
    let mut cursor = FuncCursor::new(function);
    while cursor.next_block().is_some() {
        while let Some(inst) = cursor.next_inst() {
            let dfg = &cursor.func.dfg;
            let InstructionData::Binary { opcode: Opcode::Bxor, args: [left, right] } = dfg.insts[inst] else {
                continue;
            };
            let number = dfg.value_type(left);
            let has_instruction = number.is_vector() || has_scalar && number.bits() <= 64;
            if !has_instruction {
                continue;
            }
            let parts = Parts::of(dfg, &uses, left, right).or_else(|| Parts::of(dfg, &uses, right, left));
            let Some(Parts { replaced, x, y, z }) = parts else { continue };
            let complement = cursor.ins().bnot(x);
            let masked = cursor.ins().band(y, complement);
            cursor.func.replace(inst).bxor(masked, z);
            for inst in replaced {
                cursor.func.layout.remove_inst(inst);
            }
        }
    }
}

/// The parts of `(x & y) ^ (z ^ y)`.
struct Parts {
    replaced: [Inst; 2],
    x: Value,
    y: Value,
    z: Value,
}

impl Parts {
    fn of(dfg: &DataFlowGraph, uses: &SecondaryMap<Value, u32>, and: Value, xor: Value) -> Option<Parts> {
        let operands = |value, operation| match dfg.value_def(value) {
            ValueDef::Result(inst, _) => match dfg.insts[inst] {
                InstructionData::Binary { opcode, args } if opcode == operation && uses[value] == 1 => {
                    Some((inst, args))
                }
                _ => None,
            },
            _ => None,
        };
        let (and, [a, b]) = operands(and, Opcode::Band)?;
        let (xor, [c, d]) = operands(xor, Opcode::Bxor)?;
        let found = [(a, b, c, d), (b, a, c, d), (a, b, d, c), (b, a, d, c)].into_iter();
        // Constants are operands of the simpler instructions.
        let mut found = found.filter(|&(x, y, other, _)| y == other && ![x, y].iter().any(|&v| is_constant(dfg, v)));
        found.next().map(|(x, y, _, z)| Parts { replaced: [and, xor], x, y, z })
    }
}
