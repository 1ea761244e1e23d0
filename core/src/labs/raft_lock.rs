//! A lock manager on Raft (Ongaro & Ousterhout 2014, "In Search of an Understandable Consensus Algorithm"; section
//! numbers without a name are that paper's, "thesis" is Ongaro's of the same year).
//!
//! **Terms and elections** (§5.2). Time is divided into terms, numbered up, with at most one leader each. A follower that
//! hears from no leader for its election timeout, drawn anew each time, asks all for their vote. Each server has one
//! vote a term, on disk before it is given. Only a candidate whose log is at least as up-to-date as the voter's gets it
//! (§5.4.1), so whoever wins a majority has all that is committed. With PreVote (thesis 9.6) it asks first whether it
//! would win, without a new term; with CheckQuorum (thesis 6.2, 4.2.3) a leader that a majority does not answer steps
//! down, and nobody who has just heard from a leader gives a vote.
//!
//! **Replication** (§5.3). The leader appends a client's command to its log and sends it to all; an append names index
//! and term of the entry before, and a follower that has another there refuses and says where that term began. Where an
//! entry conflicts, it and all behind it go; where it does not, nothing goes, for the append may be an old one. An
//! entry of the leader's own term that a majority has is committed, and with it all before; entries of earlier terms
//! never by counting (§5.4.2, Figure 8). What is committed is applied in order, by every server alike.
//!
//! **Snapshots** (§7) stand for the beginning of the log; a follower that lacks what was cut off gets the snapshot.
//! **Reads** (thesis 6.4): the leader notes its commit index, asks a majority whether it still leads, and answers when it
//! has applied so far. **Transfer** (thesis 3.10): the leader brings the target up to date and tells it to stand at once.
//! **Clients** (§8, thesis 6.3) have sessions and number their commands: one that comes twice acts once, and is told how
//! it stands now.
//!
//! **The state machine** is in [`locks`], what it does about deadlock in [`locks::deadlock`]. A dead client's session ends
//! through the log, by its lease on the leader's clock. A lease is renewed as a read is answered: by a leader that a majority
//! has confirmed since; and a client that nobody answers says to another server that it lives. The client lets go before: its own
//! lease counts from when it *sent* what was answered (Gray & Cheriton 1989). Every answer says what the session holds, so no
//! single message has to arrive.

mod checks;
mod client;
mod locks;
mod log;
mod note;
mod scenarios;
mod server;
mod setup;
mod situations;
mod tables;
#[cfg(test)]
mod tests;
mod views;
mod why;
mod words;

use crate::base::json::JsonObject;
use crate::protocol::{Context, Guard, Input, Misfit, Out, Outlook, ProcessInfo, Protocol, Seen, Situation, Story};
use crate::tables::{LabSpec, LinkRule, Sample, Value, Values};
use crate::trace::frame::{Badge, Band, Field, Panel};
use crate::trace::{Kind, NodeId};
use client::{Client, Job};
use locks::{Locks, Mode, Outcome};
use log::{Conflict, Entry, Log};
pub use note::Note;
use note::{Appended, AppliedEntry, Because, Booted, Fate, Replied, Saved, Served, Standing, Stands, Voted};
use server::Server;
pub use setup::Setup;
use std::rc::Rc;
use tables::SPEC;

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct RaftLock;

type Ctx = Context<RaftLock>;
type Effects = Out<RaftLock>;

/// Number of a term, counted from 1; 0 before the first.
pub type Term = u32;
/// Position in the log, counted from 1.
pub type Index = u32;

/// Most servers: as many lanes as one can follow, and votes fit a mask of 16 bits.
const SERVERS_MAX: usize = 9;

/// A client's command by its session and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    client: NodeId,
    session: u32,
    serial: u32,
}

/// What an entry does to the state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Nothing: the entry of its own that a leader needs to commit those of others (§8).
    Noop,
    /// Opens a client's session and ends the one before (thesis 6.3).
    Register {
        /// Whose.
        client: NodeId,
        /// Its number.
        session: u32,
    },
    /// Asks for a lock.
    Acquire {
        /// Who asks.
        call: Call,
        /// For what.
        resource: Rc<str>,
        /// How.
        mode: Mode,
    },
    /// Gives a lock back.
    Release {
        /// Who.
        call: Call,
        /// What.
        resource: Rc<str>,
    },
    /// The lease of a silent client is over.
    Expire {
        /// Whose.
        client: NodeId,
        /// Which session.
        session: u32,
    },
    /// Somebody has waited for too long (`deadlock: timeout`).
    Withdraw {
        /// With this command.
        call: Call,
    },
}

/// A state of the state machine, and the entry after which it was so (§7).
#[derive(Clone, Debug)]
pub struct Snapshot {
    index: Index,
    term: Term,
    machine: Locks,
}

/// What a process holds in memory.
#[derive(Clone, Debug)]
pub struct State(Role);

#[derive(Clone, Debug)]
enum Role {
    Server(Box<Server>),
    Client(Box<Client>),
}

/// What is on a server's disk (Figure 2, "persistent state on all servers"), or on a client's.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    term: Term,
    voted_for: Option<NodeId>,
    log: Log,
    snapshot: Option<Rc<Snapshot>>,
    /// A client's session, and the number of its last command.
    session: u32,
    serial: u32,
    /// What the process has counted, up to its last write.
    tally: Tally,
}

/// What a process counts for the metrics.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    elections: u64,
    election_us: u64,
    rounds: u64,
    round_us: u64,
    /// Requests to other servers, not replies.
    asked: u64,
    /// Time in which it led and a majority answered.
    led_us: u64,
    seen_us: u64,
    acquired: u64,
    acquired_us: u64,
}

/// A change of what is on disk.
#[derive(Clone, Debug)]
pub struct Write {
    change: Change,
    tally: Tally,
}

#[derive(Clone, Debug)]
enum Change {
    Server { term: Option<Term>, voted_for: Option<NodeId>, log: LogChange },
    Client { session: u32, serial: u32 },
}

#[derive(Clone, Debug)]
enum LogChange {
    Same,
    /// From an index on these entries stand there.
    From(Index, Rc<[Entry]>),
    /// A snapshot was taken.
    Compacted(Rc<Snapshot>),
    /// A snapshot came from the leader.
    Installed(Rc<Snapshot>),
}

/// What travels.
#[derive(Clone, Debug)]
pub enum Message {
    /// A candidate asks for a vote, or whether it would get it (`pre`).
    RequestVote {
        /// The candidate's term, or with `pre` the one it would stand in.
        term: Term,
        /// Index of its last entry.
        last_index: Index,
        /// Term of that.
        last_term: Term,
        /// PreVote (thesis 9.6).
        pre: bool,
        /// A leader wants it to (thesis 3.10).
        transfer: bool,
    },
    /// The answer to that.
    Vote {
        /// The voter's term; to a granted PreVote the term asked about.
        term: Term,
        /// Whether it has the vote.
        granted: bool,
        /// PreVote.
        pre: bool,
    },
    /// New entries, or none: then a heartbeat.
    AppendEntries {
        /// The leader's term.
        term: Term,
        /// Index of the entry before the new ones.
        prev_index: Index,
        /// Term of that.
        prev_term: Term,
        /// The new ones.
        entries: Vec<Entry>,
        /// The leader's commit index.
        commit: Index,
        /// Which round of reads this confirms.
        round: u32,
        /// Whom the leader suspects, a bit for each server.
        suspects: u16,
    },
    /// The answer to that.
    AppendReply {
        /// The follower's term.
        term: Term,
        /// Up to where its log agrees, or why it does not.
        result: Result<Index, Conflict>,
        /// The round of the append.
        round: u32,
    },
    /// A snapshot, for a follower that needs entries which are cut off.
    InstallSnapshot {
        /// The leader's term.
        term: Term,
        /// The snapshot.
        snapshot: Rc<Snapshot>,
        /// Which round of reads this confirms.
        round: u32,
    },
    /// To the target of a transfer: stand for election now.
    TimeoutNow {
        /// The leader's term.
        term: Term,
    },
    /// A client asks.
    Ask {
        /// Its session.
        session: u32,
        /// Number of the question.
        serial: u32,
        /// When it left, by the client's own clock.
        sent_us: u64,
        /// The question.
        ask: Ask,
    },
    /// A server answers.
    Answer {
        /// The session asked in.
        session: u32,
        /// Number of the question; 0 where it had none.
        serial: u32,
        /// What the session must know besides; only who leads can say it.
        told: Option<Told>,
        /// The answer.
        answer: Answer,
    },
    /// A client that holds or awaits something lives.
    KeepAlive {
        /// Its session.
        session: u32,
        /// When it left, by the client's own clock.
        sent_us: u64,
    },
}

/// What a session must know, in every answer of a leader.
#[derive(Clone, Debug)]
pub struct Told {
    /// After this entry it is so: an answer from before another says nothing new.
    index: Index,
    /// When the client sent, by its own clock, the last message by which this leader has renewed its lease.
    renewed_us: Option<u64>,
    /// Tokens of what it holds; `None` where that is kept back (broken on purpose).
    holds: Option<Rc<[u32]>>,
}

/// What a client asks.
#[derive(Clone, Debug)]
pub enum Ask {
    /// To open its session.
    Register,
    /// For a lock.
    Acquire(Rc<str>, Mode),
    /// To give one back.
    Release(Rc<str>),
    /// For the lock table.
    Locks,
}

/// What a server answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// How the command stands.
    Outcome(Outcome),
    /// The lock table after an index.
    Table(Rc<Snapshot>),
    /// Somebody else leads, or nobody knows who.
    NotLeader(Option<NodeId>),
    /// The session lives.
    Alive,
    /// The transaction was aborted while the client asked for nothing: these grants are over.
    Gone(Rc<[u32]>),
}

/// Timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A follower's patience with its leader, a candidate's with the voters.
    Election,
    /// A leader's next heartbeat.
    Heartbeat,
    /// A leader counts who answers (CheckQuorum).
    Quorum,
    /// A leader's patience with the target of a transfer.
    Transfer,
    /// A client asks again.
    Retry,
    /// A client says that it lives.
    KeepAlive,
    /// By a client's own clock its lease may be over.
    Lease,
    /// A client's work with its locks is done.
    Hold,
}

/// What is asked of a process.
#[derive(Clone, Debug)]
pub enum Request {
    /// Of a client; it may name the server that it asks first.
    Client(Job, Option<NodeId>),
    /// Of a leader: to hand over.
    Transfer(NodeId),
    /// Of a server: its numbers.
    Metrics,
}

impl Protocol for RaftLock {
    type Setup = Setup;
    type State = State;
    type Durable = Disk;
    type Write = Write;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Note = Note;

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        setup::read(given, broken)
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        setup::processes(setup)
    }

    fn request(ctx: &Ctx, _node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
        setup::request(ctx, operation, args)
    }

    fn format(ctx: &Ctx, me: NodeId) -> Disk {
        setup::format(ctx, me)
    }

    fn write(disk: &mut Disk, write: Write) {
        disk.tally = write.tally;
        match write.change {
            Change::Client { session, serial } => (disk.session, disk.serial) = (session, serial),
            Change::Server { term, voted_for, log } => {
                disk.term = term.unwrap_or(disk.term);
                disk.voted_for = voted_for;
                disk.write_log(log);
            }
        }
    }

    fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> State {
        State(if ctx.setup.servers.has(me) {
            Role::Server(Box::new(server::boot(ctx, me, disk, out)))
        } else {
            Role::Client(Box::new(client::boot(ctx, me, disk, out)))
        })
    }

    fn step(ctx: &Ctx, me: NodeId, state: &mut State, _disk: &Disk, input: Input<'_, Self>, out: &mut Effects) {
        match &mut state.0 {
            Role::Server(server) => server::step(ctx, me, server, input, out),
            Role::Client(client) => client::step(ctx, me, client, input, out),
        }
    }

    fn is_periodic(timer: Timer) -> bool {
        !matches!(timer, Timer::Transfer | Timer::Hold)
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
            Timer::Quorum => "quorum",
            Timer::Transfer => "transfer",
            Timer::Retry => "retry",
            Timer::KeepAlive => "keepalive",
            Timer::Lease => "lease",
            Timer::Hold => "hold",
        }
    }
}

impl Story for RaftLock {
    fn make_up(_ctx: &Ctx, _operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        setup::make_up(param, bits)
    }

    fn describe_message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
        words::message(ctx, message, data)
    }

    fn message_kind(message: &Message) -> &'static str {
        words::sort(message)
    }

    fn describe_note(ctx: &Ctx, kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        words::note(ctx, kind, note, data)
    }

    fn why(ctx: &Ctx, _kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
        why::why(ctx, node, note)
    }

    fn fields(ctx: &Ctx, _me: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        views::fields(ctx, seen)
    }

    fn band(_ctx: &Ctx, _me: NodeId, seen: &Seen<'_, Self>) -> Option<Band> {
        views::band(seen)
    }

    fn badges(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<(NodeId, Vec<Badge>)> {
        views::ring::badges(ctx, seen)
    }

    fn panels(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        views::panels(ctx, seen)
    }

    fn situations(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<Situation> {
        situations::situations(ctx, seen)
    }

    fn outlook(ctx: &Ctx, rule: LinkRule) -> Option<Outlook> {
        Some(situations::outlook(&ctx.setup, rule))
    }

    fn guards(ctx: &Ctx) -> Vec<Guard<Self>> {
        checks::all(ctx)
    }

    fn samples(note: &Note) -> Vec<Sample> {
        views::charts::samples(note)
    }

    fn metrics(ctx: &Ctx, seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        views::charts::metrics(ctx, seen)
    }
}

impl Disk {
    fn write_log(&mut self, change: LogChange) {
        match change {
            LogChange::Same => {}
            LogChange::From(from, entries) => {
                self.log.truncate_from(from);
                for entry in entries.iter() {
                    self.log.push(entry.clone());
                }
            }
            LogChange::Compacted(snapshot) => {
                self.log.compact(snapshot.index, snapshot.term);
                self.snapshot = Some(snapshot);
            }
            LogChange::Installed(snapshot) => {
                self.log.install(snapshot.index, snapshot.term);
                self.snapshot = Some(snapshot);
            }
        }
    }
}
