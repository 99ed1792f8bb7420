//! `wexe run`: compiles a module and becomes the program.
//!
//! The executable lives in an anonymous memory file, so nothing has to be removed afterwards and a temporary
//! directory that forbids execution does not matter. Where the kernel forbids that in turn, an unlinked file serves.

use std::convert::Infallible;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::fs::{MemfdFlags, memfd_create};

use crate::args::{Emit, Run};
use crate::build;
use crate::input;
use crate::report::Report;

/// Returns only if the program could not be started.
pub fn run(args: &Run) -> Result<(), String> {
    let report = Report::new();
    let executable = build::compile(&args.input, &args.options, Emit::Exe, &report);
    report.finish(args.options.time && executable.is_ok());
    let executable = executable?;
    let outcome = memory_file(&executable).and_then(|file| execute(&file, args));
    let Err(_) = outcome;
    let Err(error) = temporary_file(&executable).and_then(|file| execute(&file, args));
    Err(format!("cannot run {}: {error}", input::name(&args.input)))
}

fn execute(file: &File, args: &Run) -> io::Result<Infallible> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    Err(Command::new(path).arg0(&args.input).args(&args.args).exec())
}

fn memory_file(executable: &[u8]) -> io::Result<File> {
    // Kernels before 6.3 do not know MFD_EXEC, and do not need it.
    let flags = MemfdFlags::CLOEXEC;
    let file = memfd_create("wexe", flags | MemfdFlags::EXEC).or_else(|_| memfd_create("wexe", flags))?;
    let mut file = File::from(file);
    file.write_all(executable)?;
    Ok(file)
}

/// An executable file without a name. It is opened again for reading, since a file open for writing cannot run.
fn temporary_file(executable: &[u8]) -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("wexe-run-{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o700).open(&path)?;
    let outcome = file.write_all(executable).and_then(|()| File::open(&path));
    fs::remove_file(&path)?;
    outcome
}
