//! Which counters a module has, and what a profile says that they counted.
//!
//! Counters are numbered by the module alone: of each body the entry, then its instructions in their order, as many
//! each as [`width`] says. So a profile is an array, and needs no names. Whatever its numbers are, they only decide how
//! good the code is, never what it does.

use crate::constant::{self, Constant};
use crate::declare::{Declarations, Placement, function_items};
use crate::error::{Error, ErrorKind, Result};
use crate::module::Module;
use crate::options::Options;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use wasmparser::{ElementKind, FunctionBody, Operator};
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
    /// The counters of loops.
    loops: Vec<u32>,
    counters: Option<Counters>,
    counted: Option<Counted>,
    /// Tables that an instruction writes to.
    written: HashSet<u32>,
    /// An index of each function in each table that stays what its segments make it, by table and function.
    indices: HashMap<(u32, u32), u32>,
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
    /// What is called or repeated so often, or more, makes [`HOT_PERCENT`] of all calls and repetitions.
    hot: u64,
}

const HOT_PERCENT: u128 = 99;
/// A call is hot if it happens more often than every so manyth time of the least that is hot.
const HOT_CALL: u64 = 8;

/// How many counters an instruction has: of a loop, how often it begins a round; of a condition, how often it is false
/// and how often true; of a table, how often it leads to each of its labels; of an indirect call, whom it calls.
pub(crate) fn width(operator: &Operator<'_>) -> u32 {
    match operator {
        Operator::Loop { .. } => 1,
        Operator::If { .. } | Operator::BrIf { .. } | Operator::BrOnNull { .. } | Operator::BrOnNonNull { .. } => 2,
        Operator::BrTable { targets } => targets.len() + 1,
        Operator::CallIndirect { .. } | Operator::ReturnCallIndirect { .. } => 2 * TARGETS as u32,
        _ => 0,
    }
}

/// The table whose elements an instruction changes.
fn written(operator: &Operator<'_>) -> Option<u32> {
    match operator {
        Operator::TableSet { table } | Operator::TableFill { table } | Operator::TableInit { table, .. } => {
            Some(*table)
        }
        Operator::TableCopy { dst_table, .. } => Some(*dst_table),
        _ => None,
    }
}

impl Profile {
    pub fn new(wasm: &[u8], module: &Module<'_>, profiling: Profiling<'_>) -> Result<Profile> {
        if matches!(profiling, Profiling::Off) {
            return Ok(Profile::default());
        }
        let mut profile = Profile { first: vec![0], ..Profile::default() };
        let mut count = 0;
        for (index, body) in module.bodies.iter().enumerate() {
            let function = (module.imported.functions + index) as u32;
            // An instruction has at most three counters for each of its bytes, of which a module has at most 2³⁰.
            count = profile.scan(body, count).map_err(|error| error.in_function(module.function_name(function)))?;
            profile.first.push(count);
        }
        let header = header(wasm, u64::from(count));
        let len = HEADER_SIZE + 8 * u64::from(count);
        match profiling {
            Profiling::Use(file) => profile.read(file, &header, len)?,
            _ => profile.counters = Some(Counters { header, address: 0, len }),
        }
        Ok(profile)
    }

    /// Numbers the counters of a body from `first` on; where those of the next body begin. Notes which tables it writes
    /// to.
    fn scan(&mut self, body: &FunctionBody<'_>, first: u32) -> Result<u32> {
        let mut next = first + 1;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            if let Operator::Loop { .. } = operator {
                self.loops.push(next);
            }
            next += width(&operator);
            self.written.extend(written(&operator));
        }
        Ok(next)
    }

    /// Reads a profile that must begin with this header and have this length.
    fn read(&mut self, file: &[u8], expected: &[u8], len: u64) -> Result<()> {
        let counts = counts(file, expected, len)?;
        let entries = &self.first[..self.first.len() - 1];
        let mut arrivals: Vec<u64> =
            entries.iter().chain(&self.loops).map(|counter| counts[*counter as usize]).collect();
        arrivals.sort_unstable_by(|left, right| right.cmp(left));
        let total: u128 = arrivals.iter().map(|count| u128::from(*count)).sum();
        let mut sum = 0;
        let hot = arrivals.into_iter().find(|count| {
            sum += u128::from(*count);
            sum * 100 >= total * HOT_PERCENT
        });
        let hot = hot.filter(|hot| *hot > 0).ok_or_else(|| malformed("it is empty: the program called no function"))?;
        self.counted = Some(Counted { counts, hot });
        Ok(())
    }

    /// Finds room for the counters, or what the code that suits the profile must know of tables.
    pub fn place(&mut self, module: &Module<'_>, declarations: &Declarations, placement: &mut Placement) -> Result<()> {
        if let Some(counters) = &mut self.counters {
            counters.address = placement.reserve(counters.len)?;
        }
        if self.counted.is_some() {
            for table in module.imported.tables as u32..module.tables.len() as u32 {
                if !self.written.contains(&table) {
                    let elements = elements(module, declarations, table)?;
                    self.indices.extend(elements.into_iter().map(|(index, function)| ((table, function), index)));
                }
            }
        }
        Ok(())
    }

    /// Where in a table a function always is, if it is known.
    pub fn index(&self, table: u32, function: u32) -> Option<u32> {
        self.indices.get(&(table, function)).copied()
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
        self.counted.as_ref().is_some_and(|counted| calls >= counted.hot.div_ceil(HOT_CALL))
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

/// The functions that a table holds after its segments were applied, by index; none if some place is not known.
fn elements(module: &Module<'_>, declarations: &Declarations, table: u32) -> Result<BTreeMap<u32, u32>> {
    let mut elements = BTreeMap::new();
    for element in &module.elements {
        let ElementKind::Active { table_index, offset_expr } = &element.kind else { continue };
        if table_index.unwrap_or(0) != table {
            continue;
        }
        let offset = constant::evaluate(offset_expr, &declarations.globals).and_then(Constant::as_index);
        let (Some(offset), Some(functions)) = (offset, function_items(element)?) else { return Ok(BTreeMap::new()) };
        for (index, function) in (offset..).zip(functions) {
            // Beyond the largest table, the segment traps before any code runs.
            let Ok(index) = u32::try_from(index) else { break };
            match function {
                Some(function) => elements.insert(index, function),
                None => elements.remove(&index),
            };
        }
    }
    Ok(elements)
}

/// What a profile of the module begins with.
fn header(wasm: &[u8], count: u64) -> [u8; HEADER_SIZE as usize] {
    let mut header = [0; HEADER_SIZE as usize];
    header[..MAGIC.len()].copy_from_slice(MAGIC);
    header[SHA256].copy_from_slice(&Sha256::digest(wasm));
    header[COUNT].copy_from_slice(&count.to_le_bytes());
    header
}

/// The counters of a profile that must begin with this header and have this length.
fn counts(file: &[u8], expected: &[u8], len: u64) -> Result<Vec<u64>> {
    if !file.starts_with(MAGIC) {
        return Err(malformed("it is none, or was made by another version of wexe"));
    }
    let (header, counters) = file.split_at(file.len().min(HEADER_SIZE as usize));
    if header.len() == expected.len() && header[SHA256] != expected[SHA256] {
        return Err(malformed("it is of another module")
            .hint("make a new one: build this module with --profile-generate, and run it"));
    }
    if file.len() as u64 != len {
        return Err(malformed(&format!("it is damaged: it has {} bytes instead of {len}", file.len())));
    }
    if header != expected {
        return Err(malformed("its header is damaged"));
    }
    let count = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    Ok(counters.chunks_exact(8).map(count).collect())
}

/// Why the profile cannot be used.
fn malformed(why: &str) -> Error {
    Error::new(ErrorKind::Malformed, format!("cannot use the profile: {why}"))
}

const _: () = assert!(profile::MAX_BYTES < 1 << 32);
