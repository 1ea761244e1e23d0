//! Dialogues: each test is a scenario and what its processes then say to each other, one behaviour each.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then changes was to be
//! checked by hand, against the head of the lab. Heartbeats that bring nothing go without saying.

use super::{lines, play};
use crate::engine::Run;
use crate::labs::golden::{self, Line, list, word};
use serde_json::Value;
use std::collections::BTreeSet;

fn dialogue(run: &Run) -> String {
    let mut dull: BTreeSet<u64> = BTreeSet::new();
    let mut dull_messages: BTreeSet<u64> = BTreeSet::new();
    golden::dialogue(run, |line| {
        let Line { node, label, data, .. } = line;
        let ours = line.whole["message"].as_u64();
        // A heartbeat that is taken and brings nothing, and its answer.
        let is_dull = match line.kind.as_str() {
            "timeout" => data["timer"] != "election" && data["timer"] != "lease",
            "send" => {
                let answer = line.whole["cause"].as_u64().is_some_and(|cause| dull.contains(&cause));
                if answer {
                    dull_messages.extend(line.messages.iter().filter_map(|m| m["id"].as_u64()));
                }
                answer || line.messages.iter().all(|m| word(&m["label"]).starts_with("heartbeat"))
            }
            "receive" if label.starts_with("heartbeat") => {
                if data["accepted"] == true && data["new"] == 0 {
                    dull.insert(line.id);
                }
                data["accepted"] == true
            }
            "receive" | "drop" => {
                label.contains("heartbeat") || ours.is_some_and(|message| dull_messages.contains(&message))
            }
            "state" => data["term"] == 0,
            _ => false,
        };
        match line.kind.as_str() {
            _ if is_dull => None,
            "state" => Some(format!("{node} is {label}")),
            "persist" => Some(format!("{node} writes {label}")),
            "deliver" => {
                let one = |e: &Value| {
                    format!("; {} {} {}", word(&e["client_id"]), word(&e["result"]), word(&e["resource_id"]))
                };
                Some(format!("{node} ◆ {label}{}", list(&data["effects"]).map(one).collect::<String>()))
            }
            _ => {
                let held = |held: &Value| format!("{} ({})", word(&held["resource_id"]), held["token"]);
                let held = data.get("believes").map(|all| list(all).map(held).collect::<Vec<_>>().join(", "));
                let held = held.map(|held| format!(" | holds {}", if held.is_empty() { "nothing" } else { &held }));
                line.usual().map(|said| said + &held.unwrap_or_default())
            }
        }
    })
}

/// Runs acts and holds the dialogue against `golden/NAME.txt`.
fn golden(name: &str, setup: &str, acts: &[(u64, String)], until_ms: u64) -> Run {
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{\"at_ms\":{at},\"act\":{act}}}")).collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"raft-lock\",\"network\":{{\"delay_ms\":10}},\
         \"setup\":{{\"election_ms\":[1000,1400],\"retry_ms\":300{setup}}},\"acts\":[{}],\"until_ms\":{until_ms}}}",
        acts.join(",")
    );
    let run = play(&text);
    let said = dialogue(&run);
    golden::hold("raft_lock", name, &said);
    run
}

fn elect(node: &str) -> String {
    format!("{{\"timeout\":{{\"node\":\"{node}\",\"timer\":\"election\"}}}}")
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

fn ask(client: &str, op: &str, args: &str) -> String {
    format!("{{\"request\":{{\"node\":\"client_{client}\",\"op\":\"{op}\",\"args\":{{{args}}}}}}}")
}

fn acquire(client: &str, resource: &str) -> String {
    ask(client, "acquire", &format!("\"resource_id\":\"{resource}\",\"via\":\"S1\""))
}

fn share(client: &str, resource: &str) -> String {
    ask(client, "acquire", &format!("\"resource_id\":\"{resource}\",\"lock_type\":\"shared\",\"via\":\"S1\""))
}

fn release(client: &str, resource: &str) -> String {
    ask(client, "release", &format!("\"resource_id\":\"{resource}\""))
}

fn cut(side: &[&str]) -> String {
    let side: Vec<String> = side.iter().map(|s| format!("\"{s}\"")).collect();
    format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", side.join(","))
}

fn heal() -> String {
    "{\"heal\":{}}".into()
}

fn results(run: &Run) -> Vec<(String, String)> {
    let replies = lines(run).into_iter().filter(|l| l["kind"] == "reply");
    replies.map(|l| (word(&l["node"]), word(&l["data"]["result"]))).collect()
}

const RAW: &str = ",\"servers\":3,\"prevote\":false,\"check_quorum\":false";

#[test]
fn dueling_candidates() {
    // S1 and S3 cannot hear each other. S3 stands while S1 leads: its term disturbs everybody (thesis 9.6).
    let link = |blocked: bool| {
        let one = |from: &str, to: &str| {
            format!("{{\"link\":{{\"from\":\"{from}\",\"to\":\"{to}\",\"blocked\":{blocked}}}}}")
        };
        [one("S1", "S3"), one("S3", "S1")]
    };
    let [a, b] = link(true);
    let acts = [(1, a), (1, b), (10, elect("S1")), (100, elect("S3"))];
    golden("dueling", RAW, &acts, 200);
    let setup = ",\"servers\":3,\"prevote\":true,\"check_quorum\":false";
    golden("dueling-prevote", setup, &acts, 200);
}

#[test]
fn an_entry_of_an_old_term_is_committed_by_one_of_the_new() {
    // S1 and S2 have an entry of term 1 that nobody knows to be committed. S2 leads and counts it on a majority; only its
    // own no-op commits both (§5.4.2).
    let setup = format!("{RAW},\"logs\":{{\"S1\":[1],\"S2\":[1]}}");
    let run = golden("old-term", &setup, &[(10, elect("S2"))], 110);
    let first = lines(&run).into_iter().find(|l| l["kind"] == "deliver").expect("both are applied");
    assert_eq!((first["data"]["index"].as_u64(), first["data"]["commit"].as_u64()), (Some(1), Some(2)));
    let setup = format!("{setup},\"noop\":false");
    let run = golden("old-term-alone", &setup, &[(10, elect("S2"))], 200);
    assert!(!lines(&run).iter().any(|l| l["kind"] == "deliver"), "an entry of an old term is never counted");
}

#[test]
fn an_old_append_takes_nothing_away() {
    // The append with entry 2 is under way for long; entry 3 overtakes it. When it comes, entry 3 stays.
    let slow = |ms: u64| format!("{{\"link\":{{\"from\":\"S1\",\"to\":\"S2\",\"delay_ms\":{ms}}}}}");
    let acts = [(10, elect("S1")), (60, slow(150)), (65, acquire("A", "a")), (85, slow(10)), (130, acquire("B", "b"))];
    let run = golden("stale-append", RAW, &acts, 300);
    let writes = lines(&run).into_iter().filter(|l| l["kind"] == "persist" && l["node"] == "S2");
    let from: Vec<u64> = writes.filter_map(|l| l["data"]["from"].as_u64()).collect();
    assert!(from.windows(2).all(|w| w[0] <= w[1]), "S2's log is never written backwards: {from:?}");
}

#[test]
fn a_follower_is_caught_up_by_a_snapshot() {
    let setup = ",\"servers\":3,\"snapshot_every\":3";
    let acts = [
        (10, elect("S1")),
        (80, on("crash", "S3")),
        (90, acquire("A", "a")),
        (130, acquire("B", "b")),
        (180, acquire("C", "c")),
        (240, on("restart", "S3")),
    ];
    golden("snapshot", setup, &acts, 400);
}

#[test]
fn what_a_cut_off_leader_took_is_discarded() {
    let acts = [
        (10, elect("S1")),
        (70, cut(&["S1", "client_A", "client_B", "client_C"])),
        (80, acquire("A", "a")),
        (80, acquire("B", "b")),
        (80, acquire("C", "c")),
        (130, elect("S2")),
        (200, heal()),
    ];
    let run = golden("discarded", RAW, &acts, 330);
    assert!(lines(&run).iter().any(|l| l["data"]["dropped"].as_u64() == Some(3)), "three entries go");
}

#[test]
fn a_command_that_comes_twice_acts_once() {
    let copy = "{\"message\":{\"from\":\"client_A\",\"to\":\"S1\",\"n\":1,\"duplicate\":true}}".to_string();
    let late = "{\"message\":{\"from\":\"client_A\",\"to\":\"S1\",\"n\":1,\"deliver_in_ms\":90}}".to_string();
    let acts = [(10, elect("S1")), (80, acquire("A", "a")), (81, copy), (82, late), (120, release("A", "a"))];
    let run = golden("twice", ",\"servers\":3", &acts, 300);
    let granted =
        |l: &Value| l["node"] == "S1" && l["kind"] == "deliver" && l["data"]["effects"][0]["result"] == "granted";
    assert_eq!(lines(&run).iter().filter(|l| granted(l)).count(), 1);
}

#[test]
fn an_upgrade_deadlock_aborts_the_younger() {
    let acts = [
        (10, elect("S1")),
        (80, share("A", "a")),
        (130, share("B", "a")),
        (180, acquire("A", "a")),
        (230, acquire("B", "a")),
        (300, release("A", "a")),
    ];
    let run = golden("upgrade", ",\"servers\":3", &acts, 400);
    let b = ("client_B".to_string(), "aborted".to_string());
    assert_eq!(results(&run).iter().filter(|r| **r == b).count(), 1);
}

#[test]
fn a_deadlock_through_queue_order_alone_is_found() {
    let acts = [
        (10, elect("S1")),
        (80, share("A", "a")),
        (130, acquire("C", "b")),
        (180, acquire("B", "a")),
        (230, share("C", "a")),
        (280, acquire("A", "b")),
        (350, release("C", "b")),
        (355, release("C", "a")),
        (450, release("A", "b")),
        (455, release("A", "a")),
    ];
    golden("queue-order", ",\"servers\":3", &acts, 550);
}

/// Clients in a circle: each holds a lock and wants the next one's. Exactly one is aborted; the others finish.
fn circle(n: u8) {
    let client = |i: u8| char::from(b'A' + i % n).to_string();
    let mut acts = vec![(10, elect("S1"))];
    for i in 0..n {
        acts.push((100 + 30 * u64::from(i), acquire(&client(i), &client(i))));
    }
    for i in 0..n {
        acts.push((500 + 30 * u64::from(i), acquire(&client(i), &client(i + 1))));
        acts.push((510 + 30 * u64::from(i), release(&client(i), &client(i + 1))));
        acts.push((515 + 30 * u64::from(i), release(&client(i), &client(i))));
    }
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{\"at_ms\":{at},\"act\":{act}}}")).collect();
    let run = play(&format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"raft-lock\",\"network\":{{\"delay_ms\":10}},\"setup\":{{\"servers\":3,\
         \"clients\":{n},\"election_ms\":[1000,1400]}},\"acts\":[{}],\"until_ms\":3000}}",
        acts.join(",")
    ));
    assert_eq!(run.violations(), [], "{n}");
    let results = results(&run);
    let aborted: Vec<&String> = results.iter().filter(|(_, r)| r == "aborted").map(|(who, _)| who).collect();
    assert_eq!(aborted, [&format!("client_{}", client(n - 1))], "the youngest of {n}, and nobody else");
    let granted = results.iter().filter(|(_, r)| r == "granted").count();
    assert_eq!(granted, 2 * usize::from(n) - 1, "all others get both of their locks");
    assert_eq!(results.len(), 4 * usize::from(n), "every request ends");
}

#[test]
fn circles_of_two_three_and_eight_lose_exactly_one_member() {
    [2, 3, 8].into_iter().for_each(circle);
}

#[test]
fn a_holder_that_is_cut_off_lets_go_before_another_one_gets_the_lock() {
    let setup = ",\"servers\":3,\"clients\":2,\"lease_ms\":600";
    let acts = [
        (1, elect("S1")),
        (100, acquire("A", "a")),
        (200, acquire("B", "a")),
        (300, cut(&["client_A"])),
        (1_100, heal()),
    ];
    let run = golden("lease", setup, &acts, 1_500);
    assert!(run.violations().is_empty(), "{:?}", run.violations());
}

#[test]
fn who_is_wounded_hears_of_it_with_the_next_answer_when_the_news_is_lost() {
    let setup = ",\"servers\":3,\"clients\":2,\"deadlock\":\"wound-wait\",\"lease_ms\":1200";
    let drop = r#"{"message":{"from":"S1","to":"client_B","n":2,"drop":true}}"#;
    let acts = [
        (1, elect("S1")),
        (100, acquire("A", "a")),
        (150, acquire("B", "b")),
        (200, acquire("A", "b")),
        (235, drop.into()),
    ];
    let run = golden("news", setup, &acts, 600);
    assert!(run.violations().is_empty(), "{:?}", run.violations());
}

#[test]
fn a_lock_that_is_held_twice_is_given_back_twice() {
    let setup = ",\"servers\":3,\"clients\":2,\"release\":\"one\"";
    let acts = [
        (1, elect("S1")),
        (100, acquire("A", "a")),
        (150, acquire("A", "a")),
        (200, acquire("B", "a")),
        (250, release("A", "a")),
        (300, release("A", "a")),
    ];
    let run = golden("re-entrant", setup, &acts, 400);
    assert!(run.violations().is_empty(), "{:?}", run.violations());
}
