//! Runs a command to its end and collects what came out of it, within a minute and
//! bounded memory.
//!
//! The command leads a process group of its own, which is killed when time is up, so that nothing it started keeps the
//! pipes open.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};

const TIME_LIMIT: Duration = Duration::from_secs(60);
/// More output than this is cut off: a program that writes for ever must not fill the memory.
const OUTPUT_LIMIT: u64 = 16 << 20;

/// Writable memory in bytes: a 32-bit linear memory of full size and what else there is.
const MEMORY_LIMIT: u64 = 6 << 30;

/// What came of a command.
#[derive(Debug)]
pub struct Outcome {
    /// As cases write it: `0`, `134`, `signal 11`.
    pub status: String,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

pub enum Stdin {
    Bytes(Vec<u8>),
    Closed,
}

/// Runs `command`.
pub fn run(command: &mut Command, stdin: Stdin) -> Result<Outcome, String> {
    let input = match stdin {
        Stdin::Bytes(bytes) if !bytes.is_empty() => Some(bytes),
        Stdin::Bytes(_) => None,
        Stdin::Closed => return run(&mut without_stdin(command), Stdin::Bytes(Vec::new())),
    };
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = spawn(command).map_err(|error| format!("cannot start {command:?}: {error}"))?;
    limit_memory(&child);

    if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), input) {
        // The command may end without reading it all.
        thread::spawn(move || pipe.write_all(&bytes));
    }
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status = wait(&mut child).map_err(|error| format!("cannot wait for {command:?}: {error}"))?;
    let join = |reader: thread::JoinHandle<Vec<u8>>| reader.join().map_err(|_| "reading panicked".to_string());
    Ok(Outcome { status: describe(status), stdout: join(stdout)?, stderr: join(stderr)? })
}

/// Another thread may just be forking while this one has the executable open for writing: then it is busy for a moment.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut attempts = 0;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempts < 200 => {
                attempts += 1;
                thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

/// Set from outside, since nothing safe runs in the child before the command does.
fn limit_memory(child: &Child) {
    let limit = Rlimit { current: Some(MEMORY_LIMIT), maximum: Some(MEMORY_LIMIT) };
    // A command that has ended already has no limits.
    let _ = prlimit(Pid::from_raw(child.id() as i32), Resource::Data, limit);
}

fn without_stdin(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args([OsStr::new("-c"), OsStr::new("exec \"$0\" \"$@\" <&-"), command.get_program()]);
    shell.args(command.get_args()).env_clear();
    if let Some(directory) = command.get_current_dir() {
        shell.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    shell
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // What was read before an error is still worth comparing.
            let _ = pipe.take(OUTPUT_LIMIT).read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    while start.elapsed() < TIME_LIMIT {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    if let Some(group) = Pid::from_raw(child.id() as i32) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    child.wait()?;
    Ok(None)
}

fn describe(status: Option<ExitStatus>) -> String {
    match status.map(|status| (status.code(), status.signal())) {
        None => format!("still running after {} s", TIME_LIMIT.as_secs()),
        Some((Some(code), _)) => code.to_string(),
        Some((None, Some(signal))) => format!("signal {signal}"),
        Some((None, None)) => "neither exited nor killed".to_string(),
    }
}

/// A fresh directory, removed with all it holds when dropped.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new() -> TempDir {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("wexe-test-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).expect("the directory for temporary files can be written");
        TempDir(path.canonicalize().expect("the directory was just made"))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes `{dir}` for the directory's path, which is another one in every run.
    pub fn hide(&self, text: &[u8]) -> Vec<u8> {
        let path = self.0.as_os_str().as_bytes();
        let mut hidden = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.windows(path.len()).position(|window| window == path) {
            hidden.extend_from_slice(&rest[..at]);
            hidden.extend_from_slice(b"{dir}");
            rest = &rest[at + path.len()..];
        }
        hidden.extend_from_slice(rest);
        hidden
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
