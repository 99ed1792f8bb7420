//! Instructions on fewer than 16 bytes at the end of memory, for every kind of processor.
//!
//! Processors' vector instructions take 16 bytes from memory, so a narrow load that the compiler merges into one reads
//! past the end and traps (as happened to others: CVE-2026-24116, CVE-2026-34944). Here every such instruction has a
//! function that stores what it makes of the bytes before an address; it must make the same of them within memory and
//! at its end.

use std::fs;

use crate::cli::shell;
use crate::known_failures::{Listed, trial};
use crate::process::TempDir;

pub fn trials() -> Vec<Listed> {
    let targets = ["-O0 --cpu x86-64-v1", "--cpu x86-64-v1", "--cpu x86-64-v2", "--cpu x86-64-v3"];
    targets.into_iter().map(|options| trial(format!("end-of-memory {options}"), move || check(options))).collect()
}

fn check(options: &str) -> Result<(), String> {
    let directory = TempDir::new();
    fs::write(directory.path().join("program.wat"), module()).map_err(|error| error.to_string())?;
    let outcome = shell(&format!("wexe build {options} program.wat && ./program"), &directory)?;
    match outcome.status.as_str() {
        "0" => Ok(()),
        status => Err(format!("exit status {status}: {}", String::from_utf8_lossy(&outcome.stderr))),
    }
}

/// Runs every function on the bytes at 2040 and on the same ones at the end; exits with 1 if what is at 0 then differs.
fn module() -> String {
    let functions: Vec<String> =
        functions().iter().map(|body| format!("(func (type $instruction) (param $end i32) {body})")).collect();
    let indices: Vec<String> = (3..functions.len() + 3).map(|index| index.to_string()).collect();
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 1)
  (data (i32.const 1024) "\01\02\f3\c4\00\00\80\3f\18\2d\44\54\fb\21\09\40")
  (data (i32.const 2040) "\66\f6\e6\d6\81\92\b3\c0")
  (data (i32.const 65528) "\66\f6\e6\d6\81\92\b3\c0")
  (type $instruction (func (param $end i32)))
  (table funcref (elem {}))
  (func $run (param $index i32) (param $end i32)
    (i64.store (i32.sub (local.get $end) (i32.const 8)) (i64.const 0xc0b39281d6e6f666))
    (v128.store (i32.const 0) (v128.const i64x2 0 0))
    (call_indirect (type $instruction) (local.get $end) (local.get $index)))
  (func (export "_start") (local $index i32) (local $within v128)
    (loop $next
      (call $run (local.get $index) (i32.const 2048))
      (local.set $within (v128.load (i32.const 0)))
      (call $run (local.get $index) (i32.const 65536))
      (if (v128.any_true (v128.xor (local.get $within) (v128.load (i32.const 0))))
        (then (call $proc_exit (i32.const 1))))
      (br_if $next
        (i32.lt_u (local.tee $index (i32.add (local.get $index) (i32.const 1))) (table.size)))))
  {})"#,
        indices.join(" "),
        functions.join("\n  ")
    )
}

fn functions() -> Vec<String> {
    let mut functions = Vec::new();
    float_functions(&mut functions);
    integer_functions(&mut functions);
    conversion_functions(&mut functions);
    let vectors = narrow_vectors();
    functions.extend(vectors.iter().map(|vector| format!("(v128.store (i32.const 0) {vector})")));
    vector_functions(&mut functions);
    store_functions(&mut functions);
    functions
}

/// The bytes of a value of this size just before `$end`.
fn before_end(size: usize) -> String {
    format!("(i32.sub (local.get $end) (i32.const {size}))")
}

/// An operand of 16 bytes from within memory.
const VECTOR: &str = "(v128.load (i32.const 1024))";

fn float_functions(functions: &mut Vec<String>) {
    for (ty, size) in [("f32", 4), ("f64", 8)] {
        let load = format!("({ty}.load {})", before_end(size));
        let other = format!("({ty}.load (i32.const 1032))");
        for unary in ["abs", "neg", "sqrt", "ceil", "floor", "trunc", "nearest"] {
            functions.push(format!("({ty}.store (i32.const 0) ({ty}.{unary} {load}))"));
        }
        for binary in ["add", "sub", "mul", "div", "min", "max", "copysign"] {
            functions.push(format!("({ty}.store (i32.const 0) ({ty}.{binary} {load} {other}))"));
            functions.push(format!("({ty}.store (i32.const 0) ({ty}.{binary} {other} {load}))"));
        }
        for comparison in ["eq", "ne", "lt", "gt", "le", "ge"] {
            functions.push(format!("(i32.store (i32.const 0) ({ty}.{comparison} {load} {other}))"));
        }
        functions.push(format!("({ty}.store (i32.const 0) (select {load} {other} (i32.load (i32.const 1024))))"));
    }
}

fn integer_functions(functions: &mut Vec<String>) {
    for (ty, load, size) in
        [("i32", "load8_u", 1), ("i32", "load16_u", 2), ("i32", "load16_s", 2), ("i64", "load32_u", 4)]
    {
        let load = format!("({ty}.{load} {})", before_end(size));
        for unary in ["clz", "ctz", "popcnt"] {
            functions.push(format!("({ty}.store (i32.const 0) ({ty}.{unary} {load}))"));
        }
        for binary in ["add", "mul", "and", "shl", "rotl"] {
            functions.push(format!("({ty}.store (i32.const 0) ({ty}.{binary} ({ty}.load (i32.const 1024)) {load}))"));
        }
    }
}

fn conversion_functions(functions: &mut Vec<String>) {
    functions.push(format!("(f64.store (i32.const 0) (f64.promote_f32 (f32.load {})))", before_end(4)));
    functions.push(format!("(f32.store (i32.const 0) (f32.demote_f64 (f64.load {})))", before_end(8)));
    for (float, integer, size) in [("f32", "i32", 4), ("f64", "i64", 8)] {
        for (to, from) in [(float, integer), (integer, float)] {
            let load = format!("({from}.load {})", before_end(size));
            functions.push(format!("({to}.store (i32.const 0) ({to}.reinterpret_{from} {load}))"));
            for sign in ["s", "u"] {
                let conversion = if to == float { "convert" } else { "trunc_sat" };
                functions.push(format!("({to}.store (i32.const 0) ({to}.{conversion}_{from}_{sign} {load}))"));
            }
        }
    }
}

/// Vectors made of fewer than 16 bytes of memory.
fn narrow_vectors() -> Vec<String> {
    let mut vectors = Vec::new();
    let shapes = [
        ("i8x16", "i32.load8_u", 1),
        ("i16x8", "i32.load16_u", 2),
        ("i32x4", "i32.load", 4),
        ("i64x2", "i64.load", 8),
        ("f32x4", "f32.load", 4),
        ("f64x2", "f64.load", 8),
    ];
    for (shape, load, size) in shapes {
        vectors.push(format!("({shape}.splat ({load} {}))", before_end(size)));
        for lane in [0, 1, 16 / size - 1] {
            vectors.push(format!("({shape}.replace_lane {lane} {VECTOR} ({load} {}))", before_end(size)));
        }
    }
    for load in ["load8x8_s", "load8x8_u", "load16x4_s", "load16x4_u", "load32x2_s", "load32x2_u", "load64_zero"] {
        vectors.push(format!("(v128.{load} {})", before_end(8)));
    }
    vectors.push(format!("(v128.load32_zero {})", before_end(4)));
    for size in [1, 2, 4, 8] {
        vectors.push(format!("(v128.load{}_splat {})", size * 8, before_end(size)));
        for lane in [0, 1, 16 / size - 1] {
            vectors.push(format!("(v128.load{}_lane {lane} {} {VECTOR})", size * 8, before_end(size)));
        }
    }
    vectors
}

/// Instructions on vectors that are narrow in memory.
fn vector_functions(functions: &mut Vec<String>) {
    const UNARY: &str = "i16x8.extend_low_i8x16_s i16x8.extend_low_i8x16_u i32x4.extend_low_i16x8_s \
        i32x4.extend_low_i16x8_u i64x2.extend_low_i32x4_s i64x2.extend_low_i32x4_u f64x2.convert_low_i32x4_s \
        f64x2.convert_low_i32x4_u f64x2.promote_low_f32x4 f32x4.demote_f64x2_zero f32x4.convert_i32x4_s \
        f32x4.convert_i32x4_u i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f64x2_u_zero f64x2.abs f64x2.neg f64x2.sqrt \
        f64x2.nearest f32x4.abs f32x4.sqrt f32x4.ceil i8x16.popcnt i8x16.abs v128.not";
    const BINARY: &str = "f64x2.add f64x2.div f64x2.min f64x2.pmax f64x2.lt f32x4.mul f32x4.max v128.and v128.andnot \
        v128.or v128.xor i8x16.add i16x8.mul i32x4.dot_i16x8_s i8x16.swizzle i64x2.mul i64x2.gt_s i32x4.max_u \
        i8x16.narrow_i16x8_u";
    let vectors = [
        format!("(v128.load64_zero {})", before_end(8)),
        format!("(v128.load32_zero {})", before_end(4)),
        format!("(v128.load64_splat {})", before_end(8)),
        format!("(f64x2.splat (f64.load {}))", before_end(8)),
        format!("(i64x2.splat (i64.load {}))", before_end(8)),
        format!("(f32x4.splat (f32.load {}))", before_end(4)),
    ];
    for vector in vectors {
        let unary = UNARY.split_whitespace().map(|instruction| format!("({instruction} {vector})"));
        let binary = BINARY.split_whitespace().flat_map(|instruction| {
            [format!("({instruction} {vector} {VECTOR})"), format!("({instruction} {VECTOR} {vector})")]
        });
        let ternary = [
            format!("(v128.bitselect {vector} {VECTOR} {VECTOR})"),
            format!("(f64x2.relaxed_madd {vector} {VECTOR} {VECTOR})"),
            format!("(f64x2.relaxed_madd {VECTOR} {VECTOR} {vector})"),
            format!("(i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 {vector} {VECTOR})"),
        ];
        let results = unary.chain(binary).chain(ternary);
        functions.extend(results.map(|result| format!("(v128.store (i32.const 0) {result})")));
    }
}

/// Lanes stored before the end, and what is there then.
fn store_functions(functions: &mut Vec<String>) {
    for size in [1, 2, 4, 8] {
        for lane in [0, 16 / size - 1] {
            functions.push(format!(
                "(v128.store{}_lane {lane} {} {VECTOR}) (i64.store (i32.const 0) (i64.load {}))",
                size * 8,
                before_end(size),
                before_end(8)
            ));
        }
    }
}
