//! Masks that take nothing away → nothing.
//!
//! ```text
//! (load8_u p) & 255    →    load8_u p
//! ```
//!
//! Compilers know what a number is made of only within a block, and mask it once more in another.

use super::range::Bounds;
use super::replace_by;
use super::sum::constant_64;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Function, InstructionData, Opcode};

/// Rewrites what the head of this file describes.
pub(super) fn remove(function: &mut Function, bounds: &Bounds) {
    let mut cursor = FuncCursor::new(function);
    while cursor.next_block().is_some() {
        while let Some(inst) = cursor.next_inst() {
            let dfg = &cursor.func.dfg;
            let InstructionData::Binary { opcode: Opcode::Band, args: [left, right] } = dfg.insts[inst] else {
                continue;
            };
            let masked = [(left, right), (right, left)].into_iter().find_map(|(value, mask)| {
                let mask = constant_64(dfg, mask).filter(|mask| *mask > 0)? as u64;
                ((mask + 1).is_power_of_two() && bounds.upper_bound(dfg, value) <= mask).then_some(value)
            });
            if let Some(value) = masked {
                cursor.prev_inst();
                replace_by(cursor.func, inst, value);
            }
        }
    }
}
