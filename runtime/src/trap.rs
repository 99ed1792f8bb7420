//! From a hardware fault to what the user reads: the trap's name and a backtrace in the program's own function names.
//!
//! Wasm code has no bounds checks and no stack checks, so most traps are faults. Which trap it is follows from the
//! faulting address (a stack guard, the reach of a memory) or from the trap table of the module that the program
//! counter is in. A fault that is no trap is a bug of ours or damage from outside, and says so.

use crate::stderr::{self, Message};
use crate::{arch, start};
use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags};
use wexe_abi::layout::{
    GUARDED_REACH, LOW_MEMORY, SLOT_COUNT, SLOT_SIZE, SLOTS, STACK_GUARD, STACK_SIZE, STATE_BASE, STATE_END,
};
use wexe_abi::program::{ArrayCall, Code};
use wexe_abi::trap::Trap;

/// What signal handlers run on; room for the largest frame of extended registers.
const SIGNAL_STACK_SIZE: u64 = 64 << 10;
/// Frames that a backtrace shows.
const MAX_FRAMES: usize = 50;

/// Lowest address of the wasm stack, which its guard lies below.
static STACK: AtomicU64 = AtomicU64::new(0);
/// Whether a trap returns to the runtime instead of ending the process.
static CATCHING: AtomicBool = AtomicBool::new(false);

/// Maps the stacks and installs the signal handlers.
///
/// ```text
/// │ guard: never accessible │ wasm stack, grows down │ signal stack │
///                           ^ STACK
/// ```
pub fn install() {
    let usable = STACK_SIZE + SIGNAL_STACK_SIZE;
    // SAFETY: new memory, wherever the kernel finds room.
    let stack = unsafe {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::STACK;
        rustix::mm::mmap_anonymous(core::ptr::null_mut(), (STACK_GUARD + usable) as usize, ProtFlags::empty(), flags)
            .and_then(|guard| {
                let stack = guard.byte_add(STACK_GUARD as usize);
                rustix::mm::mprotect(stack, usable as usize, MprotectFlags::READ | MprotectFlags::WRITE)?;
                Ok(stack)
            })
    };
    let Ok(stack) = stack else {
        stderr::fail(&[b"cannot map the stack: address space or memory exhausted (see ulimit -v)"], 1)
    };
    // A huge page for the first few kilobytes of stack would cost more than all else at start. It may fail: then none
    // come.
    // SAFETY: the memory just mapped.
    let _ = unsafe { rustix::mm::madvise(stack, usable as usize, Advice::LinuxNoHugepage) };
    STACK.store(stack as u64, Ordering::Relaxed);
    arch::set_signal_stack(stack.wrapping_byte_add(STACK_SIZE as usize), SIGNAL_STACK_SIZE as usize);
    for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL] {
        arch::handle_signal(signal, arch::Disposition::Handle(handle));
    }
    // WASI reports a closed pipe, and a file that would be too long, as errors of the write.
    for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
        arch::handle_signal(signal, arch::Disposition::Ignore);
    }
}

/// The upper end of the wasm stack.
pub fn stack_end() -> u64 {
    STACK.load(Ordering::Relaxed) + STACK_SIZE
}

/// Calls an entry point of generated code on the wasm stack, if there is one. A trap ends the process.
pub fn call(entry: Option<ArrayCall>, values: &mut [[u8; 16]]) {
    if let Some(entry) = entry {
        let top = stack_end();
        // SAFETY: the stack is `install`'s; the entry is the compiler's and takes as many values as the caller knows.
        unsafe { arch::enter(entry, values.as_mut_ptr(), core::ptr::with_exposed_provenance_mut(top as usize)) };
    }
}

/// As [`call`], but returns the trap, if there was one.
pub fn catch(entry: Option<ArrayCall>, values: &mut [[u8; 16]]) -> Result<(), u32> {
    let Some(entry) = entry else { return Ok(()) };
    let top = stack_end();
    CATCHING.store(true, Ordering::Relaxed);
    // SAFETY: as in `call`.
    let code = unsafe { arch::enter(entry, values.as_mut_ptr(), core::ptr::with_exposed_provenance_mut(top as usize)) };
    CATCHING.store(false, Ordering::Relaxed);
    if code == 0 { Ok(()) } else { Err(code) }
}

/// The signal handler.
unsafe extern "C" fn handle(signal: i32, info: *const libc::siginfo_t, frame: *mut c_void) {
    // SAFETY: the kernel's own frame.
    let mut context = unsafe { arch::Context::new(frame) };
    // SAFETY: the kernel's own structure; the address is defined for these signals, and unused if it was sent by a
    // process.
    let (address, sent) = unsafe { ((*info).si_addr() as u64, (*info).si_code <= 0) };
    if signal == libc::SIGILL && !sent && context.skip_optional_probe() {
        return;
    }
    if let Some(feature) = arch::probed_feature() {
        let hint =
            b", which this CPU or its operating system lacks; build it with a lower --cpu (x86-64-v1, v2, v3 or v4)";
        stderr::fail(&[b"this executable needs the CPU feature ", feature.as_bytes(), hint], 1);
    }
    let trap = if sent { None } else { classify(signal, context.program_counter(), address) };
    match trap {
        Some(trap) if CATCHING.load(Ordering::Relaxed) => context.leave(trap as u32),
        Some(trap) => {
            stderr::message(|message| {
                message.text("trap: ").text(trap.message()).byte(b'\n');
                backtrace(message, &context);
            });
            arch::exit(stderr::ABORTED)
        }
        None => unexpected(signal, sent, address, &context),
    }
}

/// The trap that a fault stands for.
fn classify(signal: i32, program_counter: u64, address: u64) -> Option<Trap> {
    let stack = STACK.load(Ordering::Relaxed);
    if signal == libc::SIGSEGV && (stack - STACK_GUARD..stack).contains(&address) {
        return Some(Trap::CallStackExhausted);
    }
    let (code, offset) = code_at(program_counter)?;
    if let Some(trap) = listed_trap(code, offset) {
        return Some(trap);
    }
    let out_of_bounds = address < STATE_BASE
        || (STATE_END..LOW_MEMORY + GUARDED_REACH).contains(&address)
        || (SLOTS..SLOTS + SLOT_SIZE * SLOT_COUNT).contains(&address);
    (signal == libc::SIGSEGV && out_of_bounds).then_some(Trap::MemoryOutOfBounds)
}

/// The module's code that an address is in, and where there.
pub fn code_at(address: u64) -> Option<(&'static Code, u32)> {
    start::modules().find_map(|module| {
        let offset = address.wrapping_sub(module.code.text as u64);
        (offset < module.code.text_len).then_some((&module.code, offset as u32))
    })
}

/// What the trap table says of an instruction.
fn listed_trap(code: &Code, offset: u32) -> Option<Trap> {
    // SAFETY: the compiler's arrays.
    let (offsets, codes) =
        unsafe { (start::slice(code.trap_offsets, code.trap_count), start::slice(code.trap_codes, code.trap_count)) };
    let index = offsets.binary_search(&offset).ok()?;
    codes.get(index).copied().and_then(Trap::from_code)
}

/// Name of the function that an offset is in. Code of the compiler's own making has none.
fn function_name(code: &Code, offset: u32) -> Option<&'static [u8]> {
    // SAFETY: the compiler's arrays; there is one more name offset than functions, and it ends the names.
    let (functions, names) = unsafe {
        (
            start::slice(code.function_offsets, code.function_count),
            start::slice(code.name_offsets, code.function_count + 1),
        )
    };
    let index = functions.partition_point(|&start| start <= offset).checked_sub(1)?;
    let (&from, &to) = (names.get(index)?, names.get(index + 1)?);
    // SAFETY: as above.
    let text = unsafe { start::slice(code.names.add(from as usize), u64::from(to.checked_sub(from)?)) };
    (!text.is_empty()).then_some(text)
}

/// Appends the wasm functions that were active, innermost first, by following the chain of frame pointers.
fn backtrace(message: &mut Message, context: &arch::Context) {
    let stack = STACK.load(Ordering::Relaxed);
    let mut count = 0;
    let mut show = |address: u64| {
        let Some(name) = code_at(address).and_then(|(code, offset)| function_name(code, offset)) else {
            return;
        };
        if count < MAX_FRAMES {
            message.text("    ").decimal(count as u64).text(": ").untrusted(name).byte(b'\n');
        }
        count += 1;
    };
    show(context.program_counter());
    let mut frame = context.frame_pointer();
    while frame >= stack && frame <= stack + STACK_SIZE - 16 && frame.is_multiple_of(8) {
        let words = core::ptr::with_exposed_provenance::<u64>(frame as usize);
        // SAFETY: two words inside the wasm stack.
        let (caller, return_address) = unsafe { (*words, *words.add(1)) };
        show(return_address - 1); // in the call instruction: what follows may be another function
        if caller <= frame {
            break;
        }
        frame = caller;
    }
    if count > MAX_FRAMES {
        message.text("    and ").decimal((count - MAX_FRAMES) as u64).text(" more\n");
    }
}

/// Ends the process for a signal that is no trap.
fn unexpected(signal: i32, sent: bool, address: u64, context: &arch::Context) -> ! {
    let name = match signal {
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        _ => "SIGILL",
    };
    stderr::message(|message| {
        if sent {
            message.text("killed by ").text(name).byte(b'\n');
            return;
        }
        message.text("internal error: ").text(name).text(" at ").hex(address).text(", pc = image + ");
        message.hex(context.program_counter().wrapping_sub(arch::image_base()));
        if signal == libc::SIGBUS {
            message.text(" (was the executable overwritten while it ran?)");
        }
        message.byte(b'\n');
        backtrace(message, context);
    });
    arch::exit(stderr::ABORTED)
}
