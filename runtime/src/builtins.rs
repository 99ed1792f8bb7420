//! The functions that generated code calls, in the order of `wexe_abi::builtins`: from symbol to the module that knows
//! how.
//!
//! State arrives as the address of a structure that the runtime mapped; a failure leaves as a trap code, so that the
//! generated code traps where its own program counter tells which instruction it was.
//!
//! Those of exceptions need their caller's registers and frame: they begin in [`crate::arch`].

use crate::{atomic, memory, profile, table};
use wexe_abi::layout::{MemoryState, SegmentState, TableState};
use wexe_abi::profile::TARGETS;
use wexe_abi::trap::Trap;

fn memory_trap(result: Result<(), memory::OutOfBounds>) -> i32 {
    result.map_or(Trap::MemoryOutOfBounds as i32, |()| 0)
}

fn table_trap(result: Result<(), table::OutOfBounds>) -> i32 {
    result.map_or(Trap::TableOutOfBounds as i32, |()| 0)
}

#[unsafe(export_name = "wexe.memory_grow")]
extern "C" fn memory_grow(memory: &mut MemoryState, delta_pages: u64) -> i64 {
    memory::grow(memory, delta_pages)
}

#[unsafe(export_name = "wexe.memory_copy")]
extern "C" fn memory_copy(to: &MemoryState, from: &MemoryState, target: u64, source: u64, len: u64) -> i32 {
    memory_trap(memory::copy(to, from, target, source, len))
}

#[unsafe(export_name = "wexe.memory_fill")]
extern "C" fn memory_fill(memory: &MemoryState, target: u64, value: i32, len: u64) -> i32 {
    memory_trap(memory::fill(memory, target, value as u8, len))
}

#[unsafe(export_name = "wexe.memory_init")]
extern "C" fn memory_init(memory: &MemoryState, segment: &SegmentState, target: u64, source: u64, len: u64) -> i32 {
    memory_trap(memory::init(memory, segment, target, source, len))
}

#[unsafe(export_name = "wexe.table_grow")]
extern "C" fn table_grow(table: &mut TableState, reference: u64, delta: u64) -> i64 {
    table::grow(table, reference, delta)
}

#[unsafe(export_name = "wexe.table_copy")]
extern "C" fn table_copy(to: &TableState, from: &TableState, target: u64, source: u64, len: u64) -> i32 {
    table_trap(table::copy(to, from, target, source, len))
}

#[unsafe(export_name = "wexe.table_fill")]
extern "C" fn table_fill(table: &TableState, target: u64, reference: u64, len: u64) -> i32 {
    table_trap(table::fill(table, target, reference, len))
}

#[unsafe(export_name = "wexe.table_init")]
extern "C" fn table_init(table: &TableState, segment: &SegmentState, target: u64, source: u64, len: u64) -> i32 {
    // SAFETY: the compiler emits segments of references for this builtin.
    table_trap(unsafe { table::init(table, segment, [target, source, len], table::reference) })
}

#[unsafe(export_name = "wexe.table_init_func")]
extern "C" fn table_init_func(table: &TableState, segment: &SegmentState, target: u64, source: u64, len: u64) -> i32 {
    // SAFETY: the compiler emits segments of offsets for this builtin.
    table_trap(unsafe { table::init(table, segment, [target, source, len], table::function) })
}

#[unsafe(export_name = "wexe.atomic_wait32")]
extern "C" fn atomic_wait32(address: usize, expected: u32, timeout: i64) -> i32 {
    atomic::wait32(address, expected, timeout)
}

#[unsafe(export_name = "wexe.atomic_wait64")]
extern "C" fn atomic_wait64(address: usize, expected: u64, timeout: i64) -> i32 {
    atomic::wait64(address, expected, timeout)
}

#[unsafe(export_name = "wexe.atomic_notify")]
extern "C" fn atomic_notify(address: usize, count: u32) -> i32 {
    atomic::notify(address, count)
}

#[unsafe(export_name = "wexe.count_target")]
extern "C" fn count_target(counters: &mut [[u64; 2]; TARGETS], record: u64) {
    profile::count_target(counters, record);
}
