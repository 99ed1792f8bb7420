//! The process confines itself before WebAssembly code runs: by a seccomp filter to the system calls that the program's
//! imports need, and by Landlock to the directories that it was given.
//!
//! This is the second line of defence. The first is that generated code reaches nothing but linear memory, and that
//! the runtime opens no path but beneath a granted directory; it stands without this one. So a kernel that lacks
//! either, or may not be asked for it, is no reason not to run.

use crate::fd_table::{self, Node};
use crate::{arch, start};
use rustix::fd::{AsFd, AsRawFd};
use wexe_abi::program::FILTER_MAX;

/// Confines the process to the system calls of the program's filter. Any other one kills it.
pub fn confine() {
    let program = &start::PROGRAM;
    // SAFETY: the compiler's array.
    let instructions = unsafe { start::slice(program.filter, program.filter_len) };
    let mut filter = [0; FILTER_MAX];
    for (copy, instruction) in filter.iter_mut().zip(instructions) {
        *copy = *instruction;
    }
    if program.filter_process != 0
        && let Some(comparison) = filter.get_mut(program.filter_process as usize)
    {
        *comparison |= (rustix::process::getpid().as_raw_pid() as u64) << 32;
    }
    keep_privileges();
    let filter = libc::sock_fprog { len: instructions.len() as u16, filter: filter.as_mut_ptr().cast() };
    // There are no secrets in this process that its own code could speculate to; slowing all of it down is for nothing.
    let flags = libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW as usize;
    let operation = libc::SECCOMP_SET_MODE_FILTER as usize;
    // SAFETY: the kernel reads the filter. If it refuses, the process runs without.
    let _ = unsafe { arch::syscall(libc::SYS_seccomp, [operation, flags, &raw const filter as usize, 0, 0, 0]) };
}

/// Gives up gaining privileges by starting a program: only then may a process confine itself.
fn keep_privileges() {
    // SAFETY: changes nothing else.
    let _ = unsafe { arch::syscall(libc::SYS_prctl, [libc::PR_SET_NO_NEW_PRIVS as usize, 1, 0, 0, 0, 0]) };
}

/// Confines the process to what is beneath the directories that the program was given, which are open by now. It is
/// called for programs that have functions for directories.
#[unsafe(export_name = "wexe.confine_to_directories")]
extern "C" fn confine_to_directories() {
    // What fails here is the kernel's to refuse.
    let _ = restrict();
}

/// The kernel's `struct landlock_ruleset_attr`. Networks and signals are left to the filter.
#[repr(C)]
struct RulesetAttributes {
    handled_access_fs: u64,
}

/// The kernel's `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneath {
    allowed_access: u64,
    parent_fd: i32,
}

const EXECUTE: u64 = 1 << 0;
const READ_FILE: u64 = 1 << 2;
const READ_DIR: u64 = 1 << 3;
const TRUNCATE: u64 = 1 << 14;
const MAKE_SOCK: u64 = 1 << 9;
/// All there is in the second version: the first cannot allow renaming from one directory to another. Sockets are made
/// where `--net` says, which may be outside of the directories.
const SECOND_VERSION: u64 = (TRUNCATE - 1) & !MAKE_SOCK;

/// Confines the process by Landlock; the kernel's errno if it cannot.
fn restrict() -> Result<(), i32> {
    const VERSION: usize = 1;
    const PATH_BENEATH: usize = 1;
    // SAFETY: asks which version the kernel has.
    let version = unsafe { arch::syscall(libc::SYS_landlock_create_ruleset, [0, 0, VERSION, 0, 0, 0]) }?;
    let handled = match version {
        0 | 1 => return Err(libc::ENOSYS),
        2 => SECOND_VERSION,
        _ => SECOND_VERSION | TRUNCATE,
    };
    let attributes = RulesetAttributes { handled_access_fs: handled };
    let arguments = [&raw const attributes as usize, size_of::<RulesetAttributes>(), 0, 0, 0, 0];
    // SAFETY: the kernel reads the attributes.
    let ruleset = unsafe { arch::syscall(libc::SYS_landlock_create_ruleset, arguments) }?;
    for directory in fd_table::preopens() {
        let allowed = if directory.read_only { READ_FILE | READ_DIR } else { handled & !EXECUTE };
        let Node::Host(host) = directory.node() else { continue };
        let rule = PathBeneath { allowed_access: allowed, parent_fd: host.as_fd().as_raw_fd() };
        // SAFETY: the kernel reads the rule.
        unsafe {
            arch::syscall(libc::SYS_landlock_add_rule, [ruleset, PATH_BENEATH, &raw const rule as usize, 0, 0, 0])
        }?;
    }
    keep_privileges();
    // SAFETY: restricts this process; the descriptor was made above, and nothing else knows it.
    unsafe {
        arch::syscall(libc::SYS_landlock_restrict_self, [ruleset, 0, 0, 0, 0, 0])?;
        arch::syscall(libc::SYS_close, [ruleset, 0, 0, 0, 0, 0])?;
    }
    Ok(())
}
