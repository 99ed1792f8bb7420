//! Jumps to a short block that goes on through a table → copies of the block.
//!
//! ```text
//!     …                                …
//!     jmp 1f                           mov (%rdi), %eax
//!                               →      jmp *table(,%rax,8)
//! 1:  mov (%rdi), %eax             1:  mov (%rdi), %eax
//!     jmp *table(,%rax,8)              jmp *table(,%rax,8)
//! ```
//!
//! An interpreter is a loop around such a block. The processor guesses where a jump leads from where the jump is and
//! from the ways that were taken before: for a single jump that is all that follows any instruction of the
//! interpreted program, and how well it guesses changes with each byte that the code moves.
//!
//! A copy does what the jump did, because nothing but the place of the code changes after registers were allocated: the
//! block has neither calls nor other jumps, so that it is left by its end or by a trap; operands relative to the
//! instruction pointer are adapted, the traps of the copies are known, and what the linker fills in is not copied.

use super::{LINE, Moves, Parts, Replacement};
use std::collections::BTreeMap;

/// Bytes of a block that is copied.
const MAX_BLOCK: u32 = LINE;

/// What is in a block, of what is in the order of offsets.
fn between<T>(known: &[T], (begin, end): (u32, u32), offset: impl Fn(&T) -> u32) -> &[T] {
    let [first, behind] = [begin, end].map(|end| known.partition_point(|known| offset(known) < end));
    &known[first..behind]
}

/// A jump that is replaced, from one offset to the next instruction's, and the begin and end of the block.
pub(super) struct Copy {
    pub start: u32,
    pub end: u32,
    pub block: (u32, u32),
    /// Bytes of the new block.
    pub size: u32,
}

/// Finds what the head of this file describes, and takes it out of the jumps. `external` are offsets of fields that the
/// linker fills in.
pub(super) fn choose(parts: &mut Parts, external: &[u32]) {
    let Parts { switches, jumps, copies, calls, replacements, .. } = parts;
    let mut blocks = BTreeMap::new();
    for &block in switches.iter().filter(|(begin, end)| end - begin <= MAX_BLOCK) {
        let jumps = between(jumps, block, |jump| jump.start);
        let [calls, external] = [calls, external].map(|offsets| between(offsets, block, |offset| *offset));
        if jumps.is_empty() && calls.is_empty() && external.is_empty() {
            let growth: i32 = between(replacements, block, |other| other.start).iter().map(Replacement::growth).sum();
            blocks.insert(block.0, (block.1, (block.1 - block.0).wrapping_add_signed(growth)));
        }
    }
    jumps.retain(|jump| match blocks.get(&jump.target) {
        Some(&(end, size)) if !jump.is_conditional() => {
            copies.push(Copy { start: jump.start, end: jump.end, block: (jump.target, end), size });
            false
        }
        _ => true,
    });
}

/// Where everything is that is known of instructions, and of their copies, in order; both by offset.
pub(super) fn places<T: core::marker::Copy>(parts: &Parts, moves: &Moves, known: &[(u32, T)]) -> Vec<(u32, T)> {
    let is_replaced = |offset: u32| parts.copies.binary_search_by_key(&offset, |copy| copy.start).is_ok();
    let stay = known.iter().filter(|(offset, _)| !is_replaced(*offset));
    let mut places: Vec<(u32, T)> = stay.map(|&(offset, what)| (moves.at(offset), what)).collect();
    for copy in &parts.copies {
        let inside = between(known, copy.block, |(offset, _)| *offset).iter();
        let by = moves.at(copy.start).wrapping_sub(moves.at(copy.block.0));
        places.extend(inside.map(|&(offset, what)| (moves.at(offset).wrapping_add(by), what)));
    }
    places.sort_by_key(|(place, _)| *place);
    places
}

/// Fills the places of the copies.
pub(super) fn fill(parts: &Parts, moves: &Moves, bytes: &mut [u8]) {
    for copy in &parts.copies {
        let (begin, end) = copy.block;
        let (from, to) = (moves.at(begin), moves.at(copy.start));
        bytes.copy_within(from as usize..moves.end(end) as usize, to as usize);
        let by = to.wrapping_sub(from);
        for operand in between(&parts.operands, copy.block, |operand| operand.offset) {
            let offset = moves.at(operand.offset).wrapping_add(by) as usize;
            let distance = moves.distance(operand.from, operand.to).wrapping_sub_unsigned(by);
            bytes[offset..offset + 4].copy_from_slice(&distance.to_le_bytes());
        }
    }
}
