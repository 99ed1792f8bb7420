//! The text of an option, or of its variable, → what it grants: one function for each kind of value, `None` for a text
//! that is none.

use crate::capabilities::{Capability, PREFIX};
use crate::network;
use core::net::SocketAddr;

/// A directory of the host, and how the program sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dir<'a> {
    pub host: &'a [u8],
    pub guest: &'a [u8],
    pub read_only: bool,
}

/// `HOST[::GUEST][:ro]`
pub fn dir(text: &[u8]) -> Option<Dir<'_>> {
    let (names, read_only) = match text.strip_suffix(b":ro") {
        Some(names) => (names, true),
        None => (text, false),
    };
    let (host, guest) = match names.windows(2).position(|pair| pair == b"::") {
        Some(at) => (names.get(..at)?, names.get(at + 2..)?),
        None => (names, names),
    };
    let named = !host.is_empty() && !guest.is_empty();
    named.then_some(Dir { host, guest, read_only })
}

/// Environment variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Env<'a> {
    /// All that the process has.
    All,
    /// The one of this name, if the process has it.
    Inherited(&'a [u8]),
    /// `name`, and the whole `name=value`.
    Given(&'a [u8], &'a [u8]),
}

/// `NAME=VALUE`, `NAME` or `*`
pub fn env(text: &[u8]) -> Option<Env<'_>> {
    if text == b"*" {
        return Some(Env::All);
    }
    let (name, env) = match text.iter().position(|&byte| byte == b'=') {
        Some(at) => text.get(..at).map(|name| (name, Env::Given(name, text)))?,
        None => (text, Env::Inherited(text)),
    };
    // Those are for the runtime alone.
    (!name.is_empty() && !name.starts_with(PREFIX)).then_some(env)
}

/// Where listening sockets come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// Those that the process was started with, as systemd does it.
    Inherited,
    Address(SocketAddr),
}

/// `ADDR:PORT` or `fd`
pub fn listen(text: &[u8]) -> Option<Listen> {
    if text == b"fd" {
        return Some(Listen::Inherited);
    }
    core::str::from_utf8(text).ok()?.parse().ok().map(Listen::Address)
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream<'a> {
    /// The one that the process has.
    Inherit,
    /// Nothing comes from it, and what goes there is gone.
    Null,
    Path(&'a [u8]),
}

/// `null`, `inherit` or `PATH`
pub fn stream(text: &[u8]) -> Option<Stream<'_>> {
    match text {
        b"" => None,
        b"inherit" => Some(Stream::Inherit),
        b"null" => Some(Stream::Null),
        path => Some(Stream::Path(path)),
    }
}

/// A number of bytes: `1048576`, `1024KiB`, `1MiB`.
pub fn size(text: &[u8]) -> Option<u64> {
    quantity(text, |unit| match unit {
        b"" => Some(1),
        b"KiB" => Some(1 << 10),
        b"MiB" => Some(1 << 20),
        b"GiB" => Some(1 << 30),
        _ => None,
    })
}

/// A number of milliseconds, at least one: `500ms`, `30s`, `5m`, `2h`.
pub fn duration(text: &[u8]) -> Option<u64> {
    let milliseconds = quantity(text, |unit| match unit {
        b"ms" => Some(1),
        b"s" => Some(1000),
        b"m" => Some(60_000),
        b"h" => Some(3_600_000),
        _ => None,
    });
    milliseconds.filter(|&milliseconds| milliseconds > 0)
}

/// `0` or `1`
pub fn switch(text: &[u8]) -> Option<bool> {
    match text {
        b"0" => Some(false),
        b"1" => Some(true),
        _ => None,
    }
}

/// Digits and the unit behind them. Not to be repeated in each executable for each kind of unit.
#[inline(never)]
fn quantity(text: &[u8], unit: fn(&[u8]) -> Option<u64>) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    let mut number = (!digits.is_empty()).then_some(0u64)?;
    for digit in digits {
        number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    number.checked_mul(unit(rest)?)
}

/// Whether `text` is a value of the option.
pub fn is_valid(capability: Capability, text: &[u8]) -> bool {
    match capability {
        Capability::Dir => dir(text).is_some(),
        Capability::Env => env(text).is_some(),
        Capability::Arg0 | Capability::Profile => true,
        Capability::Listen => listen(text).is_some(),
        Capability::Net => network::is_valid(text),
        Capability::Stdin | Capability::Stdout | Capability::Stderr => stream(text).is_some(),
        Capability::MaxMemory => size(text).is_some(),
        Capability::Timeout => duration(text).is_some(),
        Capability::Trace => switch(text).is_some(),
    }
}
