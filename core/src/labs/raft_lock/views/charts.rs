//! What the lab measures: numbers at the end, and series over time.

use super::{Saw, client_of, newest, server_of};
use crate::labs::raft_lock::note::Became;
use crate::labs::raft_lock::{Ctx, Note, Tally};
use crate::tables::{Fold, Sample, Series};

const fn series(title: &'static str, unit: &'static str, fold: Fold) -> Series {
    Series { title, line: "", unit, fold }
}

pub(crate) static SERIES: [Series; 6] = [
    series("Without a leader until elected", "µs", Fold::Spread),
    series("From append to commit", "µs", Fold::Spread),
    series("From asking for a lock to the grant", "µs", Fold::Spread),
    series("Deadlocks found", "", Fold::Sum),
    series("Requests of the leader for each command so far", "", Fold::Ratio),
    series("Followed by a majority", "%", Fold::Cover),
];

/// Values of the series, in their order above.
pub(crate) fn samples(note: &Note) -> Vec<Sample> {
    let sample = |series, value, of| Sample { series, value, of };
    match note {
        Note::Stands(stands) => stands.leaderless_us.map(|us| sample(0, us, 0)).into_iter().collect(),
        Note::Believes(believes) => match believes.became {
            Became::Holder { us } => vec![sample(2, us, 0)],
            _ => Vec::new(),
        },
        Note::Led { from_us, to_us } => vec![sample(5, *to_us, *from_us)],
        Note::Applied(applied) => {
            let Some(measured) = applied.measured else { return Vec::new() };
            let cycles = applied.cycles.len() as u64;
            let round = measured.round_us.map(|us| sample(1, us, 0));
            let found = (cycles > 0).then(|| sample(3, cycles, 0));
            [Some(sample(4, measured.asked, 1)), round, found].into_iter().flatten().collect()
        }
        _ => Vec::new(),
    }
}

/// Numbers for `metrics` of a run.
pub(crate) fn metrics(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<(&'static str, u64)> {
    let tally = |seen: &Saw<'_>| -> Tally {
        server_of(seen).map(|s| s.tally).or(client_of(seen).map(|c| c.tally)).unwrap_or(seen.durable.tally)
    };
    let tallies: Vec<Tally> = seen.iter().map(tally).collect();
    let sum = |value: fn(&Tally) -> u64| tallies.iter().map(value).sum::<u64>();
    let mean = |total: u64, count: u64| total.checked_div(count).unwrap_or(0);
    let servers = &seen[..ctx.setup.servers.count()];
    let machine = newest(servers).map(|server| (&server.machine, server.applied));
    let commands = machine.map_or(0, |(_, applied)| u64::from(applied));
    let seen_us = tallies.iter().map(|t| t.seen_us).max().unwrap_or(0);
    vec![
        ("elections", sum(|t| t.elections)),
        ("election_us_mean", mean(sum(|t| t.election_us), sum(|t| t.elections))),
        ("consensus_rounds", sum(|t| t.rounds)),
        ("consensus_us_mean", mean(sum(|t| t.round_us), sum(|t| t.rounds))),
        ("acquisitions", sum(|t| t.acquired)),
        ("acquisition_us_mean", mean(sum(|t| t.acquired_us), sum(|t| t.acquired))),
        ("deadlocks", machine.map_or(0, |(m, _)| u64::from(m.deadlocks))),
        ("aborts", machine.map_or(0, |(m, _)| u64::from(m.aborts))),
        ("commands", commands),
        ("requests_between_servers", sum(|t| t.asked)),
        ("messages_a_command_percent", mean(100 * sum(|t| t.asked), commands)),
        ("availability_percent", mean(100 * sum(|t| t.led_us), seen_us).min(100)),
    ]
}
