//! Numbers of messages: three servers, no faults, PreVote off, heartbeats every 50 ms; requests between servers, not
//! replies.

use super::{lines, play};
use crate::engine::Run;

fn scenario(acts: &str, until_ms: u64) -> Run {
    play(&format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"raft-lock\",\"seed\":3,\"setup\":{{\"servers\":3,\"clients\":11,\
         \"prevote\":false,\"heartbeat_ms\":50}},\"acts\":[{acts}],\"until_ms\":{until_ms}}}"
    ))
}

/// Requests between servers from one time to another, in microseconds.
fn requests(run: &Run, from_us: u64, until_us: u64) -> usize {
    let lines = lines(run);
    let within = |line: &&serde_json::Value| (from_us..until_us).contains(&line["at_us"].as_u64().expect("a time"));
    let sends = lines.iter().filter(within).filter(|l| l["kind"] == "send");
    let messages = sends.flat_map(|l| l["messages"].as_array().expect("messages"));
    let asks = |m: &&serde_json::Value| {
        let data = &m["data"];
        let server = m["to"].as_str().is_some_and(|to| to.starts_with('S'));
        server && (data.get("last_log_index").is_some() || data.get("prev_log_index").is_some())
    };
    messages.filter(asks).count()
}

fn time_of(run: &Run, fits: impl Fn(&serde_json::Value) -> bool) -> u64 {
    lines(run).iter().rfind(|l| fits(l)).expect("it happens")["at_us"].as_u64().expect("a time")
}

#[test]
fn electing_a_leader_takes_at_most_30_requests() {
    let run = scenario("", 1_000);
    let elected_us = time_of(&run, |l| l["data"]["role"] == "leader");
    let count = requests(&run, 0, elected_us + 1);
    println!("electing a leader: {count} requests");
    assert!((2..=30).contains(&count), "{count}");
}

#[test]
fn eleven_commands_take_at_most_42_requests() {
    let acts: Vec<String> = (0..11)
        .map(|i| {
            let client = char::from(b'A' + i);
            format!(
                "{{\"at_ms\":1000,\"act\":{{\"request\":{{\"node\":\"client_{client}\",\"op\":\"acquire\",\
                 \"args\":{{\"resource_id\":\"r{i}\"}}}}}}}}"
            )
        })
        .collect();
    let run = scenario(&acts.join(","), 2_000);
    let replies = lines(&run).iter().filter(|l| l["kind"] == "reply").count();
    assert_eq!(replies, 11, "all are answered");
    let done_us = time_of(&run, |l| l["kind"] == "reply");
    let count = requests(&run, 1_000_000, done_us + 1);
    println!("eleven commands: {count} requests");
    assert!(count <= 42, "{count}");
}

#[test]
fn an_idle_second_takes_at_most_60_requests() {
    let run = scenario("", 3_000);
    let count = requests(&run, 1_500_000, 2_500_000);
    println!("an idle second: {count} requests");
    assert!((20..=60).contains(&count), "{count}");
}
