//! Randomness.

use crate::errno::Result;
use crate::memory::{self, Bytes};
use crate::{transfer, vdso};
use core::cell::UnsafeCell;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use wexe_abi::types::{Pointer, Size};

/// Fills `buf_len` bytes at `buf` with random numbers of the kernel, however many they are.
///
/// Errors: `fault` if the buffer would leave memory.
///
/// Source: `random_get` in wasi_snapshot_preview1.witx.
pub fn random_get(buf: Pointer, buf_len: Size) -> Result<()> {
    let mut buffer = memory::bytes(buf, buf_len)?;
    while !buffer.is_empty() {
        let Some(filled) = from_vdso(buffer) else { return transfer::fill_random(buffer) };
        buffer = buffer.part(filled, buffer.len() - filled)?;
    }
    Ok(())
}

/// The vDSO's `getrandom` (Linux 6.11): a system call only when it has to begin anew. Its arguments are those of the
/// system call, and the generator's state with its size.
type GetRandom = unsafe extern "C" fn(*mut u8, usize, u32, *mut State, usize) -> isize;

/// What the vDSO asks for when it is asked how its state is to be kept.
#[repr(C)]
struct Parameters {
    state_len: u32,
    protection: u32,
    flags: u32,
    reserved: [u32; 13],
}

/// Room for a state, which must not be on two pages. Nothing forks here, so it needs none of the kernel's care for
/// that.
#[repr(C, align(512))]
struct State(UnsafeCell<[u8; 512]>);

// SAFETY: only `from_vdso` uses it, and programs have one thread.
unsafe impl Sync for State {}

static STATE: State = State(UnsafeCell::new([0; 512]));
/// Null before the first call; afterwards the function, or [`ABSENT`].
static FUNCTION: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
const ABSENT: *mut () = ptr::dangling_mut();
/// How many bytes of the room the function wants.
static STATE_LEN: AtomicUsize = AtomicUsize::new(0);

/// How many bytes the vDSO has filled, if it does that at all: of very many, not all at once.
fn from_vdso(buffer: Bytes) -> Option<usize> {
    let mut function = FUNCTION.load(Ordering::Relaxed);
    if function.is_null() {
        function = find().unwrap_or(ABSENT);
        FUNCTION.store(function, Ordering::Relaxed);
    }
    if function == ABSENT {
        return None;
    }
    let (state, state_len) = (ptr::from_ref(&STATE).cast_mut(), STATE_LEN.load(Ordering::Relaxed));
    // SAFETY: `find` found a function of this type, and room enough for its state; the buffer is guest memory.
    let filled = unsafe {
        let function = core::mem::transmute::<*mut (), GetRandom>(function);
        function(buffer.as_ptr(), buffer.len(), 0, state, state_len)
    };
    usize::try_from(filled).ok().filter(|filled| (1..=buffer.len()).contains(filled))
}

fn find() -> Option<*mut ()> {
    let function = vdso::function(c"__vdso_getrandom")?.cast_mut();
    // SAFETY: all zero is a value of its type.
    let mut parameters = unsafe { core::mem::zeroed::<Parameters>() };
    // SAFETY: with this size, the vDSO writes its parameters instead of using a state (uapi `linux/random.h`).
    let status = unsafe {
        let function = core::mem::transmute::<*mut (), GetRandom>(function);
        function(ptr::null_mut(), 0, 0, ptr::from_mut(&mut parameters).cast(), usize::MAX)
    };
    let state_len = parameters.state_len as usize;
    STATE_LEN.store(state_len, Ordering::Relaxed);
    (status == 0 && state_len <= size_of::<State>()).then_some(function)
}
