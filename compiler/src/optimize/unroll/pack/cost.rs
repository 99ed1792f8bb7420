//! Whether plans pay: by how many instructions there are with them, and without.

use super::{Ends, Kind, Pack, Plan, Planner};
use crate::optimize::block_of;
use crate::optimize::sum::is_constant;
use cranelift_codegen::ir::types::{F32, F64, I32};
use cranelift_codegen::ir::{Inst, Opcode, Value};
use std::collections::HashSet;

impl Planner<'_> {
    /// The plan, if it pays.
    pub(super) fn paying(self) -> Option<Plan> {
        let (scalar, vector) = (self.cost(&Plan::default()), self.cost(&self.plan));
        // Vectors of parameters must be made, and taken apart.
        let pays = if self.plan.next.is_empty() { vector * 5 <= scalar * 4 } else { vector * 4 <= scalar * 3 };
        pays.then_some(self.plan)
    }

    /// How many instructions the block needs with this plan.
    pub(super) fn cost(&self, plan: &Plan) -> usize {
        let (needed, params) = self.needed(plan);
        let dfg = &self.function.dfg;
        let scalars = needed.iter().filter(|&&inst| !dfg.inst_args(inst).is_empty()).count();
        let is_carried = !plan.next.is_empty();
        let vectors: usize = plan.used().map(|pack| self.pack_cost(pack, is_carried)).sum();
        let sums: usize = plan.reduced.iter().map(|reduced| reduced.packs.len()).sum();
        scalars + params.len() + vectors + plan.stored.len() + sums
    }

    /// How many instructions make the pack, or what a loop waits for as long, if an iteration waits for the one before.
    fn pack_cost(&self, pack: &Pack, is_carried: bool) -> usize {
        match pack.kind {
            // Many processors take ten cycles for products of 32 bits, and three for a single one.
            Kind::Operation(Opcode::Imul, _) if is_carried => 8,
            Kind::Load(Opcode::Uload8 | Opcode::Sload8) if pack.number == I32 => 3,
            Kind::Load(_) | Kind::Operation(..) | Kind::Shift(..) | Kind::Shuffle(..) => 1,
            Kind::Rotate(_, bits) if self.plan.is_shuffle(bits) => 1,
            Kind::Rotate(..) => 3,
            Kind::Choice(..) => 2,
            Kind::Params => 0,
            Kind::Splat | Kind::Gather if pack.lanes.iter().all(|lane| self.is_made_before(*lane)) => 0,
            Kind::Splat if is_carried && pack.number.is_int() => 2,
            Kind::Splat => 1,
            Kind::Gather => match pack.number {
                F32 | F64 => pack.lanes.len() - 1,
                _ => pack.lanes.len() * 2,
            },
        }
    }

    /// Whether the value can be made before the block.
    fn is_made_before(&self, value: Value) -> bool {
        block_of(self.function, value) != Some(self.block) || is_constant(&self.function.dfg, value)
    }

    /// The instructions whose effect or value is needed beside the vectors, and the parameters that are taken out of
    /// vectors for that.
    fn needed(&self, plan: &Plan) -> (HashSet<Inst>, HashSet<Value>) {
        let Ends { next, kept, behind } = self.ends;
        let dfg = &self.function.dfg;
        let params = dfg.block_params(self.block);
        let is_reduced = |param: usize| plan.reduced.iter().any(|reduced| reduced.param == param);
        let is_scalar = |param: usize| !is_reduced(param) && !plan.params.contains(&params[param]);
        let passed = next.iter().enumerate().filter(|(param, _)| is_scalar(*param)).map(|(_, value)| *value);
        let mut pending: Vec<Value> = passed.chain(kept.iter().copied()).collect();
        let whole = plan.used().filter(|pack| pack.is_made() && dfg.value_type(pack.lanes[0]) == pack.number);
        let lanes: HashSet<&Value> = whole.flat_map(|pack| &pack.lanes).collect();
        pending.extend(behind.iter().filter(|value| !lanes.contains(value)));
        let mut needed = HashSet::new();
        for &(inst, place) in &self.accesses {
            let is_packed = plan.delayed.contains_key(&inst) || plan.is_hoisted(inst);
            if !is_packed && needed.insert(inst) {
                pending.extend(dfg.inst_args(inst));
            }
            pending.push(place.base);
        }
        for pack in plan.used() {
            match pack.kind {
                Kind::Splat | Kind::Gather => pending.extend(&pack.lanes),
                Kind::Shift(_, _, by) => pending.push(by),
                _ => {}
            }
        }
        let mut taken = HashSet::new();
        while let Some(value) = pending.pop() {
            if plan.params.contains(&value) {
                taken.insert(value);
            }
            let made_by = self.made_here(value).filter(|&inst| needed.insert(inst) && !plan.is_hoisted(inst));
            pending.extend(made_by.into_iter().flat_map(|inst| dfg.inst_args(inst)));
        }
        (needed, taken)
    }
}

impl Plan {
    /// The packs that become vectors.
    fn used(&self) -> impl Iterator<Item = &Pack> {
        let mut is_used: Vec<bool> = self.packs.iter().map(|pack| matches!(pack.kind, Kind::Load(_))).collect();
        let stored = self.stored.iter().map(|stored| stored.pack);
        let reduced = self.reduced.iter().flat_map(|reduced| &reduced.packs).copied();
        for pack in stored.chain(reduced).chain(self.next.values().copied()) {
            is_used[pack] = true;
        }
        for (index, pack) in self.packs.iter().enumerate().rev() {
            if is_used[index] {
                pack.kind.operands().iter().for_each(|&operand| is_used[operand] = true);
            }
        }
        self.packs.iter().zip(is_used).filter_map(|(pack, is_used)| is_used.then_some(pack))
    }
}
