//! Sorting in little code. The standard library's sorts are there once for each type, at five kilobytes each, which a
//! download pays for; this one is there once for all. Heapsort: never slow, needs no memory, and does not keep equal
//! elements in order, so keys should tell all elements apart.

/// Sorts by a key.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    heapsort(items.len(), &mut Items { items, less: |a: &T, b: &T| key(a) < key(b) });
}

/// Sorts.
pub fn sort<T: Ord>(items: &mut [T]) {
    heapsort(items.len(), &mut Items { items, less: |a: &T, b: &T| a < b });
}

/// What the algorithm needs of a list.
trait Places {
    fn less(&self, a: usize, b: usize) -> bool;
    fn swap(&mut self, a: usize, b: usize);
}

struct Items<'a, T, F> {
    items: &'a mut [T],
    less: F,
}

impl<T, F: Fn(&T, &T) -> bool> Places for Items<'_, T, F> {
    fn less(&self, a: usize, b: usize) -> bool {
        (self.less)(&self.items[a], &self.items[b])
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.items.swap(a, b);
    }
}

/// Williams 1964, with Floyd's way of building the heap.
fn heapsort(len: usize, places: &mut dyn Places) {
    for root in (0..len / 2).rev() {
        sink(places, root, len);
    }
    for end in (1..len).rev() {
        places.swap(0, end);
        sink(places, 0, end);
    }
}

/// Lets an element sink to where no child is larger.
fn sink(places: &mut dyn Places, mut root: usize, end: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= end {
            return;
        }
        if child + 1 < end && places.less(child, child + 1) {
            child += 1;
        }
        if !places.less(root, child) {
            return;
        }
        places.swap(root, child);
        root = child;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Dice;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut dice = Dice::new(3);
        for len in 0..200 {
            let mut items: Vec<u64> = (0..len).map(|_| dice.range(0, 99)).collect();
            let mut other = items.clone();
            other.sort_unstable();
            sort(&mut items);
            assert_eq!(items, other);
            sort_by_key(&mut items, |n| std::cmp::Reverse(*n));
            other.reverse();
            assert_eq!(items, other);
        }
    }
}
