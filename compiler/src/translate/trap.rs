//! Explicit traps: `ud2` instructions that the runtime looks up in the trap table.

use super::Translator;
use cranelift_codegen::ir::{InstBuilder, TrapCode, Value};
use wexe_abi::trap::Trap;

/// The trap code of a memory access itself. It needs no entry in the trap table: the faulting address tells.
pub(crate) const ACCESS: TrapCode = TrapCode::HEAP_OUT_OF_BOUNDS;

/// The Cranelift code of a trap.
pub(crate) fn code(trap: Trap) -> TrapCode {
    TrapCode::unwrap_user(trap as u8)
}

/// The trap of a Cranelift code that belongs into the trap table.
pub(crate) fn trap(code: TrapCode) -> Option<Trap> {
    match code {
        ACCESS => None,
        TrapCode::STACK_OVERFLOW => Some(Trap::CallStackExhausted),
        TrapCode::INTEGER_OVERFLOW => Some(Trap::IntegerOverflow),
        TrapCode::INTEGER_DIVISION_BY_ZERO => Some(Trap::IntegerDivideByZero),
        TrapCode::BAD_CONVERSION_TO_INTEGER => Some(Trap::InvalidConversionToInteger),
        user => Some(Trap::from_code(user.as_raw().get()).expect("only traps are user codes")),
    }
}

impl Translator<'_, '_> {
    pub(super) fn trap(&mut self, trap: Trap) {
        self.builder.ins().trap(code(trap));
    }

    /// Traps if the value is not zero.
    pub(super) fn trap_if(&mut self, condition: Value, trap: Trap) {
        self.builder.ins().trapnz(condition, code(trap));
    }

    /// Traps with one of two codes that a builtin may return, if it is not zero.
    pub(super) fn trap_on_code(&mut self, returned: Value, trap: Trap) {
        self.builder.ins().trapnz(returned, code(trap));
    }
}
