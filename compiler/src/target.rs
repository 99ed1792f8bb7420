//! Options → Cranelift target: the processor level, settings, and which CPU features the executable must check for.

use crate::error::{Error, ErrorKind, Result};
use crate::options::{Cpu, OptLevel, Options};
use cranelift_codegen::isa::{self, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use wexe_abi::layout;
use wexe_abi::program::CPU_FEATURES;

/// Cranelift's names of `CPU_FEATURES`, in the same order.
const FEATURE_SETTINGS: &[&str] = &[
    "has_sse3",
    "has_ssse3",
    "has_sse41",
    "has_sse42",
    "has_popcnt",
    "has_cmpxchg16b",
    "has_avx",
    "has_avx2",
    "has_fma",
    "has_bmi1",
    "has_bmi2",
    "has_lzcnt",
    "has_avx512f",
    "has_avx512vl",
    "has_avx512dq",
    "has_avx512bitalg",
    "has_avx512vbmi",
];

/// The target that code is generated for.
pub fn isa(options: &Options) -> Result<OwnedTargetIsa> {
    let internal = |error: &dyn std::fmt::Display| Error::new(ErrorKind::Unsupported, format!("target: {error}"));
    let mut isa = match options.cpu {
        Cpu::Native => cranelift_native::builder().map_err(|error| internal(&error))?,
        _ => isa::lookup_by_name("x86_64-unknown-linux-gnu").map_err(|error| internal(&error))?,
    };
    let level = match options.cpu {
        Cpu::V1 | Cpu::Native => None,
        Cpu::V2 => Some("x86-64-v2"),
        Cpu::V3 => Some("x86-64-v3"),
        Cpu::V4 => Some("x86-64-v4"),
    };
    if let Some(level) = level {
        isa.enable(level).map_err(|error| internal(&error))?;
    }
    if matches!(options.cpu, Cpu::V3 | Cpu::V4) {
        // The presets leave AVX itself out.
        isa.enable("has_avx").map_err(|error| internal(&error))?;
    }
    isa.finish(flags(options.opt_level)).map_err(|error| internal(&error))
}

fn flags(opt_level: OptLevel) -> settings::Flags {
    let probe_log2 = layout::PROBE_LOG2.to_string();
    let regalloc_algorithm = match opt_level {
        OptLevel::O0 => "single_pass",
        OptLevel::O2 => "backtracking",
    };
    let values = [
        // `optimize` decides what is improved, and when.
        ("opt_level", "none"),
        ("regalloc_algorithm", regalloc_algorithm),
        // Everything is colocated, so code is position-independent without a global offset table.
        ("is_pic", "false"),
        ("use_colocated_libcalls", "true"),
        // Backtraces, exceptions and tail calls walk the chain of frames.
        ("preserve_frame_pointers", "true"),
        ("unwind_info", "false"),
        // Frames that might skip the stack's guard touch every page of theirs; smaller ones need no check.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("probestack_size_log2", &probe_log2),
        ("log2_min_function_alignment", "5"),
        // `relax` asks where blocks begin.
        ("machine_code_cfg_info", "true"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
    ];
    let mut builder = settings::builder();
    for (name, value) in values {
        builder.set(name, value).unwrap_or_else(|error| unreachable!("setting {name}: {error}"));
    }
    settings::Flags::new(builder)
}

/// The bits of `Program::cpu_features` that code for this target needs.
pub fn cpu_features(isa: &dyn TargetIsa) -> u64 {
    debug_assert!(FEATURE_SETTINGS.len() <= CPU_FEATURES.len());
    let enabled = isa.isa_flags();
    let is_enabled = |name: &str| enabled.iter().any(|value| value.name == name && value.as_bool() == Some(true));
    let bits = FEATURE_SETTINGS.iter().enumerate().filter(|(_, name)| is_enabled(name));
    bits.fold(0, |features, (bit, _)| features | 1 << bit)
}
