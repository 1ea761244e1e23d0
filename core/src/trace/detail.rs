//! What a record knows beyond its numbers.

use super::act::Act;
use super::record::{DropReason, Record};
use crate::base::ids::{MessageId, NONE, NodeId, NoteId, RecordId, TimerId};
use crate::base::log::Log;
use std::sync::Arc;

/// What a record knows beyond its numbers. Of what a protocol says it has the place in the machine's log.
#[derive(Clone, Debug)]
pub enum Detail {
    /// The protocol's own words.
    Note(NoteId),
    /// A timer ran out.
    Timer(TimerId, NoteId),
    /// A request, as it was asked.
    Request(Arc<Act>, NoteId),
    /// The link layer.
    Link(LinkNote),
    /// An accepted act.
    Act(Arc<Act>),
    /// An act that made no sense.
    Refused(Arc<Refusal>),
    /// A broken rule.
    Violation(Arc<Violation>),
}

/// An act that made no sense, and why.
#[derive(Debug)]
pub struct Refusal {
    /// The act.
    pub act: Arc<Act>,
    /// One sentence.
    pub reason: String,
}

/// A broken rule: one sentence, and the records that show it.
#[derive(Debug)]
pub struct Violation {
    /// The rule's name.
    pub rule: &'static str,
    /// The sentence.
    pub explain: String,
    /// The records, the offending one last.
    pub events: Vec<RecordId>,
}

impl Detail {
    /// The detail of a record, if it has one.
    pub fn of<'a>(details: &'a Log<Detail>, record: &Record) -> Option<&'a Detail> {
        (record.detail != NONE).then(|| details.at(record.detail as usize))
    }

    /// Where the protocol's own words stand, if it said any.
    pub fn note(&self) -> Option<NoteId> {
        match self {
            Detail::Note(note) | Detail::Timer(_, note) | Detail::Request(_, note) => (*note != NONE).then_some(*note),
            _ => None,
        }
    }
}

/// Marks a drop as one of the layer's.
pub const LAYER_LINK: u8 = 0x10;

/// What the layer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// A frame was sent again.
    Resent,
    /// A frame that was handed up before has arrived again.
    Duplicate,
    /// A frame has arrived before an earlier one and waits.
    Early,
    /// Everything up to a frame was acknowledged.
    Ack,
    /// The acknowledgement has arrived.
    Acked,
}

/// A record of kind `link` in detail.
#[derive(Clone, Copy, Debug)]
pub struct LinkNote {
    /// What it was.
    pub event: LinkEvent,
    /// The other end.
    pub peer: NodeId,
    /// Number of the frame, or of the last one acknowledged.
    pub n: u32,
    /// The message of the frame; [`NONE`] for acknowledgements.
    pub message: MessageId,
}

/// Why a drop record's message was lost.
#[must_use]
pub fn drop_reason(record: &Record) -> DropReason {
    match record.code & !LAYER_LINK {
        0 => DropReason::Loss,
        1 => DropReason::Partition,
        2 => DropReason::Crashed,
        _ => DropReason::Act,
    }
}
