//! Lines of a console: `P1 send P2 "hello"`, `crash P1`, `partition P1 P2 | P3`, or the HTTP form of a service.
//!
//! A line is put into the JSON form of an act and read as that, so that a console, a file and a link can never
//! disagree about what is allowed. What is wrong is named with its column. [`complete`] says what may stand next.

mod complete;
#[cfg(test)]
mod tests;
mod verbs;
mod words;

pub use complete::{Completion, complete};
pub use verbs::{VERBS, Verb};

use super::http::{self, column};
use super::{Cast, read_act};
use crate::base::json::{Doc, InputError, JsonObject, list, quote};
use crate::tables::{Operation, Param, Takes};
use crate::trace::Act;
use verbs::{Key, KeyTakes, Slot, SlotTakes};
use words::{Word, words};

/// Reads a line.
///
/// # Errors
/// The column, and one sentence.
pub fn parse(line: &str, cast: &Cast<'_>) -> Result<Act, InputError> {
    if is_http(line, cast) {
        let act = http::parse(line, cast)?;
        cast.check(&act).map_err(|(arg, what)| InputError::new("column 1", format!("{arg}: {what}")))?;
        return Ok(act);
    }
    let translated = translate(line, cast)?;
    let doc = Doc::parse(&translated.json).map_err(|e| translated.blame(&e))?;
    read_act(&doc, cast).map_err(|e| translated.blame(&e))
}

/// Whether a line begins with a method: a word in capitals that is no process.
fn is_http(line: &str, cast: &Cast<'_>) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    first.len() > 2 && first.bytes().all(|b| b.is_ascii_uppercase()) && !cast.names.iter().any(|n| n == first)
}

/// A line as the JSON of an act.
struct Translated {
    json: String,
    /// Which path of the JSON stands in which column of the line.
    places: Vec<(String, usize)>,
}

impl Translated {
    /// The error with the column in place of the path.
    fn blame(&self, e: &InputError) -> InputError {
        let rest = |path: &str| e.path.strip_prefix(path).filter(|r| r.is_empty() || r.starts_with(['.', '[']));
        let found = self.places.iter().filter_map(|(path, column)| Some((rest(path)?, *column)));
        match found.min_by_key(|(rest, _)| rest.len()) {
            Some((rest, column)) => InputError::new(format!("column {column}{rest}"), e.what.clone()),
            None => InputError::new("column 1", e.what.clone()),
        }
    }
}

/// Puts a line together as JSON, remembering where everything stood.
struct Writer<'a> {
    line: &'a str,
    places: Vec<(String, usize)>,
}

impl<'a> Writer<'a> {
    fn column(&self, word: &Word<'a>) -> usize {
        column(self.line, word.value_offset)
    }

    fn error<T>(&self, word: &Word<'a>, what: impl Into<String>) -> Result<T, InputError> {
        Err(InputError::new(format!("column {}", column(self.line, word.offset)), what))
    }

    /// An error where something is missing: at the line's end.
    fn missing<T>(&self, what: impl Into<String>) -> Result<T, InputError> {
        Err(InputError::new(format!("column {}", self.end()), what))
    }

    fn end(&self) -> usize {
        column(self.line, self.line.trim_end().len())
    }

    fn note(&mut self, path: impl Into<String>, word: &Word<'a>) {
        let column = self.column(word);
        self.places.push((path.into(), column));
    }

    fn finish(self, kind: &str, inner: &JsonObject) -> Translated {
        Translated { json: JsonObject::new().raw(kind, &inner.end()).end(), places: self.places }
    }
}

fn translate(line: &str, cast: &Cast<'_>) -> Result<Translated, InputError> {
    let start = line.len() - line.trim_start().len();
    if line.trim_start().starts_with('{') {
        return Ok(Translated { json: line.to_string(), places: vec![("$".into(), column(line, start))] });
    }
    let words = words(line)?;
    let mut writer = Writer { line, places: Vec::new() };
    let Some((first, rest)) = words.split_first() else {
        return writer.missing("a line begins with a process, a verb such as crash, a method such as GET, or {");
    };
    writer.places.push(("$".into(), column(line, start)));
    if first.key.is_none() && cast.names.iter().any(|name| name == first.text) {
        return request(writer, first, rest, cast);
    }
    let verb = VERBS.iter().find(|verb| first.key.is_none() && verb.name == first.text);
    match verb {
        Some(verb) if verb.name == "partition" => partition(writer, verb, rest),
        Some(verb) => act(writer, verb, rest, cast),
        None => {
            let verbs: Vec<&str> = VERBS.iter().map(|verb| verb.name).collect();
            let found = quote(&line[first.offset..first.end]);
            let what =
                format!("{found} is neither a process ({}) nor a verb ({})", cast.names.join(", "), verbs.join(", "));
            writer.error(first, what)
        }
    }
}

/// `P1 send P2 "hello"`: arguments by their place, or as `name=value`.
fn request<'a>(
    mut writer: Writer<'a>,
    node: &Word<'a>,
    rest: &[Word<'a>],
    cast: &Cast<'_>,
) -> Result<Translated, InputError> {
    let Some((name, values)) = rest.split_first() else {
        let known = operations_at(node.text, cast).map(|o| o.name).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "it takes none".into() } else { known };
        return writer.missing(format!("{} is asked for an operation: {known}", node.text));
    };
    writer.note("$.request.node", node);
    writer.note("$.request.op", name);
    let end = writer.end();
    writer.places.push(("$.request.args".into(), end));
    let mut inner = JsonObject::new();
    inner.text("node", node.text).raw("op", &text_json(name.text));
    if let Some(operation) = cast.spec.operation(name.text) {
        inner.raw("args", &args(&mut writer, operation, values, "$.request.args", true)?.end());
    }
    Ok(writer.finish("request", &inner))
}

/// The operations that a process takes.
fn operations_at<'a>(node: &str, cast: &Cast<'a>) -> impl Iterator<Item = &'static Operation> + use<'a> {
    let role = cast.names.iter().position(|name| name == node).map(|i| cast.roles[i]);
    let fits = move |o: &&Operation| role.is_some_and(|role| o.at.is_empty() || o.at.contains(&role));
    cast.spec.operations.iter().filter(fits)
}

fn args<'a>(
    writer: &mut Writer<'a>,
    operation: &'static Operation,
    values: &[Word<'a>],
    path: &str,
    by_place: bool,
) -> Result<JsonObject, InputError> {
    let mut given: Vec<(&'static Param, &Word<'a>)> = Vec::new();
    let (mut place, names) = (0, operation.args.iter().map(|p| p.name).collect::<Vec<_>>().join(", "));
    let takes = match names.as_str() {
        "" => format!("{} takes no arguments", operation.name),
        names => format!("{} takes {names}", operation.name),
    };
    for word in values {
        let param = match word.key {
            Some(key) => operation.args.iter().find(|p| p.name == key),
            None if by_place => {
                place += 1;
                operation.args.get(place - 1)
            }
            None => None,
        };
        match param {
            Some(param) if given.iter().any(|(p, _)| p.name == param.name) => {
                return writer.error(word, format!("{} stands there twice", param.name));
            }
            Some(param) => given.push((param, word)),
            None if word.key.is_some() || operation.args.is_empty() => return writer.error(word, takes),
            None => return writer.error(word, format!("{takes}; a text with spaces stands in quotes")),
        }
    }
    let mut inner = JsonObject::new();
    for param in operation.args {
        if let Some((_, word)) = given.iter().find(|(p, _)| p.name == param.name) {
            writer.note(format!("{path}.{}", param.name), word);
            inner.raw(param.name, &value_json(param.takes, word.text));
        }
    }
    Ok(inner)
}

/// A value as JSON, by what is expected: names and texts may stand without quotes.
fn value_json(takes: Takes, text: &str) -> String {
    match takes {
        Takes::Text { .. } | Takes::Choice(_) | Takes::Node(_) | Takes::NodeOr { .. } => text_json(text),
        _ => any_json(text),
    }
}

/// A text, with or without its quotes.
fn text_json(text: &str) -> String {
    if text.starts_with('"') { text.to_string() } else { quote(text) }
}

/// JSON where it is JSON, else a text.
fn any_json(text: &str) -> String {
    if Doc::parse(text).is_ok() { text.to_string() } else { quote(text) }
}

/// `partition P1 P2 | P3`.
fn partition<'a>(mut writer: Writer<'a>, verb: &Verb, rest: &[Word<'a>]) -> Result<Translated, InputError> {
    let mut groups: Vec<Vec<String>> = vec![Vec::new()];
    for word in rest {
        let mut offset = word.value_offset;
        if word.key.is_some() {
            return writer.error(word, format!("names of processes are needed here: {}", verb.usage));
        }
        for (i, piece) in word.text.split('|').enumerate() {
            if i > 0 {
                groups.push(Vec::new());
            }
            if !piece.is_empty() {
                let group = groups.len() - 1;
                let path = format!("$.partition.groups[{group}][{}]", groups[group].len());
                writer.places.push((path, column(writer.line, offset)));
                groups[group].push(text_json(piece));
            }
            offset += piece.len() + 1;
        }
    }
    if groups.iter().any(Vec::is_empty) {
        return writer.missing(format!("each side needs a process: {}", verb.usage));
    }
    let mut inner = JsonObject::new();
    inner.list("groups", groups.iter().map(list));
    Ok(writer.finish("partition", &inner))
}

/// A verb with its slots and keys.
fn act<'a>(
    mut writer: Writer<'a>,
    verb: &'static Verb,
    rest: &[Word<'a>],
    cast: &Cast<'_>,
) -> Result<Translated, InputError> {
    let mut inner = JsonObject::new();
    let (by_place, by_key): (Vec<&Word<'a>>, Vec<&Word<'a>>) = rest.iter().partition(|word| word.key.is_none());
    for (i, Slot { key, takes }) in verb.slots.iter().enumerate() {
        let Some(word) = by_place.get(i) else {
            return writer.missing(format!("something is missing here: {}", verb.usage));
        };
        match takes {
            SlotTakes::Word if word.text != *key => return writer.error(word, format!("expected {}", verb.usage)),
            SlotTakes::Word => continue,
            SlotTakes::Number => inner.raw(key, &any_json(word.text)),
            SlotTakes::Node | SlotTakes::Timer | SlotTakes::Operation => inner.raw(key, &text_json(word.text)),
        };
        writer.note(format!("$.{}.{key}", verb.act), word);
    }
    if let Some(word) = by_place.get(verb.slots.len()) {
        return writer.error(word, format!("this is one word too many: {}", verb.usage));
    }
    if let Some((key, value)) = verb.always {
        inner.raw(key, value);
    }
    let operation = match verb.slots {
        [Slot { takes: SlotTakes::Operation, .. }] => cast.spec.operation(by_place[0].text),
        _ => None,
    };
    let (mut arguments, mut seen): (Vec<Word<'a>>, Vec<&'static str>) = (Vec::new(), Vec::new());
    for word in by_key {
        let name = word.key.unwrap_or_default();
        let is = |key: &&Key| key.name == name || key.json == name;
        match verb.keys.iter().find(is) {
            Some(key) if seen.contains(&key.name) => {
                return writer.error(word, format!("{} stands there twice", key.name));
            }
            Some(key) => {
                seen.push(key.name);
                writer.note(format!("$.{}.{}", verb.act, key.json), word);
                inner.raw(key.json, &key_json(key.takes, word.text));
            }
            None if operation.is_some_and(|o| o.args.iter().any(|p| p.name == name)) => arguments.push(word.clone()),
            None => return writer.error(word, format!("there is no {name} here: {}", verb.usage)),
        }
    }
    if let Some(operation) = operation {
        if !seen.contains(&"nodes") {
            let fits = |role: &&str| operation.at.is_empty() || operation.at.contains(role);
            let nodes = cast.names.iter().zip(cast.roles).filter(|(_, role)| fits(role));
            inner.list("nodes", nodes.map(|(name, _)| quote(name)));
        }
        let path = format!("$.{}.args", verb.act);
        inner.raw("args", &args(&mut writer, operation, &arguments, &path, false)?.end());
    }
    let end = writer.end();
    // A key that is missing is missing at the end of the line.
    writer.places.push((format!("$.{}", verb.act), end));
    Ok(writer.finish(verb.act, &inner))
}

/// The value of a verb's key as JSON.
fn key_json(takes: KeyTakes, text: &str) -> String {
    match takes {
        KeyTakes::Nodes if !text.starts_with('[') => list(text.split(',').map(quote)),
        KeyTakes::Delay => match text.split_once("..") {
            Some((min, max)) => format!("{{\"uniform\":{}}}", list([any_json(min), any_json(max)])),
            None => any_json(text),
        },
        KeyTakes::Nodes | KeyTakes::Number | KeyTakes::Truth => any_json(text),
    }
}
