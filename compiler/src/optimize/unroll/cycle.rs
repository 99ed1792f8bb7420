//! Loops without branches other than those that leave them.

use super::place::{self, Start, Stream};
use super::plus;
use crate::optimize::block_of;
use crate::optimize::sum::{constant_64, instruction};
use cranelift_codegen::cursor::FuncCursor;
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::condcodes::{CondCode, IntCC};
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{
    Block, BlockCall, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Type, Value,
};
use cranelift_codegen::loop_analysis::{Loop, LoopAnalysis};
use std::collections::HashMap;

/// Blocks that a cycle may consist of.
const MAX_BLOCKS: usize = 8;
/// Parameters of a header that are looked at.
const MAX_PARAMS: usize = 32;
/// Iterations over which a value is followed from parameter to parameter.
const MAX_HANDED_ON: usize = 8;

pub(super) struct Cycle {
    pub header: Block,
    /// Branches into the loop.
    pub entries: Vec<Inst>,
    pub params: Vec<Value>,
    /// What the parameters are in the next iteration.
    pub next: Vec<Value>,
    /// The constants by which they change, where they do.
    pub steps: Vec<Option<i64>>,
    /// The constants that they begin with, where they do.
    pub initial: Vec<Option<i64>>,
    /// All instructions in their order, without the branches.
    pub insts: Vec<Inst>,
    /// Where a counter decides, if it does anywhere.
    pub exit: Option<Exit>,
    /// What else decides.
    pub tests: Vec<Test>,
    /// All conditions, that of the counter among them.
    pub branches: Vec<Test>,
    /// Addresses that advance, or stay.
    pub streams: HashMap<Value, Stream>,
}

/// What makes the loop end: it goes on while a counter is before the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Exit {
    /// Position of the header's parameter.
    pub counter: usize,
    pub end: End,
    /// What is added to the counter before it is compared.
    pub ahead: i64,
}

/// A condition: the loop goes on if it holds, or if it does not.
#[derive(Clone, Copy)]
pub(super) struct Test {
    pub condition: Value,
    pub goes_on: bool,
    /// How many instructions of the loop come before it.
    pub position: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Constant(i64),
    Value(Value),
    /// Of 32 bits, where the counter has 64.
    Extended {
        value: Value,
        is_signed: bool,
    },
}

/// A loop without branches other than those that leave it, around a cycle of one block.
pub(super) struct Nest {
    /// With the instructions of its own only.
    pub outer: Cycle,
    /// How many of them come before the inner loop.
    pub before: usize,
}

impl Nest {
    /// The loop around the cycle that this one is, if it is such a loop.
    pub fn of(function: &Function, cfg: &ControlFlowGraph, loops: &LoopAnalysis, id: Loop) -> Option<Nest> {
        let (parent, header) = (loops.loop_parent(id)?, loops.loop_header(id));
        let (mut outer, before) = Cycle::find(function, cfg, loops, parent, Some(header))?;
        // Those of the inner loop matter.
        outer.streams.clear();
        Some(Nest { outer, before })
    }
}

impl Cycle {
    pub fn of(function: &Function, cfg: &ControlFlowGraph, loops: &LoopAnalysis, id: Loop) -> Option<Cycle> {
        Cycle::find(function, cfg, loops, id, None).map(|(cycle, _)| cycle)
    }

    /// The cycle and, if it is one around another of this block, how many instructions come before that.
    fn find(
        function: &Function,
        cfg: &ControlFlowGraph,
        loops: &LoopAnalysis,
        id: Loop,
        inner: Option<Block>,
    ) -> Option<(Cycle, usize)> {
        let dfg = &function.dfg;
        let header = loops.loop_header(id);
        let entries: Vec<Inst> = cfg
            .pred_iter(header)
            .filter(|predecessor| !loops.is_in_loop(predecessor.block, id))
            .map(|predecessor| predecessor.inst)
            .collect();
        let params = dfg.block_params(header).to_vec();
        let (blocks, back) = chain(function, cfg, loops, id, inner)?;
        if params.len() > MAX_PARAMS {
            return None;
        }
        let next = back.args(&dfg.value_lists).map(|argument| argument.as_value()).collect::<Option<Vec<Value>>>()?;
        let (mut insts, mut branches, mut before) = (Vec::new(), Vec::new(), 0);
        for &block in &blocks {
            if Some(block) == inner {
                before = insts.len();
                continue;
            }
            insts.extend(function.layout.block_insts(block));
            let branch = insts.pop()?;
            branches.push((insts.len(), branch));
        }
        let steps = params.iter().zip(&next).map(|(&param, &next)| step(dfg, param, next)).collect();
        let initial = (0..params.len()).map(|position| initial(dfg, &entries, header, position)).collect();
        let is_plain = insts.iter().all(|&inst| place::is_plain(dfg, inst));
        let mut cycle = Cycle {
            header,
            entries,
            params,
            next,
            steps,
            initial,
            insts,
            exit: None,
            tests: Vec::new(),
            branches: Vec::new(),
            streams: HashMap::new(),
        };
        let is_invariant = |value: Value| block_of(function, value).is_some_and(|block| !blocks.contains(&block));
        cycle.find_exits(dfg, loops, id, branches, is_invariant)?;
        cycle.find_streams(dfg, is_invariant);
        is_plain.then_some((cycle, before))
    }

    /// Finds the conditions on which the branches go on; none if two counters decide.
    fn find_exits(
        &mut self,
        dfg: &DataFlowGraph,
        loops: &LoopAnalysis,
        id: Loop,
        branches: Vec<(usize, Inst)>,
        is_invariant: impl Fn(Value) -> bool,
    ) -> Option<()> {
        for (position, branch) in branches {
            let InstructionData::Brif { arg, blocks: ways, .. } = dfg.insts[branch] else { continue };
            let stays = ways.map(|way| loops.is_in_loop(way.block(&dfg.value_lists), id));
            debug_assert!(stays[0] != stays[1], "the branch decides");
            let test = Test { condition: arg, goes_on: stays[0], position };
            self.branches.push(test);
            match (self.compared(dfg, arg, stays[0], &is_invariant), self.exit) {
                (Some(exit), None) => self.exit = Some(exit),
                (Some(exit), Some(other)) => self.exit = Some(other.and(exit)?),
                (None, _) => self.tests.push(test),
            }
        }
        Some(())
    }

    /// The comparison that makes a condition, of which the loop goes on if it holds or if it does not.
    fn compared(
        &self,
        dfg: &DataFlowGraph,
        condition: Value,
        goes_on: bool,
        is_invariant: impl Fn(Value) -> bool,
    ) -> Option<Exit> {
        let (code, left, right) = match *instruction(dfg, condition)? {
            InstructionData::IntCompare { cond, args: [left, right], .. } => (cond, left, Some(right)),
            _ => (IntCC::NotEqual, condition, None),
        };
        let code = if goes_on { code } else { code.complement() };
        let swapped = right.and_then(|right| self.before_end(dfg, code.swap_args(), right, Some(left), &is_invariant));
        swapped.or_else(|| self.before_end(dfg, code, left, right, &is_invariant))
    }

    /// What a comparison of a counter with an end (0 if there is none) means, if it holds until the end is reached.
    fn before_end(
        &self,
        dfg: &DataFlowGraph,
        code: IntCC,
        value: Value,
        end: Option<Value>,
        is_invariant: impl Fn(Value) -> bool,
    ) -> Option<Exit> {
        // See `compared_sums` in `translate::numeric`.
        let is_equality = code == IntCC::NotEqual;
        let (value, end) = match instruction(dfg, value) {
            Some(&InstructionData::Unary { opcode: Opcode::Uextend, arg }) if is_equality => {
                (arg, end.map(|end| narrowed(dfg, end)))
            }
            _ => (value, end),
        };
        let (counter, ahead, is_reduced) = self.counted(dfg, value)?;
        let is_natural = self.initial[counter].is_some_and(|initial| initial >= 0);
        let is_towards = match code {
            IntCC::NotEqual => true,
            IntCC::SignedLessThan => self.steps[counter]? > 0,
            IntCC::SignedGreaterThan => self.steps[counter]? < 0,
            // Of numbers that are not negative it says the same.
            IntCC::UnsignedLessThan => self.steps[counter]? > 0 && is_natural,
            _ => false,
        };
        // The lowest bits of a counter say the same until they are its only ones no more.
        if !is_towards || (is_reduced && !(is_natural && self.steps[counter]? > 0)) {
            return None;
        }
        let is_signed = code == IntCC::SignedLessThan;
        let number = if is_reduced { I32 } else { dfg.value_type(self.params[counter]) };
        let end = match end.map_or(Some(0), |end| signed_constant(dfg, end, number)) {
            Some(constant) if is_reduced && !is_signed => End::Constant(i64::from(constant as u32)),
            Some(constant) => End::Constant(constant),
            None => match end.filter(|&end| is_invariant(end) && dfg.value_type(end) == number)? {
                end if is_reduced => End::Extended { value: end, is_signed },
                end => End::Value(end),
            },
        };
        Some(match end {
            End::Constant(constant) => Exit { counter, end: End::Constant(constant.checked_sub(ahead)?), ahead: 0 },
            _ => Exit { counter, end, ahead },
        })
    }

    /// Which counter a value is, how far it is ahead of it, and whether it is only its lowest bits.
    fn counted(&self, dfg: &DataFlowGraph, value: Value) -> Option<(usize, i64, bool)> {
        let counter = |value: Value, added: i64| {
            self.params.iter().enumerate().find_map(|(index, &param)| {
                let step = self.steps[index]?;
                let ahead = added + if value == param { 0 } else { self::step(dfg, param, value)? };
                (ahead.abs() <= step.abs()).then_some((index, ahead))
            })
        };
        if let Some((index, ahead)) = counter(value, 0) {
            return Some((index, ahead, false));
        }
        let (narrow, added) = match *instruction(dfg, value)? {
            InstructionData::Binary { opcode: Opcode::Iadd, args: [left, right] } => {
                (left, signed_constant(dfg, right, I32)?)
            }
            _ => (value, 0),
        };
        let InstructionData::Unary { opcode: Opcode::Ireduce, arg } = *instruction(dfg, narrow)? else { return None };
        let is_known = dfg.value_type(narrow) == I32 && dfg.value_type(arg) == I64;
        counter(arg, added).filter(|_| is_known).map(|(index, ahead)| (index, ahead, true))
    }

    /// Over how many iterations parameters hand their values on to others, if they do.
    pub fn handed_on(&self) -> Option<i64> {
        let position = |value: &Value| self.params.iter().position(|param| param == value);
        let from: Vec<Option<usize>> = self.next.iter().map(position).collect();
        let iterations = (0..from.len()).map(|start| {
            let next = |param: &usize| from[*param].filter(|other| *other != start);
            std::iter::successors(Some(start), next).take(MAX_HANDED_ON + 1).count()
        });
        iterations
            .max()
            .filter(|iterations| (2..=MAX_HANDED_ON).contains(iterations))
            .map(|iterations| iterations as i64)
    }

    fn find_streams(&mut self, dfg: &DataFlowGraph, is_invariant: impl Fn(Value) -> bool) {
        for &inst in &self.insts {
            let Some(base) = place::base(dfg, inst) else { continue };
            let counter = |value: Value| {
                let index = self.params.iter().position(|&param| param == value)?;
                (dfg.value_type(value) == I64).then_some((index, self.steps[index]?))
            };
            let start = |value: Value| match constant_64(dfg, value) {
                Some(constant) => Some(Start::Constant(constant)),
                None => is_invariant(value).then_some(Start::Value(value)),
            };
            if let Some(start) = start(base) {
                self.streams.insert(base, Stream { start, counter: None, step: 0 });
                continue;
            }
            let parts = match instruction(dfg, base) {
                Some(&InstructionData::Binary { opcode: Opcode::Iadd, args: [left, right] }) => {
                    let ordered = |start_value, value| Some((start(start_value)?, counter(value)?));
                    ordered(left, right).or_else(|| ordered(right, left))
                }
                _ => counter(base).map(|counter| (Start::Constant(0), counter)),
            };
            if let Some((start, (counter, step))) = parts {
                self.streams.insert(base, Stream { start, counter: Some(counter), step });
            }
        }
    }
}

impl End {
    /// The end as a number of the counter's type, or less by so much.
    pub fn before(self, cursor: &mut FuncCursor<'_>, number: Type, margin: i64) -> Value {
        let value = match self {
            End::Constant(value) => return cursor.ins().iconst(number, narrow(number, value - margin)),
            End::Value(value) => value,
            End::Extended { value, is_signed: true } => cursor.ins().sextend(I64, value),
            End::Extended { value, .. } => cursor.ins().uextend(I64, value),
        };
        plus(cursor, value, -margin)
    }
}

/// The constant in as many bits as the type has.
pub(super) fn narrow(number: Type, value: i64) -> i64 {
    if number == I64 { value } else { value & ((1 << number.bits()) - 1) }
}

impl Exit {
    /// What goes on only if both do.
    fn and(self, other: Exit) -> Option<Exit> {
        match (self.end, other.end) {
            _ if self.counter != other.counter => None,
            _ if self == other => Some(self),
            // The blocks compare the same counter, which moves on: the one that is further ahead ends first.
            (End::Value(_) | End::Extended { .. }, end) if self.end == end => {
                Some(if self.ahead.abs() > other.ahead.abs() { self } else { other })
            }
            _ => None,
        }
    }
}

/// The blocks of a loop, if each leads to one more or out of the loop, and the last one's way back to the first. One of
/// them may be a loop of its own.
fn chain(
    function: &Function,
    cfg: &ControlFlowGraph,
    loops: &LoopAnalysis,
    id: Loop,
    inner: Option<Block>,
) -> Option<(Vec<Block>, BlockCall)> {
    let lists = &function.dfg.value_lists;
    let header = loops.loop_header(id);
    let mut blocks = vec![header];
    loop {
        let last = *blocks.last()?;
        let next = match function.dfg.insts[function.layout.last_inst(last)?] {
            InstructionData::Jump { destination, .. } => destination,
            InstructionData::Brif { blocks: ways, .. } => {
                let is_around = |block: Block| Some(last) == inner && block == last;
                match ways.map(|way| way.block(lists)).map(|block| loops.is_in_loop(block, id) && !is_around(block)) {
                    [true, false] => ways[0],
                    [false, true] => ways[1],
                    _ => return None,
                }
            }
            _ => return None,
        };
        let block = next.block(lists);
        if block == header {
            return Some((blocks, next)).filter(|(blocks, _)| inner.is_none_or(|inner| blocks.contains(&inner)));
        }
        let is_plain = function.dfg.num_block_params(block) == 0 && cfg.pred_iter(block).count() == 1;
        let is_innermost = loops.innermost_loop(block) == Some(id);
        if (Some(block) != inner && !(is_plain && is_innermost)) || blocks.len() == MAX_BLOCKS {
            return None;
        }
        blocks.push(block);
    }
}

/// The constant that all branches into the loop pass at this position.
fn initial(dfg: &DataFlowGraph, entries: &[Inst], header: Block, position: usize) -> Option<i64> {
    let mut passed = entries.iter().flat_map(|&entry| {
        dfg.insts[entry]
            .branch_destination(&dfg.jump_tables, &dfg.exception_tables)
            .iter()
            .filter(|way| way.block(&dfg.value_lists) == header)
            .map(|way| {
                let value = way.args(&dfg.value_lists).nth(position)?.as_value()?;
                signed_constant(dfg, value, dfg.value_type(value))
            })
    });
    let first = passed.next()??;
    passed.all(|other| other == Some(first)).then_some(first)
}

/// The constant that is added to one value to make the other.
fn step(dfg: &DataFlowGraph, from: Value, to: Value) -> Option<i64> {
    let InstructionData::Binary { opcode, args: [left, right] } = *instruction(dfg, to)? else { return None };
    let constant = |value| signed_constant(dfg, value, dfg.value_type(value));
    let step = match opcode {
        Opcode::Iadd if left == from => constant(right),
        Opcode::Iadd if right == from => constant(left),
        Opcode::Isub if left == from => constant(right).map(i64::wrapping_neg),
        _ => None,
    };
    step.filter(|step| *step != 0 && step.unsigned_abs() < 1 << 31)
}

/// What was extended to make the value.
fn narrowed(dfg: &DataFlowGraph, value: Value) -> Value {
    match instruction(dfg, value) {
        Some(&InstructionData::Unary { opcode: Opcode::Uextend, arg }) => arg,
        _ => value,
    }
}

/// The constant, as a number of this type with a sign.
pub(super) fn signed_constant(dfg: &DataFlowGraph, value: Value, number: Type) -> Option<i64> {
    let constant = constant_64(dfg, value)?;
    match number {
        I64 => Some(constant),
        I32 if dfg.value_type(value) == I32 => Some(i64::from(constant as i32)),
        // What a number of 32 bits is compared with for equality, in 64 bits.
        I32 => u32::try_from(constant).ok().map(|bits| i64::from(bits as i32)),
        _ => None,
    }
}
