//! The terminal that a program changed is what it was when the program ends: whether it exits, traps, runs out of time
//! or is ended by a signal. (Nothing helps against SIGKILL.)
//!
//! Nothing of this is in programs that do not change it. So what ends a program does not ask; programs that import
//! `tty_set` are compiled to call other functions instead (`RESTORING` in the compiler). Signals are handled from the
//! first change on: the terminal is put back, then the signal comes again, to whoever handled it before.

use crate::arch::{self, Action};
use crate::errno::Result;
use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicI32, Ordering};
use rustix::fd::{BorrowedFd, IntoRawFd};
use rustix::process::{Signal, getpgrp, getpid, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

/// Signals that end a process, and those of faults.
const SIGNALS: [i32; 19] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGUSR1,
    libc::SIGSEGV,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGTERM,
    libc::SIGSTKFLT,
    libc::SIGXCPU,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGIO,
    libc::SIGPWR,
];

/// What was before the first change.
struct Before {
    modes: MaybeUninit<Termios>,
    actions: [Action; SIGNALS.len()],
}

struct Saved(UnsafeCell<Before>);

// SAFETY: a program has one thread; its signal handlers come after this was written.
unsafe impl Sync for Saved {}

static SAVED: Saved =
    Saved(UnsafeCell::new(Before { modes: MaybeUninit::zeroed(), actions: [Action::DEFAULT; SIGNALS.len()] }));
/// A descriptor of the terminal that only the runtime has; 0 as long as nothing was changed.
static TERMINAL: AtomicI32 = AtomicI32::new(0);

/// Sets the modes of the terminal, and sees to it that they are put back.
pub fn set(terminal: BorrowedFd, modes: &Termios) -> Result<()> {
    if TERMINAL.load(Ordering::Relaxed) == 0 {
        let (before, own) = (tcgetattr(terminal)?, rustix::io::fcntl_dupfd_cloexec(terminal, 3)?);
        let actions = SIGNALS.map(Action::of);
        // SAFETY: nothing refers to it before the descriptor is known.
        unsafe { *SAVED.0.get() = Before { modes: MaybeUninit::new(before), actions } };
        TERMINAL.store(own.into_raw_fd(), Ordering::SeqCst);
        for (signal, action) in SIGNALS.into_iter().zip(actions) {
            if !action.is_ignored() {
                arch::handle_signal(signal, arch::Disposition::Handle(handle));
            }
        }
    }
    Ok(tcsetattr(terminal, OptionalActions::Now, modes)?)
}

/// Puts the terminal back, unless it is another process group's by now.
pub fn restore() {
    let terminal = TERMINAL.load(Ordering::SeqCst);
    if terminal == 0 {
        return;
    }
    // SAFETY: the descriptor is open and nobody else's; what was saved does not change any more.
    let (terminal, modes) = unsafe { (BorrowedFd::borrow_raw(terminal), (*SAVED.0.get()).modes.assume_init_ref()) };
    // One that does not control the process has no groups.
    if tcgetpgrp(terminal).is_ok_and(|group| group != getpgrp()) {
        return;
    }
    // If it is gone, there is nothing to put back.
    let _ = tcsetattr(terminal, OptionalActions::Now, modes);
}

/// What is called when a program that changes the terminal returns from its entry point.
#[unsafe(export_name = "wexe.restore_terminal")]
extern "C" fn at_end(_values: *mut [u8; 16]) {
    restore();
}

/// The signal handler.
unsafe extern "C" fn handle(signal: i32, info: *const libc::siginfo_t, _frame: *mut c_void) {
    restore();
    if let Some(index) = SIGNALS.iter().position(|&other| other == signal) {
        // SAFETY: what was saved does not change any more.
        let action = unsafe { (*SAVED.0.get()).actions.get(index) };
        if let Some(action) = action {
            action.put_back(signal);
        }
    }
    // A fault comes again by itself, when the instruction that caused it does.
    // SAFETY: the kernel's own structure.
    let fault = unsafe { (*info).si_code > 0 }
        && matches!(signal, libc::SIGSEGV | libc::SIGBUS | libc::SIGFPE | libc::SIGILL | libc::SIGTRAP);
    if !fault && let Some(signal) = Signal::from_named_raw(signal) {
        let _ = kill_process(getpid(), signal);
    }
}
