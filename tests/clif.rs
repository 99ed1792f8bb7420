//! `cases/clif`: what a module is translated to, before Cranelift optimises it.

use std::path::Path;

use crate::args::Emit;
use crate::case::{self, Case, output_lines};
use crate::known_failures::{Listed, trial};
use crate::process::TempDir;
use crate::run;

pub fn trials() -> Vec<Listed> {
    let cases = case::find("clif", &["wat"]);
    cases.into_iter().map(|path| trial(case::name(&path), move || check(&path))).collect()
}

fn check(path: &Path) -> Result<(), String> {
    let case = Case::read(path)?;
    case.check_directives(&["build"])?;
    let options = run::options(&case, "", TempDir::new().path())?;
    let clif = wexe_compiler::compile(&case.module()?, &options.compiler_options(Emit::Clif)?, &())
        .map_err(|error| format!("does not compile: {error}"))?;
    case.check(&output_lines('|', &clif))
}
