//! What only keeps a system going: heartbeats and their answers, keep-alives, the link layer. A story folds it into a rhythm.
//!
//! What a lab calls quiet is routine; an answer is where what it answers is. A routine message matters nevertheless where it was
//! lost and the next thing that happened at its receiver, beside routine, was that a timer ran out.

use super::super::sorts::{LINK_LAYER, sort_of_record};
use crate::engine::Run;
use crate::trace::{Kind, MessageId, NO_NODE, NONE, Record, RecordId};
use std::collections::BTreeSet;

/// The messages of a send: a multicast is one record of several, numbered one after the other.
fn sent(record: &Record) -> impl Iterator<Item = MessageId> + use<> {
    (record.message..).take(usize::from(record.count))
}

/// Grows with a run.
#[derive(Clone, Debug, Default)]
pub(in crate::views::diagram) struct Routine {
    /// For each record.
    records: Vec<bool>,
    /// Each message that is routine.
    messages: BTreeSet<MessageId>,
    /// Those whose loss made a timer run out.
    missed: BTreeSet<MessageId>,
    /// For each process, whether what it took in last was routine.
    last_in: Vec<bool>,
    /// For each process, the routine messages lost on the way to it since it took the last one in.
    lost: Vec<Vec<MessageId>>,
}

impl Routine {
    /// Takes in the next record; whether it is routine.
    pub(super) fn take(&mut self, run: &Run, record: &Record) -> bool {
        let is_routine = self.judge(run, record);
        self.records.push(is_routine);
        self.follow(run, record, is_routine);
        is_routine
    }

    fn judge(&mut self, run: &Run, record: &Record) -> bool {
        let spec = run.scenario().lab.spec();
        match record.kind {
            Kind::Link | Kind::Violation => true,
            Kind::Timeout => run.timer_of(record).is_some_and(|timer| spec.quiet_timers.contains(&timer)),
            Kind::Receive | Kind::Drop if record.message != NONE => self.messages.contains(&record.message),
            Kind::Send => self.judge_send(run, record),
            _ => sort_of_record(run, record).is_some_and(|sort| sort == LINK_LAYER || spec.quiet.contains(&sort)),
        }
    }

    /// Notes which messages of a send are routine; whether all are.
    fn judge_send(&mut self, run: &Run, send: &Record) -> bool {
        let spec = run.scenario().lab.spec();
        let answers = self.last_in.get(usize::from(send.node)).copied().unwrap_or_default();
        let before = self.messages.len();
        self.messages.extend(sent(send).filter(|&message| {
            let sort = run.message_kind(message);
            spec.quiet.contains(&sort) || (answers && spec.quiet_answers.contains(&sort))
        }));
        self.messages.len() - before == usize::from(send.count)
    }

    fn follow(&mut self, run: &Run, record: &Record, is_routine: bool) {
        let processes = run.names().len();
        self.last_in.resize(processes, false);
        self.lost.resize(processes, Vec::new());
        // A loss belongs to the network, not to a process.
        if record.kind == Kind::Drop && is_routine && record.message != NONE {
            let to = usize::from(run.trace().message(record.message).to);
            self.lost[to].push(record.message);
        }
        if record.node == NO_NODE {
            return;
        }
        let node = usize::from(record.node);
        if matches!(record.kind, Kind::Receive | Kind::Timeout) {
            self.last_in[node] = is_routine;
        }
        match record.kind {
            Kind::Timeout if !is_routine => self.missed.extend(self.lost[node].drain(..)),
            Kind::Receive | Kind::Timeout | Kind::Crash => self.lost[node].clear(),
            _ => {}
        }
    }

    /// Whether a record only keeps the system going.
    pub(in crate::views::diagram) fn has(&self, id: RecordId) -> bool {
        self.records.get(id as usize).copied().unwrap_or_default()
    }

    /// Whether a message does.
    pub(in crate::views::diagram) fn has_message(&self, message: MessageId) -> bool {
        self.messages.contains(&message)
    }

    /// Whether the loss of a routine message made a timer run out.
    pub(in crate::views::diagram) fn was_missed(&self, message: MessageId) -> bool {
        self.missed.contains(&message)
    }
}
