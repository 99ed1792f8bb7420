//! Measures how fast wexe compiles: megabytes of WebAssembly code per second and core, and peak memory.
//!
//! Without arguments it compiles the largest modules that are at hand: the benchmark's guests and, where they were
//! fetched, the whole programs. The rate is that of the code section, over the processor time of the whole process.
//!
//!     cargo bench --bench compile [-- [--rounds 3] [--wexe PATH] [-O0] [MODULE.wasm...]]

#[allow(dead_code)]
mod guests;
/// Shared by all benchmarks; no one of them uses all of it.
#[allow(dead_code)]
mod measure;

use std::fs;
use std::path::{Path, PathBuf};

use measure::{Invocation, median};

fn main() {
    let (mut rounds, mut wexe, mut level) = (3, PathBuf::from(env!("CARGO_BIN_EXE_wexe")), "-O2".to_string());
    let mut modules: Vec<PathBuf> = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--rounds" => rounds = words.next().and_then(|text| text.parse().ok()).expect("--rounds takes a number"),
            "--wexe" => wexe = words.next().expect("--wexe takes a path").into(),
            "-O0" | "-O2" => level = word,
            "--bench" => {} // cargo says so
            module => modules.push(module.into()),
        }
    }
    if modules.is_empty() {
        let mut guests = guests::all();
        guests.sort_by_key(|guest| std::cmp::Reverse(code_size(&guest.wasm)));
        modules = guests.into_iter().take(8).map(|guest| guest.wasm).collect();
    }
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
    println!(
        "{:24} {:>9} {:>9} {:>9} {:>10} {:>9} {:>10}",
        "module", "code MB", "cpu s", "wall s", "MB/s/core", "peak MiB", "file MiB"
    );
    for module in &modules {
        measure_module(&wexe, &level, module, &output, rounds);
    }
}

fn measure_module(wexe: &Path, level: &str, module: &Path, output: &Path, rounds: usize) {
    let text = |path: &Path| path.to_str().expect("paths are UTF-8").to_string();
    let invocation = Invocation::new(wexe, &["build", "--no-cache", level, &text(module), "-o", &text(output)]);
    let name = module.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        match invocation.must_run() {
            Ok(run) => (cpu.push(run.cpu), wall.push(run.wall)),
            Err(error) => return println!("{name:24} failed: {error}"),
        };
    }
    let megabytes = code_size(module) as f64 / 1e6;
    let peak = invocation.peak_memory().unwrap_or(0) as f64 / f64::from(1 << 20);
    let size = fs::metadata(output).map_or(0, |metadata| metadata.len()) as f64 / f64::from(1 << 20);
    println!(
        "{name:24} {megabytes:>9.3} {:>9.3} {:>9.3} {:>10.2} {peak:>9.1} {size:>10.2}",
        median(&cpu),
        median(&wall),
        megabytes / median(&cpu)
    );
}

/// Bytes of the module's code section, or 0 if it has none.
fn code_size(module: &Path) -> usize {
    const CODE_SECTION: u8 = 10;
    let Ok(bytes) = fs::read(module) else { return 0 };
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((&id, after)) = rest.split_first() {
        let (mut size, mut shift, mut length) = (0, 0, 0);
        for &byte in after.iter().take(5) {
            size |= usize::from(byte & 0x7f) << shift;
            (shift, length) = (shift + 7, length + 1);
            if byte < 0x80 {
                break;
            }
        }
        if id == CODE_SECTION {
            return size;
        }
        rest = after.get(length + size..).unwrap_or_default();
    }
    0
}
