//! A cache: it serves its processor, asks the bus, and answers what it snoops.

mod dying;
mod snooping;
mod telling;

use super::line::{Content, Line, Origin};
use super::note::{Change, Served, Taken, Why};
use super::setup::Start;
use super::words;
use super::{Access, Answer, Ctx, Disk, Effects, Mesi, Message, Moved, Note, Request, Tally, Timer, Txn, Write};
use crate::base::json::Payload;
use crate::coherence::{Cache, Does, Event, Family, Fetched, State, Transaction, table};
use crate::protocol::Input;
use crate::trace::{NodeId, RecordId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// A cache's memory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Cached {
    pub(super) life: u32,
    serial: u32,
    pub(super) lines: Cache<Rc<str>, Content>,
    /// Accesses that wait for the one before.
    pub(super) queue: VecDeque<(RecordId, Rc<Access>)>,
    /// The access that waits for the bus.
    pub(super) doing: Option<(RecordId, Rc<Access>)>,
    /// What has come for it already: a line that was fetched for a word that still has to go to memory.
    fetched: Option<Fetch>,
    /// What the bus was asked for.
    pub(super) pending: Option<Pending>,
    /// Highest number of a transaction that it knows of.
    seen: Txn,
    /// What it said last when it was snooped, to be said again.
    answered: Option<(Txn, Line, Answer)>,
    /// The last transaction for which it gave a modified line away that memory does not take.
    gave_away: Option<Txn>,
    /// The last transaction of its own.
    granted: Txn,
    /// The line that it used, or that was changed here, last.
    pub(super) last: Option<Line>,
    /// Invalid lines that another cache's write has taken away, and whose old content is still in its place.
    taken: BTreeSet<Line>,
    /// Lines that came for the sake of a word that nobody else had written: with the words for it.
    pub(super) falsely: BTreeMap<Line, String>,
}

/// A line that was fetched: whether another cache had it, the one that gave it, and whether it had been taken from here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Fetch {
    shared: bool,
    from: Option<NodeId>,
    taken: Option<Taken>,
}

/// A request to the bus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pending {
    serial: u32,
    pub(super) transaction: Transaction,
    pub(super) line: Line,
}

/// Starts a cache: empty, unless it is the first time and it has something in it then.
pub(super) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> Cached {
    let life = disk.life + 1;
    out.with_input(None, Some(Write(super::Change::Life(life))));
    let mut cached = Cached {
        life,
        serial: 0,
        lines: Cache::new(ctx.setup.sets, ctx.setup.ways),
        queue: VecDeque::new(),
        doing: None,
        fetched: None,
        pending: None,
        seen: 0,
        answered: None,
        gave_away: None,
        granted: 0,
        last: None,
        taken: BTreeSet::new(),
        falsely: BTreeMap::new(),
    };
    let starts = ctx.setup.contents.get(usize::from(me)).filter(|_| disk.life == 0);
    for Start { line, state, content } in starts.into_iter().flatten() {
        let slot = cached.lines.victim(line.set, &line.name);
        cached.lines.put(slot, Rc::clone(&line.name), *state, content.clone());
        cached.last = Some(line.clone());
        let change = blank(Why::Start, Content::default());
        let change = Change { line: line.clone(), to: *state, after: content.clone(), ..change };
        out.state(Note::Changed(Box::new(change)));
    }
    cached
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, cached: &mut Cached, disk: &Disk, input: Input<'_, Mesi>, out: &mut Effects) {
    let mut turn = Turn { ctx, me, cached, tally: disk.tally.clone(), note: None, out };
    match input {
        Input::Request { id, request: Request::Access(access) } => {
            turn.cached.queue.push_back((id, Rc::clone(access)));
            turn.work();
        }
        Input::Request { id, request: Request::Status } => {
            let told = telling::status(ctx, turn.cached).into();
            turn.out.reply(id, Note::Told("its lines", told));
        }
        Input::Request { id, request: Request::Metrics } => {
            let told = words::metrics(turn.family(), &turn.tally).into();
            turn.out.reply(id, Note::Told("its numbers", told));
        }
        Input::Message { message: Message::Snoop { txn, transaction, line }, .. } => {
            turn.snoop(*txn, *transaction, line);
        }
        Input::Message {
            message: Message::Grant { txn, life, serial, transaction, content, shared, from, .. },
            ..
        } => {
            let data = Data { content: content.clone(), shared: *shared, from: *from };
            turn.grant(*txn, (*life, *serial), *transaction, data);
        }
        Input::Timeout(Timer::Retry) => turn.send_request(),
        Input::Message { message, .. } => {
            unreachable!("{} is a cache, and this is for the bus: {message:?}", ctx.name(me))
        }
        Input::Timeout(Timer::Turn) => unreachable!("{} is a cache and has no turns to give", ctx.name(me)),
    }
    let Turn { tally, note, out, .. } = turn;
    out.with_input(note, Some(Write(super::Change::Tally(Box::new(tally)))));
}

/// What a grant brings.
struct Data {
    content: Option<Content>,
    shared: bool,
    from: Option<NodeId>,
}

/// How the processor was served: see [`Served`].
struct Outcome {
    hit: bool,
    told: bool,
    before: Option<Content>,
    from: Option<(bool, Option<NodeId>)>,
    taken: Option<Taken>,
}

/// A step of a cache.
struct Turn<'a> {
    ctx: &'a Ctx,
    me: NodeId,
    cached: &'a mut Cached,
    tally: Tally,
    note: Option<Note>,
    out: &'a mut Effects,
}

const ANY: &str = "the table has a cell for whatever the processor and the cache itself do";

impl Turn<'_> {
    fn family(&self) -> Family {
        self.ctx.setup.family()
    }

    /// Serves the processor until it has to wait.
    fn work(&mut self) {
        while self.cached.doing.is_none() {
            let Some((request, access)) = self.cached.queue.pop_front() else { return };
            self.cached.last = Some(access.line.clone());
            let Some(slot) = self.cached.lines.find(access.line.set, &access.line.name) else {
                self.cached.doing = Some((request, access));
                return self.miss();
            };
            let cell = table(self.family(), self.cached.lines.at(slot).state, access.event()).expect(ANY);
            if let Does::Ask(transaction) = cell.does {
                self.cached.doing = Some((request, Rc::clone(&access)));
                return self.ask(transaction, access.line.clone());
            }
            self.cached.lines.touch(slot);
            let before = self.cached.lines.at(slot).value.clone();
            let told = self.install(slot, &access, cell.to, None);
            self.tally.counters.served(access.value.is_some(), None);
            let outcome = Outcome { hit: true, told, before: Some(before), from: None, taken: None };
            self.reply(request, &access, slot, outcome);
        }
    }

    /// Makes room for the line that the processor waits for, and asks for it.
    fn miss(&mut self) {
        let (_, access) = self.cached.doing.clone().expect("somebody waits for it");
        let miss = table(self.family(), State::I, access.event()).expect(ANY);
        let Does::Ask(transaction) = miss.does else { unreachable!("a miss asks the bus") };
        if !miss.to.is_valid() {
            // The word goes to memory, and needs no place here.
            return self.ask(transaction, access.line.clone());
        }
        let slot = self.cached.lines.victim(access.line.set, &access.line.name);
        let way = self.cached.lines.at(slot);
        if way.state.is_valid() {
            let old = Line { name: Rc::clone(&way.key), set: access.line.set };
            let cell = table(self.family(), way.state, Event::Evict).expect(ANY);
            if let Does::Ask(write_back) = cell.does {
                return self.ask(write_back, old);
            }
            let content = way.value.clone();
            self.change(
                slot,
                &old,
                cell.to,
                Change { after: content.clone(), ..blank(Why::By(Event::Evict), content) },
            );
        }
        self.ask(transaction, access.line.clone());
    }

    fn ask(&mut self, transaction: Transaction, line: Line) {
        self.cached.serial += 1;
        if self.note.is_none() {
            self.note = Some(Note::Waits { transaction, line: line.clone() });
        }
        self.cached.pending = Some(Pending { serial: self.cached.serial, transaction, line });
        self.send_request();
    }

    /// Sends the open request, again or for the first time.
    fn send_request(&mut self) {
        let Some(Pending { serial, transaction, line }) = self.cached.pending.clone() else { return };
        let content = match transaction {
            Transaction::WriteBack => {
                let slot = self.cached.lines.find(line.set, &line.name);
                Some(self.cached.lines.at(slot.expect("it stays until it is written back")).value.clone())
            }
            // The word alone.
            Transaction::BusWr => {
                let (_, access) = self.cached.doing.as_ref().expect("the processor waits for it");
                let value = access.value.as_ref().expect("it writes");
                Some(Content::default().written(&access.key, value, self.origin()))
            }
            _ => None,
        };
        arm_retry(self.ctx, self.out);
        let life = self.cached.life;
        self.out.send(self.ctx.setup.bus(), Message::Request { life, serial, transaction, line, content });
    }

    /// Changes the state of what is at a place, and shows it. The value was changed before.
    fn change(&mut self, slot: usize, line: &Line, to: State, change: Change) {
        let from = self.cached.lines.at(slot).state;
        self.cached.lines.set_state(slot, to);
        self.note_change(Change { line: line.clone(), from, to, ..change });
    }

    fn note_change(&mut self, change: Change) {
        self.tally.moves[change.from as usize][change.to as usize] += 1;
        self.cached.last = Some(change.line.clone());
        self.moved(&change);
        self.out.state(Note::Changed(Box::new(change)));
    }

    /// Keeps what was done to a line, for the picture of the states.
    fn moved(&mut self, change: &Change) {
        if self.ctx.setup.show.as_ref().is_none_or(|shown| *shown == change.line) {
            let Change { line, from, to, why, asked, flushed, .. } = change;
            let (line, at_us) = (line.clone(), self.out.now_us());
            let (from, to, why, asked, flushed) = (*from, *to, *why, *asked, *flushed);
            self.tally.last = Some(Moved { line, from, to, why, asked, flushed, at_us });
        }
    }

    /// What tells the write that the processor makes now from all others. Counted when it is served, behind this.
    fn origin(&self) -> Origin {
        Origin { by: self.me, number: self.tally.counters.writes }
    }

    /// The processor reads or writes what is at a place, and the state becomes `to`. True when that is a change, which is
    /// shown.
    fn install(&mut self, slot: usize, access: &Access, to: State, asked: Option<(Transaction, State)>) -> bool {
        let way = self.cached.lines.at(slot);
        let before = way.value.clone();
        let from = asked.map_or(way.state, |(_, from)| from);
        let wrote = access.value.clone().map(|value| (Rc::clone(&access.key), value));
        let origin = self.origin();
        let after = wrote.as_ref().map_or_else(|| before.clone(), |(key, value)| before.written(key, value, origin));
        self.cached.lines.set_value(slot, after.clone());
        self.cached.lines.set_state(slot, to);
        let asked = asked.map(|(transaction, _)| transaction);
        let change = blank(Why::By(access.event()), before);
        let change = Change { line: access.line.clone(), from, to, after, wrote, asked, ..change };
        if from == to {
            self.moved(&change);
            return false;
        }
        self.note_change(change);
        true
    }

    fn reply(&mut self, request: RecordId, access: &Access, slot: usize, outcome: Outcome) {
        let value = self.cached.lines.at(slot).value.get(&access.key).cloned();
        self.reply_value(request, access, value, outcome);
    }

    fn reply_value(&mut self, request: RecordId, access: &Access, value: Option<Payload>, outcome: Outcome) {
        let Outcome { hit, told, before, from, taken } = outcome;
        let served = Served {
            line: access.line.clone(),
            key: Rc::clone(&access.key),
            write: access.value.is_some(),
            value,
            hit,
            told,
            before,
            from,
            taken,
        };
        self.out.reply(request, Note::Served(Box::new(served)));
    }

    /// The bus has done what was asked for.
    fn grant(&mut self, txn: Txn, (life, serial): (u32, u32), transaction: Transaction, data: Data) {
        let done = Message::Done { txn, life: self.cached.life };
        let bus = self.ctx.setup.bus();
        if life != self.cached.life {
            // For the life before: the bus learns that there is a new one.
            return self.out.send(bus, done);
        }
        self.cached.seen = self.cached.seen.max(txn);
        let pending = self.cached.pending.take_if(|p| p.serial == serial && txn > self.cached.granted);
        let Some(pending) = pending else {
            // It comes again: the word that it has come was lost.
            return self.out.send(bus, done);
        };
        self.cached.granted = txn;
        self.out.disarm(Timer::Retry);
        self.tally.counters.asked(transaction);
        if transaction == Transaction::BusWr {
            return self.wrote_through(done);
        }
        if transaction == Transaction::WriteBack {
            let slot = self.cached.lines.find(pending.line.set, &pending.line.name).expect("it was to be written back");
            let content = self.cached.lines.at(slot).value.clone();
            let change = blank(Why::By(Event::Evict), content.clone());
            self.change(slot, &pending.line, State::I, Change { after: content, asked: Some(transaction), ..change });
            self.out.send(bus, done);
            return self.miss();
        }
        self.take(transaction, data, done);
    }

    /// Takes the line, and serves the processor that waits for it.
    fn take(&mut self, transaction: Transaction, Data { content, shared, from }: Data, done: Message) {
        let (request, access) = self.cached.doing.take().expect("the processor waits for it");
        let Line { name, set } = access.line.clone();
        // An upgrade has the line; all others find a place that was made free.
        let had = self.cached.lines.find(set, &name);
        let slot = had.unwrap_or_else(|| self.cached.lines.victim(set, &name));
        let state = had.map_or(State::I, |slot| self.cached.lines.at(slot).state);
        let taken = self.cached.taken.remove(&access.line);
        let taken = if transaction == Transaction::BusUpgr {
            self.cached.lines.touch(slot);
            None
        } else {
            let content = content.unwrap_or_default();
            let taken = taken.then(|| Taken::new(&self.cached.lines.at(slot).value, &content, &access.key));
            self.forget(slot, set);
            if let Some(taken) = taken.as_ref().filter(|taken| taken.is_false()) {
                let said = words::false_sharing(self.ctx, self.me, &access, taken);
                self.cached.falsely.insert(access.line.clone(), said);
            }
            self.cached.lines.put(slot, name, state, content);
            taken
        };
        let exclusive = self.ctx.setup.broken.exclusive_without_snoop;
        let to = match transaction {
            Transaction::BusRd => self.family().after_read(shared && !exclusive),
            _ => State::M,
        };
        if transaction == Transaction::BusRd && access.value.is_some() {
            let fetch = Fetch { shared, from, taken };
            return self.fetched_to_write(slot, (request, access), to, fetch, done);
        }
        let told = self.install(slot, &access, to, Some((transaction, state)));
        self.out.send(self.ctx.setup.bus(), done);
        let missed = transaction != Transaction::BusUpgr;
        self.tally.counters.served(access.value.is_some(), missed.then_some(self.fetched(shared, from)));
        if let Some(taken) = &taken {
            self.tally.missed_again(taken);
        }
        let from = missed.then_some((shared, from));
        self.reply(request, &access, slot, Outcome { hit: !missed, told, before: None, from, taken });
        self.work();
    }

    /// A line has come in which a word is to be written that goes to memory, too: that is the bus's next business with it.
    fn fetched_to_write(
        &mut self,
        slot: usize,
        (request, access): (RecordId, Rc<Access>),
        to: State,
        fetch: Fetch,
        done: Message,
    ) {
        let content = self.cached.lines.at(slot).value.clone();
        let change = blank(Why::By(Event::PrWr), content.clone());
        let change = Change { after: content, asked: Some(Transaction::BusRd), ..change };
        self.change(slot, &access.line, to, change);
        self.cached.fetched = Some(fetch);
        self.out.send(self.ctx.setup.bus(), done);
        let line = access.line.clone();
        self.cached.doing = Some((request, access));
        self.ask(Transaction::BusWr, line);
    }

    /// Memory has the word: the cache takes it, too, where it still has the line, and the processor is served.
    fn wrote_through(&mut self, done: Message) {
        let (request, access) = self.cached.doing.take().expect("the processor waits for it");
        let fetch = self.cached.fetched.take();
        let slot = self.cached.lines.find(access.line.set, &access.line.name);
        let hit = slot.is_some() && fetch.is_none();
        let before = slot.map(|slot| self.cached.lines.at(slot).value.clone());
        if let Some(slot) = slot {
            self.cached.lines.touch(slot);
            let state = self.cached.lines.at(slot).state;
            self.install(slot, &access, state, Some((Transaction::BusWr, state)));
        }
        self.out.send(self.ctx.setup.bus(), done);
        let miss = fetch.as_ref().map_or(Fetched::No, |fetch| self.fetched(fetch.shared, fetch.from));
        self.tally.counters.served(true, (!hit).then_some(miss));
        let from = fetch.as_ref().map(|fetch| (fetch.shared, fetch.from));
        let taken = fetch.and_then(|fetch| fetch.taken);
        if let Some(taken) = &taken {
            self.tally.missed_again(taken);
        }
        let outcome = Outcome { hit, told: false, before, from, taken };
        self.reply_value(request, &access, access.value.clone(), outcome);
        self.work();
    }

    /// Where a line came from, for the counters. What a cache keeps to itself on purpose counts as what it should have given.
    fn fetched(&self, shared: bool, from: Option<NodeId>) -> Fetched {
        let kept = shared && self.ctx.setup.broken.no_flush;
        if from.is_some() || kept { Fetched::Cache } else { Fetched::Memory }
    }

    /// Another line comes to a place: what was there is remembered no longer.
    fn forget(&mut self, slot: usize, set: usize) {
        let old = Line { name: Rc::clone(&self.cached.lines.at(slot).key), set };
        self.cached.taken.remove(&old);
        self.cached.falsely.remove(&old);
    }
}

/// A change with nothing in it but its reason and what was there before.
fn blank(why: Why, before: Content) -> Change {
    Change {
        line: Line { name: "".into(), set: 0 },
        from: State::I,
        to: State::I,
        why,
        after: Content::default(),
        before,
        wrote: None,
        asked: None,
        flushed: false,
        gave: false,
        cancelled: false,
        instead: false,
        doubt: false,
    }
}

/// Asks again after a while, unless that is switched off on purpose.
pub(super) fn arm_retry(ctx: &Ctx, out: &mut Effects) {
    if !ctx.setup.broken.no_retry {
        out.arm(Timer::Retry, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
    }
}

impl Access {
    pub(super) fn event(&self) -> Event {
        if self.value.is_some() { Event::PrWr } else { Event::PrRd }
    }
}

impl Cached {
    /// The name of the state that a request waits in, as Sorin, Hill & Wood write it: from and to.
    pub(super) fn waits_in(&self, family: Family) -> Option<(&Line, &'static str)> {
        let pending = self.pending.as_ref()?;
        let line = &pending.line;
        let state = self.lines.find(line.set, &line.name).map_or(State::I, |slot| self.lines.at(slot).state);
        let name = match (pending.transaction, state) {
            (Transaction::BusRd | Transaction::Rescue, _) => match family {
                Family::Mesif => "I→F/E",
                Family::Through | Family::ThroughAllocate => "I→V",
                _ => "I→S/E",
            },
            (Transaction::BusRdX, _) => "I→M",
            (Transaction::BusUpgr, State::O) => "O→M",
            (Transaction::BusUpgr, State::F) => "F→M",
            (Transaction::BusUpgr, _) => "S→M",
            (Transaction::WriteBack, State::O) => "O→I",
            (Transaction::WriteBack, _) => "M→I",
            // Nobody may read it here before memory has the word.
            (Transaction::BusWr, State::V) => "V→V",
            (Transaction::BusWr, _) => "I→I",
        };
        Some((&pending.line, name))
    }

    /// Whether nothing is left to do.
    pub(super) fn is_idle(&self) -> bool {
        self.doing.is_none() && self.queue.is_empty() && self.pending.is_none()
    }
}
