//! Code of earlier compilations: used where it is the same, and never anything else.

use std::sync::Arc;

use wexe_compiler::{Cache, Cpu, OptLevel, Options};

use crate::damage::Random;
use crate::known_failures::{Listed, trial};

pub fn trials() -> Vec<Listed> {
    vec![
        trial("cache/again", again),
        trial("cache/moved", moved),
        trial("cache/changed", changed),
        trial("cache/options", options),
        trial("cache/damage", damage),
    ]
}

/// A module whose functions have all that is kept with code; `first` stands before the others.
fn module(first: &str, constant: i32) -> Result<Vec<u8>, String> {
    let text = format!(
        r#"(module
          (type (func (param i32))) (type (func (param i32) (result i32))) (type (func (param f64) (result f64)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
          (tag $t (param i32))
          (memory 1)
          (table funcref (elem $caught $calls))
          {first}
          (func $caught (param i32) (result i32)
            (block $out (result i32)
              (block $all
                (try_table (result i32) (catch $t $out) (catch_all $all)
                  (if (local.get 0) (then (throw $t (local.get 0))))
                  (call $calls (i32.const {constant})))
                (br $out))
              (i32.const 2)))
          (func $calls (param i32) (result i32)
            (memory.fill (i32.const 8) (i32.const 0) (local.get 0))
            (i32.div_u (i32.load (local.get 0)) (i32.load offset=4 (local.get 0))))
          (func $twin (param f64) (result f64) (f64.mul (local.get 0) (f64.const 3.25)))
          (func (export "_start")
            (drop (call_indirect (param i32) (result i32) (i32.const 1) (i32.const 0)))
            (drop (call $twin (f64.const 1)))
            (call $proc_exit (i32.const 0))))"#
    );
    wat::parse_str(text).map_err(|error| error.to_string())
}

/// The executable, made with what is known; and all that is known then, if it is more.
fn compile(module: &[u8], known: Vec<u8>, options: &Options) -> Result<(Vec<u8>, Option<Vec<u8>>), String> {
    let cache = Arc::new(Cache::new(b"test", known));
    let options = Options { cache: Some(Arc::clone(&cache)), ..options.clone() };
    let executable = wexe_compiler::compile(module, &options, &()).map_err(|error| error.to_string())?;
    Ok((executable, cache.pack()))
}

fn without(module: &[u8], options: &Options) -> Result<Vec<u8>, String> {
    wexe_compiler::compile(module, options, &()).map_err(|error| error.to_string())
}

fn expect_same(what: &str, found: &[u8], expected: &[u8]) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: other bytes than without a cache")) }
}

/// Whether all of a module is known after the one that the others differ from; it is the same with and without.
fn is_known(module_after: &[u8]) -> Result<bool, String> {
    let (before, options) = (module("", 16)?, Options::default());
    let (found, pack) = compile(&before, Vec::new(), &options)?;
    expect_same("before", &found, &without(&before, &options)?)?;
    let (found, more) = compile(module_after, pack.ok_or("nothing was new")?, &options)?;
    expect_same("after", &found, &without(module_after, &options)?)?;
    Ok(more.is_none())
}

fn again() -> Result<(), String> {
    if is_known(&module("", 16)?)? { Ok(()) } else { Err("something was new the second time".into()) }
}

/// A function before all others gives every one another number, and is itself like one of them.
fn moved() -> Result<(), String> {
    let module = module("(func $first (param f64) (result f64) (f64.mul (local.get 0) (f64.const 3.25)))", 16)?;
    if is_known(&module)? { Ok(()) } else { Err("a function that only moved was compiled again".into()) }
}

fn changed() -> Result<(), String> {
    if is_known(&module("", 24)?)? { Err("a function that changed was not compiled".into()) } else { Ok(()) }
}

/// What was generated for one target or level, or by another compiler, is not used for another.
fn options() -> Result<(), String> {
    let module = module("", 16)?;
    let (_, pack) = compile(&module, Vec::new(), &Options::default())?;
    let pack = pack.ok_or("nothing was new")?;
    for options in [
        Options { opt_level: OptLevel::O0, ..Options::default() },
        Options { cpu: Cpu::V1, ..Options::default() },
        Options { cpu: Cpu::V4, ..Options::default() },
    ] {
        let (found, more) = compile(&module, pack.clone(), &options)?;
        expect_same(&format!("{:?} {:?}", options.opt_level, options.cpu), &found, &without(&module, &options)?)?;
        if more.is_none() {
            return Err(format!("{:?} {:?}: nothing was new", options.opt_level, options.cpu));
        }
    }
    let other = Arc::new(Cache::new(b"other", pack));
    let options = Options { cache: Some(Arc::clone(&other)), ..Options::default() };
    without(&module, &options)?;
    if other.pack().is_some() { Ok(()) } else { Err("another compiler's code was used".into()) }
}

fn damage() -> Result<(), String> {
    let (module, options) = (module("", 16)?, Options::default());
    let expected = without(&module, &options)?;
    let (_, pack) = compile(&module, Vec::new(), &options)?;
    let pack = pack.ok_or("nothing was new")?;
    let mut random = Random(7);
    for round in 0..40 {
        let mut damaged = pack.clone();
        let at = random.below(pack.len());
        match round % 3 {
            0 => damaged.truncate(at),
            1 => damaged[at] ^= 1 << random.below(8),
            _ => damaged.insert(at, 0),
        }
        let (found, more) = compile(&module, damaged, &options)?;
        expect_same("damaged", &found, &expected)?;
        if more.is_none() {
            return Err("a damaged file was used".into());
        }
    }
    Ok(())
}
