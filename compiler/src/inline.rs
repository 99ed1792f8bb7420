//! Inlining of small functions, on Cranelift IR before it is compiled.
//!
//! A callee qualifies by size: less than [`MAX_INSTS`] CLIF instructions, where the call costs as much as the body
//! (measured: a tenth of the run time of a real program, and smaller code). What it does before it ends the program is
//! not counted, as long as it is not much. With a profile, calls that happen often may be of larger functions, and
//! those that never happen stay calls.

use crate::error::Result;
use crate::optimize;
use crate::profile::Profile;
use crate::translate::{self, Environment, FunctionName, Name, Workspace};
use cranelift_codegen::inline::{Inline, InlineCommand};
use cranelift_codegen::ir::{Block, ExternalName, FuncRef, Function, GlobalValueData, Inst, Opcode, Value};
use cranelift_codegen::{CodegenResult, Context};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;

/// Bodies longer than this, in wasm bytes, cannot be small enough.
const MAX_BODY_BYTES: usize = 240;
/// Callees of this many CLIF instructions or more stay calls; what costs nothing is not counted.
const MAX_INSTS: usize = 20;
/// And those of this many with what ends the program.
const MAX_ALL_INSTS: usize = 28;
/// The same of callees of hot calls.
const MAX_HOT_BODY_BYTES: usize = 1000;
const MAX_HOT_INSTS: usize = 100;
/// At most this many callees are kept, the smallest bodies first: their IR stays in memory.
const MAX_CALLEES: usize = 1 << 15;
/// Calls inside inlined bodies are inlined too until the caller has grown by this many instructions: so small functions
/// that call each other, or themselves, become one.
const MAX_NESTED_GROWTH: usize = 100;
/// The same of hot calls.
const MAX_HOT_GROWTH: usize = 500;
/// How deep hot calls are inlined into each other: a function that calls itself would fill its frame with its copies.
const MAX_HOT_DEPTH: usize = 8;
/// A caller grows by at most this many instructions.
const MAX_GROWTH: usize = 20_000;

/// A function that may be inlined, and its size without and with what ends the program.
struct Callee {
    function: Function,
    size: usize,
    all: usize,
}

/// Functions that may be inlined, by function index.
#[derive(Default)]
pub(crate) struct Inlinable {
    functions: HashMap<u32, Callee>,
}

impl Inlinable {
    /// Translates the small bodies of a module.
    pub fn collect(environment: Environment<'_>) -> Result<Inlinable> {
        let module = environment.module;
        let is_hot = |body: usize| environment.profile.is_hot(environment.profile.calls(body));
        let bytes = |body: &usize| {
            let range = module.bodies[*body].range();
            (range.end - range.start) as usize
        };
        let is_small = |body: &usize| bytes(body) <= if is_hot(*body) { MAX_HOT_BODY_BYTES } else { MAX_BODY_BYTES };
        let mut candidates: Vec<usize> = (0..module.bodies.len()).filter(is_small).collect();
        candidates.sort_by_key(bytes);
        candidates.truncate(MAX_CALLEES);
        let translated: Result<Vec<(u32, Function)>> = candidates
            .into_par_iter()
            .map_init(
                || (Workspace::default(), Context::new()),
                |(workspace, context), body| {
                    context.clear();
                    context.func = translate::body(environment, body, workspace)?;
                    optimize::optimize(context, environment.declarations);
                    let function = std::mem::replace(&mut context.func, Function::new());
                    Ok(((module.imported.functions + body) as u32, function))
                },
            )
            .collect();
        let functions = translated?.into_iter().filter_map(|(index, function)| {
            let is_hot = is_hot(index as usize - module.imported.functions);
            let (max, max_all) = if is_hot { (MAX_HOT_INSTS, MAX_HOT_INSTS) } else { (MAX_INSTS, MAX_ALL_INSTS) };
            let (size, all) = (size(&function, |block| !ends(&function, block)), size(&function, |_| true));
            let is_small = size < max && all < max_all;
            (is_small && has_no_symbol(&function)).then_some((index, Callee { function, size, all }))
        });
        Ok(Inlinable { functions: functions.collect() })
    }

    /// Inlines into the context's function.
    pub fn inline(&self, context: &mut Context, environment: Environment<'_>, body: usize) -> CodegenResult<()> {
        if !self.functions.is_empty() {
            let (profile, calls) = (environment.profile, environment.profile.calls(body));
            context.inline(Policy { inlinable: self, profile, calls, growth: 0 })?;
        }
        Ok(())
    }
}

/// Cranelift 0.135 copies symbols of data (`GlobalValueData::Symbol`) to the caller as they are, where their names mean
/// something else.
fn has_no_symbol(function: &Function) -> bool {
    !function.global_values.values().any(|value| matches!(value, GlobalValueData::Symbol { .. }))
}

/// Whether a block ends the program.
fn ends(function: &Function, block: Block) -> bool {
    function.layout.last_inst(block).is_some_and(|last| function.dfg.insts[last].opcode() == Opcode::Trap)
}

/// The number of instructions in some blocks that become machine code of their own.
fn size(function: &Function, is_counted: impl Fn(Block) -> bool) -> usize {
    let is_free = |inst: &Inst| {
        let opcode = function.dfg.insts[*inst].opcode();
        matches!(opcode, Opcode::Iconst | Opcode::Uextend | Opcode::Ireduce | Opcode::Isplit | Opcode::Jump)
    };
    let blocks = function.layout.blocks().filter(|&block| is_counted(block));
    blocks.map(|block| function.layout.block_insts(block).filter(|inst| !is_free(inst)).count()).sum()
}

struct Policy<'a> {
    inlinable: &'a Inlinable,
    profile: &'a Profile,
    /// How often the caller is called, by the profile.
    calls: u64,
    growth: usize,
}

impl Policy<'_> {
    /// Up to which size callees are inlined, and how much the caller may have grown for calls in them to be looked at.
    fn limits(&self, caller: &Function, call: Inst) -> (usize, usize) {
        if !self.profile.is_used() {
            return (MAX_INSTS, MAX_NESTED_GROWTH);
        }
        // One for the call, and one for each that it is inlined in.
        let tags = caller.debug_tags.get(call);
        let calls = translate::weight(tags, self.calls);
        if calls == 0 || translate::is_cold(calls, self.calls) {
            (0, 0)
        } else if self.profile.is_hot(calls) && tags.len() <= MAX_HOT_DEPTH && self.growth < MAX_HOT_GROWTH {
            (MAX_HOT_INSTS, MAX_HOT_GROWTH)
        } else {
            (MAX_INSTS, MAX_NESTED_GROWTH)
        }
    }
}

impl Inline for Policy<'_> {
    fn inline(
        &mut self,
        caller: &Function,
        call: Inst,
        _opcode: Opcode,
        callee: FuncRef,
        _arguments: &[Value],
    ) -> InlineCommand<'_> {
        let ExternalName::User(name) = caller.dfg.ext_funcs[callee].name else {
            return InlineCommand::KeepCall;
        };
        let Name::Function(index) = FunctionName::decode(&caller.params.user_named_funcs()[name]) else {
            return InlineCommand::KeepCall;
        };
        let (max_size, max_nested_growth) = self.limits(caller, call);
        match self.inlinable.functions.get(&index) {
            Some(Callee { function, size, all }) if *size < max_size && self.growth < MAX_GROWTH => {
                self.growth += all;
                InlineCommand::Inline { callee: Cow::Borrowed(function), visit_callee: self.growth < max_nested_growth }
            }
            _ => InlineCommand::KeepCall,
        }
    }
}
