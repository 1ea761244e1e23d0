//! A broker: what it holds in memory, its step as a table of contents, and its view of who owns which queue.

mod copies;
mod front;
mod journal;
mod places;
mod ready;
pub(super) mod store;
mod watch;

use super::item::{Id, Item, Phase, Receipt};
use super::members::{Rings, Standing, Table};
use super::note::{Booted, Moved, Stands};
use super::{Change, Ctx, Disk, Effects, Message, Note, Queue, Request, Timer, Write};
use crate::labs::kit::cast::Servers;
use crate::protocol::Input;
use crate::trace::{NodeId, RecordId};
use copies::Other;
use front::Front;
use journal::{Journal, Then};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
pub(super) use store::Store;
use watch::Peer;

/// What a broker holds in memory.
#[derive(Clone, Debug)]
pub(super) struct Broker {
    pub(super) table: Table,
    pub(super) rings: Rc<Rings>,
    /// All brokers by number, itself too.
    pub(super) peers: Vec<Peer>,
    /// It has its share: others have said so, or it is new.
    pub(super) serves: bool,
    life: u32,
    boot_us: u64,
    pub(super) queues: BTreeMap<Rc<str>, Share>,
    pub(super) journal: Journal,
    /// With shared storage: what the store has not confirmed yet.
    remote: BTreeMap<(Rc<str>, Id), Remote>,
    /// Deliveries made, over all lives.
    deliveries: u32,
    /// The last delivery to each consumer, by the number of its question: what it gets when it asks again.
    answered: BTreeMap<NodeId, (u32, Id, Receipt)>,
    /// The request to come or to go that is not done, and whether it is to come.
    moving: Option<(RecordId, bool)>,
    /// Messages that came or went since then.
    moved: u32,
    /// How much of the ring moves with the last change of the table, and what would be ideal, in parts per million.
    pub(super) moved_ppm: Option<(u64, u64)>,
    /// When the visibility timer runs out, in microseconds.
    visible_us: Option<u64>,
    /// What its last record of state said.
    shown: Option<(Standing, bool, Vec<NodeId>, Table)>,
    /// What is said of this step's input, and written with it.
    noted: Option<Note>,
    writes: Vec<Change>,
}

/// A queue at a broker.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) name: Rc<str>,
    /// Messages and tombstones as they are on disk here; with shared storage, as the store is known to have them.
    pub(super) items: BTreeMap<Id, Item>,
    /// The brokers of the ring in force, from the queue's place on.
    pub(super) walk: Vec<NodeId>,
    /// Who must have a copy before anybody throws one away: the first R of the ring in force and of the one to come.
    pub(super) keepers: Vec<NodeId>,
    /// Who serves it, as this broker sees it.
    pub(super) owner: Option<NodeId>,
    /// Who is to have a copy now: of those who live the first R on either ring.
    pub(super) targets: Vec<NodeId>,
    /// What others have, as far as this broker cares.
    others: BTreeMap<NodeId, Other>,
    /// While this broker serves it.
    pub(super) front: Option<Front>,
    /// With shared storage: the store has sent all of it.
    loaded: bool,
    /// It has just done so.
    fresh: bool,
    /// Questions that wait for that.
    held: Vec<(NodeId, u32, super::Ask)>,
}

/// A write to the shared store that is not confirmed.
#[derive(Clone, Debug)]
struct Remote {
    item: Item,
    then: Vec<Then>,
    sent_us: u64,
}

/// What a handler reads besides the broker.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) me: NodeId,
    pub(super) now_us: u64,
}

impl At<'_> {
    fn brokers(&self) -> Servers {
        self.ctx.setup.brokers
    }
}

/// Starts from what is on disk.
pub(super) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> Broker {
    let at = At { ctx, me, now_us: out.now_us() };
    let mut broker = Broker {
        table: disk.table.clone(),
        rings: Rc::new(Rings::of(ctx, &disk.table)),
        peers: vec![Peer::new(out.now_us()); ctx.setup.brokers.count()],
        // There is nothing that a new broker could lack.
        serves: disk.life == 0,
        life: disk.life + 1,
        boot_us: out.now_us(),
        queues: BTreeMap::new(),
        journal: Journal::default(),
        remote: BTreeMap::new(),
        deliveries: disk.deliveries,
        answered: BTreeMap::new(),
        moving: None,
        moved: 0,
        moved_ppm: None,
        visible_us: None,
        shown: None,
        noted: None,
        writes: vec![Change::Life(disk.life + 1)],
    };
    for (name, log) in &disk.log {
        broker.share(at, name).items.clone_from(log);
    }
    let taken = broker.take_torn(at, disk);
    let of = |phase| disk.log.values().flat_map(BTreeMap::values).filter(|item| item.phase == phase).count() as u32;
    broker.noted = Some(Note::Booted(Box::new(Booted {
        life: broker.life,
        counts: [Phase::Live, Phase::Dead, Phase::Acked].map(of),
        torn: disk.torn.len() as u32,
        torn_taken: taken,
        balance_percent: broker.rings.now.balance_percent(),
    })));
    if broker.life > 1 {
        watch::beat(at, &broker, out);
    }
    // What lies between two sends makes them two events.
    out.arm(Timer::Heartbeat, ctx.setup.heartbeat_us, ctx.setup.heartbeat_us);
    broker.review(at, out);
    broker.end(at, out);
    broker
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, broker: &mut Broker, input: Input<'_, Queue>, out: &mut Effects) {
    let at = At { ctx, me, now_us: out.now_us() };
    match input {
        Input::Message { from, message } => on_message(at, broker, from, message, out),
        Input::Timeout(Timer::Heartbeat) => watch::on_timeout(at, broker, out),
        Input::Timeout(Timer::Disk) => journal::on_written(at, broker, out),
        Input::Timeout(Timer::Visibility) => front::on_visibility(at, broker, out),
        Input::Request { id, request: Request::Status } => watch::on_status(at, broker, id, out),
        Input::Request { id, request: Request::Join } => watch::on_join(at, broker, id, out),
        Input::Request { id, request: Request::Leave } => watch::on_leave(at, broker, id, out),
        Input::Timeout(_) | Input::Request { .. } => unreachable!("{} is a broker", ctx.name(me)),
    }
    broker.end(at, out);
}

fn on_message(at: At<'_>, broker: &mut Broker, from: NodeId, message: &Message, out: &mut Effects) {
    broker.hear(at, from, out);
    match message {
        Message::Ask { n, ask } => broker.noted = Some(front::on_ask(at, broker, (from, *n, ask), 0, out)),
        Message::Route { client, n, ask, hops } => {
            broker.noted = Some(front::on_ask(at, broker, (*client, *n, ask), *hops, out));
        }
        Message::Heartbeat { .. } => watch::on_heartbeat(at, broker, from, message, out),
        Message::Copy { queue, items } => copies::on_copy(at, broker, from, (queue, items), out),
        Message::Offer { queue, ids } => copies::on_offer(at, broker, from, (queue, ids), out),
        Message::Stored { .. } => copies::on_stored(at, broker, from, message, out),
        Message::Mark { queue, id, delivery } => copies::on_mark(broker, queue, *id, *delivery),
        Message::Answer { .. } | Message::Fetch { .. } => unreachable!("{} is a broker", at.ctx.name(at.me)),
    }
}

impl Broker {
    /// The end of every step: transitions that have become possible, timers, and what is said and written with the input.
    fn end(&mut self, at: At<'_>, out: &mut Effects) {
        watch::go_on(at, self, out);
        self.show(out, at);
        self.begin_write(at, out);
        front::arm_visibility(at, self, out);
        let writes = std::mem::take(&mut self.writes);
        out.with_input(self.noted.take(), (!writes.is_empty()).then_some(Write(writes)));
    }

    /// The queue of a name; a new one where there was none.
    fn share(&mut self, at: At<'_>, name: &Rc<str>) -> &mut Share {
        if !self.queues.contains_key(name) {
            let mut share = Share {
                name: Rc::clone(name),
                items: BTreeMap::new(),
                walk: Vec::new(),
                keepers: Vec::new(),
                owner: None,
                targets: Vec::new(),
                others: BTreeMap::new(),
                front: None,
                loaded: false,
                fresh: false,
                held: Vec::new(),
            };
            places::place(at, self, &mut share);
            share.keep_recipients(at);
            if share.owner == Some(at.me) && self.serves {
                share.front = Some(Front::default());
            }
            self.queues.insert(Rc::clone(name), share);
        }
        self.queues.get_mut(name).expect("it is there now")
    }

    /// Works out anew who owns what and who is to have copies: somebody has come, gone, fallen silent or been heard again.
    fn review(&mut self, at: At<'_>, out: &mut Effects) {
        let names: Vec<Rc<str>> = self.queues.keys().cloned().collect();
        for name in &names {
            let mut share = self.queues.remove(name).expect("its name was just read");
            let before = (share.owner, share.front.is_some());
            places::place(at, self, &mut share);
            let serves = share.owner == Some(at.me) && self.serves;
            let note = (serves != before.1).then(|| share.turn(at, serves));
            share.look_through(at, self.table.standing(at.me));
            self.queues.insert(Rc::clone(name), share);
            if let Some(note) = note {
                out.state(note);
            }
        }
        copies::push_all(at, self, out);
        for name in &names {
            copies::drop_surplus(at, self, name, out);
            front::answer_producers(at, self, name, out);
        }
    }

    /// A record of kind `state` where something is not as it last said.
    fn show(&mut self, out: &mut Effects, at: At<'_>) {
        let standing = self.table.standing(at.me);
        let suspects: Vec<NodeId> = at.brokers().but(at.me).filter(|b| self.peers[usize::from(*b)].suspected).collect();
        let now = (standing, self.serves, suspects.clone(), self.table.clone());
        if self.shown.as_ref() == Some(&now) {
            return;
        }
        // That all is well at the very beginning goes without saying.
        let first = self.shown.is_none() && self.life == 1;
        let new_table = self.shown.as_ref().is_some_and(|(.., table)| *table != self.table);
        self.shown = Some(now);
        if !first {
            out.state(Note::Stands(Box::new(Stands {
                standing,
                serves: self.serves,
                suspects,
                table: self.table.clone(),
                new_table,
                balance_percent: self.rings.now.balance_percent(),
                moved_ppm: self.moved_ppm,
            })));
        }
    }

    /// The rings of a new table.
    fn take_table(&mut self, at: At<'_>, table: Table) {
        let rings = Rings::of(at.ctx, &table);
        let (old, new) = (table_size(&self.table), table_size(&table));
        if self.rings.next != rings.next {
            let ideal = 1_000_000 * old.abs_diff(new) as u64 / old.max(new).max(1) as u64;
            self.moved_ppm = Some((self.rings.next.moved_ppm(&rings.next), ideal));
        }
        self.rings = Rc::new(rings);
        self.table = table.clone();
        self.writes.push(Change::Table(table));
        self.peers.iter_mut().for_each(Peer::forget_agreement);
        for other in self.queues.values_mut().flat_map(|share| share.others.values_mut()) {
            other.forget_sureness();
        }
    }

    /// Whether a broker is up, as far as this one knows.
    fn lives(&self, at: At<'_>, broker: NodeId) -> bool {
        broker == at.me || !self.peers[usize::from(broker)].suspected
    }
}

fn table_size(table: &Table) -> usize {
    table.with(Standing::stays).count()
}

impl Share {
    /// This broker serves the queue from now on, or no longer.
    fn turn(&mut self, at: At<'_>, serves: bool) -> Note {
        let mut front = self.front.take().unwrap_or_default();
        if serves {
            self.loaded = false;
            front = Front::default();
            for item in self.items.values() {
                front.place(at, item);
            }
        } else if at.ctx.setup.shared {
            self.items.clear();
            self.held.clear();
        }
        let note = Note::Serves {
            queue: Rc::clone(&self.name),
            from_now: serves,
            ready: front.ready.len() as u32,
            in_flight: front.flying.len() as u32,
            instead: self.owner.filter(|owner| *owner != at.me),
        };
        self.front = serves.then_some(front);
        note
    }

    /// Live messages.
    pub(super) fn live(&self) -> usize {
        self.items.values().filter(|item| item.phase == Phase::Live).count()
    }

    /// A message that this broker serves has moved: the note for its record.
    fn moved(&self, id: Id, to: super::note::Place, because: super::note::Because) -> Note {
        let item = self.items.get(&id);
        Note::Moved(Box::new(Moved {
            id,
            queue: Rc::clone(&self.name),
            to,
            receives: item.map_or(0, Item::receives),
            delivery: item.and_then(|item| item.last),
            because,
        }))
    }
}

/// Numbers of all messages of a queue.
fn all_ids(items: &BTreeMap<Id, Item>) -> BTreeSet<Id> {
    items.keys().copied().collect()
}
