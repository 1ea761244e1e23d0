//! Delivery latency and hold-back time against numbers worked out by hand.

mod common;

use common::parse;
use lightcone_core::engine::{Run, run};
use lightcone_core::labs::find;
use lightcone_core::views::series::{Chart, charts, csv};

fn played(lab: &str, rest: &str) -> Run {
    run(parse(&format!("{{\"format\":\"lightcone/1\",\"lab\":\"{lab}\",{rest}}}")))
}

fn drawn(run: &Run) -> Vec<Chart> {
    charts(run, run.scenario().until_us)
}

/// The values of a line that are there, in the order of time.
fn values(run: &Run, title: &str, line: &str) -> Vec<u64> {
    let charts = drawn(run);
    let chart = charts.iter().find(|c| c.title == title).unwrap_or_else(|| panic!("there is a chart {title}"));
    let line = chart.lines.iter().find(|l| l.name == line).unwrap_or_else(|| panic!("it has a line {line}"));
    line.values.iter().copied().flatten().collect()
}

const LATENCY: &str = "From sending to delivery";
const HELD: &str = "Held back";
const WAITING: &str = "Waiting at one process";

#[test]
fn charts_and_csv_of_every_lab_that_delivers_have_latencies() {
    for lab in ["total-order", "causal-multicast", "causal-kv"] {
        for builtin in find(lab).expect("a lab").spec().scenarios.iter().take(3) {
            let run = run(parse(&builtin.json()));
            assert!(!values(&run, LATENCY, "median").is_empty(), "{lab}/{}", builtin.id);
            assert!(!values(&run, HELD, "95 %").is_empty(), "{lab}/{}", builtin.id);
            let text = csv(&drawn(&run), run.scenario().until_us);
            let column = text.lines().next().expect("a head").split(',').position(|h| h.starts_with(LATENCY));
            let column = column.expect("the CSV has the latency, too");
            let filled = text.lines().skip(1).filter(|l| l.split(',').nth(column).is_some_and(|v| !v.is_empty()));
            assert!(filled.count() > 0, "{lab}/{}", builtin.id);
        }
    }
}

/// Every delay is 10 ms. P1 sends at 5; P2 and P3 have it at 15 and acknowledge; everybody has the last
/// acknowledgement at 25 and delivers: 20 ms at all three, the sender included, which waits like the others.
/// P2 and P3 have held it for 10 ms.
#[test]
fn a_total_order_costs_two_delays_for_everybody() {
    let run = played(
        "total-order",
        r#""network":{"delay_ms":10},"until_ms":60,"acts":[
        {"at_ms":5,"act":{"request":{"node":"P1","op":"multicast","args":{"payload":"m"}}}}]"#,
    );
    assert_eq!(run.metrics().iter().find(|(name, _)| *name == "deliveries").map(|(_, n)| *n), Some(3));
    assert_eq!((values(&run, LATENCY, "median"), values(&run, LATENCY, "95 %")), (vec![20_000], vec![20_000]));
    assert_eq!((values(&run, HELD, "median"), values(&run, HELD, "95 %")), (vec![10_000], vec![10_000]));
    let waiting = values(&run, WAITING, "most");
    // It waits from 15 to 25 ms: each of the sixty stretches is 1 ms long.
    assert!(waiting.len() > 26);
    assert!((0..waiting.len()).all(|ms| waiting[ms] == u64::from((15..=25).contains(&ms))), "{waiting:?}");
}

/// P1's question needs 90 ms to P3, everything else 15 ms. Question at 10: at P2 at 25 (15 ms), at P3 at 100
/// (90 ms). Reply at 40: at P1 at 55 (15 ms); at P3 at 55 too, held for 45 ms until 100 (60 ms). What P1 and P2
/// deliver to themselves in the instant of sending is no latency of 0.
#[test]
fn a_held_reply_counts_its_wait() {
    let run = played(
        "causal-multicast",
        r#""network":{"delay_ms":15},"until_ms":150,"acts":[
        {"at_ms":5,"act":{"link":{"from":"P1","to":"P3","delay_ms":90}}},
        {"at_ms":10,"act":{"request":{"node":"P1","op":"multicast","args":{"payload":"question"}}}},
        {"at_ms":40,"act":{"request":{"node":"P2","op":"multicast","args":{"payload":"reply"}}}}]"#,
    );
    assert_eq!(values(&run, LATENCY, "median"), [15_000, 15_000, 60_000]);
    assert_eq!(values(&run, LATENCY, "95 %"), [15_000, 15_000, 90_000]);
    assert_eq!(values(&run, HELD, "median"), [0, 0, 0]);
    assert_eq!(values(&run, HELD, "95 %"), [0, 0, 45_000]);
}

/// The same triangle of nodes. client1 writes x at node1 (10 ms there, applied at 15): at node2 at 25, at node3,
/// 90 ms away, at 105. client2 reads x at node2 and writes y there, applied at 60: at node1 at 70; at node3 at 70
/// too, held for 35 ms until 105 (45 ms).
const TRIANGLE: &str = r#"
    "setup":{"wait_ms":500,"anti_entropy_ms":1000,"retry_ms":1000,"answer_ms":1000},
    "network":{"delay_ms":10},"acts":[
    {"at_ms":1,"act":{"link":{"from":"node1","to":"node3","delay_ms":90}}},
    {"at_ms":5,"act":{"request":{"node":"client1","op":"put","args":{"node":"node1","key":"x","value":1}}}},
    {"at_ms":30,"act":{"request":{"node":"client2","op":"get","args":{"node":"node2","key":"x"}}}},
    {"at_ms":50,"act":{"request":{"node":"client2","op":"put","args":{"node":"node2","key":"y","value":2}}}}"#;

#[test]
fn a_write_counts_from_its_own_node_to_each_peer() {
    let run = played("causal-kv", &format!("{TRIANGLE}],\"until_ms\":150"));
    assert_eq!(values(&run, LATENCY, "median"), [10_000, 10_000, 45_000]);
    assert_eq!(values(&run, LATENCY, "95 %"), [10_000, 10_000, 90_000]);
    assert_eq!(values(&run, HELD, "median"), [0, 0, 0]);
    assert_eq!(values(&run, HELD, "95 %"), [0, 0, 35_000]);
}

/// node3 crashes with y in its buffer, which is in memory, and misses x. Anti-entropy brings both, later: they
/// count from the writes, not from the repair, and nothing that a crash has wiped out counts as waiting.
#[test]
fn what_anti_entropy_brings_counts_from_the_write() {
    let acts = r#",{"at_ms":80,"act":{"crash":{"node":"node3"}}},{"at_ms":120,"act":{"restart":{"node":"node3"}}}]"#;
    let run = played("causal-kv", &format!("{TRIANGLE}{acts},\"until_ms\":4000"));
    let at: Vec<u64> = (0..run.trace().len())
        .map(|id| *run.trace().record(id))
        .filter(|r| r.kind.name() == "deliver" && run.names()[usize::from(r.node)] == "node3")
        .map(|r| r.at_us)
        .collect();
    let [x_us, y_us] = at[..] else { panic!("node3 applies x and y, not at {at:?}") };
    assert!(x_us > 120_000 && x_us == y_us, "one repair brings both");
    // Of the two in one stretch of time the nearest rank below the middle is the smaller one.
    assert_eq!(values(&run, LATENCY, "median").last(), Some(&(y_us - 60_000)));
    assert_eq!(values(&run, LATENCY, "95 %").last(), Some(&(x_us - 15_000)));
    assert_eq!(values(&run, WAITING, "most").last(), Some(&0));
    assert!(values(&run, HELD, "95 %").iter().all(|&us| us == 0), "what was held is forgotten with the memory");
}

/// Every delay is 10 ms. S1 is told to stand at 10 and leads from 30 (PreVote aside, one round trip): 30 ms after the start.
/// Its no-op is committed a round trip later, and so is each command.
#[test]
fn a_lab_that_measures_has_charts_of_its_own() {
    let run = played(
        "raft-lock",
        r#""setup":{"servers":3,"prevote":false},"network":{"delay_ms":10},"until_ms":600,"acts":[
        {"at_ms":10,"act":{"timeout":{"node":"S1","timer":"election"}}},
        {"at_ms":100,"act":{"request":{"node":"client_A","op":"acquire","args":{"resource_id":"a"}}}}]"#,
    );
    assert_eq!(values(&run, "Without a leader until elected", "median"), [30_000]);
    assert_eq!(values(&run, "From append to commit", "95 %")[0], 20_000);
    // There and back, with a round trip of the servers between.
    assert_eq!(values(&run, "From asking for a lock to the grant", "median"), [40_000]);
    let followed = values(&run, "Followed by a majority", "share");
    assert_eq!((followed[0], followed[20]), (0, 100));
    let none: Vec<Chart> = drawn(&run).into_iter().filter(|c| c.title == "Deadlocks found").collect();
    assert_eq!(none, [], "what has no samples is not drawn");
}

/// c1 holds a lock and crashes at 900: its session is over some 900 ms later. Then servers crash and come back, and apply
/// again what they have on disk. The leader is zk3.
#[test]
fn an_expiry_counts_once_whoever_applies_it_and_however_often() {
    let run = played(
        "zk-lock",
        r#""setup":{"session_ms":900,"snapshot_every":0},"network":{"delay_ms":10},"until_ms":4500,"acts":[
        {"at_ms":500,"act":{"request":{"node":"c1","op":"lock"}}},
        {"at_ms":900,"act":{"crash":{"node":"c1"}}},
        {"at_ms":2200,"act":{"crash":{"node":"zk3"}}},
        {"at_ms":2600,"act":{"restart":{"node":"zk3"}}},
        {"at_ms":3200,"act":{"crash":{"node":"zk2"}}},
        {"at_ms":3300,"act":{"restart":{"node":"zk2"}}}]"#,
    );
    let applied = (0..run.trace().len()).filter(|id| run.line(*id).contains("\"event\":\"expired\"")).count();
    assert!(applied > 3, "it is applied {applied} times");
    assert_eq!(run.metrics().iter().find(|(name, _)| *name == "session_expiries").map(|(_, n)| *n), Some(1));
    let values = values(&run, "Session expiries", "each");
    assert_eq!(values.iter().filter(|n| **n > 0).collect::<Vec<_>>(), [&1]);
}
