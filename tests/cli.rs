//! `cases/cli`: command lines run by the shell with the built tool, each compared with what stands below it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::case::{self, bless, difference, lines, matches};
use crate::known_failures::{Listed, trial};
use crate::process::{self, Outcome, Stdin, TempDir};

/// The tool under test.
pub const WEXE: &str = env!("CARGO_BIN_EXE_wexe");

pub fn trials() -> Vec<Listed> {
    let cases = case::find("cli", &["cli"]);
    cases.into_iter().map(|path| trial(case::name(&path), move || check(&path))).collect()
}

/// One line of a case with the lines that belong to it.
enum Step {
    Comment(String),
    /// A file to write.
    File {
        name: String,
        text: Vec<String>,
    },
    Run {
        command: String,
        expected: Vec<String>,
    },
}

pub fn check(path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let directory = TempDir::new();
    let mut problems = String::new();
    let mut rewritten = String::new();
    for step in parse(&text)? {
        match step {
            Step::Comment(line) => rewritten += &format!("{line}\n"),
            Step::File { name, text } => {
                let lines = text.iter().map(|line| line[1..].strip_prefix(' ').unwrap_or(&line[1..]));
                let contents: String = lines.map(|line| format!("{line}\n")).collect();
                fs::write(directory.path().join(&name), contents).map_err(|error| format!("{name}: {error}"))?;
                rewritten += &format!("= {name}\n{}", joined(&text));
            }
            Step::Run { command, expected } => {
                let actual = lines(&shell(&command, &directory)?, &directory);
                let same = matches(&expected, &actual);
                if !same {
                    problems += &format!("$ {command}\n{}", difference(&expected, &actual));
                }
                rewritten += &format!("$ {command}\n{}", joined(if same { &expected } else { &actual }));
            }
        }
    }
    match problems.as_str() {
        "" => Ok(()),
        _ if bless() => fs::write(path, rewritten).map_err(|error| format!("{}: {error}", path.display())),
        _ => Err(problems),
    }
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn parse(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for line in text.lines() {
        match (line.chars().next(), steps.last_mut()) {
            (Some('='), _) => steps.push(Step::File { name: line[1..].trim().to_string(), text: Vec::new() }),
            (Some('$'), _) => steps.push(Step::Run { command: line[1..].trim().to_string(), expected: Vec::new() }),
            (Some('|'), Some(Step::File { text, .. })) => text.push(line.to_string()),
            (Some('|' | '&' | '?'), Some(Step::Run { expected, .. })) => expected.push(line.to_string()),
            (Some('|' | '&' | '?'), _) => return Err(format!("belongs to no command: {line}")),
            _ => steps.push(Step::Comment(line.to_string())),
        }
    }
    Ok(steps)
}

/// Runs a command line in the directory, with the tool on the path and nothing of this process's environment but that.
pub fn shell(command: &str, directory: &TempDir) -> Result<Outcome, String> {
    let tools = PathBuf::from(WEXE);
    let tools = tools.parent().expect("the tool is in a directory").display();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]).current_dir(directory.path()).env_clear();
    shell.env("PATH", format!("{tools}:{path}")).env("CASES", case::root()).env("HOME", directory.path());
    process::run(&mut shell, Stdin::Bytes(Vec::new()))
}
