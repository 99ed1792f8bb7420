//! Modules → the descriptors that the runtime starts from: `wexe.program`, and `wexe.script` for test scripts.

use super::blob::{Blob, Pointee, Section};
use super::{ModuleObject, Places, Writer, embed};
use crate::confinement::Filter;
use crate::error::Result;
use crate::options::Embedded;
use crate::profile::Counters;
use wexe_abi::profile;
use wexe_abi::program::Program;
use wexe_abi::script;

/// What the runtime needs to know about a program besides its modules.
pub(crate) struct Entry<'a> {
    pub cpu_features: u64,
    /// Encoded capabilities.
    pub capabilities: &'a [u8],
    /// Symbols of functions of the runtime to call at start.
    pub at_start: &'a [&'a str],
    /// Contents of the section that `wexe inspect` reads.
    pub note: &'a [u8],
    /// Functions to call, by index: `_initialize`, then `_start` or the invoked export.
    pub calls: &'a [u32],
    /// Symbol of a function of the runtime to call after them, if only one is called.
    pub at_end: Option<&'a str>,
    /// Types of the invoked export in the binary format.
    pub params: &'a [u8],
    pub results: &'a [u8],
    pub filter: &'a Filter,
    pub embedded: &'a Embedded,
    /// Where the program counts what it does, if it does.
    pub counters: Option<&'a Counters>,
}

/// Adds the program's descriptor to the object of its only module.
pub(crate) fn emit_program(object: ModuleObject, entry: &Entry<'_>) -> Result<Vec<u8>> {
    let ModuleObject { mut writer, mut relro, places, descriptor } = object;
    let functions = entry.calls.iter().map(|function| Pointee::Section(Section::Text, places.array_calls[function]));
    let mut calls: Vec<Pointee> = functions.collect();
    calls.extend(entry.at_end.map(|symbol| Pointee::Symbol(writer.external(symbol))));
    let at_start: Vec<Pointee> = entry.at_start.iter().map(|symbol| Pointee::Symbol(writer.external(symbol))).collect();
    let arrays = Arrays {
        capabilities: Array::bytes(&mut relro, entry.capabilities),
        at_start: Array::pointers(&mut relro, &at_start),
        modules: Array::pointers(&mut relro, &[Pointee::Section(Section::Relro, descriptor)]),
        params: Array::bytes(&mut relro, entry.params),
        results: Array::bytes(&mut relro, entry.results),
        filter: Array::instructions(&mut relro, entry.filter),
    };
    let embedded = embed::put(entry.embedded, &mut writer, &mut relro)?;
    let program = put_program(&mut relro, entry.cpu_features, &calls, &arrays, entry.filter.process as u64, embedded);
    writer.define(b"wexe.program".to_vec(), Section::Relro, program, size_of::<Program>() as u64, true);
    if let Some(counters) = entry.counters {
        let (offset, size) = (put_counters(&mut relro, counters, &places), size_of::<profile::Descriptor>());
        writer.define(profile::DESCRIPTOR.into(), Section::Relro, offset, size as u64, true);
    }
    writer.fill(Section::Relro, relro, 16)?;
    writer.add_note(entry.note);
    writer.finish()
}

/// What a program's descriptor points to.
#[derive(Default)]
struct Arrays {
    capabilities: Array,
    at_start: Array,
    modules: Array,
    params: Array,
    results: Array,
    filter: Array,
}

/// Where it is, and how many elements it has.
#[derive(Default)]
struct Array(u64, u64);

impl Array {
    fn bytes(relro: &mut Blob, bytes: &[u8]) -> Array {
        Array(relro.put(bytes, 1), bytes.len() as u64)
    }

    fn pointers(relro: &mut Blob, pointers: &[Pointee]) -> Array {
        let offset = relro.align(8);
        for pointer in pointers {
            relro.put_pointer(*pointer);
        }
        Array(offset, pointers.len() as u64)
    }

    fn instructions(relro: &mut Blob, filter: &Filter) -> Array {
        Array(relro.put(filter.instructions.as_flattened(), 8), filter.instructions.len() as u64)
    }

    fn put(&self, relro: &mut Blob) {
        let Array(offset, len) = *self;
        relro.put_pointer(if len == 0 { Pointee::Null } else { Pointee::Section(Section::Relro, offset) });
        relro.put_u64(len);
    }
}

/// Writes `wexe_abi::program::Program`; its offset.
fn put_program(
    relro: &mut Blob,
    cpu_features: u64,
    calls: &[Pointee],
    arrays: &Arrays,
    filter_process: u64,
    embedded: Pointee,
) -> u64 {
    let program = relro.align(8);
    relro.put_u64(cpu_features);
    arrays.capabilities.put(relro);
    arrays.at_start.put(relro);
    arrays.modules.put(relro);
    relro.put_pointer(calls.first().copied().unwrap_or(Pointee::Null));
    relro.put_pointer(calls.get(1).copied().unwrap_or(Pointee::Null));
    arrays.params.put(relro);
    arrays.results.put(relro);
    arrays.filter.put(relro);
    relro.put_u64(filter_process);
    relro.put_pointer(embedded);
    debug_assert_eq!(relro.bytes.len() as u64 - program, size_of::<Program>() as u64);
    program
}

/// Writes `wexe_abi::profile::Descriptor`; its offset.
fn put_counters(relro: &mut Blob, counters: &Counters, places: &Places) -> u64 {
    let descriptor = relro.put(&counters.header, 8);
    relro.put_u64(counters.address);
    relro.put_u64(counters.len);
    let records = places.records.values().min();
    relro.put_pointer(records.map_or(Pointee::Null, |offset| Pointee::Section(Section::Rodata, *offset)));
    debug_assert_eq!(relro.bytes.len() as u64 - descriptor, size_of::<profile::Descriptor>() as u64);
    descriptor
}

/// What a command of a script calls, by symbol.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Instantiate,
    Function(u32),
    Global(u32),
}

/// One command of a script.
pub(crate) struct Command {
    pub module: usize,
    pub call: Call,
    pub arguments: Vec<[u8; 16]>,
    pub results: usize,
}

/// All of them, with the prefixes of the modules.
pub(crate) struct Commands<'a> {
    pub cpu_features: u64,
    pub prefixes: &'a [String],
    pub commands: &'a [Command],
}

impl ModuleObject {
    /// The object of one module among several, which offers its descriptor and entries as symbols.
    pub(crate) fn finish_module(self, prefix: &str) -> Result<Vec<u8>> {
        let ModuleObject { mut writer, relro, places, descriptor } = self;
        writer.define(format!("{prefix}module").into(), Section::Relro, descriptor, 0, true);
        for (function, offset) in &places.array_calls {
            writer.define(format!("{prefix}call{function}").into(), Section::Text, *offset, 0, true);
        }
        for (global, offset) in &places.global_reads {
            writer.define(format!("{prefix}get{global}").into(), Section::Text, *offset, 0, true);
        }
        writer.fill(Section::Relro, relro, 16)?;
        writer.finish()
    }
}

/// The object with the commands of a test script.
pub(crate) fn emit_script(commands: &Commands<'_>) -> Result<Vec<u8>> {
    let mut writer = Writer::new();
    let mut relro = Blob::default();
    let here = |offset| Pointee::Section(Section::Relro, offset);
    let modules: Vec<Pointee> =
        commands.prefixes.iter().map(|prefix| Pointee::Symbol(writer.external(&format!("{prefix}module")))).collect();
    let arrays = Arrays { modules: Array::pointers(&mut relro, &modules), ..Arrays::default() };
    let arguments: Vec<u64> =
        commands.commands.iter().map(|command| relro.put(command.arguments.as_flattened(), 16)).collect();
    let list = relro.align(8);
    for (command, arguments) in commands.commands.iter().zip(arguments) {
        let prefix = &commands.prefixes[command.module];
        relro.put_pointer(modules[command.module]);
        relro.put_pointer(match command.call {
            Call::Instantiate => Pointee::Null,
            Call::Function(function) => Pointee::Symbol(writer.external(&format!("{prefix}call{function}"))),
            Call::Global(global) => Pointee::Symbol(writer.external(&format!("{prefix}get{global}"))),
        });
        relro.put_pointer(here(arguments));
        relro.put_u64(command.arguments.len() as u64);
        relro.put_u64(command.results as u64);
    }
    let script = relro.align(8);
    relro.put_pointer(here(list));
    relro.put_u64(commands.commands.len() as u64);
    let program = put_program(&mut relro, commands.cpu_features, &[], &arrays, 0, Pointee::Null);
    writer.define(b"wexe.script".to_vec(), Section::Relro, script, size_of::<script::Script>() as u64, true);
    writer.define(b"wexe.program".to_vec(), Section::Relro, program, size_of::<Program>() as u64, true);
    writer.fill(Section::Relro, relro, 16)?;
    writer.finish()
}
