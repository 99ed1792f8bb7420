//! Inlining of small functions, on Cranelift IR before it is compiled.
//!
//! A callee qualifies by size alone: less than [`MAX_INSTS`] CLIF instructions, where the call costs as much as the
//! body (measured: a tenth of the run time of a real program, and smaller code).

use crate::error::Result;
use crate::optimize;
use crate::translate::{self, Environment, FunctionName, Name, Workspace};
use cranelift_codegen::inline::{Inline, InlineCommand};
use cranelift_codegen::ir::{ExternalName, FuncRef, Function, GlobalValueData, Inst, Opcode, Value};
use cranelift_codegen::{CodegenResult, Context};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;

/// Bodies longer than this, in wasm bytes, cannot be small enough.
const MAX_BODY_BYTES: usize = 120;
/// Callees of this many CLIF instructions or more stay calls; what costs nothing is not counted.
const MAX_INSTS: usize = 15;
/// At most this many callees are kept, the smallest bodies first: their IR stays in memory.
const MAX_CALLEES: usize = 1 << 15;
/// Calls inside inlined bodies are inlined too until the caller has grown by this many instructions: so small functions
/// that call each other, or themselves, become one.
const MAX_NESTED_GROWTH: usize = 100;
/// A caller grows by at most this many instructions.
const MAX_GROWTH: usize = 20_000;

/// Functions that may be inlined, by function index.
#[derive(Default)]
pub(crate) struct Inlinable {
    functions: HashMap<u32, Function>,
}

impl Inlinable {
    /// Translates the small bodies of a module.
    pub fn collect(environment: Environment<'_>) -> Result<Inlinable> {
        let module = environment.module;
        let bytes = |body: &usize| {
            let range = module.bodies[*body].range();
            (range.end - range.start) as usize
        };
        let mut candidates: Vec<usize> =
            (0..module.bodies.len()).filter(|body| bytes(body) <= MAX_BODY_BYTES).collect();
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
        let functions = translated?.into_iter().filter(|(_, function)| is_inlinable(function));
        Ok(Inlinable { functions: functions.collect() })
    }

    /// Inlines into the context's function.
    pub fn inline(&self, context: &mut Context) -> CodegenResult<()> {
        if !self.functions.is_empty() {
            context.inline(Policy { inlinable: self, growth: 0 })?;
        }
        Ok(())
    }
}

/// Cranelift 0.135 copies symbols of data (`GlobalValueData::Symbol`) to the caller as they are, where their names mean
/// something else.
fn is_inlinable(function: &Function) -> bool {
    let is_symbol = |value: &GlobalValueData| matches!(value, GlobalValueData::Symbol { .. });
    size(function) < MAX_INSTS && !function.global_values.values().any(is_symbol)
}

/// The number of instructions that become machine code of their own.
fn size(function: &Function) -> usize {
    let is_free = |inst: &Inst| {
        let opcode = function.dfg.insts[*inst].opcode();
        matches!(opcode, Opcode::Iconst | Opcode::Uextend | Opcode::Ireduce | Opcode::Isplit | Opcode::Jump)
    };
    let sizes =
        function.layout.blocks().map(|block| function.layout.block_insts(block).filter(|inst| !is_free(inst)).count());
    sizes.sum()
}

struct Policy<'a> {
    inlinable: &'a Inlinable,
    growth: usize,
}

impl Inline for Policy<'_> {
    fn inline(
        &mut self,
        caller: &Function,
        _call: Inst,
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
        match self.inlinable.functions.get(&index) {
            Some(function) if self.growth < MAX_GROWTH => {
                self.growth += size(function);
                InlineCommand::Inline { callee: Cow::Borrowed(function), visit_callee: self.growth < MAX_NESTED_GROWTH }
            }
            _ => InlineCommand::KeepCall,
        }
    }
}
