//! Leases: who must hear of a client that lives, and what becomes of its locks.

use super::{lines, play};
use crate::engine::Run;
use serde_json::Value;

/// client_A has lock `a` from S1, which then does something; client_B asks for it. Until 8 s.
fn after(fault: &str) -> Run {
    play(&format!(
        r#"{{"format":"lightcone/1","lab":"raft-lock","until_ms":8000,"acts":[
        {{"at_ms":1,"act":{{"timeout":{{"node":"S1","timer":"election"}}}}}},
        {{"at_ms":200,"act":{{"request":{{"node":"client_A","op":"acquire","args":{{"resource_id":"a"}}}}}}}},
        {{"at_ms":500,"act":{fault}}},
        {{"at_ms":600,"act":{{"request":{{"node":"client_B","op":"acquire","args":{{"resource_id":"a"}}}}}}}}]}}"#
    ))
}

/// Tokens of the grants that clients were told of, in order.
fn granted(lines: &[Value]) -> Vec<(&str, u64)> {
    let replies = lines.iter().filter(|line| line["kind"] == "reply" && line["data"]["result"] == "granted");
    replies
        .map(|line| (line["node"].as_str().expect("a client"), line["data"]["token"].as_u64().unwrap_or(0)))
        .collect()
}

#[test]
fn a_client_whose_leader_is_dead_says_to_another_server_that_it_lives() {
    let run = after(r#"{"crash":{"node":"S1"}}"#);
    let lines = lines(&run);
    assert_eq!(
        granted(&lines),
        [("client_A", 1)],
        "client_A lives and is connected: it keeps token 1, and client_B waits"
    );
    let fields = |node: usize| run.frame().processes[node].fields.iter().map(|f| f.value.clone()).collect::<Vec<_>>();
    assert!(fields(5).iter().any(|value| value.starts_with("a exclusive")), "{:?}", fields(5));
    assert!(run.violations().is_empty(), "{:?}", run.violations());
    // Not to the dead one for ever: most of its signs of life are answered.
    let of = |kind: &str, label: &str| {
        lines.iter().filter(|l| l["kind"] == kind && l["node"] == "client_A" && l["label"] == label).count()
    };
    assert!(of("receive", "lease renewed") > 10, "{}", of("receive", "lease renewed"));
}

#[test]
fn a_client_that_is_cut_off_loses_its_lock_to_the_next() {
    let run = after(r#"{"partition":{"groups":[["client_A"]]}}"#);
    assert_eq!(granted(&lines(&run)), [("client_A", 1), ("client_B", 2)]);
    assert!(run.violations().is_empty(), "{:?}", run.violations());
}

#[test]
fn a_leader_without_a_majority_renews_no_lease() {
    let run = play(
        r#"{"format":"lightcone/1","lab":"raft-lock","until_ms":8000,"setup":{"check_quorum":false},"acts":[
        {"at_ms":1,"act":{"timeout":{"node":"S1","timer":"election"}}},
        {"at_ms":200,"act":{"request":{"node":"client_A","op":"acquire","args":{"resource_id":"a"}}}},
        {"at_ms":500,"act":{"partition":{"groups":[["S1","client_A"]]}}},
        {"at_ms":600,"act":{"request":{"node":"client_B","op":"acquire","args":{"resource_id":"a","via":"S2"}}}}]}"#,
    );
    let lines = lines(&run);
    assert_eq!(granted(&lines), [("client_A", 1), ("client_B", 2)]);
    let renewed =
        lines.iter().filter(|l| l["kind"] == "send" && l["node"] == "S1" && l["at_us"].as_u64() > Some(500_000));
    let renewed = renewed.filter(|l| l["messages"][0]["label"] == "lease renewed").count();
    assert_eq!(renewed, 0, "S1 is alone, and does not know whether it still leads");
    assert!(run.violations().is_empty(), "{:?}", run.violations());
}
