//! What a diagram must find quickly: arrows by time, steps of the logical axis, changes of status.

use crate::trace::{Kind, MessageId, NONE, Record, RecordId, Trace};

/// Arrows in a block of the index, which knows the earliest send among them.
const BLOCK: usize = 256;

/// A message (or a copy) that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Which message.
    pub message: MessageId,
    /// Which copy.
    pub copy: u16,
    /// Its `receive` or `drop`.
    pub end: RecordId,
    /// When it left.
    pub sent_us: u64,
    /// When it ended.
    pub end_us: u64,
}

/// Grows with a trace; made anew when the trace was cut.
#[derive(Clone, Debug, Default)]
pub struct Index {
    revision: u32,
    known: u32,
    arrows: Vec<Arrow>,
    /// Earliest send in each block of arrows.
    earliest: Vec<u64>,
    /// Number of steps of the logical axis before each record.
    steps: Vec<u32>,
    /// Records that change a status: crash, restart, pause, resume, partition, heal.
    changes: Vec<RecordId>,
}

/// Whether a record is drawn as a mark on a lane.
#[must_use]
pub(super) fn is_drawn(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Drop
            | Kind::Partition
            | Kind::Heal
            | Kind::Network
            | Kind::Act
            | Kind::Refused
            | Kind::Violation
            | Kind::Link
    )
}

/// Whether the end of a flight is that of a message, and not of a frame that the link layer added.
fn is_message(trace: &Trace, end: &Record) -> bool {
    end.message != NONE && trace.record(end.cause).kind == Kind::Send
}

/// Whether a record takes a step of its own on the logical axis.
fn takes_step(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Boot | Kind::Request | Kind::Violation | Kind::Act | Kind::Network | Kind::Link | Kind::Refused
    )
}

impl Index {
    /// Takes in what has come since.
    pub fn update(&mut self, trace: &Trace) {
        if self.revision != trace.revision() || self.known > trace.len() {
            *self = Index { revision: trace.revision(), ..Index::default() };
        }
        for id in self.known..trace.len() {
            let record = trace.record(id);
            let step = self.steps.last().copied().unwrap_or(0);
            self.steps.push(step + u32::from(takes_step(record.kind)));
            match record.kind {
                Kind::Receive | Kind::Drop if is_message(trace, record) => {
                    let sent_us = trace.message(record.message).sent_us;
                    if self.arrows.len().is_multiple_of(BLOCK) {
                        self.earliest.push(u64::MAX);
                    }
                    let earliest = self.earliest.last_mut().expect("a block was just made");
                    *earliest = (*earliest).min(sent_us);
                    self.arrows.push(Arrow {
                        message: record.message,
                        copy: record.count,
                        end: id,
                        sent_us,
                        end_us: record.at_us,
                    });
                }
                Kind::Crash | Kind::Restart | Kind::Pause | Kind::Resume | Kind::Partition | Kind::Heal => {
                    self.changes.push(id);
                }
                _ => {}
            }
        }
        self.known = trace.len();
    }

    /// The arrows that share any time with a stretch.
    pub fn arrows_between(&self, from_us: u64, to_us: u64) -> impl Iterator<Item = &Arrow> {
        let first = self.arrows.partition_point(|a| a.end_us < from_us);
        let blocks = first / BLOCK..self.earliest.len();
        blocks
            .filter(move |&b| self.earliest[b] <= to_us)
            .flat_map(move |b| {
                let end = ((b + 1) * BLOCK).min(self.arrows.len());
                self.arrows[(b * BLOCK).max(first).min(end)..end].iter()
            })
            .filter(move |a| a.sent_us <= to_us)
    }

    /// Changes of status, in order.
    #[must_use]
    pub fn changes(&self) -> &[RecordId] {
        &self.changes
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
    use crate::run::run;
    use crate::scenario::Scenario;

    #[test]
    fn it_finds_the_arrows_of_a_stretch_and_no_others() {
        let alphabet = crate::labs::LABS[0].spec().scenarios.iter().find(|b| b.id == "alphabet").expect("it is there");
        let run = run(Scenario::parse(alphabet.json).expect("a scenario"));
        let mut index = Index::default();
        index.update(run.trace());
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
