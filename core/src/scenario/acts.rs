//! Reading acts, strictly.

use super::http;
use crate::base::json::{Doc, InputError, Object, quote};
use crate::protocol::Misfit;
use crate::protocol::machine::Machine;
use crate::tables::{DELAY_US_MIN, Fields, LabSpec, LinkChange, Operation, Param, TIME_US_MAX, read_node};
use crate::trace::{Act, NodeId, RequestAct, Surgery, Which, Workload};

/// Most requests of one workload.
pub const WORKLOAD_COUNT_MAX: u64 = 100_000;

/// Most requests a second of one workload: time is counted in microseconds.
pub const WORKLOAD_RATE_MAX: u64 = 1_000_000;

/// What must be known of a lab under some settings to read what a person writes for it.
#[derive(Clone, Copy)]
pub struct Cast<'a> {
    /// The lab's tables.
    pub spec: &'static LabSpec,
    /// Names of the processes.
    pub names: &'a [String],
    /// Roles of the processes.
    pub roles: &'a [&'static str],
    /// The protocol, where there is one: it says whether a request makes sense, and which names are in use.
    pub machine: Option<&'a dyn Machine>,
}

impl<'a> Cast<'a> {
    /// The cast of a protocol's processes.
    #[must_use]
    pub fn of(machine: &'a dyn Machine) -> Cast<'a> {
        Cast { spec: machine.spec(), names: machine.names(), roles: machine.roles(), machine: Some(machine) }
    }

    /// Whether a request makes sense at all.
    pub(super) fn check(&self, act: &Act) -> Result<(), Misfit> {
        match (self.machine, act) {
            (Some(machine), Act::Request(request)) => machine.request(request).map(drop),
            _ => Ok(()),
        }
    }

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

/// Reads an act: an object with one key, the kind.
///
/// # Errors
/// Names the path of what is wrong.
pub fn read_act(doc: &Doc<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
    let mut object = doc.object()?;
    let keys = object.keys();
    let [kind] = keys.as_slice() else {
        return doc.error("an act has one key, such as {\"crash\":{\"node\":…}}");
    };
    let inner_doc = object.need(kind)?;
    if kind == "http" {
        let act = http::read(&inner_doc, cast)?;
        cast.check(&act).map_err(|(arg, what)| InputError::new(inner_doc.path(), format!("{arg}: {what}")))?;
        return Ok(act);
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
    cast.check(&act).map_err(|(arg, what)| InputError::new(format!("{}.args.{arg}", inner_doc.path()), what))?;
    Ok(act)
}

/// The object `args`, empty where it is left out.
fn args_object<'a>(inner: &mut Object<'a>) -> Result<Object<'a>, InputError> {
    match inner.take("args") {
        Some(doc) => doc.object(),
        None => Doc::parse("{}")?.at(format!("{}.args", inner.path())).object(),
    }
}

fn read_args(inner: &mut Object<'_>, params: &'static [Param], cast: &Cast<'_>) -> Result<Fields, InputError> {
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

fn read_surgery(inner: &mut Object<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
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

fn read_workload(inner: &mut Object<'_>, cast: &Cast<'_>) -> Result<Act, InputError> {
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
