//! THIS FILE AND `address` ARE PART OF THE SANDBOX: they change addresses that `bounds_check` made.
//!
//! Addresses that advance by a constant in each iteration of a loop become sums of 64 bits:
//!
//! ```text
//! loop(i):                            start = zext(p + i₀)
//!     load base + zext(p + i)    →    loop(n = 0):
//!     i + 8                               load base + start + n
//!                                         n + 8
//! ```
//!
//! The sum on the left is modulo 2³², so it needs instructions of its own; the one on the right is an operand. One
//! counter `n` serves all addresses of a loop that advance alike. A counter of 32 bits that was only compared with the
//! loop's end then goes away: the new one is compared.
//!
//! **Proof.** Let the *leader* be the first of a group of accesses (see [`super::address`]), at `base + A + o` with
//! `A = zext(index)`, in a block that dominates every way back to the loop's header, so that it executes in every
//! iteration. Let `index` be modulo 2³² a sum of values that the loop does not change and of counters that change by
//! constants, together by the stride `s`, `0 < |s| ≤ MAX_DISTANCE`. Claim: in iteration k, `start + s·k = A`, or
//! both forms trap.
//! - k = 0: `start` is computed before the loop by the same sum modulo 2³².
//! - k > 0: the leader of iteration k − 1 did not trap, so its `A'` was less than the size of the memory,
//!   `A' < 2³² − 64 KiB`, and by induction it was `start + s·(k − 1)`. If `s > 0`, then `A' + s < 2³²`: the sum does
//!   not wrap, and `A = A' + s`. If `s < 0` and `A' + s ≥ 0`, the same. If `A' + s < 0`, the leader must trap, because
//!   the index wraps to within `MAX_DISTANCE` of 2³²; and it does, because it has no offset (this is required) and
//!   `base + A' + s` lies in the unmapped bytes below the memory.
//!
//! The other accesses of the group follow the leader of their own iteration, by the proof of [`super::address`].
//!
//! It also follows that `|s|·k < 2³²` in iteration k: `A' ≥ 0` and `A' < 2³² − 64 KiB` bound the distance already made.
//! So `n` is exact, and comparing it decides what comparing a counter `i₀ + t·k` modulo 2³² decides, if t divides s.

use super::address::{self, Group, MAX_DISTANCE};
use super::sum::{Sum, constant, constant_64, instruction, step};
use super::{block_of, liveness};
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::dominator_tree::DominatorTree;
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{
    Block, BlockArg, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value,
};
use cranelift_codegen::loop_analysis::{Loop, LoopAnalysis};
use std::collections::HashMap;

/// Parameters of a header that are looked at: more than registers and stack slots that a loop can use well.
const MAX_PARAMS: usize = 256;
/// Addresses that one loop may keep in registers.
const MAX_ADDRESSES: usize = 7;

/// A loop whose only entry is a jump.
struct Shape {
    id: Loop,
    header: Block,
    /// The jump into the loop.
    entry: Inst,
    /// Branches back to the header.
    latches: Vec<Inst>,
}

/// A header's parameter that changes by a constant: one of 64 bits by that number.
#[derive(Clone, Copy)]
struct Counter {
    param: Value,
    initial: Value,
    step: u32,
}

/// A group of accesses whose address advances in a loop.
struct Advancing<'a> {
    group: &'a Group,
    sum: Sum,
    stride: i32,
}

/// What counts a loop's iterations: `stride · k`.
struct Iterations {
    value: Value,
    stride: i32,
    /// Once it has executed, the step to the next iteration is exact.
    proven_by: Inst,
}

/// Rewrites the addresses of all loops.
pub(super) fn reduce(context: &mut Context, groups: &[Group]) {
    let Context { func, cfg, domtree, loop_analysis: loops, .. } = context;
    let mut in_loop: Vec<(Loop, &Group)> =
        groups.iter().filter_map(|group| Some((loops.innermost_loop(group.leader.block)?, group))).collect();
    in_loop.sort_by_key(|(id, _)| id.as_u32());
    let mut reduced = Vec::new();
    for groups in in_loop.chunk_by(|left, right| left.0 == right.0) {
        let Some(shape) = shape(func, cfg, loops, groups[0].0) else { continue };
        let counters = counters(&func.dfg, &shape);
        let mut advancing: Vec<Advancing<'_>> =
            groups.iter().filter_map(|(_, group)| advancing(func, domtree, loops, &shape, &counters, group)).collect();
        advancing.sort_by_key(|advancing| std::cmp::Reverse(advancing.group.members.len()));
        advancing.truncate(MAX_ADDRESSES);
        let iterations = rewrite(func, &shape, &counters, &advancing);
        if !iterations.is_empty() {
            reduced.push((shape, counters, iterations));
        }
    }
    if !reduced.is_empty() {
        replace_comparisons(func, domtree, loops, &reduced);
        replace_counters(func, &reduced);
    }
}

fn shape(function: &Function, cfg: &ControlFlowGraph, loops: &LoopAnalysis, id: Loop) -> Option<Shape> {
    let header = loops.loop_header(id);
    let (latches, entries): (Vec<_>, Vec<_>) =
        cfg.pred_iter(header).partition(|predecessor| loops.is_in_loop(predecessor.block, id));
    let [ref entry] = entries[..] else { return None };
    let latches = latches.iter().map(|latch| latch.inst).collect();
    if function.dfg.num_block_params(header) > MAX_PARAMS {
        return None;
    }
    (function.dfg.insts[entry.inst].opcode() == Opcode::Jump).then_some(Shape {
        id,
        header,
        entry: entry.inst,
        latches,
    })
}

/// What the branch passes to the header's parameter at this position, if it is one value whichever way it takes.
pub(super) fn passed(dfg: &DataFlowGraph, branch: Inst, header: Block, position: usize) -> Option<Value> {
    let mut values = dfg.insts[branch]
        .branch_destination(&dfg.jump_tables, &dfg.exception_tables)
        .iter()
        .filter(|destination| destination.block(&dfg.value_lists) == header)
        .map(|destination| match destination.args(&dfg.value_lists).nth(position) {
            Some(BlockArg::Value(value)) => Some(dfg.resolve_aliases(value)),
            _ => None,
        });
    let first = values.next()??;
    values.all(|value| value == Some(first)).then_some(first)
}

fn counters(dfg: &DataFlowGraph, shape: &Shape) -> Vec<Counter> {
    let counter = |(position, &param): (usize, &Value)| {
        let ty = dfg.value_type(param);
        if ty != I32 && ty != I64 {
            return None;
        }
        let initial = passed(dfg, shape.entry, shape.header, position)?;
        let mut steps = shape.latches.iter().map(|&latch| {
            let next = passed(dfg, latch, shape.header, position)?;
            let sum = Sum::of(dfg, next, |value| value != param);
            let is_exact = ty == I32 || step(dfg, param, next) == Some(i64::from(sum.constant as i32));
            (sum.terms == [(param, 1)] && is_exact).then_some(sum.constant)
        });
        let step = steps.next()??;
        (step != 0 && steps.all(|other| other == Some(step))).then_some(Counter { param, initial, step })
    };
    dfg.block_params(shape.header).iter().enumerate().filter_map(counter).collect()
}

fn is_invariant(function: &Function, loops: &LoopAnalysis, id: Loop, value: Value) -> bool {
    block_of(function, value).is_some_and(|block| !loops.is_in_loop(block, id))
}

/// How the group's address advances, if it is as the proof demands.
fn advancing<'a>(
    function: &Function,
    domtree: &DominatorTree,
    loops: &LoopAnalysis,
    shape: &Shape,
    counters: &[Counter],
    group: &'a Group,
) -> Option<Advancing<'a>> {
    let leader = group.leader;
    let in_every_iteration = shape.latches.iter().all(|&latch| {
        function.layout.inst_block(latch).is_some_and(|latch| domtree.block_dominates(leader.block, latch))
    });
    if !in_every_iteration {
        return None;
    }
    let sum = Sum::of(&function.dfg, leader.index, |value| !is_invariant(function, loops, shape.id, value));
    let mut stride = 0u32;
    for &(value, factor) in &sum.terms {
        match counters.iter().find(|counter| counter.param == value) {
            Some(counter) => stride = stride.wrapping_add(counter.step.wrapping_mul(factor)),
            None if is_invariant(function, loops, shape.id, value) => {}
            None => return None,
        }
    }
    let stride = stride as i32;
    let is_sound =
        (1..=MAX_DISTANCE).contains(&stride) || (leader.has_no_offset() && (-MAX_DISTANCE..0).contains(&stride));
    is_sound.then_some(Advancing { group, sum, stride })
}

/// Gives the groups their new addresses; returns what counts the iterations.
fn rewrite(
    function: &mut Function,
    shape: &Shape,
    counters: &[Counter],
    advancing: &[Advancing<'_>],
) -> Vec<Iterations> {
    let mut iterations: Vec<Iterations> = Vec::new();
    for this in advancing {
        let start = start(function, shape, counters, this);
        let known = iterations.iter().find(|known| known.stride == this.stride).map(|known| known.value);
        let counter = known.unwrap_or_else(|| {
            let value = add_counter(function, shape, this.stride);
            iterations.push(Iterations { value, stride: this.stride, proven_by: this.group.leader.inst });
            value
        });
        let address = before(function, this.group.leader.inst).ins().iadd(start, counter);
        address::replace_address(&mut function.dfg, this.group, address);
    }
    iterations
}

fn before(function: &mut Function, inst: Inst) -> FuncCursor<'_> {
    FuncCursor::new(function).at_inst(inst)
}

/// The index in the first iteration, computed before the loop.
fn start(function: &mut Function, shape: &Shape, counters: &[Counter], this: &Advancing<'_>) -> Value {
    let mut cursor = before(function, shape.entry);
    let mut index = None;
    for &(value, factor) in &this.sum.terms {
        let value = counters.iter().find(|counter| counter.param == value).map_or(value, |counter| counter.initial);
        let value = lower_half(&mut cursor, value);
        let term = match factor {
            1 => value,
            _ => {
                let factor = cursor.ins().iconst(I32, i64::from(factor));
                cursor.ins().imul(value, factor)
            }
        };
        index = Some(match index {
            Some(sum) => cursor.ins().iadd(sum, term),
            None => term,
        });
    }
    let constant = cursor.ins().iconst(I32, i64::from(this.sum.constant));
    let index = index.map_or(constant, |sum| cursor.ins().iadd(sum, constant));
    cursor.ins().uextend(I64, index)
}

fn lower_half(cursor: &mut FuncCursor<'_>, value: Value) -> Value {
    if cursor.func.dfg.value_type(value) == I32 { value } else { cursor.ins().ireduce(I32, value) }
}

/// A new parameter of the header that advances from 0 by `stride`.
fn add_counter(function: &mut Function, shape: &Shape, stride: i32) -> Value {
    let counter = function.dfg.append_block_param(shape.header, I64);
    let initial = before(function, shape.entry).ins().iconst(I64, 0);
    pass(&mut function.dfg, shape.entry, shape.header, initial);
    for &latch in &shape.latches {
        let next = advanced(&mut before(function, latch), counter, stride);
        pass(&mut function.dfg, latch, shape.header, next);
    }
    counter
}

fn advanced(cursor: &mut FuncCursor<'_>, counter: Value, stride: i32) -> Value {
    let stride = cursor.ins().iconst(I64, i64::from(stride));
    cursor.ins().iadd(counter, stride)
}

/// Passes one more value to a block.
pub(super) fn pass(dfg: &mut DataFlowGraph, branch: Inst, to: Block, value: Value) {
    let lists = &mut dfg.value_lists;
    let destinations = dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables);
    for destination in destinations {
        if destination.block(lists) == to {
            destination.append_argument(value, lists);
        }
    }
}

/// A comparison for equality of a counter with a value that the loop does not change.
struct Comparison {
    inst: Inst,
    counter: Counter,
    /// Compared is what the counter will be in the next iteration.
    is_next: bool,
    end: End,
    /// Index of the loop in the list of those that were reduced.
    reduced: usize,
}

enum End {
    Constant(u32),
    Value(Value),
}

/// Lets the new counters decide where loops end, if the old ones have nothing else to do or are computed from them.
fn replace_comparisons(
    function: &mut Function,
    domtree: &DominatorTree,
    loops: &LoopAnalysis,
    reduced: &[(Shape, Vec<Counter>, Vec<Iterations>)],
) {
    let by_loop: HashMap<Loop, usize> =
        reduced.iter().enumerate().map(|(index, (shape, ..))| (shape.id, index)).collect();
    let mut comparisons = HashMap::new();
    for block in function.layout.blocks() {
        let mut enclosing = loops.innermost_loop(block);
        while let Some(id) = enclosing {
            if let Some(&index) = by_loop.get(&id) {
                let (shape, counters, _) = &reduced[index];
                for inst in function.layout.block_insts(block) {
                    if let Some((counter, is_next, end)) = comparison(function, loops, shape.id, counters, inst) {
                        comparisons.insert(inst, Comparison { inst, counter, is_next, end, reduced: index });
                    }
                }
            }
            enclosing = loops.loop_parent(id);
        }
    }
    let live = liveness::live_values(function, |inst, value| {
        comparisons.get(&inst).is_some_and(|known| counter_value(&function.dfg, known.counter, value).is_some())
    });
    let goes = |known: &Comparison| {
        let (_, _, iterations) = &reduced[known.reduced];
        !live.contains(known.counter.param) || alike(iterations, known.counter).is_some()
    };
    let mut comparisons: Vec<_> = comparisons.into_values().filter(goes).collect();
    comparisons.sort_by_key(|comparison| comparison.inst);
    for comparison in comparisons {
        replace_comparison(function, domtree, loops, &reduced[comparison.reduced], &comparison);
    }
}

/// Whether a value is that of a counter in this iteration (false) or in the next (true).
fn counter_value(dfg: &DataFlowGraph, counter: Counter, value: Value) -> Option<bool> {
    let value = match instruction(dfg, value) {
        // See `compared_sums` in `translate::numeric`.
        Some(InstructionData::Unary { opcode: Opcode::Uextend, arg }) => *arg,
        _ => value,
    };
    if dfg.value_type(value) != I32 {
        return None;
    }
    let sum = Sum::of(dfg, value, |value| value != counter.param);
    let is_counter = sum.terms == [(counter.param, 1)] && (sum.constant == 0 || sum.constant == counter.step);
    is_counter.then_some(sum.constant != 0)
}

fn comparison(
    function: &Function,
    loops: &LoopAnalysis,
    id: Loop,
    counters: &[Counter],
    inst: Inst,
) -> Option<(Counter, bool, End)> {
    let dfg = &function.dfg;
    let compared =
        |value: Value| counters.iter().find_map(|&counter| Some((counter, counter_value(dfg, counter, value)?)));
    let end = |value: Value| match constant_64(dfg, value) {
        Some(constant) if dfg.value_type(value) == I32 => Some(End::Constant(constant as u32)),
        // What is extended to 64 bits never is more than 32.
        Some(constant) => u32::try_from(constant).ok().map(End::Constant),
        None => {
            let is_usable = dfg.value_type(value) == I32 && is_invariant(function, loops, id, value);
            is_usable.then_some(End::Value(value))
        }
    };
    match dfg.insts[inst] {
        InstructionData::IntCompare { cond: IntCC::Equal | IntCC::NotEqual, args: [left, right], .. } => {
            [(left, right), (right, left)].into_iter().find_map(|(value, other)| {
                let (counter, is_next) = compared(value)?;
                Some((counter, is_next, end(other)?))
            })
        }
        // A branch on the counter itself.
        InstructionData::Brif { arg, .. } => {
            let (counter, is_next) = compared(arg)?;
            Some((counter, is_next, End::Constant(0)))
        }
        _ => None,
    }
}

/// In iteration k the old counter is `initial + step · k`, and the new one `ratio · step · k`, which is exact: so one
/// has reached `end` when the other has reached `ratio · (end − initial)`, the difference taken modulo 2³² in the
/// direction of the step. (They may go in opposite directions: then the ratio is negative.)
fn replace_comparison(
    function: &mut Function,
    domtree: &DominatorTree,
    loops: &LoopAnalysis,
    (shape, _, iterations): &(Shape, Vec<Counter>, Vec<Iterations>),
    comparison: &Comparison,
) {
    let Counter { initial, step, .. } = comparison.counter;
    let step = step as i32;
    let is_usable = |known: &&Iterations| {
        let is_exact = !comparison.is_next || domtree.dominates(known.proven_by, comparison.inst, &function.layout);
        is_exact && known.stride % step == 0
    };
    let Some(iterations) = iterations.iter().find(is_usable) else { return };
    let is_exit = is_exit(function, domtree, loops, shape, comparison);
    let mut cursor = before(function, shape.entry);
    let (end, is_hit) = match (&comparison.end, constant(&cursor.func.dfg, initial)) {
        (&End::Constant(end), Some(initial)) => {
            let distance = end.wrapping_sub(initial).wrapping_mul(step.signum() as u32);
            let end = i64::from(distance) * i64::from(iterations.stride / step * step.signum());
            (cursor.ins().iconst(I64, end), distance != 0 && distance % step.unsigned_abs() == 0)
        }
        (end, _) => {
            let end = match *end {
                End::Constant(value) => cursor.ins().iconst(I32, i64::from(value)),
                End::Value(value) => value,
            };
            let initial = lower_half(&mut cursor, initial);
            let distance = if step > 0 { cursor.ins().isub(end, initial) } else { cursor.ins().isub(initial, end) };
            let distance = cursor.ins().uextend(I64, distance);
            let ratio = cursor.ins().iconst(I64, i64::from(iterations.stride / step * step.signum()));
            (cursor.ins().imul(distance, ratio), false)
        }
    };
    let mut cursor = before(function, comparison.inst);
    let value = match comparison.is_next {
        true => advanced(&mut cursor, iterations.value, iterations.stride),
        false => iterations.value,
    };
    // The loop ends when it hits the end, which it does: so until then the counter is before it. Comparing so keeps
    // Cranelift from comparing the old value, which would stay alive beside the new one.
    let code = |code: IntCC| match (code, iterations.stride > 0) {
        _ if !(is_hit && is_exit && comparison.is_next) => code,
        (IntCC::NotEqual, true) => IntCC::SignedLessThan,
        (IntCC::NotEqual, false) => IntCC::SignedGreaterThan,
        (_, true) => IntCC::SignedGreaterThanOrEqual,
        (_, false) => IntCC::SignedLessThanOrEqual,
    };
    match cursor.func.dfg.insts[comparison.inst] {
        InstructionData::IntCompare { cond, .. } => {
            cursor.func.replace(comparison.inst).icmp(code(cond), value, end);
        }
        _ => {
            let differs = cursor.ins().icmp(code(IntCC::NotEqual), value, end);
            cursor.func.dfg.inst_args_mut(comparison.inst)[0] = differs;
        }
    }
}

/// What advances as a counter does.
fn alike(iterations: &[Iterations], counter: Counter) -> Option<&Iterations> {
    iterations.iter().find(|known| known.stride == counter.step as i32)
}

/// Computes the old counters that something still needs from new ones that advance alike: `initial + n`, modulo 2³² or
/// 2⁶⁴. The loop then carries one of both, and where only what follows the loop needs the old one, it is computed
/// there.
fn replace_counters(function: &mut Function, reduced: &[(Shape, Vec<Counter>, Vec<Iterations>)]) {
    let live = liveness::live_values(function, |_, _| false);
    let mut replaced = HashMap::new();
    for (shape, counters, iterations) in reduced {
        for counter in counters.iter().filter(|counter| live.contains(counter.param)) {
            let Some(iterations) = alike(iterations, *counter) else { continue };
            let mut cursor = FuncCursor::new(function).at_first_insertion_point(shape.header);
            let distance = match cursor.func.dfg.value_type(counter.param) {
                I64 => iterations.value,
                _ => cursor.ins().ireduce(I32, iterations.value),
            };
            replaced.insert(counter.param, cursor.ins().iadd(counter.initial, distance));
        }
    }
    if replaced.is_empty() {
        return;
    }
    function.dfg.resolve_all_aliases();
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        let mut cursor = FuncCursor::new(function).at_top(block);
        while let Some(inst) = cursor.next_inst() {
            cursor.func.dfg.map_inst_values(inst, |value| replaced.get(&value).copied().unwrap_or(value));
        }
    }
}

/// Whether the loop is left in that iteration, whichever it is, in which the comparison finds both equal.
fn is_exit(
    function: &Function,
    domtree: &DominatorTree,
    loops: &LoopAnalysis,
    shape: &Shape,
    comparison: &Comparison,
) -> bool {
    let (dfg, layout) = (&function.dfg, &function.layout);
    let Some(block) = layout.inst_block(comparison.inst) else { return false };
    let Some(branch) = layout.last_inst(block) else { return false };
    let InstructionData::Brif { arg, blocks, .. } = dfg.insts[branch] else { return false };
    let when_equal = match dfg.insts[comparison.inst] {
        InstructionData::IntCompare { cond, .. } if arg == dfg.first_result(comparison.inst) => match cond {
            IntCC::Equal => blocks[0],
            _ => blocks[1],
        },
        InstructionData::Brif { .. } => blocks[1],
        _ => return false,
    };
    let is_left = !loops.is_in_loop(when_equal.block(&dfg.value_lists), shape.id);
    is_left && shape.latches.iter().all(|&latch| domtree.dominates(comparison.inst, latch, layout))
}
