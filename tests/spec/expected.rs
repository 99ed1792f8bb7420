//! What a step must come to ↔ what came of it, bit for bit.

use wast::core::{NanPattern, V128Pattern, WastRetCore};
use wexe_abi::trap::Trap;

use super::record::Record;

/// The outcome that the script asserts.
#[derive(Debug)]
pub enum Expected<'a> {
    /// Returns, whatever it is.
    Any,
    Return(Vec<WastRetCore<'a>>),
    /// A trap that the suite calls so.
    Trap(&'a str),
    Exception,
    /// The module does not link: the compiler says so, or the executable if it depends on how far an import has grown.
    Unlinkable(&'a str),
}

impl Expected<'_> {
    pub fn check(&self, record: &Record) -> Result<(), String> {
        let as_expected = match (self, record) {
            (Expected::Any, Record::Returned(_)) | (Expected::Exception, Record::Exception) => true,
            (Expected::Return(results), Record::Returned(values)) => {
                results.len() == values.len() && results.iter().zip(values).all(|(result, cell)| matches(result, *cell))
            }
            (Expected::Unlinkable(message) | Expected::Trap(message), Record::Trapped(trap)) => {
                traps(message).contains(trap)
            }
            _ => false,
        };
        if as_expected { Ok(()) } else { Err(format!("expected {self:?}, got {record:?}")) }
    }
}

/// The traps that the suite means by a message: it is less precise than the runtime, and has changed its words.
fn traps(message: &str) -> &'static [Trap] {
    match message {
        "unreachable" => &[Trap::Unreachable],
        "integer divide by zero" => &[Trap::IntegerDivideByZero],
        "integer overflow" => &[Trap::IntegerOverflow],
        "invalid conversion to integer" => &[Trap::InvalidConversionToInteger],
        "out of bounds memory access" | "data segment does not fit" => &[Trap::MemoryOutOfBounds],
        "out of bounds table access" | "elements segment does not fit" => &[Trap::TableOutOfBounds],
        // Of segments with the bulk-memory proposal.
        "out of bounds" => &[Trap::MemoryOutOfBounds, Trap::TableOutOfBounds],
        "undefined element" | "undefined" => &[Trap::UndefinedElement],
        "uninitialized element" | "uninitialized" => &[Trap::UninitializedElement],
        "uninitialized element 2" | "uninitialized element 7" => &[Trap::UninitializedElement],
        "indirect call type mismatch" | "indirect call" => &[Trap::IndirectCallTypeMismatch],
        "call stack exhausted" => &[Trap::CallStackExhausted],
        "null function reference" => &[Trap::NullFunctionReference],
        "null reference" => &[Trap::NullReference],
        "null exception reference" => &[Trap::NullExceptionReference],
        "unaligned atomic" => &[Trap::UnalignedAtomic],
        "expected shared memory" => &[Trap::ExpectedSharedMemory],
        "cast failure" => &[Trap::CastFailure],
        "null structure reference" => &[Trap::NullStructureReference],
        "null array reference" => &[Trap::NullArrayReference],
        "null i31 reference" => &[Trap::NullI31Reference],
        "out of bounds array access" => &[Trap::ArrayOutOfBounds],
        "incompatible import type" => &[Trap::IncompatibleImport],
        _ => &[],
    }
}

/// Whether a cell holds the result. Bytes past the width of its type are not looked at.
fn matches(result: &WastRetCore<'_>, cell: [u8; 16]) -> bool {
    let bits = u128::from_le_bytes(cell);
    match result {
        WastRetCore::I32(value) => bits as u32 == value.cast_unsigned(),
        WastRetCore::I64(value) => bits as u64 == value.cast_unsigned(),
        WastRetCore::F32(pattern) => f32_matches(bits as u32, float_bits(pattern, |value| value.bits)),
        WastRetCore::F64(pattern) => f64_matches(bits as u64, float_bits(pattern, |value| value.bits)),
        WastRetCore::V128(pattern) => v128_matches(pattern, cell),
        WastRetCore::RefNull(_) => bits as u64 == 0,
        WastRetCore::RefExtern(Some(number)) | WastRetCore::RefHost(number) => bits as u64 == u64::from(*number) + 1,
        WastRetCore::RefExtern(None)
        | WastRetCore::RefFunc(_)
        | WastRetCore::RefAny
        | WastRetCore::RefEq
        | WastRetCore::RefArray
        | WastRetCore::RefStruct
        | WastRetCore::RefI31
        | WastRetCore::RefI31Shared => bits as u64 != 0,
        WastRetCore::Either(results) => results.iter().any(|result| matches(result, cell)),
    }
}

/// The pattern with the bits of its value.
fn float_bits<T, Bits>(pattern: &NanPattern<T>, bits: impl Fn(&T) -> Bits) -> NanPattern<Bits> {
    match pattern {
        NanPattern::CanonicalNan => NanPattern::CanonicalNan,
        NanPattern::ArithmeticNan => NanPattern::ArithmeticNan,
        NanPattern::Value(value) => NanPattern::Value(bits(value)),
    }
}

/// A canonical NaN has the quiet bit alone, an arithmetic one at least that; either may have a sign.
fn f32_matches(bits: u32, pattern: NanPattern<u32>) -> bool {
    const QUIET: u32 = 0x7fc0_0000;
    match pattern {
        NanPattern::CanonicalNan => bits & !(1 << 31) == QUIET,
        NanPattern::ArithmeticNan => bits & QUIET == QUIET,
        NanPattern::Value(value) => bits == value,
    }
}

fn f64_matches(bits: u64, pattern: NanPattern<u64>) -> bool {
    const QUIET: u64 = 0x7ff8_0000_0000_0000;
    match pattern {
        NanPattern::CanonicalNan => bits & !(1 << 63) == QUIET,
        NanPattern::ArithmeticNan => bits & QUIET == QUIET,
        NanPattern::Value(value) => bits == value,
    }
}

fn v128_matches(pattern: &V128Pattern, cell: [u8; 16]) -> bool {
    match pattern {
        V128Pattern::I8x16(lanes) => lanes.map(i8::cast_unsigned) == cell,
        V128Pattern::I16x8(lanes) => *lanes == split(cell).map(i16::from_le_bytes),
        V128Pattern::I32x4(lanes) => *lanes == split(cell).map(i32::from_le_bytes),
        V128Pattern::I64x2(lanes) => *lanes == split(cell).map(i64::from_le_bytes),
        V128Pattern::F32x4(lanes) => lanes
            .iter()
            .zip(split::<4, 4>(cell))
            .all(|(pattern, lane)| f32_matches(u32::from_le_bytes(lane), float_bits(pattern, |value| value.bits))),
        V128Pattern::F64x2(lanes) => lanes
            .iter()
            .zip(split::<8, 2>(cell))
            .all(|(pattern, lane)| f64_matches(u64::from_le_bytes(lane), float_bits(pattern, |value| value.bits))),
    }
}

/// The lanes of a vector.
fn split<const WIDTH: usize, const COUNT: usize>(cell: [u8; 16]) -> [[u8; WIDTH]; COUNT] {
    let (lanes, _) = cell.as_chunks();
    lanes.try_into().expect("COUNT lanes of WIDTH bytes are a vector")
}
