//! What the lab measures: numbers at the end, and series over time.

use super::{Saw, broker_of};
use crate::labs::queue::members::{Rings, Standing};
use crate::labs::queue::note::{Because, Place, Replied};
use crate::labs::queue::{Ctx, Id, Note, Phase};
use crate::tables::{Fold, Sample, Series};
use std::collections::BTreeMap;

const fn series(title: &'static str, line: &'static str, unit: &'static str, fold: Fold) -> Series {
    Series { title, line, unit, fold }
}

pub(crate) static SERIES: [Series; 9] = [
    series("Messages so far", "answered", "", Fold::Total),
    series("Messages so far", "processed", "", Fold::Total),
    series("From a message's birth to its delivery", "", "µs", Fold::Spread),
    series("Depth: ready messages when one was delivered", "", "", Fold::Spread),
    series("Lag: messages not acknowledged when one was delivered", "", "", Fold::Spread),
    series("Live copies on all disks", "", "", Fold::Level),
    series("Once more", "redelivered", "", Fold::Total),
    series("Once more", "processed again", "", Fold::Total),
    series("Balance of the ring: largest share of the mean share", "", "%", Fold::Spread),
];

/// Values of the series, in their order above.
pub(crate) fn samples(note: &Note) -> Vec<Sample> {
    let sample = |series, value| Sample { series, value, of: 0 };
    match note {
        Note::Replied(replied) => match &**replied {
            Replied::Produced { .. } => vec![sample(0, 1)],
            _ => Vec::new(),
        },
        Note::Processed { times, .. } => {
            let again = (*times > 1).then(|| sample(7, 1));
            [sample(1, 1)].into_iter().chain(again).collect()
        }
        Note::Came { latency_us, levels, .. } => {
            let levels = levels.map(|(depth, lag)| [sample(3, u64::from(depth)), sample(4, u64::from(lag))]);
            latency_us.map(|us| sample(2, us)).into_iter().chain(levels.into_iter().flatten()).collect()
        }
        Note::Saved(saved) => vec![Sample { series: 5, value: saved.live.1, of: saved.live.0 }],
        Note::Moved(moved) if moved.to == Place::InFlight && moved.because == Because::Delivered => {
            (moved.receives > 1).then(|| sample(6, 1)).into_iter().collect()
        }
        Note::Booted(booted) => vec![sample(8, booted.balance_percent)],
        Note::Stands(stands) => vec![sample(8, stands.balance_percent)],
        _ => Vec::new(),
    }
}

/// Numbers for `metrics` of a run.
pub(crate) fn metrics(ctx: &Ctx, seen: &[Saw<'_>], now_us: u64) -> Vec<(&'static str, u64)> {
    let sum = |value: fn(&crate::labs::queue::Tally) -> u64| seen.iter().map(|s| value(&s.durable.tally)).sum::<u64>();
    let mut times: BTreeMap<Id, u64> = BTreeMap::new();
    for (id, n) in seen.iter().flat_map(|s| &s.durable.processed) {
        *times.entry(*id).or_default() += u64::from(*n);
    }
    let mut phases: BTreeMap<Id, Phase> = BTreeMap::new();
    for item in seen.iter().flat_map(|s| s.durable.log.values()).flat_map(BTreeMap::values) {
        let phase = phases.entry(item.id).or_insert(item.phase);
        *phase = item.phase.max(*phase);
    }
    let in_phase = |phase| phases.values().filter(|p| **p == phase).count() as u64;
    let fronts = seen.iter().filter_map(broker_of).flat_map(|b| b.queues.values()).filter_map(|s| s.front.as_ref());
    let flying: std::collections::BTreeSet<Id> = fronts.flat_map(|front| front.flying.keys().copied()).collect();
    let lag = in_phase(Phase::Live);
    let in_flight = flying.iter().filter(|id| phases.get(id) == Some(&Phase::Live)).count() as u64;
    let processed: u64 = times.values().sum();
    let mean = |total: u64, count: u64| total.checked_div(count).unwrap_or(0);
    let ring = seen
        .iter()
        .filter_map(broker_of)
        .map(|b| &b.table)
        .max_by_key(|t| t.seats().iter().map(|s| s.version).sum::<u32>());
    let balance = ring.map_or(0, |table| Rings::of(ctx, table).now.balance_percent());
    let members = ring.map_or(0, |table| table.with(Standing::is_on).count() as u64);
    vec![
        ("produced", sum(|t| t.produced)),
        ("delivered", sum(|t| t.delivered)),
        ("processed", processed),
        ("processed_a_second", mean(processed * 1_000_000, now_us)),
        ("delivery_us_mean", mean(sum(|t| t.latency_us), sum(|t| t.received))),
        ("depth", lag.saturating_sub(in_flight)),
        ("in_flight", in_flight),
        ("lag", lag),
        ("acked", in_phase(Phase::Acked)),
        ("dead", in_phase(Phase::Dead)),
        ("redelivered", sum(|t| t.redelivered)),
        ("duplicates", processed - times.len() as u64),
        ("acks_refused", sum(|t| t.stale)),
        ("members", members),
        ("balance_percent", balance),
    ]
}
