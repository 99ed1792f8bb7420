//! Plans of packs → instructions on vectors.

use super::Blocks;
use super::pack::{BYTES, Comparison, Kind, Pack, Plan, Reduced};
use crate::optimize::block_of;
use crate::optimize::induction::{pass, passed};
use crate::optimize::liveness::has_effect;
use crate::optimize::sum::is_constant;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::types::{F32, F32X4, I8X16, I32, I64};
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, ConstantData, Endianness, Function, Inst, InstBuilder, InstructionData, MemFlagsData,
    Opcode, Type, Value, ValueDef,
};
use std::collections::{HashMap, HashSet};

/// Replaces what is planned in a block that loops. What it does not change is made at the end of the block before it,
/// and sums are finished at the end of the one behind it. These values are needed behind the loop.
pub(super) fn rewrite(function: &mut Function, plan: &Plan, blocks: &Blocks, behind: &[Value]) {
    let &Blocks { before, copies, after, .. } = blocks;
    let mut emitter = Emitter { function, plan, block: copies, before, vectors: vec![None; plan.packs.len()] };
    emitter.enter();
    emitter.load();
    for row in &plan.stored {
        emitter.store(&row.stores, row.pack);
    }
    for reduced in &plan.reduced {
        emitter.reduce(reduced, after);
    }
    emitter.repeat();
    if !plan.next.is_empty() {
        emitter.remove_params();
        emitter.remove_numbers(after, behind);
    }
}

struct Emitter<'a> {
    function: &'a mut Function,
    plan: &'a Plan,
    block: Block,
    before: Block,
    /// The vectors that exist, by pack.
    vectors: Vec<Option<Value>>,
}

impl Emitter<'_> {
    /// Gives the block vectors as parameters, and what they begin with.
    fn enter(&mut self) {
        let Some(enter) = self.function.layout.last_inst(self.before) else { return };
        let (plan, block) = (self.plan, self.block);
        for &params in plan.next.keys() {
            let Pack { lanes, number, .. } = &plan.packs[params];
            let positions = self.function.dfg.block_params(block).iter();
            let positions: HashMap<Value, usize> = positions.copied().zip(0..).collect();
            let initial = lanes.iter().map(|param| passed(&self.function.dfg, enter, block, positions[param]));
            let Some(initial) = initial.collect::<Option<Vec<Value>>>() else { continue };
            let initial = self.gather(&initial, vector_of(*number), enter);
            self.vectors[params] = Some(self.function.dfg.append_block_param(block, vector_of(*number)));
            pass(&mut self.function.dfg, enter, block, initial);
        }
    }

    /// Passes the next vectors on to the block.
    fn repeat(&mut self) {
        let Some(repeat) = self.function.layout.last_inst(self.block) else { return };
        for &next in self.plan.next.values() {
            let vector = self.vector(next, repeat);
            pass(&mut self.function.dfg, repeat, self.block, vector);
        }
    }

    /// Loads all vectors, and takes out of them what was loaded.
    fn load(&mut self) {
        let loaded = |(index, pack): (usize, &Pack)| {
            if let Kind::Load(opcode) = pack.kind { Some((index, opcode, pack.clone())) } else { None }
        };
        let packs: Vec<(usize, Opcode, Pack)> = self.plan.packs.iter().enumerate().filter_map(loaded).collect();
        let mut lanes = Vec::new();
        for (index, opcode, Pack { lanes: values, number, .. }) in packs {
            let loads: Vec<Inst> = values.iter().map(|&value| self.made_by(value)).collect();
            let Some(&first) = loads.iter().min_by(|a, b| self.function.layout.pp_cmp(**a, **b)) else { continue };
            let (base, offset, flags) = operands(self.function, loads[0]);
            let vector_type = vector_of(number);
            let mut cursor = at(self.function, first);
            let vector = match opcode {
                _ if number.bits() < 32 => cursor.ins().load(vector_type, flags, base, offset),
                Opcode::Uload32 => cursor.ins().uload32x2(flags, base, offset),
                Opcode::Sload32 => cursor.ins().sload32x2(flags, base, offset),
                Opcode::Uload16 => cursor.ins().uload16x4(flags, base, offset),
                Opcode::Sload16 => cursor.ins().sload16x4(flags, base, offset),
                Opcode::Uload8 | Opcode::Sload8 => {
                    // (As a number that is loaded where vectors are.)
                    let bytes = cursor.ins().load(F32, flags, base, offset);
                    let bytes = cursor.ins().scalar_to_vector(F32X4, bytes);
                    let bytes = cursor.ins().bitcast(I8X16, little_endian(), bytes);
                    if opcode == Opcode::Uload8 {
                        let halves = cursor.ins().uwiden_low(bytes);
                        cursor.ins().uwiden_low(halves)
                    } else {
                        let halves = cursor.ins().swiden_low(bytes);
                        cursor.ins().swiden_low(halves)
                    }
                }
                _ => cursor.ins().load(vector_type, flags, base, offset),
            };
            self.vectors[index] = Some(vector);
            lanes.extend(loads.into_iter().zip(0..).map(|(load, lane)| (load, vector, lane, number)));
        }
        // After all have been made: a load can belong to several.
        for (load, vector, lane, number) in lanes {
            let InstructionData::Load { opcode, .. } = self.function.dfg.insts[load] else { continue };
            let whole = self.function.dfg.value_type(self.function.dfg.first_result(load));
            if number == whole {
                self.function.replace(load).extractlane(vector, lane);
                continue;
            }
            let narrow = at(self.function, load).ins().extractlane(vector, lane);
            if matches!(opcode, Opcode::Sload8 | Opcode::Sload16) {
                self.function.replace(load).sextend(whole, narrow);
            } else {
                self.function.replace(load).uextend(whole, narrow);
            }
        }
    }

    /// Stores the vector of a pack, where the last of these was.
    fn store(&mut self, stores: &[Inst], pack: usize) {
        let Some(&last) = stores.iter().max_by(|a, b| self.function.layout.pp_cmp(**a, **b)) else { return };
        let (base, offset, flags) = operands(self.function, stores[0]);
        let vector = self.vector(pack, last);
        at(self.function, last).ins().store(flags, vector, base, offset);
        for &store in stores {
            self.function.layout.remove_inst(store);
        }
    }

    /// Adds up vectors in a parameter of their own, and their lanes behind the loop.
    fn reduce(&mut self, reduced: &Reduced, after: Block) {
        let &Reduced { param, opcode, ref packs } = reduced;
        let (block, before) = (self.block, self.before);
        let [Some(enter), Some(repeat), Some(leave)] =
            [before, block, after].map(|block| self.function.layout.last_inst(block))
        else {
            return;
        };
        let terms: Vec<Value> = packs.iter().map(|&pack| self.vector(pack, repeat)).collect();
        let function = &mut *self.function;
        let sum = function.dfg.block_params(block)[param];
        let lane = function.dfg.value_type(sum);
        let vector_type = vector_of(lane);
        let InstructionData::Jump { destination, .. } = function.dfg.insts[enter] else { return };
        let Some(initial) = destination.args(&function.dfg.value_lists).nth(param).and_then(|arg| arg.as_value())
        else {
            return;
        };
        let mut cursor = FuncCursor::new(function).at_inst(enter);
        // What may be added once more stands in all lanes, and else in one.
        let initial = if matches!(opcode, Opcode::Iadd | Opcode::Bxor) {
            let zero = cursor.ins().iconst(lane, 0);
            let zeros = cursor.ins().splat(vector_type, zero);
            cursor.ins().insertlane(zeros, initial, 0)
        } else {
            cursor.ins().splat(vector_type, initial)
        };
        let vector = function.dfg.append_block_param(block, vector_type);
        let mut cursor = FuncCursor::new(function).at_inst(repeat);
        let mut add = |left, right| {
            let (inst, dfg) = cursor.ins().Binary(opcode, vector_type, left, right);
            dfg.first_result(inst)
        };
        // The loop waits for one sum only.
        let next = terms.into_iter().reduce(&mut add).map_or(vector, |terms| add(vector, terms));
        pass(&mut function.dfg, enter, block, initial);
        pass(&mut function.dfg, repeat, block, next);
        let mut cursor = FuncCursor::new(function).at_inst(leave);
        let mut total = cursor.ins().extractlane(next, 0);
        for index in 1..vector_type.lane_count() as u8 {
            let other = cursor.ins().extractlane(next, index);
            let (inst, dfg) = cursor.ins().Binary(opcode, lane, total, other);
            total = dfg.first_result(inst);
        }
        // The old parameter keeps its value in the loop.
        set_argument(function, repeat, block, param, sum);
        let InstructionData::Jump { destination, .. } = function.dfg.insts[leave] else { return };
        let header = destination.block(&function.dfg.value_lists);
        set_argument(function, leave, header, param, total);
    }

    /// Removes the parameters that are lanes of vectors.
    fn remove_params(&mut self) {
        let (plan, block, before) = (self.plan, self.block, self.before);
        let packed: HashSet<Value> =
            plan.next.keys().flat_map(|&pack| plan.packs[pack].lanes.iter().copied()).collect();
        let function = &mut *self.function;
        let params = function.dfg.block_params(block).to_vec();
        for branch in [before, block].map(|block| function.layout.last_inst(block)).into_iter().flatten() {
            change_arguments(function, branch, block, |args| {
                let kept = args.into_iter().zip(&params).filter(|(_, param)| !packed.contains(param));
                kept.map(|(arg, _)| arg).collect()
            });
        }
        function.dfg.detach_block_params(block);
        for param in params.into_iter().filter(|param| !packed.contains(param)) {
            function.dfg.attach_block_param(block, param);
        }
    }

    /// Removes what is not needed as a number in the block. What is so elsewhere is taken out of vectors.
    fn remove_numbers(&mut self, after: Block, behind: &[Value]) {
        let (function, block) = (&mut *self.function, self.block);
        let mut lanes = HashMap::new();
        for (pack, vector) in self.plan.packs.iter().zip(&self.vectors) {
            let vector = vector.filter(|_| pack.is_made() && function.dfg.value_type(pack.lanes[0]) == pack.number);
            let values =
                vector.into_iter().flat_map(|vector| pack.lanes.iter().zip(0..).map(move |lane| (vector, lane)));
            lanes.extend(values.map(|(vector, (&value, lane))| (value, (vector, lane))));
        }
        let mut needed: HashSet<Value> = behind.iter().copied().filter(|value| !lanes.contains_key(value)).collect();
        let mut last = function.layout.last_inst(block);
        while let Some(inst) = last {
            last = function.layout.prev_inst(inst);
            let mut results = function.dfg.inst_results(inst).iter();
            if has_effect(function.dfg.insts[inst].opcode()) || results.any(|value| needed.contains(value)) {
                needed.extend(function.dfg.inst_values(inst));
            } else {
                function.dfg.clear_results(inst);
                function.layout.remove_inst(inst);
            }
        }
        let params = self.plan.next.keys().flat_map(|&pack| &self.plan.packs[pack].lanes);
        let params = params.filter(|param| needed.contains(param)).map(|param| (param, block));
        for (&value, block) in params.chain(behind.iter().map(|value| (value, after))).collect::<Vec<_>>() {
            if let Some(&(vector, lane)) = lanes.get(&value).filter(|_| !function.dfg.value_is_attached(value)) {
                let mut cursor = FuncCursor::new(function).at_first_insertion_point(block);
                cursor.ins().with_result(value).extractlane(vector, lane);
            }
        }
    }

    /// The vector of a pack, made before the instruction if it does not exist.
    fn vector(&mut self, pack: usize, at_inst: Inst) -> Value {
        if let Some(vector) = self.vectors[pack] {
            return vector;
        }
        let plan = self.plan;
        let lanes = &plan.packs[pack].lanes;
        let vector_type = vector_of(plan.packs[pack].number);
        let vector = match &plan.packs[pack].kind {
            Kind::Load(_) | Kind::Params => unreachable!("these vectors are made first"),
            Kind::Operation(opcode, operands) => {
                let operands: Vec<Value> = operands.iter().map(|&operand| self.vector(operand, at_inst)).collect();
                let mut cursor = at(self.function, at_inst);
                let (inst, dfg) = match operands[..] {
                    [left, right] => cursor.ins().Binary(*opcode, vector_type, left, right),
                    [operand] => cursor.ins().Unary(*opcode, vector_type, operand),
                    _ => unreachable!("{opcode} has one operand or two"),
                };
                dfg.first_result(inst)
            }
            Kind::Shift(opcode, shifted, by) => {
                let shifted = self.vector(*shifted, at_inst);
                let mut cursor = at(self.function, at_inst);
                let (inst, dfg) = cursor.ins().Binary(*opcode, vector_type, shifted, *by);
                dfg.first_result(inst)
            }
            &Kind::Rotate(rotated, bits) => {
                let rotated = self.vector(rotated, at_inst);
                let is_shuffle = self.plan.is_shuffle(bits);
                rotate(&mut at(self.function, at_inst), rotated, bits, is_shuffle)
            }
            Kind::Shuffle(base, order) => {
                let base = self.vector(*base, at_inst);
                let bytes = vector_type.lane_type().bytes() as u8;
                let from = |byte: u8| order[usize::from(byte / bytes)] * bytes + byte % bytes;
                shuffle(&mut at(self.function, at_inst), base, from)
            }
            Kind::Choice(comparison, packs) => {
                let [left, right, if_true, if_false] = packs.map(|pack| self.vector(pack, at_inst));
                let mut cursor = at(self.function, at_inst);
                let mask = match *comparison {
                    Comparison::Int(cond) => cursor.ins().icmp(cond, left, right),
                    Comparison::Float(cond) => cursor.ins().fcmp(cond, left, right),
                };
                let mask = if cursor.func.dfg.value_type(mask) == vector_type {
                    mask
                } else {
                    cursor.ins().bitcast(vector_type, little_endian(), mask)
                };
                cursor.ins().bitselect(mask, if_true, if_false)
            }
            Kind::Splat => self.splat(lanes[0], vector_type, at_inst),
            Kind::Gather => self.gather(lanes, vector_type, at_inst),
        };
        self.vectors[pack] = Some(vector);
        vector
    }

    fn splat(&mut self, value: Value, vector_type: Type, at_inst: Inst) -> Value {
        let (values, at_inst) = self.outside(&[value], at_inst);
        let mut cursor = at(self.function, at_inst);
        let lane = lane(&mut cursor, values[0], vector_type);
        cursor.ins().splat(vector_type, lane)
    }

    fn gather(&mut self, lanes: &[Value], vector_type: Type, at_inst: Inst) -> Value {
        let (lanes, at_inst) = self.outside(lanes, at_inst);
        let mut cursor = at(self.function, at_inst);
        let lanes: Vec<Value> = lanes.into_iter().map(|value| lane(&mut cursor, value, vector_type)).collect();
        // (Cranelift moves integers of 32 bits and more into a vector best so, and others only otherwise.)
        let first = match vector_type.lane_type() {
            I32 | I64 => cursor.ins().scalar_to_vector(vector_type, lanes[0]),
            _ => cursor.ins().splat(vector_type, lanes[0]),
        };
        lanes.iter().zip(0..).skip(1).fold(first, |vector, (&lane, index)| cursor.ins().insertlane(vector, lane, index))
    }

    /// The values where they can be used, if that is possible before the block, and else where they are needed.
    fn outside(&mut self, values: &[Value], at_inst: Inst) -> (Vec<Value>, Inst) {
        let function = &mut *self.function;
        let (block, before) = (self.block, function.layout.last_inst(self.before));
        let is_outside = |value: Value| block_of(function, value) != Some(block);
        let is_movable = |value: &Value| is_outside(*value) || is_constant(&function.dfg, *value);
        let Some(before) = before.filter(|_| values.iter().all(is_movable)) else { return (values.to_vec(), at_inst) };
        let here: Vec<bool> = values.iter().map(|value| is_outside(*value)).collect();
        let moved = values.iter().zip(here).map(|(&value, is_outside)| match function.dfg.value_def(value) {
            ValueDef::Result(inst, _) if !is_outside => {
                let constant = function.dfg.clone_inst(inst);
                function.layout.insert_inst(constant, before);
                function.dfg.first_result(constant)
            }
            _ => value,
        });
        (moved.collect(), before)
    }

    fn made_by(&self, value: Value) -> Inst {
        self.function.dfg.value_def(value).unwrap_inst()
    }
}

fn at(function: &mut Function, inst: Inst) -> FuncCursor<'_> {
    let mut cursor = FuncCursor::new(function).at_inst(inst);
    cursor.use_srcloc(inst);
    cursor
}

/// The vector whose lanes are rotated to the left by so many bits.
fn rotate(cursor: &mut FuncCursor<'_>, vector: Value, bits: u32, is_shuffle: bool) -> Value {
    let lane = cursor.func.dfg.value_type(vector).lane_type();
    if is_shuffle {
        let (by, bytes) = ((bits / 8) as u8, lane.bytes() as u8);
        return shuffle(cursor, vector, |byte| byte / bytes * bytes + (byte + bytes - by) % bytes);
    }
    let [left, right] = [bits, lane.bits() - bits].map(|by| cursor.ins().iconst(I32, i64::from(by)));
    let left = cursor.ins().ishl(vector, left);
    let right = cursor.ins().ushr(vector, right);
    cursor.ins().bor(left, right)
}

/// The vector whose bytes are those of another one at other places.
fn shuffle(cursor: &mut FuncCursor<'_>, vector: Value, from: impl Fn(u8) -> u8) -> Value {
    let vector_type = cursor.func.dfg.value_type(vector);
    let mask: Vec<u8> = (0..BYTES as u8).map(from).collect();
    let mask = cursor.func.dfg.immediates.push(ConstantData::from(&mask[..]));
    let bytes = cursor.ins().bitcast(I8X16, little_endian(), vector);
    let bytes = cursor.ins().shuffle(bytes, bytes, mask);
    cursor.ins().bitcast(vector_type, little_endian(), bytes)
}

/// What of a value a lane of the vector contains.
fn lane(cursor: &mut FuncCursor<'_>, value: Value, vector_type: Type) -> Value {
    let lane = vector_type.lane_type();
    if cursor.func.dfg.value_type(value) == lane { value } else { cursor.ins().ireduce(lane, value) }
}

pub(super) fn little_endian() -> MemFlagsData {
    MemFlagsData::new().with_endianness(Endianness::Little)
}

/// Passes another value to a block at this position.
fn set_argument(function: &mut Function, branch: Inst, to: Block, position: usize, value: Value) {
    change_arguments(function, branch, to, |mut args| {
        args[position] = BlockArg::from(value);
        args
    });
}

/// Changes what is passed to a block.
fn change_arguments(function: &mut Function, branch: Inst, to: Block, change: impl Fn(Vec<BlockArg>) -> Vec<BlockArg>) {
    let dfg = &mut function.dfg;
    let ways = dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables);
    for way in ways {
        if way.block(&dfg.value_lists) == to {
            let args = change(way.args(&dfg.value_lists).collect());
            *way = BlockCall::new(to, args, &mut dfg.value_lists);
        }
    }
}

pub(super) fn vector_of(lane: Type) -> Type {
    lane.by(BYTES as u32 / lane.bytes()).expect("vectors of all lanes exist")
}

/// Address, offset and flags of a load or store.
pub(super) fn operands(function: &Function, inst: Inst) -> (Value, i32, MemFlagsData) {
    let dfg = &function.dfg;
    match dfg.insts[inst] {
        InstructionData::Load { arg, offset, flags, .. } => (arg, offset.into(), dfg.mem_flags[flags]),
        InstructionData::Store { args: [_, base], offset, flags, .. } => (base, offset.into(), dfg.mem_flags[flags]),
        ref other => unreachable!("{other:?} is no access"),
    }
}
