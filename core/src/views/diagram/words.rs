//! What happened, in words: for whoever points at something, and for pictures that say it too.

use super::Index;
use super::scene::ArrowPlace;
use crate::base::clock;
use crate::base::json::millis_text;
use crate::engine::Run;
use crate::trace::{Kind, MessageId, NO_NODE, NONE, RecordId};

/// An event in a few words.
#[must_use]
pub fn event(run: &Run, id: RecordId) -> String {
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

/// When it was, and which one.
#[must_use]
pub fn when(run: &Run, id: RecordId) -> String {
    format!("{} ms · event {id}", millis_text(run.trace().record(id).at_us))
}

/// The protocol's own clock, before → after, where it keeps one.
#[must_use]
pub fn own_clock(run: &Run, id: RecordId) -> Option<String> {
    let (before, after) = run.own_clock(id)?;
    let name = run.scenario().lab.spec().own_clock.map_or_else(String::new, |name| format!("{name} "));
    Some(format!("{name}{} → {}", clock::short(&before), clock::short(&after)))
}

/// A message, and between whom it travels.
#[must_use]
pub fn message(run: &Run, id: MessageId) -> String {
    let (names, m) = (run.names(), run.trace().message(id));
    format!("{} ({} → {})", run.message_label(id), names[usize::from(m.from)], names[usize::from(m.to)])
}

/// All that is said of an event that somebody points at, a line for each thing.
#[must_use]
pub fn event_lines(run: &Run, index: &Index, id: RecordId) -> Vec<String> {
    let mut lines = vec![event(run, id), when(run, id)];
    lines.extend(index.band(run.trace().record(id).node, id).map(|band| band.text()));
    lines.extend(own_clock(run, id));
    lines
}

/// All that is said of a message's line.
#[must_use]
pub fn arrow_lines(run: &Run, arrow: &ArrowPlace) -> Vec<String> {
    let at = |id: RecordId| millis_text(run.trace().record(id).at_us);
    let what = match arrow.message {
        NONE => "acknowledgement of the link layer".into(),
        id if arrow.link => format!("frame of the link layer: {}", message(run, id)),
        id => message(run, id),
    };
    let copy = if arrow.copy > 1 { format!(", copy {}", arrow.copy) } else { String::new() };
    let sent = format!("sent at {} ms", at(arrow.origin));
    let end = match arrow.end {
        None => "under way".into(),
        Some(id) if run.trace().record(id).kind == Kind::Drop => format!("lost at {} ms", at(id)),
        Some(id) => format!("received at {} ms", at(id)),
    };
    vec![format!("{what}{copy}"), format!("{sent}, {end}")]
}
