//! Random runs of the caches with every kind of fault, judged a second time.
//!
//! The second judge reads lines of the trace alone: states, what the bus says, and what processors were told. With
//! nothing broken on purpose neither judge finds anything; with a switch on they find the same.
#![allow(clippy::disallowed_types, reason = "a test may say how many runs a second it makes")]

mod common;
#[path = "mesi/requests.rs"]
mod requests;
#[path = "mesi/sharing.rs"]
mod sharing;
#[path = "mesi/tables.rs"]
mod tables;

use common::{Dice, assert_same_trace, cases, every_switch_is_caught, moment, on_all_processors, parse};
use lightcone_core::engine::explore::run_and_settle;
use lightcone_core::engine::{Run, run};
use lightcone_core::trace::Kind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Instant;

/// Random runs with nothing broken.
const RUNS: u64 = 5_000;
/// Random runs with each switch, at most.
const BROKEN_RUNS: u64 = 400;

fn ms(us: u64) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

fn setup(dice: &mut Dice, caches: u64, broken: &str) -> String {
    let broken = if broken.is_empty() { String::new() } else { format!("\"{broken}\"") };
    let places = match dice.range(0, 2) {
        0 => format!("\"lines\":{}", dice.range(1, 5)),
        _ => {
            let (ways, line) = (dice.range(1, 3), dice.of(&[16, 64]));
            format!("\"size\":{},\"ways\":{ways},\"line\":{line}", ways * line * dice.of(&[1, 2, 4]))
        }
    };
    let latency = |dice: &mut Dice, most| if dice.percent(30) { "0".into() } else { ms(dice.range(1, most)) };
    let keyed = places.starts_with("\"lines");
    let memory = if keyed { "{\"k1\":\"old\",\"k2\":7}" } else { "{\"0x1000\":\"old\",\"1008\":7}" };
    // A switch breaks what it is there for in MESI; in the others it may have nothing to break.
    let protocol = if broken.is_empty() {
        dice.of(&[
            "mesi",
            "mesi",
            "msi",
            "moesi",
            "moesi",
            "moesi+memory",
            "mesif",
            "mesi+memory",
            "through",
            "allocate",
        ])
    } else {
        dice.of(&["mesi", "mesi", "mesi", "msi", "moesi", "mesif"])
    };
    let protocol = match protocol {
        "moesi+memory" => "\"protocol\":\"moesi\",\"supplier\":\"memory\"".into(),
        "mesi+memory" => "\"supplier\":\"memory\"".into(),
        "through" => "\"write\":\"through\",\"supplier\":\"memory\"".into(),
        "allocate" => "\"write\":\"through-allocate\"".into(),
        other => format!("\"protocol\":\"{other}\""),
    };
    format!(
        "\"caches\":{caches},{protocol},{places},\"bus_ms\":{},\"memory_ms\":{},\"transfer_ms\":{},\
         \"retry_ms\":{},\"arbitration\":\"{}\",\"memory\":{memory}{},\"broken\":[{broken}]",
        latency(dice, 5_000),
        latency(dice, 20_000),
        latency(dice, 5_000),
        ms(dice.range(30_000, 120_000)),
        dice.of(&["fifo", "round-robin", "fixed"]),
        contents(dice, &protocol, keyed),
    )
}

/// Something in the caches at the start, now and then.
fn contents(dice: &mut Dice, protocol: &str, keyed: bool) -> String {
    if dice.percent(60) {
        return String::new();
    }
    let key = if keyed { "k1" } else { "0x1000" };
    let line = |cache: &str, state: &str| format!("\"{cache}\":{{\"{key}\":\"{state}\"}}");
    let newer = |state: &str| format!("\"C1\":{{\"{key}\":{{\"state\":\"{state}\",\"value\":\"newer\"}}}}");
    let all = if protocol.contains("moesi") {
        [newer("O"), line("C2", "S")].join(",")
    } else if protocol.contains("mesif") {
        [line("C1", "S"), line("C2", "F")].join(",")
    } else if protocol.contains("through") {
        [line("C1", "V"), line("C2", "V")].join(",")
    } else {
        newer("M")
    };
    format!(",\"contents\":{{{all}}}")
}

/// Requests of one kind; `hot` is a key that they are all about.
fn load(dice: &mut Dice, op: &str, caches: u64, until_us: u64, hot: Option<&str>) -> String {
    let mut nodes: Vec<String> = (1..=caches).filter(|_| dice.percent(80)).map(|i| format!("\"C{i}\"")).collect();
    if nodes.is_empty() {
        nodes.push("\"C1\"".into());
    }
    let args = match (op, hot) {
        ("read" | "write", Some(key)) => format!(",\"args\":{{\"key\":\"{key}\"}}"),
        ("access", _) => format!(
            ",\"args\":{{\"write_percent\":{},\"shared_percent\":{},\"keys\":{},\"stride\":{}}}",
            dice.range(0, 100),
            dice.range(0, 100),
            dice.range(1, 4),
            dice.of(&[8, 64])
        ),
        _ => String::new(),
    };
    format!(
        "{{\"at_ms\":{},\"act\":{{\"workload\":{{\"op\":\"{op}\",\"nodes\":[{}],\"count\":{},\"every_ms\":{}{args}}}}}}}",
        ms(dice.range(0, until_us / 2)),
        nodes.join(","),
        dice.range(1, if hot.is_some() { 30 } else { 14 }),
        ms(dice.range(300, 30_000))
    )
}

fn faults(dice: &mut Dice, caches: u64, until_us: u64, acts: &mut Vec<String>) {
    for _ in 0..dice.range(0, 8) {
        let node = if dice.percent(20) { "bus".into() } else { format!("C{}", dice.range(1, caches)) };
        let at_us = dice.range(0, until_us);
        let end = ms(at_us + dice.range(1, 150_000));
        // Half of the faults fall right behind some record, and so often into the middle of a step.
        let start = if dice.percent(50) {
            format!("\"after_event\":{}", dice.range(caches + 1, 260))
        } else {
            format!("\"at_ms\":{}", ms(at_us))
        };
        let mut plan = |when: &str, act: String| acts.push(format!("{{{when},\"act\":{act}}}"));
        let end = format!("\"at_ms\":{end}");
        let on = |what: &str| format!("{{\"{what}\":{{\"node\":\"{node}\"}}}}");
        match dice.range(0, 13) {
            0..=4 => {
                plan(&start, on("crash"));
                plan(&end, on("restart"));
            }
            5 | 6 => {
                plan(&start, on("pause"));
                plan(&end, on("resume"));
            }
            7 | 8 => {
                let side: Vec<String> =
                    (1..=caches).filter(|_| dice.percent(45)).map(|i| format!("\"C{i}\"")).collect();
                plan(&start, format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", side.join(",")));
                plan(&end, "{\"heal\":{}}".into());
            }
            9 | 10 => {
                let cache = format!("C{}", dice.range(1, caches));
                let (from, to) = if dice.percent(50) { (cache, "bus".into()) } else { ("bus".into(), cache) };
                let link =
                    |delay: &str| format!("{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",\"delay_ms\":{delay}}}}}");
                plan(&start, link(&ms(dice.range(1, 60_000))));
                plan(&end, link("5"));
            }
            _ => {
                let what = match dice.range(0, 2) {
                    0 => "\"drop\":true".into(),
                    1 => "\"duplicate\":true".into(),
                    _ => format!("\"deliver_in_ms\":{}", ms(dice.range(1, 90_000))),
                };
                plan(&start, format!("{{\"message\":{{\"id\":{},{what}}}}}", dice.range(0, 150)));
            }
        }
    }
}

/// A random scenario: accesses of a few lines, and faults.
fn scenario(seed: u64, broken: &str) -> String {
    let mut dice = Dice::new(seed ^ 0x4d45_5349);
    let caches = dice.range(2, 4);
    let setup = setup(&mut dice, caches, broken);
    let until_us = dice.range(100_000, 700_000);
    let (min_us, spread_us) = (dice.range(1, 6_000), dice.range(0, 20_000));
    let mut percent = |chance, most| if dice.percent(chance) { dice.range(1, most) } else { 0 };
    let (loss, duplicate) = (percent(60, 20), percent(60, 30));
    let mut acts = Vec::new();
    for (op, chance) in [("read", 90), ("write", 90), ("access", 40), ("status", 10), ("metrics", 10)] {
        if dice.percent(chance) {
            acts.push(load(&mut dice, op, caches, until_us, None));
        }
    }
    // Half of the runs are about one line most of the time: then requests meet, as those must that are to show a stale upgrade.
    if dice.percent(50) || broken == "stale-upgrade" {
        for op in ["read", "read", "write"] {
            let key = if setup.contains("\"lines\"") { "k1" } else { dice.of(&["0x1000", "0x1008"]) };
            acts.push(load(&mut dice, op, caches, until_us, Some(key)));
        }
    }
    faults(&mut dice, caches, until_us, &mut acts);
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"seed\":{seed},\"setup\":{{{setup}}},\
         \"network\":{{\"delay_ms\":{{\"uniform\":[{},{}]}},\"loss\":0.{loss:02},\"duplicate\":0.{duplicate:02}}},\
         \"acts\":[\n{}],\"until_ms\":{}}}",
        ms(min_us),
        ms(min_us + spread_us),
        acts.join(",\n"),
        until_us / 1000
    )
}

/// What is in a line, by key.
type Content = BTreeMap<String, Value>;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_string()
}

/// The three safety rules, from the lines of a trace alone.
struct Outside {
    by_address: bool,
    broken: BTreeSet<&'static str>,
    copies: BTreeMap<(String, String), (String, Content)>,
    memory: BTreeMap<String, Content>,
    last: BTreeMap<String, Content>,
    /// Who has flushed a line for a transaction that has not taken place yet; and whether he has crashed since.
    flushing: BTreeMap<String, (String, bool)>,
    /// Who has crashed with his write-back of a line under way.
    returns: BTreeMap<String, String>,
    open: Option<String>,
    /// MOESI: lines of which a cache has crashed that had them, so that memory may be older and nobody answers for them.
    orphans: BTreeSet<String>,
    moesi: bool,
    through: bool,
    /// Caches whose write was told by a change of state, before the reply.
    told: BTreeSet<String>,
    replies: u64,
    lost: u64,
}

impl Outside {
    fn new(setup: &Value) -> Outside {
        let by_address = setup["size"].as_u64().unwrap_or(0) > 0;
        let mut outside = Outside {
            by_address,
            broken: BTreeSet::new(),
            copies: BTreeMap::new(),
            memory: BTreeMap::new(),
            last: BTreeMap::new(),
            flushing: BTreeMap::new(),
            returns: BTreeMap::new(),
            open: None,
            orphans: BTreeSet::new(),
            moesi: setup["protocol"] == "moesi",
            through: setup["write"].is_string(),
            told: BTreeSet::new(),
            replies: 0,
            lost: 0,
        };
        let line_bytes = setup["line"].as_u64().unwrap_or(64);
        for (key, value) in setup["memory"].as_object().into_iter().flatten() {
            let (line, key) = if by_address {
                let address = u64::from_str_radix(key.trim_start_matches("0x"), 16).expect("an address");
                (format!("{:#x}", address / line_bytes * line_bytes), format!("{address:#x}"))
            } else {
                (key.clone(), key.clone())
            };
            outside.memory.entry(line).or_default().insert(key, value.clone());
        }
        outside.last = outside.memory.clone();
        // What is in the caches at the start: one line in all that is drawn here.
        let contents: Vec<(String, String, Value)> = setup["contents"]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(cache, lines)| {
                let lines = lines.as_object().expect("lines by key").clone();
                lines.into_iter().map(move |(key, given)| (cache.clone(), key, given))
            })
            .collect();
        for (cache, key, given) in contents {
            let state = given["state"].as_str().or(given.as_str()).expect("a state").to_string();
            if let Some(value) = given.get("value") {
                outside.last.entry(key.clone()).or_default().insert(key.clone(), value.clone());
            }
            let content = outside.last.get(&key).cloned().unwrap_or_default();
            outside.copies.insert((cache, key), (state, content));
        }
        outside
    }

    fn content(&self, line: &str, value: &Value) -> Content {
        match value {
            Value::Null => Content::new(),
            Value::Object(all) if self.by_address => all.clone().into_iter().collect(),
            value => Content::from([(line.to_string(), value.clone())]),
        }
    }

    fn line(&mut self, line: &Value) {
        let data = &line["data"];
        if let Some(ended) = data.get("ends") {
            let name = text(&ended["line"]);
            self.open = None;
            self.check_clean(&name);
        }
        if let Some(begun) = data.get("begins") {
            self.open = Some(text(&begun["line"]));
        }
        match line["kind"].as_str().expect("a kind") {
            "state" if data.get("bus").is_some() => self.bus(data),
            "state" if data.get("to").is_some() => self.change(&text(&line["node"]), data),
            "crash" => {
                let node = text(&line["node"]);
                self.told.remove(&node);
                self.flushing.values_mut().filter(|(who, _)| *who == node).for_each(|(_, down)| *down = true);
            }
            "reply" if data.get("key").is_some() => self.reply(&text(&line["node"]), data),
            _ => {}
        }
    }

    fn change(&mut self, node: &str, data: &Value) {
        let (line, from, to) = (text(&data["line"]), text(&data["from"]), text(&data["to"]));
        let place = (node.to_string(), line.clone());
        let known = self.copies.get(&place).map_or("I", |(state, _)| state);
        assert!(known == from || data["why"] == "start", "{node} {data}");
        let content = self.content(&line, &data["value"]);
        let why = text(&data["why"]);
        if why == "start" {
            let held = self.copies.get(&place);
            assert_eq!(held, Some(&(to, self.content(&line, &data["value"]))), "{node} {data}");
            return;
        }
        self.returns.remove(&line);
        if data["doubt"] == true {
            self.returns.insert(line.clone(), node.to_string());
        }
        if why == "crash" && from == "M" {
            self.lost += 1;
            self.last.insert(line.clone(), self.memory.get(&line).cloned().unwrap_or_default());
        } else if why == "crash" && self.moesi {
            self.orphans.insert(line.clone());
        }
        if why.starts_with("Bus") && (data["flush"] == true || data["supply"] == true) {
            self.flushing.insert(line.clone(), (node.to_string(), false));
        }
        if why == "PrWr" {
            self.told.insert(node.to_string());
        }
        if to == "I" {
            self.copies.remove(&place);
        } else {
            self.copies.insert(place, (to, content));
        }
        let all: Vec<&str> =
            self.copies.iter().filter(|((_, l), _)| *l == line).map(|(_, (state, _))| state.as_str()).collect();
        let many = |state: &str| all.iter().filter(|other| **other == state).count() > 1;
        if all.len() > 1 && all.iter().any(|state| matches!(*state, "M" | "E")) || many("O") || many("F") {
            self.broken.insert("single-writer");
        }
        self.check_clean(&line);
    }

    fn bus(&mut self, data: &Value) {
        let line = text(&data["line"]);
        let memory = self.content(&line, &data["memory"]);
        self.memory.insert(line.clone(), memory.clone());
        if data["bus"] == "BusWr" {
            let word = self.content(&line, &data["wrote"]);
            self.last.entry(line.clone()).or_default().extend(word);
        }
        let back = data["bus"] == "WriteBack" && self.returns.get(&line) == Some(&text(&data["by"]));
        let from_nobody = data["from"].is_null();
        let unsure = from_nobody || !data["flushed"].is_null();
        let doubt = matches!(self.flushing.remove(&line), Some((_, true))) && unsure;
        // An owner has crashed: as long as a cache has the line, the newest value is not lost.
        let rescue = data["bus"] == "Rescue";
        let orphan = self.orphans.remove(&line) || rescue;
        let alive = self.copies.keys().any(|(_, held)| *held == line);
        if back || doubt || orphan && !alive && (from_nobody || rescue) {
            self.last.insert(line.clone(), memory);
        }
        self.check_clean(&line);
    }

    fn check_clean(&mut self, line: &str) {
        if self.open.as_deref() == Some(line) {
            return;
        }
        let empty = Content::new();
        let memory = self.memory.get(line).unwrap_or(&empty);
        let held: Vec<&(String, Content)> =
            self.copies.iter().filter(|((_, l), _)| l == line).map(|(_, copy)| copy).collect();
        let owner = held.iter().find(|(state, _)| state == "O");
        let clean = held.iter().filter(|(state, _)| state != "M" && state != "O");
        let differs = |(state, content): &&&(String, Content)| match owner {
            Some((_, owned)) if state == "S" => content != owned,
            _ => content != memory && !self.orphans.contains(line),
        };
        if clean.clone().any(|copy| differs(&copy)) {
            self.broken.insert("clean-equals-memory");
        }
    }

    fn reply(&mut self, node: &str, data: &Value) {
        self.replies += 1;
        let key = text(&data["key"]);
        let line = data.get("line").map_or_else(|| key.clone(), text);
        let place = (node.to_string(), line.clone());
        let told = self.told.remove(node);
        if data["access"] == "write" {
            // What a change of state has told of comes here again: it was written then.
            let value = data["value"].clone();
            if let Some((_, content)) = self.copies.get_mut(&place) {
                content.insert(key.clone(), value.clone());
            }
            self.last.entry(line).or_default().insert(key, value);
            assert!(told || data["hit"] == true || self.through, "{data}");
            return;
        }
        let expected = self.last.get(&line).and_then(|content| content.get(&key)).unwrap_or(&Value::Null);
        if *expected != data["value"] {
            self.broken.insert("read-last-write");
        }
    }
}

fn judge(run: &Run, setup: &Value) -> Outside {
    let mut outside = Outside::new(setup);
    for id in 0..run.trace().len() {
        let kind = run.trace().record(id).kind;
        if !matches!(kind, Kind::Send | Kind::Drop | Kind::Violation) {
            outside.line(&serde_json::from_str(&run.line(id)).expect("a line is JSON"));
        }
    }
    outside
}

/// What misses of lines were that had been taken away.
fn judge_sharing(run: &Run, setup: &Value) -> sharing::Misses {
    let mut judge = sharing::Judge::new(setup);
    for id in 0..run.trace().len() {
        if matches!(run.trace().record(id).kind, Kind::State | Kind::Reply | Kind::Crash) {
            judge.line(&serde_json::from_str(&run.line(id)).expect("a line is JSON"));
        }
    }
    let of_one_word = setup["size"].as_u64().unwrap_or(0) == 0;
    assert!(!of_one_word || judge.misses.by_false_sharing == 0, "a line of one word is not shared falsely");
    judge.misses
}

/// What runs came to.
#[derive(Default)]
struct Tally {
    runs: u64,
    records: u64,
    crashes: u64,
    drops: u64,
    replies: u64,
    lost: u64,
    found: BTreeMap<&'static str, u64>,
    counts: BTreeMap<&'static str, u64>,
}

fn play(seed: u64, broken: &str, tally: &mut Tally) {
    let scenario_text = scenario(seed, broken);
    let scenario = parse(&scenario_text);
    // A safety rule needs no settling.
    let settles = matches!(broken, "" | "no-retry");
    let run = if settles { run_and_settle(scenario) } else { run(scenario) };
    let given: Value = serde_json::from_str(&scenario_text).expect("JSON");
    let outside = judge(&run, &given["setup"]);
    let inside: BTreeSet<&'static str> = run.violations().iter().map(|v| v.rule).collect();
    let both: BTreeSet<&str> = inside.iter().copied().filter(|rule| *rule != "stuck").collect();
    assert_eq!(both, outside.broken, "the two judges, seed {seed} [{broken}] {:?}\n{scenario_text}", run.violations());
    // That judge knows those protocols alone in which who gives a modified line gives it to memory, too.
    let known = given["setup"]["write"].is_null() && given["setup"]["protocol"] != "moesi";
    if broken.is_empty() && known && given["setup"]["contents"].is_null() {
        let misses = judge_sharing(&run, &given["setup"]);
        *tally.counts.entry("judged").or_default() += 1;
        let numbers = [misses.coherence, misses.by_true_sharing, misses.by_false_sharing];
        for (name, value) in ["coherence", "by_true_sharing", "by_false_sharing"].into_iter().zip(numbers) {
            *tally.counts.entry(name).or_default() += value;
        }
    }
    assert!(!broken.is_empty() || inside.is_empty(), "seed {seed}: {:?}\n{scenario_text}", run.violations());
    tally.runs += 1;
    tally.replies += outside.replies;
    tally.lost += outside.lost;
    for rule in inside {
        *tally.found.entry(rule).or_default() += 1;
    }
    for (name, value) in run.metrics() {
        *tally.counts.entry(name).or_default() += value;
    }
    let trace = run.trace();
    tally.records += u64::from(trace.len());
    for id in 0..trace.len() {
        tally.crashes += u64::from(trace.record(id).kind == Kind::Crash);
        tally.drops += u64::from(trace.record(id).kind == Kind::Drop);
    }
}

/// Plays many runs on all processors.
fn play_all(seeds: Range<u64>, broken: &str) -> Tally {
    let add = |total: &mut Tally, tally: Tally| {
        total.runs += tally.runs;
        total.records += tally.records;
        total.crashes += tally.crashes;
        total.drops += tally.drops;
        total.replies += tally.replies;
        total.lost += tally.lost;
        tally.found.into_iter().for_each(|(rule, n)| *total.found.entry(rule).or_default() += n);
        tally.counts.into_iter().for_each(|(name, n)| *total.counts.entry(name).or_default() += n);
    };
    on_all_processors(seeds, |seed, tally| play(seed, broken, tally), add)
}

#[test]
fn no_fault_breaks_a_rule_and_every_access_ends() {
    let start = Instant::now();
    let t = play_all(0..cases(RUNS), "");
    println!(
        "{} runs, {} a second: {} records, {} accesses served, {} messages lost, {} crashes, {} modified lines died; {:?}",
        t.runs,
        t.runs * 1000 / (start.elapsed().as_millis() as u64).max(1),
        t.records,
        t.replies,
        t.drops,
        t.crashes,
        t.lost,
        t.counts
    );
    // The runs mean something only if all that is hard has happened in them.
    if t.runs >= 1_000 {
        let names =
            ["i_to_e", "i_to_s", "i_to_m", "e_to_m", "s_to_m", "m_to_s", "e_to_s", "m_to_i", "e_to_i", "s_to_i"];
        let relatives = ["m_to_o", "o_to_m", "o_to_i", "i_to_f", "f_to_m", "f_to_s", "f_to_i", "i_to_v", "v_to_i"];
        let names = names.into_iter().chain(relatives).chain(["bus_wr", "bus_rescue"]);
        for name in names.chain(["bus_rd", "bus_rdx", "bus_upgr", "bus_write_back", "cache_to_cache"]) {
            assert!(t.counts[name] > 0, "{name}");
        }
        assert!(t.lost > 0 && t.crashes > t.runs / 2);
        let [coherence, truly, falsely] =
            ["coherence", "by_true_sharing", "by_false_sharing"].map(|name| t.counts[name]);
        let judged = t.counts["judged"];
        assert!(judged > t.runs / 4, "{judged}");
        assert!(truly > judged / 10 && falsely > judged / 20, "{truly} and {falsely}");
        assert!(coherence > truly + falsely, "writes died with their caches, too");
    }
}

#[test]
fn every_switch_is_caught_by_its_rule_and_every_rule_fires() {
    every_switch_is_caught("mesi", BROKEN_RUNS, &[], |switch, seeds| play_all(seeds, switch).found);
}

#[test]
fn going_back_and_forth_shows_the_same_moments() {
    for seed in 0..cases(40) {
        let scenario = parse(&scenario(seed, ""));
        let (whole, again) = (run(scenario.clone()), run(scenario.clone()));
        assert_same_trace(&whole, &again, &format!("seed {seed}"));
        let mut stepped = Run::new(scenario.clone());
        let mut frames = vec![moment(&stepped)];
        while frames.len() < 400 && stepped.step() {
            frames.push(moment(&stepped));
        }
        let mut run = run(scenario);
        let mut dice = Dice::new(seed);
        for _ in 0..30 {
            let goal = dice.range(0, u64::from(frames[frames.len() - 1].0.position)) as u32;
            run.seek(goal);
            // A crash with what dies by it is one step.
            let there = frames.iter().find(|f| f.0.position >= goal).expect("stepping went that far");
            assert_eq!(moment(&run), *there, "seed {seed}, position {goal}");
        }
    }
}
