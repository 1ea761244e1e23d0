//! Faults where they hurt: an adversary that looks at the run as it goes.
//!
//! It knows no protocol. A `persist` record says that a process has just written and has perhaps still to send; the bands
//! say who leads; messages under way say what could come late. Each run has its own temper, so that some runs see many
//! faults of one sort. What it does are ordinary acts, and what comes out is an ordinary scenario.

use super::random_scenario;
use crate::base::draw::Dice;
use crate::engine::Run;
use crate::scenario::Scenario;
use crate::tables::LinkRule;
use crate::trace::{Act, Kind, NO_NODE, NodeId, Record, Surgery, Which};

/// Most acts of one run besides workloads.
const ACTS_MAX: u32 = 24;
/// Purposes of dice: a run's temper is drawn apart from its workload.
const TEMPER: u64 = 0x6164_7665_7273_6172;

/// How likely an adversary does what, in parts of a thousand for each occasion.
#[derive(Clone, Copy, Debug)]
struct Temper {
    /// A process crashes right behind a `persist`, before it sends.
    crash_at_persist: u64,
    /// Whoever has begun to lead is paused, crashed or cut off.
    strike_leader: u64,
    /// A message that was just sent comes late, twice or never.
    message: u64,
    /// Anything happens to anybody.
    anything: u64,
    /// Percent of crashes that are followed by a restart at once.
    at_once: u64,
}

impl Temper {
    fn draw(dice: &mut Dice) -> Temper {
        let mut of = |odds: [u64; 4]| odds[dice.range(0, 3) as usize];
        Temper {
            crash_at_persist: of([0, 0, 40, 200]),
            strike_leader: of([0, 300, 600, 900]),
            message: of([0, 5, 20, 60]),
            anything: of([0, 2, 5, 12]),
            at_once: of([20, 50, 80, 95]),
        }
    }
}

struct Adversary {
    dice: Dice,
    temper: Temper,
    /// What is to follow, and when, in microseconds.
    later: Vec<(u64, Act)>,
    acts: u32,
    leads: Option<&'static str>,
    bands: usize,
}

/// A run of a lab with random requests and an adversary; it goes on from the acts of `kept`, if that is given.
pub(super) fn play(base: &Scenario, seed: u64, kept: Option<&Scenario>) -> Run {
    let mut dice = Dice::new(seed ^ TEMPER);
    let scenario = match kept {
        Some(kept) => shortened(kept, &mut dice),
        None => calmer(random_scenario(base.lab, &base.setup, seed), &mut dice),
    };
    let until_us = scenario.until_us;
    let temper = Temper::draw(&mut dice);
    let leads = base.lab.spec().phases.map(|p| p.leads);
    let mut run = Run::new(scenario);
    let mut adversary = Adversary { dice, temper, later: Vec::new(), acts: 0, leads, bands: 0 };
    adversary.drive(&mut run, until_us);
    run
}

/// Only the requests of a random scenario, and more often than there a network that loses little.
fn calmer(mut scenario: Scenario, dice: &mut Dice) -> Scenario {
    scenario.acts.retain(|a| matches!(a.act, Act::Workload(_)));
    if dice.percent(60) {
        scenario.network = LinkRule { loss_ppm: 0, duplicate_ppm: 0, ..LinkRule::default() };
    }
    // Long enough for several elections or sessions.
    scenario.until_us += dice.range(0, 1_500_000);
    scenario
}

/// A scenario that saw something new, without some of its last acts: the adversary goes on from there.
fn shortened(kept: &Scenario, dice: &mut Dice) -> Scenario {
    let mut scenario = kept.clone();
    let loads = scenario.acts.iter().filter(|a| matches!(a.act, Act::Workload(_))).count();
    let keep = dice.range(loads as u64, scenario.acts.len().max(loads) as u64) as usize;
    scenario.acts.truncate(keep);
    scenario
}

impl Adversary {
    fn drive(&mut self, run: &mut Run, until_us: u64) {
        let mut looked = 0;
        loop {
            let due = self.later.iter().enumerate().min_by_key(|(_, (us, _))| *us).map(|(i, (us, _))| (i, *us));
            let limit_us = due.map_or(until_us, |(_, us)| us.min(until_us));
            let complete = run.seek_time(limit_us, 1);
            if complete {
                match due {
                    Some((i, us)) if us <= until_us => {
                        let (us, act) = self.later.swap_remove(i);
                        run.act(act, us);
                    }
                    _ => return,
                }
            }
            if run.is_violated() {
                return;
            }
            while looked < run.trace().len() {
                let record = *run.trace().record(looked);
                looked += 1;
                // Only what was just written can still be interfered with.
                if looked == run.trace().len() && self.acts < ACTS_MAX {
                    self.consider(run, record);
                }
            }
        }
    }

    fn chance(&mut self, of_thousand: u64) -> bool {
        of_thousand > 0 && self.dice.range(1, 1_000) <= of_thousand
    }

    fn consider(&mut self, run: &mut Run, record: Record) {
        if let Some(leader) = self.new_leader(run)
            && self.chance(self.temper.strike_leader)
        {
            // Now, or when it has led for a while.
            return self.strike(run, leader);
        }
        match record.kind {
            Kind::Persist | Kind::State | Kind::Deliver if self.chance(self.temper.crash_at_persist) => {
                self.crash(run, record.node);
            }
            Kind::Send if self.chance(self.temper.message) => self.message(run, record),
            Kind::Receive | Kind::Reply | Kind::Timeout | Kind::Request if self.chance(self.temper.anything) => {
                let n = run.names().len() as u64;
                let node = if self.dice.percent(40) { record.node } else { self.dice.range(0, n - 1) as NodeId };
                self.strike(run, node);
            }
            _ => {}
        }
    }

    /// Who has begun to lead since the last look.
    fn new_leader(&mut self, run: &Run) -> Option<NodeId> {
        let bands = &run.trace().bands;
        let mut leader = None;
        while self.bands < bands.len() {
            let change = bands.at(self.bands);
            self.bands += 1;
            if change.band.is_some_and(|b| Some(b.word) == self.leads) {
                leader = Some(change.node);
            }
        }
        leader
    }

    fn act(&mut self, run: &mut Run, act: Act) {
        self.acts += 1;
        let now_us = run.now_us();
        run.act(act, now_us);
    }

    /// Some time, short or long.
    fn while_us(&mut self) -> u64 {
        let most = [2_000, 20_000, 150_000, 600_000, 1_500_000][self.dice.range(0, 4) as usize];
        self.dice.range(1, most)
    }

    fn crash(&mut self, run: &mut Run, node: NodeId) {
        if node == NO_NODE {
            return;
        }
        self.act(run, Act::Crash(node));
        let after_us = if self.dice.percent(self.temper.at_once) { self.dice.range(1, 5_000) } else { self.while_us() };
        self.later.push((run.now_us() + after_us, Act::Restart(node)));
    }

    /// Crashes, pauses or cuts off a process, now or in a while, for a while.
    fn strike(&mut self, run: &mut Run, node: NodeId) {
        let n = run.names().len() as NodeId;
        if node == NO_NODE {
            return;
        }
        let (act, end) = match self.dice.range(0, 9) {
            0..=2 => (Act::Crash(node), Act::Restart(node)),
            3..=5 => (Act::Pause(node), Act::Resume(node)),
            _ => {
                let percent = [0, 25, 50][self.dice.range(0, 2) as usize];
                let mut side: Vec<NodeId> = (0..n).filter(|i| *i != node && self.dice.percent(percent)).collect();
                side.push(node);
                side.sort_unstable();
                (Act::Partition(vec![side]), Act::Heal)
            }
        };
        let start_us = run.now_us() + if self.dice.percent(30) { 0 } else { self.while_us() };
        let end_us = start_us + self.while_us();
        self.later.push((end_us, end));
        if start_us == run.now_us() {
            self.act(run, act);
        } else {
            self.acts += 1;
            self.later.push((start_us, act));
        }
    }

    /// Lets a message that was just sent come late, twice, late and twice, or never.
    fn message(&mut self, run: &mut Run, record: Record) {
        let message = record.message + self.dice.range(0, u64::from(record.count.max(1)) - 1) as u32;
        let which = Which::Id(message);
        let late_us = self.while_us();
        let surgeries: &[Surgery] = match self.dice.range(0, 9) {
            0..=4 => &[Surgery::DeliverIn(late_us)],
            5 | 6 => &[Surgery::Duplicate, Surgery::DeliverIn(late_us)],
            7 => &[Surgery::Duplicate],
            _ => &[Surgery::Drop],
        };
        for &surgery in surgeries {
            self.act(run, Act::Message { which, surgery });
        }
    }
}
