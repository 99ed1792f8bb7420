//! Bytes → [`Module`]: one pass over the sections with wasmparser's validator.
//!
//! The validator is passed in, so that several modules of one program share one set of canonical types.

use crate::error::{Error, ErrorKind, Result};
use crate::features::Features;
use crate::module::{Global, Import, Imported, Module, Table};
use std::collections::HashMap;
use wasmparser::types::Types;
use wasmparser::{
    BranchHint, BranchHintSectionReader, CompositeInnerType, ConstExpr, Data, Element, Export, ExternalKind,
    FunctionBody, KnownCustom, Name, NameSectionReader, Parser, Payload, SubType, TableInit, TypeRef, ValidPayload,
    Validator, ValidatorResources, WasmFeatures,
};

/// No module that keeps the JS-API's implementation limits is larger (1 GiB).
const MAX_MODULE_BYTES: usize = 1 << 30;

/// Validates all of a module that may use no more than these features.
pub fn validate(wasm: &[u8], features: Features) -> Result<()> {
    check_header(wasm)?;
    Validator::new_with_features(features.validator_flags()).validate_all(wasm)?;
    Ok(())
}

/// Parses and validates everything but the function bodies.
pub fn parse<'a>(wasm: &'a [u8], validator: &mut Validator) -> Result<Module<'a>> {
    check_header(wasm)?;
    validator.reset();
    let features = *validator.features();
    let mut sections = Sections::default();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match validator.payload(&payload)? {
            ValidPayload::End(types) => {
                return match sections.unsupported.take() {
                    Some(error) => Err(error),
                    None => Ok(sections.into_module(types, features)),
                };
            }
            ValidPayload::Func(to_validate, body) => {
                sections.body_types.push(to_validate.ty);
                sections.resources.get_or_insert(to_validate.resources);
                sections.bodies.push(body);
            }
            ValidPayload::Ok | ValidPayload::Parser(_) => sections.read(payload)?,
        }
    }
    Err(Error::new(ErrorKind::Malformed, "malformed WebAssembly: unexpected end").at(wasm.len() as u64))
}

/// Tells apart what is not a core module at all, in words for people who passed the wrong file.
fn check_header(wasm: &[u8]) -> Result<()> {
    if wasm.len() > MAX_MODULE_BYTES {
        return Err(Error::limit(format!("the module is {} bytes; the limit is {MAX_MODULE_BYTES}", wasm.len())));
    }
    if !wasm.starts_with(b"\0asm") {
        return Err(Error::new(ErrorKind::Malformed, "not a WebAssembly module: the magic header \\0asm is missing")
            .hint("pass a .wasm binary or a .wat text file"));
    }
    if wasm.get(4..8) == Some(&[0x0d, 0, 1, 0]) {
        return Err(Error::unsupported("WebAssembly components")
            .hint("compile to a core WASI preview1 module (for example the target wasm32-wasip1)"));
    }
    Ok(())
}

/// Refuses types of objects, and function types with a hierarchy, which a call through a table would have to follow.
fn check_type(ty: &SubType) -> Result<()> {
    match ty.composite_type.inner {
        CompositeInnerType::Func(_) if ty.supertype_idxs.is_empty() => Ok(()),
        CompositeInnerType::Func(_) => Err(Error::unsupported("subtypes of function types (garbage collection)")),
        CompositeInnerType::Array(_) | CompositeInnerType::Struct(_) => {
            Err(Error::unsupported("struct and array types (garbage collection)"))
        }
        CompositeInnerType::Cont(_) => Err(Error::unsupported("continuation types (stack switching)")),
    }
}

/// What the sections said, until the validator hands out the index spaces.
#[derive(Default)]
struct Sections<'a> {
    imports: Vec<Import<'a>>,
    imported: Imported,
    table_inits: Vec<Option<ConstExpr<'a>>>,
    global_inits: Vec<ConstExpr<'a>>,
    exports: Vec<Export<'a>>,
    start: Option<u32>,
    elements: Vec<Element<'a>>,
    data: Vec<Data<'a>>,
    bodies: Vec<FunctionBody<'a>>,
    body_types: Vec<u32>,
    resources: Option<ValidatorResources>,
    names: Vec<(u32, &'a str)>,
    /// What of this module does not compile. The validator must see the end before it can be used again.
    unsupported: Option<Error>,
    branch_hints: HashMap<u32, Vec<BranchHint>>,
}

impl<'a> Sections<'a> {
    fn read(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::TypeSection(reader) => {
                for group in reader.into_iter_with_offsets() {
                    let (offset, group) = group?;
                    let unsupported = group.types().find_map(|ty| check_type(ty).err());
                    self.unsupported = self.unsupported.take().or(unsupported.map(|error| error.at(offset)));
                }
            }
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    self.import(import?)?;
                }
            }
            Payload::TableSection(reader) => {
                for table in reader {
                    self.table_inits.push(match table?.init {
                        TableInit::RefNull => None,
                        TableInit::Expr(init) => Some(init),
                    });
                }
            }
            Payload::GlobalSection(reader) => {
                for global in reader {
                    self.global_inits.push(global?.init_expr);
                }
            }
            Payload::ExportSection(reader) => self.exports = reader.into_iter().collect::<Result<_, _>>()?,
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(reader) => self.elements = reader.into_iter().collect::<Result<_, _>>()?,
            Payload::DataSection(reader) => self.data = reader.into_iter().collect::<Result<_, _>>()?,
            // A broken section only costs the names or hints behind the break.
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Name(names) => drop(self.read_names(names)),
                KnownCustom::BranchHints(hints) => drop(self.read_branch_hints(hints)),
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import<'a>) -> Result<()> {
        let counter = match import.ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => &mut self.imported.functions,
            TypeRef::Table(_) => &mut self.imported.tables,
            TypeRef::Memory(_) => &mut self.imported.memories,
            TypeRef::Global(_) => &mut self.imported.globals,
            TypeRef::Tag(_) => &mut self.imported.tags,
        };
        let index = *counter as u32;
        *counter += 1;
        self.imports.push(Import { module: import.module, name: import.name, ty: import.ty, index });
        Ok(())
    }

    fn read_names(&mut self, names: NameSectionReader<'a>) -> Result<()> {
        for subsection in names {
            if let Name::Function(map) = subsection? {
                for naming in map {
                    let naming = naming?;
                    self.names.push((naming.index, naming.name));
                }
            }
        }
        Ok(())
    }

    fn read_branch_hints(&mut self, functions: BranchHintSectionReader<'a>) -> Result<()> {
        for function in functions {
            let function = function?;
            let mut hints = function.hints.into_iter().collect::<Result<Vec<BranchHint>, _>>()?;
            hints.sort_by_key(|hint| hint.func_offset);
            self.branch_hints.insert(function.func, hints);
        }
        Ok(())
    }

    fn into_module(self, types: Types, features: WasmFeatures) -> Module<'a> {
        let spaces = types.as_ref();
        let functions: Vec<_> = (0..spaces.function_count()).map(|i| spaces.core_function_at(i)).collect();
        let tables = (0..spaces.table_count()).map(|i| spaces.table_at(i));
        let globals = (0..spaces.global_count()).map(|i| spaces.global_at(i));
        let no_inits = |count| std::iter::repeat_with(|| None).take(count);
        let table_inits = no_inits(self.imported.tables).chain(self.table_inits);
        let global_inits = no_inits(self.imported.globals).chain(self.global_inits.into_iter().map(Some));
        let mut names = vec![None; functions.len()];
        for (index, name) in self.names {
            if let Some(slot) = names.get_mut(index as usize) {
                *slot = Some(name);
            }
        }
        for export in self.exports.iter().filter(|export| export.kind == ExternalKind::Func) {
            names[export.index as usize].get_or_insert(export.name);
        }
        Module {
            imports: self.imports,
            tables: tables.zip(table_inits).map(|(ty, init)| Table { ty, init }).collect(),
            memories: (0..spaces.memory_count()).map(|i| spaces.memory_at(i)).collect(),
            globals: globals.zip(global_inits).map(|(ty, init)| Global { ty, init }).collect(),
            tags: (0..spaces.tag_count()).map(|i| spaces.tag_at(i)).collect(),
            exports: self.exports,
            start: self.start,
            elements: self.elements,
            data: self.data,
            bodies: self.bodies,
            resources: self.resources,
            features,
            body_types: self.body_types,
            names,
            branch_hints: self.branch_hints,
            imported: self.imported,
            functions,
            types,
        }
    }
}
