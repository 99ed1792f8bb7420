//! In which order the lanes of packs are.
//!
//! ```text
//! c, d = a + x, b + y            w = v + (x, y)
//! e, f = d - a, c - b     →      u = shuffle w
//!                                t = u - v
//! ```
//!
//! A pack whose lanes are those of another one is a shuffle of that. Instructions on shuffled vectors do not shuffle
//! each of their operands: their own lanes stay in the order of the operand that was made last, and it is their result
//! that is shuffled, if that is needed.

use super::{Kind, MAX_DEPTH, Planner};
use cranelift_codegen::ir::{Inst, Type, Value};

impl Planner<'_> {
    /// How the values are made of a pack that has them in another order, if there is one.
    pub(super) fn reordered(&self, lanes: &[Value], number: Type) -> Option<Kind> {
        if number.bits() < 32 && !self.plan.shuffles_bytes {
            return None;
        }
        let known = *self.plan.by_set.get(&(sorted(lanes), number))?;
        let position = |lane: &Value| self.plan.packs[known].lanes.iter().position(|known| known == lane);
        let order: Option<Vec<u8>> = lanes.iter().map(|lane| Some(position(lane)? as u8)).collect();
        order.map(|order| Kind::Shuffle(known, order))
    }

    /// How values that are not loaded from side by side are made of a pack of which that is true.
    pub(super) fn loaded(&mut self, lanes: &[Value], loads: &[Inst], number: Type) -> Kind {
        let mut ordered: Vec<(i32, Value)> =
            loads.iter().map(|load| self.place(*load).offset).zip(lanes.iter().copied()).collect();
        ordered.sort_unstable();
        if ordered.iter().zip(lanes).any(|((_, value), lane)| value != lane) {
            self.pack(ordered.into_iter().map(|(_, value)| value).collect(), number, MAX_DEPTH);
        }
        self.reordered(lanes, number).unwrap_or(Kind::Gather)
    }

    /// Lets the pack be found by others that have its lanes in another order.
    pub(super) fn note(&mut self, index: usize) {
        let pack = &self.plan.packs[index];
        let lanes = sorted(&pack.lanes);
        let is_shuffle = matches!(pack.kind, Kind::Shuffle(..));
        if pack.is_made() && !is_shuffle && lanes.windows(2).all(|pair| pair[0] != pair[1]) {
            let number = pack.number;
            self.plan.by_set.insert((lanes, number), index);
        }
    }

    /// How the values are made if that is how they can be made; or a shuffle of a pack that needs no shuffle of what
    /// was made last of all that it is made of.
    pub(super) fn in_best_order(&mut self, kind: Kind, lanes: &[Value], number: Type, depth: usize) -> Kind {
        let packs = &self.plan.packs;
        let made = kind.operands().iter().filter(|operand| packs[**operand].is_made());
        let shuffled = made.map(|&operand| match &packs[operand].kind {
            Kind::Shuffle(base, order) => (*base, Some(order)),
            _ => (operand, None),
        });
        let Some((_, Some(order))) = shuffled.max_by_key(|(base, _)| *base) else { return kind };
        let order = order.clone();
        let mut ordered = lanes.to_vec();
        for (&lane, &position) in lanes.iter().zip(&order) {
            ordered[usize::from(position)] = lane;
        }
        let base = match depth.checked_sub(1) {
            Some(depth) => self.pack(ordered, number, depth),
            None => return kind,
        };
        if matches!(self.plan.packs[base].kind, Kind::Gather) { kind } else { Kind::Shuffle(base, order) }
    }
}

fn sorted(lanes: &[Value]) -> Vec<Value> {
    let mut sorted = lanes.to_vec();
    sorted.sort_unstable();
    sorted
}
