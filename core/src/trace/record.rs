//! What happened: records, the messages they speak of, and the outside observer's clocks.
//!
//! A record is a fixed handful of numbers. Labels and `data` are rendered from the protocol's own values
//! when somebody asks. Everything that a view may know is in here or in a [`crate::trace::frame::Frame`].

use crate::base::ids::{MessageId, NONE, NodeId, RecordId};
use crate::base::log::Log;
use crate::trace::frame::Band;
use serde::Serialize;

/// The kinds of records, as in the trace format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are the trace format's own")]
pub enum Kind {
    Boot,
    Local,
    Request,
    Send,
    Receive,
    Timeout,
    Deliver,
    Reply,
    State,
    Persist,
    Link,
    Drop,
    Crash,
    Restart,
    Pause,
    Resume,
    Partition,
    Heal,
    Network,
    Act,
    Refused,
    Violation,
}

impl Kind {
    /// All kinds, in the order of their discriminants.
    pub const ALL: [Kind; 22] = [
        Kind::Boot,
        Kind::Local,
        Kind::Request,
        Kind::Send,
        Kind::Receive,
        Kind::Timeout,
        Kind::Deliver,
        Kind::Reply,
        Kind::State,
        Kind::Persist,
        Kind::Link,
        Kind::Drop,
        Kind::Crash,
        Kind::Restart,
        Kind::Pause,
        Kind::Resume,
        Kind::Partition,
        Kind::Heal,
        Kind::Network,
        Kind::Act,
        Kind::Refused,
        Kind::Violation,
    ];

    /// The name in the trace format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Boot => "boot",
            Kind::Local => "local",
            Kind::Request => "request",
            Kind::Send => "send",
            Kind::Receive => "receive",
            Kind::Timeout => "timeout",
            Kind::Deliver => "deliver",
            Kind::Reply => "reply",
            Kind::State => "state",
            Kind::Persist => "persist",
            Kind::Link => "link",
            Kind::Drop => "drop",
            Kind::Crash => "crash",
            Kind::Restart => "restart",
            Kind::Pause => "pause",
            Kind::Resume => "resume",
            Kind::Partition => "partition",
            Kind::Heal => "heal",
            Kind::Network => "network",
            Kind::Act => "act",
            Kind::Refused => "refused",
            Kind::Violation => "violation",
        }
    }

    /// Whether the process's own component rises by one.
    #[must_use]
    pub const fn ticks(self) -> bool {
        matches!(self, Kind::Local | Kind::Send | Kind::Receive | Kind::Timeout)
    }
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum DropReason {
    /// The link lost it.
    Loss,
    /// It arrived at a cut.
    Partition,
    /// Its receiver was down.
    Crashed,
    /// Somebody took it away.
    Act,
}

impl DropReason {
    /// The name in the trace format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            DropReason::Loss => "loss",
            DropReason::Partition => "partition",
            DropReason::Crashed => "crashed",
            DropReason::Act => "act",
        }
    }
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// When, in microseconds.
    pub at_us: u64,
    /// The record that led to this one: a receive's send, an effect's input; [`NONE`] if nothing did.
    pub cause: RecordId,
    /// The message of a receive or drop, the first one of a send; else [`NONE`].
    pub message: MessageId,
    /// Row of the vector stamp; [`NONE`] where the record belongs to the network.
    pub stamp: u32,
    /// Lamport stamp.
    pub lamport: u32,
    /// Where the protocol's or the simulator's details stand; [`NONE`] if there are none.
    pub detail: u32,
    /// Where it happened; [`NO_NODE`](super::NO_NODE) where it belongs to the network.
    pub node: NodeId,
    /// Number of messages of a send; the copy of a receive or drop (1 is the first).
    pub count: u16,
    /// What kind of thing.
    pub kind: Kind,
    /// For a drop: why ([`DropReason`] as a number). For a timeout: 1 when a person fired it.
    pub code: u8,
}

/// A message: who sent it to whom, when, and what became of it at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// The record of its sending.
    pub send: RecordId,
    /// It is the n-th message on its link, counted from 1.
    pub n: u32,
    /// When it left.
    pub sent_us: u64,
    /// When it would arrive if nobody did anything to it.
    pub due_us: u64,
}

/// From a record on, a process is in another state, as far as its band says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandChange {
    /// The record after which it was seen.
    pub record: RecordId,
    /// At which process.
    pub node: NodeId,
    /// What there is to say now, if there is anything.
    pub band: Option<Band>,
}

/// The part of a history that does not depend on the protocol.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// All records, in order of happening.
    pub records: Log<Record>,
    /// All messages, in order of sending.
    pub messages: Log<Message>,
    /// All changes of the processes' bands, in order.
    pub bands: Log<BandChange>,
    stamps: Log<u32>,
    /// Number of stamp rows: kept, because dividing for it at every record is felt.
    rows: u32,
    width: usize,
    revision: u32,
}

impl Trace {
    /// An empty trace of so many processes.
    #[must_use]
    pub fn new(processes: usize) -> Trace {
        Trace { width: processes, ..Trace::default() }
    }

    /// Number of processes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of records.
    #[inline]
    #[must_use]
    pub fn len(&self) -> u32 {
        self.records.len() as u32
    }

    /// True when nothing has happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A record.
    ///
    /// # Panics
    /// When there is none with this id.
    #[inline]
    #[must_use]
    pub fn record(&self, id: RecordId) -> &Record {
        self.records.at(id as usize)
    }

    /// A message.
    ///
    /// # Panics
    /// When there is none with this id.
    #[inline]
    #[must_use]
    pub fn message(&self, id: MessageId) -> &Message {
        self.messages.at(id as usize)
    }

    /// Number of messages.
    #[inline]
    #[must_use]
    pub fn message_count(&self) -> u32 {
        self.messages.len() as u32
    }

    /// One component of a record's vector stamp; 0 where the record has none.
    #[inline]
    #[must_use]
    pub fn component(&self, record: &Record, process: usize) -> u32 {
        if record.stamp == NONE { 0 } else { *self.stamps.at(record.stamp as usize * self.width + process) }
    }

    /// A row of the stamps.
    #[must_use]
    pub fn stamp_row(&self, row: u32) -> Vec<u32> {
        (0..self.width).map(|i| *self.stamps.at(row as usize * self.width + i)).collect()
    }

    /// The vector stamp of a record, if it has one.
    #[must_use]
    pub fn vector(&self, record: &Record) -> Option<Vec<u32>> {
        (record.stamp != NONE).then(|| self.stamp_row(record.stamp))
    }

    /// Number of stamp rows.
    #[inline]
    #[must_use]
    pub fn stamp_rows(&self) -> u32 {
        self.rows
    }

    pub(crate) fn push_stamp(&mut self, clock: &[u32]) {
        assert_eq!(clock.len(), self.width, "a row has a component for each process");
        self.stamps.extend(clock);
        self.rows += 1;
    }

    /// Raises each component of a clock to that of a row of the stamps.
    pub(crate) fn merge_stamp(&self, row: u32, clock: &mut [u32]) {
        let start = row as usize * self.width;
        let run = self.stamps.run(start, self.width);
        if run.len() == self.width {
            crate::base::clock::merge(clock, run);
        } else {
            for (process, mine) in clock.iter_mut().enumerate() {
                *mine = (*mine).max(*self.stamps.at(start + process));
            }
        }
    }

    /// How often the end of this trace was cut off: what was learned from it before holds no more.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.revision
    }

    pub(crate) fn truncate(&mut self, records: u32, messages: u32, stamps: u32) {
        self.revision += 1;
        self.records.truncate(records as usize);
        self.messages.truncate(messages as usize);
        self.stamps.truncate(stamps as usize * self.width);
        self.rows = self.rows.min(stamps);
    }

    /// First record at or after a time.
    #[must_use]
    pub fn first_at(&self, at_us: u64) -> RecordId {
        self.records.partition_point(|r| r.at_us < at_us) as RecordId
    }

    /// Number of records up to and including a time.
    #[must_use]
    pub fn count_until(&self, at_us: u64) -> u32 {
        self.records.partition_point(|r| r.at_us <= at_us) as u32
    }

    /// Bytes of a record with its stamp, without its message: what the memory of a run grows by.
    #[must_use]
    pub const fn bytes_a_record(processes: usize) -> usize {
        size_of::<Record>() + 4 * processes
    }
}
