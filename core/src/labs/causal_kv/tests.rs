//! Dialogues: each test is a scenario and what its processes then say to each other, one behaviour each.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then
//! changes was to be checked by hand, against the head of the lab.

use super::CausalKv;
use crate::base::json::quote;
use crate::engine::{Run, run};
use crate::labs;
use crate::labs::golden::{self, Line, list, word};
use crate::protocol::Protocol;
use serde_json::Value;

/// A clock from `data`: the counts of node1, node2 and so on.
fn clock(value: &Value) -> String {
    let mut parts = Vec::new();
    while let Some(count) = value.get(format!("node{}", parts.len() + 1)) {
        parts.push(count.to_string());
    }
    format!("({})", parts.join(","))
}

fn held(data: &Value) -> String {
    let one = |h: &Value| format!(", holds {}/{} for {}", word(&h["write"]["origin"]), h["write"]["seq"], h["missing"]);
    let mut text: String = list(&data["held"]).map(one).collect();
    if data["missing"].as_object().is_some_and(|m| !m.is_empty()) && data.get("ok").is_none() {
        text += &format!(", waits for {}", data["missing"]);
    }
    if data["copy_of_question"] == true {
        text += ", known";
    }
    text
}

/// Periodic timers go without saying.
fn dialogue(run: &Run) -> String {
    golden::dialogue(run, |line| {
        let Line { node, peer, label, data, .. } = line;
        Some(match line.kind.as_str() {
            "timeout" if data["timer"] == "anti-entropy" || data["timer"] == "check" => return None,
            "send" => {
                let deps = if data["deps"].is_object() { format!(" {}", clock(&data["deps"])) } else { String::new() };
                format!("{node}→{} {}{deps}", line.to(), word(&line.messages[0]["label"]))
            }
            "receive" => format!("{node}←{peer} {label}{}", held(data)),
            "deliver" => {
                let id = |id: &Value| format!(" ∥ {}/{}", word(&id["origin"]), id["seq"]);
                let concurrent: String = list(&data["concurrent"]).map(id).collect();
                format!("{node} ◆ {label}{concurrent} {}", clock(&data["clock"]))
            }
            "reply" => format!("{node} = {label} {}", clock(&data["context"])),
            _ => return line.usual(),
        })
    })
}

/// Runs acts and holds the dialogue against `golden/NAME.txt`.
fn play(name: &str, setup: &str, acts: &[(&str, String)]) {
    let when = |when: &str| match when.strip_prefix('#') {
        Some(id) => format!("\"after_event\":{id}"),
        None => format!("\"at_ms\":{when}"),
    };
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{{},\"act\":{act}}}", when(at))).collect();
    let quiet = if setup.contains("anti_entropy_ms") { "" } else { ",\"anti_entropy_ms\":1000" };
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"causal-kv\",\"network\":{{\"delay_ms\":10}},\
         \"setup\":{{\"check_ms\":50{quiet}{setup}}},\"acts\":[{}],\"until_ms\":600}}",
        acts.join(",")
    );
    let scenario = labs::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    hold(name, &dialogue(&run(scenario)));
}

fn hold(name: &str, said: &str) {
    golden::hold("causal_kv", name, said);
}

fn ask(client: &str, op: &str, args: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{client}\",\"op\":\"{op}\",\"args\":{{{args}}}}}}}")
}

fn put(client: &str, node: &str, key: &str, value: &str) -> String {
    ask(client, "put", &format!("\"node\":\"{node}\",\"key\":\"{key}\",\"value\":{}", quote(value)))
}

fn get(client: &str, node: &str, key: &str) -> String {
    ask(client, "get", &format!("\"node\":\"{node}\",\"key\":\"{key}\""))
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

fn link(from: &str, to: &str, change: &str) -> String {
    format!("{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",{change}}}}}")
}

const SLOW: &str = "\"delay_ms\":100";
const LOST: &str = "\"loss\":1";
const WHOLE: &str = "\"loss\":0";

#[test]
fn a_put_is_applied_then_replicated_and_answered() {
    play("put", "", &[("1", put("client1", "node1", "x", "1")), ("40", get("client2", "node3", "x"))]);
}

#[test]
fn a_write_that_overtakes_its_cause_is_held_until_that_is_there() {
    let acts = [
        ("0", link("node1", "node3", SLOW)),
        ("1", put("client1", "node1", "x", "question")),
        ("30", get("client1", "node2", "x")),
        ("55", put("client1", "node2", "y", "answer")),
    ];
    play("held", "", &acts);
}

#[test]
fn a_clock_given_by_hand_that_runs_ahead_is_buffered_and_released() {
    let ahead = ask("client1", "put", r#""node":"node2","key":"y","value":"effect","vector":{"node1":1}"#);
    play("by-hand", "", &[("1", ahead), ("50", put("client2", "node1", "x", "cause"))]);
}

#[test]
fn a_clock_given_by_hand_that_never_comes_true_is_refused_and_its_copy_is_not_done_later() {
    let ahead = ask("client1", "put", r#""node":"node2","key":"y","value":"never","vector":{"node1":1}"#);
    let acts = [
        ("1", ahead),
        ("5", r#"{"message":{"from":"client1","to":"node2","n":1,"duplicate":true}}"#.to_string()),
        ("6", r#"{"message":{"from":"client1","to":"node2","n":1,"deliver_in_ms":200}}"#.to_string()),
        ("100", put("client2", "node1", "x", "too late")),
    ];
    play("by-hand-refused", ",\"wait_ms\":50", &acts);
}

#[test]
fn a_node_that_lacks_what_the_client_has_seen_waits_and_then_says_what_is_missing() {
    let acts = [
        ("0", link("node1", "node2", LOST)),
        ("1", put("client1", "node1", "x", "1")),
        ("30", get("client1", "node2", "x")),
        ("30", get("client2", "node2", "x")),
    ];
    play("missing", ",\"wait_ms\":60", &acts);
}

#[test]
fn a_get_that_waits_is_answered_when_what_it_waits_for_comes() {
    let acts = [
        ("0", link("node1", "node2", SLOW)),
        ("1", put("client1", "node1", "x", "1")),
        ("30", get("client1", "node2", "x")),
    ];
    play("waits", "", &acts);
}

#[test]
fn concurrent_writes_are_marked_and_the_same_one_wins_everywhere() {
    let acts = [
        ("1", put("client1", "node1", "x", "left")),
        ("1", put("client2", "node3", "x", "right")),
        ("50", get("client1", "node2", "x")),
        ("80", put("client1", "node1", "x", "both seen")),
    ];
    play("concurrent", "", &acts);
}

#[test]
fn the_larger_sum_wins_over_the_larger_origin() {
    // node1's second write has the vector (2,0,0), node3's first one (0,0,1).
    let acts = [
        ("0", link("node1", "node3", SLOW)),
        ("0", link("node3", "node1", SLOW)),
        ("1", put("client1", "node1", "x", "one")),
        ("25", put("client1", "node1", "x", "two")),
        ("26", put("client2", "node3", "x", "three")),
    ];
    play("sum", "", &acts);
}

#[test]
fn a_put_whose_answer_is_lost_is_sent_again_and_done_once() {
    let acts = [
        ("0", link("node1", "client1", LOST)),
        ("1", put("client1", "node1", "x", "once")),
        ("50", link("node1", "client1", WHOLE)),
    ];
    play("again", "", &acts);
}

#[test]
fn a_put_that_nobody_answers_is_unknown_and_the_next_question_goes_on() {
    let acts = [
        ("0", on("crash", "node1")),
        ("1", put("client1", "node1", "x", "perhaps")),
        ("2", get("client1", "node2", "x")),
    ];
    play("unknown", ",\"wait_ms\":20,\"answer_ms\":100,\"retry_ms\":50", &acts);
}

#[test]
fn a_crash_between_the_log_and_the_answer_does_the_put_and_the_copy_is_known() {
    // Records: 0 to 4 boots, 5 request, 6 send, 7 receive, 8 deliver: logged, and nobody told.
    let acts =
        [("1", put("client1", "node1", "x", "once")), ("#8", on("crash", "node1")), ("30", on("restart", "node1"))];
    play("crash-in-step", ",\"anti_entropy_ms\":200", &acts);
}

#[test]
fn a_node_that_was_down_recovers_its_counter_and_catches_up() {
    let acts = [
        ("1", put("client1", "node2", "x", "1")),
        ("30", on("crash", "node2")),
        ("31", put("client1", "node1", "x", "2")),
        ("60", on("restart", "node2")),
        ("330", put("client2", "node2", "y", "3")),
    ];
    play("crash", ",\"anti_entropy_ms\":200", &acts);
}

#[test]
fn a_lost_write_is_repaired_in_both_directions() {
    let acts = [
        ("0", link("node1", "node2", LOST)),
        ("0", link("node2", "node1", LOST)),
        ("1", put("client1", "node1", "x", "left")),
        ("1", put("client2", "node2", "y", "right")),
        ("20", link("node1", "node2", WHOLE)),
        ("20", link("node2", "node1", WHOLE)),
    ];
    play("repair", ",\"nodes\":2,\"anti_entropy_ms\":100", &acts);
}

#[test]
fn a_clients_crash_ends_its_session() {
    let acts = [
        ("0", link("node1", "node2", LOST)),
        ("1", put("client1", "node1", "x", "1")),
        ("30", on("crash", "client1")),
        ("40", on("restart", "client1")),
        ("50", get("client1", "node2", "x")),
    ];
    play("session", "", &acts);
}

#[test]
fn any_moves_from_node_to_node() {
    let acts = [
        ("1", put("client1", "any", "x", "1")),
        ("30", get("client1", "any", "x")),
        ("60", ask("client1", "status", "")),
    ];
    play("any", "", &acts);
}

#[test]
fn broken_no_buffer_is_caught_where_an_effect_comes_before_its_cause() {
    let acts = [
        ("0", link("node1", "node3", SLOW)),
        ("1", put("client1", "node1", "x", "question")),
        ("30", put("client1", "node2", "y", "answer")),
    ];
    play("broken-no-buffer", ",\"broken\":[\"no-buffer\"]", &acts);
}

#[test]
fn broken_no_client_context_answers_from_the_past() {
    let acts = [
        ("0", link("node1", "node2", SLOW)),
        ("1", put("client1", "node1", "x", "mine")),
        ("30", get("client1", "node2", "x")),
        ("55", get("client1", "node1", "x")),
        ("78", get("client1", "node2", "x")),
    ];
    play("broken-no-context", ",\"broken\":[\"no-client-context\"]", &acts);
}

#[test]
fn broken_origin_tiebreak_leaves_equal_clocks_with_unequal_stores() {
    let acts = [("1", put("client1", "node3", "x", "a")), ("30", put("client1", "node1", "x", "c"))];
    play("broken-tiebreak", ",\"broken\":[\"origin-tiebreak\"]", &acts);
}

#[test]
fn awkward_values_and_keys_travel_whole() {
    let awkward = ["", "\"quoted\" \\ \n", "שלום עולם", &"long ".repeat(2_000), "∥ · –"];
    for value in awkward {
        let key: String = value.chars().take(20).collect();
        let (key, text) = (quote(&key), quote(value));
        let args = format!("\"node\":\"node1\",\"key\":{key}");
        let acts = format!(
            "{{\"at_ms\":1,\"act\":{}}},{{\"at_ms\":50,\"act\":{}}}",
            ask("client1", "put", &format!("{args},\"value\":{text}")),
            ask("client2", "get", &args)
        );
        let scenario = format!("{{\"format\":\"lightcone/1\",\"lab\":\"causal-kv\",\"acts\":[{acts}]}}");
        let run = run(labs::parse(&scenario).unwrap_or_else(|e| panic!("{e}")));
        let lines: Vec<Value> =
            (0..run.trace().len()).map(|id| serde_json::from_str(&run.line(id)).expect("JSON")).collect();
        let read = lines.iter().rfind(|line| line["kind"] == "reply").expect("an answer");
        assert_eq!((&read["data"]["value"], &read["data"]["ok"]), (&Value::from(value), &Value::Bool(true)));
        let short = |line: &Value| word(&line["label"]).chars().count() < 120;
        assert!(lines.iter().all(short), "labels stay short");
        assert!(!run.panels().is_empty());
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_path() {
    let wrong = [
        ("put", r#""node":"client1""#, "node"),
        ("put", r#""node":"node9""#, "node"),
        ("put", r#""key":7"#, "key"),
        ("put", r#""vector":7"#, "vector"),
        ("put", r#""vector":[1,0,0]"#, "vector"),
        ("put", r#""vector":{"node4":1}"#, "vector"),
        ("put", r#""vector":{"client1":1}"#, "vector"),
        ("put", r#""vector":{"node1":-1}"#, "vector"),
        ("put", r#""vector":{"node1":1.5}"#, "vector"),
        ("put", r#""vector":{"node1":1,"node1":2}"#, "vector"),
        ("put", r#""vector":{"node1":4000000000}"#, "vector"),
        ("get", r#""value":1"#, "value"),
        ("status", r#""key":"x""#, "key"),
        ("rename", "", "op"),
        ("get_all", r#""keys":[]"#, "keys"),
        ("get_all", r#""keys":7"#, "keys"),
    ];
    let empty = labs::parse(r#"{"format":"lightcone/1","lab":"causal-kv"}"#).expect("a scenario");
    for (op, args, path) in wrong {
        let error = empty.read_act(&ask("client1", op, args)).expect_err(args).to_string();
        assert!(error.contains(path), "{op} {args}: {error}");
    }
    let at_a_node = empty.read_act(&ask("node1", "get", "")).expect_err("nodes take no requests").to_string();
    assert!(at_a_node.contains("node1"), "{at_a_node}");
    let slow = r#"{"format":"lightcone/1","lab":"causal-kv","setup":{"nodes":7,"anti_entropy_ms":400}}"#;
    let error = labs::parse(slow).expect_err("too slow").to_string();
    assert!(error.contains("$.setup.anti_entropy_ms") && error.contains("333"), "{error}");
}

#[test]
fn one_node_is_a_store_too() {
    play(
        "alone",
        ",\"nodes\":1,\"clients\":1",
        &[("1", put("client1", "any", "x", "1")), ("30", get("client1", "node1", "x"))],
    );
}

#[test]
fn every_built_in_scenario_says_something_about_every_event_that_has_a_reason() {
    for builtin in CausalKv::spec().scenarios {
        let scenario = labs::parse(&builtin.json()).unwrap_or_else(|e| panic!("{}: {e}", builtin.id));
        assert!(builtin.stop_us <= scenario.until_us, "{}: the stop is in the run", builtin.id);
        let run = run(scenario);
        for id in 0..run.trace().len() {
            let kind = run.trace().record(id).kind.name();
            if kind == "deliver" || kind == "reply" {
                assert!(run.why(id).is_some_and(|(text, _)| text.ends_with('.')), "{}: record {id}", builtin.id);
            }
            assert_ne!(kind, "refused", "{}: record {id}", builtin.id);
        }
    }
}
