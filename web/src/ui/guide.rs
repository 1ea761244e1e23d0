//! Guides beside the live diagram: what is read, what it does, what it asks; and presenting.

mod ask;
mod panel;
mod present;

use crate::platform;
pub(crate) use panel::GuidePanel;
pub(crate) use present::{Presented, next_worth_seeing};

/// Whether a lab has a guide.
pub(crate) fn is_there(lab: &str) -> bool {
    env!("LIGHTCONE_GUIDES").split(',').any(|id| id == lab)
}

/// Where the page notes that somebody has taken a guide.
const STORED_TAKEN: &str = "lightcone.guided";

/// Whether nobody has taken a guide here yet.
pub(crate) fn is_new() -> bool {
    platform::stored(STORED_TAKEN).is_none()
}

/// Notes that somebody has.
pub(crate) fn taken() {
    platform::store(STORED_TAKEN, "yes");
}
