//! The tool `wexe`: command line in, compiler called, outcome reported.
//!
//! Errors are sentences (`String`) by the time they get here: nothing above the compiler treats one kind differently.
#![forbid(unsafe_code)]

mod args;
mod build;
mod cache;
mod embed;
mod grants;
mod input;
mod inspect;
mod report;
mod run;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Verb};

fn main() -> ExitCode {
    report::explain_panics();
    let outcome = match Args::parse().verb {
        Verb::Build(args) => build::build(&args),
        Verb::Run(args) => run::run(&args),
        Verb::Inspect(args) => inspect::inspect(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            report::error(&message);
            ExitCode::FAILURE
        }
    }
}
