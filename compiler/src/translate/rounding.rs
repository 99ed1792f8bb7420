//! Rounding of floats to integers (`ceil`, `floor`, `trunc`, `nearest`), scalars and vectors → CLIF.
//!
//! x86-64 has instructions for it only since SSE4.1; for older processors Cranelift would call a library. A few
//! additions do as well, because a float of magnitude 2^(digits of the mantissa) has no room for a fraction: adding
//! that and subtracting it again rounds to the nearest integer, ties to even.

use super::Translator;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{InstBuilder, Opcode, Type, Value, types};

impl Translator<'_, '_> {
    /// The float or vector of floats, rounded as `Opcode::{Ceil, Floor, Trunc, Nearest}` does.
    pub(super) fn rounded(&mut self, rounding: Opcode, value: Value) -> Value {
        if !self.environment.isa.has_round() {
            return self.rounded_by_addition(rounding, value);
        }
        match rounding {
            Opcode::Ceil => self.builder.ins().ceil(value),
            Opcode::Floor => self.builder.ins().floor(value),
            Opcode::Trunc => self.builder.ins().trunc(value),
            Opcode::Nearest => self.builder.ins().nearest(value),
            other => unreachable!("{other} does not round"),
        }
    }

    fn rounded_by_addition(&mut self, rounding: Opcode, value: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(value);
        let integral =
            self.float(ty, if ty.lane_type() == types::F32 { f64::from(1 << 23) } else { (1u64 << 52) as f64 });
        let one = self.float(ty, 1.0);
        let zero = self.float(ty, 0.0);

        let magnitude = self.builder.ins().fabs(value);
        let has_fraction = self.builder.ins().fcmp(FloatCC::LessThan, magnitude, integral);
        let sum = self.builder.ins().fadd(magnitude, integral);
        let nearest = self.builder.ins().fsub(sum, integral);
        let rounded = match rounding {
            Opcode::Nearest => self.with_sign_of(nearest, value),
            Opcode::Trunc => {
                let above = self.builder.ins().fcmp(FloatCC::GreaterThan, nearest, magnitude);
                let excess = self.choose(above, one, zero);
                let result = self.builder.ins().fsub(nearest, excess);
                self.with_sign_of(result, value)
            }
            Opcode::Floor => {
                let nearest = self.with_sign_of(nearest, value);
                let above = self.builder.ins().fcmp(FloatCC::GreaterThan, nearest, value);
                let excess = self.choose(above, one, zero);
                let result = self.builder.ins().fsub(nearest, excess);
                self.with_sign_of(result, value)
            }
            Opcode::Ceil => {
                let nearest = self.with_sign_of(nearest, value);
                let below = self.builder.ins().fcmp(FloatCC::LessThan, nearest, value);
                let lack = self.choose(below, one, zero);
                let result = self.builder.ins().fadd(nearest, lack);
                self.with_sign_of(result, value)
            }
            other => unreachable!("{other} does not round"),
        };
        // Neither a fraction nor a number: the sum with zero is the value itself, or a quiet NaN for a signalling one.
        let itself = self.builder.ins().fadd(value, zero);
        self.choose(has_fraction, rounded, itself)
    }

    /// A float, or a vector of it in all lanes.
    fn float(&mut self, ty: Type, value: f64) -> Value {
        let scalar = match ty.lane_type() {
            types::F32 => self.builder.ins().f32const(Ieee32::with_float(value as f32)),
            _ => self.builder.ins().f64const(Ieee64::with_float(value)),
        };
        if ty.is_vector() { self.builder.ins().splat(ty, scalar) } else { scalar }
    }

    /// One float or the other by a comparison of floats of the type, lane by lane.
    fn choose(&mut self, comparison: Value, yes: Value, no: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(yes);
        if ty.is_vector() {
            let mask = self.bitcast(ty, comparison);
            self.builder.ins().bitselect(mask, yes, no)
        } else {
            self.builder.ins().select(comparison, yes, no)
        }
    }

    fn with_sign_of(&mut self, magnitude: Value, sign: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(sign);
        if ty.is_vector() {
            let mask = self.float(ty, -0.0);
            self.builder.ins().bitselect(mask, sign, magnitude)
        } else {
            self.builder.ins().fcopysign(magnitude, sign)
        }
    }
}
