//! Loads → just before what uses them.
//!
//! ```text
//! a = load p                  b = load q
//! b = load q                  c = x + b
//! c = x + b            →      …
//! …                           a = load p
//! d = y + a                   d = y + a
//! ```
//!
//! On the left `a` takes a register, or a place in the frame, from one end to the other; on the right it is an operand
//! of the addition. Compilers to WebAssembly load early, because they do not know how many registers there are.
//!
//! No load passes what stores or may trap otherwise. It may pass another load: if both would trap, they trap alike.

use super::liveness::has_effect;
use super::{block_of, uses};
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::{Block, Function, Inst, InstructionData, Value};

/// Instructions between a load and its use that make it worth to move it.
const MIN_DISTANCE: u32 = 4;

/// Rewrites what the head of this file describes.
pub(super) fn loads(function: &mut Function) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    let uses = uses(function);
    let mut sinker = Sinker { function, uses, users: SecondaryMap::new(), places: SecondaryMap::new() };
    for block in blocks {
        sinker.block(block);
    }
}

/// Where an instruction stands.
#[derive(Clone, Copy, Default)]
struct Place {
    position: u32,
    /// Instructions before it in its block that loads do not pass.
    barriers: u32,
    /// It does not stand where it did.
    is_moved: bool,
}

struct Sinker<'a> {
    function: &'a mut Function,
    /// How often values are used.
    uses: SecondaryMap<Value, u32>,
    /// The last instruction that uses a value, of those that were looked at, and its block.
    users: SecondaryMap<Value, Option<(Block, Inst)>>,
    places: SecondaryMap<Inst, Place>,
}

impl Sinker<'_> {
    /// Looks at the instructions of a block from its end on.
    fn block(&mut self, block: Block) {
        let insts: Vec<Inst> = self.function.layout.block_insts(block).collect();
        let mut barriers = 0;
        for (&inst, position) in insts.iter().zip(0..) {
            self.places[inst] = Place { position, barriers, is_moved: false };
            barriers += u32::from(is_barrier(self.function, inst));
        }
        for &inst in insts.iter().rev() {
            if let Some(user) = self.user(block, inst) {
                self.function.layout.remove_inst(inst);
                self.function.layout.insert_inst(inst, user);
                self.places[inst] = Place { is_moved: true, ..self.places[user] };
            }
            for value in self.function.dfg.inst_values(inst).collect::<Vec<_>>() {
                let place = self.places[inst];
                let is_last = match self.users[value] {
                    Some((other, user)) if other == block => self.places[user].position < place.position,
                    _ => true,
                };
                if is_last {
                    self.users[value] = Some((block, inst));
                }
            }
        }
    }

    /// The instruction to put another one before.
    fn user(&self, block: Block, inst: Inst) -> Option<Inst> {
        let dfg = &self.function.dfg;
        let &[value] = dfg.inst_results(inst) else { return None };
        let (_, user) = self.users[value].filter(|(other, _)| *other == block && self.uses[value] == 1)?;
        let (from, to) = (self.places[inst], self.places[user]);
        let is_movable = match dfg.insts[inst] {
            InstructionData::Load { .. } => from.barriers == to.barriers && to.position - from.position >= MIN_DISTANCE,
            // What only makes the address of a load goes with it.
            InstructionData::Unary { .. } | InstructionData::Binary { .. } => {
                to.is_moved && !is_barrier(self.function, inst)
            }
            _ => false,
        };
        let is_kept_longer = |value: Value| {
            let is_made_here = block_of(self.function, value) == Some(block);
            let used_until = match self.users[value] {
                Some((other, user)) if other == block => self.places[user].position,
                _ => 0,
            };
            is_made_here && used_until < to.position
        };
        // A register for another: but the operand can move too.
        let kept_longer = dfg.inst_values(inst).filter(|value| is_kept_longer(*value)).count();
        (is_movable && kept_longer <= 1).then_some(user)
    }
}

fn is_barrier(function: &Function, inst: Inst) -> bool {
    let data = &function.dfg.insts[inst];
    !matches!(data, InstructionData::Load { .. }) && has_effect(data.opcode())
}
