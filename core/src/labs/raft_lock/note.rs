//! What the protocol says about events: the values behind labels, `data` and explanations.

use super::client::{Held, Job};
use super::locks::{Effect, Outcome};
use super::log::{Conflict, Entry};
use super::{Index, Snapshot, Term};
use crate::trace::NodeId;
use std::rc::Rc;

/// What the protocol says about an event.
#[derive(Clone, Debug)]
pub enum Note {
    /// What a server found on its disk.
    Booted(Box<Booted>),
    /// A vote that was asked for.
    Voted(Voted),
    /// Entries that came.
    Appended(Appended),
    /// An answer to an append that says no.
    SteppedBack {
        /// Where the leader goes on.
        next: Index,
    },
    /// What went to disk.
    Saved(Box<Saved>),
    /// How a server stands.
    Stands(Box<Stands>),
    /// An entry was applied.
    Applied(Box<AppliedEntry>),
    /// A client's request has ended.
    Replied(Box<Replied>),
    /// A server's request has ended.
    Served(Box<Served>),
    /// What a client believes to hold has changed.
    Believes(Box<Believes>),
    /// A leader is known to have been followed by a majority for a while, in microseconds. For the charts alone.
    Led {
        /// From when.
        from_us: u64,
        /// Until when.
        to_us: u64,
    },
    /// Nothing that the record does not say itself.
    Nothing,
}

/// What a client believes to hold, since a change.
#[derive(Clone, Debug)]
pub struct Believes {
    /// Locks, how, under which token, and how often.
    pub(super) held: Vec<(Rc<str>, Held)>,
    pub(super) became: Became,
}

/// What has changed of what a client believes to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    /// It was granted a lock, so long after it asked for it, in microseconds.
    Holder { us: u64 },
    /// It gives a lock back.
    GivenBack,
    /// A leader says that something is not held any more, after this entry.
    Taken { index: Index },
    /// A leader says that its session has ended.
    Ended,
    /// By its own clock its lease is over, counted from this instant.
    Over { sent_us: Option<u64> },
}

/// What a server found on its disk.
#[derive(Clone, Debug)]
pub struct Booted {
    pub(super) term: Term,
    pub(super) voted_for: Option<NodeId>,
    pub(super) snapshot: Option<(Index, Term)>,
    pub(super) entries: Vec<(Index, Term)>,
}

/// Why a vote was given or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voted {
    pub(super) pre: bool,
    pub(super) candidate: NodeId,
    pub(super) because: Because,
}

/// Why a vote was given or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    Granted,
    OldTerm { mine: Term, asked: Term },
    VotedFor(NodeId),
    Behind { mine: (Term, Index), asked: (Term, Index) },
    HasLeader(NodeId),
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    OldTerm { mine: Term },
    Refused { prev_index: Index, prev_term: Term, conflict: Conflict },
    Taken { new: u32, dropped: u32, commit: Index },
    Snapshot { index: Index, needed: bool },
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    pub(super) fate: Fate,
}

/// What went to disk.
#[derive(Clone, Debug)]
pub struct Saved {
    /// `None` where it was kept back (broken on purpose).
    pub(super) term: Option<Term>,
    pub(super) voted_for: Option<NodeId>,
    pub(super) from: Index,
    pub(super) entries: Rc<[Entry]>,
    /// Index and term of a snapshot, and whether it came from the leader.
    pub(super) snapshot: Option<(Index, Term, bool)>,
}

/// How a server stands.
#[derive(Clone, Debug)]
pub struct Stands {
    pub(super) role: Standing,
    pub(super) term: Term,
    pub(super) commit: Index,
    pub(super) leader: Option<NodeId>,
    /// Whom it suspects, and since when, in microseconds.
    pub(super) suspects: Vec<(NodeId, u64)>,
    /// For how long there was no leader, where it has just been elected. For the charts alone.
    pub(super) leaderless_us: Option<u64>,
}

/// A server's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Follower,
    PreCandidate,
    Candidate,
    Leader,
}

impl Standing {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Standing::Follower => "follower",
            Standing::PreCandidate => "precandidate",
            Standing::Candidate => "candidate",
            Standing::Leader => "leader",
        }
    }
}

/// An entry that was applied.
#[derive(Clone, Debug)]
pub struct AppliedEntry {
    pub(super) index: Index,
    pub(super) entry: Entry,
    pub(super) commit: Index,
    pub(super) effects: Rc<[Effect]>,
    pub(super) cycles: Vec<Vec<NodeId>>,
    pub(super) answer: Option<(NodeId, u32, Outcome)>,
    /// What the leader that took it has measured. For the charts alone.
    pub(super) measured: Option<Measured>,
}

/// What a leader measures of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// From the append to the commit, in microseconds; unknown for entries of earlier terms.
    pub(super) round_us: Option<u64>,
    /// Its requests to other servers since the entry before was applied.
    pub(super) asked: u64,
}

/// A client's request has ended.
#[derive(Clone, Debug)]
pub struct Replied {
    pub(super) client: NodeId,
    pub(super) job: Job,
    pub(super) session: u32,
    pub(super) serial: u32,
    /// What a command amounted to.
    pub(super) outcome: Option<Outcome>,
    /// The token of the lock.
    pub(super) token: u32,
    /// What a read found.
    pub(super) table: Option<Rc<Snapshot>>,
}

/// A server's request has ended.
#[derive(Clone, Debug)]
pub enum Served {
    /// A transfer, and whether it worked.
    Transfer {
        /// To whom.
        to: NodeId,
        /// What came of it, in a word or two.
        result: &'static str,
    },
    /// Its numbers.
    Metrics(Vec<(&'static str, String)>),
}
