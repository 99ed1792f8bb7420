//! What an iteration loads from an address that the loop does not change, and what it makes of that → once, before the
//! new loop.
//!
//! ```text
//! loop(n):                       before(n):
//!     a = load p                     a = load p
//!     b = fmul a, x        →         b = fmul a, x
//!     store b, q + n             copies(n):
//!                                    store b, q + n
//!                                    store b, q + n + 8
//! ```
//!
//! **Proof.** No store of the new loop, from its first iteration to its last, overlaps what is loaded: that is known,
//! or checked before the loop ([`super::guard`]). So each iteration would load the same. In shared memory too: atomic
//! accesses are in no cycle, so nothing makes an iteration see what another thread has stored since the one before.
//!
//! The new loop is entered only if the old one would have finished an iteration, and nothing in a cycle is skipped: so
//! the old loop would have executed the load, unless another access had trapped before it, which traps alike. (The load
//! may pass the access whose address it shares, too: all that an index of 32 bits, an offset of 32 bits and
//! `MAX_DISTANCE` reach together is less than `GUARDED_REACH`, where nothing but the memory is mapped.)

use super::cycle::Cycle;
use super::place::{self, Distances, Place, Stream};
use crate::optimize::copy_inst;
use crate::optimize::sum::is_constant;
use cranelift_codegen::ir::{Block, DataFlowGraph, Function, Inst, InstructionData, Value};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// The instructions to move, in their order; with the constants, which can be among their operands. None if no load is
/// among them.
pub(super) fn find(dfg: &DataFlowGraph, cycle: &Cycle) -> Vec<Inst> {
    let stores: Vec<Place> = cycle.insts.iter().filter_map(|&inst| stored(dfg, inst)).collect();
    let mut distances = Distances::default();
    let mut changing: HashSet<Value> = cycle.params.iter().copied().collect();
    let mut fixed = Vec::new();
    for &inst in &cycle.insts {
        let is_same = dfg.inst_values(inst).all(|value| !changing.contains(&value));
        let is_fixed = match dfg.insts[inst] {
            InstructionData::Store { .. } => false,
            InstructionData::Load { .. } if is_same => is_apart(dfg, &cycle.streams, &mut distances, inst, &stores),
            _ => is_same,
        };
        if is_fixed {
            fixed.push(inst);
        } else {
            changing.extend(dfg.inst_results(inst));
        }
    }
    if !fixed.iter().any(|inst| dfg.insts[*inst].opcode().can_load()) {
        fixed.clear();
    }
    fixed
}

/// Copies the instructions into a block. Returns their new values, without those of constants, and the streams of the
/// copy.
pub(super) fn copy(
    function: &mut Function,
    cycle: &Cycle,
    fixed: &[Inst],
    block: Block,
) -> (HashMap<Value, Value>, HashMap<Value, Stream>) {
    let (mut values, mut streams) = (HashMap::new(), HashMap::new());
    let mut known = HashMap::new();
    for &inst in fixed {
        let new = copy_inst(function, inst, block, |value| values.get(&value).copied().unwrap_or(value));
        let (old_value, value) = (function.dfg.first_result(inst), function.dfg.first_result(new));
        // Stores between two equal loads had kept them from being one.
        match known.entry((function.dfg.insts[new], function.dfg.value_type(value))) {
            Entry::Occupied(equal) => {
                values.insert(old_value, *equal.get());
                function.layout.remove_inst(new);
                continue;
            }
            Entry::Vacant(entry) => entry.insert(value),
        };
        values.insert(old_value, value);
        let bases = place::base(&function.dfg, inst).zip(place::base(&function.dfg, new));
        streams.extend(bases.and_then(|(base, new)| Some((new, *cycle.streams.get(&base)?))));
    }
    values.retain(|&value, _| !is_constant(&function.dfg, value));
    (values, streams)
}

/// The distances on which the loads in one block are apart from the stores in another one that loops; none if they
/// cannot be checked.
pub(super) fn distances(
    function: &Function,
    before: Block,
    copies: Block,
    streams: &HashMap<Value, Stream>,
) -> Option<Distances> {
    let dfg = &function.dfg;
    let stores: Vec<Place> = function.layout.block_insts(copies).filter_map(|inst| stored(dfg, inst)).collect();
    let mut distances = Distances::default();
    let mut loads = function.layout.block_insts(before);
    loads.all(|load| is_apart(dfg, streams, &mut distances, load, &stores)).then_some(distances)
}

/// Whether the instruction loads from none of these places, if the distances are kept.
fn is_apart(
    dfg: &DataFlowGraph,
    streams: &HashMap<Value, Stream>,
    distances: &mut Distances,
    load: Inst,
    stores: &[Place],
) -> bool {
    let Some(place) = Place::of(dfg, load) else { return true };
    let before = distances.clone();
    let is_apart = stores.iter().all(|store| distances.separate(streams, &place, store));
    if !is_apart {
        *distances = before;
    }
    is_apart
}

fn stored(dfg: &DataFlowGraph, inst: Inst) -> Option<Place> {
    Place::of(dfg, inst).filter(|_| place::is_store(dfg, inst))
}
