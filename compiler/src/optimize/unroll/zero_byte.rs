//! Whether a word has a byte that is 0, as C libraries ask for it.
//!
//! ```text
//! ((w - 0x01010101) & ~w & 0x80808080) != 0
//! (((0x01010100 - w) | w) & 0x80808080) != 0x80808080
//! ```
//!
//! **Proof.** If no byte is 0, the subtraction borrows nowhere: each byte becomes `b - 1`, whose highest bit is set
//! only if that of `b` is, which `~w` takes away. Otherwise nothing is borrowed from the lowest byte that is 0, so that
//! it becomes 0xff, all of whose bits stay. The second line is the complement of the first: `~(w - 0x01010101)` is
//! `0x01010101 - w - 1`. With words of 64 bits it is the same.

use super::cycle::narrow;
use crate::optimize::sum::{constant_64, instruction, operands};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{DataFlowGraph, InstructionData, Opcode, Type, Value};

/// 1 in each byte.
const ONES: i64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
const HIGHEST: i64 = ONES << 7;

pub(super) struct ZeroByte {
    pub word: Value,
    /// Whether the comparison holds if there is one, or if there is none.
    pub is_there: bool,
}

/// What a comparison, with 0 if with nothing else, says of a word's bytes, if it is one of these.
pub(super) fn found(dfg: &DataFlowGraph, code: IntCC, left: Value, right: Option<Value>) -> Option<ZeroByte> {
    let is_there = match code {
        IntCC::NotEqual => true,
        IntCC::Equal => false,
        _ => return None,
    };
    let number = dfg.value_type(left);
    let word = match right.map_or(Some(0), |right| constant_64(dfg, right))? {
        0 => borrowing(dfg, left, number),
        other if other == narrow(number, HIGHEST) => complement(dfg, left, number),
        _ => None,
    };
    word.map(|word| ZeroByte { word, is_there })
}

/// The word of `(w - 0x01010101) & ~w & 0x80808080`. (Cranelift has brought constants to the right.)
fn borrowing(dfg: &DataFlowGraph, value: Value, number: Type) -> Option<Value> {
    let [left, right] = operands(dfg, value, Opcode::Band)?;
    let (both, other) = match operands(dfg, left, Opcode::Band) {
        Some(both) => (both, right),
        None => (operands(dfg, right, Opcode::Band)?, left),
    };
    let parts = [both[0], both[1], other];
    let word = parts.iter().find_map(|&part| match *instruction(dfg, part)? {
        InstructionData::Unary { opcode: Opcode::Bnot, arg } => Some(arg),
        _ => None,
    })?;
    let is_made = |part: Value, opcode: Opcode, by: i64| {
        operands(dfg, part, opcode).is_some_and(|[left, right]| left == word && is_constant(dfg, right, number, by))
    };
    let is_less = |&part: &Value| is_made(part, Opcode::Isub, ONES) || is_made(part, Opcode::Iadd, -ONES);
    let is_highest = |&part: &Value| is_constant(dfg, part, number, HIGHEST);
    (parts.iter().any(is_less) && parts.iter().any(is_highest)).then_some(word)
}

/// The word of `((0x01010100 - w) | w) & 0x80808080`. (Cranelift has brought constants to the right.)
fn complement(dfg: &DataFlowGraph, value: Value, number: Type) -> Option<Value> {
    let [or, highest] = operands(dfg, value, Opcode::Band)?;
    let [left, right] = operands(dfg, or, Opcode::Bor)?;
    let is_less = |value, word| {
        operands(dfg, value, Opcode::Isub)
            .is_some_and(|[from, by]| by == word && is_constant(dfg, from, number, ONES - 1))
    };
    let of = |less, word| is_less(less, word).then_some(word);
    of(left, right).or_else(|| of(right, left)).filter(|_| is_constant(dfg, highest, number, HIGHEST))
}

fn is_constant(dfg: &DataFlowGraph, value: Value, number: Type, constant: i64) -> bool {
    constant_64(dfg, value) == Some(narrow(number, constant))
}
