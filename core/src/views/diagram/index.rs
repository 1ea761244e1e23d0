//! What a diagram must find quickly: arrows and waiting times by time, steps of the logical axis, changes of status.

pub(super) mod buckets;
mod phases;
mod routine;
mod story;

use super::{Axis, LINK_LAYER, Only};
use crate::engine::Run;
use crate::trace::frame::Band;
use crate::trace::{Kind, MessageId, NO_NODE, NONE, NodeId, Record, RecordId, Trace};
use buckets::Buckets;
use phases::Follower;
pub use phases::Phase;
use std::collections::BTreeMap;
use std::rc::Rc;
pub use story::Fold;
use story::Story;

/// Stretches in a block of the index, which knows the earliest beginning among them.
const BLOCK: usize = 256;

/// A message, a copy of one, or a frame of the link layer that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Which message; [`NONE`] for an acknowledgement of the link layer.
    pub message: MessageId,
    /// Which copy.
    pub copy: u16,
    /// The record of its sending.
    pub origin: RecordId,
    /// The record of its end.
    pub end: RecordId,
    /// Whether it is a frame that the link layer added.
    pub link: bool,
}

/// The time between the arrival of an application's message and its delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Where it waited.
    pub node: NodeId,
    /// Whose message it is.
    pub origin: NodeId,
    /// Since when: its `receive`, or its `send` at the sender itself.
    pub from: RecordId,
    /// Until when: its `deliver`; `None` while it waits.
    pub to: Option<RecordId>,
}

/// Stretches of time in the order of their ends, found by overlap.
#[derive(Clone, Debug)]
struct Spans<T> {
    all: Vec<(u64, u64, T)>,
    /// Earliest beginning in each block.
    earliest: Vec<u64>,
}

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Spans { all: Vec::new(), earliest: Vec::new() }
    }
}

impl<T> Spans<T> {
    /// Adds a stretch that ends no earlier than all the others.
    fn push(&mut self, from_us: u64, to_us: u64, item: T) {
        if self.all.len().is_multiple_of(BLOCK) {
            self.earliest.push(u64::MAX);
        }
        let earliest = self.earliest.last_mut().expect("a block was just made");
        *earliest = (*earliest).min(from_us);
        self.all.push((from_us, to_us, item));
    }

    fn between(&self, from_us: u64, to_us: u64) -> impl Iterator<Item = &T> {
        let first = self.all.partition_point(|s| s.1 < from_us);
        let blocks = first / BLOCK..self.earliest.len();
        blocks
            .filter(move |&b| self.earliest[b] <= to_us)
            .flat_map(move |b| {
                let end = ((b + 1) * BLOCK).min(self.all.len());
                self.all[(b * BLOCK).max(first).min(end)..end].iter()
            })
            .filter(move |s| s.0 <= to_us)
            .map(|s| &s.2)
    }
}

/// Grows with a run; made anew when its trace was cut.
#[derive(Clone, Debug, Default)]
pub struct Index {
    revision: u32,
    known: u32,
    arrows: Spans<Arrow>,
    holds: Spans<Hold>,
    /// What has arrived and is not delivered: by place, origin and number there.
    waiting: BTreeMap<(NodeId, NodeId, u64), RecordId>,
    /// Last number of each origin that was delivered at each place.
    delivered: BTreeMap<(NodeId, NodeId), u64>,
    /// Number of steps of the logical axis before each record.
    steps: Vec<u32>,
    /// Records that change a status: crash, restart, pause, resume, partition, heal.
    changes: Vec<RecordId>,
    violations: Vec<RecordId>,
    /// Records that stand out in a whole run: acts and requests, faults and their ends, broken rules.
    outstanding: Vec<RecordId>,
    /// Changes of the band of each process, and how many there are in all.
    bands: Vec<Vec<(RecordId, Option<Band>)>>,
    bands_known: usize,
    phases: Follower,
    /// How much happens when, along the time and along the order.
    by_time: Buckets,
    by_step: Buckets,
    by_place: Buckets,
    /// Sorts of messages that there are.
    kinds: Vec<&'static str>,
    /// What is kept of the run, where not all of it.
    only: Option<Rc<Only>>,
    pub(super) story: Story,
}

/// Whether a record is drawn as a mark on a lane, unless it is hidden.
#[must_use]
pub(super) fn is_drawn(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Drop | Kind::Partition | Kind::Heal | Kind::Network | Kind::Act | Kind::Refused | Kind::Violation
    )
}

/// Whether a record takes a step of its own on the logical axis.
pub(super) fn takes_step(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Boot | Kind::Request | Kind::Violation | Kind::Act | Kind::Network | Kind::Link | Kind::Refused
    )
}

/// The flight that a record ends, with the time of its beginning.
fn arrow_to(trace: &Trace, id: RecordId, record: &Record) -> Option<(u64, Arrow)> {
    if record.cause == NONE || !matches!(record.kind, Kind::Receive | Kind::Drop | Kind::Link) {
        return None;
    }
    let cause = trace.record(record.cause);
    // What the layer sends again has the protocol's `send` as its cause: that is no flight.
    let arrives = record.kind != Kind::Link || cause.node != record.node;
    let link = record.kind == Kind::Link || cause.kind == Kind::Link;
    let copy = if record.kind == Kind::Link { 1 } else { record.count };
    let arrow = Arrow { message: record.message, copy, origin: record.cause, end: id, link };
    arrives.then_some((cause.at_us, arrow))
}

impl Index {
    /// Of a run as far as it is known.
    #[must_use]
    pub fn of(run: &Run) -> Index {
        Index::default().updated(run)
    }

    /// Of a run of which only a part is kept.
    #[must_use]
    pub fn only_of(run: &Run, only: Only) -> Index {
        Index { only: Some(Rc::new(only)), ..Index::default() }.updated(run)
    }

    fn updated(mut self, run: &Run) -> Index {
        self.update(run);
        self
    }

    /// What is kept of the run, where not all of it.
    #[must_use]
    pub fn only(&self) -> Option<&Only> {
        self.only.as_deref()
    }

    /// Whether a record is left out.
    #[must_use]
    pub fn leaves_out(&self, id: RecordId) -> bool {
        self.only.as_ref().is_some_and(|only| only.leaves_out(id))
    }

    /// Takes in what has come since.
    pub fn update(&mut self, run: &Run) {
        let trace = run.trace();
        if self.revision != trace.revision() || self.known > trace.len() {
            let (story, only) = (self.story.again(), self.only.take());
            *self = Index { revision: trace.revision(), story, only, ..Index::default() };
        }
        for id in self.known..trace.len() {
            let record = trace.record(id);
            let step = self.steps.last().copied().unwrap_or(0);
            self.steps.push(step + u32::from(takes_step(record.kind)));
            self.take_story(run, id);
            if record.node != NO_NODE && is_drawn(record.kind) {
                self.by_time.add(record.at_us);
                self.by_step.add(u64::from(self.steps[id as usize]));
            }
            if let Some((from_us, arrow)) = arrow_to(trace, id, record) {
                self.arrows.push(from_us, record.at_us, arrow);
            }
            if record.kind == Kind::Crash && !run.scenario().lab.spec().buffers_on_disk {
                self.waiting.retain(|key, _| key.0 != record.node);
            }
            match record.kind {
                Kind::Crash | Kind::Restart | Kind::Pause | Kind::Resume | Kind::Partition | Kind::Heal => {
                    self.changes.push(id);
                    self.outstanding.push(id);
                }
                Kind::Request | Kind::Act | Kind::Network => self.outstanding.push(id),
                Kind::Send | Kind::Receive | Kind::Deliver => self.follow_item(run, id, record),
                Kind::Link => self.know_kind(LINK_LAYER),
                Kind::Violation => {
                    self.violations.push(id);
                    self.outstanding.push(id);
                }
                _ => {}
            }
        }
        self.known = trace.len();
        self.bands.resize(trace.width(), Vec::new());
        for change in trace.bands.iter_from(self.bands_known) {
            self.bands[usize::from(change.node)].push((change.record, change.band));
            if let Some(phases) = &run.scenario().lab.spec().phases {
                self.phases.take(phases, trace.width(), change, trace.record(change.record).at_us);
            }
        }
        self.bands_known = trace.bands.len();
    }

    /// The phases of the run, also those that are known to come.
    #[must_use]
    pub fn phases(&self) -> &[Phase] {
        self.phases.all()
    }

    /// Opens a folded stretch that is idle since some time, or folds it again.
    pub fn toggle_fold(&mut self, run: &Run, from_us: u64) {
        self.story = self.story.toggled(from_us);
        self.by_place = Buckets::default();
        for id in 0..self.known {
            self.take_story(run, id);
        }
    }

    fn take_story(&mut self, run: &Run, id: RecordId) {
        let record = run.trace().record(id);
        let kept = !self.leaves_out(id);
        self.story.take(run, id, record, kept);
        if record.node != NO_NODE && is_drawn(record.kind) {
            self.by_place.add(self.story.place(id) as u64);
        }
    }

    /// The changes of a process's band up to a record, from the last one before another on.
    #[must_use]
    pub fn bands(&self, node: NodeId, first: RecordId, end: RecordId) -> &[(RecordId, Option<Band>)] {
        let Some(all) = self.bands.get(usize::from(node)) else { return &[] };
        let from = all.partition_point(|(id, _)| *id < first).saturating_sub(1);
        &all[from..all.partition_point(|(id, _)| *id < end).max(from)]
    }

    /// What the band of a process says just after a record.
    #[must_use]
    pub fn band(&self, node: NodeId, id: RecordId) -> Option<Band> {
        self.bands(node, id, id.saturating_add(1)).last().filter(|(at, _)| *at <= id).and_then(|(_, band)| *band)
    }

    fn know_kind(&mut self, kind: &'static str) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    /// Follows an application's message from its arrival to its delivery.
    fn follow_item(&mut self, run: &Run, id: RecordId, record: &Record) {
        if record.kind == Kind::Send {
            self.know_kind(run.message_kind(record.message));
        }
        let Some((origin, n)) = run.item(id) else { return };
        let key = (record.node, origin, n);
        if record.kind == Kind::Deliver {
            let last = self.delivered.entry((record.node, origin)).or_insert(0);
            *last = n.max(*last);
            let Some(from) = self.waiting.remove(&key) else { return };
            let hold = Hold { node: record.node, origin, from, to: Some(id) };
            self.holds.push(run.trace().record(from).at_us, record.at_us, hold);
        } else if (record.kind == Kind::Receive || record.node == origin)
            && self.delivered.get(&(record.node, origin)).is_none_or(|last| n > *last)
        {
            self.waiting.entry(key).or_insert(id);
        }
    }

    /// The arrows that share any time with a stretch.
    pub fn arrows_between(&self, from_us: u64, to_us: u64) -> impl Iterator<Item = &Arrow> {
        self.arrows.between(from_us, to_us)
    }

    /// The waiting times that share any time with a stretch, those that still go on last.
    pub fn holds_between(&self, from_us: u64, to_us: u64) -> impl Iterator<Item = Hold> {
        let open = self.waiting.iter().map(|(&(node, origin, _), &from)| Hold { node, origin, from, to: None });
        self.holds.between(from_us, to_us).copied().chain(open)
    }

    /// Sorts of messages that there are, in the order in which they first came.
    #[must_use]
    pub fn kinds(&self) -> &[&'static str] {
        &self.kinds
    }

    /// Changes of status, in order.
    #[must_use]
    pub fn changes(&self) -> &[RecordId] {
        &self.changes
    }

    /// What stands out in a whole run, in order: acts and requests, faults and their ends, broken rules.
    #[must_use]
    pub fn outstanding(&self) -> &[RecordId] {
        &self.outstanding
    }

    /// Broken rules, in order.
    #[must_use]
    pub fn violations(&self) -> &[RecordId] {
        &self.violations
    }

    /// How much happens along an axis.
    pub(super) fn density(&self, axis: Axis) -> &Buckets {
        match axis {
            Axis::Time => &self.by_time,
            Axis::Logical => &self.by_step,
            Axis::Story => &self.by_place,
        }
    }

    /// Whether a record only keeps the system going: a heartbeat, its answer, a timer for the next one.
    #[must_use]
    pub fn is_routine(&self, id: RecordId) -> bool {
        self.story.routine().has(id)
    }

    /// Whether a message does.
    #[must_use]
    pub fn is_routine_message(&self, message: MessageId) -> bool {
        self.story.routine().has_message(message)
    }

    /// Whether the loss of a routine message made a timer run out.
    #[must_use]
    pub fn was_missed(&self, message: MessageId) -> bool {
        self.story.routine().was_missed(message)
    }

    /// The unit of the story: what a message takes as a rule.
    #[must_use]
    pub fn story_unit(&self) -> f64 {
        self.story.unit()
    }

    /// The stretches of time that the story folds, between two places.
    #[must_use]
    pub fn folds(&self, from: f64, to: f64) -> &[Fold] {
        self.story.folds(from, to)
    }

    /// Step of a record on the logical axis, counted from 1.
    #[must_use]
    pub fn step(&self, id: RecordId) -> u32 {
        self.steps.get(id as usize).copied().unwrap_or_else(|| self.step_count())
    }

    /// Number of steps of the whole run.
    #[must_use]
    pub fn step_count(&self) -> u32 {
        self.steps.last().copied().unwrap_or(0)
    }

    /// First record that has at least this step.
    #[must_use]
    pub fn first_at_step(&self, step: u32) -> RecordId {
        self.steps.partition_point(|&s| s < step) as RecordId
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run;
    use crate::labs;

    #[test]
    fn it_finds_the_arrows_of_a_stretch_and_no_others() {
        let alphabet = crate::labs::LABS[0].spec().scenario("alphabet").expect("it is there");
        let run = run(labs::parse(&alphabet.json()).expect("a scenario"));
        let index = Index::of(&run);
        for (from, to) in [(0, 400_000), (50_000, 60_000), (100_000, 100_000), (399_000, 400_000)] {
            let found: Vec<RecordId> = index.arrows_between(from, to).map(|a| a.end).collect();
            let all = (0..run.trace().len()).filter(|&id| {
                let r = run.trace().record(id);
                matches!(r.kind, Kind::Receive | Kind::Drop)
                    && r.at_us >= from
                    && run.trace().message(r.message).sent_us <= to
            });
            assert_eq!(found, all.collect::<Vec<_>>(), "{from}..{to}");
        }
    }
}
