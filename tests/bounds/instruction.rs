//! Every instruction that reads or writes a memory at an address → its text, and what it must make of the bytes there.

/// An instruction, and how its effect becomes one `i64`.
pub struct Instruction {
    pub name: String,
    /// Bytes that it accesses.
    pub width: usize,
    /// Immediate after the offset: a lane.
    lane: String,
    operand: &'static str,
    /// What turns its result into an `i64`, around `{}`.
    result: &'static str,
    pub effect: Effect,
    /// Whether an address that is not a multiple of the width traps.
    pub aligned: bool,
    /// One of those that stand for the others wherever trying all would take long.
    pub representative: bool,
}

/// The result of a load, of the bytes that it reads.
type Value = Box<dyn Fn(&[u8]) -> u64>;

pub enum Effect {
    Load(Value),
    /// The bytes that are written.
    Store(Vec<u8>),
}

impl Instruction {
    /// With this address, for memory `$m`; a load becomes an `i64`, a store nothing.
    pub fn text(&self, offset: u64, address: &str) -> String {
        let Instruction { name, lane, operand, result, .. } = self;
        result.replace("{}", &format!("({name} $m offset={offset} {lane} {address} {operand})"))
    }

    fn new(name: impl Into<String>, width: usize, result: &'static str, effect: Effect) -> Instruction {
        let (name, lane) = (name.into(), String::new());
        Instruction { name, width, lane, operand: "", result, effect, aligned: false, representative: false }
    }

    fn load(name: impl Into<String>, width: usize, result: &'static str, value: fn(&[u8]) -> u64) -> Instruction {
        Instruction::new(name, width, result, Effect::Load(Box::new(value)))
    }

    fn vector(name: impl Into<String>, width: usize, value: impl Fn(&[u8]) -> u128 + 'static) -> Instruction {
        let value = move |bytes: &[u8]| digest(value(bytes));
        Instruction::new(name, width, "(call $digest {})", Effect::Load(Box::new(value)))
    }

    fn store(name: impl Into<String>, width: usize, operand: &'static str) -> Instruction {
        let effect = Effect::Store(STORED.to_le_bytes()[..width].to_vec());
        Instruction { operand, ..Instruction::new(name, width, "{}", effect) }
    }
}

/// What stores write, as far as they are wide.
const STORED: u128 = 0x0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0;
const STORED_32: &str = "(i32.const 0xc3d2e1f0)";
const STORED_64: &str = "(i64.const 0x8796a5b4c3d2e1f0)";
const STORED_128: &str = "(v128.const i64x2 0x8796a5b4c3d2e1f0 0x0f1e2d3c4b5a6978)";

const SIGNED_32: &str = "(i64.extend_i32_s {})";
const UNSIGNED_32: &str = "(i64.extend_i32_u {})";

/// A vector as an `i64` in which every byte shows.
pub fn digest(vector: u128) -> u64 {
    vector as u64 ^ ((vector >> 64) as u64).rotate_left(7)
}

/// The same in WebAssembly.
pub const DIGEST: &str = "(func $digest (param v128) (result i64)
    (i64.xor (i64x2.extract_lane 0 (local.get 0)) (i64.rotl (i64x2.extract_lane 1 (local.get 0)) (i64.const 7))))";

fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn signed(bytes: &[u8]) -> u64 {
    let unused = 64 - 8 * bytes.len();
    ((unsigned(bytes) << unused) as i64 >> unused) as u64
}

/// A vector of these lanes, each of `width` bytes.
fn lanes(values: impl Iterator<Item = u64>, width: usize) -> u128 {
    let mask = u64::MAX >> (64 - 8 * width);
    values.zip(0..).fold(0, |vector, (value, lane)| vector | u128::from(value & mask) << (lane * 8 * width))
}

pub fn all() -> Vec<Instruction> {
    let mut instructions = scalars();
    instructions.extend(vectors());
    instructions.extend(atomics());
    const REPRESENTATIVES: &str = "i32.load8_u i32.load16_s i64.load f64.load v128.load v128.load32_zero i32.store8 \
        i64.store16 f32.store i64.store v128.store i32.atomic.rmw.add";
    for instruction in &mut instructions {
        instruction.representative = REPRESENTATIVES.split_whitespace().any(|name| name == instruction.name);
    }
    instructions
}

fn scalars() -> Vec<Instruction> {
    let mut all = Vec::new();
    for (ty, bytes, result) in [("i32", 4, SIGNED_32), ("i64", 8, "{}")] {
        for width in [1, 2, 4].into_iter().filter(|width| *width < bytes) {
            let name = format!("{ty}.load{}", 8 * width);
            all.push(Instruction::load(format!("{name}_s"), width, result, signed));
            all.push(Instruction::load(format!("{name}_u"), width, result, unsigned));
        }
        all.push(Instruction::load(format!("{ty}.load"), bytes, result, signed));
    }
    all.push(Instruction::load("f32.load", 4, "(i64.extend_i32_u (i32.reinterpret_f32 {}))", unsigned));
    all.push(Instruction::load("f64.load", 8, "(i64.reinterpret_f64 {})", unsigned));
    for (ty, bytes, operand) in [("i32", 4, STORED_32), ("i64", 8, STORED_64)] {
        for width in [1, 2, 4].into_iter().filter(|width| *width < bytes) {
            all.push(Instruction::store(format!("{ty}.store{}", 8 * width), width, operand));
        }
        all.push(Instruction::store(format!("{ty}.store"), bytes, operand));
    }
    all.push(Instruction::store("f32.store", 4, "(f32.reinterpret_i32 (i32.const 0xc3d2e1f0))"));
    all.push(Instruction::store("f64.store", 8, "(f64.reinterpret_i64 (i64.const 0x8796a5b4c3d2e1f0))"));
    all
}

fn vectors() -> Vec<Instruction> {
    let whole = |bytes: &[u8]| lanes(bytes.iter().map(|byte| u64::from(*byte)), 1);
    let mut all = vec![Instruction::vector("v128.load", 16, whole), Instruction::store("v128.store", 16, STORED_128)];
    for (width, shape) in [(1, "8x8"), (2, "16x4"), (4, "32x2")] {
        let signed = move |bytes: &[u8]| lanes(bytes.chunks(width).map(signed), 2 * width);
        let unsigned = move |bytes: &[u8]| lanes(bytes.chunks(width).map(unsigned), 2 * width);
        all.push(Instruction::vector(format!("v128.load{shape}_s"), 8, signed));
        all.push(Instruction::vector(format!("v128.load{shape}_u"), 8, unsigned));
    }
    all.push(Instruction::vector("v128.load32_zero", 4, whole));
    all.push(Instruction::vector("v128.load64_zero", 8, whole));
    for width in [1, 2, 4, 8] {
        let splat = move |bytes: &[u8]| lanes(std::iter::repeat_n(unsigned(bytes), 16 / width), width);
        all.push(Instruction::vector(format!("v128.load{}_splat", 8 * width), width, splat));
        let last = 16 / width - 1;
        let lane = move |bytes: &[u8]| u128::from(unsigned(bytes)) << (8 * width * last);
        let name = format!("v128.load{}_lane", 8 * width);
        let load = Instruction::vector(name, width, lane);
        all.push(Instruction { lane: last.to_string(), operand: "(v128.const i64x2 0 0)", ..load });
        let name = format!("v128.store{}_lane", 8 * width);
        let store = Instruction::store(name, width, STORED_128);
        all.push(Instruction { lane: "0".to_string(), ..store });
    }
    all
}

/// The read-modify-write ones leave what they find: their result is what was there.
fn atomics() -> Vec<Instruction> {
    let mut all = Vec::new();
    for (ty, bytes, result, zero, stored) in
        [("i32", 4, UNSIGNED_32, "(i32.const 0)", STORED_32), ("i64", 8, "{}", "(i64.const 0)", STORED_64)]
    {
        for width in [1, 2, 4, 8].into_iter().filter(|width| *width <= bytes) {
            let (narrow, suffix) = if width < bytes { ((8 * width).to_string(), "_u") } else { Default::default() };
            let name = format!("{ty}.atomic");
            all.push(Instruction::load(format!("{name}.load{narrow}{suffix}"), width, result, unsigned));
            all.push(Instruction::store(format!("{name}.store{narrow}"), width, stored));
            let add = Instruction::load(format!("{name}.rmw{narrow}.add{suffix}"), width, result, unsigned);
            all.push(Instruction { operand: zero, ..add });
            let and = Instruction::load(format!("{name}.rmw{narrow}.or{suffix}"), width, result, unsigned);
            all.push(Instruction { operand: zero, ..and });
        }
    }
    for instruction in &mut all {
        instruction.aligned = true;
    }
    all
}
