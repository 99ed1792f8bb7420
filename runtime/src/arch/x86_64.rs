//! x86-64: process entry, the switch to the wasm stack and back, signal frames, CPU features, raw system calls.
//!
//! [`enter`] keeps one catch point: a trap leaves wasm by rewriting the signal frame so that the kernel itself returns to
//! [`leave`] (not by jumping out of the handler), which restores the signal mask and the alternate stack's state as well.

use core::arch::{asm, naked_asm};
use core::ffi::c_void;
use core::sync::atomic::AtomicUsize;
use wexe_abi::program::{ArrayCall, CPU_FEATURES};

/// Process entries: apply the image's own relocations before any other Rust code runs, then go on with the kernel's
/// argument block.
macro_rules! entries {
    ($($symbol:literal $name:ident => $main:path;)*) => {
        $(
            #[unsafe(export_name = $symbol)]
            #[unsafe(naked)]
            unsafe extern "C" fn $name() -> ! {
                naked_asm!(
                    "xor ebp, ebp",
                    "mov rbx, rsp",
                    "lea rdi, [rip + __ehdr_start]",
                    "lea rsi, [rip + _DYNAMIC]",
                    ".hidden __ehdr_start",
                    ".hidden _DYNAMIC",
                    "call {relocate}",
                    "mov rdi, rbx",
                    "call {main}",
                    "ud2",
                    relocate = sym crate::start::relocate,
                    main = sym $main,
                )
            }
        )*
    };
}

entries! {
    "_start" start => crate::start::command;
    "_start_invoke" start_invoke => crate::invoke::main;
    "_start_script" start_script => crate::script::main;
}

/// Address of the ELF header: the lowest address of the image.
pub fn image_base() -> u64 {
    let base: u64;
    // SAFETY: only computes an address.
    unsafe {
        asm!("lea {}, [rip + __ehdr_start]", out(reg) base, options(pure, nomem, nostack, preserves_flags));
    }
    base
}

/// The runtime's stack pointer while wasm runs.
static CATCH: AtomicUsize = AtomicUsize::new(0);

/// Calls wasm code on the stack that ends at `stack`. Returns 0, or what [`Context::leave`] was given.
///
/// # Safety
/// `stack` is the 16-aligned upper end of a stack, `call` is generated code and `values` what it takes. Not reentrant.
#[unsafe(naked)]
pub unsafe extern "C" fn enter(call: ArrayCall, values: *mut [u8; 16], stack: *mut c_void) -> u32 {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rip + {catch}], rsp",
        "mov rsp, rdx",
        "mov rax, rdi",
        "mov rdi, rsi",
        "xor ebp, ebp", // ends the chain of frames
        "call rax",
        "xor eax, eax",
        "jmp {leave}",
        catch = sym CATCH,
        leave = sym leave,
    )
}

/// Returns from [`enter`] with `eax`.
#[unsafe(naked)]
unsafe extern "C" fn leave() {
    naked_asm!(
        "mov rsp, [rip + {catch}]",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        catch = sym CATCH,
    )
}

/// The registers of interrupted code, in the kernel's signal frame.
pub struct Context<'a>(&'a mut libc::ucontext_t);

impl<'a> Context<'a> {
    /// # Safety
    /// `frame` is the third argument of a signal handler.
    pub unsafe fn new(frame: *mut c_void) -> Context<'a> {
        // SAFETY: the kernel passes a ucontext, of which nothing else has a reference.
        Context(unsafe { &mut *frame.cast() })
    }

    pub fn program_counter(&self) -> u64 {
        self.0.uc_mcontext.gregs[libc::REG_RIP as usize] as u64
    }

    pub fn frame_pointer(&self) -> u64 {
        self.0.uc_mcontext.gregs[libc::REG_RBP as usize] as u64
    }

    /// Makes [`enter`] return `code` as soon as the signal handler returns.
    pub fn leave(&mut self, code: u32) {
        let registers = &mut self.0.uc_mcontext.gregs;
        registers[libc::REG_RIP as usize] = leave as *const () as i64;
        registers[libc::REG_RAX as usize] = i64::from(code);
        registers[libc::REG_EFL as usize] &= !(1 << 10); // the direction flag may be set inside a `rep` copy
    }
}

/// The kernel's `struct sigaction`.
#[repr(C)]
struct SignalAction {
    handler: usize,
    flags: u64,
    restorer: unsafe extern "C" fn(),
    mask: u64,
}

/// What a signal handler is called with: number, `siginfo_t` and frame.
pub type SignalHandler = unsafe extern "C" fn(i32, *const libc::siginfo_t, *mut c_void);

/// What happens to a signal.
pub enum Disposition {
    /// What the kernel does by itself.
    Default,
    Ignore,
    /// Handled on the alternate stack.
    Handle(SignalHandler),
}

/// Decides what happens to `signal`.
pub fn handle_signal(signal: i32, disposition: Disposition) {
    const SA_RESTORER: u64 = 0x0400_0000;
    let flags = (libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER) as u64 | SA_RESTORER;
    let handler = match disposition {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Handle(handler) => handler as usize,
    };
    let action = SignalAction { handler, flags, restorer, mask: 0 };
    // SAFETY: `action` is what the kernel reads; it writes nothing. It only fails for signals that nobody can handle.
    let _ = unsafe { syscall(libc::SYS_rt_sigaction, [signal as usize, &raw const action as usize, 0, 8, 0, 0]) };
}

/// Returns from a signal handler.
#[unsafe(naked)]
unsafe extern "C" fn restorer() {
    naked_asm!("mov eax, {number}", "syscall", number = const libc::SYS_rt_sigreturn)
}

/// Makes `[base, base + len)` the stack of signal handlers.
pub fn set_signal_stack(base: *mut c_void, len: usize) {
    let stack = libc::stack_t { ss_sp: base, ss_flags: 0, ss_size: len };
    // SAFETY: the kernel reads `stack`; the memory is reserved for this purpose by the caller.
    let _ = unsafe { syscall(libc::SYS_sigaltstack, [&raw const stack as usize, 0, 0, 0, 0, 0]) };
}

/// A system call that rustix lacks, or that takes guest memory as raw pointers: the result, or the kernel's errno.
///
/// # Safety
/// As the system call's own.
#[inline(always)]
pub unsafe fn syscall(number: libc::c_long, arguments: [usize; 6]) -> Result<usize, i32> {
    let [a, b, c, d, e, f] = arguments;
    let result: isize;
    // SAFETY: the caller answers for what the call does; the kernel clobbers rcx and r11.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    if result < 0 { Err(-result as i32) } else { Ok(result as usize) }
}

/// Writes to a descriptor: the number of bytes written, or the kernel's errno.
pub fn write(descriptor: i32, bytes: &[u8]) -> Result<usize, i32> {
    // SAFETY: the kernel reads `bytes`.
    unsafe { syscall(libc::SYS_write, [descriptor as usize, bytes.as_ptr() as usize, bytes.len(), 0, 0, 0]) }
}

/// Ends the process, all threads of it.
pub fn exit(status: i32) -> ! {
    loop {
        // SAFETY: does not return.
        let _ = unsafe { syscall(libc::SYS_exit_group, [status as usize, 0, 0, 0, 0, 0]) };
    }
}

/// Where CPUID tells of a feature.
#[derive(Clone, Copy)]
enum Leaf {
    Basic,
    Extended,
    ExtendedC,
    Amd,
}

/// Register state that the operating system must save, as bits of XCR0.
const NO_STATE: u64 = 0;
const AVX_STATE: u64 = 0x06;
const AVX512_STATE: u64 = 0xe6;

/// In the order of [`CPU_FEATURES`]: leaf, bit and register state.
const FEATURES: [(Leaf, u8, u64); CPU_FEATURES.len()] = [
    (Leaf::Basic, 0, NO_STATE),
    (Leaf::Basic, 9, NO_STATE),
    (Leaf::Basic, 19, NO_STATE),
    (Leaf::Basic, 20, NO_STATE),
    (Leaf::Basic, 23, NO_STATE),
    (Leaf::Basic, 13, NO_STATE),
    (Leaf::Basic, 28, AVX_STATE),
    (Leaf::Extended, 5, AVX_STATE),
    (Leaf::Basic, 12, AVX_STATE),
    (Leaf::Extended, 3, NO_STATE),
    (Leaf::Extended, 8, NO_STATE),
    (Leaf::Amd, 5, NO_STATE),
    (Leaf::Extended, 16, AVX512_STATE),
    (Leaf::Extended, 31, AVX512_STATE),
    (Leaf::Extended, 17, AVX512_STATE),
    (Leaf::ExtendedC, 12, AVX512_STATE),
    (Leaf::ExtendedC, 1, AVX512_STATE),
    (Leaf::Extended, 30, AVX512_STATE),
    (Leaf::Extended, 28, AVX512_STATE),
];

/// The first of the features (bits of [`CPU_FEATURES`]) that this CPU or its operating system does not have.
///
/// CPUID is slow in a virtual machine, so only the leaves that matter are asked for.
pub fn missing_feature(needed: u64) -> Option<&'static str> {
    const OSXSAVE: u32 = 1 << 27;
    if needed == 0 {
        return None;
    }
    let basic = core::arch::x86_64::__cpuid(1).ecx;
    let state = if basic & OSXSAVE != 0 { enabled_state() } else { 0 };
    let (mut extended, mut amd) = (None, None);
    for (index, (&(leaf, bit, needed_state), &name)) in FEATURES.iter().zip(CPU_FEATURES).enumerate() {
        if needed >> index & 1 == 0 {
            continue;
        }
        let mut extended = || *extended.get_or_insert_with(extended_features);
        let register = match leaf {
            Leaf::Basic => basic,
            Leaf::Extended => extended().0,
            Leaf::ExtendedC => extended().1,
            Leaf::Amd => *amd.get_or_insert_with(|| core::arch::x86_64::__cpuid(0x8000_0001).ecx),
        };
        if register >> bit & 1 == 0 || state & needed_state != needed_state {
            return Some(name);
        }
    }
    None
}

fn extended_features() -> (u32, u32) {
    if core::arch::x86_64::__cpuid(0).eax < 7 {
        return (0, 0);
    }
    let leaf = core::arch::x86_64::__cpuid_count(7, 0);
    (leaf.ebx, leaf.ecx)
}

/// XCR0: the register state that the operating system saves.
fn enabled_state() -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: the caller has seen that the operating system enabled the instruction.
    unsafe {
        asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") high, options(nomem, nostack, preserves_flags));
    }
    u64::from(high) << 32 | u64::from(low)
}
