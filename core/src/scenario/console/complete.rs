//! What may stand next in a line.

use super::verbs::{Key, KeyTakes, SlotTakes};
use super::words::{Word, words};
use super::{VERBS, Verb, operations_at};
use crate::base::json::{JsonObject, quote};
use crate::scenario::Cast;
use crate::scenario::suggest::suggestions;
use crate::tables::{HttpForm, Operation, Param, Performer, Takes};

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What stands there then, from `from` to the cursor.
    pub text: String,
    /// Where it begins, in bytes of the line.
    pub from: usize,
    /// What it is, in a word or a sentence.
    pub says: &'static str,
}

/// What may stand at a cursor (a place in bytes), given what stands before it. Nothing, where nothing is known or the
/// line is wrong already.
#[must_use]
pub fn complete(line: &str, cursor: usize, cast: &Cast<'_>) -> Vec<Completion> {
    let mut cursor = cursor.min(line.len());
    while !line.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let head = &line[..cursor];
    let Ok(mut before) = words(head) else { return Vec::new() };
    let fresh = Word { key: None, text: "", offset: cursor, value_offset: cursor, end: cursor };
    let current = if head.ends_with(char::is_whitespace) { fresh } else { before.pop().unwrap_or(fresh) };
    let mut at = At { current: &current, from: current.value_offset, found: Vec::new() };
    match before.split_first() {
        None => at.first(cast),
        Some((first, rest)) if cast.names.iter().any(|name| name == first.text) => at.request(first, rest, cast),
        Some((first, rest)) => match VERBS.iter().find(|verb| verb.name == first.text) {
            Some(verb) => at.verb(verb, rest, cast),
            None => at.http(first, rest, cast),
        },
    }
    at.found
}

/// The word at the cursor, and what it may become.
struct At<'w, 'a> {
    current: &'w Word<'a>,
    /// Where the part of it that is completed begins.
    from: usize,
    found: Vec<Completion>,
}

impl At<'_, '_> {
    fn offer(&mut self, text: impl Into<String>, says: &'static str) {
        let text = text.into();
        let typed = &self.current.text[self.from - self.current.value_offset..];
        if text.starts_with(typed) && !self.found.iter().any(|c| c.text == text) {
            self.found.push(Completion { text, from: self.from, says });
        }
    }

    fn nodes(&mut self, cast: &Cast<'_>, roles: &[&str]) {
        for (name, role) in cast.names.iter().zip(cast.roles) {
            if roles.is_empty() || roles.contains(role) {
                self.offer(name.as_str(), role);
            }
        }
    }

    /// Nothing before: processes, verbs, methods.
    fn first(&mut self, cast: &Cast<'_>) {
        if self.current.key.is_none() {
            self.nodes(cast, &[]);
            VERBS.iter().for_each(|verb| self.offer(verb.name, verb.says));
            cast.spec.http.iter().for_each(|form| self.offer(form.method, "An operation in its HTTP form."));
        }
    }

    fn request(&mut self, node: &Word<'_>, rest: &[Word<'_>], cast: &Cast<'_>) {
        let Some((name, given)) = rest.split_first() else {
            return operations_at(node.text, cast).for_each(|operation| self.offer(operation.name, operation.says));
        };
        let Some(operation) = operations_at(node.text, cast).find(|o| o.name == name.text) else { return };
        let place = given.iter().filter(|word| word.key.is_none()).count();
        let is_given =
            |i: usize, p: &Param| i < place || given.iter().any(|word| word.key.is_some_and(|key| key == p.name));
        if let Some(key) = self.current.key {
            return self.argument(operation, key, cast);
        }
        if let Some(param) = operation.args.get(place).filter(|p| !is_given(place, p)) {
            self.values(operation, param, cast);
        }
        for (i, param) in operation.args.iter().enumerate() {
            if !is_given(i, param) {
                self.offer(format!("{}=", param.name), param.says);
            }
        }
    }

    /// The value of `key=`, if that is an argument.
    fn argument(&mut self, operation: &'static Operation, key: &str, cast: &Cast<'_>) {
        if let Some(param) = operation.args.iter().find(|p| p.name == key) {
            self.values(operation, param, cast);
        }
    }

    fn values(&mut self, operation: &'static Operation, param: &'static Param, cast: &Cast<'_>) {
        match param.takes {
            Takes::Bool => ["true", "false"].iter().for_each(|word| self.offer(*word, param.says)),
            Takes::Choice(words) => words.iter().for_each(|word| self.offer(*word, param.says)),
            Takes::Node(roles) => self.nodes(cast, roles),
            Takes::NodeOr { roles, words } => {
                self.nodes(cast, roles);
                words.iter().for_each(|word| self.offer(*word, param.says));
            }
            _ => {
                if let Some(default) = param.default.filter(|default| *default != "null") {
                    self.offer(default, param.says);
                } else if param.default.is_none() {
                    let names = cast.machine.map_or_else(Vec::new, |machine| suggestions(machine, operation, param));
                    let words = names.into_iter().filter(|name| !name.contains(char::is_whitespace));
                    words.for_each(|name| self.offer(name, param.says));
                }
            }
        }
    }

    fn verb(&mut self, verb: &'static Verb, rest: &[Word<'_>], cast: &Cast<'_>) {
        let by_place: Vec<&Word<'_>> = rest.iter().filter(|word| word.key.is_none()).collect();
        if verb.name == "partition" {
            return self.partition(&by_place, cast);
        }
        let workload = match verb.slots {
            [slot] if slot.takes == SlotTakes::Operation => by_place.first().and_then(|w| cast.spec.operation(w.text)),
            _ => None,
        };
        if let Some(name) = self.current.key {
            return match verb.keys.iter().find(|key| key.name == name || key.json == name) {
                Some(key) => self.key(key, workload, cast),
                None => workload.into_iter().for_each(|operation| self.argument(operation, name, cast)),
            };
        }
        if let Some(slot) = verb.slots.get(by_place.len()) {
            return match slot.takes {
                SlotTakes::Node => self.nodes(cast, &[]),
                SlotTakes::Timer => cast.spec.timers.iter().for_each(|timer| self.offer(*timer, "timer")),
                SlotTakes::Operation => cast.spec.operations.iter().for_each(|o| self.offer(o.name, o.says)),
                SlotTakes::Word => self.offer(slot.key, verb.usage),
                SlotTakes::Number => {}
            };
        }
        let given = |name: &str| rest.iter().any(|word| word.key == Some(name));
        for key in verb.keys.iter().filter(|key| !given(key.name) && !given(key.json)) {
            self.offer(format!("{}=", key.name), verb.usage);
        }
        for param in workload.into_iter().flat_map(|o| o.args).filter(|p| !given(p.name)) {
            self.offer(format!("{}=", param.name), param.says);
        }
    }

    fn partition(&mut self, before: &[&Word<'_>], cast: &Cast<'_>) {
        let used = |name: &String| before.iter().any(|word| word.text.split('|').any(|piece| piece == name));
        for (name, role) in cast.names.iter().zip(cast.roles).filter(|(name, _)| !used(name)) {
            self.offer(name.as_str(), role);
        }
        if before.last().is_some_and(|word| !word.text.ends_with('|')) {
            self.offer("|", "The next group.");
        }
    }

    fn key(&mut self, key: &Key, workload: Option<&'static Operation>, cast: &Cast<'_>) {
        match key.takes {
            KeyTakes::Truth => ["true", "false"].iter().for_each(|word| self.offer(*word, "")),
            KeyTakes::Nodes => {
                // The names before the last comma stand already.
                self.from += self.current.text.rfind(',').map_or(0, |comma| comma + 1);
                self.nodes(cast, workload.map_or(&[], |operation| operation.at));
            }
            KeyTakes::Number | KeyTakes::Delay => {}
        }
    }

    /// `POST node1 /put {…}`: the process, then the path, then a body with the arguments' defaults.
    fn http(&mut self, method: &Word<'_>, rest: &[Word<'_>], cast: &Cast<'_>) {
        if self.current.key.is_some() {
            return;
        }
        let forms: Vec<&'static HttpForm> = cast.spec.http.iter().filter(|form| form.method == method.text).collect();
        match rest {
            [] => forms.iter().for_each(|form| self.nodes(cast, form.at)),
            [_] => {
                for form in forms {
                    let query: Vec<String> = form.query.iter().map(|key| format!("{}=", key.name)).collect();
                    let joint = if query.is_empty() { "" } else { "?" };
                    let path = form.path.split('{').next().unwrap_or_default();
                    let says = cast.spec.operation(form.operation).map_or("", |o| o.says);
                    self.offer(format!("{path}{joint}{}", query.join("&")), says);
                }
            }
            [_, path] => {
                for form in forms.iter().filter(|form| !form.body.is_empty() && form.takes_path(path.text)) {
                    self.offer(body(form, cast), "The body, with the defaults of its arguments.");
                }
            }
            _ => {}
        }
    }
}

/// A body that can be sent as it stands, except where an argument has no default.
fn body(form: &HttpForm, cast: &Cast<'_>) -> String {
    let operation = cast.spec.operation(form.operation);
    let mut o = JsonObject::new();
    for key in form.body.iter().filter(|key| key.required) {
        let param = operation.and_then(|o| o.args.iter().find(|p| p.name == key.name));
        o.raw(key.name, param.and_then(|p| p.default).unwrap_or("\"\""));
    }
    if let Performer::Client { role, key } = form.performer
        && let Some(first) = cast.roles.iter().position(|r| *r == role)
    {
        o.raw(key, &quote(&cast.names[first]));
    }
    o.end()
}
