//! Random runs of totally ordered multicast with every kind of fault, judged a second time.
//!
//! The second judge reads the lines of the trace alone, as somebody who has only the file. With nothing
//! broken on purpose neither judge finds anything; with a switch on they find the same.

mod common;

use common::{cases, read_lines};
use lightcone_core::base::draw::Dice;
use lightcone_core::engine::explore::random_scenario;
use lightcone_core::engine::{Run, run};
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{Fields, Setup, Value as Given};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Random runs of each kind.
const RUNS: u64 = 1000;

/// A message's name: sender and number.
type Name = (String, u64);

/// What a trace tells of multicasts and deliveries.
#[derive(Default)]
struct Told {
    sent: BTreeSet<Name>,
    /// For each process its deliveries, in order, with payload and balance.
    delivered: BTreeMap<String, Vec<(Name, Value, i128)>>,
}

fn name(data: &Value) -> Name {
    (data["origin"].as_str().expect("an origin").to_string(), data["seq"].as_u64().expect("a number"))
}

fn tell(run: &Run) -> Told {
    let mut told = Told::default();
    for name in run.names() {
        told.delivered.insert(name.clone(), Vec::new());
    }
    for line in read_lines(run) {
        let data = &line["data"];
        match line["kind"].as_str().expect("a kind") {
            "deliver" => {
                let node = line["node"].as_str().expect("a process");
                let balance = i128::from(data["balance"].as_i64().expect("cents"));
                let delivery = (name(data), data["payload"].clone(), balance);
                told.delivered.get_mut(node).expect("a known process").push(delivery);
            }
            "send" | "local" if data.get("origin").is_some() => {
                assert!(told.sent.insert(name(data)), "a multicast is sent once");
            }
            _ => {}
        }
        if let ("send" | "receive" | "local", Some(after)) = (line["kind"].as_str().expect("a kind"), data.get("after"))
        {
            // The protocol's clock is Lamport's, and so is the simulator's stamp.
            assert_eq!(*after, line["lamport"], "{line}");
            assert!(data["before"].as_u64() < after.as_u64(), "{line}");
        }
    }
    told
}

/// The account as the contract defines it; a balance stops where JSON readers stop being exact.
fn apply(balance: i128, payload: &Value) -> i128 {
    let number = |key: &str| payload.get(key).and_then(Value::as_i64).map(i128::from);
    let most = (1i128 << 53) - 1;
    match (number("add"), number("mul_percent")) {
        (Some(cents), _) => (balance + cents).clamp(-most, most),
        (None, Some(percent)) => (balance + (balance * percent).div_euclid(100)).clamp(-most, most),
        (None, None) => balance,
    }
}

/// The rules that are broken according to a settled trace.
fn judge(told: &Told) -> BTreeSet<&'static str> {
    let mut broken = BTreeSet::new();
    let lists: Vec<_> = told.delivered.values().collect();
    for (i, a) in lists.iter().enumerate() {
        for b in &lists[i + 1..] {
            for (x, y) in a.iter().zip(b.iter()) {
                if x.0 != y.0 {
                    broken.insert("total-order");
                }
                if x.2 != y.2 {
                    broken.insert("same-balance");
                }
            }
        }
    }
    for list in lists {
        let mut seen: BTreeSet<&Name> = BTreeSet::new();
        let mut balance = 100_000;
        for (name, payload, said) in list {
            balance = apply(balance, payload);
            assert_eq!(*said, balance, "the balance follows from what was delivered");
            assert!(told.sent.contains(name), "only what was sent is delivered");
            if (1..name.1).any(|earlier| !seen.contains(&(name.0.clone(), earlier))) {
                broken.insert("sender-order");
            }
            if !seen.insert(name) {
                broken.insert("no-duplication");
            }
        }
        if told.sent.iter().any(|name| !seen.contains(name)) {
            broken.insert("stuck");
        }
    }
    broken
}

fn setup(processes: u64, broken: &[&'static str]) -> Setup {
    let mut fields = Fields::default();
    fields.set("processes", Given::Int(processes));
    Setup { fields, broken: broken.to_vec() }
}

fn random(seed: u64, broken: &[&'static str]) -> Scenario {
    let lab = labs::find("total-order").expect("the lab is there");
    let processes = Dice::new(seed ^ 0x70_7a1).range(if broken.is_empty() { 1 } else { 2 }, 5);
    random_scenario(lab, &setup(processes, broken), seed)
}

/// The rules that the run's own checks found broken, after settling.
fn found(run: &Run) -> BTreeSet<&'static str> {
    run.violations().iter().map(|v| v.rule).collect()
}

fn play(scenario: Scenario) -> Run {
    let mut run = run(scenario);
    assert!(run.settle(), "nothing moves any more: {}", run.scenario().to_json());
    run
}

#[test]
fn no_fault_breaks_a_rule_and_nothing_stays_stuck() {
    let (mut deliveries, mut drops, mut crashes) = (0, 0, 0);
    for seed in 0..cases(RUNS) {
        let run = play(random(seed, &[]));
        let told = tell(&run);
        let (ours, theirs) = (found(&run), judge(&told));
        assert!(ours.is_empty() && theirs.is_empty(), "{ours:?} {theirs:?} {}", run.scenario().to_json());
        deliveries += told.delivered.values().map(Vec::len).sum::<usize>();
        for id in 0..run.trace().len() {
            let kind = run.trace().record(id).kind.name();
            drops += usize::from(kind == "drop");
            crashes += usize::from(kind == "crash");
        }
    }
    println!("{} runs: {deliveries} deliveries, {drops} frames lost, {crashes} crashes", cases(RUNS));
    assert!(deliveries > 0 && drops > 0 && crashes > 0);
}

#[test]
fn both_judges_see_the_same_when_something_is_broken() {
    let lab = labs::find("total-order").expect("the lab is there");
    let mut fired: BTreeMap<&str, u64> = BTreeMap::new();
    for switch in lab.spec().switches {
        let mut caught = 0;
        for seed in 0..cases(RUNS) {
            let run = play(random(seed, &[switch.name]));
            let (ours, theirs) = (found(&run), judge(&tell(&run)));
            assert_eq!(ours, theirs, "{}: {}", switch.name, run.scenario().to_json());
            caught += u64::from(ours.contains(switch.rule));
            for rule in ours {
                *fired.entry(rule).or_default() += 1;
            }
        }
        println!("{} is caught by {} in {caught} of {} random runs", switch.name, switch.rule, cases(RUNS));
        assert!(caught > 0, "{}", switch.name);
    }
    println!("with a switch on, rules fired in so many runs: {fired:?}");
    for rule in lab.spec().rules {
        assert!(fired.contains_key(rule.name), "{} never fired", rule.name);
    }
}

#[test]
fn crashes_right_behind_each_record_of_a_run_lose_nothing() {
    let text = |acts: &str| {
        format!(
            r#"{{"format":"lightcone/1","lab":"total-order","seed":5,"network":{{"delay_ms":{{"uniform":[5,20]}}}},"acts":[
            {{"at_ms":1,"act":{{"request":{{"node":"P1","op":"multicast","args":{{"payload":{{"add":10000}}}}}}}}}},
            {{"at_ms":2,"act":{{"request":{{"node":"P3","op":"multicast","args":{{"payload":{{"mul_percent":1}}}}}}}}}},
            {{"at_ms":30,"act":{{"request":{{"node":"P2","op":"multicast","args":{{"payload":"x"}}}}}}}}{acts}],
            "until_ms":150}}"#
        )
    };
    let records = run(common::parse(&text(""))).trace().len();
    for id in 0..records {
        for node in ["P1", "P2", "P3"] {
            let acts = format!(
                r#",{{"after_event":{id},"act":{{"crash":{{"node":"{node}"}}}}}},{{"at_ms":140,"act":{{"restart":{{"node":"{node}"}}}}}}"#
            );
            let run = play(common::parse(&text(&acts)));
            assert_eq!((found(&run), judge(&tell(&run))), Default::default(), "{node} crashes behind record {id}");
        }
    }
}

#[test]
fn payloads_of_every_kind_arrive_as_they_were_sent() {
    let long = format!("\"{}\"", "x".repeat(10_000));
    for payload in ["\"\"", "null", "{}", "[]", "\"say \\\"hi\\\"\\n\"", "\"שלום עולם\"", "-0.5e-7", &long] {
        let scenario = format!(
            r#"{{"format":"lightcone/1","lab":"total-order","until_ms":300,"acts":[{{"at_ms":1,"act":{{"request":
            {{"node":"P2","op":"multicast","args":{{"payload":{payload}}}}}}}}}]}}"#
        );
        let run = run(common::parse(&scenario));
        let told = tell(&run);
        let sent: Value = serde_json::from_str(payload).expect("JSON");
        for (node, list) in &told.delivered {
            assert_eq!(list.len(), 1, "{node}");
            assert_eq!(list[0].1, sent);
        }
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_path() {
    let refused = |node: &str, op: &str, args: &str| {
        let scenario = format!(
            r#"{{"format":"lightcone/1","lab":"total-order","acts":[{{"at_ms":1,"act":{{"request":
            {{"node":"{node}","op":"{op}","args":{args}}}}}}}]}}"#
        );
        labs::parse(&scenario).expect_err("it makes no sense").to_string()
    };
    for (node, op, args, says) in [
        ("P4", "local", "{}", "there is no process"),
        ("P1", "send", "{}", "the key \"to\" is missing"),
        ("P1", "local", "{\"payload\":1}", "unknown"),
        ("P1", "multicast", "{\"payload\":{\"add\":1.5}}", "whole cents"),
        ("P1", "multicast", "{\"payload\":{\"add\":1000000000001}}", "whole cents"),
        ("P1", "multicast", "{\"payload\":{\"mul_percent\":-101}}", "whole per cent"),
        ("P1", "multicast", "{\"message\":1}", "unknown"),
    ] {
        let error = refused(node, op, args);
        assert!(error.starts_with("$.acts[0]") && error.contains(says), "{error}");
    }
}

#[test]
fn the_backlog_of_a_long_crash_is_made_up_for_in_seconds() {
    let scenario = r#"{"format":"lightcone/1","lab":"total-order","network":{"delay_ms":10},"until_ms":2100,"acts":[
        {"at_ms":0,"act":{"crash":{"node":"P3"}}},
        {"at_ms":1,"act":{"workload":{"op":"multicast","nodes":["P1","P2"],"count":2000,"every_ms":1}}}]}"#;
    let run = play(common::parse(scenario));
    assert_eq!((found(&run), judge(&tell(&run))), Default::default());
    let last = (0..run.trace().len()).rev().find(|&id| run.trace().record(id).kind.name() == "deliver");
    let last_us = run.trace().record(last.expect("something is delivered")).at_us;
    assert!(last_us < 12_000_000, "the last delivery is at {last_us} µs");
    println!("the last delivery is at {last_us} µs");
}
