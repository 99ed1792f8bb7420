//! Instructions with other operands.

use super::effect::{GENERAL, number};
use crate::relax::with_short_constant;
use iced_x86::{Encoder, Instruction, InstructionInfoFactory, OpAccess, OpKind, Register};

/// The bytes of an instruction; none if it cannot have these operands.
pub(super) fn encoded(instruction: &Instruction) -> Option<Vec<u8>> {
    let mut encoder = Encoder::new(64);
    encoder.encode(instruction, instruction.ip()).ok()?;
    let bytes = encoder.take_buffer();
    Some(with_short_constant(&bytes).unwrap_or(bytes))
}

/// A move that takes its value from another register.
pub(super) fn moving(instruction: &Instruction, from: u8) -> Option<Instruction> {
    let is_load = instruction.op1_kind() == OpKind::Memory;
    let mut moving = *instruction;
    let register = if usize::from(from) < GENERAL { Register::RAX } else { Register::XMM0 };
    moving.set_op1_kind(OpKind::Register);
    moving.set_op1_register(like(register, from)?);
    if is_load {
        moving.set_memory_base(Register::None);
        moving.set_memory_displ_size(0);
        moving.set_memory_displacement64(0);
    }
    encoded(&moving).map(|_| moving)
}

/// An instruction that reads other registers, where `other` gives one and they can be chosen. None if there is none.
pub(super) fn reading(instruction: &Instruction, other: impl Fn(u8) -> Option<u8>) -> Option<Instruction> {
    let other = |register: Register| {
        let old = number(register)?;
        like(register, other(old).filter(|other| *other != old)?)
    };
    let operands = (0..instruction.op_count()).map(|index| instruction.op_register(index));
    if !operands.chain([instruction.memory_base(), instruction.memory_index()]).any(|read| other(read).is_some()) {
        return None;
    }
    let mut reading = *instruction;
    let mut factory = InstructionInfoFactory::new();
    let info = factory.info(instruction);
    for index in 0..instruction.op_count() {
        if instruction.op_kind(index) == OpKind::Register && info.op_access(index) == OpAccess::Read {
            let Some(register) = other(instruction.op_register(index)) else { continue };
            let mut changed = reading;
            changed.set_op_register(index, register);
            // Some read nothing if two operands are the same: `xor %eax, %eax`.
            let is_other = (0..reading.op_count()).all(|index| reading.op_register(index) != register);
            if is_other && encoded(&changed).is_some() {
                reading = changed;
            }
        }
    }
    if let Some(base) = other(instruction.memory_base()) {
        reading.set_memory_base(base);
    }
    if let Some(index) = other(instruction.memory_index()) {
        reading.set_memory_index(index);
    }
    (reading != *instruction && encoded(&reading).is_some()).then_some(reading)
}

/// The register of a number that has the size of a given one.
fn like(register: Register, number: u8) -> Option<Register> {
    use Register::{AL, BL, BPL, CL, DIL, DL, R8L, R9L, R10L, R11L, R12L, R13L, R14L, R15L, SIL, SPL};
    const BYTES: [Register; GENERAL] =
        [AL, CL, DL, BL, SPL, BPL, SIL, DIL, R8L, R9L, R10L, R11L, R12L, R13L, R14L, R15L];
    let number = usize::from(number);
    match register {
        _ if register.is_xmm() => Some(Register::XMM0 + (number - GENERAL) as u32),
        _ if register.is_gpr64() => Some(Register::RAX + number as u32),
        _ if register.is_gpr32() => Some(Register::EAX + number as u32),
        _ if register.is_gpr16() => Some(Register::AX + number as u32),
        // Not the second byte of a register.
        _ if BYTES.contains(&register) => Some(BYTES[number]),
        _ => None,
    }
}
