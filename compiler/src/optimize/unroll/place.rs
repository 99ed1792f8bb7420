//! Where loads and stores go, and which of them may change places.

use super::plus;
use crate::optimize::forward;
use crate::optimize::liveness::has_effect;
use crate::optimize::sum::{instruction, is_constant};
use cranelift_codegen::cursor::FuncCursor;
use cranelift_codegen::ir::types::{F32, F64, I8, I16, I32, I64};
use cranelift_codegen::ir::{AliasRegion, DataFlowGraph, Inst, InstBuilder, InstructionData, Opcode, Type, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pairs of streams that are checked before a loop.
const MAX_DISTANCES: usize = 8;

/// An address that advances by the same step in each iteration, or stays.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    pub start: Start,
    /// Position of the header's parameter that is added, unless the step is 0.
    pub counter: Option<usize>,
    pub step: i64,
}

impl Stream {
    /// The address, where the header's parameters are these.
    pub fn address(&self, cursor: &mut FuncCursor<'_>, params: &[Value]) -> Value {
        match (self.start, self.counter.map(|counter| params[counter])) {
            (Start::Value(start), Some(counter)) => cursor.ins().iadd(start, counter),
            (Start::Constant(start), Some(counter)) => plus(cursor, counter, start),
            (Start::Value(start), None) => start,
            (Start::Constant(start), None) => cursor.ins().iconst(I64, start),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Start {
    Constant(i64),
    Value(Value),
}

/// Bytes of memory.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub base: Value,
    pub offset: i32,
    pub bytes: u32,
    region: Option<AliasRegion>,
}

impl Place {
    pub fn of(dfg: &DataFlowGraph, inst: Inst) -> Option<Place> {
        let (base, offset, flags, value) = match dfg.insts[inst] {
            InstructionData::Load { arg, offset, flags, .. } => (arg, offset, flags, dfg.first_result(inst)),
            InstructionData::Store { args: [value, base], offset, flags, .. } => (base, offset, flags, value),
            _ => return None,
        };
        let number = dfg.value_type(value);
        // (Vectors that are narrower in memory are taken for wider.)
        let bytes = forward::len(dfg.insts[inst].opcode(), number).unwrap_or(number.bytes());
        Some(Place { base, offset: offset.into(), bytes, region: dfg.mem_flags[flags].alias_region() })
    }
}

impl Place {
    /// Whether both are the same bytes, as far as the address tells.
    pub fn is_same(&self, other: &Place) -> bool {
        (self.base, self.offset, self.bytes) == (other.base, other.offset, other.bytes)
    }

    /// Whether both are in different parts of the memory, whatever their addresses are.
    pub fn is_elsewhere(&self, other: &Place) -> bool {
        matches!((self.region, other.region), (Some(left), Some(right)) if left != right)
    }
}

/// How far apart the streams of a loop must be.
#[derive(Clone, Default)]
pub(super) struct Distances {
    /// For two addresses that advance alike: the distances between which theirs must not lie.
    pub alike: BTreeMap<(Value, Value), (i64, i64)>,
    /// Addresses that do not: all that is accessed from one must be apart from what is accessed from the other.
    pub ranges: BTreeSet<(Value, Value)>,
}

impl Distances {
    /// Whether two places do not overlap, if the distances are kept.
    pub fn separate(&mut self, streams: &HashMap<Value, Stream>, left: &Place, right: &Place) -> bool {
        if left.is_elsewhere(right) {
            return true;
        }
        let (first, second) = if left.base <= right.base { (left, right) } else { (right, left) };
        // They overlap if the first base less the second is between these.
        let ahead = i64::from(second.offset) - i64::from(first.offset);
        let (low, high) = (ahead - i64::from(first.bytes), ahead + i64::from(second.bytes));
        if first.base == second.base {
            return low >= 0 || high <= 0;
        }
        let steps = [first, second].map(|place| streams.get(&place.base).map(|stream| stream.step));
        let [Some(first_step), Some(second_step)] = steps else { return false };
        let key = (first.base, second.base);
        let is_known = self.alike.contains_key(&key) || self.ranges.contains(&key);
        if !is_known && self.alike.len() + self.ranges.len() == MAX_DISTANCES {
            return false;
        }
        if first_step == second_step {
            let known = self.alike.entry(key).or_insert((low, high));
            *known = (known.0.min(low), known.1.max(high));
            return true;
        }
        let is_descending = first_step < 0 || second_step < 0;
        if !is_descending {
            self.ranges.insert(key);
        }
        !is_descending
    }
}

/// The address that the instruction accesses, without its offset.
pub(super) fn base(dfg: &DataFlowGraph, inst: Inst) -> Option<Value> {
    Place::of(dfg, inst).map(|place| place.base)
}

/// The address of a number that the instruction stores, and the type that the number has in memory.
pub(super) fn stored(dfg: &DataFlowGraph, inst: Inst) -> Option<(Value, Type)> {
    let InstructionData::Store { opcode, args: [value, base], .. } = dfg.insts[inst] else { return None };
    let number = dfg.value_type(value);
    match opcode {
        Opcode::Store if is_lane(number) => Some((base, number)),
        Opcode::Istore8 if number == I32 => Some((base, I8)),
        Opcode::Istore16 if number == I32 => Some((base, I16)),
        _ => None,
    }
}

/// Whether a load of a number makes a lane of a vector whose lanes are of the second type.
pub(super) fn is_lanes(opcode: Opcode, number: Type, lane: Type) -> bool {
    match opcode {
        Opcode::Load => number == lane && is_lane(number),
        Opcode::Uload8 | Opcode::Sload8 => number == I32 && matches!(lane, I8 | I32),
        Opcode::Uload16 | Opcode::Sload16 => number == I32 && matches!(lane, I16 | I32),
        Opcode::Uload32 | Opcode::Sload32 => number == I64 && lane == I64,
        _ => false,
    }
}

fn is_lane(number: Type) -> bool {
    matches!(number, I32 | I64 | F32 | F64)
}

/// Lets the instruction access what is so many bytes behind an address; false if that is too far.
pub(super) fn displace(dfg: &mut DataFlowGraph, inst: Inst, base: Value, by: i64) -> bool {
    let (address, offset) = match &mut dfg.insts[inst] {
        InstructionData::Load { arg, offset, .. } => (arg, offset),
        InstructionData::Store { args: [_, address], offset, .. } => (address, offset),
        other => unreachable!("{other:?} is no access"),
    };
    *address = base;
    let sum = i64::from(i32::from(*offset)).checked_add(by).and_then(|sum| i32::try_from(sum).ok());
    *offset = sum.unwrap_or_default().into();
    sum.is_some()
}

pub(super) fn is_store(dfg: &DataFlowGraph, inst: Inst) -> bool {
    dfg.insts[inst].opcode().can_store()
}

/// Whether the instruction is a load, a store, or does nothing but to make a value.
pub(super) fn is_plain(dfg: &DataFlowGraph, inst: Inst) -> bool {
    match dfg.insts[inst] {
        InstructionData::Load { .. } | InstructionData::Store { .. } => true,
        ref data => !has_effect(data.opcode()) && dfg.inst_results(inst).len() == 1,
    }
}

/// Whether both are one value, or the same constant.
pub(super) fn is_equal(dfg: &DataFlowGraph, left: Value, right: Value) -> bool {
    let constant = |value| instruction(dfg, value).filter(|_| is_constant(dfg, value));
    let is_same_type = dfg.value_type(left) == dfg.value_type(right);
    left == right || (is_same_type && constant(left).is_some() && constant(left) == constant(right))
}
