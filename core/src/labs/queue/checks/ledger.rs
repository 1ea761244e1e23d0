//! Who has what, counted from outside.

use super::{Watching, is_kept, messages};
use crate::base::json::Payload;
use crate::labs::queue::note::Replied;
use crate::labs::queue::{Answer, Ask, Ctx, Id, Message, Note, Phase};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What has become of every message so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    /// What producers have sent, in which queue, and the record of the first sending.
    pub(super) made: BTreeMap<Id, (Payload, Rc<str>, RecordId)>,
    /// What was answered and not processed yet, with the record of the answer.
    pub(super) open: BTreeMap<Id, RecordId>,
    /// What was processed, and how often.
    pub(super) processed: BTreeMap<Id, u32>,
    /// On which disks a message is, and how far it is there.
    disks: BTreeMap<Id, BTreeMap<NodeId, Phase>>,
    /// On which disks it has ever been.
    pub(super) ever: BTreeMap<Id, BTreeSet<NodeId>>,
    /// Deliveries under way, by the number of the message on the network.
    flights: BTreeMap<u32, Id>,
    /// What consumers have in hand.
    hands: BTreeSet<(NodeId, Id)>,
    down: BTreeSet<NodeId>,
    /// The last record took something from a disk.
    pub(super) took_away: bool,
}

impl Ledger {
    pub(super) fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) {
        self.took_away = false;
        match record.kind {
            Kind::Send => self.sent(watch, id, record),
            Kind::Drop => drop(self.flights.remove(&record.message)),
            Kind::Receive => self.received(watch, record),
            Kind::Crash => {
                self.down.insert(record.node);
                self.hands.retain(|(consumer, _)| *consumer != record.node);
            }
            Kind::Restart => drop(self.down.remove(&record.node)),
            _ => {}
        }
        match watch.history.note(record) {
            Some(Note::Saved(saved)) => {
                for item in saved.items.iter() {
                    let disk = self.disks.entry(item.id).or_default().entry(record.node).or_insert(item.phase);
                    *disk = item.phase.max(*disk);
                    self.ever.entry(item.id).or_default().insert(record.node);
                    self.took_away |= !is_kept(item.phase);
                }
            }
            Some(Note::Dropped(_, ids)) => {
                self.took_away = true;
                for id in ids.iter() {
                    self.disks.entry(*id).or_default().remove(&record.node);
                }
            }
            Some(Note::Processed { id, .. }) => {
                *self.processed.entry(*id).or_default() += 1;
                self.open.remove(id);
                self.hands.remove(&(record.node, *id));
            }
            Some(Note::Failed { id, .. }) => drop(self.hands.remove(&(record.node, *id))),
            Some(Note::Replied(replied)) => {
                if let Replied::Produced { id: message, .. } = &**replied
                    && !self.processed.contains_key(message)
                {
                    self.open.insert(*message, id);
                }
            }
            _ => {}
        }
    }

    fn sent(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) {
        for (number, message) in messages(watch, record) {
            match message {
                Message::Ask { n, ask: Ask::Produce { queue, body } } => {
                    let made = Id { producer: record.node, n: *n };
                    self.made.entry(made).or_insert_with(|| (body.clone(), Rc::clone(queue), id));
                }
                Message::Answer { answer: Answer::Delivered { item, .. }, .. } => {
                    self.flights.insert(number, item.id);
                }
                _ => {}
            }
        }
    }

    fn received(&mut self, watch: &Watching<'_>, record: &Record) {
        if let Some(id) = self.flights.remove(&record.message)
            && matches!(watch.history.note(record), Some(Note::Came { late: false, .. }))
        {
            self.hands.insert((record.node, id));
        }
    }

    /// The disks that keep a message, live or as a dead letter.
    pub(super) fn kept(&self, id: Id) -> Vec<NodeId> {
        let disks = self.disks.get(&id).into_iter().flatten();
        disks.filter(|(_, phase)| is_kept(**phase)).map(|(node, _)| *node).collect()
    }

    /// Whether a consumer has it, or will.
    pub(super) fn is_in_hand(&self, id: Id) -> bool {
        self.hands.iter().any(|(_, held)| *held == id) || self.flights.values().any(|flying| *flying == id)
    }

    /// The brokers that are down.
    pub(super) fn brokers_down(&self, ctx: &Ctx) -> Vec<NodeId> {
        self.down.iter().copied().filter(|node| ctx.setup.brokers.has(*node)).collect()
    }

    /// How far a message is on a disk.
    pub(super) fn phase(&self, id: Id, node: NodeId) -> Option<Phase> {
        self.disks.get(&id).and_then(|disks| disks.get(&node)).copied()
    }

    /// All messages that were ever on a disk.
    pub(super) fn stored(&self) -> impl Iterator<Item = Id> + '_ {
        self.ever.keys().copied()
    }
}
