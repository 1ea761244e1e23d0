//! A line cut into words.

use crate::base::json::{Doc, InputError};
use crate::scenario::http::column;

/// A word of a line: `value` or `key=value`. A value in quotes or brackets may have spaces in it.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    pub(super) key: Option<&'a str>,
    /// The value as it stands there, quotes and all.
    pub(super) text: &'a str,
    /// Where the word begins, in bytes.
    pub(super) offset: usize,
    /// Where its value begins.
    pub(super) value_offset: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// Cuts a line into words.
pub(super) fn words(line: &str) -> Result<Vec<Word<'_>>, InputError> {
    let mut words = Vec::new();
    let mut offset = 0;
    loop {
        let rest = &line[offset..];
        offset += rest.len() - rest.trim_start().len();
        let rest = &line[offset..];
        if rest.is_empty() {
            return Ok(words);
        }
        let key = key(rest);
        let value_offset = offset + key.map_or(0, |key| key.len() + 1);
        let text = value(line, value_offset)?;
        let end = value_offset + text.len();
        words.push(Word { key, text, offset, value_offset, end });
        offset = end;
    }
}

/// The key of `key=value`.
fn key(text: &str) -> Option<&str> {
    let (key, _) = text.split_once('=')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(fits)).then_some(key)
}

/// The value that begins at a place: up to the next space, or to the end of a quotation or bracket.
fn value(line: &str, offset: usize) -> Result<&str, InputError> {
    let text = &line[offset..];
    let error = |at: usize, what: String| Err(InputError::new(format!("column {}", column(line, at)), what));
    if !text.starts_with(['"', '{', '[']) {
        return Ok(&text[..text.find(char::is_whitespace).unwrap_or(text.len())]);
    }
    let Some(len) = closed(text) else {
        let what = if text.starts_with('"') { "this quotation" } else { "this bracket" };
        return error(offset, format!("{what} is not closed"));
    };
    if text[len..].starts_with(|c: char| !c.is_whitespace()) {
        return error(offset + len, "a space belongs here".into());
    }
    match Doc::parse(&text[..len]) {
        Ok(_) => Ok(&text[..len]),
        // The position in the message would be that within the value.
        Err(e) => error(offset, e.what.split(" at line ").next().unwrap_or_default().to_string()),
    }
}

/// Length of the quotation or bracket with which a text begins; `None` where it is not closed.
fn closed(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (at, c) in text.char_indices() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            match c {
                '"' => in_string = true,
                '{' | '[' => depth += 1,
                '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth == 0 && !in_string {
            return Some(at + c.len_utf8());
        }
    }
    None
}
