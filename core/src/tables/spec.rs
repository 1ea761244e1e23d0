//! What a lab says about itself, as data: set-up fields, operations, rules, switches, scenarios.
//!
//! The scenario parser, the command line's listing, the page's forms and its console all read these same
//! tables, so that they cannot disagree and none of them knows a lab.

use super::builtin::Builtin;
use super::http::{self, HttpForm};
use super::labels::Labels;
use super::load::Loads;
use super::params::Param;
use super::phases::Phases;
use crate::base::json::{Doc, JsonObject, list, millis_text, quote};

/// An operation that a person or a workload asks a process for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// Roles of the processes that take it; any, where the list is empty.
    pub at: &'static [&'static str],
    /// Its arguments.
    pub args: &'static [Param],
    /// One sentence for people.
    pub says: &'static str,
}

/// Whether a broken rule is seen at once or only when nothing moves any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Nothing bad ever happens: checked after every event.
    Safety,
    /// Something good happens in the end: checked after settling.
    Liveness,
}

impl Sort {
    /// `safety` or `liveness`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Sort::Safety => "safety",
            Sort::Liveness => "liveness",
        }
    }
}

/// A rule that is checked while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Safety or liveness.
    pub sort: Sort,
    /// The rule in one sentence.
    pub says: &'static str,
    /// Where the literature says so.
    pub source: &'static str,
}

impl Rule {
    /// One that is checked after every event.
    #[must_use]
    pub const fn safety(name: &'static str, says: &'static str, source: &'static str) -> Rule {
        Rule { name, sort: Sort::Safety, says, source }
    }

    /// One that is checked after settling.
    #[must_use]
    pub const fn liveness(name: &'static str, says: &'static str, source: &'static str) -> Rule {
        Rule { name, sort: Sort::Liveness, says, source }
    }
}

/// A switch of `setup.broken`: it turns one rule of the implementation off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its name.
    pub name: &'static str,
    /// The rule that this offends.
    pub rule: &'static str,
    /// Safety or liveness.
    pub sort: Sort,
    /// What the broken implementation does, in one sentence.
    pub says: &'static str,
    /// Id of a built-in scenario that shows the damage.
    pub scenario: &'static str,
}

impl Switch {
    /// One whose damage is seen at once.
    #[must_use]
    pub const fn safety(name: &'static str, rule: &'static str, says: &'static str, scenario: &'static str) -> Switch {
        Switch { name, rule, sort: Sort::Safety, says, scenario }
    }

    /// One whose damage is seen after settling.
    #[must_use]
    pub const fn liveness(
        name: &'static str,
        rule: &'static str,
        says: &'static str,
        scenario: &'static str,
    ) -> Switch {
        Switch { name, rule, sort: Sort::Liveness, says, scenario }
    }
}

/// What is made of the samples of a series in one stretch of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The median, and the value below which 95 of 100 lie.
    Spread,
    /// Their sum.
    Sum,
    /// The same of things that several processes tell of, or one again after a restart: `of` names each thing, and the first
    /// sample of it counts alone.
    Once,
    /// The sum of all values so far, divided by the sum of what they are of.
    Ratio,
    /// The same in percent: of all so far.
    Percent,
    /// The sum of all values so far.
    Total,
    /// The same, drawn as a bar beside those of its neighbours.
    Bar,
    /// A level that stays until a sample moves it, from `of` to `value`. Samples of several levels that are held together
    /// add up.
    Level,
    /// Which part of the stretch the times from `of` to `value` cover, in percent.
    Cover,
}

/// Numbers that a lab measures, over time: a line of a chart. Neighbours with the same title share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// What the chart shows; without commas.
    pub title: &'static str,
    /// What the line shows, where there are several; without commas.
    pub line: &'static str,
    /// Unit of the values: `µs`, `%`, or empty for a count.
    pub unit: &'static str,
    /// What is made of them.
    pub fold: Fold,
}

/// A value of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Which of the lab's series.
    pub series: usize,
    /// The value.
    pub value: u64,
    /// What it is of, as [`Fold`] says; else 0.
    pub of: u64,
}

/// A moment of a built-in scenario, for those who take it step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The scenario's id.
    pub scenario: &'static str,
    /// When, in microseconds.
    pub at_us: u64,
    /// What it is called: `(a)`.
    pub name: &'static str,
    /// One sentence on what is to be seen.
    pub says: &'static str,
}

/// Everything that a lab says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabSpec {
    /// Its id.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// One sentence on what it is.
    pub says: &'static str,
    /// Set-up fields besides `broken`.
    pub setup: &'static [Param],
    /// Operations.
    pub operations: &'static [Operation],
    /// Rules that are checked.
    pub rules: &'static [Rule],
    /// Switches of `setup.broken`.
    pub switches: &'static [Switch],
    /// Scenarios; the first one opens by itself.
    pub scenarios: &'static [Builtin],
    /// Names of timers that a person may fire.
    pub timers: &'static [&'static str],
    /// Which clocks stand beside the events at first: those that the lab is about.
    pub clocks: Labels,
    /// A short name for the protocol's own clock, where it is another one than the observer's vector clock.
    pub own_clock: Option<&'static str>,
    /// Requests in the HTTP form of the services that the lab models.
    pub http: &'static [HttpForm],
    /// Whether what was received and is not delivered yet survives a crash: for hold-back time.
    pub buffers_on_disk: bool,
    /// Moments of scenarios that are told step by step, in their order.
    pub steps: &'static [Step],
    /// What divides a run into phases, if anything does.
    pub phases: Option<Phases>,
    /// Sorts of messages that come and go all the time: they are drawn without words and faintly.
    pub quiet: &'static [&'static str],
    /// Sorts of answers that are so where what they answer is.
    pub quiet_answers: &'static [&'static str],
    /// Timers that only keep a system going, by their names.
    pub quiet_timers: &'static [&'static str],
    /// Whether its runs are uneven: busy instants between idle stretches. Then time is bent at first.
    pub uneven: bool,
    /// What the lab's table over all that has happened is a table of, in a word or two; empty where it has none.
    pub sheet: &'static str,
    /// How much of a run is in sight at first, in microseconds.
    pub span_us: u64,
    /// What it measures.
    pub series: &'static [Series],
    /// The set-up field that says what is looked at, and changes nothing that happens.
    pub shows: Option<&'static str>,
    /// What it says about loads.
    pub loads: Loads,
}

impl LabSpec {
    /// A lab that says nothing yet, for what a lab has no word on: `..LabSpec::EMPTY`.
    pub const EMPTY: LabSpec = LabSpec {
        id: "",
        title: "",
        says: "",
        setup: &[],
        operations: &[],
        rules: &[],
        switches: &[],
        scenarios: &[],
        timers: &[],
        clocks: Labels::None,
        own_clock: None,
        http: &[],
        buffers_on_disk: true,
        steps: &[],
        phases: None,
        quiet: &[],
        quiet_answers: &[],
        quiet_timers: &[],
        uneven: false,
        sheet: "",
        span_us: 2_000_000,
        series: &[],
        shows: None,
        loads: Loads::NONE,
    };

    /// An operation by its name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|o| o.name == name)
    }

    /// A built-in scenario by its id.
    #[must_use]
    pub fn scenario(&self, id: &str) -> Option<&'static Builtin> {
        self.scenarios.iter().find(|b| b.id == id)
    }

    /// A rule by its name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&'static Rule> {
        self.rules.iter().find(|r| r.name == name)
    }

    /// The listing of `lightcone labs --json`.
    #[must_use]
    pub fn json(&self) -> String {
        let mut o = JsonObject::new();
        o.text("id", self.id).text("title", self.title).text("says", self.says);
        o.list("setup", self.setup.iter().map(Param::json));
        o.list(
            "operations",
            self.operations.iter().map(|op| {
                let mut o = JsonObject::new();
                o.text("op", op.name).text("says", op.says).list("at", op.at.iter().map(|r| quote(r)));
                o.list("args", op.args.iter().map(Param::json)).end()
            }),
        );
        o.list(
            "rules",
            self.rules.iter().map(|r| {
                let mut o = JsonObject::new();
                o.text("rule", r.name).text("kind", r.sort.name()).text("says", r.says).text("source", r.source).end()
            }),
        );
        o.list(
            "switches",
            self.switches.iter().map(|s| {
                let mut o = JsonObject::new();
                o.text("switch", s.name).text("rule", s.rule).text("kind", s.sort.name()).text("says", s.says);
                let scenario = self.scenario(s.scenario).expect("a switch names a scenario");
                o.raw("scenario", Doc::parse(&scenario.json()).and_then(|d| d.payload()).expect("a scenario").json())
                    .end()
            }),
        );
        o.raw("http", &http::listing(self.http));
        o.list("timers", self.timers.iter().map(|t| quote(t)));
        o.list(
            "scenarios",
            self.scenarios.iter().map(|b| {
                let mut o = JsonObject::new();
                o.text("id", b.id).text("watch", b.watch).raw("stop_ms", &millis_text(b.stop_us));
                o.raw("scenario", Doc::parse(&b.json()).and_then(|d| d.payload()).expect("a scenario").json()).end()
            }),
        );
        o.end()
    }
}

/// Several labs as one JSON list.
#[must_use]
pub fn listing<'a>(specs: impl IntoIterator<Item = &'a LabSpec>) -> String {
    list(specs.into_iter().map(LabSpec::json))
}
