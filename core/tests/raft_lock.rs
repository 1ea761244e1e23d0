//! Random runs of the lock manager on Raft with every kind of fault, judged a second time.
//!
//! The second judge reads lines of the trace alone: who leads, what was applied, with which effects. With nothing broken
//! on purpose neither judge finds anything; with a switch on they find the same.
#![allow(clippy::disallowed_types, reason = "a test may say how many runs a second it makes")]

mod common;

use common::{Dice, cases, every_switch_is_caught, on_all_processors, parse};
use lightcone_core::engine::explore::run_and_settle;
use lightcone_core::engine::{Run, run};
use lightcone_core::labs::find;
use lightcone_core::trace::Kind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Instant;

/// Random runs with nothing broken.
const RUNS: u64 = 5_000;
/// Random runs of clients that hold locks for long, and are cut off, paused and crashed.
const HOLDING_RUNS: u64 = 3_000;
/// Random runs with each switch, at most.
const BROKEN_RUNS: u64 = 400;
/// Twenty times the longest election timeout, in microseconds: so long after faults have ended every request has ended.
const ENDED_US: u64 = 20 * 300_000;
/// Longest piece of work of a client that holds for long, in microseconds, for each of the three.
const HELD_US: u64 = 3 * 1_500_000;

/// What a random scenario is biased to.
#[derive(Clone, Copy)]
struct Bias {
    /// The switch that is on.
    broken: &'static str,
    /// Settings that are the same in all runs, after those that are drawn.
    fixed: &'static str,
    /// Crashes follow each other closely, and elections are forced.
    stormy: bool,
    /// Clients hold their locks for long, and faults are theirs.
    holding: bool,
}

impl Bias {
    /// Whether clients ask for locks one by one, of both kinds, and do not always give them back.
    fn raw(self) -> bool {
        matches!(self.broken, "holders-only-graph" | "victim-outside-cycle")
    }

    fn settles(self) -> bool {
        self.broken.is_empty() || matches!(self.broken, "holders-only-graph" | "told-once")
    }
}

const SOUND: Bias = Bias { broken: "", fixed: "", stormy: false, holding: false };
const HOLDING: Bias = Bias { holding: true, ..SOUND };

fn ms(us: u64) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

fn setup(dice: &mut Dice, servers: u64, bias: Bias) -> String {
    let policy = dice.of(&["detect", "detect", "wait-die", "wound-wait", "timeout"]);
    let broken = if bias.broken.is_empty() { String::new() } else { format!("\"{}\"", bias.broken) };
    let mut fields = vec![
        ("servers", servers.to_string()),
        ("prevote", dice.percent(60).to_string()),
        ("check_quorum", dice.percent(60).to_string()),
        ("noop", dice.percent(80).to_string()),
        ("max_append_entries", dice.of(&[0, 0, 1, 2, 3]).to_string()),
        ("snapshot_every", dice.of(&[0, 0, 2, 5, 12]).to_string()),
        ("lease_ms", dice.range(400, 2_000).to_string()),
        ("retry_ms", dice.range(80, 200).to_string()),
        ("wait_ms", dice.range(150, 400).to_string()),
        ("deadlock", format!("\"{policy}\"")),
        ("broken", format!("[{broken}]")),
    ];
    for pair in bias.fixed.split(';').filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=').expect("a name and a value");
        fields.retain(|(n, _)| *n != name);
        fields.push((name, value.into()));
    }
    let fields: Vec<String> = fields.into_iter().map(|(n, v)| format!("\"{n}\":{v}")).collect();
    fields.join(",")
}

fn faults(dice: &mut Dice, servers: u64, until_us: u64, stormy: bool, acts: &mut Vec<String>) {
    let clients = ["client_A", "client_B", "client_C"];
    for _ in 0..if stormy { dice.range(4, 14) } else { dice.range(0, 8) } {
        let node =
            if dice.percent(15) { dice.of(&clients).to_string() } else { format!("S{}", dice.range(1, servers)) };
        let at_us = dice.range(0, until_us);
        let end = ms(at_us + dice.range(1, if stormy { 300_000 } else { 900_000 }));
        // Half of the faults fall right behind some record: between a write and the message that promises it.
        let start = if dice.percent(50) {
            format!("\"after_event\":{}", dice.range(servers + 3, 1_800))
        } else {
            format!("\"at_ms\":{}", ms(at_us))
        };
        let mut pair = |on: String, off: String| {
            acts.push(format!("{{{start},\"act\":{on}}}"));
            acts.push(format!("{{\"at_ms\":{end},\"act\":{off}}}"));
        };
        let on = |what: &str| format!("{{\"{what}\":{{\"node\":\"{node}\"}}}}");
        match dice.range(0, 11) {
            0..=4 => pair(on("crash"), on("restart")),
            5 | 6 => pair(on("pause"), on("resume")),
            7 | 8 => {
                let side: Vec<String> =
                    (1..=servers).filter(|_| dice.percent(45)).map(|i| format!("\"S{i}\"")).collect();
                pair(format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", side.join(",")), "{\"heal\":{}}".into());
            }
            9 => {
                let (from, to) = (dice.range(1, servers), dice.range(1, servers - 1));
                let to = (from + to - 1) % servers + 1;
                let delay = ms(dice.range(1, 90_000));
                pair(
                    format!(
                        "{{\"link\":{{\"from\":\"S{from}\",\"to\":\"S{to}\",\"delay_ms\":{delay},\"blocked\":{}}}}}",
                        dice.percent(50)
                    ),
                    format!("{{\"link\":{{\"from\":\"S{from}\",\"to\":\"S{to}\",\"delay_ms\":12,\"blocked\":false}}}}"),
                );
            }
            _ => {
                let act =
                    format!("{{\"timeout\":{{\"node\":\"S{}\",\"timer\":\"election\"}}}}", dice.range(1, servers));
                acts.push(format!("{{{start},\"act\":{act}}}"));
            }
        }
    }
}

/// Clients that take locks and keep them, are away for longer than their lease, and come back.
fn hold(dice: &mut Dice, servers: u64, until_us: u64, acts: &mut Vec<String>) {
    let client = |dice: &mut Dice| dice.of(&["client_A", "client_B", "client_C"]);
    for _ in 0..dice.range(3, 8) {
        let (at, who, what) = (ms(dice.range(300_000, until_us)), client(dice), dice.of(&["a", "b"]));
        let request = match dice.range(0, 5) {
            0 => format!(r#""work","args":{{"resource_ids":["a","b"],"for_ms":{}}}"#, dice.range(100, 1_500)),
            1 => format!(r#""release","args":{{"resource_id":"{what}"}}"#),
            _ => {
                let how = dice.of(&["shared", "exclusive", "exclusive"]);
                format!(r#""acquire","args":{{"resource_id":"{what}","lock_type":"{how}"}}"#)
            }
        };
        acts.push(format!(r#"{{"at_ms":{at},"act":{{"request":{{"node":"{who}","op":{request}}}}}}}"#));
    }
    for _ in 0..dice.range(1, 5) {
        let (at_us, who) = (dice.range(300_000, until_us), client(dice));
        let (start, end) = (ms(at_us), ms(at_us + dice.range(50_000, 3_000_000)));
        let mut pair = |on: String, off: String| {
            acts.push(format!(r#"{{"at_ms":{start},"act":{on}}}"#));
            acts.push(format!(r#"{{"at_ms":{end},"act":{off}}}"#));
        };
        match dice.range(0, 4) {
            0 => pair(format!(r#"{{"pause":{{"node":"{who}"}}}}"#), format!(r#"{{"resume":{{"node":"{who}"}}}}"#)),
            1 => pair(format!(r#"{{"crash":{{"node":"{who}"}}}}"#), format!(r#"{{"restart":{{"node":"{who}"}}}}"#)),
            2 => {
                let with = dice.range(1, servers);
                pair(format!(r#"{{"partition":{{"groups":[["{who}","S{with}"]]}}}}"#), r#"{"heal":{}}"#.into());
            }
            _ => {
                // Answers alone are slow or lost: a lease counts from when the question left. Slower than a lease they would
                // never be in time.
                let (from, delay) = (dice.range(1, servers), ms(dice.range(1, 200_000)));
                let loss = dice.range(0, 90);
                pair(
                    format!(r#"{{"link":{{"from":"S{from}","to":"{who}","delay_ms":{delay},"loss":0.{loss:02}}}}}"#),
                    format!(r#"{{"link":{{"from":"S{from}","to":"{who}","delay_ms":12,"loss":0}}}}"#),
                );
            }
        }
    }
}

/// A random scenario: a workload of clients that release what they get, and faults.
fn scenario(seed: u64, bias: Bias) -> String {
    let mut dice = Dice::new(seed ^ 0x5af7);
    let servers = dice.of(&[3, 3, 5]);
    let setup = setup(&mut dice, servers, bias);
    let until_us = dice.range(1_000_000, 2_600_000);
    let (min_us, spread_us) = (dice.range(300, 9_000), dice.range(0, 25_000));
    let mut percent = |chance, most| if dice.percent(chance) { dice.range(1, most) } else { 0 };
    let (loss, duplicate) = (percent(60, 25), percent(60, 30));
    let clients = "[\"client_A\",\"client_B\",\"client_C\"]";
    let mut acts = Vec::new();
    for (op, chance, most) in [("work", if bias.holding { 0 } else { 100 }, 7), ("locks", 60, 4)] {
        if dice.percent(chance) {
            let (count, every) = (dice.range(1, most), ms(dice.range(500, 250_000)));
            acts.push(format!(
                "{{\"at_ms\":{},\"act\":{{\"workload\":{{\"op\":\"{op}\",\"nodes\":{clients},\"count\":{count},\"every_ms\":{every}}}}}}}",
                ms(dice.range(0, until_us / 2))
            ));
        }
    }
    if bias.raw() {
        for what in ["a", "b"] {
            let (count, every) = (dice.range(4, 12), ms(dice.range(20_000, 60_000)));
            acts.push(format!(
                "{{\"at_ms\":{},\"act\":{{\"workload\":{{\"op\":\"acquire\",\"nodes\":{clients},\"count\":{count},\
                 \"every_ms\":{every},\"args\":{{\"resource_id\":\"{what}\"}}}}}}}}",
                ms(dice.range(300_000, 600_000))
            ));
        }
    }
    if dice.percent(25) {
        let (at, from) = (ms(dice.range(300_000, until_us)), dice.range(1, servers));
        let to = from % servers + 1;
        acts.push(format!(
            "{{\"at_ms\":{at},\"act\":{{\"request\":{{\"node\":\"S{from}\",\"op\":\"transfer\",\"args\":{{\"to\":\"S{to}\"}}}}}}}}"
        ));
    }
    if bias.holding {
        hold(&mut dice, servers, until_us, &mut acts);
    }
    faults(&mut dice, servers, until_us, bias.stormy, &mut acts);
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"raft-lock\",\"seed\":{seed},\"setup\":{{{setup}}},\
         \"network\":{{\"delay_ms\":{{\"uniform\":[{},{}]}},\"loss\":0.{loss:02},\"duplicate\":0.{duplicate:02}}},\
         \"acts\":[\n{}],\"until_ms\":{}}}",
        ms(min_us),
        ms(min_us + spread_us),
        acts.join(",\n"),
        until_us / 1000
    )
}

/// Somebody who holds a lock: client, whether exclusive, and the number of the command.
type Held = (String, bool, u64);

/// Exclusion, tokens, and one leader a term, from the lines of a trace alone.
#[derive(Default)]
struct Outside {
    broken: BTreeSet<&'static str>,
    leaders: BTreeMap<u64, String>,
    applied: u64,
    holders: BTreeMap<String, Vec<Held>>,
    token: u64,
    deliveries: u64,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_string()
}

impl Outside {
    fn line(&mut self, line: &Value) {
        let data = &line["data"];
        match line["kind"].as_str().expect("a kind") {
            "state" if data["role"] == "leader" => {
                let (term, node) = (data["term"].as_u64().expect("a term"), text(&line["node"]));
                if *self.leaders.entry(term).or_insert_with(|| node.clone()) != node {
                    self.broken.insert("election-safety");
                }
            }
            "deliver" => {
                self.deliveries += 1;
                let index = data["index"].as_u64().expect("an index");
                if index > self.applied {
                    self.applied = index;
                    data["effects"].as_array().expect("effects").iter().for_each(|e| self.effect(e));
                }
            }
            _ => {}
        }
    }

    fn effect(&mut self, effect: &Value) {
        let (client, serial) = (text(&effect["client_id"]), effect["serial"].as_u64().expect("a number"));
        let holders = self.holders.entry(text(&effect["resource_id"])).or_default();
        let token = effect["token"].as_u64();
        match effect["result"].as_str().expect("a result") {
            "granted" => {
                let exclusive = effect["lock_type"] == "exclusive";
                holders.retain(|(who, _, _)| *who != client);
                if holders.iter().any(|(_, other, _)| *other || exclusive) {
                    self.broken.insert("lock-exclusion");
                }
                holders.push((client, exclusive, serial));
                if token.expect("a token") <= self.token {
                    self.broken.insert("lock-exclusion");
                }
                self.token = token.expect("a token");
            }
            "released" => holders.retain(|(who, _, since)| *who != client || *since > serial),
            "aborted" | "expired" if token.is_some() => holders.retain(|(who, _, _)| *who != client),
            _ => {}
        }
    }
}

fn judge(run: &Run) -> Outside {
    let mut outside = Outside::default();
    for id in 0..run.trace().len() {
        if matches!(run.trace().record(id).kind, Kind::State | Kind::Deliver) {
            outside.line(&serde_json::from_str(&run.line(id)).expect("a line is JSON"));
        }
    }
    outside
}

/// What one run came to.
#[derive(Default)]
struct Tally {
    runs: u64,
    records: u64,
    crashes: u64,
    /// Crashes right behind a write.
    cut_short: u64,
    deliveries: u64,
    leaders: u64,
    drops: u64,
    longest_us: u64,
    found: BTreeMap<&'static str, u64>,
}

fn play(seed: u64, bias: Bias, tally: &mut Tally) {
    let scenario_text = scenario(seed, bias);
    let scenario = parse(&scenario_text);
    let until_us = scenario.until_us;
    // A safety rule needs no settling, and what is broken on purpose may never come to rest.
    let run = if bias.settles() { run_and_settle(scenario) } else { run(scenario) };
    let outside = judge(&run);
    let inside: BTreeSet<&'static str> = run.violations().iter().map(|v| v.rule).collect();
    let judged = ["election-safety", "lock-exclusion"];
    let both: BTreeSet<&str> = inside.iter().copied().filter(|rule| judged.contains(rule)).collect();
    assert_eq!(both, outside.broken, "the two judges, seed {seed} [{}]\n{scenario_text}", bias.broken);
    if bias.broken.is_empty() {
        assert!(inside.is_empty(), "seed {seed}: {:?}\n{scenario_text}", run.violations());
    }
    tally.runs += 1;
    tally.deliveries += outside.deliveries;
    tally.leaders += outside.leaders.len() as u64;
    for rule in inside {
        *tally.found.entry(rule).or_default() += 1;
    }
    let trace = run.trace();
    tally.records += u64::from(trace.len());
    let mut before = Kind::Boot;
    for id in 0..trace.len() {
        let record = trace.record(id);
        if record.kind == Kind::Crash {
            tally.crashes += 1;
            tally.cut_short += u64::from(before == Kind::Persist);
        }
        tally.drops += u64::from(record.kind == Kind::Drop);
        if record.kind == Kind::Reply && record.at_us > until_us {
            tally.longest_us = tally.longest_us.max(record.at_us - until_us);
        }
        before = record.kind;
    }
}

/// Plays many runs on all processors.
fn play_all(seeds: Range<u64>, bias: Bias) -> Tally {
    let add = |total: &mut Tally, tally: Tally| {
        total.runs += tally.runs;
        total.records += tally.records;
        total.crashes += tally.crashes;
        total.cut_short += tally.cut_short;
        total.deliveries += tally.deliveries;
        total.leaders += tally.leaders;
        total.drops += tally.drops;
        total.longest_us = total.longest_us.max(tally.longest_us);
        for (rule, count) in tally.found {
            *total.found.entry(rule).or_default() += count;
        }
    };
    on_all_processors(seeds, |seed, tally| play(seed, bias, tally), add)
}

#[test]
fn no_fault_breaks_a_rule_and_every_request_ends() {
    let start = Instant::now();
    let t = play_all(0..cases(RUNS), SOUND);
    println!(
        "{} runs, {} a second: {} records, {} entries applied, {} leaders, {} messages lost, {} crashes, {} of them right \
         behind a write; the last answer came {} ms after faults had ended",
        t.runs,
        t.runs * 1000 / (start.elapsed().as_millis() as u64).max(1),
        t.records,
        t.deliveries,
        t.leaders,
        t.drops,
        t.crashes,
        t.cut_short,
        t.longest_us / 1000
    );
    assert!(t.longest_us <= ENDED_US, "a request has ended only {} ms after faults had", t.longest_us / 1000);
    assert!(t.runs < 100 || t.cut_short > 0 && t.leaders > t.runs);
}

#[test]
fn what_clients_believe_to_hold_is_true_however_long_they_are_away() {
    let t = play_all(0..cases(HOLDING_RUNS), HOLDING);
    println!("{} runs: {} records, {} entries applied, {} messages lost", t.runs, t.records, t.deliveries, t.drops);
    assert!(t.longest_us <= ENDED_US + HELD_US, "a request has ended only {} ms after faults had", t.longest_us / 1000);
}

/// Each switch with what its runs are biased to.
const SWITCHES: [Bias; 13] = [
    Bias { broken: "vote-not-persisted", fixed: "prevote=false;check_quorum=false", stormy: true, ..SOUND },
    Bias { broken: "term-not-persisted", fixed: "", stormy: true, ..SOUND },
    Bias {
        broken: "commit-previous-term",
        fixed: "noop=false;max_append_entries=1;prevote=false",
        stormy: true,
        ..SOUND
    },
    Bias { broken: "no-election-restriction", fixed: "prevote=false;check_quorum=false", stormy: true, ..SOUND },
    Bias { broken: "no-log-check", fixed: "max_append_entries=1;snapshot_every=0", stormy: true, ..SOUND },
    Bias { broken: "truncate-on-stale-append", fixed: "max_append_entries=1;snapshot_every=0", stormy: true, ..SOUND },
    Bias { broken: "commit-min-last-index", fixed: "max_append_entries=1;snapshot_every=0", stormy: true, ..SOUND },
    Bias { broken: "stale-reads", fixed: "check_quorum=false", stormy: true, ..SOUND },
    Bias { broken: "no-dedupe", fixed: "", stormy: false, ..SOUND },
    Bias { broken: "victim-outside-cycle", fixed: "deadlock=\"detect\"", stormy: false, ..SOUND },
    Bias { broken: "no-local-expiry", fixed: "lease_ms=400", ..HOLDING },
    Bias { broken: "told-once", fixed: "deadlock=\"wound-wait\";lease_ms=4000", ..HOLDING },
    Bias { broken: "holders-only-graph", fixed: "deadlock=\"detect\"", stormy: false, ..SOUND },
];

#[test]
fn every_switch_is_caught_by_its_rule_and_every_rule_fires() {
    // Two leaders of a term that meet are rare: a written scenario shows them.
    let builtin = find("raft-lock").expect("the lab").spec().scenario("broken-vote").expect("it is there");
    let more: Vec<&str> = run_and_settle(parse(&builtin.json())).violations().iter().map(|v| v.rule).collect();
    every_switch_is_caught("raft-lock", BROKEN_RUNS, &more, |switch, seeds| {
        let bias = SWITCHES.into_iter().find(|b| b.broken == switch).expect("each switch has its runs");
        play_all(seeds, bias).found
    });
}
