//! The state machine: locks on named resources. Pure and deterministic: the same commands in the same order make the
//! same locks at every server.
//!
//! Each resource has holders and one FIFO queue. A request is granted when nothing stands before it in the queue and it
//! is compatible with the holders, so a shared request waits behind a waiting exclusive one. Who holds a lock shared and
//! wants it exclusive goes to the head. A transaction starts with the first acquire of a client that holds and awaits
//! nothing; the index of that entry is its age.

pub(super) mod deadlock;

use super::{Call, Command, Index};
use crate::trace::NodeId;
use deadlock::Wait;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// How a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// With others.
    Shared,
    /// Alone.
    Exclusive,
}

impl Mode {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Shared => "shared",
            Mode::Exclusive => "exclusive",
        }
    }

    /// Whether two may hold a lock together.
    pub(super) fn fits(self, other: Mode) -> bool {
        self == Mode::Shared && other == Mode::Shared
    }
}

/// What is done about deadlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    /// Cycles are looked for, and the youngest in one is aborted.
    Detect,
    /// The older one waits, the younger one is aborted.
    WaitDie,
    /// The older one aborts the younger, the younger one waits.
    WoundWait,
    /// Who has waited too long is aborted.
    Timeout,
}

/// The rules under which commands are applied: the same at every server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) policy: Policy,
    pub(super) no_dedupe: bool,
    pub(super) holders_only_graph: bool,
    /// A release gives back one acquisition, not all of them.
    pub(super) one_by_one: bool,
    pub(super) victim_outside_cycle: bool,
}

/// What became of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the trace format's own")]
pub(super) enum Change {
    Granted,
    Queued,
    Released,
    Aborted,
    Expired,
}

impl Change {
    /// The name in the trace format.
    #[must_use]
    pub(super) const fn name(self) -> &'static str {
        match self {
            Change::Granted => "granted",
            Change::Queued => "queued",
            Change::Released => "released",
            Change::Aborted => "aborted",
            Change::Expired => "expired",
        }
    }
}

/// One change of the lock table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) client: NodeId,
    pub(super) serial: u32,
    pub(super) resource: Rc<str>,
    pub(super) change: Change,
    pub(super) mode: Mode,
    /// The fencing token of the grant, 0 where there is none.
    pub(super) token: u32,
}

/// What a client is told about its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has the lock, under this token.
    Granted(u32),
    /// It waits.
    Queued,
    /// It has given the lock back.
    Released,
    /// It has given the lock back once, and holds it so many times still.
    Kept(u32),
    /// It had no such lock.
    NotHeld,
    /// Its transaction was aborted, and all its locks are gone.
    Aborted,
    /// Its session has ended, and all its locks are gone.
    Expired,
    /// Its session is open.
    Registered,
}

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) client: NodeId,
    pub(super) serial: u32,
    pub(super) mode: Mode,
    pub(super) token: u32,
    /// How often it was acquired and not given back.
    pub(super) count: u32,
}

/// Who waits for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiter {
    pub(super) client: NodeId,
    pub(super) serial: u32,
    pub(super) mode: Mode,
    /// It holds the lock shared already.
    pub(super) upgrade: bool,
}

/// A lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) holders: Vec<Holder>,
    pub(super) queue: VecDeque<Waiter>,
}

impl Resource {
    pub(super) fn holder(&self, client: NodeId) -> Option<&Holder> {
        self.holders.iter().find(|h| h.client == client)
    }

    /// Where a new request goes: upgrades before all that are none.
    fn place(&self, upgrade: bool) -> usize {
        if upgrade { self.queue.iter().take_while(|w| w.upgrade).count() } else { self.queue.len() }
    }

    /// For whom a request at some place of the queue waits: incompatible holders and incompatible earlier waiters.
    pub(super) fn blockers(&self, place: usize, client: NodeId, mode: Mode) -> impl Iterator<Item = NodeId> {
        let holders = self.holders.iter().map(|h| (h.client, h.mode));
        let earlier = self.queue.iter().take(place).map(|w| (w.client, w.mode));
        holders.chain(earlier).filter(move |(other, m)| *other != client && !mode.fits(*m)).map(|(other, _)| other)
    }

    fn head_fits(&self) -> bool {
        self.queue.front().is_some_and(|w| self.blockers(0, w.client, w.mode).next().is_none())
    }
}

/// What the table knows of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// Its number: a client that comes back opens a new one.
    pub(super) session: u32,
    pub(super) ended: bool,
    /// The last command that acted.
    pub(super) serial: u32,
    /// How that command stands now.
    pub(super) outcome: Outcome,
    /// The age of its transaction, while it holds or awaits something.
    pub(super) transaction: Option<Index>,
    /// What it holds or awaits.
    pub(super) claims: BTreeSet<Rc<str>>,
}

/// What a command did.
#[derive(Clone, Debug, Default)]
pub(super) struct Applied {
    pub(super) effects: Vec<Effect>,
    /// What its own client is told.
    pub(super) answer: Option<(NodeId, u32, Outcome)>,
    /// Members of the cycles that were broken, each with its victim first.
    pub(super) cycles: Vec<Vec<NodeId>>,
}

/// The lock table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Locks {
    pub(super) resources: BTreeMap<Rc<str>, Resource>,
    pub(super) sessions: BTreeMap<NodeId, Session>,
    /// The last fencing token that was given.
    pub(super) token: u32,
    /// Cycles that were broken.
    pub(super) deadlocks: u32,
    /// Transactions that were aborted.
    pub(super) aborts: u32,
    /// The last entry that closed a circle, and the graph at that instant: it is gone as soon as it is there.
    pub(super) circle: Option<Rc<Circle>>,
}

/// A wait-for graph with a circle in it, just before the circle is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Circle {
    /// The entry that closed it.
    pub(super) index: Index,
    /// Who was aborted.
    pub(super) victim: NodeId,
    /// The members, the victim among them, unless it is chosen wrongly on purpose.
    pub(super) members: Vec<NodeId>,
    /// Who waited for whom because of which lock.
    pub(super) waits: Vec<Wait>,
    /// Who was in a transaction, and since which index.
    pub(super) ages: BTreeMap<NodeId, Index>,
}

impl Locks {
    /// Applies the command at an index.
    pub(super) fn apply(&mut self, rules: &Rules, index: Index, command: &Command) -> Applied {
        let mut done = Applied::default();
        match command {
            Command::Noop => {}
            Command::Register { client, session } => self.register(*client, *session, &mut done),
            Command::Expire { client, session } => {
                if self.sessions.get(client).is_some_and(|s| s.session == *session && !s.ended) {
                    self.drop_all(*client, Change::Expired, Outcome::Expired, &mut done);
                    self.session(*client, *session).ended = true;
                }
            }
            Command::Withdraw { call } => {
                let waits = |s: &Session| s.serial == call.serial && s.outcome == Outcome::Queued;
                if self.sessions.get(&call.client).is_some_and(waits) {
                    self.abort(call.client, &mut done);
                }
            }
            Command::Acquire { call, resource, mode } => {
                if self.admit(rules, call, &mut done) {
                    let outcome = self.acquire(rules, index, call, resource, *mode, &mut done);
                    self.answer(call, outcome, &mut done);
                }
            }
            Command::Release { call, resource } => {
                if self.admit(rules, call, &mut done) {
                    let outcome = self.release(rules, call, resource, &mut done);
                    self.answer(call, outcome, &mut done);
                }
            }
        }
        done
    }

    /// Tokens of what a session holds, in the order of the locks' names.
    pub(super) fn tokens(&self, client: NodeId, session: u32) -> Vec<u32> {
        let known = self.sessions.get(&client).filter(|known| known.session == session && !known.ended);
        let locks = known.into_iter().flat_map(|known| &known.claims).filter_map(|name| self.resources.get(name));
        locks.filter_map(|lock| lock.holder(client)).map(|holder| holder.token).collect()
    }

    fn session(&mut self, client: NodeId, session: u32) -> &mut Session {
        self.sessions.entry(client).or_insert_with(|| Session {
            session,
            ended: false,
            serial: 0,
            outcome: Outcome::Registered,
            transaction: None,
            claims: BTreeSet::new(),
        })
    }

    /// A client opens a session; that ends the one before, of which nobody speaks any more.
    fn register(&mut self, client: NodeId, session: u32, done: &mut Applied) {
        let known = self.session(client, session);
        if known.session < session {
            self.drop_all(client, Change::Expired, Outcome::Expired, done);
            let known = self.session(client, session);
            (known.session, known.ended) = (session, false);
        }
        let known = self.session(client, session);
        let outcome = if known.session == session && !known.ended { Outcome::Registered } else { Outcome::Expired };
        done.answer = Some((client, 0, outcome));
    }

    /// Whether a command is to act: its session is open, and it has not acted yet (§8: sessions and serial numbers).
    fn admit(&mut self, rules: &Rules, call: &Call, done: &mut Applied) -> bool {
        let known = self.session(call.client, call.session);
        if known.session != call.session || known.ended {
            // Who has opened another session does not ask in this one any more.
            if known.session == call.session {
                done.answer = Some((call.client, call.serial, Outcome::Expired));
            }
            return false;
        }
        if known.serial >= call.serial && !rules.no_dedupe {
            if known.serial == call.serial {
                done.answer = Some((call.client, call.serial, known.outcome));
            }
            return false;
        }
        known.serial = known.serial.max(call.serial);
        true
    }

    fn answer(&mut self, call: &Call, outcome: Outcome, done: &mut Applied) {
        let known = self.session(call.client, call.session);
        if known.serial == call.serial {
            known.outcome = outcome;
        }
        done.answer = Some((call.client, call.serial, outcome));
    }

    fn acquire(
        &mut self,
        rules: &Rules,
        index: Index,
        call: &Call,
        resource: &Rc<str>,
        mode: Mode,
        done: &mut Applied,
    ) -> Outcome {
        let lock = self.resources.entry(Rc::clone(resource)).or_default();
        let mut held = lock.holders.iter_mut().filter(|h| h.client == call.client);
        if let Some(held) = held.find(|h| h.mode == Mode::Exclusive || mode == Mode::Shared) {
            held.count += 1;
            return Outcome::Granted(held.token);
        }
        if lock.queue.iter().any(|w| w.client == call.client) {
            // Only a command that acts twice gets here.
            return Outcome::Queued;
        }
        let upgrade = lock.holder(call.client).is_some();
        let place = lock.place(upgrade);
        let blockers: BTreeSet<NodeId> = lock.blockers(place, call.client, mode).collect();
        let known = self.session(call.client, call.session);
        let age = *known.transaction.get_or_insert(index);
        known.claims.insert(Rc::clone(resource));
        known.outcome = Outcome::Queued;
        if rules.policy == Policy::WaitDie && blockers.iter().any(|other| self.age(*other) < age) {
            let (client, serial) = (call.client, call.serial);
            let resource = Rc::clone(resource);
            done.effects.push(Effect { client, serial, resource, change: Change::Aborted, mode, token: 0 });
            self.abort(call.client, done);
            return Outcome::Aborted;
        }
        // In the queue first: what the wounded leave behind must not go to those who come after it.
        let lock = self.resources.entry(Rc::clone(resource)).or_default();
        lock.queue.insert(place, Waiter { client: call.client, serial: call.serial, mode, upgrade });
        if rules.policy == Policy::WoundWait {
            let younger: Vec<NodeId> = blockers.iter().copied().filter(|other| self.age(*other) > age).collect();
            for other in younger {
                self.abort(other, done);
            }
        }
        self.settle(resource, done);
        let waits = self.resources.get(resource).is_some_and(|l| l.queue.iter().any(|w| w.client == call.client));
        if waits {
            let (client, serial) = (call.client, call.serial);
            let resource = Rc::clone(resource);
            done.effects.push(Effect { client, serial, resource, change: Change::Queued, mode, token: 0 });
        }
        if waits && rules.policy == Policy::Detect {
            self.break_cycles(rules, index, call.client, done);
        }
        self.sessions[&call.client].outcome
    }

    /// The age of a client's transaction; who has none is younger than all.
    pub(super) fn age(&self, client: NodeId) -> Index {
        self.sessions.get(&client).and_then(|s| s.transaction).unwrap_or(Index::MAX)
    }

    /// The age of each transaction.
    pub(super) fn ages(&self) -> BTreeMap<NodeId, Index> {
        self.sessions.iter().filter_map(|(client, s)| s.transaction.map(|age| (*client, age))).collect()
    }

    /// Aborts the youngest of each cycle, until there is none.
    fn break_cycles(&mut self, rules: &Rules, index: Index, newest: NodeId, done: &mut Applied) {
        while let Some(mut cycle) = deadlock::cycle(&deadlock::edges(self, rules.holders_only_graph), newest) {
            let mut victim = *cycle.iter().max_by_key(|c| self.age(**c)).expect("a cycle has members");
            if rules.victim_outside_cycle {
                let open = self.sessions.iter().filter(|(_, s)| s.transaction.is_some());
                victim = open.max_by_key(|(_, s)| s.transaction).map_or(victim, |(client, _)| *client);
            }
            let (members, waits, ages) = (cycle.clone(), deadlock::waits(self), self.ages());
            self.circle = Some(Rc::new(Circle { index, victim, members, waits, ages }));
            cycle.retain(|c| *c != victim);
            cycle.insert(0, victim);
            done.cycles.push(cycle);
            self.deadlocks += 1;
            self.abort(victim, done);
        }
    }

    fn abort(&mut self, client: NodeId, done: &mut Applied) {
        self.aborts += 1;
        self.drop_all(client, Change::Aborted, Outcome::Aborted, done);
    }

    fn release(&mut self, rules: &Rules, call: &Call, resource: &Rc<str>, done: &mut Applied) -> Outcome {
        let Some(lock) = self.resources.get_mut(resource) else { return Outcome::NotHeld };
        let Some(place) = lock.holders.iter().position(|h| h.client == call.client) else { return Outcome::NotHeld };
        if rules.one_by_one && lock.holders[place].count > 1 {
            lock.holders[place].count -= 1;
            return Outcome::Kept(lock.holders[place].count);
        }
        let Holder { mode, token, .. } = lock.holders.remove(place);
        let (client, serial) = (call.client, call.serial);
        // Who gives up a lock does not wait to have more of it.
        lock.queue.retain(|w| w.client != client);
        let change = Change::Released;
        done.effects.push(Effect { client, serial, resource: Rc::clone(resource), change, mode, token });
        let known = self.session(client, call.session);
        known.claims.remove(resource);
        if known.claims.is_empty() {
            known.transaction = None;
        }
        self.settle(resource, done);
        Outcome::Released
    }

    /// Takes everything from a client that it holds or awaits.
    fn drop_all(&mut self, client: NodeId, change: Change, outcome: Outcome, done: &mut Applied) {
        let Some(known) = self.sessions.get_mut(&client) else { return };
        let claims = std::mem::take(&mut known.claims);
        known.transaction = None;
        known.outcome = outcome;
        for resource in &claims {
            let Some(lock) = self.resources.get_mut(resource) else { continue };
            let mut gone = |serial, mode, token| {
                done.effects.push(Effect { client, serial, resource: Rc::clone(resource), change, mode, token });
            };
            lock.queue.iter().filter(|w| w.client == client).for_each(|w| gone(w.serial, w.mode, 0));
            lock.holders.iter().filter(|h| h.client == client).for_each(|h| gone(h.serial, h.mode, h.token));
            lock.queue.retain(|w| w.client != client);
            lock.holders.retain(|h| h.client != client);
        }
        for resource in &claims {
            self.settle(resource, done);
        }
    }

    /// Grants whatever the head of a queue now allows.
    fn settle(&mut self, resource: &Rc<str>, done: &mut Applied) {
        let Some(lock) = self.resources.get_mut(resource) else { return };
        while lock.head_fits() {
            let Waiter { client, serial, mode, .. } = lock.queue.pop_front().expect("it fits");
            self.token += 1;
            let token = self.token;
            // An upgrade is one acquisition more.
            let count = lock.holder(client).map_or(0, |h| h.count) + 1;
            lock.holders.retain(|h| h.client != client);
            lock.holders.push(Holder { client, serial, mode, token, count });
            let resource = Rc::clone(resource);
            done.effects.push(Effect { client, serial, resource, change: Change::Granted, mode, token });
            if let Some(known) = self.sessions.get_mut(&client).filter(|s| s.serial == serial) {
                known.outcome = Outcome::Granted(token);
            }
        }
        if lock.holders.is_empty() && lock.queue.is_empty() {
            self.resources.remove(resource);
        }
    }
}
