//! Whether each instruction still reads what it did, for debug builds: both programs are run over all ways at once, and
//! of each place of the new one it is known which places of the old one hold the same.
//!
//! That knows nothing of why something was changed. Jumps are not looked at.

use super::effect::{Copy, GENERAL, Place, REGISTERS, number, registers};
use super::program::{Line, Program};
use iced_x86::{Instruction, InstructionInfoFactory, OpAccess};

/// Words of all blocks together.
const MAX_WORDS: usize = 1 << 24;

/// For each 8 bytes of registers and slots of the new program, which of the old one hold the same, as bits.
#[derive(Clone, PartialEq)]
struct Same {
    words: usize,
    bits: Vec<u64>,
}

/// The places of 8 bytes of a register.
fn halves(register: usize) -> std::ops::Range<usize> {
    if register < GENERAL { register..register + 1 } else { 2 * register - GENERAL..2 * register - GENERAL + 2 }
}

const FIRST_SLOT: usize = 2 * REGISTERS - GENERAL;

fn places(place: Place, is_vector: bool) -> std::ops::Range<usize> {
    match place {
        Place::Register(register) => halves(register.into()),
        Place::Slot(slot) => FIRST_SLOT + slot as usize..FIRST_SLOT + slot as usize + 1 + usize::from(is_vector),
    }
}

impl Same {
    /// Each place holds the same as that of the old program and no other, or all do.
    fn new(slots: usize, are_all: bool) -> Same {
        let places = FIRST_SLOT + slots;
        let words = places.div_ceil(64);
        let mut same = Same { words, bits: vec![if are_all { !0 } else { 0 }; words * places] };
        for place in (0..places).filter(|_| !are_all) {
            same.bits[place * words + place / 64] |= 1 << (place % 64);
        }
        same
    }

    fn holds(&self, new: usize, old: usize) -> bool {
        self.bits[new * self.words + old / 64] & 1 << (old % 64) != 0
    }

    /// A place of the old program holds what another one does, or something that is nowhere.
    fn set_old(&mut self, to: usize, from: Option<usize>) {
        for place in self.bits.chunks_mut(self.words) {
            let is_same = from.is_some_and(|from| place[from / 64] & 1 << (from % 64) != 0);
            let word = &mut place[to / 64];
            *word = *word & !(1 << (to % 64)) | u64::from(is_same) << (to % 64);
        }
    }

    fn set_new(&mut self, to: usize, from: usize) {
        self.bits.copy_within(from * self.words..(from + 1) * self.words, to * self.words);
    }

    /// A place of both holds the same, which is nowhere else.
    fn set_both(&mut self, place: usize) {
        self.set_old(place, None);
        let words = &mut self.bits[place * self.words..(place + 1) * self.words];
        words.fill(0);
        words[place / 64] = 1 << (place % 64);
    }

    fn step(&mut self, old: &Line, new: &Line) {
        let Some(Copy { to, from, is_vector }) = old.effect.copy else {
            for register in registers(old.effect.changed) {
                halves(register).for_each(|place| self.set_both(place));
            }
            for slot in old.effect.slots_written.clone() {
                self.set_both(FIRST_SLOT + slot as usize);
            }
            return;
        };
        for (to, from) in places(to, is_vector).zip(places(from, is_vector)) {
            self.set_old(to, Some(from));
        }
        let Some(Copy { to, from, is_vector }) = new.effect.copy.filter(|_| !new.is_removed) else { return };
        for (to, from) in places(to, is_vector).zip(places(from, is_vector)) {
            self.set_new(to, from);
        }
    }

    fn join(&mut self, other: &Same) {
        for (word, other) in self.bits.iter_mut().zip(&other.bits) {
            *word &= other;
        }
    }

    /// Whether an instruction that is no move reads what it did.
    fn reads_the_same(&self, old: &Line, new: &Line) -> bool {
        let is_same = |new: usize, old: usize| halves(new).zip(halves(old)).all(|(new, old)| self.holds(new, old));
        let mut factory = InstructionInfoFactory::new();
        let info = factory.info(&old.instruction);
        let operands = |instruction: Instruction| {
            let operands = (0..instruction.op_count()).map(move |index| instruction.op_register(index));
            operands.chain([instruction.memory_base(), instruction.memory_index()]).map(number)
        };
        let mut named = 0;
        let explicit = (0..).zip(operands(old.instruction).zip(operands(new.instruction))).all(|(index, pair)| {
            let (Some(was_read), Some(is_read)) = pair else { return pair.0 == pair.1 };
            named |= 1 << was_read | 1 << is_read;
            let is_written = index < old.instruction.op_count()
                && matches!(info.op_access(index), OpAccess::Write | OpAccess::CondWrite);
            is_written || old.effect.read & 1 << was_read == 0 || is_same(is_read.into(), was_read.into())
        });
        let implicit = registers(old.effect.read & !named).all(|register| is_same(register, register));
        let slots = old
            .effect
            .slots_read
            .clone()
            .all(|slot| self.holds(FIRST_SLOT + slot as usize, FIRST_SLOT + slot as usize));
        explicit && implicit && slots && old.effect.changed == new.effect.changed
    }
}

/// Whether all instructions of a program that was changed read what they did in the old one. True if it is too large.
pub(super) fn reads_the_same(old: &Program, new: &Program) -> bool {
    let start = Same::new(old.slots, false);
    if start.bits.len() * old.blocks.len() > MAX_WORDS {
        return true;
    }
    let mut begins = vec![Same::new(old.slots, true); old.blocks.len()];
    begins[0] = start.clone();
    let mut pending = vec![0];
    let mut is_right = vec![true; old.blocks.len()];
    while let Some(block) = pending.pop() {
        let mut same = begins[block].clone();
        is_right[block] = true;
        for line in old.blocks[block].lines.clone() {
            let (old, new) = (&old.lines[line], &new.lines[line]);
            is_right[block] &= old.effect.copy.is_some() || !new.is_removed && same.reads_the_same(old, new);
            same.step(old, new);
        }
        for &successor in &old.blocks[block].successors {
            let before = begins[successor].clone();
            begins[successor].join(&same);
            if old.blocks[successor].is_handler {
                // The registers come from the unwinder.
                (0..FIRST_SLOT).for_each(|place| begins[successor].set_both(place));
            }
            if begins[successor] != before {
                pending.push(successor);
            }
        }
    }
    is_right.iter().all(|is_right| *is_right)
}
