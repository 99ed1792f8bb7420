//! Builds the runtime, as a static library of its own profile, for `link.rs` to embed.
//!
//! A Cargo of its own does it, because a build dependency cannot be a freestanding library: own target directory (the
//! outer Cargo holds the lock of the other), the workspace's lock file, none of the flags meant for the tool itself.

use std::env;
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
        Ok(status) if status.success() => {}
        other => {
            eprintln!("the runtime does not build: {other:?}");
            exit(1);
        }
    }
    println!("cargo:rustc-env=WEXE_RUNTIME={}", object.display());
}

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
