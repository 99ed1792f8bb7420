//! `--timeout`: a timer that ends the process, wherever the program is by then.

use crate::{arch, stderr};
use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// Exit status of a program that ran out of time, as of the command `timeout`.
const TIMED_OUT: i32 = 124;

/// How long the message may take, if nobody reads it, in milliseconds.
const PATIENCE: u64 = 100;

/// Whether time is up, and only the message is left.
static OVER: AtomicBool = AtomicBool::new(false);
/// The text that the time was given as.
static TEXT: AtomicPtr<u8> = AtomicPtr::new(core::ptr::null_mut());
static TEXT_LEN: AtomicUsize = AtomicUsize::new(0);

/// Ends the process when so much time has passed.
pub fn start(milliseconds: u64, text: &'static [u8]) {
    TEXT.store(text.as_ptr().cast_mut(), Ordering::Relaxed);
    TEXT_LEN.store(text.len(), Ordering::Relaxed);
    arch::handle_signal(libc::SIGALRM, arch::Disposition::HandleAgain(end));
    arch::start_timer(milliseconds, PATIENCE);
}

/// The handler of the timer's signal, which comes again while it writes the message if that takes long.
extern "C" fn end(_signal: i32, _info: *const libc::siginfo_t, _frame: *mut c_void) {
    if OVER.swap(true, Ordering::Relaxed) {
        arch::exit(TIMED_OUT)
    }
    // SAFETY: the text that `start` was given, before there was a signal.
    let text = unsafe { core::slice::from_raw_parts(TEXT.load(Ordering::Relaxed), TEXT_LEN.load(Ordering::Relaxed)) };
    stderr::fail(&[b"timeout: the program still ran after ", text], TIMED_OUT)
}
