//! `cases/error`: what the user reads when a module does not compile.

use std::path::Path;

use crate::args::Emit;
use crate::case::{self, Case, output_lines};
use crate::known_failures::{Listed, trial};
use crate::process::TempDir;
use crate::run;

pub fn trials() -> Vec<Listed> {
    let cases = case::find("error", &["wat", "case"]);
    cases.into_iter().map(|path| trial(case::name(&path), move || check(&path))).collect()
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
