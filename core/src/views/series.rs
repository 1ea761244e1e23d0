//! Numbers over time, worked out from a trace whatever its lab: for charts and for CSV.

use crate::engine::Run;
use crate::tables::{Fold, Sample, Series};
use crate::trace::{Kind, NodeId, RecordId};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The application's message, by origin and number there.
type Item = (NodeId, u64);

/// Stretches into which a run is cut.
pub const BUCKETS: usize = 60;

/// A line of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is, such as `median`.
    pub name: &'static str,
    /// One value for each bucket; `None` where there is nothing to say.
    pub values: Vec<Option<u64>>,
    /// The value at the cursor, where that is about all that has been so far.
    pub now: Option<u64>,
}

/// One or more lines over the same time, in the same unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// Unit of the values: `/s`, `µs` or empty for a count.
    pub unit: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Whether what they have come to is to be compared, and not the way there.
    pub bars: bool,
}

impl Line {
    fn new(name: &'static str, values: Vec<Option<u64>>) -> Line {
        Line { name, values, now: None }
    }
}

/// What is known of a run until a position.
struct Samples {
    end_us: u64,
    sent: Vec<u64>,
    lost: Vec<u64>,
    delivered: Vec<u64>,
    /// From the first sending of a message, or its delivery at its origin, to each first delivery of it.
    latency_us: Vec<Vec<u64>>,
    /// From a message's first arrival at a process to its delivery there.
    held_us: Vec<Vec<u64>>,
    /// Most things received and not delivered at one process.
    waiting: Vec<Option<u64>>,
}

/// Bucket of a time.
fn bucket(at_us: u64, end_us: u64) -> usize {
    ((u128::from(at_us) * BUCKETS as u128 / u128::from(end_us.max(1))) as usize).min(BUCKETS - 1)
}

impl Samples {
    fn take(run: &Run, position: RecordId, end_us: u64) -> Samples {
        let mut s = Samples {
            end_us,
            sent: vec![0; BUCKETS],
            lost: vec![0; BUCKETS],
            delivered: vec![0; BUCKETS],
            latency_us: vec![Vec::new(); BUCKETS],
            held_us: vec![Vec::new(); BUCKETS],
            waiting: vec![None; BUCKETS],
        };
        let on_disk = run.scenario().lab.spec().buffers_on_disk;
        let mut begun_at: BTreeMap<Item, u64> = BTreeMap::new();
        let mut delivered: BTreeSet<(NodeId, Item)> = BTreeSet::new();
        let mut received_at: BTreeMap<(NodeId, Item), u64> = BTreeMap::new();
        let mut waiting = vec![0u64; run.names().len()];
        let mut most = 0;
        for id in 0..position.min(run.trace().len()) {
            let record = run.trace().record(id);
            let (node, at_us, b) = (record.node, record.at_us, bucket(record.at_us, end_us));
            match (record.kind, run.item(id)) {
                (Kind::Drop, _) => s.lost[b] += 1,
                (Kind::Send, item) => {
                    s.sent[b] += u64::from(record.count);
                    if let Some(item) = item {
                        begun_at.entry(item).or_insert(at_us);
                    }
                }
                // A copy of what is here already waits for nothing.
                (Kind::Receive, Some(item)) if !delivered.contains(&(node, item)) => {
                    if let Entry::Vacant(place) = received_at.entry((node, item)) {
                        place.insert(at_us);
                        waiting[usize::from(node)] += 1;
                    }
                }
                (Kind::Deliver, Some(item)) => {
                    s.delivered[b] += 1;
                    // Some write first and send then.
                    let start_us = *begun_at.entry(item).or_insert(at_us);
                    // What a process hands to itself at once has not travelled: it would only pull numbers down.
                    let at_once_at_home = node == item.0 && at_us == start_us;
                    if delivered.insert((node, item)) && !at_once_at_home {
                        s.latency_us[b].push(at_us - start_us);
                    }
                    if let Some(start_us) = received_at.remove(&(node, item)) {
                        s.held_us[b].push(at_us - start_us);
                        waiting[usize::from(node)] -= 1;
                    }
                }
                (Kind::Crash, _) if !on_disk => {
                    received_at.retain(|(holder, _), _| *holder != node);
                    waiting[usize::from(node)] = 0;
                }
                _ => continue,
            }
            most = s.wait_until(b, most, waiting.iter().copied().max().unwrap_or(0));
        }
        s.wait_until(bucket(run.now_us(), end_us), most, most);
        s
    }

    /// Fills the stretches until this one with the number that waited until now, and notes the new one.
    fn wait_until(&mut self, b: usize, before: u64, now: u64) -> u64 {
        let first = self.waiting.iter().position(Option::is_none).unwrap_or(BUCKETS);
        for place in self.waiting.iter_mut().take(b + 1).skip(first) {
            *place = Some(before);
        }
        self.waiting[b] = self.waiting[b].max(Some(now));
        now
    }

    fn rate(&self, counts: &[u64]) -> Vec<Option<u64>> {
        let width_us = (self.end_us / BUCKETS as u64).max(1);
        counts.iter().map(|&n| Some(n * 1_000_000 / width_us)).collect()
    }
}

/// The value below which so many of a hundred lie (the nearest one, counted from the smallest).
fn percentile(values: &[u64], percent: usize) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// The charts of a run, until the cursor, over a time from 0 to `end_us`.
#[must_use]
pub fn charts(run: &Run, end_us: u64) -> Vec<Chart> {
    let s = Samples::take(run, run.position(), end_us);
    let lines = vec![Line::new("sent", s.rate(&s.sent)), Line::new("lost", s.rate(&s.lost))];
    let mut charts = vec![Chart { title: "Messages", unit: "/s", lines, bars: false }];
    if s.delivered.iter().any(|&n| n > 0) {
        charts.extend(s.deliveries());
    }
    charts.extend(own_charts(run, end_us));
    charts
}

/// What the lab itself measures.
fn own_charts(run: &Run, end_us: u64) -> Vec<Chart> {
    let all = run.scenario().lab.spec().series;
    let mut samples: Vec<Vec<(usize, Sample)>> = vec![Vec::new(); all.len()];
    let until = if all.is_empty() { 0 } else { run.position().min(run.trace().len()) };
    for id in 0..until {
        for sample in run.samples(id) {
            samples[sample.series].push((bucket(run.trace().record(id).at_us, end_us), sample));
        }
    }
    // What comes after the cursor is not known.
    let seen = bucket(run.now_us(), end_us);
    let mut charts: Vec<Chart> = Vec::new();
    for together in all.chunk_by(|a, b| a.title == b.title) {
        let rest = samples.split_off(together.len());
        let own = std::mem::replace(&mut samples, rest);
        if own.iter().all(Vec::is_empty) {
            continue;
        }
        let mut lines: Vec<Line> = together.iter().zip(own).flat_map(|(series, s)| lines(series, &s, end_us)).collect();
        for line in &mut lines {
            line.values[seen + 1..].fill(None);
        }
        let Series { title, unit, fold, .. } = together[0];
        charts.push(Chart { title, unit, lines, bars: fold == Fold::Bar });
    }
    charts
}

/// The lines of a series.
fn lines(series: &Series, samples: &[(usize, Sample)], end_us: u64) -> Vec<Line> {
    let named = |usual| if series.line.is_empty() { usual } else { series.line };
    let (usual, values) = match series.fold {
        Fold::Spread => return spread(&by_bucket(samples)),
        Fold::Sum => return vec![Line::new(named("each"), sums(&by_bucket(samples)))],
        Fold::Once => return vec![Line::new(named("each"), sums(&by_bucket(&firsts(samples))))],
        Fold::Cover => return vec![Line::new(named("share"), covers(samples, end_us))],
        Fold::Ratio => ("mean", ratios(samples, 1)),
        Fold::Percent => ("share", ratios(samples, 100)),
        Fold::Total | Fold::Bar => ("in all", levels(samples, |sum, sample| sum + sample.value)),
        // Where nothing has moved it yet, nothing is known of it.
        Fold::Level if samples.is_empty() => ("level", vec![None; BUCKETS]),
        Fold::Level => ("level", levels(samples, |level, sample| (level + sample.value).saturating_sub(sample.of))),
    };
    let now = values.last().copied().flatten();
    vec![Line { name: named(usual), values, now }]
}

/// The values that fall into each stretch.
fn by_bucket(samples: &[(usize, Sample)]) -> Vec<Vec<u64>> {
    let mut values = vec![Vec::new(); BUCKETS];
    for (b, sample) in samples {
        values[*b].push(sample.value);
    }
    values
}

/// The first sample of each thing that there are samples of.
fn firsts(samples: &[(usize, Sample)]) -> Vec<(usize, Sample)> {
    let mut known = BTreeSet::new();
    samples.iter().copied().filter(|(_, sample)| known.insert(sample.of)).collect()
}

fn spread(samples: &[Vec<u64>]) -> Vec<Line> {
    let of = |percent| samples.iter().map(|v| percentile(v, percent)).collect();
    vec![Line::new("median", of(50)), Line::new("95 %", of(95))]
}

fn sums(samples: &[Vec<u64>]) -> Vec<Option<u64>> {
    samples.iter().map(|values| Some(values.iter().sum())).collect()
}

/// From the first sample on, everything so far, so many times, rounded to the nearest.
fn ratios(samples: &[(usize, Sample)], times: u64) -> Vec<Option<u64>> {
    let (mut value, mut of) = (0, 0);
    let mut rest = samples.iter().peekable();
    let ratio = |b| {
        while let Some((_, sample)) = rest.next_if(|(at, _)| *at <= b) {
            value += sample.value;
            of += sample.of;
        }
        (of > 0).then(|| (times * value + of / 2) / of)
    };
    (0..BUCKETS).map(ratio).collect()
}

/// What the samples until the end of each stretch come to. Before the first one it is what that one begins at.
fn levels(samples: &[(usize, Sample)], add: impl Fn(u64, &Sample) -> u64) -> Vec<Option<u64>> {
    let mut level = samples.first().map_or(0, |(_, sample)| sample.of);
    let mut rest = samples.iter().peekable();
    let until = |b| {
        while let Some((_, sample)) = rest.next_if(|(at, _)| *at <= b) {
            level = add(level, sample);
        }
        Some(level)
    };
    (0..BUCKETS).map(until).collect()
}

/// Which part of each stretch is covered, up to the stretch of the last sample.
fn covers(samples: &[(usize, Sample)], end_us: u64) -> Vec<Option<u64>> {
    let border = |b: usize| (u128::from(end_us) * b as u128 / BUCKETS as u128) as u64;
    let last = samples.last().map_or(0, |(b, _)| *b);
    let cover = |b: usize| {
        let (from, to) = (border(b), border(b + 1));
        let part = |s: &Sample| s.value.min(to).saturating_sub(s.of.max(from));
        let covered: u64 = samples.iter().map(|(_, s)| part(s)).sum();
        (b <= last).then(|| (100 * covered / (to - from).max(1)).min(100))
    };
    (0..BUCKETS).map(cover).collect()
}

impl Samples {
    fn deliveries(self) -> Vec<Chart> {
        let s = self;
        let chart = |title, unit, lines| Chart { title, unit, lines, bars: false };
        vec![
            chart("Deliveries", "/s", vec![Line::new("delivered", s.rate(&s.delivered))]),
            chart("From sending to delivery", "µs", spread(&s.latency_us)),
            chart("Held back", "µs", spread(&s.held_us)),
            chart("Waiting at one process", "", vec![Line::new("most", s.waiting)]),
        ]
    }
}

/// Charts as CSV: one row for each bucket, its first microsecond before the values.
#[must_use]
pub fn csv(charts: &[Chart], end_us: u64) -> String {
    let heads = charts.iter().flat_map(|c| c.lines.iter().map(move |l| (c, l)));
    let mut text = String::from("from_us");
    for (chart, line) in heads.clone() {
        text.push_str(&format!(",{} {} {}", chart.title, line.name, chart.unit).trim_end().replace('"', "'"));
    }
    text.push('\n');
    for b in 0..BUCKETS {
        text.push_str(&(end_us * b as u64 / BUCKETS as u64).to_string());
        for (_, line) in heads.clone() {
            text.push(',');
            text.push_str(&line.values[b].map(|v| v.to_string()).unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run;
    use crate::labs;

    #[test]
    fn every_message_is_counted_once_and_csv_has_a_row_for_each_bucket() {
        let json = crate::labs::LABS[0].spec().scenarios[0].json();
        let run = run(labs::parse(&json).expect("a scenario"));
        let end_us = run.scenario().until_us;
        let s = Samples::take(&run, run.position(), end_us);
        assert_eq!(s.sent.iter().sum::<u64>(), run.trace().messages.len() as u64);
        let text = csv(&charts(&run, end_us), end_us);
        assert_eq!(text.lines().count(), BUCKETS + 1);
        let columns = |line: &str| line.split(',').count();
        assert!(text.lines().all(|l| columns(l) == columns(text.lines().next().expect("a head"))));
    }

    #[test]
    fn a_ratio_is_of_all_so_far_and_a_cover_is_a_share_of_its_stretch() {
        let sample = |b, value, of| (b, Sample { series: 0, value, of });
        let samples = [sample(1, 6, 1), sample(3, 0, 2), sample(3, 3, 0)];
        assert_eq!(ratios(&samples, 1)[..5], [None, Some(6), Some(6), Some(3), Some(3)]);
        assert_eq!(ratios(&[sample(1, 1, 1), sample(2, 1, 2)], 100)[..3], [None, Some(100), Some(67)]);
        let values = covers(&[sample(1, 150, 50), sample(2, 230, 200)], BUCKETS as u64 * 100);
        assert_eq!(values[..4], [Some(50), Some(50), Some(30), None]);
    }

    #[test]
    fn a_total_grows_and_a_level_stays_until_it_is_moved() {
        let sample = |b, value, of| (b, Sample { series: 0, value, of });
        let of = |fold, samples: &[(usize, Sample)]| {
            let series = Series { title: "", line: "", unit: "", fold };
            let line = lines(&series, samples, 1_000).remove(0);
            assert_eq!(line.now, line.values[BUCKETS - 1]);
            line.values[..4].to_vec()
        };
        let numbers = |values: [u64; 4]| values.map(Some).to_vec();
        assert_eq!(of(Fold::Total, &[sample(1, 2, 0), sample(1, 1, 0), sample(3, 4, 0)]), numbers([0, 3, 3, 7]));
        // Seven from the start; two are added, one is taken away.
        assert_eq!(of(Fold::Level, &[sample(1, 9, 7), sample(3, 8, 9)]), numbers([7, 9, 9, 8]));
        // Two that are held together: each from nothing to one.
        assert_eq!(of(Fold::Level, &[sample(1, 1, 0), sample(2, 1, 0), sample(2, 0, 1)]), numbers([0, 1, 1, 1]));
    }

    #[test]
    fn what_several_tell_of_counts_once_and_where_it_was_told_first() {
        let sample = |b, of| (b, Sample { series: 0, value: 1, of });
        let series = Series { title: "", line: "", unit: "", fold: Fold::Once };
        let line =
            lines(&series, &[sample(1, 7), sample(1, 8), sample(1, 7), sample(3, 7), sample(3, 9)], 1_000).remove(0);
        assert_eq!(line.values[..5], [Some(0), Some(2), Some(0), Some(1), Some(0)]);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        assert_eq!(percentile(&[5, 1, 9], 50), Some(5));
        assert_eq!(percentile(&[5, 1, 9], 95), Some(9));
        assert_eq!(percentile(&[7], 50), Some(7));
        assert_eq!(percentile(&[], 50), None);
    }
}
