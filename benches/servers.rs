//! Measures how many requests per second servers answer that wexe compiled, beside the same servers in native C.
//!
//! The sources are those in `tests/guests/wasix/programs`; for C, `benches/servers` has system calls in the place of
//! WASIX's, and the same ways to wait. wasmer runs the same modules, if there is one in `PATH`. wrk asks; servers that
//! only send back what they receive, by a script. All run in turn. The server has one processor and wrk another, if
//! there is a `taskset`: where the kernel puts them makes a difference of a third otherwise. Of several rounds the
//! quickest counts, since nothing but other work on the machine can make a round slower; so it does for the processor
//! time that a request costs the server, which how fast wrk is does not limit.
//!
//!     cargo bench --bench servers [-- --rounds 16] [--seconds 1] [--json FILE] [NAME...]

/// Shared by all benchmarks; no one of them uses all of it.
#[allow(dead_code)]
mod measure;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use measure::{Invocation, find_program};

const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests/wasix/programs");
const NATIVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/servers");

/// What is measured.
struct Load {
    program: &'static str,
    options: &'static [&'static str],
    /// The file that is asked for; none of servers that send back what they receive.
    file: Option<&'static str>,
    connections: u32,
}

const HTTP: Load = Load {
    program: "http",
    options: &["--dir", ".", "--net", "listen=127.0.0.1:0"],
    file: Some("1-KiB"),
    connections: 64,
};
const ECHO_EPOLL: Load =
    Load { program: "echo_epoll", options: &["--net", "listen=127.0.0.1:0"], file: None, connections: 64 };
const ECHO_POLL: Load = Load { program: "echo_poll", ..ECHO_EPOLL };

const LOADS: &[Load] = &[
    HTTP,
    Load { connections: 1000, ..HTTP },
    Load { file: Some("64-KiB"), ..HTTP },
    ECHO_EPOLL,
    Load { connections: 1000, ..ECHO_EPOLL },
    ECHO_POLL,
    Load { connections: 1000, ..ECHO_POLL },
];

/// What runs the servers. All but the first two are for comparison, where they are found.
const ENGINES: [&str; 3] = ["wexe", "c", "wasmer"];

/// The best of all rounds.
#[derive(Clone, Copy)]
struct Best {
    requests_per_second: f64,
    /// Microseconds of processor time that a request cost the server.
    cost: f64,
}

const NONE: Best = Best { requests_per_second: 0.0, cost: f64::INFINITY };

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let option = |name: &str| args.iter().position(|arg| arg == name).map(|at| at + 1);
    let number = |name: &str, default| option(name).and_then(|at| args.get(at)?.parse().ok()).unwrap_or(default);
    let (rounds, seconds) = (number("--rounds", 16), number("--seconds", 1));
    let values = ["--rounds", "--seconds", "--json"].map(option);
    let names = args.iter().enumerate().filter(|(at, arg)| !arg.starts_with("--") && !values.contains(&Some(*at)));
    let names: Vec<&String> = names.map(|(_, name)| name).collect();

    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("servers");
    let (Some(wrk), Some(compiler)) = (find_program("wrk"), find_program("clang-22").or_else(|| find_program("cc")))
    else {
        return eprintln!("skipped: there is no wrk, or no C compiler");
    };
    prepare(&directory, &compiler).unwrap_or_else(|error| panic!("{error}"));
    let wasmer = find_program("wasmer");
    println!(
        "{:32} {:>9} {:>9} {:>6} {:>9}   {:>8} {:>8} {:>6}",
        "requests per second", "wexe", "C", "ratio", "wasmer", "wexe µs", "C µs", "ratio"
    );
    let mut rows = Vec::new();
    for load in LOADS {
        let title = format!("{} {}, {} connections", load.program, load.file.unwrap_or("100 B"), load.connections);
        if !names.is_empty() && !names.iter().any(|name| title.contains(name.as_str())) {
            continue;
        }
        let mut best = ENGINES.map(|_| NONE);
        for _ in 0..rounds {
            for (engine, best) in ENGINES.into_iter().zip(&mut best) {
                if engine == "wasmer" && wasmer.is_none() {
                    continue;
                }
                let round = round(&directory, engine, load, &wrk, seconds).unwrap_or_else(|error| panic!("{error}"));
                best.requests_per_second = best.requests_per_second.max(round.requests_per_second);
                best.cost = best.cost.min(round.cost);
            }
        }
        let [wexe, c, wasmer] = best;
        println!(
            "{title:32} {:>9.0} {:>9.0} {:>6.2} {:>9.0}   {:>8.2} {:>8.2} {:>6.2}",
            wexe.requests_per_second,
            c.requests_per_second,
            wexe.requests_per_second / c.requests_per_second,
            wasmer.requests_per_second,
            wexe.cost,
            c.cost,
            c.cost / wexe.cost
        );
        let figures = ENGINES.into_iter().zip(best).filter(|(_, best)| best.cost.is_finite());
        let figures = figures.map(|(engine, Best { requests_per_second, cost })| {
            format!(", \"{engine}\": {requests_per_second:.0}, \"{engine}_cost\": {cost:.3}")
        });
        rows.push(format!("  {{\"load\": \"{title}\"{}}}", figures.collect::<String>()));
    }
    if let Some(path) = option("--json").and_then(|at| args.get(at)) {
        fs::write(path, format!("[\n{}\n]\n", rows.join(",\n"))).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

/// Files to ask for, what asks the servers that have none, and the servers: `NAME.wexe` and `NAME.c`.
fn prepare(directory: &Path, compiler: &Path) -> Result<(), String> {
    let write = |name: &str, contents: &str| fs::write(directory.join(name), contents);
    fs::create_dir_all(directory).map_err(|error| error.to_string())?;
    write("1-KiB", &"x".repeat(1 << 10)).map_err(|error| error.to_string())?;
    write("64-KiB", &"x".repeat(64 << 10)).map_err(|error| error.to_string())?;
    write("echo.lua", ECHO_SCRIPT).map_err(|error| error.to_string())?;
    for load in [HTTP, ECHO_EPOLL, ECHO_POLL] {
        let output = |engine: &str| directory.join(format!("{}.{engine}", load.program)).display().to_string();
        let (wasm, wexe) = (format!("{PROGRAMS}/{}.wasm", load.program), output("wexe"));
        let built = [&["build", wasm.as_str(), "-o", wexe.as_str()], load.options].concat();
        Invocation::new(env!("CARGO_BIN_EXE_wexe"), &built).must_run()?;
        let (source, c) = (format!("{PROGRAMS}/{}.c", load.program), output("c"));
        Invocation::new(compiler, &["-O2", "-static", "-I", NATIVE, "-I", PROGRAMS, &source, "-o", &c]).must_run()?;
    }
    Ok(())
}

/// What wrk sends is the answer that it expects; the first is only looked at by wrk itself, which wants a request.
const ECHO_SCRIPT: &str = r#"
local answer = "HTTP/1.1 200 OK\r\nContent-Length: 62\r\n\r\n" .. string.rep("x", 62)
local first = true
request = function()
  if first then first = false; return "GET / HTTP/1.1\r\nHost: x\r\n\r\n" end
  return answer
end
"#;

/// A server that runs, until this is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which wrk says.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Seconds of processor time until now.
    fn cpu(&self) -> Result<f64, String> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).map_err(|error| error.to_string())?;
        let fields = text.rsplit(") ").next().unwrap_or_default().split(' ');
        let ticks: f64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        Ok(ticks / 100.0)
    }
}

/// A program that runs on this processor alone, or anywhere if there is no `taskset`.
fn on_processor(processor: u32, program: &Path) -> Command {
    let Some(taskset) = find_program("taskset") else { return Command::new(program) };
    let mut command = Command::new(taskset);
    command.args(["-c", &processor.to_string()]).arg(program);
    command
}

fn round(directory: &Path, engine: &str, load: &Load, wrk: &Path, seconds: u32) -> Result<Best, String> {
    let program = directory.join(format!("{}.{engine}", load.program));
    let mut command = match find_program("wasmer").filter(|_| engine == "wasmer") {
        Some(wasmer) => {
            let mut command = on_processor(0, &wasmer);
            command
                .args(["run", "--net", "--volume", ".:/"])
                .arg(format!("{PROGRAMS}/{}.wasm", load.program))
                .arg("--");
            command
        }
        None => on_processor(0, &program),
    };
    command.arg("127.0.0.1:0").current_dir(directory).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut server = Server(command.spawn().map_err(|error| error.to_string())?);
    let mut port = String::new();
    let output = server.0.stdout.take().ok_or("no standard output")?;
    BufReader::new(output).read_line(&mut port).map_err(|error| error.to_string())?;
    let mut port: u16 = port.trim().parse().map_err(|error| format!("{engine} says {port}: {error}"))?;
    if engine == "wasmer" {
        // Its addresses have the other order of bytes.
        port = port.swap_bytes();
    }
    let url = format!("http://127.0.0.1:{port}/{}", load.file.unwrap_or_default());
    let (duration, connections) = (format!("{seconds}s"), load.connections.to_string());
    let mut asking = on_processor(1, wrk);
    asking.args(["-t", "1", "-c", &connections, "-d", &duration, &url]).current_dir(directory);
    if load.file.is_none() {
        asking.args(["-s", "echo.lua"]);
    }
    let run = asking.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    if !run.status.success() || text.contains("Socket errors") || text.contains("Non-2xx") {
        return Err(format!("{} ({engine}): {text}", load.program));
    }
    let line = |wanted: &str| text.lines().find(|line| line.contains(wanted)).ok_or(format!("no {wanted}: {text}"));
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok()).ok_or("wrk says no number");
    let requests = number(line("requests in")?.split_whitespace().next())?;
    let requests_per_second = number(line("Requests/sec:")?.split_whitespace().last())?;
    Ok(Best { requests_per_second, cost: server.cpu()? / requests * 1e6 })
}
