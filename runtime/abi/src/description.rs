//! What people are told of a host function's parameters and results, made of its row in an import table.
//!
//! `--trace` shows calls by it, and tests try functions by it, so a function that gets a row needs no more.

use crate::imports::Param;
use crate::types::{self, Fdflagsext, Fdstat, Filestat, Prestat, Roflags};
use crate::wasi_unstable;
use crate::wasix_32v1::{self, AddrPort, OptionTimestamp, Tty};

/// What people are told of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name and those of its parameters and results, each with a space behind it.
    pub names: &'static str,
    /// What each of them is, the parameters first.
    pub kinds: &'static [Kind],
    /// How many of them are parameters; the others are guest addresses where results of these kinds are stored.
    pub parameters: usize,
}

/// How a parameter is read by people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number of 8 bits, and of 16: only results and fields are so small.
    Byte,
    Short,
    /// A 32-bit number.
    Number,
    /// A 64-bit number.
    Long,
    /// A 64-bit number with a sign.
    SignedLong,
    /// A 64-bit number that means something to the program only.
    Hexadecimal,
    /// A file descriptor.
    Fd,
    /// A guest address.
    Pointer,
    /// A guest address of text, whose length is the next parameter.
    Text,
    /// A guest address of vectors, whose number is the next parameter.
    Vectors,
    /// One of these, numbered from 0 on, each with a space behind it.
    Cases(&'static str),
    /// Some of these, from bit 0 on, each with a space behind it.
    Flags(&'static str),
    /// A guest address of a structure.
    Structure(&'static Layout),
    /// A guest address of an array of structures.
    Array(&'static Array),
    /// In a structure: an address of IPv4, one of IPv6, and a path that ends with a NUL or here.
    Inet4,
    Inet6,
    Path(u32),
}

/// The fields of a structure in guest memory that people are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub size: u32,
    /// Their names, each with a space behind it.
    pub names: &'static str,
    pub fields: &'static [Field],
}

/// A field: where it is, its size and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub at: u32,
    pub size: u32,
    pub kind: Kind,
    /// It is only there if the byte at the first of these places is between the others.
    pub only: Option<(u32, u8, u8)>,
}

/// An array of structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array {
    pub layout: Layout,
    /// The parameter that says how many there are; a result if the function stores them.
    pub count: &'static str,
    pub is_stored: bool,
}

/// The size of the field that `_field` gets from a structure.
pub const fn size_of_field<S, T>(_field: fn(&S) -> &T) -> u32 {
    size_of::<T>() as u32
}

/// The [`Layout`] of a structure: fields, each with the name that it is shown under and its kind. Those behind `only`
/// depend on what another field is.
#[macro_export]
macro_rules! layout {
    ($structure:ty {
        $($field:ident as $name:ident: $kind:expr $(, only $tag:ident $first:literal $last:literal)?;)*
    }) => {
        $crate::description::Layout {
            size: size_of::<$structure>() as u32,
            names: $crate::description::unmergeable(
                concat!($(stringify!($name), " "),*),
                concat!($(stringify!($name), " ",)* " "),
            ),
            fields: &[$($crate::description::Field {
                at: core::mem::offset_of!($structure, $field) as u32,
                size: $crate::description::size_of_field(|structure: &$structure| &structure.$field),
                kind: $kind,
                only: $crate::layout!(@ $structure $(, $tag $first $last)?),
            }),*],
        }
    };
    (@ $structure:ty) => { None };
    (@ $structure:ty, $tag:ident $first:literal $last:literal) => {
        Some((core::mem::offset_of!($structure, $tag) as u32, $first, $last))
    };
}

/// What a result is, by its type.
pub trait Stored {
    const KIND: Kind;
}

macro_rules! stored {
    ($($ty:ty => $kind:expr,)*) => {
        $(impl Stored for $ty {
            const KIND: Kind = $kind;
        })*
    };
}

stored! {
    u8 => Kind::Byte,
    u16 => Kind::Short,
    u32 => Kind::Number,
    u64 => Kind::Long,
    Roflags => Kind::Flags(Roflags::NAMES),
    Fdflagsext => Kind::Flags(Fdflagsext::NAMES),
    Fdstat => Kind::Structure(&types::FDSTAT),
    Filestat => Kind::Structure(&types::FILESTAT),
    wasi_unstable::Filestat => Kind::Structure(&wasi_unstable::FILESTAT),
    Prestat => Kind::Structure(&types::PRESTAT),
    AddrPort => Kind::Structure(&wasix_32v1::ADDRESS),
    OptionTimestamp => Kind::Structure(&wasix_32v1::OPTION_TIMESTAMP),
    Tty => Kind::Structure(&wasix_32v1::TTY),
}

/// The kind of a result of the type `T`, called `ty`: an alias tells more than the type that it stands for.
pub const fn result_kind<T: Stored>(ty: &str) -> Kind {
    match ty.as_bytes() {
        b"Fd" => Kind::Fd,
        _ => T::KIND,
    }
}

/// The kind of a parameter of the type `T`, called `ty`.
pub const fn parameter_kind<T: Param>(ty: &str) -> Kind {
    match ty.as_bytes() {
        b"Fd" => Kind::Fd,
        b"Pointer" => Kind::Pointer,
        b"Text" => Kind::Text,
        b"Vectors" => Kind::Vectors,
        b"Subscriptions" => Kind::Array(&types::SUBSCRIPTIONS),
        b"OlderSubscriptions" => Kind::Array(&wasi_unstable::SUBSCRIPTIONS),
        b"Events" => Kind::Array(&types::EVENTS),
        b"SocketAddress" => Kind::Structure(&wasix_32v1::ADDRESS),
        b"Watch" => Kind::Structure(&wasix_32v1::WATCH),
        b"Watches" => Kind::Array(&wasix_32v1::WATCHES),
        b"Time" => Kind::Structure(&wasix_32v1::OPTION_TIMESTAMP),
        b"Terminal" => Kind::Structure(&wasix_32v1::TTY),
        _ => T::KIND,
    }
}

/// `text`, or `padded` if it has a size for which linkers merge constants: these stay in executables that have no use
/// for them.
pub const fn unmergeable(text: &'static str, padded: &'static str) -> &'static str {
    match text.len() {
        4 | 8 | 16 | 32 => padded,
        _ => text,
    }
}

/// The [`Description`] of a row: its name, its parameters with their types, its results with theirs.
#[macro_export]
macro_rules! describe {
    ($name:ident ($($param:ident: $ty:ty),*) ($($result:ident: $result_ty:ty),*)) => {
        $crate::description::Description {
            names: $crate::description::unmergeable(
                concat!(stringify!($name), " ", $(stringify!($param), " ",)* $(stringify!($result), " "),*),
                concat!(stringify!($name), " ", $(stringify!($param), " ",)* $(stringify!($result), " ",)* " "),
            ),
            kinds: &[
                $($crate::description::parameter_kind::<$ty>(stringify!($ty)),)*
                $($crate::description::result_kind::<$result_ty>(stringify!($result_ty))),*
            ],
            parameters: <[&str]>::len(&[$(stringify!($param)),*]),
        }
    };
}
