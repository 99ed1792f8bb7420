//! Code that counts where control goes; and what was counted → which blocks are cold, and how often calls happen.
//!
//! A counter is incremented before its branch, by the branch's condition as an index, so counting changes no control
//! flow. Which instruction has which counters says `crate::profile`.

use super::environ::Region;
use super::{Translator, stack::FrameKind};
use crate::profile::width;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{DebugTag, Inst, InstBuilder, Value, types};
use wasmparser::Operator;
use wexe_abi::builtins::Builtin;
use wexe_abi::profile::{HEADER_SIZE, TARGETS};

/// Where a translation is in the profile.
#[derive(Default)]
pub(super) struct Position {
    /// The first counter of the instruction that is being translated, and of the next one.
    counter: u32,
    next: u32,
    /// How often the function was called; 0 without a profile.
    calls: u64,
}

/// What is reached less often than every hundredth time is cold.
const COLD: u64 = 100;

/// Whether something that happens so often is cold beside something else.
pub(crate) fn is_cold(weight: u64, beside: u64) -> bool {
    weight.saturating_mul(COLD) < beside
}

/// How often a call happens for each call of the function that it is in, as the tag of the instruction: inlining keeps
/// it, behind those of the calls around it.
fn tag(weight: u64, calls: u64) -> f32 {
    weight as f32 / calls.max(1) as f32
}

/// How often something with these tags happens in a function that is called so often.
pub(crate) fn weight(tags: &[DebugTag], calls: u64) -> u64 {
    let ratios = tags.iter().map(|tag| if let DebugTag::User(bits) = tag { f32::from_bits(*bits) } else { 0.0 });
    (calls as f32 * ratios.product::<f32>()) as u64
}

impl Translator<'_, '_> {
    /// Begins a body: its entry is the first that is counted.
    pub(super) fn count_entry(&mut self, body: usize) {
        let first = self.environment.profile.first(body);
        self.position = Position { counter: first, next: first + 1, calls: 0 };
        self.stack.weight = self.count_arrival();
        self.position.calls = self.stack.weight;
    }

    /// Goes on to the counters of an instruction, whether it can be reached or not.
    pub(super) fn advance_profile(&mut self, operator: &Operator<'_>) {
        self.position.counter = self.position.next;
        self.position.next += width(operator);
    }

    /// Counts that control is here; how often it was, as far as that is known.
    pub(super) fn count_arrival(&mut self) -> u64 {
        if self.environment.profile.counters().is_some() {
            let zero = self.builder.ins().iconst(types::I64, 0);
            self.increment(zero);
        }
        self.counts(1).map_or(0, |counts| counts[0])
    }

    /// Counts whether a condition holds; how often it did not and how often it did, if that is known.
    pub(super) fn count_condition(&mut self, condition: Value) -> Option<[u64; 2]> {
        if self.environment.profile.counters().is_some() {
            let holds = self.builder.ins().icmp_imm_s(IntCC::NotEqual, condition, 0);
            let index = self.builder.ins().uextend(types::I64, holds);
            self.increment(index);
        }
        self.counts(2).map(|counts| [counts[0], counts[1]])
    }

    /// Counts which of `len` labels an index leads to, the last if it is too large; how often each, if that is known.
    pub(super) fn count_index(&mut self, index: Value, len: u32) -> Option<Vec<u64>> {
        if self.environment.profile.counters().is_some() {
            let index = self.builder.ins().uextend(types::I64, index);
            let last = self.builder.ins().iconst(types::I64, i64::from(len) - 1);
            let index = self.builder.ins().umin(index, last);
            self.increment(index);
        }
        self.counts(len).map(<[u64]>::to_vec)
    }

    /// Counts which function a table's entry leads to.
    pub(super) fn count_target(&mut self, entry: Value) {
        if let Some(address) = self.counter_address() {
            let flags = self.state_flags(Region::State);
            let offset = std::mem::offset_of!(wexe_abi::layout::FuncEntry, record) as i32;
            let record = self.builder.ins().uload32(flags, entry, offset);
            let address = self.address(address);
            let function = self.builtin(Builtin::CountTarget);
            self.builder.ins().call(function, &[address, record]);
        }
    }

    /// The address of the instruction's first counter, if there is one.
    fn counter_address(&self) -> Option<u64> {
        let counters = self.environment.profile.counters()?;
        Some(counters.address + HEADER_SIZE + 8 * u64::from(self.position.counter))
    }

    /// Adds 1 to a counter of the instruction.
    fn increment(&mut self, index: Value) {
        let Some(address) = self.counter_address() else { return };
        let flags = self.state_flags(Region::Counters);
        let distance = self.builder.ins().ishl_imm_u(index, 3);
        let base = self.address(address);
        let address = self.builder.ins().iadd(distance, base);
        let count = self.builder.ins().load(types::I64, flags, address, 0);
        let count = self.builder.ins().iadd_imm_s(count, 1);
        self.builder.ins().store(flags, count, address, 0);
    }

    /// What the instruction's counters counted.
    fn counts(&self, width: u32) -> Option<&[u64]> {
        self.environment.profile.counts(self.position.counter, width)
    }

    /// Which functions the instruction called, as numbers of the profile, and how often each, at most.
    pub(super) fn target_counts(&self) -> Option<impl Iterator<Item = (u64, u64)>> {
        let counts = self.counts(2 * TARGETS as u32)?;
        Some(counts.chunks_exact(2).map(|pair| (pair[0], pair[1])))
    }

    /// Whether a condition is expected to hold: by the profile, which knows how often it did not and how often it did,
    /// or else by what the producer says.
    pub(super) fn expected(&self, counts: Option<[u64; 2]>) -> Option<bool> {
        match counts {
            Some([no, yes]) if is_cold(yes, no) => Some(false),
            Some([no, yes]) if is_cold(no, yes) => Some(true),
            Some(_) => None,
            None => self.branch_hint(),
        }
    }

    /// Control goes to the label of this depth so often.
    pub(super) fn flow(&mut self, depth: u32, weight: u64) {
        let frame = self.stack.frame(depth);
        // How often a loop begins a round is counted.
        if !matches!(frame.kind, FrameKind::Loop { .. }) {
            frame.weights.following = frame.weights.following.saturating_add(weight);
        }
    }

    /// Tells inlining how often a call happens.
    pub(super) fn tag_call(&mut self, call: Inst) {
        if self.environment.profile.is_used() {
            let tag = tag(self.stack.weight, self.position.calls);
            self.builder.func.debug_tags.set(call, [DebugTag::User(tag.to_bits())]);
        }
    }
}
