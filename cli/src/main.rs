//! `lightcone`: run, render and check simulated distributed systems from the command line.
//!
//! Data goes to standard output, words for people to standard error. Exit status: 0 fine, 1 a rule was
//! violated, 2 unusable input.

mod explore;
mod history;
mod labs;
mod memory_trace;
mod picture;
mod render;
mod run;

use lexopt::prelude::*;
use std::fmt;
use std::io::Read;
use std::process::ExitCode;

const USAGE: &str = "\
lightcone runs distributed-systems protocols in a simulated network.

  lightcone labs [--json]                     labs, their settings, operations, rules and scenarios
  lightcone run SCENARIO [--trace FILE] [--history FILE] [--until-ms N] [--settle]
                                              run a scenario; prints one JSON object. --settle: at the
                                              end faults stop, and the run goes on until nothing moves
                                              but periodic traffic (at most 120 s of virtual time)
  lightcone render SCENARIO -o FILE           draw its space-time diagram (.svg .png .jsonl)
      [--from-ms N] [--to-ms N] [--labels none|lamport|vector|both|own]
      [--theme light|dark|print] [--axis time|logical] [--scale 1..4] [--width PIXELS]
      [--orientation right|down]

  lightcone explore SCENARIO --runs N [--jobs J] [-o FILE]
                                              try many runs until a rule breaks; a scenario without
                                              acts gets a random workload and faults
  lightcone memory-trace FILE --cpus N --size BYTES --ways W --line BYTES [--msi]
                                              run a memory trace through coherent caches on a bus, one
                                              for each processor; a line is `cpu r|w hexaddress`

SCENARIO is a file, - for standard input, or LAB/ID for a built-in one (see lightcone labs).
Exit status: 0 fine, 1 a rule was violated, 2 unusable input.
";

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is unusable: status 2.
    Input(String),
    /// A rule was violated: status 1. What there is to say was said.
    Violated,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(what) => f.write_str(what),
            Failure::Violated => Ok(()),
        }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(e: lexopt::Error) -> Self {
        Failure::Input(format!("{e} (lightcone --help lists the commands)"))
    }
}

/// An unusable input.
pub(crate) fn unusable(what: impl Into<String>) -> Failure {
    Failure::Input(what.into())
}

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Violated) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("lightcone: {failure}");
            ExitCode::from(2)
        }
    }
}

fn command() -> Result<(), Failure> {
    let mut args = lexopt::Parser::from_env();
    match args.next()? {
        Some(Value(name)) => match name.to_string_lossy().as_ref() {
            "labs" => labs::command(args),
            "run" => run::command(args),
            "render" => render::command(args),
            "explore" => explore::command(args),
            "memory-trace" => memory_trace::command(args),
            other => Err(unusable(format!(
                "there is no command {other:?}; there are labs, run, render, explore and memory-trace"
            ))),
        },
        Some(Short('h') | Long("help")) => {
            print(USAGE);
            Ok(())
        }
        Some(Short('V') | Long("version")) => {
            print(concat!("lightcone ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(())
        }
        Some(other) => Err(other.unexpected().into()),
        None => Err(unusable(format!("no command was given\n\n{USAGE}"))),
    }
}

/// Writes to standard output; a reader that has heard enough is no failure.
pub(crate) fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Reads a scenario: a file, `-`, or a built-in one as `LAB/ID`.
pub(crate) fn scenario(name: &str) -> Result<lightcone_core::scenario::Scenario, Failure> {
    let text = if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|e| unusable(format!("standard input: {e}")))?;
        String::from_utf8(bytes).map_err(|e| unusable(format!("standard input: this is not UTF-8: {e}")))?
    } else {
        match (std::fs::read(name), labs::builtin(name)) {
            (Ok(bytes), _) => {
                String::from_utf8(bytes).map_err(|e| unusable(format!("{name}: this is not UTF-8: {e}")))?
            }
            (Err(_), Some(builtin)) => builtin.json().to_string(),
            (Err(e), None) => return Err(unusable(format!("{name}: {e}"))),
        }
    };
    lightcone_core::labs::parse(&text).map_err(|e| unusable(format!("{name}: {e}")))
}

/// Writes a file.
pub(crate) fn write_file(path: &std::path::Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| unusable(format!("{}: {e}", path.display())))
}

/// Milliseconds with at most three decimals, as microseconds.
pub(crate) fn millis(value: &std::ffi::OsStr, option: &str) -> Result<u64, Failure> {
    use lightcone_core::base::json::Doc;
    use lightcone_core::tables::TIME_US_MAX;
    let text = value.to_string_lossy();
    let read = Doc::parse(&text).and_then(|d| d.millis(0, TIME_US_MAX));
    read.map_err(|_| {
        unusable(format!("{option}: expected milliseconds from 0 on with at most three decimals, found {text:?}"))
    })
}
