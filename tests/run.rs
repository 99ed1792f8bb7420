//! `cases/run`, `trap`, `wasi` and `wasix`: a module is compiled in this process, and its executable run.
//!
//! Small programs of the first kind run twice, fully optimised for a new processor and not at all for an old one: both
//! must do the same. (Backtraces differ: inlined functions are not in them.)

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use clap::Parser;

use crate::args::{Emit, Options};
use crate::case::{self, Case, unescape, words};
use crate::known_failures::{Listed, trial};
use crate::process::{self, Outcome, Stdin, TempDir};

const DIRECTIVES: &[&str] =
    &["module", "build", "dir", "args", "env", "stdin", "stdin-file", "file", "file-from", "mkdir", "symlink", "after"];

/// A trial's name ends with this when it is the second of its case.
const UNOPTIMISED: &str = " -O0 --cpu x86-64-v1";
/// A trial's name ends with this when root may do everything, and it is run by somebody else too.
const AS_NOBODY: &str = " as nobody";
const NOBODY: u32 = 65534;
/// A trial's name ends with this when its directory is inside the executable and what is changed stays in memory.
const EMBEDDED: &str = " --embed-overlay";
/// A trial's name ends with this when the program counts what it does, and is then built again for that.
const PROFILED: &str = " --profile-generate --profile-use";
/// Larger modules are compiled once only, to keep the test program quick.
const SMALL: u64 = 256 << 10;

/// The options of `wexe build`, parsed alone.
#[derive(Parser)]
#[command(no_binary_name = true)]
struct BuildLine {
    #[command(flatten)]
    options: Options,
}

pub fn trials() -> Vec<Listed> {
    let mut trials = Vec::new();
    for kind in ["run", "trap", "wasi", "wasix"] {
        for path in case::find(kind, &["wat", "case"]) {
            if kind == "run" && runs_twice(&path) {
                for variant in [UNOPTIMISED, PROFILED] {
                    let path = path.clone();
                    trials.push(trial(case::name(&path) + variant, move || run(&path, variant)));
                }
            }
            if kind == "wasi" && is_root() && !closes_stdin(&path) {
                let path = path.clone();
                trials.push(trial(case::name(&path) + AS_NOBODY, move || run(&path, AS_NOBODY)));
            }
            if kind.starts_with("wasi") && only_directories(&path) {
                let path = path.clone();
                trials.push(trial(case::name(&path) + EMBEDDED, move || run(&path, EMBEDDED)));
            }
            trials.push(trial(case::name(&path), move || run(&path, "")));
        }
    }
    trials
}

/// Whether a shell starts the program, which would not do so as another user.
fn closes_stdin(path: &Path) -> bool {
    Case::read(path).and_then(|case| case.directive("stdin").map(|stdin| stdin == Some("closed"))) == Ok(true)
}

/// Whether all that the case is given are directories that can as well be embedded.
fn only_directories(path: &Path) -> bool {
    let Ok(case) = Case::read(path) else { return false };
    !case.directives("dir").is_empty() && case.directives("build").is_empty()
}

/// Whether programs can be run as another user.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Gives everything in a directory, and itself, to the user who has no privileges.
fn give_to_nobody(path: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            give_to_nobody(&entry?.path())?;
        }
    }
    lchown(path, Some(NOBODY), Some(NOBODY))
}

fn runs_twice(path: &Path) -> bool {
    let Ok(case) = Case::read(path) else { return false };
    let chosen = case.directives("build").iter().any(|line| line.contains("-O") || line.contains("--cpu"));
    let module = case.directive("module").ok().flatten().map_or(path.with_extension("wasm"), |path| case.resolve(path));
    !chosen && fs::metadata(module).map_or(0, |file| file.len()) < SMALL
}

/// Runs a case in the way that the end of its trial's name says.
fn run(path: &Path, variant: &str) -> Result<(), String> {
    let case = Case::read(path)?;
    case.check_directives(DIRECTIVES)?;
    let directory = TempDir::new();
    prepare(&case, directory.path())?;

    // The executable is kept apart from the files that the program may see.
    let elsewhere = TempDir::new();
    let program = elsewhere.path().join("program");
    let as_nobody = variant == AS_NOBODY;
    let builds: &[&str] = match variant {
        AS_NOBODY => &[""],
        PROFILED => &[" --profile-generate", " --profile-use {dir}/wexe.profile"],
        options => &[options],
    };
    for options in builds {
        let executable = compile(&case, options, directory.path())?;
        fs::write(&program, executable).map_err(|error| format!("cannot write the executable: {error}"))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(|error| error.to_string())?;

        if as_nobody {
            give_to_nobody(directory.path()).map_err(|error| error.to_string())?;
        }
        let outcome = execute(&case, &program, directory.path(), as_nobody)?;
        if variant != EMBEDDED {
            check_files(&case, directory.path())?;
        }
        case.check(&case::lines(&outcome, &directory))?;
    }
    Ok(())
}

/// What `wexe build` would make of the case's module.
fn compile(case: &Case, more_options: &str, directory: &Path) -> Result<Vec<u8>, String> {
    let options = options(case, more_options, directory)?;
    wexe_compiler::compile(&case.module()?, &options.compiler_options(Emit::Exe)?, &())
        .map_err(|error| format!("does not compile: {error}"))
}

pub fn options(case: &Case, more_options: &str, directory: &Path) -> Result<Options, String> {
    let mut line = case.directives("build").join(" ") + more_options;
    for guest in case.directives("dir") {
        let option = if more_options == EMBEDDED { "--embed" } else { "--dir" };
        line += &format!(" {option} {{dir}}::{guest}");
    }
    let line = line.replace("{dir}", &directory.display().to_string());
    let parsed = BuildLine::try_parse_from(words(&line)?).map_err(|error| error.to_string())?;
    Ok(parsed.options)
}

/// Makes the files that the case wants to find.
fn prepare(case: &Case, directory: &Path) -> Result<(), String> {
    let write = |name: &str, contents: Vec<u8>| {
        let path = directory.join(name);
        let parent = path.parent().expect("a file is in a directory");
        fs::create_dir_all(parent).and_then(|()| fs::write(&path, contents)).map_err(|error| format!("{name}: {error}"))
    };
    for name in case.directives("mkdir") {
        fs::create_dir_all(directory.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    for line in case.directives("file") {
        let (name, text) = split(line, "=")?;
        write(name, unescape(text)?)?;
    }
    for line in case.directives("file-from") {
        let (name, source) = split(line, "=")?;
        write(name, read(&case.resolve(source))?)?;
    }
    for line in case.directives("symlink") {
        let (name, target) = split(line, "->")?;
        symlink(target, directory.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn execute(case: &Case, program: &Path, directory: &Path, as_nobody: bool) -> Result<Outcome, String> {
    let mut command = Command::new(program);
    if as_nobody {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.arg0(case.path.file_stem().expect("a case has a name")).current_dir(directory).env_clear();
    for line in case.directives("args") {
        command.args(words(line)?);
    }
    for line in case.directives("env") {
        let (name, value) = split(line, "=")?;
        command.env(name, value);
    }
    let stdin = match (case.directive("stdin")?, case.directive("stdin-file")?) {
        (Some("closed"), None) => Stdin::Closed,
        (text, None) => Stdin::Bytes(unescape(text.unwrap_or_default())?),
        (None, Some(path)) => Stdin::Bytes(read(&case.resolve(path))?),
        (Some(_), Some(_)) => return Err("stdin is given twice".to_string()),
    };
    process::run(&mut command, stdin)
}

/// Compares the files that the program should have left.
fn check_files(case: &Case, directory: &Path) -> Result<(), String> {
    for line in case.directives("after") {
        if let Some(name) = line.strip_suffix(" absent") {
            if directory.join(name).symlink_metadata().is_ok() {
                return Err(format!("{name} exists after the run"));
            }
            continue;
        }
        let (name, text) = split(line, "=")?;
        let actual = read(&directory.join(name))?;
        if actual != unescape(text)? {
            return Err(format!("{name} holds after the run: {}", String::from_utf8_lossy(&actual)));
        }
    }
    Ok(())
}

fn split<'a>(line: &'a str, separator: &str) -> Result<(&'a str, &'a str), String> {
    let (name, value) = line.split_once(separator).ok_or_else(|| format!("no {separator} in: {line}"))?;
    Ok((name.trim_end(), value.strip_prefix(' ').unwrap_or(value)))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}
