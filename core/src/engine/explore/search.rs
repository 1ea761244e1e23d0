//! A search through many runs, guided by what they see.
//!
//! Runs are made in batches. What a run does depends on its number and on what the batches before it have seen, never on
//! the runs beside it: so the answer is the same whoever makes the runs, and however many at a time.

use super::coverage::Coverage;
use super::{Found, adversary, judge, variant};
use crate::base::draw::Dice;
use crate::engine::run;
use crate::scenario::Scenario;

/// Runs of a batch.
pub const BATCH: u64 = 16;
/// Most runs that are kept to go on from; the oldest goes first.
const KEPT_MAX: usize = 64;
/// Sets the dice that choose what is gone on from apart from those of the run.
const CHOICE: u64 = 0x6368_6f69_6365;

/// What came of one run.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Which run it was.
    pub number: u64,
    /// What it has found.
    pub found: Option<Found>,
    /// What it has seen.
    pub coverage: Coverage,
    scenario: Scenario,
}

/// A search and what it has seen so far.
#[derive(Clone, Debug)]
pub struct Search {
    base: Scenario,
    next: u64,
    seen: Coverage,
    kept: Vec<Scenario>,
}

impl Search {
    /// A search that has tried nothing. A scenario without acts gets random requests and an adversary, one with acts
    /// other seeds.
    #[must_use]
    pub fn new(base: Scenario) -> Search {
        Search { base, next: 0, seen: Coverage::default(), kept: Vec::new() }
    }

    /// The search goes on from a run, with what was seen before it and the runs that were kept.
    #[must_use]
    pub fn at(base: Scenario, next: u64, seen: Coverage, kept: Vec<Scenario>) -> Search {
        Search { base, next, seen, kept }
    }

    /// Runs that saw something new, to go on from.
    #[must_use]
    pub fn kept(&self) -> &[Scenario] {
        &self.kept
    }

    /// Leaves runs to others.
    pub fn skip(&mut self, runs: u64) {
        self.next += runs;
    }

    /// The first run of the next batch.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// What all runs so far have seen.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.seen
    }

    /// Makes one run of the next batch.
    #[must_use]
    pub fn attempt(&self, number: u64) -> Tried {
        let mut run = self.made(number);
        let scenario = run.scenario().clone();
        run.settle();
        let coverage = Coverage::of(&run);
        Tried { number, found: judge(number, scenario.clone(), &run), coverage, scenario }
    }

    fn made(&self, number: u64) -> crate::engine::Run {
        let seed = self.base.seed.wrapping_add(number);
        let mut dice = Dice::new(seed ^ CHOICE);
        // With acts of its own, and now and then without, the run takes its course.
        if !self.base.acts.is_empty() || dice.percent(20) {
            return run(variant(&self.base, number));
        }
        let kept = if !self.kept.is_empty() && dice.percent(35) {
            self.kept.get(dice.range(0, self.kept.len() as u64 - 1) as usize)
        } else {
            None
        };
        adversary::play(&self.base, seed, kept)
    }

    /// Takes in what came of a batch, in any order. The first bad run, if there is one.
    pub fn take(&mut self, mut batch: Vec<Tried>) -> Option<Found> {
        batch.sort_by_key(|t| t.number);
        self.next = batch.last().map_or(self.next, |t| t.number + 1);
        let mut first = None;
        for tried in batch {
            if self.seen.add(&tried.coverage) > 0 && tried.found.is_none() {
                self.kept.push(tried.scenario);
            }
            first = first.or(tried.found);
        }
        let surplus = self.kept.len().saturating_sub(KEPT_MAX);
        self.kept.drain(..surplus);
        first
    }
}
