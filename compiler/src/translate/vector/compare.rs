//! Comparisons of vectors lane by lane: all bits of a result lane are set where it holds.

use crate::translate::Translator;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F32X4, F64X2, I8X16, I16X8, I32X4, I64X2};
use cranelift_codegen::ir::{InstBuilder, Type};
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn compare_lanes(&mut self, operator: &Operator<'_>) -> bool {
        self.compare_integers(operator) || self.compare_floats(operator)
    }

    fn compare_integers(&mut self, operator: &Operator<'_>) -> bool {
        use IntCC::*;
        match operator {
            Operator::I8x16Eq => self.icmp(I8X16, Equal),
            Operator::I8x16Ne => self.icmp(I8X16, NotEqual),
            Operator::I8x16LtS => self.icmp(I8X16, SignedLessThan),
            Operator::I8x16LtU => self.icmp(I8X16, UnsignedLessThan),
            Operator::I8x16GtS => self.icmp(I8X16, SignedGreaterThan),
            Operator::I8x16GtU => self.icmp(I8X16, UnsignedGreaterThan),
            Operator::I8x16LeS => self.icmp(I8X16, SignedLessThanOrEqual),
            Operator::I8x16LeU => self.icmp(I8X16, UnsignedLessThanOrEqual),
            Operator::I8x16GeS => self.icmp(I8X16, SignedGreaterThanOrEqual),
            Operator::I8x16GeU => self.icmp(I8X16, UnsignedGreaterThanOrEqual),
            Operator::I16x8Eq => self.icmp(I16X8, Equal),
            Operator::I16x8Ne => self.icmp(I16X8, NotEqual),
            Operator::I16x8LtS => self.icmp(I16X8, SignedLessThan),
            Operator::I16x8LtU => self.icmp(I16X8, UnsignedLessThan),
            Operator::I16x8GtS => self.icmp(I16X8, SignedGreaterThan),
            Operator::I16x8GtU => self.icmp(I16X8, UnsignedGreaterThan),
            Operator::I16x8LeS => self.icmp(I16X8, SignedLessThanOrEqual),
            Operator::I16x8LeU => self.icmp(I16X8, UnsignedLessThanOrEqual),
            Operator::I16x8GeS => self.icmp(I16X8, SignedGreaterThanOrEqual),
            Operator::I16x8GeU => self.icmp(I16X8, UnsignedGreaterThanOrEqual),
            Operator::I32x4Eq => self.icmp(I32X4, Equal),
            Operator::I32x4Ne => self.icmp(I32X4, NotEqual),
            Operator::I32x4LtS => self.icmp(I32X4, SignedLessThan),
            Operator::I32x4LtU => self.icmp(I32X4, UnsignedLessThan),
            Operator::I32x4GtS => self.icmp(I32X4, SignedGreaterThan),
            Operator::I32x4GtU => self.icmp(I32X4, UnsignedGreaterThan),
            Operator::I32x4LeS => self.icmp(I32X4, SignedLessThanOrEqual),
            Operator::I32x4LeU => self.icmp(I32X4, UnsignedLessThanOrEqual),
            Operator::I32x4GeS => self.icmp(I32X4, SignedGreaterThanOrEqual),
            Operator::I32x4GeU => self.icmp(I32X4, UnsignedGreaterThanOrEqual),
            Operator::I64x2Eq => self.icmp(I64X2, Equal),
            Operator::I64x2Ne => self.icmp(I64X2, NotEqual),
            Operator::I64x2LtS => self.icmp(I64X2, SignedLessThan),
            Operator::I64x2GtS => self.icmp(I64X2, SignedGreaterThan),
            Operator::I64x2LeS => self.icmp(I64X2, SignedLessThanOrEqual),
            Operator::I64x2GeS => self.icmp(I64X2, SignedGreaterThanOrEqual),
            _ => return false,
        }
        true
    }

    fn compare_floats(&mut self, operator: &Operator<'_>) -> bool {
        use FloatCC::*;
        match operator {
            Operator::F32x4Eq => self.fcmp(F32X4, Equal),
            Operator::F32x4Ne => self.fcmp(F32X4, NotEqual),
            Operator::F32x4Lt => self.fcmp(F32X4, LessThan),
            Operator::F32x4Gt => self.fcmp(F32X4, GreaterThan),
            Operator::F32x4Le => self.fcmp(F32X4, LessThanOrEqual),
            Operator::F32x4Ge => self.fcmp(F32X4, GreaterThanOrEqual),
            Operator::F64x2Eq => self.fcmp(F64X2, Equal),
            Operator::F64x2Ne => self.fcmp(F64X2, NotEqual),
            Operator::F64x2Lt => self.fcmp(F64X2, LessThan),
            Operator::F64x2Gt => self.fcmp(F64X2, GreaterThan),
            Operator::F64x2Le => self.fcmp(F64X2, LessThanOrEqual),
            Operator::F64x2Ge => self.fcmp(F64X2, GreaterThanOrEqual),
            _ => return false,
        }
        true
    }

    fn icmp(&mut self, lanes: Type, code: IntCC) {
        let (left, right) = self.pop2_lanes(lanes);
        let result = self.builder.ins().icmp(code, left, right);
        self.push_lanes(result);
    }

    fn fcmp(&mut self, lanes: Type, code: FloatCC) {
        let (left, right) = self.pop2_lanes(lanes);
        let result = self.builder.ins().fcmp(code, left, right);
        self.push_lanes(result);
    }
}
