//! `wexe build`: a module in, one file out.
//!
//! The file is written beside its final name and renamed when complete, so a failure at any point leaves nothing behind
//! and never damages what stood there before.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wexe_compiler::Progress;

use crate::args::{Build, Emit, Options};
use crate::cache::Kept;
use crate::input;
use crate::report::Report;

pub fn build(args: &Build) -> Result<(), String> {
    let output = match &args.output {
        Some(path) => path.clone(),
        None => default_output(&args.input, args.emit)?,
    };
    check_output(&args.input, &output)?;

    let report = Report::new();
    let outcome = compile(&args.input, &args.options, args.emit, &report).and_then(|bytes| {
        report.stage("write");
        write(&output, &bytes, args.emit == Emit::Exe)
            .map_err(|error| format!("cannot write {}: {error}", name(&output)))
    });
    report.finish(args.options.time && outcome.is_ok());
    outcome
}

/// What both verbs begin with.
pub fn compile(input: &Path, options: &Options, emit: Emit, report: &Report) -> Result<Vec<u8>, String> {
    report.stage("read");
    let wasm = input::read(input)?;
    let mut compiler_options = options.compiler_options(emit)?;
    let is_code = matches!(emit, Emit::Exe | Emit::Obj);
    let kept = if is_code && !options.no_cache { Kept::open(input) } else { None };
    compiler_options.cache = kept.as_ref().map(|kept| Arc::clone(&kept.code));
    let compiled = wexe_compiler::compile(&wasm, &compiler_options, report)
        .map_err(|error| format!("{}: {error}", input::name(input)))?;
    if let Some(kept) = kept {
        kept.store();
    }
    Ok(compiled)
}

/// The input's name without its extension, in the current directory.
fn default_output(input: &Path, emit: Emit) -> Result<PathBuf, String> {
    let stem = input.file_stem().filter(|_| input != Path::new("-"));
    let stem = stem.ok_or("give the output a name with -o, since the input has none")?;
    let extension = match emit {
        Emit::Exe => "",
        Emit::Obj => "o",
        Emit::Clif => "clif",
        Emit::Asm => "s",
    };
    let mut name = stem.to_os_string();
    if !extension.is_empty() {
        name.push(".");
        name.push(extension);
    }
    Ok(PathBuf::from(name))
}

/// Finds before a long compilation what would make its output impossible to write.
fn check_output(input: &Path, output: &Path) -> Result<(), String> {
    let problem = |what: &str| Err(format!("cannot write {}: {what}", output.display()));
    if is_stdout(output) {
        return Ok(());
    }
    if let Ok(there) = fs::metadata(output) {
        if there.is_dir() {
            return problem("it is a directory");
        }
        let same = |read: fs::Metadata| (read.dev(), read.ino()) == (there.dev(), there.ino());
        if there.is_file() && fs::metadata(input).is_ok_and(same) {
            return problem("it is the input; give another name with -o");
        }
    }
    match fs::metadata(directory(output)) {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => problem("its directory is not a directory"),
        Err(error) => problem(&error.to_string()),
    }
}

fn is_stdout(output: &Path) -> bool {
    output == Path::new("-")
}

fn name(output: &Path) -> String {
    if is_stdout(output) { "to standard output".to_string() } else { output.display().to_string() }
}

fn directory(output: &Path) -> &Path {
    match output.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Writes a file as a whole, or leaves what was there.
pub fn write(output: &Path, bytes: &[u8], executable: bool) -> io::Result<()> {
    if is_stdout(output) {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        return stdout.flush();
    }
    // A device or a pipe cannot be replaced by a file.
    if fs::metadata(output).is_ok_and(|there| is_special(&there)) {
        return OpenOptions::new().write(true).open(output)?.write_all(bytes);
    }
    let (path, mut file) = create_beside(output, if executable { 0o777 } else { 0o666 })?;
    let outcome = file.write_all(bytes).and_then(|()| fs::rename(&path, output));
    if outcome.is_err() {
        let _ = fs::remove_file(&path);
    }
    outcome
}

fn is_special(there: &fs::Metadata) -> bool {
    let kind = there.file_type();
    kind.is_char_device() || kind.is_block_device() || kind.is_fifo()
}

/// A new file in the directory of `output`, under a name that no other process uses.
fn create_beside(output: &Path, mode: u32) -> io::Result<(PathBuf, File)> {
    for attempt in 0.. {
        let path = directory(output).join(format!(".wexe-{}-{attempt}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(mode).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            outcome => return outcome.map(|file| (path, file)),
        }
    }
    unreachable!("the loop has no end")
}
