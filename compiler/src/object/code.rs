//! Compiled units → the text section, its symbols, and the tables that explain an address in it.

use super::blob::{Blob, Pointee, Section};
use super::{Places, Writer, function_of, function_symbol};
use crate::codegen::{self, Compiled, Relocation, Unit};
use crate::translate::Environment;
use std::collections::{BTreeMap, HashMap};
use wexe_abi::program::Handler;

/// Alignment of the text: a cache line, which functions with small loops begin with.
pub(super) const ALIGNMENT: u64 = 64;
/// `int3`, so that nothing runs on from one function into the next.
const PADDING: u8 = 0xcc;

/// The text section before its relocations are resolved.
pub(super) struct Text {
    pub bytes: Vec<u8>,
    pub places: Places,
    /// Unit, offset and size of each.
    pub functions: Vec<(Unit, u64, u64)>,
    /// Relocations, with the offset of the function they are relative to.
    pub relocations: Vec<(u64, Relocation)>,
    pub tables: Tables,
}

/// Where the tables of the `Code` descriptor are in the read-only data.
pub(super) struct Tables {
    trap_offsets: u64,
    trap_codes: u64,
    trap_count: u64,
    function_offsets: u64,
    name_offsets: u64,
    function_count: u64,
    names: u64,
    sites: u64,
    first: u64,
    site_count: u64,
    handlers: u64,
}

/// Puts the units behind each other.
pub(super) fn lay_out(environment: Environment<'_>, compiled: Vec<Compiled>, rodata: &mut Blob) -> Text {
    let mut bytes = Vec::with_capacity(compiled.iter().map(|unit| unit.code.len() + 32).sum());
    let mut places = Places {
        functions: HashMap::new(),
        array_calls: BTreeMap::new(),
        global_reads: BTreeMap::new(),
        instantiate: None,
        records: HashMap::new(),
        elements: HashMap::new(),
        data: HashMap::new(),
    };
    let mut functions = Vec::with_capacity(compiled.len());
    let mut relocations = Vec::new();
    let mut explained = Explained::default();
    for unit in compiled {
        let base = (bytes.len() as u64).next_multiple_of(u64::from(unit.alignment));
        bytes.resize(base as usize, PADDING);
        bytes.extend_from_slice(&unit.code);
        functions.push((unit.unit, base, unit.code.len() as u64));
        relocations.extend(unit.relocations.iter().map(|relocation| (base, *relocation)));
        explained.add(environment, &unit, base as u32);
        match unit.unit {
            Unit::ArrayCall(function) => drop(places.array_calls.insert(function, base)),
            Unit::GlobalRead(global) => drop(places.global_reads.insert(global, base)),
            Unit::Instantiate => places.instantiate = Some(base),
            Unit::Body(_) | Unit::HostThunk(_) => {
                let function = function_of(environment, unit.unit).expect("a function of the index space");
                places.functions.insert(function, base);
            }
        }
    }
    let tables = explained.write(rodata);
    Text { bytes, places, functions, relocations, tables }
}

/// The tables being collected.
#[derive(Default)]
struct Explained {
    trap_offsets: Vec<u32>,
    trap_codes: Vec<u8>,
    function_offsets: Vec<u32>,
    name_offsets: Vec<u32>,
    names: Vec<u8>,
    sites: Vec<u32>,
    first: Vec<u32>,
    handlers: Vec<Handler>,
}

impl Explained {
    fn add(&mut self, environment: Environment<'_>, unit: &Compiled, base: u32) {
        for (offset, trap) in &unit.traps {
            self.trap_offsets.push(base + offset);
            self.trap_codes.push(*trap as u8);
        }
        self.function_offsets.push(base);
        self.name_offsets.push(self.names.len() as u32);
        // The way in from the runtime is not part of a backtrace; without a name it is left out.
        if !matches!(unit.unit, Unit::ArrayCall(_)) {
            self.names.extend(codegen::title(environment, unit.unit).bytes());
        }
        for site in &unit.call_sites {
            self.sites.push(base + site.return_offset);
            self.first.push(self.handlers.len() as u32);
            self.handlers.extend(site.handlers.iter().map(|(tag, offset)| Handler {
                tag: tag.unwrap_or(u32::MAX),
                offset: base + offset,
                frame_offset: site.frame_offset,
            }));
        }
    }

    fn write(mut self, rodata: &mut Blob) -> Tables {
        self.name_offsets.push(self.names.len() as u32);
        self.first.push(self.handlers.len() as u32);
        let handlers = self.handlers.iter();
        Tables {
            trap_count: self.trap_offsets.len() as u64,
            function_count: self.function_offsets.len() as u64,
            site_count: self.sites.len() as u64,
            trap_offsets: rodata.put_u32s(self.trap_offsets),
            trap_codes: rodata.put(&self.trap_codes, 1),
            function_offsets: rodata.put_u32s(self.function_offsets),
            name_offsets: rodata.put_u32s(self.name_offsets),
            names: rodata.put(&self.names, 1),
            sites: rodata.put_u32s(self.sites),
            first: rodata.put_u32s(self.first),
            handlers: rodata.put_u32s(handlers.flat_map(|handler| [handler.tag, handler.offset, handler.frame_offset])),
        }
    }
}

/// Writes `wexe_abi::program::Code`.
pub(super) fn descriptor(tables: &Tables, text_len: u64) -> Blob {
    let mut blob = Blob::default();
    let rodata = |offset| Pointee::Section(Section::Rodata, offset);
    blob.put_pointer(Pointee::Section(Section::Text, 0));
    blob.put_u64(text_len);
    blob.put_pointer(rodata(tables.trap_offsets));
    blob.put_pointer(rodata(tables.trap_codes));
    blob.put_u64(tables.trap_count);
    blob.put_pointer(rodata(tables.function_offsets));
    blob.put_pointer(rodata(tables.name_offsets));
    blob.put_u64(tables.function_count);
    blob.put_pointer(rodata(tables.names));
    blob.put_pointer(rodata(tables.sites));
    blob.put_pointer(rodata(tables.first));
    blob.put_u64(tables.site_count);
    blob.put_pointer(rodata(tables.handlers));
    debug_assert_eq!(blob.bytes.len(), size_of::<wexe_abi::program::Code>());
    blob
}

/// One symbol for each function: local and named for people in a program of one module, else global and numbered.
pub(super) fn define_symbols(environment: Environment<'_>, writer: &mut Writer<'_>, functions: &[(Unit, u64, u64)]) {
    let declarations = environment.declarations;
    for (unit, offset, size) in functions {
        let prefix = &declarations.prefix;
        match function_of(environment, *unit) {
            Some(function) if !prefix.is_empty() => {
                let callee = &declarations.functions[function as usize].callee;
                let name = function_symbol(prefix, callee, function);
                writer.define(name.into(), Section::Text, *offset, *size, true);
            }
            _ => {
                let name = symbol_name(&codegen::title(environment, *unit));
                writer.define(name.into(), Section::Text, *offset, *size, false);
            }
        }
    }
}

/// A name fit for a symbol table: no version separators, no spaces or control characters, not endless.
fn symbol_name(name: &str) -> String {
    const MAX_CHARS: usize = 1000;
    let fit = |c: char| if c == '@' || c.is_control() || c.is_whitespace() { '_' } else { c };
    name.chars().take(MAX_CHARS).map(fit).collect()
}
