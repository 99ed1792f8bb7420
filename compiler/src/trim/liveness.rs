//! Which registers and slots are read later; moves to others are removed.

use super::effect::{Copy, Place};
use super::program::{Line, Program};

/// Registers and slots.
#[derive(Clone, PartialEq, Eq)]
struct Live {
    registers: u32,
    slots: Vec<u64>,
}

impl Live {
    fn has(&self, place: Place, slots: u32) -> bool {
        match place {
            Place::Register(register) => self.registers & 1 << register != 0,
            Place::Slot(first) => {
                (first..first + slots).any(|slot| self.slots[slot as usize / 64] & 1 << (slot % 64) != 0)
            }
        }
    }

    fn set(&mut self, place: Place, slots: u32, is_live: bool) {
        let with = |word: u64, bit: u32| word & !(1 << bit) | u64::from(is_live) << bit;
        match place {
            Place::Register(register) => self.registers = with(self.registers.into(), register.into()) as u32,
            Place::Slot(first) => {
                for slot in first..first + slots {
                    let word = &mut self.slots[slot as usize / 64];
                    *word = with(*word, slot % 64);
                }
            }
        }
    }

    /// Goes to before an instruction. False if it is a move that nothing needs.
    fn step(&mut self, Line { effect, is_removed, .. }: &Line) -> bool {
        if *is_removed {
            return true;
        }
        if let Some(Copy { to, from, is_vector }) = effect.copy {
            let slots = 1 + u32::from(is_vector);
            if !self.has(to, slots) {
                return false;
            }
            self.set(to, slots, false);
            self.set(from, slots, true);
        } else {
            self.registers = self.registers & !effect.replaced | effect.read;
            for slot in effect.slots_read.clone() {
                self.set(Place::Slot(slot), 1, true);
            }
        }
        true
    }

    fn join(&mut self, other: &Live) {
        self.registers |= other.registers;
        for (word, other) in self.slots.iter_mut().zip(&other.slots) {
            *word |= other;
        }
    }
}

/// Removes moves to what is not read.
pub(super) fn remove(program: &mut Program) {
    let none = Live { registers: 0, slots: vec![0; program.slots.div_ceil(64)] };
    let mut begins = vec![none.clone(); program.blocks.len()];
    let end = |begins: &[Live], successors: &[usize]| {
        let mut live = none.clone();
        for successor in successors {
            live.join(&begins[*successor]);
        }
        live
    };
    let mut pending: Vec<usize> = (0..program.blocks.len()).collect();
    let mut is_pending = vec![true; program.blocks.len()];
    while let Some(block) = pending.pop() {
        is_pending[block] = false;
        let mut live = end(&begins, &program.blocks[block].successors);
        for line in program.lines[program.blocks[block].lines.clone()].iter().rev() {
            live.step(line);
        }
        if live != begins[block] {
            begins[block] = live;
            for &block in &program.blocks[block].predecessors {
                if !std::mem::replace(&mut is_pending[block], true) {
                    pending.push(block);
                }
            }
        }
    }
    for block in 0..program.blocks.len() {
        let mut live = end(&begins, &program.blocks[block].successors);
        for line in program.lines[program.blocks[block].lines.clone()].iter_mut().rev() {
            line.is_removed |= !live.step(line);
        }
    }
}
