//! Tests beside the protocol: dialogues, scenarios, lost messages, settings.

mod dialogue;
mod ensemble;
mod lost;
mod recipe;
mod reports;
mod scenarios;
mod setup;

use crate::engine::{Run, run};
use crate::labs;
use serde_json::Value;

/// Runs a scenario given as JSON.
fn play(text: &str) -> Run {
    run(labs::parse(text).unwrap_or_else(|e| panic!("{e}\n{text}")))
}

/// The lines of a trace.
fn lines(run: &Run) -> Vec<Value> {
    (0..run.trace().len()).map(|id| serde_json::from_str(&run.line(id)).expect("a line is JSON")).collect()
}
