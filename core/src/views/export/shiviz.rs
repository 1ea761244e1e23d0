//! A log for ShiViz: the parser's expression, an empty line where several executions would be parted, then two lines for each
//! event, `host {clock}` and what happened.
//!
//! Events are the records that have a place in the happened-before order; what a process did in the same step is told in the
//! text of its event. ShiViz wants each host to count its own events from 1 without a gap, and a part of a run does not. So
//! clocks are counted anew: a component is the number of chosen events of that process of which the event knows. Then one clock
//! is less than another exactly when the trace's are.

use super::one_line;
use crate::base::json::JsonObject;
use crate::engine::Run;
use crate::trace::causality::is_event;
use crate::trace::{Kind, NO_NODE, RecordId};

/// The first line of the file: how to read two lines of it.
pub const PARSER: &str = r"(?<host>\S+) (?<clock>\{.*\})\n(?<event>.*)";

struct Event {
    id: RecordId,
    text: String,
}

/// Some records as a log.
#[must_use]
pub fn write(run: &Run, ids: &[RecordId]) -> String {
    let trace = run.trace();
    let hosts: Vec<String> = run.names().iter().map(|name| host(name)).collect();
    let events = events(run, ids);
    // For each process, which of its own counts are there, in order.
    let mut known: Vec<Vec<u32>> = vec![Vec::new(); hosts.len()];
    for event in &events {
        let record = trace.record(event.id);
        known[usize::from(record.node)].push(trace.component(record, usize::from(record.node)));
    }
    let mut out = format!("{PARSER}\n\n");
    for Event { id, text } in &events {
        let record = trace.record(*id);
        let mut clock = JsonObject::new();
        for (process, name) in hosts.iter().enumerate() {
            let of = trace.component(record, process);
            let count = known[process].partition_point(|own| *own <= of);
            if count > 0 {
                clock.int(name, count as u32);
            }
        }
        out += &format!("{} {}\n{}\n", hosts[usize::from(record.node)], clock.end(), one_line(text));
    }
    out
}

/// The events among some records, each with what its process did from then on until its next one. What a process did before
/// its first event is told with that, and a request with the event that follows it.
fn events(run: &Run, ids: &[RecordId]) -> Vec<Event> {
    let trace = run.trace();
    let mut events: Vec<Event> = Vec::new();
    let mut last: Vec<Option<usize>> = vec![None; run.names().len()];
    let mut early: Vec<String> = vec![String::new(); run.names().len()];
    for &id in ids {
        let record = trace.record(id);
        // The network's records and those of the link layer are no events of a process.
        if record.node == NO_NODE || matches!(record.kind, Kind::Boot | Kind::Link | Kind::Drop) {
            continue;
        }
        let (node, text) = (usize::from(record.node), text(run, id));
        if is_event(record) {
            last[node] = Some(events.len());
            events.push(Event { id, text: std::mem::take(&mut early[node]) + &text });
            continue;
        }
        match last[node].filter(|_| record.kind != Kind::Request) {
            Some(place) => events[place].text += &format!("; {text}"),
            None => early[node] += &format!("{text}; "),
        }
    }
    // Requests after the last event led to none.
    for (node, text) in early.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        if let Some(place) = last[node] {
            events[place].text += &format!("; {}", text.trim_end_matches("; "));
        }
    }
    events
}

fn text(run: &Run, id: RecordId) -> String {
    let (record, label) = (run.trace().record(id), run.label(id));
    match record.kind {
        Kind::Receive => {
            let from = &run.names()[usize::from(run.trace().message(record.message).from)];
            format!("receive {label} from {from}")
        }
        Kind::Crash | Kind::Restart | Kind::Pause | Kind::Resume => record.kind.name().into(),
        kind if label.starts_with(kind.name()) => label,
        kind => format!("{} {label}", kind.name()),
    }
}

/// The name of a process as a host: without spaces, which would end it.
fn host(name: &str) -> String {
    name.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}
