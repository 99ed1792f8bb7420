//! Host calls → lines on standard error that people read, for programs built with `--trace`.
//!
//! Such a program calls `trace.M.P_rest` where others call `M.P_rest` (see `imports::traced`), so the others have
//! nothing of this. How a parameter is shown follows from the import table alone: a function that gets a row is traced.
//! With `--trace=0` nothing is shown unless `WEXE_TRACE` is 1. The first half of a line is written before the call, so
//! that one can see in which call a program waits.

use crate::memory::{self, Plain};
use crate::stderr::{self, Message};
use crate::{capabilities, fd_table};
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU8, Ordering};
use wexe_abi::description::{Array, Description, Field, Kind, Layout};
use wexe_abi::types::{Errno, Rights};

/// As much of a text is shown, as many vectors, and as many structures.
const LONGEST_TEXT: u32 = 256;
const MOST_VECTORS: usize = 16;
const MOST_STRUCTURES: u32 = 8;

/// What a traced function returns, as an errno.
pub trait Outcome {
    fn errno(self) -> i32;
}

impl Outcome for i32 {
    fn errno(self) -> i32 {
        self
    }
}

/// A function that comes back although it should not: it refused its parameter.
impl Outcome for () {
    fn errno(self) -> i32 {
        Errno::Inval as i32
    }
}

/// A parameter or result of a call.
#[derive(Clone, Copy)]
struct Argument {
    name: &'static str,
    kind: Kind,
    is_result: bool,
    value: i64,
    /// The value of the one behind it.
    next: u32,
}

fn arguments(function: &'static Description, values: &[i64]) -> impl Iterator<Item = Argument> + Clone {
    let names = function.names.split(' ').skip(1);
    names.zip(function.kinds).enumerate().map_while(move |(index, (name, &kind))| {
        let value = *values.get(index)?;
        let next = values.get(index + 1).copied().unwrap_or_default() as u32;
        Some(Argument { name, kind, is_result: index >= function.parameters, value, next })
    })
}

fn name(function: &'static Description) -> &'static str {
    function.names.split(' ').next().unwrap_or_default()
}

/// Whether calls are to be shown, which is known from the first one on.
fn is_on() -> bool {
    const UNKNOWN: u8 = 0;
    const OFF: u8 = 1;
    const ON: u8 = 2;
    static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);
    match STATE.load(Ordering::Relaxed) {
        UNKNOWN => {
            let on = capabilities::trace();
            STATE.store(if on { ON } else { OFF }, Ordering::Relaxed);
            on
        }
        state => state == ON,
    }
}

/// Shows a call that is about to be made.
pub fn enter(function: &'static Description, values: &[i64]) {
    if !is_on() {
        return;
    }
    stderr::message(|message| {
        message.text(name(function)).byte(b'(');
        for (index, argument) in arguments(function, values).filter(|argument| !argument.is_result).enumerate() {
            message.text(if index == 0 { "" } else { ", " }).text(argument.name).byte(b'=');
            match argument.kind {
                Kind::Array(array) if !array.is_stored => {
                    let count = arguments(function, values).find(|other| other.name == array.count);
                    show_array(message, array, argument.value as u32, count.map_or(0, |count| count.value as u32));
                }
                kind => show(message, kind, argument.value, argument.next),
            }
        }
        message.byte(b')');
        if name(function) == "proc_exit" {
            message.byte(b'\n');
        }
    });
}

/// Shows what came of it.
pub fn leave(function: &'static Description, values: &[i64], errno: i32) {
    if !is_on() {
        return;
    }
    stderr::more(|message| {
        message.text(" = ");
        show(message, Kind::Cases(Errno::NAMES), i64::from(errno), 0);
        if errno == Errno::Success as i32 {
            for result in arguments(function, values).filter(|argument| argument.is_result) {
                show_result(message, result);
            }
            show_stored_arrays(message, function, values);
        }
        if let Some(hint) = hint(function, values, errno) {
            message.text(" (").text(hint).byte(b')');
        }
        message.byte(b'\n');
    });
}

fn show(message: &mut Message, kind: Kind, value: i64, next: u32) {
    match kind {
        Kind::Byte | Kind::Short | Kind::Number | Kind::Fd => message.decimal(u64::from(value as u32)),
        Kind::Long => message.decimal(value as u64),
        Kind::Hexadecimal => message.hex(value as u64),
        Kind::SignedLong => message.text(if value < 0 { "-" } else { "" }).decimal(value.unsigned_abs()),
        Kind::Pointer | Kind::Array(_) => message.hex(u64::from(value as u32)),
        Kind::Structure(layout) => show_structure(message, layout, value as u32),
        Kind::Inet4 => show_inet4(message, value as u32),
        Kind::Inet6 => show_inet6(message, value as u32),
        Kind::Path(most) => {
            let len = (0..most).find(|&at| byte_at(value as u32, at).is_none_or(|byte| byte == 0));
            show_text(message, value as u32, len.unwrap_or(most))
        }
        Kind::Text => show_text(message, value as u32, next),
        Kind::Vectors => show_vectors(message, value as u32, next),
        Kind::Cases(names) => match words(names).nth(value as u32 as usize) {
            Some(name) => snake_case(message, name),
            None => message.decimal(u64::from(value as u32)),
        },
        Kind::Flags(names) => show_flags(message, names, value as u64),
    };
}

/// The text in quotes, with everything escaped that is no plain character: the program chose it.
fn show_text(message: &mut Message, address: u32, len: u32) -> &mut Message {
    let Ok(bytes) = memory::bytes(address, len) else {
        return message.hex(u64::from(address));
    };
    let mut buffer = [MaybeUninit::uninit(); LONGEST_TEXT as usize];
    message.byte(b'"');
    for &byte in bytes.copy_to_uninit(&mut buffer).iter() {
        match byte {
            b'"' | b'\\' => message.byte(b'\\').byte(byte),
            b' '..=b'~' => message.byte(byte),
            _ => message.text("\\x").byte(digit(byte >> 4)).byte(digit(byte & 15)),
        };
    }
    message.byte(b'"').text(if len > LONGEST_TEXT { "..." } else { "" })
}

fn digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

/// The lengths of vectors.
fn show_vectors(message: &mut Message, address: u32, count: u32) -> &mut Message {
    let Ok(vectors) = memory::array::<[u32; 2]>(address, count) else {
        return message.hex(u64::from(address));
    };
    message.byte(b'[');
    for (index, [_, len]) in vectors.iter().take(MOST_VECTORS).enumerate() {
        message.text(if index == 0 { "" } else { ", " }).decimal(u64::from(len));
    }
    message.text(if count as usize > MOST_VECTORS { ", ...]" } else { "]" })
}

/// The names in a string of them, which may end with spaces.
fn words(names: &'static str) -> impl Iterator<Item = &'static str> + Clone {
    names.split(' ').filter(|name| !name.is_empty())
}

/// The flags that are set, or all and those that are missing if that is shorter.
fn show_flags<'a>(message: &'a mut Message, names: &'static str, bits: u64) -> &'a mut Message {
    let count = words(names).count();
    let known = (1u64 << count) - 1;
    let most = count > 4 && 2 * (bits & known).count_ones() as usize > count;
    let mut separator = "";
    if most {
        message.text("all");
        separator = "-";
    }
    for (_, name) in words(names).enumerate().filter(|(index, _)| (bits >> index & 1 == 1) != most) {
        message.text(separator);
        snake_case(message, name);
        separator = if most { "-" } else { "|" };
    }
    let rest = if most { 0 } else { bits & !known };
    match (rest, separator) {
        (0, "") => message.byte(b'0'),
        (0, _) => message,
        _ => message.text(separator).hex(rest),
    }
}

/// `TooBig` and `TOO_BIG` as `too_big`.
fn snake_case<'a>(message: &'a mut Message, name: &str) -> &'a mut Message {
    let mut previous = b'_';
    for byte in name.bytes() {
        if previous.is_ascii_lowercase() && byte.is_ascii_uppercase() {
            message.byte(b'_');
        }
        message.byte(byte.to_ascii_lowercase());
        previous = byte;
    }
    message
}

fn show_result(message: &mut Message, result: Argument) {
    let value = match result.kind {
        Kind::Byte => read::<u8>(result).map(i64::from),
        Kind::Short | Kind::Flags(_) => read::<u16>(result).map(i64::from),
        Kind::Number | Kind::Fd => read::<u32>(result).map(i64::from),
        Kind::Long => read::<u64>(result).map(|value| value as i64),
        _ => Some(result.value),
    };
    if let Some(value) = value {
        message.text(", ").text(result.name).byte(b'=');
        show(message, result.kind, value, 0);
    }
}

/// Arrays that the function stored, as long as it says.
fn show_stored_arrays(message: &mut Message, function: &'static Description, values: &[i64]) {
    for argument in arguments(function, values) {
        let Kind::Array(array) = argument.kind else { continue };
        let count = arguments(function, values).find(|other| other.name == array.count && other.is_result);
        if let (true, Some(count)) = (array.is_stored, count.and_then(read::<u32>)) {
            message.text(", ").text(argument.name).byte(b'=');
            show_array(message, array, argument.value as u32, count);
        }
    }
}

fn show_array(message: &mut Message, array: &'static Array, address: u32, count: u32) {
    message.byte(b'[');
    for index in 0..count.min(MOST_STRUCTURES) {
        message.text(if index == 0 { "" } else { ", " });
        show_structure(message, &array.layout, address.wrapping_add(index.wrapping_mul(array.layout.size)));
    }
    message.text(if count > MOST_STRUCTURES { ", ...]" } else { "]" });
}

/// The fields of a structure that are there; the address of one that is not in memory.
fn show_structure<'a>(message: &'a mut Message, layout: &'static Layout, address: u32) -> &'a mut Message {
    let is_there = |field: &Field| match field.only {
        Some((tag, first, last)) => byte_at(address, tag).is_some_and(|tag| first <= tag && tag <= last),
        None => true,
    };
    if byte_at(address, 0).is_none() {
        return message.hex(u64::from(address));
    }
    let fields = words(layout.names).zip(layout.fields).filter(|(_, field)| is_there(field));
    for (index, (name, field)) in fields.enumerate() {
        let at = address.wrapping_add(field.at);
        let value = match field.kind {
            Kind::Inet4 | Kind::Inet6 | Kind::Path(_) => memory::bytes(at, field.size).ok().map(|_| i64::from(at)),
            _ => number_at(at, field.size),
        };
        message.text(if index == 0 { "{" } else { ", " }).text(name).byte(b'=');
        match value {
            Some(value) => show(message, field.kind, value, 0),
            None => {
                message.byte(b'?');
            }
        }
    }
    message.byte(b'}')
}

fn byte_at(address: u32, offset: u32) -> Option<u8> {
    memory::read(address.checked_add(offset)?).ok()
}

/// The number in some bytes.
fn number_at(address: u32, size: u32) -> Option<i64> {
    let mut bytes = [0; 8];
    memory::bytes(address, size).ok()?.copy_to(&mut bytes);
    Some(i64::from_le_bytes(bytes))
}

fn show_inet4(message: &mut Message, address: u32) -> &mut Message {
    for index in 0..4 {
        message.text(if index == 0 { "" } else { "." }).decimal(byte_at(address, index).unwrap_or(0).into());
    }
    message
}

fn show_inet6(message: &mut Message, address: u32) -> &mut Message {
    for index in (0..16).step_by(2) {
        let [high, low] = [index, index + 1].map(|index| byte_at(address, index).unwrap_or(0));
        message.text(if index == 0 { "" } else { ":" });
        message.bytes(stderr::digits(u16::from_be_bytes([high, low]).into(), 16, &mut [0; 20]));
    }
    message
}

/// What was stored as a result.
fn read<T: Plain>(result: Argument) -> Option<T> {
    memory::array(result.value as u32, 1).ok()?.get(0)
}

/// Which option would grant what was refused.
fn hint(function: &'static Description, values: &[i64], errno: i32) -> Option<&'static str> {
    let arguments = arguments(function, values);
    let fds = arguments.clone().filter(|argument| argument.kind == Kind::Fd && !argument.is_result);
    let mut descriptors = fds.clone().filter_map(|argument| fd_table::find(argument.value as u32).ok());
    let has_path = arguments.clone().any(|argument| argument.kind == Kind::Text);
    let asks_for_directories = has_path || name(function).starts_with("fd_prestat");
    match u16::try_from(errno).ok().and_then(|errno| Errno::from_raw(errno.into()))? {
        Errno::Badf if asks_for_directories && fds.clone().any(|argument| argument.value == 3) => {
            Some("no directory is granted: see --dir")
        }
        Errno::Badf | Errno::Notsock if name(function).starts_with("sock_accept") => {
            Some("no such socket is granted: see --listen")
        }
        Errno::Rofs if descriptors.any(|descriptor| descriptor.read_only) => {
            Some("the directory is granted for reading only: see --dir without :ro")
        }
        Errno::Notcapable if descriptors.any(|descriptor| lacks(function, descriptor.rights_base)) => {
            Some("the descriptor was opened without this right, or gave it up")
        }
        Errno::Notcapable if has_path => Some("this leads out of the directory: see --dir to grant where it leads"),
        Errno::Acces if is_network(name(function)) => Some("the network or this part of it is not granted: see --net"),
        Errno::Success if name(function).starts_with("environ_s") => {
            let count = arguments.clone().find(|argument| argument.is_result).and_then(read::<u32>);
            (count == Some(0)).then_some("no variable is granted: see --env")
        }
        _ => None,
    }
}

/// Whether a refusal of this function may be about `--net`.
fn is_network(name: &str) -> bool {
    name == "resolve" || name.starts_with("sock_") && name != "sock_send_file"
}

/// Whether `rights` are without the one that has the function's name.
fn lacks(function: &'static Description, rights: Rights) -> bool {
    let index = words(Rights::NAMES).position(|right| right.eq_ignore_ascii_case(name(function)));
    index.is_some_and(|index| rights.0 >> index & 1 == 0)
}
