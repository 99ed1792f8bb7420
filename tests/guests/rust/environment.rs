//! Arguments, environment, clocks, random numbers (the seeds of hash maps) and the exit status, through Rust's std.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant, SystemTime};

fn main() {
    for (i, argument) in std::env::args().enumerate().skip(1) {
        println!("argument {i}: [{argument}]");
    }
    for (name, value) in std::env::vars().collect::<BTreeMap<_, _>>() {
        println!("environment: {name}={value}");
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    println!("the year is {}", if now.as_secs() > 1767225600 { "2026 or later" } else { "wrong" });

    let before = Instant::now();
    std::thread::sleep(Duration::from_millis(3));
    println!("slept {}", if before.elapsed() >= Duration::from_millis(3) { "3 ms or a little more" } else { "wrong" });

    let mut lengths = HashMap::new();
    for word in "a hash map keyed by words with random seeds".split(' ') {
        *lengths.entry(word.len()).or_insert(0) += 1;
    }
    let mut lengths: Vec<_> = lengths.into_iter().collect();
    lengths.sort();
    println!("{lengths:?}");

    eprintln!("leaving with 200");
    std::process::exit(200);
}
