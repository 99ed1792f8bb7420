//! Programs of a few instructions, linked with the runtime and run: what start-up, traps and builtins do without a
//! compiler.

mod program;

use super::{Constants, TemporaryDirectory};
use crate::{ErrorKind, Result};
use program::{Function, MEMORY_STATE, PAGE, TestProgram};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{self, Output as ProcessOutput};
use wexe_abi::layout::{LOW_MEMORY, STATE_BASE};
use wexe_abi::program::CPU_FEATURES;
use wexe_abi::script::{NOT_PERFORMED, RETURNED, TRAPPED};
use wexe_abi::trap::Trap;

fn link(objects: Vec<Vec<u8>>, entry: &str, strip: bool, linker: Option<&Path>) -> Result<Vec<u8>> {
    super::link(objects, entry, strip, Constants::WithCode, linker)
}

fn run(executable: &[u8]) -> ProcessOutput {
    run_shell(executable, "exec \"$0\"", &[])
}

/// Runs a shell command in which `$0` is the executable.
fn run_shell(executable: &[u8], command: &str, arguments: &[&str]) -> ProcessOutput {
    let directory = TemporaryDirectory::new().unwrap();
    let path = directory.0.join("program");
    let mut file = fs::OpenOptions::new().create_new(true).write(true).mode(0o755).open(&path).unwrap();
    file.write_all(executable).unwrap();
    drop(file);
    loop {
        let mut shell = process::Command::new("sh");
        let output = shell.args(["-c", command, path.to_str().unwrap()]).args(arguments).output().unwrap();
        // A process that another test is about to start may still hold the file open for writing.
        if output.status.code() != Some(126) {
            return output;
        }
    }
}

#[track_caller]
fn assert_trapped(output: &ProcessOutput, stderr: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
    assert_eq!(output.status.code(), Some(134));
}

fn nothing() -> TestProgram {
    TestProgram::new(vec![Function::new("main").ret()])
}

/// Exits with the 32-bit value at an address.
fn exit_with(address: u64) -> Function {
    load(Function::new("main"), address).exit_with_eax()
}

/// `mov eax, [address]`.
fn load(function: Function, address: u64) -> Function {
    function.code(&[0x48, 0xb9]).code(&address.to_le_bytes()).code(&[0x8b, 0x01])
}

#[test]
fn a_program_that_returns_exits_with_0() {
    let output = nothing().run();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn little_address_space_is_enough() {
    let output = run_shell(&nothing().link(), "ulimit -v 20000; exec \"$0\"", &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn too_little_address_space_is_reported() {
    let output = run_shell(&nothing().link(), "ulimit -v 5000; exec \"$0\"", &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stderr.starts_with(b"wexe: cannot map the stack"), "{output:?}");
}

#[test]
fn memory_that_cannot_be_mapped_is_reported() {
    let program = TestProgram { memory: Some((vec![], 1 << 30, 1 << 30)), ..nothing() };
    let output = run_shell(&program.link(), "ulimit -v 100000; exec \"$0\"", &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let message = "wexe: cannot map linear memory: address space or memory exhausted (see ulimit -v)\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), message);
}

#[test]
fn linking_is_deterministic_whatever_the_thread_count() {
    let object = nothing().object();
    let executables = [1, 2, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| link(vec![object.clone()], "_start", false, None).unwrap())
    });
    assert!(executables.iter().all(|executable| *executable == executables[0]));
}

#[test]
fn a_smallest_program_is_small() {
    let executable = link(vec![nothing().object()], "_start", true, None).unwrap();
    assert!(executable.len() < 20_000, "{} bytes", executable.len());
}

#[test]
fn an_undefined_symbol_is_an_error() {
    let object = TestProgram::new(vec![Function::new("main").call("no_such_function").ret()]).object();
    let error = link(vec![object], "_start", false, None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Link);
    assert!(error.message.contains("no_such_function"), "{error}");
}

#[test]
fn other_linkers_work_too() {
    let program =
        TestProgram { memory: Some((vec![7; 10], 65536, 65536)), ..TestProgram::new(vec![exit_with(LOW_MEMORY + 6)]) };
    for linker in ["ld", "ld.lld-22", "ld.lld", "mold"] {
        if process::Command::new(linker).arg("--version").output().is_err() {
            continue;
        }
        let executable = link(vec![program.object()], "_start", false, Some(Path::new(linker)));
        let executable = executable.unwrap_or_else(|error| panic!("{linker}: {error}"));
        let output = run(&executable);
        assert_eq!(output.status.code(), Some(7), "{linker}: {output:?}");
        let undefined = TestProgram::new(vec![Function::new("main").call("no_such_function").ret()]).object();
        let error = link(vec![undefined], "_start", false, Some(Path::new(linker))).unwrap_err();
        assert!(error.message.contains("no_such_function"), "{linker}: {error}");
    }
}

#[test]
fn a_missing_linker_is_an_error() {
    let error = link(vec![nothing().object()], "_start", false, Some(Path::new("./no/such/linker"))).unwrap_err();
    assert!(error.message.contains("cannot run ./no/such/linker"), "{error}");
}

#[test]
fn a_trap_names_itself_and_the_functions() {
    let program = TestProgram::new(vec![
        Function::new("main").call("outer").ret(),
        Function::new("outer").call("inner").ret(),
        Function::new("inner").code(&[0x90]).trap(Trap::IntegerOverflow),
    ]);
    assert_trapped(&program.run(), "wexe: trap: integer overflow\n    0: inner\n    1: outer\n    2: main\n");
}

#[test]
fn names_cannot_command_the_terminal() {
    let program = TestProgram::new(vec![Function::new("\x1b[2J\u{9b}ü\n").trap(Trap::Unreachable)]);
    assert_trapped(&program.run(), "wexe: trap: unreachable\n    0: ?[2J\u{fffd}?ü?\n");
}

#[test]
fn endless_recursion_exhausts_the_stack() {
    let output = TestProgram::new(vec![Function::new("f").call("f").ret()]).run();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(134), "{stderr}");
    assert!(stderr.starts_with("wexe: trap: call stack exhausted\n    0: f\n    1: f\n"), "{stderr}");
    assert!(stderr.lines().count() == 52 && stderr.contains("    and 52"), "{stderr}");
}

#[test]
fn the_initial_memory_is_in_place_and_ends_where_it_should() {
    let mut contents = vec![0; PAGE + 1];
    contents[PAGE] = 42;
    let program =
        |function| TestProgram { memory: Some((contents.clone(), 65536, 65536)), ..TestProgram::new(vec![function]) };
    assert_eq!(program(exit_with(LOW_MEMORY + PAGE as u64)).run().status.code(), Some(42));
    assert_eq!(program(exit_with(LOW_MEMORY + 65532)).run().status.code(), Some(0));
    for address in [LOW_MEMORY + 65533, LOW_MEMORY + 65536, LOW_MEMORY + (8 << 30) + 16] {
        assert_trapped(&program(exit_with(address)).run(), "wexe: trap: out of bounds memory access\n    0: main\n");
    }
}

#[test]
fn a_fault_elsewhere_is_no_trap() {
    let output = TestProgram::new(vec![exit_with(STATE_BASE + 0x80_0000)]).run();
    assert_eq!(output.status.code(), Some(134));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("wexe: internal error: SIGSEGV at 0x900000, pc = image + 0x"), "{stderr}");
}

#[test]
fn memory_grows_to_its_maximum_and_is_zero() {
    let state = MEMORY_STATE as u32;
    let grow = |function: Function, pages| function.arguments(&[state, pages]).call("wexe.memory_grow");
    let program =
        |function| TestProgram { memory: Some((vec![1], 65536, 3 << 16)), ..TestProgram::new(vec![function]) };
    assert_eq!(program(grow(Function::new("f"), 0).exit_with_eax()).run().status.code(), Some(1));
    assert_eq!(program(grow(grow(Function::new("f"), 1), 1).exit_with_eax()).run().status.code(), Some(2));
    assert_eq!(program(grow(grow(Function::new("f"), 2), 1).exit_with_eax()).run().status.code(), Some(255));
    let end = LOW_MEMORY + (3 << 16) - 4;
    assert_eq!(program(load(grow(Function::new("f"), 2), end).exit_with_eax()).run().status.code(), Some(0));
    let output = program(load(grow(Function::new("f"), 2), end + 1)).run();
    assert_trapped(&output, "wexe: trap: out of bounds memory access\n    0: f\n");
}

#[test]
fn bulk_operations_check_their_bounds() {
    let state = MEMORY_STATE as u32;
    let out_of_bounds = Trap::MemoryOutOfBounds as i32;
    let result = |function: Function| {
        let function = function.exit_with_eax();
        let program = TestProgram { memory: Some((vec![], 65536, 65536)), ..TestProgram::new(vec![function]) };
        program.run().status.code().unwrap()
    };
    let fill = |target, len| Function::new("f").arguments(&[state, target, 7, len]).call("wexe.memory_fill");
    assert_eq!(result(fill(65536, 0)), 0);
    assert_eq!(result(fill(65537, 0)), out_of_bounds);
    assert_eq!(result(fill(1, 65535)), 0);
    assert_eq!(result(fill(1, 65536)), out_of_bounds);
    assert_eq!(result(load(fill(65000, 536), LOW_MEMORY + 65532).code(&[0x0f, 0xb6, 0xc0])), 7); // movzx eax, al
    let copy = |target, source, len| {
        Function::new("f").arguments(&[state, state, target, source, len]).call("wexe.memory_copy")
    };
    assert_eq!(result(copy(0, 1, 65535)), 0);
    assert_eq!(result(copy(0, 1, 65536)), out_of_bounds);
    assert_eq!(result(copy(1, 0, 65536)), out_of_bounds);
    assert_eq!(result(copy(0, u32::MAX, 1)), out_of_bounds);
}

#[test]
fn a_cpu_feature_that_is_missing_is_named() {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap();
    let flags = cpu.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    for (index, &feature) in CPU_FEATURES.iter().enumerate() {
        // The kernel's names differ for a few.
        let name = match feature {
            "sse3" => "pni".to_string(),
            "lzcnt" => "abm".to_string(),
            "sse4.1" | "sse4.2" => feature.replace('.', "_"),
            "avx512bitalg" | "avx512vbmi" => feature.replace("512", "512_"),
            _ => feature.to_string(),
        };
        let present =
            flags.split_whitespace().any(|flag| flag == name || flag.replace('_', "") == name.replace('_', ""));
        let output = TestProgram { cpu_features: 1 << index, ..nothing() }.run();
        let stderr = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {}
            Some(1) => assert!(!present && stderr.contains(&format!("CPU feature {feature},")), "{feature}: {stderr}"),
            _ => panic!("{feature}: {output:?}"),
        }
    }
}

#[test]
fn a_cpu_without_what_is_asked_for_copies_is_no_error() {
    /// `vmovw eax, xmm0`
    const QUESTION: &[u8] = &[0x62, 0xf5, 0x7d, 0x08, 0x7e, 0xc0];
    const UD2: &[u8] = &[0x0f, 0x0b];
    if !std::is_x86_feature_detected!("avx2") {
        return;
    }
    let state = MEMORY_STATE as u32;
    let fill = Function::new("f").arguments(&[state, 1, 7, 65535]).call("wexe.memory_fill");
    let fill = load(fill, LOW_MEMORY + 65532).code(&[0x0f, 0xb6, 0xc0]).exit_with_eax(); // movzx eax, al
    let avx2 = CPU_FEATURES.iter().position(|&feature| feature == "avx2").unwrap();
    let memory = Some((vec![], 65536, 65536));
    let program = TestProgram { memory, cpu_features: 1 << avx2, ..TestProgram::new(vec![fill]) };
    let mut executable = program.link();
    assert_eq!(run(&executable).status.code(), Some(7));
    let questions = executable.windows(QUESTION.len()).enumerate().filter(|(_, bytes)| *bytes == QUESTION);
    let questions: Vec<usize> = questions.map(|(at, _)| at).collect();
    assert_eq!(questions.len(), 1);
    executable[questions[0]..][..UD2.len()].copy_from_slice(UD2);
    assert_eq!(run(&executable).status.code(), Some(7));
}

/// Adds the two 32-bit arguments.
fn add() -> TestProgram {
    let add = Function::new("add").code(&[0x8b, 0x07, 0x03, 0x47, 0x10, 0x89, 0x07]).ret();
    TestProgram { params: vec![0x7f, 0x7f], results: vec![0x7f], ..TestProgram::new(vec![add]) }
}

fn invoke(program: &TestProgram, arguments: &[&str]) -> (String, String, Option<i32>) {
    let executable = link(vec![program.object()], "_start_invoke", false, None).unwrap();
    let output = run_shell(&executable, "exec \"$0\" \"$@\"", arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn an_invoked_function_takes_arguments_and_prints_results() {
    let result = |arguments: &[&str]| invoke(&add(), arguments).0;
    assert_eq!(result(&["2", "3"]), "5\n");
    assert_eq!(result(&["-2", "0x10"]), "14\n");
    assert_eq!(result(&["4294967295", "0"]), "-1\n");
    assert_eq!(result(&["-2147483648", "0"]), "-2147483648\n");
}

#[test]
fn an_invoked_function_refuses_other_arguments() {
    let error = |arguments: &[&str]| {
        let (stdout, stderr, status) = invoke(&add(), arguments);
        assert_eq!((stdout.as_str(), status), ("", Some(2)));
        stderr
    };
    assert_eq!(error(&["1"]), "wexe: the function takes 2 arguments (i32, i32), not 1\n");
    for wrong in ["", "x", "-", "+-1", "--1", "0x", "0x-1", "1.0", "4294967296", "-2147483649", "99999999999999999999"]
    {
        assert_eq!(error(&["1", wrong]), format!("wexe: not a value of type i32: {wrong}\n"));
    }
}

#[test]
fn every_type_is_parsed_and_printed() {
    let identity = |ty, argument| {
        let program =
            TestProgram { params: vec![ty], results: vec![ty], ..TestProgram::new(vec![Function::new("f").ret()]) };
        invoke(&program, &[argument]).0
    };
    assert_eq!(identity(0x7e, "18446744073709551615"), "-1\n");
    assert_eq!(identity(0x7e, "-9223372036854775808"), "-9223372036854775808\n");
    assert_eq!(identity(0x7d, "0.1"), "0.1\n");
    assert_eq!(identity(0x7c, "-1e-7"), "-0.0000001\n");
    assert_eq!(identity(0x7c, "nan"), "NaN\n");
    assert_eq!(identity(0x7c, "5e-324").len(), 327);
    assert_eq!(identity(0x7b, "0xff"), format!("0x{:032x}\n", 255));
}

#[test]
fn a_script_goes_on_after_a_trap() {
    // Each call adds its argument to a word of memory, and returns the sum. The second traps after that.
    let sum = |name| {
        let function = Function::new(name).code(&[0x8b, 0x07, 0xb9]).code(&(LOW_MEMORY as u32).to_le_bytes());
        function.code(&[0x01, 0x01, 0x8b, 0x01, 0x89, 0x07]) // add [rcx], eax; mov eax, [rcx]; mov [rdi], eax
    };
    let program = TestProgram {
        memory: Some((vec![], 65536, 65536)),
        script: vec![
            Some("sum"),
            None,
            Some("sum"),
            Some("sum_and_trap"),
            Some("recurse"),
            Some("outside"),
            Some("sum"),
        ],
        ..TestProgram::new(vec![
            sum("sum").ret(),
            sum("sum_and_trap").trap(Trap::IndirectCallTypeMismatch),
            Function::new("recurse").call("recurse").ret(),
            load(Function::new("outside"), LOW_MEMORY + 65536).ret(),
        ])
    };
    let executable = link(vec![program.object()], "_start_script", false, None).unwrap();
    let output = run(&executable);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut words = output.stdout.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
    let mut record = || {
        let (status, count) = (words.next().unwrap(), words.next().unwrap());
        let values: Vec<u32> = words.by_ref().take(4 * count as usize).step_by(4).collect();
        (status, values)
    };
    assert_eq!(record(), (NOT_PERFORMED, vec![]));
    assert_eq!(record(), (RETURNED, vec![]));
    assert_eq!(record(), (RETURNED, vec![2]));
    assert_eq!(record(), (TRAPPED + Trap::IndirectCallTypeMismatch as u32, vec![]));
    assert_eq!(record(), (TRAPPED + Trap::CallStackExhausted as u32, vec![]));
    assert_eq!(record(), (TRAPPED + Trap::MemoryOutOfBounds as u32, vec![]));
    assert_eq!(record(), (RETURNED, vec![2 + 3 + 6]));
    assert!(words.next().is_none());
}
