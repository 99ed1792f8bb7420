//! Modules → the descriptors that the runtime starts from: `wexe.program`, and `wexe.script` for test scripts.

use super::blob::{Blob, Pointee, Section};
use super::{ModuleObject, Writer};
use crate::error::Result;
use wexe_abi::program::Program;
use wexe_abi::script;

/// What the runtime needs to know about a program besides its modules.
pub(crate) struct Entry<'a> {
    pub cpu_features: u64,
    /// Encoded capabilities.
    pub capabilities: &'a [u8],
    /// Functions to call, by index: `_initialize`, then `_start` or the invoked export.
    pub calls: &'a [u32],
    /// Types of the invoked export in the binary format.
    pub params: &'a [u8],
    pub results: &'a [u8],
}

/// Adds the program's descriptor to the object of its only module.
pub(crate) fn emit_program(object: ModuleObject, entry: &Entry<'_>) -> Result<Vec<u8>> {
    let ModuleObject { mut writer, mut relro, places, descriptor } = object;
    let capabilities = relro.put(entry.capabilities, 1);
    let params = relro.put(entry.params, 1);
    let results = relro.put(entry.results, 1);
    let modules = relro.align(8);
    relro.put_pointer(Pointee::Section(Section::Relro, descriptor));
    let calls: Vec<Pointee> =
        entry.calls.iter().map(|function| Pointee::Section(Section::Text, places.array_calls[function])).collect();
    let here = |offset| Pointee::Section(Section::Relro, offset);
    let program = relro.align(8);
    put_program(&mut relro, entry, here(capabilities), here(modules), 1, &calls, here(params), here(results));
    writer.define(b"wexe.program".to_vec(), Section::Relro, program, size_of::<Program>() as u64, true);
    writer.fill(Section::Relro, relro, 16)?;
    writer.finish()
}

#[expect(clippy::too_many_arguments, reason = "one for each field")]
fn put_program(
    relro: &mut Blob,
    entry: &Entry<'_>,
    capabilities: Pointee,
    modules: Pointee,
    module_count: u64,
    calls: &[Pointee],
    params: Pointee,
    results: Pointee,
) {
    relro.put_u64(entry.cpu_features);
    relro.put_pointer(capabilities);
    relro.put_u64(entry.capabilities.len() as u64);
    relro.put_pointer(modules);
    relro.put_u64(module_count);
    relro.put_pointer(calls.first().copied().unwrap_or(Pointee::Null));
    relro.put_pointer(calls.get(1).copied().unwrap_or(Pointee::Null));
    relro.put_pointer(params);
    relro.put_u64(entry.params.len() as u64);
    relro.put_pointer(results);
    relro.put_u64(entry.results.len() as u64);
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
    let module_list = relro.align(8);
    for module in &modules {
        relro.put_pointer(*module);
    }
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
    let program = relro.align(8);
    let entry = Entry { cpu_features: commands.cpu_features, capabilities: &[], calls: &[], params: &[], results: &[] };
    let null = Pointee::Null;
    put_program(&mut relro, &entry, null, here(module_list), modules.len() as u64, &[], null, null);
    writer.define(b"wexe.script".to_vec(), Section::Relro, script, size_of::<script::Script>() as u64, true);
    writer.define(b"wexe.program".to_vec(), Section::Relro, program, size_of::<Program>() as u64, true);
    writer.fill(Section::Relro, relro, 16)?;
    writer.finish()
}
