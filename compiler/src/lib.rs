//! Compiles a WebAssembly module to one static native Linux executable: the pipeline is [`compile`].
#![forbid(unsafe_code)]

mod cache;
mod codegen;
mod confinement;
mod constant;
mod declare;
mod entry;
mod error;
mod features;
mod grant;
mod imports;
mod inline;
mod link;
mod module;
mod note;
mod object;
mod optimize;
mod options;
mod parse;
mod pipeline;
mod profile;
mod relax;
mod script;
mod target;
mod translate;
mod trim;

pub use cache::Cache;
pub use error::{Error, ErrorKind, Result};
pub use features::Features;
pub use note::{Note, read as read_note};
pub use options::{
    Capabilities, Contents, Cpu, Embedded, Emit, MAX_EMBEDDED, OVERLAY_MAX, OptLevel, Options, Progress, TreeEntry,
};
pub use script::{InstanceId, Script};

use codegen::Text;
use confinement::Confinement;
use link::Constants;
use pipeline::Plan;
use wasmparser::Validator;

/// Turns a core WebAssembly module into what `options.emit` asks for.
pub fn compile(wasm: &[u8], options: &Options, progress: &dyn Progress) -> Result<Vec<u8>> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(options.threads).stack_size(THREAD_STACK).build();
    let threads = threads.map_err(|error| Error::limit(format!("cannot start threads: {error}")))?;
    threads.install(|| compile_in_pool(wasm, options, progress))
}

/// Deep expressions make Cranelift recurse deeply.
const THREAD_STACK: usize = 64 << 20;

fn compile_in_pool(wasm: &[u8], options: &Options, progress: &dyn Progress) -> Result<Vec<u8>> {
    let isa = target::isa(options)?;
    if options.features != Features::ALL {
        parse::validate(wasm, options.features)?;
    }
    let mut validator = Validator::new_with_features(Features::ALL.validator_flags());
    let (namespaces, placement) = Default::default();
    let trace = options.capabilities.traces();
    let profiling = profile::Profiling::chosen(options);
    let plan = Plan { prefix: "", namespaces: &namespaces, trace, profiling, placement };

    progress.stage("parse");
    let mut entry = entry::EntryPoints::default();
    let built = pipeline::build(wasm, &mut validator, plan, |module| {
        grant::check_memory(module, &options.capabilities)?;
        entry = entry::entry_points(module, options.invoke.as_deref())?;
        Ok(entry.functions.iter().map(|function| codegen::Unit::ArrayCall(*function)).collect())
    })?;

    progress.stage("compile");
    let text = |text| codegen::text(built.environment(&*isa), &built.units, options.opt_level, text);
    let compiled = match options.emit {
        Emit::Clif => return text(Text::Clif).map(String::into_bytes),
        Emit::Asm => return text(Text::Asm).map(String::into_bytes),
        Emit::Exe | Emit::Obj => built.compile(&*isa, options, progress)?,
    };

    let mut symbols = confinement::symbols(built.environment(&*isa), &compiled);
    symbols.extend(options.embedded.symbol());
    let confinement = Confinement::new(&symbols, &options.capabilities, !entry.results.is_empty());
    let at_end = if options.invoke.is_none() { imports::at_end(&symbols) } else { None };

    progress.stage("object");
    let object = object::module(built.environment(&*isa), compiled)?;
    let capabilities = grant::encode(&options.capabilities)?;
    let at_start = grant::at_start(&built.module, &options.capabilities, &options.embedded);
    let program = object::Entry {
        cpu_features: target::cpu_features(&*isa),
        capabilities: &capabilities,
        at_start: &at_start,
        note: &note::write(wasm, &built.module, options, &confinement, &at_start, &capabilities),
        calls: &entry.functions,
        at_end,
        params: &entry.params,
        results: &entry.results,
        filter: &confinement.filter(),
        embedded: &options.embedded,
        counters: built.profile.counters(),
    };
    let object = object::emit_program(object, &program)?;
    if options.emit == Emit::Obj {
        return Ok(object);
    }

    progress.stage("link");
    let constants = if options.embedded.trees.is_empty() { Constants::WithCode } else { Constants::Apart };
    link::link(vec![object], entry.symbol, options.strip, constants, options.linker.as_deref())
}
