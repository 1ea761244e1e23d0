//! How dialogues of this lab are told, and acts to make them.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then changes was to be
//! checked by hand, against the heads of the lab's files. The first half second, in which a leader is elected and sessions are
//! opened, goes without saying where it is not the subject.

use super::play;
use crate::engine::Run;
use crate::labs::golden::{self, Line, list, word};
use std::collections::BTreeMap;

/// What a dialogue is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// What servers say to each other, from this millisecond on.
    Servers(u64),
    /// What clients, servers and the file say to each other; of the broadcast only what is applied, once, with who is in the
    /// queue then.
    Clients,
}

/// Acts with their times in milliseconds.
pub(super) type Acts<'a> = &'a [(u64, String)];

/// Runs acts.
pub(super) fn act(setup: &str, acts: Acts<'_>, until_ms: u64) -> Run {
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{\"at_ms\":{at},\"act\":{act}}}")).collect();
    play(&format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"zk-lock\",\"network\":{{\"delay_ms\":10}},\"setup\":{{{setup}}},\
         \"acts\":[{}],\"until_ms\":{until_ms}}}",
        acts.join(",")
    ))
}

/// Runs acts and holds the dialogue against `golden/NAME.txt`.
pub(super) fn golden(name: &str, subject: Subject, setup: &str, acts: Acts<'_>, until_ms: u64) -> Run {
    let run = act(setup, acts, until_ms);
    golden::hold("zk_lock", name, &dialogue(&run, subject));
    run
}

fn is_server(name: &str) -> bool {
    name.starts_with("zk")
}

fn dialogue(run: &Run, subject: Subject) -> String {
    let mut queue = Queue::default();
    golden::dialogue(run, |line| {
        let begin_us = match subject {
            Subject::Servers(ms) => ms * 1000,
            Subject::Clients => 499_000,
        };
        let said = match subject {
            Subject::Servers(_) => of_servers(line),
            Subject::Clients => of_clients(line, &mut queue),
        };
        said.filter(|_| line.whole["at_us"].as_u64().is_some_and(|at_us| at_us >= begin_us))
    })
}

fn is_ping(label: &str) -> bool {
    matches!(label, "ping" | "pong")
}

fn of_servers(line: &Line) -> Option<String> {
    let Line { kind, node, label, data, .. } = line;
    match kind.as_str() {
        "timeout" | "receive" => None,
        "drop" if is_ping(label) => None,
        "send" if !is_server(node) => None,
        "send" => {
            let to = |m: &serde_json::Value| is_server(&word(&m["to"])) && !is_ping(&word(&m["label"]));
            let sent: Vec<&serde_json::Value> = line.messages.iter().filter(|m| to(m)).collect();
            let labels: Vec<String> =
                sent.iter().map(|m| format!("{} {}", word(&m["to"]), word(&m["label"]))).collect();
            (!sent.is_empty()).then(|| format!("{node}→{}", labels.join("; ")))
        }
        "persist" => Some(format!("{node} {label}")),
        "deliver" => Some(format!("{node} ◆ {label}")),
        "state" if data.get("role").is_some() => Some(format!("{node} {label}")),
        "state" | "request" | "reply" => None,
        _ => line.usual(),
    }
}

/// Whose nodes are in the queue of each lock, as the transactions have it.
#[derive(Default)]
struct Queue {
    applied: u64,
    /// Node to its data: who made it.
    nodes: BTreeMap<String, String>,
}

impl Queue {
    /// What a transaction leaves, when it is applied for the first time and changes something.
    fn apply(&mut self, line: &Line) -> Option<String> {
        let index = line.data["index"].as_u64()?;
        if index <= self.applied {
            return None;
        }
        self.applied = index;
        let txn = &line.data["txn"];
        match word(&txn["type"]).as_str() {
            "create" => drop(self.nodes.insert(word(&txn["path"]), word(&txn["content"]))),
            "delete" => drop(self.nodes.remove(&word(&txn["path"]))),
            "closeSession" => list(&txn["deleted"]).for_each(|path| drop(self.nodes.remove(&word(path)))),
            _ => return Some(format!("◆ {}", line.label)),
        }
        let number = |path: &str| path.rsplit(['-']).next().and_then(|n| n.parse::<u64>().ok());
        let mut queue: Vec<(u64, &String)> = self
            .nodes
            .iter()
            .filter(|(path, _)| path.contains("lock-") || path.contains("read-"))
            .filter_map(|(path, who)| Some((number(path)?, who)))
            .collect();
        queue.sort_unstable();
        let queue: Vec<&str> = queue.iter().map(|(_, who)| who.as_str()).collect();
        Some(format!("◆ {}; queue: [{}]", line.label, queue.join(" ")))
    }
}

fn of_clients(line: &Line, queue: &mut Queue) -> Option<String> {
    let Line { kind, node, label, data, .. } = line;
    match kind.as_str() {
        "timeout" | "receive" | "persist" => None,
        "drop" if is_ping(label) || is_server(&word(&data["from"])) && is_server(&word(&data["to"])) => None,
        "deliver" => queue.apply(line),
        "send" => {
            let to =
                |m: &serde_json::Value| !(is_ping(&word(&m["label"])) || is_server(node) && is_server(&word(&m["to"])));
            let sent: Vec<&serde_json::Value> = line.messages.iter().filter(|m| to(m)).collect();
            let labels: Vec<String> =
                sent.iter().map(|m| format!("{} {}", word(&m["to"]), word(&m["label"]))).collect();
            (!sent.is_empty()).then(|| format!("{node}→{}", labels.join("; ")))
        }
        "state" if data.get("role").is_some() || data.get("event").is_some() => None,
        "state" => Some(format!("· {node} {label}")),
        "request" => Some(format!("{node} ? {label}")),
        _ => line.usual(),
    }
}

/// A request at a client.
pub(super) fn ask(client: u64, op: &str, args: &str) -> String {
    format!("{{\"request\":{{\"node\":\"c{client}\",\"op\":\"{op}\",\"args\":{{{args}}}}}}}")
}

/// A client wants `/lock`.
pub(super) fn lock(client: u64) -> String {
    ask(client, "lock", "")
}

/// A client gives `/lock` back.
pub(super) fn unlock(client: u64) -> String {
    ask(client, "unlock", "")
}

/// An act on one process.
pub(super) fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

/// A link is cut or open, and has this delay in milliseconds.
pub(super) fn link(from: &str, to: &str, blocked: bool, delay_ms: u64) -> String {
    format!("{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",\"blocked\":{blocked},\"delay_ms\":{delay_ms}}}}}")
}

/// Who is cut off from the others.
pub(super) fn cut(side: &[&str]) -> String {
    let side: Vec<String> = side.iter().map(|s| format!("\"{s}\"")).collect();
    format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", side.join(","))
}

/// All can hear each other again.
pub(super) fn heal() -> String {
    "{\"heal\":{}}".into()
}

/// Who was granted which lock, in order: `c1 /lock`.
pub(super) fn grants(run: &Run) -> Vec<String> {
    let granted = super::lines(run).into_iter().filter(|l| l["data"]["lock"] == "granted");
    granted.map(|l| format!("{} {}", word(&l["node"]), word(&l["data"]["path"]))).collect()
}

/// What became of a client's requests of one operation, in order.
pub(super) fn results(run: &Run, node: &str, op: &str) -> Vec<String> {
    let replies = super::lines(run).into_iter().filter(|l| l["kind"] == "reply" && l["node"] == node);
    replies.filter(|l| l["data"]["op"] == op).map(|l| word(&l["data"]["result"])).collect()
}

/// A number of the run's metrics.
pub(super) fn metric(run: &Run, name: &str) -> u64 {
    run.metrics().into_iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no {name}")).1
}
