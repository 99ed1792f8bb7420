//! The entry `_start_invoke`: calls one exported function with arguments from the command line and prints its results.
//!
//! Only programs built for it link this, so it may use `core::fmt` and number parsing, which others do not carry.

use crate::start::{self, PROGRAM};
use crate::stderr;
use core::fmt::{self, Write};

/// Exit status for arguments that the function cannot be called with.
const USAGE: i32 = 2;
/// More parameters or results than this are over the compiler's limits.
const MAX_VALUES: usize = 1000;

const I32: u8 = 0x7f;
const I64: u8 = 0x7e;
const F32: u8 = 0x7d;
const F64: u8 = 0x7c;
const V128: u8 = 0x7b;

/// # Safety
/// `stack` is the kernel's argument block, and this is the process's first Rust code after relocation.
pub unsafe extern "C" fn main(stack: *const usize) -> ! {
    // SAFETY: the caller's.
    unsafe { start::boot(stack) };
    // SAFETY: the compiler's arrays.
    let (params, results) = unsafe {
        (start::slice(PROGRAM.params, PROGRAM.params_len), start::slice(PROGRAM.results, PROGRAM.results_len))
    };
    let mut values = [[0; 16]; MAX_VALUES];
    parse_arguments(params, &mut values);
    start::instantiate_all();
    match PROGRAM.entry {
        [function, None] => start::call(function, &mut values),
        [initialize, function] => {
            start::call(initialize, &mut []);
            start::call(function, &mut values);
        }
    }
    let mut output = Output { buffer: [0; 512], len: 0 };
    for (&ty, value) in results.iter().zip(&values) {
        // Writing to `Output` cannot fail.
        let _ = print(&mut output, ty, value);
        output.flush();
    }
    crate::arch::exit(0)
}

/// Fills `values` from the command line, or ends the process with a message.
fn parse_arguments(params: &[u8], values: &mut [[u8; 16]]) {
    let arguments = || start::arguments().skip(1);
    if arguments().count() != params.len() {
        stderr::message(|message| {
            message.text("the function takes ").decimal(params.len() as u64);
            message.text(if params.len() == 1 { " argument" } else { " arguments" });
            for (index, &ty) in params.iter().enumerate() {
                message.text(if index == 0 { " (" } else { ", " }).text(name(ty));
            }
            message.text(if params.is_empty() { ", not " } else { "), not " });
            message.decimal(arguments().count() as u64).byte(b'\n');
        });
        crate::arch::exit(USAGE)
    }
    for ((argument, &ty), value) in arguments().zip(params).zip(values) {
        match argument.to_str().ok().and_then(|text| parse(ty, text)) {
            Some(bits) => *value = bits.to_le_bytes(),
            None => {
                stderr::message(|message| {
                    message.text("not a value of type ").text(name(ty)).text(": ");
                    message.untrusted(argument.to_bytes()).byte(b'\n');
                });
                crate::arch::exit(USAGE)
            }
        }
    }
}

fn name(ty: u8) -> &'static str {
    match ty {
        I32 => "i32",
        I64 => "i64",
        F32 => "f32",
        F64 => "f64",
        V128 => "v128",
        _ => "reference",
    }
}

/// The bits of a value. Integers may be signed or unsigned, and hexadecimal after `0x`.
fn parse(ty: u8, text: &str) -> Option<u128> {
    match ty {
        I32 => Some(u128::from(parse_integer(text, i32::MIN.into(), u32::MAX.into())? as u32)),
        I64 => Some(u128::from(parse_integer(text, i64::MIN.into(), u64::MAX.into())? as u64)),
        F32 => Some(u128::from(text.parse::<f32>().ok()?.to_bits())),
        F64 => Some(u128::from(text.parse::<f64>().ok()?.to_bits())),
        V128 => u128::from_str_radix(text.strip_prefix("0x")?, 16).ok(),
        _ => None,
    }
}

fn parse_integer(text: &str, min: i128, max: i128) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let magnitude = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse::<u64>(),
    };
    // Neither part may have a sign of its own.
    if digits.contains(['+', '-']) {
        return None;
    }
    let magnitude = i128::from(magnitude.ok()?);
    let value = if negative { -magnitude } else { magnitude };
    (min..=max).contains(&value).then_some(value)
}

fn print(output: &mut Output, ty: u8, value: &[u8; 16]) -> fmt::Result {
    let bits = u128::from_le_bytes(*value);
    match ty {
        I32 => writeln!(output, "{}", bits as i32),
        I64 => writeln!(output, "{}", bits as i64),
        F32 => writeln!(output, "{}", f32::from_bits(bits as u32)),
        F64 => writeln!(output, "{}", f64::from_bits(bits as u64)),
        V128 => writeln!(output, "{bits:#034x}"),
        _ => writeln!(output, "{}", if bits as u64 == 0 { "null" } else { "reference" }),
    }
}

/// One line on its way to standard output; the longest, of the smallest `f64`, has 330 bytes.
struct Output {
    buffer: [u8; 512],
    len: usize,
}

impl Output {
    fn flush(&mut self) {
        stderr::write_all(1, self.buffer.get(..self.len).unwrap_or_default());
        self.len = 0;
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.buffer.get_mut(self.len..self.len + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}
