//! Imports of a module → what they lead to: a host function, or an export of an instance in the same program.

use crate::declare::{Callee, Function, Global, Memory, Table, Tag, is_func_ref};
use crate::error::{Error, Result};
use crate::module::{Import, Module};
use std::collections::{BTreeSet, HashMap};
use wasmparser::{FuncType, GlobalType, HeapType, MemoryType, RefType, TableType, TypeRef, ValType};
use wexe_abi::imports::{self, MODULES, Status, TRACED};

/// Something that can be imported, as code that uses it needs to know it.
#[derive(Clone, Debug)]
pub enum Extern {
    Function(Function),
    Memory(Memory),
    Table(Table),
    Global(Global),
    Tag(Tag),
}

/// Exports of instances, by the name they are registered under.
pub type Namespaces = HashMap<String, HashMap<String, Extern>>;

/// Lets the module define the shared memory that it imports as `env.memory`, as threads do: each has an instance of the
/// module, and whoever starts them makes the memory. Indices stay what they are, since it is the only one imported.
pub fn define_memory(module: &mut Module<'_>, namespaces: &Namespaces) {
    let shared = |import: &Import<'_>| {
        (import.module, import.name) == ("env", "memory") && matches!(import.ty, TypeRef::Memory(ty) if ty.shared)
    };
    if module.imported.memories == 1 && !namespaces.contains_key("env") && module.imports.iter().any(shared) {
        module.imports.retain(|import| !shared(import));
        module.imported.memories = 0;
    }
}

/// Finds what each import leads to, in order; host functions to those that are traced, if wanted.
pub fn resolve(module: &Module<'_>, namespaces: &Namespaces, trace: bool) -> Result<Vec<Extern>> {
    let mut found: Vec<Extern> =
        module.imports.iter().map(|import| resolve_one(module, import, namespaces)).collect::<Result<_>>()?;
    let mut symbols: Vec<&mut String> = found.iter_mut().filter_map(host_function).collect();
    if symbols.iter().any(|symbol| *symbol == TTY_SET) {
        for symbol in &mut symbols {
            if let Some((_, restoring)) = RESTORING.iter().find(|(plain, _)| symbol == plain) {
                **symbol = restoring.to_string();
            }
        }
    }
    for symbol in symbols.into_iter().filter(|_| trace) {
        symbol.insert_str(0, TRACED);
    }
    Ok(found)
}

/// The function that changes the terminal.
const TTY_SET: &str = "wasix_32v1.tty_set";

/// What ends a program, and what does so after the terminal is what it was. Programs that do not change it have no need
/// of the second.
const RESTORING: &[(&str, &str)] = &[
    ("wasi_snapshot_preview1.proc_exit", "wasix_32v1.proc_exit2"),
    ("wasi_snapshot_preview1.proc_raise", "wasix_32v1.proc_raise"),
];

/// What is left to do when a program that refers to these symbols of the runtime returns from its entry point: another.
pub fn at_end(symbols: &BTreeSet<&str>) -> Option<&'static str> {
    let changes_terminal = symbols.iter().any(|symbol| symbol.strip_prefix(TRACED).unwrap_or(symbol) == TTY_SET);
    changes_terminal.then_some("wexe.restore_terminal")
}

fn host_function(found: &mut Extern) -> Option<&mut String> {
    match found {
        Extern::Function(Function { callee: Callee::Host(symbol), .. }) => Some(symbol),
        _ => None,
    }
}

fn resolve_one(module: &Module<'_>, import: &Import<'_>, namespaces: &Namespaces) -> Result<Extern> {
    if let Some(exports) = namespaces.get(import.module) {
        let exported = exports.get(import.name).ok_or_else(|| unknown(import))?;
        return match_export(module, import, exported);
    }
    match import.ty {
        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
            let ty = module.type_at(ty);
            let callee = Callee::Host(host_symbol(import, module.func_type(ty))?);
            Ok(Extern::Function(Function { ty, callee }))
        }
        _ if imports::find(import.module, import.name).next().is_some() => Err(Error::unlinkable(format!(
            "incompatible import type: \"{}\" \"{}\" is a function",
            import.module, import.name
        ))),
        TypeRef::Memory(_) | TypeRef::Table(_) | TypeRef::Global(_) | TypeRef::Tag(_) => Err(unknown(import)),
    }
}

fn unknown(import: &Import<'_>) -> Error {
    let error = Error::unlinkable(format!("unknown import: \"{}\" \"{}\"", import.module, import.name));
    match nearest(import.module, import.name) {
        Some(near) => error.hint(format!("the nearest that exists is {near}")),
        None => error.hint(format!(
            "wexe provides the modules {}",
            MODULES.iter().map(|module| module.name).collect::<Vec<_>>().join(", ")
        )),
    }
}

/// The import whose name differs least, if by little.
fn nearest(module: &str, name: &str) -> Option<String> {
    const NEAR: usize = 3;
    let all = MODULES.iter().flat_map(|m| m.functions.iter().map(move |f| (m.name, f.name)));
    all.map(|(m, n)| (distance(m, module) + distance(n, name), m, n))
        .min()
        .filter(|(distance, ..)| *distance <= NEAR || MODULES.iter().any(|m| m.name == module) && *distance <= 2 * NEAR)
        .map(|(_, m, n)| format!("\"{m}\" \"{n}\""))
}

/// Levenshtein distance; of names of imports, which the loader bounds, cut off here.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 64;
    let (a, b) = (&a.as_bytes()[..a.len().min(LONGEST)], &b.as_bytes()[..b.len().min(LONGEST)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The symbol of the host function that an import of this type means.
fn host_symbol(import: &Import<'_>, ty: &FuncType) -> Result<String> {
    let same =
        |ours: &[imports::Type], theirs: &[ValType]| ours.iter().map(|ty| host_type(*ty)).eq(theirs.iter().copied());
    let matches = |host: &imports::Import| same(host.params, ty.params()) && same(host.results, ty.results());
    if let Some((table, host)) = imports::find(import.module, import.name).find(|(_, host)| matches(host)) {
        return match host.status {
            Status::Done | Status::Refused(_) => Ok(format!("{}.{}", table.name, host.name)),
            Status::Later => Err(Error::unsupported(format!("import \"{}\" \"{}\"", import.module, import.name))),
        };
    }
    let (_, host) = imports::find(import.module, import.name).next().ok_or_else(|| unknown(import))?;
    let expected = FuncType::new(host.params.iter().map(|t| host_type(*t)), host.results.iter().map(|t| host_type(*t)));
    Err(Error::unlinkable(format!(
        "incompatible import type: \"{}\" \"{}\" is {}, but imported as {}",
        import.module,
        import.name,
        show(&expected),
        show(ty)
    )))
}

fn host_type(ty: imports::Type) -> ValType {
    match ty {
        imports::Type::I32 => ValType::I32,
        imports::Type::I64 => ValType::I64,
        imports::Type::F32 => ValType::F32,
        imports::Type::F64 => ValType::F64,
    }
}

fn show(ty: &FuncType) -> String {
    let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!("({}) -> ({})", list(ty.params()), list(ty.results()))
}

/// Import matching of the spec (3.2, matching of external types).
fn match_export(module: &Module<'_>, import: &Import<'_>, exported: &Extern) -> Result<Extern> {
    let index = import.index as usize;
    let matches = match (&import.ty, exported) {
        (TypeRef::Func(_) | TypeRef::FuncExact(_), Extern::Function(function)) => {
            module.functions[index] == function.ty
        }
        (TypeRef::Memory(_), Extern::Memory(memory)) => memory_matches(&memory.ty, &module.memories[index]),
        (TypeRef::Table(_), Extern::Table(table)) => table_matches(&table.ty, &module.tables[index].ty),
        (TypeRef::Global(_), Extern::Global(global)) => global_matches(global, &module.globals[index].ty),
        (TypeRef::Tag(_), Extern::Tag(tag)) => module.tags[index] == tag.ty,
        _ => false,
    };
    if matches {
        return Ok(exported.clone());
    }
    Err(Error::unlinkable(format!("incompatible import type: \"{}\" \"{}\"", import.module, import.name)))
}

/// Whether limits match, or will if what is imported has grown enough by then: `instantiate` looks.
fn limits_match(actual: (u64, Option<u64>), wanted: (u64, Option<u64>)) -> bool {
    let maximum = match (actual.1, wanted.1) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(actual), Some(wanted)) => actual <= wanted,
    };
    actual.1.is_none_or(|maximum| maximum >= wanted.0) && maximum
}

fn memory_matches(actual: &MemoryType, wanted: &MemoryType) -> bool {
    actual.memory64 == wanted.memory64
        && actual.shared == wanted.shared
        && actual.page_size_log2.unwrap_or(16) == wanted.page_size_log2.unwrap_or(16)
        && limits_match((actual.initial, actual.maximum), (wanted.initial, wanted.maximum))
}

fn table_matches(actual: &TableType, wanted: &TableType) -> bool {
    actual.table64 == wanted.table64
        && actual.element_type == wanted.element_type
        && limits_match((actual.initial, actual.maximum), (wanted.initial, wanted.maximum))
}

fn global_matches(actual: &Global, wanted: &GlobalType) -> bool {
    let subtype = match (actual.ty, wanted.content_type) {
        (ValType::Ref(actual), ValType::Ref(wanted)) => reference_subtype(actual, wanted),
        _ => false,
    };
    actual.mutable == wanted.mutable && (actual.ty == wanted.content_type || !wanted.mutable && subtype)
}

/// Subtyping of canonical reference types, of which only functions have a hierarchy before garbage collection.
fn reference_subtype(actual: RefType, wanted: RefType) -> bool {
    let heap = actual.heap_type() == wanted.heap_type() || is_func_ref(actual) && wanted.heap_type() == HeapType::FUNC;
    heap && (wanted.is_nullable() || !actual.is_nullable())
}
