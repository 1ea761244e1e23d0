//! Time as a story tells it: what happens has room, and where nothing happens time is folded.
//!
//! The unit is what a message takes as a rule, so the same run is told in the same way everywhere. A stretch in which nothing
//! happens keeps its length up to two units; of a longer one the rest shrinks, to a third unit at most. Marks of one process
//! stand apart by a part of a unit, also those of one instant. What only keeps a system going (heartbeats, keep-alives, the
//! link layer) neither opens nor unfolds anything: it takes the place that its time has.
//!
//! The place of what has happened does not depend on what comes later, so the picture stands still while a run grows.

use super::routine::Routine;
use crate::engine::Run;
use crate::trace::{Kind, NO_NODE, Record, RecordId};
use std::collections::BTreeSet;

/// An idle stretch keeps its length up to so many units.
const KEPT: f64 = 2.0;
/// What is longer is folded into so many units more, at most.
const FOLDED: f64 = 1.0;
/// How fast it comes near to that: half of it is reached so many units further.
const HALF: f64 = 4.0;
/// Only stretches of so many units, at least, bear a mark that says how long they are.
const MARKED: f64 = 5.0;
/// Least distance between two marks of a process, in units.
const APART: f64 = 0.4;
/// So much of what is folded behind the last beat has a time, in units.
const LAST: f64 = 0.99;
/// Shortest and longest unit, in microseconds: a network without delay has one, too.
const UNIT_US: (u64, u64) = (1_000, 1_000_000);

/// Something that happened, by which time is measured.
#[derive(Clone, Copy, Debug)]
struct Beat {
    id: RecordId,
    at_us: u64,
    place: f64,
    /// Whether the time after it keeps its length, however long it is idle.
    open: bool,
}

/// A stretch of time that is folded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fold {
    /// Since when nothing happens, in microseconds.
    pub from_us: u64,
    /// Until when.
    pub to_us: u64,
    /// Where it begins on the axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Whether a person has opened it: then it has its true length.
    pub open: bool,
}

/// Grows with a run.
#[derive(Clone, Debug, Default)]
pub(in crate::views::diagram) struct Story {
    unit: f64,
    places: Vec<f64>,
    beats: Vec<Beat>,
    folds: Vec<Fold>,
    /// Where the last mark of each process stands.
    last: Vec<f64>,
    routine: Routine,
    /// Since when the stretches are idle that a person has opened, in microseconds.
    opened: BTreeSet<u64>,
}

impl Story {
    /// The same with a stretch opened or closed that is idle since some time, before anything is taken in.
    pub(in crate::views::diagram) fn toggled(&self, from_us: u64) -> Story {
        let mut story = self.again();
        if !story.opened.remove(&from_us) {
            story.opened.insert(from_us);
        }
        story
    }

    /// The same before anything is taken in.
    pub(in crate::views::diagram) fn again(&self) -> Story {
        Story { opened: self.opened.clone(), ..Story::default() }
    }

    /// Takes in the next record; what is not kept takes no room.
    pub(in crate::views::diagram) fn take(&mut self, run: &Run, id: RecordId, record: &Record, kept: bool) {
        if self.places.is_empty() {
            let unit_us = run.scenario().network.delay.mean_us().clamp(UNIT_US.0, UNIT_US.1);
            self.unit = unit_us as f64;
            self.last = vec![f64::MIN; run.names().len()];
        }
        let before = self.places.last().copied().unwrap_or(0.0);
        let measured = self.beats.last().map_or(record.at_us as f64, |beat| self.after(beat, record.at_us as f64));
        let mut place = measured.max(before);
        if !self.routine.take(run, record) && kept {
            // A reply hovers over what it comes with.
            if super::takes_step(record.kind) && record.kind != Kind::Reply && record.node != NO_NODE {
                let last = &mut self.last[usize::from(record.node)];
                place = place.max(*last + self.unit * APART);
                *last = place;
            }
            self.fold_before(record.at_us, place);
            let open = self.opened.contains(&record.at_us);
            self.beats.push(Beat { id, at_us: record.at_us, place, open });
        }
        self.places.push(place);
    }

    fn fold_before(&mut self, at_us: u64, place: f64) {
        let Some(beat) = self.beats.last() else { return };
        if (at_us - beat.at_us) as f64 >= MARKED * self.unit {
            let (from, to) = (beat.place + KEPT * self.unit, place);
            self.folds.push(Fold { from_us: beat.at_us, to_us: at_us, from, to, open: beat.open });
        }
    }

    /// Where a time after a beat stands, when nothing else has happened since.
    fn after(&self, beat: &Beat, us: f64) -> f64 {
        let units = (us - beat.at_us as f64).max(0.0) / self.unit.max(1.0);
        if beat.open {
            return beat.place + self.unit * units;
        }
        let more = (units - KEPT).max(0.0);
        beat.place + self.unit * (units.min(KEPT) + FOLDED * more / (more + HALF))
    }

    /// What only keeps the system going.
    pub(in crate::views::diagram) fn routine(&self) -> &Routine {
        &self.routine
    }

    /// The unit: what a message takes as a rule, in microseconds.
    pub(in crate::views::diagram) fn unit(&self) -> f64 {
        self.unit.max(UNIT_US.0 as f64)
    }

    pub(in crate::views::diagram) fn place(&self, id: RecordId) -> f64 {
        self.places.get(id as usize).or(self.places.last()).copied().unwrap_or(0.0)
    }

    /// Where a time stands: an instant at which something happens at its first mark.
    pub(in crate::views::diagram) fn place_at(&self, us: f64) -> f64 {
        let next = self.beats.partition_point(|beat| (beat.at_us as f64) < us);
        match (self.beats.get(next), next.checked_sub(1).map(|last| &self.beats[last])) {
            (Some(beat), _) if beat.at_us as f64 == us => beat.place,
            (next, Some(last)) => self.after(last, us).min(next.map_or(f64::MAX, |next| next.place)),
            (_, None) => us.max(0.0),
        }
    }

    /// Where a time stands that is behind a record and before whatever comes next.
    pub(in crate::views::diagram) fn place_behind(&self, id: RecordId, us: f64) -> f64 {
        let next = self.beats.partition_point(|beat| beat.id <= id);
        match next.checked_sub(1).map(|last| &self.beats[last]) {
            Some(last) => self.after(last, us).min(self.beats.get(next).map_or(f64::MAX, |next| next.place)),
            None => us,
        }
    }

    /// The time at a place.
    pub(in crate::views::diagram) fn time_at(&self, place: f64) -> f64 {
        let next = self.beats.partition_point(|beat| beat.place <= place);
        let Some(last) = next.checked_sub(1).map(|last| &self.beats[last]) else { return place };
        let until = self.beats.get(next).map_or(f64::MAX, |next| next.at_us as f64);
        let units = (place - last.place) / self.unit.max(1.0);
        if last.open {
            return (last.at_us as f64 + units * self.unit).min(until);
        }
        let rest = (units - KEPT).max(0.0);
        // What `after` folds, unfolded. Behind the last beat a place stands for no time any more when all is folded.
        let rest = rest.min(if until < f64::MAX { FOLDED - 1e-9 } else { LAST });
        let more = HALF * rest / (FOLDED - rest);
        (last.at_us as f64 + (units.min(KEPT) + more) * self.unit).min(until)
    }

    pub(in crate::views::diagram) fn bound_at(&self, place: f64) -> RecordId {
        self.places.partition_point(|known| *known <= place) as RecordId
    }

    /// Where a run ends that is known up to a time.
    pub(in crate::views::diagram) fn end(&self, end_us: f64) -> f64 {
        self.place_at(end_us).max(self.places.last().copied().unwrap_or(0.0)) + self.unit * APART
    }

    /// The folded stretches between two places.
    pub(in crate::views::diagram) fn folds(&self, from: f64, to: f64) -> &[Fold] {
        let first = self.folds.partition_point(|fold| fold.to < from);
        &self.folds[first..self.folds.partition_point(|fold| fold.from <= to).max(first)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run;
    use crate::labs;
    use crate::views::diagram::{Axis, Index};

    fn story(text: &str) -> (Run, Index) {
        let run = run(labs::parse(text).expect("a scenario"));
        let index = Index::of(&run);
        (run, index)
    }

    const LONELY: &str = r#"{"format":"lightcone/1","lab":"vector-clocks","network":{"delay_ms":10},"until_ms":60000,"acts":[
        {"at_ms":10,"act":{"request":{"node":"P1","op":"send","args":{"to":"P2"}}}},
        {"at_ms":50000,"act":{"request":{"node":"P2","op":"send","args":{"to":"P1"}}}}]}"#;

    #[test]
    fn idle_time_is_folded_and_says_how_long_it_is() {
        let (run, index) = story(LONELY);
        let folds = index.story.folds(0.0, f64::MAX);
        assert_eq!(folds.iter().map(|f| (f.from_us, f.to_us)).collect::<Vec<_>>(), [(20_000, 50_000_000)]);
        let all = index.end(Axis::Story, 60_000_000.0);
        assert!(all < 100_000.0, "a minute with four events takes {all} units");
        assert!(run.trace().len() > 4);
    }

    #[test]
    fn a_place_and_its_time_belong_together() {
        let (run, index) = story(LONELY);
        for us in [0.0, 5_000.0, 10_000.0, 15_000.0, 20_000.0, 25_000.0, 1_000_000.0, 50_000_000.0, 50_004_000.0] {
            let place = index.units_at(Axis::Story, run.trace(), us);
            let again = index.us_at(Axis::Story, run.trace(), place);
            assert!((again - us).abs() <= us * 1e-6 + 1.0, "{us} stands at {place}, which is {again}");
        }
    }
}
