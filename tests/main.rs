//! The test program: walks `tests/cases/`, collects the trials of every kind, and runs them in parallel.
//!
//! One program instead of one per file, since linking the compiler again for each would dominate the time. How cases
//! are written stands in `tests/README.md`.

mod bounds;
mod cache;
mod case;
mod cli;
mod clients;
mod clif;
mod confinement;
mod damage;
mod embedded;
mod end_of_memory;
mod error;
mod every_call;
mod executable;
mod inspect;
mod known_failures;
mod limits;
mod network;
mod process;
mod profile;
mod readme;
mod run;
mod sandbox;
mod servers;
mod spec;
mod terminal;
mod tidy;

/// The command line's own parser: a case's `build:` line is what a user would type.
#[path = "../cli/args.rs"]
#[allow(dead_code)]
mod args;
#[path = "../cli/embed.rs"]
mod embed;
#[path = "../cli/grants.rs"]
mod grants;

use libtest_mimic::Arguments;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    trials.extend(run::trials());
    trials.extend(cache::trials());
    trials.extend(clif::trials());
    trials.extend(error::trials());
    trials.extend(cli::trials());
    trials.extend(executable::trials());
    trials.extend(inspect::trials());
    trials.extend(sandbox::trials());
    trials.extend(network::trials());
    trials.extend(servers::trials());
    trials.extend(clients::trials());
    trials.extend(embedded::trials());
    trials.extend(every_call::trials());
    trials.extend(confinement::trials());
    trials.extend(damage::trials());
    trials.extend(end_of_memory::trials());
    trials.extend(bounds::trials());
    trials.extend(limits::trials());
    trials.extend(profile::trials());
    trials.extend(readme::trials());
    trials.extend(spec::trials());
    trials.extend(terminal::trials());
    trials.extend(tidy::trials());
    let conclusion = libtest_mimic::run(&arguments, known_failures::expect(trials));
    if let Err(message) = spec::check_table() {
        eprintln!("{message}");
        std::process::exit(101);
    }
    conclusion.exit();
}
