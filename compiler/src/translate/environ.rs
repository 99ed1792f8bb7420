//! What a function body refers to outside itself: functions, builtins, data, and alias regions of memory.
//!
//! Names are resolved at object emission. Everything is colocated, so a call is a direct `call rel32` and an address
//! one `lea`; each kind of state has an alias region of its own, so that a store to one does not hide another.

use super::{Translator, signature};
use crate::declare::Callee;
use cranelift_codegen::ir::{
    AbiParam, AliasRegion, AliasRegionData, ExtFuncData, ExternalName, FuncRef, GlobalValueData, InstBuilder,
    MemFlagsData, SigRef, Signature, Type, UserExternalName, Value, types,
};
use cranelift_codegen::isa::CallConv;
use std::collections::HashMap;
use wasmparser::types::CoreTypeId;
use wexe_abi::builtins::{self, Builtin};

/// What a symbol in generated code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    /// A wasm function, by index.
    Function(u32),
    Builtin(Builtin),
    /// The `FuncRecord` of a function, by function index.
    Record(u32),
    /// The bytes of a data segment.
    Data(u32),
    /// The function offsets of an element segment.
    Elements(u32),
}

/// How a [`Name`] is written into CLIF: namespace and index.
pub(crate) struct FunctionName;

impl FunctionName {
    pub fn encode(name: Name) -> UserExternalName {
        let (namespace, index) = match name {
            Name::Function(index) => (0, index),
            Name::Builtin(builtin) => (1, builtin as u32),
            Name::Record(index) => (2, index),
            Name::Data(index) => (3, index),
            Name::Elements(index) => (4, index),
        };
        UserExternalName::new(namespace, index)
    }

    pub fn decode(name: &UserExternalName) -> Name {
        match name.namespace {
            0 => Name::Function(name.index),
            1 => Name::Builtin(Builtin::ALL[name.index as usize]),
            2 => Name::Record(name.index),
            3 => Name::Data(name.index),
            4 => Name::Elements(name.index),
            other => unreachable!("no namespace {other}"),
        }
    }
}

/// A part of the program's memory that only its own instructions access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Region {
    Memory(u32),
    Global(u32),
    Table(u32),
    /// Sizes of memories and tables, segment lengths.
    State,
    /// Of `--profile-generate`.
    Counters,
}

/// What has been imported into the function already.
#[derive(Default)]
pub(crate) struct References {
    functions: HashMap<u32, FuncRef>,
    builtins: HashMap<Builtin, FuncRef>,
    signatures: HashMap<CoreTypeId, SigRef>,
    regions: HashMap<Region, AliasRegion>,
}

/// Globals and tables beyond this many share a region: a function may only have so many kinds of access.
const REGIONS_PER_KIND: u32 = 1000;

impl Translator<'_, '_> {
    /// Flags of an access to state that generated code knows to be mapped.
    pub(super) fn state_flags(&mut self, region: Region) -> MemFlagsData {
        MemFlagsData::trusted().with_alias_region(Some(self.region(region)))
    }

    /// The alias region of this kind of access; ids are the same in all functions, as inlining demands.
    pub(super) fn region(&mut self, region: Region) -> AliasRegion {
        let imported = &self.environment.module.imported;
        // Two imports can be the same.
        let shared =
            |index: u32, imported: usize| if (index as usize) < imported { 0 } else { index.min(REGIONS_PER_KIND) };
        let region = match region {
            Region::Memory(index) => Region::Memory(shared(index, imported.memories)),
            Region::Global(index) => Region::Global(shared(index, imported.globals)),
            Region::Table(index) => Region::Table(shared(index, imported.tables)),
            Region::State | Region::Counters => region,
        };
        let dfg = &mut self.builder.func.dfg;
        *self.references.regions.entry(region).or_insert_with(|| {
            let (kind, index) = match region {
                Region::State => (0, 0),
                Region::Memory(index) => (1, index),
                Region::Global(index) => (2, index),
                Region::Table(index) => (3, index),
                Region::Counters => (4, 0),
            };
            let user_id = kind << 16 | index;
            dfg.alias_regions.insert(AliasRegionData { user_id, description: format!("{region:?}").into() })
        })
    }

    /// The canonical type's signature.
    pub(super) fn signature(&mut self, ty: CoreTypeId) -> SigRef {
        if let Some(signature) = self.references.signatures.get(&ty) {
            return *signature;
        }
        let signature = signature::wasm(self.environment.module.func_type(ty));
        let signature = self.builder.import_signature(signature);
        self.references.signatures.insert(ty, signature);
        signature
    }

    /// A function of the module's index space.
    pub(super) fn function(&mut self, index: u32) -> FuncRef {
        if let Some(function) = self.references.functions.get(&index) {
            return *function;
        }
        let declaration = &self.environment.declarations.functions[index as usize];
        let signature = match declaration.callee {
            Callee::Host(_) => {
                let signature = signature::host(self.environment.module.func_type(declaration.ty));
                self.builder.import_signature(signature)
            }
            Callee::Body | Callee::Instance(_) => self.signature(declaration.ty),
        };
        let function = self.import(Name::Function(index), signature);
        self.references.functions.insert(index, function);
        function
    }

    fn import(&mut self, name: Name, signature: SigRef) -> FuncRef {
        let name = self.builder.func.declare_imported_user_function(FunctionName::encode(name));
        let data = ExtFuncData { name: ExternalName::user(name), signature, colocated: true, patchable: false };
        self.builder.import_function(data)
    }

    pub(super) fn builtin(&mut self, builtin: Builtin) -> FuncRef {
        if let Some(function) = self.references.builtins.get(&builtin) {
            return *function;
        }
        // For so few values the two conventions differ only in what survives an exception: with `Tail`, no register.
        let convention = if builtin == Builtin::Throw { CallConv::Tail } else { CallConv::SystemV };
        let mut signature = Signature::new(convention);
        signature.params.extend(builtin.params().iter().map(|ty| AbiParam::new(builtin_type(*ty))));
        signature.returns.extend(builtin.results().iter().map(|ty| AbiParam::new(builtin_type(*ty))));
        let signature = self.builder.import_signature(signature);
        let function = self.import(Name::Builtin(builtin), signature);
        self.references.builtins.insert(builtin, function);
        function
    }

    /// Calls a builtin that returns a value.
    pub(super) fn call_builtin(&mut self, builtin: Builtin, arguments: &[Value]) -> Value {
        let function = self.builtin(builtin);
        let call = self.builder.ins().call(function, arguments);
        self.builder.inst_results(call)[0]
    }

    /// The address of data or code.
    pub(super) fn symbol(&mut self, name: Name) -> Value {
        let name = self.builder.func.declare_imported_user_function(FunctionName::encode(name));
        let data =
            GlobalValueData::Symbol { name: ExternalName::user(name), offset: 0.into(), colocated: true, tls: false };
        let global = self.builder.create_global_value(data);
        self.builder.ins().symbol_value(types::I64, global)
    }

    /// A constant address.
    pub(super) fn address(&mut self, address: u64) -> Value {
        self.builder.ins().iconst(types::I64, address as i64)
    }

    /// The zero of a type.
    pub(super) fn zero(&mut self, ty: Type) -> Value {
        match ty {
            types::F32 => self.builder.ins().f32const(0.0),
            types::F64 => self.builder.ins().f64const(0.0),
            ty if ty.is_vector() => {
                let zeroes = self.builder.func.dfg.constants.insert(vec![0; 16].into());
                self.builder.ins().vconst(ty, zeroes)
            }
            ty => self.builder.ins().iconst(ty, 0),
        }
    }

    /// Zero-extends an `i32`, passes an `i64`.
    pub(super) fn extend(&mut self, value: Value) -> Value {
        match self.builder.func.dfg.value_type(value) {
            types::I32 => self.builder.ins().uextend(types::I64, value),
            _ => value,
        }
    }

    /// Narrows a 64-bit value to the index type of a 32-bit memory or table.
    pub(super) fn narrow(&mut self, value: Value, is_64: bool) -> Value {
        if is_64 { value } else { self.builder.ins().ireduce(types::I32, value) }
    }
}

fn builtin_type(ty: builtins::Type) -> Type {
    match ty {
        builtins::Type::I32 => types::I32,
        builtins::Type::I64 => types::I64,
        builtins::Type::F32 => types::F32,
        builtins::Type::F64 => types::F64,
    }
}
