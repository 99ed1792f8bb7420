//! Programs that put their terminal into raw mode, and how it is when they have ended, in whichever way.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use nix::pty::{OpenptyResult, Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, Termios, tcgetattr};
use nix::unistd::Pid;

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, trial};
use crate::process::TempDir;

/// The byte that says to the program how to end, and its exit status.
const ENDS: &[(&str, u8, Ended)] = &[
    ("return", b'r', Ended::Status(0)),
    ("proc_exit", b'e', Ended::Status(3)),
    ("proc_exit2", b'2', Ended::Status(4)),
    ("thread_exit", b'x', Ended::Status(5)),
    ("closed", b'c', Ended::Status(6)),
    ("unreachable", b'u', Ended::Status(134)),
    ("out-of-bounds", b'm', Ended::Status(134)),
    ("stack-exhausted", b's', Ended::Status(134)),
    ("division", b'd', Ended::Status(134)),
    ("proc_raise", b'p', Ended::Signal(Signal::SIGTERM)),
    ("thread_signal", b't', Ended::Signal(Signal::SIGABRT)),
];

/// Signals that somebody else sends to a program that waits.
const SENT: &[(Signal, Ended)] = &[
    (Signal::SIGHUP, Ended::Signal(Signal::SIGHUP)),
    (Signal::SIGINT, Ended::Signal(Signal::SIGINT)),
    (Signal::SIGQUIT, Ended::Signal(Signal::SIGQUIT)),
    (Signal::SIGTERM, Ended::Signal(Signal::SIGTERM)),
    (Signal::SIGUSR1, Ended::Signal(Signal::SIGUSR1)),
    (Signal::SIGALRM, Ended::Signal(Signal::SIGALRM)),
    // The runtime handles it, and says so.
    (Signal::SIGSEGV, Ended::Status(134)),
];

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Status(i32),
    Signal(Signal),
}

pub fn trials() -> Vec<Listed> {
    let mut trials = Vec::new();
    for &(name, byte, ended) in ENDS {
        trials.push(trial(format!("terminal/{name}"), move || raw("", byte, None, ended)));
    }
    for &(signal, ended) in SENT {
        trials.push(trial(format!("terminal/{signal}"), move || raw("", b'w', Some(signal), ended)));
    }
    trials.push(trial("terminal/timeout", || raw("--timeout 1s", b'w', None, Ended::Status(124))));
    trials.push(trial("terminal/prompt", prompt));
    trials.push(trial("terminal/trace", || raw("--trace", b'e', None, Ended::Status(3))));
    trials
}

/// What of the modes can be compared.
fn modes(terminal: &OwnedFd) -> Result<Termios, String> {
    tcgetattr(terminal).map_err(|error| format!("tcgetattr: {error}"))
}

/// What `wexe build` makes of these arguments, as `program` in a directory; and a terminal of this size, with its
/// modes.
fn built(args: &str, ws_row: u16, ws_col: u16) -> Result<(TempDir, OpenptyResult, Termios), String> {
    let directory = TempDir::new();
    let built = shell(&format!("wexe build {args} -o program"), &directory)?;
    if built.status != "0" {
        return Err(format!("{:?}", case::lines(&built, &directory)));
    }
    let size = Winsize { ws_row, ws_col, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(&size, None).map_err(|error| format!("openpty: {error}"))?;
    let before = modes(&terminal.slave)?;
    Ok((directory, terminal, before))
}

/// Runs the program on a terminal; tells it by `byte` what to do as soon as it is in raw mode, then sends it `signal`.
fn raw(options: &str, byte: u8, signal: Option<Signal>, expected: Ended) -> Result<(), String> {
    let (directory, terminal, before) = built(&format!("$CASES/terminal/raw.wat {options}"), 30, 90)?;
    let failed = |error: std::io::Error| error.to_string();
    // A shell lets what it starts in the background ignore both.
    let mut command = Command::new("env");
    command.arg("--default-signal=INT,QUIT").arg(directory.path().join("program"));
    command.env_clear().stdin(terminal.slave.try_clone().map_err(failed)?);
    let mut program = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(failed)?;
    let mut ready = [0];
    let said = program.stdout.as_mut().ok_or("no standard output")?.read_exact(&mut ready);
    let during = modes(&terminal.slave)?;
    let mut keyboard = File::from(terminal.master);
    keyboard.write_all(&[byte]).map_err(failed)?;
    if let Some(signal) = signal {
        kill(Pid::from_raw(program.id() as i32), signal).map_err(|error| error.to_string())?;
    }
    let status = program.wait().map_err(failed)?;
    let ended = match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Status(code),
        (None, number) => Ended::Signal(Signal::try_from(number.unwrap_or(0)).map_err(|error| error.to_string())?),
    };
    said.map_err(|error| format!("it ended too early, {ended:?}: {error}"))?;
    if ended != expected {
        return Err(format!("it ended with {ended:?}"));
    }
    if during.local_flags.intersects(LocalFlags::ECHO | LocalFlags::ICANON) {
        return Err("the terminal was not in raw mode".to_string());
    }
    let after = modes(&terminal.slave)?;
    if after == before { Ok(()) } else { Err(format!("the terminal was {before:?} and is {after:?}")) }
}

/// A program that edits lines, on a terminal that somebody types at.
fn prompt() -> Result<(), String> {
    let (directory, terminal, before) = built("$CASES/../guests/wasix/programs/prompt.wasm --timeout 60s", 24, 80)?;
    let failed = |error: std::io::Error| error.to_string();
    let input = terminal.slave.try_clone().map_err(failed)?;
    let mut command = Command::new(directory.path().join("program"));
    let mut program = command.env_clear().stdin(input).stdout(terminal.slave).spawn().map_err(failed)?;
    // Else nobody would tell who reads the screen that the program has ended.
    drop(command);
    let mut keyboard = File::from(terminal.master.try_clone().map_err(failed)?);
    let mut screen = File::from(terminal.master);
    // "helo", back over the "o", another "l", forward again, "!!" of which one is taken back.
    let typed = ["helo", "\x1b[D", "l", "\x1b[C", "!!", "\x7f", "\r", "quit\r"].concat();
    expect_on(&mut screen, "80 columns, 24 rows\r\n")?;
    keyboard.write_all(typed.as_bytes()).map_err(failed)?;
    expect_on(&mut screen, "\r\x1b[K> hello!\r\nhello!\r\n")?;
    expect_on(&mut screen, "\r\nquit\r\n")?;
    let status = program.wait().map_err(failed)?;
    if status.code() != Some(0) {
        return Err(format!("it ended with {status}"));
    }
    let after = modes(&OwnedFd::from(screen))?;
    if after == before { Ok(()) } else { Err(format!("the terminal was {before:?} and is {after:?}")) }
}

/// Reads what a program shows until it ends with `text`.
fn expect_on(screen: &mut File, text: &str) -> Result<(), String> {
    let mut shown = Vec::new();
    let mut byte = [0];
    while !shown.ends_with(text.as_bytes()) {
        screen.read_exact(&mut byte).map_err(|error| format!("{error} after {:?}", String::from_utf8_lossy(&shown)))?;
        shown.extend(byte);
    }
    Ok(())
}
