//! Machine code and declarations → ELF object.
//!
//! A module becomes four sections (see [`blob::Section`]) and one symbol per function. Calls inside the module are
//! resolved here; relocations are left only for what other objects define and for addresses in data.

mod blob;
mod code;
mod data;
mod embed;
mod program;

pub(crate) use program::{Call, Command, Commands, Entry, emit_program, emit_script};

use crate::codegen::{Compiled, Relocation, Unit};
use crate::declare::Callee;
use crate::error::{Error, ErrorKind, Result};
use crate::translate::{Environment, Name};
use blob::{Blob, Pointee, Section};
use object::elf;
use object::write::{Object, Relocation as ObjectRelocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope,
};
use std::collections::{BTreeMap, HashMap};
use wexe_abi::note;

/// The kernel's page size; images in linear memory are moved by pages.
const PAGE: u64 = 4096;

/// An object being written.
struct Writer<'a> {
    object: Object<'a>,
    sections: HashMap<Section, (SectionId, SymbolId)>,
    /// Symbols that other objects define.
    externals: HashMap<String, SymbolId>,
}

impl Writer<'_> {
    fn new() -> Self {
        let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
        let mut sections = HashMap::new();
        for section in Section::ALL {
            let (name, kind, flags) = match section {
                Section::Text => (".text", SectionKind::Text, elf::SHF_ALLOC | elf::SHF_EXECINSTR),
                Section::Rodata => (".rodata.wexe", SectionKind::ReadOnlyData, elf::SHF_ALLOC),
                Section::Relro => {
                    (".data.rel.ro.wexe", SectionKind::ReadOnlyDataWithRel, elf::SHF_ALLOC | elf::SHF_WRITE)
                }
                Section::Embedded => (".rodata.wexe.embed", SectionKind::ReadOnlyData, elf::SHF_ALLOC),
                Section::Image => (".wasm_mem", SectionKind::Data, elf::SHF_ALLOC | elf::SHF_WRITE),
            };
            let id = object.add_section(Vec::new(), name.into(), kind);
            object.section_mut(id).flags = SectionFlags::Elf { sh_type: elf::SHT_PROGBITS, sh_flags: flags };
            sections.insert(section, (id, object.section_symbol(id)));
        }
        // Without this note some linkers make the stack executable.
        object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
        Writer { object, sections, externals: HashMap::new() }
    }

    /// A symbol defined in another object.
    fn external(&mut self, name: &str) -> SymbolId {
        if let Some(symbol) = self.externals.get(name) {
            return *symbol;
        }
        let symbol = self.object.add_symbol(Symbol {
            name: name.into(),
            value: 0,
            size: 0,
            kind: SymbolKind::Text,
            scope: SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        });
        self.externals.insert(name.to_owned(), symbol);
        symbol
    }

    /// A symbol for a place in one of the sections.
    fn define(&mut self, name: Vec<u8>, section: Section, value: u64, size: u64, global: bool) {
        let kind = if section == Section::Text { SymbolKind::Text } else { SymbolKind::Data };
        self.object.add_symbol(Symbol {
            name,
            value,
            size,
            kind,
            scope: if global { SymbolScope::Linkage } else { SymbolScope::Compilation },
            weak: false,
            section: SymbolSection::Section(self.sections[&section].0),
            flags: SymbolFlags::None,
        });
    }

    fn relocate(
        &mut self,
        section: Section,
        offset: u64,
        pointee: Pointee,
        addend: i64,
        r_type: elf::RelocationType,
    ) -> Result<()> {
        let (symbol, addend) = match pointee {
            Pointee::Null => return Ok(()),
            Pointee::Section(section, place) => (self.sections[&section].1, addend + place as i64),
            Pointee::Symbol(symbol) => (symbol, addend),
        };
        let flags = RelocationFlags::Elf { r_type };
        self.object
            .add_relocation(self.sections[&section].0, ObjectRelocation { offset, symbol, addend, flags })
            .map_err(object_error)
    }

    /// Fills a section.
    fn fill(&mut self, section: Section, blob: Blob, alignment: u64) -> Result<()> {
        for (offset, pointee) in blob.pointers {
            self.relocate(section, offset, pointee, 0, elf::R_X86_64_64)?;
        }
        for (offset, pointee, addend) in blob.distances {
            self.relocate(section, offset, pointee, addend, elf::R_X86_64_PC32)?;
        }
        self.object.section_mut(self.sections[&section].0).set_data(blob.bytes, alignment);
        Ok(())
    }

    /// Adds the section that `wexe inspect` reads.
    fn add_note(&mut self, note: &[u8]) {
        let section = self.object.add_section(Vec::new(), note::SECTION.into(), SectionKind::Note);
        self.object.section_mut(section).flags =
            SectionFlags::Elf { sh_type: elf::SHT_NOTE, sh_flags: Default::default() };
        self.object.section_mut(section).set_data(note.to_vec(), note::ALIGNMENT);
    }

    fn finish(self) -> Result<Vec<u8>> {
        self.object.write().map_err(object_error)
    }
}

fn object_error(error: object::write::Error) -> Error {
    Error::new(ErrorKind::Limit, format!("the object cannot be written: {error}"))
}

/// Where everything of a module is in its sections.
struct Places {
    /// Offset in the text of each function of the index space that has code here.
    functions: HashMap<u32, u64>,
    /// Offset in the text of each entry from the runtime.
    array_calls: BTreeMap<u32, u64>,
    global_reads: BTreeMap<u32, u64>,
    instantiate: Option<u64>,
    /// Offset in the read-only data of each function's record, by function index.
    records: HashMap<u32, u64>,
    /// Offset in the read-only data of each element segment's function offsets.
    elements: HashMap<u32, u64>,
    /// Offset in the read-only data of each data segment that is not part of an image.
    data: HashMap<u32, u64>,
}

/// What a compiled module's object offers to the program.
pub(crate) struct ModuleObject {
    writer: Writer<'static>,
    relro: Blob,
    places: Places,
    /// Offset of the `Module` descriptor in the section of constants with addresses.
    descriptor: u64,
}

/// Lays out a module's sections. What the program adds to them follows, then they are written.
pub(crate) fn module(environment: Environment<'_>, compiled: Vec<Compiled>) -> Result<ModuleObject> {
    let mut writer = Writer::new();
    let mut rodata = Blob::default();
    let mut relro = Blob::default();
    let mut image = Blob::default();

    let text = code::lay_out(environment, compiled, &mut rodata);
    let mut places = text.places;
    data::segments(environment, &mut rodata, &mut places)?;
    data::records(environment, &mut writer, &mut rodata, &mut places);
    code::define_symbols(environment, &mut writer, &text.functions);
    let code = code::descriptor(&text.tables, text.bytes.len() as u64);
    let descriptor = data::descriptor(environment, &places, code, &mut rodata, &mut relro, &mut image)?;

    let mut bytes = text.bytes;
    for (base, relocation) in text.relocations {
        resolve(environment, &mut writer, &places, &mut bytes, base, relocation)?;
    }
    let text = Blob { bytes, ..Blob::default() };
    writer.fill(Section::Text, text, code::ALIGNMENT)?;
    writer.fill(Section::Rodata, rodata, 16)?;
    writer.fill(Section::Image, image, PAGE)?;
    Ok(ModuleObject { writer, relro, places, descriptor })
}

/// Fills in a field of the code that refers to something, or leaves that to the linker.
fn resolve(
    environment: Environment<'_>,
    writer: &mut Writer<'_>,
    places: &Places,
    text: &mut [u8],
    base: u64,
    relocation: Relocation,
) -> Result<()> {
    let offset = base + u64::from(relocation.offset);
    let pointee = match relocation.target {
        Name::Builtin(builtin) => Pointee::Symbol(writer.external(builtin.symbol())),
        Name::Record(function) => Pointee::Section(Section::Rodata, places.records[&function]),
        Name::Data(segment) => Pointee::Section(Section::Rodata, places.data[&segment]),
        Name::Elements(segment) => Pointee::Section(Section::Rodata, places.elements[&segment]),
        Name::Function(function) => match &environment.declarations.functions[function as usize].callee {
            Callee::Instance(symbol) | Callee::Host(symbol) => Pointee::Symbol(writer.external(symbol)),
            Callee::Body => {
                let distance = places.functions[&function] as i64 - offset as i64 + relocation.addend;
                let distance =
                    i32::try_from(distance).map_err(|_| Error::limit("the module's code is larger than 2 GiB"))?;
                text[offset as usize..offset as usize + 4].copy_from_slice(&distance.to_le_bytes());
                return Ok(());
            }
        },
    };
    let r_type = if relocation.is_call { elf::R_X86_64_PLT32 } else { elf::R_X86_64_PC32 };
    writer.relocate(Section::Text, offset, pointee, relocation.addend, r_type)
}

/// The symbol of a function's code, for other objects: the code itself, or what makes a host function callable.
pub(crate) fn function_symbol(prefix: &str, callee: &Callee, function: u32) -> String {
    match callee {
        Callee::Body | Callee::Host(_) => format!("{prefix}f{function}"),
        Callee::Instance(symbol) => symbol.clone(),
    }
}

/// Whether the unit is code of a function in the index space.
fn function_of(environment: Environment<'_>, unit: Unit) -> Option<u32> {
    match unit {
        Unit::Body(body) => Some((environment.module.imported.functions + body) as u32),
        Unit::HostThunk(function) => Some(function),
        _ => None,
    }
}
