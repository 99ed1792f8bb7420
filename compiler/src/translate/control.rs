//! Control instructions (spec 2.4.9) other than calls: blocks, branches, and what is unreachable.
//!
//! A frame's end is a CLIF block whose parameters are the frame's results. Instructions that cannot be reached are
//! skipped; only their nesting is followed.

use super::profile::is_cold;
use super::stack::FrameKind;
use super::{Translator, signature};
use crate::error::Result;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, BlockCall, InstBuilder, JumpTableData, Value};
use std::collections::HashMap;
use wasmparser::{BlockType, BrTable, Operator, ValType};
use wexe_abi::trap::Trap;

/// Comparisons instead of a jump table, at most.
const MAX_COMPARISONS: usize = 3;

impl Translator<'_, '_> {
    pub(super) fn control(&mut self, operator: &Operator<'_>) -> Result<bool> {
        match operator {
            Operator::Unreachable => {
                self.trap(Trap::Unreachable);
                self.stack.reachable = false;
            }
            Operator::Nop => {}
            Operator::Block { blockty } => {
                let (params, results) = self.block_type(*blockty);
                let following = self.block_with_params(&results);
                self.stack.push_frame(FrameKind::Block, params.len(), results.len(), following);
            }
            Operator::Loop { blockty } => self.begin_loop(*blockty),
            Operator::If { blockty } => self.begin_if(*blockty),
            Operator::Else => self.begin_else(),
            Operator::End => self.end()?,
            Operator::Br { relative_depth } => {
                self.branch(*relative_depth);
                self.stack.reachable = false;
            }
            Operator::BrIf { relative_depth } => {
                let condition = self.stack.pop();
                let condition = self.condition(condition);
                self.branch_if(condition, *relative_depth, true);
            }
            Operator::BrTable { targets } => self.branch_table(targets)?,
            Operator::Return => {
                let values = self.stack.pop_many(self.results.len());
                self.return_values(&values);
                self.stack.reachable = false;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Follows the nesting of instructions that cannot be reached.
    pub(super) fn unreachable_operator(&mut self, operator: &Operator<'_>) -> Result<()> {
        match operator {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. }
            | Operator::Try { .. } => {
                let never = self.builder.create_block();
                self.stack.push_frame(FrameKind::Block, 0, 0, never);
            }
            Operator::Else => self.begin_else(),
            Operator::End => self.end()?,
            Operator::Catch { .. } | Operator::CatchAll | Operator::Delegate { .. } => {
                self.exception(operator)?;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn block_type(&self, ty: BlockType) -> (Vec<ValType>, Vec<ValType>) {
        match ty {
            BlockType::Empty => (Vec::new(), Vec::new()),
            BlockType::Type(result) => (Vec::new(), vec![result]),
            BlockType::FuncType(index) => {
                let module = self.environment.module;
                let ty = module.func_type(module.type_at(index));
                (ty.params().to_vec(), ty.results().to_vec())
            }
        }
    }

    /// A new block that takes values of these types.
    pub(super) fn block_with_params(&mut self, types: &[ValType]) -> Block {
        let block = self.builder.create_block();
        for ty in types {
            self.builder.append_block_param(block, signature::value_type(*ty));
        }
        block
    }

    pub(super) fn jump(&mut self, block: Block, values: &[Value]) {
        let arguments = block_arguments(values);
        self.builder.ins().jump(block, &arguments);
    }

    fn begin_loop(&mut self, ty: BlockType) {
        let (params, results) = self.block_type(ty);
        let header = self.block_with_params(&params);
        let following = self.block_with_params(&results);
        let values = self.stack.pop_many(params.len());
        self.jump(header, &values);
        self.builder.switch_to_block(header);
        self.stack.weight = self.count_arrival();
        self.stack.values.extend_from_slice(self.builder.block_params(header));
        self.stack.push_frame(FrameKind::Loop { header, dispatch: None }, params.len(), results.len(), following);
    }

    fn begin_if(&mut self, ty: BlockType) {
        let condition = self.stack.pop();
        let condition = self.condition(condition);
        let counts = self.count_condition(condition);
        let (params, results) = self.block_type(ty);
        let (then, otherwise) = (self.builder.create_block(), self.builder.create_block());
        let following = self.block_with_params(&results);
        match self.expected(counts) {
            Some(true) => self.builder.set_cold_block(otherwise),
            Some(false) => self.builder.set_cold_block(then),
            None => {}
        }
        // What Cranelift is told last comes first behind the branch.
        match counts {
            Some([no, yes]) if yes > no => {
                let inverse = self.inverse(condition);
                self.builder.ins().brif(inverse, otherwise, &[], then, &[]);
            }
            _ => {
                self.builder.ins().brif(condition, then, &[], otherwise, &[]);
            }
        }
        self.builder.seal_block(then);
        self.builder.seal_block(otherwise);
        let values = self.stack.top(params.len()).to_vec();
        self.stack.push_frame(FrameKind::If { otherwise, params: values }, params.len(), results.len(), following);
        self.builder.switch_to_block(then);
        let [otherwise, then] = counts.unwrap_or_default();
        self.stack.frame(0).weights.otherwise = otherwise;
        self.stack.weight = then;
    }

    fn begin_else(&mut self) {
        self.leave_to_following();
        let frame = self.stack.frame(0);
        if !frame.live {
            return;
        }
        let (height, weight) = (frame.height, frame.weights.otherwise);
        let FrameKind::If { otherwise, params } = std::mem::replace(&mut frame.kind, FrameKind::Else) else {
            unreachable!("validation rejects else without if")
        };
        self.stack.values.truncate(height);
        self.stack.values.extend(params);
        self.stack.reachable = true;
        self.stack.weight = weight;
        self.builder.switch_to_block(otherwise);
    }

    /// Jumps to the innermost frame's end with its results, if control gets here.
    pub(super) fn leave_to_following(&mut self) {
        if !self.stack.reachable {
            return;
        }
        let weight = self.stack.weight;
        let frame = self.stack.frame(0);
        frame.reached = true;
        frame.weights.following = frame.weights.following.saturating_add(weight);
        let (following, results) = (frame.following, frame.results);
        let values = self.stack.pop_many(results);
        self.jump(following, &values);
        self.stack.reachable = false;
    }

    pub(super) fn end(&mut self) -> Result<()> {
        self.leave_to_following();
        self.end_exception_frame()?;
        let mut frame = self.stack.frames.pop().expect("validated");
        self.stack.values.truncate(frame.height);
        match frame.kind {
            FrameKind::If { otherwise, ref params } if frame.live => {
                // Without an else the parameters are the results.
                self.builder.switch_to_block(otherwise);
                self.jump(frame.following, params);
                frame.reached = true;
                frame.weights.following = frame.weights.following.saturating_add(frame.weights.otherwise);
            }
            FrameKind::Loop { header, dispatch } => {
                self.builder.seal_block(header);
                self.end_dispatch(dispatch);
            }
            _ => {}
        }
        if frame.reached {
            self.builder.switch_to_block(frame.following);
            if !frame.stays_open {
                self.builder.seal_block(frame.following);
            }
            if is_cold(frame.weights.following, frame.weights.entered) {
                self.builder.set_cold_block(frame.following);
            }
            self.stack.weight = frame.weights.following;
            self.stack.values.extend_from_slice(self.builder.block_params(frame.following));
            self.stack.reachable = true;
        }
        Ok(())
    }

    /// Where a branch of this depth goes, and with how many values.
    pub(super) fn destination(&mut self, depth: u32) -> (Block, usize) {
        if let Some(block) = self.dispatched(depth) {
            return (block, 0);
        }
        let frame = self.stack.frame(depth);
        match frame.kind {
            FrameKind::Loop { header, .. } => (header, frame.params),
            _ => {
                frame.reached = true;
                (frame.following, frame.results)
            }
        }
    }

    fn branch(&mut self, depth: u32) {
        let (block, arity) = self.destination(depth);
        self.flow(depth, self.stack.weight);
        let values = self.stack.pop_many(arity);
        self.jump(block, &values);
    }

    /// Branches if the condition is as wanted; the operands stay for the case that it is not.
    pub(super) fn branch_if(&mut self, condition: Value, depth: u32, wanted: bool) {
        let counts = self.count_condition(condition);
        let [taken, stays] = match (counts.unwrap_or_default(), wanted) {
            ([no, yes], true) => [yes, no],
            ([no, yes], false) => [no, yes],
        };
        let expected = self.expected(counts).map(|holds| holds == wanted);
        self.flow(depth, taken);
        let (block, arity) = self.destination(depth);
        let values = self.stack.top(arity).to_vec();
        let next = self.builder.create_block();
        // The way to a target that is not expected is a block of its own, which can be out of the way.
        let detour = (expected == Some(false)).then(|| self.builder.create_block());
        let (target, arguments) = match detour {
            Some(detour) => (detour, Vec::new()),
            None => (block, block_arguments(&values)),
        };
        if wanted {
            self.builder.ins().brif(condition, target, &arguments, next, &[]);
        } else {
            self.builder.ins().brif(condition, next, &[], target, &arguments);
        }
        if let Some(detour) = detour {
            self.builder.set_cold_block(detour);
            self.builder.seal_block(detour);
            self.builder.switch_to_block(detour);
            self.jump(block, &values);
        }
        // A loop is left less often than it is repeated, but as often as it is entered.
        if expected == Some(true) && !self.leaves_loop(depth, stays) {
            self.builder.set_cold_block(next);
        }
        self.builder.seal_block(next);
        self.builder.switch_to_block(next);
        self.stack.weight = stays;
    }

    /// Whether control that does not go back to the loop at this depth, so often, is no less frequent than the loop.
    fn leaves_loop(&mut self, depth: u32, weight: u64) -> bool {
        let frame = self.stack.frame(depth);
        matches!(frame.kind, FrameKind::Loop { .. }) && weight > 0 && !is_cold(weight, frame.weights.entered)
    }

    /// Whether the producer expects the branch that is being translated to be taken. It only moves code out of the way.
    pub(super) fn branch_hint(&self) -> Option<bool> {
        let start = self.body.as_ref()?.range().start as u32;
        let offset = self.builder.srcloc().bits().checked_sub(start)?;
        let hint = self.branch_hints.binary_search_by_key(&offset, |hint| hint.func_offset).ok()?;
        Some(self.branch_hints[hint].taken)
    }

    /// Branches that carry values go through a block of their own for each destination: a jump table's entries
    /// must not share argument lists.
    fn branch_table(&mut self, targets: &BrTable<'_>) -> Result<()> {
        let is_entry = self.begin_dispatch(targets);
        let index = self.stack.pop();
        let weights = self.count_index(index, targets.len() + 1).unwrap_or_default();
        for (depth, weight) in targets.targets().chain([Ok(targets.default())]).zip(weights) {
            self.flow(depth?, weight);
        }
        let (_, arity) = self.destination(targets.default());
        let mut carriers: Vec<(Block, u32)> = Vec::new();
        let mut by_depth: HashMap<u32, Block> = HashMap::new();
        let mut blocks = Vec::with_capacity(targets.len() as usize + 1);
        for depth in targets.targets().chain([Ok(targets.default())]) {
            let depth = depth?;
            let block = match by_depth.get(&depth) {
                Some(block) => *block,
                None => {
                    let block = if arity == 0 {
                        self.destination(depth).0
                    } else {
                        let carrier = self.builder.create_block();
                        carriers.push((carrier, depth));
                        carrier
                    };
                    by_depth.insert(depth, block);
                    block
                }
            };
            blocks.push(block);
        }
        if is_entry {
            let others = self.builder.create_block();
            self.builder.set_cold_block(others);
            self.builder.ins().brif(index, others, &[], blocks[0], &[]);
            self.builder.seal_block(others);
            self.builder.switch_to_block(others);
        }
        self.branch_by_index(index, &blocks);
        let values = self.stack.pop_many(arity);
        for (carrier, depth) in carriers {
            self.builder.seal_block(carrier);
            self.builder.switch_to_block(carrier);
            let (block, _) = self.destination(depth);
            self.jump(block, &values);
        }
        self.stack.reachable = false;
        Ok(())
    }

    /// Goes to the block at the index, or to the last. A few comparisons are quicker than a jump through a table, which
    /// is predicted only by where it went before.
    fn branch_by_index(&mut self, index: Value, blocks: &[Block]) {
        let ends = (1..blocks.len()).filter(|&end| blocks[end - 1] != blocks[end]);
        let ends: Vec<usize> = ends.take(MAX_COMPARISONS + 1).collect();
        let last = blocks[blocks.len() - 1];
        if ends.len() > MAX_COMPARISONS {
            let lists = &mut self.builder.func.dfg.value_lists;
            let calls: Vec<BlockCall> = blocks.iter().map(|block| BlockCall::new(*block, [], lists)).collect();
            let [targets @ .., default] = &calls[..] else { unreachable!("there is a last block") };
            let table = self.builder.create_jump_table(JumpTableData::new(*default, targets));
            self.builder.ins().br_table(index, table);
            return;
        }
        for end in ends {
            let is_before = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, index, end as i64);
            let next = self.builder.create_block();
            self.builder.ins().brif(is_before, blocks[end - 1], &[], next, &[]);
            self.builder.seal_block(next);
            self.builder.switch_to_block(next);
        }
        self.builder.ins().jump(last, &[]);
    }
}

/// Values as arguments of a block.
pub(super) fn block_arguments(values: &[Value]) -> Vec<BlockArg> {
    values.iter().map(|value| BlockArg::Value(*value)).collect()
}
