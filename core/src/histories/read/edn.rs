//! EDN: maps, one behind the other or in a vector.

use super::LineError;
use super::datum::{DEPTH_MAX, Datum};
use super::jepsen::{Event, assemble};
use crate::histories::model::Model;
use crate::histories::operation::History;
use clojure_reader::edn::{self, Edn};
use clojure_reader::error::Code;

/// Reads a history in EDN.
pub(super) fn read(text: &str, model: Model) -> Result<History, LineError> {
    check_depth(text)?;
    let mut events = Vec::new();
    let mut reader = Reader { text, at: 0, line: 1 };
    reader.skip();
    let closing = match reader.rest().chars().next() {
        Some('[') => Some(']'),
        Some('(') => Some(')'),
        _ => None,
    };
    if closing.is_some() {
        reader.advance(1);
    }
    loop {
        reader.skip();
        let line = reader.line;
        if let Some(end) = closing
            && reader.rest().starts_with(end)
        {
            reader.advance(1);
            reader.skip();
            if !reader.rest().is_empty() {
                return Err(LineError::new(reader.line, "something stands behind the end of the vector"));
            }
            break;
        }
        if reader.rest().is_empty() {
            if let Some(end) = closing {
                return Err(LineError::new(line, format!("the text ends before the {end} of its vector")));
            }
            break;
        }
        let datum = reader.datum()?;
        let Datum::Map(_) = datum else {
            return Err(LineError::new(line, format!("expected a map, found {}", shortened(&datum.source()))));
        };
        events.extend(Event::of(&datum, line)?);
    }
    assemble(events, model)
}

/// A piece of data in one line of another form.
pub(super) fn one(text: &str, line: usize) -> Result<Datum, LineError> {
    check_depth(text).map_err(|e| LineError::new(line, e.what))?;
    let mut reader = Reader { text, at: 0, line };
    let datum = reader.datum()?;
    reader.skip();
    if reader.rest().is_empty() { Ok(datum) } else { Err(LineError::new(line, "something stands behind the value")) }
}

/// The first characters of a text.
pub(super) fn shortened(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn advance(&mut self, bytes: usize) {
        self.line += self.rest()[..bytes].matches('\n').count();
        self.at += bytes;
    }

    /// Goes over white space, commas and comments.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
            self.advance(blank);
            if !self.rest().starts_with(';') {
                return;
            }
            let comment = self.rest().find('\n').unwrap_or(self.rest().len());
            self.advance(comment);
        }
    }

    fn datum(&mut self) -> Result<Datum, LineError> {
        let rest = self.rest();
        match edn::read(rest) {
            Ok((value, after)) => {
                self.advance(rest.len() - after.len());
                Ok(datum(&value))
            }
            Err(e) => {
                let line = self.line + e.line.unwrap_or(1).max(1) - 1;
                Err(LineError::new(line, format!("this is no EDN: {}", words(&e.code))))
            }
        }
    }
}

fn words(code: &Code) -> String {
    match code {
        Code::HashMapDuplicateKey => "a key stands twice in a map".into(),
        Code::SetDuplicateKey => "a value stands twice in a set".into(),
        Code::InvalidChar => "no such character".into(),
        Code::InvalidEscape => "no such escape in a string".into(),
        Code::InvalidKeyword => "no such keyword".into(),
        Code::InvalidNumber | Code::InvalidRadix(_) => "no such number".into(),
        Code::InvalidTag => "no such tag".into(),
        Code::UnexpectedEOF => "the text ends in the middle of a value".into(),
        Code::UnmatchedDelimiter(c) => format!("{c} closes nothing, or something is not closed before it"),
        _ => "it cannot be read".into(),
    }
}

fn datum(value: &Edn<'_>) -> Datum {
    match value {
        Edn::Nil => Datum::Nil,
        Edn::Key(word) | Edn::Symbol(word) => Datum::Word(word.to_string()),
        Edn::Str(text) => Datum::Text(text.to_string()),
        Edn::Vector(items) | Edn::List(items) => Datum::List(items.iter().map(datum).collect()),
        Edn::Set(items) => Datum::List(items.iter().map(datum).collect()),
        Edn::Map(pairs) => {
            let name = |key: &Edn<'_>| datum(key).name().unwrap_or_else(|| "nil".into());
            Datum::Map(pairs.iter().map(|(key, value)| (name(key), datum(value))).collect())
        }
        // A record, such as an operation of Jepsen's own type, is its map.
        Edn::Tagged(_, inner) => datum(inner),
        other => Datum::Plain(other.to_string()),
    }
}

/// Brackets within brackets, as far as the stack holds: a text that goes deeper is none of ours.
fn check_depth(text: &str) -> Result<(), LineError> {
    let (mut depth, mut line) = (0usize, 1);
    let (mut in_string, mut escaped, mut comment) = (false, false, false);
    for c in text.chars() {
        line += usize::from(c == '\n');
        if comment {
            comment = c != '\n';
        } else if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            match c {
                '"' => in_string = true,
                ';' => comment = true,
                // A tag and what is discarded hold the next value within them, too.
                '[' | '{' | '(' | '#' => depth += 1,
                ']' | '}' | ')' => depth = depth.saturating_sub(1),
                '\n' if depth <= 1 => depth = depth.min(1),
                _ => {}
            }
        }
        if depth > 4 * DEPTH_MAX {
            return Err(LineError::new(line, format!("this is nested more than {DEPTH_MAX} deep")));
        }
    }
    Ok(())
}
