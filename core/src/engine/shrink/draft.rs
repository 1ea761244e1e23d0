//! A scenario while it is being made smaller, and how it is tried.
//!
//! An act that waits for a record names it by its number, and every number changes when something before it goes. So a
//! draft names the moment by what it is: "right behind the third `persist` of S2". Playing a draft finds those moments
//! as they come, and gives back an ordinary scenario in which they have numbers again.

use crate::engine::{Run, ViolationReport};
use crate::scenario::Scenario;
use crate::tables::{Delay, LinkRule, Sort};
use crate::trace::{Act, Kind, NO_NODE, NodeId, PlannedAct, Record, RecordId, Surgery, When, Which};
use std::collections::{BTreeMap, BTreeSet};

/// Records that are made at once while no act waits for one of them.
const STRIDE: u32 = 64;
/// What every message takes once delays are explicit, in microseconds.
pub(super) const PLAIN_DELAY_US: u64 = 10_000;

/// When an act of a draft takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// After every event at or before this time, in microseconds.
    At(u64),
    /// Right behind the n-th record (from 1) of this kind at this process, even in the middle of a step.
    Behind {
        /// Where.
        node: NodeId,
        /// What.
        kind: Kind,
        /// Which.
        nth: u32,
    },
}

/// An act of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) moment: Moment,
    pub(super) act: Act,
}

/// A scenario while it is being made smaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// Everything but the acts.
    pub(super) base: Scenario,
    pub(super) steps: Vec<Step>,
}

/// What came of playing a draft.
pub(super) struct Played {
    /// The draft as an ordinary scenario, which ends right behind the violation, or where settling begins.
    pub(super) scenario: Scenario,
    /// What is violated first, if anything is.
    pub(super) violation: Option<ViolationReport>,
    /// When, in microseconds.
    pub(super) at_us: u64,
    /// Whether only settling shows it.
    pub(super) settle: bool,
    /// How many records there are until then.
    pub(super) records: u32,
}

impl Draft {
    /// A scenario as a draft. Acts that wait for a record are looked up in a run of it.
    pub(super) fn of(scenario: &Scenario, run: &Run) -> Draft {
        let base = Scenario { acts: Vec::new(), ..scenario.clone() };
        let steps = scenario.acts.iter().filter_map(|planned| {
            let moment = match planned.when {
                When::At(us) => Moment::At(us),
                When::After(id) if id < run.trace().len() => moment(run, id),
                // It waits for what never comes.
                When::After(_) => return None,
            };
            Some(Step { moment, act: on_its_link(&planned.act, run) })
        });
        Draft { base, steps: steps.collect() }
    }

    /// Whether requests are made up in it.
    pub(super) fn has_loads(&self) -> bool {
        self.steps.iter().any(|s| matches!(s.act, Act::Workload(_)))
    }

    /// Whether chance decides what becomes of messages.
    pub(super) fn is_random(&self) -> bool {
        let LinkRule { delay, loss_ppm, duplicate_ppm, .. } = self.base.network;
        !matches!(delay, Delay::Constant(_)) || loss_ppm > 0 || duplicate_ppm > 0
    }

    /// Plays a draft until a rule breaks, at most to its end and, where that is asked for, until it has settled.
    pub(super) fn play(&self, settle: bool) -> Played {
        let mut scenario = self.base.clone();
        let timed = |s: &Step| match s.moment {
            Moment::At(us) => Some(PlannedAct { when: When::At(us), act: s.act.clone() }),
            Moment::Behind { .. } => None,
        };
        scenario.acts = self.steps.iter().filter_map(timed).collect();
        let until_us = scenario.until_us;
        let mut run = Run::new(scenario);
        self.go(&mut run, until_us);
        let mut scenario = run.scenario().clone();
        let settled = settle && !run.is_violated();
        if settled {
            run.settle();
        }
        let violation = run.violations().into_iter().next();
        let at_us = violation.as_ref().map_or(run.now_us(), |v| run.trace().record(v.id).at_us);
        if violation.is_some() && !settled {
            scenario.until_us = at_us;
            scenario.acts.retain(|a| !matches!(a.when, When::At(us) if us > at_us));
        }
        let records = violation.as_ref().map_or(run.trace().len(), |v| v.id + 1);
        Played { scenario, violation, at_us, settle: settled, records }
    }

    fn go(&self, run: &mut Run, until_us: u64) {
        let mut waiting: BTreeMap<(NodeId, Kind, u32), Vec<&Act>> = BTreeMap::new();
        for step in &self.steps {
            if let Moment::Behind { node, kind, nth } = step.moment {
                waiting.entry((node, kind, nth)).or_default().push(&step.act);
            }
        }
        let mut seen: BTreeMap<(NodeId, Kind), u32> = BTreeMap::new();
        let mut looked = 0;
        while !run.is_violated() {
            let complete = run.seek_time(until_us, if waiting.is_empty() { STRIDE } else { 1 });
            while looked < run.trace().len() && !waiting.is_empty() {
                let Record { node, kind, .. } = *run.trace().record(looked);
                looked += 1;
                let count = seen.entry((node, kind)).or_default();
                *count += 1;
                for act in waiting.remove(&(node, kind, *count)).unwrap_or_default() {
                    run.act(act.clone(), run.now_us());
                }
            }
            if complete {
                return;
            }
        }
    }
}

/// The same act with a message named by its place on its link: its number changes with whatever goes before it.
fn on_its_link(act: &Act, run: &Run) -> Act {
    match act {
        Act::Message { which: Which::Id(id), surgery } if *id < run.trace().message_count() => {
            let m = run.trace().message(*id);
            Act::Message { which: Which::OnLink { from: m.from, to: m.to, n: m.n }, surgery: *surgery }
        }
        other => other.clone(),
    }
}

/// What names a record in a draft.
fn moment(run: &Run, id: RecordId) -> Moment {
    let Record { node, kind, at_us, .. } = *run.trace().record(id);
    if node == NO_NODE {
        return Moment::At(at_us);
    }
    let same = |&i: &RecordId| {
        let record = run.trace().record(i);
        (record.node, record.kind) == (node, kind)
    };
    Moment::Behind { node, kind, nth: (0..=id).filter(same).count() as u32 }
}

/// The same draft with each workload replaced by the requests that it made until a time.
pub(super) fn single_requests(draft: &Draft, run: &Run, until_us: u64) -> Draft {
    let mut steps: Vec<Step> = Vec::new();
    let is_load = |s: &&Step| matches!(s.act, Act::Workload(_));
    let given: Vec<&Act> = draft.steps.iter().map(|s| &s.act).filter(|a| matches!(a, Act::Request(_))).collect();
    let mut given_left: Vec<&Act> = given;
    // A request of a paused process has a record when it is asked and one when it is taken in.
    let mut told: BTreeSet<*const Act> = BTreeSet::new();
    for id in 0..run.trace().count_until(until_us) {
        let record = run.trace().record(id);
        let Some(act @ Act::Request(_)) = run.act_of(id) else { continue };
        if record.kind == Kind::Refused || !told.insert(std::ptr::from_ref(act)) {
            continue;
        }
        // Requests that stood in the scenario one by one stay where they are.
        if let Some(place) = given_left.iter().position(|g| *g == act) {
            given_left.remove(place);
            continue;
        }
        steps.push(Step { moment: Moment::At(record.at_us), act: act.clone() });
    }
    steps.extend(draft.steps.iter().filter(|s| !is_load(s)).cloned());
    sort(&mut steps);
    Draft { base: draft.base.clone(), steps }
}

/// The same draft on a plain network, with what chance did to each message written as acts of their own.
pub(super) fn explicit_network(draft: &Draft, run: &Run, until_us: u64) -> Draft {
    let mut base = draft.base.clone();
    base.network = LinkRule { delay: Delay::Constant(PLAIN_DELAY_US), loss_ppm: 0, duplicate_ppm: 0, fifo: false };
    let trace = run.trace();
    let mut fates: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    let mut lost: BTreeMap<u32, bool> = BTreeMap::new();
    for id in 0..trace.count_until(until_us) {
        let record = trace.record(id);
        match record.kind {
            Kind::Receive => fates.entry(record.message).or_default().push(record.at_us),
            Kind::Drop if record.code == 0 => drop(lost.insert(record.message, true)),
            _ => {}
        }
    }
    let mut steps = Vec::new();
    for id in 0..trace.message_count() {
        let m = trace.message(id);
        if m.from == m.to || m.sent_us > until_us {
            continue;
        }
        let which = Which::OnLink { from: m.from, to: m.to, n: m.n };
        let mut plan =
            |surgery| steps.push(Step { moment: Moment::At(m.sent_us), act: Act::Message { which, surgery } });
        match fates.get(&id).map(Vec::as_slice) {
            None if lost.contains_key(&id) => plan(Surgery::Drop),
            None => plan(Surgery::DeliverIn((m.due_us - m.sent_us).max(1))),
            Some([at_us, more @ ..]) => {
                if !more.is_empty() {
                    plan(Surgery::Duplicate);
                }
                let at_us = more.last().unwrap_or(at_us);
                plan(Surgery::DeliverIn((at_us - m.sent_us).max(1)));
            }
            Some([]) => {}
        }
    }
    steps.retain(|s| !matches!(s.act, Act::Message { surgery: Surgery::DeliverIn(us), .. } if us == PLAIN_DELAY_US));
    steps.extend(draft.steps.iter().cloned());
    sort(&mut steps);
    Draft { base, steps }
}

/// Puts acts with a time into its order; the others keep their place behind the one before them.
pub(super) fn sort(steps: &mut [Step]) {
    steps.sort_by_key(|s| match s.moment {
        Moment::At(us) => us,
        Moment::Behind { .. } => u64::MAX,
    });
}

/// Whether a rule is judged in the end.
pub(super) fn needs_settling(scenario: &Scenario, rule: &str) -> bool {
    scenario.lab.spec().rule(rule).is_some_and(|r| r.sort == Sort::Liveness)
}
