//! Dialogues: each test is a scenario and what its processes then say to each other, one behaviour each.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then
//! changes was to be checked by hand, against the three steps at the head of the lab.

use super::{About, CausalMulticast, Disk, Fate, Letter, Missing, Note, Request, missing};
use crate::base::json::Payload;
use crate::engine::{Run, run};
use crate::labs;
use crate::labs::golden::{self, Line, vector, word};
use crate::protocol::{Context, Input, Out, Protocol, context};
use crate::scenario::Scenario;
use crate::trace::Kind;
use serde_json::Value;
use std::sync::Arc;

fn dialogue(run: &Run) -> String {
    golden::dialogue(run, |line| {
        let Line { node, peer, label, data, .. } = line;
        let what = format!("{}#{} {}", word(&data["origin"]), data["seq"], data["payload"]);
        let moved = format!("{}→{}", vector(run, &data["before"]), vector(run, &data["after"]));
        Some(match line.kind.as_str() {
            "send" => format!("{node}→{} {what} {moved}", line.to()),
            "receive" => {
                let stamp = vector(run, &data["timestamp"]);
                let held =
                    |h: &Value| format!(", held for {}: has {}, needs {}", word(&h["component"]), h["has"], h["needs"]);
                format!("{node}←{peer} {what} {stamp} at {moved}{}", data.get("held").map(held).unwrap_or_default())
            }
            "deliver" => format!("{node} delivers {what} {moved}"),
            "local" => format!("{node} local {moved}"),
            "drop" => format!("✗ {label}"),
            _ => return line.usual(),
        })
    })
}

/// Links of exactly 10 ms, and those from P1 to P3 of 60 ms.
fn scenario(setup: &str, acts: &[(&str, String)]) -> Scenario {
    let mut all = vec![r#"{"at_ms":0,"act":{"link":{"from":"P1","to":"P3","delay_ms":60}}}"#.to_string()];
    if setup.contains("\"processes\":1") {
        all.clear();
    }
    all.extend(acts.iter().map(|(when, act)| {
        let when = match when.strip_prefix('#') {
            Some(record) => format!("\"after_event\":{record}"),
            None => format!("\"at_ms\":{when}"),
        };
        format!("{{{when},\"act\":{act}}}")
    }));
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"causal-multicast\",\"setup\":{{{setup}}},\
         \"network\":{{\"delay_ms\":10}},\"acts\":[{}],\"until_ms\":1000}}",
        all.join(",")
    );
    labs::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Plays acts, lets the run settle, and holds the dialogue against `golden/NAME.txt`.
fn golden(name: &str, setup: &str, acts: &[(&str, String)]) {
    let mut run = run(scenario(setup, acts));
    run.settle();
    let said = dialogue(&run);
    golden::hold("causal_multicast", name, &said);
    assert_eq!(run.violations().is_empty(), !setup.contains("broken"), "{name}");
}

fn multicast(from: &str, payload: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{from}\",\"op\":\"multicast\",\"args\":{{\"payload\":{payload}}}}}}}")
}

fn say(from: &str, text: &str) -> String {
    multicast(from, &format!("\"{text}\""))
}

fn local(node: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{node}\",\"op\":\"local\"}}}}")
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

const THREE: &str = "\"processes\":3";

/// P1 asks, P2 replies; the question is late at P3.
fn question_and_reply() -> Vec<(&'static str, String)> {
    vec![("1", say("P1", "question")), ("20", say("P2", "reply"))]
}

fn and(mut acts: Vec<(&'static str, String)>, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    acts.extend_from_slice(more);
    acts
}

#[test]
fn a_reply_waits_for_its_question() {
    golden("question", THREE, &question_and_reply());
}

#[test]
fn one_arrival_releases_a_whole_chain() {
    let acts = and(question_and_reply(), &[("40", say("P2", "and another thing"))]);
    golden("chain", THREE, &acts);
}

#[test]
fn concurrent_multicasts_may_be_delivered_in_different_orders() {
    golden("concurrent", THREE, &[("1", say("P1", "left")), ("2", say("P3", "right"))]);
}

#[test]
fn local_events_and_receives_are_not_counted() {
    golden("local", THREE, &[("1", local("P2")), ("2", say("P2", "my first")), ("20", local("P1"))]);
}

#[test]
fn alone_a_process_delivers_its_own_multicasts() {
    golden("alone", "\"processes\":1", &[("1", say("P1", "to nobody")), ("2", local("P1"))]);
}

#[test]
fn what_waits_survives_a_crash() {
    golden("crash", THREE, &and(question_and_reply(), &[("40", on("crash", "P3")), ("200", on("restart", "P3"))]));
}

// Records: boots 0 to 2, the act on the link 3, the request 4, its send 5, the own delivery 6.

#[test]
fn a_crash_before_the_send_leaves_nothing() {
    golden(
        "crash-before-send",
        THREE,
        &[("1", say("P1", "never")), ("#4", on("crash", "P1")), ("50", on("restart", "P1"))],
    );
}

#[test]
fn a_crash_between_send_and_own_delivery_leaves_a_debt() {
    golden(
        "crash-after-send",
        THREE,
        &[("1", say("P1", "mine")), ("#5", on("crash", "P1")), ("50", on("restart", "P1"))],
    );
}

#[test]
fn a_crash_between_arrival_and_delivery_leaves_a_debt() {
    golden(
        "crash-after-receive",
        THREE,
        &[("1", say("P1", "hello")), ("#7", on("crash", "P2")), ("50", on("restart", "P2"))],
    );
}

#[test]
fn a_crash_between_two_deliveries_of_one_arrival_leaves_a_debt() {
    let run = run(scenario(THREE, &question_and_reply()));
    let deliveries = |id: &u32| run.trace().record(*id).kind.name() == "deliver" && run.trace().record(*id).node == 2;
    let first = (0..run.trace().len()).find(deliveries).expect("P3 delivers the question");
    let anchor: &'static str = format!("#{first}").leak();
    let acts = and(question_and_reply(), &[(anchor, on("crash", "P3")), ("150", on("restart", "P3"))]);
    golden("crash-between-deliveries", THREE, &acts);
}

#[test]
fn two_sides_of_a_partition_hear_of_each_other_when_it_heals() {
    let cut = r#"{"partition":{"groups":[["P1","P2"],["P3"]]}}"#.to_string();
    let acts =
        and(question_and_reply(), &[("0.5", cut), ("30", say("P3", "alone here")), ("120", "{\"heal\":{}}".into())]);
    golden("partition", THREE, &acts);
}

#[test]
fn broken_no_buffer_delivers_the_reply_first() {
    golden("broken-no-buffer", "\"broken\":[\"no-buffer\"]", &question_and_reply());
}

#[test]
fn broken_tick_on_receive_makes_others_wait_for_what_never_was() {
    golden("broken-tick-on-receive", "\"broken\":[\"tick-on-receive\"]", &question_and_reply());
}

#[test]
fn broken_single_pass_forgets_what_it_holds() {
    golden("broken-single-pass", "\"broken\":[\"single-pass\"]", &question_and_reply());
}

#[test]
fn broken_deliver_before_disk_delivers_twice() {
    let acts = [("1", say("P1", "order")), ("20", on("crash", "P2")), ("30", on("restart", "P2"))];
    golden("broken-deliver-before-disk", "\"broken\":[\"deliver-before-disk\"]", &acts);
}

fn letter(origin: u16, timestamp: [u32; 3]) -> Arc<Letter> {
    Arc::new(Letter { origin, payload: Payload::from_text("x"), timestamp: timestamp.to_vec().into(), private: None })
}

#[test]
fn section_5_1_step_2_as_a_table() {
    let lacks = |v: [u32; 3], origin, stamp| -> Vec<(u16, u32, u32)> {
        missing(&v, &letter(origin, stamp))
            .into_iter()
            .map(|Missing { component, has, needs }| (component, has, needs))
            .collect()
    };
    assert_eq!(lacks([0, 0, 0], 0, [1, 0, 0]), [], "the first one of P1");
    assert_eq!(lacks([0, 0, 0], 0, [2, 0, 0]), [(0, 0, 1)], "its second one waits for the first");
    assert_eq!(lacks([0, 0, 0], 1, [1, 1, 0]), [(0, 0, 1)], "a reply waits for the question");
    assert_eq!(lacks([1, 0, 0], 1, [1, 1, 0]), []);
    assert_eq!(lacks([1, 0, 9], 1, [1, 1, 0]), [], "whoever knows more than the sender need not wait");
    assert_eq!(lacks([0, 1, 0], 1, [2, 4, 1]), [(0, 0, 2), (1, 1, 3), (2, 0, 1)], "all that is missing is told");
}

/// A process on its own, without network: takes inputs and does at once what it asks for.
struct Bench {
    ctx: Context<CausalMulticast>,
    disk: Disk,
    me: u16,
}

impl Bench {
    fn new(me: u16) -> Bench {
        let ctx = context::<CausalMulticast>(&crate::tables::Setup::default()).expect("defaults fit");
        Bench { disk: CausalMulticast::format(&ctx, me), ctx, me }
    }

    fn take(&mut self, input: Input<'_, CausalMulticast>) -> Vec<Note> {
        let mut out = Out::new();
        CausalMulticast::step(&self.ctx, self.me, &mut (), &self.disk, input, &mut out);
        let effects = out.effects.into_iter().map(|e| (e.note, e.write));
        let mut notes = Vec::new();
        for (note, write) in [(out.input_note, out.input_write)].into_iter().chain(effects) {
            notes.extend(note);
            if let Some(write) = write {
                CausalMulticast::write(&mut self.disk, write);
            }
        }
        notes
    }

    fn receive(&mut self, letter: &Arc<Letter>) -> Vec<Note> {
        self.take(Input::Message { from: letter.origin, message: letter })
    }
}

fn dropped(notes: &[Note]) -> bool {
    matches!(notes, [Note { about: About::Received(_, Fate::Duplicate), before, after }] if before == after)
}

#[test]
fn duplicates_are_dropped_whether_delivered_or_waiting() {
    let mut p3 = Bench::new(2);
    let (question, reply) = (letter(0, [1, 0, 0]), letter(1, [1, 1, 0]));
    assert_eq!(p3.receive(&reply).len(), 1, "held");
    assert!(dropped(&p3.receive(&reply)), "it waits already");
    assert_eq!(p3.receive(&question).len(), 3, "received, and two deliveries");
    assert!(dropped(&p3.receive(&question)) && dropped(&p3.receive(&reply)), "both were delivered");
    assert_eq!((*p3.disk.vector).to_vec(), [1, 1, 0]);
    assert_eq!((p3.disk.delivered.len(), p3.disk.buffer.len(), p3.disk.held), (2, 0, 1));
}

#[test]
fn a_long_wait_is_drained_in_one_step_whatever_the_order_of_arrival() {
    let mut p3 = Bench::new(2);
    for seq in (2..=50).rev() {
        assert_eq!(p3.receive(&letter(0, [seq, 0, 0])).len(), 1);
    }
    assert_eq!(p3.receive(&letter(0, [1, 0, 0])).len(), 51);
    let order: Vec<u32> = p3.disk.delivered.iter_from(0).map(|l| l.seq()).collect();
    assert_eq!(order, (1..=50).collect::<Vec<_>>());
    let notes = p3.take(Input::Request { id: 0, request: &Request::Multicast(Payload::from_text("mine")) });
    assert_eq!((*notes[0].after).to_vec(), [50, 0, 1]);
}

#[test]
fn payloads_of_all_sorts_arrive_as_they_were_sent() {
    let long = format!("\"{}\"", "x".repeat(10_000));
    let payloads = [
        "\"\"",
        "{}",
        "null",
        "-0.50",
        "[1,2]",
        r#""say \"hi\" \\ \n""#,
        "\"שלום עולם\"",
        "\"\u{202e}abc\"",
        long.as_str(),
    ];
    for payload in payloads {
        let run = run(scenario(THREE, &[("1", multicast("P2", payload))]));
        let lines: Vec<Value> =
            (0..run.trace().len()).map(|id| serde_json::from_str(&run.line(id)).expect("JSON")).collect();
        let raw = (0..run.trace().len()).filter(|&id| run.data(id).contains(&format!("\"payload\":{payload}")));
        // One request, one send, two receives, three deliveries.
        assert_eq!(raw.count(), 7, "{payload}");
        assert_eq!(lines.iter().filter(|l| l["kind"] == "deliver").count(), 3);
        let short = |l: &Value| word(&l["label"]).chars().count() < 80;
        assert!(lines.iter().all(short), "labels are short: {payload}");
    }
    let run = run(scenario(THREE, &[("1", r#"{"request":{"node":"P2","op":"multicast"}}"#.into())]));
    assert!(dialogue(&run).contains("P1 delivers P2#1 \"hello\""), "the payload has a default");
}

#[test]
fn unusable_requests_are_refused_with_their_path() {
    let error = |act: &str| {
        let text = format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"causal-multicast\",\"acts\":[{{\"at_ms\":1,\"act\":{{\"request\":{act}}}}}]}}"
        );
        labs::parse(&text).expect_err(act).to_string()
    };
    assert!(error(r#"{"node":"P1","op":"broadcast"}"#).contains("op"));
    assert!(error(r#"{"node":"P9","op":"local"}"#).contains("P9"));
    assert!(error(r#"{"node":"P1","op":"multicast","args":{"message":"x"}}"#).contains("message"));
    assert!(error(r#"{"node":"P1","op":"local","args":{"payload":1}}"#).contains("payload"));
    assert!(error(r#"{"node":1,"op":"local"}"#).contains("node"));
    let setup = |setup: &str| {
        labs::parse(&format!("{{\"format\":\"lightcone/1\",\"lab\":\"causal-multicast\",\"setup\":{setup}}}"))
    };
    for bad in [r#"{"processes":0}"#, r#"{"processes":27}"#, r#"{"processes":"3"}"#, r#"{"broken":["no-merge"]}"#] {
        assert!(setup(bad).is_err(), "{bad}");
    }
    assert!(setup(r#"{"processes":26}"#).is_ok());
}

fn kinds(run: &Run, kind: &str) -> usize {
    (0..run.trace().len()).filter(|&id| run.trace().record(id).kind.name() == kind).count()
}

fn metric(run: &Run, name: &str) -> u64 {
    run.metrics().iter().find(|(n, _)| *n == name).expect("a metric").1
}

#[test]
fn every_built_in_scenario_does_what_it_is_there_for() {
    for builtin in CausalMulticast::spec().scenarios {
        let scenario = labs::parse(&builtin.json()).unwrap_or_else(|e| panic!("{}: {e}", builtin.id));
        let (broken, n) = (scenario.setup.broken.clone(), scenario.processes().len());
        assert!(builtin.stop_us <= scenario.until_us, "{}: the stop is in the run", builtin.id);
        let mut run = run(scenario);
        assert_eq!(kinds(&run, "refused"), 0, "{}", builtin.id);
        if broken.is_empty() {
            let multicast = |&id: &u32| run.trace().record(id).kind == Kind::Send && run.item(id).is_some();
            let all = (0..run.trace().len()).filter(multicast).count() * n;
            assert_eq!((kinds(&run, "deliver"), run.violations().len()), (all, 0), "{}: all is delivered", builtin.id);
            assert_eq!(metric(&run, "messages_held") > 0, builtin.id != "concurrent", "{}", builtin.id);
            assert_eq!(metric(&run, "held_now"), 0);
            run.seek_time(builtin.stop_us, u32::MAX);
            assert_eq!(metric(&run, "held_now") > 0, builtin.id != "concurrent", "{}: worth stopping at", builtin.id);
        }
    }
}

#[test]
fn every_switch_names_a_scenario_in_which_its_rule_fires() {
    let spec = CausalMulticast::spec();
    for switch in spec.switches {
        assert!(spec.rule(switch.rule).is_some_and(|r| r.sort == switch.sort), "{}", switch.name);
        let builtin = spec.scenario(switch.scenario).expect("the scenario is there");
        let scenario = labs::parse(&builtin.json()).expect("a scenario");
        assert_eq!(scenario.setup.broken, [switch.name]);
        let mut run = run(scenario);
        run.settle();
        let rules: Vec<&str> = run.violations().iter().map(|v| v.rule).collect();
        assert_eq!(rules, [switch.rule], "{}: this rule and no other", switch.name);
    }
    for rule in spec.rules {
        assert!(spec.switches.iter().any(|s| s.rule == rule.name), "{}: some switch offends it", rule.name);
    }
}

#[test]
fn every_event_has_its_reason_with_values() {
    for builtin in CausalMulticast::spec().scenarios {
        let run = run(labs::parse(&builtin.json()).expect("a scenario"));
        for id in 0..run.trace().len() {
            if matches!(run.trace().record(id).kind.name(), "send" | "receive" | "deliver" | "local") {
                let (why, source) = run.why(id).expect("a reason");
                assert!(why.ends_with('.') && source.contains("§5.1"), "{}: {why}", builtin.id);
            }
        }
    }
    let run = run(scenario(THREE, &question_and_reply()));
    let why: Vec<String> = (0..run.trace().len()).filter_map(|id| Some(run.why(id)?.0)).collect();
    let told = |part: &str| assert!(why.iter().any(|w| w.contains(part)), "{part}\n{}", why.join("\n"));
    told(
        "P3 keeps P2's multicast 1, (1,1,0), in its buffer. It waits for P1's multicast 1 (component P1: has 0, needs 1)",
    );
    told("Its turn has come: P2's multicast 1, (1,1,0), is the next one from P2 (1 = 0 + 1)");
    told("P3 has delivered what P2 had delivered: P1 1 ≤ 1. V becomes (1,1,0).");
}
