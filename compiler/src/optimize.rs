//! CLIF → better CLIF, between inlining and Cranelift's choice of instructions: what Cranelift does not do, and what
//! only WebAssembly's rules allow; then Cranelift's own simplification; then what that makes worse.
//!
//! Each pass is linear in the size of the function, so compiling stays so.

mod address;
mod carry;
mod choice;
mod commute;
mod complement;
mod entrance;
mod exit;
mod extension;
mod extreme;
mod flag;
mod forward;
mod hoist;
mod induction;
mod latch;
mod leave;
mod liveness;
mod mask;
mod order;
mod passed;
mod range;
mod single;
mod sink;
mod step;
mod sum;
mod table;
mod unroll;
mod wide_multiply;

use crate::declare::{Declarations, Memory};
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::{Block, BlockCall, Function, Inst, InstructionData, JumpTableData, Value, ValueDef};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CodegenResult, Context};
use range::Bounds;
pub(crate) use sum::Sum;

/// Removes an instruction with one result: what used that uses the value.
fn replace_by(function: &mut Function, inst: Inst, value: Value) {
    let result = function.dfg.first_result(inst);
    function.dfg.clear_results(inst);
    function.dfg.change_to_alias(result, value);
    function.layout.remove_inst(inst);
}

/// The block that makes a value.
fn block_of(function: &Function, value: Value) -> Option<Block> {
    match function.dfg.value_def(value) {
        ValueDef::Result(inst, _) => function.layout.inst_block(inst),
        ValueDef::Param(block, _) => Some(block),
        ValueDef::Union(..) => None,
    }
}

/// How often values are used.
fn uses(function: &Function) -> SecondaryMap<Value, u32> {
    let mut uses: SecondaryMap<Value, u32> = SecondaryMap::new();
    for block in function.layout.blocks() {
        for inst in function.layout.block_insts(block) {
            for value in function.dfg.inst_values(inst) {
                uses[value] += 1;
            }
        }
    }
    uses
}

/// Copies an instruction to the end of a block, of other values.
fn copy_inst(function: &mut Function, inst: Inst, block: Block, value: impl FnMut(Value) -> Value) -> Inst {
    let new = function.dfg.clone_inst(inst);
    let dfg = &mut function.dfg;
    if let InstructionData::BranchTable { table, .. } = &mut dfg.insts[new] {
        let ways = dfg.jump_tables[*table].all_branches().to_vec();
        let ways: Vec<BlockCall> = ways.into_iter().map(|way| way.deep_clone(&mut dfg.value_lists)).collect();
        *table = dfg.jump_tables.push(JumpTableData::new(ways[0], &ways[1..]));
    }
    let location = function.srcloc(inst);
    function.set_srcloc(new, location);
    function.dfg.map_inst_values(new, value);
    function.layout.append_inst(new, block);
    new
}

/// Improves a function of the module.
pub(crate) fn optimize(context: &mut Context, declarations: &Declarations) {
    context.func.dfg.resolve_all_aliases();
    if entrance::copy(&mut context.func) {
        single::replace(&mut context.func);
    }
    choice::make(&mut context.func);
    extreme::choose(&mut context.func);
    order::ask(&mut context.func);
    wide_multiply::recognise(&mut context.func);
    let bounds = Bounds::of(&context.func);
    mask::remove(&mut context.func, &bounds);
    context.flowgraph();
    context.compute_loop_analysis();
    if declarations.memories.iter().any(Memory::folds_addresses) {
        let groups = address::share(context);
        induction::reduce(context, &groups);
        address::widen(&mut context.func, &bounds, &groups);
    }
    forward::loads(context);
    carry::recognise(&mut context.func, &context.domtree);
    flag::choose(&mut context.func, &context.loop_analysis);
    leave::order(&mut context.func, &context.loop_analysis);
    liveness::remove_dead(&mut context.func);
}

/// Cranelift's own improvements, and what follows them. Cranelift itself is told to make none.
/// `memory` is the one at the low address, if there is one.
pub(crate) fn simplify(context: &mut Context, isa: &dyn TargetIsa, memory: Option<&Memory>) -> CodegenResult<()> {
    context.flowgraph();
    context.eliminate_unreachable_code(isa)?;
    context.remove_constant_phis(isa)?;
    context.func.dfg.resolve_all_aliases();
    extension::widen(context);
    context.compute_loop_analysis();
    exit::split(context);
    context.flowgraph();
    context.egraph_pass(isa, &mut Default::default())?;
    context.compute_loop_analysis();
    hoist::ends(context);
    latch::merge(context);
    unroll::rewrite(context, memory, isa.has_x86_pshufb_lowering());
    table::split(&mut context.func);
    context.flowgraph();
    context.compute_loop_analysis();
    step::separate(context);
    mask::narrow(&mut context.func);
    complement::restore(&mut context.func, isa);
    sink::loads(&mut context.func);
    commute::order(&mut context.func);
    Ok(())
}
