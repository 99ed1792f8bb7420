//! Parameters of blocks that are passed one value, whichever way → that value.
//!
//! ```text
//!     jump loop(a, b)                       jump loop(a)
//! loop(x, y):                       →   loop(x):
//!     branch c, loop(x + y, y), end         branch c, loop(x + b), end
//! ```
//!
//! Cranelift removes those that are constants or results of instructions, not those that are parameters of other
//! blocks, and for the passes before that a parameter is something that the loop changes.

use super::liveness;
use super::passed::passed;
use cranelift_codegen::ir::{Block, Function, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How often all parameters are looked at: what is passed to one may have been replaced.
const MAX_ROUNDS: usize = 16;

/// Rewrites what the head of this file describes.
pub(super) fn replace(function: &mut Function) {
    let mut replaced: HashMap<Value, Value> = HashMap::new();
    for _ in 0..MAX_ROUNDS {
        let mut only: BTreeMap<Value, Value> = BTreeMap::new();
        let mut several = HashSet::new();
        for passed in passed(function) {
            if replaced.contains_key(&passed.param) {
                continue;
            }
            let value = passed.argument.map(|value| original(&mut replaced, function.dfg.resolve_aliases(value)));
            match value {
                Some(value) if value == passed.param || *only.entry(passed.param).or_insert(value) == value => {}
                _ => {
                    several.insert(passed.param);
                }
            }
        }
        let before = replaced.len();
        for (param, value) in only.into_iter().filter(|(param, _)| !several.contains(param)) {
            if original(&mut replaced, value) != param {
                replaced.insert(param, value);
            }
        }
        if replaced.len() == before {
            break;
        }
    }
    if replaced.is_empty() {
        return;
    }
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        let mut next = function.layout.first_inst(block);
        while let Some(inst) = next {
            next = function.layout.next_inst(inst);
            function.dfg.map_inst_values(inst, |value| original(&mut replaced, value));
        }
    }
    liveness::remove_dead(function);
}

/// What a value is replaced by in the end. All on the way there are then replaced by that.
fn original(replaced: &mut HashMap<Value, Value>, value: Value) -> Value {
    let mut last = value;
    while let Some(&other) = replaced.get(&last) {
        last = other;
    }
    let mut value = value;
    while value != last {
        value = replaced.insert(value, last).expect("it is on the way");
    }
    last
}
