//! Removes instructions and block parameters that nothing needs.
//!
//! A local that a loop carries but nobody reads costs a register and an instruction in each iteration; Cranelift
//! removes dead instructions, but not such circles.

use super::passed::{Passed, passed};
use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::ir::{Block, BlockArg, Function, Inst, Opcode, Value, ValueDef};

/// The values that something with an effect needs. `ignores(inst, value)` says which uses do not count.
pub(super) fn live_values(function: &Function, ignores: impl Fn(Inst, Value) -> bool) -> EntitySet<Value> {
    let dfg = &function.dfg;
    let mut live = EntitySet::with_capacity(dfg.num_values());
    let mut pending = Vec::new();
    let mut need = |value: Value, pending: &mut Vec<Value>| {
        let value = dfg.resolve_aliases(value);
        if live.insert(value) {
            pending.push(value);
        }
    };
    let arguments = Arguments::of(function);
    for block in function.layout.blocks() {
        for inst in function.layout.block_insts(block) {
            if has_effect(dfg.insts[inst].opcode()) {
                for &value in dfg.inst_args(inst) {
                    if !ignores(inst, value) {
                        need(value, &mut pending);
                    }
                }
            }
        }
    }
    // What exceptions and calls hand to blocks is not counted in terms of values; these blocks keep their parameters.
    for &value in &arguments.kept {
        need(value, &mut pending);
    }
    while let Some(value) = pending.pop() {
        match dfg.value_def(value) {
            ValueDef::Result(inst, _) => {
                for &argument in dfg.inst_args(inst) {
                    if !ignores(inst, argument) {
                        need(argument, &mut pending);
                    }
                }
            }
            ValueDef::Param(..) => {
                for &argument in arguments.of_param(value) {
                    need(argument, &mut pending);
                }
            }
            ValueDef::Union(..) => unreachable!("only Cranelift's own passes make unions"),
        }
    }
    live
}

/// Whether an instruction must stay even if nobody needs its results.
pub(super) fn has_effect(opcode: Opcode) -> bool {
    opcode.is_terminator()
        || opcode.is_call()
        || opcode.can_load()
        || opcode.can_store()
        || opcode.can_trap()
        || opcode.other_side_effects()
}

/// What branches pass to block parameters.
struct Arguments {
    /// Pairs of parameter and argument, sorted.
    passed: Vec<(Value, Value)>,
    /// Parameters that must stay.
    kept: Vec<Value>,
}

impl Arguments {
    fn of(function: &Function) -> Arguments {
        let mut arguments = Arguments { passed: Vec::new(), kept: Vec::new() };
        for Passed { param, argument, .. } in passed(function) {
            match argument {
                Some(value) => arguments.passed.push((param, value)),
                None => arguments.kept.push(param),
            }
        }
        arguments.passed.sort_unstable();
        arguments
    }

    fn of_param(&self, param: Value) -> impl Iterator<Item = &Value> {
        let start = self.passed.partition_point(|&(other, _)| other < param);
        self.passed[start..].iter().take_while(move |(other, _)| *other == param).map(|(_, argument)| argument)
    }
}

/// Removes what is not live.
pub(super) fn remove_dead(function: &mut Function) {
    let live = live_values(function, |_, _| false);
    remove_dead_params(function, &live);
    let (dfg, layout) = (&function.stencil.dfg, &mut function.stencil.layout);
    let mut blocks = layout.entry_block();
    while let Some(block) = blocks {
        blocks = layout.next_block(block);
        let mut insts = layout.first_inst(block);
        while let Some(inst) = insts {
            insts = layout.next_inst(inst);
            let is_live = has_effect(dfg.insts[inst].opcode())
                || dfg.inst_results(inst).iter().any(|result| live.contains(*result));
            if !is_live {
                layout.remove_inst(inst);
            }
        }
    }
}

/// Removes the parameters of blocks, other than the entry, that are not live, and what branches pass to them.
fn remove_dead_params(function: &mut Function, live: &EntitySet<Value>) {
    let (dfg, layout) = (&mut function.stencil.dfg, &function.stencil.layout);
    let entry = layout.entry_block();
    let is_dead = |param: &Value| !live.contains(*param);
    let mut changed: EntitySet<Block> = EntitySet::new();
    for block in layout.blocks() {
        if Some(block) != entry && dfg.block_params(block).iter().any(is_dead) {
            changed.insert(block);
        }
    }
    for block in layout.blocks() {
        let Some(terminator) = layout.last_inst(block) else { continue };
        let (blocks, lists) = (&dfg.blocks, &mut dfg.value_lists);
        let destinations =
            dfg.insts[terminator].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables);
        for destination in destinations {
            let target = destination.block(lists);
            if changed.contains(target) {
                let params = blocks[target].params(lists);
                let arguments = params.iter().zip(destination.args(lists)).filter(|(param, _)| !is_dead(param));
                let kept: Vec<BlockArg> = arguments.map(|(_, argument)| argument).collect();
                destination.clear(lists);
                destination.extend(kept, lists);
            }
        }
    }
    for block in layout.blocks().filter(|block| changed.contains(*block)) {
        let params: Vec<Value> = dfg.block_params(block).to_vec();
        dfg.detach_block_params(block);
        for param in params.into_iter().filter(|param| !is_dead(param)) {
            dfg.attach_block_param(block, param);
        }
    }
}
