//! The note in an executable: written when it is made, and read again for `wexe inspect`.
//!
//! What is read is anyone's file: every length is checked, and nothing is believed but that it is bytes.

use crate::confinement::Confinement;
use crate::error::{Error, ErrorKind, Result};
use crate::module::Module;
use crate::options::Options;
use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, ReadCache, ReadCacheOps, elf};
use sha2::{Digest, Sha256};
use std::ffi::CString;
use wexe_abi::capabilities::{self, Capability};
use wexe_abi::note::{self, Fact};
use wexe_abi::program::CONFINE_TO_DIRECTORIES;

/// What an executable says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Facts with their texts, in the order they were written.
    pub facts: Vec<(Fact, String)>,
    pub capabilities: Vec<(Capability, String)>,
    pub locked: bool,
}

/// The contents of the section.
pub(crate) fn write(
    wasm: &[u8],
    module: &Module<'_>,
    options: &Options,
    confinement: &Confinement,
    at_start: &[&str],
    granted: &[u8],
) -> Vec<u8> {
    let mut records = Vec::new();
    let mut put = |fact: Fact, text: &str| {
        // Names of imports may hold a NUL, at which the record ends early.
        let text = CString::new(text.split('\0').next().unwrap_or_default()).expect("it is cut off at the first NUL");
        capabilities::encode(fact as u8, &text, &mut records);
    };
    put(Fact::Wexe, env!("CARGO_PKG_VERSION"));
    put(Fact::Cranelift, cranelift_codegen::VERSION);
    put(Fact::Cpu, options.cpu.name());
    put(Fact::Sha256, &Sha256::digest(wasm).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let mut of = None;
    for import in &module.imports {
        if of != Some(import.module) {
            of = Some(import.module);
            put(Fact::Module, import.module);
        }
        put(Fact::Import, import.name);
    }
    for tree in &options.embedded.trees {
        put(Fact::Embedded, &tree.name);
    }
    if let Some(limit) = options.embedded.overlay {
        put(Fact::Overlay, &limit.to_string());
    }
    for call in &confinement.calls {
        put(Fact::SystemCall, &call.to_string());
    }
    if at_start.contains(&CONFINE_TO_DIRECTORIES) {
        put(Fact::Landlock, "");
    }
    records.extend_from_slice(granted);

    let mut bytes = Vec::new();
    for field in [note::NAME.len() as u32, records.len() as u32, note::TYPE] {
        bytes.extend(field.to_le_bytes());
    }
    for part in [note::NAME, &records] {
        bytes.extend_from_slice(part);
        bytes.resize(bytes.len().next_multiple_of(note::ALIGNMENT as usize), 0);
    }
    bytes
}

/// A longer note is none of ours: most executables have one of a few hundred bytes.
const LONGEST: u64 = 64 << 20;

/// Reads the note of the executable in `file`, and little more of it than that.
pub fn read(file: impl ReadCacheOps) -> Result<Note> {
    let cache = ReadCache::new(file);
    let header = elf::FileHeader64::<Endianness>::parse(&cache);
    let header = header.map_err(|_| malformed("not an executable for 64-bit Linux"))?;
    let endian = header.endian().map_err(damaged)?;
    // A file of no sections that says how many they are elsewhere, which could be any number.
    if header.e_shnum(endian) == 0 {
        return Err(malformed("not made by wexe, or its sections were removed"));
    }
    for section in header.section_headers(endian, &cache).map_err(damaged)? {
        if section.sh_type(endian) != elf::SHT_NOTE || section.sh_size(endian) > LONGEST {
            continue;
        }
        let Some(mut notes) = section.notes(endian, &cache).map_err(damaged)? else { continue };
        while let Some(found) = notes.next().map_err(damaged)? {
            if found.name_bytes() == note::NAME {
                return match found.n_type(endian) {
                    elf::NoteType(note::TYPE) => decode(found.desc()),
                    _ => Err(malformed("made by another version of wexe")),
                };
            }
        }
    }
    Err(malformed("not made by wexe"))
}

fn malformed(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, what)
}

fn damaged(error: impl std::fmt::Display) -> Error {
    malformed(format!("damaged: {error}"))
}

/// The records of a note → what they say.
fn decode(records: &[u8]) -> Result<Note> {
    let mut note = Note::default();
    let mut understood = 0;
    for (letter, text) in capabilities::decode(records) {
        understood += text.len() + 2;
        let fact = Fact::ALL.iter().find(|fact| **fact as u8 == letter);
        let capability = Capability::ALL.iter().find(|capability| capability.letter() == letter);
        let text = String::from_utf8_lossy(text).into_owned();
        match (fact, capability) {
            (Some(fact), _) => note.facts.push((*fact, text)),
            (_, Some(capability)) => note.capabilities.push((*capability, text)),
            _ if letter == capabilities::LOCKED => note.locked = true,
            _ => return Err(malformed("its note says something that this version of wexe does not know")),
        }
    }
    if understood == records.len() { Ok(note) } else { Err(damaged("its note is cut off")) }
}
