//! Import tables: what a host module offers, one row per function, read by both sides.
//!
//! A module's table is a macro that hands its rows to another macro: here [`import_table!`] turns them into types for
//! the compiler, the runtime turns the same rows into its `extern "C"` symbols. So a signature cannot differ.
//!
//! A row reads like the specification: `fd_write(fd: Fd, iovs: Pointer, iovs_len: Size) -> (nwritten: Size);`. Each
//! result in parentheses is a pointer that the caller passes after the parameters, and the function itself returns an
//! errno; `-> !` marks a function that does not return. Rows stand under the first word of their name, which is also
//! the file of the runtime that holds their bodies.

pub use crate::builtins::Type;
use crate::types::Errno;

/// One function that a program may import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    /// The import's name; the linker symbol is `module.name`.
    pub name: &'static str,
    pub params: &'static [Type],
    pub results: &'static [Type],
}

/// A host module: its name and its functions in the order of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportModule {
    pub name: &'static str,
    pub functions: &'static [Import],
}

/// Every module of which the runtime has the functions.
pub const MODULES: &[ImportModule] = &[
    ImportModule { name: "wasi_snapshot_preview1", functions: crate::wasi_snapshot_preview1::FUNCTIONS },
    ImportModule { name: "wasi_unstable", functions: crate::wasi_unstable::FUNCTIONS },
];

/// What engines added to standard modules, each with the module whose name programs import it from.
pub const EXTENSIONS: &[(&str, ImportModule)] =
    &[("wasi_snapshot_preview1", ImportModule { name: "wasmedge_sock", functions: crate::wasmedge_sock::FUNCTIONS })];

/// The functions that programs may import as `module.name`, each with the module in whose table it stands. The standard
/// one is first; extensions use its names too, with other types.
pub fn find(module: &str, name: &str) -> impl Iterator<Item = (&'static ImportModule, &'static Import)> {
    let standard = MODULES.iter().filter(move |candidate| candidate.name == module);
    let extensions = EXTENSIONS.iter().filter(move |(extended, _)| *extended == module).map(|(_, extension)| extension);
    standard.chain(extensions).filter_map(move |candidate| {
        let import = candidate.functions.iter().find(|import| import.name == name)?;
        Some((candidate, import))
    })
}

/// The type of a parameter: which core wasm type carries it and which of that type's values are valid.
pub trait Param: Sized {
    /// The core type, as a Rust type.
    type Raw;
    const TYPE: Type;

    /// The parameter that `raw` stands for, or the errno of a function called with it.
    fn decode(raw: Self::Raw) -> Result<Self, Errno>;
}

macro_rules! integer_params {
    ($($ty:ident, $raw:ident, $wasm:ident;)*) => {
        $(impl Param for $ty {
            type Raw = $raw;
            const TYPE: Type = Type::$wasm;

            fn decode(raw: $raw) -> Result<$ty, Errno> {
                Ok(raw as $ty)
            }
        })*
    };
}

integer_params! {
    u32, i32, I32;
    u64, i64, I64;
    i64, i64, I64;
}

/// The core type that [`Param::Raw`] of `T` is.
pub const fn type_of<T: Param>() -> Type {
    T::TYPE
}

/// Makes `FUNCTIONS` of a table's rows.
macro_rules! import_table {
    ($module:ident { $($file:ident { $($name:ident ($($param:ident: $ty:ty),*) -> $results:tt;)* })* }) => {
        /// The functions of this module, in the order of the specification.
        pub const FUNCTIONS: &[$crate::imports::Import] = &[
            $($($crate::imports::import_row!($name ($($ty),*) -> $results)),*),*
        ];
    };
}

macro_rules! import_row {
    ($name:ident ($($ty:ty),*) -> !) => {
        $crate::imports::Import {
            name: stringify!($name),
            params: &[$($crate::imports::type_of::<$ty>()),*],
            results: &[],
        }
    };
    ($name:ident ($($ty:ty),*) -> ($($result:ident: $result_ty:ty),*)) => {
        $crate::imports::Import {
            name: stringify!($name),
            params: &[
                $($crate::imports::type_of::<$ty>(),)*
                $({ let _ = stringify!($result); $crate::imports::Type::I32 }),*
            ],
            results: &[$crate::imports::Type::I32],
        }
    };
}

pub(crate) use {import_row, import_table};
