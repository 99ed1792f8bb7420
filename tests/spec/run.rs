//! A `.wast` file → executables → what came of its assertions.

use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use wexe_compiler::{Error, ErrorKind, InstanceId, Options, Script as Compiler};

use super::expected::Expected;
use super::group::{self, Group};
use super::record::{self, Record};
use super::report::{NOT_INSTANTIATED, Report};
use super::script::{self, Action, Import, Rejected, Rejection, Script, Step};
use super::suite::File;
use super::{Configuration, spectest};
use crate::process::{self, Stdin, TempDir};

/// Runs all of a file.
pub fn run(file: &File, configuration: Configuration) -> Report {
    let options = Options {
        opt_level: configuration.opt_level,
        cpu: configuration.cpu,
        features: file.features,
        // The trials run in parallel already.
        threads: 1,
        ..Options::default()
    };
    let buffer = match script::lex(file.text) {
        Ok(buffer) => buffer,
        Err(message) => return Report::unreadable(message),
    };
    let script = match script::parse(file.text, &buffer) {
        Ok(script) => script,
        Err(message) => return Report::unreadable(message),
    };
    let mut report = Report::default();
    for rejection in &script.rejections {
        report.add(rejection.line, true, reject(rejection, &options));
    }
    for (group, steps) in group::groups(&script) {
        perform(&options, &script, &group, &steps, &mut report);
    }
    report
}

/// The module must not compile, for the right reason.
fn reject(rejection: &Rejection, options: &Options) -> Result<(), String> {
    let Ok(module) = &rejection.module else { return Ok(()) };
    match Compiler::new(options).and_then(|mut compiler| compiler.module(module)) {
        Ok(_) => Err(format!("expected {:?}, but it compiles", rejection.expected)),
        // The compiler calls what it reads after the header invalid, whether grammar or validation forbids it.
        Err(error) => match (error.kind, rejection.expected) {
            (ErrorKind::Malformed, Rejected::Malformed) | (ErrorKind::Invalid, _) => Ok(()),
            _ => Err(format!("expected {:?}, got {:?}: {error}", rejection.expected, error.kind)),
        },
    }
}

/// Compiles, runs and checks one group.
fn perform(options: &Options, script: &Script<'_>, group: &Group, steps: &[&Step<'_>], report: &mut Report) {
    let mut executable = match Executable::new(options) {
        Ok(executable) => executable,
        Err(error) => return report.add(0, false, Err(error.to_string())),
    };
    let imports = group.iter().flat_map(|&instance| &script.instances[instance].imports);
    if let Err(error) = executable.add_spectest(imports) {
        report.add(0, false, Err(format!("spectest: {error}")));
    }
    for step in steps {
        match executable.add(script, step) {
            Ok(true) => executable.awaited.push(Some(step)),
            Ok(false) => report.add(step.line, step.is_assertion, Ok(())),
            Err(message) => report.add(step.line, step.is_assertion, Err(message)),
        }
    }
    if executable.awaited.is_empty() {
        return;
    }
    let awaited = executable.awaited;
    let outcome = executable.compiler.finish().map_err(|error| error.to_string()).and_then(execute);
    let (records, end) = outcome.unwrap_or_else(|message| (Vec::new(), message));
    if end != "0" || records.len() > awaited.len() {
        let count = records.len();
        report.add(0, false, Err(format!("an executable wrote {count} records of {}, status {end}", awaited.len())));
    }
    let mut records = records.iter();
    for step in awaited {
        let record = records.next().ok_or_else(|| format!("not performed: {end}"));
        if let Some(step) = step {
            let outcome = record.and_then(|record| step.expected.check(record));
            report.add(step.line, step.is_assertion, outcome);
        }
    }
}

/// An executable that is being composed.
struct Executable<'s, 'a> {
    compiler: Compiler,
    /// Those that compile and link.
    instances: HashMap<usize, InstanceId>,
    /// One for each command, in order; `None` for `spectest`.
    awaited: Vec<Option<&'s Step<'a>>>,
}

impl Executable<'_, '_> {
    fn new(options: &Options) -> Result<Self, Error> {
        Ok(Executable { compiler: Compiler::new(options)?, instances: HashMap::new(), awaited: Vec::new() })
    }

    fn add_spectest<'i>(&mut self, imports: impl Iterator<Item = &'i Import>) -> Result<(), Error> {
        if let Some(module) = spectest::module(imports) {
            let instance = self.compiler.module(&module)?;
            self.compiler.register(spectest::NAME, instance);
            self.awaited.push(None);
        }
        Ok(())
    }

    /// Adds the command for a step. `Ok(false)` if there is none, and yet the step is as expected.
    fn add(&mut self, script: &Script<'_>, step: &Step<'_>) -> Result<bool, String> {
        if let Action::Instantiate = step.action {
            return self.instantiate(script, step);
        }
        let instance = *self.instances.get(&step.instance).ok_or(NOT_INSTANTIATED)?;
        let added = match &step.action {
            Action::Instantiate => unreachable!("done above"),
            Action::Register(name) => {
                self.compiler.register(name, instance);
                return Ok(false);
            }
            Action::Invoke { export, arguments } => self.compiler.invoke(instance, export, arguments),
            Action::Get { export } => self.compiler.get(instance, export),
        };
        added.map(|()| true).map_err(|error| error.to_string())
    }

    fn instantiate(&mut self, script: &Script<'_>, step: &Step<'_>) -> Result<bool, String> {
        let module = script.instances[step.instance].module.as_ref()?;
        match (self.compiler.module(module), &step.expected) {
            (Err(Error { kind: ErrorKind::Unlinkable, message, .. }), Expected::Unlinkable(expected))
                if message.starts_with(expected) =>
            {
                Ok(false)
            }
            (Err(error), _) => Err(format!("{:?}: {error}", error.kind)),
            (Ok(instance), _) => {
                self.instances.insert(step.instance, instance);
                Ok(true)
            }
        }
    }
}

/// Runs an executable: its records and how it ended.
fn execute(executable: Vec<u8>) -> Result<(Vec<Record>, String), String> {
    let directory = TempDir::new();
    let path = directory.path().join("script");
    fs::write(&path, executable).map_err(|error| format!("{}: {error}", path.display()))?;
    fs::set_permissions(&path, Permissions::from_mode(0o755)).map_err(|error| error.to_string())?;
    let outcome = process::run(&mut Command::new(&path), Stdin::Bytes(Vec::new()))?;
    let mut end = outcome.status;
    if !outcome.stderr.is_empty() {
        end = format!("{end}, {}", String::from_utf8_lossy(&outcome.stderr).trim_end());
    }
    Ok((record::parse(&outcome.stdout)?, end))
}
