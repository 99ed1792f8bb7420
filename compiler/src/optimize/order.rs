//! What is asked of a comparison of two numbers that has three results → asked of the numbers.
//!
//! ```text
//! order = (x > y) - (x < y)
//! branch order & 255 == 1, more, next     →     branch x > y, more, next
//! next:                                         next:
//!     branch order, less, equal                     branch x != y, less, equal
//! ```
//!
//! Rust orders integers so, in maps, searches and sorts. Whatever is made of the results of comparing the same two
//! numbers is known for each of the three cases that there are.

use super::replace_by;
use super::sum::{constant_64, instruction};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::{CondCode, IntCC};
use cranelift_codegen::ir::types::I8;
use cranelift_codegen::ir::{Block, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Type, Value};
use std::cmp::Ordering;

/// Instructions that are looked through from one to what it is made of.
const MAX_DEPTH: usize = 6;

/// For x less than, equal to and greater than y.
type ThreeWays<T> = [T; 3];
const ORDERINGS: ThreeWays<Ordering> = [Ordering::Less, Ordering::Equal, Ordering::Greater];

/// Two numbers that are compared.
#[derive(Clone, Copy)]
struct Compared {
    x: Value,
    y: Value,
    /// None as long as they were compared for equality only.
    is_signed: Option<bool>,
    /// How often.
    times: usize,
}

/// Rewrites what the head of this file describes.
pub(super) fn ask(function: &mut Function) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        let mut next = function.layout.first_inst(block);
        while let Some(inst) = next {
            next = function.layout.next_inst(inst);
            let Some((compared, holds)) = question(&function.dfg, inst) else { continue };
            let answer = answer(&mut FuncCursor::new(function).at_inst(inst), compared, holds);
            match function.dfg.insts[inst] {
                InstructionData::IntCompare { .. } => replace_by(function, inst, answer),
                _ => function.dfg.inst_args_mut(inst)[0] = answer,
            }
        }
    }
}

/// If an instruction asks something that only depends on how two numbers compare: which, and in which cases it holds.
fn question(dfg: &DataFlowGraph, inst: Inst) -> Option<(Compared, ThreeWays<bool>)> {
    let (condition, value, with) = match dfg.insts[inst] {
        InstructionData::IntCompare { cond, args: [value, with], .. } => (cond, value, constant_64(dfg, with)?),
        InstructionData::Brif { arg, .. } => (IntCC::NotEqual, arg, 0),
        InstructionData::Ternary { opcode: Opcode::Select, args: [arg, ..] } => (IntCC::NotEqual, arg, 0),
        _ => return None,
    };
    let mut compared = None;
    let values = values(dfg, value, MAX_DEPTH, &mut compared)?;
    let ty = dfg.value_type(value);
    // One comparison needs no help.
    let compared = compared.filter(|compared| compared.times > 1)?;
    Some((compared, values.map(|value| holds(condition, ty, value, with as u64))))
}

/// The bits of a value in the three cases.
fn values(dfg: &DataFlowGraph, value: Value, depth: usize, compared: &mut Option<Compared>) -> Option<ThreeWays<u64>> {
    let depth = depth.checked_sub(1)?;
    let value = dfg.resolve_aliases(value);
    let ty = dfg.value_type(value);
    if !ty.is_int() || ty.bits() > 64 {
        return None;
    }
    let mut of = |value: Value| values(dfg, value, depth, compared);
    let made = match *instruction(dfg, value)? {
        InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => [imm.bits() as u64; 3],
        InstructionData::Unary { opcode: Opcode::Uextend | Opcode::Ireduce, arg } => of(arg)?,
        InstructionData::Unary { opcode: Opcode::Sextend, arg } => {
            let from = dfg.value_type(arg);
            of(arg)?.map(|bits| sign_extended(from, bits) as u64)
        }
        InstructionData::Binary { opcode, args: [left, right] } => {
            let apply = match opcode {
                Opcode::Iadd => u64::wrapping_add,
                Opcode::Isub => u64::wrapping_sub,
                Opcode::Band => |left, right| left & right,
                Opcode::Bor => |left, right| left | right,
                Opcode::Bxor => |left, right| left ^ right,
                _ => return None,
            };
            let (left, right) = (of(left)?, of(right)?);
            std::array::from_fn(|case| apply(left[case], right[case]))
        }
        InstructionData::Ternary { opcode: Opcode::Select, args: [condition, left, right] } => {
            let (condition, left, right) = (of(condition)?, of(left)?, of(right)?);
            std::array::from_fn(|case| if condition[case] != 0 { left[case] } else { right[case] })
        }
        InstructionData::IntCompare { cond, args: [left, right], .. } => {
            let cond = compare(dfg, cond, left, right, compared)?;
            ORDERINGS.map(|ordering| u64::from(holds_for(cond, ordering)))
        }
        _ => return None,
    };
    Some(made.map(|bits| bits & mask(ty)))
}

/// The condition on the numbers that are compared; none if these are others.
fn compare(
    dfg: &DataFlowGraph,
    condition: IntCC,
    left: Value,
    right: Value,
    compared: &mut Option<Compared>,
) -> Option<IntCC> {
    let (left, right) = (dfg.resolve_aliases(left), dfg.resolve_aliases(right));
    let known = compared.get_or_insert(Compared { x: left, y: right, is_signed: None, times: 0 });
    let condition = match (known.x, known.y) {
        pair if pair == (left, right) => condition,
        pair if pair == (right, left) => condition.swap_args(),
        _ => return None,
    };
    if !matches!(condition, IntCC::Equal | IntCC::NotEqual) {
        let is_signed = condition != condition.unsigned();
        if *known.is_signed.get_or_insert(is_signed) != is_signed {
            return None;
        }
    }
    known.times += 1;
    Some(condition)
}

fn holds_for(condition: IntCC, ordering: Ordering) -> bool {
    match condition.unsigned() {
        IntCC::Equal => ordering.is_eq(),
        IntCC::NotEqual => ordering.is_ne(),
        IntCC::UnsignedLessThan => ordering.is_lt(),
        IntCC::UnsignedLessThanOrEqual => ordering.is_le(),
        IntCC::UnsignedGreaterThan => ordering.is_gt(),
        _ => ordering.is_ge(),
    }
}

/// Whether a condition holds of two constants.
fn holds(condition: IntCC, ty: Type, left: u64, right: u64) -> bool {
    let ordering = if condition == condition.unsigned() {
        (left & mask(ty)).cmp(&(right & mask(ty)))
    } else {
        sign_extended(ty, left).cmp(&sign_extended(ty, right))
    };
    holds_for(condition, ordering)
}

/// What holds in these cases.
fn answer(cursor: &mut FuncCursor<'_>, Compared { x, y, is_signed, .. }: Compared, holds: ThreeWays<bool>) -> Value {
    let condition = match holds {
        [false, false, false] | [true, true, true] => return cursor.ins().iconst(I8, i64::from(holds[0])),
        [true, false, false] => IntCC::SignedLessThan,
        [true, true, false] => IntCC::SignedLessThanOrEqual,
        [false, false, true] => IntCC::SignedGreaterThan,
        [false, true, true] => IntCC::SignedGreaterThanOrEqual,
        [false, true, false] => IntCC::Equal,
        [true, false, true] => IntCC::NotEqual,
    };
    cursor.ins().icmp(if is_signed == Some(true) { condition } else { condition.unsigned() }, x, y)
}

fn mask(ty: Type) -> u64 {
    u64::MAX >> (64 - ty.bits())
}

fn sign_extended(ty: Type, bits: u64) -> i64 {
    let unused = 64 - ty.bits();
    ((bits << unused) as i64) >> unused
}
