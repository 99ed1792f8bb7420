//! Units of code → machine code, in parallel: translate, inline, compile.
//!
//! Translation and compilation of a function are fused, so that the IR of a large module is never in memory at once;
//! only that of functions small enough to be inlined is kept.

use crate::cache::{Cache, CacheTarget};
use crate::error::{Error, ErrorKind, Result};
use crate::inline::Inlinable;
use crate::optimize;
use crate::options::{OptLevel, Progress};
use crate::relax;
use crate::translate::{self, Environment, FunctionName, Name, Workspace};
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{ExternalName, Function};
use cranelift_codegen::{CodegenError, CompiledCode, Context, FinalizedMachReloc, FinalizedRelocTarget};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use wexe_abi::trap::Trap;

/// A function to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    /// A body of the code section.
    Body(usize),
    /// A host function as a wasm function, by function index.
    HostThunk(u32),
    /// The entry from the runtime to a function.
    ArrayCall(u32),
    /// A reader of a global, callable like an entry.
    GlobalRead(u32),
    /// The module's initialisation; absent from the output if there is nothing to do.
    Instantiate,
}

/// A 32-bit PC-relative field to fill in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relocation {
    pub offset: u32,
    pub target: Name,
    pub addend: i64,
    pub is_call: bool,
}

/// A call site with exception handlers.
#[derive(Clone, Debug)]
pub(crate) struct CallSite {
    pub return_offset: u32,
    pub frame_offset: u32,
    /// Tag (none: all) and offset of the handler's code, in the order to try them.
    pub handlers: Vec<(Option<u32>, u32)>,
}

/// Machine code of one function, wherever that is in its module.
pub(crate) struct Code {
    pub code: Vec<u8>,
    pub alignment: u32,
    pub references: Vec<Reference>,
    pub traps: Vec<(u32, Trap)>,
    pub call_sites: Vec<CallSite>,
}

/// A [`Relocation`] whose target is the number of a name of the function's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    pub offset: u32,
    pub name: u32,
    pub addend: i64,
    pub is_call: bool,
}

/// Machine code of one unit.
pub(crate) struct Compiled {
    pub unit: Unit,
    pub code: Vec<u8>,
    pub alignment: u32,
    pub relocations: Vec<Relocation>,
    pub traps: Vec<(u32, Trap)>,
    pub call_sites: Vec<CallSite>,
}

/// What the units are turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Clif,
    Asm,
}

/// Compiles all units; the result is in their order or, with a profile, that of their use.
pub(crate) fn compile(
    environment: Environment<'_>,
    units: &[Unit],
    opt_level: OptLevel,
    cache: Option<&Cache>,
    progress: &dyn Progress,
) -> Result<Vec<Compiled>> {
    let inlinable = inlinable(environment, opt_level)?;
    let cache = cache.map(|cache| cache.target(environment.isa, environment.declarations.low_memory()));
    let done = AtomicUsize::new(0);
    progress.functions(0, units.len());
    let compiled: Result<Vec<Option<Compiled>>> = units
        .par_iter()
        .map_init(
            || Thread::new(opt_level),
            |thread, unit| {
                let Some(function) = thread.function(environment, *unit, &inlinable)? else {
                    return Ok(None);
                };
                let compiled = thread.compile(environment, *unit, function, cache.as_ref())?;
                progress.functions(done.fetch_add(1, Ordering::Relaxed) + 1, units.len());
                Ok(Some(compiled))
            },
        )
        .collect();
    let mut compiled: Vec<Compiled> = compiled?.into_iter().flatten().collect();
    compiled.sort_by_key(|unit| match unit.unit {
        Unit::Body(body) => environment.profile.rank(body),
        _ => u8::MAX,
    });
    Ok(compiled)
}

/// The units as text, for people.
pub(crate) fn text(environment: Environment<'_>, units: &[Unit], opt_level: OptLevel, text: Text) -> Result<String> {
    // CLIF is shown as it is translated.
    let opt_level = if text == Text::Clif { OptLevel::O0 } else { opt_level };
    let inlinable = inlinable(environment, opt_level)?;
    let texts: Result<Vec<String>> = units
        .par_iter()
        .map_init(
            || Thread::new(opt_level),
            |thread, unit| {
                let Some(function) = thread.function(environment, *unit, &inlinable)? else {
                    return Ok(String::new());
                };
                let title = title(environment, *unit);
                match text {
                    Text::Clif => Ok(format!(";; {title}\n{function}\n")),
                    Text::Asm => Ok(format!("{title}:\n{}\n", thread.disassemble(environment, *unit, function)?)),
                }
            },
        )
        .collect();
    Ok(texts?.concat())
}

/// How a unit is called in symbol tables, backtraces and dumps.
pub(crate) fn title(environment: Environment<'_>, unit: Unit) -> String {
    let module = environment.module;
    match unit {
        Unit::Body(body) => module.function_name((module.imported.functions + body) as u32),
        Unit::HostThunk(function) => format!("host thunk of {}", module.function_name(function)),
        Unit::ArrayCall(function) => format!("entry to {}", module.function_name(function)),
        Unit::GlobalRead(global) => format!("reader of global {global}"),
        Unit::Instantiate => "instantiate".to_owned(),
    }
}

fn inlinable(environment: Environment<'_>, opt_level: OptLevel) -> Result<Inlinable> {
    match opt_level {
        OptLevel::O0 => Ok(Inlinable::default()),
        OptLevel::O2 => Inlinable::collect(environment),
    }
}

/// What one thread keeps from unit to unit.
struct Thread {
    workspace: Workspace,
    context: Context,
    opt_level: OptLevel,
}

impl Thread {
    fn new(opt_level: OptLevel) -> Thread {
        Thread { workspace: Workspace::default(), context: Context::new(), opt_level }
    }

    fn function(
        &mut self,
        environment: Environment<'_>,
        unit: Unit,
        inlinable: &Inlinable,
    ) -> Result<Option<Function>> {
        let workspace = &mut self.workspace;
        let function = match unit {
            Unit::Body(body) => translate::body(environment, body, workspace)?,
            Unit::HostThunk(function) => translate::host_thunk(environment, function, workspace),
            Unit::ArrayCall(function) => translate::array_call(environment, function, workspace),
            Unit::GlobalRead(global) => translate::global_read(environment, global, workspace),
            Unit::Instantiate => match translate::instantiate(environment, workspace)? {
                Some(function) => function,
                None => return Ok(None),
            },
        };
        self.context.clear();
        self.context.func = function;
        // Other units run once, and have no name that a backtrace could show instead of the function's.
        if let Unit::Body(body) = unit {
            inlinable
                .inline(&mut self.context, environment, body)
                .map_err(|error| failure(environment, unit, &error))?;
            if self.opt_level != OptLevel::O0 {
                optimize::optimize(&mut self.context, environment.declarations);
            }
        }
        Ok(Some(std::mem::replace(&mut self.context.func, Function::new())))
    }

    fn generate(
        &mut self,
        environment: Environment<'_>,
        unit: Unit,
        function: Function,
        disassemble: bool,
    ) -> Result<&CompiledCode> {
        self.context.clear();
        self.context.set_disasm(disassemble);
        self.context.func = function;
        if self.opt_level != OptLevel::O0 {
            optimize::simplify(&mut self.context, environment.isa, environment.declarations.low_memory())
                .map_err(|error| failure(environment, unit, &error))?;
        }
        match self.context.compile(environment.isa, &mut Default::default()) {
            Ok(compiled) => Ok(compiled),
            Err(error) => Err(failure(environment, unit, &error.inner)),
        }
    }

    fn disassemble(&mut self, environment: Environment<'_>, unit: Unit, function: Function) -> Result<String> {
        let compiled = self.generate(environment, unit, function, true)?;
        Ok(compiled.vcode.clone().unwrap_or_default())
    }

    fn compile(
        &mut self,
        environment: Environment<'_>,
        unit: Unit,
        function: Function,
        cache: Option<&CacheTarget<'_>>,
    ) -> Result<Compiled> {
        let names: Vec<Name> = function.params.user_named_funcs().values().map(FunctionName::decode).collect();
        let mut generate = |function| -> Result<Code> {
            let opt_level = self.opt_level;
            self.generate(environment, unit, function, false)?;
            let compiled = self.context.compiled_code().expect("it was generated");
            let code = code(compiled);
            Ok(match opt_level {
                OptLevel::O0 => code,
                OptLevel::O2 => relax::relax(code, &compiled.bb_starts, first_slot(&self.context.func, compiled)),
            })
        };
        let code = match cache {
            Some(cache) => cache.code(function, generate)?,
            None => generate(function)?,
        };
        let relocation = |&Reference { offset, name, addend, is_call }: &Reference| Relocation {
            offset,
            target: names[name as usize],
            addend,
            is_call,
        };
        Ok(Compiled {
            unit,
            relocations: code.references.iter().map(relocation).collect(),
            code: code.code,
            alignment: code.alignment,
            traps: code.traps,
            call_sites: code.call_sites,
        })
    }
}

/// From which offset on the frame is the register allocator's.
fn first_slot(function: &Function, compiled: &CompiledCode) -> u32 {
    let frame = compiled.buffer.frame_layout().expect("every function has one");
    let slots = function.sized_stack_slots.iter();
    slots.map(|(slot, data)| frame.stackslots[slot].offset + data.size).max().unwrap_or(0).next_multiple_of(8)
}

fn code(compiled: &CompiledCode) -> Code {
    let buffer = &compiled.buffer;
    let traps = buffer.traps().iter();
    Code {
        code: buffer.data().to_vec(),
        alignment: buffer.alignment,
        references: buffer.relocs().iter().map(reference).collect(),
        traps: traps.filter_map(|site| Some((site.offset, translate::table_trap(site.code)?))).collect(),
        call_sites: call_sites(compiled),
    }
}

fn call_sites(compiled: &CompiledCode) -> Vec<CallSite> {
    use cranelift_codegen::FinalizedMachExceptionHandler as Handler;
    let sites = compiled.buffer.call_sites().filter(|site| !site.exception_handlers.is_empty());
    sites
        .map(|site| CallSite {
            return_offset: site.ret_addr,
            frame_offset: site.frame_offset.expect("frame pointers are preserved"),
            handlers: site
                .exception_handlers
                .iter()
                .filter_map(|handler| match handler {
                    Handler::Tag(tag, offset) => Some((Some(tag.as_u32()), *offset)),
                    Handler::Default(offset) => Some((None, *offset)),
                    Handler::Context(_) => None,
                })
                .collect(),
        })
        .collect()
}

fn reference(reloc: &FinalizedMachReloc) -> Reference {
    let name = match reloc.target {
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => name.as_u32(),
        ref other => unreachable!("no instruction is translated to a reference to {other:?}"),
    };
    let is_call = match reloc.kind {
        Reloc::X86CallPCRel4 => true,
        Reloc::X86PCRel4 => false,
        other => unreachable!("everything is colocated, so no relocation is {other:?}"),
    };
    Reference { offset: reloc.offset, name, addend: reloc.addend, is_call }
}

/// An error of Cranelift's: a function too large for it, or a bug of ours.
fn failure(environment: Environment<'_>, unit: Unit, error: &CodegenError) -> Error {
    let error = match error {
        CodegenError::ImplLimitExceeded | CodegenError::CodeTooLarge => {
            Error::limit("the function is too large for the code generator")
        }
        CodegenError::Unsupported(what) => Error::unsupported(what),
        CodegenError::Verifier(errors) => {
            Error::new(ErrorKind::Unsupported, format!("the code generator failed: {errors}"))
        }
        other => Error::new(ErrorKind::Unsupported, format!("the code generator failed: {other}")),
    };
    error.in_function(title(environment, unit))
}
