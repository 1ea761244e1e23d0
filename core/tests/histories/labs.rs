//! The histories of the labs say what the labs are.

use super::common::{Dice, cases, on_all_processors, parse};
use lightcone_core::engine::{Run, run};
use lightcone_core::histories::{Consistency, Limits, Model, Verdict, judge, read, report};
use lightcone_core::labs::find;
use lightcone_core::scenario::Scenario;
use lightcone_core::views::export::history;
use std::collections::BTreeMap;

/// Random runs of each lab with nothing broken.
const RUNS: u64 = 400;

/// The verdict on a run, with what there is to say.
fn judged(run: &Run, model: Model, consistency: Consistency) -> (Verdict, String) {
    let text = history::write(run);
    let history = read(&text, model).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let judgement = judge(&history, model, consistency, Limits { states: 1_000_000 }).expect("it can be judged");
    (judgement.verdict, format!("{}\n{text}\n{}", report(&history, &judgement), run.scenario().to_json()))
}

fn builtin(name: &str) -> Run {
    let (lab, id) = name.split_once('/').expect("a lab and a scenario");
    run(parse(&find(lab).expect("the lab").spec().scenario(id).expect("the scenario").json()))
}

/// A random scenario of clients that ask for this and that, with faults.
fn scenario(lab: &str, seed: u64, broken: &str) -> String {
    let mut dice = Dice::new(seed ^ 0x1157);
    let (clients, servers): (&[&str], &[&str]) = match lab {
        "raft-lock" => (&["client_A", "client_B", "client_C"], &["S1", "S2", "S3"]),
        "zk-lock" => (&["c1", "c2", "c3"], &["zk1", "zk2", "zk3"]),
        _ => (&["client1", "client2", "client3"], &["node1", "node2", "node3"]),
    };
    let mut acts = Vec::new();
    let mut act = |at: u64, act: String| acts.push(format!("{{\"at_ms\":{at},\"act\":{act}}}"));
    // The store answers at once, so its clients meet only where they are quick.
    let gap = if lab == "causal-kv" { 80 } else { 500 };
    for client in clients {
        let mut at = dice.range(200, 200 + gap);
        for _ in 0..if lab == "causal-kv" { dice.range(6, 12) } else { dice.range(2, 5) } {
            for (op, args) in requests(&mut dice, lab) {
                act(at, format!("{{\"request\":{{\"node\":\"{client}\",\"op\":\"{op}\",\"args\":{args}}}}}"));
                at += dice.range(20, 20 + gap);
            }
        }
    }
    if lab == "causal-kv" {
        // Servers that are far from each other, and clients near them: what one has written another does not see at once.
        for from in servers {
            for to in servers.iter().filter(|to| *to != from) {
                let delay = dice.range(100, 400);
                act(0, format!("{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",\"delay_ms\":{delay}}}}}"));
            }
        }
    }
    for _ in 0..dice.range(0, 5) {
        let (at, end) = (dice.range(300, 2_500), dice.range(50, 1_500));
        let node = if dice.percent(40) { dice.of(clients) } else { dice.of(servers) };
        let (on, off) = match dice.range(0, 2) {
            0 => (format!("{{\"crash\":{{\"node\":\"{node}\"}}}}"), format!("{{\"restart\":{{\"node\":\"{node}\"}}}}")),
            1 => (format!("{{\"pause\":{{\"node\":\"{node}\"}}}}"), format!("{{\"resume\":{{\"node\":\"{node}\"}}}}")),
            _ => (format!("{{\"partition\":{{\"groups\":[[\"{node}\"]]}}}}"), "{\"heal\":{}}".into()),
        };
        act(at, on);
        act(at + end, off);
    }
    let setup = match lab {
        "raft-lock" => "\"servers\":3,\"clients\":3,\"lease_ms\":700",
        "zk-lock" => "\"servers\":3,\"clients\":3,\"session_ms\":800",
        _ => "\"nodes\":3,\"clients\":3",
    };
    let loss = if dice.percent(40) { dice.range(0, 15) } else { 0 };
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"{lab}\",\"seed\":{seed},\"setup\":{{{setup},\"broken\":[{broken}]}},\
         \"network\":{{\"delay_ms\":{{\"uniform\":[{},{}]}},\"loss\":0.{loss:02}}},\"acts\":[{}],\"until_ms\":5000}}",
        dice.range(1, 8),
        dice.range(9, 40),
        acts.join(",")
    )
}

/// What a client asks for, one thing after the other.
fn requests(dice: &mut Dice, lab: &str) -> Vec<(&'static str, String)> {
    match lab {
        "raft-lock" => {
            let what = format!("\"resource_id\":\"{}\"", dice.of(&["a", "b"]));
            let mode = dice.of(&["exclusive", "exclusive", "shared"]);
            let acquire = ("acquire", format!("{{{what},\"lock_type\":\"{mode}\"}}"));
            match dice.range(0, 3) {
                0 => vec![("locks", "{}".into())],
                1 => vec![acquire.clone(), acquire, ("locks", "{}".into()), ("release", format!("{{{what}}}"))],
                _ => vec![acquire, ("release", format!("{{{what}}}"))],
            }
        }
        "zk-lock" => {
            let mode = dice.of(&["exclusive", "exclusive", "shared"]);
            let lock = ("lock", format!("{{\"path\":\"/lock\",\"mode\":\"{mode}\"}}"));
            match dice.range(0, 4) {
                0 | 1 => vec![("increment", "{\"times\":1}".into())],
                2 => vec![("read", "{}".into())],
                _ => vec![lock, ("unlock", "{\"path\":\"/lock\"}".into())],
            }
        }
        _ => {
            let key = dice.of(&["x", "y"]);
            let (node, value) = (dice.of(&["node1", "node2", "node3", "any"]), dice.range(1, 1_000_000));
            match dice.range(0, 5) {
                0 | 1 => vec![("put", format!("{{\"node\":\"{node}\",\"key\":\"{key}\",\"value\":{value}}}"))],
                2 => vec![("delete", format!("{{\"node\":\"{node}\",\"key\":\"{key}\"}}"))],
                _ => vec![("get", format!("{{\"node\":\"{node}\",\"key\":\"{key}\"}}"))],
            }
        }
    }
}

fn locks_hold(lab: &str) {
    let judged = on_all_processors(
        0..cases(RUNS),
        |seed, judged: &mut u64| {
            let run = run(parse(&scenario(lab, seed, "")));
            assert!(run.violations().is_empty(), "{}", run.scenario().to_json());
            let (verdict, said) = judged_run(&run);
            assert_eq!(verdict, Verdict::Yes, "{lab} seed {seed}: {said}");
            *judged += 1;
        },
        |total, more| *total += more,
    );
    println!("{lab}: {judged} histories are linearizable");
}

fn judged_run(run: &Run) -> (Verdict, String) {
    judged(run, Model::Lock, Consistency::Linearizable)
}

#[test]
fn locks_on_raft_are_linearizable() {
    locks_hold("raft-lock");
}

#[test]
fn locks_on_zookeeper_are_linearizable() {
    locks_hold("zk-lock");
}

#[test]
fn a_broken_rule_shows_in_the_history() {
    for name in
        ["raft-lock/broken-reads", "raft-lock/broken-dedupe", "zk-lock/broken-fencing", "zk-lock/broken-fence-writes"]
    {
        let (verdict, said) = judged_run(&builtin(name));
        assert_eq!(verdict, Verdict::No, "{name}: {said}");
    }
    // Not by one seed alone.
    let lab = find("raft-lock").expect("the lab");
    let stale = parse(&lab.spec().scenario("broken-reads").expect("the scenario").json());
    let broken = (0..20).filter(|seed| {
        let scenario = Scenario { seed: *seed, ..stale.clone() };
        judged_run(&run(scenario)).0 == Verdict::No
    });
    let broken = broken.count();
    println!("stale-reads: {broken} of 20 seeds are not linearizable");
    assert!(broken > 5, "{broken}");
}

#[test]
fn an_expiry_is_a_release_at_its_commit() {
    for name in ["raft-lock/client-crash", "zk-lock/two-believe"] {
        let run = builtin(name);
        let text = history::write(&run);
        assert_eq!(text.matches("\"type\":\"expire\"").count(), 1, "{name}:\n{text}");
        assert_eq!(judged_run(&run).0, Verdict::Yes, "{name}:\n{text}");
        let without: Vec<&str> = text.lines().filter(|line| !line.contains("\"type\":\"expire\"")).collect();
        let history = read(&without.join("\n"), Model::Lock).expect("a history");
        let judgement = judge(&history, Model::Lock, Consistency::Linearizable, Limits::default()).expect("locks");
        assert_eq!(judgement.verdict, Verdict::No, "{name}: two would hold it at once");
    }
}

#[test]
fn the_causal_store_is_causal_and_often_not_linearizable() {
    let counts = on_all_processors(
        0..cases(RUNS),
        |seed, counts: &mut BTreeMap<(&str, bool), u64>| {
            let run = run(parse(&scenario("causal-kv", seed, "")));
            for consistency in Consistency::ALL {
                let (verdict, said) = judged(&run, Model::Kv, consistency);
                assert_ne!(verdict, Verdict::Unknown, "{consistency:?} of seed {seed}: {said}");
                *counts.entry((consistency.name(), verdict == Verdict::Yes)).or_default() += 1;
                if consistency == Consistency::Causal && verdict == Verdict::No {
                    println!("seed {seed}: {said}");
                }
            }
        },
        |total, more| more.into_iter().for_each(|(key, n)| *total.entry(key).or_default() += n),
    );
    println!("causal-kv: {counts:?}");
    let count = |name, verdict| counts.get(&(name, verdict)).copied().unwrap_or(0);
    assert_eq!(count("causal", false), 0, "{counts:?}");
    assert!(3 * count("linearizable", false) > count("linearizable", true) || cases(RUNS) < RUNS, "{counts:?}");
    let (verdict, _) = judged(&builtin("causal-kv/broken-no-context"), Model::Kv, Consistency::Causal);
    assert_eq!(verdict, Verdict::No);
}
