//! The older log of Jepsen: `INFO  jepsen.util - 0 :invoke :cas [3 0]`, parts parted by white space. Other lines are other loggers'.

use super::LineError;
use super::datum::Datum;
use super::edn;
use super::jepsen::{Event, assemble};
use crate::histories::model::Model;
use crate::histories::operation::History;

/// What stands before the operation in each line.
const MARK: &str = "jepsen.util";

/// Whether a text has lines of such a log.
pub(super) fn looks_like(text: &str) -> bool {
    text.lines().any(|line| operation(line).is_some())
}

/// The operation of a line; none where the line is about something else.
fn operation(line: &str) -> Option<&str> {
    let (_, after) = line.split_once(MARK)?;
    let operation = after.trim_start().strip_prefix('-')?.trim();
    operation.contains(':').then_some(operation)
}

/// Reads a history in such a log.
pub(super) fn read(text: &str, model: Model) -> Result<History, LineError> {
    let mut events = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if let Some(operation) = operation(line) {
            events.extend(event(operation, n + 1)?);
        }
    }
    assemble(events, model)
}

/// An operation such as `3 :ok :cas [3 0]`; none where it is no client's.
fn event(text: &str, line: usize) -> Result<Option<Event>, LineError> {
    let mut rest = text;
    let mut word = |what: &str| {
        let trimmed = rest.trim_start();
        let end = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
        let (word, after) = trimmed.split_at(end);
        rest = after;
        if word.is_empty() { Err(LineError::new(line, format!("expected {what}, found the end"))) } else { Ok(word) }
    };
    let process = word("a process")?;
    let (kind, f) = (word("a type such as :invoke")?, word("an operation such as :read")?);
    let keyword = |text: &str| Datum::Word(text.trim_start_matches(':').into());
    let value = if rest.trim().is_empty() { Datum::Nil } else { edn::one(rest.trim(), line)? };
    let pairs = vec![
        ("process".to_string(), edn::one(process, line)?),
        ("type".to_string(), keyword(kind)),
        ("f".to_string(), keyword(f)),
        ("value".to_string(), value),
    ];
    Event::of(&Datum::Map(pairs), line)
}
