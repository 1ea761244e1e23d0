//! Layer 4: what happened, and all that a view may know.
//!
//! A [`Record`] is a fixed handful of numbers; a [`Detail`] is what it knows beyond them; an [`Act`] is what a person did,
//! as data. [`causality`] reads from the stamps what happened before what, and a [`frame::Frame`] is a moment as plain data.
//!
//! Deliberately knows neither how a run is made nor what a protocol is: labels and `data` are rendered from the protocol's
//! own values by those who have them. Whatever stands above may read a trace; only the engine writes one.

mod act;
pub mod causality;
mod detail;
pub mod frame;
mod record;

pub use crate::base::ids::{MessageId, NO_NODE, NONE, NodeId, NoteId, RecordId, TimerId};
pub use act::{Act, PlannedAct, RequestAct, Surgery, When, Which, Workload};
pub use detail::{Detail, LAYER_LINK, LinkEvent, LinkNote, Refusal, Violation, drop_reason};
pub use record::{BandChange, DropReason, Kind, Message, Record, Trace};
