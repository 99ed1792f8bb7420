//! What is measured: the guests beside this file, and whole programs where they were fetched.
//!
//! A guest is `guests/NAME.wasm` with its source `guests/NAME.c`, needs nothing and prints its result. The whole
//! programs come from `tests/real/fetch.sh`; what they work on is in `programs/`.

use std::fs;
use std::path::{Path, PathBuf};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches");

#[derive(Clone, Debug, Default)]
pub struct Guest {
    pub name: String,
    pub wasm: PathBuf,
    /// C source of the same program, for compilers to native code.
    pub source: Option<PathBuf>,
    pub args: Vec<String>,
    /// What the program must see as its name.
    pub arg0: Option<String>,
    pub stdin: Option<PathBuf>,
    /// Directories it may use: on the host, and as it sees them.
    pub dirs: Vec<(PathBuf, String)>,
}

pub fn all() -> Vec<Guest> {
    let mut guests = Vec::new();
    for path in files(&Path::new(HERE).join("guests")) {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let name = path.file_stem().expect("it has an extension").to_string_lossy().into_owned();
            let source = Some(path.with_extension("c")).filter(|path| path.exists());
            guests.push(Guest { name, wasm: path, source, ..Guest::default() });
        }
    }
    guests.extend(programs());
    guests
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(directory).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// Where `tests/real/fetch.sh` keeps what it fetches.
fn cache() -> Option<PathBuf> {
    if let Some(cache) = std::env::var_os("WEXE_REAL") {
        return Some(PathBuf::from(cache));
    }
    let home = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    Some(home.join("wexe-real"))
}

fn programs() -> Vec<Guest> {
    let Some(cache) = cache() else { return Vec::new() };
    let inputs = Path::new(HERE).join("programs");
    let guest = |name: &str, wasm: &str, args: &[&str]| Guest {
        name: name.to_string(),
        wasm: cache.join(wasm),
        args: args.iter().map(|arg| arg.to_string()).collect(),
        dirs: vec![(inputs.clone(), "/in".to_string())],
        ..Guest::default()
    };
    let compile = ["-cc1", "-triple", "wasm32", "-O2", "-emit-obj", "-o", "-", "/in/compile.c"];
    let all = [
        Guest { stdin: Some(inputs.join("queries.sql")), ..guest("program-sqlite", "sqlite.wasm", &[]) },
        guest("program-quickjs", "quickjs.wasm", &["/in/script.js"]),
        guest("program-ruby", "ruby.wasm", &["/in/script.rb"]),
        guest("program-clang8", "clang.wasm", &compile),
        Guest { arg0: Some("clang".to_string()), ..guest("program-llvm22", "llvm.core.wasm", &compile) },
    ];
    all.into_iter().filter(|guest| guest.wasm.exists()).collect()
}
