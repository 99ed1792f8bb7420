//! What the user sees on standard error: errors, progress on a terminal, and the time each stage took.
//!
//! The bar appears only when a compilation takes over a second, so ordinary builds stay silent.

use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wexe_compiler::Progress;

/// A compilation shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Prints the one error that ends the command. A closed standard error is no reason to fail differently.
pub fn error(message: &str) {
    let _ = writeln!(io::stderr(), "error: {message}");
}

/// Makes a panic say that it is a bug of wexe, since no input may cause one.
pub fn explain_panics() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let _ = writeln!(io::stderr(), "error: internal error, which is a bug in wexe: {panic}");
    }));
}

/// Follows one compilation.
pub struct Report {
    start: Instant,
    stages: Mutex<Vec<(&'static str, Instant)>>,
    bar: ProgressBar,
    on_terminal: bool,
}

impl Report {
    pub fn new() -> Report {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg:12} [{bar:40}] {pos}/{len} functions, {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        Report { start: Instant::now(), stages: Mutex::new(Vec::new()), bar, on_terminal: io::stderr().is_terminal() }
    }

    /// Ends the bar, and with `--time` prints a line for each stage.
    pub fn finish(&self, print_times: bool) {
        self.bar.finish_and_clear();
        if print_times {
            let _ = io::stderr().write_all(self.times().as_bytes());
        }
    }

    fn times(&self) -> String {
        let end = Instant::now();
        let stages = self.stages.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let ends = stages.iter().skip(1).map(|&(_, start)| start).chain([end]);
        let mut lines = String::new();
        for (&(name, start), end) in stages.iter().zip(ends) {
            lines += &line(name, end - start);
        }
        lines + &line("total", end - self.start)
    }

    /// Shows the bar once the user has waited long enough.
    fn show(&self) {
        if self.on_terminal && self.bar.is_hidden() && self.start.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

fn line(name: &str, time: Duration) -> String {
    format!("{name:<12}{:>10.1} ms\n", time.as_secs_f64() * 1000.0)
}

impl Progress for Report {
    fn stage(&self, name: &'static str) {
        self.stages.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((name, Instant::now()));
        self.bar.set_message(name);
        self.show();
    }

    fn functions(&self, done: usize, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
        self.show();
    }
}
