//! Requests in the HTTP form of the services that the labs model: `POST node1 /put {"key":"x","value":1}`.
//!
//! Whoever knows those services can type what they know. A lab lists its forms as data ([`HttpForm`]); a line is
//! read strictly into the same [`Act::Request`] that the operation's own form gives, and nothing behind it knows
//! which of the two it was. No HTTP is spoken: the line has a method, the process asked, a path with its query
//! and, where the form has one, a body in JSON.
//!
//! Values of path and query are percent-decoded (RFC 3986, §2.1), and in a query `+` is a space, as forms in HTML
//! have it (WHATWG URL, `application/x-www-form-urlencoded`). That is a dozen lines here instead of a crate.

use crate::base::json::{Doc, InputError, Object, quote};
use crate::scenario::Cast;
use crate::tables::{Fields, HttpForm, LabSpec, Operation, Param, Performer, Takes, Value, read_node};
use crate::trace::{Act, NodeId, RequestAct};

/// The forms of a lab in one list, for errors.
fn all_forms(spec: &LabSpec) -> String {
    spec.http.iter().map(HttpForm::usage).collect::<Vec<_>>().join("; ")
}

/// A part of a line, and where it stands as an error names it.
struct Part {
    text: String,
    place: String,
}

impl Part {
    fn error<T>(&self, what: impl Into<String>) -> Result<T, InputError> {
        Err(InputError::new(self.place.clone(), what))
    }
}

/// The parts of a line.
struct Asked<'a> {
    method: Part,
    node: Part,
    target: Part,
    body: Option<Doc<'a>>,
    /// Where a body stands that is not there.
    body_place: String,
}

/// Reads a line; errors name the column.
///
/// # Errors
/// One sentence on what is wrong.
pub fn parse(line: &str, cast: &Cast<'_>) -> Result<Act, InputError> {
    read_line(line, &|offset| format!("column {}", column(line, offset)), cast)
}

/// Column of a byte in a line: characters, counted from 1.
pub(crate) fn column(line: &str, offset: usize) -> usize {
    line.char_indices().take_while(|(at, _)| *at < offset).count() + 1
}

/// Reads the value of `"http"` in a scenario: a line, or an object with `method`, `node`, `path` and perhaps `body`.
///
/// # Errors
/// Names the path of what is wrong.
pub(crate) fn read(doc: &Doc<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
    if doc.is_string() {
        let path = doc.path().to_string();
        return read_line(&doc.string()?, &|_| path.clone(), cast);
    }
    if !doc.is_object() {
        return doc.error("expected a line such as \"GET P1 /\" or an object with method, node, path and perhaps body");
    }
    let mut object = doc.object()?;
    let mut part = |key| {
        let doc = object.need(key)?;
        Ok(Part { text: doc.string()?, place: doc.path().to_string() })
    };
    let (method, node, target) = (part("method")?, part("node")?, part("path")?);
    let body = object.take("body");
    object.finish()?;
    request(Asked { method, node, target, body, body_place: format!("{}.body", doc.path()) }, cast)
}

fn read_line(line: &str, place: &dyn Fn(usize) -> String, cast: &Cast<'_>) -> Result<Act, InputError> {
    let mut rest = line;
    let mut word = || {
        let start = rest.trim_start();
        let end = start.find(char::is_whitespace).unwrap_or(start.len());
        let (text, after) = start.split_at(end);
        let offset = line.len() - start.len();
        rest = after;
        Part { text: text.to_string(), place: place(offset) }
    };
    let (method, node, target) = (word(), word(), word());
    let body = rest.trim();
    let body_place = format!("{}{}", place(line.len() - rest.trim_start().len()), BODY);
    if target.text.is_empty() && !cast.spec.http.is_empty() {
        let what = format!("a method, a process and a path are needed here: {}", all_forms(cast.spec));
        return target.error(what);
    }
    let body = match body {
        "" => None,
        text => match Doc::parse(text) {
            Ok(doc) => Some(doc.at(body_place.clone())),
            Err(e) => return Err(InputError::new(body_place, e.what)),
        },
    };
    request(Asked { method, node, target, body, body_place }, cast)
}

/// What follows the place of a line where its body is meant.
const BODY: &str = ".body";

fn request(asked: Asked<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
    let Asked { method, node, target, body, body_place } = asked;
    if cast.spec.http.is_empty() {
        return method.error("this lab has no HTTP forms; its operations are asked for by \"request\"");
    }
    let (path, query) = target.text.split_once('?').unwrap_or((&target.text, ""));
    let fits = |form: &&HttpForm| form.method == method.text && form.matches(path).is_some();
    let Some(form) = cast.spec.http.iter().find(fits) else {
        let what = format!("this lab has no {} {}; it has {}", method.text, path, all_forms(cast.spec));
        return target.error(what);
    };
    let server = named(&quote(&node.text), &node.place, form.at, cast)?;
    let operation = cast.spec.operation(form.operation).expect("a form asks for an operation of its lab");
    let mut query = Query::read(query, &target.place)?;
    let nothing = Doc::parse("{}")?.at(body_place);
    if let Some(body) = body.as_ref().filter(|_| !form.takes_body()) {
        return body.error(format!("{} takes no body", form.usage()));
    }
    let mut body = body.as_ref().unwrap_or(&nothing).object()?;
    let mut args = Fields::default();
    for param in operation.args {
        if let Some(value) = argument(form, param, path, &target, server, &mut query, &mut body, cast)? {
            args.set(param.name, value);
        }
    }
    let performer = performer(form, server, &mut query, &mut body, cast)?;
    query.finish(form)?;
    body.finish()?;
    check_performer(operation, performer, cast);
    Ok(Act::Request(RequestAct { node: performer, operation, args }))
}

/// The value of an argument, where the line gives one.
#[expect(clippy::too_many_arguments, reason = "an argument may come from any part of the line")]
fn argument(
    form: &HttpForm,
    param: &Param,
    path: &str,
    target: &Part,
    server: NodeId,
    query: &mut Query,
    body: &mut Object<'_>,
    cast: &Cast<'_>,
) -> Result<Option<Value>, InputError> {
    if form.asked == Some(param.name) {
        return Ok(Some(Value::Node(server)));
    }
    let captured = form.matches(path).unwrap_or_default().into_iter().find(|(name, _)| *name == param.name);
    if let Some((_, text)) = captured {
        return text_value(&decode(text, false, &target.place)?, param, &target.place, cast).map(Some);
    }
    if let Some(key) = form.query.iter().find(|key| key.name == param.name) {
        return match query.take(key.name) {
            Some(text) => text_value(&text, param, &query.place, cast).map(Some),
            None if key.required => {
                let what = format!("the key {} is missing in the query: {}", quote(key.name), form.usage());
                Err(InputError::new(query.place.clone(), what))
            }
            None => Ok(None),
        };
    }
    let Some(key) = form.body.iter().find(|key| key.name == param.name) else { return Ok(None) };
    let doc = if key.required { Some(body.need(key.name)?) } else { body.take(key.name) };
    doc.map(|doc| param.takes.read(&doc, cast.names, cast.roles)).transpose()
}

/// Who performs the operation: the process in the line, or the client that is named, or the first one.
fn performer(
    form: &HttpForm,
    server: NodeId,
    query: &mut Query,
    body: &mut Object<'_>,
    cast: &Cast<'_>,
) -> Result<NodeId, InputError> {
    let Performer::Client { role, key } = form.performer else { return Ok(server) };
    if let Some(doc) = if form.takes_body() { body.take(key) } else { None } {
        return read_node(&doc, cast.names, cast.roles, &[role]);
    }
    if let Some(text) = if form.takes_body() { None } else { query.take(key) } {
        return named(&quote(&text), &query.place, &[role], cast);
    }
    match cast.roles.iter().position(|r| *r == role) {
        Some(first) => Ok(first as NodeId),
        None => Err(InputError::new(query.place.clone(), format!("there is no {role} here who could ask for this"))),
    }
}

/// A table that lets somebody do what the operation's own form forbids would be a mistake in the lab.
fn check_performer(operation: &Operation, performer: NodeId, cast: &Cast<'_>) {
    let role = cast.roles[usize::from(performer)];
    assert!(operation.at.is_empty() || operation.at.contains(&role), "{role}s do not perform {}", operation.name);
}

/// A process by its name, in JSON.
fn named(json: &str, place: &str, allowed: &[&str], cast: &Cast<'_>) -> Result<NodeId, InputError> {
    read_node(&Doc::parse(json)?.at(place.to_string()), cast.names, cast.roles, allowed)
}

/// A value from a path or a query, where everything is text.
fn text_value(text: &str, param: &Param, place: &str, cast: &Cast<'_>) -> Result<Value, InputError> {
    let quoted = quote(text);
    let doc = match param.takes {
        Takes::Int { .. } | Takes::Millis { .. } | Takes::MillisRange { .. } | Takes::Bool => Doc::parse(text),
        _ => Doc::parse(&quoted),
    };
    let doc = doc.or_else(|_| Doc::parse(&quoted))?.at(format!("{place}.{}", param.name));
    param.takes.read(&doc, cast.names, cast.roles)
}

/// The keys of a query that have not been taken yet.
struct Query {
    fields: Vec<(String, String)>,
    place: String,
}

impl Query {
    fn read(text: &str, place: &str) -> Result<Query, InputError> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (key, value) = (decode(key, true, place)?, decode(value, true, place)?);
            if fields.iter().any(|(known, _)| *known == key) {
                let what = format!("the key {} stands in the query twice", quote(&key));
                return Err(InputError::new(place, what));
            }
            fields.push((key, value));
        }
        Ok(Query { fields, place: place.to_string() })
    }

    fn take(&mut self, key: &str) -> Option<String> {
        let at = self.fields.iter().position(|(known, _)| known == key)?;
        Some(self.fields.remove(at).1)
    }

    fn finish(self, form: &HttpForm) -> Result<(), InputError> {
        let Some((key, _)) = self.fields.first() else { return Ok(()) };
        let known: Vec<&str> = form.keys(false).map(|key| key.name).collect();
        let hint =
            if known.is_empty() { "no key is known here".into() } else { format!("known here: {}", known.join(", ")) };
        Err(InputError::new(self.place, format!("the key {} is unknown in the query ({hint})", quote(key))))
    }
}

/// Undoes percent-encoding: `%20` is a space.
fn decode(text: &str, plus_is_space: bool, place: &str) -> Result<String, InputError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if plus_is_space => b' ',
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => return Err(InputError::new(place, format!("two hex digits follow a %, not so in {text}"))),
                }
            }
            other => other,
        });
    }
    let wrong = |_| InputError::new(place, format!("{text} does not stand for text in UTF-8"));
    String::from_utf8(bytes).map_err(wrong)
}

#[cfg(test)]
mod tests;
