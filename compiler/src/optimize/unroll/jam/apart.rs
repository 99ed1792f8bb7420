//! Where the lanes of a group access memory, and the conditions on which that is apart.
//!
//! The addresses of a lane are taken to be at a constant distance from those of the first one. The distance is a guess
//! (numbers of 32 bits may wrap around) that is checked in each group, and what follows from it is exact.

use super::{Jam, MAX_DEPTH};
use crate::optimize::sum::{constant_64, instruction, is_constant};
use crate::optimize::unroll::cycle::signed_constant;
use crate::optimize::unroll::place::{Place, Start, is_store};
use crate::optimize::unroll::plus;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value};

/// Loads before an inner loop, and stores beside it.
const MAX_PLACES: usize = 6;
/// Bytes over which an address may go, so that sums of such numbers do not overflow.
const MAX_EXTENT: i64 = 1 << 40;

/// What the first lane accesses from an address on: bytes from `low` to `high`.
#[derive(Clone, Copy)]
struct Extent {
    address: Value,
    /// How far it is from one lane to the next.
    slope: i64,
    low: i64,
    high: i64,
}

/// The addresses of the first byte and of that behind the last one.
type Range = [Value; 2];

impl Jam<'_> {
    /// Checks that the addresses of each lane are where they are taken to be, and that what one stores is loaded by no
    /// lane behind it.
    pub(super) fn check(&mut self, function: &mut Function, initial: &[Value], rounds: i64) -> Option<()> {
        let (pre, post) = self.nest.outer.insts.split_at(self.nest.before);
        let dfg = &function.dfg;
        let places = |insts: &mut dyn Iterator<Item = &Inst>, stores: bool| -> Vec<Place> {
            insts.filter(|inst| is_store(dfg, **inst) == stores).filter_map(|&inst| Place::of(dfg, inst)).collect()
        };
        let loads = places(&mut pre.iter(), false);
        let stores = places(&mut pre.iter().chain(&self.stored).chain(post), true);
        let loaded = places(&mut self.inner.insts.iter(), false);
        let loaded =
            loaded.iter().map(|place| self.loaded(function, place, initial, rounds)).collect::<Option<Vec<_>>>()?;
        let loaded: Vec<Range> = merged(&loaded).iter().map(|extent| self.range(function, extent)).collect();
        if loads.len() + stores.len() > MAX_PLACES {
            return None;
        }
        for store in stores {
            (0..self.lanes).try_for_each(|lane| self.early(function, lane, store.base, MAX_DEPTH))?;
            let stored = self.extent(function, &store)?;
            let range = self.range(function, &stored);
            for load in &loads {
                let load = self.extent(function, load)?;
                if !stored.is_ahead(&load, self.lanes) {
                    let load = self.range(function, &load);
                    self.separate(function, range, load);
                }
            }
            loaded.iter().for_each(|&loaded| self.separate(function, range, loaded));
        }
        Some(())
    }

    /// What the inner loop loads in the first lane.
    fn loaded(&mut self, function: &mut Function, place: &Place, initial: &[Value], rounds: i64) -> Option<Extent> {
        let mut stream = *self.inner.streams.get(&place.base)?;
        let mut slope = 0;
        if let Start::Value(start) = stream.start {
            slope = self.line(function, start)?;
            stream.start = Start::Value(self.value(0, start)?);
        }
        let last = stream.step.checked_mul(rounds - 1).filter(|last| last.abs() < MAX_EXTENT)?;
        let address = match self.addresses.get(&place.base) {
            Some(&address) => address,
            None => stream.address(&mut FuncCursor::new(function).at_bottom(self.group), initial),
        };
        self.addresses.insert(place.base, address);
        let (low, high) = (last.min(0), last.max(0));
        Some(Extent { address, slope, low, high }.around(place))
    }

    /// What is accessed outside the inner loop in the first lane.
    fn extent(&mut self, function: &mut Function, place: &Place) -> Option<Extent> {
        let slope = self.line(function, place.base)?;
        Some(Extent { address: self.value(0, place.base)?, slope, low: 0, high: 0 }.around(place))
    }

    /// Checks that the value is at constant distances in all lanes, and returns how far it is from one to the next.
    fn line(&mut self, function: &mut Function, value: Value) -> Option<i64> {
        let slope = self.slope(function, value, MAX_DEPTH).filter(|slope| slope.abs() < MAX_EXTENT)?;
        if self.lines.insert(value) {
            let first = self.value(0, value)?;
            for lane in 1..self.lanes {
                let there = self.value(lane, value)?;
                let mut cursor = FuncCursor::new(function).at_bottom(self.group);
                let expected = plus(&mut cursor, first, slope * lane as i64);
                if there != expected {
                    self.conditions.push(cursor.ins().icmp(IntCC::Equal, there, expected));
                }
            }
        }
        Some(slope)
    }

    /// From where to where all lanes access memory.
    fn range(&self, function: &mut Function, extent: &Extent) -> Range {
        let mut cursor = FuncCursor::new(function).at_bottom(self.group);
        let (low, high) = extent.of_lanes(self.lanes);
        [low, high].map(|by| plus(&mut cursor, extent.address, by))
    }

    /// Checks that two ranges are apart.
    fn separate(&mut self, function: &mut Function, stored: Range, loaded: Range) {
        let mut cursor = FuncCursor::new(function).at_bottom(self.group);
        let is_before = cursor.ins().icmp(IntCC::SignedLessThanOrEqual, stored[1], loaded[0]);
        let is_behind = cursor.ins().icmp(IntCC::SignedLessThanOrEqual, loaded[1], stored[0]);
        self.conditions.push(cursor.ins().bor(is_before, is_behind));
    }

    /// By how much a value seems to change from lane to lane.
    pub(super) fn slope(&self, function: &Function, value: Value, depth: usize) -> Option<i64> {
        let (dfg, outer) = (&function.dfg, &self.nest.outer);
        if !self.inside.contains(&value) || is_constant(dfg, value) {
            return Some(0);
        }
        if let Some(position) = outer.params.iter().position(|&param| param == value) {
            return outer.steps[position].or_else(|| increment(dfg, outer.next[position], value, MAX_DEPTH));
        }
        let slope = |value| self.slope(function, value, depth.checked_sub(1)?);
        let InstructionData::Binary { opcode, args: [left, right] } = *instruction(dfg, value)? else {
            return match *instruction(dfg, value)? {
                InstructionData::Unary { opcode: Opcode::Uextend | Opcode::Ireduce, arg } => slope(arg),
                _ => None,
            };
        };
        match opcode {
            Opcode::Iadd => slope(left)?.checked_add(slope(right)?),
            Opcode::Isub => slope(left)?.checked_sub(slope(right)?),
            Opcode::Imul => slope(left)?.checked_mul(constant_64(dfg, right)?),
            Opcode::Ishl => slope(left)?.checked_mul(1 << constant_64(dfg, right)?.clamp(0, 62)),
            _ => None,
        }
    }
}

impl Extent {
    /// With what an access from its address on accesses, beside what it contains.
    fn around(self, place: &Place) -> Extent {
        let offset = i64::from(place.offset);
        Extent { low: self.low + offset, high: self.high + offset + i64::from(place.bytes), ..self }
    }

    /// From where to where it is in all lanes.
    fn of_lanes(&self, lanes: usize) -> (i64, i64) {
        let last = self.slope * (lanes as i64 - 1);
        (self.low + last.min(0), self.high + last.max(0))
    }

    /// Whether it is known that no lane behind loads what a lane stores.
    fn is_ahead(&self, loaded: &Extent, lanes: usize) -> bool {
        let is_apart = |lane: i64| {
            let by = loaded.slope * lane;
            loaded.low + by >= self.high || loaded.high + by <= self.low
        };
        let is_alike = self.address == loaded.address && self.slope == loaded.slope;
        is_alike && (1..lanes as i64).all(is_apart)
    }
}

/// Those from one address on as one.
fn merged(extents: &[Extent]) -> Vec<Extent> {
    let mut merged: Vec<Extent> = Vec::new();
    for extent in extents {
        match merged.iter_mut().find(|other| other.address == extent.address) {
            Some(other) => (other.low, other.high) = (other.low.min(extent.low), other.high.max(extent.high)),
            None => merged.push(*extent),
        }
    }
    merged
}

/// What is added to one value to make the other, if no number wraps around.
fn increment(dfg: &DataFlowGraph, value: Value, from: Value, depth: usize) -> Option<i64> {
    if value == from {
        return Some(0);
    }
    let rest = |value| increment(dfg, value, from, depth.checked_sub(1)?);
    match *instruction(dfg, value)? {
        InstructionData::Unary { opcode: Opcode::Uextend | Opcode::Ireduce, arg } => rest(arg),
        InstructionData::Binary { opcode: Opcode::Iadd, args: [left, right] } => {
            rest(left)?.checked_add(signed_constant(dfg, right, dfg.value_type(right))?)
        }
        _ => None,
    }
}
