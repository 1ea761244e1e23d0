//! The messages that clocks prove, and the order in which a log can be drawn.

use super::execution::{Event, Execution};

/// Where an event stands in the drawing of a log, and of which events it has heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Its step on the logical axis, counted from 1: larger than that of each event before it.
    pub step: u32,
    /// The events of other hosts of which it is the first at its host to know, by their numbers, unless one of them tells of
    /// another; and whether it is that very event, or the last before one that the log lacks.
    pub heard: Vec<(u32, bool)>,
}

impl Execution {
    /// Where each event stands.
    #[must_use]
    pub fn placed(&self) -> Vec<Placed> {
        let lists = self.by_host();
        let mut placed: Vec<Placed> = vec![Placed::default(); self.events.len()];
        for list in &lists {
            let mut before: Option<&Event> = None;
            for &n in list {
                placed[n as usize].heard = self.heard(&lists, before, n);
                before = Some(&self.events[n as usize]);
            }
        }
        // Heads of the hosts are placed as soon as all that they have heard of is.
        let mut next = vec![0usize; lists.len()];
        let mut last = vec![0u32; lists.len()];
        let mut left = self.events.len();
        while left > 0 {
            let before = left;
            for (host, list) in lists.iter().enumerate() {
                while let Some(&n) = list.get(next[host]) {
                    if placed[n as usize].heard.iter().any(|(source, _)| placed[*source as usize].step == 0) {
                        break;
                    }
                    put(&mut placed, n, &mut last[host]);
                    next[host] += 1;
                    left -= 1;
                }
            }
            if left == before {
                // Clocks that contradict each other: whoever comes first in the log has heard of nothing that comes later.
                let heads = lists.iter().enumerate().filter_map(|(host, list)| Some((*list.get(next[host])?, host)));
                let Some((n, host)) = heads.min() else { break };
                let known: Vec<(u32, bool)> = placed[n as usize].heard.clone();
                placed[n as usize].heard =
                    known.into_iter().filter(|(source, _)| placed[*source as usize].step > 0).collect();
                put(&mut placed, n, &mut last[host]);
                next[host] += 1;
                left -= 1;
            }
        }
        placed
    }

    fn heard(&self, lists: &[Vec<u32>], before: Option<&Event>, n: u32) -> Vec<(u32, bool)> {
        let event = &self.events[n as usize];
        let new = event
            .clock
            .iter()
            .filter(|(host, entry)| *host != event.host && before.is_none_or(|before| before.entry(*host) < *entry));
        let sources: Vec<(u32, u64, u32)> = new
            .filter_map(|&(host, entry)| {
                let list = &lists[host as usize];
                let known = list.partition_point(|n| self.events[*n as usize].own() <= entry);
                Some((host, entry, list[known.checked_sub(1)?]))
            })
            .filter(|(host, _, source)| {
                // It was known already, where only what is missing is new.
                before.is_none_or(|before| before.entry(*host) < self.events[*source as usize].own())
            })
            .collect();
        let told = |host: u32, entry: u64, by: u32| self.events[by as usize].entry(host) >= entry;
        let direct = sources.iter().filter(|(host, entry, source)| {
            // Of two that tell of each other, as no run can have it, the first stays.
            !sources.iter().any(|(other, theirs, by)| {
                by != source && told(*host, *entry, *by) && (by < source || !told(*other, *theirs, *source))
            })
        });
        direct.map(|(_, entry, source)| (*source, self.events[*source as usize].own() == *entry)).collect()
    }
}

fn put(placed: &mut [Placed], n: u32, last: &mut u32) {
    let heard = placed[n as usize].heard.iter().map(|(source, _)| placed[*source as usize].step).max().unwrap_or(0);
    *last = (*last).max(heard) + 1;
    placed[n as usize].step = *last;
}
