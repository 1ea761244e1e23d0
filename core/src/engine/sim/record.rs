//! How a record comes about: stamped, put into the history (or held against it in a replay), and checked.

use super::{Stage, World};
use crate::protocol::Broken;
use crate::protocol::machine::Finding;
use crate::trace::{BandChange, Detail, Kind, NO_NODE, NONE, NoteId, Record, RecordId, Violation};
use std::sync::Arc;

impl World {
    #[inline]
    pub(super) fn merge(&mut self, stage: &Stage<'_>, index: usize, send: RecordId) {
        let n = self.processes.len();
        let sent = stage.history.trace.record(send);
        stage.history.trace.merge_stamp(sent.stamp, &mut self.clocks[index * n..(index + 1) * n]);
        let process = &mut self.processes[index];
        process.lamport = process.lamport.max(sent.lamport);
    }

    #[inline]
    pub(super) fn blank(&self, kind: Kind) -> Record {
        Record {
            at_us: self.now_us,
            cause: NONE,
            message: NONE,
            stamp: NONE,
            lamport: 0,
            detail: NONE,
            node: NO_NODE,
            count: 0,
            kind,
            code: 0,
        }
    }

    #[inline]
    pub(super) fn push_stamp(&mut self, stage: &mut Stage<'_>, index: usize) {
        if self.stamps == stage.history.trace.stamp_rows() {
            let n = self.processes.len();
            stage.history.trace.push_stamp(&self.clocks[index * n..(index + 1) * n]);
        }
        self.stamps += 1;
    }

    /// Puts a detail into the history, unless this is a replay and it is there already.
    #[inline]
    pub(super) fn detail(&mut self, stage: &mut Stage<'_>, detail: Detail) -> u32 {
        if self.details as usize == stage.history.details.len() {
            stage.history.details.push(detail);
        }
        self.details += 1;
        self.details - 1
    }

    /// Puts the protocol's own words into the history, if it said any.
    #[inline]
    pub(super) fn note_detail(&mut self, stage: &mut Stage<'_>, note: NoteId) -> u32 {
        if note == NONE { NONE } else { self.detail(stage, Detail::Note(note)) }
    }

    /// Stamps a record and puts it into the history; in a replay, holds it against what stands there.
    #[inline]
    pub(super) fn write(&mut self, stage: &mut Stage<'_>, mut record: Record) -> RecordId {
        if record.node != NO_NODE && record.kind != Kind::Link {
            self.settling.saw(record.kind, self.now_us);
            let index = usize::from(record.node);
            if record.kind.ticks() {
                let n = self.processes.len();
                self.clocks[index * n + index] += 1;
                self.processes[index].lamport += 1;
                self.processes[index].stamp = self.stamps;
                self.push_stamp(stage, index);
            }
            record.stamp = self.processes[index].stamp;
            record.lamport = self.processes[index].lamport;
        }
        let id = self.records;
        if id == stage.history.trace.len() {
            stage.history.trace.records.push(record);
        } else {
            assert!(*stage.history.trace.record(id) == record, "a replay must write record {id} again as it was");
        }
        self.records += 1;
        id
    }

    /// Notes where the state that matters has changed at the processes of the records from `from` on.
    pub(super) fn note_bands(&mut self, stage: &mut Stage<'_>, from: RecordId) {
        for id in from..self.records {
            let node = stage.history.trace.record(id).node;
            if node == NO_NODE {
                continue;
            }
            let band = stage.history.machine.band(&*self.interior, node);
            let known = &mut self.processes[usize::from(node)].band;
            if *known == band {
                continue;
            }
            *known = band;
            // In a replay it stands there already.
            if self.bands as usize == stage.history.trace.bands.len() {
                stage.history.trace.bands.push(BandChange { record: id, node, band });
            }
            self.bands += 1;
        }
    }

    /// Lets the checks look at the records from `from` on.
    pub(super) fn check(&mut self, stage: &mut Stage<'_>, from: RecordId) {
        let history = &*stage.history;
        let findings = history.machine.observe(&mut *self.interior, history.records(), from..self.records);
        self.accuse(stage, findings);
    }

    /// Records violations, each unless its rule was violated before: the first one tells the story; what follows
    /// from it would drown it.
    pub(super) fn accuse(&mut self, stage: &mut Stage<'_>, findings: Vec<Finding>) {
        for (cause, rule, Broken { explain, events }) in findings {
            if self.violated.iter().any(|(known, _)| *known == rule) {
                continue;
            }
            let detail = self.detail(stage, Detail::Violation(Arc::new(Violation { rule, explain, events })));
            let record = Record { cause, detail, ..self.blank(Kind::Violation) };
            let violation = self.write(stage, record);
            self.violated.push((rule, violation));
        }
    }
}
