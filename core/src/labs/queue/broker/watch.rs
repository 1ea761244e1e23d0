//! Brokers watching each other: heartbeats, suspicion, the table of who is on the ring, and coming and going.

use super::copies;
use super::{At, Broker, Share};
use crate::labs::queue::item::{Item, Phase};
use crate::labs::queue::members::Standing;
use crate::labs::queue::note::Replied;
use crate::labs::queue::{Effects, Message, Note, Timer};
use crate::trace::{NodeId, RecordId};

/// A broker that has come back and is told by nobody that it has its share serves after so many times the patience that it
/// has with others: on some links one hears and is not heard.
const PATIENCE: u64 = 5;

/// Why a broker may not go.
const TOO_FEW: &str = "too few would be left for all copies";

/// What a broker knows of another one.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// When it was last heard, in microseconds.
    heard_us: u64,
    pub(crate) suspected: bool,
    /// How often it was started; 0 while nothing is known of that.
    life: u32,
    /// It has its share and serves.
    pub(crate) serves: bool,
    /// It says that this broker has all that it should have.
    caught_up: bool,
    /// It knows the table that this broker knows.
    agrees: bool,
}

impl Peer {
    /// Before anything was heard, everybody is taken to be well.
    pub(super) fn new(now_us: u64) -> Peer {
        Peer { heard_us: now_us, suspected: false, life: 0, serves: true, caught_up: false, agrees: false }
    }
}

impl Peer {
    /// What it said under another table does not count.
    pub(super) fn forget_agreement(&mut self) {
        (self.caught_up, self.agrees) = (false, false);
    }
}

impl Broker {
    /// Something came from a process: it lives.
    pub(super) fn hear(&mut self, at: At<'_>, from: NodeId, out: &mut Effects) {
        let Some(peer) = self.peers.get_mut(usize::from(from)) else { return };
        peer.heard_us = at.now_us;
        if std::mem::take(&mut peer.suspected) {
            self.review(at, out);
        }
    }

    /// Whether all who live say that this broker has what it should have.
    fn is_caught_up(&self, at: At<'_>) -> bool {
        at.brokers().but(at.me).all(|b| {
            let peer = &self.peers[usize::from(b)];
            peer.suspected || peer.caught_up
        })
    }
}

/// Time for a heartbeat: who was silent for too long, and what was not answered.
pub(super) fn on_timeout(at: At<'_>, broker: &mut Broker, out: &mut Effects) {
    let setup = &at.ctx.setup;
    let mut changed = false;
    for other in at.brokers().but(at.me) {
        let peer = &mut broker.peers[usize::from(other)];
        if !peer.suspected && at.now_us > peer.heard_us + setup.suspect_us {
            // If it comes back, its own heartbeat has to say that it serves: it may have been down.
            (peer.suspected, peer.serves) = (true, false);
            changed = true;
        }
    }
    if changed {
        broker.review(at, out);
    }
    copies::push_all(at, broker, out);
    copies::ask_store_again(at, broker, out);
    // What lies between two sends makes them two events.
    out.arm(Timer::Heartbeat, setup.heartbeat_us, setup.heartbeat_us);
    beat(at, broker, out);
}

/// Says to all brokers that this one lives, and to each whether it has what it should have.
pub(super) fn beat(at: At<'_>, broker: &Broker, out: &mut Effects) {
    for to in at.brokers().but(at.me) {
        let caught_up = broker.queues.values().all(|share| share.is_caught_up(at, to));
        let (table, life, serves) = (broker.table.clone(), broker.life, broker.serves);
        let of_life = broker.peers[usize::from(to)].life;
        out.send(to, Message::Heartbeat { table, life, serves, caught_up, of_life });
    }
}

/// A heartbeat.
pub(super) fn on_heartbeat(at: At<'_>, broker: &mut Broker, from: NodeId, message: &Message, out: &mut Effects) {
    let Message::Heartbeat { table, life, serves, caught_up, of_life } = message else { return };
    // A late heartbeat of an earlier life says nothing any more.
    if *life < broker.peers[usize::from(from)].life {
        return;
    }
    let merged = broker.table.merged(table);
    let new_table = merged != broker.table;
    if new_table {
        broker.take_table(at, merged);
    }
    let (same, own_life) = (*table == broker.table, broker.life);
    let peer = &mut broker.peers[usize::from(from)];
    let (before, restarted) = (peer.serves, peer.life != 0 && peer.life != *life);
    (peer.life, peer.serves, peer.caught_up, peer.agrees) =
        (*life, *serves, *caught_up && same && *of_life == own_life, same);
    if restarted {
        for share in broker.queues.values_mut() {
            if let Some(other) = share.others.get_mut(&from) {
                other.forget();
            }
        }
    }
    if new_table || restarted || before != *serves {
        broker.review(at, out);
    }
}

/// The end of every step: a broker that has its share serves; one that joins is a member; one whose share others have is out.
pub(super) fn go_on(at: At<'_>, broker: &mut Broker, out: &mut Effects) {
    let standing = broker.table.standing(at.me);
    let patient = at.now_us < broker.boot_us + PATIENCE * at.ctx.setup.suspect_us;
    if !broker.serves && (broker.is_caught_up(at) || !patient) {
        broker.serves = true;
        broker.review(at, out);
        beat(at, broker, out);
    }
    let next = match standing {
        Standing::Joining if broker.serves && broker.is_caught_up(at) => Standing::Member,
        Standing::Leaving if broker.can_go(at) => Standing::Out,
        // Others want to go, too: somebody must stay.
        Standing::Leaving if broker.table.with(Standing::stays).count() < at.ctx.setup.replicas => {
            stand(at, broker, Standing::Member, out);
            return refuse_open(at, broker, TOO_FEW, out);
        }
        _ => return,
    };
    stand(at, broker, next, out);
    if let Some((request, joins)) = broker.moving.take() {
        let says = if joins { "its share is here" } else { "others have its share" };
        let items = if joins { broker.moved } else { broker.queues.values().map(Share::live).sum::<usize>() as u32 };
        out.reply(request, Note::Replied(Box::new(Replied::Moved { joins, ok: true, standing: next, says, items })));
    }
}

impl Broker {
    /// Whether others have all that this broker has, and nobody waits for it. R brokers must be there that stay and know that
    /// this one goes: of several that want to go at once, the last ones cannot.
    fn can_go(&self, at: At<'_>) -> bool {
        let stays = |b: &NodeId| {
            let peer = &self.peers[usize::from(*b)];
            *b != at.me && peer.agrees && !peer.suspected
        };
        // Members: who is about to come may still be asked to stay away.
        if self.table.with(|standing| standing == Standing::Member).filter(stays).count() < at.ctx.setup.replicas {
            return false;
        }
        let waits =
            |share: &Share| share.front.as_ref().is_some_and(|f| !f.waiting.is_empty() || !f.closing.is_empty());
        if !self.journal.is_empty() || !self.remote.is_empty() || self.queues.values().any(waits) {
            return false;
        }
        at.ctx.setup.shared || self.queues.values().all(|share| share.is_handed_over(at))
    }
}

/// A broker's own seat changes: all are told at once.
fn stand(at: At<'_>, broker: &mut Broker, standing: Standing, out: &mut Effects) {
    let table = broker.table.changed(at.me, standing);
    broker.take_table(at, table);
    broker.review(at, out);
    beat(at, broker, out);
}

/// A person wants this broker on the ring.
pub(super) fn on_join(at: At<'_>, broker: &mut Broker, request: RecordId, out: &mut Effects) {
    match broker.table.standing(at.me) {
        Standing::Out => {
            (broker.moving, broker.moved) = (Some((request, true)), 0);
            stand(at, broker, Standing::Joining, out);
        }
        Standing::Leaving => {
            refuse_open(at, broker, "it was asked to stay", out);
            stand(at, broker, Standing::Member, out);
            answer(broker, at, request, true, (true, "it had not gone yet"), out);
        }
        Standing::Joining => answer(broker, at, request, true, (false, "it is about to"), out),
        Standing::Member => answer(broker, at, request, true, (false, "it is on the ring"), out),
    }
}

/// A person wants this broker off the ring.
pub(super) fn on_leave(at: At<'_>, broker: &mut Broker, request: RecordId, out: &mut Effects) {
    let others = broker.table.with(Standing::stays).filter(|b| *b != at.me).count();
    match broker.table.standing(at.me) {
        Standing::Member if others < at.ctx.setup.replicas => {
            answer(broker, at, request, false, (false, TOO_FEW), out);
        }
        Standing::Member => {
            broker.moving = Some((request, false));
            stand(at, broker, Standing::Leaving, out);
        }
        Standing::Joining => {
            refuse_open(at, broker, "it was asked to stay away", out);
            stand(at, broker, Standing::Out, out);
            answer(broker, at, request, false, (true, "it had not come yet"), out);
        }
        Standing::Leaving => answer(broker, at, request, false, (false, "it is about to"), out),
        Standing::Out => answer(broker, at, request, false, (false, "it is not on the ring"), out),
    }
}

/// The request that is open is overtaken by another one.
fn refuse_open(at: At<'_>, broker: &mut Broker, says: &'static str, out: &mut Effects) {
    if let Some((request, joins)) = broker.moving.take() {
        answer(broker, at, request, joins, (false, says), out);
    }
}

fn answer(
    broker: &Broker,
    at: At<'_>,
    request: RecordId,
    joins: bool,
    (ok, says): (bool, &'static str),
    out: &mut Effects,
) {
    let standing = broker.table.standing(at.me);
    out.reply(request, Note::Replied(Box::new(Replied::Moved { joins, ok, standing, says, items: 0 })));
}

/// A person asks how this broker stands.
pub(super) fn on_status(at: At<'_>, broker: &Broker, request: RecordId, out: &mut Effects) {
    let count = |share: &Share, phase| share.items.values().filter(|i: &&Item| i.phase == phase).count() as u32;
    let queue = |share: &Share| {
        let flying = share.front.as_ref().map_or(0, |front| front.flying.len() as u32);
        let counts = [count(share, Phase::Live), flying, count(share, Phase::Dead), count(share, Phase::Acked)];
        (share.name.clone(), share.owner, counts)
    };
    out.reply(
        request,
        Note::Replied(Box::new(Replied::Status {
            standing: broker.table.standing(at.me),
            serves: broker.serves,
            members: broker.table.with(Standing::is_on).collect(),
            suspects: at.brokers().but(at.me).filter(|b| broker.peers[usize::from(*b)].suspected).collect(),
            queues: broker.queues.values().map(queue).collect(),
        })),
    );
}
