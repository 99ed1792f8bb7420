//! The memory functions against slices' own methods: every size up to 1100, every alignment, every overlap.

#[path = "../src/mem.rs"]
mod mem;

use mem::Way;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

const ROOM: usize = 64;

fn sizes() -> impl Iterator<Item = usize> {
    (0..=1100).chain([
        1151, 1152, 1153, 2000, 2047, 2048, 2049, 2080, 2112, 2113, 3071, 3072, 3073, 4095, 4096, 10_000, 70_001,
    ])
}

/// Holds what all tests share: which bodies the functions choose.
static WAY: Mutex<()> = Mutex::new(());

/// Calls `test` for each way that this CPU has.
fn each_way(test: impl Fn()) {
    let _way = WAY.lock().unwrap_or_else(PoisonError::into_inner);
    let ways = [
        (true, Way::Sse2),
        (std::is_x86_feature_detected!("avx2"), Way::Avx2),
        (std::is_x86_feature_detected!("avx512fp16"), Way::Avx512),
    ];
    for (_, way) in ways.into_iter().filter(|(present, _)| *present) {
        mem::choose(way);
        test();
    }
}

/// Bytes of which the first is aligned to 64.
struct Aligned {
    bytes: Vec<u8>,
    start: usize,
}

impl Aligned {
    fn new(len: usize, value: impl Fn(usize) -> u8) -> Aligned {
        let mut bytes = vec![0; len + 63];
        let start = bytes.as_ptr().align_offset(64);
        bytes[start..start + len].iter_mut().enumerate().for_each(|(index, byte)| *byte = value(index));
        bytes.truncate(start + len);
        Aligned { bytes, start }
    }
}

impl Deref for Aligned {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }
}

/// What functions that write begin with, so that nothing they fail to write looks written.
fn blank(len: usize) -> Aligned {
    Aligned::new(len, |_| 0xee)
}

fn pattern(len: usize) -> Aligned {
    Aligned::new(len, |index| (index * 7 + index / 251) as u8)
}

/// Nothing but the `len` bytes from `to` on was written.
fn assert_untouched(target: &[u8], to: usize, len: usize) {
    let around = target[..to].iter().chain(&target[to + len..]);
    assert!(around.copied().all(|byte| byte == 0xee), "{len} bytes at {to}, and more");
}

#[test]
fn copies_are_exact_at_every_alignment() {
    each_way(|| {
        for len in sizes() {
            let alignments = (0..33).flat_map(|to| [(0, to), (to, 0), (13, to), (to + 9, to)]);
            for (from, to) in alignments.chain([(15, 16), (16, 31), (8, 40)]) {
                let source = pattern(len + ROOM);
                let mut target = blank(len + 2 * ROOM);
                // SAFETY: both ranges are inside their buffers.
                let result = unsafe { mem::memcpy(target[to..].as_mut_ptr(), source[from..].as_ptr(), len) };
                assert_eq!(result, target[to..].as_mut_ptr());
                assert!(target[to..to + len] == source[from..from + len], "{len} bytes from {from} to {to}");
                assert_untouched(&target, to, len);
            }
        }
    });
}

#[test]
fn moves_are_exact_however_ranges_overlap() {
    each_way(|| {
        for len in sizes() {
            let distances =
                [0, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200, len / 2, len, len + 1];
            for distance in distances {
                for (from, to) in [(0, distance), (distance, 0), (5, 5 + distance), (5 + distance, 5)] {
                    let mut ours = pattern(len + distance + ROOM);
                    let mut expected = ours.to_vec();
                    expected.copy_within(from..from + len, to);
                    let data = ours.as_mut_ptr();
                    // SAFETY: both ranges are inside the vector.
                    unsafe { mem::memmove(data.add(to), data.add(from), len) };
                    assert!(*ours == *expected, "{len} bytes from {from} to {to}");
                }
            }
        }
    });
}

#[test]
fn fills_are_exact_at_every_alignment() {
    each_way(|| {
        for len in sizes() {
            for to in (0..33).chain([63]) {
                for value in [0, 0x80, 0x1a5] {
                    let mut target = blank(len + 2 * ROOM);
                    // SAFETY: the range is inside the buffer.
                    let result = unsafe { mem::memset(target[to..].as_mut_ptr(), value, len) };
                    assert_eq!(result, target[to..].as_mut_ptr());
                    assert!(target[to..to + len].iter().all(|&byte| byte == value as u8), "{len} bytes at {to}");
                    assert_untouched(&target, to, len);
                }
            }
        }
    });
}

/// Memory of which neither the byte before nor the byte behind can be touched.
fn guarded(len: usize) -> *mut u8 {
    const PAGE: usize = 4096;
    const PROT_READ_WRITE: i32 = 3;
    const MAP_PRIVATE_ANONYMOUS: i32 = 0x22;
    unsafe extern "C" {
        fn mmap(address: *mut u8, len: usize, protection: i32, flags: i32, file: i32, offset: i64) -> *mut u8;
        fn mprotect(address: *mut u8, len: usize, protection: i32) -> i32;
    }
    assert_eq!(len % PAGE, 0);
    // SAFETY: new memory, wherever the kernel finds room.
    unsafe {
        let start = mmap(std::ptr::null_mut(), len + 2 * PAGE, 0, MAP_PRIVATE_ANONYMOUS, -1, 0).add(PAGE);
        assert_eq!(mprotect(start, len, PROT_READ_WRITE), 0);
        start
    }
}

#[test]
fn nothing_outside_the_ranges_is_touched() {
    const LEN: usize = 18 << 12;
    let [source, target] = [0; 2].map(|_| guarded(LEN));
    each_way(|| {
        for len in sizes() {
            for at in [0, LEN - len] {
                // SAFETY: the ranges begin or end with the memory.
                unsafe {
                    mem::memset(source.add(at), len as i32, len);
                    mem::memcpy(target.add(at), source.add(at), len);
                    mem::memmove(target, target.add(at), len);
                    mem::memmove(target.add(at), target, len);
                    let written = std::slice::from_raw_parts(target.add(at), len);
                    assert!(written.iter().all(|&byte| byte == len as u8), "{len} bytes at {at}");
                }
            }
        }
    });
}

#[test]
fn comparisons_order_by_the_first_difference() {
    for len in 0..50 {
        let left = pattern(len + 1).to_vec();
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
