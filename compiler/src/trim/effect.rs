//! An instruction → what it reads and writes of registers and of the frame.

use iced_x86::{
    Code, EncodingKind, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register,
    UsedMemory, UsedRegister,
};
use std::ops::Range;

/// Bytes of a slot; a vector takes two.
pub(super) const SLOT: u32 = 8;
/// The general registers, and those of vectors.
pub(super) const REGISTERS: usize = 32;
/// The general registers among them.
pub(super) const GENERAL: usize = 16;
/// Registers that functions give back as they were: rbx, rsp, rbp, r12 to r15.
const PRESERVED: u32 = 1 << 3 | 1 << 4 | 1 << 5 | 0xf << 12;

/// A register, or the first slot of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Register(u8),
    Slot(u32),
}

/// A move of a whole register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copy {
    pub to: Place,
    pub from: Place,
    pub is_vector: bool,
}

/// What an instruction does. Sets of registers have a bit for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    pub copy: Option<Copy>,
    pub read: u32,
    /// What may have another value behind it, and what has one that does not depend on the one before.
    pub changed: u32,
    pub replaced: u32,
    pub slots_read: Range<u32>,
    pub slots_written: Range<u32>,
    /// Whether the instruction must stay as it is.
    pub is_fixed: bool,
}

/// The registers of a set.
pub(super) fn registers(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let first = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(first)
    })
}

/// The number of a register that is followed, in the order of a set. The stack and the frame pointer are not.
pub(super) fn number(register: Register) -> Option<u8> {
    match register.full_register() {
        Register::RSP | Register::RBP => None,
        full if full.is_gpr64() => Some(full.number() as u8),
        _ if register.is_vector_register() && register.number() < 16 => Some((GENERAL + register.number()) as u8),
        _ => None,
    }
}

pub(super) fn is_call(instruction: &Instruction) -> bool {
    matches!(instruction.flow_control(), FlowControl::Call | FlowControl::IndirectCall)
}

/// Whether the next instruction can follow.
pub(super) fn falls_through(instruction: &Instruction) -> bool {
    use FlowControl::{Call, ConditionalBranch, IndirectCall, Next};
    matches!(instruction.flow_control(), Next | Call | IndirectCall | ConditionalBranch)
}

fn is_push_or_pop(instruction: &Instruction) -> bool {
    matches!(instruction.mnemonic(), Mnemonic::Push | Mnemonic::Pop)
}

/// By how many bytes the stack pointer is lowered, for the frame or for what a call took of it.
pub(super) fn lowers_stack(instruction: &Instruction) -> Option<u32> {
    let is_sub = matches!(instruction.code(), Code::Sub_rm64_imm8 | Code::Sub_rm64_imm32);
    (is_sub && instruction.op0_register() == Register::RSP).then(|| instruction.immediate(1) as u32)
}

/// Whether the stack pointer no longer is that of the frame.
pub(super) fn leaves_frame(instruction: &Instruction) -> bool {
    matches!(instruction.mnemonic(), Mnemonic::Add | Mnemonic::Mov)
        && instruction.op0_kind() == OpKind::Register
        && instruction.op0_register() == Register::RSP
}

/// Tells what instructions do, in a function with such a frame.
pub(super) struct Reader {
    factory: InstructionInfoFactory,
    /// Offsets from the stack pointer of what is the register allocator's.
    pub frame: Range<u32>,
}

impl Reader {
    pub fn new(frame: Range<u32>) -> Reader {
        Reader { factory: InstructionInfoFactory::new(), frame }
    }

    /// None if it uses the stack in a way that is not understood.
    pub fn effect(&mut self, instruction: &Instruction) -> Option<Effect> {
        let is_frame = lowers_stack(instruction).is_some()
            || leaves_frame(instruction)
            || is_push_or_pop(instruction) && instruction.op0_register() == Register::RBP;
        let mut effect = Effect { is_fixed: is_frame || instruction.is_ip_rel_memory_operand(), ..Effect::default() };
        let info = self.factory.info(instruction);
        let is_stack = |used: &UsedRegister| used.register().full_register() == Register::RSP;
        if !is_frame && info.used_registers().iter().any(is_stack) && !is_understood(instruction, self.frame.start) {
            return None;
        }
        let is_vex = instruction.encoding() == EncodingKind::VEX;
        for used in info.used_registers() {
            effect.uses(used, is_vex);
        }
        effect.replaced &= !effect.read;
        match instruction.flow_control() {
            FlowControl::Next if is_frame || instruction.mnemonic() == Mnemonic::Lea => {}
            FlowControl::Next => {
                for used in info.used_memory().iter().filter(|used| used.base() == Register::RSP) {
                    effect.uses_memory(used, &self.frame)?;
                }
                effect.copy = copy(instruction, &effect, self.frame.start);
            }
            FlowControl::Call | FlowControl::IndirectCall => {
                // Arguments are anywhere.
                effect = Effect { read: !0, changed: !PRESERVED, is_fixed: true, ..Effect::default() };
            }
            _ => effect.is_fixed = true,
        }
        Some(effect)
    }
}

/// Whether the stack pointer is used for no more than a place in the frame, or the frame pointer.
fn is_understood(instruction: &Instruction, first_slot: u32) -> bool {
    let is_stack = |index| instruction.op_register(index).full_register() == Register::RSP;
    let is_operand = |index| instruction.op_kind(index) == OpKind::Register && is_stack(index);
    let is_frame_pointer =
        instruction.mnemonic() == Mnemonic::Mov && instruction.op0_register() == Register::RBP && is_operand(1);
    let is_address =
        instruction.mnemonic() != Mnemonic::Lea || instruction.memory_displacement64() < u64::from(first_slot);
    is_frame_pointer || !is_push_or_pop(instruction) && is_address && !(0..instruction.op_count()).any(is_operand)
}

fn copy(instruction: &Instruction, effect: &Effect, first_slot: u32) -> Option<Copy> {
    let is_vector = match instruction.code() {
        Code::Mov_r64_rm64 | Code::Mov_rm64_r64 => false,
        _ if is_vector_move(instruction) => true,
        _ => return None,
    };
    let place = |index, slots: &Range<u32>| match instruction.op_kind(index) {
        OpKind::Register => number(instruction.op_register(index)).map(Place::Register),
        OpKind::Memory if instruction.memory_base() == Register::RSP => {
            let offset = (instruction.memory_displacement64() as u32).wrapping_sub(first_slot);
            let is_whole = slots.len() == 1 + usize::from(is_vector) && offset.is_multiple_of(SLOT);
            is_whole.then_some(Place::Slot(slots.start))
        }
        _ => None,
    };
    let to = place(0, &effect.slots_written)?;
    let from = place(1, &effect.slots_read)?;
    Some(Copy { to, from, is_vector })
}

/// A move of 16 bytes between vectors, or of one to or from memory, whatever it is of.
fn is_vector_move(instruction: &Instruction) -> bool {
    use Mnemonic::{
        Movapd, Movaps, Movdqa, Movdqu, Movupd, Movups, Vmovapd, Vmovaps, Vmovdqa, Vmovdqu, Vmovupd, Vmovups,
    };
    let is_wide = |index| instruction.op_kind(index) == OpKind::Register && !instruction.op_register(index).is_xmm();
    let is_legacy = matches!(instruction.mnemonic(), Movapd | Movaps | Movdqa | Movdqu | Movupd | Movups);
    let is_vex = matches!(instruction.mnemonic(), Vmovapd | Vmovaps | Vmovdqa | Vmovdqu | Vmovupd | Vmovups)
        && instruction.encoding() == EncodingKind::VEX;
    (is_legacy || is_vex) && !is_wide(0) && !is_wide(1)
}

impl Effect {
    fn uses(&mut self, used: &UsedRegister, is_vex: bool) {
        let Some(number) = number(used.register()) else { return };
        let bit = 1 << number;
        let (reads, writes) = match used.access() {
            OpAccess::None | OpAccess::NoMemAccess => (false, false),
            OpAccess::Read | OpAccess::CondRead => (true, false),
            OpAccess::Write => (false, true),
            OpAccess::CondWrite | OpAccess::ReadWrite | OpAccess::ReadCondWrite => (true, true),
        };
        // The rest of the register becomes zero, or stays.
        let is_whole = if usize::from(number) < GENERAL { used.register().size() >= 4 } else { is_vex };
        if writes {
            self.changed |= bit;
        }
        if writes && is_whole && !reads {
            self.replaced |= bit;
        } else if reads || writes {
            self.read |= bit;
        }
    }

    fn uses_memory(&mut self, used: &UsedMemory, frame: &Range<u32>) -> Option<()> {
        let size = u32::try_from(used.memory_size().size()).ok().filter(|size| *size != 0)?;
        let begin = u32::try_from(used.displacement()).ok()?;
        let end = begin.checked_add(size)?;
        if end <= frame.start && used.index() == Register::None {
            return Some(());
        }
        if used.index() != Register::None || begin < frame.start || end > frame.end {
            return None;
        }
        let slots = (begin - frame.start) / SLOT..(end - frame.start).div_ceil(SLOT);
        if !matches!(used.access(), OpAccess::Write | OpAccess::CondWrite) {
            self.slots_read = slots.clone();
        }
        if !matches!(used.access(), OpAccess::Read | OpAccess::CondRead) {
            self.slots_written = slots;
        }
        Some(())
    }
}
