//! The upper half of a 64×64-bit product, computed from halves of 32 bits → one widening multiplication.
//!
//! WebAssembly without the wide-arithmetic proposal has no such instruction, so compilers emit four multiplications and
//! the carries between them (in C the library function `__multi3`). Cryptography spends its time there.
//!
//! With `a = ah·2³² + al` and `b` likewise, all sums below 2⁶⁴ (no carry is lost):
//!
//! ```text
//! t = ah·bl + (al·bl >> 32)               or with a and b exchanged
//! u = al·bh + (t & 0xffffffff)
//! upper half of a·b = ah·bh + (t >> 32) + (u >> 32)
//! lower half of a·b = (u << 32) | (al·bl & 0xffffffff)
//! ```
//!
//! or, with a carry where a sum may be 2⁶⁴ or more, as comparisons find it (in the library of Rust):
//!
//! ```text
//! m = ah·bl + al·bh
//! lower half of a·b = al·bl + (m << 32)
//! upper half of a·b = ah·bh + ((m < ah·bl) << 32 | m >> 32) + (lower half < al·bl)
//! ```
//!
//! The terms of the upper half may stand anywhere in a longer sum.

use super::carry::is_less;
use super::sum::{constant_64, instruction, operands};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::types::{I32, I64, I128};
use cranelift_codegen::ir::{DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value, ValueDef};

/// Terms of a sum that are looked at.
const MAX_TERMS: usize = 8;
const LOW: i64 = 0xffff_ffff;

/// Replaces what the head of this file describes; whatever only served it is dead afterwards.
pub(super) fn recognise(function: &mut Function) {
    let mut cursor = FuncCursor::new(function);
    while cursor.next_block().is_some() {
        while let Some(inst) = cursor.next_inst() {
            let dfg = &cursor.func.dfg;
            match dfg.insts[inst].opcode() {
                Opcode::Iadd => upper_half(&mut cursor, inst),
                Opcode::Bor => lower_half(&mut cursor, inst),
                _ => {}
            }
        }
    }
}

/// Rewrites a sum that contains the upper half of a product.
fn upper_half(cursor: &mut FuncCursor<'_>, inst: Inst) {
    let dfg = &cursor.func.dfg;
    let result = dfg.first_result(inst);
    if dfg.value_type(result) != I64 {
        return;
    }
    let Some(terms) = flatten(dfg, result) else { return };
    let (used, upper) = match find_upper_half(dfg, &terms) {
        Some((used, (left, right))) => (used, product(cursor, left, right).1),
        None => {
            let Some((used, (left, right), lower)) = find_with_carries(dfg, &terms) else { return };
            let mut before = FuncCursor::new(cursor.func).at_inst(lower);
            let (low, high) = product(&mut before, left, right);
            let zero = before.ins().iconst(I64, 0);
            before.func.replace(lower).bor(low, zero);
            (used, high)
        }
    };
    let rest: Vec<Value> =
        terms.iter().enumerate().filter(|(index, _)| !used.contains(index)).map(|(_, term)| *term).collect();
    let mut sum = cursor.ins().iconst(I64, 0);
    for term in rest {
        sum = cursor.ins().iadd(sum, term);
    }
    cursor.func.replace(inst).iadd(upper, sum);
}

/// The positions of the three terms of an upper half among `terms`, and the factors.
fn find_upper_half(dfg: &DataFlowGraph, terms: &[Value]) -> Option<([usize; 3], (Value, Value))> {
    for (second, &term) in terms.iter().enumerate() {
        let Some((left, right, t)) = upper_of(dfg, term).and_then(|u| cross_sum(dfg, u)) else { continue };
        let is_carry = |&candidate: &Value| upper_of(dfg, candidate) == Some(t);
        let is_product = |&candidate: &Value| is_high_product(dfg, candidate, left, right);
        if let (Some(first), Some(third)) = (terms.iter().position(is_carry), terms.iter().position(is_product)) {
            return Some(([first, second, third], (left, right)));
        }
    }
    None
}

/// The same where comparisons find the carries, and the instruction that makes the lower half.
fn find_with_carries(dfg: &DataFlowGraph, terms: &[Value]) -> Option<([usize; 3], (Value, Value), Inst)> {
    for (third, &term) in terms.iter().enumerate() {
        let Some((lower, low_product)) = is_less(dfg, term) else { continue };
        let Some(m) = other_term(dfg, lower, low_product).and_then(|term| shifted(dfg, term)) else { continue };
        let Some([x, y]) = operands(dfg, m, Opcode::Iadd) else { continue };
        let Some((left, right)) = cross_product(dfg, x) else { continue };
        if cross_product(dfg, y) != Some((right, left)) || !is_low_product(dfg, low_product, left, right) {
            continue;
        }
        let carries = |term: Value| is_less(dfg, term).is_some_and(|(sum, part)| sum == m && (part == x || part == y));
        let is_middle = |&candidate: &Value| {
            operands(dfg, candidate, Opcode::Bor).is_some_and(|[one, other]| {
                [(one, other), (other, one)]
                    .into_iter()
                    .any(|(carry, middle)| upper_of(dfg, middle) == Some(m) && shifted(dfg, carry).is_some_and(carries))
            })
        };
        let is_product = |&candidate: &Value| is_high_product(dfg, candidate, left, right);
        if let (Some(first), Some(second), ValueDef::Result(inst, _)) =
            (terms.iter().position(is_product), terms.iter().position(is_middle), dfg.value_def(lower))
        {
            return Some(([first, second, third], (left, right), inst));
        }
    }
    None
}

/// What a sum of two adds to one of them.
fn other_term(dfg: &DataFlowGraph, sum: Value, term: Value) -> Option<Value> {
    let [x, y] = operands(dfg, sum, Opcode::Iadd)?;
    if x == term { Some(y) } else { (y == term).then_some(x) }
}

/// `x`, if the value is `x << 32`.
fn shifted(dfg: &DataFlowGraph, value: Value) -> Option<Value> {
    let [operand, shift] = operands(dfg, value, Opcode::Ishl)?;
    (constant_64(dfg, shift)? == 32).then_some(operand)
}

/// Rewrites `(u << 32) | (al·bl & 0xffffffff)`.
fn lower_half(cursor: &mut FuncCursor<'_>, inst: Inst) {
    let dfg = &cursor.func.dfg;
    let result = dfg.first_result(inst);
    let Some([x, y]) = operands(dfg, result, Opcode::Bor).filter(|_| dfg.value_type(result) == I64) else { return };
    for (upper, low) in [(x, y), (y, x)] {
        let Some((left, right, _)) = shifted(dfg, upper).and_then(|u| cross_sum(dfg, u)) else { continue };
        if lower_of(dfg, low).is_some_and(|low| is_low_product(dfg, low, left, right)) {
            let (lower, _) = product(cursor, left, right);
            let zero = cursor.ins().iconst(I64, 0);
            cursor.func.replace(inst).bor(lower, zero);
            return;
        }
    }
}

/// Both halves of `left · right`.
fn product(cursor: &mut FuncCursor<'_>, left: Value, right: Value) -> (Value, Value) {
    let left = cursor.ins().uextend(I128, left);
    let right = cursor.ins().uextend(I128, right);
    let product = cursor.ins().imul(left, right);
    cursor.ins().isplit(product)
}

/// If `u = al·bh + (t & 0xffffffff)` and `t = ah·bl + (al·bl >> 32)`: the factors `a` and `b`, and `t`.
fn cross_sum(dfg: &DataFlowGraph, u: Value) -> Option<(Value, Value, Value)> {
    let [x, y] = operands(dfg, u, Opcode::Iadd)?;
    [(x, y), (y, x)].into_iter().find_map(|(cross, masked)| {
        let (low, high) = cross_product(dfg, cross)?;
        let t = lower_of(dfg, masked)?;
        let [x, y] = operands(dfg, t, Opcode::Iadd)?;
        [(x, y), (y, x)].into_iter().find_map(|(other, carry)| {
            let is_mirrored = cross_product(dfg, other) == Some((high, low));
            let carries = upper_of(dfg, carry).is_some_and(|product| is_low_product(dfg, product, low, high));
            (is_mirrored && carries).then_some((low, high, t))
        })
    })
}

/// If the value is `al·bh`: `a` and `b`.
fn cross_product(dfg: &DataFlowGraph, value: Value) -> Option<(Value, Value)> {
    let [x, y] = operands(dfg, value, Opcode::Imul)?;
    [(x, y), (y, x)].into_iter().find_map(|(low, high)| Some((lower_of(dfg, low)?, upper_of(dfg, high)?)))
}

/// Whether the value is `al·bl`.
fn is_low_product(dfg: &DataFlowGraph, value: Value, left: Value, right: Value) -> bool {
    operands(dfg, value, Opcode::Imul)
        .and_then(|[x, y]| Some((lower_of(dfg, x)?, lower_of(dfg, y)?)))
        .is_some_and(|factors| factors == (left, right) || factors == (right, left))
}

/// Whether the value is `ah·bh`.
fn is_high_product(dfg: &DataFlowGraph, value: Value, left: Value, right: Value) -> bool {
    operands(dfg, value, Opcode::Imul)
        .and_then(|[x, y]| Some((upper_of(dfg, x)?, upper_of(dfg, y)?)))
        .is_some_and(|factors| factors == (left, right) || factors == (right, left))
}

/// `x`, if the value is `x >> 32`.
fn upper_of(dfg: &DataFlowGraph, value: Value) -> Option<Value> {
    let [operand, shift] = operands(dfg, value, Opcode::Ushr)?;
    (constant_64(dfg, shift)? == 32).then_some(operand)
}

/// `x`, if the value is `x & 0xffffffff`, in either of the ways to say so.
fn lower_of(dfg: &DataFlowGraph, value: Value) -> Option<Value> {
    if let Some([x, y]) = operands(dfg, value, Opcode::Band) {
        return [(x, y), (y, x)].into_iter().find_map(|(x, mask)| (constant_64(dfg, mask)? == LOW).then_some(x));
    }
    let narrow = unary(dfg, value, Opcode::Uextend)?;
    let operand = unary(dfg, narrow, Opcode::Ireduce)?;
    (dfg.value_type(narrow) == I32 && dfg.value_type(operand) == I64).then_some(operand)
}

/// The terms of a sum; not if there are too many.
fn flatten(dfg: &DataFlowGraph, sum: Value) -> Option<Vec<Value>> {
    let mut terms = Vec::new();
    let mut pending = vec![sum];
    while let Some(value) = pending.pop() {
        match operands(dfg, value, Opcode::Iadd) {
            // The sums that make up u and t are not terms: they are reached through shifts only.
            Some([left, right]) => pending.extend([right, left]),
            None => terms.push(dfg.resolve_aliases(value)),
        }
        if terms.len() + pending.len() > MAX_TERMS {
            return None;
        }
    }
    Some(terms)
}

fn unary(dfg: &DataFlowGraph, value: Value, wanted: Opcode) -> Option<Value> {
    match *instruction(dfg, value)? {
        InstructionData::Unary { opcode, arg } if opcode == wanted => Some(dfg.resolve_aliases(arg)),
        _ => None,
    }
}
