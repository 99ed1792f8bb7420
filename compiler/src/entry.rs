//! Exports and `--invoke` → the functions that the runtime calls.

use crate::error::{Error, ErrorKind, Result};
use crate::module::Module;
use wasmparser::{ExternalKind, ValType};

/// Where a program begins.
#[derive(Debug, Default)]
pub(crate) struct EntryPoints {
    /// Functions to call, in order.
    pub functions: Vec<u32>,
    /// The linker symbol of the runtime's entry.
    pub symbol: &'static str,
    /// Types of the invoked export, in the binary format.
    pub params: Vec<u8>,
    pub results: Vec<u8>,
}

/// Chooses the entry points of a command (`_start`) or of a reactor with an invoked export.
pub(crate) fn entry_points(module: &Module<'_>, invoke: Option<&str>) -> Result<EntryPoints> {
    match (invoke, function(module, "_start"), function(module, "_initialize")) {
        (Some(name), _, initialize) => {
            let invoked = function(module, name).ok_or_else(|| no_entry(module, &format!("no function \"{name}\"")))?;
            let ty = module.signature_of(invoked);
            Ok(EntryPoints {
                functions: initialize.into_iter().chain([invoked]).collect(),
                symbol: "_start_invoke",
                params: encode(name, ty.params())?,
                results: encode(name, ty.results())?,
            })
        }
        (None, Some(start), _) => {
            check_empty(module, "_start", start)?;
            Ok(EntryPoints { functions: vec![start], symbol: "_start", ..EntryPoints::default() })
        }
        (None, None, Some(_)) => Err(no_entry(module, "a reactor: no \"_start\"")),
        (None, None, None) => Err(no_entry(module, "no entry point: no function \"_start\"")),
    }
}

fn function(module: &Module<'_>, name: &str) -> Option<u32> {
    module.export(name).filter(|export| export.kind == ExternalKind::Func).map(|export| export.index)
}

fn check_empty(module: &Module<'_>, name: &str, function: u32) -> Result<()> {
    let ty = module.signature_of(function);
    if ty.params().is_empty() && ty.results().is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unlinkable, format!("the entry point \"{name}\" has parameters or results"))
        .hint(format!("call it with --invoke {name}")))
}

fn no_entry(module: &Module<'_>, what: &str) -> Error {
    const SHOWN: usize = 10;
    let functions = module.exports.iter().filter(|export| export.kind == ExternalKind::Func);
    let mut names: Vec<&str> = functions.map(|export| export.name).take(SHOWN + 1).collect();
    let more = names.len() > SHOWN;
    names.truncate(SHOWN);
    let error = Error::new(ErrorKind::Unlinkable, format!("{what} is exported"));
    if names.is_empty() {
        return error.hint("the module exports no function at all");
    }
    let list = names.join(", ") + if more { ", …" } else { "" };
    error.hint(format!("choose an exported function with --invoke: {list}"))
}

/// Types in the binary format (spec 5.3.1).
fn encode(name: &str, types: &[ValType]) -> Result<Vec<u8>> {
    let byte = |ty: &ValType| match ty {
        ValType::I32 => Ok(0x7f),
        ValType::I64 => Ok(0x7e),
        ValType::F32 => Ok(0x7d),
        ValType::F64 => Ok(0x7c),
        ValType::V128 | ValType::Ref(_) => {
            Err(Error::unsupported(format!("--invoke of \"{name}\", which takes or returns {ty}")))
        }
    };
    types.iter().map(byte).collect()
}
