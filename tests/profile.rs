//! Profiles cut off and with bytes changed: the compiler gives an error, or a program that does the same as without.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use wexe_abi::capabilities::Capability;
use wexe_abi::profile::HEADER_SIZE;
use wexe_compiler::{Capabilities, ErrorKind, Options};

use crate::damage::Random;
use crate::known_failures::{Listed, trial};
use crate::process::{self, Outcome, Stdin, TempDir};

pub fn trials() -> Vec<Listed> {
    vec![trial("profile/damage", damage)]
}

/// A program with branches, loops, tables and calls of all kinds, which exits with what came out of them.
const PROGRAM: &str = r#"
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (type $one (func (param i32) (result i32)))
  (type $two (func (param i32 i64) (result i32)))
  (type $exit (func (param i32)))
  (tag $t (param i32))
  (table funcref (elem $add $twice $thrown $wide $proc_exit $tail))
  (func $add (type $one) (i32.add (local.get 0) (i32.const 7)))
  (func $twice (type $one) (call $add (call $add (local.get 0))))
  (func $wide (type $two) (i32.add (local.get 0) (i32.wrap_i64 (local.get 1))))
  (func $tail (type $one) (return_call_indirect (type $one) (local.get 0) (i32.and (local.get 0) (i32.const 1))))
  (func $thrown (type $one)
    (block $caught (result i32)
      (try_table (result i32) (catch $t $caught)
        (if (i32.and (local.get 0) (i32.const 1)) (then (throw $t (local.get 0))))
        (call $add (local.get 0)))))
  (func $choose (param i32) (result i32)
    (block $c (block $b (block $a (br_table $a $b $a $c (i32.rem_u (local.get 0) (i32.const 5))))
      (return (select (i32.const 3) (i32.const 5) (i32.and (local.get 0) (i32.const 4)))))
      (return (call_indirect (type $two) (local.get 0) (i64.const 11) (i32.const 3))))
    (call $tail (local.get 0)))
  (func $loop (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $choose (local.get $n))))
      (local.set $sum (i32.xor (local.get $sum)
        (call_indirect (type $one) (local.get $n) (i32.rem_u (local.get $n) (i32.const 3)))))
      (if (i32.gt_u (local.get $n) (i32.const 95))
        (then (local.set $sum (i32.mul (local.get $sum) (i32.const 3))))
        (else (br_if $next (i32.eqz (local.get $n)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "_start")
    (call_indirect (type $exit) (i32.and (call $loop (i32.const 100)) (i32.const 127)) (i32.const 4))))"#;
/// How often the profile is damaged in each way.
const VARIANTS: u64 = 60;

/// Builds and runs the program.
fn run(module: &[u8], options: &Options, directory: &TempDir) -> Result<Outcome, String> {
    let executable = wexe_compiler::compile(module, options, &()).map_err(|error| error.to_string())?;
    let path = directory.path().join("program");
    fs::write(&path, executable).map_err(|error| error.to_string())?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).map_err(|error| error.to_string())?;
    process::run(Command::new(path).current_dir(directory.path()), Stdin::Bytes(Vec::new()))
}

fn damage() -> Result<(), String> {
    let module = wat::parse_str(PROGRAM).map_err(|error| error.to_string())?;
    let directory = TempDir::new();
    let given = vec![(Capability::Profile, "profile".to_string())];
    let counting = Options { capabilities: Capabilities { given, locked: false }, ..Options::default() };
    let expected = run(&module, &counting, &directory)?.status;
    let whole = fs::read(directory.path().join("profile")).map_err(|error| error.to_string())?;
    for seed in 0..VARIANTS {
        let mut random = Random(seed * 2 + 1);
        let cut = whole[..random.below(whole.len())].to_vec();
        refused(&module, cut, seed)?;
        let mut header = whole.clone();
        // Bytes behind the count are reserved.
        let at = random.below(HEADER_SIZE as usize - 16);
        header[at] ^= 1 << random.below(8);
        refused(&module, header, seed)?;

        let mut counts = whole.clone();
        for _ in 0..1 + random.below(200) {
            let counter = HEADER_SIZE as usize + 8 * random.below((whole.len() - HEADER_SIZE as usize) / 8);
            let value = [0, 1, 2, 1000, u64::MAX - 1, u64::MAX][random.below(6)];
            counts[counter..counter + 8].copy_from_slice(&value.to_le_bytes());
        }
        let options = Options { profile: Some(counts), threads: 1, ..Options::default() };
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&module, &options, &directory)));
        let outcome = outcome.map_err(|_| format!("the compiler panicked on the counts of seed {seed}"))??;
        if outcome.status != expected {
            return Err(format!("{} instead of {expected} with the counts of seed {seed}", outcome.status));
        }
    }
    Ok(())
}

fn refused(module: &[u8], profile: Vec<u8>, seed: u64) -> Result<(), String> {
    let options = Options { profile: Some(profile), threads: 1, ..Options::default() };
    match catch_unwind(AssertUnwindSafe(|| wexe_compiler::compile(module, &options, &()))) {
        Ok(Err(error)) if error.kind == ErrorKind::Malformed => Ok(()),
        Ok(Err(error)) => Err(format!("another error with seed {seed}: {error}")),
        Ok(Ok(_)) => Err(format!("a damaged profile is taken with seed {seed}")),
        Err(_) => Err(format!("the compiler panicked with seed {seed}")),
    }
}
