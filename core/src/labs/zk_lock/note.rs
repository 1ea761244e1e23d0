//! What the protocol says about events: the values behind labels, `data` and explanations.

use super::file::{Access, Verdict};
use super::log::{Entry, Zxid};
use super::setup::{Job, LockMode};
use super::tree::{Origin, Path, SessionId};
use super::{Answer, Standing, Vote, Word};
use crate::trace::NodeId;
use std::rc::Rc;

/// What the protocol says about an event.
#[derive(Clone, Debug)]
pub enum Note {
    /// How a server stands.
    Stands(Box<Stands>),
    /// A vote that a server that looks for a leader has heard of.
    Heard(Heard),
    /// What a follower's last words on epochs made of the leader.
    Outdone {
        /// Who knows more.
        by: NodeId,
    },
    /// What went to disk.
    Saved(Saved),
    /// A transaction was applied.
    Applied(Box<Entry>),
    /// A session began or ended, as a server applied that.
    Session {
        /// The session.
        session: SessionId,
        /// Whose.
        client: NodeId,
        /// What became of it.
        event: SessionEvent,
    },
    /// A leader's word on a client's session.
    Ruled(Origin, Word),
    /// A client is turned away, or its connection is not known here.
    TurnedAway(Turned),
    /// Watches fire.
    Notified {
        /// What was watched; where it is several things, the first.
        path: Path,
        /// How many events that makes.
        count: u32,
    },
    /// A client has a connection, or has lost it.
    Connection(Box<Connection>),
    /// A lock at a client.
    Lock(Box<LockState>),
    /// An access at the file.
    Accessed(Box<FileAccess>),
    /// A client's request has ended.
    Replied(Box<Replied>),
}

/// How a server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    pub(super) standing: Standing,
    /// The epoch that it has followed last, or follows.
    pub(super) epoch: u32,
    /// Its last transaction.
    pub(super) last: Zxid,
    pub(super) leader: Option<NodeId>,
    /// It serves clients.
    pub(super) serves: bool,
    /// Why it looks for a leader.
    pub(super) because: &'static str,
}

/// A vote that came, and what it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub(super) vote: Vote,
    /// The vote before, and after.
    pub(super) before: Vote,
    pub(super) after: Vote,
    /// The round was an older one, or a newer.
    pub(super) round: std::cmp::Ordering,
}

/// What went to disk.
#[derive(Clone, Debug)]
pub enum Saved {
    /// An epoch that was accepted.
    Accepted(u32),
    /// An epoch whose leader is followed.
    Current(u32),
    /// Transactions.
    Entries(Rc<[Entry]>),
    /// Everything above went.
    Truncated(Zxid),
    /// A snapshot: the last transaction in it, and whether it came from the leader.
    Snapshot(Zxid, bool),
}

/// What became of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// It began.
    Opened,
    /// Its client was silent for too long.
    Expired,
    /// Its client has ended it.
    Closed,
}

impl SessionEvent {
    /// The word for it, as in the trace format.
    pub(super) const fn name(self) -> &'static str {
        match self {
            SessionEvent::Opened => "opened",
            SessionEvent::Expired => "expired",
            SessionEvent::Closed => "closed",
        }
    }
}

/// Why a client is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// There is no leader here.
    NoLeader,
    /// The client has seen more than this server.
    Behind {
        /// What the client has seen.
        seen: Zxid,
        /// What the server has applied.
        applied: Zxid,
    },
    /// The connection is not known here.
    NoConnection,
}

/// How a client is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Linked {
    /// It has a session and a connection.
    Connected,
    /// The connection is lost; the session may live.
    Suspended,
    /// The session is over.
    Lost,
}

impl Linked {
    /// The word for it: those of the common Python client.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Linked::Connected => "connected",
            Linked::Suspended => "suspended",
            Linked::Lost => "lost",
        }
    }
}

/// A client's connection has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    pub(super) linked: Linked,
    pub(super) server: NodeId,
    pub(super) session: SessionId,
    pub(super) because: &'static str,
}

/// What a client says of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockWord {
    /// Its node is in the queue.
    Waiting,
    /// It holds it.
    Granted,
    /// It gives it back: the delete is sent.
    Released,
    /// Its node went with its session.
    Lost,
}

impl LockWord {
    /// The word for it, as in the trace format.
    pub(super) const fn name(self) -> &'static str {
        match self {
            LockWord::Waiting => "waiting",
            LockWord::Granted => "granted",
            LockWord::Released => "released",
            LockWord::Lost => "lost",
        }
    }
}

/// A lock at a client.
#[derive(Clone, Debug)]
pub struct LockState {
    pub(super) word: LockWord,
    pub(super) path: Path,
    pub(super) mode: LockMode,
    /// The name of its node.
    pub(super) node: Path,
    pub(super) token: Zxid,
    pub(super) seq: i64,
    pub(super) session: SessionId,
    /// It held the lock.
    pub(super) held: bool,
    /// From asking to the grant, from the grant to the end, and from the transaction that made way to the grant, in
    /// microseconds.
    pub(super) waited_us: Option<u64>,
    pub(super) held_us: Option<u64>,
    pub(super) handover_us: Option<u64>,
    /// Where a grant or an end comes from, in a few words.
    pub(super) because: &'static str,
}

/// An access at the file.
#[derive(Clone, Debug)]
pub struct FileAccess {
    pub(super) by: NodeId,
    pub(super) access: Access,
    pub(super) accepted: bool,
    pub(super) counter: u64,
    pub(super) lines: u32,
    /// The highest token, this one included.
    pub(super) highest: Zxid,
}

/// A client's request has ended.
#[derive(Clone, Debug)]
pub struct Replied {
    pub(super) job: Job,
    pub(super) result: &'static str,
    pub(super) ok: bool,
    /// Token and number of the lock.
    pub(super) lock: Option<(Zxid, i64)>,
    /// What the file said.
    pub(super) verdict: Option<Verdict>,
    /// What the tree said.
    pub(super) answer: Option<Answer>,
}
