//! The first stages of a compilation, shared by programs of one module and of several: parse, resolve, declare, and
//! choose what code to generate.

use crate::codegen::{self, Compiled, Unit};
use crate::declare::{self, Callee, Declarations, Placement};
use crate::error::Result;
use crate::imports::{self, Namespaces};
use crate::module::Module;
use crate::options::{Options, Progress};
use crate::parse;
use crate::profile::{Profile, Profiling};
use crate::translate::Environment;
use cranelift_codegen::isa::TargetIsa;
use wasmparser::Validator;

/// Where a module comes to stand in its program.
pub(crate) struct Plan<'a> {
    /// Distinguishes its symbols; empty in a program of one module.
    pub prefix: &'a str,
    pub namespaces: &'a Namespaces,
    /// Its host calls are to be traced.
    pub trace: bool,
    pub profiling: Profiling<'a>,
    pub placement: Placement,
}

/// A module that is ready for code generation.
pub(crate) struct Built<'a> {
    pub module: Module<'a>,
    pub declarations: Declarations,
    pub units: Vec<Unit>,
    pub profile: Profile,
    /// Where the next module goes.
    pub placement: Placement,
}

/// Parses and declares a module; `entries` names the entries from the runtime that it needs.
pub(crate) fn build<'a>(
    wasm: &'a [u8],
    validator: &mut Validator,
    plan: Plan<'_>,
    entries: impl FnOnce(&Module<'a>) -> Result<Vec<Unit>>,
) -> Result<Built<'a>> {
    let mut module = parse::parse(wasm, validator)?;
    imports::define_memory(&mut module, plan.namespaces);
    let imports = imports::resolve(&module, plan.namespaces, plan.trace)?;
    let mut profile = Profile::new(wasm, &module, plan.profiling)?;
    let mut placement = plan.placement;
    let declarations = declare::declare(&module, imports, plan.prefix, &mut placement)?;
    profile.place(&module, &declarations, &mut placement)?;
    let mut units: Vec<Unit> = (0..module.bodies.len()).map(Unit::Body).collect();
    let is_host = |function: &&u32| matches!(declarations.functions[**function as usize].callee, Callee::Host(_));
    units.extend(declarations.referenced.iter().filter(is_host).map(|function| Unit::HostThunk(*function)));
    let mut entries = entries(&module)?;
    entries.sort_unstable();
    entries.dedup();
    units.extend(entries);
    units.push(Unit::Instantiate);
    Ok(Built { module, declarations, units, profile, placement })
}

impl<'a> Built<'a> {
    pub fn environment<'b>(&'b self, isa: &'b dyn TargetIsa) -> Environment<'b> {
        Environment { module: &self.module, declarations: &self.declarations, profile: &self.profile, isa }
    }

    /// Generates the code.
    pub fn compile(&self, isa: &dyn TargetIsa, options: &Options, progress: &dyn Progress) -> Result<Vec<Compiled>> {
        // What a profile says is not part of the functions that code is generated from.
        let cache = options.cache.as_deref().filter(|_| !self.profile.is_used());
        codegen::compile(self.environment(isa), &self.units, options.opt_level, cache, progress)
    }
}
