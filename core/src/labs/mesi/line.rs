//! Lines and what is in them.

use crate::base::json::{JsonObject, Payload};
use crate::trace::NodeId;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A line: its name and the set that it falls into. In key mode a line is a key; in address mode its name is its first
/// address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    pub(super) name: Rc<str>,
    pub(super) set: usize,
}

/// The write that a word's value comes from: whose it was, and which of the writes made there. It tells a word that was
/// written again from one that was not, also where the same value was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) by: NodeId,
    pub(super) number: u64,
}

impl Origin {
    fn is(self, other: Origin) -> bool {
        (self.by, self.number) == (other.by, other.number)
    }
}

/// Where a word comes from; none: it was in memory at the start, or is looked at by a check. This is for those who look
/// on, and no protocol decides by it. So equality and order are written by hand here, and pass over it: contents are
/// equal where a processor cannot tell them apart, and numbers that grow for ever would give the whole system new states
/// for ever.
#[derive(Clone, Copy, Debug, Default)]
struct Source(Option<Origin>);

impl PartialEq for Source {
    fn eq(&self, _other: &Source) -> bool {
        true
    }
}

impl Eq for Source {}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Source) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Source {
    fn cmp(&self, _other: &Source) -> Ordering {
        Ordering::Equal
    }
}

impl Hash for Source {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// What is in a word of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Word {
    key: Rc<str>,
    value: Payload,
    source: Source,
}

/// What is in a line: words by key, in the order of the keys. What was never written is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(Rc<[Word]>);

impl Content {
    fn word(&self, key: &str) -> Option<&Word> {
        self.0.iter().find(|word| *word.key == *key)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Payload> {
        self.word(key).map(|word| &word.value)
    }

    /// The same with another value for a key, from nowhere in particular.
    pub(super) fn with(&self, key: &Rc<str>, value: &Payload) -> Content {
        self.with_word(Word { key: Rc::clone(key), value: value.clone(), source: Source(None) })
    }

    /// The same after a write.
    pub(super) fn written(&self, key: &Rc<str>, value: &Payload, origin: Origin) -> Content {
        self.with_word(Word { key: Rc::clone(key), value: value.clone(), source: Source(Some(origin)) })
    }

    /// The same with the words of another, as they were written there.
    pub(super) fn overwritten(&self, by: &Content) -> Content {
        by.0.iter().fold(self.clone(), |content, word| content.with_word(word.clone()))
    }

    fn with_word(&self, word: Word) -> Content {
        let mut words: Vec<Word> = self.0.iter().filter(|w| w.key != word.key).cloned().collect();
        let place = words.partition_point(|w| (w.key.len(), &*w.key) < (word.key.len(), &*word.key));
        words.insert(place, word);
        Content(words.into())
    }

    /// The words that come from another write than they do in `old`, and who made it.
    pub(super) fn written_since(&self, old: &Content) -> Vec<(Rc<str>, NodeId)> {
        let fresh = |word: &Word| {
            let origin = word.source.0?;
            let before = old.word(&word.key).and_then(|word| word.source.0);
            let same = before.is_some_and(|before| before.is(origin));
            (!same).then(|| (Rc::clone(&word.key), origin.by))
        };
        self.0.iter().filter_map(fresh).collect()
    }

    /// The value of a line as JSON: in key mode that of the key, in address mode those of the addresses written.
    pub(super) fn json(&self, by_address: bool) -> String {
        if !by_address {
            return self.0.first().map_or("null", |word| word.value.json()).into();
        }
        let mut o = JsonObject::new();
        for word in self.0.iter() {
            o.raw(&word.key, word.value.json());
        }
        o.end()
    }

    /// The value of a line for people.
    pub(super) fn shown(&self, by_address: bool) -> String {
        if !by_address {
            return self.0.first().map_or_else(|| "–".into(), |word| word.value.shown());
        }
        let one = |word: &Word| format!("{}: {}", word.key, word.value.shown());
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Bytes of its values as JSON.
    pub(super) fn bytes(&self) -> u64 {
        self.0.iter().map(|word| word.value.json().len() as u64).sum()
    }
}

/// The value of a key as JSON; `null` where it was never written.
pub(super) fn value_json(value: Option<&Payload>) -> &str {
    value.map_or("null", Payload::json)
}
