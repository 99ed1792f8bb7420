//! A case file ↔ directives and expectations. The format is described in `tests/README.md`.
//!
//! Expectations are compared as text, line by line, so that a difference reads like the file and `BLESS=1` only has to
//! write the lines that came out.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Outcome, TempDir};

/// A case file, read.
pub struct Case {
    pub path: PathBuf,
    /// What every line of ours begins with: `;;` in WAT.
    prefix: &'static str,
    text: String,
}

/// Where the cases are.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// Whether expectations are to be rewritten.
pub fn bless() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// All files below `tests/cases/<kind>/` with one of the extensions, in order.
pub fn find(kind: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let has_extension =
        |path: &PathBuf| path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted));
    let mut found: Vec<PathBuf> = walk(&root().join(kind)).into_iter().filter(has_extension).collect();
    found.sort();
    found
}

/// All files below a directory; none if it does not exist.
pub fn walk(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("a directory can be read").path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// The name of the case in this file.
pub fn name(path: &Path) -> String {
    let below = path.strip_prefix(root()).expect("a case is below tests/cases");
    below.display().to_string()
}

impl Case {
    pub fn read(path: &Path) -> Result<Case, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let prefix = if path.extension().is_some_and(|extension| extension == "wat") { ";;" } else { "" };
        Ok(Case { path: path.to_path_buf(), prefix, text })
    }

    /// Values of the directives with this key.
    pub fn directives(&self, key: &str) -> Vec<&str> {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix(self.prefix)?.strip_prefix("! "));
        let pairs = lines.filter_map(|line| line.split_once(':'));
        pairs.filter(|(name, _)| *name == key).map(|(_, value)| value.trim()).collect()
    }

    /// Value of a directive that is given once at most.
    pub fn directive(&self, key: &str) -> Result<Option<&str>, String> {
        match self.directives(key)[..] {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(format!("{key} is given twice")),
        }
    }

    /// Refuses directives that would be ignored.
    pub fn check_directives(&self, known: &[&str]) -> Result<(), String> {
        for line in self.text.lines().filter_map(|line| line.strip_prefix(self.prefix)?.strip_prefix('!')) {
            let key = line.split(':').next().unwrap_or_default().trim();
            if !known.contains(&key) {
                return Err(format!("unknown directive: {line}"));
            }
        }
        Ok(())
    }

    /// A path written in the case.
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.path.parent().expect("a file is in a directory").join(path)
    }

    /// The module of the case, as a binary.
    pub fn module(&self) -> Result<Vec<u8>, String> {
        let path = match (self.prefix, self.directive("module")?) {
            ("", Some(module)) => self.resolve(module),
            ("", None) => self.path.with_extension("wasm"),
            _ => self.path.clone(),
        };
        wat::parse_file(&path).map_err(|error| error.to_string())
    }

    /// Compares what came out with the end of the file, or rewrites it.
    pub fn check(&self, actual: &[String]) -> Result<(), String> {
        let is_expectation = |line: &&str| {
            let rest = line.strip_prefix(self.prefix).unwrap_or_default();
            rest.starts_with(['?', '|', '&'])
        };
        let expected = self.text.lines().filter(is_expectation);
        let expected: Vec<String> = expected.map(|line| line[self.prefix.len()..].to_string()).collect();
        if matches(&expected, actual) {
            return Ok(());
        }
        if !bless() {
            return Err(difference(&expected, actual));
        }
        let kept: Vec<&str> = self.text.lines().filter(|line| !is_expectation(line)).collect();
        let mut text = kept.join("\n").trim_end().to_string() + "\n";
        for line in actual {
            text += &format!("{}{line}\n", self.prefix);
        }
        fs::write(&self.path, text).map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

/// An outcome as cases write it.
pub fn lines(outcome: &Outcome, directory: &TempDir) -> Vec<String> {
    let mut lines = Vec::new();
    if outcome.status != "0" {
        lines.push(format!("? {}", outcome.status));
    }
    lines.extend(output_lines('|', &directory.hide(&outcome.stdout)));
    lines.extend(output_lines('&', &directory.hide(&outcome.stderr)));
    lines
}

/// Output as cases write it: one line for each, `\` at the end if the last is not ended.
pub fn output_lines(mark: char, output: &[u8]) -> Vec<String> {
    let ended = output.ends_with(b"\n");
    let mut lines: Vec<String> = output
        .split(|&byte| byte == b'\n')
        .map(|line| match escape(line).as_str() {
            "" => mark.to_string(),
            text => format!("{mark} {text}"),
        })
        .collect();
    let last = lines.pop();
    if !ended && !output.is_empty() {
        lines.extend(last.map(|line| line + "\\"));
    }
    lines
}

/// Printable UTF-8 stays as it is; a backslash is doubled, so that what was escaped can be told.
fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\t' => text.push('\t'),
                _ if character.is_control() => text.push_str(&format!("\\x{:02x}", character as u32)),
                _ => text.push(character),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// The text of a directive: `\n`, `\t`, `\\`, `\xNN` stand for bytes.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, length) = match (after.chars().next(), digits) {
            (Some('n'), _) => (b'\n', 1),
            (Some('t'), _) => (b'\t', 1),
            (Some('\\'), _) => (b'\\', 1),
            (Some('x'), Some(byte)) => (byte, 3),
            _ => return Err(format!("unknown escape in: {text}")),
        };
        bytes.push(byte);
        rest = &after[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// Splits like a shell does, with single and double quotes.
pub fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in text.chars() {
        match (quote, character) {
            (None, ' ') => words.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (Some(open), _) if open == character => quote = None,
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    match quote {
        None => Ok(words),
        Some(_) => Err(format!("a quote is not closed in: {text}")),
    }
}

/// Whether all lines are as expected, where `[..]` stands for any text.
pub fn matches(expected: &[String], actual: &[String]) -> bool {
    expected.len() == actual.len()
        && expected.iter().zip(actual).all(|(expected, actual)| line_matches(expected, actual))
}

fn line_matches(pattern: &str, line: &str) -> bool {
    match pattern.split_once("[..]") {
        None => pattern == line,
        Some((before, after)) => line.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| line_matches(after, &rest[at..]))
        }),
    }
}

/// The lines around the first that differs.
pub fn difference(expected: &[String], actual: &[String]) -> String {
    const CONTEXT: usize = 3;
    const SHOWN: usize = 40;
    let pairs = expected.iter().zip(actual);
    let first = pairs.take_while(|(expected, actual)| line_matches(expected, actual)).count();
    let show = |lines: &[String]| {
        let begin = first.saturating_sub(CONTEXT);
        let end = lines.len().min(first + SHOWN);
        let mut text: String = lines[begin.min(end)..end].iter().map(|line| format!("    {line}\n")).collect();
        if end < lines.len() {
            text += &format!("    ({} more lines)\n", lines.len() - end);
        }
        text
    };
    let what = format!("differs from line {} of {} expected", first + 1, expected.len());
    format!("{what}\nexpected:\n{}got:\n{}", show(expected), show(actual))
}
