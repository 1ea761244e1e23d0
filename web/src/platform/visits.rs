//! What the page remembers of earlier visits.

use super::{store, stored};

/// Where the page notes that somebody has taken a guide.
const STORED_TAKEN: &str = "lightcone.guided";

/// Whether nobody has taken a guide here yet.
pub(crate) fn no_guide_taken() -> bool {
    stored(STORED_TAKEN).is_none()
}

/// Notes that somebody has.
pub(crate) fn guide_taken() {
    store(STORED_TAKEN, "yes");
}

/// Where the page notes which hints were followed.
const STORED_HINTS: &str = "lightcone.hints";

/// The hints that were followed, by their numbers.
pub(crate) fn hints_followed() -> u8 {
    stored(STORED_HINTS).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Notes which hints were followed.
pub(crate) fn keep_hints(followed: u8) {
    store(STORED_HINTS, &followed.to_string());
}
