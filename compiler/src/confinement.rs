//! What a program calls in the runtime → the seccomp filter that its executable puts over itself.
//!
//! The kernel asks of each of its thousand system calls, when it takes the filter, whether it lets the call through
//! whatever the arguments are, and does not run the filter for those later. So the filter is a binary search: that
//! makes the asking short, and the calls that depend on their arguments. A program that reads nothing makes few calls;
//! its filter begins with a load of an argument that it never looks at, where the kernel stops asking.

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
        let calls: Vec<(u32, Vec<Condition>)> = conditions.into_iter().collect();
        let mut filter = Filter::default();
        if !self.calls.iter().any(|call| system_calls::READING.contains(call)) {
            filter.push(LOAD, 0, ARGUMENTS);
        }
        filter.push(LOAD, 0, ARCHITECTURE);
        filter.push(JUMP_IF_EQUAL, 1, AUDIT_ARCH_X86_64);
        filter.push(RETURN, 0, KILL_PROCESS);
        filter.push(LOAD, 0, NUMBER);
        filter.search(&calls);
        assert!(filter.instructions.len() <= FILTER_MAX);
        filter
    }
}

/// A seccomp filter.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// The kernel's `struct sock_filter`.
    pub instructions: Vec<[u8; 8]>,
    /// Which instruction compares with the number of the process; 0: none.
    pub process: usize,
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
/// `BPF_JMP | BPF_JGE | BPF_K`
const JUMP_IF_NOT_LESS: u16 = 0x35;
/// `BPF_RET | BPF_K`
const RETURN: u16 = 0x06;

/// Calls that are compared one after the other rather than searched.
const LINEAR_MAX: usize = 3;

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

    /// Allows these calls, which are sorted by number, and kills the process for others. The number is loaded.
    fn search(&mut self, calls: &[(u32, Vec<Condition>)]) {
        if calls.len() <= LINEAR_MAX && calls.iter().all(|(_, conditions)| conditions.is_empty()) {
            let allowing = (0..calls.len()).map(|index| self.instructions.len() + index).collect();
            calls.iter().for_each(|(number, _)| self.push(JUMP_IF_EQUAL, 0, *number));
            self.end(allowing);
            return;
        }
        if let [(number, conditions)] = calls {
            return self.decide(*number, conditions);
        }
        let (less, not_less) = calls.split_at(calls.len() / 2);
        let jump = self.instructions.len();
        self.push(JUMP_IF_NOT_LESS, 0, not_less[0].0);
        self.search(less);
        self.instructions[jump][JUMP_TRUE] = distance(jump, self.instructions.len());
        self.search(not_less);
    }

    /// Allows the call `number` if one of the conditions holds.
    fn decide(&mut self, number: u32, conditions: &[Condition]) {
        let first = self.instructions.len();
        self.push(JUMP_IF_EQUAL, 0, number);
        let mut allowing = Vec::new();
        for condition in conditions {
            self.push(LOAD, 0, ARGUMENTS + 8 * condition.argument);
            if condition.mask != u32::MAX {
                self.push(AND, 0, condition.mask);
            }
            let operand = match condition.value {
                Value::Constant(value) => value,
                Value::Process => {
                    self.process = self.instructions.len();
                    0
                }
            };
            allowing.push(self.instructions.len());
            self.push(JUMP_IF_EQUAL, 0, operand);
        }
        let kill = self.end(allowing);
        self.instructions[first][JUMP_FALSE] = distance(first, kill);
    }

    /// Allows the call if one of these instructions jumps, and kills the process otherwise; which instruction does.
    fn end(&mut self, allowing: Vec<usize>) -> usize {
        let kill = self.instructions.len();
        self.push(RETURN, 0, KILL_PROCESS);
        self.push(RETURN, 0, ALLOW);
        for jump in allowing {
            self.instructions[jump][JUMP_TRUE] = distance(jump, kill + 1);
        }
        kill
    }
}

/// How many instructions a jump leaves out.
fn distance(from: usize, to: usize) -> u8 {
    u8::try_from(to - from - 1).expect("half the system calls of all functions make less than 256 instructions")
}
