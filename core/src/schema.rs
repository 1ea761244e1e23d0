//! What a lab says about itself, as data: set-up fields, operations, rules, switches, scenarios.
//!
//! The scenario parser, the command line's listing, the page's forms and its console all read these same
//! tables, so that they cannot disagree and none of them knows a lab.

mod phases;

pub use phases::Phases;

use crate::diagram::Labels;
use crate::http::{self, HttpForm};
use crate::json::{Doc, InputError, JsonObject, Payload, list, millis_text, quote};
use crate::load::Loads;
use crate::network::read_range;
use crate::order;
use crate::trace::NodeId;
use crate::words::shorten;

/// What values a field or an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A whole number.
    Int {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// Milliseconds with at most three decimals.
    Millis {
        /// Smallest, in microseconds.
        min_us: u64,
        /// Largest, in microseconds.
        max_us: u64,
    },
    /// A range `[min, max]` of milliseconds.
    MillisRange {
        /// Smallest, in microseconds.
        min_us: u64,
        /// Largest, in microseconds.
        max_us: u64,
    },
    /// `true` or `false`.
    Bool,
    /// A string of at most so many bytes.
    Text {
        /// Longest.
        max_bytes: usize,
    },
    /// One of some words.
    Choice(&'static [&'static str]),
    /// A process with one of these roles (any, where the list is empty).
    Node(&'static [&'static str]),
    /// A process with one of these roles, or one of some words that stand for none in particular.
    NodeOr {
        /// Roles; any, where the list is empty.
        roles: &'static [&'static str],
        /// Words.
        words: &'static [&'static str],
    },
    /// Any JSON.
    Json,
}

/// A set-up field or an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name in a scenario.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Its default as JSON; `None` where it must be given.
    pub default: Option<&'static str>,
    /// One sentence for people.
    pub says: &'static str,
}

/// A value that was checked against a [`Param`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number, or microseconds.
    Int(u64),
    /// A range of microseconds.
    Range(u64, u64),
    /// A truth value.
    Bool(bool),
    /// A string.
    Text(String),
    /// A process.
    Node(NodeId),
    /// Any JSON.
    Json(Payload),
}

/// Named values, in the order of their [`Param`]s; what is at its default is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    /// Whether all that was given there was given here, with the same values.
    #[must_use]
    pub fn has_all_of(&self, other: &Fields) -> bool {
        other.0.iter().all(|given| self.0.contains(given))
    }

    /// Reads the values of some params from an object, leaving its other keys.
    ///
    /// # Errors
    /// Names the path of what is wrong or missing.
    pub fn take(
        object: &mut crate::json::Object<'_>,
        params: &'static [Param],
        names: &[String],
        roles: &[&'static str],
    ) -> Result<Fields, InputError> {
        let mut fields = Vec::new();
        for param in params {
            match object.take(param.name) {
                Some(doc) => fields.push((param.name, param.takes.read(&doc, names, roles)?)),
                None if param.default.is_some() => {}
                None => drop(object.need(param.name)?),
            }
        }
        Ok(Fields(fields))
    }

    /// Sets a value.
    pub fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some(slot) => slot.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// Sets a value, or leaves it out where it is the default.
    pub fn set_or_leave(&mut self, params: &'static [Param], name: &'static str, value: Value) {
        self.0.retain(|(n, _)| *n != name);
        if value != self.value(params, name) {
            self.0.push((name, value));
            order::sort_by_key(&mut self.0, |(n, _)| params.iter().position(|p| p.name == *n));
        }
    }

    /// The value that was given, if one was.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// The value given or the default.
    ///
    /// # Panics
    /// When the param has neither, which the reader does not let through.
    #[must_use]
    pub fn value(&self, params: &'static [Param], name: &str) -> Value {
        if let Some(value) = self.given(name) {
            return value.clone();
        }
        let param = params.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no param is called {name}"));
        let default = param.default.unwrap_or_else(|| panic!("{name} must be given"));
        let doc = Doc::parse(default).expect("defaults are JSON");
        param.takes.read(&doc, &[], &[]).expect("defaults are within their range")
    }

    /// A whole number, or microseconds.
    #[must_use]
    pub fn int(&self, params: &'static [Param], name: &str) -> u64 {
        match self.value(params, name) {
            Value::Int(n) => n,
            _ => panic!("{name} is no number"),
        }
    }

    /// A process.
    ///
    /// # Panics
    /// When the argument is not a process that was given.
    #[must_use]
    pub fn node(&self, name: &str) -> NodeId {
        match self.given(name) {
            Some(Value::Node(node)) => *node,
            _ => panic!("{name} is no process"),
        }
    }

    /// Any JSON.
    #[must_use]
    pub fn json(&self, params: &'static [Param], name: &str) -> Payload {
        match self.value(params, name) {
            Value::Json(payload) => payload,
            _ => panic!("{name} is no payload"),
        }
    }

    /// True when nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes a param's value into an object, if one was given.
    pub fn write_one(&self, param: &Param, object: &mut JsonObject) {
        if let Some(value) = self.given(param.name) {
            object.raw(param.name, &value.json(&[], matches!(param.takes, Takes::Millis { .. })));
        }
    }

    /// Writes the given values into an object.
    pub fn write(&self, params: &'static [Param], names: &[String], object: &mut JsonObject) {
        for (name, value) in &self.0 {
            let millis = params.iter().any(|p| p.name == *name && matches!(p.takes, Takes::Millis { .. }));
            object.raw(name, &value.json(names, millis));
        }
    }
}

impl Fields {
    /// Like [`Fields::write`], with long values cut short: for people, no longer JSON.
    pub fn write_short(&self, params: &'static [Param], names: &[String], chars_max: usize, object: &mut JsonObject) {
        for (name, value) in &self.0 {
            let millis = params.iter().any(|p| p.name == *name && matches!(p.takes, Takes::Millis { .. }));
            object.raw(name, &shorten(&value.json(names, millis), chars_max));
        }
    }
}

impl Value {
    fn json(&self, names: &[String], millis: bool) -> String {
        match self {
            Value::Int(n) if millis => millis_text(*n),
            Value::Int(n) => n.to_string(),
            Value::Range(min, max) => format!("[{},{}]", millis_text(*min), millis_text(*max)),
            Value::Bool(b) => b.to_string(),
            Value::Text(text) => quote(text),
            Value::Node(node) => quote(&names[usize::from(*node)]),
            Value::Json(payload) => payload.json().to_string(),
        }
    }
}

impl Takes {
    /// Reads a value.
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn read(self, doc: &Doc<'_>, names: &[String], roles: &[&'static str]) -> Result<Value, InputError> {
        Ok(match self {
            Takes::Int { min, max } => Value::Int(doc.int(min, max)?),
            Takes::Millis { min_us, max_us } => Value::Int(doc.millis(min_us, max_us)?),
            Takes::MillisRange { min_us, max_us } => {
                let (min, max) = read_range(doc, min_us, max_us)?;
                Value::Range(min, max)
            }
            Takes::Bool => Value::Bool(doc.bool()?),
            Takes::Text { max_bytes } => {
                let text = doc.string()?;
                if text.len() > max_bytes {
                    return doc.error(format!("at most {max_bytes} bytes, this has {}", text.len()));
                }
                Value::Text(text)
            }
            Takes::Choice(words) => {
                let word = doc.string()?;
                if !words.contains(&word.as_str()) {
                    return doc.error(format!("expected one of {}, found {}", words.join(", "), quote(&word)));
                }
                Value::Text(word)
            }
            Takes::Node(allowed) => Value::Node(read_node(doc, names, roles, allowed)?),
            Takes::NodeOr { roles: allowed, words } => match doc.string()? {
                word if words.contains(&word.as_str()) => Value::Text(word),
                _ => Value::Node(read_node(doc, names, roles, allowed)?),
            },
            Takes::Json => Value::Json(doc.payload()?),
        })
    }

    fn json(self) -> String {
        let mut o = JsonObject::new();
        match self {
            Takes::Int { min, max } => o.text("type", "integer").int("min", min).int("max", max),
            Takes::Millis { min_us, max_us } => {
                o.text("type", "milliseconds").raw("min", &millis_text(min_us)).raw("max", &millis_text(max_us))
            }
            Takes::MillisRange { min_us, max_us } => o
                .text("type", "range of milliseconds")
                .raw("min", &millis_text(min_us))
                .raw("max", &millis_text(max_us)),
            Takes::Bool => o.text("type", "boolean"),
            Takes::Text { max_bytes } => o.text("type", "string").int("max_bytes", max_bytes as u64),
            Takes::Choice(words) => o.text("type", "choice").list("of", words.iter().map(|w| quote(w))),
            Takes::Node(roles) => o.text("type", "process").list("roles", roles.iter().map(|r| quote(r))),
            Takes::NodeOr { roles, words } => o
                .text("type", "process")
                .list("roles", roles.iter().map(|r| quote(r)))
                .list("or", words.iter().map(|w| quote(w))),
            Takes::Json => o.text("type", "json"),
        };
        o.end()
    }
}

/// Reads the name of a process.
///
/// # Errors
/// When there is no such process, or it has another role.
pub fn read_node(doc: &Doc<'_>, names: &[String], roles: &[&str], allowed: &[&str]) -> Result<NodeId, InputError> {
    let name = doc.string()?;
    let fits = |i: usize| allowed.is_empty() || allowed.contains(&roles[i]);
    let candidates = || (0..names.len()).filter(|&i| fits(i)).map(|i| names[i].as_str()).collect::<Vec<_>>().join(", ");
    match names.iter().position(|n| *n == name) {
        Some(i) if fits(i) => Ok(i as NodeId),
        Some(i) => doc.error(format!("{name} is a {}; this takes one of {}", roles[i], candidates())),
        None => doc.error(format!("there is no process {}; there are {}", quote(&name), candidates())),
    }
}

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

/// A built-in scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its id: what stands in an address.
    pub id: &'static str,
    /// One sentence on what to watch for.
    pub watch: &'static str,
    /// The moment worth stopping at, in microseconds.
    pub stop_us: u64,
    /// The scenario itself.
    pub json: &'static str,
}

/// What is made of the samples of a series in one stretch of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The median, and the value below which 95 of 100 lie.
    Spread,
    /// Their sum.
    Sum,
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
    /// How much of a run is in sight at first, in microseconds.
    pub span_us: u64,
    /// What it measures.
    pub series: &'static [Series],
    /// The set-up field that says what is looked at, and changes nothing that happens.
    pub shows: Option<&'static str>,
    /// What it says about loads.
    pub loads: Loads,
    /// Whether it is about caches, through which a memory trace can be run.
    pub memory_traces: bool,
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
        span_us: 2_000_000,
        series: &[],
        shows: None,
        loads: Loads::NONE,
        memory_traces: false,
    };

    /// An operation by its name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|o| o.name == name)
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
        o.list("setup", self.setup.iter().map(param_json));
        o.list(
            "operations",
            self.operations.iter().map(|op| {
                let mut o = JsonObject::new();
                o.text("op", op.name).text("says", op.says).list("at", op.at.iter().map(|r| quote(r)));
                o.list("args", op.args.iter().map(param_json)).end()
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
                let scenario = self.scenarios.iter().find(|b| b.id == s.scenario).expect("a switch names a scenario");
                o.raw("scenario", Doc::parse(scenario.json).and_then(|d| d.payload()).expect("a scenario").json()).end()
            }),
        );
        o.raw("http", &http::listing(self.http));
        o.list("timers", self.timers.iter().map(|t| quote(t)));
        o.list(
            "scenarios",
            self.scenarios.iter().map(|b| {
                let mut o = JsonObject::new();
                o.text("id", b.id).text("watch", b.watch).raw("stop_ms", &millis_text(b.stop_us));
                o.raw("scenario", Doc::parse(b.json).and_then(|d| d.payload()).expect("a scenario").json()).end()
            }),
        );
        o.end()
    }
}

fn param_json(p: &Param) -> String {
    let mut o = JsonObject::new();
    o.text("name", p.name).raw("takes", &p.takes.json());
    match p.default {
        Some(default) => o.bool("required", false).raw("default", default),
        None => o.bool("required", true),
    };
    o.text("says", p.says).end()
}

/// Several labs as one JSON list.
#[must_use]
pub fn listing<'a>(specs: impl IntoIterator<Item = &'a LabSpec>) -> String {
    list(specs.into_iter().map(LabSpec::json))
}
