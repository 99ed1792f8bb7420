//! A loop that looks for something in memory → sixteen bytes at once before it.
//!
//! ```text
//! loop(p):                         entry(p):    rounds = size - p,  branch rounds >= 16, look(p, rounds), loop(p)
//!     a = load.u8 p                look(p, n):
//!     branch a == x, out, next         v = load.i8x16 p == (x, x, …)
//! next:                     →          branch any v, found, on
//!     branch loop(p + 1)           found:       i = the first of v that holds,  branch loop(p + i)
//!                                  on:          branch n - 16 >= 16, look(p + 16, n - 16), loop(p + 16)
//!                                  loop(p): …
//! ```
//!
//! The old loop finds out what there is, so that nothing behind it changes: it begins with the iteration that leaves
//! it, and goes round no more. There may be several reasons to leave, and a counter that reaches its end.
//!
//! **Proof.** The iterations that are skipped would not have left the old loop, which does nothing else but to load:
//! the new one only goes on for as long as neither a counter nor a load leaves. That the old loop would have made the
//! loads is not said. But whatever is loaded lies in the memory, which never shrinks: that is checked before.

use super::cycle::{Cycle, End, Exit, Test, narrow};
use super::emit::{operands, vector_of};
use super::pack::BYTES;
use super::place::{Place, Stream};
use super::plus;
use crate::declare::Memory;
use crate::optimize::sum::{constant_64, instruction};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I16, I32, I64};
use cranelift_codegen::ir::{
    Block, BlockArg, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, MemFlagsData, Opcode, Type, Value,
    ValueDef,
};
use std::collections::HashMap;
use std::mem::offset_of;
use wexe_abi::layout::MemoryState;

/// Instructions between what is loaded and a condition.
const MAX_DEPTH: usize = 8;
/// Instructions of a loop.
const MAX_INSTRUCTIONS: usize = 32;

/// A value of sixteen bytes, each lane what one iteration computes.
enum Lanes {
    Load(Inst),
    /// What the loop does not change.
    Splat(Value),
    Operation(Opcode, Vec<Lanes>),
}

/// A reason to leave: whether two values are equal, or are not.
struct Reason {
    left: Lanes,
    /// 0 if there is none.
    right: Option<Lanes>,
    leaves_if_equal: bool,
}

/// Rewrites the cycle as the head of this file describes, if it is such a loop; false if not.
pub(super) fn rewrite(function: &mut Function, cycle: &Cycle, memory: &Memory) -> bool {
    let search = Search::of(function, cycle);
    search.map(|search| search.write(function, memory)).is_some()
}

struct Search<'a> {
    cycle: &'a Cycle,
    /// What iterations load, and the type that it has in memory.
    lane: Type,
    reasons: Vec<Reason>,
    /// Where loads begin.
    places: Vec<(Stream, i32)>,
    /// What must be a number of the lane's type, extended.
    narrow: Vec<Value>,
}

impl<'a> Search<'a> {
    fn of(function: &Function, cycle: &'a Cycle) -> Option<Search<'a>> {
        let dfg = &function.dfg;
        let lane = cycle.insts.iter().find_map(|&inst| loaded(dfg, inst))?;
        let mut search = Search { cycle, lane, reasons: Vec::new(), places: Vec::new(), narrow: Vec::new() };
        let is_counter = |index: usize| match cycle.steps[index] {
            Some(step) => step.unsigned_abs().is_power_of_two(),
            None => cycle.next[index] == cycle.params[index],
        };
        let fits = |exit: &Exit| match exit.end {
            End::Constant(value) => dfg.value_type(cycle.params[exit.counter]) == I64 || i32::try_from(value).is_ok(),
            _ => true,
        };
        if !(0..cycle.params.len()).all(is_counter)
            || !cycle.exit.as_ref().is_none_or(fits)
            || cycle.insts.len() > MAX_INSTRUCTIONS
        {
            return None;
        }
        for &inst in &cycle.insts {
            match (Place::of(dfg, inst), loaded(dfg, inst)) {
                (None, _) => {}
                (Some(place), Some(number)) if number == lane => {
                    let stream = cycle.streams.get(&place.base)?;
                    if stream.step != i64::from(lane.bytes()) {
                        return None;
                    }
                    search.places.push((*stream, place.offset));
                }
                _ => return None,
            }
        }
        for test in &cycle.tests {
            let reason = search.reason(dfg, test)?;
            search.reasons.push(reason);
        }
        Some(search)
    }

    fn reason(&mut self, dfg: &DataFlowGraph, test: &Test) -> Option<Reason> {
        let (code, left, right) = match *instruction(dfg, test.condition)? {
            InstructionData::IntCompare { cond, args: [left, right], .. } => (cond, left, Some(right)),
            _ => (IntCC::NotEqual, test.condition, None),
        };
        let holds_if_equal = match code {
            IntCC::Equal => true,
            IntCC::NotEqual => false,
            _ => return None,
        };
        let right = right.filter(|right| constant_64(dfg, *right) != Some(0));
        let left = self.lanes(dfg, left, MAX_DEPTH)?;
        let right = match right {
            Some(right) => Some(self.lanes(dfg, right, MAX_DEPTH)?),
            None => None,
        };
        let leaves_if_equal = holds_if_equal != test.goes_on;
        let is_splat = |lanes: &Option<Lanes>| matches!(lanes, None | Some(Lanes::Splat(_)));
        // What goes on while there is always the same seldom goes on for long.
        let is_worth_it = leaves_if_equal || !is_splat(&right) || matches!(left, Lanes::Operation(..));
        is_worth_it.then_some(Reason { left, right, leaves_if_equal })
    }

    /// The value as lanes, if it is one of what is loaded and of what does not change.
    fn lanes(&mut self, dfg: &DataFlowGraph, value: Value, depth: usize) -> Option<Lanes> {
        if let Some(constant) = constant_64(dfg, value) {
            let is_lane = self.lane == I32 || u64::try_from(constant).is_ok_and(|bits| bits >> self.lane.bits() == 0);
            return is_lane.then_some(Lanes::Splat(value));
        }
        let inst = match dfg.value_def(value) {
            ValueDef::Result(inst, _) if self.cycle.insts.contains(&inst) => inst,
            ValueDef::Param(..) if self.cycle.params.contains(&value) => return None,
            _ => {
                if self.lane != I32 && !self.narrow.contains(&value) {
                    self.narrow.push(value);
                }
                return (dfg.value_type(value) == I32).then_some(Lanes::Splat(value));
            }
        };
        if loaded(dfg, inst).is_some() {
            return Some(Lanes::Load(inst));
        }
        let opcode = dfg.insts[inst].opcode();
        let is_operation = match opcode {
            Opcode::Band | Opcode::Bor | Opcode::Bxor => true,
            Opcode::Iadd | Opcode::Isub | Opcode::Bnot => self.lane == I32,
            _ => false,
        };
        if depth == 0 || !is_operation || dfg.value_type(value) != I32 {
            return None;
        }
        let args = dfg.inst_args(inst).to_vec();
        let args = args.into_iter().map(|arg| self.lanes(dfg, arg, depth - 1)).collect::<Option<Vec<Lanes>>>()?;
        Some(Lanes::Operation(opcode, args))
    }

    fn write(&self, function: &mut Function, memory: &Memory) {
        let header = self.cycle.header;
        let [entry, look, found, on] = super::new_blocks(function, self.cycle.header);
        for block in [entry, look] {
            super::take_params(function, self.cycle, block);
        }
        let params = function.dfg.block_params(look).to_vec();
        let left = function.dfg.append_block_param(look, I64);
        let lanes = BYTES / i64::from(self.lane.bytes());

        let bits = self.look(function, entry, look, &params);
        FuncCursor::new(function).at_bottom(look).ins().brif(bits, found, &[], on, &[]);

        let mut cursor = FuncCursor::new(function).at_bottom(found);
        let first = cursor.ins().ctz(bits);
        let wide = cursor.ins().uextend(I64, first);
        let args = self.advanced(&mut cursor, &params, |cursor, number, step| {
            let iterations = if number == I64 { wide } else { first };
            let distance = cursor.ins().ishl_imm_u(iterations, i64::from(step.unsigned_abs().ilog2()));
            if step < 0 { cursor.ins().ineg(distance) } else { distance }
        });
        cursor.ins().jump(header, &args);

        let mut cursor = FuncCursor::new(function).at_bottom(on);
        let to_header = self.advanced(&mut cursor, &params, |cursor, number, step| {
            cursor.ins().iconst(number, narrow(number, step * lanes))
        });
        let left = cursor.ins().iadd_imm_s(left, -lanes);
        let is_enough = cursor.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, left, lanes);
        let again: Vec<BlockArg> = to_header.iter().copied().chain([left.into()]).collect();
        cursor.ins().brif(is_enough, look, &again, header, &to_header);

        let mut cursor = FuncCursor::new(function).at_bottom(entry);
        let (may_look, rounds) = self.rounds(&mut cursor, entry, memory, lanes);
        let to_header: Vec<BlockArg> =
            cursor.func.dfg.block_params(entry).iter().copied().map(BlockArg::from).collect();
        let to_look: Vec<BlockArg> = to_header.iter().copied().chain([rounds.into()]).collect();
        cursor.ins().brif(may_look, look, &to_look, header, &to_header);
        for &branch in &self.cycle.entries {
            super::redirect(function, branch, header, entry);
        }
    }

    /// Whether so many iterations make only loads from the memory and leave for no counter, and how many do.
    fn rounds(&self, cursor: &mut FuncCursor<'_>, entry: Block, memory: &Memory, lanes: i64) -> (Value, Value) {
        let params = cursor.func.dfg.block_params(entry).to_vec();
        let state = cursor.ins().iconst(I64, memory.state as i64);
        let size = cursor.ins().load(I64, MemFlagsData::trusted(), state, offset_of!(MemoryState, size) as i32);
        let begin = |&(stream, offset): &(Stream, i32)| {
            let address = stream.address(cursor, &params);
            cursor.ins().iadd_imm_s(address, i64::from(offset) - memory.base as i64)
        };
        let begins: Vec<Value> = self.places.iter().map(begin).collect();
        let last =
            begins.into_iter().reduce(|last, begin| cursor.ins().umax(last, begin)).expect("something is loaded");
        let mut conditions = vec![cursor.ins().icmp(IntCC::UnsignedLessThanOrEqual, last, size)];
        let bytes = cursor.ins().isub(size, last);
        let mut rounds = shifted(cursor, bytes, i64::from(self.lane.bytes()));
        if let Some(exit) = self.cycle.exit {
            let step = self.cycle.steps[exit.counter].unwrap_or(1);
            let here = plus(cursor, params[exit.counter], exit.ahead);
            let number = cursor.func.dfg.value_type(here);
            let end = exit.end.before(cursor, number, 0);
            let (low, high) = if step > 0 { (here, end) } else { (end, here) };
            conditions.push(cursor.ins().icmp(IntCC::SignedLessThan, low, high));
            let distance = cursor.ins().isub(high, low);
            let distance = if number == I64 { distance } else { cursor.ins().uextend(I64, distance) };
            let iterations = shifted(cursor, distance, step);
            rounds = cursor.ins().umin(rounds, iterations);
        }
        for &value in &self.narrow {
            let largest = (1 << self.lane.bits()) - 1;
            conditions.push(cursor.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, value, largest));
        }
        let is_enough = cursor.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, rounds, lanes);
        (conditions.into_iter().fold(is_enough, |all, condition| cursor.ins().band(all, condition)), rounds)
    }

    /// The parameters some iterations later: the distance follows from type and step.
    fn advanced(
        &self,
        cursor: &mut FuncCursor<'_>,
        params: &[Value],
        distance: impl Fn(&mut FuncCursor<'_>, Type, i64) -> Value,
    ) -> Vec<BlockArg> {
        let advance = |(&param, step): (&Value, &Option<i64>)| {
            let Some(step) = *step else { return param.into() };
            let number = cursor.func.dfg.value_type(param);
            let by = distance(cursor, number, step);
            cursor.ins().iadd(param, by).into()
        };
        params.iter().zip(&self.cycle.steps).map(advance).collect()
    }

    /// A bit for each iteration that leaves. What does not change is made at the end of the first block.
    fn look(&self, function: &mut Function, before: Block, block: Block, params: &[Value]) -> Value {
        let mut writer = Writer { function, before, block, params, search: self, loaded: HashMap::new() };
        let mut goes_on = None;
        for Reason { left, right, leaves_if_equal } in &self.reasons {
            let left = writer.vector(left);
            let right = match right {
                Some(right) => writer.vector(right),
                None => writer.splat(None),
            };
            let mut cursor = writer.cursor();
            let mut this = cursor.ins().icmp(IntCC::Equal, left, right);
            if *leaves_if_equal {
                this = cursor.ins().bnot(this);
            }
            goes_on = Some(goes_on.map_or(this, |others| cursor.ins().band(others, this)));
        }
        let goes_on = goes_on.expect("there is a reason to leave");
        let mut cursor = writer.cursor();
        let bits = cursor.ins().vhigh_bits(I32, goes_on);
        cursor.ins().bxor_imm_u(bits, (1 << (BYTES / i64::from(self.lane.bytes()))) - 1)
    }
}

/// How often a number contains the step, whose size is a power of two.
fn shifted(cursor: &mut FuncCursor<'_>, value: Value, step: i64) -> Value {
    match step.unsigned_abs().ilog2() {
        0 => value,
        by => cursor.ins().ushr_imm_u(value, i64::from(by)),
    }
}

/// Writes what looks.
struct Writer<'a> {
    function: &'a mut Function,
    before: Block,
    block: Block,
    params: &'a [Value],
    search: &'a Search<'a>,
    loaded: HashMap<Inst, Value>,
}

impl Writer<'_> {
    fn cursor(&mut self) -> FuncCursor<'_> {
        FuncCursor::new(self.function).at_bottom(self.block)
    }

    fn vector(&mut self, lanes: &Lanes) -> Value {
        match lanes {
            Lanes::Splat(value) => self.splat(Some(*value)),
            &Lanes::Load(inst) => {
                if let Some(&vector) = self.loaded.get(&inst) {
                    return vector;
                }
                let (base, offset, flags) = operands(self.function, inst);
                let (stream, number) = (self.search.cycle.streams[&base], vector_of(self.search.lane));
                let params = self.params;
                let mut cursor = self.cursor();
                let address = stream.address(&mut cursor, params);
                let vector = cursor.ins().load(number, flags, address, offset);
                self.loaded.insert(inst, vector);
                vector
            }
            Lanes::Operation(opcode, args) => {
                let args: Vec<Value> = args.iter().map(|arg| self.vector(arg)).collect();
                let mut cursor = self.cursor();
                match args[..] {
                    [arg] => cursor.ins().bnot(arg),
                    [left, right] => {
                        let number = cursor.func.dfg.value_type(left);
                        let (inst, dfg) = cursor.ins().Binary(*opcode, number, left, right);
                        dfg.first_result(inst)
                    }
                    _ => unreachable!("operations have one operand or two"),
                }
            }
        }
    }

    /// A value, or 0, in all lanes.
    fn splat(&mut self, value: Option<Value>) -> Value {
        let constant = value.map_or(Some(0), |value| constant_64(&self.function.dfg, value));
        let lane = self.search.lane;
        let mut cursor = FuncCursor::new(self.function).at_bottom(self.before);
        let value = match (constant, value) {
            (None, Some(value)) if lane != I32 => cursor.ins().ireduce(lane, value),
            (None, Some(value)) => value,
            (constant, _) => cursor.ins().iconst(lane, constant.unwrap_or_default()),
        };
        cursor.ins().splat(vector_of(lane), value)
    }
}

/// The type in memory of a number that is loaded and zero-extended to 32 bits.
fn loaded(dfg: &DataFlowGraph, inst: Inst) -> Option<Type> {
    let InstructionData::Load { opcode, .. } = dfg.insts[inst] else { return None };
    match opcode {
        _ if dfg.value_type(dfg.first_result(inst)) != I32 => None,
        Opcode::Uload8 => Some(I8),
        Opcode::Uload16 => Some(I16),
        Opcode::Load => Some(I32),
        _ => None,
    }
}
