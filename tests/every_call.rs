//! Every host function of the import tables, called with what attackers try: addresses and lengths at, across and past
//! the end of memory, counts whose product overflows, paths that lead out.
//!
//! What is tried follows from the kinds of a function's parameters, so a function that gets a row is tried too. A
//! program makes all the calls of one table; at the first that goes wrong it prints its number.

use std::fs;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Command;

use wexe_abi::description::Kind;
use wexe_abi::imports::{EXTENSIONS, Import, MODULES, Status, Type};
use wexe_abi::types::{Errno, Rights};

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, trial};
use crate::process::{Outcome, TempDir};

pub fn trials() -> Vec<Listed> {
    let own = MODULES.iter().filter(|module| module.name.starts_with("wasi")).map(|module| (module.name, module));
    let extensions = EXTENSIONS.iter().filter(|(_, module)| MODULES.iter().all(|own| own.name != module.name));
    let older = EXTENSIONS.iter().filter(|(name, module)| *name == module.name);
    let tables = own.map(|(name, module)| (module.name, name, module));
    let tables = tables.chain(extensions.map(|(name, module)| (module.name, *name, module)));
    let tables = tables.chain(older.map(|(name, module)| ("older", *name, module)));
    let mut trials = Vec::new();
    for (label, module, table) in tables {
        let table = Table { module, functions: table.functions };
        if table.functions.iter().any(has_address) {
            trials.push(trial(format!("every-call/{label}/addresses"), move || addresses(table)));
        }
        if table.functions.iter().any(is_of_paths) {
            trials.push(trial(format!("every-call/{label}/paths"), move || paths(table)));
        }
    }
    trials
}

/// Functions, and the module that programs import them from.
#[derive(Clone, Copy)]
struct Table {
    module: &'static str,
    functions: &'static [Import],
}

impl Table {
    /// The module of a function that every program needs.
    fn module_of(&self, name: &str) -> &'static str {
        let has = self.functions.iter().any(|function| function.name == name);
        if has { self.module } else { "wasi_snapshot_preview1" }
    }

    /// Whether its programs have sockets that they made: those of preview1 only have what they were started with.
    fn makes_sockets(&self) -> bool {
        self.functions.iter().any(|function| function.name == "sock_open" || function.name == "sock_getpeeraddr")
    }
}

/// Size of the program's memory.
const END: u32 = 65536;
/// Where the program keeps what calls read and write: results, a text, vectors, a buffer and an array of subscriptions.
const RESULTS: u32 = 0;
const TEXT: u32 = 1024;
const VECTORS: u32 = 2048;
const BUFFER: u32 = 4096;
const SUBSCRIPTIONS: u32 = 8192;
/// A size; a socket's address, in WasmEdge's form and in WASIX's.
const SIZE: u32 = 1536;
const BUFFER_OF_ADDRESS: u32 = 1544;
const ADDRESS: u32 = 1552;
/// The descriptors that the program has from the beginning: a directory, a file, a socket, and one that watches others.
const DIRECTORY: u32 = 3;
const FILE: u32 = 4;
const SOCKET: u32 = 5;
const WATCHER: u32 = 6;
/// What is a single byte of WASIX, or an address, of which as much is read as its first byte says: at the very end of
/// memory there is room for these.
const ONE_BYTE: &[&str] = &["status", "flag", "woken", "address"];
/// A buffer for as many signals as there are: none.
const UNTOUCHED: &str = "buf";
/// Vectors that leave memory: at these distances from [`VECTORS`], after one that does not.
const BAD_VECTORS: &[(u32, u32)] =
    &[(END - 1, 2), (END, 1), (u32::MAX, 1), (BUFFER, u32::MAX), (1 << 31, 1 << 31), (END + 1, 0)];

/// Arguments of a call, one for each parameter.
type Arguments = Vec<u64>;

/// A call, what must come of it, and what it is called in a report.
struct Call {
    function: &'static Import,
    arguments: Arguments,
    expected: Expected,
}

#[derive(Clone, Copy)]
enum Expected {
    /// Exactly this, and memory is what it was.
    Refused(Errno),
    /// Anything but this.
    Not(Errno),
}

/// A parameter or result.
struct Meaning {
    name: &'static str,
    kind: Kind,
    is_result: bool,
}

fn meanings(function: &Import) -> Vec<Meaning> {
    let names = function.description.names.split(' ').skip(1);
    let named = names.zip(function.description.kinds).enumerate();
    let parameters = function.description.parameters;
    named.map(|(index, (name, kind))| Meaning { name, kind: *kind, is_result: index >= parameters }).collect()
}

/// Arguments with which a function does something.
fn good(table: Table, function: &Import) -> Arguments {
    let mut results = RESULTS;
    let meanings = meanings(function);
    let mut arguments = Arguments::new();
    for (index, meaning) in meanings.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| meanings[before].kind);
        let argument = match meaning.kind {
            _ if meaning.is_result => {
                results += 64;
                results
            }
            Kind::Fd if meaning.name == "epfd" => WATCHER,
            Kind::Fd if meaning.name == "file" => FILE,
            Kind::Fd if function.name == "epoll_ctl" => SOCKET,
            Kind::Fd if function.name.starts_with("sock_") && table.makes_sockets() => SOCKET,
            Kind::Fd if function.name == "sock_send" => 2,
            Kind::Fd if function.name.starts_with("sock_") => 0,
            Kind::Fd if function.name.starts_with("path_") => DIRECTORY,
            Kind::Fd if function.name.starts_with("fd_prestat") || function.name == "fd_readdir" => DIRECTORY,
            Kind::Fd => FILE,
            Kind::Text => TEXT,
            Kind::Vectors => VECTORS,
            Kind::Array(_) if meaning.name == "subscriptions" => SUBSCRIPTIONS,
            Kind::Structure(_) if meaning.name == "address" => ADDRESS,
            Kind::Pointer if meaning.name == "size" || meaning.name == "path_len" => SIZE,
            Kind::Pointer if meaning.name == "address" => BUFFER_OF_ADDRESS,
            Kind::Pointer | Kind::Structure(_) | Kind::Array(_) => BUFFER,
            Kind::Number if meaning.name == "level" => 0,
            Kind::Number if before == Some(Kind::Pointer) && meaning.name.ends_with("_len") => 64,
            Kind::Number => 1,
            _ => 0,
        };
        arguments.push(u64::from(argument));
    }
    arguments
}

/// Calls of `function` with each of its addresses where it must not be, and one with all where they should be.
fn address_calls(table: Table, function: &'static Import) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut refuse = |changes: &[(usize, u32)]| {
        let mut arguments = good(table, function);
        for (index, value) in changes {
            arguments[*index] = u64::from(*value);
        }
        calls.push(Call { function, arguments, expected: Expected::Refused(Errno::Fault) });
    };
    for (index, meaning) in meanings(function).iter().enumerate() {
        let is_length = |next: &Meaning| next.name.ends_with("_len") && next.kind == Kind::Number;
        let has_length = meanings(function).get(index + 1).is_some_and(is_length);
        match meaning.kind {
            Kind::Vectors => {
                for (address, count) in [(END, 1), (END - 7, 1), (u32::MAX, 1), (1 << 31, 1), (END + 8, 0)] {
                    refuse(&[(index, address), (index + 1, count)]);
                }
                for count in [1 << 29, (1 << 29) + 1, 1 << 30, u32::MAX] {
                    refuse(&[(index, VECTORS), (index + 1, count)]);
                }
                for bad in 0..BAD_VECTORS.len() as u32 {
                    refuse(&[(index, VECTORS + 16 * bad), (index + 1, 2)]);
                }
            }
            Kind::Text | Kind::Pointer if has_length && !meaning.is_result => {
                let pairs = [(END, 1), (END - 1, 2), (END + 1, 0), (u32::MAX, 1), (u32::MAX, u32::MAX), (1 << 31, 1)];
                for (address, len) in pairs.into_iter().chain([(1, u32::MAX), (BUFFER, END - BUFFER + 1)]) {
                    refuse(&[(index, address), (index + 1, len)]);
                }
            }
            kind if meaning.is_result || is_address(kind) && meaning.name != UNTOUCHED => {
                let is_byte = table.module == "wasix_32v1" && ONE_BYTE.contains(&meaning.name);
                for address in [END, END - 1, u32::MAX, 1 << 31].into_iter().filter(|at| !is_byte || *at != END - 1) {
                    refuse(&[(index, address)]);
                }
            }
            _ => {}
        }
    }
    calls.push(Call { function, arguments: good(table, function), expected: Expected::Not(Errno::Fault) });
    calls
}

fn is_address(kind: Kind) -> bool {
    matches!(kind, Kind::Pointer | Kind::Structure(_) | Kind::Array(_) | Kind::Text | Kind::Vectors)
}

/// Whether a function that does something has an address to get wrong, and can say so.
fn has_address(function: &Import) -> bool {
    function.status == Status::Done
        && !function.results.is_empty()
        && meanings(function).iter().any(|meaning| meaning.is_result || is_address(meaning.kind))
}

fn addresses(table: Table) -> Result<(), String> {
    let directory = TempDir::new();
    let functions = table.functions.iter().filter(|function| has_address(function));
    let calls: Vec<Call> = functions.flat_map(|function| address_calls(table, function)).collect();
    let program = program(table, &calls, &["f".into()]);
    let _listener = UnixListener::bind(directory.path().join("socket")).map_err(|error| error.to_string())?;
    make_calls(&directory, &program, "mkdir box && printf x > box/f", &calls)
}

/// Paths that lead out of the granted directory, by every way that there is.
const ESCAPES: &[&str] = &[
    "..",
    "../",
    "../outside/secret",
    "../outside/new",
    "/",
    "/etc/passwd",
    "//outside/secret",
    "dir/../..",
    "dir/../../",
    "dir/../../outside/secret",
    "./../outside/new",
    "out/secret",
    "out/new",
    "out/sub",
    "out/sub/",
    "out/.",
    "out/./",
    "out/..",
    "out/../outside/secret",
    "absolute/secret",
    "absolute/new",
    "dir/up/outside/secret",
    "dir/up/outside/sub/",
    "dir/up/box/../outside/new",
    "through/secret",
    "through/new",
];

/// Links that lead out themselves, with a slash that says to follow them.
const FOLLOWED: &[&str] = &["out/", "out///", "absolute/", "through/", "dir/up/"];

/// Texts that are no paths, and the errno for each.
fn not_paths() -> Vec<(Vec<u8>, Errno)> {
    vec![
        (b"".to_vec(), Errno::Noent),
        (b"f\0".to_vec(), Errno::Inval),
        (b"\0".to_vec(), Errno::Inval),
        (b"f\0/../../outside/secret".to_vec(), Errno::Inval),
        (b"\xff".to_vec(), Errno::Ilseq),
        (b"dir/\xc0\xae\xc0\xae/\xc0\xae\xc0\xae/outside/secret".to_vec(), Errno::Ilseq),
        (b"\xed\xa0\x80".to_vec(), Errno::Ilseq),
        (vec![b'a'; 4096], Errno::Nametoolong),
        (b"./".repeat(2048), Errno::Nametoolong),
    ]
}

fn is_of_paths(function: &Import) -> bool {
    function.name.starts_with("path_")
}

fn path_calls(table: Table, function: &'static Import, texts: &mut Vec<Vec<u8>>) -> Vec<Call> {
    let mut calls = Vec::new();
    let position = |name| meanings(function).iter().position(|meaning| meaning.name == name);
    for (index, meaning) in meanings(function).iter().enumerate().filter(|(_, meaning)| meaning.kind == Kind::Text) {
        let mut call = |text: &[u8], follow: bool, oflags: u64, expected| {
            let mut arguments = good(table, function);
            arguments[index] = u64::from(place(texts.len()));
            arguments[index + 1] = text.len() as u64;
            texts.push(text.to_vec());
            let flags = ["flags", "dirflags", "old_flags"].into_iter().find_map(position);
            if let (Some(flags), true) = (flags, follow) {
                arguments[flags] = 1;
            }
            if let (Some(at), Some(rights)) = (position("oflags"), position("fs_rights_base")) {
                arguments[at] = oflags;
                arguments[rights] = Rights::FD_READ.union(Rights::FD_WRITE).0;
            }
            calls.push(Call { function, arguments, expected });
        };
        for (text, errno) in not_paths() {
            call(&text, false, 0, Expected::Refused(errno));
        }
        if function.name == "path_symlink" && meaning.name == "old_path" {
            // What a link holds leads nowhere until somebody follows it.
            continue;
        }
        for path in ESCAPES {
            for oflags in [0, 1, 9] {
                call(path.as_bytes(), false, oflags, Expected::Refused(Errno::Notcapable));
            }
            call(path.as_bytes(), true, 0, Expected::Not(Errno::Success));
        }
        for path in FOLLOWED {
            call(path.as_bytes(), false, 0, Expected::Not(Errno::Success));
            call(path.as_bytes(), true, 0, Expected::Not(Errno::Success));
        }
    }
    calls
}

fn paths(table: Table) -> Result<(), String> {
    let directory = TempDir::new();
    let mut texts = vec![b"f".to_vec()];
    let functions = table.functions.iter().filter(|function| is_of_paths(function));
    let calls: Vec<Call> = functions.flat_map(|function| path_calls(table, function, &mut texts)).collect();
    let program = program(table, &calls, &texts);
    let prepare = "mkdir -p box/dir outside/sub && printf f > box/f && printf secret > outside/secret &&
        ln -s ../outside box/out && ln -s \"$PWD/outside\" box/absolute && ln -s ../.. box/dir/up &&
        ln -s out box/through";
    let list = || shell("find outside . -maxdepth 1 -printf '%p %s %T@ %C@ %n %y\n' | sort", &directory);
    shell(prepare, &directory)?;
    let before = list()?;
    make_calls(&directory, &program, "true", &calls)?;
    let outside = |outcome: Outcome| {
        let lines = String::from_utf8_lossy(&outcome.stdout).into_owned();
        lines.lines().filter(|line| line.starts_with("outside")).map(str::to_string).collect::<Vec<_>>()
    };
    let (before, after) = (outside(before), outside(list()?));
    if before == after { Ok(()) } else { Err(format!("outside was {before:?} and is {after:?}")) }
}

/// Where the text with this number is: the first at [`TEXT`], the others behind what calls use, a page apart each.
fn place(text: usize) -> u32 {
    if text == 0 { TEXT } else { END + 4096 * (text as u32 - 1) }
}

/// Runs the program that makes the calls. Its standard input and error are a socket, so that functions on sockets work.
fn make_calls(directory: &TempDir, program: &str, prepare: &str, calls: &[Call]) -> Result<(), String> {
    fs::write(directory.path().join("program.wat"), program).map_err(|error| error.to_string())?;
    let build = format!("{prepare} && wexe build -O0 program.wat -o program --dir box::/ --env A=B --net unix=socket");
    let built = shell(&build, directory)?;
    if built.status != "0" {
        return Err(format!("{:?}", case::lines(&built, directory)));
    }
    let failed = |error: std::io::Error| error.to_string();
    let (mut here, there) = UnixStream::pair().map_err(failed)?;
    here.write_all(b"some bytes to receive").map_err(failed)?;
    let mut command = Command::new(directory.path().join("program"));
    command.current_dir(directory.path()).stdin(OwnedFd::from(there.try_clone().map_err(failed)?));
    let output = command.stderr(OwnedFd::from(there)).output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let call = output.stdout.first_chunk().and_then(|number| calls.get(u32::from_le_bytes(*number) as usize));
    match (call, output.stdout.get(4)) {
        (Some(Call { function, arguments, .. }), Some(errno)) => {
            Err(format!("{}{arguments:?} returned {errno}, or changed memory", function.name))
        }
        _ => Err(format!("{output:?}")),
    }
}

/// A program that makes the calls.
fn program(table: Table, calls: &[Call], texts: &[Vec<u8>]) -> String {
    let mut imports = String::new();
    let called = |function: &&Import| calls.iter().any(|call| std::ptr::eq(call.function, *function));
    for function in table.functions.iter().filter(called) {
        let params: Vec<&str> = function.params.iter().map(|ty| name(*ty)).collect();
        imports += &format!(
            "(import \"{}\" \"{1}\" (func ${1} (param {2}) (result i32)))\n",
            table.module,
            function.name,
            params.join(" ")
        );
    }
    for (function, ty) in NEEDED {
        imports += &format!("(import \"{}\" \"{function}\" (func $own_{function} {ty}))\n", table.module_of(function));
    }
    let mut made = String::new();
    if table.makes_sockets() {
        imports += MAKING;
        made += &format!(
            "(drop (call $make_socket (i32.const 3) (i32.const 0x4001) (i32.const 0) (i32.const {RESULTS})))
  (drop (call $make_watcher (i32.const {RESULTS})))"
        );
    }
    let data: String = texts
        .iter()
        .enumerate()
        .map(|(index, text)| format!("(data (i32.const {}) {})\n", place(index), quoted(text)))
        .collect();
    let socket = [words(&[64, 0, ADDRESS, 128]), "\\03\\00socket".into()].concat();
    let vectors: String = BAD_VECTORS.iter().map(|bad| words(&[BUFFER, 1, bad.0, bad.1])).collect();
    let body: String = calls.iter().enumerate().map(|(number, call)| statement(number, call)).collect();
    let pages = place(texts.len()).div_ceil(END).max(1);
    format!(
        r#"(module
{imports}(memory (export "memory") {pages} {pages})
{data}(data (i32.const {VECTORS}) "{vectors}")
(data (i32.const {SIZE}) "{socket}")
(global $sum (mut i64) (i64.const 0))
(func $sum (result i64) (local $at i32) (local $sum i64)
  (loop $next
    (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.load (local.get $at))))
    (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const {END}))))
  (local.get $sum))
(func $fail (param $number i32) (param $errno i32)
  (i64.store (i32.const 512) (i64.const 0x0000000800000208))
  (i32.store (i32.const 520) (local.get $number))
  (i32.store (i32.const 524) (local.get $errno))
  (drop (call $own_fd_write (i32.const 1) (i32.const 512) (i32.const 1) (i32.const 504)))
  (call $own_proc_exit (i32.const 1)))
(func $refused (param $number i32) (param $want i32) (param $got i32)
  (if (i32.or (i32.ne (local.get $got) (local.get $want)) (i64.ne (call $sum) (global.get $sum)))
    (then (call $fail (local.get $number) (local.get $got)))))
(func $not (param $number i32) (param $other i32) (param $got i32)
  (if (i32.eq (local.get $got) (local.get $other)) (then (call $fail (local.get $number) (local.get $got))))
  (global.set $sum (call $sum)))
(func (export "_start")
  (drop (call $own_path_open (i32.const 3) (i32.const 0) (i32.const {TEXT}) (i32.const 1) (i32.const 1)
    (i64.const -1) (i64.const -1) (i32.const 0) (i32.const {RESULTS})))
  {made}
  (global.set $sum (call $sum))
{body}))
"#
    )
}

/// Functions of every program, and their types.
const NEEDED: &[(&str, &str)] = &[
    ("path_open", "(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)"),
    ("fd_write", "(param i32 i32 i32 i32) (result i32)"),
    ("proc_exit", "(param i32)"),
];

/// Those of programs that make sockets.
const MAKING: &str = r#"(import "wasix_32v1" "sock_open" (func $make_socket (param i32 i32 i32 i32) (result i32)))
(import "wasix_32v1" "epoll_create" (func $make_watcher (param i32) (result i32)))
"#;

fn statement(number: usize, call: &Call) -> String {
    let arguments = call.arguments.iter().zip(call.function.params);
    let arguments: String = arguments.map(|(value, ty)| format!(" ({}.const {value})", name(*ty))).collect();
    let (check, errno) = match call.expected {
        Expected::Refused(errno) => ("refused", errno),
        Expected::Not(errno) => ("not", errno),
    };
    let host = call.function.name;
    format!("  (call ${check} (i32.const {number}) (i32.const {}) (call ${host}{arguments}))\n", errno as u16)
}

fn name(ty: Type) -> &'static str {
    match ty {
        Type::I32 => "i32",
        Type::I64 => "i64",
        Type::F32 => "f32",
        Type::F64 => "f64",
    }
}

fn words(words: &[u32]) -> String {
    words.iter().flat_map(|word| word.to_le_bytes()).map(|byte| format!("\\{byte:02x}")).collect()
}

fn quoted(text: &[u8]) -> String {
    let bytes: String = text.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("\"{bytes}\"")
}
