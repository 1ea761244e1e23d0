//! The messages that can be delivered, by age. Each is in it once, though two copies of it may say different ages.

use crate::labs::queue::item::{Id, Item};
use std::collections::{BTreeMap, BTreeSet};

/// Messages in the order in which they are delivered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ready {
    by_age: BTreeSet<(u64, Id)>,
    born_us: BTreeMap<Id, u64>,
}

impl Ready {
    /// Puts a message in, unless it is.
    pub(crate) fn insert(&mut self, item: &Item) {
        if !self.has(item.id) {
            self.by_age.insert((item.born_us, item.id));
            self.born_us.insert(item.id, item.born_us);
        }
    }

    /// Takes the oldest.
    pub(crate) fn pop(&mut self) -> Option<Id> {
        let (_, id) = self.by_age.pop_first()?;
        self.born_us.remove(&id);
        Some(id)
    }

    /// Takes one out, where it is in.
    pub(crate) fn remove(&mut self, id: Id) {
        if let Some(born_us) = self.born_us.remove(&id) {
            self.by_age.remove(&(born_us, id));
        }
    }

    /// Whether one is in it.
    pub(crate) fn has(&self, id: Id) -> bool {
        self.born_us.contains_key(&id)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_age.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_age.is_empty()
    }
}
