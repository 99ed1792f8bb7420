//! What people are told of a host function's parameters and results, made of its row in an import table.
//!
//! `--trace` shows calls by it, and tests try functions by it, so a function that gets a row needs no more.

use crate::imports::Param;

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
    /// A 32-bit number.
    Number,
    /// A 64-bit number.
    Long,
    /// A 64-bit number with a sign.
    SignedLong,
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
    /// Something else in guest memory.
    Structure,
}

/// The kind of a result, by the name of its type.
pub const fn result_kind(ty: &str) -> Kind {
    match ty.as_bytes() {
        b"Fd" => Kind::Fd,
        b"Size" => Kind::Number,
        b"Filesize" | b"Timestamp" => Kind::Long,
        _ => Kind::Structure,
    }
}

/// The kind of a parameter of the type `T`, called `ty`: an alias tells more than the type that it stands for.
pub const fn parameter_kind<T: Param>(ty: &str) -> Kind {
    match ty.as_bytes() {
        b"Fd" => Kind::Fd,
        b"Pointer" => Kind::Pointer,
        b"Text" => Kind::Text,
        b"Vectors" => Kind::Vectors,
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
                $($crate::description::result_kind(stringify!($result_ty))),*
            ],
            parameters: <[&str]>::len(&[$(stringify!($param)),*]),
        }
    };
}
