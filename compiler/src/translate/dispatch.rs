//! Loops that begin with a jump through a table by a local: a branch back that has set it to a constant goes where the
//! table leads.
//!
//! ```text
//! (loop $again
//!   (block $2 (block $1 (block $0
//!     (br_table $0 $1 $2 (local.get $state))))
//!     …                                           ;; 0
//!     (local.set $state (i32.const 2))
//!     (br $again))                                →  br to 2
//!   …                                             ;; 1, then 2
//! ```
//!
//! That is how WebAssembly says what has no structure of its own: all jumps in what Go compiles, and loops of several
//! entries. So the blocks inside the loop may be jumped to until it ends.

use super::Translator;
use super::stack::FrameKind;
use cranelift_codegen::ir::{Block, InstructionData, Opcode};
use wasmparser::{BlockType, BrTable, Operator};

/// The begin of a loop, as far as it is no more than that of the example.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Beginning {
    #[default]
    Elsewhere,
    /// Behind `loop` and any `block`, with the number of the loop's frame.
    Blocks(usize),
    /// Behind `local.get` of this local.
    Local(usize, u32),
}

/// Where the table of a loop leads.
#[derive(Debug)]
pub(crate) struct Dispatch {
    local: u32,
    /// None for what is not inside the loop.
    targets: Vec<Option<Block>>,
}

impl Translator<'_, '_> {
    /// Whether an instruction goes on with the begin of a loop.
    pub(super) fn follow_beginning(&mut self, operator: &Operator<'_>) {
        let empty = BlockType::Empty;
        self.beginning = match (operator, self.beginning) {
            // What is counted at the begin of the loop should be counted each time.
            _ if self.environment.profile.counters().is_some() => Beginning::Elsewhere,
            (Operator::Loop { blockty }, _) if *blockty == empty => Beginning::Blocks(self.stack.frames.len()),
            (Operator::Block { blockty }, Beginning::Blocks(frame)) if *blockty == empty => Beginning::Blocks(frame),
            (Operator::LocalGet { local_index }, Beginning::Blocks(frame)) => Beginning::Local(frame, *local_index),
            (Operator::BrTable { .. }, beginning) => beginning,
            _ => Beginning::Elsewhere,
        };
    }

    /// Remembers where a table leads that a loop begins with. True if a caller tells where a function goes on: hardly
    /// ever is that not its begin.
    pub(super) fn begin_dispatch(&mut self, table: &BrTable<'_>) -> bool {
        let Beginning::Local(first, local) = std::mem::take(&mut self.beginning) else { return false };
        let frames = self.stack.frames.len();
        let targets: Option<Vec<Option<Block>>> = table
            .targets()
            .chain([Ok(table.default())])
            .map(|depth| {
                let index = frames - 1 - depth.ok()? as usize;
                let frame = &mut self.stack.frames[index];
                frame.stays_open |= index > first;
                Some((index > first).then_some(frame.following))
            })
            .collect();
        if let (Some(targets), FrameKind::Loop { dispatch, .. }) = (targets, &mut self.stack.frames[first].kind) {
            *dispatch = Some(Dispatch { local, targets });
        }
        let params = self.builder.func.signature.params.len() - usize::from(self.result_pointer.is_some());
        (local as usize) < params
    }

    /// No branch leads to the blocks inside a loop any more.
    pub(super) fn end_dispatch(&mut self, dispatch: Option<Dispatch>) {
        let mut blocks: Vec<Block> = dispatch.into_iter().flat_map(|dispatch| dispatch.targets).flatten().collect();
        blocks.sort_unstable();
        blocks.dedup();
        for block in blocks {
            self.builder.seal_block(block);
        }
    }

    /// Where a branch to a loop leads behind its table, if that is known.
    pub(super) fn dispatched(&mut self, depth: u32) -> Option<Block> {
        let FrameKind::Loop { dispatch: Some(Dispatch { local, .. }), .. } = self.stack.frame(depth).kind else {
            return None;
        };
        let value = self.builder.use_var(self.locals[local as usize]);
        let Some(InstructionData::UnaryImm { opcode: Opcode::Iconst, imm }) = self.definition(value) else {
            return None;
        };
        let FrameKind::Loop { dispatch: Some(Dispatch { targets, .. }), .. } = &self.stack.frame(depth).kind else {
            return None;
        };
        targets[(imm.bits() as u32 as usize).min(targets.len() - 1)]
    }
}
