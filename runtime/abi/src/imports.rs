//! Import tables: what a host module offers, one row per function, read by both sides.
//!
//! A module's table is a macro that hands its rows to another macro: here [`import_table!`] turns them into types for
//! the compiler, the runtime turns the same rows into its `extern "C"` symbols. So a signature cannot differ.
//!
//! A row reads like the specification: `fd_write(fd: Fd, iovs: Pointer, iovs_len: Size) -> (nwritten: Size);`. Each
//! result in parentheses is a pointer that the caller passes after the parameters, and the function itself returns an
//! errno; `-> !` marks a function that does not return, `-> nothing` one of which no errno is returned. Rows stand
//! under the first word of their name, which is also the file of the runtime that holds their bodies.
//!
//! Two kinds of row have no body. A function with `-> (refused "why")` answers `notsup`, always; a program that imports
//! one with `-> (later)` does not compile yet (`later nothing` if it returns nothing). Their results are parameters.

pub use crate::builtins::Type;
use crate::description::{Description, Kind};
use crate::types::Errno;

/// What stands before the symbol of a host function that is traced.
pub const TRACED: &str = "trace.";

/// One function that a program may import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    /// The import's name; the linker symbol is `module.name`.
    pub name: &'static str,
    pub params: &'static [Type],
    pub results: &'static [Type],
    pub status: Status,
    pub description: Description,
}

/// Whether a function does what its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Done,
    /// It answers `notsup`, for this reason.
    Refused(&'static str),
    /// Programs that import it do not compile yet.
    Later,
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
    ImportModule { name: "wasix_32v1", functions: crate::wasix_32v1::FUNCTIONS },
    ImportModule { name: "bench", functions: crate::bench::FUNCTIONS },
];

/// What is imported from a module besides its own table: the name of that module, and the table.
///
/// Engines added functions to standard modules. Older programs for WASIX import from it what preview1 has, which is the
/// same function then, or what `wasix_32v1` had itself.
pub const EXTENSIONS: &[(&str, ImportModule)] = &[
    ("wasi_snapshot_preview1", ImportModule { name: "wasmedge_sock", functions: crate::wasmedge_sock::FUNCTIONS }),
    (
        "wasi_snapshot_preview1",
        ImportModule { name: "wasmedge_sock_v2", functions: crate::wasmedge_sock::v2::FUNCTIONS },
    ),
    ("wasix_32v1", ImportModule { name: "wasix_32v1", functions: crate::wasix_older::FUNCTIONS }),
    (
        "wasix_32v1",
        ImportModule { name: "wasi_snapshot_preview1", functions: crate::wasi_snapshot_preview1::FUNCTIONS },
    ),
    ("wasi", ImportModule { name: "wasi", functions: &[THREAD_SPAWN] }),
];

/// How programs of the proposal wasi-threads, and today's for WASIX, start a thread.
const THREAD_SPAWN: Import = Import {
    name: "thread-spawn",
    params: &[Type::I32],
    results: &[Type::I32],
    status: Status::Later,
    description: Description { names: "thread-spawn start_arg ", kinds: &[Kind::Pointer], parameters: 1 },
};

/// The functions that programs may import as `module.name`, each with the module in whose table it stands. That of the
/// module itself is first; its extensions may use the same name with other types.
pub fn find(module: &str, name: &str) -> impl Iterator<Item = (&'static ImportModule, &'static Import)> {
    let own = MODULES.iter().filter(move |candidate| candidate.name == module);
    let extensions = EXTENSIONS.iter().filter(move |(extended, _)| *extended == module).map(|(_, extension)| extension);
    own.chain(extensions).flat_map(move |candidate| {
        let named = candidate.functions.iter().filter(move |import| import.name == name);
        named.map(move |import| (candidate, import))
    })
}

/// The type of a parameter: which core wasm type carries it and which of that type's values are valid.
pub trait Param: Sized {
    /// The core type, as a Rust type.
    type Raw;
    const TYPE: Type;
    const KIND: Kind;

    /// The parameter that `raw` stands for, or the errno of a function called with it.
    fn decode(raw: Self::Raw) -> Result<Self, Errno>;
}

macro_rules! integer_params {
    ($($ty:ident, $raw:ident, $wasm:ident, $kind:ident;)*) => {
        $(impl Param for $ty {
            type Raw = $raw;
            const TYPE: Type = Type::$wasm;
            const KIND: Kind = Kind::$kind;

            fn decode(raw: $raw) -> Result<$ty, Errno> {
                Ok(raw as $ty)
            }
        })*
    };
}

integer_params! {
    u32, i32, I32, Number;
    u64, i64, I64, Long;
    i64, i64, I64, SignedLong;
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
            $($($crate::imports::import_row!($name ($($param: $ty),*) -> $results)),*),*
        ];
    };
}

macro_rules! import_row {
    ($name:ident ($($param:ident: $ty:ty),*) -> !) => {
        $crate::imports::import_row!(@ $name ($($param: $ty),*) () () Done)
    };
    ($name:ident ($($param:ident: $ty:ty),*) -> nothing) => {
        $crate::imports::import_row!(@ $name ($($param: $ty),*) () () Done)
    };
    ($name:ident ($($param:ident: $ty:ty),*) -> (later)) => {
        $crate::imports::import_row!(@ $name ($($param: $ty),*) () (I32) Later)
    };
    ($name:ident ($($param:ident: $ty:ty),*) -> (later nothing)) => {
        $crate::imports::import_row!(@ $name ($($param: $ty),*) () () Later)
    };
    ($name:ident ($($param:ident: $ty:ty),*) -> (refused $why:literal)) => {
        $crate::imports::import_row!(@ $name ($($param: $ty),*) () (I32) Refused($why))
    };
    ($name:ident ($($param:ident: $ty:ty),*) -> ($($result:ident: $result_ty:ty),*)) => {
        $crate::imports::import_row!(@ $name ($($param: $ty),*) ($($result: $result_ty),*) (I32) Done)
    };
    (@ $name:ident ($($param:ident: $ty:ty),*) ($($result:ident: $result_ty:ty),*) ($($returned:ident)?)
        $($status:tt)*) => {
        $crate::imports::Import {
            name: stringify!($name),
            params: &[
                $($crate::imports::type_of::<$ty>(),)*
                $({ let _ = stringify!($result); $crate::imports::Type::I32 }),*
            ],
            results: &[$($crate::imports::Type::$returned)?],
            status: $crate::imports::Status::$($status)*,
            description: $crate::describe!($name ($($param: $ty),*) ($($result: $result_ty),*)),
        }
    };
}

pub(crate) use {import_row, import_table};
