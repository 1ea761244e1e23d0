//! What was looked at: sets of placed operations, each with the state after them.
//!
//! An open table of numbers that point into two plain lists: a set takes one bit for each operation and nothing else.

/// Sets with states.
pub(super) struct Cache {
    /// Words of a set.
    width: usize,
    /// 0, or the number of an entry plus one. The length is a power of two.
    slots: Vec<u32>,
    entries: Vec<(u64, u32)>,
    sets: Vec<u64>,
}

impl Cache {
    /// A table of sets that have so many words.
    pub(super) fn new(width: usize) -> Cache {
        Cache { width, slots: vec![0; 1 << 10], entries: Vec::new(), sets: Vec::new() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds a set with a state, which have this hash; false where it is there already.
    pub(super) fn insert(&mut self, hash: u64, set: &[u64], state: u32) -> bool {
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            let n = self.slots[at] as usize - 1;
            let same = self.entries[n] == (hash, state);
            if same && self.sets[n * self.width..(n + 1) * self.width] == *set {
                return false;
            }
            at = (at + 1) & mask;
        }
        self.entries.push((hash, state));
        self.sets.extend_from_slice(set);
        self.slots[at] = self.entries.len() as u32;
        true
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        self.slots = vec![0; mask + 1];
        for (n, (hash, _)) in self.entries.iter().enumerate() {
            let mut at = *hash as usize & mask;
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = n as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_with_a_state_is_new_once_whatever_its_hash() {
        let mut cache = Cache::new(1);
        for round in [true, false] {
            for n in 0..5_000u64 {
                // One hash for many: they are told apart all the same.
                assert_eq!(cache.insert(n % 7, &[n], (n % 3) as u32), round, "{n}");
            }
        }
        assert_eq!(cache.len(), 5_000);
        assert!(cache.insert(0, &[0], 9) && cache.insert(1, &[0], 9), "another state, another hash");
    }
}
