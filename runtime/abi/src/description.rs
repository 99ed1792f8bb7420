//! What people are told of a host function's parameters and results, made of its row in an import table.
//!
//! `--trace` shows calls by it, and tests try functions by it, so a function that gets a row needs no more.

use crate::imports::Param;

/// What people are told of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name and those of its parameters and results, each with a space behind it. (One string, because the linker
    /// would keep short ones in executables that have no use for them.)
    pub names: &'static str,
    /// What each of the parameters and results means.
    pub meanings: &'static [Meaning],
}

/// What a parameter means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    pub kind: Kind,
    /// It is a guest address where a result of this kind is stored.
    pub is_result: bool,
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

/// The kind of a parameter whose type has the name `ty`; an alias tells more than the type that it stands for.
pub const fn alias_kind(ty: &str, kind: Kind) -> Kind {
    match ty.as_bytes() {
        b"Fd" => Kind::Fd,
        b"Pointer" => Kind::Pointer,
        b"Text" => Kind::Text,
        b"Vectors" => Kind::Vectors,
        _ => kind,
    }
}

/// What a parameter of the type `T`, called `ty`, means.
pub const fn parameter<T: Param>(ty: &str) -> Meaning {
    Meaning { kind: alias_kind(ty, T::KIND), is_result: false }
}

/// What a pointer to a result of the type called `ty` means.
pub const fn result(ty: &str) -> Meaning {
    Meaning { kind: result_kind(ty), is_result: true }
}

/// The [`Description`] of a row: its name, its parameters with their types, its results with theirs.
#[macro_export]
macro_rules! describe {
    ($name:ident ($($param:ident: $ty:ty),*) ($($result:ident: $result_ty:ty),*)) => {
        $crate::description::Description {
            names: concat!(stringify!($name), " ", $(stringify!($param), " ",)* $(stringify!($result), " "),*),
            meanings: &[
                $($crate::description::parameter::<$ty>(stringify!($ty)),)*
                $($crate::description::result(stringify!($result_ty))),*
            ],
        }
    };
}
