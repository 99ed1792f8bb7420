//! What the user can choose; everything has the default of `wexe build` without flags.

use crate::cache::Cache;
use crate::features::Features;
use std::path::PathBuf;
use std::sync::Arc;
use wexe_abi::capabilities::Capability;
use wexe_abi::embed;

/// What [`crate::compile`] returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    /// A static-PIE executable.
    #[default]
    Exe,
    /// The ELF object before linking.
    Obj,
    /// Cranelift IR, as text.
    Clif,
    /// Disassembly of the generated code, as text.
    Asm,
}

/// How much work goes into the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OptLevel {
    /// Quick to compile.
    O0,
    /// Quick to run.
    #[default]
    O2,
}

/// The processor that the executable requires (x86-64 psABI levels).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cpu {
    V1,
    V2,
    #[default]
    V3,
    V4,
    /// Whatever this machine has.
    Native,
}

impl Cpu {
    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            Cpu::V1 => "x86-64-v1",
            Cpu::V2 => "x86-64-v2",
            Cpu::V3 => "x86-64-v3",
            Cpu::V4 => "x86-64-v4",
            Cpu::Native => "native",
        }
    }
}

/// What the executable may do, stored in it. Nothing is granted by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Options with their values, in the syntax of [`wexe_abi::grants`]; of each, in the order in which they count.
    pub given: Vec<(Capability, String)>,
    /// Whoever runs the executable cannot change them.
    pub locked: bool,
}

impl Capabilities {
    /// Whether the executable is able to show its calls of host functions.
    pub(crate) fn traces(&self) -> bool {
        self.given.iter().any(|(capability, _)| *capability == Capability::Trace)
    }

    /// Whether the executable counts what it does.
    pub(crate) fn profiles(&self) -> bool {
        self.given.iter().any(|(capability, _)| *capability == Capability::Profile)
    }
}

/// Directory trees that become part of the executable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embedded {
    /// Directories whose names are the paths under which the program sees them.
    pub trees: Vec<TreeEntry>,
    /// The program may change them, in this many bytes of memory, until it ends.
    pub overlay: Option<u64>,
}

impl Embedded {
    /// The symbol of the runtime's file system for them.
    pub(crate) fn symbol(&self) -> Option<&'static str> {
        let symbol = if self.overlay.is_some() { embed::OVERLAY } else { embed::READ_ONLY };
        (!self.trees.is_empty()).then_some(symbol)
    }
}

/// A file, directory or symbolic link to embed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    pub name: String,
    /// When it was changed, in nanoseconds since 1970.
    pub mtime: u64,
    pub contents: Contents,
}

/// What it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    File(Vec<u8>),
    Link(Vec<u8>),
    Directory(Vec<TreeEntry>),
}

/// Limits that the tool checks early.
pub use embed::{MAX_BYTES as MAX_EMBEDDED, OVERLAY_MAX};

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub emit: Emit,
    pub opt_level: OptLevel,
    pub cpu: Cpu,
    /// The version of WebAssembly that is accepted.
    pub features: Features,
    pub capabilities: Capabilities,
    pub embedded: Embedded,
    /// The profile of an executable of the same module that counted what it does.
    pub profile: Option<Vec<u8>>,
    /// Export to call after `_initialize`, instead of `_start`.
    pub invoke: Option<String>,
    /// External linker instead of the one inside.
    pub linker: Option<PathBuf>,
    /// Leave out the symbol table. Backtraces keep their names.
    pub strip: bool,
    /// Code of earlier compilations, to use and to add to. The output does not depend on it.
    pub cache: Option<Arc<Cache>>,
    /// Threads to compile with; 0: as many as there are processors. The output does not depend on it.
    pub threads: usize,
}

/// Told how far a compilation is.
pub trait Progress: Sync {
    /// The stage `name` begins.
    fn stage(&self, _name: &'static str) {}
    /// `done` of `total` functions are compiled.
    fn functions(&self, _done: usize, _total: usize) {}
}

/// Nobody is watching.
impl Progress for () {}
