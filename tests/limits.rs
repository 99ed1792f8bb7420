//! Functions as large as the limits allow, or larger than anybody writes: they compile and run, or are refused.
//!
//! Nests are 5,000 deep and bodies 100 KB here, a tenth and less of what compiles: with debug assertions the code
//! generator takes quadratic time on some of them. Nothing here is timed, but what takes long shows.

use std::fs;

use crate::cli::shell;
use crate::known_failures::{Listed, trial};
use crate::process::TempDir;

const DEPTH: usize = 5000;

pub fn trials() -> Vec<Listed> {
    let ends = "end ".repeat(DEPTH);
    let bodies = [
        ("blocks", format!("{} {ends}", "block ".repeat(DEPTH))),
        ("loops", format!("{} {ends}", "loop ".repeat(DEPTH))),
        ("ifs", format!("{} {ends}", "i32.const 0 i32.load i32.eqz if ".repeat(DEPTH))),
        ("br_table", format!("block i32.const 0 i32.load br_table {} end", "0 ".repeat(60_000))),
        ("locals", format!("(local {})", "i32 ".repeat(50_000))),
        ("operands", format!("{} {} drop", "i32.const 0 i32.load ".repeat(DEPTH), "i32.add ".repeat(DEPTH - 1))),
        ("body", "i32.const 0 i32.const 0 i32.load i32.const 1 i32.add i32.store ".repeat(8000)),
    ];
    let mut trials: Vec<Listed> = bodies
        .into_iter()
        .flat_map(|(name, body)| {
            ["-O2", "-O0"].map(|options| {
                let body = body.clone();
                let run = move || build_and_run(&format!("(func (export \"_start\") {body})"), options);
                Listed { variant: options.to_string(), ..trial(format!("limits/{name}"), run) }
            })
        })
        .collect();
    let functions = "(func)".repeat(20_000);
    trials.push(trial("limits/functions", move || {
        build_and_run(&format!("(func (export \"_start\")) {functions}"), "-O0")
    }));
    trials.push(trial("limits/too-many-locals", too_many_locals));
    trials
}

fn build_and_run(functions: &str, options: &str) -> Result<(), String> {
    let directory = TempDir::new();
    let module = format!("(module (memory 1) {functions})");
    fs::write(directory.path().join("program.wat"), module).map_err(|error| error.to_string())?;
    let outcome = shell(&format!("wexe build {options} program.wat && ./program"), &directory)?;
    match outcome.status.as_str() {
        "0" => Ok(()),
        status => Err(format!("exit status {status}: {}", String::from_utf8_lossy(&outcome.stderr))),
    }
}

fn too_many_locals() -> Result<(), String> {
    let locals = "i32 ".repeat(50_001);
    match build_and_run(&format!("(func (export \"_start\") (local {locals}))"), "-O0") {
        Err(message) if message.contains("too many locals") => Ok(()),
        other => Err(format!("expected an error, got {other:?}")),
    }
}
