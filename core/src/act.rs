//! What a person does to a run: the acts of a scenario.

use crate::http;
use crate::json::{Doc, InputError, JsonObject, list, millis_text, quote};
use crate::network::{DELAY_US_MIN, LinkChange, TIME_US_MAX};
use crate::scenario::Scenario;
use crate::schema::{Fields, LabSpec, Operation, read_node};
use crate::trace::{MessageId, NodeId, RecordId};

/// Most requests of one workload.
pub const WORKLOAD_COUNT_MAX: u64 = 100_000;

/// Longest value in the label of a request, in characters: the whole stands in `data`.
const VALUE_CHARS_MAX: usize = 40;

/// Most requests a second of one workload: time is counted in microseconds.
pub const WORKLOAD_RATE_MAX: u64 = 1_000_000;

/// When an act takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After every event at or before this time, in microseconds.
    At(u64),
    /// Right after this record, even in the middle of a step.
    After(RecordId),
}

/// An act and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedAct {
    /// When.
    pub when: When,
    /// What.
    pub act: Act,
}

/// Which message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// By its number in the trace.
    Id(MessageId),
    /// One of its copies, where there are several.
    Copy(MessageId, u16),
    /// The n-th message on a link, so that an edited scenario still means the same one.
    OnLink {
        /// Sender.
        from: NodeId,
        /// Receiver.
        to: NodeId,
        /// Counted from 1.
        n: u32,
    },
}

/// What is done to a message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surgery {
    /// Take it away.
    Drop,
    /// Let it arrive so much later from now, in microseconds, whatever its fate was.
    DeliverIn(u64),
    /// Let one more copy of it travel.
    Duplicate,
}

/// A request of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestAct {
    /// Who is asked.
    pub node: NodeId,
    /// What for.
    pub operation: &'static Operation,
    /// With which arguments.
    pub args: Fields,
}

/// Requests that are made up as the run goes, reproducibly from the seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// What for.
    pub operation: &'static Operation,
    /// Who is asked, by turns of chance.
    pub nodes: Vec<NodeId>,
    /// How many requests.
    pub count: u64,
    /// Time between two, in microseconds.
    pub every_us: u64,
    /// Arguments that are the same in each; the others are made up.
    pub args: Fields,
}

/// An act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A process loses its memory and stops.
    Crash(NodeId),
    /// A crashed process starts from its disk.
    Restart(NodeId),
    /// A process stops for a while and forgets nothing.
    Pause(NodeId),
    /// A paused process goes on.
    Resume(NodeId),
    /// The network falls into groups; whoever is in none is in one with the others left out.
    Partition(Vec<Vec<NodeId>>),
    /// The network is whole again, and no link is blocked.
    Heal,
    /// One link, in one direction, changes.
    Link {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// How.
        change: LinkChange,
    },
    /// All links without settings of their own change.
    Network(LinkChange),
    /// Something is done to a message under way.
    Message {
        /// To which.
        which: Which,
        /// What.
        surgery: Surgery,
    },
    /// A timer runs out now.
    Timeout {
        /// Whose.
        node: NodeId,
        /// Which.
        timer: &'static str,
    },
    /// A running timer runs out so much later from now.
    Timer {
        /// Whose.
        node: NodeId,
        /// Which.
        timer: &'static str,
        /// Microseconds from now.
        due_in_us: u64,
    },
    /// A process is asked for something.
    Request(RequestAct),
    /// Requests are made up.
    Workload(Workload),
    /// Faults end: links heal and lose nothing, everyone restarts and resumes, workloads stop; and when
    /// nothing moves any more but periodic traffic, liveness rules are checked.
    Settle,
}

/// What a scenario must know of its lab to read its acts.
#[derive(Clone, Copy, Debug)]
pub struct Cast<'a> {
    /// The lab's tables.
    pub spec: &'static LabSpec,
    /// Names of the processes.
    pub names: &'a [String],
    /// Roles of the processes.
    pub roles: &'a [&'static str],
    /// Where there is one: its settings say what names are in use.
    pub scenario: Option<&'a Scenario>,
}

impl Cast<'_> {
    fn node(&self, doc: &Doc<'_>) -> Result<NodeId, InputError> {
        read_node(doc, self.names, self.roles, &[])
    }

    fn operation(&self, doc: &Doc<'_>) -> Result<&'static Operation, InputError> {
        let name = doc.string()?;
        let known = || self.spec.operations.iter().map(|o| o.name).collect::<Vec<_>>().join(", ");
        match self.spec.operation(&name) {
            Some(operation) => Ok(operation),
            None => doc.error(format!("this lab has no operation {}; it has {}", quote(&name), known())),
        }
    }

    fn node_for(&self, doc: &Doc<'_>, operation: &Operation) -> Result<NodeId, InputError> {
        read_node(doc, self.names, self.roles, operation.at)
    }
}

impl Act {
    /// Reads an act: an object with one key, the kind.
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn read(doc: &Doc<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
        let mut object = doc.object()?;
        let keys = object.keys();
        let [kind] = keys.as_slice() else {
            return doc.error("an act has one key, such as {\"crash\":{\"node\":…}}");
        };
        let inner_doc = object.need(kind)?;
        if kind == "http" {
            return http::read(&inner_doc, cast);
        }
        let mut inner = inner_doc.object()?;
        let act = match kind.as_str() {
            "crash" => Act::Crash(cast.node(&inner.need("node")?)?),
            "restart" => Act::Restart(cast.node(&inner.need("node")?)?),
            "pause" => Act::Pause(cast.node(&inner.need("node")?)?),
            "resume" => Act::Resume(cast.node(&inner.need("node")?)?),
            "partition" => Act::Partition(read_groups(&inner.need("groups")?, cast)?),
            "heal" => Act::Heal,
            "settle" => Act::Settle,
            "link" => {
                let from = cast.node(&inner.need("from")?)?;
                let to = cast.node(&inner.need("to")?)?;
                Act::Link { from, to, change: LinkChange::take(&mut inner, true)? }
            }
            "network" => Act::Network(LinkChange::take(&mut inner, false)?),
            "message" => read_surgery(&mut inner, cast)?,
            "timeout" => {
                let node = cast.node(&inner.need("node")?)?;
                Act::Timeout { node, timer: read_timer(&inner.need("timer")?, cast)? }
            }
            "timer" => {
                let node = cast.node(&inner.need("node")?)?;
                let timer = read_timer(&inner.need("timer")?, cast)?;
                let due_in_us = inner.need("due_in_ms")?.millis(DELAY_US_MIN, TIME_US_MAX)?;
                Act::Timer { node, timer, due_in_us }
            }
            "request" => {
                let operation = cast.operation(&inner.need("op")?)?;
                let node = cast.node_for(&inner.need("node")?, operation)?;
                Act::Request(RequestAct { node, operation, args: read_args(&mut inner, operation.args, cast)? })
            }
            "workload" => read_workload(&mut inner, cast)?,
            _ => {
                return inner_doc.error(
                    "this act is unknown (known here: crash, restart, pause, resume, partition, heal, link, network, \
                     message, timeout, timer, request, http, workload, settle)",
                );
            }
        };
        inner.finish()?;
        Ok(act)
    }

    /// The JSON form that [`Act::read`] reads.
    #[must_use]
    pub fn json(&self, names: &[String]) -> String {
        let name = |node: &NodeId| quote(&names[usize::from(*node)]);
        let mut o = JsonObject::new();
        let kind = match self {
            Act::Crash(node) | Act::Restart(node) | Act::Pause(node) | Act::Resume(node) => {
                o.raw("node", &name(node));
                self.kind()
            }
            Act::Partition(groups) => {
                o.list("groups", groups.iter().map(|g| list(g.iter().map(name))));
                self.kind()
            }
            Act::Heal | Act::Settle => self.kind(),
            Act::Link { from, to, change } => {
                change.write(o.raw("from", &name(from)).raw("to", &name(to)));
                self.kind()
            }
            Act::Network(change) => {
                change.write(&mut o);
                self.kind()
            }
            Act::Message { which, surgery } => {
                match which {
                    Which::Id(id) => o.int("id", *id),
                    Which::Copy(id, copy) => o.int("id", *id).int("copy", u32::from(*copy)),
                    Which::OnLink { from, to, n } => o.raw("from", &name(from)).raw("to", &name(to)).int("n", *n),
                };
                match surgery {
                    Surgery::Drop => o.bool("drop", true),
                    Surgery::DeliverIn(us) => o.raw("deliver_in_ms", &millis_text(*us)),
                    Surgery::Duplicate => o.bool("duplicate", true),
                };
                self.kind()
            }
            Act::Timeout { node, timer } => {
                o.raw("node", &name(node)).text("timer", timer);
                self.kind()
            }
            Act::Timer { node, timer, due_in_us } => {
                o.raw("node", &name(node)).text("timer", timer).raw("due_in_ms", &millis_text(*due_in_us));
                self.kind()
            }
            Act::Request(request) => {
                o.raw("node", &name(&request.node));
                request.write_data(names, &mut o);
                self.kind()
            }
            Act::Workload(w) => {
                o.text("op", w.operation.name).list("nodes", w.nodes.iter().map(name));
                o.int("count", w.count).raw("every_ms", &millis_text(w.every_us));
                write_args(&w.args, w.operation, names, &mut o);
                self.kind()
            }
        };
        format!("{{{}:{}}}", quote(kind), o.end())
    }

    /// The key of the JSON form.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Act::Crash(_) => "crash",
            Act::Restart(_) => "restart",
            Act::Pause(_) => "pause",
            Act::Resume(_) => "resume",
            Act::Partition(_) => "partition",
            Act::Heal => "heal",
            Act::Link { .. } => "link",
            Act::Network(_) => "network",
            Act::Message { .. } => "message",
            Act::Timeout { .. } => "timeout",
            Act::Timer { .. } => "timer",
            Act::Request(_) => "request",
            Act::Workload(_) => "workload",
            Act::Settle => "settle",
        }
    }

    /// The act in words, for labels and lists.
    #[must_use]
    pub fn words(&self, names: &[String]) -> String {
        let name = |node: &NodeId| names[usize::from(*node)].as_str();
        match self {
            Act::Crash(node) => format!("crash {}", name(node)),
            Act::Restart(node) => format!("restart {}", name(node)),
            Act::Pause(node) => format!("pause {}", name(node)),
            Act::Resume(node) => format!("resume {}", name(node)),
            Act::Partition(groups) => {
                let sides: Vec<String> =
                    groups.iter().map(|g| g.iter().map(name).collect::<Vec<_>>().join(" ")).collect();
                format!("partition {}", sides.join(" | "))
            }
            Act::Heal => "heal".into(),
            Act::Settle => "end all faults".into(),
            Act::Link { from, to, .. } => format!("change link {} to {}", name(from), name(to)),
            Act::Network(_) => "change the network".into(),
            Act::Message { which, surgery } => {
                let what = match which {
                    Which::Id(id) => format!("message {id}"),
                    Which::Copy(id, copy) => format!("copy {copy} of message {id}"),
                    Which::OnLink { from, to, n } => format!("message {n} from {} to {}", name(from), name(to)),
                };
                match surgery {
                    Surgery::Drop => format!("drop {what}"),
                    Surgery::DeliverIn(us) => format!("deliver {what} in {} ms", millis_text(*us)),
                    Surgery::Duplicate => format!("duplicate {what}"),
                }
            }
            Act::Timeout { node, timer } => format!("fire {timer} of {}", name(node)),
            Act::Timer { node, timer, due_in_us } => {
                format!("let {timer} of {} run out in {} ms", name(node), millis_text(*due_in_us))
            }
            Act::Request(request) => format!("{}: {}", name(&request.node), request.words(names)),
            Act::Workload(w) => {
                format!("{} × {}, one every {} ms", w.count, w.operation.name, millis_text(w.every_us))
            }
        }
    }
}

impl RequestAct {
    /// Writes `op` and `args`.
    pub fn write_data(&self, names: &[String], data: &mut JsonObject) {
        data.text("op", self.operation.name);
        write_args(&self.args, self.operation, names, data);
    }

    /// The request in words, long values cut short: for labels.
    #[must_use]
    pub fn words(&self, names: &[String]) -> String {
        let mut args = JsonObject::new();
        self.args.write_short(self.operation.args, names, VALUE_CHARS_MAX, &mut args);
        if args.is_empty() { self.operation.name.into() } else { format!("{} {}", self.operation.name, args.end()) }
    }
}

fn write_args(args: &Fields, operation: &'static Operation, names: &[String], o: &mut JsonObject) {
    let mut inner = JsonObject::new();
    args.write(operation.args, names, &mut inner);
    o.raw("args", &inner.end());
}

/// The object `args`, empty where it is left out.
fn args_object<'a>(inner: &mut crate::json::Object<'a>) -> Result<crate::json::Object<'a>, InputError> {
    match inner.take("args") {
        Some(doc) => doc.object(),
        None => Doc::parse("{}")?.at(format!("{}.args", inner.path())).object(),
    }
}

fn read_args(
    inner: &mut crate::json::Object<'_>,
    params: &'static [crate::schema::Param],
    cast: &Cast<'_>,
) -> Result<Fields, InputError> {
    let mut object = args_object(inner)?;
    let fields = Fields::take(&mut object, params, cast.names, cast.roles)?;
    object.finish()?;
    Ok(fields)
}

fn read_groups(doc: &Doc<'_>, cast: &Cast<'_>) -> Result<Vec<Vec<NodeId>>, InputError> {
    let mut seen = vec![false; cast.names.len()];
    let mut groups = Vec::new();
    for group in doc.list()? {
        let mut members = Vec::new();
        for member in group.list()? {
            let node = cast.node(&member)?;
            if std::mem::replace(&mut seen[usize::from(node)], true) {
                return member.error(format!("{} is in two groups", cast.names[usize::from(node)]));
            }
            members.push(node);
        }
        groups.push(members);
    }
    Ok(groups)
}

fn read_surgery(inner: &mut crate::json::Object<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
    let which = match inner.take("id") {
        Some(id) => {
            let id = id.int(0, u64::from(u32::MAX - 1))? as u32;
            match inner.take("copy") {
                Some(copy) => Which::Copy(id, copy.int(1, u64::from(u16::MAX))? as u16),
                None => Which::Id(id),
            }
        }
        None => Which::OnLink {
            from: cast.node(&inner.need("from")?)?,
            to: cast.node(&inner.need("to")?)?,
            n: inner.need("n")?.int(1, u64::from(u32::MAX - 1))? as u32,
        },
    };
    let path = inner.path().to_string();
    let mut found = Vec::new();
    for key in ["drop", "duplicate"] {
        if let Some(doc) = inner.take(key) {
            if !doc.bool()? {
                return doc.error("only true makes sense here");
            }
            found.push(if key == "drop" { Surgery::Drop } else { Surgery::Duplicate });
        }
    }
    if let Some(doc) = inner.take("deliver_in_ms") {
        found.push(Surgery::DeliverIn(doc.millis(DELAY_US_MIN, TIME_US_MAX)?));
    }
    match found.as_slice() {
        [surgery] => Ok(Act::Message { which, surgery: *surgery }),
        _ => Err(InputError::new(path, "exactly one of drop, duplicate and deliver_in_ms must be given")),
    }
}

fn read_timer(doc: &Doc<'_>, cast: &Cast<'_>) -> Result<&'static str, InputError> {
    let name = doc.string()?;
    match cast.spec.timers.iter().find(|t| **t == name) {
        Some(timer) => Ok(timer),
        None if cast.spec.timers.is_empty() => doc.error("this lab has no timers"),
        None => doc.error(format!("there is no timer {}; there are {}", quote(&name), cast.spec.timers.join(", "))),
    }
}

fn read_workload(inner: &mut crate::json::Object<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
    let operation = cast.operation(&inner.need("op")?)?;
    let nodes_doc = inner.need("nodes")?;
    let mut nodes = Vec::new();
    for node in nodes_doc.list()? {
        nodes.push(cast.node_for(&node, operation)?);
    }
    if nodes.is_empty() {
        return nodes_doc.error("a workload needs at least one process");
    }
    let count = inner.need("count")?.int(1, WORKLOAD_COUNT_MAX)?;
    let every_us = match (inner.take("every_ms"), inner.take("rate")) {
        (Some(every), None) => every.millis(1, TIME_US_MAX / WORKLOAD_COUNT_MAX)?,
        // Rounded up to whole microseconds: never more requests a second than asked for.
        (None, Some(rate)) => WORKLOAD_RATE_MAX.div_ceil(rate.int(1, WORKLOAD_RATE_MAX)?),
        _ => return Err(InputError::new(inner.path(), "exactly one of every_ms and rate must be given")),
    };
    let mut object = args_object(inner)?;
    // Here every argument may be left out: what is not given is made up.
    let mut args = Fields::default();
    for param in operation.args {
        if let Some(value) = object.take(param.name) {
            args.set(param.name, param.takes.read(&value, cast.names, cast.roles)?);
        }
    }
    object.finish()?;
    Ok(Act::Workload(Workload { operation, nodes, count, every_us, args }))
}
