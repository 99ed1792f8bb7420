//! Measures what a call of a host function costs, beside the same loop in static C and in another WebAssembly engine.
//!
//! A loop runs with many calls and with none; the difference in processor time, divided by the calls, is what one
//! costs. Of several rounds the quickest counts, since nothing but other work on the machine can make a round slower.
//!
//!     cargo bench --bench calls [-- --rounds 5] [--json FILE]

/// Shared by all benchmarks; no one of them uses all of it.
#[allow(dead_code)]
mod measure;

use std::fs;
use std::path::{Path, PathBuf};

use measure::{Invocation, find_program};

const GUEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/calls/calls.wat");
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/calls/calls.c");

/// What is measured, and how many calls of it.
const CALLS: &[(&str, u32)] = &[
    ("fd_write", 1_000_000),
    ("fd_read", 1_000_000),
    ("clock_time_get", 5_000_000),
    ("random_get", 1_000_000),
    ("path_open", 200_000),
];

/// The command that makes so many of these calls.
type Command = Box<dyn Fn(&str, u32) -> Invocation>;

/// A way to run the loops.
struct Engine {
    name: &'static str,
    command: Command,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value = |option: &str| args.iter().position(|arg| arg == option).and_then(|at| args.get(at + 1));
    let rounds: usize = value("--rounds").and_then(|text| text.parse().ok()).unwrap_or(3);
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("calls");
    fs::create_dir_all(&directory).expect("the target directory is writable");
    fs::write(directory.join("file"), "").expect("the target directory is writable");

    let mut engines = Vec::new();
    for (name, made) in [("wexe", wexe(&directory)), ("C", c(&directory)), ("wasmtime", wasmtime(&directory))] {
        match made {
            Ok(command) => engines.push(Engine { name, command }),
            Err(why) => eprintln!("skipped: {name}: {why}"),
        }
    }
    let mut rows = Vec::new();
    println!("{:16} {:>10} {:>10} {:>10} {:>8}", "call", "wexe ns", "C ns", "wasmtime", "ratio");
    for (call, count) in CALLS {
        let cost =
            |name: &str| engines.iter().find(|engine| engine.name == name).map(|e| per_call(e, call, *count, rounds));
        let (ours, native, other) = (cost("wexe"), cost("C"), cost("wasmtime"));
        let shown = |nanoseconds: Option<f64>| nanoseconds.map_or("-".to_string(), |value| format!("{value:.1}"));
        let ratio = ours.zip(native).map(|(ours, native)| ours / native);
        let ratio = ratio.map_or("-".to_string(), |value| format!("{value:.2}"));
        println!("{call:16} {:>10} {:>10} {:>10} {ratio:>8}", shown(ours), shown(native), shown(other));
        let json = |value: Option<f64>| value.map_or("null".to_string(), |value| format!("{value:.2}"));
        rows.push(format!(
            "  {{\"call\": \"{call}\", \"wexe\": {}, \"c\": {}, \"wasmtime\": {}}}",
            json(ours),
            json(native),
            json(other)
        ));
    }
    if let Some(path) = value("--json") {
        let text = format!("[\n{}\n]\n", rows.join(",\n"));
        fs::write(path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

/// Nanoseconds that a call costs.
fn per_call(engine: &Engine, call: &str, count: u32, rounds: usize) -> f64 {
    let quickest = |count| {
        let run = || (engine.command)(call, count).must_run();
        let cpu = (0..rounds).map(|_| run().unwrap_or_else(|error| panic!("{}: {error}", engine.name)).cpu);
        cpu.fold(f64::INFINITY, f64::min)
    };
    (quickest(count) - quickest(0)) / f64::from(count) * 1e9
}

/// The program reads zeros, and what it writes goes nowhere.
fn redirected(directory: &Path, program: String, args: impl Fn(&str, u32) -> Vec<String> + 'static) -> Command {
    let directory = directory.to_path_buf();
    Box::new(move |call, count| {
        let mut invocation = Invocation::new("/bin/sh", &["-c", "exec \"$@\" < /dev/zero > /dev/null", "sh"]);
        invocation.args.push(program.replace("{call}", call));
        invocation.args.extend(args(call, count));
        invocation.dir = Some(directory.clone());
        invocation
    })
}

fn wexe(directory: &Path) -> Result<Command, String> {
    for (call, _) in CALLS {
        let output = format!("{}/{call}", text(directory));
        let args = ["build", GUEST, "--invoke", call, "--dir", ".", "-o", &output];
        Invocation::new(env!("CARGO_BIN_EXE_wexe"), &args).must_run()?;
    }
    Ok(redirected(directory, "./{call}".to_string(), |_, count| vec![count.to_string()]))
}

fn c(directory: &Path) -> Result<Command, String> {
    let compiler = find_program("cc").ok_or("not found")?;
    let output = format!("{}/c", text(directory));
    Invocation::new(compiler, &["-O2", "-static", SOURCE, "-o", &output]).must_run()?;
    Ok(redirected(directory, "./c".to_string(), |call, count| vec![call.to_string(), count.to_string()]))
}

fn wasmtime(directory: &Path) -> Result<Command, String> {
    let engine = find_program("wasmtime").ok_or("not found")?;
    let args = |call: &str, count: u32| {
        let count = count.to_string();
        ["run", "--dir", ".", "--invoke", call, GUEST, &count].map(str::to_string).to_vec()
    };
    Ok(redirected(directory, text(&engine).to_string(), args))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths here are UTF-8")
}
