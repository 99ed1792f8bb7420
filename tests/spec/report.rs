//! What came of a file: how many of its assertions hold, and what went wrong.

/// Of one file under one configuration.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub passed: usize,
    /// Number of assertions in the file.
    pub total: usize,
    /// In the order of their lines. A step that asserts nothing can fail too.
    failures: Vec<(usize, String)>,
}

/// What is said of a step whose instance does not exist.
pub const NOT_INSTANTIATED: &str = "its module was not instantiated";
/// More failures than these are only counted.
const SHOWN: usize = 12;

impl Report {
    /// The file could not be read at all.
    pub fn unreadable(message: String) -> Report {
        Report { failures: vec![(0, message)], ..Report::default() }
    }

    pub fn add(&mut self, line: usize, is_assertion: bool, outcome: Result<(), String>) {
        self.total += usize::from(is_assertion);
        match outcome {
            Ok(()) => self.passed += usize::from(is_assertion),
            Err(message) => self.failures.push((line, message)),
        }
    }

    /// Whether a step failed that only follows from the failure of another.
    pub fn has_consequences(&self) -> bool {
        self.failures.iter().any(|(_, message)| message == NOT_INSTANTIATED)
    }

    /// `Err` says what failed.
    pub fn outcome(&self) -> Result<(), String> {
        if self.failures.is_empty() {
            return Ok(());
        }
        let mut failures = self.failures.clone();
        failures.sort_by_key(|(line, _)| *line);
        let mut text = format!("{} of {} assertions hold\n", self.passed, self.total);
        for (line, message) in failures.iter().take(SHOWN) {
            text += &format!("line {line}: {message}\n");
        }
        if failures.len() > SHOWN {
            text += &format!("({} more)\n", failures.len() - SHOWN);
        }
        Err(text)
    }
}
