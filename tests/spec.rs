//! Every `.wast` file of the official suite → one trial for each configuration of the compiler.
//!
//! A file's modules become native executables that perform the script's actions and write down what came of them; the
//! trial compares that with what the script asserts. Many files stand in several versions of the specification
//! unchanged: such a file runs once and counts wherever it stands.

mod expected;
mod group;
mod record;
mod report;
mod run;
mod script;
mod spectest;
mod suite;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use wexe_compiler::{Cpu, Features, OptLevel};

use crate::known_failures::Listed;
use report::Report;
use suite::File;
pub use table::check as check_table;

/// How a file is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration {
    pub opt_level: OptLevel,
    pub cpu: Cpu,
}

impl Configuration {
    /// Those of the table, in the order of its columns.
    const TABLE: [Configuration; 4] = [
        Configuration { opt_level: OptLevel::O2, cpu: Cpu::V3 },
        Configuration { opt_level: OptLevel::O2, cpu: Cpu::V1 },
        Configuration { opt_level: OptLevel::O0, cpu: Cpu::V3 },
        Configuration { opt_level: OptLevel::O0, cpu: Cpu::V1 },
    ];

    /// Those that run besides if `WEXE_SPEC_ALL=1`.
    const MORE: [Configuration; 4] = [
        Configuration { opt_level: OptLevel::O2, cpu: Cpu::V4 },
        Configuration { opt_level: OptLevel::O2, cpu: Cpu::V2 },
        Configuration { opt_level: OptLevel::O0, cpu: Cpu::V4 },
        Configuration { opt_level: OptLevel::O0, cpu: Cpu::V2 },
    ];

    /// As the table's columns are headed and trials are marked.
    pub fn name(self) -> String {
        let opt_level = match self.opt_level {
            OptLevel::O0 => "-O0",
            OptLevel::O2 => "-O2",
        };
        let cpu = match self.cpu {
            Cpu::V1 => "v1",
            Cpu::V2 => "v2",
            Cpu::V3 => "v3",
            Cpu::V4 => "v4",
            Cpu::Native => "native",
        };
        format!("{opt_level} {cpu}")
    }
}

/// What came of a file's contents under a configuration, once somebody has run it.
type Shared = Arc<OnceLock<Report>>;

pub fn trials() -> Vec<Listed> {
    let files = suite::files();
    let mut trials = vec![crate::known_failures::trial("spec/wrong", wrong)];
    let more = std::env::var_os("WEXE_SPEC_ALL").is_some_and(|value| value == "1");
    let more = if more { &Configuration::MORE[..] } else { &[] };
    for &configuration in Configuration::TABLE.iter().chain(more) {
        let mut reports: HashMap<_, Shared> = HashMap::new();
        for file in &files {
            let report = Arc::clone(reports.entry((file.text, file.features)).or_default());
            trials.push(trial(file.clone(), configuration, report));
        }
    }
    trials
}

fn trial(file: File, configuration: Configuration, shared: Shared) -> Listed {
    let name = file.trial();
    let run = move || {
        let report = shared.get_or_init(|| run::run(&file, configuration));
        table::record(&file, configuration, report);
        report.outcome()
    };
    Listed { variant: configuration.name(), ..crate::known_failures::trial(name, run) }
}

/// Runs a script that is not of the suite; all its assertions must hold.
pub fn script(text: String, configuration: Configuration) -> Result<(), String> {
    // The suite's files are part of the test program, so this one stays as long.
    let text = text.leak();
    let file = File { suite: "cases".to_string(), name: String::new(), text, features: Features::ALL };
    run::run(&file, configuration).outcome()
}

/// No assertion of a script holds in which all are wrong, though its modules work: the trials could fail.
fn wrong() -> Result<(), String> {
    let text = include_str!("cases/spec/wrong.wast");
    let file = File { suite: "cases".to_string(), name: "wrong.wast".to_string(), text, features: Features::ALL };
    let report = run::run(&file, Configuration::TABLE[0]);
    let assertions = text.lines().filter(|line| line.starts_with("(assert_")).count();
    match (report.passed, report.total) {
        (0, total) if total == assertions && !report.has_consequences() => Ok(()),
        (passed, total) => Err(format!("{passed} of {total} hold, of {assertions} assertions")),
    }
}
