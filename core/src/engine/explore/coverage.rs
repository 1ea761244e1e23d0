//! What a run has seen, without knowing what it is: kinds of transitions, and states in the large.

use crate::base::ids::NONE;
use crate::engine::Run;
use crate::trace::{Act, Kind, NO_NODE};
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh64::xxh64;

/// Features that were seen: each is the hash of a transition or of a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeSet<u64>);

impl Coverage {
    /// What a run has seen so far. A transition is two neighbouring records of a process, each as its kind with the sort of
    /// message, timer or request, and the band that the process is in; a state is how many processes are in which band,
    /// up or not.
    #[must_use]
    pub fn of(run: &Run) -> Coverage {
        let mut seen = BTreeSet::new();
        let trace = run.trace();
        let n = trace.width();
        let mut bands: Vec<&'static str> = vec![""; n];
        let mut before: Vec<u64> = vec![0; n];
        let mut next_band = 0;
        for id in 0..trace.len() {
            let record = trace.record(id);
            let mut changed = matches!(record.kind, Kind::Crash | Kind::Restart | Kind::Pause | Kind::Resume);
            while next_band < trace.bands.len() && trace.bands.at(next_band).record <= id {
                let change = trace.bands.at(next_band);
                bands[usize::from(change.node)] = change.band.map_or("", |b| b.word);
                (next_band, changed) = (next_band + 1, true);
            }
            if record.node == NO_NODE {
                continue;
            }
            let node = usize::from(record.node);
            match record.kind {
                Kind::Crash => bands[node] = "down",
                Kind::Pause => bands[node] = "paused",
                _ => {}
            }
            let here = word(run, id, bands[node]);
            seen.insert(mix(before[node], here));
            before[node] = here;
            if changed {
                let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
                for band in &bands {
                    *counts.entry(band).or_default() += 1;
                }
                let state = counts.iter().fold(1, |h, (band, count)| mix(xxh64(band.as_bytes(), h), *count));
                seen.insert(state);
            }
        }
        Coverage(seen)
    }

    /// How many features there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what another run has seen; how much of it is new.
    pub fn add(&mut self, other: &Coverage) -> usize {
        let before = self.0.len();
        self.0.extend(&other.0);
        self.0.len() - before
    }

    /// The features, in order.
    pub fn features(&self) -> impl Iterator<Item = u64> {
        self.0.iter().copied()
    }
}

impl FromIterator<u64> for Coverage {
    fn from_iter<T: IntoIterator<Item = u64>>(features: T) -> Self {
        Coverage(features.into_iter().collect())
    }
}

fn mix(a: u64, b: u64) -> u64 {
    xxh64(&b.to_le_bytes(), a)
}

/// A record as a kind of event in a kind of state.
fn word(run: &Run, id: u32, band: &str) -> u64 {
    let record = run.trace().record(id);
    let sort = match record.kind {
        Kind::Send | Kind::Receive | Kind::Drop if record.message != NONE => run.message_kind(record.message),
        Kind::Timeout => run.timer_of(record).unwrap_or_default(),
        Kind::Request => match run.act_of(id) {
            Some(Act::Request(request)) => request.operation.name,
            _ => "",
        },
        _ => "",
    };
    let role = run.role(record.node);
    [band, sort, role].iter().fold(record.kind as u64, |h, part| xxh64(part.as_bytes(), h))
}
