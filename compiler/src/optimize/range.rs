//! How large an integer can be: an upper bound from the instructions that make it, and for a block's parameter from
//! what all branches pass to it, and under which condition.
//!
//! **Proof** for a loop's counter `p` that is passed as `p + s`, `s > 0`, only if a comparison with a constant `k`
//! holds:
//! - `p + s < k` without sign: nothing else is passed. The same bounds any other value.
//! - `p + s < k` with sign, `0 < k`, and every other value that is passed is at most `m`: as long as `0 ≤ p ≤ M` with
//!   `M = max(m, k − 1)` and `M + s < 2³¹`, the sum is not negative, so what is passed is between 0 and `k − 1`.
//! - `p + s ≠ k`, every other value that is passed is the constant `c < k`, and `s` divides `k − c`: the counter goes
//!   through `c, c + s, …, k − s`, where the sum is `k` and is not passed.

use super::passed::{Passed, passed};
use super::sum::{Sum, constant, constant_64, instruction};
use cranelift_codegen::ir::condcodes::{CondCode, IntCC};
use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{DataFlowGraph, Function, InstructionData, Opcode, Value};
use std::collections::HashMap;

/// Instructions that are looked through on one way.
const MAX_DEPTH: u32 = 6;
/// How often bounds are found by means of those that are known.
const ROUNDS: usize = 2;

/// Upper bounds of the function's values.
#[derive(Default)]
pub(super) struct Bounds {
    /// Of parameters that are less than their type allows.
    params: HashMap<Value, u64>,
}

/// What is known of all that branches pass to a parameter.
#[derive(Default)]
struct Incoming {
    /// At most this, but for what the counting branch passes.
    bound: u64,
    /// If all that is the same constant.
    constant: Option<u32>,
    /// Whether the constant was looked at.
    is_entered: bool,
    counting: Option<Counting>,
}

/// A branch that passes `param + step` if that compares like this with a constant.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Counting {
    step: u32,
    condition: IntCC,
    end: u32,
}

impl Bounds {
    pub fn of(function: &Function) -> Bounds {
        let mut bounds = Bounds::default();
        for _ in 0..ROUNDS {
            let mut params: HashMap<Value, Incoming> = HashMap::new();
            for passed in passed(function) {
                bounds.pass(&function.dfg, params.entry(passed.param).or_default(), &passed);
            }
            let known = params.into_iter().map(|(param, incoming)| (param, incoming.bound()));
            bounds.params = known.filter(|(_, bound)| *bound < u64::from(u32::MAX)).collect();
        }
        bounds
    }

    /// Takes one more value into account.
    fn pass(&self, dfg: &DataFlowGraph, incoming: &mut Incoming, passed: &Passed) {
        let param = passed.param;
        let Some(value) = passed.argument.map(|value| dfg.resolve_aliases(value)) else {
            incoming.bound = u64::MAX;
            return;
        };
        if value == param {
            return;
        }
        let condition = if dfg.value_type(value) == I32 { condition(dfg, passed, value) } else { None };
        let bound = match condition {
            Some((IntCC::UnsignedLessThan, end)) => u64::from(end).saturating_sub(1),
            Some((condition @ (IntCC::SignedLessThan | IntCC::NotEqual), end)) => {
                let sum = Sum::of(dfg, value, |value| value != param);
                let counting = Counting { step: sum.constant, condition, end };
                let is_counting = sum.terms == [(param, 1)] && (1..1 << 31).contains(&sum.constant);
                if is_counting && incoming.counting.is_none_or(|known| known == counting) {
                    incoming.counting = Some(counting);
                    return;
                }
                self.upper_bound(dfg, value)
            }
            _ => self.upper_bound(dfg, value),
        };
        incoming.bound = incoming.bound.max(bound);
        let constant = constant(dfg, value);
        incoming.constant = if incoming.is_entered && incoming.constant != constant { None } else { constant };
        incoming.is_entered = true;
    }

    /// The value, as an unsigned number, is at most this. (Of what is wider than 64 bits nothing is said.)
    pub fn upper_bound(&self, dfg: &DataFlowGraph, value: Value) -> u64 {
        bound(dfg, &self.params, value, MAX_DEPTH)
    }
}

impl Incoming {
    /// The parameter's bound, by the proof above.
    fn bound(&self) -> u64 {
        let Some(Counting { step, condition, end }) = self.counting else { return self.bound };
        let largest = self.bound.max(u64::from(end).saturating_sub(1));
        let is_proven = match (condition, self.constant) {
            (IntCC::SignedLessThan, _) => (1..1 << 31).contains(&end) && largest.saturating_add(step.into()) < 1 << 31,
            (_, Some(first)) => first < end && (end - first) % step == 0,
            _ => false,
        };
        if is_proven { largest } else { u64::MAX }
    }
}

/// What holds of a value where a branch goes this way, if that is a comparison of it with a constant.
fn condition(dfg: &DataFlowGraph, passed: &Passed, value: Value) -> Option<(IntCC, u32)> {
    let InstructionData::Brif { arg, .. } = dfg.insts[passed.branch] else { return None };
    let &InstructionData::IntCompare { cond, args: [left, right], .. } = instruction(dfg, arg)? else { return None };
    // See `compared_sums` in `translate::numeric`.
    let left = match instruction(dfg, left) {
        Some(&InstructionData::Unary { opcode: Opcode::Uextend, arg }) => arg,
        _ => left,
    };
    if dfg.resolve_aliases(left) != value {
        return None;
    }
    let holds = if passed.way == 0 { cond } else { cond.complement() };
    let end = u32::try_from(constant_64(dfg, right)?).ok()?;
    match holds {
        IntCC::UnsignedLessThanOrEqual => Some((IntCC::UnsignedLessThan, end.checked_add(1)?)),
        IntCC::SignedLessThanOrEqual if end < i32::MAX as u32 => Some((IntCC::SignedLessThan, end + 1)),
        _ => Some((holds, end)),
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
