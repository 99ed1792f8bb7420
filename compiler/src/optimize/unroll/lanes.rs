//! Loops whose parameters become lanes of vectors (`pack::params`), where they are: no iteration is copied.
//!
//! **Proof.** What a row of parameters begins with is put into a vector before the loop, and each iteration makes the
//! next vector by the operations that made the next numbers. Only one block loops, so nothing leaves the loop between
//! them, and only the block behind it can tell what they were: it takes them out. Accesses change places only if they
//! are known to be apart.

use super::cycle::Cycle;
use super::pack::{self, BYTES, Ends};
use super::{Blocks, MAX_INSTRUCTIONS, block_args, emit, new_blocks, redirect, take_params};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{Block, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Value};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Iterations over which values are compared.
const ROUNDS: usize = 3;

/// Makes vectors of the parameters of a cycle, if that pays. Values that other blocks use are `escaping`.
pub(super) fn rewrite(
    function: &mut Function,
    cfg: &ControlFlowGraph,
    cycle: &Cycle,
    escaping: &EntitySet<Value>,
    shuffles_bytes: bool,
) -> bool {
    let (header, dfg) = (cycle.header, &function.dfg);
    let Some((after, kept)) = end(function, cfg, header) else { return false };
    let rows = propose(dfg, &cycle.insts, &cycle.params, &cycle.next);
    if rows.is_empty() || cycle.insts.len() as i64 > MAX_INSTRUCTIONS {
        return false;
    }
    let made = cycle.insts.iter().flat_map(|&inst| dfg.inst_results(inst)).chain(&cycle.params).copied();
    let behind: Vec<Value> = made.filter(|value| escaping.contains(*value)).collect();
    let ends = Ends { next: &cycle.next, kept: &kept, behind: &behind };
    let Some(plan) = pack::plan_params(function, header, ends, &rows, shuffles_bytes) else { return false };
    let [before] = new_blocks(function, header);
    take_params(function, cycle, before);
    let initial = block_args(function.dfg.block_params(before));
    FuncCursor::new(function).at_bottom(before).ins().jump(header, &initial);
    for &branch in &cycle.entries {
        redirect(function, branch, header, before);
    }
    emit::rewrite(function, &plan, &Blocks { entry: before, before, copies: header, after }, &behind);
    true
}

/// Where a block that loops leads to otherwise, if nothing else leads there, and the values that the decision needs.
fn end(function: &Function, cfg: &ControlFlowGraph, header: Block) -> Option<(Block, Vec<Value>)> {
    let dfg = &function.dfg;
    let branch = function.layout.last_inst(header)?;
    let InstructionData::Brif { arg, blocks: ways, .. } = dfg.insts[branch] else { return None };
    let after = match ways.map(|way| way.block(&dfg.value_lists) == header) {
        [true, false] => ways[1],
        [false, true] => ways[0],
        _ => return None,
    };
    let kept = after.args(&dfg.value_lists).filter_map(|arg| arg.as_value()).chain([arg]).collect();
    let after = after.block(&dfg.value_lists);
    (cfg.pred_iter(after).count() == 1).then_some((after, kept))
}

/// Rows of parameters that are made alike in each iteration.
pub(super) fn propose(dfg: &DataFlowGraph, insts: &[Inst], params: &[Value], next: &[Value]) -> Vec<Vec<usize>> {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    // What values that are made alike have in common.
    let mut kinds: HashMap<Value, u64> = HashMap::new();
    let kind_of = |kinds: &HashMap<Value, u64>, value: &Value| match kinds.get(value) {
        Some(&kind) => kind,
        None => u64::from(dfg.value_type(*value).bits()),
    };
    for _ in 0..ROUNDS {
        let after: Vec<u64> = next.iter().map(|value| kind_of(&kinds, value)).collect();
        for (param, after) in params.iter().zip(after) {
            let number = dfg.value_type(*param);
            kinds.insert(*param, hasher.hash_one((kind_of(&kinds, param), number, after)));
        }
        for &inst in insts {
            let opcode = dfg.insts[inst].opcode();
            let mut args: Vec<u64> = dfg.inst_args(inst).iter().map(|arg| kind_of(&kinds, arg)).collect();
            // (For most operations the order does not matter.)
            args.sort_unstable();
            let kind = hasher.hash_one((opcode, args));
            kinds.extend(dfg.inst_results(inst).iter().map(|&value| (value, kind)));
        }
    }
    let mut alike: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (position, param) in params.iter().enumerate() {
        alike.entry(kinds[param]).or_default().push(position);
    }
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for positions in alike.into_values() {
        let lanes = (BYTES / i64::from(dfg.value_type(params[positions[0]]).bytes())) as usize;
        rows.extend(positions.chunks_exact(lanes).filter(|_| lanes > 1).map(<[usize]>::to_vec));
    }
    rows.sort_unstable();
    rows
}
