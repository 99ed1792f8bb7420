//! What a program calls in the runtime → the seccomp filter that its executable puts over itself.
//!
//! The filter begins with a load of an argument that it never looks at. The kernel asks of each of its thousand system
//! calls whether the filter lets it through whatever its arguments are, to have the answers at hand, and stops asking
//! at the first such load. Those answers would save a fiftieth of a microsecond per call, but finding them costs ten
//! at start.

use crate::codegen::Compiled;
use crate::declare::Callee;
use crate::options::Capabilities;
use crate::translate::{Environment, Name};
use std::collections::{BTreeMap, BTreeSet};
use wexe_abi::capabilities::Capability;
use wexe_abi::program::FILTER_MAX;
use wexe_abi::system_calls::{self, Condition, SystemCall, Value};

/// To what an executable confines itself by the filter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Confinement {
    /// The system calls that it can make once its own code runs; one with conditions if any of them holds.
    pub calls: BTreeSet<SystemCall>,
}

/// The symbols of the runtime that generated code refers to.
pub(crate) fn symbols<'a>(environment: Environment<'a>, compiled: &[Compiled]) -> BTreeSet<&'a str> {
    let targets = compiled.iter().flat_map(|unit| unit.relocations.iter().map(|relocation| relocation.target));
    let symbol = |target| match target {
        Name::Builtin(builtin) => Some(builtin.symbol()),
        Name::Function(function) => match &environment.declarations.functions[function as usize].callee {
            Callee::Host(symbol) => Some(symbol.as_str()),
            Callee::Body | Callee::Instance(_) => None,
        },
        Name::Record(_) | Name::Data(_) | Name::Elements(_) => None,
    };
    targets.filter_map(symbol).collect()
}

impl Confinement {
    /// Of a program that refers to these symbols of the runtime.
    pub fn new(symbols: &BTreeSet<&str>, granted: &Capabilities, prints_results: bool) -> Confinement {
        let given = |(capability, _): &(Capability, String)| *capability == Capability::Dir;
        let may_have_directories = !granted.locked || granted.given.iter().any(given);
        let used = symbols.iter().filter(|symbol| may_have_directories || !system_calls::is_of_directories(symbol));
        let mut calls: BTreeSet<SystemCall> = used.flat_map(|symbol| system_calls::of(symbol)).copied().collect();
        calls.extend(system_calls::ALWAYS);
        if prints_results {
            calls.extend(system_calls::PRINTS_RESULTS);
        }
        let unconditional: BTreeSet<u32> =
            calls.iter().filter(|call| call.only.is_none()).map(|call| call.number).collect();
        calls.retain(|call| call.only.is_none() || !unconditional.contains(&call.number));
        Confinement { calls }
    }

    /// The filter that lets just these calls through.
    pub fn filter(&self) -> Filter {
        let mut conditions: BTreeMap<u32, Vec<Condition>> = BTreeMap::new();
        for call in &self.calls {
            conditions.entry(call.number).or_default().extend(call.only);
        }
        let mut filter = Filter::default();
        filter.push(LOAD, 0, ARGUMENTS);
        filter.push(LOAD, 0, ARCHITECTURE);
        filter.push(JUMP_IF_EQUAL, 1, AUDIT_ARCH_X86_64);
        filter.push(RETURN, 0, KILL_PROCESS);
        filter.push(LOAD, 0, NUMBER);
        for (number, conditions) in conditions {
            if conditions.is_empty() {
                filter.allow_if_equal(number);
            } else {
                filter.allow_if(number, &conditions);
            }
        }
        filter.finish()
    }
}

/// A seccomp filter.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// The kernel's `struct sock_filter`.
    pub instructions: Vec<[u8; 8]>,
    /// Which instruction compares with the number of the process; 0: none.
    pub process: usize,
    /// The instructions that jump to the end if they find what they compare with.
    allowing: Vec<usize>,
}

/// Offsets in the kernel's `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
const KILL_PROCESS: u32 = 0x8000_0000;
const ALLOW: u32 = 0x7fff_0000;

/// `BPF_LD | BPF_W | BPF_ABS`
const LOAD: u16 = 0x20;
/// `BPF_ALU | BPF_AND | BPF_K`
const AND: u16 = 0x54;
/// `BPF_JMP | BPF_JEQ | BPF_K`
const JUMP_IF_EQUAL: u16 = 0x15;
/// `BPF_RET | BPF_K`
const RETURN: u16 = 0x06;

/// Where the distances of a jump are in an instruction: if the condition holds, and if not.
const JUMP_TRUE: usize = 2;
const JUMP_FALSE: usize = 3;

impl Filter {
    fn push(&mut self, code: u16, jump_true: u8, operand: u32) {
        let mut instruction = [0; 8];
        instruction[..2].copy_from_slice(&code.to_le_bytes());
        instruction[JUMP_TRUE] = jump_true;
        instruction[4..].copy_from_slice(&operand.to_le_bytes());
        self.instructions.push(instruction);
    }

    /// Allows the call if what was loaded last is `operand`.
    fn allow_if_equal(&mut self, operand: u32) {
        self.allowing.push(self.instructions.len());
        self.push(JUMP_IF_EQUAL, 0, operand);
    }

    /// Allows the call `number` if one of the conditions holds.
    fn allow_if(&mut self, number: u32, conditions: &[Condition]) {
        let first = self.instructions.len();
        self.push(JUMP_IF_EQUAL, 0, number);
        for condition in conditions {
            self.push(LOAD, 0, ARGUMENTS + 8 * condition.argument);
            if condition.mask != u32::MAX {
                self.push(AND, 0, condition.mask);
            }
            if condition.value == Value::Process {
                self.process = self.instructions.len();
            }
            self.allow_if_equal(match condition.value {
                Value::Constant(value) => value,
                Value::Process => 0,
            });
        }
        self.push(RETURN, 0, KILL_PROCESS);
        self.instructions[first][JUMP_FALSE] = distance(first, self.instructions.len());
    }

    fn finish(mut self) -> Filter {
        self.push(RETURN, 0, KILL_PROCESS);
        let end = self.instructions.len();
        self.push(RETURN, 0, ALLOW);
        for &jump in &self.allowing {
            self.instructions[jump][JUMP_TRUE] = distance(jump, end);
        }
        assert!(self.instructions.len() <= FILTER_MAX);
        self
    }
}

/// How many instructions a jump leaves out.
fn distance(from: usize, to: usize) -> u8 {
    u8::try_from(to - from - 1).expect("all system calls of all functions make less than 256 instructions")
}
