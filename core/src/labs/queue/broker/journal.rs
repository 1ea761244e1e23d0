//! Writing to disk, which takes time: what was asked for while the disk is busy is written together when it is free.
//!
//! The log has a checksum with every message, so that a write which a crash has cut off is known for what it is.

use super::copies;
use super::front;
use super::{At, Broker};
use crate::base::json::Payload;
use crate::labs::queue::item::{Id, Item};
use crate::labs::queue::note::{Because, Saved};
use crate::labs::queue::{Answer, Change, Disk, Effects, Message, Note, Timer, Write};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is to be done when a message is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is new: it can be delivered.
    Serve,
    /// Its consumer is to be answered: who, and the number of its question.
    Acknowledge(NodeId, u32),
    /// It was removed with its delivery (broken on purpose).
    Forget,
    /// It is in the dead-letter queue.
    Bury,
    /// Whoever sent the copy is to be told.
    Confirm(NodeId),
}

/// A write.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) item: Item,
    pub(crate) then: Then,
}

/// What the disk is doing, and what it is to do next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    writing: Vec<Entry>,
    waiting: Vec<Entry>,
}

impl Journal {
    /// Takes a write.
    pub(crate) fn take(&mut self, entry: Entry) {
        self.waiting.push(entry);
    }

    /// What the disk begins with now, if it is free: all that waits, as one write.
    pub(crate) fn begin(&mut self) -> Vec<Change> {
        if !self.writing.is_empty() {
            return Vec::new();
        }
        self.writing = std::mem::take(&mut self.waiting);
        self.writing.iter().map(|entry| Change::Begun(entry.item.clone())).collect()
    }

    /// The disk is done: what it has written.
    pub(crate) fn done(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.writing)
    }

    /// What is being written or waits, of a message.
    pub(crate) fn of(&self, id: Id) -> impl Iterator<Item = &Entry> {
        self.writing.iter().chain(&self.waiting).filter(move |entry| entry.item.id == id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.writing.is_empty() && self.waiting.is_empty()
    }
}

impl Broker {
    /// Brings a message to stable storage: the own disk, or the shared store.
    pub(super) fn save(&mut self, at: At<'_>, item: Item, then: Then, out: &mut Effects) {
        if let Some(store) = at.ctx.setup.store() {
            return copies::save_remote(at, self, store, item, then, out);
        }
        self.journal.take(Entry { item, then });
    }

    /// Lets the disk begin, when it is free and there is something to write: at the end of a step, so that what comes
    /// together is written together.
    pub(super) fn begin_write(&mut self, at: At<'_>, out: &mut Effects) {
        let begun = self.journal.begin();
        if !begun.is_empty() {
            self.writes.extend(begun);
            out.arm(Timer::Disk, at.ctx.setup.disk_us, at.ctx.setup.disk_us);
        }
    }

    /// Looks at writes that a crash cut off. With checksums they are not taken for messages; without (broken on purpose)
    /// they are, as far as they were written.
    pub(super) fn take_torn(&mut self, at: At<'_>, disk: &Disk) -> bool {
        if !at.ctx.setup.broken.no_checksum {
            return false;
        }
        let half = |item: &Item| {
            let text = item.body.as_ref().map(Payload::shown)?;
            let kept: String = text.chars().take(text.chars().count() / 2).collect();
            Some(Item { body: Some(Payload::from_text(&kept)), ..item.clone() })
        };
        let torn: Vec<Item> = disk.torn.iter().filter_map(half).collect();
        if torn.is_empty() {
            return false;
        }
        for item in &torn {
            self.share(at, &item.queue).items.entry(item.id).or_insert_with(|| item.clone());
        }
        self.writes.push(Change::Saved(torn.into()));
        true
    }
}

/// The disk has written.
pub(super) fn on_written(at: At<'_>, broker: &mut Broker, out: &mut Effects) {
    let written = broker.journal.done();
    if written.is_empty() {
        return;
    }
    let items: Rc<[Item]> = written.iter().map(|entry| entry.item.clone()).collect();
    let before = live(broker);
    let mut done = Vec::new();
    for Entry { item, then } in written {
        broker.merge(at, &item);
        done.push((item, then));
    }
    let saved = Saved { items: Rc::clone(&items), live: (before, live(broker)) };
    out.persist(Note::Saved(Box::new(saved)), Write(vec![Change::Saved(items)]));
    stored(at, broker, &done, out);
}

fn live(broker: &Broker) -> u64 {
    broker.queues.values().map(|share| share.live() as u64).sum()
}

/// Messages are on stable storage: everything that waited for that.
pub(super) fn stored(at: At<'_>, broker: &mut Broker, done: &[(Item, Then)], out: &mut Effects) {
    for (item, then) in done {
        let share = broker.share(at, &item.queue);
        match then {
            Then::Serve => front::offer(at, broker, item, Because::Produced, out),
            Then::Confirm(_) => front::offer(at, broker, item, Because::Copied, out),
            Then::Acknowledge(..) => front::close(share, item, Because::Acknowledged, out),
            Then::Forget => front::close(share, item, Because::WithDelivery, out),
            Then::Bury => front::close(share, item, Because::TooOften, out),
        }
    }
    // To replicas and to whoever waits: the answers last, each an event of its own.
    let names: BTreeSet<&Rc<str>> = done.iter().map(|(item, _)| &item.queue).collect();
    for name in &names {
        copies::push(at, broker, name, true, out);
    }
    confirm(at, broker, done, out);
    // What lies between two sends makes them two events: clients are told apart from brokers.
    out.disarm(Timer::Work);
    for (_, then) in done {
        if let Then::Acknowledge(client, n) = then {
            out.send(*client, Message::Answer { n: *n, answer: Answer::Acked(Ok(())) });
        }
    }
    for name in names {
        front::answer_producers(at, broker, name, out);
    }
}

/// Tells senders of copies what is on disk.
fn confirm(at: At<'_>, broker: &mut Broker, done: &[(Item, Then)], out: &mut Effects) {
    let mut told: BTreeMap<(NodeId, &Rc<str>), Vec<Id>> = BTreeMap::new();
    for (item, then) in done {
        if let Then::Confirm(from) = then {
            told.entry((*from, &item.queue)).or_default().push(item.id);
        }
    }
    for ((from, queue), ids) in told {
        copies::tell(at, broker, from, queue, &ids, out);
    }
}
