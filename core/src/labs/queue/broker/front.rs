//! Serving a queue: what its owner does for producers and consumers.

use super::journal::Then;
use super::ready::Ready;
use super::{At, Broker, Share};
use crate::base::json::Payload;
use crate::labs::queue::item::{Delivery, Id, Item, Phase, Receipt};
use crate::labs::queue::note::{Asked, Because, Fate, Moved, Place};
use crate::labs::queue::{Answer, Ask, Change, Effects, Message, Note, Refusal, Timer, Write};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How often a question is passed on before it is left: brokers may see different owners for a while.
const HOPS_MAX: u8 = 3;

/// A queue as its owner serves it. All of it is in memory: it is made anew from the messages when a broker takes over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Front {
    /// Messages that can be delivered, the oldest first.
    pub(crate) ready: Ready,
    /// Messages that are invisible.
    pub(crate) flying: BTreeMap<Id, Flight>,
    /// Messages of which an acknowledgement or a burial is on its way to disk.
    pub(crate) closing: BTreeSet<Id>,
    /// Messages whose producers wait for an answer.
    pub(crate) waiting: BTreeSet<Id>,
}

/// A message in flight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    /// The delivery.
    pub(crate) delivery: Delivery,
    /// Until when it is invisible, in microseconds.
    pub(crate) until_us: u64,
}

impl Front {
    /// Puts a message where it belongs, unless it is there. One that was delivered, as far as is known, is in flight, and its
    /// time begins anew: its consumer may be at work. Says where it is now, if that is news.
    pub(super) fn place(&mut self, at: At<'_>, item: &Item) -> Option<Place> {
        let id = item.id;
        let known = self.ready.has(id) || self.flying.contains_key(&id);
        match (item.phase, item.last) {
            (Phase::Live, _) if known || self.closing.contains(&id) => None,
            (Phase::Live, None) => {
                self.ready.insert(item);
                Some(Place::Ready)
            }
            (Phase::Live, Some(delivery)) => {
                let until_us = at.now_us + at.ctx.setup.visibility_us;
                self.flying.insert(id, Flight { delivery, until_us });
                Some(Place::InFlight)
            }
            (Phase::Dead | Phase::Acked, _) => {
                self.remove(id);
                let to = if item.phase == Phase::Dead { Place::Dead } else { Place::Acked };
                known.then_some(to)
            }
        }
    }

    fn remove(&mut self, id: Id) {
        self.flying.remove(&id);
        self.ready.remove(id);
    }
}

/// A client's question, from itself or passed on by another broker. Says what becomes of it.
pub(super) fn on_ask(
    at: At<'_>,
    broker: &mut Broker,
    (client, n, ask): (NodeId, u32, &Ask),
    hops: u8,
    out: &mut Effects,
) -> Note {
    let queue = ask.queue();
    let share = broker.share(at, queue);
    let (owner, replicas) = (share.owner, share.targets.clone());
    let note = |fate| Note::Asked(Box::new(Asked { ask: ask.clone(), fate, owner, replicas }));
    if share.front.is_none() {
        let to = owner.filter(|owner| *owner != at.me && hops < HOPS_MAX);
        if let Some(to) = to {
            out.send(to, Message::Route { client, n, ask: ask.clone(), hops: hops + 1 });
        }
        return note(if to.is_some() { Fate::Routed } else { Fate::Left });
    }
    // With shared storage others may have put something into the store meanwhile: who finds nothing looks there first.
    let finds_nothing = matches!(ask, Ask::Consume { .. }) && share.front.as_ref().is_some_and(|f| f.ready.is_empty());
    let old = !share.loaded || (finds_nothing && !share.fresh);
    if let Some(store) = at.ctx.setup.store().filter(|_| old) {
        share.loaded = false;
        share.held.retain(|(other, ..)| *other != client);
        share.held.push((client, n, ask.clone()));
        out.send(store, Message::Fetch { queue: Rc::clone(queue) });
        return note(Fate::Waits);
    }
    let fate = match ask {
        Ask::Produce { body, .. } => produce(at, broker, queue, Id { producer: client, n }, body, out),
        Ask::Consume { .. } => consume(at, broker, queue, (client, n), out),
        Ask::Ack { id, receipt, .. } => acknowledge(at, broker, queue, (client, n), (*id, *receipt), out),
    };
    note(fate)
}

/// A producer's message: to disk, unless it is known. The answer comes when it is where it should be.
fn produce(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, id: Id, body: &Payload, out: &mut Effects) -> Fate {
    let share = broker.share(at, queue);
    let known = share.items.get(&id).map(|item| item.phase);
    if let Some(front) = &mut share.front {
        front.waiting.insert(id);
    }
    if let Some(phase) = known {
        answer_producers(at, broker, queue, out);
        return Fate::Known(phase);
    }
    let writes = broker.journal.of(id).next().is_some() || broker.remote.contains_key(&(Rc::clone(queue), id));
    if writes {
        return Fate::Known(Phase::Live);
    }
    let (queue, born_us) = (Rc::clone(queue), at.now_us);
    let item = Item { id, queue, body: Some(body.clone()), born_us, phase: Phase::Live, last: None };
    broker.save(at, item, Then::Serve, out);
    if at.ctx.setup.broken.ack_before_disk {
        out.send(id.producer, Message::Answer { n: id.n, answer: Answer::Produced });
    }
    Fate::Taken
}

/// Answers the producers whose messages are where they should be: on R disks, or on the own one.
pub(super) fn answer_producers(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, out: &mut Effects) {
    let setup = &at.ctx.setup;
    let Some(share) = broker.queues.get_mut(queue) else { return };
    let Some(mut front) = share.front.take() else { return };
    let mut answered = Vec::new();
    front.waiting.retain(|id| {
        let Some(item) = share.items.get(id) else { return true };
        let alone = !setup.acks_all || setup.shared || setup.broken.no_replication;
        // Broken on purpose: as many as there are among the next R points.
        let needs = if setup.broken.points_not_brokers { share.targets.len() } else { setup.replicas };
        let enough = alone || item.phase == Phase::Acked || share.copies(at, *id) >= needs;
        if enough {
            answered.push(*id);
        }
        !enough
    });
    share.front = Some(front);
    for id in answered {
        out.send(id.producer, Message::Answer { n: id.n, answer: Answer::Produced });
    }
}

/// A consumer asks for a message. The same question gets the same delivery while that is in flight.
fn consume(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, (client, n): (NodeId, u32), out: &mut Effects) -> Fate {
    if let Some((before, id, receipt)) = broker.answered.get(&client).copied() {
        let flight = broker.share(at, queue).front.as_ref().and_then(|front| front.flying.get(&id));
        let delivery = flight.map(|flight| flight.delivery).filter(|delivery| delivery.receipt == receipt);
        match delivery {
            _ if before > n => return Fate::Old,
            Some(delivery) if before == n => {
                hand_out(at, broker, queue, (client, n), id, delivery, out);
                return Fate::Again;
            }
            // A new question, or one whose delivery is over: its answer was lost for too long.
            _ => {}
        }
    }
    let share = broker.share(at, queue);
    let Some(id) = share.front.as_mut().and_then(|front| front.ready.pop()) else {
        out.send(client, Message::Answer { n, answer: Answer::Empty });
        return Fate::Empty;
    };
    let count = share.items.get(&id).map_or(0, Item::receives) + 1;
    broker.deliveries += 1;
    let receipt = Receipt { broker: at.me, n: broker.deliveries };
    broker.answered.insert(client, (n, id, receipt));
    let delivery = Delivery { count, receipt, consumer: client };
    fly(at, broker, queue, id, delivery, out);
    hand_out(at, broker, queue, (client, n), id, delivery, out);
    spread(at, broker, queue, id, delivery, out);
    Fate::Served
}

/// The message is invisible from now on, and that is on disk.
fn fly(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, id: Id, delivery: Delivery, out: &mut Effects) {
    let setup = &at.ctx.setup;
    let share = broker.share(at, queue);
    let until_us = at.now_us + setup.visibility_us;
    if let Some(item) = share.items.get_mut(&id) {
        item.last = Some(delivery);
    }
    if let Some(front) = &mut share.front {
        front.flying.insert(id, Flight { delivery, until_us });
    }
    let note = share.moved(id, Place::InFlight, Because::Delivered);
    let mut changes = vec![Change::Delivered { again: delivery.count > 1 }];
    if !setup.shared {
        changes.push(Change::Mark(Rc::clone(queue), id, delivery));
    }
    out.state_writing(note, Write(changes));
}

/// Sends a delivery.
fn hand_out(
    at: At<'_>,
    broker: &mut Broker,
    queue: &Rc<str>,
    (client, n): (NodeId, u32),
    id: Id,
    delivery: Delivery,
    out: &mut Effects,
) {
    let share = broker.share(at, queue);
    let (Some(item), Some(front)) = (share.items.get(&id), &share.front) else { return };
    let levels = (front.ready.len() as u32, (front.ready.len() + front.flying.len()) as u32);
    let visibility_us = at.ctx.setup.visibility_us;
    let answer = Answer::Delivered { item: item.clone(), delivery, visibility_us, depth: levels.0, lag: levels.1 };
    out.send(client, Message::Answer { n, answer });
}

/// Tells those who have a copy that the message was delivered; broken on purpose, it is gone with that.
fn spread(at: At<'_>, broker: &mut Broker, queue: &Rc<str>, id: Id, delivery: Delivery, out: &mut Effects) {
    let setup = &at.ctx.setup;
    let share = broker.share(at, queue);
    if setup.broken.ack_on_delivery {
        let gone = share.items.get(&id).map(|item| item.acked(Some(delivery)));
        if let Some(front) = &mut share.front {
            front.flying.remove(&id);
            front.closing.insert(id);
        }
        if let Some(gone) = gone {
            broker.save(at, gone, Then::Forget, out);
        }
        return;
    }
    let mut to: Vec<NodeId> = share.targets.iter().copied().filter(|t| *t != at.me).collect();
    if setup.broken.no_replication {
        to.clear();
    }
    if let Some(store) = setup.store() {
        to = vec![store];
    }
    for broker in to {
        out.send(broker, Message::Mark { queue: Rc::clone(queue), id, delivery });
    }
}

/// An acknowledgement: it counts where it names the delivery that is in flight.
fn acknowledge(
    at: At<'_>,
    broker: &mut Broker,
    queue: &Rc<str>,
    (client, n): (NodeId, u32),
    (id, receipt): (Id, Receipt),
    out: &mut Effects,
) -> Fate {
    let share = broker.share(at, queue);
    let result = judge(at, share, client, id, receipt);
    match result {
        Ok(Some(delivery)) => {
            let item = share.items.get(&id).map(|item| item.acked(Some(delivery)));
            if let Some(front) = &mut share.front {
                front.remove(id);
                front.closing.insert(id);
            }
            if let Some(item) = item {
                broker.save(at, item, Then::Acknowledge(client, n), out);
            }
            Fate::AckTaken
        }
        // It is on its way to disk, or there: sent again, and answered again.
        Ok(None) => {
            if share.items.get(&id).is_some_and(|item| item.phase == Phase::Acked) {
                out.send(client, Message::Answer { n, answer: Answer::Acked(Ok(())) });
            }
            Fate::AckKnown
        }
        Err(refusal) => {
            broker.writes.push(Change::Stale);
            out.send(client, Message::Answer { n, answer: Answer::Acked(Err(refusal)) });
            Fate::AckRefused(refusal)
        }
    }
}

/// Whether an acknowledgement counts: with the delivery that it ends, or none where it has counted before.
fn judge(at: At<'_>, share: &Share, client: NodeId, id: Id, receipt: Receipt) -> Result<Option<Delivery>, Refusal> {
    let (Some(item), Some(front)) = (share.items.get(&id), &share.front) else { return Err(Refusal::Unknown) };
    let last = item.last.filter(|last| last.receipt == receipt);
    if item.phase == Phase::Acked || front.closing.contains(&id) {
        return last.map(|_| None).ok_or(Refusal::Over);
    }
    if at.ctx.setup.broken.stale_ack_accepted && item.phase == Phase::Live {
        // Broken on purpose: whatever delivery it names, the message is taken for done.
        return Ok(Some(Delivery { count: item.receives(), receipt, consumer: client }));
    }
    match front.flying.get(&id).map(|flight| flight.delivery).filter(|d| d.receipt == receipt) {
        Some(delivery) if delivery.consumer == client => Ok(Some(delivery)),
        Some(_) => Err(Refusal::NotYours),
        None => Err(Refusal::Over),
    }
}

/// A message is on stable storage: it can be delivered, or what was known of it here is old.
pub(super) fn offer(at: At<'_>, broker: &mut Broker, item: &Item, because: Because, out: &mut Effects) {
    let share = broker.share(at, &item.queue);
    let Some(item) = share.items.get(&item.id).cloned() else { return };
    let placed = share.front.as_mut().and_then(|front| front.place(at, &item));
    if let Some(to) = placed {
        out.state(share.moved(item.id, to, because));
    }
}

/// A message is done, and that is on stable storage. It may be further on than this: another copy was.
pub(super) fn close(share: &mut Share, done: &Item, because: Because, out: &mut Effects) {
    let id = done.id;
    if let Some(front) = &mut share.front {
        front.closing.remove(&id);
        front.remove(id);
    }
    let dead = share.items.get(&id).is_some_and(|item| item.phase == Phase::Dead);
    let to = if dead { Place::Dead } else { Place::Acked };
    let (queue, receives) = (Rc::clone(&share.name), done.receives());
    out.state(Note::Moved(Box::new(Moved { id, queue, to, receives, delivery: done.last, because })));
}

/// Visibility timeouts have run out: those messages are ready again, or have been delivered too often.
pub(super) fn on_visibility(at: At<'_>, broker: &mut Broker, out: &mut Effects) {
    let max = at.ctx.setup.max_receives;
    let mut dead = Vec::new();
    for share in broker.queues.values_mut() {
        let Some(mut front) = share.front.take() else { continue };
        let over: Vec<Id> = front.flying.iter().filter(|(_, f)| f.until_us <= at.now_us).map(|(id, _)| *id).collect();
        for id in over {
            front.flying.remove(&id);
            let Some(item) = share.items.get(&id) else { continue };
            if max > 0 && item.receives() >= max {
                front.closing.insert(id);
                dead.push(Item { phase: Phase::Dead, ..item.clone() });
            } else {
                front.ready.insert(item);
                out.state(share.moved(id, Place::Ready, Because::Expired));
            }
        }
        share.front = Some(front);
    }
    for item in dead {
        broker.save(at, item, Then::Bury, out);
    }
}

/// Keeps the timer of the message in flight whose time is over first.
pub(super) fn arm_visibility(at: At<'_>, broker: &mut Broker, out: &mut Effects) {
    if at.ctx.setup.broken.no_redelivery {
        return;
    }
    let fronts = broker.queues.values().filter_map(|share| share.front.as_ref());
    let first = fronts.flat_map(|front| front.flying.values().map(|flight| flight.until_us)).min();
    if first == broker.visible_us && first.is_none_or(|us| us > at.now_us) {
        return;
    }
    broker.visible_us = first;
    match first {
        Some(until_us) => {
            let left_us = until_us.saturating_sub(at.now_us);
            out.arm(Timer::Visibility, left_us, left_us);
        }
        None => out.disarm(Timer::Visibility),
    }
}
