//! Constant expressions whose value is known to the compiler.
//!
//! What is not known here (references to functions, imported globals set at run time) is evaluated by the code of the
//! instance's `instantiate` function instead.

use crate::declare::Global;
use wasmparser::{ConstExpr, Operator};

/// A value of a number or vector type, or a null reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
    V128(u128),
    Null,
}

impl Constant {
    /// As stored in a global.
    pub fn to_bytes(self) -> [u8; 16] {
        let bits = match self {
            Constant::I32(value) => u128::from(value as u32),
            Constant::I64(value) => u128::from(value as u64),
            Constant::F32(bits) => u128::from(bits),
            Constant::F64(bits) => u128::from(bits),
            Constant::V128(bits) => bits,
            Constant::Null => 0,
        };
        bits.to_le_bytes()
    }

    pub fn is_zero(self) -> bool {
        self.to_bytes() == [0; 16]
    }

    /// As an address or length, zero-extended.
    pub fn as_index(self) -> Option<u64> {
        match self {
            Constant::I32(value) => Some(u64::from(value as u32)),
            Constant::I64(value) => Some(value as u64),
            _ => None,
        }
    }
}

/// The value of an expression, if it depends on nothing but constants and known immutable globals.
pub fn evaluate(expression: &ConstExpr<'_>, globals: &[Global]) -> Option<Constant> {
    use Constant::{F32, F64, I32, I64, Null, V128};
    let mut stack = Vec::new();
    for operator in expression.get_operators_reader() {
        let value = match operator.ok()? {
            Operator::I32Const { value } => I32(value),
            Operator::I64Const { value } => I64(value),
            Operator::F32Const { value } => F32(value.bits()),
            Operator::F64Const { value } => F64(value.bits()),
            Operator::V128Const { value } => V128(u128::from_le_bytes(*value.bytes())),
            Operator::RefNull { .. } => Null,
            Operator::GlobalGet { global_index } => {
                let global = &globals[global_index as usize];
                global.constant.filter(|_| !global.mutable)?
            }
            Operator::I32Add => binary32(&mut stack, i32::wrapping_add)?,
            Operator::I32Sub => binary32(&mut stack, i32::wrapping_sub)?,
            Operator::I32Mul => binary32(&mut stack, i32::wrapping_mul)?,
            Operator::I64Add => binary64(&mut stack, i64::wrapping_add)?,
            Operator::I64Sub => binary64(&mut stack, i64::wrapping_sub)?,
            Operator::I64Mul => binary64(&mut stack, i64::wrapping_mul)?,
            Operator::End => return stack.pop(),
            _ => return None,
        };
        stack.push(value);
    }
    None
}

fn binary32(stack: &mut Vec<Constant>, operation: fn(i32, i32) -> i32) -> Option<Constant> {
    match (stack.pop()?, stack.pop()?) {
        (Constant::I32(right), Constant::I32(left)) => Some(Constant::I32(operation(left, right))),
        _ => None,
    }
}

fn binary64(stack: &mut Vec<Constant>, operation: fn(i64, i64) -> i64) -> Option<Constant> {
    match (stack.pop()?, stack.pop()?) {
        (Constant::I64(right), Constant::I64(left)) => Some(Constant::I64(operation(left, right))),
        _ => None,
    }
}

/// `ref.func f` → `Some(Some(f))`, `ref.null` → `Some(None)`, anything else → `None`.
pub fn function_reference(expression: &ConstExpr<'_>) -> Option<Option<u32>> {
    let mut operators = expression.get_operators_reader().into_iter();
    let reference = match operators.next()?.ok()? {
        Operator::RefFunc { function_index } => Some(function_index),
        Operator::RefNull { .. } => None,
        _ => return None,
    };
    matches!(operators.next()?, Ok(Operator::End)).then_some(reference)
}

/// The functions that an expression refers to.
pub fn functions_named(expression: &ConstExpr<'_>) -> impl Iterator<Item = u32> {
    expression.get_operators_reader().into_iter().filter_map(|operator| match operator {
        Ok(Operator::RefFunc { function_index }) => Some(function_index),
        _ => None,
    })
}
