//! How a run is looked at when nobody has said how: the axis, and how long the run is along it.

use super::super::{Axis, Index};
use crate::engine::Run;
use crate::scenario::Scenario;

/// Most records of a run that are made to see how even it is.
const RECORDS_MAX: u32 = 4_000;
/// Where so large a part of the time is folded, one of so many, a run is uneven.
const FOLDED: u64 = 5;

/// A run that is longer than what has room, or can be read, by so little is shown as a whole.
pub const WHOLE: f64 = 1.3;
/// With more messages in sight than this a run is crowded in some places.
const CROWDED: u64 = 44;

/// How a run is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// What the axis shows.
    pub axis: Axis,
    /// The unit of the story: what a message takes as a rule, in microseconds.
    pub unit: f64,
    /// Length of the run in units of the axis; none where it is too long to be made for that.
    pub length: Option<f64>,
}

/// How a scenario's run is looked at: told as a story where busy instants lie between idle stretches or
/// there is much to be seen, else in time.
#[must_use]
pub fn usual(scenario: &Scenario) -> Usual {
    let until_us = scenario.until_us;
    let mut run = Run::new(scenario.clone());
    let is_whole = run.seek_time(until_us, RECORDS_MAX);
    let index = Index::of(&run);
    let folded_us: u64 = index.folds(0.0, f64::MAX).iter().map(|fold| fold.to_us - fold.from_us).sum();
    let known_us = if is_whole { until_us } else { run.now_us() };
    let in_sight_us = scenario.lab.spec().span_us.min(known_us).max(1);
    let in_sight = u64::from(run.trace().message_count()) * in_sight_us / known_us.max(1);
    let uneven = scenario.lab.spec().uneven || folded_us * FOLDED >= known_us.max(1) || in_sight > CROWDED;
    let axis = if uneven { Axis::Story } else { Axis::Time };
    Usual { axis, unit: index.story_unit(), length: is_whole.then(|| index.end(axis, until_us as f64)) }
}
