//! `known-failures.txt` → trials that must fail.
//!
//! A list that could go stale would hide progress and regressions alike, so a trial that passes although it is listed
//! fails, and so does a name that no trial has.

use std::collections::BTreeMap;

use libtest_mimic::{Completion, Failed, Trial};

/// A trial of the official suite or any other kind, as long as it is only a name and a function.
type Runner = Box<dyn FnOnce() -> Result<Completion, Failed> + Send>;

/// A trial whose name can be on the list.
pub struct Listed {
    pub name: String,
    /// What tells it from others of the same name, which the list does not distinguish.
    pub variant: String,
    pub run: Runner,
}

/// A trial that is a name and a function.
pub fn trial(name: impl Into<String>, run: impl FnOnce() -> Result<(), String> + Send + 'static) -> Listed {
    let run: Runner = Box::new(|| run().map(|()| Completion::Completed).map_err(Failed::from));
    Listed { name: name.into(), variant: String::new(), run }
}

/// The same for trials that may find that this machine lacks what they need: then the reason is `Ok(Some(_))`.
pub fn skippable(
    name: impl Into<String>,
    run: impl FnOnce() -> Result<Option<String>, String> + Send + 'static,
) -> Listed {
    let run = || match run() {
        Ok(None) => Ok(Completion::Completed),
        Ok(Some(reason)) => Ok(Completion::ignored_with(reason)),
        Err(message) => Err(Failed::from(message)),
    };
    Listed { name: name.into(), variant: String::new(), run: Box::new(run) }
}

/// Turns the trials on the list around.
pub fn expect(trials: Vec<Listed>) -> Vec<Trial> {
    let reasons = reasons();
    let mut unused = reasons.clone();
    let mut expected: Vec<Trial> = trials
        .into_iter()
        .map(|Listed { name, variant, run }| {
            unused.remove(&name);
            let trial = match reasons.get(&name) {
                None => Trial::ignorable_test(name, run),
                Some(&reason) => Trial::test(name, || must_fail(run, reason)),
            };
            trial.with_kind(variant)
        })
        .collect();
    expected.push(Trial::test("known-failures", move || match unused.keys().next() {
        None => Ok(()),
        Some(name) => Err(format!("no trial is called {name}").into()),
    }));
    expected
}

fn must_fail(run: Runner, reason: &str) -> Result<(), Failed> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Ok(_)) => Err(format!("passes now; strike it from tests/known-failures.txt ({reason})").into()),
        Ok(Err(_)) | Err(_) => Ok(()),
    }
}

/// The list, whose lines are `name  reason`; `#` begins a comment.
pub fn reasons() -> BTreeMap<String, &'static str> {
    let lines = include_str!("known-failures.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line.split_once("  ").expect("a name, two spaces and a reason");
            (name.to_string(), reason.trim())
        })
        .collect()
}
