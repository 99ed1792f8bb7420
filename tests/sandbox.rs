//! Programs and the rest of the machine: sockets that they are started with, other processes that change directories
//! while a path is resolved, and what an executable asks the kernel for.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use wexe_compiler::{Cpu, OptLevel};

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, skippable, trial};
use crate::process::TempDir;
use crate::spec::{self, Configuration};

pub fn trials() -> Vec<Listed> {
    let mut trials = vec![
        trial("sandbox/listener", listener),
        trial("sandbox/datagram", || messages(SocketType::DGRAM)),
        trial("sandbox/seqpacket", || messages(SocketType::SEQPACKET)),
        trial("sandbox/listen", listen),
        trial("sandbox/listen-inherited", listen_inherited),
        trial("sandbox/race-link", race_link),
        trial("sandbox/race-directory", race_directory),
        trial("sandbox/race-middle", race_middle),
        trial("sandbox/stopped/read", || stopped("read", Wake::Bytes)),
        trial("sandbox/stopped/receive", || stopped("receive", Wake::Bytes)),
        trial("sandbox/stopped/receive-within", || stopped("receive_within", Wake::Bytes)),
        trial("sandbox/stopped/poll", || stopped("poll", Wake::Bytes)),
        trial("sandbox/stopped/accept", || stopped("accept", Wake::Connection)),
        trial("sandbox/stopped/connect", || stopped("connect", Wake::Time)),
        trial("sandbox/stopped/sleep", || stopped("sleep", Wake::Time)),
        trial("sandbox/stopped/write", || stopped("write", Wake::Reader)),
        trial("sandbox/no-memory", no_memory),
        skippable("sandbox/system-calls", system_calls),
    ];
    for configuration in SCRIPT_CONFIGURATIONS {
        for path in case::find("sandbox", &["wast"]) {
            let name = case::name(&path);
            let run = move || {
                let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
                spec::script(text, configuration)
            };
            trials.push(Listed { variant: configuration.name(), ..trial(name, run) });
        }
    }
    trials
}

/// What a program may do to its own memory, tables and stack is tried in the form of the official suite.
const SCRIPT_CONFIGURATIONS: [Configuration; 3] = [
    Configuration { opt_level: OptLevel::O2, cpu: Cpu::V3 },
    Configuration { opt_level: OptLevel::O2, cpu: Cpu::V1 },
    Configuration { opt_level: OptLevel::O0, cpu: Cpu::V1 },
];

/// Builds `cases/sandbox/NAME.wat` in `directory`.
fn build(name: &str, options: &str, directory: &TempDir) -> Result<(), String> {
    let outcome = shell(&format!("wexe build $CASES/sandbox/{name}.wat -o program {options}"), directory)?;
    if outcome.status == "0" { Ok(()) } else { Err(format!("{:?}", case::lines(&outcome, directory))) }
}

fn start(directory: &TempDir, stdin: impl Into<OwnedFd>) -> Result<Child, String> {
    let mut command = Command::new(directory.path().join("program"));
    command.env_clear().current_dir(directory.path()).stdin(stdin.into()).spawn().map_err(|error| error.to_string())
}

/// Waits for a program, whose exit status is the step that failed.
fn must_succeed(mut program: Child) -> Result<(), String> {
    let status = program.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("step {status}")) }
}

fn listener() -> Result<(), String> {
    let directory = TempDir::new();
    build("listener", "", &directory)?;
    let address = directory.path().join("socket");
    let listener = UnixListener::bind(&address).map_err(|error| error.to_string())?;
    let program = start(&directory, listener)?;
    let answer = converse(&address).map_err(|error| error.to_string());
    must_succeed(program)?;
    match answer?.as_str() {
        "hello world" => Ok(()),
        other => Err(format!("the answer was {other:?}")),
    }
}

fn converse(address: &Path) -> std::io::Result<String> {
    let mut connection = UnixStream::connect(address)?;
    connection.write_all(b"hello")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    connection.shutdown(Shutdown::Both)?;
    Ok(answer)
}

/// Messages by a kind of socket that keeps them apart.
fn messages(kind: SocketType) -> Result<(), String> {
    let directory = TempDir::new();
    build("datagram", "", &directory)?;
    let pair = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None);
    let (here, there) = pair.map_err(|error| error.to_string())?;
    let here = UnixDatagram::from(here);
    for message in ["first", "second", "third"] {
        here.send(message.as_bytes()).map_err(|error| error.to_string())?;
    }
    must_succeed(start(&directory, there)?)
}

/// An address of this machine that no other test, and no other run of this one, listens on.
fn loopback() -> String {
    let process = std::process::id();
    format!("127.{}.{}.{}:47111", 100 + (process >> 16) % 100, process >> 8 & 0xff, process & 0xff)
}

/// The first line that somebody at this address says, who may only be starting.
fn greeting(address: &str) -> Result<String, String> {
    for _ in 0..1000 {
        match TcpStream::connect(address) {
            Ok(mut connection) => {
                let mut text = String::new();
                connection.read_to_string(&mut text).map_err(|error| error.to_string())?;
                return Ok(text);
            }
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    Err(format!("nobody listens on {address}"))
}

/// Sockets that the program opens: behind the directories, in their order, with the rights that they need.
fn listen() -> Result<(), String> {
    let directory = TempDir::new();
    let (first, second) = (loopback(), loopback().replace(":47111", ":47112"));
    build("listen", &format!("--dir . --listen {first} --listen {second}"), &directory)?;
    let null = fs::File::open("/dev/null").map_err(|error| error.to_string())?;
    let program = start(&directory, null)?;
    let greetings = greeting(&first).and_then(|text| Ok((text, greeting(&second)?)));
    must_succeed(program)?;
    match greetings? {
        (first, second) if first == "4" && second == "5" => Ok(()),
        other => Err(format!("it said {other:?}")),
    }
}

/// Sockets that the process is started with, as systemd does it.
fn listen_inherited() -> Result<(), String> {
    let directory = TempDir::new();
    build("listen", "--dir . --listen fd", &directory)?;
    let listeners = [TcpListener::bind("127.0.0.1:0"), TcpListener::bind("127.0.0.1:0")];
    let [first, second] = listeners.map(|listener| listener.expect("the system chooses a free port"));
    let address = |listener: &TcpListener| listener.local_addr().expect("it is bound").to_string();
    let (first_address, second_address) = (address(&first), address(&second));
    let mut shell = Command::new("/bin/sh");
    // The shell has them as standard input and output, and its own number is that of the program that it becomes.
    shell.args(["-c", "LISTEN_PID=$$ LISTEN_FDS=2 exec ./program 3<&0 4<&1"]).env_clear();
    shell.current_dir(directory.path()).stdin(OwnedFd::from(first)).stdout(OwnedFd::from(second));
    let program = shell.spawn().map_err(|error| error.to_string())?;
    let greetings = greeting(&first_address).and_then(|text| Ok((text, greeting(&second_address)?)));
    must_succeed(program)?;
    match greetings? {
        (first, second) if first == "4" && second == "5" => Ok(()),
        other => Err(format!("it said {other:?}")),
    }
}

/// Runs the program with `box` granted, and meanwhile `change` over and over.
fn race(directory: &TempDir, change: impl Fn(&Path) + Sync) -> Result<(), String> {
    let null = fs::File::open("/dev/null").map_err(|error| error.to_string())?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                change(directory.path());
            }
        });
        let program = start(directory, null);
        let result = program.and_then(must_succeed);
        done.store(true, Ordering::Relaxed);
        result
    })
}

/// A link in the granted directory that somebody points outside and back.
fn race_link() -> Result<(), String> {
    let directory = TempDir::new();
    build("race_link", "--dir box::/", &directory)?;
    shell("mkdir box && echo inside > box/inside.txt && printf secret > secret", &directory)?;
    let point = |at: &Path, target: &str| {
        let (new, link) = (at.join("new"), at.join("box/link"));
        // The names are free and stay so; what goes wrong here is only a change less.
        let _ = symlink(target, &new).and_then(|()| fs::rename(new, link));
    };
    race(&directory, |at| {
        point(at, "inside.txt");
        point(at, "../secret");
    })
}

/// A directory in the granted one that somebody moves outside and back.
fn race_directory() -> Result<(), String> {
    let directory = TempDir::new();
    build("race_directory", "--dir box::/", &directory)?;
    shell("mkdir -p box/a/b outside && printf secret > outside/secret", &directory)?;
    race(&directory, |at| {
        let (inside, outside) = (at.join("box/a/b"), at.join("outside/b"));
        let _ = fs::rename(&inside, &outside).and_then(|()| fs::rename(&outside, &inside));
    })?;
    if directory.path().join("outside/made").exists() {
        return Err("a directory was created outside".to_string());
    }
    Ok(())
}

/// A link in the middle of paths that somebody points outside and back.
fn race_middle() -> Result<(), String> {
    let directory = TempDir::new();
    build("race_middle", "--dir box::/", &directory)?;
    shell(
        "mkdir -p box/inside outside && echo inside > box/inside/file && touch -d @1 outside/victim &&
        printf secret > outside/file && touch -d @1 outside/file outside && ln -s inside box/sub",
        &directory,
    )?;
    race(&directory, |at| {
        for target in ["../outside", "inside"] {
            let (new, link) = (at.join("new"), at.join("box/sub"));
            let _ = symlink(target, &new).and_then(|()| fs::rename(new, link));
        }
    })?;
    let after = shell("find outside -printf '%p %T@ ' | sort", &directory)?;
    match String::from_utf8_lossy(&after.stdout).trim_end() {
        "outside 1.0000000000 outside/file 1.0000000000 outside/victim 1.0000000000" => Ok(()),
        changed => Err(format!("outside is now {changed}")),
    }
}

/// What ends the wait of a program.
enum Wake {
    /// Something to read.
    Bytes,
    Connection,
    Time,
    /// Somebody who takes what it writes.
    Reader,
}

/// A program that is stopped and continued over and over while it waits in a system call.
fn stopped(function: &str, wake: Wake) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let directory = TempDir::new();
    build("blocked", &format!("--invoke {function} --net unix=full"), &directory)?;
    let address = directory.path().join("socket");
    let (mut here, there) = UnixStream::pair().map_err(failed)?;
    let stdin = match wake {
        Wake::Connection => OwnedFd::from(UnixListener::bind(&address).map_err(failed)?),
        _ => OwnedFd::from(there),
    };
    let mut command = Command::new(directory.path().join("program"));
    command.env_clear().current_dir(directory.path()).stdin(stdin).stdout(Stdio::piped());
    let mut program = command.spawn().map_err(failed)?;
    let pid = Pid::from_child(&program);
    let rounds = (0..5).try_for_each(|_| {
        until_state(pid, 'S')?;
        kill_process(pid, Signal::STOP).map_err(|error| error.to_string())?;
        until_state(pid, 'T')?;
        kill_process(pid, Signal::CONT).map_err(|error| error.to_string())
    });
    if rounds.is_err() {
        program.kill().map_err(failed)?;
    }
    match wake {
        Wake::Bytes => here.write_all(b"go").map_err(failed)?,
        Wake::Connection => drop(UnixStream::connect(&address).map_err(failed)?),
        Wake::Time | Wake::Reader => {}
    }
    let output = program.wait_with_output().map_err(failed)?;
    rounds?;
    let expected = if matches!(wake, Wake::Reader) { 1 << 20 } else { 0 };
    if output.status.success() && output.stdout.len() == expected {
        return Ok(());
    }
    Err(format!("step {}, {} bytes written", output.status, output.stdout.len()))
}

/// Waits until a process sleeps (`S`) or is stopped (`T`).
pub fn until_state(pid: Pid, state: char) -> Result<(), String> {
    let mut seen = String::new();
    for _ in 0..10_000 {
        seen = fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|error| error.to_string())?;
        if seen.rsplit(") ").next().is_some_and(|rest| rest.starts_with(state)) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Err(format!("never in state {state}: {seen}"))
}

/// A program whose process gets no memory any more from when it has said that it runs.
fn no_memory() -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let directory = TempDir::new();
    let built = shell("wexe build $CASES/../guests/wasix/memory.wasm -o program", &directory)?;
    if built.status != "0" {
        return Err(format!("{:?}", case::lines(&built, &directory)));
    }
    let (mut here, there) = UnixStream::pair().map_err(failed)?;
    let mut command = Command::new(directory.path().join("program"));
    command.env_clear().stdin(OwnedFd::from(there.try_clone().map_err(failed)?)).stdout(OwnedFd::from(there));
    let program = command.spawn().map_err(failed)?;
    drop(command);
    here.read_exact(&mut [0]).map_err(failed)?;
    let nothing = Rlimit { current: Some(1), maximum: Some(1) };
    prlimit(Some(Pid::from_child(&program)), Resource::As, nothing).map_err(|error| error.to_string())?;
    here.write_all(b"x").map_err(failed)?;
    must_succeed(program)
}

/// A program that was given nothing opens no file and no socket. Needs strace.
fn system_calls() -> Result<Option<String>, String> {
    let directory = TempDir::new();
    if shell("strace -V", &directory)?.status != "0" {
        return Ok(Some("there is no strace".to_string()));
    }
    let outcome =
        shell("wexe build $CASES/wasi/nothing_granted.wat -o program && strace -f -o trace ./program", &directory)?;
    if outcome.status != "0" {
        return Err(format!("{:?}", case::lines(&outcome, &directory)));
    }
    let trace = fs::read_to_string(directory.path().join("trace")).map_err(|error| error.to_string())?;
    match trace.lines().find(|line| ["open", "socket", "connect", "creat("].iter().any(|call| line.contains(call))) {
        None => Ok(None),
        Some(line) => Err(line.to_string()),
    }
}
