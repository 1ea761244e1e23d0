//! Set-up fields and arguments: what they take, and values that were checked against that.

use super::network::read_range;
use crate::base::ids::NodeId;
use crate::base::json::{Doc, InputError, JsonObject, Payload, millis_text, quote};
use crate::base::words::shorten;
use std::ops::RangeInclusive;

/// What values a field or an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A whole number.
    Int {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// Milliseconds with at most three decimals.
    Millis {
        /// Smallest, in microseconds.
        min_us: u64,
        /// Largest, in microseconds.
        max_us: u64,
    },
    /// A range `[min, max]` of milliseconds.
    MillisRange {
        /// Smallest, in microseconds.
        min_us: u64,
        /// Largest, in microseconds.
        max_us: u64,
    },
    /// `true` or `false`.
    Bool,
    /// A string of at most so many bytes.
    Text {
        /// Longest.
        max_bytes: usize,
    },
    /// One of some words.
    Choice(&'static [&'static str]),
    /// A process with one of these roles (any, where the list is empty).
    Node(&'static [&'static str]),
    /// A process with one of these roles, or one of some words that stand for none in particular.
    NodeOr {
        /// Roles; any, where the list is empty.
        roles: &'static [&'static str],
        /// Words.
        words: &'static [&'static str],
    },
    /// Any JSON.
    Json,
}

/// A set-up field or an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name in a scenario.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Its default as JSON; `None` where it must be given.
    pub default: Option<&'static str>,
    /// One sentence for people.
    pub says: &'static str,
}

/// A value that was checked against a [`Param`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number, or microseconds.
    Int(u64),
    /// A range of microseconds.
    Range(u64, u64),
    /// A truth value.
    Bool(bool),
    /// A string.
    Text(String),
    /// A process.
    Node(NodeId),
    /// Any JSON.
    Json(Payload),
}

/// Named values, in the order of their [`Param`]s; what is at its default is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    /// Whether all that was given there was given here, with the same values.
    #[must_use]
    pub fn has_all_of(&self, other: &Fields) -> bool {
        other.0.iter().all(|given| self.0.contains(given))
    }

    /// Reads the values of some params from an object, leaving its other keys.
    ///
    /// # Errors
    /// Names the path of what is wrong or missing.
    pub fn take(
        object: &mut crate::base::json::Object<'_>,
        params: &'static [Param],
        names: &[String],
        roles: &[&'static str],
    ) -> Result<Fields, InputError> {
        let mut fields = Vec::new();
        for param in params {
            match object.take(param.name) {
                Some(doc) => fields.push((param.name, param.takes.read(&doc, names, roles)?)),
                None if param.default.is_some() => {}
                None => drop(object.need(param.name)?),
            }
        }
        Ok(Fields(fields))
    }

    /// Sets a value.
    pub fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some(slot) => slot.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// Sets a value, or leaves it out where it is the default.
    pub fn set_or_leave(&mut self, params: &'static [Param], name: &'static str, value: Value) {
        self.0.retain(|(n, _)| *n != name);
        if value != self.value(params, name) {
            self.0.push((name, value));
            self.0.sort_by_key(|(n, _)| params.iter().position(|p| p.name == *n));
        }
    }

    /// The value that was given, if one was.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// The value given or the default.
    ///
    /// # Panics
    /// When the param has neither, which the reader does not let through.
    #[must_use]
    pub fn value(&self, params: &'static [Param], name: &str) -> Value {
        if let Some(value) = self.given(name) {
            return value.clone();
        }
        let param = params.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no param is called {name}"));
        let default = param.default.unwrap_or_else(|| panic!("{name} must be given"));
        let doc = Doc::parse(default).expect("defaults are JSON");
        param.takes.read(&doc, &[], &[]).expect("defaults are within their range")
    }

    /// A whole number, or microseconds.
    #[must_use]
    pub fn int(&self, params: &'static [Param], name: &str) -> u64 {
        match self.value(params, name) {
            Value::Int(n) => n,
            _ => panic!("{name} is no number"),
        }
    }

    /// A process.
    ///
    /// # Panics
    /// When the argument is not a process that was given.
    #[must_use]
    pub fn node(&self, name: &str) -> NodeId {
        match self.given(name) {
            Some(Value::Node(node)) => *node,
            _ => panic!("{name} is no process"),
        }
    }

    /// Any JSON.
    #[must_use]
    pub fn json(&self, params: &'static [Param], name: &str) -> Payload {
        match self.value(params, name) {
            Value::Json(payload) => payload,
            _ => panic!("{name} is no payload"),
        }
    }

    /// Leaves a value out, so that its default holds; false where none was given.
    pub fn leave(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|(n, _)| *n != name);
        self.0.len() < before
    }

    /// The same with other numbers for the processes; `None` where one of them has no number any more.
    #[must_use]
    pub fn renumbered(&self, number: &dyn Fn(NodeId) -> Option<NodeId>) -> Option<Fields> {
        let one = |(name, value): &(&'static str, Value)| match value {
            Value::Node(node) => Some((*name, Value::Node(number(*node)?))),
            other => Some((*name, other.clone())),
        };
        self.0.iter().map(one).collect::<Option<Vec<_>>>().map(Fields)
    }

    /// The names of all values that were given.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// True when nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes a param's value into an object, if one was given.
    pub fn write_one(&self, param: &Param, object: &mut JsonObject) {
        if let Some(value) = self.given(param.name) {
            object.raw(param.name, &value.json(&[], matches!(param.takes, Takes::Millis { .. })));
        }
    }

    /// Writes the given values into an object.
    pub fn write(&self, params: &'static [Param], names: &[String], object: &mut JsonObject) {
        for (name, value) in &self.0 {
            let millis = params.iter().any(|p| p.name == *name && matches!(p.takes, Takes::Millis { .. }));
            object.raw(name, &value.json(names, millis));
        }
    }
}

impl Fields {
    /// Like [`Fields::write`], with long values cut short: for people, no longer JSON.
    pub fn write_short(&self, params: &'static [Param], names: &[String], chars_max: usize, object: &mut JsonObject) {
        for (name, value) in &self.0 {
            let millis = params.iter().any(|p| p.name == *name && matches!(p.takes, Takes::Millis { .. }));
            object.raw(name, &shorten(&value.json(names, millis), chars_max));
        }
    }
}

/// Checked values with the table that they were checked against: what a lab reads its settings and arguments from. The
/// default stands for what was not given.
///
/// # Panics
/// All readers do where the table has no such name, or says that it is something else: the lab and its table disagree.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    params: &'static [Param],
    fields: &'a Fields,
}

impl<'a> Values<'a> {
    /// Values of a table.
    #[must_use]
    pub fn of(params: &'static [Param], fields: &'a Fields) -> Values<'a> {
        Values { params, fields }
    }

    /// Whatever it is.
    #[must_use]
    pub fn value(&self, name: &str) -> Value {
        self.fields.value(self.params, name)
    }

    /// A whole number, or microseconds.
    #[must_use]
    pub fn int(&self, name: &str) -> u64 {
        self.fields.int(self.params, name)
    }

    /// A number of things.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        self.int(name) as usize
    }

    /// A range of microseconds.
    #[must_use]
    pub fn range_us(&self, name: &str) -> (u64, u64) {
        match self.value(name) {
            Value::Range(min_us, max_us) => (min_us, max_us),
            other => panic!("{name} is no range, but {other:?}"),
        }
    }

    /// A truth value.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        match self.value(name) {
            Value::Bool(value) => value,
            other => panic!("{name} is no truth value, but {other:?}"),
        }
    }

    /// A string.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        match self.value(name) {
            Value::Text(text) => text,
            other => panic!("{name} is no text, but {other:?}"),
        }
    }

    /// A process; none where a word stands that means no particular one.
    #[must_use]
    pub fn node_or_none(&self, name: &str) -> Option<NodeId> {
        match self.fields.given(name) {
            Some(Value::Node(node)) => Some(*node),
            _ => None,
        }
    }

    /// A process.
    #[must_use]
    pub fn node(&self, name: &str) -> NodeId {
        self.fields.node(name)
    }

    /// Any JSON.
    #[must_use]
    pub fn json(&self, name: &str) -> Payload {
        self.fields.json(self.params, name)
    }
}

impl Value {
    fn json(&self, names: &[String], millis: bool) -> String {
        match self {
            Value::Int(n) if millis => millis_text(*n),
            Value::Int(n) => n.to_string(),
            Value::Range(min, max) => format!("[{},{}]", millis_text(*min), millis_text(*max)),
            Value::Bool(b) => b.to_string(),
            Value::Text(text) => quote(text),
            Value::Node(node) => quote(&names[usize::from(*node)]),
            Value::Json(payload) => payload.json().to_string(),
        }
    }
}

impl Takes {
    /// Reads a value.
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn read(self, doc: &Doc<'_>, names: &[String], roles: &[&'static str]) -> Result<Value, InputError> {
        Ok(match self {
            Takes::Int { min, max } => Value::Int(doc.int(min, max)?),
            Takes::Millis { min_us, max_us } => Value::Int(doc.millis(min_us, max_us)?),
            Takes::MillisRange { min_us, max_us } => {
                let (min, max) = read_range(doc, min_us, max_us)?;
                Value::Range(min, max)
            }
            Takes::Bool => Value::Bool(doc.bool()?),
            Takes::Text { max_bytes } => {
                let text = doc.string()?;
                if text.len() > max_bytes {
                    return doc.error(format!("at most {max_bytes} bytes, this has {}", text.len()));
                }
                Value::Text(text)
            }
            Takes::Choice(words) => {
                let word = doc.string()?;
                if !words.contains(&word.as_str()) {
                    return doc.error(format!("expected one of {}, found {}", words.join(", "), quote(&word)));
                }
                Value::Text(word)
            }
            Takes::Node(allowed) => Value::Node(read_node(doc, names, roles, allowed)?),
            Takes::NodeOr { roles: allowed, words } => match doc.string()? {
                word if words.contains(&word.as_str()) => Value::Text(word),
                _ => Value::Node(read_node(doc, names, roles, allowed)?),
            },
            Takes::Json => Value::Json(doc.payload()?),
        })
    }

    fn json(self) -> String {
        let mut o = JsonObject::new();
        match self {
            Takes::Int { min, max } => o.text("type", "integer").int("min", min).int("max", max),
            Takes::Millis { min_us, max_us } => {
                o.text("type", "milliseconds").raw("min", &millis_text(min_us)).raw("max", &millis_text(max_us))
            }
            Takes::MillisRange { min_us, max_us } => o
                .text("type", "range of milliseconds")
                .raw("min", &millis_text(min_us))
                .raw("max", &millis_text(max_us)),
            Takes::Bool => o.text("type", "boolean"),
            Takes::Text { max_bytes } => o.text("type", "string").int("max_bytes", max_bytes as u64),
            Takes::Choice(words) => o.text("type", "choice").list("of", words.iter().map(|w| quote(w))),
            Takes::Node(roles) => o.text("type", "process").list("roles", roles.iter().map(|r| quote(r))),
            Takes::NodeOr { roles, words } => o
                .text("type", "process")
                .list("roles", roles.iter().map(|r| quote(r)))
                .list("or", words.iter().map(|w| quote(w))),
            Takes::Json => o.text("type", "json"),
        };
        o.end()
    }
}

/// Reads the name of a process.
///
/// # Errors
/// When there is no such process, or it has another role.
pub fn read_node(doc: &Doc<'_>, names: &[String], roles: &[&str], allowed: &[&str]) -> Result<NodeId, InputError> {
    let name = doc.string()?;
    let fits = |i: usize| allowed.is_empty() || allowed.contains(&roles[i]);
    let candidates = || (0..names.len()).filter(|&i| fits(i)).map(|i| names[i].as_str()).collect::<Vec<_>>().join(", ");
    match names.iter().position(|n| *n == name) {
        Some(i) if fits(i) => Ok(i as NodeId),
        Some(i) => doc.error(format!("{name} is a {}; this takes one of {}", roles[i], candidates())),
        None => doc.error(format!("there is no process {}; there are {}", quote(&name), candidates())),
    }
}

impl Param {
    /// One that takes something, with its default as JSON.
    #[must_use]
    pub const fn new(name: &'static str, takes: Takes, default: &'static str, says: &'static str) -> Param {
        Param { name, takes, default: Some(default), says }
    }

    /// One that must be given.
    #[must_use]
    pub const fn needed(name: &'static str, takes: Takes, says: &'static str) -> Param {
        Param { name, takes, default: None, says }
    }

    /// A whole number.
    #[must_use]
    pub const fn int(
        name: &'static str,
        range: RangeInclusive<u64>,
        default: &'static str,
        says: &'static str,
    ) -> Param {
        Param::new(name, Takes::Int { min: *range.start(), max: *range.end() }, default, says)
    }

    /// Milliseconds, from a range of microseconds.
    #[must_use]
    pub const fn millis(
        name: &'static str,
        range_us: RangeInclusive<u64>,
        default: &'static str,
        says: &'static str,
    ) -> Param {
        Param::new(name, Takes::Millis { min_us: *range_us.start(), max_us: *range_us.end() }, default, says)
    }

    /// The param in the listing of `lightcone labs --json`.
    pub(super) fn json(&self) -> String {
        let mut o = JsonObject::new();
        o.text("name", self.name).raw("takes", &self.takes.json());
        match self.default {
            Some(default) => o.bool("required", false).raw("default", default),
            None => o.bool("required", true),
        };
        o.text("says", self.says).end()
    }
}
