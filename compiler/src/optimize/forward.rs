//! Loads of what is known to be in memory → the value.
//!
//! ```text
//! store a, p + 8                    store a, p + 8
//! store b, p + 16           →       store b, p + 16
//! c = load p + 8                    c = a
//! ```
//!
//! Cranelift knows such a value only until the next store, wherever that goes. Here stores are told apart: those at
//! constant distances from one value do not overlap if the distance is large enough, even if an address wraps around at
//! 2³². A function's results in memory and its own frame are accessed so. What is known behind a branch is what was
//! known before it, and where ways meet, what is known on all of them.
//!
//! The load that goes away cannot have been the one that traps: the same bytes were accessed before it.

use super::replace_by;
use super::sum::{Sum, instruction};
use cranelift_codegen::Context;
use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{AliasRegion, Block, DataFlowGraph, Function, Inst, InstructionData, Opcode, Type, Value};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Values that are known at the same time: more than a function has variables that matter.
const MAX_KNOWN: usize = 64;
/// Values that are kept for blocks which are looked at later.
const MAX_KEPT: usize = 1 << 16;

/// Bytes in memory.
#[derive(Clone, Copy)]
struct Place {
    region: AliasRegion,
    address: Value,
    displacement: i32,
    len: u32,
    /// The address as a value and a constant, modulo 2³². (A value alone is itself.)
    origin: (Value, u32),
}

impl Place {
    fn of(dfg: &DataFlowGraph, inst: Inst) -> Option<Place> {
        let (address, displacement, flags, len) = match dfg.insts[inst] {
            InstructionData::Load { opcode, arg, offset, flags } => {
                (arg, offset, flags, len(opcode, dfg.value_type(dfg.first_result(inst)))?)
            }
            InstructionData::Store { opcode, args: [value, address], offset, flags } => {
                (address, offset, flags, len(opcode, dfg.value_type(value))?)
            }
            _ => return None,
        };
        let address = dfg.resolve_aliases(address);
        let region = dfg.mem_flags[flags].alias_region()?;
        let displacement = displacement.into();
        Some(Place { region, address, displacement, len, origin: origin(dfg, address) })
    }

    fn is_same(&self, other: &Place) -> bool {
        (self.region, self.address, self.displacement, self.len)
            == (other.region, other.address, other.displacement, other.len)
    }

    /// Whether no byte can belong to both.
    fn is_apart(&self, other: &Place) -> bool {
        if self.region != other.region {
            return true;
        }
        let end = |place: &Place| i64::from(place.displacement) + i64::from(place.len);
        if self.address == other.address {
            return end(self) <= i64::from(other.displacement) || end(other) <= i64::from(self.displacement);
        }
        if self.origin.0 != other.origin.0 {
            return false;
        }
        // From there to here, modulo 2³².
        let position = |place: &Place| place.origin.1.wrapping_add(place.displacement as u32);
        let distance = position(self).wrapping_sub(position(other));
        distance >= other.len && distance.wrapping_neg() >= self.len
    }
}

/// How many bytes a load or store of this type accesses, if it does nothing else.
pub(super) fn len(opcode: Opcode, ty: Type) -> Option<u32> {
    match opcode {
        Opcode::Load | Opcode::Store => Some(ty.bytes()),
        Opcode::Uload8 | Opcode::Sload8 | Opcode::Istore8 => Some(1),
        Opcode::Uload16 | Opcode::Sload16 | Opcode::Istore16 => Some(2),
        Opcode::Uload32 | Opcode::Sload32 | Opcode::Istore32 => Some(4),
        _ => None,
    }
}

fn origin(dfg: &DataFlowGraph, address: Value) -> (Value, u32) {
    if let Some(&InstructionData::Unary { opcode: Opcode::Uextend, arg }) = instruction(dfg, address)
        && dfg.value_type(arg) == I32
    {
        let sum = Sum::of(dfg, arg, |_| true);
        if let [(value, 1)] = sum.terms[..] {
            return (value, sum.constant);
        }
    }
    (address, 0)
}

/// What is in memory, as an access of this kind would find it.
#[derive(Clone, Copy)]
struct Known {
    place: Place,
    opcode: Opcode,
    ty: Type,
    value: Value,
}

impl Known {
    fn is_same(&self, other: &Known) -> bool {
        let is_alike = (self.opcode, self.ty, self.value) == (other.opcode, other.ty, other.value);
        is_alike && self.place.is_same(&other.place)
    }
}

/// What is known at the ends of blocks that lead to others which are not looked at yet.
#[derive(Default)]
struct Ends {
    /// With the number of these.
    by_block: HashMap<Block, (Vec<Known>, usize)>,
    size: usize,
}

impl Ends {
    /// What is known where all these blocks lead: nothing, if one of them is not looked at yet.
    fn join(&mut self, before: impl Iterator<Item = Block>) -> Vec<Known> {
        let ends = before.map(|block| self.take(block));
        let both = |mut known: Vec<Known>, other: Vec<Known>| {
            known.retain(|known| other.iter().any(|other| other.is_same(known)));
            known
        };
        ends.reduce(both).unwrap_or_default()
    }

    fn take(&mut self, block: Block) -> Vec<Known> {
        match self.by_block.entry(block) {
            Entry::Occupied(mut end) if end.get().1 > 1 => {
                end.get_mut().1 -= 1;
                end.get().0.clone()
            }
            Entry::Occupied(end) => {
                let known = end.remove().0;
                self.size -= known.len();
                known
            }
            Entry::Vacant(_) => Vec::new(),
        }
    }

    fn keep(&mut self, block: Block, known: Vec<Known>, ways: usize) {
        if ways > 0 && self.size + known.len() <= MAX_KEPT {
            self.size += known.len();
            self.by_block.insert(block, (known, ways));
        }
    }
}

/// Rewrites what the head of this file describes.
pub(super) fn loads(context: &mut Context) {
    let Context { func, cfg, domtree, .. } = context;
    let mut ends = Ends::default();
    let mut seen = EntitySet::new();
    for &block in domtree.cfg_rpo() {
        seen.insert(block);
        let mut known = ends.join(cfg.pred_iter(block).map(|way| way.block));
        block_loads(func, block, &mut known);
        ends.keep(block, known, cfg.succ_iter(block).filter(|&next| !seen.contains(next)).count());
    }
}

fn block_loads(function: &mut Function, block: Block, known: &mut Vec<Known>) {
    let mut next = function.layout.first_inst(block);
    while let Some(inst) = next {
        next = function.layout.next_inst(inst);
        let dfg = &function.dfg;
        let opcode = dfg.insts[inst].opcode();
        let place = Place::of(dfg, inst);
        match (dfg.insts[inst], place) {
            (InstructionData::Load { .. }, Some(place)) => {
                let result = dfg.first_result(inst);
                let ty = dfg.value_type(result);
                let same = |known: &&Known| (known.opcode, known.ty) == (opcode, ty) && known.place.is_same(&place);
                match known.iter().find(same).map(|known| known.value) {
                    Some(value) => replace_by(function, inst, value),
                    None => remember(known, Known { place, opcode, ty, value: result }),
                }
            }
            (InstructionData::Store { args: [value, _], .. }, Some(place)) => {
                known.retain(|known| known.place.is_apart(&place));
                if opcode == Opcode::Store {
                    let value = dfg.resolve_aliases(value);
                    remember(known, Known { place, opcode: Opcode::Load, ty: dfg.value_type(value), value });
                }
            }
            _ if opcode.can_store() || opcode.is_call() || opcode.other_side_effects() => known.clear(),
            _ => {}
        }
    }
}

fn remember(all: &mut Vec<Known>, known: Known) {
    if all.len() == MAX_KNOWN {
        all.remove(0);
    }
    all.push(known);
}
