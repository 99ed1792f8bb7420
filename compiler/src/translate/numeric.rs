//! Numeric instructions on scalars (spec 2.4.1 and wide arithmetic) → CLIF, nearly one to one.
//!
//! Integer division and the trapping conversions rely on the traps that Cranelift's own instructions carry. Wasm has
//! no Boolean type but CLIF has, of 8 bits: a comparison is pushed as the `i32` that extends it, and whoever
//! branches on it looks through the extension with [`Translator::condition`].

use super::Translator;
use cranelift_codegen::ir::condcodes::{CondCode, FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::types::{F32, F64, I8, I16, I32, I64, I128};
use cranelift_codegen::ir::{InstBuilder, InstructionData, MemFlagsData, Opcode, Type, Value, ValueDef};
use wasmparser::Operator;

/// A method of `InstBuilder` on the topmost operand.
macro_rules! unary {
    ($self:ident, $instruction:ident) => {{
        let operand = $self.stack.pop();
        let result = $self.builder.ins().$instruction(operand);
        $self.stack.push(result);
    }};
}

/// A method of `InstBuilder` on the two topmost operands.
macro_rules! binary {
    ($self:ident, $instruction:ident) => {{
        let (left, right) = $self.stack.pop2();
        let result = $self.builder.ins().$instruction(left, right);
        $self.stack.push(result);
    }};
}

/// A method of `InstBuilder` that makes the topmost operand a value of another type.
macro_rules! convert {
    ($self:ident, $instruction:ident, $ty:expr) => {{
        let operand = $self.stack.pop();
        let result = $self.builder.ins().$instruction($ty, operand);
        $self.stack.push(result);
    }};
}

impl Translator<'_, '_> {
    /// Translates the instruction if it is a numeric one on scalars.
    pub(super) fn numeric(&mut self, operator: &Operator<'_>) -> bool {
        self.scalar_constant(operator)
            || self.integer_comparison(operator)
            || self.integer_arithmetic(operator)
            || self.float_comparison(operator)
            || self.float_arithmetic(operator)
            || self.conversion(operator)
            || self.wide_arithmetic(operator)
    }

    /// What to branch on, or select by, for an `i32` that wasm takes for true if it is not zero.
    ///
    /// A zero-extension is zero if and only if its operand is, so the `i8` of a comparison serves as it is, and
    /// Cranelift merges the comparison with the branch.
    pub(super) fn condition(&self, value: Value) -> Value {
        match self.definition(value) {
            Some(InstructionData::Unary { opcode: Opcode::Uextend, arg }) => arg,
            _ => value,
        }
    }

    /// A condition that holds if this one does not.
    pub(super) fn inverse(&mut self, condition: Value) -> Value {
        match inverse_comparison(self.builder.ins(), condition) {
            Some(inverse) => inverse,
            None => self.builder.ins().icmp_imm_s(IntCC::Equal, condition, 0),
        }
    }

    /// The instruction that makes a value.
    pub(super) fn definition(&self, value: Value) -> Option<InstructionData> {
        let dfg = &self.builder.func.dfg;
        match dfg.value_def(dfg.resolve_aliases(value)) {
            ValueDef::Result(instruction, _) => Some(dfg.insts[instruction]),
            _ => None,
        }
    }

    /// Pushes a Boolean of CLIF as an `i32`.
    pub(super) fn push_boolean(&mut self, value: Value) {
        let value = self.builder.ins().uextend(I32, value);
        self.stack.push(value);
    }

    fn scalar_constant(&mut self, operator: &Operator<'_>) -> bool {
        let value = match *operator {
            Operator::I32Const { value } => self.builder.ins().iconst(I32, i64::from(value as u32)),
            Operator::I64Const { value } => self.builder.ins().iconst(I64, value),
            Operator::F32Const { value } => self.builder.ins().f32const(Ieee32::with_bits(value.bits())),
            Operator::F64Const { value } => self.builder.ins().f64const(Ieee64::with_bits(value.bits())),
            _ => return false,
        };
        self.stack.push(value);
        true
    }

    fn integer_comparison(&mut self, operator: &Operator<'_>) -> bool {
        let code = match operator {
            Operator::I32Eqz | Operator::I64Eqz => {
                self.equal_to_zero();
                return true;
            }
            Operator::I32Eq | Operator::I64Eq => IntCC::Equal,
            Operator::I32Ne | Operator::I64Ne => IntCC::NotEqual,
            Operator::I32LtS | Operator::I64LtS => IntCC::SignedLessThan,
            Operator::I32LtU | Operator::I64LtU => IntCC::UnsignedLessThan,
            Operator::I32GtS | Operator::I64GtS => IntCC::SignedGreaterThan,
            Operator::I32GtU | Operator::I64GtU => IntCC::UnsignedGreaterThan,
            Operator::I32LeS | Operator::I64LeS => IntCC::SignedLessThanOrEqual,
            Operator::I32LeU | Operator::I64LeU => IntCC::UnsignedLessThanOrEqual,
            Operator::I32GeS | Operator::I64GeS => IntCC::SignedGreaterThanOrEqual,
            Operator::I32GeU | Operator::I64GeU => IntCC::UnsignedGreaterThanOrEqual,
            _ => return false,
        };
        let (left, right) = self.stack.pop2();
        let is_equality = matches!(code, IntCC::Equal | IntCC::NotEqual);
        let (left, right) = if is_equality { self.compared_sums(left, right) } else { (left, right) };
        let result = self.builder.ins().icmp(code, left, right);
        self.push_boolean(result);
        true
    }

    /// Cranelift makes `x == k₂ − k₁` of `x + k₁ == k₂`. At the end of a loop both `x` and `x + k₁` are then alive,
    /// which costs a register and a move; it does not look through extensions.
    fn compared_sums(&mut self, left: Value, right: Value) -> (Value, Value) {
        match (self.definition(left), self.definition(right)) {
            (
                Some(InstructionData::Binary { opcode: Opcode::Iadd, .. }),
                Some(InstructionData::UnaryImm { opcode: Opcode::Iconst, imm }),
            ) if self.builder.func.dfg.value_type(left) == I32 => {
                let right = self.builder.ins().iconst(I64, i64::from(imm.bits() as u32));
                (self.extend(left), right)
            }
            _ => (left, right),
        }
    }

    /// `eqz`. Compilers write it to negate a comparison, so that is what becomes of it.
    fn equal_to_zero(&mut self) {
        let operand = self.stack.pop();
        let condition = self.condition(operand);
        let result = match inverse_comparison(self.builder.ins(), condition) {
            Some(inverse) => inverse,
            None => {
                let ty = self.builder.func.dfg.value_type(operand);
                let zero = self.builder.ins().iconst(ty, 0);
                self.builder.ins().icmp(IntCC::Equal, operand, zero)
            }
        };
        self.push_boolean(result);
    }

    fn integer_arithmetic(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I32Clz | Operator::I64Clz => unary!(self, clz),
            Operator::I32Ctz | Operator::I64Ctz => unary!(self, ctz),
            Operator::I32Popcnt | Operator::I64Popcnt => unary!(self, popcnt),
            Operator::I32Add | Operator::I64Add => binary!(self, iadd),
            Operator::I32Sub | Operator::I64Sub => self.subtract(),
            Operator::I32Mul | Operator::I64Mul => binary!(self, imul),
            Operator::I32DivS | Operator::I64DivS => binary!(self, sdiv),
            Operator::I32DivU | Operator::I64DivU => binary!(self, udiv),
            Operator::I32RemS | Operator::I64RemS => binary!(self, srem),
            Operator::I32RemU | Operator::I64RemU => binary!(self, urem),
            Operator::I32And | Operator::I64And => binary!(self, band),
            Operator::I32Or | Operator::I64Or => binary!(self, bor),
            Operator::I32Xor | Operator::I64Xor => binary!(self, bxor),
            Operator::I32Shl | Operator::I64Shl => binary!(self, ishl),
            Operator::I32ShrS | Operator::I64ShrS => binary!(self, sshr),
            Operator::I32ShrU | Operator::I64ShrU => binary!(self, ushr),
            Operator::I32Rotl | Operator::I64Rotl => binary!(self, rotl),
            Operator::I32Rotr | Operator::I64Rotr => binary!(self, rotr),
            Operator::I32Extend8S => self.sign_extend(I8, I32),
            Operator::I32Extend16S => self.sign_extend(I16, I32),
            Operator::I64Extend8S => self.sign_extend(I8, I64),
            Operator::I64Extend16S => self.sign_extend(I16, I64),
            Operator::I64Extend32S => self.sign_extend(I32, I64),
            _ => return false,
        }
        true
    }

    /// A difference with a constant is a sum: the processor can write that to another register than the operand's.
    fn subtract(&mut self) {
        let (left, right) = self.stack.pop2();
        let result = match self.definition(right) {
            Some(InstructionData::UnaryImm { opcode: Opcode::Iconst, imm }) => {
                let is_narrow = self.builder.func.dfg.value_type(right) == I32;
                let constant = imm.bits().wrapping_neg();
                self.builder.ins().iadd_imm_s(left, if is_narrow { i64::from(constant as i32) } else { constant })
            }
            _ => self.builder.ins().isub(left, right),
        };
        self.stack.push(result);
    }

    fn sign_extend(&mut self, from: Type, to: Type) {
        let operand = self.stack.pop();
        let low = self.builder.ins().ireduce(from, operand);
        let result = self.builder.ins().sextend(to, low);
        self.stack.push(result);
    }

    fn float_comparison(&mut self, operator: &Operator<'_>) -> bool {
        let code = match operator {
            Operator::F32Eq | Operator::F64Eq => FloatCC::Equal,
            Operator::F32Ne | Operator::F64Ne => FloatCC::NotEqual,
            Operator::F32Lt | Operator::F64Lt => FloatCC::LessThan,
            Operator::F32Gt | Operator::F64Gt => FloatCC::GreaterThan,
            Operator::F32Le | Operator::F64Le => FloatCC::LessThanOrEqual,
            Operator::F32Ge | Operator::F64Ge => FloatCC::GreaterThanOrEqual,
            _ => return false,
        };
        let (left, right) = self.stack.pop2();
        // A number differs from itself if it is none. That is one branch, where others are two.
        let code = match code {
            FloatCC::Equal if left == right => FloatCC::Ordered,
            FloatCC::NotEqual if left == right => FloatCC::Unordered,
            _ => code,
        };
        let result = self.builder.ins().fcmp(code, left, right);
        self.push_boolean(result);
        true
    }

    fn float_arithmetic(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::F32Abs | Operator::F64Abs => unary!(self, fabs),
            Operator::F32Neg | Operator::F64Neg => unary!(self, fneg),
            Operator::F32Ceil | Operator::F64Ceil => self.round(Opcode::Ceil),
            Operator::F32Floor | Operator::F64Floor => self.round(Opcode::Floor),
            Operator::F32Trunc | Operator::F64Trunc => self.round(Opcode::Trunc),
            Operator::F32Nearest | Operator::F64Nearest => self.round(Opcode::Nearest),
            Operator::F32Sqrt | Operator::F64Sqrt => unary!(self, sqrt),
            Operator::F32Add | Operator::F64Add => binary!(self, fadd),
            Operator::F32Sub | Operator::F64Sub => binary!(self, fsub),
            Operator::F32Mul | Operator::F64Mul => binary!(self, fmul),
            Operator::F32Div | Operator::F64Div => binary!(self, fdiv),
            Operator::F32Min | Operator::F64Min => binary!(self, fmin),
            Operator::F32Max | Operator::F64Max => binary!(self, fmax),
            Operator::F32Copysign | Operator::F64Copysign => binary!(self, fcopysign),
            _ => return false,
        }
        true
    }

    fn round(&mut self, rounding: Opcode) {
        let operand = self.stack.pop();
        let result = self.rounded(rounding, operand);
        self.stack.push(result);
    }

    fn conversion(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I32WrapI64 => convert!(self, ireduce, I32),
            Operator::I64ExtendI32S => convert!(self, sextend, I64),
            Operator::I64ExtendI32U => convert!(self, uextend, I64),
            // Not a number traps as a bad conversion, everything else out of range as an overflow.
            Operator::I32TruncF32S | Operator::I32TruncF64S => convert!(self, fcvt_to_sint, I32),
            Operator::I32TruncF32U | Operator::I32TruncF64U => convert!(self, fcvt_to_uint, I32),
            Operator::I64TruncF32S | Operator::I64TruncF64S => convert!(self, fcvt_to_sint, I64),
            Operator::I64TruncF32U | Operator::I64TruncF64U => convert!(self, fcvt_to_uint, I64),
            Operator::I32TruncSatF32S | Operator::I32TruncSatF64S => convert!(self, fcvt_to_sint_sat, I32),
            Operator::I32TruncSatF32U | Operator::I32TruncSatF64U => convert!(self, fcvt_to_uint_sat, I32),
            Operator::I64TruncSatF32S | Operator::I64TruncSatF64S => convert!(self, fcvt_to_sint_sat, I64),
            Operator::I64TruncSatF32U | Operator::I64TruncSatF64U => convert!(self, fcvt_to_uint_sat, I64),
            Operator::F32ConvertI32S | Operator::F32ConvertI64S => convert!(self, fcvt_from_sint, F32),
            Operator::F32ConvertI32U | Operator::F32ConvertI64U => convert!(self, fcvt_from_uint, F32),
            Operator::F64ConvertI32S | Operator::F64ConvertI64S => convert!(self, fcvt_from_sint, F64),
            Operator::F64ConvertI32U | Operator::F64ConvertI64U => convert!(self, fcvt_from_uint, F64),
            Operator::F32DemoteF64 => convert!(self, fdemote, F32),
            Operator::F64PromoteF32 => convert!(self, fpromote, F64),
            Operator::I32ReinterpretF32 => self.reinterpret(I32),
            Operator::I64ReinterpretF64 => self.reinterpret(I64),
            Operator::F32ReinterpretI32 => self.reinterpret(F32),
            Operator::F64ReinterpretI64 => self.reinterpret(F64),
            _ => return false,
        }
        true
    }

    fn reinterpret(&mut self, ty: Type) {
        let operand = self.stack.pop();
        let result = self.builder.ins().bitcast(ty, MemFlagsData::new(), operand);
        self.stack.push(result);
    }

    /// 128-bit arithmetic on pairs of `i64`, low half first.
    fn wide_arithmetic(&mut self, operator: &Operator<'_>) -> bool {
        let result = match operator {
            Operator::I64Add128 => {
                let (left, right) = self.pop_wide();
                self.builder.ins().iadd(left, right)
            }
            Operator::I64Sub128 => {
                let (left, right) = self.pop_wide();
                self.builder.ins().isub(left, right)
            }
            // Cranelift makes one widening `mul` or `imul` of a product of two extensions.
            Operator::I64MulWideS => {
                let (left, right) = self.stack.pop2();
                let left = self.builder.ins().sextend(I128, left);
                let right = self.builder.ins().sextend(I128, right);
                self.builder.ins().imul(left, right)
            }
            Operator::I64MulWideU => {
                let (left, right) = self.stack.pop2();
                let left = self.builder.ins().uextend(I128, left);
                let right = self.builder.ins().uextend(I128, right);
                self.builder.ins().imul(left, right)
            }
            _ => return false,
        };
        let (low, high) = self.builder.ins().isplit(result);
        self.stack.push(low);
        self.stack.push(high);
        true
    }

    fn pop_wide(&mut self) -> (Value, Value) {
        let (right_low, right_high) = self.stack.pop2();
        let (left_low, left_high) = self.stack.pop2();
        let left = self.builder.ins().iconcat(left_low, left_high);
        let right = self.builder.ins().iconcat(right_low, right_high);
        (left, right)
    }
}

/// The comparison that holds where this one does not, if the value is that of a comparison.
pub(crate) fn inverse_comparison<'f>(ins: impl InstBuilder<'f>, comparison: Value) -> Option<Value> {
    let dfg = ins.data_flow_graph();
    let made = dfg.value_def(dfg.resolve_aliases(comparison)).inst()?;
    match dfg.insts[made] {
        InstructionData::IntCompare { cond, args: [left, right], .. } => Some(ins.icmp(cond.complement(), left, right)),
        InstructionData::FloatCompare { cond, args: [left, right], .. } => {
            Some(ins.fcmp(cond.complement(), left, right))
        }
        _ => None,
    }
}
