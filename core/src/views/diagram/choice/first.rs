//! The first picture that somebody sees who asks for nothing: the first scenario shortly before its first message is sent.
//! `index.html` has it before any program runs, and the program goes on from there.

use super::super::{Axis, Index, View};
use crate::engine::Run;
use crate::scenario::Scenario;
use crate::trace::Kind;

/// How much of a run stands before and behind it in a picture of the whole, as shares of its length.
const MARGINS: (f64, f64) = (-0.02, 1.03);
/// Most records that are made to find a message.
const RECORDS_MAX: u32 = 1_000;

/// The stretch of an axis in which a run of some length is seen as a whole.
#[must_use]
pub fn around(length: f64) -> (f64, f64) {
    (MARGINS.0 * length, MARGINS.1 * length)
}

/// Shortly before the first message of a scenario's run is sent: half of the time since what came before it, in whole milliseconds
/// as microseconds; 0 where nothing is sent.
#[must_use]
pub fn first_moment(scenario: &Scenario) -> u64 {
    let mut run = Run::new(scenario.clone());
    run.seek_time(scenario.until_us, RECORDS_MAX);
    let trace = run.trace();
    let Some(sent) = (0..trace.len()).find(|id| trace.record(*id).kind == Kind::Send) else { return 0 };
    let sent_us = trace.record(sent).at_us;
    let before_us = (0..sent).map(|id| trace.record(id).at_us).filter(|us| *us < sent_us).max().unwrap_or(0);
    before_us.midpoint(sent_us) / 1_000 * 1_000
}

/// A run that has been made up to some time, as a picture of some size in pixels.
#[must_use]
pub fn first_view(run: &Run, at_us: u64, width: f32, height: f32) -> (Index, View) {
    let scenario = run.scenario();
    let (from, to) = around(scenario.until_us as f64);
    let labels = scenario.lab.spec().clocks;
    let view = View {
        height,
        axis: Axis::Time,
        labels,
        now_us: Some(at_us),
        ..View::whole(width, run.names().len(), from, to)
    };
    (Index::of(run), view)
}
