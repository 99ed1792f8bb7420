//! Machine code → the same in fewer bytes, with small loops where the processor fetches them quickly, and without
//! jumps to what jumps through a table ([`copy`]).
//!
//! ```text
//!     add $1, %ecx        6 bytes           add $1, %ecx        3 bytes
//!     jne 2f              6 bytes           jne 2f              2 bytes
//!     …                              →      …
//!                                           nop                 up to a line of 64 bytes
//! 1:  mov (%rdi), %eax                  1:  mov (%rdi), %eax
//!     jne 1b              6 bytes           jne 1b              2 bytes
//! ```
//!
//! Cranelift writes every jump with a distance of 32 bits and most sums with a constant of 32 bits, and puts loops
//! wherever they fall: a short one that lies across two lines takes longer than within one.
//!
//! Everything is decoded, and whatever depends on where code is is known: jumps, operands relative to the instruction
//! pointer, jump tables, and what else [`Code`] tells. Code that is not understood in full stays as it is.

mod copy;

use crate::codegen::Code;
use crate::trim;
use copy::Copy;
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, OpKind};
use std::collections::BTreeMap;

/// Bytes that the processor fetches at once.
const LINE: u32 = 64;
/// Bytes of a loop whose place matters.
const MAX_LOOP: u32 = 2 * LINE;
/// Bytes before a loop around another one, which goes round less often for what they cost.
const MAX_OUTER_PADDING: u32 = LINE / 4;
/// Alignment of the constants behind the code, which are vectors at most.
const CONSTANTS: u32 = 16;
/// How often jumps may turn out to be too far before all are made long.
const MAX_ROUNDS: u32 = 8;

/// Does what the head of this file says, and of that of [`trim`]. `blocks` are where the basic blocks begin, in order,
/// and `first_slot` is the offset from which on the frame is the register allocator's.
pub(crate) fn relax(mut code: Code, blocks: &[u32], first_slot: u32) -> Code {
    let Some(parts) = Parts::of(&code, blocks, first_slot) else { return code };
    let mut is_long = vec![false; parts.jumps.len()];
    let mut round = 0;
    let moves = loop {
        let moves = Moves::of(&parts, &is_long);
        let mut has_grown = false;
        for (jump, is_long) in parts.jumps.iter().zip(&mut is_long) {
            if !*is_long && i8::try_from(moves.distance(jump.end, jump.target)).is_err() {
                *is_long = true;
                has_grown = true;
            }
        }
        if !has_grown {
            break moves;
        }
        round += 1;
        if round == MAX_ROUNDS {
            is_long.fill(true);
        }
    };
    let bytes = parts.write(&code.code, &moves, &is_long);
    debug_assert!(does_the_same(&bytes, &moves, &parts), "only encodings and places change");
    for reference in &mut code.references {
        reference.offset = moves.at(reference.offset);
    }
    code.traps = copy::places(&parts, &moves, &code.traps);
    for site in &mut code.call_sites {
        site.return_offset = moves.end(site.return_offset);
        for (_, handler) in &mut site.handlers {
            *handler = moves.at(*handler);
        }
    }
    if !parts.loops.is_empty() {
        code.alignment = code.alignment.max(LINE);
    }
    code.code = bytes;
    code
}

/// Whether each instruction does in its new place what it did, and the constants are as aligned as they were.
fn does_the_same(new: &[u8], moves: &Moves, parts: &Parts) -> bool {
    let decode = |bytes: &[u8], offset: u32| {
        Decoder::with_ip(64, &bytes[offset as usize..], u64::from(offset), DecoderOptions::NONE).decode()
    };
    let operand = |instruction: &Instruction, index: u32, is_old: bool, jump: Option<&Jump>| {
        let target = |to: u64| if is_old { moves.at(to as u32) } else { to as u32 };
        match instruction.op_kind(index) {
            OpKind::Register => (0, instruction.op_register(index) as u64),
            OpKind::NearBranch64 if jump.is_some() => {
                let to = jump.map(|jump| jump.target.into()).filter(|_| is_old);
                (1, target(to.unwrap_or(instruction.near_branch64())).into())
            }
            OpKind::Memory if instruction.is_ip_rel_memory_operand() => {
                (2, target(instruction.ip_rel_memory_address()).into())
            }
            OpKind::Memory => (3, instruction.memory_displacement64()),
            OpKind::NearBranch64 => (4, 0),
            OpKind::Immediate64 => (5, instruction.immediate64()),
            // Of 8 bits extended to 32, or of 32.
            _ => (5, instruction.immediate(index) & u64::from(u32::MAX)),
        }
    };
    let are_aligned = moves.at(parts.end) % CONSTANTS == parts.end % CONSTANTS;
    let instructions: Vec<(u32, Instruction)> = parts.instructions.iter().map(|old| (old.ip() as u32, *old)).collect();
    are_aligned
        && copy::places(parts, moves, &instructions).iter().all(|&(place, old)| {
            let offset = old.ip() as u32;
            let replacement = parts.replacements.binary_search_by_key(&offset, |replacement| replacement.start);
            let bytes = replacement.map(|index| &parts.replacements[index].bytes[..]);
            if bytes.is_ok_and(<[u8]>::is_empty) {
                return true;
            }
            let old = match bytes {
                Ok(bytes) if !old.is_ip_rel_memory_operand() => decode(bytes, 0),
                _ => old,
            };
            let new = decode(new, place);
            let jump = parts.jumps.binary_search_by_key(&offset, |jump| jump.start).ok().map(|jump| &parts.jumps[jump]);
            let is_inverted = jump.is_some_and(|jump| jump.is_inverted);
            let is_external = |instruction: &Instruction| instruction.ip_rel_memory_address() == instruction.next_ip();
            (old.mnemonic() == new.mnemonic() || is_inverted)
                && old.op_count() == new.op_count()
                && (old.memory_base(), old.memory_index(), old.memory_index_scale(), old.memory_segment())
                    == (new.memory_base(), new.memory_index(), new.memory_index_scale(), new.memory_segment())
                && (0..old.op_count()).all(|index| {
                    operand(&old, index, true, jump) == operand(&new, index, false, jump)
                        || old.is_ip_rel_memory_operand() && is_external(&old) && is_external(&new)
                })
        })
}

/// A jump to another place of the function: its offset, that of the next instruction, and where it leads.
pub(crate) struct Jump {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    /// Whether it is made if it was not, and the other way round.
    pub is_inverted: bool,
}

impl Jump {
    /// The opcode of a conditional jump has two bytes, and one if it is short.
    fn is_conditional(&self) -> bool {
        self.end - self.start == 6
    }
}

/// What becomes of an instruction: its offset and that of the next one, and the new bytes.
pub(crate) struct Replacement {
    pub start: u32,
    pub end: u32,
    pub bytes: Vec<u8>,
}

impl Replacement {
    /// By how many bytes it is longer.
    fn growth(&self) -> i32 {
        self.bytes.len() as i32 - (self.end - self.start) as i32
    }
}

/// 32 bits that are the distance from one place to another one.
pub(crate) struct Distance {
    pub offset: u32,
    pub from: u32,
    pub to: u32,
}

/// What of a function's code depends on where it is, or becomes shorter. All offsets are those in the original code.
#[derive(Default)]
pub(crate) struct Parts {
    /// The instructions, with their offsets as addresses, and where jump tables are.
    pub instructions: Vec<Instruction>,
    tables: Vec<u32>,
    pub jumps: Vec<Jump>,
    /// In order.
    replacements: Vec<Replacement>,
    /// Begin and end of the blocks that jump through a table, and the jumps that become copies of them.
    switches: Vec<(u32, u32)>,
    copies: Vec<Copy>,
    /// Operands relative to the instruction pointer, and entries of the jump tables.
    operands: Vec<Distance>,
    pub entries: Vec<Distance>,
    calls: Vec<u32>,
    /// Begin and end of the loops whose place matters.
    loops: Vec<(u32, u32)>,
    /// Of the code; constants follow.
    pub end: u32,
}

impl Parts {
    fn of(code: &Code, blocks: &[u32], first_slot: u32) -> Option<Parts> {
        let mut reader = Reader {
            bytes: &code.code,
            decoder: Decoder::new(64, &code.code, DecoderOptions::NONE),
            external: code.references.iter().map(|reference| reference.offset).collect(),
            parts: Parts::default(),
        };
        reader.external.sort_unstable();
        let len = u32::try_from(code.code.len()).ok()?;
        for &block in blocks {
            reader.block(block)?;
        }
        reader.last_block(len)?;
        reader.check(len)?;
        let mut parts = reader.parts;
        let trimmed = trim::replacements(&code.call_sites, &mut parts, first_slot, &reader.external);
        parts.replacements.retain(|short| trimmed.binary_search_by_key(&short.start, |other| other.start).is_err());
        parts.replacements.extend(trimmed);
        parts.replacements.sort_by_key(|replacement| replacement.start);
        copy::choose(&mut parts, &reader.external);
        parts.loops = short_loops(&parts);
        Some(parts)
    }

    /// The code as it is after the moves.
    fn write(&self, code: &[u8], moves: &Moves, is_long: &[bool]) -> Vec<u8> {
        let paddings = moves.paddings.iter().map(|&(place, padding)| (place, Edit::Nops(padding)));
        let jumps = self.jumps.iter().zip(is_long);
        let jumps = jumps.map(|(jump, is_long)| (jump.start, Edit::Jump(jump, *is_long)));
        let copies = self.copies.iter().map(|copy| (copy.start, Edit::Copy(copy)));
        let replacements = self.replacements.iter().map(|replacement| (replacement.start, Edit::Replace(replacement)));
        // Nops are before what is at the same place.
        let mut edits: Vec<(u32, Edit)> = paddings.chain(jumps).chain(copies).chain(replacements).collect();
        edits.sort_by_key(|(place, _)| *place);
        let mut writer = Writer { code, copied: 0, bytes: Vec::with_capacity(code.len()) };
        for (place, edit) in edits {
            writer.copy(place);
            match edit {
                Edit::Nops(count) => writer.nops(count),
                Edit::Jump(jump, is_long) => writer.jump(jump, is_long, moves.distance(jump.end, jump.target)),
                Edit::Replace(replacement) => writer.replace(replacement),
                Edit::Copy(copy) => writer.reserve(copy.end, copy.size),
            }
        }
        writer.copy(self.end);
        writer.reserve(self.end, moves.padding_of_constants);
        writer.copy(code.len() as u32);
        for distance in self.operands.iter().chain(&self.entries) {
            let offset = moves.at(distance.offset) as usize;
            let value = moves.distance(distance.from, distance.to);
            writer.bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
        }
        copy::fill(self, moves, &mut writer.bytes);
        writer.bytes
    }
}

/// The short loops without calls, those around others only if they are very short. A loop is what a jump back leads
/// over.
fn short_loops(parts: &Parts) -> Vec<(u32, u32)> {
    let mut ends = BTreeMap::new();
    for jump in parts.jumps.iter().filter(|jump| jump.target <= jump.start) {
        let end: &mut u32 = ends.entry(jump.target).or_default();
        *end = jump.end.max(*end);
    }
    let next = ends.keys().skip(1).copied().chain([u32::MAX]);
    // Jumps become shorter.
    let max = |end, next| if end <= next { 2 * MAX_LOOP } else { MAX_LOOP };
    let short = ends.iter().zip(next).filter(|&((begin, end), next)| end - begin <= max(*end, next));
    let has_call = |begin, end| {
        let first = parts.calls.partition_point(|call| *call < begin);
        parts.calls.get(first).is_some_and(|call| *call < end)
    };
    short.map(|((&begin, &end), _)| (begin, end)).filter(|&(begin, end)| !has_call(begin, end)).collect()
}

/// An instruction whose constant has 32 bits and could have 8, with one of 8.
pub(crate) fn with_short_constant(bytes: &[u8]) -> Option<Vec<u8>> {
    // The prefix of 64-bit operands and numbers of registers from 8 on.
    let opcode = usize::from(matches!(bytes[0], 0x40..=0x4f));
    let (begin, constant) = bytes.split_last_chunk()?;
    let short = i8::try_from(i32::from_le_bytes(*constant)).ok().filter(|_| bytes[opcode] == 0x81)?;
    let mut bytes = begin.to_vec();
    bytes[opcode] = 0x83;
    bytes.push(short as u8);
    Some(bytes)
}

/// Decodes a function.
struct Reader<'a> {
    bytes: &'a [u8],
    decoder: Decoder<'a>,
    /// Offsets of fields that the linker fills in.
    external: Vec<u32>,
    parts: Parts,
}

impl Reader<'_> {
    fn position(&self) -> u32 {
        self.decoder.position() as u32
    }

    /// Reads up to the next basic block. A jump table is part of the block that uses it.
    fn block(&mut self, next: u32) -> Option<()> {
        let begin = self.position();
        while self.position() < next {
            let flow = self.instruction()?;
            if self.is_jump_table(flow) {
                self.parts.switches.push((begin, self.position()));
                self.jump_table(next)?;
            }
        }
        (self.position() == next).then_some(())
    }

    /// Reads the rest of the code, up to the constants.
    fn last_block(&mut self, len: u32) -> Option<()> {
        let here = self.position();
        let targets = self.parts.operands.iter().map(|operand| operand.to);
        let mut constants = targets.filter(|target| *target >= here).min().unwrap_or(len);
        while self.position() < constants {
            let known = self.parts.operands.len();
            let flow = self.instruction()?;
            constants = self.parts.operands[known..].iter().fold(constants, |first, operand| first.min(operand.to));
            if self.is_jump_table(flow) {
                // Nothing says where it ends.
                return None;
            }
            let gap = self.bytes.get(self.position() as usize..constants as usize)?;
            if flow != FlowControl::Next && gap.len() < CONSTANTS as usize && gap.iter().all(|byte| *byte == 0) {
                break;
            }
        }
        self.parts.end = self.position();
        (here < self.parts.end && self.parts.end <= constants).then_some(())
    }

    /// Whether what follows an instruction is the table that it jumps through: the last address taken is its own.
    fn is_jump_table(&self, flow: FlowControl) -> bool {
        let last = self.parts.operands.last();
        flow == FlowControl::IndirectBranch && last.is_some_and(|operand| operand.to == self.position())
    }

    fn instruction(&mut self) -> Option<FlowControl> {
        let start = self.position();
        self.decoder.set_ip(u64::from(start));
        let instruction = self.decoder.decode();
        if instruction.is_invalid() {
            return None;
        }
        let end = self.position();
        self.parts.instructions.push(instruction);
        let flow = instruction.flow_control();
        match flow {
            FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch => {
                if instruction.op0_kind() != OpKind::NearBranch64 {
                    return None;
                }
                if self.external.binary_search(&(end - 4)).is_err() {
                    let is_long =
                        matches!(self.bytes[start as usize..end as usize], [0xe9, ..] | [0x0f, 0x80..=0x8f, ..]);
                    let target = u32::try_from(instruction.near_branch64()).ok()?;
                    is_long.then(|| self.parts.jumps.push(Jump { start, end, target, is_inverted: false }))?;
                }
            }
            FlowControl::Call | FlowControl::IndirectCall => self.parts.calls.push(start),
            FlowControl::Next | FlowControl::Return | FlowControl::Exception | FlowControl::IndirectBranch => {}
            FlowControl::Interrupt | FlowControl::XbeginXabortXend => return None,
        }
        if instruction.is_ip_rel_memory_operand() {
            let field = self.decoder.get_constant_offsets(&instruction);
            let offset = start + field.displacement_offset() as u32;
            if self.external.binary_search(&offset).is_err() {
                let to = u32::try_from(instruction.ip_rel_memory_address()).ok()?;
                self.parts.operands.push(Distance { offset, from: end, to });
            }
        }
        if let Some(bytes) = with_short_constant(&self.bytes[start as usize..end as usize]) {
            self.parts.replacements.push(Replacement { start, end, bytes });
        }
        Some(flow)
    }

    /// Reads distances from the table to where it leads.
    fn jump_table(&mut self, end: u32) -> Option<()> {
        let start = self.position();
        self.parts.tables.push(start);
        let entries = self.bytes[start as usize..end as usize].chunks(4);
        for (entry, offset) in entries.zip((start..).step_by(4)) {
            let to = start.checked_add_signed(i32::from_le_bytes(entry.try_into().ok()?))?;
            self.parts.entries.push(Distance { offset, from: start, to });
        }
        self.decoder.set_position(end as usize).ok()
    }

    /// Whether everything leads to an instruction, a table or a constant.
    fn check(&self, len: u32) -> Option<()> {
        let Parts { instructions, tables, jumps, operands, entries, end, .. } = &self.parts;
        let is_instruction = |offset: u32| instructions.binary_search_by_key(&offset.into(), Instruction::ip).is_ok();
        let is_data = |offset: u32| tables.binary_search(&offset).is_ok() || (*end..len).contains(&offset);
        let is_sound = jumps.iter().all(|jump| is_instruction(jump.target))
            && entries.iter().all(|entry| is_instruction(entry.to))
            && operands.iter().all(|operand| is_data(operand.to));
        is_sound.then_some(())
    }
}

/// Where everything goes.
struct Moves {
    /// Places after which everything moves, and how far, in order. An instruction of another size moves what is
    /// behind it, padding what is behind that: so these are twice the offset, and one more for padding.
    shifts: Vec<(u64, i32)>,
    /// Before loops: offset and bytes.
    paddings: Vec<(u32, u32)>,
    padding_of_constants: u32,
}

impl Moves {
    fn of(parts: &Parts, is_long: &[bool]) -> Moves {
        let replacements = parts.replacements.iter();
        let mut sizes: Vec<(u32, i32)> =
            replacements.map(|replacement| (replacement.end, replacement.growth())).collect();
        let short = parts.jumps.iter().zip(is_long).filter(|(_, is_long)| !**is_long);
        sizes.extend(short.map(|(jump, _)| (jump.end, if jump.is_conditional() { -4 } else { -3 })));
        sizes
            .extend(parts.copies.iter().map(|copy| (copy.end, (copy.size + copy.start).wrapping_sub(copy.end) as i32)));
        sizes.sort_unstable();
        let mut moves =
            Moves { shifts: Vec::with_capacity(sizes.len()), paddings: Vec::new(), padding_of_constants: 0 };
        let (mut shift, mut next) = (0, 0);
        let mut go_to = |moves: &mut Moves, place: u32, shift: &mut i32| {
            while let Some((end, by)) = sizes.get(next).filter(|(end, _)| *end <= place) {
                *shift += by;
                moves.shifts.push((2 * u64::from(*end), *shift));
                next += 1;
            }
            place.wrapping_add_signed(*shift)
        };
        let inner = parts.loops.iter().skip(1).map(|(begin, _)| *begin).chain([u32::MAX]);
        for (&(begin, end), inner) in parts.loops.iter().zip(inner) {
            let here = go_to(&mut moves, begin, &mut shift);
            let inside =
                sizes.partition_point(|(place, _)| *place <= begin)..sizes.partition_point(|(place, _)| *place <= end);
            let size = (end - begin).wrapping_add_signed(sizes[inside].iter().map(|(_, by)| by).sum());
            let padding = padding(here, size);
            let max = if inner < end { MAX_OUTER_PADDING } else { LINE };
            if padding != 0 && padding <= max {
                shift += padding as i32;
                moves.shifts.push((2 * u64::from(begin) + 1, shift));
                moves.paddings.push((begin, padding));
            }
        }
        go_to(&mut moves, parts.end, &mut shift);
        moves.padding_of_constants = (-shift).rem_euclid(CONSTANTS as i32) as u32;
        shift += moves.padding_of_constants as i32;
        moves.shifts.push((2 * u64::from(parts.end) + 1, shift));
        moves
    }

    fn moved(&self, offset: u32, place: u64) -> u32 {
        let behind = self.shifts.partition_point(|(other, _)| *other <= place);
        offset.wrapping_add_signed(behind.checked_sub(1).map_or(0, |last| self.shifts[last].1))
    }

    /// Where what was at the offset is.
    fn at(&self, offset: u32) -> u32 {
        self.moved(offset, 2 * u64::from(offset) + 1)
    }

    /// Where the instruction ends that ended at the offset.
    fn end(&self, offset: u32) -> u32 {
        self.moved(offset, 2 * u64::from(offset))
    }

    /// From the end of an instruction, or the beginning of a table, to a place.
    fn distance(&self, from: u32, to: u32) -> i32 {
        self.at(to).wrapping_sub(self.end(from)) as i32
    }
}

/// Bytes before a loop at this place, so that it takes no more lines than it must.
fn padding(place: u32, size: u32) -> u32 {
    let spare = size.next_multiple_of(LINE) - size;
    if size > MAX_LOOP || place % LINE <= spare { 0 } else { LINE - place % LINE }
}

/// What changes at an offset.
enum Edit<'a> {
    Nops(u32),
    Jump(&'a Jump, bool),
    Copy(&'a Copy),
    Replace(&'a Replacement),
}

/// Copies code with changes.
struct Writer<'a> {
    code: &'a [u8],
    copied: u32,
    bytes: Vec<u8>,
}

impl Writer<'_> {
    fn copy(&mut self, end: u32) {
        self.bytes.extend_from_slice(&self.code[self.copied as usize..end as usize]);
        self.copied = end;
    }

    fn jump(&mut self, jump: &Jump, is_long: bool, distance: i32) {
        let mut opcode = self.code[jump.start as usize..jump.end as usize - 4].to_vec();
        if let Some(condition) = opcode.get_mut(1) {
            *condition ^= u8::from(jump.is_inverted);
        }
        if is_long {
            self.bytes.extend_from_slice(&opcode);
            self.bytes.extend_from_slice(&distance.to_le_bytes());
        } else {
            let short = match opcode[..] {
                [0x0f, condition] => condition - 0x10,
                _ => 0xeb,
            };
            self.bytes.extend([short, distance as i8 as u8]);
        }
        self.copied = jump.end;
    }

    fn replace(&mut self, replacement: &Replacement) {
        self.bytes.extend_from_slice(&replacement.bytes);
        self.copied = replacement.end;
    }

    /// Zeros instead of what ends at an offset.
    fn reserve(&mut self, end: u32, size: u32) {
        self.bytes.resize(self.bytes.len() + size as usize, 0);
        self.copied = end;
    }

    /// Instructions that do nothing, as few as possible.
    fn nops(&mut self, mut count: u32) {
        const NOPS: [&[u8]; 9] = [
            &[0x90],
            &[0x66, 0x90],
            &[0x0f, 0x1f, 0x00],
            &[0x0f, 0x1f, 0x40, 0x00],
            &[0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
            &[0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
            &[0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        ];
        while count > 0 {
            let nop = NOPS[count.min(9) as usize - 1];
            self.bytes.extend_from_slice(nop);
            count -= nop.len() as u32;
        }
    }
}
