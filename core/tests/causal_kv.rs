//! The causal store under random faults, judged twice: by the lab's checks, and by a second implementation of
//! each rule in this file, which reads nothing but the lines of the trace.

mod common;

use common::{Dice, all_cases, cases, on_all_processors, parse, read_lines};
use lightcone_core::engine::Run;
use lightcone_core::engine::explore::{random_scenario, run_and_settle};
use lightcone_core::labs::find;
use lightcone_core::tables::Setup;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const SWITCHES: [(&str, &str); 5] = [
    ("no-buffer", "causal-order"),
    ("no-client-context", "read-your-writes"),
    ("origin-tiebreak", "equal-clocks-equal-stores"),
    ("one-by-one", "fitting-reads"),
    ("no-anti-entropy", "convergence"),
];

/// Of a thousand random runs so many, at least, show what is broken: reads of two keys between two writes are rare.
fn least(switch: &str) -> u64 {
    if switch == "one-by-one" { 4 } else { 20 }
}

fn ms(us: u64) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

/// A request of a client: mostly puts of one key, so that writes meet.
fn request(dice: &mut Dice, nodes: u64, clients: u64) -> String {
    let node = if dice.percent(25) { "any".into() } else { format!("node{}", dice.range(1, nodes)) };
    let key = if dice.percent(75) { "x" } else { "y" };
    let (op, more) = match dice.range(0, 9) {
        0..=4 => {
            let vector = format!(",\"vector\":{{\"node{}\":{}}}", dice.range(1, nodes), dice.range(0, 4));
            let vector = if dice.percent(8) { vector } else { String::new() };
            ("put", format!(",\"key\":\"{key}\",\"value\":{}{vector}", dice.range(0, 999)))
        }
        5 | 6 => ("get", format!(",\"key\":\"{key}\"")),
        7 => ("get_all", String::new()),
        8 if dice.percent(60) => ("delete", format!(",\"key\":\"{key}\"")),
        8 => ("keys", String::new()),
        _ => ("status", String::new()),
    };
    let client = dice.range(1, clients);
    format!("{{\"request\":{{\"node\":\"client{client}\",\"op\":\"{op}\",\"args\":{{\"node\":\"{node}\"{more}}}}}}}")
}

fn fault(dice: &mut Dice, names: &[String]) -> String {
    let last = names.len() as u64 - 1;
    let node = &names[dice.range(0, last) as usize];
    let other = names[dice.range(0, last) as usize].clone();
    match dice.range(0, 12) {
        0 | 1 => format!("{{\"crash\":{{\"node\":\"{node}\"}}}}"),
        2 | 3 => format!("{{\"restart\":{{\"node\":\"{node}\"}}}}"),
        4 => format!("{{\"pause\":{{\"node\":\"{node}\"}}}}"),
        5 => format!("{{\"resume\":{{\"node\":\"{node}\"}}}}"),
        6 => {
            let side: Vec<String> = names.iter().filter(|_| dice.percent(50)).map(|n| format!("\"{n}\"")).collect();
            format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", side.join(","))
        }
        7 => "{\"heal\":{}}".into(),
        8 => {
            let delay = ms(dice.range(1, 90_000));
            let blocked = dice.percent(25);
            format!(
                "{{\"link\":{{\"from\":\"{node}\",\"to\":\"{other}\",\"delay_ms\":{delay},\"blocked\":{blocked}}}}}"
            )
        }
        9 => format!("{{\"timeout\":{{\"node\":\"{node}\",\"timer\":\"{}\"}}}}", {
            dice.of(&["anti-entropy", "check", "wait", "resend", "give-up"])
        }),
        _ => {
            let what = match dice.range(0, 2) {
                0 => "\"drop\":true".into(),
                1 => "\"duplicate\":true".into(),
                _ => format!("\"deliver_in_ms\":{}", ms(dice.range(1, 60_000))),
            };
            let n = dice.range(1, 6);
            format!("{{\"message\":{{\"from\":\"{node}\",\"to\":\"{other}\",\"n\":{n},{what}}}}}")
        }
    }
}

fn scenario(seed: u64, broken: &str) -> String {
    let mut dice = Dice::new(seed ^ 0xca05a1);
    let (nodes, clients) = (dice.range(2, 4), dice.range(1, 3));
    let names: Vec<String> =
        (1..=nodes).map(|i| format!("node{i}")).chain((1..=clients).map(|i| format!("client{i}"))).collect();
    let until_us = dice.range(200_000, 600_000);
    let mut acts = Vec::new();
    for _ in 0..dice.range(6, 40) {
        acts.push(format!(
            "{{\"at_ms\":{},\"act\":{}}}",
            ms(dice.range(0, until_us)),
            request(&mut dice, nodes, clients)
        ));
    }
    for _ in 0..dice.range(0, 16) {
        let when = if dice.percent(40) {
            format!("\"after_event\":{}", dice.range(0, 300))
        } else {
            format!("\"at_ms\":{}", ms(dice.range(0, until_us)))
        };
        acts.push(format!("{{{when},\"act\":{}}}", fault(&mut dice, &names)));
    }
    let min = dice.range(500, 20_000);
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"causal-kv\",\"seed\":{seed},\"setup\":{{\"nodes\":{nodes},\
         \"clients\":{clients},\"wait_ms\":{},\"anti_entropy_ms\":{},\"retry_ms\":{},\"answer_ms\":{},\
         \"broken\":[{broken}]}},\"network\":{{\"delay_ms\":{{\"uniform\":[{},{}]}},\"loss\":0.{:02},\
         \"duplicate\":0.{:02},\"fifo\":{}}},\"acts\":[{}],\"until_ms\":{}}}",
        dice.range(0, 200),
        dice.range(40, 400),
        dice.range(20, 120),
        dice.range(50, 250),
        ms(min),
        ms(min + dice.range(0, 50_000)),
        if dice.percent(50) { 0 } else { dice.range(0, 30) },
        if dice.percent(50) { 0 } else { dice.range(0, 30) },
        dice.percent(15),
        acts.join(","),
        ms(until_us)
    )
}

type Id = (String, u64);
type Clock = BTreeMap<String, u64>;

fn id_of(value: &Value) -> Option<Id> {
    Some((value["origin"].as_str()?.into(), value["seq"].as_u64()?))
}

fn clock_of(value: &Value) -> Clock {
    value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.as_u64().expect("a count"))).collect()
}

/// A write as the trace tells of it.
struct Born {
    key: String,
    /// Every write that happened before it.
    past: BTreeSet<Id>,
    rank: (u64, String),
}

/// The rules, from the lines of a trace alone. Pasts are sets of writes here, not clocks.
#[derive(Default)]
struct Outside {
    broken: BTreeSet<&'static str>,
    born: BTreeMap<Id, Born>,
    has: BTreeMap<String, BTreeSet<Id>>,
    clocks: BTreeMap<String, Clock>,
    stores: BTreeMap<String, BTreeMap<String, Id>>,
    held: BTreeMap<String, BTreeSet<Id>>,
    knows: BTreeMap<String, BTreeSet<Id>>,
    asked: BTreeMap<(String, u64), BTreeSet<Id>>,
    wrote: BTreeMap<(String, String), Id>,
    read: BTreeMap<(String, String), Id>,
    open: BTreeMap<u64, String>,
}

impl Outside {
    fn line(&mut self, line: &Value) {
        let node = line["node"].as_str().unwrap_or_default().to_string();
        let data = &line["data"];
        match line["kind"].as_str().expect("a kind") {
            "crash" => {
                self.knows.remove(&node);
                self.held.remove(&node);
                self.open.retain(|_, who| *who != node);
                self.wrote.retain(|(who, _), _| *who != node);
                self.read.retain(|(who, _), _| *who != node);
            }
            "request" => drop(self.open.insert(line["id"].as_u64().expect("an id"), node)),
            "send" if data["ask"].is_string() => {
                let known = self.knows.get(&node).cloned().unwrap_or_default();
                self.asked.entry((node, data["n"].as_u64().expect("a number"))).or_insert(known);
            }
            "receive" => {
                for held in data["held"].as_array().into_iter().flatten() {
                    let id = id_of(&held["write"]).expect("a write");
                    self.held.entry(node.clone()).or_default().insert(id);
                }
            }
            "deliver" => self.deliver(node, data),
            "reply" => {
                self.open.remove(&data["request"].as_u64().expect("a request"));
                if data["ok"] == true && data["op"] != "status" {
                    self.reply(node, data);
                }
            }
            _ => {}
        }
    }

    fn deliver(&mut self, node: String, data: &Value) {
        let id = id_of(data).expect("a write");
        let has = self.has.entry(node.clone()).or_default();
        if node == id.0 {
            let mut past = has.clone();
            let who = (data["client"].as_str().expect("a client").to_string(), data["n"].as_u64().expect("a number"));
            past.extend(self.asked.get(&who).into_iter().flatten().cloned());
            let rank = (clock_of(&data["deps"]).values().sum::<u64>() + 1, node.clone());
            let key = data["key"].as_str().expect("a key").to_string();
            self.born.insert(id.clone(), Born { key, past, rank });
        }
        let past = &self.born[&id].past;
        let in_order = past.is_subset(has);
        if !has.insert(id.clone()) || !in_order {
            self.broken.insert("causal-order");
        }
        if let Some(held) = self.held.get_mut(&node) {
            held.remove(&id);
        }
        let key = data["key"].as_str().expect("a key").to_string();
        self.stores.entry(node.clone()).or_default().insert(key, id_of(&data["stored"]).expect("a write"));
        self.clocks.insert(node.clone(), clock_of(&data["clock"]));
        for (other, clock) in &self.clocks {
            if *clock == self.clocks[&node] && self.stores[other] != self.stores[&node] {
                self.broken.insert("equal-clocks-equal-stores");
            }
        }
    }

    fn reply(&mut self, client: String, data: &Value) {
        let found: Vec<(String, Option<Id>)> = match data["writes"].as_object() {
            Some(writes) => writes.iter().map(|(key, write)| (key.clone(), id_of(write))).collect(),
            None => vec![(data["key"].as_str().expect("a key").to_string(), id_of(&data["write"]))],
        };
        let reads = data["op"] != "put" && data["op"] != "delete";
        if !self.fit(&found) {
            self.broken.insert("fitting-reads");
        }
        for (key, write) in found {
            self.told(&client, key, write, reads);
        }
    }

    /// Whether no value is older than what another one depends on.
    fn fit(&self, found: &[(String, Option<Id>)]) -> bool {
        let counts = |newer: &Id, other: &Id| {
            let counted = self.born[newer].past.iter().filter(|(origin, _)| *origin == other.0);
            counted.map(|(_, seq)| *seq).max().is_some_and(|most| other.1 <= most)
        };
        found.iter().filter_map(|(_, newer)| newer.as_ref()).all(|newer| {
            found.iter().all(|(key, got)| {
                let got = got.as_ref().map(|got| &self.born[got].rank);
                let lost = |(id, born): (&Id, &Born)| {
                    born.key == *key && id != newer && counts(newer, id) && got.is_none_or(|got| born.rank > *got)
                };
                !self.born.iter().any(lost)
            })
        })
    }

    /// A client has read or written a key, and was told which write that is.
    fn told(&mut self, client: &str, key: String, write: Option<Id>, reads: bool) {
        let place = (client.to_string(), key);
        let rank = |id: &Id| self.born[id].rank.clone();
        if reads {
            for (rule, known) in [("read-your-writes", &self.wrote), ("monotonic-reads", &self.read)] {
                if let Some(known) = known.get(&place)
                    && write.as_ref().is_none_or(|write| rank(write) < rank(known))
                {
                    self.broken.insert(rule);
                }
            }
        }
        let Some(write) = write else { return };
        let mut seen = self.born[&write].past.clone();
        seen.insert(write.clone());
        let table = if reads { &mut self.read } else { &mut self.wrote };
        let best = table.entry(place).or_insert_with(|| write.clone());
        if self.born[best].rank < self.born[&write].rank {
            *best = write;
        }
        self.knows.entry(client.into()).or_default().extend(seen);
    }

    /// What is to hold when nothing moves any more.
    fn settled(&mut self, nodes: &[&String]) {
        // A node that has applied nothing has told nobody its clock: then all others must have nothing either.
        let clocks: BTreeSet<Option<&Clock>> = nodes.iter().map(|node| self.clocks.get(*node)).collect();
        if clocks.len() > 1 {
            self.broken.insert("convergence");
        }
        // A write that was held and came another way is not held any more.
        let waits = self.held.iter().any(|(node, held)| {
            held.iter().any(|id| self.clocks.get(node).and_then(|c| c.get(&id.0)).is_none_or(|have| *have < id.1))
        });
        if waits || !self.open.is_empty() {
            self.broken.insert("stuck");
        }
    }
}

fn judge(run: &Run) -> BTreeSet<&'static str> {
    let mut outside = Outside::default();
    for line in read_lines(run) {
        outside.line(&line);
    }
    let nodes: Vec<&String> = run.names().iter().filter(|name| name.starts_with("node")).collect();
    outside.settled(&nodes);
    outside.broken
}

/// Runs, settles, and holds the two judgements against each other.
fn rules_broken(seed: u64, broken: &str) -> BTreeSet<&'static str> {
    let text = scenario(seed, broken);
    let run = run_and_settle(parse(&text));
    let inside: BTreeSet<&'static str> = run.violations().iter().map(|v| v.rule).collect();
    let mut outside = judge(&run);
    if !matches!(broken, "" | "\"one-by-one\"") {
        // Where causes come after their effects, a past as a set and one as a clock are two things.
        outside.remove("fitting-reads");
        outside.extend(inside.get("fitting-reads"));
    }
    assert_eq!(inside, outside, "seed {seed}, broken [{broken}]: the lab's checks, and those of this file\n{text}");
    inside
}

/// Plays runs with a switch, a hundred at a time, until more than the least number of them shows it to its rule, and no more
/// than a thousand. `LIGHTCONE_CASES=100` plays all of them.
fn hunt(who: &str, switch: &str, rule: &str, play: impl Fn(u64) -> BTreeSet<&'static str> + Sync) {
    let most = cases(1_000);
    let portion = if all_cases() { most } else { most.div_ceil(10) };
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    let mut runs = 0;
    while runs < most && found.get(rule).is_none_or(|n| *n <= least(switch)) {
        let seeds = runs..most.min(runs + portion);
        runs = seeds.end;
        let play = |seed, rules: &mut Vec<&'static str>| rules.extend(play(seed));
        let add = |all: &mut Vec<&'static str>, rules| all.extend::<Vec<_>>(rules);
        on_all_processors(seeds, play, add).into_iter().for_each(|rule| *found.entry(rule).or_default() += 1);
    }
    let caught = found.get(rule).copied().unwrap_or(0);
    println!("{who}: {switch} is caught by {rule} in {caught} of {runs}; all rules: {found:?}");
    assert!(caught > least(switch) || runs < 1_000, "{switch} was not caught by {rule} in {runs} runs");
}

#[test]
fn with_nothing_broken_no_rule_is_broken_and_nothing_is_stuck() {
    let play = |seed, (): &mut ()| {
        assert_eq!(rules_broken(seed, ""), BTreeSet::new(), "seed {seed}\n{}", scenario(seed, ""));
    };
    on_all_processors(0..cases(2_000), play, |(), ()| {});
}

#[test]
fn every_switch_is_caught_by_its_rule() {
    for (switch, rule) in SWITCHES {
        hunt("random runs", switch, rule, |seed| rules_broken(seed, &format!("\"{switch}\"")));
    }
}

#[test]
fn the_explorers_own_runs_break_nothing_and_the_two_judges_agree() {
    let lab = find("causal-kv").expect("the lab");
    let play = |seed, (): &mut ()| {
        let run = run_and_settle(random_scenario(lab, &Setup::default(), seed));
        assert_eq!(run.violations(), [], "seed {seed}");
        assert_eq!(judge(&run), BTreeSet::new(), "seed {seed}");
    };
    on_all_processors(0..cases(1_000), play, |(), ()| {});
    for (switch, rule) in SWITCHES {
        hunt("the explorer's runs", switch, rule, |seed| {
            let setup = Setup { broken: vec![switch], ..Setup::default() };
            let run = run_and_settle(random_scenario(lab, &setup, seed));
            run.violations().iter().map(|v| v.rule).collect()
        });
    }
}

#[test]
fn every_scenario_keeps_its_rules_or_breaks_the_one_that_it_is_there_for() {
    let spec = find("causal-kv").expect("the lab").spec();
    for builtin in spec.scenarios {
        let run = run_and_settle(parse(&builtin.json()));
        let broken: BTreeSet<&str> = run.violations().iter().map(|v| v.rule).collect();
        assert_eq!(broken, judge(&run), "{}", builtin.id);
        match spec.switches.iter().find(|s| s.scenario == builtin.id) {
            Some(switch) => assert!(broken.contains(switch.rule), "{}: {broken:?}", builtin.id),
            None => assert!(broken.is_empty(), "{}: {broken:?}", builtin.id),
        }
    }
}
