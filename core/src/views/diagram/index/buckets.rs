//! How many there are of something along an axis, counted in slots that grow wider as the axis grows.

/// Most slots: more than a screen has columns for.
const SLOTS_MAX: usize = 1024;

/// Counts along an axis.
#[derive(Clone, Debug)]
pub(in crate::views::diagram) struct Buckets {
    counts: Vec<u32>,
    /// Width of a slot.
    width: u64,
}

impl Default for Buckets {
    fn default() -> Self {
        Buckets { counts: Vec::new(), width: 1 }
    }
}

impl Buckets {
    /// Counts one more. Where the slots do not reach, neighbours are put together until they do.
    pub(in crate::views::diagram) fn add(&mut self, at: u64) {
        while at / self.width >= SLOTS_MAX as u64 {
            self.counts = self.counts.chunks(2).map(|pair| pair.iter().sum()).collect();
            self.width *= 2;
        }
        let slot = (at / self.width) as usize;
        if self.counts.len() <= slot {
            self.counts.resize(slot + 1, 0);
        }
        self.counts[slot] += 1;
    }

    /// Spreads the counts over so many columns that reach from 0 to an end.
    pub(in crate::views::diagram) fn columns(&self, count: usize, end: f64) -> Vec<f32> {
        let mut columns = vec![0.0; count];
        let per_column = (end / count.max(1) as f64).max(1e-9);
        for (slot, &n) in self.counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            let from = slot as f64 * self.width as f64 / per_column;
            let to = (slot as f64 + 1.0) * self.width as f64 / per_column;
            // A slot that is narrower than a column counts there as a whole.
            let (first, last) = (from as usize, ((to - 1e-6).max(from) as usize).min(count.saturating_sub(1)));
            let share = n as f32 / (last.max(first) - first + 1) as f32;
            columns.iter_mut().take(last + 1).skip(first).for_each(|column| *column += share);
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_when_slots_grow_and_when_they_are_spread() {
        let mut buckets = Buckets::default();
        let places: Vec<u64> = (0..5_000).map(|i| i * i % 1_000_003).collect();
        places.iter().for_each(|&at| buckets.add(at));
        assert!(buckets.counts.len() <= SLOTS_MAX);
        assert_eq!(buckets.counts.iter().sum::<u32>(), 5_000);
        for count in [1, 7, 300, 2_000] {
            let sum: f32 = buckets.columns(count, 1_000_003.0).iter().sum();
            assert!((sum - 5_000.0).abs() < 1.0, "{count} columns have {sum}");
        }
    }

    #[test]
    fn what_is_counted_stands_in_its_column() {
        let mut buckets = Buckets::default();
        [10, 11, 995_000].into_iter().for_each(|at| buckets.add(at));
        let columns = buckets.columns(100, 1_000_000.0);
        assert_eq!((columns[0], columns[99]), (2.0, 1.0));
        assert_eq!(columns.iter().filter(|c| **c > 0.0).count(), 2);
    }
}
