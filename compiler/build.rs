//! Builds the runtime, as a static library of its own profile, for `link.rs` to embed.
//!
//! A Cargo of its own does it, because a build dependency cannot be a freestanding library: own target directory (the
//! outer Cargo holds the lock of the other), the workspace's lock file, none of the flags meant for the tool itself.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

const TARGET: &str = "x86_64-unknown-linux-gnu";
const PROFILE: &str = "runtime";
/// Backtraces follow frame pointers; nothing unwinds, so tables for that would only be bytes.
const RUSTFLAGS: &[&str] =
    &["-Cforce-frame-pointers=yes", "-Cforce-unwind-tables=no", "-Crelocation-model=pic", "-Ctarget-cpu=x86-64"];
/// Beginnings of the names of environment variables that are about building the tool, not the runtime.
const TOOL_SETTINGS: &[&str] =
    &["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_", "RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER", "RUSTFLAGS"];

fn main() {
    let compiler = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let workspace = compiler.parent().expect("the compiler is a member of the workspace");
    for input in ["runtime/src", "runtime/abi", "runtime/Cargo.toml", "Cargo.toml", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={}", workspace.join(input).display());
    }
    let directory = PathBuf::from(variable("OUT_DIR"));
    let object = directory.join("runtime.o");
    match cargo(workspace, &directory.join("runtime"), &object).status() {
        Ok(status) if status.success() => drop_unwind_tables(&object),
        other => {
            eprintln!("the runtime does not build: {other:?}");
            exit(1);
        }
    }
    println!("cargo:rustc-env=RUNTIME_OBJECT={}", object.display());
}

/// Rust's core library comes with unwind tables, whatever the flags say. Here they are a twelfth of a small executable,
/// and nobody reads them, so linkers are shown nothing in their place.
fn drop_unwind_tables(path: &Path) {
    let mut object = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let field = |object: &[u8], at: usize, size: usize| {
        object[at..at + size].iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
    };
    // The header of an ELF file, and those of its sections: where they are, how many, and which has their names.
    let (headers, count, names) = (field(&object, 40, 8), field(&object, 60, 2), field(&object, 62, 2));
    let names = field(&object, headers + names * SECTION_HEADER + 24, 8);
    for header in (0..count).map(|index| headers + index * SECTION_HEADER) {
        let name = &object[names + field(&object, header, 4)..];
        if name.starts_with(b".eh_frame\0") || name.starts_with(b".rela.eh_frame\0") {
            // Its type: none.
            object[header + 4..header + 8].fill(0);
        }
    }
    fs::write(path, object).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Bytes of a section's header.
const SECTION_HEADER: usize = 64;

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("Cargo sets {name}"))
}

/// The command that compiles the runtime, with all that it needs of Rust's core library, into `object`.
fn cargo(workspace: &Path, target_directory: &Path, object: &Path) -> Command {
    let mut cargo = Command::new(variable("CARGO"));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if TOOL_SETTINGS.iter().any(|setting| name.starts_with(setting)) {
            cargo.env_remove(&*name);
        }
    }
    // Set, and not only removed, this takes precedence over configuration files too.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS.join("\x1f"));
    cargo.current_dir(workspace);
    cargo.args(["rustc", "--quiet", "--locked", "--package", "wexe-runtime", "--lib"]);
    cargo.args(["--crate-type", "staticlib", "--profile", PROFILE, "--target", TARGET]);
    cargo.arg("--target-dir").arg(target_directory);
    // Of the library, only the object with our code is of use: the rest are compiler built-ins that nothing calls.
    cargo.arg("--").arg(format!("--emit=obj={}", object.display()));
    cargo
}
