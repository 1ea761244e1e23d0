//! Dialogues: each test is a scenario and what its processes then say to each other, one behaviour each.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then changes was to be
//! checked by hand, against the head of the lab. Heartbeats go without saying.

use crate::engine::{Run, run};
use crate::labs;
use crate::labs::golden::{self, Line, list, word};

fn dialogue(run: &Run) -> String {
    golden::dialogue(run, |line| {
        let Line { node, peer, label, data, .. } = line;
        let names = |key: &str| list(&data[key]).map(word).collect::<Vec<_>>().join(",");
        Some(match line.kind.as_str() {
            "timeout" if data["timer"] == "heartbeat" => return None,
            "send" | "receive" if line.messages.iter().any(|m| word(&m["label"]).starts_with("heartbeat")) => {
                return None;
            }
            "receive" if label.starts_with("heartbeat") => return None,
            "drop" if label.starts_with("heartbeat") => return None,
            "receive" if data["fate"].is_string() => format!("{node}←{peer} {label}: {}", word(&data["fate"])),
            "receive" if data["late"] == true => format!("{node}←{peer} {label}: late"),
            "receive" if data["safe"].as_array().is_some_and(|safe| !safe.is_empty()) => {
                format!("{node}←{peer} {label}, safe {}", names("safe"))
            }
            "state" if data["to"].is_string() => {
                format!("· {node} {label} ({}): {}", data["receive_count"], word(&data["because"]))
            }
            "state" if data["serves"].is_boolean() && data["queue"].is_string() => {
                format!("· {node} {label}: {} ready, {} in flight", data["ready"], data["in_flight"])
            }
            "reply" if data["receive_count"].is_number() => {
                format!("{node} = {label}, receipt {}, no. {}", word(&data["receipt"]), data["receive_count"])
            }
            "reply" if data["reason"].is_string() => format!("{node} = {label}: {}", word(&data["reason"])),
            _ => return line.usual(),
        })
    })
}

/// Runs acts and holds the dialogue against `golden/NAME.txt`. Links take 5 ms, disks 3 ms.
fn play(name: &str, setup: &str, acts: &[(&str, String)], until_ms: u32) -> String {
    let when = |when: &str| match when.strip_prefix('#') {
        Some(id) => format!("\"after_event\":{id}"),
        None => format!("\"at_ms\":{when}"),
    };
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{{},\"act\":{act}}}", when(at))).collect();
    let usual = [("process_ms", 20), ("visibility_ms", 100)].iter().filter(|(name, _)| !setup.contains(name));
    let usual: String = usual.map(|(name, value)| format!(",\"{name}\":{value}")).collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"queue\",\"network\":{{\"delay_ms\":5}},\
         \"setup\":{{\"disk_ms\":3{usual}{setup}}},\"acts\":[{}],\"until_ms\":{until_ms}}}",
        acts.join(",")
    );
    let scenario = labs::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let said = dialogue(&run(scenario));
    golden::hold("queue", name, &said);
    said
}

fn ask(node: &str, op: &str, args: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{node}\",\"op\":\"{op}\",\"args\":{{{args}}}}}}}")
}

fn produce(message: &str, via: &str) -> String {
    ask("p1", "produce", &format!("\"queue\":\"orders\",\"message\":{message},\"via\":\"{via}\""))
}

fn consume(consumer: &str, via: &str) -> String {
    ask(consumer, "consume", &format!("\"queue\":\"orders\",\"via\":\"{via}\""))
}

fn ack(consumer: &str, receipt: &str) -> String {
    ask(consumer, "ack", &format!("\"message_id\":\"p1-1\",\"receipt\":{receipt}"))
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

fn link(from: &str, to: &str, change: &str) -> String {
    format!("{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",{change}}}}}")
}

const LOST: &str = "\"loss\":1";
const WHOLE: &str = "\"loss\":0";

// Of three brokers b2 owns orders, and b3 is next on the walk.

#[test]
fn a_message_is_on_two_disks_before_its_producer_is_answered_and_any_broker_takes_it() {
    play("produce", "", &[("1", produce("\"tea\"", "b1"))], 60);
}

#[test]
fn with_acks_leader_the_owners_disk_is_enough() {
    play("acks-leader", ",\"acks\":\"leader\"", &[("1", produce("\"tea\"", "b2"))], 60);
}

#[test]
fn a_message_that_was_acknowledged_becomes_a_tombstone_on_all_replicas() {
    play("consume", "", &[("1", produce("\"tea\"", "b2")), ("50", consume("w1", "b2"))], 150);
}

#[test]
fn without_an_acknowledgement_a_message_becomes_visible_again() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", consume("w1", "b2")),
        ("60", on("crash", "w1")),
        ("80", consume("w2", "b2")),
        ("170", consume("w2", "b2")),
    ];
    play("visibility", "", &acts, 260);
}

#[test]
fn a_late_acknowledgement_does_not_end_the_next_delivery() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", consume("w1", "b2")),
        ("170", consume("w2", "b2")),
        ("180", ack("w1", "null")),
        ("210", ack("w2", "\"b2-1\"")),
        ("240", ack("w2", "\"b2-2\"")),
    ];
    play("stale-ack", ",\"auto_ack\":false", &acts, 290);
}

#[test]
fn a_delivery_that_is_over_cannot_be_acknowledged_though_nobody_has_the_next_one() {
    let acts = [("1", produce("\"tea\"", "b2")), ("50", consume("w1", "b2")), ("200", ack("w1", "null"))];
    play("over", ",\"auto_ack\":false", &acts, 230);
}

#[test]
fn an_acknowledgement_by_somebody_else_does_not_count() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", consume("w1", "b2")),
        ("70", ack("w2", "\"b2-1\"")),
        ("90", ack("w1", "\"b2-1\"")),
    ];
    play("not-processed", ",\"auto_ack\":false", &acts, 140);
}

#[test]
fn an_acknowledgement_whose_answer_is_lost_is_sent_again_and_counts_once() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", consume("w1", "b2")),
        ("60", link("b2", "w1", LOST)),
        ("120", link("b2", "w1", WHOLE)),
    ];
    play("ack-again", ",\"retry_ms\":60", &acts, 330);
}

#[test]
fn a_message_that_was_delivered_too_often_goes_to_the_dead_letter_queue_once() {
    let acts = [
        ("1", produce("{\"poison\":true}", "b2")),
        ("50", consume("w1", "b2")),
        ("160", consume("w2", "b2")),
        ("280", consume("w1", "b2")),
    ];
    play("dead-letter", ",\"max_receives\":2", &acts, 330);
}

#[test]
fn a_produce_that_was_sent_again_is_kept_once() {
    let acts = [
        ("0", link("b2", "p1", LOST)),
        ("1", produce("\"tea\"", "b2")),
        ("60", link("b2", "p1", WHOLE)),
        ("200", consume("w1", "b2")),
        ("210", consume("w2", "b2")),
    ];
    play("produce-again", ",\"retry_ms\":60", &acts, 300);
}

#[test]
fn a_consume_whose_answer_is_lost_gets_the_same_delivery_again() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("45", link("b2", "w1", LOST)),
        ("50", consume("w1", "b2")),
        ("70", link("b2", "w1", WHOLE)),
    ];
    play("consume-again", ",\"retry_ms\":30", &acts, 200);
}

#[test]
fn a_write_that_a_crash_cuts_off_is_lost_and_its_producer_asks_again() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("7", on("crash", "b2")),
        ("30", on("restart", "b2")),
        ("520", consume("w1", "b2")),
    ];
    play("crash-in-write", "", &acts, 600);
}

#[test]
fn the_successor_of_a_dead_owner_takes_over_with_what_it_has() {
    // w1's delivery is in flight when b2 dies: b3 knows its receipt, so the acknowledgement counts there.
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("40", produce("\"milk\"", "b2")),
        ("90", consume("w1", "b2")),
        ("103", on("crash", "b2")),
        ("520", consume("w2", "b3")),
    ];
    play("take-over", ",\"process_ms\":400,\"visibility_ms\":900", &acts, 700);
}

#[test]
fn an_owner_that_comes_back_is_told_first_and_serves_then() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", on("crash", "b2")),
        ("520", consume("w1", "b3")),
        ("600", on("restart", "b2")),
        ("605", consume("w2", "b2")),
    ];
    play("comeback", ",\"retry_ms\":100", &acts, 1_050);
}

#[test]
fn a_broker_that_joins_gets_its_share_first_and_others_throw_theirs_away_last() {
    // Of four brokers b4 comes second for orders, where b3 did.
    let acts = [("1", produce("\"tea\"", "b2")), ("50", ask("b4", "join", ""))];
    play("join", ",\"brokers\":4,\"members\":3", &acts, 440);
}

#[test]
fn a_broker_that_leaves_serves_until_others_have_what_it_has() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", ask("b2", "leave", "")),
        ("55", produce("\"milk\"", "b2")),
        ("300", consume("w1", "b2")),
    ];
    play("leave", "", &acts, 420);
}

#[test]
fn nobody_leaves_when_too_few_would_stay() {
    let acts = [("10", ask("b1", "leave", "")), ("20", ask("b2", "leave", "")), ("30", ask("b2", "join", ""))];
    play("leave-refused", ",\"brokers\":2", &acts, 60);
}

#[test]
fn of_two_that_want_to_leave_at_once_both_stay_where_one_would_be_too_few() {
    let acts = [("10", ask("b1", "leave", "")), ("10", ask("b2", "leave", ""))];
    play("leave-both", "", &acts, 300);
}

#[test]
fn a_side_with_too_few_brokers_delivers_and_leaves_producers_unanswered() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", "{\"partition\":{\"groups\":[[\"b2\",\"p1\",\"w1\"]]}}".into()),
        ("500", produce("\"milk\"", "b2")),
        ("510", consume("w1", "b2")),
        ("700", "{\"heal\":{}}".into()),
    ];
    play("minority", ",\"retry_ms\":400", &acts, 900);
}

#[test]
fn both_sides_of_a_partition_deliver_and_healing_loses_nothing() {
    let acts = [
        ("1", produce("\"tea\"", "b2")),
        ("50", "{\"partition\":{\"groups\":[[\"b2\",\"w1\"]]}}".into()),
        ("500", consume("w1", "b2")),
        ("500", consume("w2", "b3")),
        ("700", "{\"heal\":{}}".into()),
    ];
    play("partition", ",\"retry_ms\":400", &acts, 950);
}

#[test]
fn with_one_store_a_new_owner_reads_the_queue_from_there() {
    let acts = [("1", produce("\"tea\"", "b2")), ("60", on("crash", "b2")), ("520", consume("w1", "b1"))];
    play("shared", ",\"storage\":\"shared\"", &acts, 620);
}

#[test]
fn a_question_is_passed_on_and_answered_by_the_owner_itself() {
    let acts = [
        (
            "1",
            "{\"http\":\"POST b1 /produce {\\\"queue\\\":\\\"orders\\\",\\\"message\\\":{\\\"n\\\":1}}\"}".to_string(),
        ),
        (
            "60",
            "{\"http\":\"POST b3 /consume {\\\"queue\\\":\\\"orders\\\",\\\"consumer_id\\\":\\\"w2\\\"}\"}".to_string(),
        ),
        (
            "120",
            "{\"http\":\"POST b1 /ack {\\\"message_id\\\":\\\"p1-1\\\",\\\"consumer_id\\\":\\\"w2\\\"}\"}".to_string(),
        ),
        ("160", "{\"http\":\"GET b2 /status\"}".to_string()),
        ("170", "{\"http\":\"GET b1 /\"}".to_string()),
    ];
    play("http", ",\"auto_ack\":false", &acts, 180);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_path() {
    let empty = labs::parse(r#"{"format":"lightcone/1","lab":"queue"}"#).expect("a scenario");
    let wrong = [
        ("p1", "produce", r#""queue":7"#, "queue"),
        ("p1", "produce", r#""via":"w1""#, "via"),
        ("w1", "consume", r#""message":1"#, "message"),
        ("w1", "ack", "", "message_id"),
        ("w1", "ack", r#""message_id":"p9-1""#, "message_id"),
        ("w1", "ack", r#""message_id":"b1-1""#, "message_id"),
        ("w1", "ack", r#""message_id":"p1-0""#, "message_id"),
        ("w1", "ack", r#""message_id":"p1-99999999999""#, "message_id"),
        ("w1", "ack", r#""message_id":"p1-1","receipt":7"#, "receipt"),
        ("w1", "ack", r#""message_id":"p1-1","receipt":"p1-1""#, "receipt"),
        ("p1", "consume", "", "p1"),
        ("b1", "status", r#""queue":"x""#, "queue"),
    ];
    for (node, op, args, path) in wrong {
        let error = empty.read_act(&ask(node, op, args)).expect_err(args).to_string();
        assert!(error.contains(path), "{op} {args}: {error}");
    }
    let setups = [
        (r#""members":4"#, "members"),
        (r#""members":1"#, "members"),
        (r#""heartbeat_ms":400"#, "suspect_ms"),
        (r#""brokers":9"#, "brokers"),
        (r#""broken":["no-such"]"#, "broken"),
    ];
    for (setup, path) in setups {
        let text = format!("{{\"format\":\"lightcone/1\",\"lab\":\"queue\",\"setup\":{{{setup}}}}}");
        let error = labs::parse(&text).expect_err(setup).to_string();
        assert!(error.contains(&format!("$.setup.{path}")), "{setup}: {error}");
    }
    // One broker alone is a queue, too.
    assert!(labs::parse(r#"{"format":"lightcone/1","lab":"queue","setup":{"brokers":1}}"#).is_ok());
}
