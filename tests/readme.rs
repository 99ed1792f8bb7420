//! The tables of `README.md`, generated between `<!-- NAME -->` and `<!-- end -->` from what the code says. `BLESS=1`
//! rewrites them; otherwise they must be in step.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::CommandFactory;
use wexe_abi::capabilities::{Capability, Number};
use wexe_abi::imports::{EXTENSIONS, MODULES, Status};
use wexe_abi::system_calls::FUNCTIONS;
use wexe_abi::trap::Trap;
use wexe_compiler::{Emit, Options};

use crate::args;
use crate::case::{self, bless};
use crate::known_failures::{Listed, trial};

type Table = fn() -> String;

const TABLES: &[(&str, Table)] = &[
    ("grants", grants),
    ("language", language),
    ("wasi", wasi),
    ("wasix", wasix),
    ("wasmedge", wasmedge),
    ("traps", traps),
];

pub fn trials() -> Vec<Listed> {
    vec![trial("readme/tables", check)]
}

fn check() -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("README.md: {error}"))?;
    let mut updated = text.clone();
    for (name, table) in TABLES {
        updated = replace(&updated, name, &table())?;
    }
    if updated == text {
        return Ok(());
    }
    if bless() {
        return fs::write(&path, updated).map_err(|error| format!("README.md: {error}"));
    }
    Err("its tables are not in step; BLESS=1 rewrites them".to_string())
}

/// Puts the table between the marks called `name`.
fn replace(text: &str, name: &str, table: &str) -> Result<String, String> {
    let begin = format!("<!-- {name} -->\n");
    let missing = || format!("README.md has no place for the table {name}");
    let (before, rest) = text.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once("<!-- end -->").ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n{table}\n<!-- end -->{after}"))
}

/// A proposal's name and the body of a module that needs it. What the table says is what the compiler says to it.
const PROPOSALS: &[(&str, &str)] = &[
    ("WebAssembly 1.0", "(memory 1) (func (drop (f64.sqrt (f64.load (i32.const 0)))))"),
    ("Mutable globals in exports", "(global (export \"g\") (mut i32) (i32.const 0))"),
    ("Sign extension", "(func (drop (i32.extend8_s (i32.const 0))))"),
    ("Saturating conversions", "(func (drop (i32.trunc_sat_f64_u (f64.const 0))))"),
    ("Multi-value", "(func (result i32 i32) (i32.const 1) (i32.const 2))"),
    ("Bulk memory", "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))"),
    ("Reference types", "(table 1 externref) (func (table.set (i32.const 0) (ref.null extern)))"),
    ("Fixed-width SIMD", "(func (drop (i32x4.splat (i32.const 1))))"),
    ("Relaxed SIMD", "(func (param v128) (drop (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0))))"),
    ("Tail calls", "(func $f (return_call $f))"),
    ("Extended constant expressions", "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
    ("Typed function references", "(type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0)))"),
    ("Several memories", "(memory 1) (memory $m 1) (func (drop (i32.load $m (i32.const 0))))"),
    ("64-bit memories and tables", "(memory i64 1) (func (drop (i32.load (i64.const 0))))"),
    ("Exception handling", "(tag $t) (func (block $b (try_table (catch $t $b) (throw $t))))"),
    ("Exception handling, as first proposed", "(tag $t) (func try throw $t catch $t end)"),
    ("Atomics and shared memory", "(memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0))))"),
    ("Custom page sizes", "(memory 100 (pagesize 1))"),
    ("Wide arithmetic", "(func (param i64) (i64.mul_wide_s (local.get 0) (local.get 0)) (drop) (drop))"),
    ("Garbage collection", "(type $s (struct)) (func (drop (struct.new $s)))"),
    (
        "Stack switching",
        "(type $f (func)) (type $c (cont $f)) (func $g) (elem declare func $g)
        (func (drop (cont.new $c (ref.func $g))))",
    ),
];

fn language() -> String {
    let rows = PROPOSALS.iter().map(|(name, body)| {
        let text = format!("(module {body} (func (export \"_start\")))");
        let module = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"));
        let options = Options { emit: Emit::Obj, ..Options::default() };
        let supported = wexe_compiler::compile(&module, &options, &()).is_ok();
        format!("| {name} | {} |\n", if supported { "yes" } else { "not yet" })
    });
    format!("| proposal | compiled |\n|---|---|\n{}", rows.collect::<String>())
}

/// The text of every case that may call host functions.
fn cases() -> Vec<String> {
    let cases = ["wasi", "run", "wasix"].into_iter().flat_map(|kind| case::find(kind, &["wat"]));
    cases.filter_map(|path| fs::read_to_string(path).ok()).collect()
}

fn is_tested(cases: &[String], module: &str, function: &str) -> bool {
    let import = format!("\"{module}\" \"{function}\"");
    cases.iter().any(|text| text.contains(&import))
}

/// Every function of preview1, in the order of the specification, and whether cases call it in each snapshot.
fn wasi() -> String {
    let cases = cases();
    let snapshots = &MODULES[..2];
    let heads: String = snapshots.iter().map(|module| format!(" `{}` |", module.name)).collect();
    let mut table = format!("| function |{heads} system calls |\n|---|{}---|\n", "---|".repeat(snapshots.len()));
    for function in snapshots[0].functions {
        table += &format!("| `{}` |", function.name);
        for module in snapshots {
            let there = module.functions.iter().any(|other| other.name == function.name);
            table += match (there, is_tested(&cases, module.name, function.name)) {
                (true, true) => " yes, tested |",
                (true, false) => " yes |",
                (false, _) => " no |",
            };
        }
        table += &format!(" {} |\n", calls(function.name));
    }
    let counts = snapshots.iter().map(|module| format!(" **{}** |", module.functions.len()));
    table + "| **functions** |" + &counts.collect::<String>() + " |\n"
}

/// The system calls that a function needs.
fn calls(name: &str) -> String {
    let row = FUNCTIONS.iter().find(|(function, _)| *function == name);
    let calls = row.map_or(&[][..], |(_, calls)| calls).iter().map(|call| match call.only {
        Some(condition) => format!("`{}` ({})", call.name, condition.text),
        None => format!("`{}`", call.name),
    });
    calls.collect::<Vec<_>>().join(", ")
}

/// Every function of `wasix_32v1`, in the order of its header.
fn wasix() -> String {
    let cases = cases();
    let module = &MODULES[2];
    let rows = module.functions.iter().map(|function| {
        let status = match function.status {
            Status::Done if is_tested(&cases, module.name, function.name) => "yes, tested".to_string(),
            Status::Done => "yes".to_string(),
            Status::Refused(why) => format!("refused: {why}"),
            Status::Later => "not yet".to_string(),
        };
        format!("| `{}` | {status} |\n", function.name)
    });
    let rows: String = rows.collect();
    format!("| function | `{}` |\n|---|---|\n{rows}| **functions** | **{}** |\n", module.name, module.functions.len())
}

/// Every function that WasmEdge added, and how many parameters it has had.
fn wasmedge() -> String {
    let tables = EXTENSIONS.iter().filter(|(_, table)| table.name.starts_with("wasmedge_sock"));
    let mut functions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for function in tables.flat_map(|(_, table)| table.functions) {
        functions.entry(function.name).or_default().push(function.params.len().to_string());
    }
    let row = |(name, counts): (&&str, &Vec<String>)| format!("| `{name}` | {} |\n", counts.join(", "));
    format!("| function | parameters |\n|---|---|\n{}", functions.iter().map(row).collect::<String>())
}

/// Every option that says what a program may use, with the first sentence of its help.
fn grants() -> String {
    let mut command = args::Build::command();
    command.build();
    let rows = Capability::ALL.iter().map(|capability| {
        let option = command.get_arguments().find(|argument| argument.get_long() == Some(capability.option()));
        let help = option.and_then(|argument| argument.get_help()).map(ToString::to_string).unwrap_or_default();
        let values = match capability.number() {
            Number::One => "one",
            Number::Many => "several",
        };
        let syntax = capability.syntax().replace('|', "\\|");
        let value = match option.is_some_and(clap::Arg::is_require_equals_set) {
            true => format!("`--{}[={syntax}]`", capability.option()),
            false => format!("`--{} {syntax}`", capability.option()),
        };
        format!("| {value} | `WEXE_{}` | {values} | {} |\n", capability.variable(), help.trim_end_matches('.'))
    });
    let head = "| option | variable | values | |\n|---|---|---|---|\n";
    let locked = "| `--locked` | | | Whoever runs the executable cannot change any of this |\n";
    format!("{head}{}{locked}", rows.collect::<String>())
}

fn traps() -> String {
    let rows = Trap::ALL.iter().map(|trap| format!("| {} | {} |\n", *trap as u8, trap.message()));
    format!("| code | message |\n|---|---|\n{}", rows.collect::<String>())
}
