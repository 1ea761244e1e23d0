//! Sets of numbers with few gaps.

use std::collections::BTreeSet;

/// A set of numbers from 1 on.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// All up to here are in it.
    all_to: u64,
    above: BTreeSet<u64>,
}

impl Numbers {
    /// Whether a number is in it.
    #[must_use]
    pub fn has(&self, number: u64) -> bool {
        number <= self.all_to || self.above.contains(&number)
    }

    /// Puts a number in; false when it was there.
    pub fn insert(&mut self, number: u64) -> bool {
        if number <= self.all_to || !self.above.insert(number) {
            return false;
        }
        while self.above.remove(&(self.all_to + 1)) {
            self.all_to += 1;
        }
        true
    }
}
