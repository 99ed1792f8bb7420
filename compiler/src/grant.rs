//! What an executable is granted → the bytes stored in it, and what these ask of the module.

use crate::error::{Error, Result};
use crate::module::Module;
use crate::options::{Capabilities, Embedded};
use std::ffi::CString;
use wexe_abi::capabilities::{self, Capability};
use wexe_abi::program::Given;
use wexe_abi::{grants, program};

/// Capabilities as the bytes that the runtime reads.
pub(crate) fn encode(granted: &Capabilities) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if granted.locked {
        capabilities::encode(capabilities::LOCKED, c"", &mut bytes);
    }
    for (capability, text) in &granted.given {
        let shown = text.escape_default();
        if !grants::is_valid(*capability, text.as_bytes()) {
            let (option, syntax) = (capability.option(), capability.syntax());
            return Err(Error::limit(format!("--{option}: expected {syntax}, not \"{shown}\"")));
        }
        let value = CString::new(text.as_str());
        let value = value.map_err(|_| Error::limit(format!("a NUL character in \"{shown}\"")))?;
        capabilities::encode(capability.letter(), &value, &mut bytes);
    }
    Ok(bytes)
}

/// Symbols of the functions of the runtime that the program needs at start.
pub(crate) fn at_start(module: &Module<'_>, granted: &Capabilities, embedded: &Embedded) -> Vec<&'static str> {
    let imports = |begin: &&str| module.imports.iter().any(|import| import.name.starts_with(begin));
    let given = |wanted: Given| match wanted {
        Given::Capability(wanted) => granted.given.iter().any(|(capability, _)| *capability == wanted),
        Given::Trees => !embedded.trees.is_empty(),
    };
    let needed =
        program::AT_START.iter().filter(|function| function.imports.iter().any(imports) || given(function.given));
    needed.map(|function| function.symbol).collect()
}

/// Fails if the module's memories begin with more than `--max-memory` lets them have.
pub(crate) fn check_memory(module: &Module<'_>, granted: &Capabilities) -> Result<()> {
    let given = granted.given.iter().rfind(|(capability, _)| *capability == Capability::MaxMemory);
    let Some((text, limit)) = given.and_then(|(_, text)| Some((text, grants::size(text.as_bytes())?))) else {
        return Ok(());
    };
    let defined = &module.memories[module.imported.memories..];
    let sizes = defined.iter().map(|memory| u128::from(memory.initial) << memory.page_size_log2.unwrap_or(16));
    let size: u128 = sizes.sum();
    if size <= u128::from(limit) {
        return Ok(());
    }
    Err(Error::limit(format!("the module begins with {size} bytes of linear memory, more than --max-memory {text}")))
}
