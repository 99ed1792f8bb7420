//! Relaxed vector instructions, which have several permitted results each.
//!
//! Ours are those of the specification's deterministic profile, on every processor, so that a program computes the
//! same everywhere: `relaxed_swizzle`, `relaxed_laneselect`, `relaxed_trunc…`, `relaxed_min`, `relaxed_max` and
//! `relaxed_q15mulr` are the instructions without `relaxed`, `relaxed_madd` and `relaxed_nmadd` round twice, and
//! `relaxed_dot` takes both operands for signed and saturates.

use crate::translate::Translator;
use cranelift_codegen::ir::types::{F32X4, F64X2, I16X8, I32, I32X4};
use cranelift_codegen::ir::{InstBuilder, Type, Value};
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn relaxed(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I8x16RelaxedSwizzle => self.swizzle(),
            Operator::I32x4RelaxedTruncF32x4S => self.truncate_f32x4_s(),
            Operator::I32x4RelaxedTruncF32x4U => self.truncate_f32x4_u(),
            Operator::I32x4RelaxedTruncF64x2SZero => self.truncate_f64x2_s(),
            Operator::I32x4RelaxedTruncF64x2UZero => self.truncate_f64x2_u(),
            Operator::F32x4RelaxedMadd => self.multiply_add(F32X4),
            Operator::F64x2RelaxedMadd => self.multiply_add(F64X2),
            Operator::F32x4RelaxedNmadd => self.multiply_subtract(F32X4),
            Operator::F64x2RelaxedNmadd => self.multiply_subtract(F64X2),
            Operator::I8x16RelaxedLaneselect
            | Operator::I16x8RelaxedLaneselect
            | Operator::I32x4RelaxedLaneselect
            | Operator::I64x2RelaxedLaneselect => self.bitselect(),
            Operator::F32x4RelaxedMin => binary!(self, F32X4, fmin),
            Operator::F64x2RelaxedMin => binary!(self, F64X2, fmin),
            Operator::F32x4RelaxedMax => binary!(self, F32X4, fmax),
            Operator::F64x2RelaxedMax => binary!(self, F64X2, fmax),
            Operator::I16x8RelaxedQ15mulrS => binary!(self, I16X8, sqmul_round_sat),
            Operator::I16x8RelaxedDotI8x16I7x16S => {
                let (left, right) = self.pop2_lanes(I16X8);
                let result = self.dot_product_of_bytes(left, right);
                self.push_lanes(result);
            }
            Operator::I32x4RelaxedDotI8x16I7x16AddS => self.dot_product_add(),
            _ => return false,
        }
        true
    }

    fn multiply_add(&mut self, lanes: Type) {
        let (left, right, addend) = self.pop3_lanes(lanes);
        let product = self.builder.ins().fmul(left, right);
        let result = self.builder.ins().fadd(product, addend);
        self.push_lanes(result);
    }

    fn multiply_subtract(&mut self, lanes: Type) {
        let (left, right, minuend) = self.pop3_lanes(lanes);
        let product = self.builder.ins().fmul(left, right);
        let result = self.builder.ins().fsub(minuend, product);
        self.push_lanes(result);
    }

    /// In each 16-bit lane the products of its two low and its two high bytes, added.
    fn dot_product_of_bytes(&mut self, left: Value, right: Value) -> Value {
        let byte = self.builder.ins().iconst(I32, 8);
        let [left_low, right_low] = [left, right].map(|words| {
            let shifted = self.builder.ins().ishl(words, byte);
            self.builder.ins().sshr(shifted, byte)
        });
        let [left_high, right_high] = [left, right].map(|words| self.builder.ins().sshr(words, byte));
        let low = self.builder.ins().imul(left_low, right_low);
        let high = self.builder.ins().imul(left_high, right_high);
        self.builder.ins().sadd_sat(low, high)
    }

    fn dot_product_add(&mut self) {
        let addend = self.pop_lanes(I32X4);
        let (left, right) = self.pop2_lanes(I16X8);
        let products = self.dot_product_of_bytes(left, right);
        let low = self.builder.ins().swiden_low(products);
        let high = self.builder.ins().swiden_high(products);
        let sums = self.builder.ins().iadd_pairwise(low, high);
        let result = self.builder.ins().iadd(sums, addend);
        self.push_lanes(result);
    }
}
