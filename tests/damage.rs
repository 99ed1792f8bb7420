//! Modules cut off and with bytes changed: the compiler gives an error or an object, and neither panics nor lets
//! Cranelift refuse its work.
//!
//! The damage is random but the same in every run, so a failure can be repeated: the message names the variant.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use wexe_compiler::{Emit, OptLevel, Options};

use crate::case::{self, Case};
use crate::known_failures::{Listed, trial};

/// Kinds of cases whose modules are worth damaging.
const KINDS: &[&str] = &["run", "trap", "clif"];
/// Larger modules would take most of the time and reach no other code.
const LARGEST: usize = 32 << 10;
/// How often each module is cut off, and how often some of its bytes are changed.
const VARIANTS: u64 = 40;

pub fn trials() -> Vec<Listed> {
    let paths = KINDS.iter().flat_map(|kind| case::find(kind, &["wat", "case"]));
    paths.map(|path| trial(format!("damage/{}", case::name(&path)), move || damage(&path))).collect()
}

fn damage(path: &Path) -> Result<(), String> {
    let module = Case::read(path)?.module()?;
    if module.len() > LARGEST {
        return Ok(());
    }
    for seed in 0..VARIANTS {
        let mut random = Random(seed * 2 + 1);
        let cut = &module[..random.below(module.len())];
        must_not_panic(cut, &format!("cut off at {}", cut.len()))?;

        let mut changed = module.clone();
        let mut changes = Vec::new();
        // The first eight bytes are only a magic number and a version.
        for _ in 0..1 + random.below(3) {
            let at = 8 + random.below(module.len().saturating_sub(8).max(1));
            let byte = random.below(256) as u8;
            if let Some(place) = changed.get_mut(at) {
                *place = byte;
                changes.push((at, byte));
            }
        }
        must_not_panic(&changed, &format!("with (offset, byte) {changes:?}"))?;
    }
    Ok(())
}

fn must_not_panic(module: &[u8], variant: &str) -> Result<(), String> {
    // Inlining and optimising are the code of ours that is most sensitive to unusual functions.
    let options = Options { emit: Emit::Obj, opt_level: OptLevel::O2, threads: 1, ..Options::default() };
    let compile = || wexe_compiler::compile(module, &options, &()).map(drop);
    match catch_unwind(AssertUnwindSafe(compile)) {
        // Cranelift refused what we gave it: the module was valid, so the error is ours.
        Ok(Err(error)) if error.message.starts_with("the code generator failed") => {
            Err(format!("on the module {variant}: {error}"))
        }
        Ok(Ok(()) | Err(_)) => Ok(()),
        Err(_) => Err(format!("the compiler panicked on the module {variant}")),
    }
}

/// Marsaglia's xorshift: enough to pick places.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        for _ in 0..3 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
        }
        (self.0 % limit.max(1) as u64) as usize
    }
}
