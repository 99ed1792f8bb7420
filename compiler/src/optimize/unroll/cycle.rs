//! Loops without branches other than those that leave them.

use super::place::{self, Start, Stream};
use crate::optimize::sum::{constant_64, instruction};
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::condcodes::{CondCode, IntCC};
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{
    Block, BlockCall, DataFlowGraph, Function, Inst, InstructionData, Opcode, Type, Value, ValueDef,
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
    pub exit: Exit,
    /// Addresses that advance.
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

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Constant(i64),
    Value(Value),
}

impl Cycle {
    pub fn of(function: &Function, cfg: &ControlFlowGraph, loops: &LoopAnalysis, id: Loop) -> Option<Cycle> {
        let dfg = &function.dfg;
        let header = loops.loop_header(id);
        let entries: Vec<Inst> = cfg
            .pred_iter(header)
            .filter(|predecessor| !loops.is_in_loop(predecessor.block, id))
            .map(|predecessor| predecessor.inst)
            .collect();
        let params = dfg.block_params(header).to_vec();
        let (blocks, back) = chain(function, cfg, loops, id)?;
        if params.len() > MAX_PARAMS {
            return None;
        }
        let next = back.args(&dfg.value_lists).map(|argument| argument.as_value()).collect::<Option<Vec<Value>>>()?;
        let mut insts = Vec::new();
        for &block in &blocks {
            insts.extend(function.layout.block_insts(block));
            insts.pop();
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
            exit: Exit { counter: 0, end: End::Constant(0), ahead: 0 },
            streams: HashMap::new(),
        };
        let is_invariant = |value: Value| match dfg.value_def(value) {
            ValueDef::Result(inst, _) => function.layout.inst_block(inst).is_some_and(|block| !blocks.contains(&block)),
            ValueDef::Param(block, _) => !blocks.contains(&block),
            ValueDef::Union(..) => false,
        };
        cycle.exit = cycle.exit(function, loops, id, &blocks, is_invariant)?;
        cycle.find_streams(dfg, is_invariant);
        is_plain.then_some(cycle)
    }

    /// The condition on which all of the blocks go on.
    fn exit(
        &self,
        function: &Function,
        loops: &LoopAnalysis,
        id: Loop,
        blocks: &[Block],
        is_invariant: impl Fn(Value) -> bool,
    ) -> Option<Exit> {
        let dfg = &function.dfg;
        let mut common: Option<Exit> = None;
        for &block in blocks {
            let InstructionData::Brif { arg, blocks: ways, .. } = dfg.insts[function.layout.last_inst(block)?] else {
                continue;
            };
            let stays = ways.map(|way| loops.is_in_loop(way.block(&dfg.value_lists), id));
            let exit = self.compared(dfg, arg, stays[0], &is_invariant)?;
            common = Some(match common {
                None => exit,
                Some(other) => other.and(exit)?,
            });
        }
        common
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
        // See `compared_sums` in `translate::numeric`.
        let is_equality = code == IntCC::NotEqual;
        let (left, right) = match instruction(dfg, left) {
            Some(&InstructionData::Unary { opcode: Opcode::Uextend, arg }) if is_equality => {
                (arg, right.map(|right| narrowed(dfg, right)))
            }
            _ => (left, right),
        };
        let (counter, ahead) = self.counted(dfg, left)?;
        let number = dfg.value_type(self.params[counter]);
        let towards = if self.steps[counter]? > 0 { IntCC::SignedLessThan } else { IntCC::SignedGreaterThan };
        if !is_equality && code != towards {
            return None;
        }
        let constant = right.map_or(Some(0), |right| signed_constant(dfg, right, number));
        Some(match (constant, right) {
            (Some(constant), _) => Exit { counter, end: End::Constant(constant.checked_sub(ahead)?), ahead: 0 },
            (None, Some(end)) if is_invariant(end) && dfg.value_type(end) == number => {
                Exit { counter, end: End::Value(end), ahead }
            }
            _ => return None,
        })
    }

    /// Which counter a value is, and how far it is ahead of it.
    fn counted(&self, dfg: &DataFlowGraph, value: Value) -> Option<(usize, i64)> {
        self.params.iter().enumerate().find_map(|(index, &param)| {
            let step = self.steps[index]?;
            let ahead = if value == param { 0 } else { self::step(dfg, param, value)? };
            (ahead.abs() <= step.abs()).then_some((index, ahead))
        })
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
            let parts = match instruction(dfg, base) {
                Some(&InstructionData::Binary { opcode: Opcode::Iadd, args: [left, right] }) => {
                    let ordered = |start_value, value| Some((start(start_value)?, counter(value)?));
                    ordered(left, right).or_else(|| ordered(right, left))
                }
                _ => counter(base).map(|counter| (Start::Constant(0), counter)),
            };
            if let Some((start, (counter, step))) = parts {
                self.streams.insert(base, Stream { start, counter, step });
            }
        }
    }
}

impl Exit {
    /// What goes on only if both do.
    fn and(self, other: Exit) -> Option<Exit> {
        match (self.end, other.end) {
            _ if self.counter != other.counter => None,
            _ if self == other => Some(self),
            // The blocks compare the same counter, which moves on: the one that is further ahead ends first.
            (End::Value(left), End::Value(right)) if left == right => {
                Some(if self.ahead.abs() > other.ahead.abs() { self } else { other })
            }
            _ => None,
        }
    }
}

/// The blocks of a loop, if each leads to one more or out of the loop, and the last one's way back to the first.
fn chain(
    function: &Function,
    cfg: &ControlFlowGraph,
    loops: &LoopAnalysis,
    id: Loop,
) -> Option<(Vec<Block>, BlockCall)> {
    let lists = &function.dfg.value_lists;
    let header = loops.loop_header(id);
    let mut blocks = vec![header];
    loop {
        let last = *blocks.last()?;
        let next = match function.dfg.insts[function.layout.last_inst(last)?] {
            InstructionData::Jump { destination, .. } => destination,
            InstructionData::Brif { blocks: ways, .. } => {
                match ways.map(|way| loops.is_in_loop(way.block(lists), id)) {
                    [true, false] => ways[0],
                    [false, true] => ways[1],
                    _ => return None,
                }
            }
            _ => return None,
        };
        let block = next.block(lists);
        if block == header {
            return Some((blocks, next));
        }
        let is_plain = function.dfg.num_block_params(block) == 0 && cfg.pred_iter(block).count() == 1;
        let is_innermost = loops.innermost_loop(block) == Some(id);
        if !is_plain || !is_innermost || blocks.len() == MAX_BLOCKS {
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
fn signed_constant(dfg: &DataFlowGraph, value: Value, number: Type) -> Option<i64> {
    let constant = constant_64(dfg, value)?;
    match number {
        I64 => Some(constant),
        I32 if dfg.value_type(value) == I32 => Some(i64::from(constant as i32)),
        // What a number of 32 bits is compared with for equality, in 64 bits.
        I32 => u32::try_from(constant).ok().map(|bits| i64::from(bits as i32)),
        _ => None,
    }
}
