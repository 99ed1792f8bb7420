//! `cases/error`: what the user reads when a module does not compile.

use std::path::Path;

use wexe_abi::imports::{EXTENSIONS, MODULES, Status, Type};
use wexe_compiler::Options;

use crate::args::Emit;
use crate::case::{self, Case, output_lines};
use crate::known_failures::{Listed, trial};
use crate::process::TempDir;
use crate::run;

pub fn trials() -> Vec<Listed> {
    let cases = case::find("error", &["wat", "case"]);
    let cases = cases.into_iter().map(|path| trial(case::name(&path), move || check(&path)));
    cases.chain([trial("error/later", later)]).collect()
}

/// Every function that is not there yet, alone in a module: nothing is built, and the error names it.
fn later() -> Result<(), String> {
    let own = MODULES.iter().map(|module| (module.name, module));
    let extensions = EXTENSIONS.iter().map(|(name, module)| (*name, module));
    for (module, table) in own.chain(extensions) {
        for function in table.functions.iter().filter(|function| function.status == Status::Later) {
            let types = |types: &[Type]| types.iter().map(|ty| format!(" {ty:?}").to_lowercase()).collect::<String>();
            let (name, params, results) = (function.name, types(function.params), types(function.results));
            let import = format!("(import \"{module}\" \"{name}\" (func (param{params}) (result{results})))");
            let text = format!("(module {import} (func (export \"_start\")))");
            let wasm = wat::parse_str(&text).map_err(|error| error.to_string())?;
            let expected = format!("not supported yet: import \"{module}\" \"{name}\"");
            match wexe_compiler::compile(&wasm, &Options::default(), &()) {
                Err(error) if error.to_string() == expected => {}
                other => return Err(format!("{text} came to {:?}", other.map(|_| "a program"))),
            }
        }
    }
    Ok(())
}

fn check(path: &Path) -> Result<(), String> {
    let case = Case::read(path)?;
    case.check_directives(&["module", "build"])?;
    let options = run::options(&case, "", TempDir::new().path())?;
    match wexe_compiler::compile(&case.module()?, &options.compiler_options(Emit::Exe)?, &()) {
        Ok(_) => Err("it compiles".to_string()),
        Err(error) => case.check(&output_lines('&', format!("{error}\n").as_bytes())),
    }
}
