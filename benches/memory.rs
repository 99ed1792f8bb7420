//! Measures the runtime's memory functions beside glibc's: `memmove` and `memset` at sizes from 1 byte to 64 MiB, with
//! the AVX bodies and without.
//!
//! Both are called in turn in one process, for many short rounds of which the fastest counts: on a machine that others
//! use too, only that and ratios mean anything. A ratio above 1 says that ours is faster.
//!
//!     cargo bench --bench memory [-- --all] [--rounds 200] [NAME...]
//!
//! It prints the geomeans of ranges of sizes, then the sizes below 0.95; `--all` prints every size. A NAME selects the
//! rows of that kind: `fill`, `copy`.

#[path = "../runtime/src/mem.rs"]
#[allow(dead_code)]
mod mem;

use std::hint::black_box;

/// What counts as as fast as glibc.
const GOAL: f64 = 0.95;
const ATTEMPTS: usize = 3;
const LARGEST: usize = 64 << 20;
/// Room before and after the largest size, for misalignment and for the distance of overlapping ranges.
const ROOM: usize = 4096;
/// Bytes to move in a round, and calls to make in it at most and at least.
const ROUND: usize = 1 << 18;
const CALLS: std::ops::RangeInclusive<usize> = 1..=1024;

type Copy = unsafe extern "C" fn(*mut u8, *const u8, usize) -> *mut u8;
type Fill = unsafe extern "C" fn(*mut u8, i32, usize) -> *mut u8;

mod glibc {
    #[repr(C)]
    #[derive(Default)]
    pub struct Timespec {
        pub seconds: i64,
        pub nanoseconds: i64,
    }

    unsafe extern "C" {
        pub fn memmove(target: *mut u8, source: *const u8, len: usize) -> *mut u8;
        pub fn memset(target: *mut u8, value: i32, len: usize) -> *mut u8;
        pub fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
    }
}

/// One thing to do, with offsets into the buffers.
#[derive(Clone, Copy)]
enum Work {
    Fill {
        to: usize,
    },
    /// From one buffer to another.
    Copy {
        to: usize,
        from: usize,
    },
    /// Inside one buffer.
    Move {
        to: usize,
        from: usize,
    },
}

const KINDS: &[(&str, Work)] = &[
    ("fill, aligned", Work::Fill { to: 0 }),
    ("fill, misaligned", Work::Fill { to: 13 }),
    ("copy, aligned", Work::Copy { to: 0, from: 0 }),
    ("copy, alike misaligned", Work::Copy { to: 13, from: 13 }),
    ("copy, misaligned", Work::Copy { to: 7, from: 20 }),
    ("copy, overlapping, down", Work::Move { to: 5, from: 105 }),
    ("copy, overlapping, up", Work::Move { to: 105, from: 5 }),
];

/// The lengths of a row: one, or a mixture that no branch predictor learns.
struct Lengths {
    name: String,
    largest: usize,
    each: Vec<usize>,
}

impl Lengths {
    fn one(len: usize) -> Lengths {
        let calls = (ROUND / len).clamp(*CALLS.start(), *CALLS.end());
        Lengths { name: len.to_string(), largest: len, each: vec![len; calls] }
    }

    /// From 1 to `largest`.
    fn mixed(largest: usize) -> Lengths {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            1 + (state >> 33) as usize % largest
        };
        // Longer than what predictors remember.
        Lengths { name: format!("1..{largest}"), largest, each: (0..16384).map(|_| random()).collect() }
    }
}

fn rows() -> Vec<Lengths> {
    let mut rows: Vec<Lengths> = [16, 64, 256].map(Lengths::mixed).into();
    rows.extend((1..=64).map(Lengths::one));
    let powers = std::iter::successors(Some(64), |size| Some(size * 2)).take_while(|&size| size < LARGEST);
    rows.extend(powers.flat_map(|size| [size + size / 8 - 3, size + size / 2 + 1, size * 2]).map(Lengths::one));
    rows
}

struct Buffers {
    source: Vec<u8>,
    target: Vec<u8>,
    source_offset: usize,
    target_offset: usize,
}

impl Buffers {
    fn new() -> Buffers {
        let [source, target] = [1, 2].map(|value| vec![value; LARGEST + 2 * ROOM]);
        let offset = |buffer: &[u8]| buffer.as_ptr().align_offset(ROOM);
        // Not the same place in a page: loads would seem to depend on stores.
        let (source_offset, target_offset) = (offset(&source) + 1024, offset(&target));
        Buffers { source, target, source_offset, target_offset }
    }

    /// Processor nanoseconds that one round takes.
    fn time(&mut self, work: Work, lengths: &Lengths, copy: Copy, fill: Fill) -> f64 {
        let (copy, fill) = (black_box(copy), black_box(fill));
        let target = self.target[self.target_offset..].as_mut_ptr();
        let source = self.source[self.source_offset..].as_ptr();
        // SAFETY: offsets and lengths together stay inside the buffers.
        let (to, from) = unsafe {
            match work {
                Work::Fill { to } => (target.add(to), source),
                Work::Copy { to, from } => (target.add(to), source.add(from)),
                Work::Move { to, from } => (target.add(to), target.add(from).cast_const()),
            }
        };
        let begin = now();
        // SAFETY: as above; the functions are `memmove` and `memset`.
        unsafe {
            match work {
                Work::Fill { .. } => lengths.each.iter().for_each(|&len| _ = fill(to, 7, len)),
                _ => lengths.each.iter().for_each(|&len| _ = copy(to, from, len)),
            }
        }
        now() - begin
    }

    /// The least time of a call, of ours and of glibc's. What seems slow is measured again: it may have been disturbed.
    fn compare(&mut self, work: Work, lengths: &Lengths, rounds: usize) -> [f64; 2] {
        let mut least = [f64::INFINITY; 2];
        // Large ones are slow, and disturbed less.
        let rounds = (rounds * 4 * ROUND / lengths.largest).clamp(rounds.min(25), rounds);
        for _ in 0..ATTEMPTS {
            for _ in 0..rounds {
                let ours = self.time(work, lengths, mem::memmove, mem::memset);
                let theirs = self.time(work, lengths, glibc::memmove, glibc::memset);
                // The clock of a virtual machine may stand still.
                if ours > 0.0 && theirs > 0.0 {
                    least = [least[0].min(ours), least[1].min(theirs)];
                }
            }
            if least[1] >= GOAL * least[0] {
                break;
            }
        }
        least.map(|time| time / lengths.each.len() as f64)
    }
}

/// This thread's processor time in nanoseconds.
fn now() -> f64 {
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut time = glibc::Timespec::default();
    // SAFETY: the kernel writes to `time`.
    unsafe { glibc::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.seconds as f64 * 1e9 + time.nanoseconds as f64
}

struct Result {
    feature: &'static str,
    kind: &'static str,
    lengths: String,
    largest: usize,
    ours: f64,
    glibc: f64,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let rounds_at = args.iter().position(|arg| arg == "--rounds").map(|at| at + 1);
    let rounds = rounds_at.and_then(|at| args.get(at)?.parse().ok()).unwrap_or(100);
    let all = args.iter().any(|arg| arg == "--all");
    let names = args.iter().enumerate().filter(|(at, arg)| !arg.starts_with("--") && Some(*at) != rounds_at);
    let names: Vec<&String> = names.map(|(_, name)| name).collect();

    let ways = [
        ("AVX-512", std::is_x86_feature_detected!("avx512fp16"), mem::Way::Avx512),
        ("AVX2", std::is_x86_feature_detected!("avx2"), mem::Way::Avx2),
        ("SSE2", true, mem::Way::Sse2),
    ];
    let (rows, mut buffers, mut results) = (rows(), Buffers::new(), Vec::new());
    for (feature, _, way) in ways.into_iter().filter(|(_, present, _)| *present) {
        mem::choose(way);
        for &(kind, work) in KINDS {
            let title = format!("{feature}: {kind}");
            if !names.is_empty() && !names.iter().any(|name| title.contains(name.as_str())) {
                continue;
            }
            for lengths in &rows {
                let [ours, glibc] = buffers.compare(work, lengths, rounds);
                let (lengths, largest) = (lengths.name.clone(), lengths.largest);
                results.push(Result { feature, kind, lengths, largest, ours, glibc });
            }
        }
    }
    report(&results, all);
}

/// The upper ends of the ranges of sizes that are shown together.
const RANGES: &[(&str, usize)] = &[
    ("1-16", 16),
    ("-32", 32),
    ("-64", 64),
    ("-128", 128),
    ("-256", 256),
    ("-1K", 1 << 10),
    ("-4K", 4 << 10),
    ("-32K", 32 << 10),
    ("-512K", 512 << 10),
    ("-8M", 8 << 20),
    ("-64M", 64 << 20),
];

fn report(results: &[Result], all: bool) {
    println!("glibc's time / ours, geomeans of ranges of sizes:");
    print!("{:<34}", "");
    RANGES.iter().for_each(|(name, _)| print!("{name:>7}"));
    println!();
    for group in results.chunk_by(|a, b| (a.feature, a.kind) == (b.feature, b.kind)) {
        print!("{:<8}{:<26}", group[0].feature, group[0].kind);
        let mut below = 0;
        for &(_, end) in RANGES {
            let part = group.iter().filter(|result| (below + 1..=end).contains(&result.largest));
            let logs: Vec<f64> = part.map(|result| (result.glibc / result.ours).ln()).collect();
            print!("{:>7.2}", (logs.iter().sum::<f64>() / logs.len() as f64).exp());
            below = end;
        }
        println!();
    }
    println!("{}", if all { "\nevery size, nanoseconds:" } else { "\nbelow the goal, nanoseconds:" });
    for result in results.iter().filter(|result| all || result.glibc / result.ours < GOAL) {
        let Result { feature, kind, lengths, ours, glibc, .. } = result;
        println!("{feature:<8}{kind:<26}{lengths:>9}  ours {ours:>11.1}  glibc {glibc:>11.1}  {:.2}", glibc / ours);
    }
}
