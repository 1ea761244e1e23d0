//! Dialogues: each test is a scenario and what its processes then say to each other, one behaviour each.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then
//! changes was to be checked by hand, against the four steps at the head of the lab.

use super::TotalOrder;
use crate::engine::{Run, run};
use crate::labs;
use crate::labs::golden::{self, Line, list, word};
use crate::protocol::Protocol;
use crate::scenario::Scenario;
use crate::tables::Sort;
use crate::trace::Kind;
use crate::trace::frame::ProcessFrame;
use serde_json::Value;

fn dialogue(run: &Run) -> String {
    golden::dialogue(run, |line| {
        let Line { node, peer, label, data, .. } = line;
        let clock = format!("{}→{}", data["before"], data["after"]);
        Some(match line.kind.as_str() {
            "send" => format!("{node}→{} {} at {} ({clock})", line.to(), line.sent(), data["timestamp"]),
            "receive" => {
                let copy = data.get("copy").map(|c| format!(", copy {c}")).unwrap_or_default();
                let waits_for: Vec<String> = list(&data["waits_for"]).map(word).collect();
                let waits = |head: &Value| format!(" | {} waits for {}", word(head), waits_for.join(", "));
                let head = data.get("head").map(waits).unwrap_or_default();
                format!("{node}←{peer} {label}{copy} at {} ({clock}){head}", data["timestamp"])
            }
            "local" => format!("{node} {label} ({clock})"),
            "deliver" => format!("{node} {label}, its {}., balance {}", data["position"], data["balance"]),
            _ => return line.usual(),
        })
    })
}

fn parse(text: &str) -> Scenario {
    labs::parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn scenario(head: &str, acts: &[String]) -> Scenario {
    parse(&format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"total-order\",{head},\"acts\":[{}],\"until_ms\":2000}}",
        acts.join(",")
    ))
}

/// Runs a scenario and holds the dialogue against `golden/NAME.txt`.
fn play(name: &str, head: &str, acts: &[String]) -> Run {
    let run = run(scenario(head, acts));
    let said = dialogue(&run);
    golden::hold("total_order", name, &said);
    run
}

fn at(ms: u64, act: &str) -> String {
    format!("{{\"at_ms\":{ms},\"act\":{act}}}")
}

fn after(id: u64, act: &str) -> String {
    format!("{{\"after_event\":{id},\"act\":{act}}}")
}

/// A request to multicast a payload given as JSON.
fn multicast(from: &str, payload: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{from}\",\"op\":\"multicast\",\"args\":{{\"payload\":{payload}}}}}}}")
}

fn local(node: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{node}\",\"op\":\"local\"}}}}")
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

fn link(from: &str, to: &str, rest: &str) -> String {
    format!("{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",{rest}}}}}")
}

/// Three processes and links of exactly 10 ms.
const PLAIN: &str = r#""setup":{"processes":3},"network":{"delay_ms":10}"#;

/// The same with a switch.
fn broken(switch: &str) -> String {
    format!("\"setup\":{{\"processes\":3,\"broken\":[\"{switch}\"]}},\"network\":{{\"delay_ms\":10}}")
}

const ADD: &str = r#"{"add":10000}"#;
const PERCENT: &str = r#"{"mul_percent":1}"#;

#[test]
fn a_message_is_delivered_when_everybody_has_acknowledged_it() {
    let run = play("one", PLAIN, &[at(1, &multicast("P1", "\"hello\""))]);
    assert_eq!(run.violations(), []);
}

#[test]
fn lamport_1978_equal_timestamps_are_ordered_by_process() {
    play("tie", PLAIN, &[at(1, &multicast("P3", "\"right\"")), at(2, &multicast("P1", "\"left\""))]);
}

#[test]
fn the_smaller_timestamp_is_delivered_first_whoever_spoke_first() {
    // P2 delivers P1#1 without P3's acknowledgement: P3#1 itself has a larger timestamp.
    let acts = [local("P3"), local("P3"), multicast("P3", "\"first\"")];
    let mut acts: Vec<String> = acts.iter().map(|act| at(1, act)).collect();
    acts.push(at(4, &multicast("P1", "\"second\"")));
    play("clock-ahead", PLAIN, &acts);
}

#[test]
fn tanenbaum_the_copies_of_an_account_stay_equal() {
    play("account", PLAIN, &[at(1, &multicast("P1", ADD)), at(1, &multicast("P2", PERCENT))]);
}

fn overtaking() -> [String; 4] {
    [
        at(0, &link("P1", "P3", "\"delay_ms\":60")),
        at(1, &multicast("P1", "\"one\"")),
        at(2, &link("P1", "P3", "\"delay_ms\":10")),
        at(20, &multicast("P2", "\"two\"")),
    ]
}

#[test]
fn a_reliable_link_holds_back_an_acknowledgement_that_overtakes_a_message() {
    play("overtaking", PLAIN, &overtaking());
}

#[test]
fn broken_raw_links_deliver_before_the_overtaken_message() {
    play("broken-raw-links", &broken("raw-links"), &overtaking());
}

#[test]
fn while_a_process_is_down_nobody_delivers_and_heads_say_for_whom_they_wait() {
    play(
        "crash",
        PLAIN,
        &[
            at(1, &on("crash", "P3")),
            at(2, &multicast("P1", "\"a\"")),
            at(5, &multicast("P2", "\"b\"")),
            at(150, &on("restart", "P3")),
        ],
    );
}

#[test]
fn a_crash_between_receive_and_acknowledgement_leaves_it_owed() {
    // Records 0 to 2 are the boots, 3 the request, 4 the send, 5 the receive at P2.
    let acts = [at(1, &multicast("P1", "\"a\"")), after(5, &on("crash", "P2")), at(100, &on("restart", "P2"))];
    let run = play("crash-owed", PLAIN, &acts);
    let ack = (0..run.trace().len()).find(|&id| {
        let record = run.trace().record(id);
        record.kind == Kind::Send && record.node == 1
    });
    assert_eq!(run.trace().record(ack.expect("P2 acknowledges")).at_us, 100_000);
}

#[test]
fn a_crash_between_two_deliveries_leaves_the_second_for_the_restart() {
    // Both messages become deliverable at P2 with one acknowledgement; see the golden file for the record.
    let acts =
        [at(1, &multicast("P1", ADD)), at(1, &multicast("P2", PERCENT)), at(5, &link("P3", "P2", "\"delay_ms\":60"))];
    let whole = run(scenario(PLAIN, &acts));
    let first = (0..whole.trace().len())
        .find(|&id| whole.trace().record(id).kind == Kind::Deliver && whole.trace().record(id).node == 1)
        .expect("P2 delivers");
    assert_eq!(whole.trace().record(first + 1).kind, Kind::Deliver, "two deliveries in one step");
    let crash = [after(u64::from(first), &on("crash", "P2")), at(300, &on("restart", "P2"))];
    let run = play("crash-deliver", PLAIN, &[acts.as_slice(), crash.as_slice()].concat());
    assert_eq!(run.violations(), []);
}

#[test]
fn a_crash_before_the_send_of_a_step_leaves_no_multicast() {
    let acts = [at(1, &multicast("P1", "\"never\"")), after(3, &on("crash", "P1")), at(20, &on("restart", "P1"))];
    let run = play("crash-unsent", PLAIN, &[acts.as_slice(), &[at(30, &multicast("P1", "\"first\""))]].concat());
    assert!(run.metrics().contains(&("multicasts", 1)));
}

#[test]
fn a_majority_does_not_help_neither_side_of_a_partition_delivers() {
    play(
        "partition",
        PLAIN,
        &[
            at(1, r#"{"partition":{"groups":[["P1","P2"],["P3"]]}}"#),
            at(2, &multicast("P1", "\"left\"")),
            at(2, &multicast("P3", "\"right\"")),
            at(50, r#"{"heal":{}}"#),
        ],
    );
}

#[test]
fn a_paused_process_holds_everybody_back_until_it_goes_on() {
    play("pause", PLAIN, &[at(1, &on("pause", "P3")), at(2, &multicast("P1", "\"a\"")), at(40, &on("resume", "P3"))]);
}

#[test]
fn alone_a_multicast_is_a_local_event_and_delivered_at_once() {
    play("alone", r#""setup":{"processes":1}"#, &[at(1, &multicast("P1", ADD)), at(2, &multicast("P1", PERCENT))]);
}

#[test]
fn two_processes_acknowledge_to_each_other() {
    play("two", r#""setup":{"processes":2},"network":{"delay_ms":10}"#, &[at(1, &multicast("P2", "\"a\""))]);
}

#[test]
fn broken_no_acks_delivers_without_waiting() {
    play("broken-no-acks", &broken("no-acks"), &[at(1, &multicast("P1", "1")), at(1, &multicast("P2", "2"))]);
}

#[test]
fn broken_no_tiebreak_puts_the_own_message_first() {
    play("broken-no-tiebreak", &broken("no-tiebreak"), &[at(1, &multicast("P1", "1")), at(1, &multicast("P2", "2"))]);
}

#[test]
fn broken_deliver_on_receive_lets_the_account_diverge() {
    let acts = [at(1, &multicast("P1", ADD)), at(1, &multicast("P2", PERCENT))];
    let run = play("broken-deliver-on-receive", &broken("deliver-on-receive"), &acts);
    assert!(run.violations().iter().any(|v| v.rule == "same-balance"));
}

#[test]
fn broken_raw_links_skip_an_overtaken_message_of_the_same_sender() {
    let mut acts = overtaking().to_vec();
    acts[3] = at(20, &multicast("P1", "\"two\""));
    let run = play("broken-sender-order", &broken("raw-links"), &acts);
    assert!(run.violations().iter().any(|v| v.rule == "sender-order"));
}

#[test]
fn every_built_in_scenario_does_what_it_is_there_for() {
    for builtin in TotalOrder::spec().scenarios {
        let scenario = parse(&builtin.json());
        let (broken, until_us) = (!scenario.setup.broken.is_empty(), scenario.until_us);
        assert!(builtin.stop_us <= until_us, "{}: the stop is in the run", builtin.id);
        assert_eq!(builtin.id.starts_with("broken-"), broken, "{}", builtin.id);
        let mut run = run(scenario);
        let refused = (0..run.trace().len()).filter(|&id| run.trace().record(id).kind == Kind::Refused);
        assert_eq!(refused.count(), 0, "{}", builtin.id);
        if broken {
            assert!(!run.violations().is_empty(), "{}", builtin.id);
            continue;
        }
        assert!(run.metrics().contains(&("held", 0)), "{}: everything is delivered in the end", builtin.id);
        assert!(run.settle());
        assert_eq!(run.violations(), [], "{}", builtin.id);
    }
}

#[test]
fn every_switch_has_a_scenario_in_which_its_rule_fires_and_every_rule_fires_somewhere() {
    let spec = TotalOrder::spec();
    let mut fired = std::collections::BTreeSet::new();
    for builtin in spec.scenarios.iter().filter(|b| b.id.starts_with("broken-")) {
        let scenario = parse(&builtin.json());
        let violations = run(scenario.clone()).violations();
        fired.extend(violations.iter().map(|v| v.rule));
        for switch in spec.switches.iter().filter(|s| s.scenario == builtin.id) {
            assert_eq!(scenario.setup.broken, [switch.name]);
            assert_eq!((violations[0].rule, switch.sort), (switch.rule, Sort::Safety), "{}", switch.name);
        }
    }
    let overtaken = spec.scenario("broken-sender-order").expect("it is there");
    let run = run(parse(&overtaken.json()));
    let rules: Vec<&str> = run.violations().iter().map(|v| v.rule).collect();
    assert_eq!(rules, ["sender-order", "total-order", "same-balance"]);
    let of = |p: &ProcessFrame| p.fields.iter().find(|f| f.name == "balance").map(|f| f.value.clone());
    let balances: Vec<String> = run.frame().processes.iter().filter_map(of).collect();
    assert_eq!(balances, ["1111.00", "1111.00", "1110.00"]);
    assert_eq!(fired, spec.rules.iter().map(|r| r.name).collect());
}
