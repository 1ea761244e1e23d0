//! Copies: that all who should have a message have it, and that nobody throws one away too early.
//!
//! There is one way for all of it, be it replication of a new message, a share for a broker that joins, what a broker has
//! missed that was down, or what two sides of a partition have to tell each other: whoever serves a queue brings what it has
//! to its targets, and everybody else brings what he has to whoever serves. A message that is new travels at once; where
//! many are concerned, names travel first (`Offer`), and only what the other one lacks follows (`Copy`). What is not answered
//! is asked again.

use super::journal::Then;
use super::{At, Broker, Remote, Share, all_ids, front};
use crate::labs::queue::item::{Delivery, Id, Item, Phase};
use crate::labs::queue::members::Standing;
use crate::labs::queue::note::Because;
use crate::labs::queue::{Change, Effects, Message, Note, Write};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most messages in one copy: so much of a hand-over is on its way at a time.
const COPY_MAX: usize = 64;
/// Most names in one offer.
const OFFER_MAX: usize = 2_000;

/// What this broker knows of another one's copies of a queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Other {
    known: BTreeMap<Id, Known>,
    /// Messages of which it does not know enough yet.
    todo: BTreeSet<Id>,
}

/// What is known of one message there.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// How far it is on the disk there; none while it is not.
    phase: Option<Phase>,
    /// It was there under the table that is in force now.
    sure: bool,
    /// The one who serves says that it is on the disks of all keepers, under this table.
    safe: bool,
    /// When it was last asked, in microseconds.
    sent_us: u64,
}

impl Other {
    /// Nothing said under the old table counts.
    pub(super) fn forget_sureness(&mut self) {
        for known in self.known.values_mut() {
            (known.sure, known.safe, known.sent_us) = (false, false, 0);
        }
    }

    /// It has started anew: what it had not on disk is gone.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// Whether it has all of this, as far as it has come here.
    pub(super) fn has_all(&self, items: &BTreeMap<Id, Item>) -> bool {
        self.todo.iter().all(|id| items.get(id).is_none_or(|item| self.phase(*id) >= Some(item.phase)))
    }

    fn phase(&self, id: Id) -> Option<Phase> {
        self.known.get(&id).and_then(|known| known.phase)
    }
}

impl Share {
    /// Whom this broker brings to what it has.
    fn recipients(&self, at: At<'_>) -> Vec<NodeId> {
        if at.ctx.setup.shared || at.ctx.setup.broken.no_replication {
            return Vec::new();
        }
        match self.owner {
            Some(owner) if owner == at.me => self.targets.iter().copied().filter(|t| *t != at.me).collect(),
            Some(owner) => vec![owner],
            None => Vec::new(),
        }
    }

    /// Forgets what it knows of those whom it no longer brings anything to, and begins with those who are new.
    pub(super) fn keep_recipients(&mut self, at: At<'_>) {
        let recipients = self.recipients(at);
        self.others.retain(|broker, _| recipients.contains(broker));
        for recipient in recipients {
            let all = &self.items;
            self.others.entry(recipient).or_insert_with(|| Other { todo: all_ids(all), ..Other::default() });
        }
    }

    /// Looks through all that is here: who is to be asked about what has changed.
    pub(super) fn look_through(&mut self, at: At<'_>, standing: Standing) {
        self.keep_recipients(at);
        let mut others = std::mem::take(&mut self.others);
        for other in others.values_mut() {
            let settled = |id: &&Id| {
                let known = other.known.get(id).copied().unwrap_or_default();
                !self.is_settled(at, standing, **id, &known)
            };
            other.todo = self.items.keys().filter(settled).copied().collect();
        }
        self.others = others;
    }

    /// Whether this broker waits for word that others have its copies: it has no part in the queue, or is to go.
    fn wants_word(&self, at: At<'_>, standing: Standing) -> bool {
        self.owner != Some(at.me) && (standing == Standing::Leaving || self.is_surplus(at))
    }

    fn is_surplus(&self, at: At<'_>) -> bool {
        self.owner != Some(at.me) && !self.keepers.contains(&at.me) && !self.targets.contains(&at.me)
    }

    /// Whether all keepers have a message on disk under this table: only whoever serves can say so.
    pub(super) fn is_safe(&self, at: At<'_>, id: Id) -> bool {
        let Some(item) = self.items.get(&id) else { return false };
        let has = |keeper: &NodeId| {
            let known = self.others.get(keeper).and_then(|other| other.known.get(&id));
            *keeper == at.me || known.is_some_and(|known| known.sure && known.phase >= Some(item.phase))
        };
        self.owner == Some(at.me) && self.keepers.len() >= at.ctx.setup.replicas && self.keepers.iter().all(has)
    }

    /// Whether all that is here is known to be safe: then whoever leaves may go.
    pub(super) fn is_handed_over(&self, at: At<'_>) -> bool {
        if self.owner == Some(at.me) {
            return self.items.keys().all(|id| self.is_safe(at, *id));
        }
        let owner = self.owner.and_then(|owner| self.others.get(&owner));
        self.items.keys().all(|id| owner.and_then(|o| o.known.get(id)).is_some_and(|known| known.safe))
    }

    /// Whether a broker has all of this queue that it should have, as far as this one knows.
    pub(super) fn is_caught_up(&self, at: At<'_>, broker: NodeId) -> bool {
        let asked = if self.owner == Some(at.me) { Some(broker) } else { self.owner };
        let concerns = self.keepers.contains(&broker) || self.targets.contains(&broker) || asked == self.owner;
        let other = asked.and_then(|b| self.others.get(&b));
        if at.ctx.setup.shared || at.ctx.setup.broken.no_replication {
            return true;
        }
        // Of whom nothing is known, because he was taken to be down, nothing can be said.
        !concerns || self.items.is_empty() || other.is_some_and(|other| other.has_all(&self.items))
    }

    /// How many brokers of the ring have a message on disk, this one included.
    pub(super) fn copies(&self, at: At<'_>, id: Id) -> usize {
        let has = |b: &&NodeId| **b != at.me && self.others.get(b).and_then(|other| other.phase(id)).is_some();
        1 + self.walk.iter().filter(has).count()
    }

    /// Whether everything is known of a message at a recipient that has to be.
    fn is_settled(&self, at: At<'_>, standing: Standing, id: Id, known: &Known) -> bool {
        let Some(item) = self.items.get(&id) else { return true };
        let word = if self.wants_word(at, standing) { known.safe } else { self.owner != Some(at.me) || known.sure };
        known.phase >= Some(item.phase) && word
    }
}

impl Broker {
    /// A message is on stable storage here: as new as its newest copy.
    pub(super) fn merge(&mut self, at: At<'_>, item: &Item) {
        self.moved += u32::from(self.moving.is_some_and(|(_, joins)| joins));
        let standing = self.table.standing(at.me);
        let share = self.share(at, &item.queue);
        share.items.entry(item.id).and_modify(|known| known.merge(item)).or_insert_with(|| item.clone());
        share.keep_recipients(at);
        let mut others = std::mem::take(&mut share.others);
        for other in others.values_mut() {
            // What is news travels at once, however lately an older state of it did.
            if let Some(known) = other.known.get_mut(&item.id).filter(|known| known.phase < Some(item.phase)) {
                known.sent_us = 0;
            }
            let known = other.known.get(&item.id).copied().unwrap_or_default();
            if !share.is_settled(at, standing, item.id, &known) {
                other.todo.insert(item.id);
            }
        }
        share.others = others;
    }
}

/// Brings all queues' messages to where they should be.
pub(super) fn push_all(at: At<'_>, broker: &mut Broker, out: &mut Effects) {
    let names: Vec<Rc<str>> = broker.queues.keys().cloned().collect();
    for name in &names {
        push(at, broker, name, false, out);
    }
}

/// Brings a queue's messages to where they should be: what is new at once, else names first.
pub(super) fn push(at: At<'_>, broker: &mut Broker, name: &Rc<str>, new: bool, out: &mut Effects) {
    let (standing, resend_us) = (broker.table.standing(at.me), at.ctx.setup.retry_us);
    let Some(share) = broker.queues.get_mut(name) else { return };
    let mut others = std::mem::take(&mut share.others);
    for (to, other) in &mut others {
        let (mut copies, mut offers) = (Vec::new(), Vec::new());
        let Other { known: all, todo } = other;
        todo.retain(|id| {
            let Some(item) = share.items.get(id) else { return false };
            if all.get(id).is_some_and(|known| share.is_settled(at, standing, *id, known)) {
                return false;
            }
            let first = !all.contains_key(id);
            let known = all.entry(*id).or_default();
            let due = first || known.sent_us == 0 || at.now_us >= known.sent_us + resend_us;
            let has = known.phase >= Some(item.phase);
            if due && (has || (first && !new)) && offers.len() < OFFER_MAX {
                offers.push((*id, item.phase));
                known.sent_us = at.now_us.max(1);
            } else if due && !has && copies.len() < COPY_MAX {
                copies.push(item.clone());
                known.sent_us = at.now_us.max(1);
            }
            true
        });
        if !offers.is_empty() {
            out.send(*to, Message::Offer { queue: Rc::clone(name), ids: offers.into() });
        }
        if !copies.is_empty() {
            out.send(*to, Message::Copy { queue: Rc::clone(name), items: copies.into() });
        }
    }
    share.others = others;
}

/// Copies have come. What is new goes to disk and is confirmed then; what is known is confirmed at once.
pub(super) fn on_copy(
    at: At<'_>,
    broker: &mut Broker,
    from: NodeId,
    (queue, items): (&Rc<str>, &[Item]),
    out: &mut Effects,
) {
    if at.ctx.setup.store() == Some(from) {
        return on_fetched(at, broker, queue, items, out);
    }
    let mut known = Vec::new();
    for item in items.iter() {
        learn(broker.share(at, queue), from, item.id, item.phase);
        if broker.share(at, queue).items.get(&item.id).is_some_and(|mine| mine.phase >= item.phase) {
            known.push(item.id);
        } else if !broker.journal.of(item.id).any(|e| e.item.phase >= item.phase && e.then == Then::Confirm(from)) {
            broker.save(at, item.clone(), Then::Confirm(from), out);
        }
    }
    broker.noted = Some(Note::Copied { new: (items.len() - known.len()) as u32, known: known.len() as u32 });
    if !known.is_empty() {
        tell(at, broker, from, queue, &known, out);
    }
}

/// Names have come: what of it is here?
pub(super) fn on_offer(
    at: At<'_>,
    broker: &mut Broker,
    from: NodeId,
    (queue, ids): (&Rc<str>, &[(Id, Phase)]),
    out: &mut Effects,
) {
    let share = broker.share(at, queue);
    let mut new = 0;
    for (id, phase) in ids.iter() {
        learn(share, from, *id, *phase);
        new += u32::from(share.items.get(id).is_none_or(|mine| mine.phase < *phase));
    }
    broker.noted = Some(Note::Copied { new, known: ids.len() as u32 - new });
    let ids: Vec<Id> = ids.iter().map(|(id, _)| *id).collect();
    tell(at, broker, from, queue, &ids, out);
}

/// A broker has something on its disk: it says so itself.
fn learn(share: &mut Share, from: NodeId, id: Id, phase: Phase) {
    if let Some(other) = share.others.get_mut(&from) {
        let known = other.known.entry(id).or_default();
        known.phase = known.phase.max(Some(phase));
        if share.items.get(&id).is_some_and(|mine| mine.phase > phase) {
            other.todo.insert(id);
        }
    }
}

/// Says what of this is on disk here, and what is safe.
pub(super) fn tell(at: At<'_>, broker: &mut Broker, to: NodeId, queue: &Rc<str>, ids: &[Id], out: &mut Effects) {
    let table = broker.table.clone();
    let share = broker.share(at, queue);
    let has: Vec<(Id, Phase)> = ids.iter().filter_map(|id| Some((*id, share.items.get(id)?.phase))).collect();
    let lacks: Vec<Id> = ids.iter().copied().filter(|id| !share.items.contains_key(id)).collect();
    let safe: Vec<Id> = ids.iter().copied().filter(|id| share.is_safe(at, *id)).collect();
    let queue = Rc::clone(queue);
    out.send(to, Message::Stored { queue, has: has.into(), lacks: lacks.into(), safe: safe.into(), table });
}

/// Another broker says what it has.
pub(super) fn on_stored(at: At<'_>, broker: &mut Broker, from: NodeId, message: &Message, out: &mut Effects) {
    let Message::Stored { queue, has, lacks, safe, table } = message else { return };
    if at.ctx.setup.store() == Some(from) {
        return on_stored_remote(at, broker, queue, has, out);
    }
    let same = *table == broker.table;
    let Some(share) = broker.queues.get_mut(queue) else { return };
    let Some(other) = share.others.get_mut(&from) else { return };
    for (id, phase) in has.iter() {
        let known = other.known.entry(*id).or_default();
        // Answers may overtake each other; what is on a disk only goes forward.
        *known = Known { phase: known.phase.max(Some(*phase)), sure: same || known.sure, ..*known };
        // It has an older state of it: then what is newer need not wait.
        if share.items.get(id).is_some_and(|mine| Some(mine.phase) > known.phase) {
            known.sent_us = 0;
            other.todo.insert(*id);
        }
    }
    for id in lacks.iter() {
        // It may have thrown away what it had, or never had it.
        other.known.insert(*id, Known::default());
        other.todo.insert(*id);
    }
    for id in safe.iter().filter(|_| same) {
        other.known.entry(*id).or_default().safe = true;
    }
    push(at, broker, queue, true, out);
    drop_surplus(at, broker, queue, out);
    front::answer_producers(at, broker, queue, out);
}

/// Throws away what this broker need not have, where that is safe. Until then it keeps it.
pub(super) fn drop_surplus(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, out: &mut Effects) {
    let Some(share) = broker.queues.get_mut(queue) else { return };
    if !share.is_surplus(at) {
        return;
    }
    let owner = share.owner.and_then(|owner| share.others.get(&owner));
    let safe = |id: &&Id| owner.and_then(|other| other.known.get(id)).is_some_and(|known| known.safe);
    let ids: Rc<[Id]> = share.items.keys().filter(safe).copied().collect();
    if ids.is_empty() {
        return;
    }
    for id in ids.iter() {
        share.items.remove(id);
        for other in share.others.values_mut() {
            other.known.remove(id);
            other.todo.remove(id);
        }
    }
    out.persist(Note::Dropped(Rc::clone(queue), Rc::clone(&ids)), Write(vec![Change::Dropped(Rc::clone(queue), ids)]));
}

/// Another broker has delivered a message that is here too: that is on disk at once, and nobody waits for it.
pub(super) fn on_mark(broker: &mut Broker, queue: &Rc<str>, id: Id, delivery: Delivery) {
    broker.noted = Some(Note::Nothing);
    if let Some(item) = broker.queues.get_mut(queue).and_then(|share| share.items.get_mut(&id))
        && item.phase == Phase::Live
    {
        item.last = item.last.max(Some(delivery));
    }
    broker.writes.push(Change::Mark(Rc::clone(queue), id, delivery));
}

/// With shared storage a write goes to the store, again and again until it is confirmed.
pub(super) fn save_remote(at: At<'_>, broker: &mut Broker, store: NodeId, item: Item, then: Then, out: &mut Effects) {
    let key = (Rc::clone(&item.queue), item.id);
    let entry = broker.remote.entry(key).or_insert_with(|| Remote { item: item.clone(), then: Vec::new(), sent_us: 0 });
    entry.item.merge(&item);
    entry.then.push(then);
    entry.sent_us = at.now_us;
    let items: Rc<[Item]> = Rc::new([entry.item.clone()]);
    out.send(store, Message::Copy { queue: item.queue, items });
}

/// What the store has confirmed.
fn on_stored_remote(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, has: &[(Id, Phase)], out: &mut Effects) {
    let mut done: Vec<(Item, Then)> = Vec::new();
    for (id, phase) in has {
        let key = (Rc::clone(queue), *id);
        if broker.remote.get(&key).is_none_or(|remote| remote.item.phase > *phase) {
            continue;
        }
        let Remote { item, then, .. } = broker.remote.remove(&key).expect("it is there");
        broker.merge(at, &item);
        done.extend(then.into_iter().map(|then| (item.clone(), then)));
    }
    super::journal::stored(at, broker, &done, out);
}

/// The store has sent a queue: now it can be served.
fn on_fetched(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, items: &[Item], out: &mut Effects) {
    broker.noted = Some(Note::Copied { new: items.len() as u32, known: 0 });
    let share = broker.share(at, queue);
    if share.front.is_none() || share.loaded {
        return;
    }
    (share.loaded, share.fresh) = (true, true);
    let held = std::mem::take(&mut share.held);
    for item in items {
        broker.merge(at, item);
        front::offer(at, broker, item, Because::Copied, out);
    }
    for (client, n, ask) in held {
        let note = front::on_ask(at, broker, (client, n, &ask), 0, out);
        out.local(note, None);
    }
    broker.share(at, queue).fresh = false;
}

/// Asks the store again for what it has not confirmed or sent.
pub(super) fn ask_store_again(at: At<'_>, broker: &mut Broker, out: &mut Effects) {
    let Some(store) = at.ctx.setup.store() else { return };
    for remote in broker.remote.values_mut().filter(|r| at.now_us >= r.sent_us + at.ctx.setup.retry_us) {
        remote.sent_us = at.now_us;
        let (queue, items) = (Rc::clone(&remote.item.queue), Rc::new([remote.item.clone()]));
        out.send(store, Message::Copy { queue, items });
    }
    for share in broker.queues.values().filter(|share| share.front.is_some() && !share.loaded) {
        out.send(store, Message::Fetch { queue: Rc::clone(&share.name) });
    }
}
