//! A loop that waits for floating-point numbers, within another one → the same for two iterations of that at once, as
//! long as both of them stay in it.
//!
//! ```text
//! loop(j):                          loop(j):
//!     c = j * 0.01                      c = j * 0.01
//!     jump inner(0)                     branch j == expected, inner(waiting), both(0, 0)
//!                                   both(x, y):
//!                                       x' = x * x + c
//!                                       branch x' < 4, other, stop
//!                                   other:
//!                                       y' = y * y + (j + 1) * 0.01
//!                            →          branch y' < 4, both(x', y'), stop
//!                                   stop:
//!                                       expected = j + 1, waiting = y
//!                                       jump inner(x)
//! inner(x):                         inner(x):
//!     x' = x * x + c                    x' = x * x + c
//!     branch x' < 4, inner(x')          branch x' < 4, inner(x')
//!     …                                 …
//!     branch j < 100, loop(j + 1)       branch j < 100, loop(j + 1)
//! ```
//!
//! A product has to wait for the one before it, but not for those of another iteration of the outer loop, the second
//! *lane*: the processor computes both in the time of one. When one of them would leave the inner loop, the first one
//! goes on alone, and what the second one has reached waits in the frame for the next iteration, which begins there.
//! If the lanes soon part, or the guess was wrong, the next iterations go alone.
//!
//! **Proof.** What the second lane computes is made of parameters of the outer loop, of which it guesses what they will
//! be, and of what does not change in that loop; nothing waits when that begins anew. An iteration that goes on from
//! there has the parameters that were guessed, and so would compute the same. What is computed ahead only makes
//! numbers: it neither loads nor stores nor traps, so nobody can tell if it was in vain. It ends when the first lane
//! leaves the inner loop at the latest, and that would go round as often alone.

use super::cycle::Cycle;
use super::place::Place;
use super::{MAX_INSTRUCTIONS, advance, all_passed, block_args, new_blocks, redirect, take_params};
use crate::optimize::induction::passed;
use crate::optimize::liveness::has_effect;
use crate::optimize::{block_of, copy_inst};
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{
    Block, DataFlowGraph, Function, Inst, InstBuilder, MemFlagsData, Opcode, StackSlot, StackSlotData, StackSlotKind,
    Value, ValueDef,
};
use cranelift_codegen::loop_analysis::Loop;
use std::collections::{HashMap, HashSet};

/// Loops of a function that are rewritten: each has its place in the frame.
pub(super) const MAX_LOOPS: usize = 16;
/// Floating-point operations of the inner loop.
const MIN_OPERATIONS: usize = 2;
/// Values that are looked at to find out what the inner loop needs.
const MAX_PREPARED: usize = 128;
/// If the lanes part before they have gone round so often, so many iterations go alone.
const MIN_ROUNDS: i64 = 4;
const PAUSE: i64 = 16;

/// Bytes for one number in the frame.
const CELL: u32 = 16;
/// Where it is whether a lane waits, how many iterations go alone, and what the lane that waits has guessed; what it
/// has reached is behind that.
const WAITS: i32 = 0;
const ALONE: i32 = CELL as i32;
const GUESSED: i32 = 2 * CELL as i32;

/// How what a cycle needs is made in each iteration of the loop around it.
pub(super) struct Around {
    /// The branch into the cycle, and what it passes.
    entry: Inst,
    initial: Vec<Value>,
    header: Block,
    /// Branches into the loop around it.
    entries: Vec<Inst>,
    /// The instructions, each behind those that it needs, and whether they come before the cycle.
    insts: Vec<(Inst, bool)>,
    /// Parameters of the header that they use, and what the first branch back passes to them.
    params: Vec<(Value, Value)>,
}

/// What is looked for.
struct Search<'a> {
    context: &'a Context,
    /// A branch back to the header of the outer loop.
    latch: Inst,
    outer: Loop,
    /// The cycle, and what it makes.
    inner: Block,
    inside: HashSet<Value>,
    found: HashSet<Value>,
    /// Values that may still be looked at.
    left: usize,
    around: Around,
}

impl Around {
    /// None if it is not known, or if the cycle does not wait for floating-point numbers, or does more than that.
    pub fn of(context: &Context, id: Loop, cycle: &Cycle) -> Option<Around> {
        let Context { func, cfg, loop_analysis: loops, .. } = context;
        let dfg = &func.dfg;
        let is_pure = cycle.insts.iter().all(|&inst| Place::of(dfg, inst).is_none());
        let operations = cycle.insts.iter().filter(|&&inst| is_slow(dfg, inst)).count();
        let &[entry] = &cycle.entries[..] else { return None };
        if !is_pure
            || cycle.branches.is_empty()
            || operations < MIN_OPERATIONS
            || cycle.insts.len() * 2 > MAX_INSTRUCTIONS as usize
        {
            return None;
        }
        let outer = loops.loop_parent(id)?;
        let header = loops.loop_header(outer);
        let (latches, entries): (Vec<_>, Vec<_>) =
            cfg.pred_iter(header).partition(|predecessor| loops.is_in_loop(predecessor.block, outer));
        let (entries, latch) = (entries.iter().map(|branch| branch.inst).collect(), latches.first()?.inst);
        let made = cycle.insts.iter().flat_map(|&inst| dfg.inst_results(inst));
        let inside = made.chain(&cycle.params).copied().collect();
        let initial = all_passed(dfg, entry, cycle.header)?;
        let mut needed = initial.clone();
        let around = Around { entry, initial, header, entries, insts: Vec::new(), params: Vec::new() };
        let mut search = Search {
            context,
            latch,
            outer,
            inner: cycle.header,
            inside,
            found: HashSet::new(),
            left: MAX_PREPARED,
            around,
        };
        needed.extend(cycle.insts.iter().flat_map(|&inst| dfg.inst_values(inst)));
        needed.extend(cycle.next.iter().copied().chain(cycle.branches.iter().map(|test| test.condition)));
        needed.retain(|value| !search.inside.contains(value));
        needed.into_iter().try_for_each(|value| search.find(value))?;
        let is_scalar = |&(param, _): &(Value, Value)| !dfg.value_type(param).is_vector();
        let around = search.around;
        (!around.params.is_empty() && around.params.iter().all(is_scalar)).then_some(around)
    }
}

impl Search<'_> {
    /// Finds what makes a value.
    fn find(&mut self, value: Value) -> Option<()> {
        let Context { func, loop_analysis: loops, domtree, .. } = self.context;
        let dfg = &func.dfg;
        let block = block_of(func, value)?;
        if self.found.contains(&value) || !loops.is_in_loop(block, self.outer) {
            return Some(());
        }
        self.left = self.left.checked_sub(1)?;
        // (Another loop may have become another one.)
        if loops.innermost_loop(block) != Some(self.outer) && !self.inside.contains(&value) {
            return None;
        }
        match dfg.value_def(value) {
            ValueDef::Param(_, position) if block == self.around.header => {
                let next = passed(dfg, self.latch, self.around.header, position)?;
                self.found.insert(value);
                self.around.params.push((value, next));
                self.find(next)
            }
            ValueDef::Result(inst, _) if !has_effect(dfg.insts[inst].opcode()) && dfg.inst_results(inst).len() == 1 => {
                dfg.inst_args(inst).iter().try_for_each(|&arg| self.find(arg))?;
                // (What it needs may need what it makes, an iteration before.)
                if self.found.insert(value) {
                    let is_early = domtree.block_dominates(block, self.inner) && !self.inside.contains(&value);
                    self.around.insts.push((inst, is_early));
                }
                Some(())
            }
            _ => None,
        }
    }
}

/// Whether the instruction makes others wait.
fn is_slow(dfg: &DataFlowGraph, inst: Inst) -> bool {
    let opcode = dfg.insts[inst].opcode();
    matches!(opcode, Opcode::Fadd | Opcode::Fsub | Opcode::Fmul | Opcode::Fdiv | Opcode::Fma | Opcode::Sqrt)
}

/// What values are in each lane.
type Lanes = [HashMap<Value, Value>; 2];

fn in_lane(lanes: &Lanes, lane: usize, value: Value) -> Value {
    lanes[lane].get(&value).copied().unwrap_or(value)
}

/// Copies an instruction for both lanes to the end of a block.
fn copy_for_both(function: &mut Function, lanes: &mut Lanes, inst: Inst, block: Block) {
    for lane in 0..2 {
        copy_for(function, lanes, inst, lane, block);
    }
}

/// Copies an instruction for a lane to the end of a block, unless the second lane makes the same as the first.
fn copy_for(function: &mut Function, lanes: &mut Lanes, inst: Inst, lane: usize, block: Block) {
    let result = function.dfg.first_result(inst);
    let is_shared = |arg: Value| in_lane(lanes, 1, arg) == in_lane(lanes, 0, arg);
    let new = if lane == 1 && function.dfg.inst_values(inst).all(is_shared) {
        in_lane(lanes, 0, result)
    } else {
        let new = copy_inst(function, inst, block, |value| in_lane(lanes, lane, value));
        function.dfg.first_result(new)
    };
    lanes[lane].insert(result, new);
}

/// The blocks that come before the inner loop.
struct Ways {
    /// Decides whether to go on from what waits, alone or together. Its parameters are those of the inner loop.
    decide: Block,
    together: Block,
    stop: Block,
}

/// Lets two iterations go together.
pub(super) fn rewrite(function: &mut Function, around: &Around, cycle: &Cycle) {
    let [decide, together, stop] = new_blocks(function, cycle.header);
    let ways = Ways { decide, together, stop };
    take_params(function, cycle, decide);
    let reached = GUESSED + around.params.len() as i32 * CELL as i32;
    let size = reached as u32 + cycle.params.len() as u32 * CELL;
    let slot = function.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 4));
    let frame = Frame { slot, reached };

    let prepare = frame.decide(function, around, cycle, &ways);
    let mut lanes = prepared(function, around, prepare);
    let rounds = go_together(function, around, cycle, &mut lanes, prepare, &ways);
    frame.stop(function, around, cycle, &lanes, rounds, stop);
    // What does not change in the outer loop may be different the next time.
    for &entry in &around.entries {
        let mut cursor = FuncCursor::new(function).at_inst(entry);
        let address = frame.address(&mut cursor);
        let zero = cursor.ins().iconst(I64, 0);
        for cell in [WAITS, ALONE] {
            cursor.ins().store(MemFlagsData::trusted(), zero, address, cell);
        }
    }
    redirect(function, around.entry, cycle.header, decide);
}

/// What waits is in the frame: in registers it would be in the way of the loops.
struct Frame {
    slot: StackSlot,
    /// Where it is what the lane that waits has reached.
    reached: i32,
}

impl Frame {
    fn address(&self, cursor: &mut FuncCursor<'_>) -> Value {
        cursor.ins().stack_addr(I64, self.slot, 0)
    }

    /// Writes what decides; returns the block from where both lanes begin.
    fn decide(&self, function: &mut Function, around: &Around, cycle: &Cycle, ways: &Ways) -> Block {
        let flags = MemFlagsData::trusted();
        let [skip, compare, resume, guess, wrong, prepare] = new_blocks(function, ways.together);
        let initial = block_args(function.dfg.block_params(ways.decide));
        let mut cursor = FuncCursor::new(function).at_bottom(ways.decide);
        let address = self.address(&mut cursor);
        let alone = cursor.ins().load(I64, flags, address, ALONE);
        cursor.ins().brif(alone, skip, &[], compare, &[]);

        cursor.goto_bottom(skip);
        let left = cursor.ins().iadd_imm_s(alone, -1);
        cursor.ins().store(flags, left, address, ALONE);
        cursor.ins().jump(cycle.header, &initial);

        cursor.goto_bottom(compare);
        let waits = cursor.ins().load(I64, flags, address, WAITS);
        let none = cursor.ins().iconst(I64, 0);
        cursor.ins().store(flags, none, address, WAITS);
        let mut is_next = cursor.ins().icmp(IntCC::NotEqual, waits, none);
        for (&(param, _), cell) in around.params.iter().zip(cells(GUESSED)) {
            let number = cursor.func.dfg.value_type(param).as_int();
            let guessed = cursor.ins().load(number, flags, address, cell);
            let is_float = cursor.func.dfg.value_type(param).is_float();
            let param = if is_float { cursor.ins().bitcast(number, MemFlagsData::new(), param) } else { param };
            let is_equal = cursor.ins().icmp(IntCC::Equal, guessed, param);
            is_next = cursor.ins().band(is_next, is_equal);
        }
        cursor.ins().brif(is_next, resume, &[], guess, &[]);

        cursor.goto_bottom(resume);
        let mut reached = Vec::new();
        for (&param, cell) in cycle.params.iter().zip(cells(self.reached)) {
            let number = cursor.func.dfg.value_type(param);
            reached.push(cursor.ins().load(number, flags, address, cell));
        }
        cursor.ins().jump(cycle.header, &block_args(&reached));

        cursor.goto_bottom(guess);
        cursor.ins().brif(waits, wrong, &[], prepare, &[]);

        cursor.goto_bottom(wrong);
        let pause = cursor.ins().iconst(I64, PAUSE);
        cursor.ins().store(flags, pause, address, ALONE);
        cursor.ins().jump(cycle.header, &initial);
        prepare
    }

    /// Writes what happens when the lanes part.
    fn stop(&self, function: &mut Function, around: &Around, cycle: &Cycle, lanes: &Lanes, rounds: Value, stop: Block) {
        let mut cursor = FuncCursor::new(function).at_bottom(stop);
        let address = self.address(&mut cursor);
        let is_soon = cursor.ins().icmp_imm_s(IntCC::SignedLessThan, rounds, MIN_ROUNDS);
        let [zero, one, pause] = [0, 1, PAUSE].map(|number| cursor.ins().iconst(I64, number));
        let alone = cursor.ins().select(is_soon, pause, zero);
        let guessed = around.params.iter().map(|&(param, _)| param).zip(cells(GUESSED));
        let reached = cycle.params.iter().copied().zip(cells(self.reached));
        let waiting = guessed.chain(reached).map(|(value, cell)| (lanes[1][&value], cell));
        for (value, cell) in [(one, WAITS), (alone, ALONE)].into_iter().chain(waiting) {
            cursor.ins().store(MemFlagsData::trusted(), value, address, cell);
        }
        let reached: Vec<Value> = cycle.params.iter().map(|param| lanes[0][param]).collect();
        cursor.ins().jump(cycle.header, &block_args(&reached));
    }
}

/// Places of numbers in the frame.
fn cells(first: i32) -> impl Iterator<Item = i32> {
    (first..).step_by(CELL as usize)
}

/// Makes what the inner loop needs in each lane.
fn prepared(function: &mut Function, around: &Around, block: Block) -> Lanes {
    let mut lanes = Lanes::default();
    for &(inst, _) in around.insts.iter().filter(|(_, is_early)| !is_early) {
        copy_for(function, &mut lanes, inst, 0, block);
    }
    for &(param, next) in &around.params {
        let value = in_lane(&lanes, 0, next);
        lanes[1].insert(param, value);
    }
    for &(inst, _) in &around.insts {
        copy_for(function, &mut lanes, inst, 1, block);
    }
    lanes
}

/// Writes the inner loop of both lanes, which goes on for as long as both do. Returns how often it has gone round.
fn go_together(
    function: &mut Function,
    around: &Around,
    cycle: &Cycle,
    lanes: &mut Lanes,
    prepare: Block,
    &Ways { together, stop, .. }: &Ways,
) -> Value {
    let rounds = function.dfg.append_block_param(together, I64);
    let mut cursor = FuncCursor::new(function).at_bottom(prepare);
    let mut args = vec![cursor.ins().iconst(I64, 0)];
    let mut own = Vec::new();
    for (position, (&param, &initial)) in cycle.params.iter().zip(&around.initial).enumerate() {
        let initial = [0, 1].map(|lane| in_lane(lanes, lane, initial));
        for lane in 0..2 {
            let is_shared = lane == 1 && cycle.steps[position].is_some() && initial[0] == initial[1];
            let value = if is_shared {
                lanes[0][&param]
            } else {
                args.push(initial[lane]);
                own.push((lane, cycle.next[position]));
                let number = function.dfg.value_type(param);
                function.dfg.append_block_param(together, number)
            };
            lanes[lane].insert(param, value);
        }
    }
    FuncCursor::new(function).at_bottom(prepare).ins().jump(together, &block_args(&args));
    let (mut block, mut copied) = (together, 0);
    for test in &cycle.branches {
        for &inst in &cycle.insts[copied..test.position] {
            copy_for_both(function, lanes, inst, block);
        }
        copied = test.position;
        let mut conditions = vec![in_lane(lanes, 0, test.condition), in_lane(lanes, 1, test.condition)];
        conditions.dedup();
        for condition in conditions {
            let [on] = new_blocks(function, stop);
            let mut cursor = FuncCursor::new(function).at_bottom(block);
            match test.goes_on {
                true => cursor.ins().brif(condition, on, &[], stop, &[]),
                false => cursor.ins().brif(condition, stop, &[], on, &[]),
            };
            block = on;
        }
    }
    for &inst in &cycle.insts[copied..] {
        copy_for_both(function, lanes, inst, block);
    }
    let mut next = vec![advance(function, block, rounds, 1)];
    next.extend(own.into_iter().map(|(lane, value)| in_lane(lanes, lane, value)));
    FuncCursor::new(function).at_bottom(block).ins().jump(together, &block_args(&next));
    rounds
}
