//! Functions that are not in the module: entries from the runtime, and host functions as wasm functions.

use super::call::Target;
use super::{Environment, Translator, Workspace, signature};
use crate::declare::Callee;
use cranelift_codegen::ir::{Function, InstBuilder, MemFlagsData, Signature, UserFuncName, Value};
use wasmparser::FuncType;

/// Bytes between two values of an `ArrayCall`.
const CELL: usize = 16;

/// `ArrayCall` → wasm: loads the arguments from memory, calls the function, stores the results.
pub(crate) fn array_call(environment: Environment<'_>, function: u32, workspace: &mut Workspace) -> Function {
    let ty = environment.module.signature_of(function);
    build(environment, ty, signature::array_call(), workspace, |translator, values| {
        let pointer = values[0];
        let cells = (0i32..).step_by(CELL);
        let arguments = ty.params().iter().zip(cells.clone()).map(|(ty, offset)| {
            let ty = signature::value_type(*ty);
            translator.builder.ins().load(ty, MemFlagsData::trusted(), pointer, offset)
        });
        let arguments: Vec<Value> = arguments.collect();
        let results = translator.call_function(function, ty, arguments);
        for (value, offset) in results.into_iter().zip(cells) {
            translator.builder.ins().store(MemFlagsData::trusted(), value, pointer, offset);
        }
        Vec::new()
    })
}

/// `ArrayCall` that stores the value of a global.
pub(crate) fn global_read(environment: Environment<'_>, global: u32, workspace: &mut Workspace) -> Function {
    let ty = FuncType::new([], []);
    build(environment, &ty, signature::array_call(), workspace, |translator, values| {
        let value = translator.global_get(global);
        translator.builder.ins().store(MemFlagsData::trusted(), value, values[0], 0);
        Vec::new()
    })
}

/// A wasm function that calls a host function, for references and exports.
pub(crate) fn host_thunk(environment: Environment<'_>, function: u32, workspace: &mut Workspace) -> Function {
    let ty = environment.module.signature_of(function);
    debug_assert!(matches!(environment.declarations.functions[function as usize].callee, Callee::Host(_)));
    build(environment, ty, signature::wasm(ty), workspace, |translator, values| {
        translator.call_function(function, ty, values)
    })
}

/// A function of one block, whose parameters `body` turns into what it returns.
fn build<'a>(
    environment: Environment<'a>,
    ty: &FuncType,
    signature: Signature,
    workspace: &mut Workspace,
    body: impl FnOnce(&mut Translator<'_, 'a>, Vec<Value>) -> Vec<Value>,
) -> Function {
    let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    let mut translator = Translator::new(environment, &mut function, &mut workspace.builder, ty);
    let values = translator.enter_thunk();
    let results = body(&mut translator, values);
    translator.builder.ins().return_(&results);
    translator.builder.seal_all_blocks();
    translator.builder.finalize(environment.isa.frontend_config());
    function
}

impl Translator<'_, '_> {
    /// Begins a function that has no wasm body; returns its parameters.
    pub(super) fn enter_thunk(&mut self) -> Vec<Value> {
        let entry = self.builder.create_block();
        self.builder.append_block_params_for_function_params(entry);
        self.builder.switch_to_block(entry);
        self.stack.reachable = true;
        self.builder.block_params(entry).to_vec()
    }

    /// Calls a function of the module by index.
    pub(super) fn call_function(&mut self, function: u32, ty: &FuncType, arguments: Vec<Value>) -> Vec<Value> {
        let target = Target::Direct(self.function(function));
        self.call_values(target, ty, arguments)
    }
}
