//! What a run's records and messages say, in words and numbers.

use super::Run;
use crate::tables::Sample;
use crate::trace::{Act, Kind, MessageId, NodeId, RecordId};

impl Run {
    /// Label of a record.
    #[must_use]
    pub fn label(&self, id: RecordId) -> String {
        self.history.describe(self.history.trace.record(id)).0
    }

    /// `data` of a record, as JSON.
    #[must_use]
    pub fn data(&self, id: RecordId) -> String {
        self.history.describe(self.history.trace.record(id)).1
    }

    /// The name of the timer that ran out in a record.
    #[must_use]
    pub fn timer_of(&self, record: &crate::trace::Record) -> Option<&'static str> {
        self.history.timer_name(record)
    }

    /// The protocol's own vector clock before and after a record, where it keeps one.
    #[must_use]
    pub fn own_clock(&self, id: RecordId) -> Option<(Vec<u32>, Vec<u32>)> {
        let note = self.history.note(self.history.trace.record(id))?;
        self.history.machine.own_clock(note).map(|(before, after)| (before.to_vec(), after.to_vec()))
    }

    /// The observer's vector stamp of a record as the lab's own clocks count: they may start elsewhere than at zero.
    #[must_use]
    pub fn observed(&self, id: RecordId) -> Option<Vec<u32>> {
        let record = self.history.trace.record(id);
        let stamp = self.history.trace.vector(record)?;
        Some(self.history.machine.observed(record.node, stamp))
    }

    /// Why a record turned out as it did, and where the literature says so.
    #[must_use]
    pub fn why(&self, id: RecordId) -> Option<(String, &'static str)> {
        let record = self.history.trace.record(id);
        self.history.machine.why(record.kind, record.node, self.history.note(record)?)
    }

    /// The application's message that a send, receive or deliver record is about, by origin and number there.
    #[must_use]
    pub fn item(&self, id: RecordId) -> Option<(u16, u64)> {
        let record = self.history.trace.record(id);
        match record.kind {
            Kind::Send | Kind::Receive => self.history.machine.item_sent(record.message),
            Kind::Deliver => self.history.machine.item_delivered(self.history.note(record)?),
            _ => None,
        }
    }

    /// What a record measures, for the lab's own series.
    #[must_use]
    pub fn samples(&self, id: RecordId) -> Vec<Sample> {
        let note = self.history.note(self.history.trace.record(id));
        note.map(|note| self.history.machine.samples(note)).unwrap_or_default()
    }

    /// The act that a record of an act, a request or a refusal speaks of.
    #[must_use]
    pub fn act_of(&self, id: RecordId) -> Option<&Act> {
        self.history.act(self.history.trace.record(id))
    }

    /// The role of a process.
    #[must_use]
    pub fn role(&self, node: NodeId) -> &'static str {
        self.history.machine.roles()[usize::from(node)]
    }

    /// A record as a line of the trace format.
    #[must_use]
    pub fn line(&self, id: RecordId) -> String {
        self.history.line(id)
    }

    /// Label of a message.
    #[must_use]
    pub fn message_label(&self, id: MessageId) -> String {
        self.history.message_label(id)
    }

    /// What sort of message this is, in a word.
    #[must_use]
    pub fn message_kind(&self, id: MessageId) -> &'static str {
        self.history.machine.message_kind(id)
    }

    /// The other end of what the link layer did, for a record of kind `link`.
    #[must_use]
    pub fn link_peer(&self, id: RecordId) -> Option<NodeId> {
        self.history.link_peer(self.history.trace.record(id))
    }

    /// XXH64 over the whole trace.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.history.hash()
    }
}
