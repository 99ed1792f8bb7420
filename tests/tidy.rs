//! Rules that every file keeps, and `cargo fmt` and `cargo clippy`.
//!
//! They are tests so that one command checks everything. Both tools are skipped where the toolchain comes without them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::case::walk;
use crate::known_failures::{Listed, skippable, trial};

const LINE_LENGTH: usize = 120;
/// Tables with a row for each function, which stays one line.
const LONG_LINES: &[&str] = &[
    "runtime/abi/src/wasi_snapshot_preview1.rs",
    "runtime/abi/src/wasi_unstable.rs",
    "runtime/abi/src/wasix_32v1.rs",
    "runtime/abi/src/wasix_older.rs",
    "runtime/abi/src/wasmedge_sock.rs",
];
const FILE_LENGTH: usize = 600;
/// Files of one `match` over all operators, or one table, may be longer.
const LONG_FILES: &[&str] = &[];
/// What a file is named after must be a thing, and these are none.
const FORBIDDEN_NAMES: &[&str] =
    &["base", "common", "utils", "util", "helpers", "helper", "context", "manager", "misc"];
const SOURCE_DIRECTORIES: &[&str] = &["cli", "compiler", "runtime", "tests", "benches"];
/// Crate roots that must forbid unsafe code.
const SAFE_ROOTS: &[&str] = &["cli/main.rs", "compiler/src/lib.rs", "runtime/abi/src/lib.rs"];
/// What may contain unsafe code: the runtime, its tests, and the benchmark that calls its functions directly.
const UNSAFE_FILES: &[&str] = &["runtime/src/", "runtime/tests/", "benches/memory.rs"];

pub fn trials() -> Vec<Listed> {
    vec![
        trial("tidy/files", || all_files(check_file)),
        trial("tidy/unsafe", || all_files(check_unsafe)),
        trial("tidy/safe-roots", check_safe_roots),
        skippable("tidy/fmt", || cargo(&["fmt", "--all", "--check"])),
        skippable("tidy/clippy", || {
            cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
        }),
    ]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files of the repository, by their path in it.
fn sources() -> Vec<(String, PathBuf)> {
    let files = SOURCE_DIRECTORIES.iter().flat_map(|directory| walk(&root().join(directory)));
    let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let named = sources.map(|path| {
        let name = path.strip_prefix(root()).expect("it was found below the root").display().to_string();
        (name, path)
    });
    // Guest programs are fixtures and examples, not part of the tool.
    named.filter(|(name, _)| !name.contains("/guests/") && !name.contains("/cases/")).collect()
}

/// All that a rule finds, in all files.
fn all_files(rule: fn(&str, &str) -> Vec<String>) -> Result<(), String> {
    let mut problems = Vec::new();
    for (name, path) in sources() {
        let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        problems.extend(rule(&name, &text).iter().map(|problem| format!("{name}: {problem}")));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn check_file(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut problem = |what: String| problems.push(what);
    if !text.starts_with("//!") {
        problem("does not begin with //!".to_string());
    }
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if FORBIDDEN_NAMES.contains(&stem) || stem.ends_with("_2") {
        problem(format!("{stem} is not the name of a thing"));
    }
    let length = text.lines().count();
    if length > FILE_LENGTH && !LONG_FILES.contains(&name) {
        problem(format!("has {length} lines, more than {FILE_LENGTH}"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        if line.chars().count() > LINE_LENGTH && !LONG_LINES.contains(&name) {
            problem(format!("line {number} is longer than {LINE_LENGTH}"));
        }
        // The words are put together here so that this file keeps the rule.
        if line.contains(concat!("TO", "DO")) || line.contains(concat!("XX", "X:")) {
            problem(format!("line {number} leaves something to do"));
        }
        if line.ends_with(char::is_whitespace) || line.contains('\t') {
            problem(format!("line {number} has a tab, or a blank at its end"));
        }
    }
    problems
}

fn check_unsafe(name: &str, text: &str) -> Vec<String> {
    if UNSAFE_FILES.iter().any(|allowed| name.starts_with(allowed)) {
        return Vec::new();
    }
    let is_unsafe = |line: &str| {
        line.split("//").next().unwrap_or_default().split([' ', '(', '{']).any(|word| word == concat!("un", "safe"))
    };
    let found = (1..).zip(text.lines()).filter(|(_, line)| is_unsafe(line));
    found.map(|(number, _)| format!("line {number} is not safe")).collect()
}

fn check_safe_roots() -> Result<(), String> {
    for name in SAFE_ROOTS {
        let text = fs::read_to_string(root().join(name)).map_err(|error| format!("{name}: {error}"))?;
        let attribute = "#![forbid(unsafe_code)]";
        if !text.contains(attribute) {
            return Err(format!("{name} lacks {attribute}"));
        }
    }
    Ok(())
}

/// Runs a cargo command, or says why it cannot run.
fn cargo(args: &[&str]) -> Result<Option<String>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let available = Command::new(&cargo).args([args[0], "--version"]).output();
    if !available.is_ok_and(|output| output.status.success()) {
        return Ok(Some(format!("this toolchain has no cargo {}", args[0])));
    }
    let mut command = Command::new(&cargo);
    command.args(args).current_dir(root());
    // What cargo set for this test program would look like another configuration, and everything would be built again.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_")) {
        if name != "CARGO_HOME" && name != "CARGO_TARGET_DIR" {
            command.env_remove(name);
        }
    }
    let output = command.output().map_err(|error| format!("cannot run cargo: {error}"))?;
    if output.status.success() {
        return Ok(None);
    }
    Err(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}
