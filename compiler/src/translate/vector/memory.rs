//! Vector loads and stores, whole, of single lanes, widening, and broadcasting.
//!
//! An instruction that accesses fewer than 16 bytes must not touch more at the end of memory. Each such load is a CLIF
//! load of exactly its width, as a scalar, and Cranelift only merges a scalar load into an instruction whose memory
//! operand has that width (`tests/end_of_memory.rs` tries all of them).

use crate::error::Result;
use crate::translate::Translator;
use crate::translate::bounds_check::Access;
use cranelift_codegen::ir::types::{F32, F32X4, F64, F64X2, I8, I8X16, I16, I16X8, I32, I32X4, I64, I64X2};
use cranelift_codegen::ir::{InstBuilder, Type, Value};
use wasmparser::{MemArg, Operator};

/// A load of eight bytes that are widened to lanes of twice their size.
macro_rules! load_extend {
    ($self:ident, $memarg:ident, $instruction:ident) => {{
        let Access { address, offset, flags } = $self.pop_access($memarg, 8)?;
        let result = $self.builder.ins().$instruction(flags, address, offset);
        $self.push_lanes(result);
    }};
}

impl Translator<'_, '_> {
    pub(super) fn vector_memory(&mut self, operator: &Operator<'_>) -> Result<bool> {
        match operator {
            Operator::V128Load { memarg } => {
                let vector = self.load_value(memarg, I8X16)?;
                self.stack.push(vector);
            }
            Operator::V128Load8x8S { memarg } => load_extend!(self, memarg, sload8x8),
            Operator::V128Load8x8U { memarg } => load_extend!(self, memarg, uload8x8),
            Operator::V128Load16x4S { memarg } => load_extend!(self, memarg, sload16x4),
            Operator::V128Load16x4U { memarg } => load_extend!(self, memarg, uload16x4),
            Operator::V128Load32x2S { memarg } => load_extend!(self, memarg, sload32x2),
            Operator::V128Load32x2U { memarg } => load_extend!(self, memarg, uload32x2),
            Operator::V128Load8Splat { memarg } => self.load_splat(memarg, I8, I8X16)?,
            Operator::V128Load16Splat { memarg } => self.load_splat(memarg, I16, I16X8)?,
            Operator::V128Load32Splat { memarg } => self.load_splat(memarg, F32, F32X4)?,
            Operator::V128Load64Splat { memarg } => self.load_splat(memarg, F64, F64X2)?,
            Operator::V128Load32Zero { memarg } => self.load_zero(memarg, F32, F32X4)?,
            Operator::V128Load64Zero { memarg } => self.load_zero(memarg, F64, F64X2)?,
            Operator::V128Load8Lane { memarg, lane } => self.load_lane(memarg, I8, I8X16, *lane)?,
            Operator::V128Load16Lane { memarg, lane } => self.load_lane(memarg, I16, I16X8, *lane)?,
            Operator::V128Load32Lane { memarg, lane } => self.load_lane(memarg, I32, I32X4, *lane)?,
            Operator::V128Load64Lane { memarg, lane } => self.load_lane(memarg, I64, I64X2, *lane)?,
            Operator::V128Store { memarg } => {
                let vector = self.stack.pop();
                self.store_value(memarg, vector)?;
            }
            Operator::V128Store8Lane { memarg, lane } => self.store_lane(memarg, I8X16, *lane)?,
            Operator::V128Store16Lane { memarg, lane } => self.store_lane(memarg, I16X8, *lane)?,
            Operator::V128Store32Lane { memarg, lane } => self.store_lane(memarg, I32X4, *lane)?,
            Operator::V128Store64Lane { memarg, lane } => self.store_lane(memarg, I64X2, *lane)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn load_value(&mut self, memarg: &MemArg, ty: Type) -> Result<Value> {
        let Access { address, offset, flags } = self.pop_access(memarg, ty.bytes())?;
        Ok(self.builder.ins().load(ty, flags, address, offset))
    }

    fn store_value(&mut self, memarg: &MemArg, value: Value) -> Result<()> {
        let size = self.builder.func.dfg.value_type(value).bytes();
        let Access { address, offset, flags } = self.pop_access(memarg, size)?;
        self.builder.ins().store(flags, value, address, offset);
        Ok(())
    }

    fn load_splat(&mut self, memarg: &MemArg, ty: Type, lanes: Type) -> Result<()> {
        let value = self.load_value(memarg, ty)?;
        let vector = self.builder.ins().splat(lanes, value);
        self.push_lanes(vector);
        Ok(())
    }

    fn load_zero(&mut self, memarg: &MemArg, ty: Type, lanes: Type) -> Result<()> {
        let value = self.load_value(memarg, ty)?;
        let vector = self.builder.ins().scalar_to_vector(lanes, value);
        self.push_lanes(vector);
        Ok(())
    }

    fn load_lane(&mut self, memarg: &MemArg, ty: Type, lanes: Type, lane: u8) -> Result<()> {
        let vector = self.pop_lanes(lanes);
        let value = self.load_value(memarg, ty)?;
        let vector = self.builder.ins().insertlane(vector, value, lane);
        self.push_lanes(vector);
        Ok(())
    }

    fn store_lane(&mut self, memarg: &MemArg, lanes: Type, lane: u8) -> Result<()> {
        let vector = self.pop_lanes(lanes);
        let value = self.builder.ins().extractlane(vector, lane);
        self.store_value(memarg, value)
    }
}
