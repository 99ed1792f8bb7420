//! Plans of packs → instructions on vectors.

use super::pack::{BYTES, Kind, Plan};
use super::place;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Block, Function, Inst, InstBuilder, InstructionData, MemFlagsData, Opcode, Type, Value, ValueDef,
};

/// Replaces what is planned in a block. What it does not change is made at the end of the block before it.
pub(super) fn rewrite(function: &mut Function, plan: &Plan, block: Block, before: Block) {
    let mut emitter = Emitter { function, plan, block, before, vectors: vec![None; plan.packs.len()] };
    emitter.load();
    for row in &plan.stored {
        emitter.store(&row.stores, row.pack);
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
    /// Loads all vectors, and takes out of them what was loaded.
    fn load(&mut self) {
        let loaded = |(index, pack): (usize, &super::pack::Pack)| {
            matches!(pack.kind, Kind::Load).then(|| (index, pack.lanes.clone()))
        };
        let packs: Vec<(usize, Vec<Value>)> = self.plan.packs.iter().enumerate().filter_map(loaded).collect();
        let mut lanes = Vec::new();
        for (index, values) in packs {
            let loads: Vec<Inst> = values.iter().map(|&value| self.made_by(value)).collect();
            let Some(&first) = loads.iter().min_by(|a, b| self.function.layout.pp_cmp(**a, **b)) else { continue };
            let (base, offset, flags) = operands(self.function, loads[0]);
            let vector_type = vector_of(self.function.dfg.value_type(values[0]));
            let mut cursor = at(self.function, first);
            let vector = cursor.ins().load(vector_type, flags, base, offset);
            self.vectors[index] = Some(vector);
            lanes.extend(loads.into_iter().zip(0..).map(|(load, lane)| (load, vector, lane)));
        }
        // After all have been made: a load can belong to several.
        for (load, vector, lane) in lanes {
            if self.function.dfg.insts[load].opcode() == Opcode::Load {
                self.function.replace(load).extractlane(vector, lane);
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

    /// The vector of a pack, made before the instruction if it does not exist.
    fn vector(&mut self, pack: usize, at_inst: Inst) -> Value {
        if let Some(vector) = self.vectors[pack] {
            return vector;
        }
        let plan = self.plan;
        let lanes = &plan.packs[pack].lanes;
        let vector_type = vector_of(self.function.dfg.value_type(lanes[0]));
        let vector = match &plan.packs[pack].kind {
            Kind::Load => unreachable!("vectors are loaded first"),
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
            Kind::Splat => self.splat(lanes[0], vector_type, at_inst),
            Kind::Gather => self.gather(lanes, vector_type, at_inst),
        };
        self.vectors[pack] = Some(vector);
        vector
    }

    fn splat(&mut self, value: Value, vector_type: Type, at_inst: Inst) -> Value {
        let (values, at_inst) = self.outside(&[value], at_inst);
        at(self.function, at_inst).ins().splat(vector_type, values[0])
    }

    fn gather(&mut self, lanes: &[Value], vector_type: Type, at_inst: Inst) -> Value {
        let (lanes, at_inst) = self.outside(lanes, at_inst);
        let mut cursor = at(self.function, at_inst);
        let first = cursor.ins().scalar_to_vector(vector_type, lanes[0]);
        lanes.iter().zip(0..).skip(1).fold(first, |vector, (&lane, index)| cursor.ins().insertlane(vector, lane, index))
    }

    /// The values where they can be used, if that is possible before the block, and else where they are needed.
    fn outside(&mut self, values: &[Value], at_inst: Inst) -> (Vec<Value>, Inst) {
        let function = &mut *self.function;
        let (block, before) = (self.block, function.layout.last_inst(self.before));
        let is_outside = |value: Value| match function.dfg.value_def(value) {
            ValueDef::Result(inst, _) => function.layout.inst_block(inst) != Some(block),
            ValueDef::Param(param_of, _) => param_of != block,
            ValueDef::Union(..) => false,
        };
        let is_movable = |value: &Value| is_outside(*value) || place::is_constant(&function.dfg, *value);
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

fn vector_of(lane: Type) -> Type {
    lane.by(BYTES as u32 / lane.bytes()).expect("vectors of all lanes exist")
}

/// Address, offset and flags of a load or store.
fn operands(function: &Function, inst: Inst) -> (Value, i32, MemFlagsData) {
    let dfg = &function.dfg;
    match dfg.insts[inst] {
        InstructionData::Load { arg, offset, flags, .. } => (arg, offset.into(), dfg.mem_flags[flags]),
        InstructionData::Store { args: [_, base], offset, flags, .. } => (base, offset.into(), dfg.mem_flags[flags]),
        ref other => unreachable!("{other:?} is no access"),
    }
}
