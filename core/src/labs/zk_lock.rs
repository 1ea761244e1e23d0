//! A ZooKeeper ensemble, and clients that guard a shared file with its lock recipe.
//!
//! **The ensemble** runs Zab (Junqueira, Reed & Serafini 2011, "Zab: High-performance broadcast for primary-backup systems";
//! section numbers with "Zab" are that paper's) as ZooKeeper does it.
//!
//! 1. *Election.* A server that looks for a leader votes for itself and takes over every better vote that it hears of:
//!    the higher (epoch, zxid, id). When a majority votes alike, and nothing better comes for a moment, that one leads.
//! 2. *Discovery* (Zab §4.1). Followers say which epoch they have accepted; the leader takes one above all of a majority's,
//!    and goes on when a majority has accepted it and nobody of those knows more than it does.
//! 3. *Synchronisation* (Zab §4.2). Each follower gets what it lacks (DIFF), drops what the leader does not have (TRUNC), or
//!    gets the whole tree with its zxid (SNAP). When a majority has all of it on disk, it is committed.
//! 4. *Broadcast* (Zab §4.3). The leader proposes transactions in order, commits what a majority has on disk, and all apply
//!    it in order. It gives up when no majority answers any more; then nobody there answers clients either.
//!
//! Zab wants FIFO channels. Here links may lose, double and reorder, so what TCP does is done in the open: a proposal names the
//! one before it, acknowledgements count up, and what is missing is sent again with the leader's tick.
//!
//! **Sessions.** A client talks to one server on a connection, asks one thing at a time, and says from time to time that it
//! lives. Servers pass that on to the leader, on whose clock a session expires: through the log, and its ephemeral nodes with
//! it. When a connection is lost, the client takes the next server and keeps its session; the leader then refuses whatever
//! still comes from the old one. A server that has seen less than the client refuses it. Reads are answered by the server
//! alone, writes go to the leader; `sync` is a transaction too, since a leader may not know yet that it is none any more.
//!
//! **The lock** is the recipe of ZooKeeper's documentation, as its client libraries have it: see [`client`]. **The file**
//! takes an access only with a token that is no lower than any before: see [`file`]. What that cannot stop is a late append
//! that comes before the new holder's first access.

mod checks;
mod client;
mod file;
mod log;
mod note;
mod scenarios;
mod server;
mod setup;
mod tables;
#[cfg(test)]
mod tests;
mod tree;
mod views;
mod why;
mod words;

use crate::base::json::JsonObject;
use crate::protocol::{Context, Guard, Input, Misfit, Out, Outlook, ProcessInfo, Protocol, Seen, Situation, Story};
use crate::tables::{LabSpec, LinkRule, Sample, Value, Values};
use crate::trace::frame::{Badge, Band, Field, Panel};
use crate::trace::{Kind, NodeId};
use client::Client;
use file::{Access, File, Verdict};
use log::{Entry, History, Snapshot, Zxid};
pub use note::Note;
use server::Server;
use setup::Job;
pub use setup::Setup;
use std::rc::Rc;
use tables::SPEC;
use tree::{Fault, Happened, Op, Origin, Path, SessionId, Watch};

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct ZkLock;

type Ctx = Context<ZkLock>;
type Effects = Out<ZkLock>;

/// What a process holds in memory.
#[derive(Clone, Debug)]
pub struct State(Role);

#[derive(Clone, Debug)]
enum Role {
    Server(Box<Server>),
    Client(Box<Client>),
    File(Box<File>),
}

/// What is on a process's disk.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// A server's: the highest epoch that it has promised itself to.
    accepted: u32,
    /// The epoch whose leader it has followed all through synchronisation.
    current: u32,
    log: History,
    snapshot: Option<Rc<Snapshot>>,
    /// A client's: the last number that it used, for connections and nodes.
    serial: u32,
    /// The file itself.
    file: Option<Rc<File>>,
}

/// A change of what is on disk.
#[derive(Clone, Debug)]
pub enum Write {
    /// An epoch is accepted.
    Accepted(u32),
    /// An epoch's leader is followed.
    Current(u32),
    /// More transactions.
    Append(Rc<[Entry]>),
    /// What is above a zxid goes.
    Truncate(Zxid),
    /// A snapshot, of the server's own or come from the leader.
    Snapshot {
        /// It.
        snapshot: Rc<Snapshot>,
        /// It came from the leader, and the log begins anew behind it.
        installed: bool,
    },
    /// A client's last number.
    Serial(u32),
    /// The file.
    File(Rc<File>),
}

/// A vote: the current epoch and the last transaction of somebody, and who that is. The best one wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vote {
    epoch: u32,
    zxid: Zxid,
    leader: NodeId,
}

/// What a server says of itself in an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It looks for a leader.
    Looking,
    /// It follows one.
    Following,
    /// It leads.
    Leading,
}

/// What travels.
#[derive(Clone, Debug)]
pub enum Message {
    /// Between servers: a vote.
    Notification {
        /// The sender's round of elections.
        round: u32,
        /// Its vote.
        vote: Vote,
        /// How it stands.
        stands: Standing,
    },
    /// Between a leader and its followers.
    Zab(Zab),
    /// To a server, from a client on a connection.
    ToServer {
        /// The connection.
        conn: u32,
        /// What it says.
        says: ToServer,
    },
    /// To a client, on its connection.
    ToClient {
        /// The connection.
        conn: u32,
        /// What it says.
        says: ToClient,
    },
    /// A client wants to read or write the file.
    Access(Access),
    /// What the file says to that.
    Accessed {
        /// Under this token.
        token: Zxid,
        /// Its so-many-th access.
        n: u32,
        /// What became of it.
        verdict: Verdict,
    },
}

/// What a leader and its followers say to each other, in the order of the phases.
#[derive(Clone, Debug)]
pub enum Zab {
    /// FOLLOWERINFO: whom the sender wants to follow, and the epoch that it has accepted (CEPOCH in the paper).
    FollowerInfo {
        /// That epoch.
        accepted: u32,
    },
    /// LEADERINFO: the new epoch (NEWEPOCH).
    LeaderInfo {
        /// That.
        epoch: u32,
    },
    /// ACKEPOCH: it is accepted.
    AckEpoch {
        /// That epoch.
        epoch: u32,
        /// It was accepted now, and not before: only then it counts.
        fresh: bool,
        /// The epoch that the sender has followed last.
        current: u32,
        /// Its last transaction.
        last: Zxid,
    },
    /// What the follower lacks, and NEWLEADER.
    Sync(Rc<Sync>),
    /// ACK of NEWLEADER: all of that is on disk.
    AckLeader {
        /// The epoch.
        epoch: u32,
        /// The follower's last transaction.
        last: Zxid,
    },
    /// UPTODATE: a majority has it; clients may be served.
    UpToDate {
        /// The epoch.
        epoch: u32,
        /// What is committed.
        committed: Zxid,
    },
    /// PROPOSAL, of one transaction or of several that were not acknowledged.
    Proposal {
        /// The leader's epoch.
        epoch: u32,
        /// The transaction before.
        prev: Zxid,
        /// The new ones.
        entries: Rc<[Entry]>,
        /// What is committed.
        committed: Zxid,
    },
    /// ACK: everything up to here is on disk.
    Ack {
        /// The leader's epoch.
        epoch: u32,
        /// Up to here.
        last: Zxid,
    },
    /// COMMIT.
    Commit {
        /// The leader's epoch.
        epoch: u32,
        /// Up to here.
        committed: Zxid,
    },
    /// PING of the leader, with each tick.
    Ping {
        /// Its epoch.
        epoch: u32,
        /// What is committed.
        committed: Zxid,
    },
    /// The answer, with the sessions that the follower has heard of.
    Pong {
        /// The leader's epoch.
        epoch: u32,
        /// The follower's last transaction.
        last: Zxid,
        /// Sessions, each with the time since, in microseconds.
        sessions: Rc<[(SessionId, u64)]>,
    },
    /// REQUEST: a client's write, to the leader.
    Forward {
        /// The leader's epoch.
        epoch: u32,
        /// Who asks.
        origin: Origin,
        /// For what.
        op: Op,
    },
    /// A client wants a session, or to go on with one (0 is a new one).
    Validate {
        /// The leader's epoch.
        epoch: u32,
        /// Who, on which connection; the request's number is of no use here.
        origin: Origin,
    },
    /// The leader's word on one of the two.
    Answered {
        /// The leader's epoch.
        epoch: u32,
        /// To whose.
        origin: Origin,
        /// What it says.
        word: Word,
    },
}

/// A leader's word on a client's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It lives, and belongs to this connection now.
    Valid,
    /// It is over.
    Expired,
    /// It belongs to another connection now.
    Moved,
}

/// What brings a follower to where its leader is.
#[derive(Clone, Debug)]
pub struct Sync {
    /// The leader's epoch.
    epoch: u32,
    /// The last transaction of the follower for whom this is.
    basis: Zxid,
    /// What is to be done first.
    how: How,
    /// Then these follow.
    entries: Vec<Entry>,
}

/// What a follower does before it takes what it lacks.
#[derive(Clone, Debug)]
pub enum How {
    /// Nothing.
    Diff,
    /// It drops what is above.
    Trunc(Zxid),
    /// It takes this in the place of all that it has.
    Snap(Rc<Snapshot>),
}

/// What a client says to a server.
#[derive(Clone, Debug)]
pub enum ToServer {
    /// It wants to connect.
    Connect {
        /// With this session; 0 is a new one.
        session: SessionId,
        /// It has seen this.
        zxid: Zxid,
        /// What it watches (ZooKeeper sends that as `setWatches` right behind).
        watches: Rc<[Watch]>,
    },
    /// It asks for something.
    Request {
        /// Number of the request.
        cxid: u32,
        /// Up to here it has all answers and events of this connection.
        seen: u32,
        /// What.
        op: Op,
    },
    /// It lives.
    Ping {
        /// Up to here it has all answers and events of this connection.
        seen: u32,
        /// By its own clock, in microseconds.
        at_us: u64,
    },
}

/// What a server says to a client.
#[derive(Clone, Debug)]
pub enum ToClient {
    /// The session is this one, and goes on here.
    Connected {
        /// It.
        session: SessionId,
        /// What the server has applied.
        zxid: Zxid,
    },
    /// Not here: there is no leader, or the client has seen more.
    Refused {
        /// What the server has applied, where that is less than the client has seen.
        behind: Option<Zxid>,
    },
    /// The session is over.
    Expired,
    /// The connection is over, the session may live.
    Closed,
    /// An answer or an event.
    Push {
        /// Number on this connection, from 1 on.
        seq: u32,
        /// What the server had applied then.
        zxid: Zxid,
        /// It.
        what: Push,
    },
    /// The answer to a ping.
    Pong {
        /// The client's clock in that.
        at_us: u64,
    },
}

/// What a server pushes to a client.
#[derive(Clone, Debug)]
pub enum Push {
    /// The answer to a request.
    Answer {
        /// Its number.
        cxid: u32,
        /// What came of it.
        result: Answer,
    },
    /// What was watched has happened, once.
    Event {
        /// What was watched.
        watch: Watch,
        /// What happened.
        happened: Happened,
        /// When its transaction was proposed, in microseconds; unknown where it was found at a reconnect.
        since_us: Option<u64>,
    },
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A node was created, by this transaction.
    Created(Path, Zxid),
    /// Done.
    Done,
    /// Names of children.
    Children(Rc<[Path]>),
    /// When a node was created; none if it is not there.
    Stat(Option<Zxid>),
    /// Data and version.
    Data(Rc<str>, u32),
    /// It failed.
    Failed(Fault),
}

/// Timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A server that looks for a leader says its vote again.
    Election,
    /// It has a majority for its vote and waits for a better one.
    Decide,
    /// A server's patience with its leader, or with those who should follow it.
    Patience,
    /// A server's tick.
    Tick,
    /// A leader waits for the end of a session that it does not hear of.
    Expiry,
    /// A client asks again.
    Retry,
    /// A client says that it lives.
    Ping,
    /// A client has heard nothing of its server.
    Silence,
    /// A client's own clock says that its session must be over.
    Session,
    /// Somebody has waited for a lock for long enough.
    Timeout,
    /// A client asks the file again.
    File,
    /// A client works between reading and writing.
    Work,
}

impl Protocol for ZkLock {
    type Setup = Setup;
    type State = State;
    type Durable = Disk;
    type Write = Write;
    type Message = Message;
    type Timer = Timer;
    type Request = Job;
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

    fn request(_ctx: &Ctx, _node: NodeId, operation: &str, args: Values<'_>) -> Result<Job, Misfit> {
        setup::request(operation, args)
    }

    fn format(ctx: &Ctx, me: NodeId) -> Disk {
        let file = (me == ctx.setup.file_node()).then(|| Rc::new(File::new(&ctx.setup)));
        Disk { file, ..Disk::default() }
    }

    fn write(disk: &mut Disk, write: Write) {
        match write {
            Write::Accepted(epoch) => disk.accepted = epoch,
            Write::Current(epoch) => disk.current = epoch,
            Write::Append(entries) => entries.iter().for_each(|entry| disk.log.push(entry.clone())),
            Write::Truncate(zxid) => disk.log.truncate(zxid),
            Write::Snapshot { snapshot, installed: true } => {
                disk.log.install(&snapshot);
                disk.snapshot = Some(snapshot);
            }
            Write::Snapshot { snapshot, installed: false } => {
                disk.log.compact(&snapshot);
                disk.snapshot = Some(snapshot);
            }
            Write::Serial(serial) => disk.serial = serial,
            Write::File(file) => disk.file = Some(file),
        }
    }

    fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> State {
        State(if ctx.setup.servers.has(me) {
            Role::Server(Box::new(server::boot(ctx, me, disk, out)))
        } else if let Some(file) = &disk.file {
            Role::File(Box::new(File::clone(file)))
        } else {
            Role::Client(Box::new(client::boot(ctx, me, disk, out)))
        })
    }

    fn step(ctx: &Ctx, me: NodeId, state: &mut State, _disk: &Disk, input: Input<'_, Self>, out: &mut Effects) {
        match &mut state.0 {
            Role::Server(server) => server::step(ctx, me, server, input, out),
            Role::Client(client) => client::step(ctx, me, client, input, out),
            Role::File(file) => file::step(ctx, file, input, out),
        }
    }

    fn is_periodic(timer: Timer) -> bool {
        !matches!(timer, Timer::Decide | Timer::Expiry | Timer::Timeout | Timer::Work)
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Election => "election",
            Timer::Decide => "decide",
            Timer::Patience => "patience",
            Timer::Tick => "tick",
            Timer::Expiry => "expiry",
            Timer::Retry => "retry",
            Timer::Ping => "ping",
            Timer::Silence => "silence",
            Timer::Session => "session",
            Timer::Timeout => "timeout",
            Timer::File => "file",
            Timer::Work => "work",
        }
    }
}

impl Story for ZkLock {
    fn make_up(_ctx: &Ctx, operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        setup::make_up(operation, param, bits)
    }

    fn describe_message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
        words::message(ctx, message, data)
    }

    fn message_kind(message: &Message) -> &'static str {
        words::sort(message)
    }

    fn describe_note(ctx: &Ctx, _kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        words::notes::note(ctx, note, data)
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
        views::badges(ctx, seen)
    }

    fn panels(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        views::panels(ctx, seen)
    }

    fn situations(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<Situation> {
        views::situations::situations(ctx, seen)
    }

    fn outlook(ctx: &Ctx, rule: LinkRule) -> Option<Outlook> {
        Some(views::situations::outlook(&ctx.setup, rule))
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
