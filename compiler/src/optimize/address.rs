//! THIS FILE AND `induction` ARE PART OF THE SANDBOX: they change addresses that `bounds_check` made.
//!
//! An access whose index differs from that of an earlier one by a constant uses the earlier address:
//!
//! ```text
//! v1 = load base + zext(p + 16)         v1 = load base + zext(p + 16)
//! v2 = load base + zext(p + 24)    →    v2 = load base + zext(p + 16) + 8
//! ```
//!
//! The sum on the left is modulo 2³² and needs an instruction of its own; on the right it is part of the access.
//!
//! **Proof.** Let the *leader* be an access at `base + A + o` with `A = zext(index)`, and let it dominate another one
//! whose index is `index + d` modulo 2³². When the second one executes, the first one has not trapped, so `A` is less
//! than the size of the memory, which is at most [`layout::MEMORY32_FOLDED_MAX_BYTES`] = 2³² − 64 KiB.
//! - `0 ≤ d ≤ MAX_DISTANCE`: `A + d < 2³²`, so the sum does not wrap: both forms are the same address.
//! - `−MAX_DISTANCE ≤ d < 0` and the second access has no offset: either `A + d ≥ 0`, and both are the same; or the
//!   index wraps to 2³² − MAX_DISTANCE or more, which is past the end of the memory: it must trap; and it does, because
//!   `base + A + d` lies in the `MAX_DISTANCE` bytes below the memory, where nothing is ever mapped
//!   ([`layout::STATE_END`]). (With an offset it might lie in the memory instead, so these stay as they are.)
//!
//! A sum that cannot wrap around, because its terms are small enough, needs no instruction of its own either
//! ([`widen`]):
//!
//! ```text
//! load base + zext((a & 15) + (b & 255) + 4096)    →    load base + zext(a & 15) + zext(b & 255) + 4096
//! ```
//!
//! Values of SSA are the same for both accesses because definitions dominate uses.

use super::range::Bounds;
use super::sum::{Sum, constant, instruction};
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value};
use std::collections::HashMap;
use wexe_abi::layout;

/// Largest distance in bytes between two accesses that share an address, and largest stride of an address in a loop.
pub(super) const MAX_DISTANCE: i32 = 0x8000;
const _: () = {
    assert!(layout::MEMORY32_FOLDED_MAX_BYTES + MAX_DISTANCE as u64 * 2 <= 1 << 32);
    assert!(layout::STATE_END + MAX_DISTANCE as u64 * 2 <= layout::LOW_MEMORY);
    assert!(layout::LOW_MEMORY <= i32::MAX as u64);
};
const LOW_MEMORY: i32 = layout::LOW_MEMORY as i32;

/// How many earlier accesses one is compared with.
const MAX_CANDIDATES: usize = 4;

/// Accesses that share the address of the first.
pub(super) struct Group {
    pub leader: Access,
    /// All of them, the leader first.
    pub members: Vec<Inst>,
}

/// An access to linear memory at the low address, at `zext(index) + displacement`.
#[derive(Clone, Copy)]
pub(super) struct Access {
    pub inst: Inst,
    pub block: Block,
    pub index: Value,
    displacement: i32,
}

impl Access {
    /// Whether the instruction adds nothing to the index.
    pub fn has_no_offset(&self) -> bool {
        self.displacement == LOW_MEMORY
    }
}

/// Lets accesses share addresses.
pub(super) fn share(context: &mut Context) -> Vec<Group> {
    let (function, domtree) = (&mut context.func, &context.domtree);
    let mut groups: Vec<Group> = Vec::new();
    let mut constants: Vec<u32> = Vec::new();
    let mut by_terms: HashMap<Vec<(Value, u32)>, Vec<usize>> = HashMap::new();
    for &block in domtree.cfg_rpo() {
        let mut next = function.layout.first_inst(block);
        while let Some(inst) = next {
            next = function.layout.next_inst(inst);
            let Some(access) = access(&function.dfg, inst, block) else { continue };
            let sum = Sum::of(&function.dfg, access.index, |_| true);
            let candidates = by_terms.entry(sum.terms).or_default();
            let leader = candidates.iter().rev().take(MAX_CANDIDATES).find_map(|&group| {
                let displacement = folded(access, sum.constant.wrapping_sub(constants[group]) as i32)?;
                domtree.block_dominates(groups[group].leader.block, block).then_some((group, displacement))
            });
            match leader {
                Some((group, displacement)) => {
                    let (address, _) = member_operands(&function.dfg, groups[group].leader.inst);
                    set_operands(&mut function.dfg, inst, address, displacement);
                    groups[group].members.push(inst);
                }
                None => {
                    candidates.push(groups.len());
                    constants.push(sum.constant);
                    groups.push(Group { leader: access, members: vec![inst] });
                }
            }
        }
    }
    groups
}

/// The displacement of an access that uses an address `distance` bytes below its own; none if that could be wrong.
fn folded(access: Access, distance: i32) -> Option<i32> {
    let is_sound =
        (0..=MAX_DISTANCE).contains(&distance) || (access.has_no_offset() && (-MAX_DISTANCE..0).contains(&distance));
    if is_sound { access.displacement.checked_add(distance) } else { None }
}

/// The instruction's access, if it is one. Of what generated code accesses, only linear memory at the low address is
/// addressed by an extension alone.
fn access(dfg: &DataFlowGraph, inst: Inst, block: Block) -> Option<Access> {
    let (address, displacement) = operands(dfg, inst)?;
    match *instruction(dfg, address)? {
        InstructionData::Unary { opcode: Opcode::Uextend, arg } if dfg.value_type(arg) == I32 => {
            Some(Access { inst, block, index: dfg.resolve_aliases(arg), displacement })
        }
        _ => None,
    }
}

/// Adds in 64 bits, as part of the access, what cannot exceed 32.
pub(super) fn widen(function: &mut Function, bounds: &Bounds, groups: &[Group]) {
    for group in groups {
        let dfg = &function.dfg;
        let is_narrow = matches!(
            instruction(dfg, member_operands(dfg, group.leader.inst).0),
            Some(InstructionData::Unary { opcode: Opcode::Uextend, .. })
        );
        let sum = Sum::of(dfg, group.leader.index, |value| is_sum(dfg, value));
        let largest =
            sum.terms.iter().map(|&(term, factor)| bounds.upper_bound(dfg, term).saturating_mul(u64::from(factor)));
        let bound = largest.fold(u64::from(sum.constant), u64::saturating_add);
        let is_operand = sum.terms.len() <= 2 && sum.terms.iter().all(|(_, factor)| *factor == 1);
        if !is_narrow || !is_operand || bound > u64::from(u32::MAX) || (sum.terms.len() == 1 && sum.constant == 0) {
            continue;
        }
        let displaced = |inst: &Inst| i32::try_from(sum.constant).ok()?.checked_add(member_operands(dfg, *inst).1);
        let Some(displacements) = group.members.iter().map(displaced).collect::<Option<Vec<i32>>>() else { continue };
        let mut cursor = FuncCursor::new(function).at_inst(group.leader.inst);
        let mut terms =
            sum.terms.iter().map(|(term, _)| operand(&mut cursor, bounds, *term)).collect::<Vec<_>>().into_iter();
        let first = terms.next().unwrap_or_else(|| cursor.ins().iconst(I64, 0));
        let address = terms.fold(first, |sum, term| cursor.ins().iadd(sum, term));
        for (&inst, displacement) in group.members.iter().zip(displacements) {
            set_operands(&mut function.dfg, inst, address, displacement);
        }
    }
}

fn is_sum(dfg: &DataFlowGraph, value: Value) -> bool {
    instruction(dfg, value).is_some_and(|made| matches!(made.opcode(), Opcode::Iadd | Opcode::Iconst))
}

/// The term in 64 bits. If it is shifted by what an operand can shift, and loses nothing, it is shifted there.
fn operand(cursor: &mut FuncCursor<'_>, bounds: &Bounds, term: Value) -> Value {
    let dfg = &cursor.func.dfg;
    if let Some(&InstructionData::Binary { opcode: Opcode::Ishl, args: [value, by] }) = instruction(dfg, term)
        && let Some(by @ 1..=3) = constant(dfg, by)
        && bounds.upper_bound(dfg, value) << by <= u64::from(u32::MAX)
    {
        let wide = cursor.ins().uextend(I64, value);
        return cursor.ins().ishl_imm_u(wide, i64::from(by));
    }
    cursor.ins().uextend(I64, term)
}

/// Address and displacement of a load or store.
fn operands(dfg: &DataFlowGraph, inst: Inst) -> Option<(Value, i32)> {
    match dfg.insts[inst] {
        InstructionData::Load { arg, offset, .. } => Some((arg, offset.into())),
        InstructionData::Store { args: [_, address], offset, .. } => Some((address, offset.into())),
        _ => None,
    }
}

/// The same of a member of a group, which is one.
fn member_operands(dfg: &DataFlowGraph, inst: Inst) -> (Value, i32) {
    operands(dfg, inst).expect("groups are of loads and stores")
}

fn set_operands(dfg: &mut DataFlowGraph, inst: Inst, new: Value, displacement: i32) {
    match &mut dfg.insts[inst] {
        InstructionData::Load { arg, offset, .. } => (*arg, *offset) = (new, displacement.into()),
        InstructionData::Store { args, offset, .. } => (args[1], *offset) = (new, displacement.into()),
        other => unreachable!("{other:?} is no access"),
    }
}

/// Gives all accesses of a group another address of the same value.
pub(super) fn replace_address(dfg: &mut DataFlowGraph, group: &Group, new: Value) {
    for &inst in &group.members {
        let (_, displacement) = member_operands(dfg, inst);
        set_operands(dfg, inst, new, displacement);
    }
}
