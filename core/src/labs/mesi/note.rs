//! What processes say about events.

use super::Txn;
use super::line::{Content, Line};
use crate::base::json::Payload;
use crate::coherence::{Event, State, Transaction};
use crate::trace::NodeId;
use std::rc::Rc;

/// What a process says about an event.
#[derive(Clone, Debug)]
pub enum Note {
    /// A line changed its state.
    Changed(Box<Change>),
    /// A cache has crashed before it knew that the bus has the line that it flushed.
    Doubt {
        /// Which line.
        line: Line,
        /// For which transaction.
        txn: Txn,
        /// What was in it.
        content: Content,
    },
    /// The processor was served.
    Served(Box<Served>),
    /// A cache told of itself: the fields of the reply, as JSON.
    Told(&'static str, Rc<str>),
    /// The processor has to wait for the bus.
    Waits {
        /// For what.
        transaction: Transaction,
        /// Of which line.
        line: Line,
    },
    /// The bus began or ended a transaction, or was told of a crash.
    Bus(BusNote),
    /// A transaction took place.
    Committed(Box<Commit>),
}

/// Why a line changed its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// By the table.
    By(Event),
    /// The cache crashed.
    Crash,
    /// It was there at the start.
    Start,
}

impl Why {
    /// The word for it in the trace.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Why::By(event) => event.name(),
            Why::Crash => "crash",
            Why::Start => "start",
        }
    }
}

/// A line changed its state.
#[derive(Clone, Debug)]
pub struct Change {
    pub(super) line: Line,
    pub(super) from: State,
    pub(super) to: State,
    pub(super) why: Why,
    pub(super) before: Content,
    pub(super) after: Content,
    /// What was written.
    pub(super) wrote: Option<(Rc<str>, Payload)>,
    /// The transaction that it waited for.
    pub(super) asked: Option<Transaction>,
    /// The line goes out with the answer, to be put into memory.
    pub(super) flushed: bool,
    /// The line goes out with the answer, newer than memory, which does not take it.
    pub(super) gave: bool,
    /// Its own write-back is cancelled.
    pub(super) cancelled: bool,
    /// Its own BusUpgr becomes a BusRdX.
    pub(super) instead: bool,
    /// It has crashed with its write-back under way: whether that comes through, only the bus can say.
    pub(super) doubt: bool,
}

/// The processor was served.
#[derive(Clone, Debug)]
pub struct Served {
    pub(super) line: Line,
    pub(super) key: Rc<str>,
    pub(super) write: bool,
    pub(super) value: Option<Payload>,
    pub(super) hit: bool,
    /// Whether a change of state, which is a record of its own, has told of the write.
    pub(super) told: bool,
    /// On a hit what was in the line before.
    pub(super) before: Option<Content>,
    /// On a miss whether another cache had the line, and the one that gave it.
    pub(super) from: Option<(bool, Option<NodeId>)>,
    /// On a miss of a line that another cache's write had taken away from here.
    pub(super) taken: Option<Taken>,
}

/// A line that was taken away by another cache's write, and fetched again while its old content was still there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Taken {
    /// The words that were written meanwhile, and by whom. A write that died with its cache is none: nobody can read it.
    pub(super) written: Vec<(Rc<str>, NodeId)>,
    /// What the miss is.
    pub(super) sharing: Option<Sharing>,
}

/// Why a line is missed that was taken away (Eggers & Jeremiassen 1991; Dubois et al. 1993).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sharing {
    /// The very word that is accessed was written by another cache.
    True,
    /// Only other words of the line were.
    False,
}

impl Taken {
    /// A line that was taken away as it was in `old`, and comes back as it is in `new`, for the sake of a word.
    pub(super) fn new(old: &Content, new: &Content, key: &str) -> Taken {
        let written = new.written_since(old);
        let sharing = if written.iter().any(|(word, _)| **word == *key) {
            Some(Sharing::True)
        } else {
            (!written.is_empty()).then_some(Sharing::False)
        };
        Taken { written, sharing }
    }

    pub(super) fn is_false(&self) -> bool {
        self.sharing == Some(Sharing::False)
    }
}

/// What else a record of the bus means.
#[derive(Clone, Debug, Default)]
pub struct BusNote {
    pub(super) closed: Option<Closed>,
    pub(super) began: Option<Began>,
    pub(super) down: Option<NodeId>,
}

/// A transaction is over.
#[derive(Clone, Debug)]
pub(super) struct Closed {
    pub(super) txn: Txn,
    pub(super) line: Line,
    /// When it began.
    pub(super) from_us: u64,
    /// When it ended.
    pub(super) to_us: u64,
}

/// A transaction begins.
#[derive(Clone, Debug)]
pub(super) struct Began {
    pub(super) txn: Txn,
    pub(super) transaction: Transaction,
    pub(super) line: Line,
    pub(super) by: NodeId,
}

/// A transaction took place.
#[derive(Clone, Debug)]
pub struct Commit {
    pub(super) txn: Txn,
    pub(super) transaction: Transaction,
    pub(super) line: Line,
    pub(super) by: NodeId,
    /// What memory has of the line now.
    pub(super) memory: Content,
    /// The cache that flushed it.
    pub(super) flushed: Option<NodeId>,
    /// The cache that gave the data.
    pub(super) from: Option<NodeId>,
    /// Whether another cache had the line.
    pub(super) shared: bool,
    /// The word that was written through.
    pub(super) wrote: Option<Content>,
    /// What the bus knows of a line whose owner has crashed: whether anybody still had it. None where no owner has.
    pub(super) saved: Option<bool>,
    /// How many lines memory had before it.
    pub(super) lines_before: u64,
    /// How many it has now.
    pub(super) lines: u64,
}
