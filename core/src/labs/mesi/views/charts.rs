//! What the lab measures over time, from what the records say.

use super::super::Note;
use super::super::note::{Change, Served, Sharing, Why};
use crate::coherence::{Event, State, Transaction};
use crate::tables::{Fold, Sample, Series};

const fn line(title: &'static str, line: &'static str, unit: &'static str, fold: Fold) -> Series {
    Series { title, line, unit, fold }
}

const HITS: &str = "Hits so far";
/// Of a line that was never here, was evicted or died: no sharing. See [`Sharing`] for the others.
const MISSES: &str = "Misses so far by their cause";
const BUS: &str = "Bus transactions so far";
const GIVEN: &str = "Given up or written back so far";
const LINES: &str = "Lines held";
const MOVES: &str = "Changes of state so far";
/// What MESI has not.
const RELATIVES: &str = "Changes of O, F and V so far";

pub(crate) static SERIES: [Series; 35] = [
    line(HITS, "of reads", "%", Fold::Percent),
    line(HITS, "of writes", "%", Fold::Percent),
    line(MISSES, "no sharing", "", Fold::Total),
    line(MISSES, "true sharing", "", Fold::Total),
    line(MISSES, "false sharing", "", Fold::Total),
    line(BUS, "BusRd", "", Fold::Total),
    line(BUS, "BusRdX", "", Fold::Total),
    line(BUS, "BusUpgr", "", Fold::Total),
    line(BUS, "WriteBack", "", Fold::Total),
    line("Bus in use", "", "%", Fold::Cover),
    line(GIVEN, "invalidations", "", Fold::Total),
    line(GIVEN, "interventions", "", Fold::Total),
    line(GIVEN, "write-backs", "", Fold::Total),
    line(LINES, "in caches", "", Fold::Level),
    line(LINES, "in memory", "", Fold::Level),
    line(MOVES, "I→E", "", Fold::Bar),
    line(MOVES, "I→S", "", Fold::Bar),
    line(MOVES, "I→M", "", Fold::Bar),
    line(MOVES, "E→M", "", Fold::Bar),
    line(MOVES, "S→M", "", Fold::Bar),
    line(MOVES, "M→S", "", Fold::Bar),
    line(MOVES, "E→S", "", Fold::Bar),
    line(MOVES, "M→I", "", Fold::Bar),
    line(MOVES, "E→I", "", Fold::Bar),
    line(MOVES, "S→I", "", Fold::Bar),
    line(RELATIVES, "M→O", "", Fold::Bar),
    line(RELATIVES, "O→M", "", Fold::Bar),
    line(RELATIVES, "O→I", "", Fold::Bar),
    line(RELATIVES, "I→F", "", Fold::Bar),
    line(RELATIVES, "F→M", "", Fold::Bar),
    line(RELATIVES, "F→S", "", Fold::Bar),
    line(RELATIVES, "F→I", "", Fold::Bar),
    line(RELATIVES, "I→V", "", Fold::Bar),
    line(RELATIVES, "V→I", "", Fold::Bar),
    line("Words written through so far", "BusWr", "", Fold::Total),
];

// Where the parts of it begin.
const HIT: usize = 0;
const MISS: usize = 2;
const TRANSACTION: usize = 5;
const BUSY: usize = 9;
const INVALIDATION: usize = 10;
const INTERVENTION: usize = 11;
const WRITE_BACK: usize = 12;
const IN_CACHES: usize = 13;
const IN_MEMORY: usize = 14;
const MOVE: usize = 15;
const THROUGH: usize = 34;

const fn one(series: usize) -> Sample {
    Sample { series, value: 1, of: 0 }
}

/// Values of the series.
pub(crate) fn samples(note: &Note) -> Vec<Sample> {
    match note {
        Note::Served(served) => accessed(served),
        Note::Changed(change) => changed(change),
        Note::Bus(bus) => {
            let busy = bus.closed.as_ref().map(|c| Sample { series: BUSY, value: c.to_us, of: c.from_us });
            busy.into_iter().collect()
        }
        Note::Committed(commit) => {
            let memory = Sample { series: IN_MEMORY, value: commit.lines, of: commit.lines_before };
            let transaction = match commit.transaction {
                Transaction::BusRd | Transaction::BusRdX | Transaction::BusUpgr | Transaction::WriteBack => {
                    Some(one(TRANSACTION + commit.transaction as usize))
                }
                Transaction::BusWr => Some(one(THROUGH)),
                Transaction::Rescue => None,
            };
            transaction.into_iter().chain([memory]).collect()
        }
        Note::Doubt { .. } | Note::Told(..) | Note::Waits { .. } => Vec::new(),
    }
}

fn accessed(served: &Served) -> Vec<Sample> {
    let hit = Sample { series: HIT + usize::from(served.write), value: u64::from(served.hit), of: 1 };
    let cause = match served.taken.as_ref().and_then(|taken| taken.sharing) {
        None => 0,
        Some(Sharing::True) => 1,
        Some(Sharing::False) => 2,
    };
    let miss = (!served.hit).then(|| one(MISS + cause));
    [Some(hit), miss].into_iter().flatten().collect()
}

fn changed(change: &Change) -> Vec<Sample> {
    let Change { from, to, why, flushed, asked, .. } = change;
    let mut samples = Vec::new();
    if from.is_valid() != to.is_valid() {
        samples.push(Sample { series: IN_CACHES, value: u64::from(to.is_valid()), of: u64::from(from.is_valid()) });
    }
    // What dies in a crash is neither given up nor changed by the table.
    let Why::By(event) = why else { return samples };
    let taken = |series: &Series| series.line.starts_with(from.letter()) && series.line.ends_with(to.letter());
    samples.extend(SERIES[MOVE..].iter().position(taken).map(|place| one(MOVE + place)));
    if matches!(event, Event::BusRd | Event::BusRdX | Event::BusUpgr | Event::BusWr) {
        if *to == State::I {
            samples.push(one(INVALIDATION));
        } else if from.is_only() && to.is_valid() {
            samples.push(one(INTERVENTION));
        }
    }
    if *flushed || *asked == Some(Transaction::WriteBack) {
        samples.push(one(WRITE_BACK));
    }
    samples
}
