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
