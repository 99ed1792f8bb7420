//! Tables: maps and grows them, and keeps function tables in the form that `call_indirect` reads.
//!
//! A function table does not hold references but [`FuncEntry`]s, so writing a reference to one looks the function up.

use crate::memory::{in_bounds, map_at, page_align};
use crate::{arch, start};
use wexe_abi::layout::{FuncEntry, FuncRecord, SLOTS, SegmentState, TABLE_MAX_ELEMENTS, TableState};
use wexe_abi::program::Module;

/// An access would leave a table.
#[derive(Clone, Copy, Debug)]
pub struct OutOfBounds;

const NULL: FuncEntry = FuncEntry { code: 0, type_id: 0, record: 0 };

/// Maps the tables of a module that do not lie in its state.
pub fn map(module: &Module) -> Result<(), rustix::io::Errno> {
    // SAFETY: the compiler's array.
    for table in unsafe { start::slice(module.tables, module.table_count) } {
        if table.in_state == 0 {
            // SAFETY: the table's state is part of the instance's, which is mapped.
            let state = unsafe { &*table.state };
            map_at(state.base, page_align(state.size * element_size(state)))?;
        }
    }
    Ok(())
}

fn element_size(state: &TableState) -> u64 {
    if state.is_func != 0 { size_of::<FuncEntry>() as u64 } else { size_of::<u64>() as u64 }
}

/// What a function table holds for a reference.
fn entry(reference: u64) -> FuncEntry {
    if reference == 0 {
        return NULL;
    }
    // SAFETY: a function reference that is not null is the address of a record in the executable's read-only data.
    let record = unsafe { &*core::ptr::with_exposed_provenance::<FuncRecord>(reference as usize) };
    FuncEntry {
        code: reference.wrapping_add_signed(i64::from(record.code)),
        type_id: record.type_id,
        record: (reference - arch::image_base()) as u32,
    }
}

/// # Safety
/// `index` is less than the number of elements that are mapped.
unsafe fn store(state: &TableState, index: u64, reference: u64) {
    let base = state.base as usize;
    // SAFETY: the caller's.
    unsafe {
        if state.is_func != 0 {
            let elements = core::ptr::with_exposed_provenance_mut::<FuncEntry>(base);
            *elements.add(index as usize) = entry(reference);
        } else {
            let elements = core::ptr::with_exposed_provenance_mut::<u64>(base);
            *elements.add(index as usize) = reference;
        }
    }
}

/// `table.grow`: the old size in elements, or −1.
pub fn grow(state: &mut TableState, reference: u64, delta: u64) -> i64 {
    let old_size = state.size;
    let grown = || {
        let size = old_size.checked_add(delta)?;
        if size > state.max_size.min(TABLE_MAX_ELEMENTS) {
            return None;
        }
        let mapped = page_align(old_size * element_size(state));
        let needed = page_align(size * element_size(state));
        if delta != 0 && state.base < SLOTS {
            return None; // in the instance's state there is no room
        }
        map_at(state.base + mapped, needed - mapped).ok()?;
        Some(size)
    };
    let Some(size) = grown() else { return -1 };
    for index in old_size..size {
        // SAFETY: just mapped.
        unsafe { store(state, index, reference) };
    }
    state.size = size;
    old_size as i64
}

/// `table.copy`, of which source and target may overlap. Validation made sure that both hold the same type.
pub fn copy(to: &TableState, from: &TableState, target: u64, source: u64, len: u64) -> Result<(), OutOfBounds> {
    if !in_bounds(from.size, source, len) || !in_bounds(to.size, target, len) {
        return Err(OutOfBounds);
    }
    let size = element_size(to);
    let source = core::ptr::with_exposed_provenance::<u8>((from.base + source * size) as usize);
    let target = core::ptr::with_exposed_provenance_mut::<u8>((to.base + target * size) as usize);
    // SAFETY: both ranges are in bounds.
    unsafe { core::ptr::copy(source, target, (len * size) as usize) };
    Ok(())
}

/// `table.fill`.
pub fn fill(state: &TableState, target: u64, reference: u64, len: u64) -> Result<(), OutOfBounds> {
    if !in_bounds(state.size, target, len) {
        return Err(OutOfBounds);
    }
    for index in target..target + len {
        // SAFETY: in bounds.
        unsafe { store(state, index, reference) };
    }
    Ok(())
}

/// `table.init`; `reference` reads an element of the segment.
///
/// # Safety
/// `reference` may be called with indices below the segment's length.
pub unsafe fn init(
    state: &TableState,
    segment: &SegmentState,
    [target, source, len]: [u64; 3],
    reference: unsafe fn(&SegmentState, u64) -> u64,
) -> Result<(), OutOfBounds> {
    if !in_bounds(segment.len, source, len) || !in_bounds(state.size, target, len) {
        return Err(OutOfBounds);
    }
    for index in 0..len {
        // SAFETY: in bounds of both.
        unsafe { store(state, target + index, reference(segment, source + index)) };
    }
    Ok(())
}

/// Element `index` of a segment of references.
///
/// # Safety
/// `index` is in bounds.
pub unsafe fn reference(segment: &SegmentState, index: u64) -> u64 {
    // SAFETY: the caller's.
    unsafe { *core::ptr::with_exposed_provenance::<u64>(segment.data as usize).add(index as usize) }
}

/// Element `index` of a segment of offsets to function records.
///
/// # Safety
/// `index` is in bounds.
pub unsafe fn function(segment: &SegmentState, index: u64) -> u64 {
    let address = segment.data + index * size_of::<i32>() as u64;
    // SAFETY: the caller's.
    let offset = unsafe { *core::ptr::with_exposed_provenance::<i32>(address as usize) };
    if offset == 0 { 0 } else { address.wrapping_add_signed(i64::from(offset)) }
}
