//! Numbers of 32 bits that are also needed in 64, as addresses are: in 64 bits from the beginning.
//!
//! ```text
//! loop(p: i32):                  loop(p: i64):
//!     load base + zext(p)            load base + p
//!     p = load.i32 …        →        p = zext load.i32 …
//! ```
//!
//! A processor's instructions of 32 bits clear the upper half of a register anyway; but Cranelift knows that only of
//! some, and never of a block's parameter, so the extension on the left is an instruction, and one that each iteration
//! waits for.

use super::passed::{Passed, passed};
use super::replace_by;
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::dominator_tree::DominatorTree;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{
    Block, BlockArg, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value, ValueDef,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Rounds of finding out which parameters stay as they are, before all of them do.
const MAX_ROUNDS: usize = 8;

/// Rewrites what the head of this file describes.
pub(super) fn widen(context: &mut Context) {
    let Context { func, domtree, .. } = context;
    let blocks: Vec<Block> = func.layout.blocks().collect();
    let insts = blocks.iter().flat_map(|&block| func.layout.block_insts(block));
    let extensions: Vec<(Inst, Value)> = insts.filter_map(|inst| Some((inst, extended(&func.dfg, inst)?))).collect();
    let narrow = passed(func).filter(|passed| func.dfg.value_type(passed.param) == I32);
    let passed: Vec<Passed> = narrow.collect();
    let params = wide_params(&func.dfg, domtree, &passed, extensions.iter().map(|(_, value)| *value));
    let arguments = passed.iter().filter(|passed| params.contains(&passed.param)).filter_map(|passed| passed.argument);
    let loads: BTreeSet<Value> = extensions
        .iter()
        .map(|(_, value)| *value)
        .chain(arguments)
        .filter(|value| is_load(&func.dfg, *value))
        .collect();

    // From what a value was to what it is.
    let mut wide = HashMap::new();
    for &param in &params {
        let block = func.dfg.value_def(param).unwrap_block();
        let new = func.dfg.replace_block_param(param, I64);
        let reduced = FuncCursor::new(func).at_first_insertion_point(block).ins().ireduce(I32, new);
        func.dfg.change_to_alias(param, reduced);
        wide.insert(reduced, new);
    }
    for &load in &loads {
        let inst = func.dfg.value_def(load).unwrap_inst();
        let new = widen_load(&mut func.dfg, inst);
        let reduced = FuncCursor::new(func).after_inst(inst).ins().ireduce(I32, new);
        func.dfg.change_to_alias(load, reduced);
        wide.insert(reduced, new);
    }
    pass_wide(func, &blocks, &wide);
    for (inst, value) in extensions {
        if let Some(&new) = wide.get(&func.dfg.resolve_aliases(value)) {
            replace_by(func, inst, new);
        }
    }
    func.dfg.resolve_all_aliases();
}

/// What an instruction extends from 32 to 64 bits, if it does.
fn extended(dfg: &DataFlowGraph, inst: Inst) -> Option<Value> {
    let InstructionData::Unary { opcode: Opcode::Uextend, arg } = dfg.insts[inst] else { return None };
    (dfg.value_type(arg) == I32 && dfg.value_type(dfg.first_result(inst)) == I64).then_some(arg)
}

fn is_load(dfg: &DataFlowGraph, value: Value) -> bool {
    match dfg.value_def(value) {
        ValueDef::Result(inst, _) => dfg.value_type(value) == I32 && wide_load(dfg.insts[inst].opcode()).is_some(),
        _ => false,
    }
}

/// The load that extends to 64 bits what this one extends to 32.
fn wide_load(opcode: Opcode) -> Option<Opcode> {
    match opcode {
        Opcode::Load => Some(Opcode::Uload32),
        Opcode::Uload8 | Opcode::Uload16 => Some(opcode),
        _ => None,
    }
}

fn widen_load(dfg: &mut DataFlowGraph, inst: Inst) -> Value {
    if let InstructionData::Load { opcode, .. } = &mut dfg.insts[inst] {
        *opcode = wide_load(*opcode).unwrap_or(*opcode);
    }
    dfg.replace_result(dfg.first_result(inst), I64)
}

/// The parameters that can be wide at no cost, except for what enters a loop.
fn wide_params(
    dfg: &DataFlowGraph,
    domtree: &DominatorTree,
    passed: &[Passed],
    demanded: impl Iterator<Item = Value>,
) -> BTreeSet<Value> {
    let headers: HashSet<Block> = passed
        .iter()
        .filter(|passed| domtree.block_dominates(passed.to, passed.from))
        .map(|passed| passed.to)
        .collect();
    let mut arguments: HashMap<Value, Vec<&Passed>> = HashMap::new();
    for passed in passed {
        arguments.entry(passed.param).or_default().push(passed);
    }
    // A wide parameter demands that parameters which are handed to it are wide.
    let mut wide = BTreeSet::new();
    let mut pending: Vec<Value> = demanded.collect();
    while let Some(value) = pending.pop() {
        if let Some(passed) = arguments.get(&value)
            && wide.insert(value)
        {
            pending.extend(passed.iter().filter_map(|passed| passed.argument));
        }
    }
    for _ in 0..MAX_ROUNDS {
        let is_free = |passed: &&Passed| match passed.argument {
            Some(argument) => {
                let enters = headers.contains(&passed.to) && !domtree.block_dominates(passed.to, passed.from);
                enters || wide.contains(&argument) || is_load(dfg, argument) || clears_upper_half(dfg, argument)
            }
            None => false,
        };
        let kept: BTreeSet<Value> = wide.iter().filter(|param| arguments[param].iter().all(is_free)).copied().collect();
        if kept.len() == wide.len() {
            return kept;
        }
        wide = kept;
    }
    BTreeSet::new()
}

/// Whether Cranelift knows that the upper half of the register is zero. So extending it is no instruction.
fn clears_upper_half(dfg: &DataFlowGraph, value: Value) -> bool {
    let ValueDef::Result(inst, _) = dfg.value_def(value) else { return false };
    matches!(
        dfg.insts[inst].opcode(),
        Opcode::Iconst
            | Opcode::Iadd
            | Opcode::Isub
            | Opcode::Imul
            | Opcode::Band
            | Opcode::Bor
            | Opcode::Bxor
            | Opcode::Ishl
            | Opcode::Ushr
    )
}

/// Hands 64 bits to parameters that want them.
fn pass_wide(function: &mut Function, blocks: &[Block], wide: &HashMap<Value, Value>) {
    let wanted: HashSet<Value> = wide.values().copied().collect();
    for &block in blocks {
        let Some(terminator) = function.layout.last_inst(block) else { continue };
        let dfg = &function.dfg;
        let destinations = dfg.insts[terminator].branch_destination(&dfg.jump_tables, &dfg.exception_tables);
        let narrow = destinations.iter().flat_map(|call| {
            let params = dfg.block_params(call.block(&dfg.value_lists)).iter();
            params.zip(call.args(&dfg.value_lists)).filter(|(param, _)| wanted.contains(param))
        });
        let narrow: BTreeSet<Value> = narrow.filter_map(|(_, argument)| argument.as_value()).collect();
        let mut cursor = FuncCursor::new(function).at_inst(terminator);
        let extended: HashMap<Value, Value> = narrow
            .into_iter()
            .map(|value| {
                let known = wide.get(&cursor.func.dfg.resolve_aliases(value)).copied();
                (value, known.unwrap_or_else(|| cursor.ins().uextend(I64, value)))
            })
            .collect();
        if extended.is_empty() {
            continue;
        }
        let dfg = &mut function.dfg;
        let (params, lists) = (&dfg.blocks, &mut dfg.value_lists);
        let calls = dfg.insts[terminator].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables);
        for call in calls {
            let wants: Vec<bool> =
                params[call.block(lists)].params(lists).iter().map(|param| wanted.contains(param)).collect();
            let mut wants = wants.into_iter();
            call.update_args(lists, |argument| match (wants.next(), argument) {
                (Some(true), BlockArg::Value(value)) => BlockArg::Value(extended[&value]),
                _ => argument,
            });
        }
    }
}
