//! Masks that take nothing away → nothing; masks that take away the upper half of 64 bits → an instruction of 32.
//!
//! ```text
//! (load8_u p) & 255    →    load8_u p
//! x & 0xffff_fff8      →    uextend (ireduce x & 0xffff_fff8)
//! ```
//!
//! Compilers know what a number is made of only within a block, and mask it once more in another.
//!
//! An instruction of 64 bits has room for a constant of 31, so Cranelift puts the others in memory. One of 32 bits
//! clears the upper half anyway. Cranelift's simplification prefers what is on the left: hence that comes after it.

use super::range::Bounds;
use super::replace_by;
use super::sum::constant_64;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value};

/// Removes masks that take nothing away.
pub(super) fn remove(function: &mut Function, bounds: &Bounds) {
    let is_vain = |dfg: &DataFlowGraph, value: Value, mask: i64| {
        let is_low = mask > 0 && (mask as u64 + 1).is_power_of_two();
        is_low && bounds.upper_bound(dfg, value) <= mask as u64
    };
    each(function, is_vain, |cursor, inst, value, _| {
        cursor.prev_inst();
        replace_by(cursor.func, inst, value);
    });
}

/// Masks only the lower half where the upper half goes.
pub(super) fn narrow(function: &mut Function) {
    // The highest bit alone may be tested where it is.
    let clears_upper = |dfg: &DataFlowGraph, value: Value, mask: i64| {
        dfg.value_type(value) == I64 && mask > 1 << 31 && mask <= i64::from(u32::MAX)
    };
    each(function, clears_upper, |cursor, inst, value, mask| {
        let mut half = cursor.ins().ireduce(I32, value);
        if mask != i64::from(u32::MAX) {
            let mask = cursor.ins().iconst(I32, mask);
            half = cursor.ins().band(half, mask);
        }
        cursor.func.replace(inst).uextend(I64, half);
    });
}

/// Rewrites the `and`s with a constant that are chosen.
fn each(
    function: &mut Function,
    is_chosen: impl Fn(&DataFlowGraph, Value, i64) -> bool,
    rewrite: impl Fn(&mut FuncCursor<'_>, Inst, Value, i64),
) {
    let mut cursor = FuncCursor::new(function);
    while cursor.next_block().is_some() {
        while let Some(inst) = cursor.next_inst() {
            let dfg = &cursor.func.dfg;
            let InstructionData::Binary { opcode: Opcode::Band, args: [left, right] } = dfg.insts[inst] else {
                continue;
            };
            let masked = [(left, right), (right, left)].into_iter().find_map(|(value, mask)| {
                constant_64(dfg, mask).filter(|&mask| is_chosen(dfg, value, mask)).map(|mask| (value, mask))
            });
            if let Some((value, mask)) = masked {
                rewrite(&mut cursor, inst, value, mask);
            }
        }
    }
}
