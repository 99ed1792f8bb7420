//! A loop that looks for something in memory → sixteen bytes at once before it.
//!
//! ```text
//! loop(p):                         entry(p):    branch p <= size - 16, look(p, size - 16 - p), loop(p)
//!     a = load.u8 p                look(p, n):
//!     branch a == x, out, next         v = load.i8x16 p == (x, x, …)
//! next:                     →          branch any v, found, on
//!     branch loop(p + 1)           found:       i = the first of v that holds,  branch loop(p + i)
//!                                  on:          branch n >= 16, look(p + 16, n - 16), loop(p + 16)
//!                                  loop(p): …
//! ```
//!
//! The old loop finds out what there is, so that nothing behind it changes: it begins with the iteration that leaves
//! it, and goes round no more. There may be several reasons to leave, and a counter that reaches its end. Loads may be
//! of words, also for their bytes ([`zero_byte`]), and hand on what they make to the next iteration.
//!
//! **Proof.** The iterations that are skipped would not have left the old loop, which does nothing else but to load:
//! the new one only goes on for as long as neither a counter nor a load leaves. That the old loop would have made the
//! loads is not said. But whatever is loaded lies in the memory, which never shrinks: that is checked before, and so is
//! that what the first iteration is handed is what the load would have made one iteration before. Before that, only
//! what the old loop begins with is loaded, and traps as it would.

use super::cycle::{Cycle, End, Exit, Test, narrow};
use super::emit::{little_endian, operands, vector_of};
use super::pack::BYTES;
use super::place::{self, Place};
use super::zero_byte::{self, ZeroByte};
use super::{block_args, plus};
use crate::declare::Memory;
use crate::optimize::copy_inst;
use crate::optimize::sum::{constant_64, instruction};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I8X16, I16, I32, I64};
use cranelift_codegen::ir::{
    Block, BlockArg, DataFlowGraph, Function, Inst, InstBuilder, InstructionData, MemFlagsData, Opcode, Type, Value,
    ValueDef,
};
use std::collections::{BTreeMap, HashMap};
use std::mem::offset_of;
use wexe_abi::layout::MemoryState;

/// Instructions between what is loaded and a condition.
const MAX_DEPTH: usize = 8;
/// Instructions of a loop.
const MAX_INSTRUCTIONS: usize = 32;

/// A value of sixteen bytes, each lane what one iteration computes.
enum Lanes {
    Load(Inst),
    /// What the iteration before loads.
    Previous(Inst),
    /// What the loop does not change.
    Splat(Value),
    Operation(Opcode, Vec<Lanes>),
}

/// A reason to leave: whether two values are equal, or are not.
struct Reason {
    left: Lanes,
    /// 0 if there is none.
    right: Option<Lanes>,
    /// Whether any of their bytes are.
    by_byte: bool,
    leaves_if_equal: bool,
}

/// Rewrites the cycle as the head of this file describes, if it is such a loop; false if not.
pub(super) fn rewrite(function: &mut Function, cycle: &Cycle, memory: &Memory) -> bool {
    let search = Search::of(function, cycle).filter(|search| search.reach() as u64 <= memory.min_size);
    search.map(|search| search.write(function, memory)).is_some()
}

struct Search<'a> {
    cycle: &'a Cycle,
    /// What iterations load, and the type that it has in memory.
    lane: Type,
    reasons: Vec<Reason>,
    /// Offsets of what is loaded, the lowest and the highest, from each address.
    offsets: BTreeMap<Value, (i32, i32)>,
    /// Positions of parameters that hand on to the next iteration what a load makes.
    carried: Vec<(usize, Inst)>,
    /// What must be a number of the lane's type, extended, because it goes on where lanes are equal.
    narrow: Vec<Value>,
}

impl<'a> Search<'a> {
    fn of(function: &Function, cycle: &'a Cycle) -> Option<Search<'a>> {
        let dfg = &function.dfg;
        let lane = cycle.insts.iter().find_map(|&inst| loaded(dfg, inst))?;
        let carried = carried(dfg, cycle)?;
        let (reasons, offsets, narrow) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut search = Search { cycle, lane, reasons, offsets, carried, narrow };
        let fits = |exit: &Exit| match exit.end {
            End::Constant(value) => dfg.value_type(cycle.params[exit.counter]) == I64 || i32::try_from(value).is_ok(),
            _ => true,
        };
        if !cycle.exit.as_ref().is_none_or(fits) || cycle.insts.len() > MAX_INSTRUCTIONS {
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
                    let is_carried = search.carried.iter().any(|&(_, load)| load == inst);
                    let lowest = if is_carried { place.offset.checked_sub(lane.bytes() as i32)? } else { place.offset };
                    let (low, high) = search.offsets.entry(place.base).or_insert((lowest, place.offset));
                    (*low, *high) = ((*low).min(lowest), (*high).max(place.offset));
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

    /// How many bytes are looked at, from the first, in one round.
    fn reach(&self) -> i64 {
        let between = self.offsets.values().map(|&(low, high)| i64::from(high) - i64::from(low));
        between.max().unwrap_or_default() + BYTES
    }

    /// The type of what is loaded.
    fn number(&self) -> Type {
        if self.lane == I64 { I64 } else { I32 }
    }

    /// The largest number of a lane, if it is narrower than what is loaded.
    fn largest(&self) -> i64 {
        (1 << self.lane.bits()) - 1
    }

    fn reason(&mut self, dfg: &DataFlowGraph, test: &Test) -> Option<Reason> {
        let (code, left, right) = match *instruction(dfg, test.condition)? {
            InstructionData::IntCompare { cond, args: [left, right], .. } => (cond, left, Some(right)),
            _ => (IntCC::NotEqual, test.condition, None),
        };
        if let Some(ZeroByte { word, is_there }) = zero_byte::found(dfg, code, left, right)
            && dfg.value_type(word) == self.lane
        {
            let left = self.lanes(dfg, word, MAX_DEPTH)?;
            let is_sought = is_there != test.goes_on;
            return is_sought.then_some(Reason { left, right: None, by_byte: true, leaves_if_equal: true });
        }
        let holds_if_equal = match code {
            IntCC::Equal => true,
            IntCC::NotEqual => false,
            _ => return None,
        };
        let right = right.filter(|right| constant_64(dfg, *right) != Some(0));
        let known = self.narrow.len();
        let left = self.lanes(dfg, left, MAX_DEPTH)?;
        let right = match right {
            Some(right) => Some(self.lanes(dfg, right, MAX_DEPTH)?),
            None => None,
        };
        let leaves_if_equal = holds_if_equal != test.goes_on;
        if leaves_if_equal {
            // Numbers that are equal have equal lowest bits; whether it leaves, the old loop finds out.
            self.narrow.truncate(known);
        }
        let is_splat = |lanes: &Option<Lanes>| matches!(lanes, None | Some(Lanes::Splat(_)));
        // What goes on while there is always the same seldom goes on for long.
        let is_worth_it = leaves_if_equal || !is_splat(&right) || matches!(left, Lanes::Operation(..));
        is_worth_it.then_some(Reason { left, right, by_byte: false, leaves_if_equal })
    }

    /// The value as lanes, if it is one of what is loaded and of what does not change.
    fn lanes(&mut self, dfg: &DataFlowGraph, value: Value, depth: usize) -> Option<Lanes> {
        if let Some(constant) = constant_64(dfg, value) {
            let is_lane = self.lane.bits() >= 32 || (0..=self.largest()).contains(&constant);
            return is_lane.then_some(Lanes::Splat(value));
        }
        let inst = match dfg.value_def(value) {
            ValueDef::Result(inst, _) if self.cycle.insts.contains(&inst) => inst,
            ValueDef::Param(..) if let Some(index) = self.cycle.params.iter().position(|&param| param == value) => {
                let load = self.carried.iter().find(|(position, _)| *position == index);
                return load.map(|&(_, inst)| Lanes::Previous(inst));
            }
            _ => {
                if self.lane.bits() < 32 && !self.narrow.contains(&value) {
                    self.narrow.push(value);
                }
                return (dfg.value_type(value) == self.number()).then_some(Lanes::Splat(value));
            }
        };
        if loaded(dfg, inst).is_some() {
            return Some(Lanes::Load(inst));
        }
        let opcode = dfg.insts[inst].opcode();
        let is_operation = match opcode {
            Opcode::Band | Opcode::Bor | Opcode::Bxor => true,
            Opcode::Iadd | Opcode::Isub | Opcode::Bnot => self.lane.bits() >= 32,
            _ => false,
        };
        if depth == 0 || !is_operation || dfg.value_type(value) != self.number() {
            return None;
        }
        let args = dfg.inst_args(inst).to_vec();
        let args = args.into_iter().map(|arg| self.lanes(dfg, arg, depth - 1)).collect::<Option<Vec<Lanes>>>()?;
        Some(Lanes::Operation(opcode, args))
    }

    fn write(&self, function: &mut Function, memory: &Memory) {
        let header = self.cycle.header;
        let [peek, entry, look, found, on, done] = super::new_blocks(function, header);
        for block in [peek, entry, look] {
            super::take_params(function, self.cycle, block);
        }
        let params = function.dfg.block_params(look).to_vec();
        let left = function.dfg.append_block_param(look, I64);

        let ready = self.enter(function, entry, look, memory);
        let bits = self.look(function, ready, look, &params);
        FuncCursor::new(function).at_bottom(look).ins().brif(bits, found, &[], on, &[]);

        let mut cursor = FuncCursor::new(function).at_bottom(found);
        let first = cursor.ins().ctz(bits);
        let first = self.iterations(&mut cursor, first);
        let next = self.advanced(&mut cursor, &params, |cursor, number, step| {
            let iterations = if number == I64 { first } else { cursor.ins().ireduce(number, first) };
            let distance = match step.unsigned_abs().ilog2() {
                0 => iterations,
                by => cursor.ins().ishl_imm_u(iterations, i64::from(by)),
            };
            if step < 0 { cursor.ins().ineg(distance) } else { distance }
        });
        self.go_back(&mut cursor, next);

        let lanes = self.lane_count();
        let mut cursor = FuncCursor::new(function).at_bottom(on);
        let next = self.advanced(&mut cursor, &params, |cursor, number, step| {
            cursor.ins().iconst(number, narrow(number, step * lanes))
        });
        let left = cursor.ins().iadd_imm_s(left, -lanes);
        let is_enough = cursor.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, left, 0);
        let again: Vec<BlockArg> = next.iter().copied().chain([left]).map(BlockArg::from).collect();
        cursor.ins().brif(is_enough, look, &again, done, &[]);
        self.go_back(&mut cursor.at_bottom(done), next);
        for &branch in &self.cycle.entries {
            super::redirect(function, branch, header, peek);
        }
        self.peek(function, peek, entry);
    }

    /// Goes to the old loop if its first block would leave it at once, and to the new one if not: what compares two
    /// places often finds a difference at once.
    fn peek(&self, function: &mut Function, block: Block, entry: Block) {
        let header = self.cycle.header;
        let params = function.dfg.block_params(block).to_vec();
        let args = block_args(&params);
        let mut values: HashMap<Value, Value> = self.cycle.params.iter().copied().zip(params).collect();
        let branch = function.layout.last_inst(header).expect("blocks have ends");
        let is_first = |test: &&Test| function.dfg.inst_args(branch).first() == Some(&test.condition);
        let Some(test) = self.cycle.tests.iter().find(is_first).filter(|_| self.offsets.len() > 1) else {
            FuncCursor::new(function).at_bottom(block).ins().jump(entry, &args);
            return;
        };
        let insts: Vec<Inst> = function.layout.block_insts(header).filter(|inst| *inst != branch).collect();
        for inst in insts {
            let new = copy_inst(function, inst, block, |value| values.get(&value).copied().unwrap_or(value));
            let results = function.dfg.inst_results(inst).to_vec();
            values.extend(results.into_iter().zip(function.dfg.inst_results(new).to_vec()));
        }
        let condition = values.get(&test.condition).copied().unwrap_or(test.condition);
        let (if_true, if_false) = if test.goes_on { (entry, header) } else { (header, entry) };
        FuncCursor::new(function).at_bottom(block).ins().brif(condition, if_true, &args, if_false, &args);
    }

    /// Enters the new loop if so many iterations make only loads from the memory and leave for no counter, and else
    /// the old one. Tells how many iterations behind those do so as well. Returns a block before the new loop.
    fn enter(&self, function: &mut Function, entry: Block, look: Block, memory: &Memory) -> Block {
        let params = function.dfg.block_params(entry).to_vec();
        let args = block_args(&params);
        let header = self.cycle.header;
        let mut cursor = FuncCursor::new(function).at_bottom(entry);
        let require = |cursor: &mut FuncCursor<'_>, condition: Value| {
            let next = cursor.func.dfg.make_block();
            cursor.func.layout.insert_block(next, look);
            cursor.ins().brif(condition, next, &[], header, &args);
            cursor.goto_bottom(next);
            next
        };
        let state = cursor.ins().iconst(I64, memory.state as i64);
        let size = cursor.ins().load(I64, MemFlagsData::trusted(), state, offset_of!(MemoryState, size) as i32);
        // (It is not less than 0, because the memory is never smaller.)
        let end = cursor.ins().iadd_imm_s(size, -self.reach());
        let begin = |(base, &(low, _)): (&Value, &(i32, i32))| {
            let address = self.cycle.streams[base].address(&mut cursor, &params);
            plus(&mut cursor, address, i64::from(low) - memory.base as i64)
        };
        let begins: Vec<Value> = self.offsets.iter().map(begin).collect();
        let last =
            begins.into_iter().reduce(|last, begin| cursor.ins().umax(last, begin)).expect("something is loaded");
        let is_within = cursor.ins().icmp(IntCC::UnsignedLessThanOrEqual, last, end);
        let mut ready = require(&mut cursor, is_within);
        let bytes = cursor.ins().isub(end, last);
        let mut left = self.iterations(&mut cursor, bytes);
        if let Some(exit) = self.cycle.exit {
            let step = self.cycle.steps[exit.counter].unwrap_or(1);
            let here = plus(&mut cursor, params[exit.counter], exit.ahead);
            let number = cursor.func.dfg.value_type(here);
            let end = exit.end.before(&mut cursor, number, 0);
            let (low, high) = if step > 0 { (here, end) } else { (end, here) };
            let is_before = cursor.ins().icmp(IntCC::SignedLessThan, low, high);
            require(&mut cursor, is_before);
            let distance = cursor.ins().isub(high, low);
            let distance = if number == I64 { distance } else { cursor.ins().uextend(I64, distance) };
            let iterations = shifted(&mut cursor, distance, step);
            let lanes = self.lane_count();
            let is_enough = cursor.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, iterations, lanes);
            ready = require(&mut cursor, is_enough);
            let others = cursor.ins().iadd_imm_s(iterations, -lanes);
            left = cursor.ins().umin(left, others);
        }
        for &(index, load) in &self.carried {
            let previous = self.previous(&mut cursor, load, &params);
            let is_equal = cursor.ins().icmp(IntCC::Equal, previous, params[index]);
            ready = require(&mut cursor, is_equal);
        }
        for &value in &self.narrow {
            let is_lane = cursor.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, value, self.largest());
            ready = require(&mut cursor, is_lane);
        }
        let to_look: Vec<BlockArg> = args.iter().copied().chain([left.into()]).collect();
        cursor.ins().jump(look, &to_look);
        ready
    }

    /// How many iterations load the vector.
    fn lane_count(&self) -> i64 {
        BYTES / i64::from(self.lane.bytes())
    }

    /// How many iterations load so many bytes.
    fn iterations(&self, cursor: &mut FuncCursor<'_>, bytes: Value) -> Value {
        shifted(cursor, bytes, i64::from(self.lane.bytes()))
    }

    /// The parameters some iterations later: the distance follows from type and step.
    fn advanced(
        &self,
        cursor: &mut FuncCursor<'_>,
        params: &[Value],
        distance: impl Fn(&mut FuncCursor<'_>, Type, i64) -> Value,
    ) -> Vec<Value> {
        let advance = |(&param, step): (&Value, &Option<i64>)| {
            let Some(step) = *step else { return param };
            let number = cursor.func.dfg.value_type(param);
            let by = distance(cursor, number, step);
            cursor.ins().iadd(param, by)
        };
        params.iter().zip(&self.cycle.steps).map(advance).collect()
    }

    /// Enters the old loop with these parameters, of which those are not known yet that loads make.
    fn go_back(&self, cursor: &mut FuncCursor<'_>, mut params: Vec<Value>) {
        for &(index, load) in &self.carried {
            params[index] = self.previous(cursor, load, &params);
        }
        cursor.ins().jump(self.cycle.header, &block_args(&params));
    }

    /// What a load made one iteration before that with these parameters.
    fn previous(&self, cursor: &mut FuncCursor<'_>, load: Inst, params: &[Value]) -> Value {
        let (base, ..) = operands(cursor.func, load);
        let address = self.cycle.streams[&base].address(cursor, params);
        let load = cursor.func.dfg.clone_inst(load);
        place::displace(&mut cursor.func.dfg, load, address, -i64::from(self.lane.bytes()));
        cursor.insert_inst(load);
        cursor.func.dfg.first_result(load)
    }

    /// Bits for the bytes of which iterations leave. What does not change is made at the end of the first block.
    fn look(&self, function: &mut Function, before: Block, block: Block, params: &[Value]) -> Value {
        let end = function.layout.last_inst(before).expect("it leads on");
        let mut writer = Writer { function, before: end, block, params, search: self, loaded: HashMap::new() };
        // Where something is equal for which it leaves, and where all is without which it would.
        let (mut leaves, mut stays) = (None, None);
        for Reason { left, right, by_byte, leaves_if_equal } in &self.reasons {
            let left = writer.vector(left);
            let right = match right {
                Some(right) => writer.vector(right),
                None => writer.constant(0),
            };
            let mut cursor = writer.cursor();
            let [left, right] = [left, right].map(|side| if *by_byte { bytes(&mut cursor, side) } else { side });
            let equal = cursor.ins().icmp(IntCC::Equal, left, right);
            let equal = bytes(&mut cursor, equal);
            if *leaves_if_equal {
                leaves = Some(leaves.map_or(equal, |others| cursor.ins().bor(others, equal)));
            } else {
                stays = Some(stays.map_or(equal, |others| cursor.ins().band(others, equal)));
            }
        }
        let mut cursor = writer.cursor();
        match (leaves, stays) {
            (Some(leaves), None) => cursor.ins().vhigh_bits(I64, leaves),
            (leaves, stays) => {
                let stays = stays.expect("there is a reason to leave");
                let stays = leaves.map_or(stays, |leaves| {
                    let others = cursor.ins().bnot(leaves);
                    cursor.ins().band(stays, others)
                });
                let bits = cursor.ins().vhigh_bits(I64, stays);
                cursor.ins().bxor_imm_u(bits, (1 << BYTES) - 1)
            }
        }
    }
}

/// Positions of parameters that hand on to the next iteration what a load makes; none if others change otherwise than
/// by a power of two.
fn carried(dfg: &DataFlowGraph, cycle: &Cycle) -> Option<Vec<(usize, Inst)>> {
    let mut carried = Vec::new();
    for (index, &next) in cycle.next.iter().enumerate() {
        match (cycle.steps[index], dfg.value_def(next)) {
            (Some(step), _) if step.unsigned_abs().is_power_of_two() => {}
            (None, _) if next == cycle.params[index] => {}
            (None, ValueDef::Result(inst, _)) if cycle.insts.contains(&inst) && loaded(dfg, inst).is_some() => {
                carried.push((index, inst));
            }
            _ => return None,
        }
    }
    Some(carried)
}

/// The vector as bytes.
fn bytes(cursor: &mut FuncCursor<'_>, vector: Value) -> Value {
    if cursor.func.dfg.value_type(vector) == I8X16 {
        return vector;
    }
    cursor.ins().bitcast(I8X16, little_endian(), vector)
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
    /// What does not change is made before this.
    before: Inst,
    block: Block,
    params: &'a [Value],
    search: &'a Search<'a>,
    /// Vectors, by the load and how far before it they begin.
    loaded: HashMap<(Inst, i32), Value>,
}

impl Writer<'_> {
    fn cursor(&mut self) -> FuncCursor<'_> {
        FuncCursor::new(self.function).at_bottom(self.block)
    }

    fn vector(&mut self, lanes: &Lanes) -> Value {
        match lanes {
            Lanes::Splat(value) => self.splat(*value),
            &(Lanes::Load(inst) | Lanes::Previous(inst)) => {
                let behind = if let Lanes::Previous(_) = lanes { self.search.lane.bytes() as i32 } else { 0 };
                if let Some(&vector) = self.loaded.get(&(inst, behind)) {
                    return vector;
                }
                let (base, offset, flags) = operands(self.function, inst);
                let (stream, number) = (self.search.cycle.streams[&base], vector_of(self.search.lane));
                let params = self.params;
                let mut cursor = self.cursor();
                let address = stream.address(&mut cursor, params);
                let vector = cursor.ins().load(number, flags, address, offset - behind);
                self.loaded.insert((inst, behind), vector);
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

    /// A value in all lanes.
    fn splat(&mut self, value: Value) -> Value {
        if let Some(constant) = constant_64(&self.function.dfg, value) {
            return self.constant(constant);
        }
        let lane = self.search.lane;
        let mut cursor = FuncCursor::new(self.function).at_inst(self.before);
        let value = if lane.bits() < 32 { cursor.ins().ireduce(lane, value) } else { value };
        cursor.ins().splat(vector_of(lane), value)
    }

    /// A constant in all lanes. (Cranelift would move it through an integer register.)
    fn constant(&mut self, value: i64) -> Value {
        let lane = self.search.lane;
        let bytes: Vec<u8> = value.to_le_bytes().into_iter().take(lane.bytes() as usize).collect();
        let constant = self.function.dfg.constants.insert(bytes.repeat(self.search.lane_count() as usize).into());
        FuncCursor::new(self.function).at_inst(self.before).ins().vconst(vector_of(lane), constant)
    }
}

/// The type in memory of a number that is loaded, or loaded and zero-extended to 32 bits.
fn loaded(dfg: &DataFlowGraph, inst: Inst) -> Option<Type> {
    let InstructionData::Load { opcode, .. } = dfg.insts[inst] else { return None };
    match (opcode, dfg.value_type(dfg.first_result(inst))) {
        (Opcode::Uload8, I32) => Some(I8),
        (Opcode::Uload16, I32) => Some(I16),
        (Opcode::Load, number @ (I32 | I64)) => Some(number),
        _ => None,
    }
}
