//! Two branches side by side: the first event at which they differ, and what only one of them has.

use super::BranchId;
use lightcone_core::engine::Run;
use lightcone_core::trace::frame::Frame;
use lightcone_core::trace::{NO_NODE, RecordId};
use lightcone_core::views::diagram::Index;
use std::collections::BTreeSet;

/// So many records after the first difference are held against the other branch one by one: far more than a
/// diagram shows as single events.
const COMPARED_MAX: u32 = 20_000;

/// Where two runs differ first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Number of records that are the same: the next one differs.
    pub record: RecordId,
    /// When the earlier of the two comes, in microseconds.
    pub at_us: u64,
    /// Whether each of the two has a record there; where one has none, nothing more happens in it.
    pub there: [bool; 2],
}

/// The branch beside the one that is shown.
pub(crate) struct Compare {
    /// Which.
    pub other: BranchId,
    /// Its run, its cursor at the time of the other's.
    pub run: Run,
    /// What the diagram finds things with.
    pub index: Index,
    /// The moment at its cursor.
    pub frame: Frame,
    /// The first difference.
    pub first: Option<Difference>,
    /// Records that only one of the two has: of the branch that is shown, and of this one.
    pub alone: [BTreeSet<RecordId>; 2],
    /// How far the two were compared, in microseconds.
    pub until_us: u64,
    /// The event under the pointer in its diagram.
    pub hover: Option<RecordId>,
    /// Where its own clock stands, in microseconds, while it has one.
    pub own_us: Option<u64>,
}

/// What the clock of the other run does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum OtherClock {
    /// It begins to go by itself, or goes along again.
    Own(bool),
    /// To the next moment at which something happens, or back to the last one.
    Step(bool),
    /// To a time, in microseconds.
    To(u64),
}

impl Compare {
    /// Compares a run with that of another branch, up to a time at least.
    #[must_use]
    pub(crate) fn new(shown: &Run, other: BranchId, mut run: Run, until_us: u64) -> Compare {
        let end_us = |run: &Run| {
            let known = run.trace().len().checked_sub(1).map_or(0, |last| run.trace().record(last).at_us);
            known.max(run.scenario().until_us)
        };
        let until_us = until_us.max(end_us(shown)).max(end_us(&run));
        let mut whole = shown.fork();
        whole.seek_time(until_us, u32::MAX);
        run.seek_time(until_us, u32::MAX);
        let first = first_difference(&whole, &run);
        let alone = first.map_or_else(Default::default, |d| {
            [only_in(&whole, &run, d.record).collect(), only_in(&run, &whole, d.record).collect()]
        });
        let index = Index::of(&run);
        Compare { other, frame: run.frame(), index, run, first, alone, until_us, hover: None, own_us: None }
    }

    /// Where its clock stands while the one of the run that is shown stands somewhere, in microseconds.
    #[must_use]
    pub(crate) fn now_us(&self, shown_us: f64) -> f64 {
        self.own_us.map_or(shown_us, |us| us as f64)
    }

    /// Sets its clock.
    pub(crate) fn set_clock(&mut self, clock: OtherClock, shown_us: u64) {
        let now_us = self.own_us.unwrap_or(shown_us);
        let trace = self.run.trace();
        self.own_us = match clock {
            OtherClock::Own(own) => own.then_some(now_us),
            OtherClock::To(us) => Some(us.min(self.until_us)),
            OtherClock::Step(true) => {
                let next = trace.count_until(now_us);
                Some(if next < trace.len() { trace.record(next).at_us } else { self.until_us })
            }
            OtherClock::Step(false) => {
                let before = trace.first_at(now_us).checked_sub(1);
                Some(before.map_or(0, |id| trace.record(id).at_us))
            }
        };
    }

    /// Moves the other run to the time that is shown, or to its own. True when its picture is another one now.
    pub(crate) fn follow(&mut self, at_us: u64) -> bool {
        let before = (self.run.position(), self.run.trace().len());
        self.run.seek_time(at_us, u32::MAX);
        if self.frame.at_us == self.run.now_us() && before == (self.run.position(), self.run.trace().len()) {
            return false;
        }
        self.index.update(&self.run);
        self.frame = self.run.frame();
        true
    }
}

/// Whether two records say the same: time, kind, process and label.
fn same(a: &Run, i: RecordId, b: &Run, j: RecordId) -> bool {
    let (x, y) = (a.trace().record(i), b.trace().record(j));
    let name = |run: &Run, node: u16| {
        if node == NO_NODE { String::new() } else { run.names()[usize::from(node)].clone() }
    };
    (x.at_us, x.kind) == (y.at_us, y.kind) && name(a, x.node) == name(b, y.node) && a.label(i) == b.label(j)
}

/// The first record at which two runs differ.
#[must_use]
pub(crate) fn first_difference(a: &Run, b: &Run) -> Option<Difference> {
    let (len_a, len_b) = (a.trace().len(), b.trace().len());
    let record = (0..len_a.max(len_b)).find(|&id| id >= len_a || id >= len_b || !same(a, id, b, id))?;
    let at = |run: &Run, len: u32| (record < len).then(|| run.trace().record(record).at_us);
    let times = [at(a, len_a), at(b, len_b)];
    let at_us = times.into_iter().flatten().min().unwrap_or(0);
    Some(Difference { record, at_us, there: times.map(|t| t.is_some()) })
}

/// Records of one run from some record on that the other does not have at that time, as they are asked for.
pub(crate) fn only_in(run: &Run, other: &Run, from: RecordId) -> impl Iterator<Item = RecordId> {
    let has_twin = move |&id: &RecordId| {
        let at_us = run.trace().record(id).at_us;
        let (first, end) = (other.trace().first_at(at_us), other.trace().count_until(at_us));
        (first.max(from)..end).any(|twin| same(run, id, other, twin))
    };
    let end = run.trace().len().min(from.saturating_add(COMPARED_MAX));
    (from..end).filter(move |id| !has_twin(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::first_scenario;
    use lightcone_core::engine;
    use lightcone_core::trace::{Act, Kind, PlannedAct, When};

    #[test]
    fn the_first_difference_is_the_act_that_only_one_has() {
        let mut scenario = first_scenario();
        let plain = engine::run(scenario.clone());
        scenario.acts.push(PlannedAct { when: When::At(60_000), act: Act::Crash(1) });
        let crashed = engine::run(scenario);
        let compare = Compare::new(&plain, 1, crashed.fork(), 0);
        let first = compare.first.expect("one has crashed");
        assert_eq!(first.at_us, 60_000);
        assert_eq!(crashed.trace().record(first.record).kind, Kind::Crash);
        assert!(compare.alone[1].contains(&first.record));
        // What happened before is the same, and is marked in neither.
        assert!(compare.alone.iter().flatten().all(|&id| id >= first.record));
        // What P1 does by itself is the same in both.
        let same_later = (first.record..crashed.trace().len()).find(|id| !compare.alone[1].contains(id));
        assert!(same_later.is_some(), "the scenario's own acts of P1 come in both");
    }

    #[test]
    fn the_other_run_may_have_a_clock_of_its_own() {
        let plain = engine::run(first_scenario());
        let mut compare = Compare::new(&plain, 1, plain.fork(), 0);
        assert_eq!(compare.now_us(70_000.0), 70_000.0, "it goes along");
        compare.set_clock(OtherClock::Own(true), 70_000);
        assert_eq!(compare.now_us(20_000.0), 70_000.0, "it stays where it was");
        compare.set_clock(OtherClock::Step(false), 20_000);
        assert_eq!(compare.own_us, Some(58_000));
        compare.set_clock(OtherClock::Step(true), 20_000);
        assert_eq!(compare.own_us, Some(70_000));
        compare.set_clock(OtherClock::To(u64::MAX), 20_000);
        assert_eq!(compare.own_us, Some(compare.until_us), "no further than both are known");
        compare.set_clock(OtherClock::Step(true), 20_000);
        assert_eq!(compare.own_us, Some(compare.until_us));
        compare.set_clock(OtherClock::To(0), 20_000);
        compare.set_clock(OtherClock::Step(false), 20_000);
        assert_eq!(compare.own_us, Some(0));
        compare.set_clock(OtherClock::Own(false), 20_000);
        assert_eq!(compare.now_us(20_000.0), 20_000.0);
    }

    #[test]
    fn a_run_does_not_differ_from_itself_and_a_longer_one_differs_at_its_end() {
        let mut scenario = first_scenario();
        let plain = engine::run(scenario.clone());
        assert_eq!(first_difference(&plain, &plain.fork()), None);
        let until_us = scenario.until_us;
        scenario.acts.push(PlannedAct { when: When::At(until_us), act: Act::Crash(0) });
        let longer = engine::run(scenario);
        let first = first_difference(&plain, &longer).expect("one more record");
        assert_eq!((first.record, first.there), (plain.trace().len(), [false, true]));
    }
}
