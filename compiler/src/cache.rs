//! Machine code that was generated before, for compilations of almost the same module.
//!
//! It is found by what it was generated from: the function as Cranelift gets it. There, what a function refers to has
//! numbers in the order of first use, and source positions are relative; so a function's code is known even if others
//! were added before it. A pack, the form in which code goes from one compilation to the next, is
//! - a line that says what it is, [`MAGIC`];
//! - entries: key (32 bytes), length (4 bytes, little endian like all numbers) and that many bytes, see [`write`];
//! - the SHA-256 of all that.

use crate::codegen::{CallSite, Code, Reference};
use crate::declare::Memory;
use crate::error::Result;
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::TargetIsa;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use wexe_abi::trap::Trap;

const MAGIC: &[u8] = b"wexe functions 1\n";
/// Bytes of a hash.
const HASH: usize = 32;

type Key = [u8; HASH];

/// The code of functions, from one compilation to the next.
#[derive(Debug)]
pub struct Cache {
    /// Of the compiler, so that another one's code is not used.
    identity: Vec<u8>,
    pack: Vec<u8>,
    /// Where the entries are in the pack.
    known: HashMap<Key, Range<usize>>,
    /// The entries of this compilation.
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    entries: Vec<u8>,
    has_new: bool,
}

impl Cache {
    /// What [`Cache::pack`] returned earlier; of anything else, nothing is known. `identity` tells compilers apart that
    /// could generate different code.
    pub fn new(identity: &[u8], pack: Vec<u8>) -> Cache {
        let known = entries(&pack).unwrap_or_default();
        Cache { identity: identity.to_vec(), pack, known, used: Mutex::default() }
    }

    /// All code of the compilation that this was given to, if there is anything new in it.
    pub fn pack(&self) -> Option<Vec<u8>> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if !used.has_new {
            return None;
        }
        let mut pack = [MAGIC, &used.entries].concat();
        let hash = Sha256::digest(&pack);
        pack.extend(hash);
        Some(pack)
    }

    /// The code for one target, of a module whose memory at the low address is this one.
    pub(crate) fn target(&self, isa: &dyn TargetIsa, memory: Option<&Memory>) -> CacheTarget<'_> {
        let mut prefix = Hash256(Sha256::new());
        self.identity.hash(&mut prefix);
        memory.map(|memory| memory.state).hash(&mut prefix);
        isa.flags().to_string().hash(&mut prefix);
        for flag in isa.isa_flags() {
            flag.to_string().hash(&mut prefix);
        }
        CacheTarget { cache: self, prefix }
    }

    fn known(&self, key: &Key) -> Option<Code> {
        read(&self.pack[self.known.get(key)?.clone()])
    }

    fn keep(&self, key: &Key, code: &Code, is_new: bool) {
        let entry = write(code);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.has_new |= is_new;
        used.entries.extend(key);
        used.entries.extend((entry.len() as u32).to_le_bytes());
        used.entries.extend(entry);
    }
}

/// The part of a cache that is for one target.
pub(crate) struct CacheTarget<'a> {
    cache: &'a Cache,
    /// What all keys are hashed from, but for the function.
    prefix: Hash256,
}

impl CacheTarget<'_> {
    /// A function's code: what is known of it, or what `generate` makes.
    pub fn code(&self, function: Function, generate: impl FnOnce(Function) -> Result<Code>) -> Result<Code> {
        let mut hash = self.prefix.clone();
        function.stencil.hash(&mut hash);
        let key = hash.0.finalize().into();
        let known = self.cache.known(&key);
        let is_new = known.is_none();
        let code = known.map_or_else(|| generate(function), Ok)?;
        self.cache.keep(&key, &code, is_new);
        Ok(code)
    }
}

/// The entries of a pack, unless it is damaged.
fn entries(pack: &[u8]) -> Option<HashMap<Key, Range<usize>>> {
    let (contents, hash) = pack.split_at_checked(pack.len().checked_sub(HASH)?)?;
    if !contents.starts_with(MAGIC) || Sha256::digest(contents)[..] != *hash {
        return None;
    }
    let mut entries = HashMap::new();
    let mut at = MAGIC.len();
    while at < contents.len() {
        let (key, rest) = contents[at..].split_first_chunk::<HASH>()?;
        let len = u32::from_le_bytes(*rest.first_chunk()?) as usize;
        let start = at + HASH + 4;
        at = start.checked_add(len).filter(|end| *end <= contents.len())?;
        entries.insert(*key, start..at);
    }
    Some(entries)
}

#[derive(Clone)]
struct Hash256(Sha256);

impl Hasher for Hash256 {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the whole hash is asked for")
    }
}

/// Numbers, one after the other: alignment; code, references, traps and call sites, each with how many there are. What
/// is absent is zero, what may be is one more.
fn write(code: &Code) -> Vec<u8> {
    let mut out = Vec::with_capacity(code.code.len() + 64);
    let mut put = |number: u32| out.extend(number.to_le_bytes());
    put(code.alignment);
    put(code.references.len() as u32);
    for reference in &code.references {
        put(reference.offset);
        put(reference.name);
        put(reference.addend as i32 as u32);
        put(u32::from(reference.is_call));
    }
    put(code.traps.len() as u32);
    for &(offset, trap) in &code.traps {
        put(offset);
        put(trap as u32);
    }
    put(code.call_sites.len() as u32);
    for site in &code.call_sites {
        put(site.return_offset);
        put(site.frame_offset);
        put(site.handlers.len() as u32);
        for &(tag, offset) in &site.handlers {
            put(u32::from(tag.is_some()));
            put(tag.unwrap_or(0));
            put(offset);
        }
    }
    out.extend(&code.code);
    out
}

fn read(mut entry: &[u8]) -> Option<Code> {
    let mut take = || {
        let (number, rest) = entry.split_first_chunk()?;
        entry = rest;
        Some(u32::from_le_bytes(*number))
    };
    let alignment = take()?;
    let mut references = Vec::new();
    for _ in 0..take()? {
        let (offset, name) = (take()?, take()?);
        references.push(Reference { offset, name, addend: i64::from(take()? as i32), is_call: take()? != 0 });
    }
    let mut traps = Vec::new();
    for _ in 0..take()? {
        traps.push((take()?, Trap::from_code(u8::try_from(take()?).ok()?)?));
    }
    let mut call_sites = Vec::new();
    for _ in 0..take()? {
        let (return_offset, frame_offset) = (take()?, take()?);
        let mut handlers = Vec::new();
        for _ in 0..take()? {
            let (has_tag, tag) = (take()? != 0, take()?);
            handlers.push((has_tag.then_some(tag), take()?));
        }
        call_sites.push(CallSite { return_offset, frame_offset, handlers });
    }
    Some(Code { code: entry.to_vec(), alignment, references, traps, call_sites })
}
