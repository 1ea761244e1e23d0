//! An append-only list whose copies share what they have in common.
//!
//! A branch of a run keeps everything up to the fork and costs one pointer for each full block; a snapshot
//! of the world holds positions in such lists and never their content.

use std::rc::Rc;

/// Items in a block: small enough that the copied tail of a fork does not matter, large enough that the
/// list of blocks stays short at a million records.
const BLOCK: usize = 2048;

/// An append-only list in shared blocks.
#[derive(Debug)]
pub struct Log<T> {
    full: Vec<Rc<Vec<T>>>,
    tail: Vec<T>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log { full: Vec::new(), tail: Vec::new() }
    }
}

impl<T: Clone> Clone for Log<T> {
    fn clone(&self) -> Self {
        Log { full: self.full.clone(), tail: self.tail.clone() }
    }
}

impl<T: Clone> Log<T> {
    /// Number of items.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.full.len() * BLOCK + self.tail.len()
    }

    /// True when nothing was appended yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends an item and returns its position.
    #[inline]
    pub fn push(&mut self, item: T) -> usize {
        if self.tail.len() == BLOCK {
            let block = std::mem::replace(&mut self.tail, Vec::with_capacity(BLOCK));
            self.full.push(Rc::new(block));
        }
        self.tail.push(item);
        self.len() - 1
    }

    /// Appends several items.
    pub fn extend(&mut self, items: &[T]) {
        if self.tail.len() + items.len() <= BLOCK {
            self.tail.extend_from_slice(items);
        } else {
            for item in items {
                self.push(item.clone());
            }
        }
    }

    /// Items from a position on that stand side by side in memory: at most `len` of them, at least one if
    /// there is one.
    #[must_use]
    pub fn run(&self, start: usize, len: usize) -> &[T] {
        let (block, offset) = (start / BLOCK, start % BLOCK);
        let items = self.full.get(block).map_or(self.tail.as_slice(), |b| b.as_slice());
        items.get(offset..items.len().min(offset + len)).unwrap_or_default()
    }

    /// The item at a position.
    ///
    /// # Panics
    /// When there is none.
    #[inline]
    #[must_use]
    pub fn at(&self, position: usize) -> &T {
        let block = position / BLOCK;
        if block < self.full.len() {
            &self.full[block][position % BLOCK]
        } else {
            &self.tail[position - self.full.len() * BLOCK]
        }
    }

    /// The item at a position, if there is one.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<&T> {
        (position < self.len()).then(|| self.at(position))
    }

    /// Forgets everything from a position on. Blocks that a copy still uses stay as they are.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        let block = len / BLOCK;
        if block < self.full.len() {
            self.tail = self.full[block][..len % BLOCK].to_vec();
            self.full.truncate(block);
        } else {
            self.tail.truncate(len % BLOCK);
        }
    }

    /// All items from a position on.
    pub fn iter_from(&self, start: usize) -> impl Iterator<Item = &T> {
        (start..self.len()).map(move |i| self.at(i))
    }

    /// First position whose item does not satisfy the predicate, which must hold for a prefix only.
    pub fn partition_point(&self, holds: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.at(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_its_items_when_the_original_is_cut_and_goes_on() {
        let mut a = Log::default();
        for i in 0..5000u32 {
            assert_eq!(a.push(i), i as usize);
        }
        let b = a.clone();
        a.truncate(3000);
        a.push(7);
        assert_eq!((a.len(), *a.at(2999), *a.at(3000), a.get(3001)), (3001, 2999, 7, None));
        assert_eq!((b.len(), *b.at(3000), *b.at(4999)), (5000, 3000, 4999));
        assert_eq!(b.partition_point(|&x| x < 4321), 4321);
        a.truncate(4096);
        a.truncate(2048);
        assert_eq!((a.len(), *a.at(2047)), (2048, 2047));
        a.push(1);
        assert_eq!(*a.at(2048), 1);
    }

    #[test]
    fn items_appended_together_are_found_alone_and_in_runs() {
        let mut log = Log::default();
        for i in 0..1000u32 {
            log.extend(&[i, i + 1, i + 2, i + 3, i + 4]);
        }
        assert_eq!((log.len(), *log.at(2045), *log.at(2051)), (5000, 409, 411));
        assert_eq!(log.run(10, 3), [2, 3, 4]);
        assert_eq!(log.run(2045, 5), [409, 410, 411], "a run ends with its block");
        assert_eq!(log.run(2048, 2), [412, 413]);
        assert_eq!(log.run(4998, 9), [1002, 1003]);
        assert!(log.run(5000, 1).is_empty() && log.run(99_999, 1).is_empty());
    }
}
