//! Lines and what is in them.

use crate::json::{JsonObject, Payload};
use std::rc::Rc;

/// A line: its name and the set that it falls into. In key mode a line is a key; in address mode its name is its first
/// address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    pub(super) name: Rc<str>,
    pub(super) set: usize,
}

/// What is in a line: values by key, in the order of the keys. What was never written is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(Rc<[(Rc<str>, Payload)]>);

impl Content {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Payload> {
        self.0.iter().find(|(k, _)| **k == *key).map(|(_, value)| value)
    }

    /// The same with another value for a key.
    pub(super) fn with(&self, key: &Rc<str>, value: &Payload) -> Content {
        let mut entries: Vec<(Rc<str>, Payload)> = self.0.iter().filter(|(k, _)| k != key).cloned().collect();
        let place = entries.partition_point(|(k, _)| (k.len(), &**k) < (key.len(), &**key));
        entries.insert(place, (Rc::clone(key), value.clone()));
        Content(entries.into())
    }

    /// The value of a line as JSON: in key mode that of the key, in address mode those of the addresses written.
    pub(super) fn json(&self, by_address: bool) -> String {
        if !by_address {
            return self.0.first().map_or("null", |(_, value)| value.json()).into();
        }
        let mut o = JsonObject::new();
        for (key, value) in self.0.iter() {
            o.raw(key, value.json());
        }
        o.end()
    }

    /// The value of a line for people.
    pub(super) fn shown(&self, by_address: bool) -> String {
        if !by_address {
            return self.0.first().map_or_else(|| "–".into(), |(_, value)| value.shown());
        }
        let one = |(key, value): &(Rc<str>, Payload)| format!("{key}: {}", value.shown());
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Bytes of its values as JSON.
    pub(super) fn bytes(&self) -> u64 {
        self.0.iter().map(|(_, value)| value.json().len() as u64).sum()
    }
}

/// The value of a key as JSON; `null` where it was never written.
pub(super) fn value_json(value: Option<&Payload>) -> &str {
    value.map_or("null", Payload::json)
}
