//! Tests beside the protocol: dialogues, scenarios, the walk with known answers, the model checked whole.

mod charts;
mod golden;
mod model;
mod scenarios;
mod sharing;
mod walk;

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
