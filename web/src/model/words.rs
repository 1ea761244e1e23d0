//! Events in words, for whoever speaks of one: as core says them, without what a guide covers.

use crate::model::session::Session;
use lightcone_core::engine::Run;
use lightcone_core::trace::RecordId;
pub(crate) use lightcone_core::views::diagram::words::event as words_in;

/// An event in a few words.
pub(crate) fn words(s: &Session, id: RecordId) -> String {
    words_in(s.run(), id)
}

/// The protocol's own clock in a run of the session's, before → after, where it keeps one.
pub(crate) fn own_clock(s: &Session, run: &Run, id: RecordId) -> Option<String> {
    lightcone_core::views::diagram::words::own_clock(run, id).filter(|_| !s.is_veiled(id))
}
