//! Arithmetic on vectors of floats.

use crate::translate::Translator;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::types::{F32X4, F64X2};
use cranelift_codegen::ir::{InstBuilder, Opcode, Type, Value};
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn float_lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::F32x4Ceil => self.round_lanes(F32X4, Opcode::Ceil),
            Operator::F64x2Ceil => self.round_lanes(F64X2, Opcode::Ceil),
            Operator::F32x4Floor => self.round_lanes(F32X4, Opcode::Floor),
            Operator::F64x2Floor => self.round_lanes(F64X2, Opcode::Floor),
            Operator::F32x4Trunc => self.round_lanes(F32X4, Opcode::Trunc),
            Operator::F64x2Trunc => self.round_lanes(F64X2, Opcode::Trunc),
            Operator::F32x4Nearest => self.round_lanes(F32X4, Opcode::Nearest),
            Operator::F64x2Nearest => self.round_lanes(F64X2, Opcode::Nearest),
            Operator::F32x4Abs => unary!(self, F32X4, fabs),
            Operator::F64x2Abs => unary!(self, F64X2, fabs),
            Operator::F32x4Neg => unary!(self, F32X4, fneg),
            Operator::F64x2Neg => unary!(self, F64X2, fneg),
            Operator::F32x4Sqrt => unary!(self, F32X4, sqrt),
            Operator::F64x2Sqrt => unary!(self, F64X2, sqrt),
            Operator::F32x4Add => binary!(self, F32X4, fadd),
            Operator::F64x2Add => binary!(self, F64X2, fadd),
            Operator::F32x4Sub => binary!(self, F32X4, fsub),
            Operator::F64x2Sub => binary!(self, F64X2, fsub),
            Operator::F32x4Mul => binary!(self, F32X4, fmul),
            Operator::F64x2Mul => binary!(self, F64X2, fmul),
            Operator::F32x4Div => binary!(self, F32X4, fdiv),
            Operator::F64x2Div => binary!(self, F64X2, fdiv),
            Operator::F32x4Min => binary!(self, F32X4, fmin),
            Operator::F64x2Min => binary!(self, F64X2, fmin),
            Operator::F32x4Max => binary!(self, F32X4, fmax),
            Operator::F64x2Max => binary!(self, F64X2, fmax),
            Operator::F32x4PMin => self.pseudo_minimum(F32X4),
            Operator::F64x2PMin => self.pseudo_minimum(F64X2),
            Operator::F32x4PMax => self.pseudo_maximum(F32X4),
            Operator::F64x2PMax => self.pseudo_maximum(F64X2),
            _ => return false,
        }
        true
    }

    fn round_lanes(&mut self, lanes: Type, rounding: Opcode) {
        let vector = self.pop_lanes(lanes);
        let vector = self.rounded(rounding, vector);
        self.push_lanes(vector);
    }

    /// `right < left ? right : left`, which is how `minps` works.
    fn pseudo_minimum(&mut self, lanes: Type) {
        let (left, right) = self.pop2_lanes(lanes);
        let less = self.builder.ins().fcmp(FloatCC::LessThan, right, left);
        self.push_chosen(less, right, left);
    }

    /// `left < right ? right : left`, which is how `maxps` works.
    fn pseudo_maximum(&mut self, lanes: Type) {
        let (left, right) = self.pop2_lanes(lanes);
        let less = self.builder.ins().fcmp(FloatCC::LessThan, left, right);
        self.push_chosen(less, right, left);
    }

    fn push_chosen(&mut self, comparison: Value, yes: Value, no: Value) {
        let lanes = self.builder.func.dfg.value_type(yes);
        let mask = self.bitcast(lanes, comparison);
        let result = self.builder.ins().bitselect(mask, yes, no);
        self.push_lanes(result);
    }
}
