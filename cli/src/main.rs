//! `lightcone`: run, render and check simulated distributed systems from the command line.
//!
//! Data goes to standard output, words for people to standard error. Exit status: 0 fine, 1 a rule was
//! violated or a history keeps no order, 2 unusable input.

mod explore;
mod history;
mod import;
mod labs;
mod memory_trace;
mod picture;
mod render;
mod run;
mod terminal;

use lexopt::prelude::*;
use std::process::ExitCode;
use terminal::{Failure, print, unusable};

const USAGE: &str = "\
lightcone runs distributed-systems protocols in a simulated network.

  lightcone labs [--json]                     labs, their settings, operations, rules and scenarios
  lightcone run SCENARIO [--trace FILE] [--history FILE] [--table FILE] [--until-ms N] [--settle]
                                              run a scenario; prints one JSON object. --settle: at the
                                              end faults stop, and the run goes on until nothing moves
                                              but periodic traffic (at most 120 s of virtual time).
                                              --table: the table of the lab, where it has one, as CSV
  lightcone render SCENARIO -o FILE           draw its space-time diagram (.svg .png .pdf .tex
                                              .typ), or write its records (.mmd .puml .shiviz .csv .jsonl)
      [--from-ms N] [--to-ms N] [--labels none|lamport|vector|both|own]
      [--theme light|dark|print] [--axis time|logical|story] [--scale 1..4] [--width PIXELS]
      [--preset column|page|slide] [--story-of EVENT|'request ID'|'key K']
      [--orientation right|down] [--caption]

  lightcone import LOG [--parser REGEX] [--delimiter REGEX] [-o FILE] [--execution N]
      [--theme light|dark|print]
                                              read a log with vector clocks, as ShiViz and GoVector have
                                              them, or JSON lines with host, clock and event; prints a JSON
                                              object for each execution. REGEX is JavaScript's, with the
                                              groups host, clock and event; a file whose first line is such
                                              an expression and whose second line is the delimiter needs none.
                                              -o draws an execution, the first or the N-th (.svg .png .pdf
                                              .tex .typ)
  lightcone history FILE --model register|cas-register|kv|lock
      [--consistency linearizable|sequential|causal] [--states N]
                                              judge a history: linearizable, or not (status 1), with the
                                              longest linearizable prefix and the operation that breaks
                                              it. Reads Jepsen's EDN and its older log, porcupine's form
                                              with keys, and what run --history writes. unknown (status
                                              2) when more than N states were needed
  lightcone explore SCENARIO --runs N|--for TIME [--jobs J] [--no-shrink] [-o FILE]
      [--shard K/N] [--resume FILE] [--report FILE]
                                              try many runs until a rule breaks, and make the bad one
                                              small; a scenario without acts gets random requests and
                                              faults. TIME: 8h, 30m or 10s. --shard: the K-th of N parts
                                              of one search. --resume: go on from this state, and keep it
  lightcone explore --merge REPORT...         one report of several
  lightcone memory-trace FILE... --cpus N --size BYTES --ways W --line BYTES
      [--protocol msi|mesi|moesi|mesif] [--supplier cache|memory]
      [--write back|through|through-allocate] [--decimal] [--table FILE]
                                              run a memory trace through coherent caches on a bus, one
                                              for each processor. A line is `cpu r|w hexaddress`; P0 is
                                              a name for cpu 0, the labels 0, 1 and 2 of dinero mean r, w
                                              and r, and #, // or ; begin a comment. Several files: one
                                              for each processor, lines without cpu, taking turns.
                                              --table: a row for each access, as CSV

SCENARIO is a file, - for standard input, or LAB/ID for a built-in one (see lightcone labs).
Exit status: 0 fine, 1 a rule was violated (or: not linearizable), 2 unusable input, or unknown.
";

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
            "import" => import::command(args),
            "history" => history::command(args),
            "explore" => explore::command(args),
            "memory-trace" => memory_trace::command(args),
            other => Err(unusable(format!(
                "there is no command {other:?}; there are labs, run, render, import, history, explore and memory-trace"
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
