//! Several iterations of a loop around another one → one iteration of a new loop, with one inner loop for all of them.
//!
//! ```text
//! loop(j):                                  group(j):     branch is_apart, inner(0, 0, 0), loop(j)
//!     inner(k, s):                          inner(k, s, t):
//!         s' = s + (load p + k) *               a = load p + k
//!              (load q + j + k * 800)   →       s' = s + a * (load q + j + k * 800)
//!         branch k + 1 < n, inner(…)            t' = t + a * (load q + j + k * 800 + 8)
//!     store s', r + j                           branch k + 1 < n, inner(k + 1, s', t')
//!     branch j + 8 < end, loop(j + 8)       store s', r + j
//!                                           store t', r + j + 8
//!                                           branch j + 16 < end - 8, group(j + 16), loop(j + 16)
//! ```
//!
//! A *lane* is one of these iterations. What is the same in all lanes is made once. What each of them adds up is a row
//! of parameters of the inner loop, which waits for several sums instead of one, and they become vectors if what they
//! are made of is side by side ([`super::pack`]): a product of matrices is computed for several columns at once, though
//! the sum of each keeps its order.
//!
//! **Proof.** The inner loop stores nothing and goes round equally often in all lanes: nothing that differs between
//! lanes decides. So the new loop makes the accesses that the old one would make, at the same addresses, in another
//! order: what precedes the inner loop of a lane and what it loads comes before what the lanes ahead of it store
//! behind theirs. That they are apart is known, or checked in each group ([`apart`]). If an access traps, the old loop
//! would have come to it, or trapped before.

mod apart;

use super::cycle::{Cycle, End, Nest, Test};
use super::pack::{self, BYTES, Ends};
use super::place::{self, Distances, Place, Start, is_store};
use super::{
    Blocks, Limit, MAX_INSTRUCTIONS, advance, all_passed, block_args, discard, emit, new_blocks, redirect, take_params,
};
use crate::optimize::copy_inst;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Block, BlockArg, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Type, Value,
};
use std::collections::{HashMap, HashSet};

/// How often the inner loop must go round.
const MIN_ROUNDS: i64 = 8;
const MAX_ROUNDS: i64 = 1 << 31;
/// Lanes that do not become vectors.
const SCALARS: usize = 4;
/// Operations that are followed from an address to the counter of the outer loop.
const MAX_DEPTH: usize = 8;

struct Jam<'a> {
    nest: &'a Nest,
    inner: &'a Cycle,
    lanes: usize,
    /// The last stores of the inner loop to each place, in their order.
    stored: Vec<Inst>,
    /// The new inner loop in `copies`. `entry` decides whether there are enough iterations.
    blocks: Blocks,
    /// What precedes the inner loop; decides whether the lanes can go together. Its parameters, like those of `entry`,
    /// are those of the old loop's header.
    group: Block,
    /// What follows the inner loop. Its parameters are what that has added up.
    behind: Block,
    /// What is made in the old loops.
    inside: HashSet<Value>,
    /// What these values are in each lane.
    values: Vec<HashMap<Value, Value>>,
    /// Addresses of the inner loop → those that its first iteration has in the first lane.
    addresses: HashMap<Value, Value>,
    /// Values whose distances are checked.
    lines: HashSet<Value>,
    conditions: Vec<Value>,
}

/// Puts a new loop before the old one, if that is possible and pays: if it makes vectors of what the inner loop adds
/// up, or if that is floating-point numbers, for which it waits.
pub(super) fn rewrite(function: &mut Function, nest: &Nest, inner: &Cycle, shuffles_bytes: bool) -> bool {
    let dfg = &function.dfg;
    let sums = inner.params.iter().zip(&inner.steps).filter(|(_, step)| step.is_none());
    let numbers: Vec<Type> = sums.map(|(&param, _)| dfg.value_type(param)).collect();
    let Some(whole) = numbers.iter().map(|number| BYTES as usize / number.bytes() as usize).max() else { return false };
    if numbers.iter().any(|number| number.is_vector()) {
        return false;
    }
    let is_slow = numbers.iter().any(|number| number.is_float());
    let Some(stored) = stored(dfg, nest, inner) else { return false };
    let Some(rounds) = rounds(inner).filter(|rounds| (MIN_ROUNDS..MAX_ROUNDS).contains(rounds)) else { return false };
    let mut attempt = |lanes: usize, vectors: Option<bool>| {
        let mut jam = Jam::new(function, nest, inner, lanes, stored.clone());
        jam.write(function, rounds, vectors).is_some() || jam.discard(function)
    };
    [whole * 4, whole * 2, whole].into_iter().any(|lanes| attempt(lanes, Some(shuffles_bytes)))
        || (is_slow && attempt(SCALARS, None))
}

impl<'a> Jam<'a> {
    fn new(function: &mut Function, nest: &'a Nest, inner: &'a Cycle, lanes: usize, stored: Vec<Inst>) -> Jam<'a> {
        let outer = &nest.outer;
        let [entry, group, before, copies, after, behind] = new_blocks(function, outer.header);
        let insts = outer.insts.iter().chain(&inner.insts);
        let results = insts.flat_map(|&inst| function.dfg.inst_results(inst));
        let inside = results.chain(&outer.params).chain(&inner.params).copied().collect();
        take_params(function, outer, entry);
        take_params(function, outer, group);
        Jam {
            nest,
            inner,
            lanes,
            stored,
            blocks: Blocks { entry, before, copies, after },
            group,
            behind,
            inside,
            values: vec![HashMap::new(); lanes],
            addresses: HashMap::new(),
            lines: HashSet::new(),
            conditions: Vec::new(),
        }
    }

    fn discard(&self, function: &mut Function) -> bool {
        let Blocks { entry, before, copies, after } = self.blocks;
        discard(function, &[entry, self.group, before, copies, after, self.behind]);
        false
    }

    /// Writes the new loop; with vectors, if it is said whether bytes may be shuffled in them.
    fn write(&mut self, function: &mut Function, rounds: i64, vectors: Option<bool>) -> Option<()> {
        let nest = self.nest;
        let limit = Limit::of(function, &nest.outer, self.lanes as i64)?;
        if (self.inner.insts.len() + nest.outer.insts.len()) * self.lanes > MAX_INSTRUCTIONS as usize {
            return None;
        }
        self.outer_params(function);
        for inst in others(&function.dfg, &nest.outer.insts[..nest.before]) {
            (0..self.lanes).try_for_each(|lane| self.copy(function, inst, lane, self.group))?;
        }
        let initial = self.initial(function)?;
        let totals = self.inner_loop(function, &initial)?;
        self.check(function, &initial[0], rounds)?;
        let next = self.behind(function, &totals)?;
        if let Some(shuffles_bytes) = vectors {
            self.vectors(function, shuffles_bytes)?;
        }
        self.finish(function, &limit, &next);
        Some(())
    }

    /// What the parameters of the outer loop are in each lane, where only numbers are needed to know it.
    fn outer_params(&mut self, function: &mut Function) {
        let outer = &self.nest.outer;
        let params = function.dfg.block_params(self.group).to_vec();
        self.values[0].extend(outer.params.iter().copied().zip(params.iter().copied()));
        for lane in 1..self.lanes {
            for (position, (&old, &new)) in outer.params.iter().zip(&params).enumerate() {
                let value = match outer.steps[position] {
                    Some(step) => Some(advance(function, self.group, new, step.wrapping_mul(lane as i64))),
                    None => self
                        .early(function, lane - 1, outer.next[position], MAX_DEPTH)
                        .and_then(|()| self.value(lane - 1, outer.next[position])),
                };
                self.values[lane].extend(value.map(|value| (old, value)));
            }
        }
    }

    /// What the value is in a lane, if it is known there.
    fn value(&self, lane: usize, value: Value) -> Option<Value> {
        match self.values[lane].get(&value) {
            None if !self.inside.contains(&value) => Some(value),
            known => known.copied(),
        }
    }

    fn is_shared(&self, lane: usize, value: Value) -> bool {
        self.value(lane, value).is_some() && self.value(lane, value) == self.value(0, value)
    }

    /// Copies an instruction for a lane to the end of a block, unless it says the same as that of the first lane.
    fn copy(&mut self, function: &mut Function, inst: Inst, lane: usize, block: Block) -> Option<()> {
        let results = function.dfg.inst_results(inst).to_vec();
        if results.iter().any(|result| self.values[lane].contains_key(result)) {
            return Some(());
        }
        let args: Vec<Value> = function.dfg.inst_values(inst).collect();
        let is_shared = lane > 0 && !is_store(&function.dfg, inst) && args.iter().all(|&arg| self.is_shared(lane, arg));
        let new_results = if is_shared {
            results.iter().map(|&result| self.value(0, result)).collect::<Option<Vec<Value>>>()?
        } else {
            args.iter().try_for_each(|&arg| self.value(lane, arg).map(|_| ()))?;
            let new = copy_inst(function, inst, block, |value| self.value(lane, value).unwrap_or(value));
            function.dfg.inst_results(new).to_vec()
        };
        self.values[lane].extend(results.into_iter().zip(new_results));
        Some(())
    }

    /// What the parameters of the inner loop begin with, in each lane.
    fn initial(&self, function: &Function) -> Option<Vec<Vec<Value>>> {
        let &[entry] = &self.inner.entries[..] else { return None };
        let args = all_passed(&function.dfg, entry, self.inner.header)?;
        let in_lane = |lane| args.iter().map(|&arg| self.value(lane, arg)).collect();
        (0..self.lanes).map(in_lane).collect()
    }

    /// Writes the inner loop of all lanes, which stores nothing. Returns what it adds up.
    fn inner_loop(&mut self, function: &mut Function, initial: &[Vec<Value>]) -> Option<Vec<Value>> {
        let Blocks { before, copies, after, .. } = self.blocks;
        let inner = self.inner;
        let args = self.inner_params(function, initial)?;
        FuncCursor::new(function).at_bottom(before).ins().jump(copies, &args);
        for inst in others(&function.dfg, &inner.insts) {
            for lane in 0..self.lanes {
                self.copy(function, inst, lane, copies)?;
                self.displace(function, inst, lane)?;
            }
        }
        let mut next = Vec::new();
        for (&value, step) in inner.next.iter().zip(&inner.steps) {
            for lane in 0..if step.is_some() { 1 } else { self.lanes } {
                next.push(BlockArg::from(self.value(lane, value)?));
            }
        }
        let added_up = inner.next.iter().zip(&inner.steps).filter(|(_, step)| step.is_none());
        let stored = self.stored.iter().map(|&store| function.dfg.inst_args(store)[0]);
        let mut totals: Vec<Value> = added_up.map(|(&value, _)| value).chain(stored).collect();
        totals.sort();
        totals.dedup();
        let &[Test { condition, goes_on, .. }] = &inner.branches[..] else { return None };
        let condition = self.value(0, condition)?;
        let mut cursor = FuncCursor::new(function).at_bottom(copies);
        if goes_on {
            cursor.ins().brif(condition, copies, &next, after, &[]);
        } else {
            cursor.ins().brif(condition, after, &[], copies, &next);
        }
        let lanes = totals.iter().flat_map(|&total| (0..self.lanes).map(move |lane| (lane, total)));
        let args =
            lanes.map(|(lane, total)| self.value(lane, total).map(BlockArg::from)).collect::<Option<Vec<_>>>()?;
        FuncCursor::new(function).at_bottom(after).ins().jump(self.behind, &args);
        // Nothing else that the inner loop makes is known outside.
        let results = inner.insts.iter().flat_map(|&inst| function.dfg.inst_results(inst));
        for value in results.chain(&inner.params) {
            for values in &mut self.values {
                values.remove(value);
            }
        }
        Some(totals)
    }

    /// Makes vectors of what the lanes have in common, if that pays.
    fn vectors(&self, function: &mut Function, shuffles_bytes: bool) -> Option<()> {
        let Blocks { copies, after, .. } = self.blocks;
        let dfg = &function.dfg;
        let (repeat, leave) = (function.layout.last_inst(copies)?, function.layout.last_inst(after)?);
        let (next, behind) = (all_passed(dfg, repeat, copies)?, all_passed(dfg, leave, self.behind)?);
        let InstructionData::Brif { arg, .. } = dfg.insts[repeat] else { return None };
        let mut rows = Vec::new();
        let mut position = 0;
        for (&param, step) in self.inner.params.iter().zip(&self.inner.steps) {
            let lanes = if step.is_some() { 1 } else { self.lanes };
            let positions: Vec<usize> = (position..position + lanes).collect();
            rows.extend(
                positions
                    .chunks_exact(BYTES as usize / dfg.value_type(param).bytes() as usize)
                    .filter(|_| step.is_none())
                    .map(<[usize]>::to_vec),
            );
            position += lanes;
        }
        let ends = Ends { next: &next, kept: &[arg], behind: &behind };
        let plan = pack::plan(function, copies, ends, &rows, &HashMap::new(), Distances::default(), shuffles_bytes)?;
        emit::rewrite(function, &plan, &self.blocks, &behind);
        Some(())
    }

    /// Gives the new inner loop its parameters: one for each counter, and one in each lane for what is no counter.
    /// Returns what they begin with.
    fn inner_params(&mut self, function: &mut Function, initial: &[Vec<Value>]) -> Option<Vec<BlockArg>> {
        let mut args = Vec::new();
        for (position, &param) in self.inner.params.iter().enumerate() {
            let is_counter = self.inner.steps[position].is_some();
            let number = function.dfg.value_type(param);
            if is_counter && initial.iter().any(|other| other[position] != initial[0][position]) {
                return None;
            }
            for (lane, initial) in initial.iter().enumerate() {
                let value = if is_counter && lane > 0 {
                    self.values[0][&param]
                } else {
                    args.push(BlockArg::from(initial[position]));
                    function.dfg.append_block_param(self.blocks.copies, number)
                };
                self.values[lane].insert(param, value);
            }
        }
        Some(args)
    }

    /// Lets a load of a lane have the address of the first lane's, displaced.
    fn displace(&mut self, function: &mut Function, inst: Inst, lane: usize) -> Option<()> {
        let Some(base) = place::base(&function.dfg, inst) else { return Some(()) };
        // (A store has no result.)
        let loaded = function.dfg.inst_results(inst).first().copied()?;
        let Start::Value(start) = self.inner.streams.get(&base)?.start else { return Some(()) };
        if lane == 0 || self.is_shared(lane, base) {
            return Some(());
        }
        let by = self.slope(function, start, MAX_DEPTH)?.checked_mul(lane as i64)?;
        let new = function.dfg.value_def(self.value(lane, loaded)?).unwrap_inst();
        let first = self.value(0, base)?;
        place::displace(&mut function.dfg, new, first, by).then_some(())
    }

    /// Makes a value that is needed behind the inner loop before it, if only numbers are needed for that.
    fn early(&mut self, function: &mut Function, lane: usize, value: Value, depth: usize) -> Option<()> {
        if self.value(lane, value).is_some() {
            return Some(());
        }
        let inst = function.dfg.value_def(value).inst()?;
        if depth == 0 || Place::of(&function.dfg, inst).is_some() {
            return None;
        }
        let args = function.dfg.inst_args(inst).to_vec();
        args.into_iter().try_for_each(|arg| self.early(function, lane, arg, depth - 1))?;
        self.copy(function, inst, lane, self.group)
    }

    /// Writes what the lanes do behind the inner loop, in their order. Returns the outer loop's next parameters.
    fn behind(&mut self, function: &mut Function, totals: &[Value]) -> Option<Vec<Value>> {
        let (outer, behind) = (&self.nest.outer, self.behind);
        for &total in totals {
            let number = function.dfg.value_type(total);
            for values in &mut self.values {
                values.insert(total, function.dfg.append_block_param(behind, number));
            }
        }
        let (pre, post) = outer.insts.split_at(self.nest.before);
        let pre = pre.iter().filter(|inst| is_store(&function.dfg, **inst));
        let insts: Vec<Inst> = pre.chain(&self.stored).chain(post).copied().collect();
        for lane in 0..self.lanes {
            for (&param, &next) in outer.params.iter().zip(&outer.next).filter(|_| lane > 0) {
                if self.value(lane, param).is_none() {
                    let handed_on = self.value(lane - 1, next)?;
                    self.values[lane].insert(param, handed_on);
                }
            }
            for &inst in &insts {
                self.copy(function, inst, lane, behind)?;
            }
        }
        let last = self.lanes - 1;
        let params = function.dfg.block_params(self.group).to_vec();
        let next = outer.next.iter().enumerate().map(|(position, &next)| match outer.steps[position] {
            Some(step) => Some(advance(function, behind, params[position], step.wrapping_mul(self.lanes as i64))),
            None => self.value(last, next),
        });
        next.collect()
    }

    /// Ends the blocks that decide, and leads into the first one.
    fn finish(&mut self, function: &mut Function, limit: &Limit, next: &[Value]) {
        let (outer, entry, group) = (&self.nest.outer, self.blocks.entry, self.group);
        let params = function.dfg.block_params(entry).to_vec();
        let mut cursor = FuncCursor::new(function).at_bottom(entry);
        let end = limit.end.before(&mut cursor, limit.number, limit.margin);
        let is_before = limit.is_before(&mut cursor, params[limit.counter], end);
        cursor.ins().brif(is_before, group, &block_args(&params), outer.header, &block_args(&params));
        let mut cursor = FuncCursor::new(function).at_bottom(self.behind);
        let is_before = cursor.ins().icmp(limit.before, next[limit.counter], end);
        cursor.ins().brif(is_before, group, &block_args(next), outer.header, &block_args(next));
        let params = function.dfg.block_params(group).to_vec();
        let mut cursor = FuncCursor::new(function).at_bottom(group);
        let conditions = std::mem::take(&mut self.conditions);
        match conditions.into_iter().reduce(|all, condition| cursor.ins().band(all, condition)) {
            Some(all) => cursor.ins().brif(all, self.blocks.before, &[], outer.header, &block_args(&params)),
            None => cursor.ins().jump(self.blocks.before, &[]),
        };
        for &branch in &outer.entries {
            redirect(function, branch, outer.header, entry);
        }
    }
}

/// The instructions that are no stores.
fn others(dfg: &DataFlowGraph, insts: &[Inst]) -> Vec<Inst> {
    insts.iter().copied().filter(|&inst| !is_store(dfg, inst)).collect()
}

/// The last stores of the inner loop to each place, in their order. None if they could not be behind it: if a place is
/// not always the same, if it is loaded as well, or if something is loaded between a store and the inner loop.
fn stored(dfg: &DataFlowGraph, nest: &Nest, inner: &Cycle) -> Option<Vec<Inst>> {
    let pre = nest.outer.insts[..nest.before]
        .iter()
        .filter_map(|&inst| Some(inst).filter(|_| Place::of(dfg, inst).is_some()));
    if !pre.is_sorted_by_key(|inst| is_store(dfg, inst)) {
        return None;
    }
    let mut last: Vec<(Place, Inst)> = Vec::new();
    for &inst in inner.insts.iter().filter(|inst| is_store(dfg, **inst)) {
        let place = Place::of(dfg, inst)?;
        let is_loaded =
            inner.insts.iter().any(|&load| !is_store(dfg, load) && place::base(dfg, load) == Some(place.base));
        if inner.streams.get(&place.base)?.counter.is_some() || is_loaded {
            return None;
        }
        last.retain(|(other, _)| !other.is_same(&place));
        last.push((place, inst));
    }
    Some(last.into_iter().map(|(_, store)| store).collect())
}

/// How often the loop goes round, if that is known.
fn rounds(cycle: &Cycle) -> Option<i64> {
    let exit = cycle.exit.filter(|_| cycle.tests.is_empty())?;
    let (step, initial) = (cycle.steps[exit.counter]?, cycle.initial[exit.counter]?);
    let End::Constant(end) = exit.end else { return None };
    let distance = end.checked_sub(initial)?;
    (distance % step == 0 && distance / step >= 0).then_some(distance / step + 1)
}
