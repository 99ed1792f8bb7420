//! What must hold for the new loop to be entered instead of the old one: it goes round, and no two of its streams are
//! too near to one another.

use super::cycle::Cycle;
use super::place::{Distances, Place, Stream};
use super::{Blocks, Limit, block_args};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{Function, InstBuilder, Value};
use std::collections::HashMap;

/// Counters that are further than this from their end are not multiplied.
const MAX_DISTANCE_LOG2: i64 = 40;

/// Ends the block that decides. `end` is what the new loop's counter must be before.
pub(super) fn enter(
    function: &mut Function,
    cycle: &Cycle,
    blocks: &Blocks,
    limit: &Limit,
    end: Value,
    streams: &HashMap<Value, Stream>,
    distances: &Distances,
) {
    let extents = extents(function, blocks);
    let params = function.dfg.block_params(blocks.entry).to_vec();
    let counter = params[limit.counter];
    let mut cursor = FuncCursor::new(function).at_bottom(blocks.entry);
    let mut conditions = vec![limit.is_before(&mut cursor, counter, end)];
    let address = |cursor: &mut FuncCursor<'_>, base: Value| streams[&base].address(cursor, &params);
    for (&(first, second), &(low, high)) in &distances.alike {
        let [first, second] = [first, second].map(|base| address(&mut cursor, base));
        // Below `low + 1` is the same as far above it.
        let distance = cursor.ins().isub(first, second);
        let distance = cursor.ins().iadd_imm_s(distance, -(low + 1));
        conditions.push(cursor.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, distance, high - low - 1));
    }
    if !distances.ranges.is_empty() {
        let step = cycle.steps[limit.counter].unwrap_or(1);
        let ahead = if step > 0 { cursor.ins().isub(end, counter) } else { cursor.ins().isub(counter, end) };
        let ahead = if limit.number == I64 { ahead } else { cursor.ins().uextend(I64, ahead) };
        let far = cursor.ins().ushr_imm_u(ahead, MAX_DISTANCE_LOG2);
        conditions.push(cursor.ins().icmp_imm_u(IntCC::Equal, far, 0));
        let range = |cursor: &mut FuncCursor<'_>, base: Value| {
            let (low, high) = extents[&base];
            let address = address(cursor, base);
            // As far as the stream goes while the counter goes to its end, or a little further.
            let last = match (streams[&base].step as u64).div_ceil(step.unsigned_abs()) {
                0 => address,
                ratio => {
                    let distance = cursor.ins().imul_imm_s(ahead, ratio as i64);
                    cursor.ins().iadd(address, distance)
                }
            };
            (cursor.ins().iadd_imm_s(address, low), cursor.ins().iadd_imm_s(last, high))
        };
        for &(first, second) in &distances.ranges {
            let (first, second) = (range(&mut cursor, first), range(&mut cursor, second));
            let is_before = cursor.ins().icmp(IntCC::SignedLessThanOrEqual, first.1, second.0);
            let is_behind = cursor.ins().icmp(IntCC::SignedLessThanOrEqual, second.1, first.0);
            conditions.push(cursor.ins().bor(is_before, is_behind));
        }
    }
    let all = conditions.into_iter().reduce(|all, condition| cursor.ins().band(all, condition));
    let args = block_args(&params);
    if let Some(condition) = all {
        cursor.ins().brif(condition, blocks.before, &[], cycle.header, &args);
    }
}

/// From where to where an iteration of the new loop, and what is before it, access memory, from each address.
fn extents(function: &Function, blocks: &Blocks) -> HashMap<Value, (i64, i64)> {
    let mut extents = HashMap::new();
    for inst in [blocks.before, blocks.copies].into_iter().flat_map(|block| function.layout.block_insts(block)) {
        let Some(place) = Place::of(&function.dfg, inst) else { continue };
        let (low, high) = (i64::from(place.offset), i64::from(place.offset) + i64::from(place.bytes));
        let known = extents.entry(place.base).or_insert((low, high));
        *known = (known.0.min(low), known.1.max(high));
    }
    extents
}
