//! The clients' operations as calls and returns, a JSON object a line, in order of happening.
//!
//! Every request is an `invoke`, every reply a `return`; an operation without a return may or may not have taken effect. What a
//! lock service ends by itself is an `expire` at the instant at which its commit first took effect: a lease that is over, a
//! transaction that is aborted, a session that ends. That is read from the trace's own data, so no lab is known here.

use crate::base::json::JsonObject;
use crate::engine::Run;
use crate::trace::{Kind, NONE, RecordId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// All of a run's operations.
#[must_use]
pub fn write(run: &Run) -> String {
    let trace = run.trace();
    let mut service = Service { nodes: lock_nodes(run), ..Service::default() };
    let mut text = String::new();
    for id in 0..trace.len() {
        let record = trace.record(id);
        let (kind, operation) = match record.kind {
            Kind::Request => ("invoke", id),
            Kind::Reply if record.cause != NONE => ("return", record.cause),
            Kind::Deliver | Kind::State => {
                for end in service.follow(run, id) {
                    text.push_str(&end.line(record.at_us));
                }
                continue;
            }
            _ => continue,
        };
        let mut o = JsonObject::new();
        o.text("type", kind).int("operation", operation);
        o.text("process", &run.names()[usize::from(record.node)]).int("at_us", record.at_us);
        text.push_str(&o.raw("data", &run.data(id)).end());
        text.push('\n');
    }
    text
}

/// A lock that has ended without its holder's doing.
struct End {
    process: String,
    resource: String,
    token: u64,
}

impl End {
    fn line(&self, at_us: u64) -> String {
        let mut data = JsonObject::new();
        data.text("resource", &self.resource).int("token", self.token);
        let mut o = JsonObject::new();
        o.text("type", "expire").text("process", &self.process).int("at_us", at_us).raw("data", &data.end());
        o.end() + "\n"
    }
}

/// What is known of a replicated service from what its servers apply: whoever applies an entry first shows it.
#[derive(Default)]
struct Service {
    /// The last entry that was applied anywhere.
    applied: u64,
    /// Nodes of a tree that stand for a wish to have a lock.
    nodes: BTreeSet<String>,
    /// Of each of them, who made it and under which token.
    owners: BTreeMap<String, (String, u64)>,
    /// Whose session it is.
    sessions: BTreeMap<u64, String>,
    /// Nodes that their owners give back.
    given_back: BTreeSet<String>,
}

/// The nodes that clients say stand for their locks.
fn lock_nodes(run: &Run) -> BTreeSet<String> {
    let states = (0..run.trace().len()).filter(|&id| run.trace().record(id).kind == Kind::State);
    states.filter_map(|id| text(&data(run, id)?, "node").filter(|node| node.starts_with('/'))).collect()
}

fn data(run: &Run, id: RecordId) -> Option<Value> {
    serde_json::from_str(&run.data(id)).ok()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(String::from)
}

impl Service {
    /// The locks that end with a record.
    fn follow(&mut self, run: &Run, id: RecordId) -> Vec<End> {
        let Some(data) = data(run, id) else { return Vec::new() };
        if run.trace().record(id).kind == Kind::State {
            if text(&data, "lock").as_deref() == Some("released") {
                self.given_back.extend(text(&data, "node"));
            }
            return Vec::new();
        }
        let number = ["index", "zxid"].iter().find_map(|key| data.get(key)).and_then(Value::as_u64);
        let number = data.get("zxid").and_then(Value::as_u64).or(number);
        let Some(number) = number.filter(|number| *number > self.applied) else { return Vec::new() };
        self.applied = number;
        match data.get("txn") {
            Some(txn) => self.transaction(number, txn),
            None => data.get("effects").and_then(Value::as_array).into_iter().flatten().filter_map(effect).collect(),
        }
    }

    /// A transaction on a tree of nodes.
    fn transaction(&mut self, zxid: u64, txn: &Value) -> Vec<End> {
        let path = text(txn, "path");
        let session = |key: &str| txn.get(key).and_then(Value::as_u64);
        match (text(txn, "type").as_deref(), path) {
            (Some("createSession"), _) => {
                self.sessions.extend(session("session").zip(text(txn, "client")));
                Vec::new()
            }
            (Some("create"), Some(path)) if self.nodes.contains(&path) => {
                let owner = session("ephemeral_owner").and_then(|session| self.sessions.get(&session));
                let by = || text(txn.get("by")?, "client");
                if let Some(owner) = owner.cloned().or_else(by) {
                    self.owners.insert(path, (owner, zxid));
                }
                Vec::new()
            }
            (Some("delete"), Some(path)) if !self.given_back.contains(&path) => self.gone(&path).into_iter().collect(),
            (Some("closeSession"), _) => {
                let deleted = txn.get("deleted").and_then(Value::as_array).into_iter().flatten();
                deleted.filter_map(Value::as_str).filter_map(|path| self.gone(path)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn gone(&mut self, path: &str) -> Option<End> {
        let (process, token) = self.owners.remove(path)?;
        let (resource, _) = path.rsplit_once('/')?;
        Some(End { process, resource: resource.into(), token })
    }
}

/// A lock that an entry takes away. Who only waits has no token.
fn effect(effect: &Value) -> Option<End> {
    let ends = matches!(effect.get("result")?.as_str()?, "expired" | "aborted");
    let token = effect.get("token")?.as_u64().filter(|token| ends && *token > 0)?;
    Some(End { process: text(effect, "client_id")?, resource: text(effect, "resource_id")?, token })
}
