//! The rounding and fused operations against the host's own, over special values and random bits.

#[path = "../src/libcalls.rs"]
mod libcalls;

use libcalls::*;
use std::arch::x86_64::__m128i;

/// A small generator: the tests must be the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Mostly numbers of similar magnitude, where rounding is hard.
    fn double(&mut self) -> f64 {
        let bits = self.next();
        match self.next() % 4 {
            0 => f64::from_bits(bits),
            1 => f64::from_bits(bits & 0x800f_ffff_ffff_ffff | (1023 - 60 + self.next() % 120) << 52),
            2 => f64::from_bits(bits & 0x800f_ffff_ffff_ffff),
            _ => (bits as i64 >> (bits & 63)) as f64 * 0.5,
        }
    }

    fn single(&mut self) -> f32 {
        let bits = self.next() as u32;
        match self.next() % 4 {
            0 => f32::from_bits(bits),
            1 => f32::from_bits(bits & 0x807f_ffff | ((127 - 40 + self.next() % 80) as u32) << 23),
            2 => f32::from_bits(bits & 0x807f_ffff),
            _ => (bits as i32 >> (bits & 31)) as f32 * 0.5,
        }
    }
}

#[track_caller]
fn same_f64(ours: f64, host: f64, arguments: &[f64]) {
    assert!(
        ours.to_bits() == host.to_bits() || ours.is_nan() && host.is_nan(),
        "{arguments:?}: {ours:e}, not {host:e}"
    );
    assert!(!ours.is_nan() || ours.to_bits() & 1 << 51 != 0, "{arguments:?}: a signalling NaN");
}

#[track_caller]
fn same_f32(ours: f32, host: f32, arguments: &[f32]) {
    assert!(
        ours.to_bits() == host.to_bits() || ours.is_nan() && host.is_nan(),
        "{arguments:?}: {ours:e}, not {host:e}"
    );
    assert!(!ours.is_nan() || ours.to_bits() & 1 << 22 != 0, "{arguments:?}: a signalling NaN");
}

const SPECIAL: [f64; 22] = [
    0.0,
    0.3,
    0.5,
    0.49999999999999994,
    1.0,
    1.5,
    2.5,
    3.5,
    4503599627370495.5,
    4503599627370496.0,
    9007199254740993.0,
    8388607.5,
    8388608.0,
    4194303.75,
    1e300,
    f64::MIN_POSITIVE,
    5e-324,
    f64::MAX,
    f64::INFINITY,
    f64::NAN,
    1e-310,
    3e9,
];

#[test]
fn rounding_is_the_hosts() {
    let mut random = Random(1);
    let special = SPECIAL.iter().flat_map(|&value| [value, -value]);
    let doubles: Vec<f64> = special.chain((0..200_000).map(|_| random.double())).collect();
    for value in doubles {
        same_f64(floor_f64(value), value.floor(), &[value]);
        same_f64(ceil_f64(value), value.ceil(), &[value]);
        same_f64(trunc_f64(value), value.trunc(), &[value]);
        same_f64(nearest_f64(value), value.round_ties_even(), &[value]);
        let value = if value.abs() < 1e30 { value as f32 } else { random.single() };
        same_f32(floor_f32(value), value.floor(), &[value]);
        same_f32(ceil_f32(value), value.ceil(), &[value]);
        same_f32(trunc_f32(value), value.trunc(), &[value]);
        same_f32(nearest_f32(value), value.round_ties_even(), &[value]);
    }
}

#[test]
fn multiply_add_is_the_hosts() {
    let mut random = Random(2);
    for &a in &SPECIAL {
        for &b in &SPECIAL {
            for &c in &SPECIAL {
                for (a, c) in [(a, c), (-a, c), (a, -c), (-a, -c)] {
                    same_f64(fma_f64(a, b, c), a.mul_add(b, c), &[a, b, c]);
                }
            }
        }
    }
    for _ in 0..300_000 {
        let (a, b) = (random.double(), random.double());
        // Often near the product with the other sign, where nearly everything cancels out.
        let c = match random.next() % 3 {
            0 => -(a * b),
            1 => f64::from_bits((-(a * b)).to_bits().wrapping_add(random.next() % 3)),
            _ => random.double(),
        };
        same_f64(fma_f64(a, b, c), a.mul_add(b, c), &[a, b, c]);
        let (a, b) = (random.single(), random.single());
        let c = if random.next().is_multiple_of(2) { -(a * b) } else { random.single() };
        same_f32(fma_f32(a, b, c), a.mul_add(b, c), &[a, b, c]);
    }
}

#[test]
fn shuffle_takes_four_bits_and_clears_on_the_top_one() {
    let shuffle = |bytes: [u8; 16], indices: [u8; 16]| {
        // SAFETY: a vector of 128 bits is 16 bytes.
        unsafe {
            let (bytes, indices) = std::mem::transmute::<([u8; 16], [u8; 16]), (__m128i, __m128i)>((bytes, indices));
            std::mem::transmute::<__m128i, [u8; 16]>(x86_pshufb(bytes, indices))
        }
    };
    let bytes = std::array::from_fn(|index| index as u8 + 100);
    let indices = [0, 15, 16, 31, 0x7f, 0x80, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 0x8f];
    assert_eq!(shuffle(bytes, indices), [100, 115, 100, 115, 115, 0, 0, 101, 102, 103, 104, 105, 106, 107, 108, 0]);
}
