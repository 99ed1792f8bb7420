//! Function types → Cranelift signatures.
//!
//! Wasm functions use `CallConv::Tail`: System V's argument registers, tail calls, and up to eight integer and eight
//! vector registers for results. Types with more results than that return all of them through a pointer that is
//! passed as the first argument, one 16-byte cell each.

use cranelift_codegen::ir::{AbiParam, Signature, Type, types};
use cranelift_codegen::isa::CallConv;
use wasmparser::{FuncType, ValType};

/// Registers of each class that `CallConv::Tail` returns results in.
const RESULT_REGISTERS: usize = 8;
/// Bytes between two results in memory.
pub(crate) const RESULT_CELL: u32 = 16;

/// The CLIF type of a value on the operand stack. Every vector is an `i8x16` there; references are 64-bit addresses.
pub(crate) fn value_type(ty: ValType) -> Type {
    match ty {
        ValType::I32 => types::I32,
        ValType::I64 => types::I64,
        ValType::F32 => types::F32,
        ValType::F64 => types::F64,
        ValType::V128 => types::I8X16,
        ValType::Ref(_) => types::I64,
    }
}

/// Whether a function of this type returns its results through a pointer.
pub(crate) fn results_in_memory(ty: &FuncType) -> bool {
    let floats = ty.results().iter().filter(|ty| matches!(ty, ValType::F32 | ValType::F64 | ValType::V128)).count();
    floats > RESULT_REGISTERS || ty.results().len() - floats > RESULT_REGISTERS
}

/// The signature of a wasm function.
pub(crate) fn wasm(ty: &FuncType) -> Signature {
    let mut signature = Signature::new(CallConv::Tail);
    let params = ty.params().iter().map(|ty| AbiParam::new(value_type(*ty)));
    if results_in_memory(ty) {
        signature.params.push(AbiParam::new(types::I64));
        signature.params.extend(params);
    } else {
        signature.params.extend(params);
        signature.returns.extend(ty.results().iter().map(|ty| AbiParam::new(value_type(*ty))));
    }
    signature
}

/// The signature of a host function of this type.
pub(crate) fn host(ty: &FuncType) -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.extend(ty.params().iter().map(|ty| AbiParam::new(value_type(*ty))));
    signature.returns.extend(ty.results().iter().map(|ty| AbiParam::new(value_type(*ty))));
    signature
}

/// The signature of `wexe_abi::program::ArrayCall`.
pub(crate) fn array_call() -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.push(AbiParam::new(types::I64));
    signature
}
