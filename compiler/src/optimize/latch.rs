//! What a loop hands to its next iteration, and also to what follows: one value instead of two.
//!
//! ```text
//! loop(i):                               loop(i):
//!     …                                      …
//!     n = i + 8                     →        n = i + 8
//!     branch i == 80, end, loop(n)           branch n == 88, end, loop(n)
//! end:                                   end:
//!     i + 16                                 n - 8 + 16
//! ```
//!
//! On the left `i` is needed when `n` has been computed, so they take two registers, and each iteration ends with a
//! move from one to the other and a second jump. Hardly a program is written so: Cranelift's simplification of sums
//! makes it so, which prefers the shorter chain of instructions. Hence this comes after it.

use super::sum::{constant_64, step};
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, MemFlagsData, Opcode, Value, ValueDef,
};
use cranelift_codegen::loop_analysis::{Loop, LoopAnalysis};
use std::collections::HashMap;

/// A header's parameter that changes by a constant.
#[derive(Clone, Copy)]
struct Counter {
    next: Value,
    step: i64,
    id: Loop,
    /// Where the loop's only way back leads otherwise, and nothing else does.
    exit: Block,
}

/// Rewrites what the head of this file describes.
pub(super) fn merge(context: &mut Context) {
    let mut counters = HashMap::new();
    for id in context.loop_analysis.loops() {
        for (param, counter, latch) in loop_counters(context, id) {
            compare_next(context, param, counter, latch);
            counters.insert(param, counter);
        }
    }
    if !counters.is_empty() {
        leave_with_next(context, &counters);
    }
}

/// The counters of a loop with one way back, each with the branch that is this way.
fn loop_counters(context: &Context, id: Loop) -> Vec<(Value, Counter, Inst)> {
    let Context { func, cfg, loop_analysis: loops, .. } = context;
    let (header, dfg) = (loops.loop_header(id), &func.dfg);
    let mut latches = cfg.pred_iter(header).filter(|predecessor| loops.is_in_loop(predecessor.block, id));
    let (Some(latch), None) = (latches.next(), latches.next()) else { return Vec::new() };
    let InstructionData::Brif { blocks, .. } = dfg.insts[latch.inst] else { return Vec::new() };
    let [left, right] = blocks.map(|call| call.block(&dfg.value_lists));
    let (back, exit) = if left == header { (blocks[0], right) } else { (blocks[1], left) };
    if loops.is_in_loop(exit, id) || cfg.pred_iter(exit).count() != 1 {
        return Vec::new();
    }
    let params = dfg.block_params(header).iter().zip(back.args(&dfg.value_lists));
    params
        .filter_map(|(&param, next)| {
            let next = next.as_value()?;
            let step = step(dfg, param, next)?;
            Some((param, Counter { next, step, id, exit }, latch.inst))
        })
        .collect()
}

/// Lets the branch compare what the counter will be, if it compares what it was.
fn compare_next(context: &mut Context, param: Value, counter: Counter, latch: Inst) {
    let Context { func, domtree, .. } = context;
    let Some((cond, end, at)) = comparison(&func.dfg, latch, param) else { return };
    let ValueDef::Result(next, _) = func.dfg.value_def(counter.next) else { return };
    let number = func.dfg.value_type(param);
    let is_before = domtree.dominates(next, at, &func.layout);
    if !is_before {
        func.layout.remove_inst(next);
    }
    let mut cursor = FuncCursor::new(func).at_inst(at);
    if !is_before {
        let step = cursor.ins().iconst(number, counter.step);
        cursor.func.replace(next).iadd(param, step);
        cursor.insert_inst(next);
    }
    let end = cursor.ins().iconst(number, end.wrapping_add(counter.step));
    if at == latch {
        let differs = cursor.ins().icmp(cond, counter.next, end);
        cursor.func.dfg.inst_args_mut(latch)[0] = differs;
    } else {
        cursor.func.replace(at).icmp(cond, counter.next, end);
    }
}

/// Where the branch's condition is computed, if it is that a value is a constant or that it is not: which, and where.
fn comparison(dfg: &DataFlowGraph, branch: Inst, compared: Value) -> Option<(IntCC, i64, Inst)> {
    let InstructionData::Brif { arg, .. } = dfg.insts[branch] else { return None };
    if arg == compared {
        return Some((IntCC::NotEqual, 0, branch));
    }
    let ValueDef::Result(inst, _) = dfg.value_def(arg) else { return None };
    match dfg.insts[inst] {
        InstructionData::IntCompare { cond: cond @ (IntCC::Equal | IntCC::NotEqual), args: [value, end], .. }
            if value == compared =>
        {
            Some((cond, constant_64(dfg, end)?, inst))
        }
        _ => None,
    }
}

/// Computes what follows a loop from what the counter would be next.
fn leave_with_next(context: &mut Context, counters: &HashMap<Value, Counter>) {
    let Context { func, domtree, loop_analysis: loops, .. } = context;
    let by_next: HashMap<Value, Value> = counters.iter().map(|(param, counter)| (counter.next, *param)).collect();
    let mut replaced = HashMap::new();
    let blocks: Vec<Block> = func.layout.blocks().collect();
    for block in blocks {
        let mut next_inst = func.layout.first_inst(block);
        while let Some(inst) = next_inst {
            next_inst = func.layout.next_inst(inst);
            let used: Vec<Value> = func.dfg.inst_values(inst).collect();
            for value in used {
                let counter = |value: Value| {
                    let counter = counters.get(by_next.get(&value).unwrap_or(&value))?;
                    let is_behind =
                        !loops.is_in_loop(block, counter.id) && domtree.block_dominates(counter.exit, block);
                    is_behind.then_some(*counter)
                };
                let Some(made) = Made::of(func, loops, value, counter) else { continue };
                let (next, exit) = (made.counter.next, made.counter.exit);
                let next = *replaced.entry((next, exit)).or_insert_with(|| hidden(func, next, exit));
                if let Some(further) = further(&func.dfg, inst, value, &made) {
                    let number = func.dfg.value_type(value);
                    let mut cursor = FuncCursor::new(func).at_inst(inst);
                    let step = cursor.ins().iconst(number, further);
                    cursor.func.replace(inst).iadd(next, step);
                    break;
                }
                let new = *replaced.entry((value, exit)).or_insert_with(|| made.again(func, next, value));
                func.dfg.map_inst_values(inst, |used| if used == value { new } else { used });
            }
        }
    }
}

/// What a value that a loop leaves behind is made of: a counter, and what is added to it, if anything is.
struct Made {
    counter: Counter,
    counted: Value,
    added: Option<Value>,
}

impl Made {
    fn of(
        function: &Function,
        loops: &LoopAnalysis,
        value: Value,
        counter: impl Fn(Value) -> Option<Counter>,
    ) -> Option<Made> {
        if let Some(counter) = counter(value) {
            return Some(Made { counter, counted: value, added: None });
        }
        let ValueDef::Result(inst, _) = function.dfg.value_def(value) else { return None };
        let InstructionData::Binary { opcode: Opcode::Iadd, args: [left, right] } = function.dfg.insts[inst] else {
            return None;
        };
        let made = |counted, added| Some(Made { counter: counter(counted)?, counted, added: Some(added) });
        let made = made(left, right).or_else(|| made(right, left))?;
        // What is computed behind the loop uses the counter itself.
        loops.is_in_loop(function.layout.inst_block(inst)?, made.counter.id).then_some(made)
    }

    /// The value, where the loop has ended.
    fn again(&self, function: &mut Function, next: Value, value: Value) -> Value {
        let number = function.dfg.value_type(value);
        let made = function.dfg.value_def(next).unwrap_inst();
        let mut cursor = FuncCursor::new(function).after_inst(made);
        let mut last = next;
        if self.counted != self.counter.next {
            let step = cursor.ins().iconst(number, self.counter.step.wrapping_neg());
            last = cursor.ins().iadd(last, step);
        }
        match self.added {
            Some(added) => cursor.ins().iadd(last, added),
            None => last,
        }
    }
}

/// The counter's next value, where the loop has ended, such that Cranelift does not see what it is made of: it would
/// add up all steps, and so start with the parameter again.
fn hidden(function: &mut Function, next: Value, exit: Block) -> Value {
    let number = function.dfg.value_type(next);
    FuncCursor::new(function).at_first_insertion_point(exit).ins().bitcast(number, MemFlagsData::new(), next)
}

/// What is to be added to the counter's next value for the sum of the counter and a constant, if the instruction makes
/// such a sum.
fn further(dfg: &DataFlowGraph, inst: Inst, value: Value, made: &Made) -> Option<i64> {
    let is_counter = made.added.is_none() && value != made.counter.next;
    let InstructionData::Binary { .. } = dfg.insts[inst] else { return None };
    Some(step(dfg, value, dfg.first_result(inst)).filter(|_| is_counter)?.wrapping_sub(made.counter.step))
}
