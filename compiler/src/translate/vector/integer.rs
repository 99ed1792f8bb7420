//! Bitwise operations on vectors, and arithmetic on vectors of integers whose lanes keep or double their size.

use crate::translate::Translator;
use cranelift_codegen::ir::types::{I8X16, I16X8, I32, I32X4, I64X2};
use cranelift_codegen::ir::{InstBuilder, Type};
use wasmparser::Operator;

/// Shifts all lanes by an `i32`, of which Cranelift takes the remainder by the lane's size as wasm demands.
macro_rules! shift {
    ($self:ident, $lanes:expr, $instruction:ident) => {{
        let amount = $self.stack.pop();
        let vector = $self.pop_lanes($lanes);
        let result = $self.builder.ins().$instruction(vector, amount);
        $self.push_lanes(result);
    }};
}

/// Multiplies halves of two vectors, widened.
macro_rules! widening_multiplication {
    ($self:ident, $lanes:expr, $widen:ident) => {{
        let (left, right) = $self.pop2_lanes($lanes);
        let left = $self.builder.ins().$widen(left);
        let right = $self.builder.ins().$widen(right);
        let result = $self.builder.ins().imul(left, right);
        $self.push_lanes(result);
    }};
}

/// Adds neighbouring lanes, widened.
macro_rules! widening_pairwise_addition {
    ($self:ident, $lanes:expr, $widen_low:ident, $widen_high:ident) => {{
        let vector = $self.pop_lanes($lanes);
        let low = $self.builder.ins().$widen_low(vector);
        let high = $self.builder.ins().$widen_high(vector);
        let result = $self.builder.ins().iadd_pairwise(low, high);
        $self.push_lanes(result);
    }};
}

impl Translator<'_, '_> {
    pub(super) fn integer_lanes(&mut self, operator: &Operator<'_>) -> bool {
        self.bitwise(operator)
            || self.unary_integer_lanes(operator)
            || self.shift_lanes(operator)
            || self.binary_integer_lanes(operator)
            || self.widening_lanes(operator)
    }

    fn bitwise(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::V128Not => unary!(self, I8X16, bnot),
            Operator::V128And => binary!(self, I8X16, band),
            Operator::V128AndNot => binary!(self, I8X16, band_not),
            Operator::V128Or => binary!(self, I8X16, bor),
            Operator::V128Xor => binary!(self, I8X16, bxor),
            Operator::V128Bitselect => self.bitselect(),
            Operator::V128AnyTrue => {
                let vector = self.stack.pop();
                let result = self.builder.ins().vany_true(vector);
                self.push_boolean(result);
            }
            _ => return false,
        }
        true
    }

    pub(super) fn bitselect(&mut self) {
        let (yes, no, mask) = self.stack.pop3();
        let result = self.builder.ins().bitselect(mask, yes, no);
        self.stack.push(result);
    }

    fn unary_integer_lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I8x16Abs => unary!(self, I8X16, iabs),
            Operator::I16x8Abs => unary!(self, I16X8, iabs),
            Operator::I32x4Abs => unary!(self, I32X4, iabs),
            Operator::I64x2Abs => unary!(self, I64X2, iabs),
            Operator::I8x16Neg => unary!(self, I8X16, ineg),
            Operator::I16x8Neg => unary!(self, I16X8, ineg),
            Operator::I32x4Neg => unary!(self, I32X4, ineg),
            Operator::I64x2Neg => unary!(self, I64X2, ineg),
            Operator::I8x16Popcnt => unary!(self, I8X16, popcnt),
            Operator::I8x16AllTrue => self.all_true(I8X16),
            Operator::I16x8AllTrue => self.all_true(I16X8),
            Operator::I32x4AllTrue => self.all_true(I32X4),
            Operator::I64x2AllTrue => self.all_true(I64X2),
            Operator::I8x16Bitmask => self.bitmask(I8X16),
            Operator::I16x8Bitmask => self.bitmask(I16X8),
            Operator::I32x4Bitmask => self.bitmask(I32X4),
            Operator::I64x2Bitmask => self.bitmask(I64X2),
            _ => return false,
        }
        true
    }

    fn all_true(&mut self, lanes: Type) {
        let vector = self.pop_lanes(lanes);
        let result = self.builder.ins().vall_true(vector);
        self.push_boolean(result);
    }

    fn bitmask(&mut self, lanes: Type) {
        let vector = self.pop_lanes(lanes);
        let result = self.builder.ins().vhigh_bits(I32, vector);
        self.stack.push(result);
    }

    fn shift_lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I8x16Shl => shift!(self, I8X16, ishl),
            Operator::I16x8Shl => shift!(self, I16X8, ishl),
            Operator::I32x4Shl => shift!(self, I32X4, ishl),
            Operator::I64x2Shl => shift!(self, I64X2, ishl),
            Operator::I8x16ShrS => shift!(self, I8X16, sshr),
            Operator::I16x8ShrS => shift!(self, I16X8, sshr),
            Operator::I32x4ShrS => shift!(self, I32X4, sshr),
            Operator::I64x2ShrS => shift!(self, I64X2, sshr),
            Operator::I8x16ShrU => shift!(self, I8X16, ushr),
            Operator::I16x8ShrU => shift!(self, I16X8, ushr),
            Operator::I32x4ShrU => shift!(self, I32X4, ushr),
            Operator::I64x2ShrU => shift!(self, I64X2, ushr),
            _ => return false,
        }
        true
    }

    fn binary_integer_lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I8x16Add => binary!(self, I8X16, iadd),
            Operator::I16x8Add => binary!(self, I16X8, iadd),
            Operator::I32x4Add => binary!(self, I32X4, iadd),
            Operator::I64x2Add => binary!(self, I64X2, iadd),
            Operator::I8x16AddSatS => binary!(self, I8X16, sadd_sat),
            Operator::I16x8AddSatS => binary!(self, I16X8, sadd_sat),
            Operator::I8x16AddSatU => binary!(self, I8X16, uadd_sat),
            Operator::I16x8AddSatU => binary!(self, I16X8, uadd_sat),
            Operator::I8x16Sub => binary!(self, I8X16, isub),
            Operator::I16x8Sub => binary!(self, I16X8, isub),
            Operator::I32x4Sub => binary!(self, I32X4, isub),
            Operator::I64x2Sub => binary!(self, I64X2, isub),
            Operator::I8x16SubSatS => binary!(self, I8X16, ssub_sat),
            Operator::I16x8SubSatS => binary!(self, I16X8, ssub_sat),
            Operator::I8x16SubSatU => binary!(self, I8X16, usub_sat),
            Operator::I16x8SubSatU => binary!(self, I16X8, usub_sat),
            Operator::I16x8Mul => binary!(self, I16X8, imul),
            Operator::I32x4Mul => binary!(self, I32X4, imul),
            Operator::I64x2Mul => binary!(self, I64X2, imul),
            Operator::I16x8Q15MulrSatS => binary!(self, I16X8, sqmul_round_sat),
            Operator::I8x16MinS => binary!(self, I8X16, smin),
            Operator::I16x8MinS => binary!(self, I16X8, smin),
            Operator::I32x4MinS => binary!(self, I32X4, smin),
            Operator::I8x16MinU => binary!(self, I8X16, umin),
            Operator::I16x8MinU => binary!(self, I16X8, umin),
            Operator::I32x4MinU => binary!(self, I32X4, umin),
            Operator::I8x16MaxS => binary!(self, I8X16, smax),
            Operator::I16x8MaxS => binary!(self, I16X8, smax),
            Operator::I32x4MaxS => binary!(self, I32X4, smax),
            Operator::I8x16MaxU => binary!(self, I8X16, umax),
            Operator::I16x8MaxU => binary!(self, I16X8, umax),
            Operator::I32x4MaxU => binary!(self, I32X4, umax),
            Operator::I8x16AvgrU => binary!(self, I8X16, avg_round),
            Operator::I16x8AvgrU => binary!(self, I16X8, avg_round),
            _ => return false,
        }
        true
    }

    fn widening_lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I16x8ExtMulLowI8x16S => widening_multiplication!(self, I8X16, swiden_low),
            Operator::I16x8ExtMulHighI8x16S => widening_multiplication!(self, I8X16, swiden_high),
            Operator::I16x8ExtMulLowI8x16U => widening_multiplication!(self, I8X16, uwiden_low),
            Operator::I16x8ExtMulHighI8x16U => widening_multiplication!(self, I8X16, uwiden_high),
            Operator::I32x4ExtMulLowI16x8S => widening_multiplication!(self, I16X8, swiden_low),
            Operator::I32x4ExtMulHighI16x8S => widening_multiplication!(self, I16X8, swiden_high),
            Operator::I32x4ExtMulLowI16x8U => widening_multiplication!(self, I16X8, uwiden_low),
            Operator::I32x4ExtMulHighI16x8U => widening_multiplication!(self, I16X8, uwiden_high),
            Operator::I64x2ExtMulLowI32x4S => widening_multiplication!(self, I32X4, swiden_low),
            Operator::I64x2ExtMulHighI32x4S => widening_multiplication!(self, I32X4, swiden_high),
            Operator::I64x2ExtMulLowI32x4U => widening_multiplication!(self, I32X4, uwiden_low),
            Operator::I64x2ExtMulHighI32x4U => widening_multiplication!(self, I32X4, uwiden_high),
            Operator::I16x8ExtAddPairwiseI8x16S => {
                widening_pairwise_addition!(self, I8X16, swiden_low, swiden_high)
            }
            Operator::I16x8ExtAddPairwiseI8x16U => {
                widening_pairwise_addition!(self, I8X16, uwiden_low, uwiden_high)
            }
            Operator::I32x4ExtAddPairwiseI16x8S => {
                widening_pairwise_addition!(self, I16X8, swiden_low, swiden_high)
            }
            Operator::I32x4ExtAddPairwiseI16x8U => {
                widening_pairwise_addition!(self, I16X8, uwiden_low, uwiden_high)
            }
            Operator::I32x4DotI16x8S => self.dot_product(),
            _ => return false,
        }
        true
    }

    /// The sum of the widened products of neighbouring lanes. Cranelift knows `pmaddwd` in this form.
    fn dot_product(&mut self) {
        let (left, right) = self.pop2_lanes(I16X8);
        let left_low = self.builder.ins().swiden_low(left);
        let right_low = self.builder.ins().swiden_low(right);
        let low = self.builder.ins().imul(left_low, right_low);
        let left_high = self.builder.ins().swiden_high(left);
        let right_high = self.builder.ins().swiden_high(right);
        let high = self.builder.ins().imul(left_high, right_high);
        let result = self.builder.ins().iadd_pairwise(low, high);
        self.push_lanes(result);
    }
}
