//! Machine code → the same without the moves that it can do without.
//!
//! ```text
//!     mov %rax, 8(%rsp)                     mov %rax, 8(%rsp)
//!     mov %rax, %rcx                        add %rax, %rdx
//!     add %rcx, %rdx              →         …
//!     …                                     mov 8(%rsp), %rsi
//!     mov 8(%rsp), %rsi
//!     mov %rsi, 8(%rsp)
//! ```
//!
//! The register allocator splits the life of a value where it needs the register, and joins the parts by moves between
//! registers and its slots in the frame; it decides at each of them from what is around, and never looks again. Here
//! the whole function is known: which registers and slots hold the same value ([`values`]), and which are read later
//! ([`liveness`]). A move to where the value already is goes; what reads a copy reads the original; and what is then
//! read by nothing goes too. Then some jumps are over nothing, or to jumps ([`jumps`]).
//!
//! Only what the allocator made is touched: moves of whole registers, and slots that are used by nothing else.

mod check;
mod effect;
mod jumps;
mod liveness;
mod operand;
mod program;
mod values;

use crate::codegen::CallSite;
use crate::relax::{Parts, Replacement};
use operand::encoded;
use program::{Line, Program};

/// Finds what the head of this file describes. `first_slot` is the offset from which on the frame is the allocator's,
/// `external` are offsets of fields that the linker fills in.
pub(crate) fn replacements(
    call_sites: &[CallSite],
    parts: &mut Parts,
    first_slot: u32,
    external: &[u32],
) -> Vec<Replacement> {
    let Some(mut program) = Program::of(call_sites, parts, first_slot, external) else { return Vec::new() };
    values::reuse(&mut program);
    liveness::remove(&mut program);
    debug_assert!(
        Program::of(call_sites, parts, first_slot, external).is_some_and(|old| check::reads_the_same(&old, &program)),
        "only moves change"
    );
    jumps::simplify(&mut program, parts);
    let changed = program.lines.iter().filter(|line| line.is_removed || line.is_changed);
    let replacement = |line: &Line| {
        let bytes = if line.is_removed { Vec::new() } else { encoded(&line.instruction).expect("it was encoded once") };
        Replacement { start: line.start(), end: line.end(), bytes }
    };
    changed.map(replacement).collect()
}
