//! Several iterations of a loop → one iteration of a new loop before it.
//!
//! ```text
//! loop(n):                           entry(n):     branch is_apart and n < end - 8, copies(n), loop(n)
//!     a = load p + n                 copies(n):
//!     store a * b, q + n       →         a = load.f64x2 p + n
//!     branch n + 8 < end, loop           store a * (b, b), q + n
//!                                        branch n + 16 < end - 8, copies(n + 16), loop(n + 16)
//!                                    loop(n): …
//! ```
//!
//! A *cycle* is an innermost loop without branches other than those that leave it: when a counter reaches an end, or
//! for what was loaded, of which [`search`] tells. In the first case its instructions are written several times,
//! without the branches, where that pays: if numbers side by side become vectors ([`pack`]), which are stored or added
//! up, or if a parameter hands its value on to another, so that it would have to be moved in each iteration. What its
//! stores do not reach is loaded once, if the address is always the same ([`fixed`]). The new loop runs for as long as
//! none of its iterations would have left the old one, and the old one does the rest, so that nothing behind the loop
//! changes. Iterations of a loop around a cycle may go together ([`jam`], [`ahead`]), and parameters of a cycle become
//! lanes of vectors without a new loop ([`lanes`]).
//!
//! **Proof.** The new loop makes the accesses that the old one would make, at the same addresses, unless one of them
//! traps (and of equal loads the first); in another order, which is observable only where two accesses overlap: that
//! they do not is checked before the loop, or known. If one of them traps, the old loop would trap as well, in an
//! iteration that the new one had begun. An access of a later iteration may then precede the trap. Its address is that
//! of an earlier, valid one plus at most `MAX_DISTANCE`, so it stays where [`super::induction`] has shown that nothing
//! but the memory is.

mod ahead;
mod cycle;
mod emit;
mod fixed;
mod guard;
mod jam;
mod lanes;
mod pack;
mod place;
mod reduction;
mod search;
mod zero_byte;

use super::address::MAX_DISTANCE;
use super::induction::passed;
use super::{commute, copy_inst};
use crate::declare::Memory;
use ahead::Around;
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{Block, BlockArg, DataFlowGraph, Function, Inst, InstBuilder, Type, Value};
use cycle::{Cycle, End, Nest, narrow};
use pack::{Ends, Plan};
use place::{Distances, Stream};
use reduction::Reduction;
use std::collections::HashMap;

/// Instructions that a new loop may begin with.
const MAX_INSTRUCTIONS: i64 = 320;
/// How often a loop must be known to go round, where it is known.
const MIN_ROUNDS: i64 = 3;

/// Rewrites what the head of this file describes. Not all processors can shuffle bytes.
pub(super) fn rewrite(context: &mut Context, memory: Option<&Memory>, shuffles_bytes: bool) {
    // What follows compares values.
    context.func.dfg.resolve_all_aliases();
    let of = |id| {
        let Context { func, cfg, loop_analysis: loops, .. } = &*context;
        let cycle = Cycle::of(func, cfg, loops, id)?;
        let around = Around::of(context, id, &cycle);
        Some((cycle, Nest::of(func, cfg, loops, id), around))
    };
    let cycles: Vec<(Cycle, Option<Nest>, Option<Around>)> = context.loop_analysis.loops().filter_map(of).collect();
    if cycles.is_empty() {
        return;
    }
    let Context { func, cfg, .. } = context;
    let escaping = commute::escaping(func);
    let mut waiting = 0;
    for (cycle, nest, around) in cycles {
        // (Who copies iterations of the cycle wants one that only a counter ends.)
        let memory = memory.filter(|_| !cycle.tests.is_empty());
        let is_done = memory.is_some_and(|memory| search::rewrite(func, &cycle, memory))
            || vectors(func, &cycle).is_some_and(|limit| {
                let fixed = fixed::find(&func.dfg, &cycle);
                unroll(func, &cycle, &limit, &fixed, |function, block, ends, streams, distances| {
                    pack::plan(function, block, ends, &[], streams, distances, shuffles_bytes)
                })
            })
            || nest.is_some_and(|nest| jam::rewrite(func, &nest, &cycle, shuffles_bytes))
            || lanes::rewrite(func, cfg, &cycle, &escaping, shuffles_bytes)
            || around.filter(|_| waiting < ahead::MAX_LOOPS).is_some_and(|around| {
                ahead::rewrite(func, &around, &cycle);
                waiting += 1;
                true
            });
        if let (false, Some(limit)) = (is_done, cycle.handed_on().and_then(|n| Limit::of(func, &cycle, n))) {
            unroll(func, &cycle, &limit, &[], |_, _, _, _, _| Some(Plan::default()));
        }
    }
}

/// How many iterations make several vectors, and until when; none if the cycle neither stores nor adds
/// up what can be a vector.
fn vectors(function: &Function, cycle: &Cycle) -> Option<Limit> {
    let stores = cycle.insts.iter().filter_map(|&inst| {
        let (base, lane) = place::stored(&function.dfg, inst)?;
        let stream = cycle.streams.get(&base)?;
        let is_dense = stream.step > 0 && stream.step % i64::from(lane.bytes()) == 0;
        // So many make whole vectors.
        is_dense.then(|| pack::BYTES / gcd(pack::BYTES, stream.step))
    });
    let sums = cycle.params.iter().zip(&cycle.next).filter_map(|(&param, &next)| {
        let terms = Reduction::of(&function.dfg, param, next)?.terms.len() as i64;
        (terms != 0).then(|| pack::BYTES / gcd(pack::BYTES, terms * i64::from(function.dfg.value_type(param).bytes())))
    });
    let whole = stores.chain(sums).max()?;
    // The processor overlaps several vectors better than iterations of a loop.
    [whole * 4, whole * 2, whole].into_iter().find_map(|iterations| Limit::of(function, cycle, iterations))
}

fn gcd(left: i64, right: i64) -> i64 {
    if right == 0 { left } else { gcd(right, left % right) }
}

/// The blocks of a new loop, which come before those of the old one.
struct Blocks {
    /// Decides which of both loops to enter. Its parameters are those of the old loop's header.
    entry: Block,
    /// Makes what the new loop does not change.
    before: Block,
    copies: Block,
    /// Leads from there to the old loop.
    after: Block,
}

/// Puts a new loop before the old one, if there is a plan for it. What is `fixed` is made before that.
fn unroll(
    function: &mut Function,
    cycle: &Cycle,
    limit: &Limit,
    fixed: &[Inst],
    plan: impl FnOnce(&Function, Block, Ends, &HashMap<Value, Stream>, Distances) -> Option<Plan>,
) -> bool {
    let [entry, before, copies, after] = new_blocks(function, cycle.header);
    let blocks = Blocks { entry, before, copies, after };
    for block in [entry, copies] {
        take_params(function, cycle, block);
    }
    let (streams, next) = copy(function, cycle, &blocks, limit.iterations, fixed);
    let ends = Ends { next: &next, kept: &[next[limit.counter]], behind: &next };
    let plan = streams.and_then(|streams| {
        let distances = fixed::distances(function, before, copies, &streams)?;
        Some((plan(function, copies, ends, &streams, distances)?, streams))
    });
    let Some((plan, streams)) = plan else {
        discard(function, &[entry, before, copies, after]);
        return false;
    };
    let end = finish(function, cycle, &blocks, limit, &next);
    emit::rewrite(function, &plan, &blocks, &next);
    guard::enter(function, cycle, &blocks, limit, end, &streams, &plan.distances);
    for &branch in &cycle.entries {
        redirect(function, branch, cycle.header, entry);
    }
    true
}

/// Removes blocks that were in vain.
fn discard(function: &mut Function, blocks: &[Block]) {
    for &block in blocks {
        while let Some(inst) = function.layout.first_inst(block) {
            function.layout.remove_inst(inst);
        }
        function.layout.remove_block(block);
    }
}

/// Blocks before another.
fn new_blocks<const COUNT: usize>(function: &mut Function, before: Block) -> [Block; COUNT] {
    [(); COUNT].map(|()| {
        let block = function.dfg.make_block();
        function.layout.insert_block(block, before);
        block
    })
}

/// Gives a block parameters like those of the old loop's header.
fn take_params(function: &mut Function, cycle: &Cycle, block: Block) {
    for &param in &cycle.params {
        let number = function.dfg.value_type(param);
        function.dfg.append_block_param(block, number);
    }
}

/// The value plus a constant, which is often 0.
fn plus(cursor: &mut FuncCursor<'_>, value: Value, by: i64) -> Value {
    if by == 0 { value } else { cursor.ins().iadd_imm_s(value, by) }
}

/// Passes values to a block.
fn block_args(values: &[Value]) -> Vec<BlockArg> {
    values.iter().copied().map(BlockArg::from).collect()
}

/// Copies iterations of the cycle into a block, without its branches, and what is fixed into the block before it.
/// Returns the streams of both, unless an offset is too large, and the values of the header's parameters behind them.
fn copy(
    function: &mut Function,
    cycle: &Cycle,
    blocks: &Blocks,
    iterations: i64,
    fixed: &[Inst],
) -> (Option<HashMap<Value, Stream>>, Vec<Value>) {
    let block = blocks.copies;
    let params = function.dfg.block_params(block).to_vec();
    let (mut values, mut streams) = fixed::copy(function, cycle, fixed, blocks.before);
    let is_changing = |inst: &Inst| !function.dfg.inst_results(*inst).iter().any(|value| values.contains_key(value));
    let insts: Vec<Inst> = cycle.insts.iter().copied().filter(is_changing).collect();
    values.extend(cycle.params.iter().copied().zip(params.iter().copied()));
    let mut bases = HashMap::new();
    let mut is_addressed = true;
    for iteration in 0..iterations {
        for &inst in &insts {
            let is_constant = function.dfg.inst_args(inst).is_empty();
            if iteration > 0 && is_constant {
                continue;
            }
            let new = copy_inst(function, inst, block, |value| values.get(&value).copied().unwrap_or(value));
            if let Some((base, stream)) =
                place::base(&function.dfg, inst).and_then(|base| cycle.streams.get_key_value(&base))
            {
                let first = *bases.entry(*base).or_insert_with(|| values.get(base).copied().unwrap_or(*base));
                is_addressed &= place::displace(&mut function.dfg, new, first, stream.step * iteration);
            }
            let results = function.dfg.inst_results(inst).to_vec();
            values.extend(results.into_iter().zip(function.dfg.inst_results(new).to_vec()));
        }
        let next: Vec<Value> = cycle.next.iter().map(|value| values.get(value).copied().unwrap_or(*value)).collect();
        values.extend(cycle.params.iter().copied().zip(next));
    }
    let next = cycle.params.iter().enumerate().map(|(index, param)| match cycle.steps[index] {
        Some(step) => advance(function, block, params[index], step.wrapping_mul(iterations)),
        None => values[param],
    });
    let next = next.collect();
    streams.extend(bases.into_iter().map(|(base, new)| (new, cycle.streams[&base])));
    (is_addressed.then_some(streams), next)
}

/// The counter, later: made at the end of the block.
fn advance(function: &mut Function, block: Block, counter: Value, by: i64) -> Value {
    let number = function.dfg.value_type(counter);
    let mut cursor = FuncCursor::new(function).at_bottom(block);
    let by = cursor.ins().iconst(number, narrow(number, by));
    cursor.ins().iadd(counter, by)
}

/// Until when the new loop runs: for as long as the counter is before `end - margin`.
struct Limit {
    /// How many iterations of the old loop one of the new loop makes.
    iterations: i64,
    counter: usize,
    number: Type,
    end: End,
    margin: i64,
    /// How the counter compares with what is ahead of it.
    before: IntCC,
}

impl Limit {
    fn of(function: &Function, cycle: &Cycle, iterations: i64) -> Option<Limit> {
        let furthest = cycle.streams.values().map(|stream| stream.step.abs()).max().unwrap_or_default();
        let is_near = furthest.saturating_mul(iterations) <= i64::from(MAX_DISTANCE);
        if !is_near || cycle.insts.len() as i64 * iterations > MAX_INSTRUCTIONS {
            return None;
        }
        let exit = cycle.exit.filter(|_| cycle.tests.is_empty())?;
        let counter = exit.counter;
        let number = function.dfg.value_type(cycle.params[counter]);
        let step = cycle.steps[counter]?;
        let margin = exit.ahead + step * (iterations - 1);
        let before = if step > 0 { IntCC::SignedLessThan } else { IntCC::SignedGreaterThan };
        if let End::Constant(value) = exit.end {
            let value = value.checked_sub(margin)?;
            if number == I32 && i32::try_from(value).is_err() {
                return None;
            }
            let rounds = cycle.initial[counter].map(|initial| value.wrapping_sub(initial) / (step * iterations));
            if rounds.is_some_and(|rounds| rounds < MIN_ROUNDS) {
                return None;
            }
        }
        Some(Limit { iterations, counter, number, end: exit.end, margin, before })
    }

    /// Whether the counter is before the end of the new loop.
    fn is_before(&self, cursor: &mut FuncCursor<'_>, counter: Value, end: Value) -> Value {
        let is_before = cursor.ins().icmp(self.before, counter, end);
        match self.end {
            End::Value(value) if self.margin != 0 => {
                // The subtraction has not wrapped around.
                let is_exact = cursor.ins().icmp(self.before, end, value);
                cursor.ins().band(is_before, is_exact)
            }
            _ => is_before,
        }
    }
}

/// Ends the new loop; returns what its counter must be before.
fn finish(function: &mut Function, cycle: &Cycle, blocks: &Blocks, limit: &Limit, next: &[Value]) -> Value {
    let mut cursor = FuncCursor::new(function).at_bottom(blocks.entry);
    let end = limit.end.before(&mut cursor, limit.number, limit.margin);
    let args = block_args(next);
    let mut cursor = FuncCursor::new(function).at_bottom(blocks.copies);
    let is_before = cursor.ins().icmp(limit.before, next[limit.counter], end);
    cursor.ins().brif(is_before, blocks.copies, &args, blocks.after, &[]);
    FuncCursor::new(function).at_bottom(blocks.after).ins().jump(cycle.header, &args);
    let params = block_args(function.dfg.block_params(blocks.entry));
    FuncCursor::new(function).at_bottom(blocks.before).ins().jump(blocks.copies, &params);
    end
}

/// What a branch passes to all parameters of a block.
fn all_passed(dfg: &DataFlowGraph, branch: Inst, to: Block) -> Option<Vec<Value>> {
    (0..dfg.num_block_params(to)).map(|position| passed(dfg, branch, to, position)).collect()
}

/// Lets a branch go to another block.
fn redirect(function: &mut Function, branch: Inst, from: Block, to: Block) {
    let dfg = &mut function.dfg;
    let ways = dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables);
    for way in ways {
        if way.block(&dfg.value_lists) == from {
            way.set_block(to, &mut dfg.value_lists);
        }
    }
}
