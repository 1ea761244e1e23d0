//! What the trace format promises to outside readers, held against built-in and random scenarios.

mod common;

use common::{ALL, cases, parse, random_scenario, read_lines};
use lightcone_core::engine::{Run, run};
use lightcone_core::labs::LABS;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const KINDS: [&str; 22] = [
    "boot",
    "local",
    "request",
    "send",
    "receive",
    "timeout",
    "deliver",
    "reply",
    "state",
    "persist",
    "link",
    "drop",
    "crash",
    "restart",
    "pause",
    "resume",
    "partition",
    "heal",
    "network",
    "act",
    "refused",
    "violation",
];

fn int(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string"))
}

/// What a reader keeps while reading a trace from the start.
#[derive(Default)]
struct Reader {
    at_us: u64,
    vectors: BTreeMap<String, Value>,
    lamports: BTreeMap<String, u64>,
    /// For each message its send, its receiver and the send's vector.
    sent: BTreeMap<u64, (u64, String, Value)>,
    /// For each message the copies that came to an end.
    ended: BTreeMap<u64, Vec<u64>>,
    requests: BTreeMap<u64, Value>,
    /// The lab is about clocks: its events carry the protocol's own, before and after.
    clock_lab: bool,
    /// Messages travel over the reliable links, which keep those that are not acknowledged.
    links: bool,
}

impl Reader {
    fn read(&mut self, index: usize, line: &Value) {
        assert_eq!(int(&line["id"]), index as u64, "ids count from 0");
        let at_us = int(&line["at_us"]);
        assert!(at_us >= self.at_us, "time goes back");
        self.at_us = at_us;
        let kind = text(&line["kind"]);
        assert!(KINDS.contains(&kind), "unknown kind");
        assert!(line["data"].is_object() && line["label"].is_string() && line.get("node").is_some());
        assert!(line.get("cause").is_none_or(|c| int(c) < index as u64), "a cause comes before its effect");
        if self.clock_lab && matches!(kind, "send" | "receive" | "local" | "deliver") {
            // A vector by process, or Lamport's number.
            let is_clock = |clock: &Value| clock.is_object() || clock.is_u64();
            assert!(is_clock(&line["data"]["before"]) && is_clock(&line["data"]["after"]), "before and after");
        }
        match kind {
            "send" => self.send(line),
            "drop" if line["data"]["layer"] == "link" => {
                assert!(matches!(text(&line["data"]["reason"]), "loss" | "partition" | "crashed" | "act"));
            }
            "link" => self.links = true,
            "receive" | "drop" => self.end(kind, line),
            "request" => {
                self.requests.insert(index as u64, line["data"]["op"].clone());
                text(&line["data"]["op"]);
            }
            "reply" => {
                let op = self.requests.get(&int(&line["data"]["request"])).expect("a reply answers a request");
                assert_eq!(*op, line["data"]["op"]);
            }
            "refused" => assert!(!text(&line["data"]["reason"]).is_empty() && line["data"]["act"].is_object()),
            "violation" => {
                text(&line["data"]["rule"]);
                text(&line["data"]["explain"]);
                assert!(line["data"]["events"].as_array().is_some_and(|e| e.iter().all(|e| int(e) < index as u64)));
            }
            _ => {}
        }
        if matches!(kind, "local" | "send" | "receive" | "timeout") {
            self.tick(line);
        }
        let of_the_network =
            matches!(kind, "drop" | "partition" | "heal" | "network" | "act" | "refused" | "violation");
        assert_eq!(line["node"].is_null(), of_the_network, "the node of a {kind}");
        assert_eq!(line.get("vector").is_none(), of_the_network || kind == "link");
    }

    fn send(&mut self, line: &Value) {
        let messages = line["messages"].as_array().expect("a send has messages");
        assert!(!messages.is_empty());
        let mut to = BTreeSet::new();
        for message in messages {
            assert!(message["label"].is_string() && message["data"].is_object());
            to.insert(text(&message["to"]));
            let sent = (int(&line["id"]), text(&message["to"]).to_string(), line["vector"].clone());
            assert!(self.sent.insert(int(&message["id"]), sent).is_none(), "a message is sent once");
        }
        assert_eq!(to.len(), messages.len(), "a multicast names nobody twice");
    }

    fn end(&mut self, kind: &str, line: &Value) {
        let id = int(&line["message"]);
        let (send, to, vector) = self.sent.get(&id).expect("it was sent before");
        assert_eq!(int(&line["cause"]), *send, "the cause is the send");
        let copy = line["data"].get("copy").map_or(1, int);
        assert!(line["data"].get("copy").is_none_or(|c| int(c) >= 2), "the first copy has no number");
        self.ended.entry(id).or_default().push(copy);
        if kind == "drop" {
            assert!(matches!(text(&line["data"]["reason"]), "loss" | "partition" | "crashed" | "act"));
            return;
        }
        assert_eq!(text(&line["node"]), to, "it arrives where it was sent to");
        for (name, component) in vector.as_object().expect("a vector") {
            assert!(int(&line["vector"][name]) >= int(component), "a receive knows what its send knew");
        }
    }

    fn tick(&mut self, line: &Value) {
        let node = text(&line["node"]).to_string();
        let vector = line["vector"].clone();
        let lamport = int(&line["lamport"]);
        let own = |v: &Value| int(&v[node.as_str()]);
        if let Some(old) = self.vectors.get(&node) {
            assert_eq!(own(&vector), own(old) + 1, "the own component rises by one");
            for (name, component) in old.as_object().expect("a vector") {
                assert!(int(&vector[name]) >= int(component), "no component falls");
            }
            assert!(lamport > self.lamports[&node], "Lamport stamps rise");
        } else {
            assert_eq!(own(&vector), 1);
        }
        self.vectors.insert(node.clone(), vector);
        self.lamports.insert(node, lamport);
    }
}

/// Every message has come to an end, is under way, or waits at a process: none vanishes.
fn nothing_vanishes(run: &Run, reader: &Reader, what: &str) {
    let frame = run.frame();
    let under_way: BTreeSet<u64> = frame.in_flight.iter().filter_map(|f| f.message).map(u64::from).collect();
    let missing = reader.sent.keys().filter(|id| !reader.ended.contains_key(id) && !under_way.contains(id)).count();
    let waiting: usize = frame.processes.iter().map(|p| p.waiting as usize).sum();
    assert!(missing <= waiting, "{what}: {missing} messages are nowhere, {waiting} wait");
}

fn hold(run: &Run, what: &str) {
    let clock_labs = ["vector-clocks", "total-order", "causal-multicast"];
    let clock_lab = clock_labs.contains(&run.scenario().lab.spec().id);
    let mut reader = Reader { clock_lab, ..Reader::default() };
    for (index, line) in read_lines(run).iter().enumerate() {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reader.read(index, line)));
        assert!(outcome.is_ok(), "{what}: {line}");
    }
    if !reader.links {
        nothing_vanishes(run, &reader, what);
    }
}

#[test]
fn built_in_scenarios_keep_the_contract() {
    for lab in LABS {
        for builtin in lab.spec().scenarios {
            hold(&run(parse(&builtin.json())), builtin.id);
        }
    }
}

#[test]
fn random_scenarios_keep_the_contract() {
    for seed in 0..cases(200) {
        hold(&run(parse(&random_scenario(seed, ALL, ""))), &format!("seed {seed}"));
    }
}

#[test]
fn scenarios_of_broken_implementations_keep_the_contract() {
    for seed in 0..cases(20) {
        hold(&run(parse(&random_scenario(seed, ALL, "\"no-merge\""))), &format!("seed {seed}"));
    }
}

#[test]
fn lost_messages_stay_under_way_until_their_place_of_loss() {
    let text = r#"{"format":"lightcone/1","lab":"vector-clocks","network":{"delay_ms":30,"loss":1},"until_ms":100,
        "acts":[{"at_ms":1,"act":{"request":{"node":"P1","op":"send","args":{"to":"P2"}}}}]}"#;
    let run = run(parse(text));
    let drop = read_lines(&run).into_iter().find(|l| l["kind"] == "drop").expect("it is lost");
    assert_eq!(drop["data"]["reason"], "loss");
    assert!((11_000..=21_000).contains(&int(&drop["at_us"])), "in the middle third of its way: {drop}");
}
