//! What the program was given: arguments, environment, directories, streams, limits.
//!
//! It was given them when it was built; whoever runs it can change them by `WEXE_` variables, unless it is locked. The
//! environment of the process stays outside otherwise; its arguments go in, for whoever starts a program means to pass
//! them. Programs without any of this pay for one look at the environment.

use crate::{fd_table, memory, sandbox, start, stderr, timeout};
use core::cell::UnsafeCell;
use core::ffi::CStr;
use rustix::fd::{AsRawFd, IntoRawFd};
use rustix::fs::OFlags;
use rustix::io::Errno;
use wexe_abi::capabilities::{ADD, Capability, Decode, LOCKED, Number, PREFIX, SEPARATOR, VARIABLES, decode};
use wexe_abi::grants::{self, Dir, Env, Stream};

/// Values of the `WEXE_` variables that are to be heeded.
struct Variables(UnsafeCell<[Option<&'static [u8]>; Capability::ALL.len()]>);

// SAFETY: only `apply` writes to it, before the program starts.
unsafe impl Sync for Variables {}

static SET: Variables = Variables(UnsafeCell::new([None; Capability::ALL.len()]));

fn built_in() -> Decode<'static> {
    let program = &start::PROGRAM;
    // SAFETY: the compiler's array.
    decode(unsafe { start::slice(program.capabilities, program.capabilities_len) })
}

/// All values that an option has: those of the executable, then those of its variable, which can also replace them.
pub fn values(capability: Capability) -> Values {
    let many = capability.number() == Number::Many;
    // SAFETY: nothing writes to it any more.
    let (variable, replaced) = match unsafe { &*SET.0.get() }.get(capability as usize) {
        Some(Some([ADD, added @ ..])) if many => (added, false),
        Some(Some(text)) => (*text, true),
        _ => (&[][..], false),
    };
    Values { built_in: if replaced { decode(&[]) } else { built_in() }, letter: capability.letter(), variable, many }
}

/// Iterator over the values of an option.
#[derive(Clone)]
pub struct Values {
    built_in: Decode<'static>,
    letter: u8,
    /// What is left of the variable's values.
    variable: &'static [u8],
    many: bool,
}

impl Iterator for Values {
    type Item = &'static [u8];

    fn next(&mut self) -> Option<&'static [u8]> {
        if let Some((_, text)) = self.built_in.find(|(letter, _)| *letter == self.letter) {
            return Some(text);
        }
        while !self.variable.is_empty() {
            let text = self.variable;
            let end = text.iter().position(|&byte| self.many && byte == SEPARATOR).unwrap_or(text.len());
            self.variable = text.get(end + 1..).unwrap_or_default();
            if let Some(value @ [_, ..]) = text.get(..end) {
                return Some(value);
            }
        }
        None
    }
}

/// The value of an option that has one.
fn value(capability: Capability) -> Option<&'static [u8]> {
    values(capability).last()
}

/// Ends the process because of a value that is none. The tool let none of them pass, so it is a variable's.
pub fn refuse_value(capability: Capability, text: &[u8]) -> ! {
    let line = lines().nth(capability as usize).unwrap_or_default();
    stderr::fail(&[b"expected WEXE_", line, b", not '", text, b"'"], 1)
}

/// A line `NAME=SYNTAX` for each variable.
fn lines() -> impl Iterator<Item = &'static [u8]> {
    VARIABLES.as_bytes().split(|&byte| byte == b'\n')
}

/// What `parse` makes of a value.
fn parsed<T>(capability: Capability, text: &'static [u8], parse: fn(&'static [u8]) -> Option<T>) -> T {
    parse(text).unwrap_or_else(|| refuse_value(capability, text))
}

/// Sets limits and opens streams, if there is any word of them.
pub fn apply() {
    let locked = built_in().any(|(letter, _)| letter == LOCKED);
    let mut given = start::PROGRAM.capabilities_len != 0;
    for variable in start::environment(PREFIX).filter(|_| !locked) {
        heed(variable);
        given = true;
    }
    if !given {
        return;
    }
    require_built_in(Capability::Trace);
    require_built_in(Capability::Profile);
    if let Some(text) = value(Capability::Timeout) {
        timeout::start(parsed(Capability::Timeout, text, grants::duration), text);
    }
    if let Some(text) = value(Capability::MaxMemory) {
        memory::limit(parsed(Capability::MaxMemory, text, grants::size));
    }
    for capability in [Capability::Stdin, Capability::Stdout, Capability::Stderr] {
        if let Some(text) = value(capability) {
            open_stream(capability, parsed(capability, text, grants::stream));
        }
    }
}

/// Ends the process if there is a variable for what the executable was built without.
fn require_built_in(capability: Capability) {
    // SAFETY: nothing writes to it any more.
    let asked = unsafe { &*SET.0.get() }.get(capability as usize).is_some_and(Option::is_some);
    if asked && !built_in().any(|(letter, _)| letter == capability.letter()) {
        let (variable, option) = (capability.variable().as_bytes(), capability.option().as_bytes());
        stderr::fail(&[b"WEXE_", variable, b": this executable was built without --", option], 1);
    }
}

/// The file in which the program counts what it does, if it is to be kept.
pub fn profile() -> Option<&'static [u8]> {
    value(Capability::Profile)
}

/// Whether calls of host functions are to be shown.
pub fn trace() -> bool {
    value(Capability::Trace).is_some_and(|text| parsed(Capability::Trace, text, grants::switch))
}

/// Notes the value of a variable, of which the prefix is gone. One that is not known ends the process: who set it meant
/// to limit something, and it would not be.
fn heed(variable: &'static [u8]) {
    let known = lines().position(|line| name(line) == name(variable));
    // SAFETY: the program has not started, and `values` is only called after this.
    if let Some(value) = known.and_then(|index| unsafe { &mut *SET.0.get() }.get_mut(index)) {
        *value = variable.get(name(variable).len() + 1..);
        return;
    }
    stderr::fail(&[b"unknown variable WEXE_", name(variable), b" (see wexe build --help)"], 1)
}

/// Puts a standard stream in its place, as a shell's redirection does.
fn open_stream(capability: Capability, stream: Stream<'static>) {
    let path = match stream {
        Stream::Inherit => return,
        Stream::Null => b"/dev/null",
        Stream::Path(path) => path,
    };
    let flags = match capability {
        Capability::Stdin => OFlags::RDONLY,
        _ => OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC,
    };
    let number = capability as i32 - Capability::Stdin as i32;
    let opened = sandbox::open_granted(path, flags).and_then(|file| {
        match number {
            0 => rustix::stdio::dup2_stdin(&file)?,
            1 => rustix::stdio::dup2_stdout(&file)?,
            _ => rustix::stdio::dup2_stderr(&file)?,
        }
        // It has the right number at once if the process was started without that stream.
        if file.as_raw_fd() == number {
            let _ = file.into_raw_fd();
        }
        Ok(())
    });
    if let Err(errno) = opened {
        stderr::fail(&[b"cannot open '", path, b"' for --", capability.option().as_bytes(), b": ", reason(errno)], 1);
    }
}

/// The command line: the name that the program was given or the file name it was started by, then the arguments.
pub fn arguments() -> impl Iterator<Item = &'static [u8]> {
    let mut arguments = start::arguments().map(CStr::to_bytes);
    let started_as = arguments.next().unwrap_or_default();
    let file_name = started_as.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    core::iter::once(value(Capability::Arg0).unwrap_or(file_name)).chain(arguments)
}

/// The environment variables that the program was given, each `NAME=value`. Of several values the last one counts.
pub fn environment() -> impl Iterator<Item = &'static [u8]> {
    values(Capability::Env).enumerate().flat_map(|(index, text)| {
        let later = values(Capability::Env).skip(index + 1);
        given(parsed(Capability::Env, text, grants::env))
            .filter(move |variable| !later.clone().any(|later| gives(later, name(variable))))
    })
}

/// The variables that a value stands for.
fn given(env: Env<'static>) -> impl Iterator<Item = &'static [u8]> {
    let itself = match env {
        Env::Given(_, variable) => Some(variable),
        Env::All | Env::Inherited(_) => None,
    };
    let inherits = move |variable: &&'static [u8]| match env {
        Env::All => !variable.starts_with(PREFIX),
        Env::Inherited(wanted) => name(variable) == wanted,
        Env::Given(..) => false,
    };
    itself.into_iter().chain(start::environment(b"").filter(inherits))
}

/// Whether a value stands for a variable of this name.
fn gives(text: &'static [u8], wanted: &[u8]) -> bool {
    match grants::env(text) {
        Some(Env::Given(name, _)) => name == wanted,
        Some(env) => given(env).any(|variable| name(variable) == wanted),
        None => false,
    }
}

/// What stands before the `=`.
fn name(variable: &[u8]) -> &[u8] {
    variable.split(|&byte| byte == b'=').next().unwrap_or_default()
}

/// Opens the directories that the program was given, in their order. One that cannot be opened ends the process. It is
/// called for programs that have functions for directories.
#[unsafe(export_name = "wexe.open_directories")]
extern "C" fn open_directories() {
    for text in values(Capability::Dir) {
        let Dir { host, guest, read_only } = parsed(Capability::Dir, text, grants::dir);
        let opened = sandbox::open_granted(host, OFlags::RDONLY | OFlags::DIRECTORY);
        let inserted = opened.and_then(|directory| {
            fd_table::insert_preopen(directory, guest, read_only).map(drop).map_err(|_| Errno::MFILE)
        });
        if let Err(errno) = inserted {
            stderr::fail(&[b"cannot open the directory '", host, b"' that this program was given: ", reason(errno)], 1);
        }
    }
}

/// Why a file that the program was given cannot be opened.
pub fn reason(errno: Errno) -> &'static [u8] {
    match errno {
        Errno::NOENT => b"it does not exist",
        Errno::NOTDIR => b"it is not a directory",
        Errno::ISDIR => b"it is a directory",
        Errno::ACCESS => b"permission denied",
        Errno::MFILE | Errno::NFILE => b"too many open files",
        Errno::LOOP => b"too many symbolic links",
        Errno::NAMETOOLONG => b"its name is too long",
        Errno::ROFS => b"the file system is read-only",
        _ => b"the system refuses it",
    }
}
