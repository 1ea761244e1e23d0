//! JSON lines: our own, and those with the keys of Jepsen's maps.

use super::datum::Datum;
use super::jepsen::{Event, assemble};
use super::{LineError, own};
use crate::base::json::Doc;
use crate::histories::model::Model;
use crate::histories::operation::History;

/// Reads a history in JSON lines.
pub(super) fn read(text: &str, model: Model) -> Result<History, LineError> {
    let mut lines = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |e: crate::base::json::InputError| LineError::new(n + 1, without_line(&e.to_string()));
        let doc = Doc::parse(line.trim()).map_err(wrong)?;
        let datum = Datum::of_json(&doc).map_err(wrong)?;
        if !matches!(datum, Datum::Map(_)) {
            return Err(LineError::new(n + 1, "expected a JSON object"));
        }
        lines.push((n + 1, datum));
    }
    // Ours say of what a return is the return.
    if lines.iter().any(|(_, datum)| datum.get("operation").is_some()) {
        return own::read(&lines, model);
    }
    let mut events = Vec::new();
    for (line, datum) in &lines {
        events.extend(Event::of(datum, *line)?);
    }
    assemble(events, model)
}

/// A line of a text is a text of one line to the reader of JSON: that number would mislead.
fn without_line(text: &str) -> String {
    text.replace(" at line 1 column", " at column")
}
