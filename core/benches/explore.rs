//! For each switch of each lab: how many runs it takes to find damage, and how small that becomes.
//!
//! `cargo bench -p lightcone-core --bench explore [-- SEEDS [LAB]]` prints the table of `docs/exploration.md`. Where a
//! bad run is not found within [`RUNS_MAX`] runs, that number stands for it.

#![allow(clippy::disallowed_types, reason = "it measures how long a search takes")]

use lightcone_core::engine::explore::{BATCH, Search};
use lightcone_core::engine::shrink::shrink;
use lightcone_core::labs::LABS;
use lightcone_core::scenario::Scenario;
use std::io::Write;
use std::time::Instant;

const RUNS_MAX: u64 = 400;
const SHRINK_RUNS: u32 = 2_000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let seeds: u64 = args.first().and_then(|a| a.parse().ok()).unwrap_or(20);
    println!("| lab | switch | rule | runs, median | found | seconds | acts | events | processes |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for lab in LABS.iter().filter(|l| args.get(1).is_none_or(|id| l.spec().id == id)) {
        for switch in lab.spec().switches {
            let mut base = Scenario::empty(*lab);
            base.setup.broken = vec![switch.name];
            let start = Instant::now();
            let (mut runs, mut first) = (Vec::new(), None);
            for seed in 0..seeds {
                base.seed = 1_000_003 * seed;
                let (n, found) = find(&base);
                runs.push(n);
                first = first.or(found);
            }
            runs.sort_unstable();
            let (median, found) = (runs[runs.len() / 2], runs.iter().filter(|n| **n < RUNS_MAX).count());
            let seconds = start.elapsed().as_secs_f64() / seeds as f64;
            let small = first.and_then(|s| shrink(&s, SHRINK_RUNS));
            let sizes = small.map_or(" – | – | – | – |".to_string(), |s| {
                let (a, b) = (s.before, s.after);
                format!(
                    " {} | {median} | {found}/{seeds} | {seconds:.2} | {} → {} | {} → {} | {} → {} |",
                    s.violation.rule, a.acts, b.acts, a.events, b.events, a.processes, b.processes
                )
            });
            println!("| {} | {} |{sizes}", lab.spec().id, switch.name);
            let _ = std::io::stdout().flush();
        }
    }
}

fn find(base: &Scenario) -> (u64, Option<Scenario>) {
    let mut search = Search::new(base.clone());
    while search.next() < RUNS_MAX {
        let from = search.next();
        let mut batch = Vec::new();
        for number in from..from + BATCH {
            let tried = search.attempt(number);
            let done = tried.found.is_some();
            batch.push(tried);
            if done {
                break;
            }
        }
        if let Some(found) = search.take(batch) {
            return (found.number + 1, Some(found.scenario));
        }
    }
    (RUNS_MAX, None)
}
