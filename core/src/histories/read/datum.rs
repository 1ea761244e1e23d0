//! A piece of data, whichever notation it came in.

use crate::base::json::{Doc, InputError};
use crate::histories::operation::Value;

/// Deepest nesting that is read: what reads and frees deeper data takes the stack for it.
pub(super) const DEPTH_MAX: usize = 64;

/// Data of EDN or JSON, as far as histories need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Datum {
    Nil,
    /// A keyword or a symbol, without its colon.
    Word(String),
    Text(String),
    /// A number, or anything else that is only compared, by its source.
    Plain(String),
    List(Vec<Datum>),
    Map(Vec<(String, Datum)>),
}

impl Datum {
    /// A JSON value.
    pub(super) fn of_json(doc: &Doc<'_>) -> Result<Datum, InputError> {
        // Checks the depth, too.
        let payload = doc.payload()?;
        if doc.is_null() {
            return Ok(Datum::Nil);
        }
        if doc.is_string() {
            return doc.string().map(Datum::Text);
        }
        if doc.is_object() {
            let mut object = doc.object()?;
            let mut pairs = Vec::new();
            for key in object.keys() {
                let value = object.need(&key)?;
                pairs.push((key, Datum::of_json(&value)?));
            }
            return Ok(Datum::Map(pairs));
        }
        if payload.json().starts_with('[') {
            return doc.list()?.iter().map(Datum::of_json).collect::<Result<_, _>>().map(Datum::List);
        }
        Ok(Datum::Plain(payload.json().into()))
    }

    /// A field of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Datum> {
        match self {
            Datum::Map(pairs) => pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The words of a keyword or a text.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Datum::Word(word) | Datum::Text(word) => Some(word),
            _ => None,
        }
    }

    /// A whole number.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Datum::Plain(source) => source.parse().ok(),
            _ => None,
        }
    }

    /// Its items, where it is a list.
    pub(super) fn items(&self) -> Option<&[Datum]> {
        match self {
            Datum::List(items) => Some(items),
            _ => None,
        }
    }

    /// A name for a process, a key or a lock.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Datum::Word(text) | Datum::Text(text) | Datum::Plain(text) => Some(text.clone()),
            Datum::Nil => None,
            Datum::List(_) | Datum::Map(_) => Some(self.source()),
        }
    }

    /// The value of a register.
    pub(super) fn value(&self) -> Value {
        match self {
            Datum::Nil => Value::Nil,
            Datum::Text(text) => Value::Text(text.as_str().into()),
            other => Value::Plain(other.source().into()),
        }
    }

    /// How it is written, in one way for both notations.
    pub(super) fn source(&self) -> String {
        match self {
            Datum::Nil => "nil".into(),
            Datum::Word(word) => format!(":{word}"),
            Datum::Text(text) => format!("{text:?}"),
            Datum::Plain(source) => source.clone(),
            Datum::List(items) => {
                let items: Vec<String> = items.iter().map(Datum::source).collect();
                format!("[{}]", items.join(" "))
            }
            Datum::Map(pairs) => {
                let mut pairs: Vec<String> = pairs.iter().map(|(k, v)| format!("{k} {}", v.source())).collect();
                pairs.sort();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }
}
