//! What happened before what, counted.

use super::execution::{Event, Execution};

/// Most events of which clocks that cannot be are compared pair by pair: about a second.
pub const PAIRS_EVENTS_MAX: usize = 5_000;

/// Numbers of pairs of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// Pairs of which one happened before the other.
    pub happens_before: u64,
    /// All the others.
    pub concurrent: u64,
}

impl Execution {
    /// Counts the pairs: one event happened before another when its clock is smaller.
    ///
    /// Where all clocks can be, an event knows exactly the events before it, so it is enough to count those for each host. Where
    /// some cannot, all pairs are compared, unless there are more than [`PAIRS_EVENTS_MAX`] events: then, too, an event counts as
    /// before another when that one's clock has at least its own entry.
    #[must_use]
    pub fn pairs(&self) -> Pairs {
        let n = self.events.len() as u64;
        let all = n * n.saturating_sub(1) / 2;
        let happens_before = if self.impossible.is_empty() || self.events.len() > PAIRS_EVENTS_MAX {
            self.by_entries().min(all)
        } else {
            self.by_comparison()
        };
        Pairs { happens_before, concurrent: all - happens_before }
    }

    fn by_entries(&self) -> u64 {
        let own: Vec<Vec<u64>> = self
            .by_host()
            .into_iter()
            .map(|list| {
                let mut own: Vec<u64> = list.into_iter().map(|n| self.events[n as usize].own()).collect();
                own.sort_unstable();
                own
            })
            .collect();
        let before = |event: &Event| {
            let known = event.clock.iter().map(|(host, entry)| own[*host as usize].partition_point(|own| own <= entry));
            // Itself is among them.
            known.sum::<usize>().saturating_sub(1) as u64
        };
        self.events.iter().map(before).sum()
    }

    fn by_comparison(&self) -> u64 {
        let mut pairs = 0;
        for (n, a) in self.events.iter().enumerate() {
            for b in &self.events[n + 1..] {
                pairs += u64::from(is_within(a, b) != is_within(b, a));
            }
        }
        pairs
    }
}

/// Whether each entry of one clock is at most that of another.
fn is_within(one: &Event, other: &Event) -> bool {
    one.clock.iter().all(|(host, entry)| *entry <= other.entry(*host))
}
