//! How a record comes about: stamped, put into the history (or held against it in a replay), and checked.

use super::{Stage, World};
use crate::check::{Broken, Watch};
use crate::history::Detail;
use crate::protocol::Protocol;
use crate::trace::{Kind, NO_NODE, NONE, Record, RecordId};

impl<P: Protocol> World<P> {
    pub(super) fn merge(&mut self, stage: &Stage<'_, P>, index: usize, send: RecordId) {
        let n = self.processes.len();
        let sent = stage.history.trace.record(send);
        stage.history.trace.merge_stamp(sent.stamp, &mut self.clocks[index * n..(index + 1) * n]);
        let process = &mut self.processes[index];
        process.lamport = process.lamport.max(sent.lamport);
    }

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

    pub(super) fn push_stamp(&mut self, stage: &mut Stage<'_, P>, index: usize) {
        if self.stamps == stage.history.trace.stamp_rows() {
            let n = self.processes.len();
            stage.history.trace.push_stamp(&self.clocks[index * n..(index + 1) * n]);
        }
        self.stamps += 1;
    }

    /// Puts a detail into the history, unless this is a replay and it is there already.
    pub(super) fn detail(&mut self, stage: &mut Stage<'_, P>, detail: Detail<P>) -> u32 {
        if self.details as usize == stage.history.details.len() {
            stage.history.details.push(detail);
        }
        self.details += 1;
        self.details - 1
    }

    /// Stamps a record and puts it into the history; in a replay, holds it against what stands there.
    pub(super) fn write(&mut self, stage: &mut Stage<'_, P>, mut record: Record) -> RecordId {
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

    pub(super) fn check(&mut self, stage: &mut Stage<'_, P>, from: RecordId) {
        if self.checks.is_empty() {
            return;
        }
        let mut checks = std::mem::take(&mut self.checks);
        for id in from..self.records {
            let record = *stage.history.trace.record(id);
            for check in &mut checks {
                let watch = Watch { ctx: stage.ctx, history: stage.history };
                let Some(broken) = check.observe(&watch, id, &record) else { continue };
                self.accuse(stage, id, check.rule(), broken);
            }
        }
        self.checks = checks;
    }

    /// Records a violation, unless its rule was violated before: the first one tells the story; what follows from it
    /// would drown it.
    pub(super) fn accuse(&mut self, stage: &mut Stage<'_, P>, cause: RecordId, rule: &'static str, broken: Broken) {
        if self.violated.iter().any(|(known, _)| *known == rule) {
            return;
        }
        let (explain, events) = (broken.explain.into(), broken.events.into());
        let detail = self.detail(stage, Detail::Violation { rule, explain, events });
        let record = Record { cause, detail, ..self.blank(Kind::Violation) };
        let violation = self.write(stage, record);
        self.violated.push((rule, violation));
    }
}
