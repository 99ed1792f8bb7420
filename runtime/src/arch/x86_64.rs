//! x86-64: process entry, the switch to the wasm stack and back, signal frames, CPU features, raw system calls.
//!
//! [`enter`] keeps one catch point: a trap leaves wasm by rewriting the signal frame so that the kernel itself returns
//! to [`leave`] (not by jumping out of the handler), which restores the signal mask and the alternate stack's state as
//! well.

use crate::mem::Way;
use core::arch::{asm, naked_asm};
use core::ffi::c_void;
use core::sync::atomic::{AtomicUsize, Ordering};
use rustix::fd::{FromRawFd, OwnedFd};
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

/// The builtin `exception_new`: hands on the stack pointer as well, above which it has put the registers that may hold
/// references.
#[unsafe(export_name = "wexe.exception_new")]
#[unsafe(naked)]
unsafe extern "C" fn exception_new(tag: u64, len: u64) -> u64 {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov rdx, rsp",
        "call {new}",
        "leave",
        "ret",
        new = sym crate::exception::new,
    )
}

/// The builtin `throw`: hands on its own frame, from which the search goes outwards.
#[unsafe(export_name = "wexe.throw")]
#[unsafe(naked)]
unsafe extern "C" fn throw(exception: u64) -> i32 {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "mov rsi, rbp",
        "call {throw}",
        "pop rbp",
        "ret",
        throw = sym crate::exception::throw,
    )
}

/// Continues in generated code at the handler `pc`, with its stack and frame pointer and the exception in the first
/// payload register.
///
/// # Safety
/// The frame is that of generated code which has a handler there.
#[unsafe(naked)]
pub unsafe extern "C" fn resume(exception: u64, pc: u64, stack: u64, frame: u64) -> ! {
    naked_asm!("mov rax, rdi", "mov rsp, rdx", "mov rbp, rcx", "jmp rsi")
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

    /// Whether the fault was that the CPU or its operating system lacks [`widest_way`]'s instruction: then goes on
    /// behind it.
    pub fn skip_optional_probe(&mut self) -> bool {
        let optional = PROBED.load(Ordering::Relaxed) == OPTIONAL;
        if optional {
            self.0.uc_mcontext.gregs[libc::REG_RIP as usize] += OPTIONAL_LEN;
        }
        optional
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
    /// The same, also while it is being handled.
    HandleAgain(SignalHandler),
}

/// Decides what happens to `signal`.
pub fn handle_signal(signal: i32, disposition: Disposition) {
    const SA_RESTORER: u64 = 0x0400_0000;
    let (handler, more_flags) = match disposition {
        Disposition::Default => (libc::SIG_DFL, 0),
        Disposition::Ignore => (libc::SIG_IGN, 0),
        Disposition::Handle(handler) => (handler as usize, 0),
        Disposition::HandleAgain(handler) => (handler as usize, libc::SA_NODEFER),
    };
    let flags = (libc::SA_SIGINFO | libc::SA_ONSTACK | more_flags) as u64 | SA_RESTORER;
    let action = SignalAction { handler, flags, restorer, mask: 0 };
    // SAFETY: `action` is what the kernel reads; it writes nothing. It only fails for signals that nobody can handle.
    let _ = unsafe { syscall(libc::SYS_rt_sigaction, [signal as usize, &raw const action as usize, 0, 8, 0, 0]) };
}

/// What happened to a signal, as the kernel has it.
#[derive(Clone, Copy)]
pub struct Action([u64; 4]);

impl Action {
    pub const DEFAULT: Action = Action([0; 4]);

    /// What happens to `signal` now.
    pub fn of(signal: i32) -> Action {
        let mut action = Action::DEFAULT;
        let arguments = [signal as usize, 0, &raw mut action.0 as usize, 8, 0, 0];
        // SAFETY: the kernel stores an action, which has this size.
        let _ = unsafe { syscall(libc::SYS_rt_sigaction, arguments) };
        action
    }

    pub fn is_ignored(self) -> bool {
        let Action([handler, ..]) = self;
        handler == libc::SIG_IGN as u64
    }

    /// Makes it happen to `signal` again.
    pub fn put_back(&self, signal: i32) {
        // SAFETY: the kernel reads what it stored before.
        let _ = unsafe { syscall(libc::SYS_rt_sigaction, [signal as usize, &raw const self.0 as usize, 0, 8, 0, 0]) };
    }
}

/// Raises SIGALRM when so much time has passed, and again each time that `interval` has, even if who started the
/// process had that signal blocked.
pub fn start_timer(milliseconds: u64, interval: u64) {
    let timer = [interval, milliseconds].map(|time| [time / 1000, time % 1000 * 1000]);
    let signals = 1u64 << (libc::SIGALRM - 1);
    // SAFETY: the kernel reads `timer` and `signals`; both calls have what they need.
    unsafe {
        let unblock = [libc::SIG_UNBLOCK as usize, &raw const signals as usize, 0, size_of_val(&signals), 0, 0];
        let _ = syscall(libc::SYS_rt_sigprocmask, unblock);
        let _ = syscall(libc::SYS_setitimer, [libc::ITIMER_REAL as usize, &raw const timer as usize, 0, 0, 0, 0]);
    }
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

/// A pipe: where it is read, and where it is written.
pub fn pipe() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: the kernel stores two descriptors, which belong to nobody else.
    unsafe {
        syscall(libc::SYS_pipe2, [ends.as_mut_ptr() as usize, libc::O_CLOEXEC as usize, 0, 0, 0, 0])
            .map_err(rustix::io::Errno::from_raw_os_error)?;
        let [read, write] = ends;
        Ok((OwnedFd::from_raw_fd(read), OwnedFd::from_raw_fd(write)))
    }
}

/// Ends the process, all threads of it.
pub fn exit(status: i32) -> ! {
    loop {
        // SAFETY: does not return.
        let _ = unsafe { syscall(libc::SYS_exit_group, [status as usize, 0, 0, 0, 0, 0]) };
    }
}

/// The feature that is being probed, counted from 1, or [`OPTIONAL`]; 0 otherwise.
static PROBED: AtomicUsize = AtomicUsize::new(0);

/// The feature whose probe was interrupted by an illegal instruction.
pub fn probed_feature() -> Option<&'static str> {
    CPU_FEATURES.get(PROBED.load(Ordering::Relaxed).wrapping_sub(1)).copied()
}

/// Executes an instruction of each feature of which `needed` has the bit.
macro_rules! probe {
    ($($index:literal $feature:literal: $($instruction:literal),+;)*) => {
        const _: () = { $(assert!(matches!(CPU_FEATURES[$index].as_bytes(), $feature)));* };

        /// Executes one instruction of each CPU feature that is needed (bits of [`CPU_FEATURES`]), so that one which
        /// the CPU or its operating system lacks raises SIGILL now, with [`probed_feature`] telling which.
        ///
        /// Asking by CPUID would be the usual way, but every CPUID in a virtual machine is a round trip to its host:
        /// the four that are needed take a fifth of the time that a small program runs.
        #[unsafe(naked)]
        pub extern "C" fn probe_features(needed: u64) {
            naked_asm!(
                "push rbp",
                "mov rbp, rsp",
                "sub rsp, 16",
                $(
                    concat!("bt rdi, ", $index),
                    "jnc 2f",
                    concat!("mov qword ptr [rip + {probed}], ", $index, " + 1"),
                    $($instruction,)+
                    "2:",
                )*
                "mov qword ptr [rip + {probed}], 0",
                "leave",
                "ret",
                probed = sym PROBED,
            )
        }
    };
}

probe! {
    0 b"sse3": "addsubps xmm0, xmm0";
    1 b"ssse3": "pshufb xmm0, xmm0";
    2 b"sse4.1": "ptest xmm0, xmm0";
    3 b"sse4.2": "pcmpgtq xmm0, xmm0";
    4 b"popcnt": "popcnt eax, eax";
    5 b"cx16": "cmpxchg16b [rsp]";
    6 b"avx": "vtestps xmm0, xmm0";
    7 b"avx2": "vpsllvd xmm0, xmm0, xmm0";
    8 b"fma": "vfmadd132ss xmm0, xmm0, xmm0";
    9 b"bmi1": "andn eax, eax, eax";
    10 b"bmi2": "shlx eax, eax, eax";
    // Where there is no LZCNT this is BSR, which finds bit 0 and not 31 zeros.
    11 b"lzcnt": "mov eax, 1", "lzcnt eax, eax", "test eax, eax", "jnz 2f", "ud2";
    12 b"avx512f": "kortestw k0, k0";
    13 b"avx512vl": "vpabsq xmm0, xmm0";
    14 b"avx512dq": "kortestb k0, k0";
    15 b"avx512bitalg": "vpopcntb zmm0, zmm0", "vzeroupper";
    16 b"avx512vbmi": "vpermb zmm0, zmm0, zmm0", "vzeroupper";
    17 b"avx512bw": "kortestd k0, k0";
    18 b"avx512cd": "vplzcntd zmm0, zmm0", "vzeroupper";
}

/// [`PROBED`] while [`widest_way`] asks.
const OPTIONAL: usize = usize::MAX;
/// Bytes of its instruction.
const OPTIONAL_LEN: i64 = 6;

/// How [`crate::mem`] may copy in a program that needs these features (bits of [`CPU_FEATURES`]): with AVX2 if they say
/// so, and with AVX-512 if the CPU has its half-precision numbers as well, for which it executes an instruction of
/// them.
///
/// Most machines without it need not be interrupted: the operating system enables none of the registers, as XGETBV
/// tells, which goes with AVX and is no round trip.
pub fn widest_way(needed: u64) -> Way {
    const AVX2: u64 = 1 << 7;
    const _: () = assert!(matches!(CPU_FEATURES[AVX2.trailing_zeros() as usize].as_bytes(), b"avx2"));
    /// SSE, AVX, mask registers, and the two parts of what AVX-512 adds to the vectors.
    const ENABLED: u32 = 0b1110_0110;
    if needed & AVX2 == 0 {
        return Way::Sse2;
    }
    let has_avx512: u32;
    // SAFETY: XGETBV is there where AVX2 is. VMOVW takes 1 from one register to another, or `handle` skips it.
    unsafe {
        asm!(
            "xgetbv",
            "and eax, {ENABLED}",
            "cmp eax, {ENABLED}",
            "mov eax, 0",
            "jne 2f",
            "mov ecx, 1",
            "vmovd xmm0, ecx",
            "mov qword ptr [rip + {probed}], {OPTIONAL}",
            "vmovw eax, xmm0",
            "mov qword ptr [rip + {probed}], 0",
            "2:",
            ENABLED = const ENABLED,
            OPTIONAL = const OPTIONAL as i64,
            probed = sym PROBED,
            inout("ecx") 0 => _, out("eax") has_avx512, out("edx") _, out("xmm0") _,
            options(nostack),
        );
    }
    if has_avx512 == 0 { Way::Avx2 } else { Way::Avx512 }
}
