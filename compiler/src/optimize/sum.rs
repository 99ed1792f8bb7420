//! A value as a sum modulo 2³²: constant, and terms with factors. The lower half of a sum of 64 bits is the sum of the
//! lower halves, so a term may have 64 bits, and stands for its lower half.

use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{DataFlowGraph, InstructionData, Opcode, Type, Value, ValueDef};

/// `constant + Σ factor · value`, modulo 2³². Terms are sorted by value, factors are not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub terms: Vec<(Value, u32)>,
    pub constant: u32,
}

/// Instructions that are looked through for one sum: it could be exponential in its depth otherwise.
const MAX_STEPS: usize = 16;

impl Sum {
    /// Looks through the instructions that make a value, as far as `expand` allows.
    pub fn of(dfg: &DataFlowGraph, value: Value, expand: impl Fn(Value) -> bool) -> Sum {
        let mut sum = Sum::default();
        let mut pending = vec![(value, 1u32)];
        let mut steps = 0;
        while let Some((value, factor)) = pending.pop() {
            let value = dfg.resolve_aliases(value);
            steps += 1;
            let instruction = if steps <= MAX_STEPS && expand(value) { instruction(dfg, value) } else { None };
            match instruction {
                Some(InstructionData::UnaryImm { opcode: Opcode::Iconst, imm }) => {
                    sum.constant = sum.constant.wrapping_add(factor.wrapping_mul(imm.bits() as u32));
                }
                Some(InstructionData::Binary { opcode: Opcode::Iadd, args: [left, right] }) => {
                    pending.extend([(*left, factor), (*right, factor)]);
                }
                Some(InstructionData::Binary { opcode: Opcode::Isub, args: [left, right] }) => {
                    pending.extend([(*left, factor), (*right, factor.wrapping_neg())]);
                }
                Some(InstructionData::Binary { opcode: Opcode::Imul, args: [left, right] }) => {
                    match (constant(dfg, *left), constant(dfg, *right)) {
                        (_, Some(by)) => pending.push((*left, factor.wrapping_mul(by))),
                        (Some(by), _) => pending.push((*right, factor.wrapping_mul(by))),
                        _ => sum.add(value, factor),
                    }
                }
                Some(InstructionData::Binary { opcode: Opcode::Ishl, args: [left, right] }) => {
                    match constant(dfg, *right) {
                        Some(by) => pending.push((*left, shifted(factor, by, dfg.value_type(value)))),
                        None => sum.add(value, factor),
                    }
                }
                Some(InstructionData::Unary { opcode: Opcode::Ireduce, arg }) if dfg.value_type(value) == I32 => {
                    pending.push((*arg, factor));
                }
                Some(InstructionData::Unary { opcode: Opcode::Uextend | Opcode::Sextend, arg })
                    if dfg.value_type(*arg) == I32 =>
                {
                    pending.push((*arg, factor));
                }
                _ => sum.add(value, factor),
            }
        }
        sum
    }

    fn add(&mut self, value: Value, factor: u32) {
        match self.terms.binary_search_by_key(&value, |term| term.0) {
            Ok(index) => {
                self.terms[index].1 = self.terms[index].1.wrapping_add(factor);
                if self.terms[index].1 == 0 {
                    self.terms.remove(index);
                }
            }
            Err(_) if factor == 0 => {}
            Err(index) => self.terms.insert(index, (value, factor)),
        }
    }
}

/// The factor of what is shifted to the left.
fn shifted(factor: u32, by: u32, ty: Type) -> u32 {
    factor.checked_shl(by & (ty.bits() - 1)).unwrap_or(0)
}

/// The instruction that makes a value.
pub(super) fn instruction(dfg: &DataFlowGraph, value: Value) -> Option<&InstructionData> {
    match dfg.value_def(dfg.resolve_aliases(value)) {
        ValueDef::Result(inst, _) => Some(&dfg.insts[inst]),
        _ => None,
    }
}

/// The operands of an instruction with this opcode that makes the value.
pub(super) fn operands(dfg: &DataFlowGraph, value: Value, wanted: Opcode) -> Option<[Value; 2]> {
    match *instruction(dfg, value)? {
        InstructionData::Binary { opcode, args } if opcode == wanted => Some(args.map(|arg| dfg.resolve_aliases(arg))),
        _ => None,
    }
}

/// The constant that is added to one value to make the other.
pub(super) fn step(dfg: &DataFlowGraph, from: Value, to: Value) -> Option<i64> {
    let InstructionData::Binary { opcode, args } = *instruction(dfg, to)? else { return None };
    let [left, right] = args.map(|arg| dfg.resolve_aliases(arg));
    match opcode {
        Opcode::Iadd if left == from => constant_64(dfg, right),
        Opcode::Iadd if right == from => constant_64(dfg, left),
        Opcode::Isub if left == from => constant_64(dfg, right).map(i64::wrapping_neg),
        _ => None,
    }
}

/// The value of an `i32.const`.
pub(super) fn constant(dfg: &DataFlowGraph, value: Value) -> Option<u32> {
    constant_64(dfg, value).map(|value| value as u32)
}

/// The value of an integer constant, in the lowest bits.
pub(super) fn constant_64(dfg: &DataFlowGraph, value: Value) -> Option<i64> {
    match instruction(dfg, value)? {
        InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => Some(imm.bits()),
        _ => None,
    }
}

/// Whether the value is a constant number.
pub(super) fn is_constant(dfg: &DataFlowGraph, value: Value) -> bool {
    instruction(dfg, value)
        .is_some_and(|made| matches!(made.opcode(), Opcode::Iconst | Opcode::F32const | Opcode::F64const))
}
