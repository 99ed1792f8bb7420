//! Runs commands and measures them: wall time and processor time, and, in a run of its own, peak memory.
//!
//! Peak memory is read from /proc while ptrace holds the process at its exit. The kernel's `ru_maxrss` would not do: it
//! begins with the memory of the process that started the command, which is more than a small program ever has.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::ptrace;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// A command that can be run many times.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    pub program: PathBuf,
    pub args: Vec<String>,
    /// Standard input; nothing if there is none.
    pub stdin: Option<PathBuf>,
    pub dir: Option<PathBuf>,
}

/// What came of one run.
#[derive(Debug)]
pub struct Run {
    /// Seconds from start to exit.
    pub wall: f64,
    /// Seconds of processor time, user and system, of all its threads.
    pub cpu: f64,
    pub status: i32,
    pub stdout: Vec<u8>,
}

impl Invocation {
    pub fn new(program: impl Into<PathBuf>, args: &[&str]) -> Self {
        let args = args.iter().map(|arg| arg.to_string()).collect();
        Invocation { program: program.into(), args, ..Invocation::default() }
    }

    fn command(&self, mut command: Command) -> io::Result<Command> {
        // (Executables heed such variables, and refuse one that they do not know.)
        command.args(&self.args).env_remove("WEXE_REAL");
        match &self.stdin {
            Some(path) => command.stdin(File::open(path)?),
            None => command.stdin(Stdio::null()),
        };
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        Ok(command)
    }

    /// Runs to the end, keeping standard output; error output is shown only if the command fails to start.
    pub fn run(&self) -> Result<Run, String> {
        let failed = |error: io::Error| format!("{}: {error}", self.program.display());
        let mut command = self.command(Command::new(&self.program)).map_err(failed)?;
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let before = children_cpu();
        let begin = Instant::now();
        let output = command.spawn().and_then(|child| child.wait_with_output()).map_err(failed)?;
        let wall = begin.elapsed().as_secs_f64();
        let cpu = children_cpu() - before;
        Ok(Run { wall, cpu, status: status_number(output.status), stdout: output.stdout })
    }

    /// Like [`Invocation::run`], but a failure is an error that shows the end of the error output.
    pub fn must_run(&self) -> Result<Run, String> {
        let run = self.run()?;
        if run.status == 0 {
            return Ok(run);
        }
        let mut command = self.command(Command::new(&self.program)).map_err(|error| error.to_string())?;
        let output = command.output().map_err(|error| error.to_string())?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        let first = stderr.lines().take(3).collect::<Vec<_>>().join(" / ");
        Err(format!("{} ended with {}: {first}", self.program.display(), run.status))
    }

    /// Seconds from start to exit with all output discarded: as little as possible beside the command itself.
    pub fn wall(&self) -> Result<f64, String> {
        let mut command = self.command(Command::new(&self.program)).map_err(|error| error.to_string())?;
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let begin = Instant::now();
        let status = command.status().map_err(|error| format!("{}: {error}", self.program.display()))?;
        let wall = begin.elapsed().as_secs_f64();
        if status.success() { Ok(wall) } else { Err(format!("{} ended with {status}", self.program.display())) }
    }

    /// The most memory it had resident at any time, in bytes.
    pub fn peak_memory(&self) -> Result<u64, String> {
        // A shell stops itself, so that it can be seized before it becomes the command.
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "kill -STOP $$; exec \"$0\" \"$@\""]).arg(&self.program);
        let mut command = self.command(shell).map_err(|error| error.to_string())?;
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| error.to_string())?;
        let pid = Pid::from_raw(child.id() as i32);
        peak_at_exit(pid).map_err(|error| format!("{}: {error}", self.program.display()))
    }
}

fn peak_at_exit(pid: Pid) -> Result<u64, String> {
    let failed = |error: nix::Error| format!("ptrace: {error}");
    waitpid(pid, Some(WaitPidFlag::WUNTRACED)).map_err(failed)?;
    ptrace::seize(pid, ptrace::Options::PTRACE_O_TRACEEXIT).map_err(failed)?;
    kill(pid, Signal::SIGCONT).map_err(failed)?;
    let mut peak = Err("it ended unseen".to_string());
    loop {
        match waitpid(pid, Some(WaitPidFlag::__WALL)).map_err(failed)? {
            WaitStatus::PtraceEvent(_, _, event) => {
                if event == ptrace::Event::PTRACE_EVENT_EXIT as i32 {
                    peak = high_water(pid);
                }
                ptrace::cont(pid, None).map_err(failed)?;
            }
            WaitStatus::Stopped(_, signal) => ptrace::cont(pid, Some(signal)).map_err(failed)?,
            WaitStatus::Exited(..) | WaitStatus::Signaled(..) => return peak,
            _ => {}
        }
    }
}

fn high_water(pid: Pid) -> Result<u64, String> {
    let mut text = String::new();
    let mut file = File::open(format!("/proc/{pid}/status")).map_err(|error| error.to_string())?;
    file.read_to_string(&mut text).map_err(|error| error.to_string())?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in /proc")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().map_err(|_| "VmHWM is no number")?;
    Ok(kib << 10)
}

/// Processor seconds of all children that have ended.
fn children_cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("always allowed");
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 * 1e-6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}

/// As a shell gives it.
fn status_number(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// A command of this name, or the one that the environment variable of that name (in capitals) gives instead.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let variable = name.to_uppercase().replace('-', "_");
    let program = PathBuf::from(std::env::var_os(variable).unwrap_or(name.into()));
    if program.components().count() > 1 {
        return Some(program).filter(|path| is_executable(path));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(&program)).find(|path| is_executable(path))
}

fn is_executable(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// Half the distance between the extremes, as a part of the median.
pub fn spread(samples: &[f64]) -> f64 {
    let low = samples.iter().copied().fold(f64::INFINITY, f64::min);
    let high = samples.iter().copied().fold(0.0, f64::max);
    (high - low) / 2.0 / median(samples)
}

/// Of those values that are numbers.
pub fn geomean(values: impl IntoIterator<Item = f64>) -> f64 {
    let logarithms: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).map(f64::ln).collect();
    (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp()
}
