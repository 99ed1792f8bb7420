//! Which registers and slots hold the same value, and what becomes of moves and operands by that.
//!
//! A value has a name once several places hold it: from the move that copied it, or the block at whose begin they do.
//! A name stands for the value of the last time that the move was made or the block was entered, so then no place holds
//! one of that name any more. Thus places of one name hold one value, by induction over the steps of any run, if the
//! names at the begin of each block follow from those at the ends of its predecessors: that is so when another round
//! over all blocks changes nothing.

use super::effect::{Copy, GENERAL, Place, REGISTERS, registers};
use super::operand;
use super::program::{Line, Program};
use iced_x86::Instruction;
use std::collections::HashMap;

/// How often all blocks are looked at before nothing is done.
const MAX_ROUNDS: usize = 16;

type Name = u32;
/// Of a value that is nowhere else, as far as is known.
const UNKNOWN: Name = 0;
/// Of the second half of a vector, in slots.
const SECOND: Name = 1 << 31;

/// The names of what all places hold, registers first.
#[derive(Clone, PartialEq, Eq)]
struct Values(Vec<Name>);

impl Values {
    fn of(&self, place: Place, is_vector: bool) -> Name {
        match place {
            Place::Register(register) => self.0[usize::from(register)],
            Place::Slot(slot) => {
                let slot = REGISTERS + slot as usize;
                let first = self.0[slot];
                let is_whole = first & SECOND == 0 && (!is_vector || self.0[slot + 1] == first | SECOND);
                if is_whole { first } else { UNKNOWN }
            }
        }
    }

    fn set(&mut self, place: Place, is_vector: bool, name: Name) {
        match place {
            Place::Register(register) => self.0[usize::from(register)] = name,
            Place::Slot(slot) => {
                let slot = REGISTERS + slot as usize;
                self.0[slot] = name;
                if is_vector {
                    self.0[slot + 1] = name | SECOND;
                }
            }
        }
    }

    /// Goes to behind an instruction.
    fn step(&mut self, line: &Line, index: usize) {
        if let Some(Copy { to, from, is_vector }) = line.effect.copy {
            let mut name = self.of(from, is_vector);
            if name == UNKNOWN {
                name = 1 + index as Name;
                for value in self.0.iter_mut().filter(|value| **value & !SECOND == name) {
                    *value = UNKNOWN;
                }
                self.set(from, is_vector, name);
            }
            self.set(to, is_vector, name);
            return;
        }
        for register in registers(line.effect.changed) {
            self.0[register] = UNKNOWN;
        }
        for slot in line.effect.slots_written.clone() {
            self.0[REGISTERS + slot as usize] = UNKNOWN;
        }
    }

    /// What holds at the begin of a block, where several lead to it. Its own names begin with `first`.
    fn meet(known: &[&Values], first: Name) -> Values {
        let places = known[0].0.len();
        let own = first..first + places as Name;
        let mut met = vec![UNKNOWN; places];
        // By their names at the ends of the blocks, without whether it is the second half: all such places.
        let mut groups: HashMap<Vec<Name>, Vec<usize>> = HashMap::new();
        for (place, met) in met.iter_mut().enumerate() {
            let names = || known.iter().map(|values| values.0[place]);
            let name = known[0].0[place];
            if names().all(|other| other == name) && !own.contains(&(name & !SECOND)) {
                *met = name;
            } else if names().all(|other| other != UNKNOWN && other & SECOND == name & SECOND) {
                groups.entry(names().map(|name| name & !SECOND).collect()).or_default().push(place);
            }
        }
        for group in groups.into_values().filter(|group| group.len() > 1) {
            for &place in &group {
                met[place] = (first + group[0] as Name) | (known[0].0[place] & SECOND);
            }
        }
        Values(met)
    }
}

/// Takes out moves to where the value is, and lets what reads a copy read the original.
pub(super) fn reuse(program: &mut Program) {
    for (block, values) in begins(program).into_iter().enumerate() {
        let Some(mut values) = values else { continue };
        let mut since = [0; REGISTERS];
        for index in program.blocks[block].lines.clone() {
            let change = change(&program.lines[index], &values, &since);
            let line = &program.lines[index];
            values.step(line, index);
            if !matches!(change, Change::Remove) {
                registers(line.effect.changed).for_each(|register| since[register] = 1 + index);
            }
            match change {
                Change::None => {}
                Change::Remove => program.lines[index].is_removed = true,
                Change::To(instruction) => program.change(index, instruction),
            }
        }
    }
}

/// The values at the begin of each block that is reached; of none if that takes too long.
fn begins(program: &Program) -> Vec<Option<Values>> {
    let count = program.blocks.len();
    let places = REGISTERS + program.slots;
    let none: Vec<Option<Values>> = vec![None; count];
    let order = order(program);
    let (mut begins, mut ends) = (none.clone(), none.clone());
    for _ in 0..MAX_ROUNDS {
        let mut is_done = true;
        for &index in &order {
            let block = &program.blocks[index];
            let known: Vec<&Values> = block.predecessors.iter().filter_map(|block| ends[*block].as_ref()).collect();
            let begin = match known[..] {
                _ if index == 0 || block.is_handler => Values(vec![UNKNOWN; places]),
                [only] => only.clone(),
                _ => Values::meet(&known, (1 + program.lines.len() + index * places) as Name),
            };
            if begins[index].as_ref() == Some(&begin) {
                continue;
            }
            is_done = false;
            let mut end = begin.clone();
            for line in block.lines.clone() {
                end.step(&program.lines[line], line);
            }
            begins[index] = Some(begin);
            ends[index] = Some(end);
        }
        if is_done {
            return begins;
        }
    }
    none
}

/// The blocks that are reached, each but the first behind one that leads to it.
fn order(program: &Program) -> Vec<usize> {
    let mut order = Vec::new();
    let mut is_seen = vec![false; program.blocks.len()];
    is_seen[0] = true;
    let mut path = vec![(0, 0)];
    while let Some((block, next)) = path.pop() {
        let Some(&successor) = program.blocks[block].successors.get(next) else {
            order.push(block);
            continue;
        };
        path.push((block, next + 1));
        if !std::mem::replace(&mut is_seen[successor], true) {
            path.push((successor, 0));
        }
    }
    order.reverse();
    order
}

enum Change {
    None,
    Remove,
    To(Instruction),
}

/// What becomes of an instruction. `since` is where each register came to hold its value, within the block.
fn change(line: &Line, values: &Values, since: &[usize; REGISTERS]) -> Change {
    let oldest = |name: Name, is_vector: bool| {
        let like = if is_vector { GENERAL..REGISTERS } else { 0..GENERAL };
        let holders = like.filter(|register| name != UNKNOWN && values.0[*register] == name);
        holders.min_by_key(|register| since[*register]).map(|register| register as u8)
    };
    let changed = match line.effect.copy {
        Some(Copy { to, from, is_vector }) => {
            let name = values.of(from, is_vector);
            if name != UNKNOWN && values.of(to, is_vector) == name {
                return Change::Remove;
            }
            let holder = oldest(name, is_vector).filter(|holder| from != Place::Register(*holder));
            holder.and_then(|holder| operand::moving(&line.instruction, holder))
        }
        None if line.effect.is_fixed => None,
        None => operand::reading(&line.instruction, |register| {
            oldest(values.0[usize::from(register)], usize::from(register) >= GENERAL)
        }),
    };
    changed.map_or(Change::None, Change::To)
}
