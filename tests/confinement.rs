//! What executables do to themselves before their program runs: the filter over system calls, and Landlock.
//!
//! A program cannot try what it is kept from: nothing in it would ask. So the trial asks in its place, as whoever took
//! the program over could: it stops the program at a system call and has it make another one.

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use wexe_abi::builtins::Builtin;
use wexe_abi::embed;
use wexe_abi::imports::{EXTENSIONS, MODULES, Status};
use wexe_abi::layout::LOW_MEMORY;
use wexe_abi::system_calls;

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, skippable, trial};
use crate::process::TempDir;

pub fn trials() -> Vec<Listed> {
    vec![
        trial("confinement/rows", rows),
        trial("confinement/status", status),
        trial("confinement/allowed", allowed),
        trial("confinement/forbidden", forbidden),
        trial("confinement/signals", signals),
        trial("confinement/locked", locked),
        trial("confinement/stopped", stopped),
        skippable("confinement/landlock", landlock),
        skippable("confinement/kernel-without", kernel_without),
        skippable("confinement/kernel-without-openat2", kernel_without_openat2),
    ]
}

/// Every function that does something has its row, and no row is for another.
fn rows() -> Result<(), String> {
    let extensions = EXTENSIONS.iter().map(|(_, extension)| extension);
    let functions = MODULES.iter().chain(extensions).flat_map(|module| module.functions);
    let done = functions.filter(|function| function.status == Status::Done).map(|function| function.name);
    let file_systems = [embed::READ_ONLY, embed::OVERLAY];
    let builtins = Builtin::ALL.iter().map(|builtin| builtin.symbol());
    let mut names: Vec<&str> = done.chain(builtins).chain(file_systems).collect();
    names.sort_unstable();
    names.dedup();
    let mut rows: Vec<&str> = system_calls::FUNCTIONS.iter().map(|(name, _)| *name).collect();
    rows.sort_unstable();
    if names == rows { Ok(()) } else { Err(format!("there are {names:?}, but rows for {rows:?}")) }
}

/// A program that has said that it runs, and waits.
struct Waiting {
    child: Child,
    /// Kept open: the program waits as long.
    _stdin: Option<ChildStdin>,
}

/// The numbers of root and of somebody else; without being root, nobody but who runs the tests.
fn users() -> Vec<Option<u32>> {
    if rustix::process::geteuid().is_root() { vec![None, Some(65534)] } else { vec![None] }
}

fn build(source: &str, options: &str) -> Result<TempDir, String> {
    let directory = TempDir::new();
    let command = format!(
        "mkdir -m 777 box && echo inside > box/inside && chmod 666 box/inside
         wexe build $CASES/confinement/{source}.wat -o program {options}"
    );
    let outcome = shell(&command, &directory)?;
    if outcome.status == "0" { Ok(directory) } else { Err(format!("{:?}", case::lines(&outcome, &directory))) }
}

fn start(directory: &TempDir, user: Option<u32>) -> Result<Waiting, String> {
    let mut command = Command::new(directory.path().join("program"));
    command.env_clear().current_dir(directory.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut ready = [0];
    let stdout = child.stdout.as_mut().ok_or("no standard output")?;
    stdout.read_exact(&mut ready).map_err(|error| error.to_string())?;
    let stdin = child.stdin.take();
    Ok(Waiting { child, _stdin: stdin })
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What became of a system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Returned(i64),
    Killed(Signal),
}

impl Waiting {
    /// Has the program make this system call instead of its next one.
    fn ask(&self, number: u64, arguments: [u64; 4]) -> nix::Result<Answer> {
        let pid = Pid::from_raw(self.child.id() as i32);
        ptrace::seize(pid, Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL)?;
        ptrace::interrupt(pid)?;
        waitpid(pid, None)?;
        stop_at_call(pid)?;
        let mut registers = ptrace::getregs(pid)?;
        registers.orig_rax = number;
        [registers.rdi, registers.rsi, registers.rdx, registers.r10] = arguments;
        ptrace::setregs(pid, registers)?;
        // A call that the filter forbids comes to its end too, before the signal does.
        stop_at_call(pid)?;
        let returned = ptrace::getregs(pid)?.rax as i64;
        match stop_at_call(pid)? {
            WaitStatus::Signaled(_, signal, _) => Ok(Answer::Killed(signal)),
            WaitStatus::PtraceSyscall(_) => Ok(Answer::Returned(returned)),
            _ => Err(Errno::EPROTO),
        }
    }
}

/// Lets the program run to the beginning or the end of a system call, or to its own end.
fn stop_at_call(pid: Pid) -> nix::Result<WaitStatus> {
    ptrace::syscall(pid, None)?;
    waitpid(pid, None)
}

/// What came of a system call of a program that was freshly started.
fn ask(directory: &TempDir, user: Option<u32>, number: u64, arguments: [u64; 4]) -> Result<Answer, String> {
    start(directory, user)?.ask(number, arguments).map_err(|error| format!("ptrace: {error}"))
}

/// The filter is in force, and privileges cannot be gained.
fn status() -> Result<(), String> {
    let directory = build("waits", "")?;
    let program = start(&directory, None)?;
    let path = format!("/proc/{}/status", program.child.id());
    let status = fs::read_to_string(path).map_err(|error| error.to_string())?;
    for line in ["NoNewPrivs:\t1", "Seccomp:\t2"] {
        if !status.lines().any(|other| other == line) {
            return Err(format!("no {line:?} in {status}"));
        }
    }
    Ok(())
}

/// What the program imports it can ask for: so the trials that it cannot do otherwise are worth something.
fn allowed() -> Result<(), String> {
    let directory = build("waits", "")?;
    for user in users() {
        let answer = ask(&directory, user, 1, [2, LOW_MEMORY, 0, 0])?;
        if answer != Answer::Returned(0) {
            return Err(format!("user {user:?}: write: {answer:?}"));
        }
    }
    Ok(())
}

const AT_FDCWD: u64 = -100i64 as u64;
const OUTSIDE: u64 = LOW_MEMORY + 256;
const INSIDE: u64 = LOW_MEMORY + 288;
const READING: u64 = LOW_MEMORY + 512;
const WRITING: u64 = LOW_MEMORY + 544;
const OPEN_HOW_SIZE: u64 = 24;

const OPENAT2: u64 = 437;
const KILL: u64 = 62;

/// Other calls end the program, whoever runs it.
fn forbidden() -> Result<(), String> {
    const X32: u64 = 1 << 30;
    let directory = build("waits", "")?;
    let calls: [(&str, u64, [u64; 4]); 14] = [
        ("open", 2, [OUTSIDE, 0, 0, 0]),
        ("openat", 257, [AT_FDCWD, OUTSIDE, 0, 0]),
        ("openat2", OPENAT2, [AT_FDCWD, OUTSIDE, READING, OPEN_HOW_SIZE]),
        ("socket", 41, [2, 1, 0, 0]),
        ("connect", 42, [0, LOW_MEMORY, 16, 0]),
        ("execve", 59, [OUTSIDE, 0, 0, 0]),
        ("fork", 57, [0; 4]),
        ("clone", 56, [0; 4]),
        ("ptrace", 101, [0; 4]),
        ("kill", KILL, [1, 0, 0, 0]),
        ("mmap", 9, [0, 4096, 4, 0x22]),
        ("mprotect", 10, [LOW_MEMORY, 4096, 5, 0]),
        ("io_uring_setup", 425, [1, LOW_MEMORY, 0, 0]),
        ("write for x32", 1 | X32, [2, LOW_MEMORY, 0, 0]),
    ];
    for (name, number, arguments) in calls {
        for user in users() {
            let answer = ask(&directory, user, number, arguments)?;
            if answer != Answer::Killed(Signal::SIGSYS) {
                return Err(format!("user {user:?}: {name}: {answer:?}"));
            }
        }
    }
    Ok(())
}

/// Who can raise signals reaches nobody else.
fn signals() -> Result<(), String> {
    let directory = build("waits_to_raise", "")?;
    for user in users() {
        for process in [0, 1, u64::MAX, u64::from(std::process::id())] {
            let answer = ask(&directory, user, KILL, [process, 0, 0, 0])?;
            if answer != Answer::Killed(Signal::SIGSYS) {
                return Err(format!("user {user:?}: kill {process}: {answer:?}"));
            }
        }
        let program = start(&directory, user)?;
        let itself = u64::from(program.child.id());
        let answer = program.ask(KILL, [itself, 0, 0, 0]).map_err(|error| format!("ptrace: {error}"))?;
        if answer != Answer::Returned(0) {
            return Err(format!("user {user:?}: {answer:?}"));
        }
    }
    Ok(())
}

/// A program that has no directories and can be given none opens nothing, whatever it imports.
fn locked() -> Result<(), String> {
    let directory = build("waits_with_directory", "--locked")?;
    let answer = ask(&directory, None, OPENAT2, [AT_FDCWD, INSIDE, READING, OPEN_HOW_SIZE])?;
    if answer == Answer::Killed(Signal::SIGSYS) { Ok(()) } else { Err(format!("{answer:?}")) }
}

/// A program that is stopped and goes on while it waits for a clock is none the wiser: the kernel goes on with another
/// system call then.
fn stopped() -> Result<(), String> {
    let directory = TempDir::new();
    let outcome = shell(
        "wexe build $CASES/confinement/sleeps.wat -o program
         ./program & sleep 0.1; kill -STOP $!; sleep 0.1; kill -CONT $!; wait $!",
        &directory,
    )?;
    if outcome.status == "7" { Ok(()) } else { Err(format!("{:?}", case::lines(&outcome, &directory))) }
}

/// Files outside of the directory that was granted cannot be opened by anybody, whatever way.
fn landlock() -> Result<Option<String>, String> {
    let denied = Answer::Returned(-(Errno::EACCES as i64));
    let opened = |answer: &Answer| matches!(answer, Answer::Returned(descriptor) if *descriptor >= 0);
    for (options, may_write) in [("--dir box::/", true), ("--dir box::/:ro", false)] {
        let directory = build("waits_with_directory", options)?;
        for user in users() {
            let open = |path, how| ask(&directory, user, OPENAT2, [AT_FDCWD, path, how, OPEN_HOW_SIZE]);
            let (outside, inside, writing) = (open(OUTSIDE, READING)?, open(INSIDE, READING)?, open(INSIDE, WRITING)?);
            if opened(&outside) && !has_landlock(&directory)? {
                return Ok(Some("this kernel has no Landlock".to_string()));
            }
            if outside != denied || !opened(&inside) || opened(&writing) != may_write {
                return Err(format!("{options}, user {user:?}: {outside:?} {inside:?} {writing:?}"));
            }
        }
    }
    Ok(None)
}

fn has_landlock(directory: &TempDir) -> Result<bool, String> {
    let outcome = shell("grep -q landlock_create_ruleset /proc/kallsyms", directory)?;
    Ok(outcome.status == "0")
}

/// Runs a command under strace, which makes system calls fail; or says why it cannot.
fn strace(directory: &TempDir, failing: &str, command: &str) -> Result<Result<String, String>, String> {
    if shell("strace -V", directory)?.status != "0" {
        return Ok(Err("there is no strace".to_string()));
    }
    let outcome = shell(&format!("strace -f -o trace -e inject={failing}:error=ENOSYS {command}"), directory)?;
    let trace = fs::read_to_string(directory.path().join("trace")).map_err(|error| error.to_string())?;
    for call in failing.split(',') {
        // In two lines if another process called something meanwhile.
        let begins = [format!(" {call}("), format!("<... {call} resumed>")];
        let injected = |line: &str| begins.iter().any(|begin| line.contains(begin)) && line.contains("(INJECTED)");
        if !trace.lines().any(injected) {
            return Err(format!("the program does not call {call}"));
        }
    }
    Ok(Ok(format!("{} {}", outcome.status, String::from_utf8_lossy(&outcome.stderr))))
}

/// A kernel without seccomp and Landlock runs the program all the same.
fn kernel_without() -> Result<Option<String>, String> {
    let directory = build("waits_with_directory", "--dir box::/")?;
    let calls = "seccomp,prctl,landlock_create_ruleset";
    match strace(&directory, calls, "sh -c 'echo | exec ./program'")? {
        Err(why) => Ok(Some(why)),
        Ok(outcome) if outcome == "0 " => Ok(None),
        Ok(outcome) => Err(outcome),
    }
}

/// Without `openat2` nothing would keep a path beneath its directory: the program is told so and ends.
fn kernel_without_openat2() -> Result<Option<String>, String> {
    let directory = build("waits_with_directory", "--dir box::/")?;
    let expected = "1 wexe: directories need the system call openat2 (Linux 5.6 or later), which is not available\n";
    // A call that strace makes fail has no number when it comes to the filter, which would not let it through.
    match strace(&directory, "seccomp,openat2", "sh -c 'echo | exec ./program'")? {
        Err(why) => Ok(Some(why)),
        Ok(outcome) if outcome == expected => Ok(None),
        Ok(outcome) => Err(outcome),
    }
}
