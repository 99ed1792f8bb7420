//! The module `spectest` that the suite's scripts import from.
//!
//! An executable gets only the fields that its modules import: a memory of `spectest` that nobody uses would take the
//! low address from the module under test.

use std::collections::BTreeSet;

use super::script::Import;

/// What modules import it as.
pub const NAME: &str = "spectest";

const FIELDS: &[(&str, &str)] = &[
    ("global_i32", "(global (export \"global_i32\") i32 (i32.const 666))"),
    ("global_i64", "(global (export \"global_i64\") i64 (i64.const 666))"),
    ("global_f32", "(global (export \"global_f32\") f32 (f32.const 666.6))"),
    ("global_f64", "(global (export \"global_f64\") f64 (f64.const 666.6))"),
    ("table", "(table (export \"table\") 10 20 funcref)"),
    ("table64", "(table (export \"table64\") i64 10 20 funcref)"),
    ("memory", "(memory (export \"memory\") 1 2)"),
    ("shared_memory", "(memory (export \"shared_memory\") 1 2 shared)"),
    ("print", "(func (export \"print\"))"),
    ("print_i32", "(func (export \"print_i32\") (param i32))"),
    ("print_i64", "(func (export \"print_i64\") (param i64))"),
    ("print_f32", "(func (export \"print_f32\") (param f32))"),
    ("print_f64", "(func (export \"print_f64\") (param f64))"),
    ("print_i32_f32", "(func (export \"print_i32_f32\") (param i32 f32))"),
    ("print_f64_f64", "(func (export \"print_f64_f64\") (param f64 f64))"),
];

/// The module with the fields that are imported, or `None` if there are none.
pub fn module<'a>(imports: impl IntoIterator<Item = &'a Import>) -> Option<Vec<u8>> {
    let imports = imports.into_iter().filter(|import| import.module == NAME && import.provider.is_none());
    let names: BTreeSet<&str> = imports.map(|import| import.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let fields: String = FIELDS.iter().filter(|(name, _)| names.contains(name)).map(|(_, field)| *field).collect();
    Some(wat::parse_str(format!("(module {fields})")).expect("the fields are correct"))
}

/// Whether an import shares state with all others of the same name.
pub fn is_state(name: &str) -> bool {
    matches!(name, "table" | "table64" | "memory" | "shared_memory")
}
