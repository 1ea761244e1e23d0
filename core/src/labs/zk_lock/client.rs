//! A client: its connection, the lock recipe, and the work that it does with the file.
//!
//! The recipe, as in ZooKeeper's documentation and in the common client libraries:
//!
//! 1. Create an ephemeral sequential node `guid-lock-` (who shares: `guid-read-`).
//! 2. List the children, without a watch.
//! 3. Whose number is lowest holds the lock; who shares holds it when no lower node is a writer's. The number counts, not the
//!    whole name.
//! 4. Otherwise watch the next lower node that is in the way, and only that one: so a release wakes one, not all.
//! 5. If it is gone already, list again; else wait until it is told, and list again.
//!
//! When the connection is lost during (1), nobody knows whether there is a node. After `sync` the guid is looked for among
//! the children. A node that is missing went with its session: then all begins again. To unlock is to delete.
//!
//! One thing at a time is asked of the ensemble. The lock is not re-entrant: who asks for it twice waits for himself.

mod connection;
pub(super) mod recipe;
pub(super) mod work;

use super::note::Replied;
use super::setup::{Job, LockMode};
use super::tree::{Op, Path, SessionId, Watch};
use super::{Answer, Ctx, Disk, Effects, Message, Note, Push, Timer, ToClient, ToServer, Write, ZkLock, Zxid};
use crate::labs::kit::client::{Jobs, Target};
use crate::protocol::Input;
use crate::trace::{NodeId, RecordId};
use recipe::Attempt;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use work::Doing;

/// For whom something is asked of the ensemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// For a lock.
    Lock(u32),
    /// For the request of this record.
    Shell(RecordId),
}

/// What is asked and not answered yet.
#[derive(Clone, Debug)]
struct Open {
    who: Who,
    op: Op,
}

/// How a client is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not at all; it takes a breath.
    Away,
    /// It has asked a server.
    Connecting,
    /// It is.
    Connected,
}

/// What a client holds in memory.
#[derive(Clone, Debug)]
pub(super) struct Client {
    me: NodeId,
    /// The last number that it used for a connection or a node, also on disk.
    serial: u32,
    pub(super) server: Target,
    pub(super) stage: Stage,
    conn: u32,
    pub(super) session: SessionId,
    /// The last transaction of which it has seen anything.
    pub(super) zxid: Zxid,
    cxid: u32,
    /// Pushes of this connection that were handled, and those that have overtaken others.
    seen: u32,
    early: BTreeMap<u32, (Zxid, Push)>,
    pub(super) heard_us: u64,
    /// When it sent what was answered last: from then on its session is good for its whole time, by its own clock.
    alive_us: u64,
    connect_us: u64,
    refused: u32,
    open: Option<Open>,
    pub(super) watches: BTreeSet<Watch>,
    pub(super) locks: BTreeMap<u32, Attempt>,
    attempts: u32,
    shell: VecDeque<(RecordId, Op)>,
    pub(super) jobs: Jobs<Job>,
    pub(super) doing: Option<Doing>,
    timeout_us: Option<u64>,
}

/// Starts a client: it has nothing but its numbers, and wants a session.
pub(super) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> Client {
    let mut client = Client {
        me,
        serial: disk.serial,
        server: Target::new(ctx.setup.servers.turn(me, 0)),
        stage: Stage::Away,
        conn: 0,
        session: 0,
        zxid: Zxid::default(),
        cxid: 0,
        seen: 0,
        early: BTreeMap::new(),
        heard_us: 0,
        alive_us: 0,
        connect_us: 0,
        refused: 0,
        open: None,
        watches: BTreeSet::new(),
        locks: BTreeMap::new(),
        attempts: 0,
        shell: VecDeque::new(),
        jobs: Jobs::new(0),
        doing: None,
        timeout_us: None,
    };
    connection::connect(ctx, &mut client, out);
    client
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, client: &mut Client, input: Input<'_, ZkLock>, out: &mut Effects) {
    if ctx.setup.local_expiry && client.session != 0 && client.alive_us + ctx.setup.session_us <= out.now_us() {
        connection::session_over(ctx, client, "its own clock says so", out);
    }
    match input {
        Input::Request { id, request } => on_request(ctx, client, id, request, out),
        Input::Message { message: Message::ToClient { conn, says }, .. } => {
            if *conn == client.conn {
                on_server(ctx, client, says, out);
            }
        }
        Input::Message { message: Message::Accessed { token, n, verdict }, .. } => {
            work::on_accessed(ctx, client, (*token, *n), verdict, out);
        }
        Input::Timeout(Timer::Retry) => connection::on_retry(ctx, client, out),
        Input::Timeout(Timer::Ping) => connection::on_ping(ctx, client, out),
        Input::Timeout(Timer::Silence) => connection::on_silence(ctx, client, out),
        Input::Timeout(Timer::Session) => connection::on_session_timer(ctx, client, out),
        Input::Timeout(Timer::Timeout) => recipe::on_timeout(client, out),
        Input::Timeout(Timer::File) => work::on_file_timer(ctx, client, out),
        Input::Timeout(Timer::Work) => work::on_work_done(ctx, client, out),
        Input::Message { .. } | Input::Timeout(_) => unreachable!("{} is a client", ctx.name(me)),
    }
    work::start_next(ctx, client, out);
    ask_next(ctx, client, out);
    recipe::arm_timeout(client, out);
}

fn on_request(ctx: &Ctx, client: &mut Client, id: RecordId, job: &Job, out: &mut Effects) {
    match job {
        Job::Lock { .. } => recipe::start(client, Some((id, job.clone())), out.now_us()),
        Job::Cancel(path) => recipe::cancel(client, path, id, job, out),
        Job::Unlock(path) => recipe::unlock(client, path, id, job, out),
        Job::Tree(op) => client.shell.push_back((id, op.clone())),
        Job::Increment { .. } | Job::Append { .. } | Job::Read { .. } | Job::Write { .. } => {
            client.jobs.push(id, job.clone());
        }
    }
    // Who has closed its session opens another one when it is asked for something again.
    if client.session == 0 && client.stage == Stage::Away {
        connection::connect(ctx, client, out);
    }
}

fn on_server(ctx: &Ctx, client: &mut Client, says: &ToClient, out: &mut Effects) {
    // Whoever wakes up after a long sleep looks at the clock first: that connection is to be taken for lost, whatever has
    // come on it meanwhile.
    if client.stage == Stage::Connected && client.heard_us + ctx.setup.silence_us() <= out.now_us() {
        return connection::disconnect(ctx, client, "nothing was heard of the server for too long", out);
    }
    connection::heard(ctx, client, out);
    match says {
        ToClient::Connected { session, .. } => connection::on_connected(ctx, client, *session, out),
        ToClient::Refused { .. } => connection::on_refused(ctx, client, out),
        ToClient::Expired => connection::session_over(ctx, client, "a server says so", out),
        ToClient::Closed => connection::disconnect(ctx, client, "the server has closed the connection", out),
        ToClient::Pong { at_us } => connection::on_pong(ctx, client, *at_us, out),
        ToClient::Push { seq, zxid, what } => {
            // A push counts only when the connection is known to stand; then in order, and once.
            if client.stage == Stage::Connected && *seq > client.seen {
                client.early.insert(*seq, (*zxid, what.clone()));
            }
            while let Some((zxid, what)) = client.early.remove(&(client.seen + 1)) {
                client.seen += 1;
                client.zxid = client.zxid.max(zxid);
                on_push(ctx, client, what, out);
            }
        }
    }
}

fn on_push(ctx: &Ctx, client: &mut Client, what: Push, out: &mut Effects) {
    match what {
        Push::Event { watch, since_us, .. } => {
            client.watches.remove(&watch);
            recipe::on_event(client, &watch, since_us);
        }
        Push::Answer { cxid, result } => {
            if cxid != client.cxid {
                return;
            }
            let Some(Open { who, op }) = client.open.take() else { return };
            out.disarm(Timer::Retry);
            match who {
                Who::Lock(id) => recipe::on_answer(ctx, client, id, &op, &result, out),
                Who::Shell(request) => {
                    note_watch(client, &op, &result);
                    let ok = !matches!(result, Answer::Failed(_));
                    let word = match &result {
                        Answer::Failed(fault) => fault.name(),
                        _ => "ok",
                    };
                    reply(request, Job::Tree(op), (word, ok), Some(result), out);
                }
            }
        }
    }
}

/// Remembers what it watches now, to watch it on after a reconnect.
fn note_watch(client: &mut Client, op: &Op, result: &Answer) {
    match (op, result) {
        (Op::List { path, watch: true }, Answer::Children(_)) => {
            client.watches.insert(Watch { path: Rc::clone(path), children: true });
        }
        (Op::Exists { path, watch: true }, Answer::Stat(Some(_))) => {
            client.watches.insert(Watch { path: Rc::clone(path), children: false });
        }
        _ => {}
    }
}

/// Answers a request about the tree.
fn reply(request: RecordId, job: Job, (result, ok): (&'static str, bool), answer: Option<Answer>, out: &mut Effects) {
    let replied = Replied { job, result, ok, lock: None, verdict: None, answer };
    out.reply(request, Note::Replied(Box::new(replied)));
}

/// Asks the next thing of the ensemble, while nothing is open.
fn ask_next(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    while client.stage == Stage::Connected && client.open.is_none() {
        let (who, op) = if let Some((request, op)) = client.shell.pop_front() {
            (Who::Shell(request), op)
        } else if let Some((id, op)) = recipe::next_question(ctx, client, out) {
            (Who::Lock(id), op)
        } else {
            return;
        };
        client.cxid += 1;
        client.open = Some(Open { who, op });
        ask(ctx, client, out);
    }
}

/// Sends the open question, for the first time or again on the same connection.
fn ask(ctx: &Ctx, client: &Client, out: &mut Effects) {
    let Some(Open { op, .. }) = &client.open else { return };
    let says = ToServer::Request { cxid: client.cxid, seen: client.seen, op: op.clone() };
    let message = Message::ToServer { conn: client.conn, says };
    out.send_writing(client.server.server, message, Write::Serial(client.serial));
    out.arm(Timer::Retry, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
}

impl Client {
    /// Whether it has asked something of the ensemble and has no answer.
    pub(super) fn is_asking(&self) -> bool {
        self.open.is_some() || !self.shell.is_empty() || self.stage == Stage::Connecting
    }

    /// A number that was never used before.
    fn number(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }
}
