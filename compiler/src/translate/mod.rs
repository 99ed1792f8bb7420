//! One function body → Cranelift IR.
//!
//! A [`Translator`] holds the operand stack and the control stack of the wasm abstract machine, with CLIF values on the
//! former. Instructions are translated by the file of their group in the specification: `control`, `call`, `variable`,
//! `numeric`, `vector`, `memory`, `table`, `reference`, `atomic`, `exception`. Each body is validated on the way.

mod atomic;
mod bounds_check;
mod call;
mod control;
mod dispatch;
mod environ;
#[cfg(test)]
mod every_instruction;
mod exception;
mod instantiate;
mod memory;
mod numeric;
mod operator;
mod private;
mod profile;
mod promote;
mod reference;
mod rounding;
pub(crate) mod signature;
mod stack;
mod table;
mod thunk;
mod trap;
mod variable;
mod vector;

pub(crate) use environ::{FunctionName, Name};
pub(crate) use instantiate::instantiate;
pub(crate) use numeric::inverse_comparison;
pub(crate) use profile::{is_cold, weight};
pub(crate) use thunk::{array_call, global_read, host_thunk};
pub(crate) use trap::trap as table_trap;

use crate::declare::Declarations;
use crate::error::{Error, Result};
use crate::module::Module;
use crate::profile::Profile;
use cranelift_codegen::ir::{Function, InstBuilder, SourceLoc, UserFuncName, Value};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use dispatch::Beginning;
use environ::References;
use exception::Exceptions;
use private::Private;
use profile::Position;
use stack::Stack;
use wasmparser::{BranchHint, FuncToValidate, FuncValidatorAllocations, FunctionBody, ValType, ValidatorResources};

/// What every translation reads.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    pub module: &'a Module<'a>,
    pub declarations: &'a Declarations,
    pub profile: &'a Profile,
    pub isa: &'a dyn TargetIsa,
}

/// State of the translation of one function.
pub(crate) struct Translator<'f, 'a> {
    pub builder: FunctionBuilder<'f>,
    pub environment: Environment<'a>,
    /// Operands and control frames.
    pub stack: Stack,
    pub locals: Vec<Variable>,
    /// Functions, signatures and alias regions already imported into this function.
    references: References,
    /// Where results go if they do not fit registers: see `signature`.
    result_pointer: Option<Value>,
    /// The function's own result types.
    results: Vec<ValType>,
    /// The function's body, unless it is of the compiler's own making.
    body: Option<FunctionBody<'a>>,
    /// Hints on the body's branches, sorted by offset.
    branch_hints: &'a [BranchHint],
    exceptions: Exceptions,
    position: Position,
    beginning: Beginning,
    privates: Vec<Private>,
}

/// Allocations reused from function to function by one thread.
#[derive(Default)]
pub(crate) struct Workspace {
    builder: FunctionBuilderContext,
    validator: FuncValidatorAllocations,
}

/// More basic blocks than any compiler emits in one function: beyond, Cranelift's time is no longer linear.
const MAX_BLOCKS: usize = 250_000;

/// Translates the body at `index` of the code section, validating it on the way.
pub(crate) fn body(environment: Environment<'_>, index: usize, workspace: &mut Workspace) -> Result<Function> {
    let module = environment.module;
    let function_index = (module.imported.functions + index) as u32;
    let mut function = Function::with_name_signature(
        UserFuncName::user(0, function_index),
        signature::wasm(module.signature_of(function_index)),
    );
    let validator = module.body_validator(index);
    translate(environment, &mut function, &module.bodies[index], validator, workspace)
        .map_err(|error| error.in_function(module.function_name(function_index)))?;
    Ok(function)
}

fn translate<'a>(
    environment: Environment<'a>,
    function: &mut Function,
    body: &FunctionBody<'a>,
    validator: FuncToValidate<ValidatorResources>,
    workspace: &mut Workspace,
) -> Result<()> {
    let index = validator.index;
    let mut validator = validator.into_validator(std::mem::take(&mut workspace.validator));
    let ty = environment.module.signature_of(index);
    let mut translator = Translator::new(environment, function, &mut workspace.builder, ty);
    translator.body = Some(body.clone());
    translator.branch_hints = environment.module.branch_hints.get(&index).map_or(&[], Vec::as_slice);
    translator.enter(ty);
    translator.take_privates(body);
    translator.count_entry(index as usize - environment.module.imported.functions);

    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    for local in translator.locals.len() as u32..validator.len_locals() {
        translator.declare_local(validator.get_local_type(local).expect("validated"));
    }
    let mut operators = wasmparser::OperatorsReader::new(reader);
    while !operators.eof() {
        let offset = operators.original_position();
        let operator = operators.read()?;
        validator.op(offset, &operator)?;
        translator.builder.set_srcloc(SourceLoc::new(offset as u32));
        translator.advance_profile(&operator);
        translator.operator(&operator).map_err(|error| error.at(offset))?;
        if translator.builder.func.dfg.num_blocks() > MAX_BLOCKS {
            return Err(Error::limit(format!("a function of more than {MAX_BLOCKS} basic blocks")).at(offset));
        }
    }
    operators.finish()?;
    translator.finish();
    workspace.validator = validator.into_allocations();
    Ok(())
}

impl<'f, 'a> Translator<'f, 'a> {
    fn new(
        environment: Environment<'a>,
        function: &'f mut Function,
        workspace: &'f mut FunctionBuilderContext,
        ty: &wasmparser::FuncType,
    ) -> Translator<'f, 'a> {
        Translator {
            builder: FunctionBuilder::new(function, workspace),
            environment,
            stack: Stack::default(),
            locals: Vec::new(),
            references: References::default(),
            result_pointer: None,
            results: ty.results().to_vec(),
            body: None,
            branch_hints: &[],
            exceptions: Exceptions::default(),
            position: Position::default(),
            beginning: Beginning::default(),
            privates: Vec::new(),
        }
    }

    /// Begins a wasm function: parameters become the first locals, and the body a block whose end returns.
    fn enter(&mut self, ty: &wasmparser::FuncType) {
        let entry = self.builder.create_block();
        self.builder.append_block_params_for_function_params(entry);
        self.builder.switch_to_block(entry);
        self.builder.seal_block(entry);
        let mut params = self.builder.block_params(entry).to_vec();
        if signature::results_in_memory(ty) {
            self.result_pointer = Some(params.remove(0));
        }
        for (value, ty) in params.into_iter().zip(ty.params()) {
            let local = self.builder.declare_var(signature::value_type(*ty));
            self.builder.def_var(local, value);
            self.locals.push(local);
        }
        let exit = self.block_with_params(ty.results());
        self.stack.push_function(exit, ty.results().len());
    }

    /// Declares a local with the default value of its type. (A local of a non-nullable reference type gets null:
    /// validation ensures that it is set before it is read.)
    fn declare_local(&mut self, ty: ValType) {
        let ty = signature::value_type(ty);
        let local = self.builder.declare_var(ty);
        let zero = self.zero(ty);
        self.builder.def_var(local, zero);
        self.locals.push(local);
    }

    /// Ends the IR after the last `end`, where the results are on the stack if that point is reachable.
    fn finish(mut self) {
        if self.stack.reachable {
            let values = self.stack.pop_many(self.results.len());
            self.return_values(&values);
        }
        self.builder.seal_all_blocks();
        self.forget_privates();
        self.builder.finalize(self.environment.isa.frontend_config());
    }

    fn return_values(&mut self, values: &[Value]) {
        self.give_back_privates();
        match self.result_pointer {
            Some(pointer) => {
                self.store_results(pointer, values);
                self.builder.ins().return_(&[]);
            }
            None => {
                self.builder.ins().return_(values);
            }
        }
    }
}
