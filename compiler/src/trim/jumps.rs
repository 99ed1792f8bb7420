//! Jumps, where the moves between them are gone.
//!
//! ```text
//!     je 1f                jne 2f
//!     jmp 3f        →      …
//! 1:  …
//! 3:  jmp 2f
//! ```

use super::effect::falls_through;
use super::program::{Line, Program};
use crate::relax::Parts;
use iced_x86::FlowControl;

/// Jumps to jumps that are followed.
const MAX_HOPS: usize = 8;

/// Lets jumps lead where those lead that they lead to, and takes out those that lead to what follows.
pub(super) fn simplify(program: &mut Program, parts: &mut Parts) {
    let mut jumps: Vec<Option<usize>> = vec![None; program.lines.len()];
    for (index, jump) in parts.jumps.iter().enumerate() {
        jumps[program.line_at(jump.start)] = Some(index);
    }
    let is_unconditional = |line: &Line| line.instruction.flow_control() == FlowControl::UnconditionalBranch;
    let mut is_target = vec![false; program.lines.len()];
    let entries = parts.entries.iter().map(|entry| program.line_at(entry.to));
    let handlers = program.blocks.iter().filter(|block| block.is_handler).map(|block| block.lines.start);
    for line in entries.chain(handlers) {
        is_target[program.next(line)] = true;
    }
    let mut targets = Vec::with_capacity(parts.jumps.len());
    for jump in &parts.jumps {
        let mut target = program.next(program.line_at(jump.target));
        for _ in 0..MAX_HOPS {
            let Some(next) = jumps[target].filter(|_| is_unconditional(&program.lines[target])) else { break };
            target = program.next(program.line_at(parts.jumps[next].target));
        }
        is_target[target] = true;
        targets.push(target);
    }
    let mut is_reached = true;
    for line in 0..program.lines.len() {
        if program.lines[line].is_removed {
            continue;
        }
        let is_needed = is_reached || is_target[line];
        is_reached = falls_through(&program.lines[line].instruction);
        let Some(jump) = jumps[line] else { continue };
        let mut next = program.next(line + 1);
        let is_jump = is_unconditional(&program.lines[line]);
        let over = jumps.get(next).copied().flatten().filter(|_| {
            !is_jump
                && is_unconditional(&program.lines[next])
                && !is_target[next]
                && program.next(next + 1) == targets[jump]
        });
        if let Some(over) = over {
            parts.jumps[jump].is_inverted = true;
            program.lines[next].is_removed = true;
            next = targets[jump];
            targets[jump] = targets[over];
        }
        if targets[jump] == next || is_jump && !is_needed {
            program.lines[line].is_removed = true;
            is_reached = is_needed;
        }
    }
    for (jump, target) in parts.jumps.iter_mut().zip(targets) {
        jump.target = program.lines[target].start();
    }
    parts.jumps.retain(|jump| !program.lines[program.line_at(jump.start)].is_removed);
}
