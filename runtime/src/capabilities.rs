//! What the program was given when it was built: arguments, environment, directories.
//!
//! The environment of the process stays outside; its arguments go in, for whoever starts a program means to pass them.

use crate::{fd_table, sandbox, start, stderr};
use core::ffi::CStr;
use rustix::io::Errno;
use wexe_abi::capabilities::{Capability, decode};

fn granted() -> impl Iterator<Item = Capability<'static>> + Clone {
    let program = &start::PROGRAM;
    // SAFETY: the compiler's array.
    decode(unsafe { start::slice(program.capabilities, program.capabilities_len) })
}

/// The command line: the name that the program was given or the file name it was started by, then the arguments.
pub fn arguments() -> impl Iterator<Item = &'static [u8]> {
    let mut arguments = start::arguments().map(CStr::to_bytes);
    let started_as = arguments.next().unwrap_or_default();
    let file_name = started_as.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let arg0 = granted().find_map(|capability| match capability {
        Capability::Arg0(name) => Some(name.to_bytes()),
        _ => None,
    });
    core::iter::once(arg0.unwrap_or(file_name)).chain(arguments)
}

/// The environment variables that the program was given, each `NAME=value`.
pub fn environment() -> impl Iterator<Item = &'static [u8]> {
    granted().filter_map(|capability| match capability {
        Capability::Env(variable) => Some(variable.to_bytes()),
        _ => None,
    })
}

/// Opens the directories that the program was given, in their order. One that cannot be opened ends the process.
pub fn open_directories() {
    for capability in granted() {
        let Capability::Dir { host, guest, read_only } = capability else { continue };
        match sandbox::open_granted(host) {
            Ok(directory) => {
                if fd_table::insert_preopen(directory, guest, read_only).is_err() {
                    refuse(host, Errno::MFILE);
                }
            }
            Err(errno) => refuse(host, errno),
        }
    }
}

fn refuse(host: &CStr, errno: Errno) -> ! {
    stderr::message(|message| {
        message.text("cannot open the directory '").untrusted(host.to_bytes());
        message.text("' that this program was given: ");
        match errno {
            Errno::NOENT => message.text("it does not exist"),
            Errno::NOTDIR => message.text("it is not a directory"),
            Errno::ACCESS => message.text("permission denied"),
            Errno::MFILE | Errno::NFILE => message.text("too many open files"),
            Errno::LOOP => message.text("too many symbolic links"),
            _ => message.text("error ").decimal(errno.raw_os_error() as u64),
        };
        message.byte(b'\n');
    });
    crate::arch::exit(1)
}
