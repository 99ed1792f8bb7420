//! The tables of `README.md`, generated between `<!-- NAME -->` and `<!-- end -->` from what the code says. `BLESS=1`
//! rewrites them; otherwise they must be in step.

use std::fs;
use std::path::Path;

use wexe_abi::imports::MODULES;
use wexe_abi::trap::Trap;

use crate::case::{self, bless};
use crate::known_failures::{Listed, trial};

type Table = fn() -> String;

const TABLES: &[(&str, Table)] = &[("wasi", wasi), ("traps", traps)];

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

/// Every host function, in the order of the specification, and how many cases call it in each module.
fn wasi() -> String {
    let cases = case::find("wasi", &["wat"]).into_iter().chain(case::find("run", &["wat"]));
    let cases: Vec<String> = cases.filter_map(|path| fs::read_to_string(path).ok()).collect();
    let heads: String = MODULES.iter().map(|module| format!(" `{}` |", module.name)).collect();
    let mut table = format!("| function |{heads}\n|---|{}\n", "---|".repeat(MODULES.len()));
    for function in MODULES[0].functions {
        table += &format!("| `{}` |", function.name);
        for module in MODULES {
            let import = format!("\"{}\" \"{}\"", module.name, function.name);
            let uses = cases.iter().filter(|text| text.contains(&import)).count();
            let there = module.functions.iter().any(|other| other.name == function.name);
            table += &if there { format!(" {uses} |") } else { " – |".to_string() };
        }
        table += "\n";
    }
    let counts = MODULES.iter().map(|module| format!(" **{}** |", module.functions.len()));
    table + "| **functions** |" + &counts.collect::<String>() + "\n"
}

fn traps() -> String {
    let rows = Trap::ALL.iter().map(|trap| format!("| {} | {} |\n", *trap as u8, trap.message()));
    format!("| code | message |\n|---|---|\n{}", rows.collect::<String>())
}
