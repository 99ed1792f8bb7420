//! How each engine turns a guest into something to run, ahead of time where it can, and the command that runs it.
//!
//! An engine is used if its program is found: by the environment variable of its name, or on the path.

use std::fs;
use std::path::{Path, PathBuf};

use crate::guests::Guest;
use crate::measure::{Invocation, find_program};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Wexe,
    Wasmtime,
    /// With this compiler.
    Wasmer(&'static str),
    Wamr,
    Node,
    /// A C compiler, for guests whose source is there.
    Native,
}

#[derive(Clone, Debug)]
pub struct Engine {
    pub name: &'static str,
    pub kind: Kind,
    program: PathBuf,
}

const ENGINES: &[(&str, Kind, &str)] = &[
    ("wasmtime", Kind::Wasmtime, "wasmtime"),
    ("wasmer", Kind::Wasmer("--cranelift"), "wasmer"),
    ("wasmer-llvm", Kind::Wasmer("--llvm"), "wasmer"),
    ("wamr", Kind::Wamr, "wamrc"),
    ("node", Kind::Node, "node"),
    ("clang", Kind::Native, "clang-22"),
    ("clang", Kind::Native, "clang"),
    ("gcc", Kind::Native, "gcc"),
];

const NODE_SCRIPT: &str = r#"
import { WASI } from 'node:wasi';
import { readFileSync } from 'node:fs';
const [file, arg0, dirs, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [arg0, ...args], preopens: JSON.parse(dirs), returnOnExit: true });
const module = await WebAssembly.compile(readFileSync(file));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
"#;

/// wexe, and those others that are here. The second list names those that are not.
pub fn find(wexe: PathBuf) -> (Vec<Engine>, Vec<&'static str>) {
    let mut found = vec![Engine { name: "wexe", kind: Kind::Wexe, program: wexe }];
    for &(name, kind, command) in ENGINES {
        if found.iter().any(|engine| engine.name == name) {
            continue;
        }
        if let Some(program) = find_program(command) {
            found.push(Engine { name, kind, program });
        }
    }
    let mut absent: Vec<_> = ENGINES.iter().map(|&(name, ..)| name).collect();
    absent.retain(|name| !found.iter().any(|engine| engine.name == *name));
    absent.dedup();
    (found, absent)
}

impl Engine {
    /// The command that compiles `guest` into `output`; none if it compiles only when it runs, or cannot.
    pub fn compile(&self, guest: &Guest, output: &Path) -> Option<Invocation> {
        let (wasm, output) = (text(&guest.wasm), text(output));
        let compile = |args: &[&str]| Some(Invocation::new(&self.program, args));
        match self.kind {
            Kind::Wexe => {
                let mut invocation = Invocation::new(&self.program, &["build", "--no-cache", wasm, "-o", output]);
                for (host, seen) in &guest.dirs {
                    invocation.args.extend(["--dir".to_string(), format!("{}::{seen}", host.display())]);
                }
                if let Some(arg0) = &guest.arg0 {
                    invocation.args.extend(["--arg0".to_string(), arg0.clone()]);
                }
                Some(invocation)
            }
            Kind::Wasmtime => compile(&["compile", wasm, "-o", output]),
            Kind::Wasmer(backend) => compile(&["compile", backend, wasm, "-o", output]),
            Kind::Wamr => compile(&["-o", output, wasm]),
            Kind::Node => None,
            Kind::Native => compile(&["-O3", text(guest.source.as_ref()?), "-o", output, "-lm"]),
        }
    }

    /// The command that runs what was compiled into `output`; none if the engine cannot run this guest.
    pub fn run(&self, guest: &Guest, output: &Path) -> Result<Option<Invocation>, String> {
        let mut invocation = match self.kind {
            Kind::Wexe => Invocation::new(output, &[]),
            Kind::Native if guest.source.is_none() => return Ok(None),
            Kind::Native => Invocation::new(output, &[]),
            Kind::Wasmtime => self.with_dirs(guest, &["run", "--allow-precompiled"], "::", output),
            Kind::Wasmer(_) => self.with_dirs(guest, &["run"], ":", output),
            Kind::Wamr => {
                let Some(iwasm) = find_program("iwasm") else { return Err("iwasm is not found".to_string()) };
                Engine { program: iwasm, ..self.clone() }.with_dirs(guest, &[], "::", output)
            }
            Kind::Node => node(&self.program, guest, output)?,
        };
        invocation.args.extend(guest.args.iter().cloned());
        invocation.stdin = guest.stdin.clone();
        Ok(Some(invocation))
    }

    fn with_dirs(&self, guest: &Guest, args: &[&str], separator: &str, output: &Path) -> Invocation {
        let mut invocation = Invocation::new(&self.program, args);
        for (host, seen) in &guest.dirs {
            let (option, names) = match self.kind {
                Kind::Wasmer(_) => ("--mapdir", format!("{seen}{separator}{}", host.display())),
                Kind::Wamr => ("--map-dir", format!("{seen}{separator}{}", host.display())),
                _ => ("--dir", format!("{}{separator}{seen}", host.display())),
            };
            // WAMR takes option and value as one word.
            if self.kind == Kind::Wamr {
                invocation.args.push(format!("{option}={names}"));
            } else {
                invocation.args.extend([option.to_string(), names]);
            }
        }
        if let (Kind::Wasmtime, Some(arg0)) = (self.kind, &guest.arg0) {
            invocation.args.extend(["--argv0".to_string(), arg0.clone()]);
        }
        invocation.args.push(text(output).to_string());
        if let Kind::Wasmer(_) = self.kind {
            invocation.args.push("--".to_string());
        }
        invocation
    }
}

fn node(program: &Path, guest: &Guest, output: &Path) -> Result<Invocation, String> {
    let script = output.with_file_name("run.mjs");
    fs::write(&script, NODE_SCRIPT).map_err(|error| error.to_string())?;
    let dirs: Vec<_> = guest.dirs.iter().map(|(host, seen)| format!("{seen:?}: {:?}", text(host))).collect();
    let arg0 = guest.arg0.clone().unwrap_or(guest.name.clone());
    let dirs = format!("{{{}}}", dirs.join(", "));
    Ok(Invocation::new(program, &["--no-warnings", text(&script), text(&guest.wasm), &arg0, &dirs]))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the benchmark's paths are UTF-8")
}
