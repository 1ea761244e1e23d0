//! A client: one command at a time, in a session, each with a number of its own (§8, thesis 6.3).
//!
//! It asks the server that it takes for the leader, follows pointers, and asks the next one when nothing comes. A command
//! keeps its number however often it is sent. Whoever waits for a lock asks again and again how the command stands, so
//! that a lost answer loses nothing. A client that comes back, or whose lease was over, opens a new session first.
//!
//! What it believes to hold is true or errs on the safe side: it lets go of a lock when it *sends* the release, of all locks when
//! its lease is over by its own clock, counted from when it sent what was answered; and every answer of a leader corrects it.

use super::locks::{Mode, Outcome};
use super::note::{Became, Believes};
use super::{
    Answer, Ask, Change, Ctx, Disk, Effects, Index, Message, Note, RaftLock, Replied, Request, Snapshot, Tally, Timer,
    Told, Write,
};
use crate::labs::kit::client::{Jobs, Target};
use crate::protocol::Input;
use crate::trace::{NodeId, RecordId};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a client is asked to do.
#[derive(Clone, Debug)]
pub enum Job {
    /// Get a lock.
    Acquire(Rc<str>, Mode),
    /// Give it back.
    Release(Rc<str>),
    /// See all locks.
    Locks,
    /// Get locks one after the other, keep them for a while, give them back.
    Work {
        /// Their names, in the order in which they are asked for.
        resources: Rc<[Rc<str>]>,
        /// How.
        mode: Mode,
        /// How long, in microseconds.
        hold_us: u64,
    },
}

/// What a client is doing.
#[derive(Clone, Debug)]
pub(super) struct Doing {
    pub(super) request: RecordId,
    pub(super) job: Job,
    /// Steps of the work that are done.
    done: usize,
    /// When it asked first, in microseconds.
    since_us: u64,
    /// It waits in the lock's queue.
    pub(super) queued: bool,
    /// It keeps its locks for a while.
    holding: bool,
    /// Some of its locks were taken away.
    lost: bool,
    token: u32,
    /// The last release that its lock is counted as given back by.
    given_back: Option<u32>,
}

/// How a client believes to hold a lock: how, under which token, and how often it has acquired it.
pub(super) type Held = (Mode, u32, u32);

/// What a client holds in memory.
#[derive(Clone, Debug)]
pub(super) struct Client {
    me: NodeId,
    session: u32,
    /// Its session is open, or needs no opening because there was none before.
    registered: bool,
    /// Whom it takes for the leader.
    pub(super) leader: Target,
    pub(super) doing: Option<Doing>,
    /// What it will do next, and whom it asks first.
    pub(super) jobs: Jobs<(Job, Option<NodeId>)>,
    /// What it believes to hold.
    pub(super) held: BTreeMap<Rc<str>, Held>,
    alive_armed: bool,
    /// Nothing came since it last said that it lives.
    unheard: bool,
    /// When it sent the last message by which its lease was renewed.
    renewed_us: Option<u64>,
    /// For when the end of its lease is on its clock.
    lease_armed_us: Option<u64>,
    /// After this entry it knows what it holds: what answers from before say of that is old.
    known: Index,
    /// What has changed in this step of what it believes to hold.
    became: Option<Became>,
    pub(super) tally: Tally,
}

/// Starts a client: the first time without a word, after a crash with a new session.
pub(super) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> Client {
    let mut client = Client {
        me,
        session: disk.session + 1,
        registered: disk.session == 0,
        leader: Target::new(ctx.setup.servers.turn(me, 0)),
        doing: None,
        jobs: Jobs::new(disk.serial),
        held: BTreeMap::new(),
        alive_armed: false,
        unheard: false,
        renewed_us: None,
        lease_armed_us: None,
        known: 0,
        became: None,
        tally: disk.tally,
    };
    out.with_input(None, Some(client.write()));
    if !client.registered {
        ask(ctx, &mut client, out);
    }
    client
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, client: &mut Client, input: Input<'_, RaftLock>, out: &mut Effects) {
    client.tally.seen_us = out.now_us();
    if let Input::Message { message: Message::Answer { session, told: Some(told), .. }, .. } = &input
        && *session == client.session
    {
        learn(client, told);
    }
    // A paused client wakes up with an old clock: before anything else it looks whether its lease is over.
    if is_lease_over(ctx, client, out.now_us()) && !client.held.is_empty() {
        session_over(ctx, client, Became::Over { sent_us: client.renewed_us }, out);
    }
    match input {
        Input::Request { id, request: Request::Client(job, via) } => {
            client.jobs.push(id, (job.clone(), *via));
            next_job(ctx, client, out);
        }
        Input::Message { message: Message::Answer { session, serial, told, answer }, .. } => {
            // Two answers may overtake each other: what the older says of a grant may be over.
            let old = told.as_ref().is_some_and(|told| told.index < client.known);
            on_answer(ctx, client, (*session, *serial, answer), old, out);
        }
        Input::Timeout(Timer::Retry) => on_retry(ctx, client, out),
        Input::Timeout(Timer::KeepAlive) => on_keep_alive(ctx, client, out),
        // Looked at above, as in every step.
        Input::Timeout(Timer::Lease) => {}
        Input::Timeout(Timer::Hold) => {
            if let Some(doing) = &mut client.doing {
                doing.holding = false;
            }
            next_command(ctx, client, out);
        }
        Input::Message { .. } | Input::Timeout(_) | Input::Request { .. } => {
            unreachable!("{} is a client", ctx.name(me))
        }
    }
    keep_alive(ctx, client, out);
    watch_lease(ctx, client, out);
    if let Some(became) = client.became.take() {
        let held = client.held.iter().map(|(resource, held)| (Rc::clone(resource), *held)).collect();
        out.with_input(Some(Note::Believes(Box::new(Believes { held, became }))), None);
    }
}

impl Client {
    /// Whether its session is open.
    pub(super) fn is_registered(&self) -> bool {
        self.registered
    }

    /// Number of its session.
    pub(super) fn session(&self) -> u32 {
        self.session
    }

    fn write(&self) -> Write {
        Write { change: Change::Client { session: self.session, serial: self.jobs.serial }, tally: self.tally }
    }

    /// What the open command asks.
    fn question(&self) -> Option<Ask> {
        if !self.registered {
            return Some(Ask::Register);
        }
        let doing = self.doing.as_ref().filter(|doing| !doing.holding)?;
        Some(match &doing.job {
            Job::Acquire(resource, mode) => Ask::Acquire(Rc::clone(resource), *mode),
            Job::Release(resource) => Ask::Release(Rc::clone(resource)),
            Job::Locks => Ask::Locks,
            Job::Work { resources, mode, .. } => match resources.get(doing.done) {
                Some(resource) => Ask::Acquire(Rc::clone(resource), *mode),
                None => Ask::Release(Rc::clone(&resources[doing.done - resources.len()])),
            },
        })
    }

    fn message(&self, now_us: u64) -> Option<Message> {
        let serial = if self.registered { self.jobs.serial } else { 0 };
        Some(Message::Ask { session: self.session, serial, sent_us: now_us, ask: self.question()? })
    }
}

/// Takes the next job, when nothing is open.
fn next_job(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let Some((request, (job, via))) = client.jobs.next(client.doing.as_ref()) else { return };
    client.leader.server = via.unwrap_or(client.leader.server);
    let since_us = out.now_us();
    client.doing = Some(Doing {
        request,
        job,
        done: 0,
        since_us,
        queued: false,
        holding: false,
        lost: false,
        token: 0,
        given_back: None,
    });
    next_command(ctx, client, out);
}

/// The open job's next command, under a new number.
fn next_command(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    client.jobs.number();
    if let Some(doing) = &mut client.doing {
        doing.queued = false;
    }
    client.leader.afresh();
    ask(ctx, client, out);
}

/// Sends the open question, again or for the first time. Its number is on disk when it leaves: it names the command for
/// ever.
fn ask(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let Some(message) = client.message(out.now_us()) else { return };
    if let Message::Ask { ask: Ask::Release(resource), .. } = &message {
        give_back(ctx, client, resource);
    }
    client.leader.asked();
    out.send_noting(client.leader.server, message, Note::Nothing, Some(client.write()));
    out.arm(Timer::Retry, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
}

/// It lets go when it asks: whoever gets the lock next may know of it before the answer is here. With one release for each
/// acquisition only the last one counts; a number names a release for ever, so it is counted once.
fn give_back(ctx: &Ctx, client: &mut Client, resource: &Rc<str>) {
    let (Some(doing), Some(held)) = (&mut client.doing, client.held.get_mut(resource)) else { return };
    if doing.given_back == Some(client.jobs.serial) {
        return;
    }
    doing.given_back = Some(client.jobs.serial);
    doing.token = held.1;
    held.2 -= 1;
    if held.2 == 0 || !ctx.setup.rules.one_by_one {
        client.held.remove(resource);
        client.became = Some(Became::GivenBack);
    }
}

/// Time to ask again: somebody else, if nothing came.
fn on_retry(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    client.leader.again(ctx.setup.servers);
    ask(ctx, client, out);
}

/// What an answer says besides: up to when the lease is renewed, and what is held.
fn learn(client: &mut Client, told: &Told) {
    client.renewed_us = client.renewed_us.max(told.renewed_us);
    if told.index < client.known {
        return;
    }
    client.known = told.index;
    let Some(holds) = &told.holds else { return };
    let before = client.held.len();
    client.held.retain(|_, (_, token, _)| holds.contains(token));
    if client.held.len() < before {
        client.became = Some(Became::Taken { index: told.index });
    }
}

/// Whether its lease is over by its own clock. The servers' counts from when its message came, so it is over later.
fn is_lease_over(ctx: &Ctx, client: &Client, now_us: u64) -> bool {
    let until_us = client.renewed_us.map(|us| us + ctx.setup.lease_us);
    !ctx.setup.broken.no_local_expiry && until_us.is_none_or(|until_us| now_us >= until_us)
}

/// Has the end of its lease on its clock while it holds something.
fn watch_lease(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let renewed_us = client.renewed_us.filter(|_| !client.held.is_empty() && !ctx.setup.broken.no_local_expiry);
    let until_us = renewed_us.map(|us| us + ctx.setup.lease_us);
    if until_us == client.lease_armed_us {
        return;
    }
    match until_us {
        Some(until_us) => out.arm(Timer::Lease, until_us - out.now_us(), until_us - out.now_us()),
        None => out.disarm(Timer::Lease),
    }
    client.lease_armed_us = until_us;
}

/// An answer: to the open question, unless it is a late one.
fn on_answer(
    ctx: &Ctx,
    client: &mut Client,
    (session, serial, answer): (u32, u32, &Answer),
    old: bool,
    out: &mut Effects,
) {
    if session != client.session {
        return;
    }
    client.unheard = false;
    let current = serial == if client.registered { client.jobs.serial } else { 0 };
    match answer {
        Answer::NotLeader(pointer) => {
            if serial > 0 && !current {
                return;
            }
            if current {
                client.leader.heard();
            }
            let found = client.leader.redirect(*pointer, ctx.setup.servers);
            if found && current {
                ask(ctx, client, out);
            } else if found && needs_lease(client) {
                say_alive(client, out);
            }
        }
        Answer::Alive => {}
        Answer::Gone(tokens) => {
            let before = client.held.len();
            client.held.retain(|_, (_, token, _)| !tokens.contains(token));
            if client.held.len() < before {
                client.became = Some(Became::Taken { index: client.known });
            }
        }
        Answer::Outcome(Outcome::Expired) => session_over(ctx, client, Became::Ended, out),
        Answer::Outcome(Outcome::Registered) if !client.registered => {
            client.registered = true;
            out.disarm(Timer::Retry);
            ask(ctx, client, out);
        }
        Answer::Outcome(Outcome::Registered) => {}
        // A grant that is old, or comes when the lease may be over, is asked about again.
        Answer::Outcome(Outcome::Granted(_)) if old || is_lease_over(ctx, client, out.now_us()) => {
            client.leader.heard();
        }
        Answer::Outcome(outcome) if current && client.registered => on_outcome(ctx, client, *outcome, out),
        Answer::Table(table) if current && client.registered => finish(ctx, client, None, Some(table), out),
        Answer::Outcome(_) | Answer::Table(_) => {}
    }
}

/// How the open command stands.
fn on_outcome(ctx: &Ctx, client: &mut Client, outcome: Outcome, out: &mut Effects) {
    client.leader.heard();
    let question = client.question();
    let (Some(question), Some(doing)) = (question, &mut client.doing) else { return };
    match (outcome, question) {
        (Outcome::Queued, _) => {
            doing.queued = true;
            return;
        }
        (Outcome::Granted(token), Ask::Acquire(resource, mode)) => {
            let (known, _, count) = client.held.get(&resource).copied().unwrap_or((mode, token, 0));
            client.held.insert(resource, (mode.max(known), token, count + 1));
            doing.token = token;
            client.tally.acquired += 1;
            let us = out.now_us() - doing.since_us;
            client.tally.acquired_us += us;
            client.became = Some(Became::Holder { us });
        }
        (Outcome::NotHeld, Ask::Release(_)) => doing.token = 0,
        (Outcome::Aborted, _) if !client.held.is_empty() => {
            client.held.clear();
            client.became = Some(Became::Taken { index: client.known });
        }
        // An answer that does not fit comes only where a command acted twice.
        _ => {}
    }
    out.disarm(Timer::Retry);
    go_on(ctx, client, outcome, out);
}

/// A command is done: the job's next one, or its end.
fn go_on(ctx: &Ctx, client: &mut Client, outcome: Outcome, out: &mut Effects) {
    let doing = client.doing.as_mut().expect("it is open");
    let Job::Work { resources, hold_us, .. } = &doing.job else { return finish(ctx, client, Some(outcome), None, out) };
    doing.done += 1;
    doing.since_us = out.now_us();
    // What is not held any more was taken away; what is left of the work's locks goes back all the same.
    doing.lost |= outcome == Outcome::NotHeld;
    if outcome == Outcome::Aborted || doing.done == 2 * resources.len() {
        let outcome = if doing.lost { Outcome::Aborted } else { outcome };
        return finish(ctx, client, Some(outcome), None, out);
    }
    if doing.done == resources.len() {
        doing.holding = true;
        out.arm(Timer::Hold, *hold_us, *hold_us);
    } else {
        next_command(ctx, client, out);
    }
}

/// The session has ended, or may have: what it held is gone, and a new one must be opened.
fn session_over(ctx: &Ctx, client: &mut Client, how: Became, out: &mut Effects) {
    client.session += 1;
    client.registered = false;
    client.renewed_us = None;
    if !client.held.is_empty() {
        client.held.clear();
        client.became = Some(how);
    }
    out.disarm(Timer::Retry);
    out.disarm(Timer::Hold);
    // What it asked for is gone with the session, but a read asks for nothing.
    let reads = client.doing.as_ref().is_some_and(|doing| matches!(doing.job, Job::Locks));
    if !reads {
        finish(ctx, client, Some(Outcome::Expired), None, out);
    }
    if reads || client.doing.is_none() {
        client.leader.afresh();
        ask(ctx, client, out);
    }
}

/// Tells whoever asked.
fn finish(ctx: &Ctx, client: &mut Client, outcome: Option<Outcome>, table: Option<&Rc<Snapshot>>, out: &mut Effects) {
    let Some(doing) = client.doing.take() else { return };
    out.disarm(Timer::Retry);
    let token = doing.token;
    let table = table.map(Rc::clone);
    let replied = Replied {
        client: client.me,
        job: doing.job,
        session: client.session,
        serial: client.jobs.serial,
        outcome,
        token,
        table,
    };
    out.reply(doing.request, Note::Replied(Box::new(replied)));
    next_job(ctx, client, out);
}

/// A client with something to lose says from time to time that it lives.
fn keep_alive(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    if needs_lease(client) && !client.alive_armed {
        client.alive_armed = true;
        out.arm(Timer::KeepAlive, ctx.setup.lease_us / 4, ctx.setup.lease_us / 4);
    }
}

fn needs_lease(client: &Client) -> bool {
    !client.held.is_empty() || client.doing.as_ref().is_some_and(|doing| doing.queued)
}

/// Time to say again that it lives: to another server, if nobody has answered the last time.
fn on_keep_alive(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    client.alive_armed = false;
    if !needs_lease(client) {
        return;
    }
    if client.unheard {
        client.leader.turn_away(ctx.setup.servers);
    }
    say_alive(client, out);
}

fn say_alive(client: &mut Client, out: &mut Effects) {
    client.unheard = true;
    out.send(client.leader.server, Message::KeepAlive { session: client.session, sent_us: out.now_us() });
}
