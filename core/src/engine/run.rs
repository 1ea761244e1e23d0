//! A recorded run with a cursor: seek by snapshot and deterministic replay, act, and fork.

mod moment;
mod words;

use super::history::History;
use super::sim::settle::SETTLE_US_MAX;
use super::sim::{Plan, Stage, World};
use crate::scenario::Scenario;
use crate::trace::{Act, Kind, PlannedAct, RecordId, Trace, Violation, When};

/// Records between two snapshots at first. A replay of so many takes well under a millisecond.
const SNAPSHOT_EVERY: u32 = 1024;
/// With more snapshots than this, every other one goes and the distance doubles: the number of copies of
/// the world stays bounded however long a run gets.
const SNAPSHOTS_MAX: usize = 256;

/// A recorded run with a cursor. Everything before the cursor has happened; what stands behind it in the
/// trace is the known future, which an act in the past replaces.
#[derive(Clone)]
pub struct Run {
    scenario: Scenario,
    plan: Plan,
    history: History,
    /// The end of what was recorded.
    head: World,
    /// Where the cursor is, unless it is at the head.
    past: Option<World>,
    snapshots: Vec<World>,
    every: u32,
    acts_made: u32,
}

/// A broken rule, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViolationReport {
    /// The record of kind `violation`.
    pub id: RecordId,
    /// The rule's name.
    pub rule: &'static str,
    /// One sentence.
    pub explain: String,
    /// The records that show it.
    pub events: Vec<RecordId>,
}

impl Run {
    /// A run that has not begun.
    #[must_use]
    pub fn new(scenario: Scenario) -> Run {
        let machine = scenario.machine();
        let head = World::new(&*machine, scenario.seed, scenario.network);
        Run {
            plan: Plan::new(&scenario.acts),
            history: History::new(machine),
            snapshots: vec![head.clone()],
            every: SNAPSHOT_EVERY,
            acts_made: 0,
            past: None,
            head,
            scenario,
        }
    }

    /// What the run follows from, acts made so far included.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Names of the processes.
    #[must_use]
    pub fn names(&self) -> &[String] {
        self.history.machine.names()
    }

    /// All records that were made so far, also behind the cursor.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.history.trace
    }

    /// Number of records before the cursor.
    #[must_use]
    pub fn position(&self) -> u32 {
        self.cursor().records
    }

    /// Time at the cursor, in microseconds.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.cursor().now_us
    }

    /// Moves the cursor to just behind so many records, as far as there are any.
    pub fn seek(&mut self, position: u32) {
        while self.head.records < position && self.advance_head(u64::MAX) {}
        let position = position.min(self.head.records);
        if position == self.head.records && !self.head.quiet {
            self.past = None;
            return;
        }
        let usable = |w: &&World| w.records < position || (w.records == position && !w.quiet);
        let here = self.past.as_ref().filter(usable).map_or(0, |w| w.records);
        let snapshot = self.snapshots.iter().rposition(|s| s.records <= position).expect("the first one is at 0");
        let start = if here > self.snapshots[snapshot].records {
            self.past.take().expect("it was just looked at")
        } else {
            self.snapshots[snapshot].clone()
        };
        self.past = Some(self.replay(start, position));
    }

    /// Moves the cursor, forward or back, behind everything that happens until a time.
    /// At most `budget` new records are made; false when the budget was not enough.
    pub fn seek_time(&mut self, at_us: u64, budget: u32) -> bool {
        let goal = self.head.records.saturating_add(budget);
        let mut complete = true;
        if self.head.now_us <= at_us {
            complete = false;
            while self.head.records < goal {
                if !self.advance_head(at_us) {
                    complete = true;
                    break;
                }
            }
        }
        let position = self.history.trace.count_until(at_us);
        if position == self.head.records && self.head.now_us <= at_us {
            self.past = None;
            return complete;
        }
        self.seek(position);
        if let Some(mut world) = self.past.take() {
            // What happens without a record until then, such as an arrival at a paused process.
            let Run { plan, history, .. } = self;
            let moved = world.advance(&mut Stage { plan, history }, at_us);
            assert!(!moved, "every record until this time is made already");
            self.past = Some(world);
        }
        complete
    }

    /// Moves the cursor one record forward. False when nothing happens any more.
    pub fn step(&mut self) -> bool {
        let before = self.position();
        if self.past.is_none() && self.advance_head(u64::MAX) {
            return true;
        }
        self.seek(before + 1);
        self.position() > before
    }

    /// When the next record comes, if one does: in microseconds.
    pub fn next_us(&mut self) -> Option<u64> {
        let position = self.position();
        if position == self.head.records {
            // The cursor stays where it is while the head looks ahead.
            let here = self.past.take().unwrap_or_else(|| self.head.clone());
            let moved = self.advance_head(u64::MAX);
            self.past = Some(here);
            if !moved {
                return None;
            }
        }
        Some(self.history.trace.record(position).at_us)
    }

    /// Does something at the cursor, at a time not before it. What stood behind the cursor is replaced.
    pub fn act(&mut self, act: Act, at_us: u64) {
        let at_us = at_us.max(self.now_us());
        self.acts_made += 1;
        let when = self.when(at_us);
        // Whatever was looked up ahead of the cursor is made anew with the act in it.
        self.forget_future();
        let planned = PlannedAct { when, act };
        let position = self.head.records;
        // Acts of the forgotten future that have a time stay planned; those that waited for one of its records
        // cannot: the records will be others. An act in the middle of a step also replaces those that waited
        // for the record at the cursor.
        let kept = if let When::After(id) = when { id } else { position };
        self.plan.drop_anchored_from(kept);
        self.scenario.acts.retain(|a| !matches!(a.when, When::After(id) if id >= kept));
        self.scenario.acts.push(planned.clone());
        self.plan.push(&planned);
        self.scenario.until_us = self.scenario.until_us.max(at_us);
        if let When::After(_) = when {
            // The moment is made again from the plan with the act in it: what happened since the record without
            // a record of its own comes after the act.
            self.snapshots.retain(|s| s.records < position);
            let start = self.snapshots.last().expect("the first one is at 0").clone();
            self.head = self.replay(start, position);
        }
        self.advance_head(at_us);
    }

    /// Lets the run end no earlier than this, in microseconds.
    pub fn extend(&mut self, until_us: u64) {
        self.scenario.until_us = self.scenario.until_us.max(until_us);
    }

    /// Ends all faults at the cursor and goes on until nothing moves any more but periodic traffic, at most
    /// 120 s of virtual time; then liveness rules are checked. Acts that were still planned are dropped.
    /// False when something still moved at the cap.
    pub fn settle(&mut self) -> bool {
        let (position, now_us) = (self.position(), self.now_us().max(self.scenario.until_us));
        let done = |a: &PlannedAct| match a.when {
            When::At(us) => us <= now_us,
            When::After(id) => id < position,
        };
        self.scenario.acts.retain(done);
        self.plan = Plan::new(&self.scenario.acts);
        self.act(Act::Settle, now_us);
        while self.head.settling.is_on() && self.advance_head(u64::MAX) {}
        // The verdict falls before some periodic event: its instant is played to the end, as a replay will play it.
        let end_us = self.head.now_us;
        while self.advance_head(end_us) {}
        self.scenario.until_us = self.scenario.until_us.max(self.head.now_us);
        self.head.now_us <= now_us + SETTLE_US_MAX
    }

    /// How often somebody has acted on this run since it was made.
    #[must_use]
    pub fn acts_made(&self) -> u32 {
        self.acts_made
    }

    /// The records that rules broken before the cursor name.
    #[must_use]
    pub fn blamed(&self) -> Vec<RecordId> {
        self.violations().into_iter().flat_map(|violation| violation.events).collect()
    }

    /// Whether a rule was broken before the cursor.
    #[must_use]
    pub fn is_violated(&self) -> bool {
        !self.cursor().violated.is_empty()
    }

    /// Rules broken before the cursor.
    #[must_use]
    pub fn violations(&self) -> Vec<ViolationReport> {
        let report = |&(_, id): &(&'static str, RecordId)| {
            let record = self.history.trace.record(id);
            assert!(record.kind == Kind::Violation, "a violation points at its record");
            let violation = self.history.violation(record).expect("a violation says what it is");
            let Violation { rule, explain, events } = violation;
            ViolationReport { id, rule, explain: explain.clone(), events: events.clone() }
        };
        self.cursor().violated.iter().map(report).collect()
    }

    /// A copy that shares the past: for branches.
    #[must_use]
    pub fn fork(&self) -> Run {
        self.clone()
    }

    /// Bytes that the snapshots and the trace of this run take, roughly.
    #[must_use]
    pub fn snapshots(&self) -> usize {
        self.snapshots.len()
    }

    fn cursor(&self) -> &World {
        self.past.as_ref().unwrap_or(&self.head)
    }

    /// Makes one more record at the head.
    fn advance_head(&mut self, limit_us: u64) -> bool {
        let Run { plan, history, head, .. } = self;
        if !head.advance(&mut Stage { plan, history }, limit_us) {
            return false;
        }
        // The distance is a power of two: this says whether the two lie in different blocks of that size.
        if head.records ^ self.snapshots.last().map_or(0, |s| s.records) >= self.every {
            self.snapshots.push(head.clone());
            if self.snapshots.len() > SNAPSHOTS_MAX {
                self.thin();
            }
        }
        true
    }

    fn thin(&mut self) {
        self.every *= 2;
        let every = self.every;
        let mut last = None;
        self.snapshots.retain(|s| {
            let block = s.records / every;
            let first_of_block = last != Some(block);
            last = Some(block);
            first_of_block
        });
    }

    /// Moves a world of the past forward, up to a position.
    fn replay(&mut self, mut world: World, position: u32) -> World {
        let Run { plan, history, .. } = self;
        while world.records < position {
            let moved = world.advance(&mut Stage { plan, history }, u64::MAX);
            assert!(moved, "what was recorded can be replayed");
        }
        world
    }

    /// The form of an act's time that replays exactly.
    fn when(&mut self, at_us: u64) -> When {
        let world = self.cursor();
        let at_us = at_us.max(world.now_us);
        let position = world.records;
        if position > 0 && (world.mid_step() || self.next_us().is_some_and(|next| next <= at_us)) {
            return When::After(position - 1);
        }
        When::At(at_us)
    }

    fn forget_future(&mut self) {
        let Some(world) = self.past.take() else { return };
        let cut = world.records;
        world.cut(&mut self.history);
        self.snapshots.retain(|s| s.records < cut || s.records == 0);
        self.head = world;
    }
}

/// Runs a scenario to its end.
#[must_use]
pub fn run(scenario: Scenario) -> Run {
    let until_us = scenario.until_us;
    let mut run = Run::new(scenario);
    run.seek_time(until_us, u32::MAX);
    run
}
