//! A bad run, made as small as it can be: delta debugging (Zeller and Hildebrandt, "Simplifying and isolating
//! failure-inducing input", IEEE Transactions on Software Engineering 28(2), 2002).
//!
//! First what chance did is written down as acts of their own: each request of a workload, each late or lost message.
//! Then acts go, in halves, quarters and so on down to single ones; then processes, settings, odd times and values; and
//! all of that again until nothing more can go. What counts is one thing alone: that the same rule is the first to break.
//!
//! A [`Shrinker`] makes one run for each step, so whoever has other things to do can stop after any.

mod draft;
mod passes;
#[cfg(test)]
mod tests;

use crate::engine::{ViolationReport, run};
use crate::scenario::{Scenario, TITLE_BYTES_MAX};
use crate::trace::When;
use draft::{Draft, Moment, Played};

/// Runs that shrinking makes at most, when nobody says otherwise.
pub const BUDGET: u32 = 4_000;
/// With so many acts a run is small enough, and an explicit network is kept though a random one would have fewer.
const ACTS_FEW: usize = 12;

/// A way to make a scenario smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// The scenario as it came.
    Start,
    /// Acts go, in chunks and one by one.
    Acts,
    /// Each request of a workload becomes an act.
    Requests,
    /// What chance did to messages becomes acts.
    Messages,
    /// Acts that belong together go together.
    Pairs,
    /// Processes go.
    Processes,
    /// Settings, network and seed become plain.
    Settings,
    /// Times become round and early.
    Times,
    /// Arguments and delays become simple.
    Values,
    /// The end comes earlier.
    End,
}

impl Pass {
    /// What it does, in a few words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Pass::Start => "as found",
            Pass::Acts => "acts removed",
            Pass::Requests => "each request an act",
            Pass::Messages => "each message's fate an act",
            Pass::Pairs => "pairs of acts removed",
            Pass::Processes => "processes removed",
            Pass::Settings => "settings, network and seed made plain",
            Pass::Times => "times made round and early",
            Pass::Values => "values made simple",
            Pass::End => "end made early",
        }
    }
}

/// What a pass came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Which pass.
    pub pass: Pass,
    /// Runs that it made.
    pub tried: u32,
    /// How many of those were smaller and still bad.
    pub kept: u32,
    /// Sizes behind it.
    pub size: Size,
}

/// How large a bad run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Acts, where a workload counts as one.
    pub acts: usize,
    /// Processes.
    pub processes: usize,
    /// Records until the violation, its own included.
    pub events: u32,
}

/// A bad run that was made small.
#[derive(Clone, Debug)]
pub struct Small {
    /// The scenario: an ordinary one.
    pub scenario: Scenario,
    /// What it violates.
    pub violation: ViolationReport,
    /// Whether only settling shows it.
    pub settle: bool,
    /// How large it was.
    pub before: Size,
    /// How large it is.
    pub after: Size,
    /// Runs that were made for that.
    pub runs: u32,
    /// What each pass came to, in their order.
    pub stages: Vec<Stage>,
}

/// What is done once, and what is done again until nothing changes.
const ONCE: [Pass; 7] =
    [Pass::Acts, Pass::Requests, Pass::Acts, Pass::Processes, Pass::Settings, Pass::Messages, Pass::Acts];
const AGAIN: [Pass; 8] =
    [Pass::Messages, Pass::Acts, Pass::Pairs, Pass::Processes, Pass::Settings, Pass::Times, Pass::Values, Pass::End];
/// How often the network is made explicit: once early, and once more when little is left.
const EXPLICIT_MAX: u32 = 2;

/// A bad run that is being made smaller, one run a step.
pub struct Shrinker {
    rule: &'static str,
    settle: bool,
    draft: Draft,
    played: Played,
    before: Size,
    budget: u32,
    tried: u32,
    stages: Vec<Stage>,
    /// Which pass it is at, and how many of its runs are made and kept.
    place: usize,
    here: (u32, u32),
    /// Something went since the last round began.
    changed: bool,
    /// Drafts that the pass has still to try, the next one last; worked out when needed.
    options: Option<Vec<Draft>>,
    /// How many of the pass's options were tried in vain.
    vain: usize,
    /// Acts that go at once, and the first of them.
    chunk: (usize, usize),
    /// What there was before the network became explicit.
    chance: Option<Draft>,
    /// How often the network was made explicit.
    explicit: u32,
    done: bool,
}

impl Shrinker {
    /// Begins with a scenario that breaks a rule; `None` where it breaks none, at once or after settling.
    #[must_use]
    pub fn new(scenario: &Scenario, budget: u32) -> Option<Shrinker> {
        let whole = run(scenario.clone());
        let draft = Draft::of(scenario, &whole);
        let played = Some(draft.play(false)).filter(|p| p.violation.is_some()).unwrap_or_else(|| draft.play(true));
        let violation = played.violation.as_ref()?;
        let rule = violation.rule;
        let settle = played.settle || draft::needs_settling(scenario, rule);
        let before = Size { acts: scenario.acts.len(), processes: whole.names().len(), events: played.records };
        let start = Stage { pass: Pass::Start, tried: 1, kept: 1, size: before };
        let mut shrinker = Shrinker {
            rule,
            settle,
            draft,
            played,
            before,
            budget,
            tried: 1,
            stages: vec![start],
            place: 0,
            here: (0, 0),
            changed: false,
            options: None,
            vain: 0,
            chunk: (0, 0),
            chance: None,
            explicit: 0,
            done: false,
        };
        shrinker.trim();
        shrinker.enter();
        Some(shrinker)
    }

    /// The rule that breaks.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Runs made so far.
    #[must_use]
    pub fn runs(&self) -> u32 {
        self.tried
    }

    /// How large the smallest bad run so far is.
    #[must_use]
    pub fn size(&self) -> Size {
        let processes = self.draft.base.processes().len();
        Size { acts: self.draft.steps.len(), processes, events: self.played.records }
    }

    /// What the passes so far came to.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Tries one more run. False when nothing more can go, or the budget is used up.
    pub fn step(&mut self) -> bool {
        while !self.done {
            if self.tried >= self.budget {
                self.judge_explicit();
                self.leave();
                self.done = true;
                break;
            }
            if let Some(next) = self.candidate() {
                self.attempt(next);
                return true;
            }
            self.leave();
        }
        false
    }

    /// Steps until nothing more can go.
    #[must_use]
    pub fn finish(mut self) -> Small {
        while self.step() {}
        self.small()
    }

    /// The smallest bad run so far.
    #[must_use]
    pub fn small(&self) -> Small {
        let mut scenario = self.played.scenario.clone();
        scenario.title = title(&scenario, self.rule);
        Small {
            violation: self.played.violation.clone().expect("only what breaks the rule is kept"),
            settle: self.played.settle,
            before: self.before,
            after: self.size(),
            runs: self.tried,
            stages: self.stages.clone(),
            scenario,
        }
    }

    fn pass(&self) -> Pass {
        match ONCE.get(self.place) {
            Some(pass) => *pass,
            None => AGAIN[self.place - ONCE.len()],
        }
    }

    /// The next draft of the pass that is not the one at hand.
    fn candidate(&mut self) -> Option<Draft> {
        if self.pass() == Pass::Acts {
            return self.without_chunk();
        }
        if self.options.is_none() {
            let mut options = self.list();
            options.retain(|d| *d != self.draft);
            options.drain(..self.vain.min(options.len()));
            options.reverse();
            self.options = Some(options);
        }
        self.options.as_mut().and_then(Vec::pop)
    }

    fn list(&self) -> Vec<Draft> {
        let draft = &self.draft;
        let until_us = if self.settle { draft.base.until_us } else { self.played.at_us };
        match self.pass() {
            Pass::Requests if draft.has_loads() => {
                vec![draft::single_requests(draft, &run(self.played.scenario.clone()), until_us)]
            }
            Pass::Messages if self.explicit < EXPLICIT_MAX && draft.is_random() => {
                vec![draft::explicit_network(draft, &run(self.played.scenario.clone()), until_us)]
            }
            Pass::Pairs => passes::without_pairs(draft),
            Pass::Processes => passes::fewer_processes(draft),
            Pass::Settings => passes::plainer_settings(draft),
            Pass::Times => passes::rounder_times(draft, &self.times()),
            Pass::Values => passes::simpler_values(draft),
            Pass::End if self.settle => passes::earlier_end(draft),
            _ => Vec::new(),
        }
    }

    /// When the acts that wait for a record took place, in microseconds.
    fn times(&self) -> Vec<u64> {
        let run = run(self.played.scenario.clone());
        let anchored = self.played.scenario.acts.iter().filter_map(|a| match a.when {
            When::After(id) if id < run.trace().len() => Some((run.trace().record(id).at_us, &a.act)),
            _ => None,
        });
        let mut anchored: Vec<_> = anchored.collect();
        let time = |step: &draft::Step| match step.moment {
            Moment::At(us) => us,
            Moment::Behind { .. } => match anchored.iter().position(|(_, act)| **act == step.act) {
                Some(place) => anchored.remove(place).0,
                None => 0,
            },
        };
        self.draft.steps.iter().map(time).collect()
    }

    /// Without the next chunk of acts: all of them first, then halves, and so on down to single ones.
    fn without_chunk(&mut self) -> Option<Draft> {
        let n = self.draft.steps.len();
        let (mut size, mut from) = self.chunk;
        if from >= n {
            size = if size > n { n / 2 } else { size / 2 };
            from = 0;
        }
        if size == 0 || n == 0 {
            return None;
        }
        self.chunk = (size, from);
        let until = (from + size).min(n);
        let mut steps = self.draft.steps.clone();
        steps.drain(from..until);
        Some(Draft { base: self.draft.base.clone(), steps })
    }

    fn attempt(&mut self, draft: Draft) {
        self.tried += 1;
        self.here.0 += 1;
        self.explicit += u32::from(self.pass() == Pass::Messages);
        let played = draft.play(self.settle);
        let same = played.violation.as_ref().is_some_and(|v| v.rule == self.rule);
        if !same {
            self.vain += 1;
            self.chunk.1 += self.chunk.0;
            return;
        }
        if self.pass() == Pass::Messages {
            self.chance = Some(self.draft.clone());
        }
        self.here.1 += 1;
        self.changed = true;
        (self.draft, self.played, self.options) = (draft, played, None);
        self.trim();
    }

    /// What comes behind the violation goes. A little time stays, since what is smaller may take longer.
    fn trim(&mut self) {
        if self.played.settle {
            return;
        }
        let at_us = self.played.at_us;
        let end_us = at_us.saturating_add(at_us / 4 + 100_000);
        self.draft.base.until_us = self.draft.base.until_us.min(end_us);
        self.draft.steps.retain(|s| !matches!(s.moment, Moment::At(us) if us > at_us));
    }

    fn enter(&mut self) {
        (self.here, self.vain, self.options) = ((0, 0), 0, None);
        self.chunk = (self.draft.steps.len().max(1), 0);
    }

    fn leave(&mut self) {
        let (tried, kept) = self.here;
        if tried > 0 {
            self.stages.push(Stage { pass: self.pass(), tried, kept, size: self.size() });
        }
        if self.pass() == Pass::Acts {
            self.judge_explicit();
        }
        self.place += 1;
        if self.place == ONCE.len() {
            self.changed = false;
        }
        if self.place == ONCE.len() + AGAIN.len() {
            self.done = !self.changed;
            (self.place, self.changed) = (ONCE.len(), false);
        }
        self.enter();
    }

    /// An explicit network that needs many acts explains nothing: then chance is left its work.
    fn judge_explicit(&mut self) {
        let Some(before) = self.chance.take() else { return };
        let n = self.draft.steps.len();
        if n > ACTS_FEW && n > before.steps.len() {
            let played = before.play(self.settle);
            self.tried += 1;
            (self.draft, self.played) = (before, played);
            self.trim();
        }
    }
}

/// Makes a bad run small, within a number of runs; `None` where no rule breaks.
#[must_use]
pub fn shrink(scenario: &Scenario, budget: u32) -> Option<Small> {
    Shrinker::new(scenario, budget).map(Shrinker::finish)
}

/// What a small scenario shows, in one sentence.
fn title(scenario: &Scenario, rule: &str) -> String {
    let spec = scenario.lab.spec();
    let broken = match scenario.setup.broken.as_slice() {
        [] => String::new(),
        switches => format!(" with {} broken", switches.join(", ")),
    };
    let says = spec.rule(rule).map_or("", |r| r.says);
    let mut title = format!("{}{broken}: {rule} does not hold ({})", spec.title, says.trim_end_matches('.'));
    while title.len() > TITLE_BYTES_MAX {
        title.pop();
    }
    title
}
