//! Events in words, for whoever speaks of one.

use crate::model::session::Session;
use lightcone_core::base::clock;
use lightcone_core::engine::Run;
use lightcone_core::trace::{Kind, NO_NODE, RecordId};

/// An event in a few words.
pub(crate) fn words(s: &Session, id: RecordId) -> String {
    words_in(s.run(), id)
}

/// An event of any run in a few words.
pub(crate) fn words_in(run: &Run, id: RecordId) -> String {
    let record = run.trace().record(id);
    let label = run.label(id);
    if record.node == NO_NODE {
        return label;
    }
    let name = &run.names()[usize::from(record.node)];
    match record.kind {
        Kind::Send => format!("{name} sends {label}"),
        Kind::Receive => {
            let from = &run.names()[usize::from(run.trace().message(record.message).from)];
            format!("{name} receives {label} from {from}")
        }
        Kind::Local => format!("{name}: {label}"),
        Kind::Request => format!("{name} is asked: {label}"),
        Kind::Boot => format!("{name} starts"),
        Kind::Crash => format!("{name} crashes"),
        Kind::Restart => format!("{name} restarts from its disk"),
        Kind::Pause => format!("{name} is paused"),
        Kind::Resume => format!("{name} goes on"),
        _ => format!("{name}: {label}"),
    }
}

/// The protocol's own clock in a run of the session's, before → after, where it keeps one.
pub(crate) fn own_clock(s: &Session, run: &Run, id: RecordId) -> Option<String> {
    let (before, after) = run.own_clock(id).filter(|_| !s.is_veiled(id))?;
    let change = |name: &str| format!("{name}{} → {}", clock::short(&before), clock::short(&after));
    Some(s.lab().spec().own_clock.map_or_else(|| change(""), |name| change(&format!("{name} "))))
}
