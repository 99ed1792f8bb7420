//! Test: every numeric, vector and memory instruction compiles for every processor, and none of them into a call.
//!
//! Instructions are enumerated by opcode and their types found by asking the validator, so none can be forgotten.

use crate::codegen::{self, Compiled};
use crate::options::{Cpu, OptLevel, Options};
use crate::pipeline::{self, Plan};
use crate::profile::Profiling;
use crate::{Features, target};
use wasmparser::Validator;

const I32: u8 = 0x7f;
const I64: u8 = 0x7e;
const F32: u8 = 0x7d;
const F64: u8 = 0x7c;
const V128: u8 = 0x7b;

/// The parameter lists that occur, and the result lists.
const PARAMS: &[&[u8]] = &[
    &[I32],
    &[I64],
    &[F32],
    &[F64],
    &[V128],
    &[I32, I32],
    &[I64, I64],
    &[F32, F32],
    &[F64, F64],
    &[V128, V128],
    &[I32, I64],
    &[I32, F32],
    &[I32, F64],
    &[I32, V128],
    &[V128, I32],
    &[V128, I64],
    &[V128, F32],
    &[V128, F64],
    &[V128, V128, V128],
    &[I64, I64, I64, I64],
    &[],
];
const RESULTS: &[&[u8]] = &[&[I32], &[I64], &[F32], &[F64], &[V128], &[I64, I64], &[]];

struct Instruction {
    encoding: Vec<u8>,
    params: &'static [u8],
    results: &'static [u8],
}

fn leb128(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn section(id: u8, count: usize, items: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let content = [leb128(count), items.flatten().collect()].concat();
    [vec![id], leb128(content.len()), content].concat()
}

/// A module with a function for each instruction.
fn module(instructions: &[Instruction]) -> Vec<u8> {
    let count = instructions.len();
    let types = instructions.iter().map(|instruction| {
        let (params, results) = (instruction.params, instruction.results);
        [&[0x60, params.len() as u8], params, &[results.len() as u8], results].concat()
    });
    let bodies = instructions.iter().map(|instruction| {
        let params = (0..instruction.params.len() as u8).flat_map(|param| [0x20, param]);
        let body: Vec<u8> = [0].into_iter().chain(params).chain(instruction.encoding.clone()).chain([0x0b]).collect();
        [leb128(body.len()), body].concat()
    });
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, count, types),
        section(3, count, (0..count).map(leb128)),
        section(5, 1, [vec![0, 1]].into_iter()),
        section(10, count, bodies),
    ]
    .concat()
}

fn validator() -> Validator {
    Validator::new_with_features(Features::ALL.validator_flags())
}

/// The instruction with the type at which it is valid, if it is at any.
fn instruction(encoding: Vec<u8>) -> Option<Instruction> {
    let types = PARAMS.iter().flat_map(|params| RESULTS.iter().map(move |results| (*params, *results)));
    let mut candidates = types.map(|(params, results)| Instruction { encoding: encoding.clone(), params, results });
    candidates.find(|candidate| validator().validate_all(&module(std::slice::from_ref(candidate))).is_ok())
}

fn scalar_encodings() -> impl Iterator<Item = Vec<u8>> {
    let memory = (0x28..=0x3e).map(|opcode| vec![opcode, 0, 1]);
    let numeric = (0x45..=0xc4).map(|opcode| vec![opcode]);
    let saturating = (0..=7).map(|opcode| vec![0xfc, opcode]);
    let wide = (0x13..=0x16).map(|opcode| vec![0xfc, opcode]);
    memory.chain(numeric).chain(saturating).chain(wide)
}

fn vector_encodings() -> impl Iterator<Item = Vec<u8>> {
    (0..=0x120).map(|opcode| {
        let immediates: &[u8] = match opcode {
            0..=11 | 92 | 93 => &[0, 1],
            84..=91 => &[0, 1, 1],
            12 => &[0x5a; 16],
            13 => &[0, 31, 2, 29, 4, 27, 6, 25, 8, 23, 10, 21, 12, 19, 14, 17],
            21..=34 => &[1],
            _ => &[],
        };
        [vec![0xfd], leb128(opcode), immediates.to_vec()].concat()
    })
}

fn shuffle_encodings() -> impl Iterator<Item = Vec<u8>> {
    let masks: [fn(u8) -> u8; 12] = [
        |_| 0,
        |lane| lane,
        |lane| 15 - lane,
        |lane| lane ^ 16,
        |lane| (lane + 5) % 32,
        |lane| lane / 2 + lane % 2 * 16,
        |lane| lane / 2 + lane % 2 * 16 + 8,
        |lane| lane / 4 * 2 + lane % 2 + lane / 2 % 2 * 16,
        |lane| lane % 8 + lane / 8 * 24,
        |lane| lane % 4 + [12, 0, 24, 20][usize::from(lane / 4)],
        |lane| lane % 4 + [28, 0, 24, 4][usize::from(lane / 4)],
        |lane| lane % 2 + [6, 0, 2, 4, 8, 10, 12, 14][usize::from(lane / 2)],
    ];
    masks.into_iter().map(|mask| [vec![0xfd, 13], (0..16).map(mask).collect()].concat())
}

#[test]
fn compiles_for_every_processor() {
    let scalar: Vec<_> = scalar_encodings().filter_map(instruction).collect();
    let vector: Vec<_> = vector_encodings().filter_map(instruction).collect();
    assert_eq!((scalar.len(), vector.len()), (23 + 128 + 8 + 4, 236 + 20));
    let shuffles = shuffle_encodings().filter_map(instruction);
    let instructions: Vec<_> = scalar.into_iter().chain(vector).chain(shuffles).collect();

    let wasm = module(&instructions);
    let (namespaces, placement) = Default::default();
    let plan = Plan { prefix: "", namespaces: &namespaces, trace: false, profiling: Profiling::Off, placement };
    let built = pipeline::build(&wasm, &mut validator(), plan, |_| Ok(Vec::new())).unwrap();
    for cpu in [Cpu::V1, Cpu::V2, Cpu::V3, Cpu::V4] {
        for opt_level in [OptLevel::O0, OptLevel::O2] {
            let options = Options { cpu, opt_level, ..Options::default() };
            let isa = target::isa(&options).unwrap();
            let compiled = codegen::compile(built.environment(&*isa), &built.units, opt_level, None, &()).unwrap();
            let calling = |compiled: &&Compiled| !compiled.relocations.is_empty();
            if let Some(compiled) = compiled.iter().find(calling) {
                let title = codegen::title(built.environment(&*isa), compiled.unit);
                panic!("{title} for {cpu:?} at {opt_level:?} calls {:?}", compiled.relocations[0].target);
            }
        }
    }
}
