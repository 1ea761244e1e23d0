//! The numbers over time against those that the caches and the bus count themselves: each is worked out from other things.

use super::super::tables::SPEC;
use super::super::views::charts::SERIES;
use super::play;
use crate::engine::Run;
use crate::engine::explore::{random_scenario, run_and_settle};
use crate::labs::LABS;
use crate::tables::{Fold, Sample, Setup};
use crate::trace::When;
use crate::views::series::charts;
use std::collections::{BTreeMap, BTreeSet};

/// What the samples until the cursor come to, by title and line. Of a level that nothing has moved yet they say nothing.
fn sums(run: &Run) -> BTreeMap<(&'static str, &'static str), u64> {
    let mut sums: BTreeMap<_, u64> = BTreeMap::new();
    let all: Vec<Sample> = (0..run.position()).flat_map(|id| run.samples(id)).collect();
    for (i, series) in SERIES.iter().enumerate() {
        let own = || all.iter().filter(|sample| sample.series == i);
        if series.fold == Fold::Level && own().next().is_none() {
            continue;
        }
        let sum = match series.fold {
            Fold::Percent | Fold::Total | Fold::Bar => own().map(|s| s.value).sum(),
            Fold::Cover => own().map(|s| s.value - s.of).sum(),
            Fold::Level => own().fold(own().next().map_or(0, |first| first.of), |level, s| level + s.value - s.of),
            fold => panic!("{fold:?} is not used here"),
        };
        sums.insert((series.title, series.line), sum);
    }
    sums
}

/// The same, as the caches and the bus have counted.
fn counted(run: &Run) -> BTreeMap<(&'static str, &'static str), u64> {
    let all: BTreeMap<&str, u64> = run.metrics().into_iter().collect();
    let of = |name: &str| *all.get(name).unwrap_or_else(|| panic!("there is no {name}"));
    let value = |title: &str, line: &str| match (title, line) {
        ("Hits so far", "of reads") => of("read_hits"),
        ("Hits so far", "of writes") => of("write_hits"),
        (_, "no sharing") => {
            of("read_misses") + of("write_misses") - of("true_sharing_misses") - of("false_sharing_misses")
        }
        (_, "true sharing") => of("true_sharing_misses"),
        (_, "false sharing") => of("false_sharing_misses"),
        (_, "BusRd") => of("bus_rd"),
        (_, "BusRdX") => of("bus_rdx"),
        (_, "BusUpgr") => of("bus_upgr"),
        (_, "WriteBack") => of("bus_write_back"),
        ("Bus in use", _) => of("bus_busy_us"),
        (_, "invalidations" | "interventions") => of(line),
        (_, "write-backs") => of("write_backs"),
        (_, "in caches") => of("cache_lines"),
        (_, "in memory") => of("memory_lines"),
        // What only some protocols have is not counted by the others.
        (_, "BusWr") => all.get("bus_wr").copied().unwrap_or(0),
        (_, way) => all.get(&*way.to_lowercase().replace('→', "_to_")).copied().unwrap_or(0),
    };
    SERIES.iter().map(|series| ((series.title, series.line), value(series.title, series.line))).collect()
}

/// How long the open transaction has lasted, by the trace alone: a chart has it when it is over.
fn open_us(run: &Run) -> u64 {
    let mut since = None;
    for id in 0..run.position() {
        let data = run.data(id);
        if data.contains("\"ends\":") {
            since = None;
        }
        if data.contains("\"begins\":") {
            since = Some(run.trace().record(id).at_us);
        }
    }
    since.map_or(0, |since| run.now_us() - since)
}

/// Whether nothing more happens in the instant before a position.
fn is_end_of_instant(run: &Run, position: u32) -> bool {
    let at = |id: u32| run.trace().record(id).at_us;
    position > 0 && position < run.trace().len() && at(position - 1) < at(position)
}

/// Holds the samples against the counters at the end, at a few moments before it, and at the end again.
fn hold(run: &mut Run, what: &str) {
    let end = run.trace().len();
    let moments: Vec<u32> = (0..end).filter(|p| is_end_of_instant(run, *p)).collect();
    let some = moments.iter().rev().step_by(moments.len() / 5 + 1).copied();
    for position in [end].into_iter().chain(some).chain([end]) {
        run.seek(position);
        assert_eq!(run.position(), position, "{what}");
        let (mut sums, mut counted) = (sums(run), counted(run));
        assert!(sums.len() >= SERIES.len() - 2);
        sums.entry(("Bus in use", "")).and_modify(|us| *us += open_us(run));
        counted.retain(|name, _| sums.contains_key(name));
        assert_eq!(sums, counted, "{what} at {position}");
    }
}

#[test]
fn what_the_samples_come_to_is_what_was_counted() {
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for builtin in SPEC.scenarios {
        let mut run = play(&builtin.json());
        hold(&mut run, builtin.id);
        seen.extend(counted(&run).into_iter().filter(|(_, value)| *value > 0).map(|(name, _)| name));
    }
    // Every number is other than 0 somewhere, or this shows nothing.
    let missing: Vec<_> = SERIES.iter().filter(|s| !seen.contains(&(s.title, s.line))).map(|s| s.line).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn they_do_in_random_runs_with_faults_too() {
    let lab = LABS.iter().find(|lab| lab.spec().id == SPEC.id).expect("the lab");
    let mut lost = 0;
    for seed in 0..200 {
        let mut scenario = random_scenario(*lab, &Setup::default(), seed);
        // A crash behind a record may cut a step short: what it counted then was never to be seen.
        scenario.acts.retain(|planned| matches!(planned.when, When::At(_)));
        let mut run = run_and_settle(scenario);
        lost += (0..run.trace().len()).filter(|id| run.data(*id).contains("\"why\":\"crash\"")).count();
        hold(&mut run, &format!("seed {seed}"));
    }
    assert!(lost > 5, "{lost} lines died");
}

#[test]
fn charts_show_what_the_samples_come_to() {
    for id in ["mix", "false-sharing", "eviction"] {
        let json = SPEC.scenario(id).expect("a scenario").json();
        let run = play(&json);
        let end_us = run.scenario().until_us;
        let charts = charts(&run, end_us);
        let (sums, all) = (sums(&run), run.metrics());
        let mut lines = 0;
        for (chart, line) in charts.iter().flat_map(|chart| chart.lines.iter().map(move |line| (chart, line))) {
            let Some(series) = SERIES.iter().find(|s| s.title == chart.title && s.line == line.name) else { continue };
            lines += 1;
            assert_eq!(chart.bars, series.fold == Fold::Bar);
            match series.fold {
                Fold::Percent => {
                    let name = if line.name == "of reads" { "reads" } else { "writes" };
                    let of = all.iter().find(|(n, _)| *n == name).expect("they are counted").1;
                    let hits = sums[&(chart.title, line.name)];
                    assert_eq!(line.now, (of > 0).then(|| (100 * hits + of / 2) / of), "{id}: {}", line.name);
                }
                _ => assert_eq!(line.now, sums.get(&(chart.title, line.name)).copied(), "{id}: {}", line.name),
            }
        }
        // And those of other protocols, in charts of their own.
        let others = SERIES.iter().skip(25).count();
        assert_eq!(
            lines,
            SERIES.len() - others - 1,
            "{id}: all but the use of the bus, whose one line is called its share"
        );
    }
}
