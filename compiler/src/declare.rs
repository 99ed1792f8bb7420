//! Module → [`Declarations`]: an address, a symbol and a shape for everything, before any code exists.
//!
//! Function bodies depend on nothing but this, so they compile in any order. All addresses of data are constants:
//! the program decides where an instance's state and memories lie (see `wexe_abi::layout`).

use crate::constant::{self, Constant};
use crate::error::{Error, Result};
use crate::imports::Extern;
use crate::module::Module;
use std::collections::BTreeSet;
use wasmparser::types::CoreTypeId;
use wasmparser::{DataKind, ElementItems, ElementKind, ExternalKind, MemoryType, RefType, TableType, ValType};
use wexe_abi::layout;

/// Where the next instance and its memories go.
#[derive(Clone, Debug)]
pub struct Placement {
    /// First free address for instance state.
    pub state: u64,
    /// Whether linear memory at the low address is taken.
    pub low_memory_taken: bool,
    pub next_slot: u64,
    /// Tables packed into the slot that was last given to tables.
    pub tables_in_slot: Option<(u64, u64)>,
    pub next_tag: u32,
}

impl Default for Placement {
    fn default() -> Placement {
        Placement {
            state: layout::STATE_BASE,
            low_memory_taken: false,
            next_slot: 0,
            tables_in_slot: None,
            next_tag: 0,
        }
    }
}

/// Address space between two tables in one slot: enough for the largest table.
const TABLE_STRIDE: u64 = 1 << 28;
/// Tables of fixed size up to this many bytes together lie inside instance state.
const TABLES_IN_STATE_MAX: u64 = 32 << 20;

impl Placement {
    /// Reserves pages where instance state is.
    pub fn reserve(&mut self, size: u64) -> Result<u64> {
        let address = self.state;
        let end = address + size.next_multiple_of(4096);
        if end > layout::STATE_END {
            return Err(Error::limit("the module's counters exceed the space for instance state"));
        }
        self.state = end;
        Ok(address)
    }

    fn slot(&mut self) -> Result<u64> {
        if self.next_slot == layout::SLOT_COUNT {
            return Err(Error::limit("too many memories and tables for the address space"));
        }
        let address = layout::SLOTS + self.next_slot * layout::SLOT_SIZE;
        self.next_slot += 1;
        Ok(address)
    }

    fn memory(&mut self, ty: &MemoryType) -> Result<u64> {
        if self.low_memory_taken || ty.memory64 {
            return self.slot();
        }
        self.low_memory_taken = true;
        Ok(layout::LOW_MEMORY)
    }

    fn table(&mut self) -> Result<u64> {
        let (slot, index) = match self.tables_in_slot {
            Some((slot, index)) if index < layout::SLOT_SIZE / TABLE_STRIDE => (slot, index),
            _ => (self.slot()?, 0),
        };
        self.tables_in_slot = Some((slot, index + 1));
        Ok(slot + index * TABLE_STRIDE)
    }
}

/// How a function is called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A body of this module.
    Body,
    /// A function of another instance, by linker symbol.
    Instance(String),
    /// A function of the runtime, by linker symbol, in the System V calling convention.
    Host(String),
}

#[derive(Clone, Debug)]
pub struct Function {
    pub ty: CoreTypeId,
    pub callee: Callee,
}

/// A linear memory: where it is, and what an access must check.
#[derive(Clone, Debug)]
pub struct Memory {
    pub ty: MemoryType,
    /// Address of its `MemoryState`.
    pub state: u64,
    pub base: u64,
    /// How many bytes it begins with.
    pub min_size: u64,
    /// How many bytes it can grow to.
    pub max_size: u64,
}

impl Memory {
    /// Whether an index that wraps around is always past the end, and that end guarded.
    pub fn folds_addresses(&self) -> bool {
        self.base == layout::LOW_MEMORY
            && !self.ty.memory64
            && self.ty.page_size_log2.unwrap_or(16) == 16
            && self.max_size <= layout::MEMORY32_FOLDED_MAX_BYTES
    }
}

#[derive(Clone, Debug)]
pub struct Table {
    pub ty: TableType,
    /// Address of its `TableState`.
    pub state: u64,
    pub base: u64,
    /// The number of elements, if it can never change.
    pub fixed_size: Option<u64>,
    pub in_state: bool,
}

impl Table {
    /// Whether the elements are 16-byte `FuncEntry` instead of 8-byte references.
    pub fn holds_functions(&self) -> bool {
        is_func_ref(self.ty.element_type)
    }

    pub fn entry_size(&self) -> u64 {
        if self.holds_functions() { 16 } else { 8 }
    }
}

#[derive(Clone, Debug)]
pub struct Global {
    pub ty: ValType,
    pub mutable: bool,
    pub address: u64,
    /// The value, if it never changes and is known.
    pub constant: Option<Constant>,
    /// Whether nothing but this module's code sees it.
    pub is_private: bool,
}

#[derive(Clone, Debug)]
pub struct Tag {
    pub ty: CoreTypeId,
    /// Unique in the program.
    pub id: u32,
}

/// Address of the `SegmentState` of each element and data segment.
/// Segments that are applied at start and then dropped share one that is always empty.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    pub state: Vec<u64>,
}

pub struct Declarations {
    /// Distinguishes the symbols of several modules in one program.
    pub prefix: String,
    pub functions: Vec<Function>,
    pub memories: Vec<Memory>,
    pub tables: Vec<Table>,
    pub globals: Vec<Global>,
    pub tags: Vec<Tag>,
    pub elements: Segments,
    pub data: Segments,
    /// Where the values of element segments with computed elements are kept, by segment.
    pub element_values: Vec<Option<u64>>,
    pub state: u64,
    pub state_size: u64,
    /// First bytes of the state.
    pub state_image: Vec<u8>,
    /// Functions that a reference may point to, in order: each has a `FuncRecord`.
    pub referenced: Vec<u32>,
    /// How many data segments, from the first, are part of the initial memory images.
    pub folded_data: usize,
}

impl Declarations {
    /// The memory at the low address, if there is one.
    pub fn low_memory(&self) -> Option<&Memory> {
        self.memories.iter().find(|memory| memory.base == layout::LOW_MEMORY)
    }
}

/// Whether references of this type are to functions.
pub fn is_func_ref(ty: RefType) -> bool {
    use wasmparser::{AbstractHeapType, HeapType};
    match ty.heap_type() {
        HeapType::Abstract { ty, .. } => matches!(ty, AbstractHeapType::Func | AbstractHeapType::NoFunc),
        HeapType::Concrete(_) | HeapType::Exact(_) => true,
    }
}

/// The canonical type id stored in function entries; 0 is null's.
pub fn type_id(ty: CoreTypeId) -> u32 {
    use wasmparser::types::TypeIdentifier;
    ty.index() as u32 + 1
}

/// Lays out the state of one instance.
struct Layout<'a> {
    base: u64,
    image: Vec<u8>,
    size: u64,
    placement: &'a mut Placement,
}

impl Layout<'_> {
    /// Reserves zeroed space.
    fn reserve(&mut self, size: u64, align: u64) -> u64 {
        let offset = self.size.next_multiple_of(align);
        self.size = offset + size;
        self.base + offset
    }

    /// Reserves space that starts with these bytes.
    fn initialised(&mut self, bytes: &[u8], align: u64) -> u64 {
        let address = self.reserve(bytes.len() as u64, align);
        let offset = (address - self.base) as usize;
        self.image.resize(offset.max(self.image.len()), 0);
        self.image.splice(offset..self.image.len().min(offset + bytes.len()), bytes.iter().copied());
        address
    }

    fn words(&mut self, words: &[u64]) -> u64 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.initialised(&bytes, 8)
    }
}

/// Decides where everything is. `imports` holds what each import leads to, in order.
pub fn declare(
    module: &Module<'_>,
    imports: Vec<Extern>,
    prefix: &str,
    placement: &mut Placement,
) -> Result<Declarations> {
    let base = placement.state;
    let mut layout = Layout { base, image: Vec::new(), size: 0, placement };
    let header = layout.reserve(size_of::<layout::StateHeader>() as u64, 16);
    debug_assert_eq!(header, base);
    let dropped = layout.reserve(size_of::<layout::SegmentState>() as u64, 16);

    let mut declarations = Declarations {
        prefix: prefix.to_owned(),
        functions: Vec::new(),
        memories: Vec::new(),
        tables: Vec::new(),
        globals: Vec::new(),
        tags: Vec::new(),
        elements: Segments::default(),
        data: Segments::default(),
        element_values: Vec::new(),
        state: base,
        state_size: 0,
        state_image: Vec::new(),
        referenced: referenced_functions(module)?,
        folded_data: 0,
    };
    for import in imports {
        match import {
            Extern::Function(function) => declarations.functions.push(function),
            Extern::Memory(memory) => declarations.memories.push(memory),
            Extern::Table(table) => declarations.tables.push(table),
            Extern::Global(global) => declarations.globals.push(global),
            Extern::Tag(tag) => declarations.tags.push(tag),
        }
    }
    for body in 0..module.bodies.len() {
        let ty = module.functions[module.imported.functions + body];
        declarations.functions.push(Function { ty, callee: Callee::Body });
    }
    for ty in &module.tags[module.imported.tags..] {
        declarations.tags.push(Tag { ty: *ty, id: layout.placement.next_tag });
        layout.placement.next_tag += 1;
    }
    for ty in &module.memories[module.imported.memories..] {
        declarations.memories.push(memory(*ty, &mut layout)?);
    }
    globals(module, &mut declarations, &mut layout);
    tables(module, &mut declarations, &mut layout)?;
    segments(module, &mut declarations, &mut layout, dropped)?;

    declarations.folded_data = folded_data(module, &declarations);
    let size = layout.size.next_multiple_of(4096);
    if base + size > layout::STATE_END {
        return Err(Error::limit("the module's globals, tables and segments exceed the space for instance state"));
    }
    declarations.state_size = size;
    declarations.state_image = layout.image;
    placement.state = base + size;
    Ok(declarations)
}

fn memory(ty: MemoryType, layout: &mut Layout<'_>) -> Result<Memory> {
    let page_log2 = ty.page_size_log2.unwrap_or(16);
    let bytes = |pages: u64| u128::from(pages) << page_log2;
    let size = bytes(ty.initial);
    let cap = match (ty.memory64, page_log2) {
        (true, _) => layout::MEMORY64_MAX_BYTES,
        (false, 16) if size <= u128::from(layout::MEMORY32_FOLDED_MAX_BYTES) => layout::MEMORY32_FOLDED_MAX_BYTES,
        (false, _) => 1 << 32,
    };
    if size > u128::from(cap) {
        return Err(Error::limit(format!("a memory of {size} bytes; the limit is {cap}")));
    }
    let max = ty.maximum.map_or(cap, |pages| bytes(pages).min(u128::from(cap)) as u64);
    // A 32-bit memory with pages of one byte holds at most 2³² − 1 of them: its size must fit an i32.
    let max = if page_log2 == 0 && !ty.memory64 { max.min(u64::from(u32::MAX)) } else { max };
    let base = layout.placement.memory(&ty)?;
    let state = layout.words(&[size as u64, base, max, u64::from(page_log2)]);
    Ok(Memory { ty, state, base, min_size: size as u64, max_size: max })
}

fn globals(module: &Module<'_>, declarations: &mut Declarations, layout: &mut Layout<'_>) {
    let exported: BTreeSet<u32> =
        module.exports.iter().filter(|export| export.kind == ExternalKind::Global).map(|export| export.index).collect();
    for (index, global) in (0..).zip(&module.globals).skip(module.imported.globals) {
        let constant = global.init.as_ref().and_then(|init| constant::evaluate(init, &declarations.globals));
        let size = if global.ty.content_type == ValType::V128 { 16 } else { 8 };
        let address = match &constant {
            Some(value) if global.ty.mutable && !value.is_zero() => {
                layout.initialised(&value.to_bytes()[..size as usize], size)
            }
            _ => layout.reserve(size, size),
        };
        let (ty, mutable, is_private) = (global.ty.content_type, global.ty.mutable, !exported.contains(&index));
        declarations.globals.push(Global { ty, mutable, address, constant, is_private });
    }
}

fn tables(module: &Module<'_>, declarations: &mut Declarations, layout: &mut Layout<'_>) -> Result<()> {
    let mut in_state = 0;
    let limit = layout::TABLE_MAX_ELEMENTS;
    for table in &module.tables[module.imported.tables..] {
        let ty = table.ty;
        if ty.initial > limit {
            return Err(Error::limit(format!("a table of {} elements; the limit is {limit}", ty.initial)));
        }
        let holds_functions = is_func_ref(ty.element_type);
        let bytes = ty.initial * if holds_functions { 16 } else { 8 };
        let fixed_size = (ty.maximum == Some(ty.initial)).then_some(ty.initial);
        let fits = fixed_size.is_some() && in_state + bytes <= TABLES_IN_STATE_MAX;
        let base = if fits {
            in_state += bytes;
            layout.reserve(bytes, 16)
        } else {
            layout.placement.table()?
        };
        let max = ty.maximum.unwrap_or(limit).min(limit);
        let state = layout.words(&[ty.initial, base, max, u64::from(holds_functions)]);
        declarations.tables.push(Table { ty, state, base, fixed_size, in_state: fits });
    }
    Ok(())
}

fn segments(module: &Module<'_>, declarations: &mut Declarations, layout: &mut Layout<'_>, dropped: u64) -> Result<()> {
    for element in &module.elements {
        declarations.elements.state.push(match element.kind {
            ElementKind::Declared => dropped,
            ElementKind::Passive | ElementKind::Active { .. } => layout.reserve(16, 16),
        });
        declarations.element_values.push(match &element.items {
            ElementItems::Expressions(_, items) if function_items(element)?.is_none() => {
                Some(layout.reserve(u64::from(items.count()) * 8, 8))
            }
            _ => None,
        });
    }
    for _ in &module.data {
        declarations.data.state.push(layout.reserve(16, 16));
    }
    Ok(())
}

/// Counts the data segments, from the first, whose place is known, inside a memory that this module defines.
/// The first that is not, and all after it, are applied by code: a segment that traps must hide those behind it.
fn folded_data(module: &Module<'_>, declarations: &Declarations) -> usize {
    let folds = |data: &&wasmparser::Data<'_>| match &data.kind {
        DataKind::Passive => false,
        DataKind::Active { memory_index, offset_expr } => {
            let defined = *memory_index as usize >= module.imported.memories;
            let ty = module.memories[*memory_index as usize];
            let bytes = u128::from(ty.initial) << ty.page_size_log2.unwrap_or(16);
            defined
                && constant::evaluate(offset_expr, &declarations.globals)
                    .and_then(Constant::as_index)
                    .is_some_and(|offset| u128::from(offset) + data.data.len() as u128 <= bytes)
        }
    };
    module.data.iter().take_while(folds).count()
}

/// The functions of a segment whose elements are all constant function references (`None`: null), if it is one.
pub fn function_items(element: &wasmparser::Element<'_>) -> Result<Option<Vec<Option<u32>>>> {
    match &element.items {
        ElementItems::Functions(functions) => {
            Ok(Some(functions.clone().into_iter().map(|index| index.map(Some)).collect::<Result<_, _>>()?))
        }
        ElementItems::Expressions(ty, items) if is_func_ref(*ty) => {
            let mut functions = Vec::with_capacity(items.count() as usize);
            for item in items.clone() {
                match constant::function_reference(&item?) {
                    Some(function) => functions.push(function),
                    None => return Ok(None),
                }
            }
            Ok(Some(functions))
        }
        ElementItems::Expressions(..) => Ok(None),
    }
}

/// Every function that may be referred to as a value: validation demands that it stands in a segment, a global's or
/// table's initialiser, or an export.
fn referenced_functions(module: &Module<'_>) -> Result<Vec<u32>> {
    let mut functions = BTreeSet::new();
    for element in &module.elements {
        match &element.items {
            ElementItems::Functions(items) => {
                for function in items.clone() {
                    functions.insert(function?);
                }
            }
            ElementItems::Expressions(_, items) => {
                for item in items.clone() {
                    functions.extend(constant::functions_named(&item?));
                }
            }
        }
    }
    let inits = module.globals.iter().filter_map(|global| global.init.as_ref());
    for init in inits.chain(module.tables.iter().filter_map(|table| table.init.as_ref())) {
        functions.extend(constant::functions_named(init));
    }
    functions.extend(module.exports.iter().filter(|e| e.kind == ExternalKind::Func).map(|e| e.index));
    Ok(functions.into_iter().collect())
}
