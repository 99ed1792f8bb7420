//! Vector instructions (spec 2.4.3 and relaxed SIMD) → CLIF; a file for each kind of instruction.
//!
//! Every vector on the operand stack is an `i8x16`, because wasm has the one type `v128` and a block parameter can
//! have but one type in CLIF. An instruction takes its operands as the lanes it works on ([`Translator::pop_lanes`])
//! and pushes its result back as bytes; both are bitcasts, which cost no instruction.
//!
//! SSE2 is all that may be relied on (x86-64-v1). Cranelift has a sequence for nearly everything then; where it would
//! call a library function instead, the instruction is put together from others here.

/// A method of `InstBuilder` on the topmost operand, of these lanes.
macro_rules! unary {
    ($self:ident, $lanes:expr, $instruction:ident) => {{
        let operand = $self.pop_lanes($lanes);
        let result = $self.builder.ins().$instruction(operand);
        $self.push_lanes(result);
    }};
}

/// A method of `InstBuilder` on the two topmost operands, of these lanes.
macro_rules! binary {
    ($self:ident, $lanes:expr, $instruction:ident) => {{
        let (left, right) = $self.pop2_lanes($lanes);
        let result = $self.builder.ins().$instruction(left, right);
        $self.push_lanes(result);
    }};
}

mod compare;
mod convert;
mod float;
mod integer;
mod lane;
mod memory;
mod relaxed;

use super::Translator;
use crate::error::Result;
use cranelift_codegen::ir::types::I8X16;
use cranelift_codegen::ir::{Endianness, InstBuilder, InstructionData, MemFlagsData, Opcode, Type, Value};
use wasmparser::Operator;

impl Translator<'_, '_> {
    /// Translates the instruction if it is a vector instruction.
    pub(super) fn vector(&mut self, operator: &Operator<'_>) -> Result<bool> {
        Ok(self.vector_memory(operator)?
            || self.lane(operator)
            || self.integer_lanes(operator)
            || self.float_lanes(operator)
            || self.compare_lanes(operator)
            || self.convert_lanes(operator)
            || self.relaxed(operator))
    }

    fn pop_lanes(&mut self, lanes: Type) -> Value {
        let vector = self.stack.pop();
        self.bitcast(lanes, vector)
    }

    fn pop2_lanes(&mut self, lanes: Type) -> (Value, Value) {
        let right = self.pop_lanes(lanes);
        (self.pop_lanes(lanes), right)
    }

    fn pop3_lanes(&mut self, lanes: Type) -> (Value, Value, Value) {
        let (second, third) = self.pop2_lanes(lanes);
        (self.pop_lanes(lanes), second, third)
    }

    fn push_lanes(&mut self, vector: Value) {
        let bytes = self.bitcast(I8X16, vector);
        self.stack.push(bytes);
    }

    /// The bits of a vector as lanes of another type, the first lane the least significant.
    ///
    /// What has been cast already is cast from its original, so that Cranelift sees one instruction's result as the
    /// next one's operand: it has no rule that does so.
    pub(super) fn bitcast(&mut self, lanes: Type, vector: Value) -> Value {
        let original = match self.definition(vector) {
            Some(InstructionData::LoadNoOffset { opcode: Opcode::Bitcast, arg, .. })
                if self.builder.func.dfg.value_type(arg).is_vector() =>
            {
                arg
            }
            _ => vector,
        };
        if self.builder.func.dfg.value_type(original) == lanes {
            return original;
        }
        let flags = MemFlagsData::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(lanes, flags, original)
    }

    /// A constant vector of these lanes.
    fn vector_constant(&mut self, lanes: Type, bytes: [u8; 16]) -> Value {
        let constant = self.builder.func.dfg.constants.insert(bytes.as_slice().into());
        self.builder.ins().vconst(lanes, constant)
    }
}
