//! What names things: processes, records and messages by their numbers.

/// Index of a process.
pub type NodeId = u16;
/// Position of a record in its trace, counted from 0.
pub type RecordId = u32;
/// Number of a message in its trace, counted from 0.
pub type MessageId = u32;

/// A timer of the protocol, by its number in this run.
pub type TimerId = u32;
/// A note of the protocol, by its place in the log of notes; [`NONE`] where it said nothing.
pub type NoteId = u32;

/// "None" for a process in a record.
pub const NO_NODE: NodeId = NodeId::MAX;
/// "None" for a record, a message or a detail.
pub const NONE: u32 = u32::MAX;
