//! Several modules in one program, and a list of commands that it performs: what the official test suite needs.
//!
//! Instances are linked statically: an import of another instance's memory, table or global is the constant address of
//! it, and a function its symbol.

use crate::codegen::Unit;
use crate::declare::Placement;
use crate::error::{Error, ErrorKind, Result};
use crate::features::Features;
use crate::imports::{Extern, Namespaces};
use crate::link::{self, Constants};
use crate::object::{self, Call, Command, Commands};
use crate::options::Options;
use crate::parse;
use crate::pipeline::{self, Plan};
use crate::profile::Profiling;
use crate::target;
use cranelift_codegen::isa::OwnedTargetIsa;
use std::collections::HashMap;
use wasmparser::{ExternalKind, Validator};

/// A program being put together from modules and commands.
pub struct Script {
    options: Options,
    isa: OwnedTargetIsa,
    validator: Validator,
    placement: Placement,
    namespaces: Namespaces,
    instances: Vec<Instance>,
    objects: Vec<Vec<u8>>,
    prefixes: Vec<String>,
    commands: Vec<Command>,
}

/// One instance of the program.
struct Instance {
    exports: HashMap<String, Extern>,
    /// How to call what is exported.
    calls: HashMap<String, Callable>,
}

struct Callable {
    call: Call,
    params: usize,
    results: usize,
}

/// Names an instance of a [`Script`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceId(usize);

impl Script {
    pub fn new(options: &Options) -> Result<Script> {
        Ok(Script {
            options: options.clone(),
            isa: target::isa(options)?,
            validator: Validator::new_with_features(Features::ALL.validator_flags()),
            placement: Placement::default(),
            namespaces: Namespaces::new(),
            instances: Vec::new(),
            objects: Vec::new(),
            prefixes: Vec::new(),
            commands: Vec::new(),
        })
    }

    /// Compiles a module, its imports bound to what is registered, and adds the command that instantiates it.
    ///
    /// It is validated by itself first: an invalid module must neither be told that it does not link, nor leave
    /// something behind in the canonical types that all modules of the program share.
    pub fn module(&mut self, wasm: &[u8]) -> Result<InstanceId> {
        parse::validate(wasm, self.options.features)?;
        let id = self.instances.len();
        let prefix = format!("m{id}.");
        let placement = self.placement.clone();
        let plan =
            Plan { prefix: &prefix, namespaces: &self.namespaces, trace: false, profiling: Profiling::Off, placement };
        let built = pipeline::build(wasm, &mut self.validator, plan, |module| {
            let exports = module.exports.iter();
            let units = exports.filter_map(|export| match export.kind {
                ExternalKind::Func => Some(Unit::ArrayCall(export.index)),
                ExternalKind::Global => Some(Unit::GlobalRead(export.index)),
                _ => None,
            });
            Ok(units.collect())
        })?;
        let compiled = built.compile(&*self.isa, &self.options, &())?;
        let instance = instance(&built, &prefix);
        let object = object::module(built.environment(&*self.isa), compiled)?.finish_module(&prefix)?;
        self.placement = built.placement;
        self.objects.push(object);
        self.prefixes.push(prefix);
        self.instances.push(instance);
        self.commands.push(Command { module: id, call: Call::Instantiate, arguments: Vec::new(), results: 0 });
        Ok(InstanceId(id))
    }

    /// Makes an instance's exports importable under a name.
    pub fn register(&mut self, name: &str, instance: InstanceId) {
        self.namespaces.insert(name.to_owned(), self.instances[instance.0].exports.clone());
    }

    /// Adds the command that calls an exported function. Values are little endian, one 16-byte cell each.
    pub fn invoke(&mut self, instance: InstanceId, export: &str, arguments: &[[u8; 16]]) -> Result<()> {
        self.command(instance, export, arguments)
    }

    /// Adds the command that reads an exported global.
    pub fn get(&mut self, instance: InstanceId, export: &str) -> Result<()> {
        self.command(instance, export, &[])
    }

    fn command(&mut self, instance: InstanceId, export: &str, arguments: &[[u8; 16]]) -> Result<()> {
        let callable = self.instances[instance.0]
            .calls
            .get(export)
            .filter(|callable| callable.params == arguments.len())
            .ok_or_else(|| Error::new(ErrorKind::Unlinkable, format!("no export \"{export}\" to call like this")))?;
        self.commands.push(Command {
            module: instance.0,
            call: callable.call.clone(),
            arguments: arguments.to_vec(),
            results: callable.results,
        });
        Ok(())
    }

    /// Links the program.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        let cpu_features = target::cpu_features(&*self.isa);
        let commands = Commands { cpu_features, prefixes: &self.prefixes, commands: &self.commands };
        self.objects.push(object::emit_script(&commands)?);
        link::link(self.objects, "_start_script", true, Constants::WithCode, self.options.linker.as_deref())
    }
}

fn instance(built: &pipeline::Built<'_>, prefix: &str) -> Instance {
    let (module, declarations) = (&built.module, &built.declarations);
    let mut exports = HashMap::new();
    let mut calls = HashMap::new();
    for export in &module.exports {
        let index = export.index as usize;
        let definition = match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                let mut function = declarations.functions[index].clone();
                let symbol = object::function_symbol(prefix, &function.callee, export.index);
                function.callee = crate::declare::Callee::Instance(symbol);
                let ty = module.signature_of(export.index);
                let callable = Callable {
                    call: Call::Function(export.index),
                    params: ty.params().len(),
                    results: ty.results().len(),
                };
                calls.insert(export.name.to_owned(), callable);
                Extern::Function(function)
            }
            ExternalKind::Global => {
                let callable = Callable { call: Call::Global(export.index), params: 0, results: 1 };
                calls.insert(export.name.to_owned(), callable);
                Extern::Global(declarations.globals[index].clone())
            }
            ExternalKind::Memory => Extern::Memory(declarations.memories[index].clone()),
            ExternalKind::Table => Extern::Table(declarations.tables[index].clone()),
            ExternalKind::Tag => Extern::Tag(declarations.tags[index].clone()),
        };
        exports.insert(export.name.to_owned(), definition);
    }
    Instance { exports, calls }
}
