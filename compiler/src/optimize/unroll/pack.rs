//! Instructions of one block that do the same to numbers side by side → one instruction on vectors.
//!
//! It begins with numbers that are stored side by side, that are added to one sum, or that are passed on to a row of
//! parameters ([`params`]), and goes from each instruction to what it is made of:
//!
//! ```text
//! a = load p            c = load p + 8               v = load.f64x2 p
//! b = fmul a, x         d = fmul c, x          →     w = fmul v, (x, x)
//! store b, q            store d, q + 8               store w, q
//! ```
//!
//! A *pack* is such a row of values. A vector is stored where the last of its numbers was, and loaded where the first
//! was: so accesses change places, and a pack is only made if [`super::place`] allows that. What is still needed as a
//! number of its own is computed as before, or taken out of a vector that was loaded.
//!
//! Of numbers that are stored in 8 or 16 bits the lanes contain no more, if their other bits do not matter. A sum of
//! integers has the same value in any order (one of floating-point numbers has not).

mod cost;
mod order;
mod params;

use super::place::{self, Distances, Place, Stream};
use super::reduction::Reduction;
use crate::optimize::sum::constant_64;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{I16, I32};
use cranelift_codegen::ir::{Block, Function, Inst, InstructionData, Opcode, Type, Value, ValueDef};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::slice;

/// Bytes in a vector.
pub(super) const BYTES: i64 = 16;
/// How long a chain of instructions may be.
const MAX_DEPTH: usize = 32;
/// How many packs may be looked at.
const MAX_PACKS: usize = 1024;
/// Loads and stores that a block may contain.
const MAX_ACCESSES: usize = 128;

/// A row of values that a vector contains.
#[derive(Clone)]
pub(super) struct Pack {
    pub lanes: Vec<Value>,
    /// What of the values a lane contains: all, or the lowest bits.
    pub number: Type,
    pub kind: Kind,
}

impl Pack {
    /// Whether an instruction on vectors makes it.
    pub fn is_made(&self) -> bool {
        !matches!(self.kind, Kind::Splat | Kind::Gather)
    }
}

#[derive(Clone)]
pub(super) enum Kind {
    /// Loaded from side by side.
    Load(Opcode),
    /// Parameters of the block.
    Params,
    /// Made by this operation from other packs.
    Operation(Opcode, Vec<usize>),
    /// Made by shifting a pack by so many bits.
    Shift(Opcode, usize, Value),
    /// Made by rotating the lanes of a pack to the left by so many bits.
    Rotate(usize, u32),
    /// The lanes of another pack in another order: at which positions they are there.
    Shuffle(usize, Vec<u8>),
    /// Chosen from the last two packs by comparing the first two.
    Choice(Comparison, [usize; 4]),
    /// One value again and again.
    Splat,
    /// Values that have nothing in common.
    Gather,
}

impl Kind {
    /// The packs that it is made of.
    fn operands(&self) -> &[usize] {
        match self {
            Kind::Operation(_, operands) => operands,
            Kind::Shift(_, operand, _) | Kind::Rotate(operand, _) | Kind::Shuffle(operand, _) => {
                slice::from_ref(operand)
            }
            Kind::Choice(_, operands) => operands,
            Kind::Load(_) | Kind::Params | Kind::Splat | Kind::Gather => &[],
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Comparison {
    Int(IntCC),
    Float(FloatCC),
}

/// What is added to a parameter of the block.
#[derive(Clone)]
pub(super) struct Reduced {
    /// Its position.
    pub param: usize,
    pub opcode: Opcode,
    pub packs: Vec<usize>,
}

/// Numbers that are stored side by side.
#[derive(Clone)]
pub(super) struct Stored {
    pub stores: Vec<Inst>,
    pub pack: usize,
}

/// What replaces the instructions of a block.
#[derive(Clone, Default)]
pub(super) struct Plan {
    /// Those that others are made of come first.
    pub packs: Vec<Pack>,
    pub stored: Vec<Stored>,
    pub reduced: Vec<Reduced>,
    /// For a pack of parameters, that of what they are in the next iteration.
    pub next: BTreeMap<usize, usize>,
    /// What must hold wherever the block is entered.
    pub distances: Distances,
    /// Whether bytes of a vector can change places, and not only words of 32 bits.
    shuffles_bytes: bool,
    /// The parameters that packs consist of.
    params: HashSet<Value>,
    by_lanes: HashMap<(Vec<Value>, Type), usize>,
    /// Packs by their lanes in the order of their numbers.
    by_set: HashMap<(Vec<Value>, Type), usize>,
    /// Loads that belong to packs, and the positions at which these are loaded.
    hoisted: HashMap<Inst, Vec<usize>>,
    /// Stores that belong to a pack, and the position at which it is stored.
    delayed: HashMap<Inst, usize>,
}

/// What is needed at the end of a block that loops.
#[derive(Clone, Copy)]
pub(super) struct Ends<'a> {
    /// What its parameters are in the next iteration.
    pub next: &'a [Value],
    /// What else is needed as a number there.
    pub kept: &'a [Value],
    /// What is needed behind the loop.
    pub behind: &'a [Value],
}

/// The block for which a plan is made.
struct Planner<'a> {
    function: &'a Function,
    block: Block,
    ends: Ends<'a>,
    streams: &'a HashMap<Value, Stream>,
    /// Where the block's instructions are.
    positions: HashMap<Inst, usize>,
    accesses: Vec<(Inst, Place)>,
    /// How often values are used.
    uses: HashMap<Value, usize>,
    /// Parameters that packs may consist of.
    free: HashSet<Value>,
    plan: Plan,
}

/// Finds what to replace in a block, where these distances are kept; none if it does not pay. The rows are positions of
/// parameters that may become vectors.
pub(super) fn plan(
    function: &Function,
    block: Block,
    ends: Ends,
    rows: &[Vec<usize>],
    streams: &HashMap<Value, Stream>,
    distances: Distances,
    shuffles_bytes: bool,
) -> Option<Plan> {
    let plan = Plan { distances, shuffles_bytes, ..Plan::default() };
    let mut planner = Planner::new(function, block, ends, streams, plan)?;
    planner.take(rows);
    for stores in planner.rows() {
        planner.attempt(|planner| planner.store(stores));
    }
    for (param, &end) in ends.next.iter().enumerate() {
        planner.attempt(|planner| planner.reduce(param, end));
    }
    planner.paying()
}

/// The same for the parameters alone.
pub(super) fn plan_params(
    function: &Function,
    block: Block,
    ends: Ends,
    rows: &[Vec<usize>],
    shuffles_bytes: bool,
) -> Option<Plan> {
    let streams = HashMap::new();
    let plan = Plan { shuffles_bytes, ..Plan::default() };
    let mut planner = Planner::new(function, block, ends, &streams, plan)?;
    planner.take(rows);
    planner.paying()
}

impl<'a> Planner<'a> {
    fn new(
        function: &'a Function,
        block: Block,
        ends: Ends<'a>,
        streams: &'a HashMap<Value, Stream>,
        plan: Plan,
    ) -> Option<Planner<'a>> {
        let insts = || function.layout.block_insts(block);
        let positions = insts().enumerate().map(|(position, inst)| (inst, position)).collect();
        let accesses: Vec<_> = insts().filter_map(|inst| Some((inst, Place::of(&function.dfg, inst)?))).collect();
        if accesses.len() > MAX_ACCESSES {
            return None;
        }
        let mut uses = HashMap::new();
        for value in insts().flat_map(|inst| function.dfg.inst_values(inst)).chain(ends.next.iter().copied()) {
            *uses.entry(value).or_default() += 1;
        }
        Some(Planner { function, block, ends, streams, positions, accesses, uses, free: HashSet::new(), plan })
    }

    /// Plans something; nothing if that says that it is wrong.
    fn attempt(&mut self, plan: impl FnOnce(&mut Self) -> bool) {
        let before = self.plan.clone();
        if !plan(self) {
            self.plan = before;
        }
    }

    /// Stores to adjacent places, as many as make a vector.
    fn rows(&self) -> Vec<Vec<Inst>> {
        let dfg = &self.function.dfg;
        let stored =
            |&(inst, place): &(Inst, Place)| Some((place.base, place::stored(dfg, inst)?.1, place.offset, inst));
        let mut stores: Vec<_> = self.accesses.iter().filter_map(stored).collect();
        stores.sort_by_key(|&(base, lane, offset, inst)| (base, lane.bits(), lane.is_float(), offset, inst));
        let mut rows = Vec::new();
        let mut row: Vec<Inst> = Vec::new();
        let mut end = None;
        for (base, lane, offset, inst) in stores {
            if end != Some((base, lane, offset)) {
                row.clear();
            }
            row.push(inst);
            end = offset.checked_add(lane.bytes() as i32).map(|offset| (base, lane, offset));
            if row.len() as u32 * lane.bytes() == BYTES as u32 {
                rows.push(std::mem::take(&mut row));
            }
        }
        rows.sort_by_key(|row| row.iter().map(|inst| self.positions[inst]).max());
        rows
    }

    /// Plans to store the vector of what these store; false if that would be wrong.
    fn store(&mut self, stores: Vec<Inst>) -> bool {
        let dfg = &self.function.dfg;
        let lanes = stores.iter().map(|&store| dfg.inst_args(store)[0]).collect();
        let Some((_, number)) = place::stored(dfg, stores[0]) else { return false };
        let pack = self.pack(lanes, number, MAX_DEPTH);
        let last = stores.iter().map(|store| self.positions[store]).max().unwrap_or_default();
        self.plan.delayed.extend(stores.iter().map(|&store| (store, last)));
        let is_sound = stores.iter().all(|store| self.can_delay(*store, last));
        self.plan.stored.push(Stored { stores, pack });
        is_sound
    }

    /// Plans to add up vectors of what is added to a parameter; false if something else needs a sum in between.
    fn reduce(&mut self, param: usize, end: Value) -> bool {
        let dfg = &self.function.dfg;
        let sum = dfg.block_params(self.block)[param];
        let Some(Reduction { opcode, terms, made_by }) = Reduction::of(dfg, sum, end) else { return false };
        let number = dfg.value_type(sum);
        let lanes = BYTES as usize / number.bytes() as usize;
        let is_used_once = |value: Value| self.uses.get(&value) == Some(&1);
        let is_private = is_used_once(sum) && made_by.iter().all(|&inst| is_used_once(dfg.first_result(inst)));
        if !is_private || terms.is_empty() || terms.len() % lanes != 0 {
            return false;
        }
        let packs: Vec<usize> = terms.chunks(lanes).map(|lanes| self.pack(lanes.to_vec(), number, MAX_DEPTH)).collect();
        let is_vector = packs.iter().all(|&pack| self.plan.packs[pack].is_made());
        self.plan.reduced.push(Reduced { param, opcode, packs });
        is_vector
    }

    /// Whether no other access can tell that the store takes place at a later position.
    fn can_delay(&mut self, store: Inst, last: usize) -> bool {
        let place = self.place(store);
        let position = self.positions[&store];
        let Planner { plan, streams, .. } = self;
        for &(other, at) in &self.accesses {
            let was = self.positions[&other];
            let unhoisted = [plan.delayed.get(&other).copied().unwrap_or(was)];
            let is = plan.hoisted.get(&other).map_or(&unhoisted[..], Vec::as_slice);
            // Those of one vector do not overlap.
            let changes = |is: &usize| *is != last && (was < position) != (*is < last);
            if other != store && is.iter().any(changes) && !plan.distances.separate(streams, &place, &at) {
                return false;
            }
        }
        true
    }

    /// Whether no store can tell that the load takes place at an earlier position.
    fn can_hoist(&mut self, load: Inst, first: usize) -> bool {
        let place = self.place(load);
        let position = self.positions[&load];
        let Planner { plan, streams, .. } = self;
        for &(other, at) in &self.accesses {
            if !place::is_store(&self.function.dfg, other) {
                continue;
            }
            let was = self.positions[&other];
            let is = plan.delayed.get(&other).copied().unwrap_or(was);
            if (was < position) != (is < first) && !plan.distances.separate(streams, &place, &at) {
                return false;
            }
        }
        true
    }

    fn place(&self, inst: Inst) -> Place {
        let access = self.accesses.iter().find(|(access, _)| *access == inst);
        access.expect("packs are of the block's accesses").1
    }

    /// The pack of these values.
    fn pack(&mut self, lanes: Vec<Value>, number: Type, depth: usize) -> usize {
        let key = (lanes, number);
        if let Some(&known) = self.plan.by_lanes.get(&key) {
            return known;
        }
        let kind = match self.reordered(&key.0, number) {
            Some(shuffle) => shuffle,
            None => {
                let kind = self.kind(&key.0, number, depth);
                self.in_best_order(kind, &key.0, number, depth)
            }
        };
        let index = self.plan.packs.len();
        self.plan.packs.push(Pack { lanes: key.0.clone(), number, kind });
        self.note(index);
        self.plan.by_lanes.insert(key, index);
        index
    }

    fn kind(&mut self, lanes: &[Value], number: Type, depth: usize) -> Kind {
        let dfg = &self.function.dfg;
        if lanes.iter().all(|&lane| place::is_equal(dfg, lane, lanes[0])) {
            return Kind::Splat;
        }
        if self.is_row(lanes, number) {
            self.plan.params.extend(lanes);
            return Kind::Params;
        }
        let Some(insts) = lanes.iter().map(|lane| self.made_here(*lane)).collect::<Option<Vec<Inst>>>() else {
            return Kind::Gather;
        };
        let opcode = dfg.insts[insts[0]].opcode();
        let is_same = insts.iter().all(|&inst| dfg.insts[inst].opcode() == opcode);
        if !is_same || depth == 0 || self.plan.packs.len() > MAX_PACKS {
            return Kind::Gather;
        }
        if place::is_lanes(opcode, dfg.value_type(lanes[0]), number) {
            return if self.load(&insts) { Kind::Load(opcode) } else { self.loaded(lanes, &insts, number) };
        }
        let args: Vec<Vec<Value>> = insts.iter().map(|&inst| dfg.inst_args(inst).to_vec()).collect();
        let is_whole = dfg.value_type(lanes[0]) == number;
        match opcode {
            Opcode::Fadd | Opcode::Fmul | Opcode::Iadd | Opcode::Band | Opcode::Bor | Opcode::Bxor => {
                let args = self.ordered(args);
                self.operation(opcode, &args, number, depth)
            }
            Opcode::Imul if matches!(number, I16 | I32) => {
                let args = self.ordered(args);
                self.operation(opcode, &args, number, depth)
            }
            Opcode::Smin | Opcode::Smax | Opcode::Umin | Opcode::Umax if number == I32 => {
                self.operation(opcode, &args, number, depth)
            }
            Opcode::Fsub | Opcode::Fdiv | Opcode::Isub | Opcode::Sqrt | Opcode::Fneg | Opcode::Fabs | Opcode::Bnot => {
                self.operation(opcode, &args, number, depth)
            }
            Opcode::Ishl => self.shift(opcode, &args, number, depth),
            Opcode::Ushr if is_whole => self.shift(opcode, &args, number, depth),
            Opcode::Sshr if number == I32 => self.shift(opcode, &args, number, depth),
            Opcode::Rotl | Opcode::Rotr if is_whole => self.rotate(opcode, &args, number, depth),
            Opcode::Select if is_whole => self.choice(&args, number, depth),
            _ => Kind::Gather,
        }
    }

    fn shift(&mut self, opcode: Opcode, args: &[Vec<Value>], number: Type, depth: usize) -> Kind {
        let (dfg, by) = (&self.function.dfg, args[0][1]);
        // A shift of lanes is modulo their own size.
        let is_whole = dfg.value_type(args[0][0]) == number;
        let is_less = |by: i64| (0..i64::from(number.bits())).contains(&by);
        let is_known = is_whole || constant_64(dfg, by).is_some_and(is_less);
        if !is_known || args.iter().any(|args| !place::is_equal(dfg, args[1], by)) {
            return Kind::Gather;
        }
        Kind::Shift(opcode, self.pack(args.iter().map(|args| args[0]).collect(), number, depth - 1), by)
    }

    fn rotate(&mut self, opcode: Opcode, args: &[Vec<Value>], number: Type, depth: usize) -> Kind {
        let dfg = &self.function.dfg;
        let first = args[0][1];
        let Some(by) = constant_64(dfg, first).filter(|_| args.iter().all(|args| place::is_equal(dfg, args[1], first)))
        else {
            return Kind::Gather;
        };
        let by = if opcode == Opcode::Rotl { by } else { by.wrapping_neg() };
        let bits = by.rem_euclid(i64::from(number.bits())) as u32;
        Kind::Rotate(self.pack(args.iter().map(|args| args[0]).collect(), number, depth - 1), bits)
    }

    fn choice(&mut self, args: &[Vec<Value>], number: Type, depth: usize) -> Kind {
        let dfg = &self.function.dfg;
        let compared = args.iter().map(|args| {
            Some(match dfg.insts[self.made_here(args[0])?] {
                InstructionData::IntCompare { cond, args, .. } => (Comparison::Int(cond), args),
                InstructionData::FloatCompare { cond, args, .. } => (Comparison::Float(cond), args),
                _ => return None,
            })
        });
        let Some(compared) = compared.collect::<Option<Vec<_>>>() else { return Kind::Gather };
        let (comparison, [first, _]) = compared[0];
        let numbers = dfg.value_type(first);
        let is_alike = |args: &[Value; 2]| args.iter().all(|arg| dfg.value_type(*arg) == numbers);
        let is_same = compared.iter().all(|(other, args)| *other == comparison && is_alike(args));
        if !is_same || numbers.bytes() != number.bytes() {
            return Kind::Gather;
        }
        let sides = [0, 1].map(|side| compared.iter().map(|(_, args)| args[side]).collect());
        let [left, right] = sides.map(|lanes| self.pack(lanes, numbers, depth - 1));
        let sides = [1, 2].map(|side| args.iter().map(|args| args[side]).collect());
        let [if_true, if_false] = sides.map(|lanes| self.pack(lanes, number, depth - 1));
        Kind::Choice(comparison, [left, right, if_true, if_false])
    }

    fn operation(&mut self, opcode: Opcode, args: &[Vec<Value>], number: Type, depth: usize) -> Kind {
        let operands = (0..args[0].len())
            .map(|operand| self.pack(args.iter().map(|args| args[operand]).collect(), number, depth - 1))
            .collect();
        Kind::Operation(opcode, operands)
    }

    /// Exchanges operands such that each fits those of the first lane.
    fn ordered(&self, mut args: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
        let first = args[0].clone();
        for (args, lane) in args.iter_mut().zip(0..).skip(1) {
            let fit = |left: usize, right: usize| {
                self.fit(first[0], args[left], lane) + self.fit(first[1], args[right], lane)
            };
            if fit(1, 0) > fit(0, 1) {
                args.swap(0, 1);
            }
        }
        args
    }

    /// How well two values fit into one vector, the second so many lanes behind the first.
    fn fit(&self, left: Value, right: Value, lanes: i32) -> u32 {
        let dfg = &self.function.dfg;
        if place::is_equal(dfg, left, right) {
            return 3;
        }
        let (Some(first), Some(second)) = (self.made_here(left), self.made_here(right)) else { return 0 };
        match (Place::of(dfg, first), Place::of(dfg, second)) {
            (Some(first), Some(second)) => {
                let is_behind = first.base == second.base
                    && first.offset.checked_add(lanes * first.bytes as i32) == Some(second.offset);
                if is_behind { 3 } else { 1 }
            }
            (None, None) if dfg.insts[first].opcode() == dfg.insts[second].opcode() => 2,
            (None, None) => 1,
            _ => 0,
        }
    }

    /// Plans to load what is adjacent; false if it is not, or if that would be wrong.
    fn load(&mut self, loads: &[Inst]) -> bool {
        let places: Vec<Place> = loads.iter().map(|load| self.place(*load)).collect();
        let is_next = |pair: &[Place]| {
            pair[0].base == pair[1].base && pair[0].offset.checked_add(pair[0].bytes as i32) == Some(pair[1].offset)
        };
        let first = loads.iter().map(|load| self.positions[load]).min().unwrap_or_default();
        let before = self.plan.distances.clone();
        let is_sound = places.windows(2).all(is_next) && loads.iter().all(|load| self.can_hoist(*load, first));
        if is_sound {
            for &load in loads {
                self.plan.hoisted.entry(load).or_default().push(first);
            }
        } else {
            self.plan.distances = before;
        }
        is_sound
    }

    fn made_here(&self, value: Value) -> Option<Inst> {
        match self.function.dfg.value_def(value) {
            ValueDef::Result(inst, _) if self.positions.contains_key(&inst) => Some(inst),
            _ => None,
        }
    }
}

impl Plan {
    /// Whether a rotation by so many bits is a shuffle.
    pub fn is_shuffle(&self, bits: u32) -> bool {
        bits.is_multiple_of(if self.shuffles_bytes { 8 } else { 32 })
    }

    /// Whether the instruction is a load that belongs to a pack.
    pub fn is_hoisted(&self, inst: Inst) -> bool {
        self.hoisted.contains_key(&inst)
    }
}
