//! Objects and the runtime → the bytes of a static-PIE executable, linked in this process and in memory by libwild.
//!
//! The runtime is one relocatable object, embedded here by `build.rs`. Another linker can be named: it gets the same
//! objects in a directory of its own and flags that every GNU-style linker knows.

use crate::{Error, ErrorKind, Result};
use libwild::error as wild_error;
use libwild::{Args, FileSystem, FileType, InputFileData, Linker, OutputFileData, OutputOptions};
use std::borrow::Cow;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The runtime, a relocatable ELF object.
static RUNTIME: &[u8] = include_bytes!(env!("RUNTIME_OBJECT"));

const OUTPUT: &str = "executable";

/// What both kinds of linker are told. The image has no interpreter: the runtime relocates it.
const FLAGS: &[&str] = &[
    "-m",
    "elf_x86_64",
    "-static",
    "-pie",
    "--no-dynamic-linker",
    "--gc-sections",
    "--build-id=none",
    "--hash-style=gnu",
    "-z",
    "relro",
    "-z",
    "now",
    "-z",
    "noexecstack",
    "-z",
    "defs",
    "-o",
    OUTPUT,
];

/// Which segment constants are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constants {
    /// That of the code: a segment more is 3 % more time for a small program to start.
    WithCode,
    /// One of their own, so that what somebody else wrote (embedded files) is not executable.
    Apart,
}

/// Links `objects` with the runtime into an executable that begins at `entry`, with `linker` or the one inside.
pub fn link(
    objects: Vec<Vec<u8>>,
    entry: &str,
    strip: bool,
    constants: Constants,
    linker: Option<&Path>,
) -> Result<Vec<u8>> {
    let mut inputs: Vec<Cow<'static, [u8]>> = objects.into_iter().map(Cow::Owned).collect();
    inputs.push(Cow::Borrowed(RUNTIME));
    let mut arguments: Vec<String> = FLAGS.iter().map(ToString::to_string).collect();
    arguments.extend(["--entry".to_string(), entry.to_string()]);
    // The runtime's debug information is about source that the user does not have.
    arguments.push(if strip { "--strip-all" } else { "--strip-debug" }.to_string());
    arguments.extend((0..inputs.len()).map(|index| format!("{index}.o")));
    match linker {
        None => link_in_process(inputs, constants, &arguments),
        Some(linker) => link_with(linker, &inputs, &arguments),
    }
}

fn failed(message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Link, format!("linking failed: {message}"))
}

fn link_in_process(inputs: Vec<Cow<'static, [u8]>>, constants: Constants, arguments: &[String]) -> Result<Vec<u8>> {
    let output = Arc::new(Mutex::new(Vec::new()));
    let memory = Memory { inputs: inputs.into_iter().map(Arc::new).collect(), output: output.clone() };
    // Relocations, which are all relative, take an eighth of the room when packed.
    let segment = if constants == Constants::WithCode { "--no-rosegment" } else { "--rosegment" };
    let all =
        || ["wild", segment, "-z", "pack-relative-relocs"].into_iter().chain(arguments.iter().map(String::as_str));
    let run = || -> wild_error::Result {
        let mut args = Args::new(all)?;
        args.parse(all)?;
        Linker::with_file_system(memory).run(&args)?;
        Ok(())
    };
    run().map_err(|error| failed(error.to_string()))?;
    let mut output = output.lock().expect("no thread panicked with it");
    Ok(std::mem::take(&mut output))
}

/// A file system that holds the inputs, `0.o`, `1.o` and so on, and takes the output.
struct Memory {
    inputs: Vec<Arc<Cow<'static, [u8]>>>,
    output: Arc<Mutex<Vec<u8>>>,
}

impl Memory {
    fn input(&self, path: &Path) -> wild_error::Result<&Arc<Cow<'static, [u8]>>> {
        let index = path.to_str().and_then(|name| name.strip_suffix(".o")?.parse::<usize>().ok());
        let input = index.and_then(|index| self.inputs.get(index));
        input.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound).into())
    }
}

#[derive(Debug)]
struct Input(Arc<Cow<'static, [u8]>>);

impl InputFileData for Input {
    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

struct Output {
    bytes: Vec<u8>,
    place: Arc<Mutex<Vec<u8>>>,
}

impl OutputFileData for Output {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn finish(self) -> wild_error::Result {
        *self.place.lock().expect("no thread panicked with it") = self.bytes;
        Ok(())
    }
}

impl FileSystem for Memory {
    type Input = Input;
    type Output = Output;

    fn open_input(&self, path: &Path, _prepopulate_maps: bool) -> wild_error::Result<(Input, Option<Arc<File>>)> {
        Ok((Input(self.input(path)?.clone()), None))
    }

    fn file_type(&self, path: &Path) -> wild_error::Result<FileType> {
        self.input(path).map(|_| FileType::File)
    }

    fn canonicalize(&self, path: &Path) -> wild_error::Result<PathBuf> {
        Ok(path.to_path_buf())
    }

    fn remove_file(&self, _path: &Path) -> wild_error::Result<()> {
        Ok(())
    }

    fn rename_file(&self, _path: &Path, _new_path: &Path) -> wild_error::Result<()> {
        Ok(())
    }

    fn create_output(&self, _path: Arc<Path>, options: OutputOptions) -> wild_error::Result<Output> {
        let size = usize::try_from(options.size)?;
        Ok(Output { bytes: vec![0; size], place: self.output.clone() })
    }

    fn write_auxiliary(&self, _path: &Path, _bytes: &[u8]) -> wild_error::Result {
        Ok(())
    }
}

fn link_with(linker: &Path, inputs: &[Cow<'static, [u8]>], arguments: &[String]) -> Result<Vec<u8>> {
    let directory =
        TemporaryDirectory::new().map_err(|error| failed(format_args!("a temporary directory: {error}")))?;
    for (index, input) in inputs.iter().enumerate() {
        let path = directory.0.join(format!("{index}.o"));
        fs::write(&path, input).map_err(|error| failed(format_args!("{}: {error}", path.display())))?;
    }
    // A name with a slash in it is relative to where the user is, not to where the linker runs.
    let program = if linker.components().count() > 1 { std::path::absolute(linker) } else { Ok(linker.to_path_buf()) };
    let result = program.and_then(|program| Command::new(program).args(arguments).current_dir(&directory.0).output());
    let result = result.map_err(|error| failed(format_args!("cannot run {}: {error}", linker.display())))?;
    if !result.status.success() {
        let said = String::from_utf8_lossy(&result.stderr);
        return Err(failed(format_args!("{}: {}\n{}", linker.display(), result.status, said.trim_end())));
    }
    let path = directory.0.join(OUTPUT);
    fs::read(&path).map_err(|error| failed(format_args!("{} made no output: {error}", linker.display())))
}

/// A directory that goes when this does.
struct TemporaryDirectory(PathBuf);

impl TemporaryDirectory {
    fn new() -> std::io::Result<TemporaryDirectory> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("wexe-link-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(TemporaryDirectory(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for TemporaryDirectory {
    fn drop(&mut self) {
        // Nothing depends on it: what stays behind lies in the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests;
