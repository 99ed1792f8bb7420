//! What is true of every executable: what kind of ELF file it is, that it is the same whatever built it, and that it
//! runs where there is nothing but a kernel.

use std::fs;
use std::process::Command;

use object::elf::{self, FileHeader64};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{LittleEndian, Object, ObjectSymbol};

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, skippable, trial};
use crate::process::TempDir;

/// The program that most of these use: it writes a line and exits with 7.
const HELLO: &str = "cp $CASES/executable/hello.wat . && wexe build hello.wat";

/// What it leaves, as `shell` sees it.
const HELLO_OUTPUT: &[u8] = b"hello\n";

pub fn trials() -> Vec<Listed> {
    let linkers = [("GNU ld", "ld"), ("lld", "ld.lld"), ("mold", "mold")];
    let mut trials = vec![
        trial("executable/elf", elf_kind),
        trial("executable/object", object_symbols),
        trial("executable/strip", stripped),
        trial("executable/without-sockets", without_sockets),
        trial("executable/deterministic", deterministic),
        trial("executable/small-address-space", || run_hello("ulimit -v 200000; ./hello")),
        trial("executable/no-environment", || run_hello("env -i ./hello")),
        trial("executable/no-descriptors-but-stdout", || run_hello("./hello <&- 2>&-")),
        skippable("executable/empty-chroot", empty_chroot),
    ];
    for (name, program) in linkers {
        trials.push(skippable(format!("executable/linker/{program}"), move || other_linker(name, program)));
    }
    trials
}

/// Builds the program and returns the file's bytes.
fn build(directory: &TempDir, options: &str, output: &str) -> Result<Vec<u8>, String> {
    let outcome = shell(&format!("{HELLO} {options} -o {output}"), directory)?;
    if outcome.status != "0" {
        return Err(format!("wexe build {options}: {}", String::from_utf8_lossy(&outcome.stderr)));
    }
    fs::read(directory.path().join(output)).map_err(|error| format!("{output}: {error}"))
}

fn must_greet(command: &str, directory: &TempDir) -> Result<(), String> {
    let outcome = shell(command, directory)?;
    if outcome.status == "7" && outcome.stdout == HELLO_OUTPUT {
        return Ok(());
    }
    Err(format!("{command}: {:?}", case::lines(&outcome, directory)))
}

fn run_hello(command: &str) -> Result<(), String> {
    let directory = TempDir::new();
    build(&directory, "", "hello")?;
    must_greet(command, &directory)
}

/// A static-PIE: position-independent, no interpreter, no library, nothing writable and executable at once.
fn elf_kind() -> Result<(), String> {
    let bytes = build(&TempDir::new(), "", "hello")?;
    let header = FileHeader64::<LittleEndian>::parse(&*bytes).map_err(|error| error.to_string())?;
    let endian = LittleEndian;
    let expect = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_string()) };
    expect(header.e_type(endian) == elf::ET_DYN, "it is not position-independent")?;
    let segments = header.program_headers(endian, &*bytes).map_err(|error| error.to_string())?;
    let mut plain_stack = false;
    for segment in segments {
        let flags = segment.p_flags(endian);
        expect(segment.p_type(endian) != elf::PT_INTERP, "it asks for an interpreter")?;
        expect(flags & (elf::PF_W | elf::PF_X) != elf::PF_W | elf::PF_X, "a segment is writable and executable")?;
        plain_stack |= segment.p_type(endian) == elf::PT_GNU_STACK && flags & elf::PF_X != elf::PF_X;
        for entry in segment.dynamic(endian, &*bytes).map_err(|error| error.to_string())?.unwrap_or_default() {
            expect(entry.d_tag(endian) != elf::DT_NEEDED, "it needs a library")?;
            expect(entry.d_tag(endian) != elf::DT_TEXTREL, "it relocates its code")?;
        }
    }
    expect(plain_stack, "its stack is executable")
}

/// The object refers to the host functions it imports by their names, and to nothing that a libc would have to supply.
fn object_symbols() -> Result<(), String> {
    let bytes = build(&TempDir::new(), "--emit obj", "hello.o")?;
    let file = object::File::parse(&*bytes).map_err(|error| error.to_string())?;
    let undefined = file.symbols().filter(|symbol| symbol.is_undefined());
    let names: Vec<&str> = undefined.filter_map(|symbol| symbol.name().ok()).filter(|name| !name.is_empty()).collect();
    if !names.contains(&"wasi_snapshot_preview1.fd_write") {
        return Err(format!("fd_write is not among the undefined symbols: {names:?}"));
    }
    match names.iter().find(|name| !name.starts_with("wasi_snapshot_preview1.") && !name.starts_with("wexe.")) {
        None => Ok(()),
        Some(name) => Err(format!("{name} is not a name of the runtime")),
    }
}

fn stripped() -> Result<(), String> {
    let directory = TempDir::new();
    let full = build(&directory, "", "full")?;
    let bytes = build(&directory, "--strip", "hello")?;
    let file = object::File::parse(&*bytes).map_err(|error| error.to_string())?;
    if file.symbols().next().is_some() || bytes.len() >= full.len() {
        return Err(format!("{} bytes stripped, {} before", bytes.len(), full.len()));
    }
    must_greet("./hello", &directory)
}

/// Modules of the runtime, and texts in them, of which a program that does not use sockets has nothing.
const OF_SOCKETS: &[&str] = &["dns", "listener", "network", "resolver", "socket", "wasix_32v1", "wasmedge_sock"];
const TEXTS_OF_SOCKETS: &[&str] = &["/etc/", "network", "http"];

/// What a program does not use is not in it: no function, and no constant that linkers keep for everybody.
fn without_sockets() -> Result<(), String> {
    let directory = TempDir::new();
    let bytes = build(&directory, "", "full")?;
    let file = object::File::parse(&*bytes).map_err(|error| error.to_string())?;
    for name in file.symbols().filter_map(|symbol| symbol.name().ok()) {
        let is_of = |module: &&&str| name.starts_with(**module) || name.contains(&format!("{}{module}", module.len()));
        if let Some(module) = OF_SOCKETS.iter().find(is_of) {
            return Err(format!("{name} is of {module}"));
        }
    }
    let bytes = build(&directory, "--strip", "hello")?;
    let has = |text: &&&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    match TEXTS_OF_SOCKETS.iter().find(has) {
        None => Ok(()),
        Some(text) => Err(format!("it has the text {text:?}")),
    }
}

/// The same bytes from one thread and from many, from text and from binary, here and elsewhere.
fn deterministic() -> Result<(), String> {
    for module in ["executable/hello.wat", "executable/many-functions.wat"] {
        for options in ["", "-O0", "--emit obj", "--emit clif", "--emit asm"] {
            let directory = TempDir::new();
            let command = format!(
                "mkdir elsewhere && wexe build -j 1 {options} $CASES/{module} -o one &&
                 for threads in 2 3 8; do
                     (cd elsewhere && wexe build -j $threads {options} - -o two < $CASES/{module}) &&
                     cmp one elsewhere/two || exit 9
                 done"
            );
            let outcome = shell(&command, &directory)?;
            if outcome.status != "0" {
                return Err(format!("{module} {options}: {:?}", case::lines(&outcome, &directory)));
            }
        }
    }
    Ok(())
}

/// A root directory with nothing in it but the executable, for which root's rights are needed, or user namespaces.
fn empty_chroot() -> Result<Option<String>, String> {
    let directory = TempDir::new();
    build(&directory, "", "hello")?;
    for way in ["chroot", "unshare -r chroot"] {
        // Whether it is permitted shows with a root directory that has everything.
        if shell(&format!("{way} / /bin/true"), &directory)?.status == "0" {
            return must_greet(&format!("mkdir root && cp hello root/ && {way} root /hello"), &directory)
                .map(|()| None);
        }
    }
    Ok(Some("neither chroot nor user namespaces are permitted".to_string()))
}

/// Our objects are ordinary: other linkers take them too.
fn other_linker(name: &str, program: &str) -> Result<Option<String>, String> {
    let installed = Command::new("which").arg(program).output();
    let path = match installed {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_string(),
        _ => return Ok(Some(format!("{name} is not installed"))),
    };
    let directory = TempDir::new();
    build(&directory, &format!("--linker {path}"), "hello")?;
    must_greet("./hello", &directory).map(|()| None)
}
