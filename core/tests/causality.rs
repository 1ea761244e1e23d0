//! Happened-before, worked out again from program order and messages alone, against the stamps.

mod common;

use common::{ALL, cases, parse, random_scenario, read_lines};
use lightcone_core::engine::run;
use serde_json::Value;
use std::collections::BTreeMap;

/// An event as an outside reader has it.
struct Event {
    id: u64,
    lamport: u64,
    vector: BTreeMap<String, u64>,
    /// The events directly before it: its process's last one, and the send of what it received.
    before: Vec<usize>,
}

fn ticks(line: &Value) -> bool {
    matches!(line["kind"].as_str(), Some("local" | "send" | "receive" | "timeout"))
}

fn events(lines: &[Value], seed: u64) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sends: BTreeMap<u64, usize> = BTreeMap::new();
    for line in lines.iter().filter(|line| ticks(line)) {
        let index = events.len();
        let node = line["node"].as_str().expect("an event belongs to a process");
        let mut before: Vec<usize> = last.insert(node, index).into_iter().collect();
        if line["kind"] == "receive" {
            let message = line["message"].as_u64().expect("a receive names its message");
            let send = *sends.get(&message).unwrap_or_else(|| panic!("seed {seed}: message {message} was never sent"));
            before.push(send);
        }
        for message in line["messages"].as_array().into_iter().flatten() {
            sends.insert(message["id"].as_u64().expect("an id"), index);
        }
        let vector = line["vector"].as_object().expect("a vector");
        events.push(Event {
            id: line["id"].as_u64().expect("an id"),
            lamport: line["lamport"].as_u64().expect("a Lamport stamp"),
            vector: vector.iter().map(|(k, v)| (k.clone(), v.as_u64().expect("a component"))).collect(),
            before,
        });
    }
    events
}

/// For each event the set of events that happened before it: the transitive closure.
fn closure(events: &[Event]) -> Vec<Vec<u64>> {
    let words = events.len().div_ceil(64);
    let mut pasts: Vec<Vec<u64>> = Vec::new();
    for event in events {
        let mut past = vec![0u64; words];
        for &earlier in &event.before {
            for (mine, theirs) in past.iter_mut().zip(&pasts[earlier]) {
                *mine |= theirs;
            }
            past[earlier / 64] |= 1 << (earlier % 64);
        }
        pasts.push(past);
    }
    pasts
}

/// V < W: nowhere larger and somewhere smaller.
fn smaller(v: &BTreeMap<String, u64>, w: &BTreeMap<String, u64>) -> bool {
    v.iter().all(|(k, x)| *x <= w[k]) && v != w
}

#[test]
fn vectors_compare_exactly_as_events_happened_before_each_other() {
    let (mut pairs, mut ordered, mut receives) = (0u64, 0u64, 0u64);
    for seed in 0..cases(200) {
        let run = run(parse(&random_scenario(seed, ALL, "")));
        let lines = read_lines(&run);
        if let Some(violation) = lines.iter().find(|l| l["kind"] == "violation") {
            panic!("seed {seed}: {violation}");
        }
        receives += lines.iter().filter(|l| l["kind"] == "receive").count() as u64;
        let events = events(&lines, seed);
        let pasts = closure(&events);
        for (j, b) in events.iter().enumerate() {
            for &i in &b.before {
                assert!(
                    events[i].lamport < b.lamport,
                    "seed {seed}: Lamport stamps fall from {} to {}",
                    events[i].id,
                    b.id
                );
            }
            for (i, a) in events.iter().enumerate() {
                let before = pasts[j][i / 64] >> (i % 64) & 1 == 1;
                assert_eq!(before, smaller(&a.vector, &b.vector), "seed {seed}: events {} and {}", a.id, b.id);
                assert!(i == j || a.vector != b.vector, "seed {seed}: {} and {} have one stamp", a.id, b.id);
                pairs += 1;
                ordered += u64::from(before);
            }
        }
    }
    println!("{pairs} pairs, {ordered} of them ordered, {receives} receives");
    assert!(ordered > 0 && receives > 0, "the random scenarios do something");
}

#[test]
fn every_other_record_of_a_process_carries_its_latest_stamp() {
    for seed in 0..cases(50) {
        let run = run(parse(&random_scenario(seed, ALL, "")));
        let mut last: BTreeMap<String, (Value, Value)> = BTreeMap::new();
        for line in read_lines(&run) {
            let Some(node) = line["node"].as_str() else {
                assert!(line.get("vector").is_none() && line.get("lamport").is_none(), "seed {seed}: {line}");
                continue;
            };
            let stamp = (line["lamport"].clone(), line["vector"].clone());
            if !ticks(&line) {
                let zero = || (Value::from(0), Value::Null);
                let known = last.get(node).cloned().unwrap_or_else(zero);
                let fresh = known.1.is_null() && stamp.1.as_object().is_some_and(|v| v.values().all(|x| *x == 0));
                assert!(stamp == known || (fresh && stamp.0 == 0), "seed {seed}: {line}");
            }
            last.insert(node.to_string(), stamp);
        }
    }
}
