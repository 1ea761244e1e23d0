//! `lightcone explore`: tries many runs until a rule breaks, and makes the bad one small.

mod report;

use crate::terminal::{Failure, print, scenario, unusable, write_file};
use lexopt::prelude::*;
use lightcone_core::engine::explore::{BATCH, Found, Search, Tried};
use lightcone_core::engine::shrink::{BUDGET, shrink};
use lightcone_core::scenario::Scenario;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Most runs of one search.
const RUNS_MAX: u64 = 100_000_000;
/// Most threads.
const JOBS_MAX: u64 = 256;
/// Most parts of one search.
const SHARDS_MAX: u64 = 1_000_000;
/// Longest search, in hours.
const HOURS_MAX: u64 = 10_000;

#[derive(Default)]
struct Asked {
    name: Option<String>,
    runs: Option<u64>,
    time: Option<Duration>,
    jobs: u64,
    shard: Option<(u64, u64)>,
    whole: bool,
    out: Option<PathBuf>,
    report: Option<PathBuf>,
    resume: Option<PathBuf>,
    merge: Vec<PathBuf>,
}

pub(crate) fn command(args: lexopt::Parser) -> Result<(), Failure> {
    let asked = read(args)?;
    if !asked.merge.is_empty() {
        let (text, found) = report::merge(&asked.merge)?;
        print(&text);
        return if found { Err(Failure::Violated) } else { Ok(()) };
    }
    let name = asked.name.as_ref().ok_or_else(|| unusable("lightcone explore needs a scenario"))?;
    if asked.runs.is_none() && asked.time.is_none() {
        return Err(unusable("lightcone explore needs --runs N or --for TIME"));
    }
    let base = scenario(name)?;
    let shard = asked.shard.unwrap_or((1, 1));
    let (mut search, before) = match &asked.resume {
        Some(path) if path.exists() => report::resume(path, &base, shard)?,
        _ => {
            let mut search = Search::new(base.clone());
            search.skip((shard.0 - 1) * BATCH);
            (search, 0)
        }
    };
    #[allow(clippy::disallowed_types, reason = "it tells a person how fast the search was")]
    let start = std::time::Instant::now();
    let ends = |tried: u64| {
        asked.runs.is_some_and(|runs| tried >= runs) || asked.time.is_some_and(|time| start.elapsed() >= time)
    };
    let (tried, found) = go(&mut search, &asked, before, ends);
    let seconds = start.elapsed().as_secs_f64().max(1e-9);
    if let Some(path) = &asked.resume {
        write_file(path, report::state(&search, &base, shard, tried).as_bytes())?;
    }
    let small = found.as_ref().filter(|_| !asked.whole).and_then(|f| shrink(&f.scenario, BUDGET));
    let bad = small.as_ref().map(|s| (&s.scenario, s.settle));
    let bad = bad.or_else(|| found.as_ref().map(|f| (&f.scenario, f.liveness)));
    let both = found.as_ref().map(|f| (f, small.as_ref()));
    let result = || report::result(tried, (tried - before) as f64 / seconds, search.coverage().len(), both);
    print(&format!("{}\n", result().end()));
    if let Some(path) = &asked.report {
        let text = report::report(result(), &base, search.coverage(), bad.map(|(scenario, _)| scenario));
        write_file(path, text.as_bytes())?;
    }
    let Some((scenario, settle)) = bad else { return Ok(()) };
    write(&asked, scenario, settle)?;
    Err(Failure::Violated)
}

fn write(asked: &Asked, scenario: &Scenario, settle: bool) -> Result<(), Failure> {
    if let Some(path) = &asked.out {
        write_file(path, scenario.to_json().as_bytes())?;
        let settle = if settle { " --settle" } else { "" };
        eprintln!("lightcone run{settle} {} shows it again", path.display());
    }
    Ok(())
}

fn read(mut args: lexopt::Parser) -> Result<Asked, Failure> {
    let jobs = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let mut asked = Asked { jobs, ..Asked::default() };
    while let Some(arg) = args.next()? {
        match arg {
            Long("runs") => asked.runs = Some(number(&args.value()?, "--runs", RUNS_MAX)?),
            Long("for") => asked.time = Some(duration(&args.value()?)?),
            Long("jobs") => asked.jobs = number(&args.value()?, "--jobs", JOBS_MAX)?,
            Long("shard") => asked.shard = Some(shard(&args.value()?)?),
            Long("no-shrink") => asked.whole = true,
            Long("report") => asked.report = Some(PathBuf::from(args.value()?)),
            Long("resume") => asked.resume = Some(PathBuf::from(args.value()?)),
            Long("merge") => asked.merge.extend(args.values()?.map(PathBuf::from)),
            Short('o') | Long("output") => asked.out = Some(PathBuf::from(args.value()?)),
            Value(value) if asked.name.is_none() => asked.name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(asked)
}

/// Tries runs in order of their numbers, a batch at a time. The bad run with the lowest number is the answer, however
/// many jobs there are. Tells how many runs were tried, those before this search included.
fn go(search: &mut Search, asked: &Asked, before: u64, ends: impl Fn(u64) -> bool) -> (u64, Option<Found>) {
    let shards = asked.shard.map_or(1, |(_, n)| n);
    let shown = std::io::stderr().is_terminal();
    let mut tried = before;
    while !ends(tried) {
        // A search that goes on from a state may stand in the middle of a batch.
        let rest = BATCH - search.next() % BATCH;
        let left = asked.runs.map_or(rest, |runs| (runs - tried).min(rest));
        let batch = batch(search, left, asked.jobs);
        tried += batch.len() as u64;
        let whole = left == rest;
        let found = search.take(batch);
        if found.is_some() {
            return (tried, found);
        }
        if whole {
            search.skip((shards - 1) * BATCH);
        }
        if shown {
            eprint!("\r{tried} runs, coverage {} ", search.coverage().len());
        }
    }
    if shown {
        eprintln!();
    }
    (tried, None)
}

/// Makes the next runs of a search, several at a time. Behind a bad run nothing need be tried.
fn batch(search: &Search, runs: u64, jobs: u64) -> Vec<Tried> {
    let from = search.next();
    let (next, best) = (AtomicU64::new(from), AtomicU64::new(from + runs));
    let work = || {
        let mut mine = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= best.load(Ordering::Relaxed) {
                return mine;
            }
            let tried = search.attempt(i);
            if tried.found.is_some() {
                best.fetch_min(i, Ordering::Relaxed);
            }
            mine.push(tried);
        }
    };
    let mut all: Vec<Tried> = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.min(runs)).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            all.extend(thread.join().expect("a search that fails ends the program"));
        }
    });
    // Runs behind the first bad one were made or not as the threads happened to go.
    let first = all.iter().filter(|t| t.found.is_some()).map(|t| t.number).min().unwrap_or(u64::MAX);
    all.retain(|t| t.number <= first);
    all
}

fn number(value: &std::ffi::OsStr, option: &str, max: u64) -> Result<u64, Failure> {
    let text = value.to_string_lossy();
    match text.parse::<u64>() {
        Ok(n) if (1..=max).contains(&n) => Ok(n),
        _ => Err(unusable(format!("{option}: expected a whole number from 1 to {max}, found {text:?}"))),
    }
}

/// `8h`, `30m` or `10s`.
fn duration(value: &std::ffi::OsStr) -> Result<Duration, Failure> {
    let text = value.to_string_lossy();
    let units = [("h", 3_600), ("m", 60), ("s", 1)];
    let read = units.into_iter().find_map(|(unit, seconds)| {
        let n: u64 = text.strip_suffix(unit)?.parse().ok()?;
        n.checked_mul(seconds).filter(|s| (1..=HOURS_MAX * 3_600).contains(s))
    });
    read.map(Duration::from_secs).ok_or_else(|| {
        unusable(format!("--for: expected a time such as 8h, 30m or 10s, at most {HOURS_MAX}h, found {text:?}"))
    })
}

/// `K/N`.
fn shard(value: &std::ffi::OsStr) -> Result<(u64, u64), Failure> {
    let text = value.to_string_lossy();
    let both = text.split_once('/').and_then(|(k, n)| Some((k.parse::<u64>().ok()?, n.parse::<u64>().ok()?)));
    match both {
        Some((k, n)) if (1..=SHARDS_MAX).contains(&n) && (1..=n).contains(&k) => Ok((k, n)),
        _ => Err(unusable(format!("--shard: expected K/N with K from 1 to N, at most {SHARDS_MAX}, found {text:?}"))),
    }
}
