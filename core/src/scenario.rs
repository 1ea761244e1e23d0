//! Layer 6: everything that a person writes, read strictly.
//!
//! A [`Scenario`] is at once the file a person writes, the file the page saves and the content of a link. Acts, requests in
//! HTTP form ([`http`]) and lines of the console ([`console`]) are read into the same [`Act`]s, against a [`Cast`]; an input
//! that makes no sense is one sentence with the path or the column of what is wrong, and never a panic.
//!
//! Deliberately knows no run and no list of labs: whoever reads a scenario says which labs there are.

mod acts;
pub mod console;
pub mod http;
mod suggest;

pub use acts::{Cast, WORKLOAD_COUNT_MAX, WORKLOAD_RATE_MAX, read_act};

use crate::base::json::{Doc, InputError, JsonObject, list, millis_text, probability_text, quote};
use crate::protocol::machine::Machine;
use crate::protocol::{Lab, ProcessInfo};
use crate::tables::{Fields, LinkChange, LinkRule, Operation, Param, Setup, TIME_US_MAX};
use crate::trace::{Act, PlannedAct, When};

/// The value of `format`.
pub const FORMAT: &str = "lightcone/1";
/// How long a run is when nobody says: 1 s of virtual time.
pub const UNTIL_US_DEFAULT: u64 = 1_000_000;
/// Longest title, in bytes.
pub const TITLE_BYTES_MAX: usize = 1_000;
/// Most acts of one scenario: enough for hours of playing.
pub const ACTS_MAX: usize = 100_000;

/// Everything that a run follows from.
#[derive(Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The lab.
    pub lab: &'static dyn Lab,
    /// Its title.
    pub title: String,
    /// Seed of all that is drawn.
    pub seed: u64,
    /// Settings.
    pub setup: Setup,
    /// What links do at the start.
    pub network: LinkRule,
    /// What is done, in the order of the file.
    pub acts: Vec<PlannedAct>,
    /// When the run ends, in microseconds.
    pub until_us: u64,
}

impl std::fmt::Debug for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl Scenario {
    /// A lab at its defaults, without acts.
    #[must_use]
    pub fn empty(lab: &'static dyn Lab) -> Scenario {
        Scenario {
            lab,
            title: String::new(),
            seed: 1,
            setup: Setup::default(),
            network: LinkRule::default(),
            acts: Vec::new(),
            until_us: UNTIL_US_DEFAULT,
        }
    }

    /// Reads a scenario of one of these labs.
    ///
    /// # Errors
    /// One sentence with the JSON path of what is wrong.
    pub fn parse(text: &str, labs: &[&'static dyn Lab]) -> Result<Scenario, InputError> {
        let doc = Doc::parse(text)?;
        let mut object = doc.object()?;
        let format = object.need("format")?;
        if format.string()? != FORMAT {
            return format.error(format!("this program reads the format {}", quote(FORMAT)));
        }
        let lab_doc = object.need("lab")?;
        let id = lab_doc.string()?;
        let Some(lab) = labs.iter().copied().find(|lab| lab.spec().id == id) else {
            let ids: Vec<&str> = labs.iter().map(|lab| lab.spec().id).collect();
            return lab_doc.error(format!("there is no such lab; there are {}", ids.join(", ")));
        };
        let mut scenario = Scenario::empty(lab);
        if let Some(title) = object.take("title") {
            scenario.title = title.string()?;
            if scenario.title.len() > TITLE_BYTES_MAX {
                return title.error(format!("a title has at most {TITLE_BYTES_MAX} bytes"));
            }
        }
        if let Some(seed) = object.take("seed") {
            scenario.seed = seed.int(0, u64::MAX)?;
        }
        if let Some(setup) = object.take("setup") {
            scenario.setup = read_setup(&setup, lab)?;
        }
        if let Some(network) = object.take("network") {
            let mut fields = network.object()?;
            scenario.network = LinkChange::take(&mut fields, false)?.apply(scenario.network);
            fields.finish()?;
        }
        if let Some(until) = object.take("until_ms") {
            scenario.until_us = until.millis(0, TIME_US_MAX)?;
        }
        if let Some(acts) = object.take("acts") {
            scenario.acts = read_acts(&acts, &scenario)?;
        }
        object.finish()?;
        Ok(scenario)
    }

    /// The protocol under the scenario's settings, before anything has happened.
    ///
    /// # Panics
    /// When the settings do not fit together: a scenario that was read has others.
    #[must_use]
    pub fn machine(&self) -> Box<dyn Machine> {
        self.lab.machine(&self.setup).expect("settings are checked when they are read")
    }

    /// The processes of the run.
    #[must_use]
    pub fn processes(&self) -> Vec<ProcessInfo> {
        let machine = self.machine();
        let both = machine.names().iter().zip(machine.roles());
        both.map(|(name, role)| ProcessInfo { name: name.clone(), role }).collect()
    }

    /// Names of the processes.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.machine().names().to_vec()
    }

    /// Reads one act for this scenario, as the page and its JavaScript interface take them.
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn read_act(&self, text: &str) -> Result<Act, InputError> {
        read_act(&Doc::parse(text)?, &Cast::of(&*self.machine()))
    }

    /// Reads a line of the console for this scenario; see [`console`].
    ///
    /// # Errors
    /// Names the column of what is wrong.
    pub fn read_line(&self, line: &str) -> Result<Act, InputError> {
        console::parse(line, &Cast::of(&*self.machine()))
    }

    /// What may stand at the cursor of a line of the console.
    #[must_use]
    pub fn complete_line(&self, line: &str, cursor: usize) -> Vec<console::Completion> {
        console::complete(line, cursor, &Cast::of(&*self.machine()))
    }

    /// Values for an argument as a person would type them, the first one to begin with and each once: those that made-up
    /// requests use, too. None, where nothing is needed.
    #[must_use]
    pub fn suggestions(&self, operation: &Operation, param: &Param) -> Vec<String> {
        suggest::suggestions(&*self.machine(), operation, param)
    }

    /// The file form, one act a line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let names = self.names();
        let acts: Vec<String> = self.acts.iter().map(|a| act_json(a, &names)).collect();
        let mut o = self.head();
        if !acts.is_empty() {
            o.raw("acts", &format!("[\n  {}\n]", acts.join(",\n  ")));
        }
        o.raw("until_ms", &millis_text(self.until_us)).end()
    }

    /// The same on one line, for links.
    #[must_use]
    pub fn to_json_line(&self) -> String {
        let names = self.names();
        let mut o = self.head();
        if !self.acts.is_empty() {
            o.raw("acts", &list(self.acts.iter().map(|a| act_json(a, &names))));
        }
        o.raw("until_ms", &millis_text(self.until_us)).end()
    }

    /// The same scenario with one field of the set-up changed; acts that no longer make sense are left out.
    ///
    /// # Errors
    /// When the value does not fit.
    pub fn with_setup_field(&self, field: &str, json: &str) -> Result<Scenario, InputError> {
        let value = Doc::parse(json)?.payload()?;
        let spec = self.lab.spec();
        let mut given = JsonObject::new();
        for param in spec.setup.iter().filter(|p| p.name != field) {
            self.setup.fields.write_one(param, &mut given);
        }
        given.raw(field, value.json()).list("broken", self.setup.broken.iter().map(|b| quote(b)));
        let given = given.end();
        let setup = read_setup(&Doc::parse(&given)?.at("$.setup".into()), self.lab)?;
        let mut next = Scenario { setup, acts: Vec::new(), ..self.clone() };
        let names = self.names();
        let machine = next.machine();
        for planned in &self.acts {
            let again = Doc::parse(&planned.act.json(&names)).and_then(|doc| read_act(&doc, &Cast::of(&*machine)));
            if let Ok(act) = again {
                next.acts.push(PlannedAct { when: planned.when, act });
            }
        }
        Ok(next)
    }

    /// What it is called, or its lab where it has no name of its own.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.title.is_empty() { self.lab.spec().title } else { &self.title }
    }

    fn head(&self) -> JsonObject {
        let mut o = JsonObject::new();
        o.text("format", FORMAT).text("lab", self.lab.spec().id);
        if !self.title.is_empty() {
            o.text("title", &self.title);
        }
        o.raw("seed", &self.seed.to_string());
        let mut setup = JsonObject::new();
        self.setup.fields.write(self.lab.spec().setup, &[], &mut setup);
        if !self.setup.broken.is_empty() {
            setup.list("broken", self.setup.broken.iter().map(|b| quote(b)));
        }
        if !setup.is_empty() {
            o.raw("setup", &setup.end());
        }
        let mut network = JsonObject::new();
        network.raw("delay_ms", &self.network.delay.json());
        network.raw("loss", &probability_text(self.network.loss_ppm));
        network.raw("duplicate", &probability_text(self.network.duplicate_ppm));
        o.raw("network", &network.bool("fifo", self.network.fifo).end());
        o
    }
}

fn act_json(planned: &PlannedAct, names: &[String]) -> String {
    let mut o = JsonObject::new();
    match planned.when {
        When::At(us) => o.raw("at_ms", &millis_text(us)),
        When::After(id) => o.int("after_event", id),
    };
    o.raw("act", &planned.act.json(names)).end()
}

fn read_setup(doc: &Doc<'_>, lab: &'static dyn Lab) -> Result<Setup, InputError> {
    let mut object = doc.object()?;
    let fields = Fields::take(&mut object, lab.spec().setup, &[], &[])?;
    let mut broken = Vec::new();
    if let Some(switches) = object.take("broken") {
        for item in switches.list()? {
            let name = item.string()?;
            let known = || lab.spec().switches.iter().map(|s| s.name).collect::<Vec<_>>().join(", ");
            match lab.spec().switches.iter().find(|s| s.name == name) {
                Some(switch) if broken.contains(&switch.name) => return item.error("this switch stands there twice"),
                Some(switch) => broken.push(switch.name),
                None => return item.error(format!("there is no switch {}; there are {}", quote(&name), known())),
            }
        }
    }
    object.finish()?;
    let setup = Setup { fields, broken };
    match lab.machine(&setup) {
        Ok(_) => Ok(setup),
        Err((field, what)) => Err(InputError::new(format!("{}.{field}", doc.path()), what)),
    }
}

fn read_acts(doc: &Doc<'_>, scenario: &Scenario) -> Result<Vec<PlannedAct>, InputError> {
    // One machine for all of them: a file may have a hundred thousand.
    let machine = scenario.machine();
    let cast = Cast::of(&*machine);
    let items = doc.list()?;
    if items.len() > ACTS_MAX {
        return doc.error(format!("a scenario has at most {ACTS_MAX} acts, this has {}", items.len()));
    }
    let mut acts = Vec::new();
    for item in items {
        let mut object = item.object()?;
        let when = match (object.take("at_ms"), object.take("after_event")) {
            (Some(at), None) => When::At(at.millis(0, TIME_US_MAX)?),
            (None, Some(id)) => When::After(id.int(0, u64::from(u32::MAX - 1))? as u32),
            _ => return item.error("exactly one of at_ms and after_event must be given"),
        };
        let act = read_act(&object.need("act")?, &cast)?;
        object.finish()?;
        acts.push(PlannedAct { when, act });
    }
    Ok(acts)
}
