//! Histories from texts. The form is known by its content:
//!
//! - EDN as Jepsen writes it: a map for each call and return, one behind the other or in a vector (`{:process 0, :type :invoke,
//!   :f :write, :value 3}`); with `:key` it is the form in which porcupine has its key-value histories.
//! - The older log of Jepsen: `INFO  jepsen.util - 0 :invoke :write 3`, parts parted by white space.
//! - JSON lines as `lightcone run --history` writes them, and JSON lines with the keys of the EDN form.
//!
//! A return that says `:fail` means that the operation did not happen, `:info` and no return that nobody knows.

mod datum;
mod edn;
mod jepsen;
mod json;
mod log;
mod own;

use super::model::Model;
use super::operation::History;
use std::fmt;

/// What is wrong with a text, and in which line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// The line; 0 where it is the whole text.
    pub line: usize,
    /// One sentence.
    pub what: String,
}

impl LineError {
    pub(super) fn new(line: usize, what: impl Into<String>) -> LineError {
        // Names out of the text may hold anything, and a sentence stands on one line.
        let what = what.into().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        LineError { line, what }
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { f.write_str(&self.what) } else { write!(f, "line {}: {}", self.line, self.what) }
    }
}

impl std::error::Error for LineError {}

/// Reads a history for a model.
///
/// # Errors
/// One sentence with the line, where the text is in none of the forms, is cut off, or has an operation that the model lacks.
pub fn read(text: &str, model: Model) -> Result<History, LineError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    let first = start.chars().next();
    let inside = start.get(1..).unwrap_or_default().trim_start();
    match first {
        None => Err(LineError::new(0, "this history is empty")),
        Some('{') if inside.starts_with('"') => json::read(text, model),
        Some('{' | '[' | '(' | '#' | ';') => edn::read(text, model),
        Some(_) if log::looks_like(text) => log::read(text, model),
        Some(_) => {
            let line = text[..text.len() - start.len()].matches('\n').count() + 1;
            let what = "this is no history: expected EDN maps such as {:process 0, :type :invoke, :f :read, :value nil}, \
                        lines such as \"INFO jepsen.util - 0 :invoke :read nil\", or JSON lines of lightcone run --history";
            Err(LineError::new(line, what))
        }
    }
}

#[cfg(test)]
mod tests;
