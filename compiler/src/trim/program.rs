//! Instructions → what they do, and basic blocks.

use super::effect::{Copy, Effect, Place, REGISTERS, Reader, SLOT, falls_through, is_call, leaves_frame, lowers_stack};
use crate::codegen::CallSite;
use crate::relax::Parts;
use iced_x86::{FlowControl, Instruction};
use std::collections::BTreeMap;
use std::ops::Range;

/// Places at all edges between blocks, and at all instructions: what the analyses keep, and look at.
const MAX_KEPT: usize = 1 << 22;
const MAX_SEEN: usize = 1 << 27;

pub(super) struct Line {
    pub instruction: Instruction,
    pub effect: Effect,
    pub is_changed: bool,
    pub is_removed: bool,
}

impl Line {
    pub fn start(&self) -> u32 {
        self.instruction.ip() as u32
    }

    pub fn end(&self) -> u32 {
        self.instruction.next_ip() as u32
    }
}

#[derive(Default)]
pub(super) struct Block {
    pub lines: Range<usize>,
    pub successors: Vec<usize>,
    pub predecessors: Vec<usize>,
    /// Whether an exception leads to it: then nothing is known of what registers hold.
    pub is_handler: bool,
}

pub(super) struct Program {
    pub lines: Vec<Line>,
    pub blocks: Vec<Block>,
    pub slots: usize,
    reader: Reader,
}

impl Program {
    /// None if it has no moves, is too large, or does what is not understood.
    pub fn of(call_sites: &[CallSite], parts: &Parts, first_slot: u32, external: &[u32]) -> Option<Program> {
        let mut reader = Reader::new(first_slot..first_slot);
        let mut lines: Vec<Line> = Vec::with_capacity(parts.instructions.len());
        let mut has_frame = false;
        for &instruction in &parts.instructions {
            if let Some(size) = lowers_stack(&instruction) {
                // Either what the frame takes, or what the callee gave back of it.
                if !std::mem::replace(&mut has_frame, true) {
                    reader.frame.end = size.max(first_slot);
                } else if !is_call(&lines.last()?.instruction) {
                    return None;
                }
            }
            let effect = reader.effect(&instruction)?;
            let mut line = Line { instruction, effect, is_changed: false, is_removed: false };
            let field = external.get(external.partition_point(|offset| *offset < line.start()));
            line.effect.is_fixed |= field.is_some_and(|offset| *offset < line.end());
            lines.push(line);
        }
        let blocks = blocks(&lines, parts, call_sites)?;
        for block in blocks.iter().filter(|block| block.successors.is_empty()) {
            let line = &mut lines[block.lines.end - 1];
            if line.instruction.flow_control() != FlowControl::Exception {
                // Results, or arguments of a tail call.
                line.effect.read = !0;
            }
        }
        let slots = reader.frame.len().div_ceil(SLOT as usize);
        let mut program = Program { lines, blocks, slots, reader };
        program.check_size()?;
        program.check_frame()?;
        program.keep_arguments();
        program.lines.iter().any(|line| line.effect.copy.is_some()).then_some(program)
    }

    pub fn line_at(&self, offset: u32) -> usize {
        self.lines.binary_search_by_key(&offset, Line::start).expect("an instruction begins there")
    }

    /// The first line from this one on that is not removed.
    pub fn next(&self, line: usize) -> usize {
        (line..self.lines.len()).find(|line| !self.lines[*line].is_removed).unwrap_or(self.lines.len())
    }

    /// Puts an instruction of other operands in the place of one.
    pub fn change(&mut self, index: usize, instruction: Instruction) {
        let effect = self.reader.effect(&instruction).expect("the stack is used as it was");
        self.lines[index].instruction = instruction;
        self.lines[index].effect = effect;
        self.lines[index].is_changed = true;
    }

    fn check_size(&self) -> Option<()> {
        let places = REGISTERS + self.slots;
        let edges: usize = self.blocks.iter().map(|block| 1 + block.predecessors.len()).sum();
        (edges * places <= MAX_KEPT && self.lines.len() * places <= MAX_SEEN).then_some(())
    }

    /// The frame is given back only at the end of blocks that nothing follows, and nothing of it is used behind that.
    fn check_frame(&self) -> Option<()> {
        for block in &self.blocks {
            let lines = &self.lines[block.lines.clone()];
            let Some(leaves) = lines.iter().position(|line| leaves_frame(&line.instruction)) else { continue };
            let uses_frame = |Line { effect, instruction, .. }: &Line| {
                is_call(instruction) || !effect.slots_read.is_empty() || !effect.slots_written.is_empty()
            };
            if !block.successors.is_empty() || lines[leaves..].iter().any(uses_frame) {
                return None;
            }
        }
        Some(())
    }

    /// Slots that nothing reads are not the allocator's, but arguments of calls.
    fn keep_arguments(&mut self) {
        let mut is_read = vec![false; self.slots];
        for line in &self.lines {
            for slot in line.effect.slots_read.clone() {
                is_read[slot as usize] = true;
            }
        }
        for line in &mut self.lines {
            if let Some(Copy { to: Place::Slot(_), .. }) = line.effect.copy
                && !line.effect.slots_written.clone().any(|slot| is_read[slot as usize])
            {
                line.effect.copy = None;
                line.effect.is_fixed = true;
            }
        }
    }
}

/// The basic blocks, and what follows what. None if something leads to where no instruction is.
fn blocks(lines: &[Line], parts: &Parts, call_sites: &[CallSite]) -> Option<Vec<Block>> {
    let line_at = |offset: u32| lines.binary_search_by_key(&offset, Line::start).ok();
    let targets = parts.jumps.iter().map(|jump| jump.target).chain(parts.entries.iter().map(|entry| entry.to));
    let mut begins: Vec<usize> = targets.map(line_at).collect::<Option<_>>()?;
    let ends = |line: &Line| line.instruction.flow_control() != FlowControl::Next && !is_call(&line.instruction);
    begins.extend((0..lines.len()).filter(|index| *index == 0 || ends(&lines[index - 1])));
    // By the line behind the call: what is there happens only if there is no exception.
    let mut handlers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for site in call_sites {
        let next = line_at(site.return_offset)?;
        let lines: Vec<usize> = site.handlers.iter().map(|(_, handler)| line_at(*handler)).collect::<Option<_>>()?;
        begins.extend(lines.iter().chain([&next]));
        handlers.insert(next, lines);
    }
    begins.sort_unstable();
    begins.dedup();
    let block_at = |line: usize| begins.binary_search(&line).ok();
    let mut blocks: Vec<Block> = Vec::with_capacity(begins.len());
    for (block, &begin) in begins.iter().enumerate() {
        let end = begins.get(block + 1).copied().unwrap_or(lines.len());
        let mut successors: Vec<usize> = followers(&lines[end - 1], parts, line_at)?;
        if falls_through(&lines[end - 1].instruction) {
            successors.push(end);
        }
        successors.extend(handlers.get(&end).into_iter().flatten());
        let mut successors: Vec<usize> = successors.into_iter().map(block_at).collect::<Option<_>>()?;
        successors.sort_unstable();
        successors.dedup();
        blocks.push(Block { lines: begin..end, successors, ..Block::default() });
    }
    for handler in handlers.values().flatten() {
        blocks[block_at(*handler)?].is_handler = true;
    }
    for block in 0..blocks.len() {
        for successor in blocks[block].successors.clone() {
            blocks[successor].predecessors.push(block);
        }
    }
    Some(blocks)
}

/// Where an instruction jumps to within the function.
fn followers(line: &Line, parts: &Parts, line_at: impl Fn(u32) -> Option<usize>) -> Option<Vec<usize>> {
    match line.instruction.flow_control() {
        FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch => {
            let jump = parts.jumps.binary_search_by_key(&line.start(), |jump| jump.start);
            jump.ok().map(|jump| line_at(parts.jumps[jump].target)).into_iter().collect()
        }
        FlowControl::IndirectBranch => {
            // The table follows.
            let first = parts.entries.partition_point(|entry| entry.from < line.end());
            let entries = parts.entries[first..].iter().take_while(|entry| entry.from == line.end());
            entries.map(|entry| line_at(entry.to)).collect()
        }
        _ => Some(Vec::new()),
    }
}
