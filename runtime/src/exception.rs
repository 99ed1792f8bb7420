//! Exceptions: the search for a handler, and the memory that exceptions live in.
//!
//! A thrown exception is a package: a header and its fields. Programs hold references to packages on their stack, in
//! globals, in tables and in other packages, and never say when they are done with one. So the packages lie in an
//! arena of their own; when that is full, those that no word in any of these places points into are free (a
//! conservative mark and sweep: nothing moves, so generated code has to keep no records for it).
//!
//! ```text
//! EXCEPTIONS                 CURSOR GAP_END                   END              EXCEPTIONS + EXCEPTIONS_MAX_BYTES
//! │ package │ package │ free │ free │ package │ free │ package │ not mapped yet │ STARTS: a bit for each 16 bytes
//! ```
//!
//! A bit in `STARTS` says that a package begins there. Packages are placed at the cursor, which moves from gap to gap.

use crate::memory::map_at;
use crate::{arch, start, trap};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use rustix::mm::Advice;
use wexe_abi::layout::{EXCEPTION_FIELD_SIZE, EXCEPTIONS, EXCEPTIONS_MAX_BYTES, ExceptionHeader};
use wexe_abi::program::{Handler, HandlerTable, Module};
use wexe_abi::trap::Trap;

/// What the arena has at first; it doubles when more than half of it is in use.
const FIRST_BYTES: u64 = 512 << 10;
/// Packages are aligned to this, and so is their size.
const GRANULE: u64 = 16;
const STARTS: u64 = EXCEPTIONS + EXCEPTIONS_MAX_BYTES;

static CURSOR: AtomicU64 = AtomicU64::new(EXCEPTIONS);
static GAP_END: AtomicU64 = AtomicU64::new(EXCEPTIONS);
static END: AtomicU64 = AtomicU64::new(EXCEPTIONS);

/// A new exception package, or 0: there is no memory for any. Everything that the
/// program may hold a reference in lies above `stack`, its callee-saved registers included.
pub extern "C" fn new(tag: u64, len: u64, stack: u64) -> u64 {
    let size = size_of::<ExceptionHeader>() as u64 + len * EXCEPTION_FIELD_SIZE;
    let package = place(size)
        .or_else(|| {
            if collect(stack) > (END.load(Relaxed) - EXCEPTIONS) / 2 {
                grow();
            }
            place(size)
        })
        .or_else(|| {
            grow();
            place(size)
        });
    let Some(package) = package else { return 0 };
    // SAFETY: `place` found room for it.
    unsafe { *header(package) = ExceptionHeader { tag: tag as u32, len: len as u32, mark: 0 } };
    package
}

/// Room for a package of this size at the cursor or in a later gap.
fn place(size: u64) -> Option<u64> {
    let (mut cursor, mut gap_end) = (CURSOR.load(Relaxed), GAP_END.load(Relaxed));
    let end = END.load(Relaxed);
    while gap_end - cursor < size {
        if gap_end == end {
            return None;
        }
        // SAFETY: a package begins where a gap ends.
        cursor = gap_end + unsafe { package_size(gap_end) };
        gap_end = next_package(cursor);
    }
    CURSOR.store(cursor + size, Relaxed);
    GAP_END.store(gap_end, Relaxed);
    let (word, bit) = start_bit(cursor);
    // SAFETY: the arena is mapped up to its end, and so are its bits.
    unsafe { *word |= bit };
    Some(cursor)
}

/// Doubles the arena, if it may.
fn grow() {
    let end = END.load(Relaxed);
    let size = (end - EXCEPTIONS).max(FIRST_BYTES);
    let starts = (end - EXCEPTIONS) / (GRANULE * 8);
    if end + size > STARTS || map_at(STARTS + starts, size / (GRANULE * 8)).is_err() || map_at(end, size).is_err() {
        return;
    }
    END.store(end + size, Relaxed);
    if GAP_END.load(Relaxed) == end {
        GAP_END.store(end + size, Relaxed);
    }
}

fn header(package: u64) -> *mut ExceptionHeader {
    core::ptr::with_exposed_provenance_mut(package as usize)
}

/// # Safety
/// `package` is one.
unsafe fn package_size(package: u64) -> u64 {
    // SAFETY: the caller's.
    let fields = u64::from(unsafe { (*header(package)).len });
    size_of::<ExceptionHeader>() as u64 + fields * EXCEPTION_FIELD_SIZE
}

/// The bit that says whether a package begins at an address of the arena, and the word it is in.
fn start_bit(address: u64) -> (*mut u64, u64) {
    let granule = (address - EXCEPTIONS) / GRANULE;
    let word = STARTS + granule / 64 * 8;
    (core::ptr::with_exposed_provenance_mut(word as usize), 1 << (granule % 64))
}

/// The first package at or after an address; the end of the arena if there is none.
fn next_package(mut address: u64) -> u64 {
    let end = END.load(Relaxed);
    while address < end {
        let (word, bit) = start_bit(address);
        // SAFETY: the bits of the arena are mapped.
        let rest = unsafe { *word } & !(bit - 1);
        let first = address - u64::from(bit.trailing_zeros()) * GRANULE;
        if rest != 0 {
            return first + u64::from(rest.trailing_zeros()) * GRANULE;
        }
        address = first + 64 * GRANULE;
    }
    end
}

/// The package that a word points into, if it does.
fn package_at(word: u64) -> Option<u64> {
    if !(EXCEPTIONS..END.load(Relaxed)).contains(&word) {
        return None;
    }
    let (mut bits, bit) = start_bit(word);
    // SAFETY: the bits of the arena are mapped; the loop ends at the first of them.
    unsafe {
        let mut before = *bits & (bit | (bit - 1));
        let mut first = (word - EXCEPTIONS) / (64 * GRANULE) * (64 * GRANULE) + EXCEPTIONS;
        while before == 0 {
            if first == EXCEPTIONS {
                return None;
            }
            bits = bits.sub(1);
            before = *bits;
            first -= 64 * GRANULE;
        }
        let package = first + u64::from(before.ilog2()) * GRANULE;
        (word < package + package_size(package)).then_some(package)
    }
}

/// Packages found to be in use, whose fields are still to be looked at: a list linked by their marks.
struct Pending(u64);

/// The mark of the last in the list. Zero means: not found yet.
const LAST: u64 = 1;

impl Pending {
    /// Looks for references in the words of `[from, to)`.
    ///
    /// # Safety
    /// Mapped, and aligned to words.
    unsafe fn scan(&mut self, from: u64, to: u64) {
        for address in (from..to).step_by(8) {
            // SAFETY: the caller's.
            let word = unsafe { *core::ptr::with_exposed_provenance::<u64>(address as usize) };
            let Some(package) = package_at(word) else { continue };
            // SAFETY: found by its start bit.
            let mark = unsafe { &mut (*header(package)).mark };
            if *mark == 0 {
                *mark = self.0;
                self.0 = package;
            }
        }
    }

    /// Looks at the globals and tables of a module's instance, if there is one yet.
    fn scan_instance(&mut self, module: &Module) {
        let state = core::ptr::with_exposed_provenance_mut(module.state as usize);
        // This advice changes nothing; it is refused for memory that is not mapped.
        // SAFETY: as said.
        if unsafe { rustix::mm::madvise(state, module.state_size as usize, Advice::Normal) }.is_err() {
            return;
        }
        // SAFETY: mapped; the tables are the compiler's, and their states part of the instance's.
        unsafe {
            self.scan(module.state, module.state + module.state_size);
            for table in start::slice(module.tables, module.table_count) {
                let state = &*table.state;
                if table.in_state == 0 && state.is_func == 0 {
                    self.scan(state.base, state.base + state.size * 8);
                }
            }
        }
    }
}

/// Frees the packages that nothing refers to, and puts the cursor back to the first gap: the bytes that stay in use.
fn collect(stack: u64) -> u64 {
    let mut package = next_package(EXCEPTIONS);
    // SAFETY: packages, found by their start bits; everything scanned is mapped, the stack up to its end included.
    unsafe {
        while package < END.load(Relaxed) {
            (*header(package)).mark = 0;
            package = next_package(package + package_size(package));
        }
        let mut pending = Pending(LAST);
        pending.scan(stack, trap::stack_end());
        for module in start::modules() {
            pending.scan_instance(module);
        }
        while pending.0 != LAST {
            let package = pending.0;
            pending.0 = (*header(package)).mark;
            pending.scan(package + size_of::<ExceptionHeader>() as u64, package + package_size(package));
        }
    }
    let used = sweep();
    CURSOR.store(EXCEPTIONS, Relaxed);
    GAP_END.store(next_package(EXCEPTIONS), Relaxed);
    used
}

/// Frees the packages without a mark: the bytes of the others.
fn sweep() -> u64 {
    let mut used = 0;
    let mut package = next_package(EXCEPTIONS);
    while package < END.load(Relaxed) {
        // SAFETY: found by its start bit, which is mapped.
        unsafe {
            let size = package_size(package);
            if (*header(package)).mark == 0 {
                let (word, bit) = start_bit(package);
                *word &= !bit;
            } else {
                used += size;
            }
            package = next_package(package + size);
        }
    }
    used
}

/// Continues at the nearest handler for an exception, or returns the trap code if there is none.
///
/// `frame` is what lies below the frame of the generated code that throws: its frame pointer, then the return address.
///
/// # Safety
/// `exception` is a package, `frame` the first of a chain that ends with a null frame pointer.
pub unsafe extern "C" fn throw(exception: u64, mut frame: *const [u64; 2]) -> i32 {
    // SAFETY: the caller's.
    let tag = unsafe { (*header(exception)).tag };
    while !frame.is_null() {
        // SAFETY: the chain of generated code, in which every function keeps a frame pointer.
        let [caller, return_address] = unsafe { *frame };
        if let Some((code, offset)) = trap::code_at(return_address)
            && let Some(handler) = find(&code.handlers, offset, tag)
        {
            let pc = code.text as u64 + u64::from(handler.offset);
            // SAFETY: the compiler says that this call has this handler, and how large its frame is.
            unsafe { arch::resume(exception, pc, caller - u64::from(handler.frame_offset), caller) }
        }
        frame = core::ptr::with_exposed_provenance(caller as usize);
    }
    Trap::UncaughtException as i32
}

/// The handler for a tag at the call that returns to `offset`.
fn find(table: &HandlerTable, offset: u32, tag: u32) -> Option<&'static Handler> {
    // SAFETY: the compiler's arrays; there is one more `first` than there are sites, and it ends the handlers.
    let (sites, first) =
        unsafe { (start::slice(table.sites, table.site_count), start::slice(table.first, table.site_count + 1)) };
    // Not `binary_search`: shared with the search for traps it would not be inlined there, and programs would grow.
    let site = sites.partition_point(|&site| site < offset);
    if sites.get(site) != Some(&offset) {
        return None;
    }
    let (&from, &to) = (first.get(site)?, first.get(site + 1)?);
    // SAFETY: as above.
    let handlers = unsafe { start::slice(table.handlers.add(from as usize), u64::from(to.checked_sub(from)?)) };
    handlers.iter().find(|handler| handler.tag == tag || handler.tag == u32::MAX)
}
