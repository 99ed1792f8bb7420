//! Conversions between vectors: narrowing and widening of integers, integers to floats and back.

use crate::translate::Translator;
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::types::{F32X4, F64X2, I8X16, I16X8, I32, I32X4, I64X2};
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn convert_lanes(&mut self, operator: &Operator<'_>) -> bool {
        self.resize_integer_lanes(operator) || self.convert_float_lanes(operator)
    }

    fn resize_integer_lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I8x16NarrowI16x8S => binary!(self, I16X8, snarrow),
            Operator::I8x16NarrowI16x8U => binary!(self, I16X8, unarrow),
            Operator::I16x8NarrowI32x4S => binary!(self, I32X4, snarrow),
            Operator::I16x8NarrowI32x4U => binary!(self, I32X4, unarrow),
            Operator::I16x8ExtendLowI8x16S => unary!(self, I8X16, swiden_low),
            Operator::I16x8ExtendHighI8x16S => unary!(self, I8X16, swiden_high),
            Operator::I16x8ExtendLowI8x16U => unary!(self, I8X16, uwiden_low),
            Operator::I16x8ExtendHighI8x16U => unary!(self, I8X16, uwiden_high),
            Operator::I32x4ExtendLowI16x8S => unary!(self, I16X8, swiden_low),
            Operator::I32x4ExtendHighI16x8S => unary!(self, I16X8, swiden_high),
            Operator::I32x4ExtendLowI16x8U => unary!(self, I16X8, uwiden_low),
            Operator::I32x4ExtendHighI16x8U => unary!(self, I16X8, uwiden_high),
            Operator::I64x2ExtendLowI32x4S => unary!(self, I32X4, swiden_low),
            Operator::I64x2ExtendHighI32x4S => unary!(self, I32X4, swiden_high),
            Operator::I64x2ExtendLowI32x4U => unary!(self, I32X4, uwiden_low),
            Operator::I64x2ExtendHighI32x4U => unary!(self, I32X4, uwiden_high),
            _ => return false,
        }
        true
    }

    fn convert_float_lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I32x4TruncSatF32x4S => self.truncate_f32x4_s(),
            Operator::I32x4TruncSatF32x4U => self.truncate_f32x4_u(),
            Operator::I32x4TruncSatF64x2SZero => self.truncate_f64x2_s(),
            Operator::I32x4TruncSatF64x2UZero => self.truncate_f64x2_u(),
            Operator::F32x4ConvertI32x4S => {
                let vector = self.pop_lanes(I32X4);
                let result = self.builder.ins().fcvt_from_sint(F32X4, vector);
                self.push_lanes(result);
            }
            Operator::F32x4ConvertI32x4U => {
                let vector = self.pop_lanes(I32X4);
                let result = self.builder.ins().fcvt_from_uint(F32X4, vector);
                self.push_lanes(result);
            }
            Operator::F64x2ConvertLowI32x4S => {
                let vector = self.pop_lanes(I32X4);
                let low = self.builder.ins().swiden_low(vector);
                let result = self.builder.ins().fcvt_from_sint(F64X2, low);
                self.push_lanes(result);
            }
            Operator::F64x2ConvertLowI32x4U => {
                let vector = self.pop_lanes(I32X4);
                let low = self.builder.ins().uwiden_low(vector);
                let result = self.builder.ins().fcvt_from_uint(F64X2, low);
                self.push_lanes(result);
            }
            Operator::F32x4DemoteF64x2Zero => unary!(self, F64X2, fvdemote),
            Operator::F64x2PromoteLowF32x4 => unary!(self, F32X4, fvpromote_low),
            _ => return false,
        }
        true
    }

    pub(super) fn truncate_f32x4_s(&mut self) {
        let vector = self.pop_lanes(F32X4);
        let result = self.builder.ins().fcvt_to_sint_sat(I32X4, vector);
        self.push_lanes(result);
    }

    pub(super) fn truncate_f32x4_u(&mut self) {
        let vector = self.pop_lanes(F32X4);
        let result = self.builder.ins().fcvt_to_uint_sat(I32X4, vector);
        self.push_lanes(result);
    }

    /// To 64 bits and from there, saturating again, to the low half of the result: the form that Cranelift knows.
    pub(super) fn truncate_f64x2_s(&mut self) {
        let vector = self.pop_lanes(F64X2);
        let wide = self.builder.ins().fcvt_to_sint_sat(I64X2, vector);
        let zero = self.vector_constant(I64X2, [0; 16]);
        let result = self.builder.ins().snarrow(wide, zero);
        self.push_lanes(result);
    }

    /// As [`Self::truncate_f64x2_s`], but that form takes SSE4.1, without which it is done lane by lane.
    pub(super) fn truncate_f64x2_u(&mut self) {
        let vector = self.pop_lanes(F64X2);
        let result = if self.environment.isa.has_round() {
            let wide = self.builder.ins().fcvt_to_uint_sat(I64X2, vector);
            let zero = self.vector_constant(I64X2, [0; 16]);
            self.builder.ins().uunarrow(wide, zero)
        } else {
            (0..2u8).fold(self.vector_constant(I32X4, [0; 16]), |result, lane| {
                let float = self.builder.ins().extractlane(vector, lane);
                let integer = self.builder.ins().fcvt_to_uint_sat(I32, float);
                self.builder.ins().insertlane(result, integer, lane)
            })
        };
        self.push_lanes(result);
    }
}
