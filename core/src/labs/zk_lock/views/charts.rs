//! What the lab measures: numbers at the end, and series over time.

use super::Saw;
use crate::labs::zk_lock::note::SessionEvent;
use crate::labs::zk_lock::{Ctx, Note};
use crate::tables::{Fold, Sample, Series};

const fn series(title: &'static str, unit: &'static str, fold: Fold) -> Series {
    Series { title, line: "", unit, fold }
}

pub(crate) static SERIES: [Series; 5] = [
    series("Waiting for a lock", "µs", Fold::Spread),
    series("Holding a lock", "µs", Fold::Spread),
    series("From making way to the next grant", "µs", Fold::Spread),
    series("Watch notifications", "", Fold::Sum),
    series("Session expiries", "", Fold::Once),
];

/// Values of the series, in their order above.
pub(crate) fn samples(note: &Note) -> Vec<Sample> {
    let sample = |series, value| Sample { series, value, of: 0 };
    match note {
        Note::Lock(state) => {
            let held_us = state.held_us.filter(|_| state.held);
            let values = [(0, state.waited_us), (1, held_us), (2, state.handover_us)];
            values.into_iter().filter_map(|(series, us)| Some(sample(series, us?))).collect()
        }
        Note::Notified { count, .. } => vec![sample(3, u64::from(*count))],
        // Every server applies it, and applies it again after a restart. No single one would do: the leader that proposed it may
        // crash before it has applied it.
        Note::Session { session, event: SessionEvent::Expired, .. } => {
            vec![Sample { series: 4, value: 1, of: u64::from(*session) }]
        }
        _ => Vec::new(),
    }
}

/// Numbers for `metrics` of a run, beside those that the checks count.
pub(crate) fn metrics(_ctx: &Ctx, _seen: &[Saw<'_>]) -> Vec<(&'static str, u64)> {
    Vec::new()
}
