//! What must come before what: a relation that is kept transitive.

/// A transitive relation over 0 to n − 1, a bit for each pair.
#[derive(Clone)]
pub(super) struct Relation {
    /// For each, all that must come before it.
    before: Vec<Vec<u64>>,
}

impl Relation {
    /// Nothing must come before anything.
    pub(super) fn new(n: usize) -> Relation {
        let width = n.div_ceil(64);
        Relation { before: vec![vec![0; width]; n] }
    }

    /// Whether `a` must come before `b`.
    pub(super) fn has(&self, a: usize, b: usize) -> bool {
        self.before[b][a / 64] & (1 << (a % 64)) != 0
    }

    /// Lets `a` come before `b`, with all that follows.
    pub(super) fn add(&mut self, a: usize, b: usize) {
        if self.has(a, b) {
            return;
        }
        let mut new = self.before[a].clone();
        new[a / 64] |= 1 << (a % 64);
        for n in 0..self.before.len() {
            if n == b || self.has(b, n) {
                self.before[n].iter_mut().zip(&new).for_each(|(own, more)| *own |= more);
            }
        }
    }

    /// All that must come before one.
    pub(super) fn all_before(&self, n: usize) -> Vec<usize> {
        let bits = |(word, bits): (usize, &u64)| {
            let bits = *bits;
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| word * 64 + bit)
        };
        self.before[n].iter().enumerate().flat_map(bits).collect()
    }
}
