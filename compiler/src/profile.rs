//! Which counters a module has, and what a profile says that they counted.
//!
//! Counters are numbered by the module alone: of each body the entry, then its instructions in their order, as many
//! each as [`width`] says. So a profile is an array, and needs no names. Whatever its numbers are, they only decide how
//! good the code is, never what it does.

use crate::declare::Placement;
use crate::error::{Error, ErrorKind, Result};
use crate::module::Module;
use crate::options::Options;
use sha2::{Digest, Sha256};
use wasmparser::{FunctionBody, Operator};
use wexe_abi::profile::{self, COUNT, HEADER_SIZE, MAGIC, SHA256, TARGETS};

/// What is to be done about a profile.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Profiling<'a> {
    Off,
    /// The program counts what it does.
    Generate,
    /// The code is to suit what was counted.
    Use(&'a [u8]),
}

impl Profiling<'_> {
    pub fn chosen(options: &Options) -> Profiling<'_> {
        match &options.profile {
            _ if options.capabilities.profiles() => Profiling::Generate,
            Some(profile) => Profiling::Use(profile),
            None => Profiling::Off,
        }
    }
}

/// The counters of a module, or what they counted; nothing if there is neither.
#[derive(Default)]
pub(crate) struct Profile {
    /// The first counter of each body, and how many there are.
    first: Vec<u32>,
    counters: Option<Counters>,
    counted: Option<Counted>,
}

/// Where a program counts.
pub(crate) struct Counters {
    pub header: [u8; HEADER_SIZE as usize],
    /// Where the file is mapped, and its length.
    pub address: u64,
    pub len: u64,
}

/// What was counted.
struct Counted {
    counts: Vec<u64>,
    /// Functions that are called so often, or more, together get [`HOT_PERCENT`] of all calls.
    hot: u64,
}

const HOT_PERCENT: u128 = 99;

/// How many counters an instruction has: of a loop, how often it begins a round; of a condition, how often it is false
/// and how often true; of a table, how often it leads to each of its labels; of an indirect call, whom it calls.
pub(crate) fn width(operator: &Operator<'_>) -> u32 {
    match operator {
        Operator::Loop { .. } => 1,
        Operator::If { .. }
        | Operator::BrIf { .. }
        | Operator::BrOnNull { .. }
        | Operator::BrOnNonNull { .. }
        | Operator::Select
        | Operator::TypedSelect { .. } => 2,
        Operator::BrTable { targets } => targets.len() + 1,
        Operator::CallIndirect { .. } | Operator::ReturnCallIndirect { .. } => 2 * TARGETS as u32,
        _ => 0,
    }
}

/// How many a body has.
fn width_of_body(body: &FunctionBody<'_>) -> Result<u32> {
    let mut sum = 1;
    for operator in body.get_operators_reader()? {
        sum += width(&operator?);
    }
    Ok(sum)
}

impl Profile {
    pub fn new(wasm: &[u8], module: &Module<'_>, profiling: Profiling<'_>) -> Result<Profile> {
        if matches!(profiling, Profiling::Off) {
            return Ok(Profile::default());
        }
        let mut first = vec![0u32];
        for (index, body) in module.bodies.iter().enumerate() {
            let function = (module.imported.functions + index) as u32;
            let width = width_of_body(body).map_err(|error| error.in_function(module.function_name(function)))?;
            // The code of a module has less than 2³⁰ bytes, and a counter is of at least an eighth of one.
            first.push(first[index].saturating_add(width));
        }
        let count = u64::from(first[module.bodies.len()]);
        let header = header(wasm, count);
        let len = HEADER_SIZE + 8 * count;
        Ok(match profiling {
            Profiling::Use(file) => {
                let counted = Some(read(file, &header, len, &first)?);
                Profile { first, counters: None, counted }
            }
            _ => Profile { first, counters: Some(Counters { header, address: 0, len }), counted: None },
        })
    }

    /// Finds room for the counters.
    pub fn place(&mut self, placement: &mut Placement) -> Result<()> {
        match &mut self.counters {
            Some(counters) => {
                counters.address = placement.reserve(counters.len)?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Where the program counts, if it does.
    pub fn counters(&self) -> Option<&Counters> {
        self.counters.as_ref()
    }

    /// The number of a body's first counter.
    pub fn first(&self, body: usize) -> u32 {
        self.first.get(body).copied().unwrap_or_default()
    }

    /// Whether there is something to be read.
    pub fn is_used(&self) -> bool {
        self.counted.is_some()
    }

    /// What counters counted, if there is a profile.
    pub fn counts(&self, first: u32, width: u32) -> Option<&[u64]> {
        self.counted.as_ref().map(|counted| &counted.counts[first as usize..(first + width) as usize])
    }

    /// How often a body was called; 0 without a profile.
    pub fn calls(&self, body: usize) -> u64 {
        self.counts(self.first(body), 1).map_or(0, |counts| counts[0])
    }

    /// Whether a call that happens so often is worth its cost in code.
    pub fn is_hot(&self, calls: u64) -> bool {
        self.counted.as_ref().is_some_and(|counted| calls >= counted.hot)
    }

    /// Where the code of a body should be: the hot, those that were called, the others.
    pub fn rank(&self, body: usize) -> u8 {
        match self.calls(body) {
            0 => 2,
            calls if self.is_hot(calls) => 0,
            _ => 1,
        }
    }
}

/// What a profile of the module begins with.
fn header(wasm: &[u8], count: u64) -> [u8; HEADER_SIZE as usize] {
    let mut header = [0; HEADER_SIZE as usize];
    header[..MAGIC.len()].copy_from_slice(MAGIC);
    header[SHA256].copy_from_slice(&Sha256::digest(wasm));
    header[COUNT].copy_from_slice(&count.to_le_bytes());
    header
}

/// Reads a profile that must begin with this header and have this length.
fn read(file: &[u8], expected: &[u8], len: u64, first: &[u32]) -> Result<Counted> {
    let malformed = |what: String| Err(Error::new(ErrorKind::Malformed, what));
    if !file.starts_with(&MAGIC[..]) {
        return malformed("the profile is none, or was made by another version of wexe".to_owned());
    }
    let Some((header, counters)) = file.split_at_checked(HEADER_SIZE as usize) else {
        return malformed(format!("the profile is damaged: it has {} bytes instead of {len}", file.len()));
    };
    if header[SHA256] != expected[SHA256] {
        return Err(Error::new(ErrorKind::Malformed, "the profile is of another module")
            .hint("make a new one: build this module with --profile-generate, and run it"));
    }
    if header != expected || file.len() as u64 != len {
        return malformed(format!("the profile is damaged: it has {} bytes instead of {len}", file.len()));
    }
    let counts: Vec<u64> =
        counters.chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes"))).collect();
    let mut calls: Vec<u64> = first[..first.len() - 1].iter().map(|entry| counts[*entry as usize]).collect();
    calls.sort_unstable_by(|left, right| right.cmp(left));
    let total: u128 = calls.iter().map(|count| u128::from(*count)).sum();
    if total == 0 {
        return malformed("the profile is empty: the program that was to make it has called no function".to_owned());
    }
    let mut sum = 0;
    let hot = calls.into_iter().find(|count| {
        sum += u128::from(*count);
        sum * 100 >= total * HOT_PERCENT
    });
    Ok(Counted { counts, hot: hot.expect("their sum is the total") })
}

const _: () = assert!(profile::MAX_BYTES < 1 << 32);
