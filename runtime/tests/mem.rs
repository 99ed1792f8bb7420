//! The memory functions against slices' own methods: every size up to a few hundred, every alignment, every overlap.

#[path = "../src/mem.rs"]
mod mem;

/// Where the copies look for the CPU features that the executable needs.
mod start {
    use std::sync::atomic::AtomicU64;
    pub static PROGRAM: AtomicU64 = AtomicU64::new(0);
}

use std::sync::atomic::Ordering;

const ROOM: usize = 64;

fn sizes() -> impl Iterator<Item = usize> {
    (0..=300).chain([511, 512, 513, 1023, 1024, 1025, 1151, 1152, 1153, 1279, 1280, 2000, 4095, 4096, 10_000, 70_001])
}

/// Calls `test` for copies without and with AVX, if this CPU has it.
fn with_and_without_avx(test: impl Fn()) {
    test();
    if std::is_x86_feature_detected!("avx") {
        start::PROGRAM.store(1 << 6, Ordering::Relaxed);
        test();
    }
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|index| (index * 7 + index / 251) as u8).collect()
}

#[test]
fn copies_are_exact_at_every_alignment() {
    with_and_without_avx(|| {
        for len in sizes() {
            for (from, to) in [(0, 0), (1, 0), (0, 1), (3, 7), (15, 16), (16, 31), (8, 40)] {
                let source = pattern(len + ROOM);
                let mut target = vec![0xee; len + 2 * ROOM];
                let mut expected = target.clone();
                expected[to..to + len].copy_from_slice(&source[from..from + len]);
                // SAFETY: both ranges are inside their vectors.
                let result = unsafe { mem::memcpy(target[to..].as_mut_ptr(), source[from..].as_ptr(), len) };
                assert_eq!(result, target[to..].as_mut_ptr());
                assert!(target == expected, "{len} bytes from {from} to {to}");
            }
        }
    });
}

#[test]
fn moves_are_exact_however_ranges_overlap() {
    with_and_without_avx(|| {
        for len in sizes() {
            let distances =
                [0, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200, len / 2, len, len + 1];
            for distance in distances {
                for (from, to) in [(0, distance), (distance, 0), (5, 5 + distance), (5 + distance, 5)] {
                    let mut ours = pattern(len + distance + ROOM);
                    let mut expected = ours.clone();
                    expected.copy_within(from..from + len, to);
                    let data = ours.as_mut_ptr();
                    // SAFETY: both ranges are inside the vector.
                    unsafe { mem::memmove(data.add(to), data.add(from), len) };
                    assert!(ours == expected, "{len} bytes from {from} to {to}");
                }
            }
        }
    });
}

#[test]
fn fills_are_exact_at_every_alignment() {
    for len in sizes() {
        for to in [0, 1, 2, 7, 8, 15, 16, 33, 63] {
            for value in [0, 1, 0x80, 0xff, 0x1a5] {
                let mut target = vec![0xee; len + 2 * ROOM];
                let mut expected = target.clone();
                expected[to..to + len].fill(value as u8);
                // SAFETY: the range is inside the vector.
                let result = unsafe { mem::memset(target[to..].as_mut_ptr(), value, len) };
                assert_eq!(result, target[to..].as_mut_ptr());
                assert!(target == expected, "{len} bytes at {to}");
            }
        }
    }
}

#[test]
fn comparisons_order_by_the_first_difference() {
    for len in 0..50 {
        let left = pattern(len + 1);
        for at in 0..len {
            for (a, b) in [(0, 1), (0x7f, 0x80), (0, 0xff)] {
                let (mut left, mut right) = (left.clone(), left.clone());
                (left[at], right[at]) = (a, b);
                right[at + 1..].fill(0);
                // SAFETY: both have more than `len` bytes.
                unsafe {
                    assert!(mem::memcmp(left.as_ptr(), right.as_ptr(), len) < 0, "{len} bytes, at {at}");
                    assert!(mem::memcmp(right.as_ptr(), left.as_ptr(), len) > 0, "{len} bytes, at {at}");
                    assert_eq!(mem::memcmp(left.as_ptr(), right.as_ptr(), at), 0, "{len} bytes, at {at}");
                    assert_ne!(mem::bcmp(left.as_ptr(), right.as_ptr(), len), 0, "{len} bytes, at {at}");
                }
            }
        }
        // SAFETY: as above.
        assert_eq!(unsafe { mem::memcmp(left.as_ptr(), left.clone().as_ptr(), len) }, 0);
    }
}

#[test]
fn the_length_of_a_string_is_up_to_its_zero() {
    for start in 0..32 {
        for len in 0..100 {
            let mut text = [0; 160];
            text[start..start + len].fill(b'x');
            text[start + len + 1..].fill(b'y');
            // SAFETY: there is a zero inside the array.
            assert_eq!(unsafe { mem::strlen(text[start..].as_ptr()) }, len, "from {start}");
        }
    }
}
