//! Random runs of the message queue with every kind of fault, judged a second time.
//!
//! Faults end while up to R−1 brokers are still down; consumers drain the queues, and the second judge, which reads lines of
//! the trace alone, asks Jepsen's total queue whether anything was lost. Then all come back and settle.
#![allow(clippy::disallowed_types, reason = "a test may say how many runs a second it makes")]

mod common;

use common::{Dice, every_switch_is_caught, long_cases, on_all_processors, parse};
use lightcone_core::engine::{Run, run};
use lightcone_core::trace::Kind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Instant;

/// Random runs with nothing broken, with `LIGHTCONE_CASES=100`; else a tenth of them.
const RUNS: u64 = 3_000;
/// Random runs with each switch, at most.
const BROKEN_RUNS: u64 = 300;

/// Times in microseconds after the faults have ended: until consumers begin to drain, and until all is judged.
const DRAIN_US: u64 = 2_500_000;
const JUDGE_US: u64 = 14_000_000;

fn ms(us: u64) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

/// Who there is in a random run, and what it is set to.
struct Cast {
    brokers: u64,
    producers: u64,
    consumers: u64,
    replicas: u64,
    all: bool,
    shared: bool,
    poison: bool,
    setup: String,
}

impl Cast {
    fn draw(dice: &mut Dice, broken: &str) -> Cast {
        let brokers = dice.range(1, 6);
        let members = if dice.percent(60) { brokers } else { dice.range(1, brokers) };
        let replicas = dice.range(1, 3).min(members);
        let (replicas, brokers, members) = if broken.is_empty() || dice.percent(30) {
            (replicas, brokers, members)
        } else {
            (2, brokers.max(3), brokers.max(3))
        };
        let (all, shared) = (dice.percent(80) || !broken.is_empty(), dice.percent(15) && broken.is_empty());
        // Who never acknowledges must not see the oldest message for ever.
        let auto_ack = dice.percent(92);
        let max_receives = if auto_ack { dice.of(&[0, 2, 3, 5]) } else { 2 };
        let (producers, consumers) = (dice.range(1, 2), dice.range(1, 3));
        let setup = [
            ("brokers", brokers.to_string()),
            ("members", members.to_string()),
            ("producers", producers.to_string()),
            ("consumers", consumers.to_string()),
            ("virtual_nodes", dice.of(&[1, 4, 16, 64]).to_string()),
            ("replicas", replicas.to_string()),
            ("acks", if all { "\"all\"" } else { "\"leader\"" }.into()),
            ("storage", if shared { "\"shared\"" } else { "\"replicated\"" }.into()),
            ("visibility_ms", dice.range(250, 500).to_string()),
            ("max_receives", max_receives.to_string()),
            ("process_ms", dice.of(&[0, 5, 20]).to_string()),
            ("auto_ack", auto_ack.to_string()),
            ("disk_ms", dice.of(&[1, 5, 20]).to_string()),
            ("heartbeat_ms", dice.range(30, 100).to_string()),
            ("suspect_ms", dice.range(150, 400).to_string()),
            ("retry_ms", dice.range(60, 200).to_string()),
            ("broken", if broken.is_empty() { "[]".into() } else { format!("[\"{broken}\"]") }),
        ];
        let setup: Vec<String> = setup.into_iter().map(|(n, v)| format!("\"{n}\":{v}")).collect();
        let poison = max_receives > 0 && dice.percent(20);
        Cast { brokers, producers, consumers, replicas, all, shared, poison, setup: setup.join(",") }
    }

    fn names(&self, prefix: &str, count: u64) -> Vec<String> {
        (1..=count).map(|i| format!("{prefix}{i}")).collect()
    }

    fn everybody(&self) -> Vec<String> {
        let mut all = self.names("b", self.brokers);
        all.extend(self.names("p", self.producers));
        all.extend(self.names("w", self.consumers));
        if self.shared {
            all.push("store".into());
        }
        all
    }
}

const QUEUES: [&str; 3] = ["orders", "mail", "jobs"];

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",")
}

fn workload(at_us: u64, op: &str, nodes: &[String], count: u64, every_us: u64, args: &str) -> String {
    format!(
        "{{\"at_ms\":{},\"act\":{{\"workload\":{{\"op\":\"{op}\",\"nodes\":[{}],\"count\":{count},\"every_ms\":{},\"args\":{{{args}}}}}}}}}",
        ms(at_us),
        quoted(nodes),
        ms(every_us)
    )
}

fn fault(dice: &mut Dice, cast: &Cast, until_us: u64, acts: &mut Vec<String>) {
    let all = cast.everybody();
    let at_us = dice.range(0, until_us);
    let end = ms(at_us + dice.range(1_000, 1_200_000));
    let start = if dice.percent(50) {
        format!("\"after_event\":{}", dice.range(all.len() as u64, 1_500))
    } else {
        format!("\"at_ms\":{}", ms(at_us))
    };
    let node = &all[dice.range(0, all.len() as u64 - 1) as usize];
    let broker = format!("b{}", dice.range(1, cast.brokers));
    let mut pair = |on: String, off: String| {
        acts.push(format!("{{{start},\"act\":{on}}}"));
        acts.push(format!("{{\"at_ms\":{end},\"act\":{off}}}"));
    };
    let on = |what: &str, node: &str| format!("{{\"{what}\":{{\"node\":\"{node}\"}}}}");
    let ask = |op: &str| format!("{{\"request\":{{\"node\":\"{broker}\",\"op\":\"{op}\"}}}}");
    match dice.range(0, 13) {
        0..=2 => pair(on("crash", node), on("restart", node)),
        3..=5 => pair(on("crash", &broker), on("restart", &broker)),
        6 => pair(on("pause", node), on("resume", node)),
        7 | 8 => {
            let side: Vec<String> = all.iter().filter(|_| dice.percent(45)).cloned().collect();
            pair(format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", quoted(&side)), "{\"heal\":{}}".into());
        }
        9 => {
            let to = &all[dice.range(0, all.len() as u64 - 1) as usize];
            if to != node {
                let (delay, blocked) = (ms(dice.range(1, 90_000)), dice.percent(50));
                let link = format!(
                    "{{\"link\":{{\"from\":\"{node}\",\"to\":\"{to}\",\"delay_ms\":{delay},\"blocked\":{blocked}}}}}"
                );
                pair(link, "{\"heal\":{}}".into());
            }
        }
        10 | 11 => pair(ask("join"), ask("leave")),
        _ => pair(ask("leave"), ask("join")),
    }
}

/// A scenario's JSON with these acts.
fn whole(cast: &Cast, seed: u64, network: &str, acts: &[String], until_us: u64) -> String {
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"queue\",\"seed\":{seed},\"setup\":{{{}}},\"network\":{{{network}}},\
         \"acts\":[\n{}],\"until_ms\":{}}}",
        cast.setup,
        acts.join(",\n"),
        ms(until_us)
    )
}

/// What consumers and producers do, and what goes wrong meanwhile.
fn busy(dice: &mut Dice, cast: &Cast, until_us: u64) -> Vec<String> {
    let mut acts = Vec::new();
    for queue in QUEUES.iter().take(dice.range(1, 3) as usize) {
        let args = format!("\"queue\":\"{queue}\"");
        let count = dice.range(1, 12);
        let every_us = dice.range(5_000, until_us / count);
        acts.push(workload(
            dice.range(0, 300_000),
            "produce",
            &cast.names("p", cast.producers),
            count,
            every_us,
            &args,
        ));
        let (count, every_us) = (dice.range(0, 12), dice.range(20_000, 200_000));
        if count > 0 {
            let consumers = cast.names("w", cast.consumers);
            acts.push(workload(dice.range(0, until_us), "consume", &consumers, count, every_us, &args));
        }
    }
    if cast.poison {
        let args = "\"queue\":\"orders\",\"message\":{\"poison\":true}";
        acts.push(workload(20_000, "produce", &cast.names("p", 1), 1, 1_000, args));
    }
    for _ in 0..dice.range(0, 9) {
        fault(dice, cast, until_us, &mut acts);
    }
    acts
}

/// Faults end: at most R−1 brokers stay down; with acks `leader`, or one store, nobody may. Then the queues are drained.
fn calm(dice: &mut Dice, cast: &Cast, end_us: u64) -> Vec<String> {
    let down = if cast.all && !cast.shared { dice.range(0, cast.replicas - 1) } else { 0 };
    let down: BTreeSet<String> = (0..down).map(|_| format!("b{}", dice.range(1, cast.brokers))).collect();
    let at = |act: String| format!("{{\"at_ms\":{},\"act\":{act}}}", ms(end_us));
    let mut acts = vec![at("{\"heal\":{}}".into()), at("{\"network\":{\"loss\":0,\"duplicate\":0}}".into())];
    for name in cast.everybody() {
        acts.push(at(format!("{{\"resume\":{{\"node\":\"{name}\"}}}}")));
        let act = if down.contains(&name) { "crash" } else { "restart" };
        acts.push(at(format!("{{\"{act}\":{{\"node\":\"{name}\"}}}}")));
    }
    for consumer in cast.names("w", cast.consumers) {
        for queue in QUEUES {
            let args = format!("\"queue\":\"{queue}\"");
            acts.push(workload(end_us + DRAIN_US, "drain", std::slice::from_ref(&consumer), 9, 1_200_000, &args));
        }
    }
    acts
}

/// A random scenario: first with its faults alone, so that none falls behind their end, then with the end.
fn scenario(seed: u64, broken: &str) -> String {
    let mut dice = Dice::new(seed ^ 0x9e0e);
    let cast = Cast::draw(&mut dice, broken);
    let until_us = dice.range(500_000, 2_000_000);
    let mut percent = |chance, most| if dice.percent(chance) { dice.range(1, most) } else { 0 };
    let (loss, duplicate) = (percent(60, 25), percent(60, 30));
    let (min_us, spread_us) = (dice.range(300, 9_000), dice.range(0, 25_000));
    let network = format!(
        "\"delay_ms\":{{\"uniform\":[{},{}]}},\"loss\":0.{loss:02},\"duplicate\":0.{duplicate:02}",
        ms(min_us),
        ms(min_us + spread_us)
    );
    let end_us = until_us + 1_300_000;
    let mut acts = busy(&mut dice, &cast, until_us);
    let records = run(parse(&whole(&cast, seed, &network, &acts, end_us))).trace().len();
    let after =
        |act: &String| -> Option<u32> { act.strip_prefix("{\"after_event\":")?.split(',').next()?.parse().ok() };
    acts.retain(|act| after(act).is_none_or(|id| id < records));
    acts.extend(calm(&mut dice, &cast, end_us));
    whole(&cast, seed, &network, &acts, end_us + JUDGE_US)
}

/// Jepsen's total queue, from the lines of a trace alone.
#[derive(Default)]
struct TotalQueue {
    /// What producers have sent: the name of a message, and what it says.
    attempted: BTreeMap<String, Value>,
    /// What was answered.
    answered: BTreeSet<String>,
    /// What was processed, each time.
    dequeued: BTreeMap<String, u64>,
    dead: BTreeSet<String>,
    unexpected: BTreeSet<String>,
    /// Deliveries: what each receipt is for and the how many-th it was, and the highest of each broker and message.
    given: BTreeMap<String, (String, u64)>,
    last: BTreeMap<(String, String), u64>,
    foreign_acks: u64,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

impl TotalQueue {
    fn line(&mut self, line: &Value) {
        let (data, node) = (&line["data"], text(&line["node"]));
        match line["kind"].as_str().expect("a kind") {
            "send" => {
                let messages = line["messages"].as_array().expect("messages");
                messages.iter().for_each(|message| self.sent(&node, &message["data"]));
            }
            "reply" if data["op"] == "produce" && data["ok"] == true => {
                self.answered.insert(text(&data["message_id"]));
            }
            "state" if data["processed"].is_string() => {
                let id = text(&data["processed"]);
                if self.attempted.get(&id) != Some(&data["message"]) {
                    self.unexpected.insert(id.clone());
                }
                *self.dequeued.entry(id).or_default() += 1;
            }
            "state" if data["to"] == "dead" => drop(self.dead.insert(text(&data["message_id"]))),
            "state" if data["to"] == "acked" && data["because"] == "acknowledged" => {
                let (id, receipt) = (text(&data["message_id"]), text(&data["receipt"]));
                let given = self.given.get(&receipt).filter(|(given_for, _)| *given_for == id).map(|(_, count)| *count);
                let own = given.is_some_and(|count| self.last.get(&(node, id)).is_none_or(|last| *last <= count));
                self.foreign_acks += u64::from(!own);
            }
            _ => {}
        }
    }

    fn sent(&mut self, node: &str, data: &Value) {
        if data["ask"] == "produce" && node.starts_with('p') {
            self.attempted.entry(format!("{node}-{}", data["n"])).or_insert_with(|| data["message"].clone());
        } else if data.get("visibility_ms").is_some() {
            let (id, count) = (text(&data["message_id"]), data["receive_count"].as_u64().expect("a count"));
            self.given.insert(text(&data["receipt"]), (id.clone(), count));
            self.last.insert((node.to_string(), id), count);
        }
    }

    fn lost(&self) -> Vec<&String> {
        self.answered.iter().filter(|id| !self.dequeued.contains_key(*id) && !self.dead.contains(*id)).collect()
    }

    fn duplicates(&self) -> u64 {
        self.dequeued.values().map(|n| n - 1).sum()
    }
}

fn judge(run: &Run) -> TotalQueue {
    let mut total = TotalQueue::default();
    for id in 0..run.trace().len() {
        if matches!(run.trace().record(id).kind, Kind::State | Kind::Reply | Kind::Send) {
            total.line(&serde_json::from_str(&run.line(id)).expect("a line is JSON"));
        }
    }
    total
}

/// What one run came to.
#[derive(Default)]
struct Tally {
    runs: u64,
    records: u64,
    crashes: u64,
    messages: u64,
    processed: u64,
    duplicates: u64,
    dead: u64,
    moves: u64,
    drops: u64,
    /// Runs with nothing broken on purpose in which a rule is.
    wrong: Vec<String>,
    found: BTreeMap<&'static str, u64>,
}

fn play(seed: u64, broken: &str, tally: &mut Tally) {
    let scenario_text = scenario(seed, broken);
    let mut run = run(parse(&scenario_text));
    let total = judge(&run);
    run.settle();
    let inside: BTreeSet<&'static str> = run.violations().iter().map(|v| v.rule).collect();
    let sound = inside.is_empty() && total.lost().is_empty() && total.unexpected.is_empty() && total.foreign_acks == 0;
    if broken.is_empty() && !sound {
        let (violations, lost) = (run.violations(), total.lost());
        tally.wrong.push(format!(
            "seed {seed}: {violations:?}, lost {lost:?}, {} foreign\n{scenario_text}",
            total.foreign_acks
        ));
    }
    for (rule, outside) in
        [("nothing-unexpected", !total.unexpected.is_empty()), ("ack-own-delivery", total.foreign_acks > 0)]
    {
        assert_eq!(inside.contains(rule), outside, "the two judges on {rule}, seed {seed} [{broken}]\n{scenario_text}");
    }
    tally.runs += 1;
    tally.messages += total.answered.len() as u64;
    tally.processed += total.dequeued.values().sum::<u64>();
    tally.duplicates += total.duplicates();
    tally.dead += total.dead.len() as u64;
    for rule in inside {
        *tally.found.entry(rule).or_default() += 1;
    }
    let trace = run.trace();
    tally.records += u64::from(trace.len());
    for id in 0..trace.len() {
        let record = trace.record(id);
        tally.crashes += u64::from(record.kind == Kind::Crash);
        tally.drops += u64::from(record.kind == Kind::Drop);
        if record.kind == Kind::Reply {
            let line: Value = serde_json::from_str(&run.line(id)).expect("JSON");
            let moves = (line["data"]["op"] == "join" || line["data"]["op"] == "leave") && line["data"]["ok"] == true;
            tally.moves += u64::from(moves);
        }
    }
}

/// Plays many runs on all processors.
fn play_all(seeds: Range<u64>, broken: &str) -> Tally {
    let add = |total: &mut Tally, tally: Tally| {
        total.runs += tally.runs;
        total.records += tally.records;
        total.crashes += tally.crashes;
        total.messages += tally.messages;
        total.processed += tally.processed;
        total.duplicates += tally.duplicates;
        total.dead += tally.dead;
        total.moves += tally.moves;
        total.drops += tally.drops;
        total.wrong.extend(tally.wrong);
        for (rule, count) in tally.found {
            *total.found.entry(rule).or_default() += count;
        }
    };
    on_all_processors(seeds, |seed, tally| play(seed, broken, tally), add)
}

#[test]
fn no_fault_loses_a_message_and_all_comes_to_rest() {
    let start = Instant::now();
    let t = play_all(0..long_cases(RUNS), "");
    t.wrong.iter().filter_map(|wrong| wrong.lines().next()).for_each(|first| println!("{first}"));
    assert!(t.wrong.is_empty(), "{} runs, such as {}", t.wrong.len(), t.wrong[0]);
    println!(
        "{} runs, {} a second: {} records, {} messages answered, {} processed ({} of them again), {} dead letters, {} brokers \
         came or went, {} crashes, {} messages of the network lost",
        t.runs,
        t.runs * 1000 / (start.elapsed().as_millis() as u64).max(1),
        t.records,
        t.messages,
        t.processed,
        t.duplicates,
        t.dead,
        t.moves,
        t.crashes,
        t.drops
    );
    assert!(t.runs < 100 || t.duplicates > 0 && t.dead > 0 && t.moves > 0);
}

#[test]
fn every_switch_is_caught_by_its_rule_and_every_rule_fires() {
    every_switch_is_caught("queue", BROKEN_RUNS, &[], |switch, seeds| play_all(seeds, switch).found);
}

/// A short run in which much happens: a delivery that is over, an acknowledgement, a broker that joins, one that crashes.
fn short(extra: &str) -> String {
    let ask = |at: u64, node: &str, op: &str, args: &str| {
        format!(
            "{{\"at_ms\":{at},\"act\":{{\"request\":{{\"node\":\"{node}\",\"op\":\"{op}\",\"args\":{{{args}}}}}}}}}"
        )
    };
    let queue = "\"queue\":\"orders\"";
    let mut acts = vec![
        ask(1, "p1", "produce", "\"queue\":\"orders\",\"message\":\"tea\""),
        ask(2, "p1", "produce", "\"queue\":\"orders\",\"message\":\"milk\""),
        ask(60, "w1", "consume", queue),
        ask(70, "w2", "consume", queue),
        ask(80, "b4", "join", ""),
        ask(300, "p1", "produce", "\"queue\":\"orders\",\"message\":\"bread\""),
        ask(340, "w2", "consume", queue),
        ask(420, "b3", "leave", ""),
    ];
    if !extra.is_empty() {
        acts.push(extra.into());
    }
    // Whoever was crashed comes back; the queue is drained after that.
    for node in ["b1", "b2", "b3", "b4", "p1", "w1", "w2"] {
        acts.push(format!("{{\"at_ms\":1500,\"act\":{{\"restart\":{{\"node\":\"{node}\"}}}}}}"));
    }
    for at in [3_500, 4_000, 4_500] {
        acts.push(ask(at, "w1", "drain", queue));
        acts.push(ask(at, "w2", "drain", queue));
    }
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"queue\",\"setup\":{{\"brokers\":4,\"members\":3,\"process_ms\":20,\
         \"visibility_ms\":300,\"max_receives\":0}},\"network\":{{\"delay_ms\":{{\"uniform\":[3,9]}}}},\"acts\":[{}],\"until_ms\":5200}}",
        acts.join(",")
    )
}

/// The end of the part of the short run that is disturbed, in microseconds.
const SHORT_US: u64 = 700_000;

fn hold_short(extra: &str) -> bool {
    let mut run = run(parse(&short(extra)));
    let total = judge(&run);
    run.settle();
    assert!(run.violations().is_empty(), "{extra}: {:?}", run.violations());
    assert!(total.lost().is_empty() && total.unexpected.is_empty(), "{extra}: lost {:?}", total.lost());
    true
}

#[test]
fn each_message_of_a_short_run_may_be_lost() {
    let base = run(parse(&short("")));
    let mut tried = 0;
    for id in 0..base.trace().len() {
        let record = base.trace().record(id);
        if record.kind == Kind::Send && record.at_us < SHORT_US {
            for message in record.message..record.message + u32::from(record.count) {
                let act = format!("{{\"message\":{{\"id\":{message},\"drop\":true}}}}");
                tried += u32::from(hold_short(&format!("{{\"after_event\":{id},\"act\":{act}}}")));
            }
        }
    }
    println!("{tried} runs, a message lost in each");
    assert!(tried > 100);
}

#[test]
fn each_process_of_a_short_run_may_crash_at_each_record() {
    let base = run(parse(&short("")));
    let mut tried = 0;
    for id in 0..base.trace().len() {
        let record = base.trace().record(id);
        if record.at_us >= SHORT_US || usize::from(record.node) >= base.names().len() {
            continue;
        }
        let name = &base.names()[usize::from(record.node)];
        let act = format!("{{\"crash\":{{\"node\":\"{name}\"}}}}");
        tried += u32::from(hold_short(&format!("{{\"after_event\":{id},\"act\":{act}}}")));
    }
    println!("{tried} runs, a crash in each");
    assert!(tried > 200);
}

/// The cases of Jepsen's checker tests (jepsen checker_test.clj, EPL-1.0; facts): a history of queue operations, and whether
/// it is a total queue. In our words: `inv enq` is the producer's sending, `ok enq` its answer, `ok deq` a message processed.
#[test]
fn the_second_judge_gives_the_answers_of_jepsens_checker() {
    let cases: [(&str, &[&str], bool); 6] = [
        ("empty", &[], true),
        ("sane", &["inv enq 1", "inv enq 2", "ok enq 2", "ok deq 1", "ok deq 2"], true),
        ("concurrent", &["inv deq", "inv enq 1", "ok deq 1"], true),
        ("lost", &["inv enq 1", "ok enq 1"], false),
        ("unexpected", &["ok deq 1"], false),
        ("duplicated", &["inv enq 1", "ok enq 1", "ok deq 1", "ok deq 1"], true),
    ];
    for (name, history, valid) in cases {
        let mut total = TotalQueue::default();
        for step in history {
            let n: u64 = step.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            let id = format!("p1-{n}");
            let line = match step.rsplit_once(' ').map_or(*step, |(what, _)| what) {
                "inv enq" => serde_json::json!({"kind": "send", "node": "p1", "data": {},
                    "messages": [{"data": {"ask": "produce", "n": n, "message": n}}]}),
                "ok enq" => serde_json::json!({"kind": "reply", "node": "p1",
                    "data": {"op": "produce", "message_id": id, "ok": true}}),
                "ok deq" => serde_json::json!({"kind": "state", "node": "w1", "data": {"processed": id, "message": n}}),
                _ => continue,
            };
            total.line(&line);
        }
        assert_eq!(total.lost().is_empty() && total.unexpected.is_empty(), valid, "{name}");
    }
    assert_eq!(TotalQueue::default().duplicates(), 0);
}

/// Prints the scenario of one seed: `LIGHTCONE_SEED=7 cargo test -p lightcone-core --test queue -- --ignored --nocapture`.
#[test]
#[ignore = "for looking into one random run by hand"]
fn show_one() {
    let seed = std::env::var("LIGHTCONE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    println!("{}", scenario(seed, &std::env::var("LIGHTCONE_SWITCH").unwrap_or_default()));
}
