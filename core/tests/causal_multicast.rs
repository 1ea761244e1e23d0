//! Causal multicast under random faults, and its rules worked out a second time from the trace alone.

mod common;

use common::{Dice, cases, parse, read_lines};
use lightcone_core::engine::Run;
use lightcone_core::engine::explore::{random_scenario, run_and_settle};
use lightcone_core::labs::find;
use lightcone_core::scenario::Scenario;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const RUNS: u64 = 1000;

/// Origin and number of a multicast.
type Id = (String, u64);

fn id(line: &Value) -> Id {
    let data = &line["data"];
    (data["origin"].as_str().expect("an origin").into(), data["seq"].as_u64().expect("a number"))
}

/// What an outsider has learned from a trace.
#[derive(Default)]
struct Story {
    /// Everything that a sender had sent or delivered when it sent.
    pasts: BTreeMap<Id, BTreeSet<Id>>,
    sent: BTreeMap<String, BTreeSet<Id>>,
    received: BTreeMap<String, BTreeSet<Id>>,
    delivered: BTreeMap<String, BTreeSet<Id>>,
    broken: BTreeSet<&'static str>,
    /// Messages to one process that have arrived there and were not read: receiver, sender and number.
    unread: BTreeSet<(String, String, u64)>,
    held: u64,
    /// Messages that waited though nothing was missing.
    needless: u64,
}

impl Story {
    fn read(lines: &[Value]) -> Story {
        let mut story = Story::default();
        for line in lines {
            story.line(line);
        }
        let everything: BTreeSet<&Id> = story.sent.values().flatten().collect();
        let all = |known: &BTreeSet<Id>| everything.iter().all(|id| known.contains(*id));
        if !story.delivered.values().all(all) || !story.unread.is_empty() {
            story.broken.insert("stuck");
        }
        story
    }

    fn line(&mut self, line: &Value) {
        let Some(node) = line["node"].as_str().map(str::to_string) else { return };
        self.delivered.entry(node.clone()).or_default();
        match line["kind"].as_str().expect("a kind") {
            // A message to one process is no multicast: it has no number among them.
            kind @ ("send" | "receive" | "state") if line["data"].get("private").is_some() => {
                let data = &line["data"];
                let origin = data["origin"].as_str().expect("an origin").to_string();
                let key = (node, origin, data["private"].as_u64().expect("a number"));
                match kind {
                    "receive" if data.get("duplicate").is_none() => drop(self.unread.insert(key)),
                    "state" => drop(self.unread.remove(&key)),
                    _ => {}
                }
            }
            "send" => {
                let past = self.sent.get(&node).into_iter().chain(self.delivered.get(&node)).flatten().cloned();
                assert!(self.pasts.insert(id(line), past.collect()).is_none(), "numbers are given once: {line}");
                self.sent.entry(node).or_default().insert(id(line));
            }
            "receive" => {
                self.look_at_the_buffer(&node);
                self.held += u64::from(line["data"].get("held").is_some());
                self.received.entry(node).or_default().insert(id(line));
            }
            "deliver" => self.deliver(node, line),
            _ => {}
        }
    }

    fn deliver(&mut self, node: String, line: &Value) {
        let id = id(line);
        let delivered = self.delivered.entry(node.clone()).or_default();
        match self.pasts.get(&id) {
            Some(past) if !past.is_subset(delivered) => drop(self.broken.insert("causal-order")),
            Some(_) => {}
            // A process alone has nobody to send to.
            None if id.0 == node => {}
            None => drop(self.broken.insert("no-duplication")),
        }
        if !delivered.insert(id) {
            self.broken.insert("no-duplication");
        }
    }

    /// When the next message arrives, nothing waits in vain.
    fn look_at_the_buffer(&mut self, node: &str) {
        let (Some(received), delivered) = (self.received.get(node), &self.delivered[node]) else { return };
        let ripe = |id: &&Id| !delivered.contains(*id) && self.pasts[*id].is_subset(delivered);
        self.needless += received.iter().filter(ripe).count() as u64;
    }
}

/// A random scenario: a workload and faults of any kind, more multicasts, links of different length, and
/// crashes in the middle of steps.
fn scenario(seed: u64, broken: &[&'static str]) -> Scenario {
    let lab = find("causal-multicast").expect("the lab");
    let mut dice = Dice::new(seed);
    let n = dice.range(1, 6);
    let text = format!("{{\"format\":\"lightcone/1\",\"lab\":\"causal-multicast\",\"setup\":{{\"processes\":{n}}}}}");
    let mut setup = parse(&text).setup;
    setup.broken = broken.to_vec();
    let mut acts = Vec::new();
    for _ in 0..dice.range(0, 3) {
        let (at, node) = (dice.range(0, 200), dice.range(1, n));
        let count = dice.range(1, 8);
        let every = dice.range(1, 25);
        acts.push(format!(
            "{{\"at_ms\":{at},\"act\":{{\"workload\":{{\"op\":\"multicast\",\"nodes\":[\"P{node}\"],\"count\":{count},\
             \"every_ms\":{every}}}}}}}"
        ));
    }
    for _ in 0..dice.range(0, 2) {
        let (record, node, later) = (dice.range(n, 200), dice.range(1, n), dice.range(1, 400));
        acts.push(format!("{{\"after_event\":{record},\"act\":{{\"crash\":{{\"node\":\"P{node}\"}}}}}}"));
        acts.push(format!("{{\"at_ms\":{later},\"act\":{{\"restart\":{{\"node\":\"P{node}\"}}}}}}"));
    }
    if n > 1 && dice.percent(60) {
        let from = dice.range(1, n);
        let to = (from + dice.range(1, n - 1) - 1) % n + 1;
        let delay = dice.range(30, 200);
        let link = format!("{{\"from\":\"P{from}\",\"to\":\"P{to}\",\"delay_ms\":{delay}}}");
        acts.push(format!("{{\"at_ms\":0,\"act\":{{\"link\":{link}}}}}"));
    }
    let more = format!("{}, \"acts\":[{}]}}", &text[..text.len() - 1], acts.join(","));
    let mut scenario = random_scenario(lab, &setup, seed);
    scenario.acts.extend(parse(&more).acts);
    scenario
}

/// The rules that the program's own checks found broken.
fn accused(run: &Run) -> BTreeSet<&'static str> {
    run.violations().iter().map(|v| v.rule).collect()
}

#[test]
fn no_rule_is_ever_broken_and_nothing_is_stuck() {
    let (mut delivered, mut held, mut crashes) = (0, 0, 0);
    for seed in 0..cases(RUNS) {
        let run = run_and_settle(scenario(seed, &[]));
        assert_eq!(run.violations(), [], "seed {seed}: {}", run.scenario().to_json());
        let lines = read_lines(&run);
        let story = Story::read(&lines);
        assert_eq!(story.broken, BTreeSet::new(), "seed {seed}: {}", run.scenario().to_json());
        assert_eq!(story.needless, 0, "seed {seed}: nothing waits in vain: {}", run.scenario().to_json());
        delivered += story.delivered.values().map(BTreeSet::len).sum::<usize>();
        held += story.held;
        crashes += lines.iter().filter(|l| l["kind"] == "crash").count();
        vectors_count_deliveries(&lines, seed);
    }
    println!("{delivered} deliveries, {held} messages held, {crashes} crashes");
    assert!(held > 0 && crashes > 0);
}

/// V at each record is what was delivered so far, and at home what was sent.
fn vectors_count_deliveries(lines: &[Value], seed: u64) {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for line in lines {
        let (Some(node), Some(kind)) = (line["node"].as_str(), line["kind"].as_str()) else { continue };
        let data = &line["data"];
        let Some(after) = data["after"].as_object() else { continue };
        let before = counts.clone();
        let origin = data["origin"].as_str().unwrap_or_default();
        let alone = after.len() == 1;
        let multicast = kind == "send" && data.get("private").is_none();
        if (kind == "deliver" && (origin != node || alone)) || multicast {
            *counts.entry((node, origin)).or_default() += 1;
        }
        for (name, value) in after {
            let count = |counts: &BTreeMap<(&str, &str), u64>| counts.get(&(node, name.as_str())).copied().unwrap_or(0);
            assert_eq!(value.as_u64(), Some(count(&counts)), "seed {seed}: {line}");
            assert_eq!(data["before"][name].as_u64(), Some(count(&before)), "seed {seed}: {line}");
        }
    }
}

/// Random runs with a switch: how often each rule is found broken, by the checks and from the trace alike.
fn catch(switch: &'static str, rule: &'static str) {
    let mut caught = 0;
    let runs = cases(RUNS);
    for seed in 0..runs {
        let run = run_and_settle(scenario(seed, &[switch]));
        let (accused, story) = (accused(&run), Story::read(&read_lines(&run)));
        assert_eq!(accused, story.broken, "seed {seed}: {}", run.scenario().to_json());
        caught += u64::from(accused.contains(rule));
        assert!(accused.iter().all(|r| *r == rule), "seed {seed}: {switch} offends {rule} only, not {accused:?}");
    }
    println!("{switch} is caught by {rule} in {caught} of {runs} random runs");
    assert!(caught > 0 || runs < 100, "{switch}");
}

#[test]
fn no_buffer_is_caught() {
    catch("no-buffer", "causal-order");
}

#[test]
fn tick_on_receive_is_caught() {
    catch("tick-on-receive", "stuck");
}

#[test]
fn tick_on_local_is_caught() {
    catch("tick-on-local", "stuck");
}

#[test]
fn raw_links_are_caught() {
    catch("raw-links", "stuck");
}

#[test]
fn single_pass_is_caught() {
    catch("single-pass", "stuck");
}

#[test]
fn deliver_before_disk_is_caught() {
    catch("deliver-before-disk", "no-duplication");
}
