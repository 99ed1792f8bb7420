//! Measures how long `hello` takes from start to exit, beside a program that only writes and exits by raw system calls.
//!
//! That smallest possible program is written here as bytes, so that the comparison needs no compiler; programs of a C
//! compiler and another WebAssembly engine are measured too where they are found. All run in turn, so that what
//! disturbs the machine disturbs all of them.
//!
//!     cargo bench --bench startup [-- --rounds 2000] [--json FILE]

/// Shared by all benchmarks; no one of them uses all of it.
#[allow(dead_code)]
mod measure;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use measure::{Invocation, find_program, median};

const HELLO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests/c/hello.wasm");
const HELLO_C: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests/c/hello.c");
const MESSAGE: &[u8] = b"hello, world\n";

struct Candidate {
    name: &'static str,
    invocation: Invocation,
    samples: Vec<f64>,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value = |option: &str| args.iter().position(|arg| arg == option).and_then(|at| args.get(at + 1));
    let rounds: usize = value("--rounds").and_then(|text| text.parse().ok()).unwrap_or(1000);
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("startup");
    fs::create_dir_all(&directory).expect("the target directory is writable");

    let mut candidates = candidates(&directory);
    for round in 0..rounds + rounds / 20 {
        for candidate in &mut candidates {
            let wall = candidate.invocation.wall().unwrap_or_else(|error| panic!("{}: {error}", candidate.name));
            // The first of them warm the caches.
            if round >= rounds / 20 {
                candidate.samples.push(wall);
            }
        }
    }
    report(&candidates, value("--json").map(Path::new));
}

fn candidates(directory: &Path) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut add = |name, made: Result<Invocation, String>| match made {
        Ok(invocation) => candidates.push(Candidate { name, invocation, samples: Vec::new() }),
        Err(why) => eprintln!("skipped: {name}: {why}"),
    };
    add("raw system calls", raw(&directory.join("raw")));
    add("wexe", wexe(&directory.join("wexe-hello")));
    add("musl static", c_compiler("musl-gcc", &directory.join("musl-hello"), &["-static"]));
    add("glibc static", c_compiler("cc", &directory.join("glibc-hello"), &["-static"]));
    add("glibc dynamic", c_compiler("cc", &directory.join("dynamic-hello"), &[]));
    add("wasmtime, precompiled", wasmtime(&directory.join("hello.cwasm")));
    candidates
}

/// An ELF file of one segment whose code writes the message and exits.
fn raw(path: &Path) -> Result<Invocation, String> {
    const BASE: u64 = 0x40_0000;
    const HEADERS: u64 = 64 + 56;
    let code: &[u8] = &[
        0xb8, 1, 0, 0, 0, // mov eax, 1 (write)
        0xbf, 1, 0, 0, 0, // mov edi, 1
        0x48, 0x8d, 0x35, 16, 0, 0, 0, // lea rsi, [rip + message]
        0xba, 13, 0, 0, 0, // mov edx, 13
        0x0f, 0x05, // syscall
        0xb8, 231, 0, 0, 0, // mov eax, 231 (exit_group)
        0x31, 0xff, // xor edi, edi
        0x0f, 0x05, // syscall
    ];
    let size = HEADERS + (code.len() + MESSAGE.len()) as u64;
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut put = |value: u64, bytes: usize| file.extend_from_slice(&value.to_le_bytes()[..bytes]);
    // type, machine, version, entry, program headers, section headers, flags, and their sizes and counts
    for (value, bytes) in [(2, 2), (62, 2), (1, 4), (BASE + HEADERS, 8), (64, 8), (0, 8), (0, 4)] {
        put(value, bytes);
    }
    for (value, bytes) in [(64, 2), (56, 2), (1, 2), (64, 2), (0, 2), (0, 2)] {
        put(value, bytes);
    }
    // PT_LOAD, read and execute, offset, addresses, sizes, alignment
    for (value, bytes) in [(1, 4), (5, 4), (0, 8), (BASE, 8), (BASE, 8), (size, 8), (size, 8), (4096, 8)] {
        put(value, bytes);
    }
    file.extend_from_slice(code);
    file.extend_from_slice(MESSAGE);
    fs::write(path, file).map_err(|error| error.to_string())?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(|error| error.to_string())?;
    checked(path)
}

fn wexe(path: &Path) -> Result<Invocation, String> {
    Invocation::new(env!("CARGO_BIN_EXE_wexe"), &["build", "--strip", HELLO, "-o", text(path)]).must_run()?;
    checked(path)
}

fn c_compiler(name: &str, path: &Path, options: &[&str]) -> Result<Invocation, String> {
    let compiler = find_program(name).ok_or("not found")?;
    Invocation::new(compiler, &[&["-O2", "-s", HELLO_C, "-o", text(path)], options].concat()).must_run()?;
    checked(path)
}

fn wasmtime(path: &Path) -> Result<Invocation, String> {
    let engine = find_program("wasmtime").ok_or("not found")?;
    Invocation::new(&engine, &["compile", HELLO, "-o", text(path)]).must_run()?;
    Ok(Invocation::new(engine, &["run", "--allow-precompiled", text(path)]))
}

/// A program that says hello.
fn checked(path: &Path) -> Result<Invocation, String> {
    let invocation = Invocation::new(path, &[]);
    let run = invocation.must_run()?;
    if run.stdout == MESSAGE { Ok(invocation) } else { Err("it does not say hello".to_string()) }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the target directory is UTF-8")
}

fn report(candidates: &[Candidate], json: Option<&Path>) {
    let raw = median(&candidates[0].samples);
    println!("{:24} {:>10} {:>8} {:>12} {:>12}", "hello, start to exit", "median ms", "ratio", "file KiB", "peak KiB");
    let mut rows = Vec::new();
    for candidate in candidates {
        let wall = median(&candidate.samples);
        let size = fs::metadata(&candidate.invocation.program).map_or(0, |metadata| metadata.len());
        let peak = candidate.invocation.peak_memory().unwrap_or(0);
        println!(
            "{:24} {:>10.3} {:>8.2} {:>12.1} {:>12}",
            candidate.name,
            wall * 1e3,
            wall / raw,
            size as f64 / 1024.0,
            peak >> 10
        );
        rows.push(format!(
            "  {{\"name\": {:?}, \"seconds\": {wall:.7}, \"ratio\": {:.3}, \"file\": {size}, \"peak\": {peak}}}",
            candidate.name,
            wall / raw
        ));
    }
    if let Some(path) = json {
        let text = format!("[\n{}\n]\n", rows.join(",\n"));
        fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
