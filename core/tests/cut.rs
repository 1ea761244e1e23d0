//! Cuts, against the definition (for every receive inside, its send is inside) and against the stamps.

mod common;

use common::{ALL, Dice, cases, parse, random_scenario, read_lines};
use lightcone_core::engine::run;
use lightcone_core::trace::causality::cut;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What an outside reader finds of a cut in the lines of a trace.
fn by_definition(lines: &[Value], names: &[String], bounds: &[u32]) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let bound = |node: &Value| {
        let name = node.as_str().expect("the name of a process");
        u64::from(bounds[names.iter().position(|n| n == name).expect("a process")])
    };
    let id = |line: &Value| line["id"].as_u64().expect("an id");
    let mut sent: BTreeMap<u64, bool> = BTreeMap::new();
    let mut ends: BTreeMap<u64, Vec<bool>> = BTreeMap::new();
    let mut backwards = BTreeSet::new();
    for line in lines.iter().filter(|l| l["kind"] == "send") {
        for message in line["messages"].as_array().into_iter().flatten() {
            sent.insert(message["id"].as_u64().expect("an id"), id(line) < bound(&line["node"]));
        }
    }
    for line in lines {
        let lost = line["kind"] == "drop" && line["data"]["layer"].is_null();
        if line["kind"] != "receive" && !lost {
            continue;
        }
        let to = if lost { &line["data"]["to"] } else { &line["node"] };
        let message = line["message"].as_u64().expect("a message");
        let inside = id(line) < bound(to);
        ends.entry(message).or_default().push(inside);
        if inside && !lost && !sent[&message] {
            backwards.insert(message);
        }
    }
    let under_way = |m: &u64| ends.get(m).is_none_or(|ends| ends.iter().any(|inside| !inside));
    let in_flight = sent.iter().filter(|(m, inside)| **inside && under_way(m)).map(|(m, _)| *m).collect();
    (backwards, in_flight)
}

/// Whether nobody inside knows of an event that is outside.
fn by_stamps(lines: &[Value], names: &[String], bounds: &[u32]) -> bool {
    let ticks = |l: &&Value| matches!(l["kind"].as_str(), Some("local" | "send" | "receive" | "timeout"));
    let mut own: BTreeMap<&str, u64> = names.iter().map(|n| (n.as_str(), 0)).collect();
    let mut known = own.clone();
    for line in lines.iter().filter(ticks) {
        let node = line["node"].as_str().expect("an event belongs to a process");
        let place = names.iter().position(|n| n == node).expect("a process");
        if line["id"].as_u64().expect("an id") >= u64::from(bounds[place]) {
            continue;
        }
        *own.get_mut(node).expect("a process") += 1;
        for (name, count) in line["vector"].as_object().expect("a vector") {
            let known = known.get_mut(name.as_str()).expect("a process");
            *known = count.as_u64().expect("a component").max(*known);
        }
    }
    known == own
}

#[test]
fn a_cut_is_consistent_exactly_when_every_receive_inside_has_its_send_inside() {
    let (mut consistent, mut torn, mut flying) = (0, 0, 0);
    for seed in 0..cases(60) {
        let run = run(parse(&random_scenario(seed, ALL, "")));
        let (lines, names) = (read_lines(&run), run.names());
        let mut dice = Dice::new(seed);
        for turn in 0..40u64 {
            // Lines far apart are hardly ever consistent, so some stay near one moment.
            let middle = dice.range(0, u64::from(run.trace().len()));
            let off = [0, 3, 12, 1_000_000][turn as usize % 4];
            let bound = |dice: &mut Dice| dice.range(middle.saturating_sub(off), middle + off) as u32;
            let bounds: Vec<u32> = names.iter().map(|_| bound(&mut dice)).collect();
            let found = cut(run.trace(), &bounds);
            let (backwards, in_flight) = by_definition(&lines, names, &bounds);
            let said: BTreeSet<u64> = found.backwards.iter().map(|(m, _)| u64::from(*m)).collect();
            assert_eq!(said, backwards, "seed {seed}: {bounds:?}");
            assert_eq!(found.is_consistent(), by_stamps(&lines, names, &bounds), "seed {seed}: {bounds:?}");
            let said: BTreeSet<u64> = found.in_flight.iter().map(|m| u64::from(*m)).collect();
            assert_eq!(said, in_flight, "seed {seed}: {bounds:?}");
            if off == 0 {
                assert!(found.is_consistent(), "seed {seed}: one moment is always consistent");
            }
            *(if found.is_consistent() { &mut consistent } else { &mut torn }) += 1;
            flying += in_flight.len();
        }
    }
    println!("{consistent} consistent, {torn} not, {flying} messages in flight");
    assert!(consistent > 0 && torn > 0 && flying > 0, "the random cuts are of both kinds");
}

#[test]
fn a_message_that_is_received_before_it_is_sent_is_named() {
    let text = r#"{"format":"lightcone/1","lab":"vector-clocks","network":{"delay_ms":10},"setup":{"processes":2},
        "acts":[{"at_ms":1,"act":{"request":{"node":"P1","op":"send","args":{"to":"P2","message":"x"}}}}]}"#;
    let run = run(parse(text));
    let lines = read_lines(&run);
    let of = |kind: &str| lines.iter().position(|l| l["kind"] == kind).expect("there is one") as u32;
    let (send, receive) = (of("send"), of("receive"));
    let torn = cut(run.trace(), &[send, receive + 1]);
    assert_eq!((torn.backwards, torn.in_flight), (vec![(0, receive)], vec![]));
    let between = cut(run.trace(), &[send + 1, receive]);
    assert!(between.is_consistent());
    assert_eq!(between.in_flight, [0]);
    let after = cut(run.trace(), &[send + 1, receive + 1]);
    assert!(after.is_consistent() && after.in_flight.is_empty());
}
