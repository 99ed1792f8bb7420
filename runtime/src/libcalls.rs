//! What Cranelift calls where the CPU that it compiles for lacks the instruction: rounding without SSE4.1, fused
//! multiply-add without FMA, byte shuffles without SSSE3. Results are those of the instructions, to the bit.

use core::arch::x86_64::__m128i;

/// `$round` gets numbers of small magnitude only, and the magnitude where fractions end.
macro_rules! rounding {
    ($float:ident, $bits:ident, $fraction_bits:literal, $($symbol:literal $name:ident $round:expr;)*) => {
        $(
            #[cfg_attr(not(test), unsafe(export_name = $symbol))]
            pub extern "C" fn $name(value: $float) -> $float {
                const SIGN: $bits = 1 << ($bits::BITS - 1);
                const QUIET: $bits = 1 << ($fraction_bits - 1);
                // From this magnitude on, every number is an integer.
                const INTEGERS: $float = (1u64 << $fraction_bits) as $float;
                let bits = value.to_bits();
                if value.is_nan() {
                    return $float::from_bits(bits | QUIET);
                }
                if $float::from_bits(bits & !SIGN) >= INTEGERS {
                    return value;
                }
                let round: fn($float, $float) -> $float = $round;
                // A result of zero has the sign of the argument.
                $float::from_bits((round(value, INTEGERS).to_bits() & !SIGN) | (bits & SIGN))
            }
        )*
    };
}

rounding! { f32, u32, 23,
    "floorf" floor_f32 |value, _| {
        let whole = value as i32 as f32;
        if whole > value { whole - 1.0 } else { whole }
    };
    "ceilf" ceil_f32 |value, _| {
        let whole = value as i32 as f32;
        if whole < value { whole + 1.0 } else { whole }
    };
    "truncf" trunc_f32 |value, _| value as i32 as f32;
    // The sum has no room for a fraction, so the addition itself rounds.
    "nearbyintf" nearest_f32 |value, integers| {
        if value < 0.0 { value - integers + integers } else { value + integers - integers }
    };
}

rounding! { f64, u64, 52,
    "floor" floor_f64 |value, _| {
        let whole = value as i64 as f64;
        if whole > value { whole - 1.0 } else { whole }
    };
    "ceil" ceil_f64 |value, _| {
        let whole = value as i64 as f64;
        if whole < value { whole + 1.0 } else { whole }
    };
    "trunc" trunc_f64 |value, _| value as i64 as f64;
    "nearbyint" nearest_f64 |value, integers| {
        if value < 0.0 { value - integers + integers } else { value + integers - integers }
    };
}

/// `a * b + c`, rounded once: in `f64` the product is exact, and a sum rounded to odd can be rounded again without
/// harm.
#[cfg_attr(not(test), unsafe(export_name = "fmaf"))]
pub extern "C" fn fma_f32(a: f32, b: f32, c: f32) -> f32 {
    let (product, c) = (f64::from(a) * f64::from(b), f64::from(c));
    let sum = product + c;
    if !sum.is_finite() {
        return sum as f32;
    }
    let part = sum - product;
    let error = (product - (sum - part)) + (c - part);
    if error == 0.0 || sum.to_bits() & 1 == 1 {
        return sum as f32;
    }
    let away_from_zero = (error > 0.0) == (sum > 0.0);
    f64::from_bits(if away_from_zero { sum.to_bits() + 1 } else { sum.to_bits() - 1 }) as f32
}

/// `a * b + c`, rounded once: computed on integers of 126 bits, of which the lowest stands for all that were lost.
#[cfg_attr(not(test), unsafe(export_name = "fma"))]
pub extern "C" fn fma_f64(a: f64, b: f64, c: f64) -> f64 {
    if a == 0.0 || b == 0.0 || !a.is_finite() || !b.is_finite() {
        return a * b + c; // nothing is rounded twice
    }
    if c == 0.0 {
        return a * b; // with its sign, should it round to zero
    }
    if !c.is_finite() {
        return c + c; // even if the product overflows; a NaN comes out quiet
    }
    let product = Exact::from(a).times(Exact::from(b));
    product.plus(Exact::from(c).normalised()).round()
}

/// A number other than zero: `magnitude * 2^exponent`.
#[derive(Clone, Copy)]
struct Exact {
    negative: bool,
    magnitude: u128,
    exponent: i32,
}

impl From<f64> for Exact {
    fn from(value: f64) -> Exact {
        let bits = value.to_bits();
        let (biased, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
        let (magnitude, exponent) = match biased {
            0 => (fraction, -1074),
            _ => (fraction | 1 << 52, biased - 1075),
        };
        Exact { negative: bits >> 63 == 1, magnitude: u128::from(magnitude), exponent }
    }
}

impl Exact {
    /// With the highest bit at 125, so that a sum has room.
    fn normalised(self) -> Exact {
        let shift = self.magnitude.leading_zeros() as i32 - 2;
        Exact { magnitude: self.magnitude << shift, exponent: self.exponent - shift, ..self }
    }

    fn times(self, other: Exact) -> Exact {
        Exact {
            negative: self.negative != other.negative,
            magnitude: u128::from(self.magnitude as u64) * u128::from(other.magnitude as u64),
            exponent: self.exponent + other.exponent,
        }
        .normalised()
    }

    /// The sum of normalised numbers; of magnitude 0 if they cancel out.
    fn plus(self, other: Exact) -> Exact {
        let (high, low) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let shift = (high.exponent - low.exponent) as u32;
        let aligned = low.magnitude.checked_shr(shift).unwrap_or(0);
        let lost = aligned.checked_shl(shift).unwrap_or(0) != low.magnitude;
        let low_magnitude = aligned | u128::from(lost);
        if high.negative == low.negative {
            return Exact { magnitude: high.magnitude + low_magnitude, ..high };
        }
        let difference = high.magnitude.wrapping_sub(low_magnitude) as i128;
        Exact {
            negative: difference != 0 && high.negative != (difference < 0),
            magnitude: difference.unsigned_abs(),
            exponent: high.exponent,
        }
    }

    /// The nearest `f64`, of two equally near the even one.
    fn round(self) -> f64 {
        const LOWEST: i32 = -1074;
        let sign = u64::from(self.negative) << 63;
        if self.magnitude == 0 {
            return f64::from_bits(sign);
        }
        let highest = self.exponent + 127 - self.magnitude.leading_zeros() as i32;
        let unit = (highest - 52).max(LOWEST);
        let shift = unit - self.exponent;
        let fraction = if shift <= 0 {
            self.magnitude << -shift
        } else if shift > 127 {
            0 // less than half of the smallest number
        } else {
            let (whole, half) = (self.magnitude >> shift, 1 << (shift - 1));
            let rest = self.magnitude & ((1 << shift) - 1);
            whole + u128::from(rest > half || (rest == half && whole & 1 == 1))
        };
        // The fraction's highest bit, and a carry out of it, count up the exponent.
        let bits = if highest > 1023 { u64::MAX } else { (((unit - LOWEST) as u64) << 52) + fraction as u64 };
        f64::from_bits(sign | bits.min(f64::INFINITY.to_bits()))
    }
}

/// The instruction `pshufb`: byte `i` of the result is the byte of `bytes` that `indices[i]` names, or 0 if its top bit
/// is set.
#[expect(improper_ctypes_definitions, reason = "System V passes __m128i in vector registers")]
#[cfg_attr(not(test), unsafe(export_name = "__cranelift_x86_pshufb"))]
pub extern "C" fn x86_pshufb(bytes: __m128i, indices: __m128i) -> __m128i {
    // SAFETY: a vector of 128 bits is 16 bytes, and the other way round.
    let (bytes, indices): ([u8; 16], [u8; 16]) = unsafe { core::mem::transmute((bytes, indices)) };
    let shuffled = indices.map(|index| if index & 0x80 != 0 { 0 } else { bytes[usize::from(index & 15)] });
    // SAFETY: as above.
    unsafe { core::mem::transmute(shuffled) }
}
