//! Sorts of messages, by which a person hides what is not wanted in a picture.

use crate::engine::Run;
use crate::trace::{Kind, MessageId, Record};

/// What the frames of the link layer are called.
pub const LINK_LAYER: &str = "link layer";

/// The sort of a message on its way; `link` says whether it is a frame that the link layer added.
#[must_use]
pub fn sort_of_message(run: &Run, message: Option<MessageId>, link: bool) -> &'static str {
    message.filter(|_| !link).map_or(LINK_LAYER, |message| run.message_kind(message))
}

/// The sort of messages to which a record belongs; `None` for a record that is not hidden with any.
#[must_use]
pub fn sort_of_record(run: &Run, record: &Record) -> Option<&'static str> {
    match record.kind {
        Kind::Link => Some(LINK_LAYER),
        Kind::Drop => (run.trace().record(record.cause).kind == Kind::Link).then_some(LINK_LAYER),
        Kind::Send | Kind::Receive => Some(run.message_kind(record.message)),
        _ => None,
    }
}
