//! The bus with its memory: one transaction at a time.
//!
//! In MOESI memory may be older than a shared line, and the owner of the line answers for it. The bus notes who that is, as
//! the memory of the Synapse machine has a bit for it (Frank 1984, "Tightly Coupled Multiprocessor System Speeds Memory
//! Access Times"). When the owner crashes, the bus asks the others who still has the line, a transaction of its own, and
//! memory takes it from there.
//!
//! All that the bus knows is on disk. What takes place, and what memory then has, is written with the record that says
//! so; what was sent before a crash is sent again after it.

mod ending;

use super::cache::arm_retry;
use super::line::{Content, Line};
use super::note::{Began, BusNote, Closed};
use super::setup::{Arbitration, Setup};
use super::{Answer, Change, Ctx, Disk, Effects, Mesi, Message, Note, Timer, Traffic, Txn, Write};
use crate::coherence::{Family, State, Supplier, Transaction};
use crate::protocol::{Crash, Input};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What the bus knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bus {
    /// Number of the last transaction that began.
    txn: Txn,
    pub(super) open: Option<Open>,
    /// Who waits, first come first.
    pub(super) queue: Vec<Asked>,
    peers: Vec<Peer>,
    /// Who was served last.
    last: NodeId,
    /// Who owns lines that memory has in an older version.
    owned: BTreeMap<Line, NodeId>,
    /// Lines whose owner has crashed: their newest value is to be looked for.
    orphans: BTreeSet<Line>,
}

/// A cache as the bus knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Peer {
    /// The life that its messages come from; older ones count no more.
    life: u32,
    /// Highest number of a request that was served or taken back.
    served: u32,
    up: bool,
}

/// A request that waits or is served.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Asked {
    pub(super) by: NodeId,
    serial: u32,
    pub(super) transaction: Transaction,
    pub(super) line: Line,
    content: Option<Content>,
}

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Phase {
    /// The bus arbitrates, and gives the address out.
    Address,
    /// The other caches look whether they have the line.
    Snoop,
    /// The data come, from a cache or from memory.
    Data,
    /// It has taken place; the requester is told.
    Granted,
}

/// The transaction that is being served.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Open {
    pub(super) txn: Txn,
    pub(super) asked: Asked,
    pub(super) phase: Phase,
    /// What each cache answered; who is not asked has nothing.
    pub(super) answers: Vec<Option<Answer>>,
    /// The requester has crashed, or there is none.
    gone: bool,
    /// It has taken place, and memory is older than what the requester gets.
    stale: bool,
    /// It has taken place, and the line had no owner any more.
    saved: bool,
    pub(super) since_us: u64,
}

/// How many transactions the bus remembers, for those who look on.
pub(super) const LOG_MAX: usize = 8;

/// A transaction that took place.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    pub(super) txn: Txn,
    pub(super) transaction: Transaction,
    pub(super) line: Line,
    pub(super) by: NodeId,
    /// The cache that gave the data.
    pub(super) from: Option<NodeId>,
    /// Whether memory has taken the line.
    pub(super) stored: bool,
    pub(super) at_us: u64,
}

impl Bus {
    /// A bus before anything has happened.
    pub(super) fn new(setup: &Setup) -> Bus {
        let caches = setup.contents.iter().enumerate();
        let owned = caches.flat_map(|(i, cache)| {
            let owned = cache.iter().filter(|start| start.state == State::O);
            owned.map(move |start| (start.line.clone(), i as NodeId))
        });
        let peers = vec![Peer { life: 1, served: 0, up: true }; setup.caches];
        Bus { peers, owned: owned.collect(), ..Bus::default() }
    }

    /// Whether nothing is left to do.
    pub(super) fn is_idle(&self) -> bool {
        self.open.is_none() && self.queue.is_empty() && self.orphans.is_empty()
    }
}

impl Open {
    /// The cache that puts the line on the bus: who has to, else the first that may. A shared line of MOESI is only offered
    /// where memory gives clean lines; it is taken where the line has no owner any more.
    fn supplier(&self, setup: &Setup, orphan: bool) -> Option<(NodeId, &Answer)> {
        let answers = self.answers.iter().enumerate();
        let with_data = answers.filter_map(|(i, answer)| Some((i as NodeId, answer.as_ref()?)));
        let with_data: Vec<(NodeId, &Answer)> = with_data.filter(|(_, answer)| answer.content.is_some()).collect();
        let must = |answer: &Answer| answer.flush || answer.had.is_dirty() || answer.had == State::F;
        let may = setup.family() != Family::Moesi || setup.rules.supplier == Supplier::Cache || orphan;
        with_data.iter().find(|(_, answer)| must(answer)).or(with_data.first().filter(|_| may)).copied()
    }

    fn shared(&self) -> bool {
        self.answers.iter().flatten().any(|answer| answer.had.is_valid())
    }
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, disk: &Disk, input: Input<'_, Mesi>, out: &mut Effects) {
    let mut turn = Turn::new(ctx, disk, out);
    match input {
        Input::Message { from, message: Message::Request { life, serial, transaction, line, content } } => {
            let (line, content) = (line.clone(), content.clone());
            let asked = Asked { by: from, serial: *serial, transaction: *transaction, line, content };
            turn.on_request(*life, asked);
        }
        Input::Message { from, message: Message::Answer { txn, life, answer } } => {
            turn.on_answer(from, *life, *txn, answer);
        }
        Input::Message { from, message: Message::Done { txn, life } } => turn.on_done(from, *life, *txn),
        Input::Timeout(Timer::Retry) => turn.on_retry(),
        Input::Timeout(Timer::Turn) => turn.on_turn(),
        Input::Message { message, .. } => unreachable!("this is for a cache: {message:?}"),
        Input::Request { .. } => unreachable!("nobody asks the bus"),
    }
    turn.end();
}

/// A cache has crashed.
pub(super) fn told_of_crash(ctx: &Ctx, disk: &Disk, crash: Crash, out: &mut Effects) {
    let mut turn = Turn::new(ctx, disk, out);
    turn.note.down = Some(crash.node);
    let peer = &mut turn.bus.peers[usize::from(crash.node)];
    if crash.just_now || peer.up {
        *peer = Peer { life: peer.life + 1, served: 0, up: false };
    }
    turn.gone(crash.node);
    turn.end();
}

/// Starts the bus: it goes on where it was.
pub(super) fn boot(ctx: &Ctx, disk: &Disk, out: &mut Effects) {
    let mut turn = Turn::new(ctx, disk, out);
    match turn.bus.open.as_ref().map(|open| open.phase) {
        None => {}
        Some(Phase::Address) => turn.wait_for_turn(ctx.setup.bus_us),
        Some(Phase::Data) => turn.wait_for_turn(ctx.setup.memory_us),
        Some(Phase::Snoop | Phase::Granted) => turn.on_retry(),
    }
    turn.end();
}

/// A step of the bus.
struct Turn<'a> {
    ctx: &'a Ctx,
    bus: Bus,
    traffic: Traffic,
    memory: &'a BTreeMap<Rc<str>, Content>,
    note: BusNote,
    /// The open transaction takes place now.
    commits: bool,
    out: &'a mut Effects,
}

impl<'a> Turn<'a> {
    fn new(ctx: &'a Ctx, disk: &'a Disk, out: &'a mut Effects) -> Turn<'a> {
        let traffic = disk.traffic;
        let note = BusNote::default();
        Turn { ctx, bus: disk.bus.clone(), traffic, memory: &disk.memory, note, commits: false, out }
    }

    /// Writes down what has become of the bus, and lets a transaction take place.
    fn end(mut self) {
        let note = std::mem::take(&mut self.note);
        let said = note.closed.is_some() || note.began.is_some() || note.down.is_some();
        let write = Write(Change::Bus(Box::new((self.bus.clone(), self.traffic))));
        self.out.with_input(said.then_some(Note::Bus(note)), Some(write));
        if self.commits {
            self.commit();
        }
    }

    /// Whether a message counts: one of a former life does not. The first of a new life says that the old one is over.
    fn hear(&mut self, from: NodeId, life: u32) -> bool {
        let peer = &mut self.bus.peers[usize::from(from)];
        if life < peer.life {
            return false;
        }
        let reborn = life > peer.life;
        if reborn {
            *peer = Peer { life, served: 0, up: true };
        }
        peer.up = true;
        if reborn {
            self.gone(from);
        }
        true
    }

    fn on_request(&mut self, life: u32, asked: Asked) {
        if !self.hear(asked.by, life) || asked.serial <= self.bus.peers[usize::from(asked.by)].served {
            return;
        }
        let open = self.bus.open.as_ref();
        if open.is_some_and(|open| open.asked.by == asked.by && !open.gone && open.asked.serial >= asked.serial) {
            return;
        }
        self.enqueue(asked);
        self.begin();
    }

    /// Puts a request into the queue: in the place of an older one of the same cache, if there is one.
    fn enqueue(&mut self, asked: Asked) {
        match self.bus.queue.iter_mut().find(|waiting| waiting.by == asked.by) {
            Some(waiting) if waiting.serial < asked.serial => *waiting = asked,
            Some(_) => {}
            None => self.bus.queue.push(asked),
        }
    }

    fn on_answer(&mut self, from: NodeId, life: u32, txn: Txn, answer: &Answer) {
        if !self.hear(from, life) {
            return;
        }
        let Some(open) = self.bus.open.as_mut().filter(|open| open.txn == txn && open.phase == Phase::Snoop) else {
            return;
        };
        let place = &mut open.answers[usize::from(from)];
        if place.is_some() {
            return;
        }
        *place = Some(answer.clone());
        let line = open.asked.line.clone();
        if let Some(serial) = answer.withdrawn {
            self.bus.queue.retain(|waiting| waiting.by != from || waiting.serial > serial);
            self.served(from, serial);
        }
        if let Some(serial) = answer.instead {
            self.served(from, serial - 1);
            self.enqueue(Asked { by: from, serial, transaction: Transaction::BusRdX, line, content: None });
        }
        self.if_all_answered();
    }

    fn served(&mut self, cache: NodeId, serial: u32) {
        let served = &mut self.bus.peers[usize::from(cache)].served;
        *served = (*served).max(serial);
    }

    fn on_done(&mut self, from: NodeId, life: u32, txn: Txn) {
        if !self.hear(from, life) {
            return;
        }
        let open = self.bus.open.as_ref();
        if open.is_some_and(|open| open.txn == txn && open.asked.by == from && open.phase == Phase::Granted) {
            self.close();
        }
    }

    /// A cache has crashed, or begun a new life: what it asked for and what it has not said yet counts no more.
    fn gone(&mut self, node: NodeId) {
        self.bus.queue.retain(|waiting| waiting.by != node);
        self.orphan(node);
        let Some(open) = self.bus.open.as_mut() else { return self.begin() };
        if open.asked.by == node {
            open.gone = true;
            // A transaction that others have seen has to be brought to its end: a flush may be on its way.
            if open.phase == Phase::Granted && open.stale {
                // What was on its way to the requester may be the only copy.
                open.asked.transaction = Transaction::Rescue;
                open.phase = Phase::Data;
                self.out.disarm(Timer::Retry);
                self.commits = true;
            } else if matches!(open.phase, Phase::Address | Phase::Granted) {
                self.close();
            }
        } else {
            let answer = &mut open.answers[usize::from(node)];
            if let Some(answer) = answer.as_mut().filter(|answer| answer.had.is_dirty() && open.phase != Phase::Granted)
            {
                // Who would have answered for the line from now on is gone: memory takes it.
                answer.flush |= answer.content.is_some();
            }
            if open.phase == Phase::Snoop {
                answer.get_or_insert(Answer::NOTHING);
                self.if_all_answered();
            }
        }
    }

    /// The lines that a cache owned have no owner any more.
    fn orphan(&mut self, node: NodeId) {
        let (lost, owned) = std::mem::take(&mut self.bus.owned).into_iter().partition(|(_, owner)| *owner == node);
        let lost: BTreeMap<Line, NodeId> = lost;
        self.bus.owned = owned;
        self.bus.orphans.extend(lost.into_keys());
    }

    fn on_retry(&mut self) {
        match self.bus.open.as_ref().map(|open| open.phase) {
            Some(Phase::Snoop) => self.ask_around(),
            Some(Phase::Granted) => self.send_grant(),
            _ => {}
        }
    }

    fn on_turn(&mut self) {
        match self.bus.open.as_ref().map(|open| open.phase) {
            Some(Phase::Address) => self.snoop(),
            Some(Phase::Data) => self.commits = true,
            Some(Phase::Granted) => self.close(),
            _ => {}
        }
    }

    fn wait_for_turn(&mut self, us: u64) {
        self.out.arm(Timer::Turn, us.max(1), us.max(1));
    }

    /// Ends the open transaction, and begins the next.
    fn close(&mut self) {
        let open = self.bus.open.take().expect("it is open");
        let (from_us, to_us) = (open.since_us, self.out.now_us());
        self.traffic.busy_us += to_us - from_us;
        if open.asked.by != self.ctx.setup.bus() {
            self.bus.last = open.asked.by;
        }
        self.note.closed = Some(Closed { txn: open.txn, line: open.asked.line, from_us, to_us });
        self.out.disarm(Timer::Retry);
        self.out.disarm(Timer::Turn);
        self.begin();
    }

    /// Begins the next transaction, if the bus is free and somebody waits.
    fn begin(&mut self) {
        if self.bus.open.is_some() {
            return;
        }
        // What may be lost goes first.
        let (asked, gone) = if let Some(line) = self.bus.orphans.first().cloned() {
            let (by, transaction) = (self.ctx.setup.bus(), Transaction::Rescue);
            (Asked { by, serial: 0, transaction, line, content: None }, true)
        } else if self.bus.queue.is_empty() {
            return;
        } else {
            (self.bus.queue.remove(self.next()), false)
        };
        self.bus.txn += 1;
        let (txn, transaction, line, by) = (self.bus.txn, asked.transaction, asked.line.clone(), asked.by);
        self.note.began = Some(Began { txn, transaction, line, by });
        let answers = vec![Some(Answer::NOTHING); self.ctx.setup.caches];
        let (phase, since_us) = (Phase::Address, self.out.now_us());
        self.bus.open = Some(Open { txn, asked, phase, answers, gone, stale: false, saved: false, since_us });
        if self.ctx.setup.bus_us == 0 {
            return self.snoop();
        }
        self.wait_for_turn(self.ctx.setup.bus_us);
    }

    /// Whose turn it is, as a place in the queue.
    fn next(&self) -> usize {
        let caches = self.ctx.setup.caches as NodeId;
        let waiting = self.bus.queue.iter().enumerate();
        let first = match self.ctx.setup.arbitration {
            Arbitration::Fifo => return 0,
            Arbitration::Fixed => waiting.min_by_key(|(_, asked)| asked.by),
            // The one just served comes last.
            Arbitration::RoundRobin => {
                waiting.min_by_key(|(_, asked)| (asked.by + caches - self.bus.last - 1) % caches)
            }
        };
        first.map_or(0, |(place, _)| place)
    }

    /// Gives the address out to all other caches that are there.
    fn snoop(&mut self) {
        let open = self.bus.open.as_mut().expect("it is open");
        open.phase = Phase::Snoop;
        if open.asked.transaction.snooped().is_some() {
            for (i, peer) in self.bus.peers.iter().enumerate() {
                if peer.up && i != usize::from(open.asked.by) {
                    open.answers[i] = None;
                }
            }
        }
        self.ask_around();
        self.if_all_answered();
    }

    /// Asks those who have not answered yet.
    fn ask_around(&mut self) {
        let Open { txn, asked: Asked { transaction, line, .. }, answers, .. } =
            self.bus.open.clone().expect("it is open");
        let silent = answers.iter().enumerate().filter(|(_, answer)| answer.is_none());
        let silent: Vec<NodeId> = silent.map(|(i, _)| i as NodeId).collect();
        if !silent.is_empty() {
            arm_retry(self.ctx, self.out);
        }
        for cache in silent {
            self.out.send(cache, Message::Snoop { txn, transaction, line: line.clone() });
        }
    }

    /// When all have answered, the data come.
    fn if_all_answered(&mut self) {
        let open = self.bus.open.as_mut().expect("it is open");
        if open.answers.iter().any(Option::is_none) {
            return;
        }
        open.phase = Phase::Data;
        let orphan = self.bus.orphans.contains(&open.asked.line);
        let us = match (open.asked.transaction, open.supplier(&self.ctx.setup, orphan)) {
            (Transaction::BusUpgr, _) => 0,
            (Transaction::BusRd | Transaction::BusRdX, Some(_)) => self.ctx.setup.transfer_us,
            _ => self.ctx.setup.memory_us,
        };
        self.out.disarm(Timer::Retry);
        if us == 0 {
            self.commits = true;
        } else {
            self.wait_for_turn(us);
        }
    }
}
