//! Accesses at the last byte of a memory and one past it, through every form of address that the compiler folds.
//!
//! One module for each kind of memory: a function for each instruction and form of address, all called through a table,
//! so that nothing is known of their operands. What each must come to is computed here. An access that must trap
//! follows one that may not in the same executable, whose memory must be as it was in the end.

mod address;
mod instruction;

use std::fmt::Write;

use wexe_compiler::{Cpu, OptLevel};

use crate::known_failures::{Listed, trial};
use crate::spec::{self, Configuration};
use address::{Address, Target};
use instruction::{Effect, Instruction};

/// A kind of memory.
#[derive(Clone, Copy)]
struct Memory {
    name: &'static str,
    /// The definition of `$m`, and of its neighbours, which it must not reach.
    text: &'static str,
    is_64: bool,
    /// In bytes.
    size: u64,
}

const MEMORIES: [Memory; 8] = [
    Memory { name: "low", text: "(memory $m 1 2)", is_64: false, size: 1 << 16 },
    Memory { name: "low-4GiB", text: "(memory $m 65536)", is_64: false, size: 1 << 32 },
    Memory { name: "slot", text: "(memory 1) (memory $m 1 1) (memory 1)", is_64: false, size: 1 << 16 },
    Memory { name: "slot-4GiB", text: "(memory 1) (memory $m 65536)", is_64: false, size: 1 << 32 },
    Memory { name: "64", text: "(memory $m i64 1) (memory i64 1)", is_64: true, size: 1 << 16 },
    Memory { name: "64-5GiB", text: "(memory $m i64 81920) (memory i64 1)", is_64: true, size: 5 << 30 },
    Memory { name: "bytes", text: "(memory $m 65541 (pagesize 1))", is_64: false, size: 65541 },
    Memory { name: "64-bytes", text: "(memory $m i64 65541 (pagesize 1))", is_64: true, size: 65541 },
];

const CONFIGURATIONS: [Configuration; 2] =
    [Configuration { opt_level: OptLevel::O2, cpu: Cpu::V3 }, Configuration { opt_level: OptLevel::O0, cpu: Cpu::V1 }];

pub fn trials() -> Vec<Listed> {
    let mut trials = Vec::new();
    for configuration in CONFIGURATIONS {
        for memory in MEMORIES {
            let run = move || spec::script(script(memory), configuration);
            trials.push(Listed { variant: configuration.name(), ..trial(format!("bounds/{}", memory.name), run) });
        }
    }
    trials
}

/// The last bytes of the memory hold something; all before is zero.
const IMAGE: u64 = 1 << 16;

impl Memory {
    fn byte(self, address: u64) -> u8 {
        match address.checked_sub(self.size - IMAGE) {
            Some(at) => (at * 167 + (at >> 8) * 59 + 13) as u8,
            None => 0,
        }
    }

    fn bytes(self, address: u64, count: u64) -> Vec<u8> {
        (address..address + count).map(|address| self.byte(address)).collect()
    }
}

fn script(memory: Memory) -> String {
    let (mut functions, mut assertions) = (Vec::new(), String::new());
    for instruction in instruction::all() {
        let target = Target { is_64: memory.is_64, size: memory.size, width: instruction.width as u64 };
        let forms = if instruction.representative { address::forms(target) } else { address::plain_forms(target) };
        for form in forms {
            let is_store = matches!(instruction.effect, Effect::Store(_));
            if is_store && form.frame.contains("$result") {
                continue;
            }
            // Element 0 of the table is another function.
            assert_form(memory, &instruction, &form, functions.len() + 1, &mut assertions);
            functions.push(function(&instruction, &form));
        }
    }
    let functions = functions.join("\n");
    let ty = if memory.is_64 { "i64" } else { "i32" };
    let module =
        module(memory, &functions).replace("T.", &format!("{ty}.")).replace("(result T)", &format!("(result {ty})"));
    let intact = image_sum(memory);
    format!("{module}\n{assertions}(assert_return (invoke \"image\") (i64.const {intact}))\n")
}

/// What has to come of a function for all the operands.
fn assert_form(memory: Memory, instruction: &Instruction, form: &Address, function: usize, assertions: &mut String) {
    let width = instruction.width as u64;
    for &(x, y) in &form.operands {
        let effective: Vec<u128> =
            (form.indices)(x, y).iter().map(|index| u128::from(*index) + u128::from(form.offset)).collect();
        if instruction.aligned && effective.iter().any(|address| !address.is_multiple_of(u128::from(width))) {
            continue; // traps for another reason
        }
        let in_bounds = effective.iter().all(|address| address + u128::from(width) <= u128::from(memory.size));
        let address = *effective.last().expect("one access at least") as u64;
        // Above an index of 32 bits there may be anything.
        let dirt = if memory.is_64 { 0 } else { 0xdead_beef << 32 };
        let (x, y) = (x & mask(memory) | dirt, y & mask(memory) | dirt);
        let check = address.min(memory.size - 16);
        let call =
            format!("(invoke \"run\" (i64.const {x}) (i64.const {y}) (i64.const {check}) (i32.const {function}))");
        let assertion = if in_bounds {
            let result = result(memory, instruction, address, check);
            format!("(assert_return {call} (i64.const {result}))")
        } else {
            format!("(assert_trap {call} \"out of bounds memory access\")")
        };
        writeln!(assertions, "{assertion}").expect("a String grows");
    }
}

fn mask(memory: Memory) -> u64 {
    if memory.is_64 { u64::MAX } else { u64::from(u32::MAX) }
}

fn result(memory: Memory, instruction: &Instruction, address: u64, check: u64) -> u64 {
    match &instruction.effect {
        Effect::Load(value) => value(&memory.bytes(address, instruction.width as u64)),
        Effect::Store(stored) => {
            let mut bytes = memory.bytes(check, 16);
            let at = (address - check) as usize;
            bytes[at..at + stored.len()].copy_from_slice(stored);
            instruction::digest(u128::from_le_bytes(bytes.try_into().expect("16 bytes")))
        }
    }
}

/// The access; after a store, the function reads what is there now, and puts back what was.
fn function(instruction: &Instruction, form: &Address) -> String {
    let access = form.frame.replace("{}", &instruction.text(form.offset, &form.index));
    let pressure =
        if access.contains("$p0") { (0..20).map(|at| format!("(local $p{at} i64)")).collect() } else { String::new() };
    let access = match instruction.effect {
        Effect::Load(_) => access,
        Effect::Store(_) => format!(
            "(local.set $saved (v128.load $m (local.get $check)))
            {access}
            (call $digest (v128.load $m (local.get $check)))
            (v128.store $m (local.get $check) (local.get $saved))"
        ),
    };
    format!(
        "(func (type $access) (param $x i64) (param $y i64) (param $check64 i64) (result i64)
          (local $i index) (local $j index) (local $check index) (local $s i64) (local $result i64) (local $saved v128)
          {pressure}
          (local.set $i (wrap (local.get $x)))
          (local.set $j (wrap (local.get $y)))
          (local.set $check (wrap (local.get $check64)))
          {access})"
    )
}

fn module(memory: Memory, functions: &str) -> String {
    let Memory { text, size, is_64, .. } = memory;
    let (index, wrap) = if is_64 { ("i64", "(block (result i64) ") } else { ("i32", "(i32.wrap_i64 ") };
    let functions = functions.replace(" index)", &format!(" {index})")).replace("(wrap ", wrap);
    let count = functions.matches("(func ").count() + 1;
    let image = memory.bytes(size - IMAGE, IMAGE).iter().map(|byte| format!("\\{byte:02x}")).collect::<String>();
    let identity = if is_64 { "(local.get 0)" } else { "(i32.wrap_i64 (local.get 0))" };
    let first = size - IMAGE;
    format!(
        "(module
  {text}
  (type $identity (func (param i64) (result T)))
  (type $access (func (param $x i64) (param $y i64) (param $check64 i64) (result i64)))
  (table {count} {count} funcref)
  (global $index (mut {index}) ({index}.const 0))
  (global $sum (mut i64) (i64.const 0))
  (data $image \"{image}\")
  (elem (i32.const 0) func {indices})
  (start $start)
  (func (type $identity) {identity})
  {functions}
  {digest}
  (func $start (memory.init $m $image (T.const {first}) (i32.const 0) (i32.const {IMAGE})))
  (func (export \"run\") (param $x i64) (param $y i64) (param $check i64) (param $function i32) (result i64)
    (call_indirect (type $access) (local.get $x) (local.get $y) (local.get $check) (local.get $function)))
  (func (export \"image\") (result i64) (local $at {index}) (local $sum i64)
    (local.set $at (T.const {first}))
    (loop $next
      (local.set $sum
        (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.extend_i32_u (i32.load8_u $m (local.get $at)))))
      (br_if $next
        (T.lt_u (local.tee $at (T.add (local.get $at) (T.const 1))) (T.const {last}))))
    (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.extend_i32_u (i32.load8_u $m (local.get $at))))))",
        indices = (0..count).map(|function| function.to_string()).collect::<Vec<_>>().join(" "),
        digest = instruction::DIGEST,
        last = size - 1,
    )
}

/// What the function `image` must return.
fn image_sum(memory: Memory) -> u64 {
    let bytes = memory.bytes(memory.size - IMAGE, IMAGE);
    bytes.iter().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)))
}
