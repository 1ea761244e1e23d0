//! Random runs: a workload and faults, biased to where protocols break, from a seed alone.
//!
//! Faults come in pairs (a crash and its restart, a partition and its healing), overlap, and often fall into
//! the middle of a step. What is drawn here depends on nothing but the seed and the lab's tables.

mod adversary;
mod coverage;
mod search;

pub use coverage::Coverage;
pub use search::{BATCH, Search, Tried};

use crate::base::draw::Dice;
use crate::engine::{Run, ViolationReport, run};
use crate::protocol::{Lab, ProcessInfo};
use crate::scenario::Scenario;
use crate::tables::{Delay, Fields, LinkChange, LinkRule, Operation, Setup, Sort};
use crate::trace::{Act, NodeId, PlannedAct, When, Workload};

/// Length of a random run before it settles, in microseconds.
const SPAN_US: (u64, u64) = (150_000, 900_000);
/// Most pairs of faults in one run.
const FAULTS_MAX: u64 = 7;

/// A random scenario of a lab under some settings.
#[must_use]
pub fn random_scenario(lab: &'static dyn Lab, setup: &Setup, seed: u64) -> Scenario {
    let mut dice = Dice::new(seed);
    let mut scenario = Scenario::empty(lab);
    scenario.title = format!("Random run {seed}");
    scenario.seed = seed;
    scenario.setup = setup.clone();
    scenario.until_us = dice.range(SPAN_US.0, SPAN_US.1);
    scenario.network = random_network(&mut dice);
    let processes = scenario.processes();
    let mut acts = Vec::new();
    for operation in lab.spec().operations {
        if let Some(act) = random_load(&mut dice, operation, &processes, scenario.until_us) {
            acts.push(act);
        }
    }
    for _ in 0..dice.range(0, FAULTS_MAX) {
        random_fault(&mut dice, processes.len() as u64, scenario.until_us, &mut acts);
    }
    scenario.acts = acts;
    scenario
}

fn random_network(dice: &mut Dice) -> LinkRule {
    let min_us = dice.range(500, 15_000);
    let spread_us = dice.range(0, 60_000);
    let delay = if dice.percent(25) {
        Delay::Exponential { min_us, mean_us: min_us + spread_us / 2 }
    } else {
        Delay::Uniform { min_us, max_us: min_us + spread_us }
    };
    let mut ppm = |chance: u64, most: u64| if dice.percent(chance) { dice.range(1, most) as u32 * 10_000 } else { 0 };
    let (loss_ppm, duplicate_ppm) = (ppm(60, 30), ppm(40, 30));
    LinkRule { delay, loss_ppm, duplicate_ppm, fifo: dice.percent(15) }
}

fn random_load(
    dice: &mut Dice,
    operation: &'static Operation,
    processes: &[ProcessInfo],
    span_us: u64,
) -> Option<PlannedAct> {
    let fits = |(i, p): (usize, &ProcessInfo)| {
        (operation.at.is_empty() || operation.at.contains(&p.role)).then_some(i as NodeId)
    };
    let nodes: Vec<NodeId> = processes.iter().enumerate().filter_map(fits).collect();
    if nodes.is_empty() || dice.percent(15) {
        return None;
    }
    let count = dice.range(1, 10);
    let every_us = dice.range(100, (span_us / count).max(200));
    let when = When::At(dice.range(0, span_us / 2));
    let workload = Workload { operation, nodes, count, every_us, args: Fields::default() };
    Some(PlannedAct { when, act: Act::Workload(workload) })
}

fn random_fault(dice: &mut Dice, n: u64, span_us: u64, acts: &mut Vec<PlannedAct>) {
    let node = dice.range(0, n - 1) as NodeId;
    let start_us = dice.range(0, span_us);
    let end = When::At(start_us + dice.range(1, span_us / 2));
    // Half of the faults fall right behind some record, and so often into the middle of a step.
    let start = if dice.percent(50) { When::After(dice.range(n, n + 250) as u32) } else { When::At(start_us) };
    let mut plan = |when, act| acts.push(PlannedAct { when, act });
    match dice.range(0, 9) {
        0..=3 => {
            plan(start, Act::Crash(node));
            plan(end, Act::Restart(node));
        }
        4 | 5 => {
            plan(start, Act::Pause(node));
            plan(end, Act::Resume(node));
        }
        6 | 7 => {
            let side = (0..n as NodeId).filter(|_| dice.percent(50)).collect();
            plan(start, Act::Partition(vec![side]));
            plan(end, Act::Heal);
        }
        _ if n > 1 => {
            let to = ((u64::from(node) + dice.range(1, n - 1)) % n) as NodeId;
            let delay = Some(Delay::Constant(dice.range(1, 120_000)));
            let blocked = dice.percent(40).then_some(true);
            let change = LinkChange { delay, blocked, ..LinkChange::default() };
            plan(start, Act::Link { from: node, to, change });
            plan(end, Act::Heal);
        }
        _ => {}
    }
}

/// Runs a scenario to its end and lets it settle.
#[must_use]
pub fn run_and_settle(scenario: Scenario) -> Run {
    let mut run = run(scenario);
    run.settle();
    run
}

/// The `i`-th run to try for a scenario: one without acts gets a random workload and faults, one with acts another
/// seed.
#[must_use]
pub fn variant(scenario: &Scenario, i: u64) -> Scenario {
    let seed = scenario.seed.wrapping_add(i);
    if scenario.acts.is_empty() {
        return random_scenario(scenario.lab, &scenario.setup, seed);
    }
    Scenario { seed, ..scenario.clone() }
}

/// A run that breaks a rule.
#[derive(Clone, Debug)]
pub struct Found {
    /// Which of the runs it was.
    pub number: u64,
    /// The scenario before it settled: what a person runs again.
    pub scenario: Scenario,
    /// What is violated first.
    pub violation: ViolationReport,
    /// Whether only settling shows it.
    pub liveness: bool,
}

/// Tries the `number`-th run of a scenario.
#[must_use]
pub fn attempt(base: &Scenario, number: u64) -> Option<Found> {
    let scenario = variant(base, number);
    let run = run_and_settle(scenario.clone());
    judge(number, scenario, &run)
}

/// What a run that has settled has found, if anything.
fn judge(number: u64, scenario: Scenario, run: &Run) -> Option<Found> {
    let violation = run.violations().into_iter().next()?;
    let rule = scenario.lab.spec().rule(violation.rule);
    // What breaks only after the end of the scenario needs settling to be seen again.
    let late = run.trace().record(violation.id).at_us > scenario.until_us;
    let liveness = late || rule.is_some_and(|r| r.sort == Sort::Liveness);
    Some(Found { number, scenario, violation, liveness })
}

#[cfg(test)]
mod tests;
