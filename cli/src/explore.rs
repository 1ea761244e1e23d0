//! `lightcone explore`: tries many runs until a rule breaks.

use crate::terminal::{Failure, print, scenario, unusable, write_file};
use lexopt::prelude::*;
use lightcone_core::base::json::JsonObject;
use lightcone_core::engine::explore::{Found, attempt};
use lightcone_core::engine::shrink::{BUDGET, Size, Small, shrink};
use lightcone_core::scenario::Scenario;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most runs of one search.
const RUNS_MAX: u64 = 100_000_000;
/// Most threads.
const JOBS_MAX: u64 = 256;

pub(crate) fn command(mut args: lexopt::Parser) -> Result<(), Failure> {
    let (mut name, mut runs, mut out, mut small) = (None, None, None, true);
    let mut jobs = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    while let Some(arg) = args.next()? {
        match arg {
            Long("runs") => runs = Some(number(&args.value()?, "--runs", RUNS_MAX)?),
            Long("jobs") => jobs = number(&args.value()?, "--jobs", JOBS_MAX)?,
            Long("no-shrink") => small = false,
            Short('o') | Long("output") => out = Some(PathBuf::from(args.value()?)),
            Value(value) if name.is_none() => name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let base = scenario(&name.ok_or_else(|| unusable("lightcone explore needs a scenario"))?)?;
    let runs = runs.ok_or_else(|| unusable("lightcone explore needs --runs N"))?;
    #[allow(clippy::disallowed_types, reason = "it tells a person how fast the search was")]
    let start = std::time::Instant::now();
    let (tried, found) = search(&base, runs, jobs);
    let seconds = start.elapsed().as_secs_f64().max(1e-9);
    let mut o = JsonObject::new();
    o.int("runs", tried).raw("runs_per_s", &format!("{:.0}", tried as f64 / seconds));
    let Some(found) = found else {
        print(&format!("{}\n", o.raw("violation", "null").end()));
        return Ok(());
    };
    o.raw("violation", &violation(&found));
    let small = if small { shrink(&found.scenario, BUDGET) } else { None };
    if let Some(small) = &small {
        o.raw("shrunk", &shrunk(small));
    }
    print(&format!("{}\n", o.end()));
    let (scenario, settle) = match &small {
        Some(small) => (&small.scenario, small.settle),
        None => (&found.scenario, found.liveness),
    };
    if let Some(path) = out {
        write_file(&path, scenario.to_json().as_bytes())?;
        let settle = if settle { " --settle" } else { "" };
        eprintln!("lightcone run{settle} {} shows it again", path.display());
    }
    Err(Failure::Violated)
}

fn violation(found: &Found) -> String {
    let mut v = JsonObject::new();
    v.int("run", found.number).raw("seed", &found.scenario.seed.to_string());
    v.text("rule", found.violation.rule).text("explain", &found.violation.explain).bool("settle", found.liveness);
    v.end()
}

/// What shrinking came to: sizes before and after, and what each pass did.
fn shrunk(small: &Small) -> String {
    let mut o = JsonObject::new();
    o.int("runs", small.runs).text("rule", small.violation.rule).text("explain", &small.violation.explain);
    o.int("record", small.violation.id).bool("settle", small.settle);
    o.raw("before", &size(small.before)).raw("after", &size(small.after));
    o.list(
        "passes",
        small.stages.iter().map(|stage| {
            let mut o = JsonObject::new();
            o.text("pass", stage.pass.says()).int("runs", stage.tried).int("kept", stage.kept);
            o.raw("size", &size(stage.size)).end()
        }),
    );
    o.end()
}

fn size(size: Size) -> String {
    let mut o = JsonObject::new();
    o.int("acts", size.acts as u64).int("processes", size.processes as u64).int("events", size.events).end()
}

/// Tries runs in order of their numbers, several at a time; the bad run with the lowest number is the answer,
/// however many jobs there are.
fn search(base: &Scenario, runs: u64, jobs: u64) -> (u64, Option<Found>) {
    let (next, best) = (AtomicU64::new(0), AtomicU64::new(runs));
    let work = || {
        let (mut tried, mut mine) = (0, None);
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= best.load(Ordering::Relaxed) {
                return (tried, mine);
            }
            tried += 1;
            if let Some(found) = attempt(base, i) {
                best.fetch_min(i, Ordering::Relaxed);
                mine = Some(found);
            }
        }
    };
    let mut tried = 0;
    let mut all: Vec<Found> = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let (count, found) = thread.join().expect("a search that fails ends the program");
            tried += count;
            all.extend(found);
        }
    });
    (tried, all.into_iter().min_by_key(|f| f.number))
}

fn number(value: &std::ffi::OsStr, option: &str, max: u64) -> Result<u64, Failure> {
    let text = value.to_string_lossy();
    match text.parse::<u64>() {
        Ok(n) if (1..=max).contains(&n) => Ok(n),
        _ => Err(unusable(format!("{option}: expected a whole number from 1 to {max}, found {text:?}"))),
    }
}
