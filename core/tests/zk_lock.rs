//! Random runs of ZooKeeper's locks with every kind of fault, judged a second time.
//!
//! The second judge reads lines of the trace alone: which nodes the transactions have made and ended, who says that he was
//! granted what, and what the file has accepted. With nothing broken on purpose neither judge finds anything; with a switch
//! on they find the same.
#![allow(clippy::disallowed_types, reason = "a test may say how many runs a second it makes")]

mod common;

use common::{Dice, cases, every_switch_is_caught, on_all_processors, parse};
use lightcone_core::engine::explore::run_and_settle;
use lightcone_core::engine::{Run, run};
use lightcone_core::trace::Kind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Instant;

/// Random runs with nothing broken.
const RUNS: u64 = 3_000;
/// Random runs with each switch, at most.
const BROKEN_RUNS: u64 = 300;
/// So long after faults have ended every request has ended, in microseconds: the longest session, twice, and all the work.
const ENDED_US: u64 = 20_000_000;

/// How clients sleep, apart from what else goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naps {
    No,
    /// For longer than their session, again and again, also several at a time.
    Long,
    /// One at a time, and just so long that the next one has read what it counts from and has not written yet.
    Between,
}

/// What a random scenario is biased to.
#[derive(Clone, Copy)]
struct Bias {
    /// The switch that is on.
    broken: &'static str,
    /// Settings that are the same in all runs, after those that are drawn.
    fixed: &'static str,
    /// Its damage is seen in the end alone.
    settles: bool,
    /// Faults follow each other closely.
    stormy: bool,
    naps: Naps,
}

const SOUND: Bias = Bias { broken: "", fixed: "", settles: true, stormy: false, naps: Naps::No };

fn ms(us: u64) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

fn setup(dice: &mut Dice, servers: u64, clients: u64, bias: Bias) -> String {
    let broken = if bias.broken.is_empty() { String::new() } else { format!("\"{}\"", bias.broken) };
    let mut fields = vec![
        ("servers", servers.to_string()),
        ("clients", clients.to_string()),
        ("session_ms", dice.range(300, 1_500).to_string()),
        ("tick_ms", dice.of(&[30, 50, 100]).to_string()),
        ("retry_ms", dice.range(60, 200).to_string()),
        ("work_ms", dice.range(1, 60).to_string()),
        ("watch", format!("\"{}\"", dice.of(&["predecessor", "predecessor", "all"]))),
        ("local_expiry", dice.percent(30).to_string()),
        ("snapshot_every", dice.of(&[0, 2, 5, 20, 50]).to_string()),
        ("file", format!("{{\"counter\":{},\"lines\":[\"kept\"]}}", dice.of(&[0, 0, 100]))),
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

fn faults(dice: &mut Dice, (servers, clients): (u64, u64), until_us: u64, stormy: bool, acts: &mut Vec<String>) {
    let all: Vec<String> = (1..=servers)
        .map(|i| format!("zk{i}"))
        .chain((1..=clients).map(|i| format!("c{i}")))
        .chain(["file".to_string()])
        .collect();
    for _ in 0..if stormy { dice.range(4, 14) } else { dice.range(0, 8) } {
        let node = match dice.range(0, 9) {
            0..=4 => all[dice.range(0, servers - 1) as usize].clone(),
            5..=8 => all[dice.range(servers, servers + clients - 1) as usize].clone(),
            _ => "file".to_string(),
        };
        let at_us = dice.range(0, until_us - 1_000);
        // Also longer than the longest session.
        let longest_us = if dice.percent(30) { 2_500_000 } else { 500_000 };
        // Settling does not make a slow link fast, and no session lives on one that is slower than itself.
        let end = ms((at_us + dice.range(1, longest_us)).min(until_us));
        // Half of the faults fall right behind some record: between a write and the message that promises it.
        let timed = format!("\"at_ms\":{}", ms(at_us));
        let start = if dice.percent(50) {
            format!("\"after_event\":{}", dice.range(servers + clients + 3, 2_500))
        } else {
            timed.clone()
        };
        let mut pair = |on: String, off: String| {
            acts.push(format!("{{{start},\"act\":{on}}}"));
            acts.push(format!("{{\"at_ms\":{end},\"act\":{off}}}"));
        };
        let on = |what: &str| format!("{{\"{what}\":{{\"node\":\"{node}\"}}}}");
        match dice.range(0, 11) {
            0..=3 => pair(on("crash"), on("restart")),
            4..=6 => pair(on("pause"), on("resume")),
            7 | 8 => {
                let side: Vec<String> = all.iter().filter(|_| dice.percent(45)).map(|n| format!("\"{n}\"")).collect();
                pair(format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", side.join(",")), "{\"heal\":{}}".into());
            }
            9 | 10 => {
                let from = dice.range(0, all.len() as u64 - 1);
                let to = (from + dice.range(1, all.len() as u64 - 1)) % all.len() as u64;
                let (from, to) = (&all[from as usize], &all[to as usize]);
                let delay = ms(dice.range(1, 900_000));
                let blocked = dice.percent(40);
                let link = |delay: &str, blocked: bool| {
                    format!(
                        "{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",\"delay_ms\":{delay},\"blocked\":{blocked}}}}}"
                    )
                };
                acts.push(format!("{{{timed},\"act\":{}}}", link(&delay, blocked)));
                acts.push(format!("{{\"at_ms\":{end},\"act\":{}}}", link("12", false)));
            }
            _ => {
                let server = dice.range(1, servers);
                let timer = dice.of(&["patience", "tick", "election"]);
                acts.push(format!(
                    "{{{start},\"act\":{{\"timeout\":{{\"node\":\"zk{server}\",\"timer\":\"{timer}\"}}}}}}"
                ));
            }
        }
    }
}

fn naps(dice: &mut Dice, clients: u64, until_us: u64, naps: Naps, acts: &mut Vec<String>) {
    let nap = |acts: &mut Vec<String>, client: u64, at_us: u64, wakes_us: u64| {
        for (at_us, what) in [(at_us, "pause"), (wakes_us, "resume")] {
            acts.push(format!("{{\"at_ms\":{},\"act\":{{\"{what}\":{{\"node\":\"c{client}\"}}}}}}", ms(at_us)));
        }
    };
    match naps {
        Naps::No => {}
        Naps::Long => {
            for _ in 0..6 {
                let (client, at_us) = (dice.range(1, clients), dice.range(600_000, until_us));
                nap(acts, client, at_us, at_us + dice.range(400_000, 900_000));
            }
        }
        Naps::Between => {
            // There is always somebody who counts, and somebody who waits to.
            let names: Vec<String> = (1..=clients).map(|i| format!("\"c{i}\"")).collect();
            acts.push(format!(
                "{{\"at_ms\":300,\"act\":{{\"workload\":{{\"op\":\"increment\",\"nodes\":[{}],\"count\":8,\"every_ms\":10}}}}}}",
                names.join(",")
            ));
            let mut at_us = dice.range(500_000, 900_000);
            while at_us < until_us {
                let wakes_us = at_us + dice.range(500_000, 800_000);
                nap(acts, dice.range(1, clients), at_us, wakes_us);
                at_us = wakes_us + dice.range(50_000, 400_000);
            }
        }
    }
}

/// A random scenario: clients that use the file and locks of their own, and faults.
fn scenario(seed: u64, bias: Bias) -> String {
    let mut dice = Dice::new(seed ^ 0x2b0c);
    let servers = dice.of(&[1, 3, 3, 3, 5]);
    let clients = dice.of(&[2, 3, 3, 4, 6]);
    let setup = setup(&mut dice, servers, clients, bias);
    let until_us = dice.range(1_500_000, 4_000_000);
    let (min_us, spread_us) = (dice.range(300, 9_000), dice.range(0, 25_000));
    let mut percent = |chance, most| if dice.percent(chance) { dice.range(1, most) } else { 0 };
    let (loss, duplicate) = (percent(60, 20), percent(60, 30));
    let names: Vec<String> = (1..=clients).map(|i| format!("\"c{i}\"")).collect();
    let mut acts = Vec::new();
    for (op, chance, most) in [("increment", 90, 6), ("append", 50, 4), ("read", 50, 4), ("write", 20, 2)] {
        if dice.percent(chance) {
            let (count, every) = (dice.range(1, most), ms(dice.range(500, 300_000)));
            acts.push(format!(
                "{{\"at_ms\":{},\"act\":{{\"workload\":{{\"op\":\"{op}\",\"nodes\":[{}],\"count\":{count},\"every_ms\":{every}}}}}}}",
                ms(dice.range(0, until_us / 2)),
                names.join(",")
            ));
        }
    }
    // Locks by hand, given back or cancelled later.
    for _ in 0..dice.range(0, 4) {
        let (client, at_us) = (dice.range(1, clients), dice.range(300_000, until_us));
        let path = dice.of(&["/lock", "/a/b"]);
        let args = dice.of(&[
            "",
            ",\"mode\":\"shared\"",
            ",\"blocking\":false",
            ",\"timeout_ms\":150",
            ",\"mode\":\"shared\",\"timeout_ms\":80",
        ]);
        let request = |at_us: u64, op: &str, args: &str| {
            format!(
                "{{\"at_ms\":{},\"act\":{{\"request\":{{\"node\":\"c{client}\",\"op\":\"{op}\",\"args\":{{\"path\":\"{path}\"{args}}}}}}}}}",
                ms(at_us)
            )
        };
        acts.push(request(at_us, "lock", args));
        let end = if dice.percent(25) { "cancel" } else { "unlock" };
        acts.push(request(at_us + dice.range(1_000, 800_000), end, ""));
        if dice.percent(20) {
            acts.push(format!(
                "{{\"at_ms\":{},\"act\":{{\"request\":{{\"node\":\"c{client}\",\"op\":\"close\"}}}}}}",
                ms(at_us)
            ));
        }
    }
    faults(&mut dice, (servers, clients), until_us, bias.stormy, &mut acts);
    naps(&mut dice, clients, until_us, bias.naps, &mut acts);
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"zk-lock\",\"seed\":{seed},\"setup\":{{{setup}}},\
         \"network\":{{\"delay_ms\":{{\"uniform\":[{},{}]}},\"loss\":0.{loss:02},\"duplicate\":0.{duplicate:02}}},\
         \"acts\":[\n{}],\"until_ms\":{}}}",
        ms(min_us),
        ms(min_us + spread_us),
        acts.join(",\n"),
        until_us.div_ceil(1000)
    )
}

/// A lock's node, as the transactions have it.
struct Node {
    token: u64,
    shared: bool,
}

/// Exclusion, order, the file and agreement, from the lines of a trace alone.
#[derive(Default)]
struct Outside {
    broken: BTreeSet<&'static str>,
    /// The transaction at each place, with its text.
    history: BTreeMap<u64, String>,
    /// Nodes of locks that have not ended, by path.
    nodes: BTreeMap<String, Node>,
    granted: BTreeMap<String, u64>,
    counter: Option<u64>,
    highest: u64,
    increments: u64,
    expired: BTreeSet<u64>,
    grants: u64,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_string()
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

impl Outside {
    fn line(&mut self, line: &Value) {
        let data = &line["data"];
        match line["kind"].as_str().expect("a kind") {
            "deliver" => self.applied(data),
            "state" if data.get("lock").is_some() => self.lock(data),
            "state" if data.get("access").is_some() => self.access(data),
            "state" if data["event"] == "expired" => {
                self.expired.insert(number(&data["session"]));
            }
            _ => {}
        }
    }

    fn applied(&mut self, data: &Value) {
        let (index, entry) = (number(&data["index"]), format!("{} {}", data["zxid"], data["txn"]));
        if let Some(known) = self.history.get(&index) {
            if *known != entry {
                self.broken.insert("committed-agree");
            }
            return;
        }
        self.history.insert(index, entry);
        let txn = &data["txn"];
        match txn["type"].as_str().expect("a type") {
            "create" => {
                let path = text(&txn["path"]);
                if path.contains("lock-") || path.contains("read-") {
                    let shared = path.contains("read-");
                    self.nodes.insert(path, Node { token: number(&data["zxid"]), shared });
                }
            }
            "delete" => {
                self.nodes.remove(&text(&txn["path"]));
            }
            "closeSession" => {
                let gone = txn["deleted"].as_array().expect("a list");
                for path in gone {
                    self.nodes.remove(&text(path));
                }
            }
            _ => {}
        }
    }

    fn lock(&mut self, data: &Value) {
        let (path, node, token) = (text(&data["path"]), text(&data["node"]), number(&data["token"]));
        match data["lock"].as_str().expect("a word") {
            "released" => {
                self.nodes.remove(&node);
            }
            "granted" => {
                self.grants += 1;
                let exclusive = data["mode"] == "exclusive";
                let below = format!("{path}/");
                let in_the_way = self
                    .nodes
                    .iter()
                    .any(|(other, n)| other.starts_with(&below) && n.token < token && (exclusive || !n.shared));
                if in_the_way {
                    self.broken.insert("mutual-exclusion");
                }
                // Who learns of his grant when his node is gone has none.
                if exclusive && self.nodes.contains_key(&node) {
                    let last = self.granted.insert(path, token).unwrap_or(0);
                    if last >= token {
                        self.broken.insert("fifo-grants");
                    }
                }
            }
            _ => {}
        }
    }

    fn access(&mut self, data: &Value) {
        if data["result"] != "accepted" {
            return;
        }
        let (token, value) = (number(&data["token"]), number(&data["value"]));
        if token < self.highest {
            self.broken.insert("no-stale-access");
        }
        self.highest = self.highest.max(token);
        let counts = data["deed"] == "count";
        self.increments += u64::from(counts);
        // What was there before the first access is what the file began with.
        let expected = self.counter.map_or(value, |counter| counter + u64::from(counts));
        if expected != value {
            self.broken.insert("no-lost-increment");
        }
        self.counter = Some(value);
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
    transactions: u64,
    expired: u64,
    grants: u64,
    increments: u64,
    rejected: u64,
    late: u64,
    doubled: u64,
    leaders: u64,
    drops: u64,
    longest_us: u64,
    found: BTreeMap<&'static str, u64>,
}

fn play(seed: u64, bias: Bias, tally: &mut Tally) {
    let scenario_text = scenario(seed, bias);
    let scenario = parse(&scenario_text);
    let until_us = scenario.until_us;
    let run = if bias.settles { run_and_settle(scenario) } else { run(scenario) };
    let outside = judge(&run);
    let inside: BTreeSet<&'static str> = run.violations().iter().map(|v| v.rule).collect();
    let judged = ["mutual-exclusion", "fifo-grants", "no-stale-access", "no-lost-increment", "committed-agree"];
    let both: BTreeSet<&str> = inside.iter().copied().filter(|rule| judged.contains(rule)).collect();
    assert_eq!(both, outside.broken, "the two judges, seed {seed} [{}]\n{scenario_text}", bias.broken);
    if bias.broken.is_empty() {
        assert!(inside.is_empty(), "seed {seed}: {:?}\n{scenario_text}", run.violations());
    }
    tally.runs += 1;
    tally.transactions += outside.history.len() as u64;
    tally.expired += outside.expired.len() as u64;
    tally.grants += outside.grants;
    tally.increments += outside.increments;
    for rule in inside {
        *tally.found.entry(rule).or_default() += 1;
    }
    for (name, value) in run.metrics() {
        match name {
            "accesses_rejected" => tally.rejected += value,
            "late_accesses_accepted" => tally.late += value,
            "double_beliefs" => tally.doubled += value,
            "leaders_established" => tally.leaders += value,
            _ => {}
        }
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
        total.transactions += tally.transactions;
        total.expired += tally.expired;
        total.grants += tally.grants;
        total.increments += tally.increments;
        total.rejected += tally.rejected;
        total.late += tally.late;
        total.doubled += tally.doubled;
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
fn no_fault_breaks_a_rule_and_the_counter_is_the_number_of_accepted_increments() {
    let start = Instant::now();
    let t = play_all(0..cases(RUNS), SOUND);
    println!(
        "{} runs, {} a second: {} records, {} transactions, {} leaders, {} sessions expired, {} grants, {} increments; {} \
         accesses rejected, {} late ones accepted, {} times two both believed; {} messages lost, {} crashes, {} of them \
         right behind a write; the last answer came {} ms after faults had ended",
        t.runs,
        t.runs * 1000 / (start.elapsed().as_millis() as u64).max(1),
        t.records,
        t.transactions,
        t.leaders,
        t.expired,
        t.grants,
        t.increments,
        t.rejected,
        t.late,
        t.doubled,
        t.drops,
        t.crashes,
        t.cut_short,
        t.longest_us / 1000
    );
    assert!(t.longest_us <= ENDED_US, "a request has ended only {} ms after faults had", t.longest_us / 1000);
    assert!(t.runs < 100 || t.cut_short > 0 && t.leaders > t.runs && t.rejected > 0 && t.doubled > 0);
}

/// Each switch with what its runs are biased to.
const SWITCHES: [Bias; 10] = [
    Bias { broken: "no-fencing", fixed: "work_ms=300;session_ms=400", settles: false, stormy: true, naps: Naps::Long },
    Bias {
        broken: "fence-writes-only",
        fixed: "work_ms=300;session_ms=400;local_expiry=false",
        settles: false,
        stormy: false,
        naps: Naps::Between,
    },
    Bias { broken: "commit-without-quorum", fixed: "", settles: false, stormy: true, naps: Naps::No },
    Bias { broken: "sort-by-name", fixed: "", settles: false, stormy: false, naps: Naps::No },
    Bias {
        broken: "sequence-wraps",
        fixed: "first_sequence=2147483645",
        settles: false,
        stormy: false,
        naps: Naps::No,
    },
    Bias { broken: "persistent-nodes", fixed: "", settles: true, stormy: true, naps: Naps::No },
    Bias { broken: "check-then-watch", fixed: "", settles: true, stormy: false, naps: Naps::No },
    Bias { broken: "no-guid", fixed: "", settles: true, stormy: true, naps: Naps::No },
    Bias { broken: "watches-forgotten", fixed: "", settles: true, stormy: true, naps: Naps::No },
    Bias { broken: "deaf-to-expiry", fixed: "", settles: true, stormy: true, naps: Naps::Long },
];

#[test]
fn every_switch_is_caught_by_its_rule_and_every_rule_fires() {
    every_switch_is_caught("zk-lock", BROKEN_RUNS, &[], |switch, seeds| {
        let bias = SWITCHES.into_iter().find(|b| b.broken == switch).expect("each switch has its runs");
        play_all(seeds, bias).found
    });
}
