//! A parsed module: the sections of the binary as vectors, index spaces with imports first.
//!
//! Everything borrows from the input; function bodies are not read yet.

use std::collections::HashMap;
use wasmparser::types::{CoreTypeId, Types};
use wasmparser::{
    BranchHint, ConstExpr, Data, Element, Export, FuncToValidate, FuncType, FunctionBody, GlobalType, MemoryType,
    TableType, TypeRef, ValidatorResources, WasmFeatures,
};

/// A validated module, but for its function bodies, which are validated as they are translated.
pub struct Module<'a> {
    pub types: Types,
    pub imports: Vec<Import<'a>>,
    /// The canonical type of each function, imports first. So with all index spaces.
    pub functions: Vec<CoreTypeId>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    /// The function type of each tag.
    pub tags: Vec<CoreTypeId>,
    pub exports: Vec<Export<'a>>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
    /// What validating a body needs; absent if the module defines no function.
    pub resources: Option<ValidatorResources>,
    pub features: WasmFeatures,
    /// Type index of each defined function.
    pub body_types: Vec<u32>,
    /// Function names of the name section, by function index.
    pub names: Vec<Option<&'a str>>,
    /// What the producer says of branches, by function index and sorted by offset in the body. Not to be trusted.
    pub branch_hints: HashMap<u32, Vec<BranchHint>>,
    pub imported: Imported,
}

/// How many entries of each index space are imports.
#[derive(Clone, Copy, Debug, Default)]
pub struct Imported {
    pub functions: usize,
    pub tables: usize,
    pub memories: usize,
    pub globals: usize,
    pub tags: usize,
}

pub struct Import<'a> {
    pub module: &'a str,
    pub name: &'a str,
    pub ty: TypeRef,
    /// Index in the index space of its kind.
    pub index: u32,
}

pub struct Table<'a> {
    pub ty: TableType,
    /// Initial value of the elements; null if absent.
    pub init: Option<ConstExpr<'a>>,
}

pub struct Global<'a> {
    pub ty: GlobalType,
    /// Absent for imports.
    pub init: Option<ConstExpr<'a>>,
}

impl<'a> Module<'a> {
    /// The parameters and results of a canonical type.
    pub fn func_type(&self, id: CoreTypeId) -> &FuncType {
        self.types[id].unwrap_func()
    }

    /// The canonical type at an index of the module's type section.
    pub fn type_at(&self, type_index: u32) -> CoreTypeId {
        self.types.as_ref().core_type_at_in_module(type_index)
    }

    /// The parameters and results of a function.
    pub fn signature_of(&self, function: u32) -> &FuncType {
        self.func_type(self.functions[function as usize])
    }

    /// A validator for the body at this index of the code section.
    pub fn body_validator(&self, body: usize) -> FuncToValidate<ValidatorResources> {
        FuncToValidate {
            resources: self.resources.clone().expect("a module with bodies has resources"),
            index: (self.imported.functions + body) as u32,
            ty: self.body_types[body],
            features: self.features,
        }
    }

    /// What the user reads: the name of the name section, that of an export, or the index.
    pub fn function_name(&self, function: u32) -> String {
        match self.names.get(function as usize).copied().flatten() {
            Some(name) => name.chars().map(|c| if c.is_control() { '?' } else { c }).collect(),
            None => format!("wasm-function[{function}]"),
        }
    }

    /// The export of this name.
    pub fn export(&self, name: &str) -> Option<&Export<'a>> {
        self.exports.iter().find(|export| export.name == name)
    }
}
