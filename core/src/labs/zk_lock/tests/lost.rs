//! Each message of a short run is lost once, one run each: somebody repairs it.

use super::lines;
use crate::engine::Run;
use crate::engine::explore::run_and_settle;
use crate::labs;
use serde_json::Value;

/// An election, sessions, two who count and one who locks by hand, and a follower that comes back.
const ACTS: &str = r#"
    {"at_ms":400,"act":{"crash":{"node":"zk1"}}},
    {"at_ms":420,"act":{"request":{"node":"c2","op":"increment"}}},
    {"at_ms":430,"act":{"request":{"node":"c3","op":"increment"}}},
    {"at_ms":700,"act":{"restart":{"node":"zk1"}}},
    {"at_ms":760,"act":{"request":{"node":"c1","op":"lock"}}},
    {"at_ms":1400,"act":{"request":{"node":"c1","op":"unlock"}}}"#;

fn play(more: &str) -> Run {
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"zk-lock\",\"seed\":7,\"network\":{{\"delay_ms\":10}},\
         \"setup\":{{\"session_ms\":900,\"snapshot_every\":6}},\"acts\":[{ACTS}{more}],\"until_ms\":1600}}"
    );
    run_and_settle(labs::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}")))
}

#[test]
fn whatever_message_is_lost_somebody_repairs_it() {
    let whole = play("");
    assert_eq!(whole.violations(), []);
    let mut messages: Vec<(u64, u64)> = Vec::new();
    for line in lines(&whole).iter().filter(|l| l["kind"] == "send" && l["at_us"].as_u64() < Some(1_600_000)) {
        let id = |value: &Value| value["id"].as_u64().expect("an id");
        messages.extend(line["messages"].as_array().into_iter().flatten().map(|m| (id(line), id(m))));
    }
    assert!(messages.len() > 200, "{} messages", messages.len());
    for (record, message) in messages {
        let run =
            play(&format!(",{{\"after_event\":{record},\"act\":{{\"message\":{{\"id\":{message},\"drop\":true}}}}}}"));
        assert_eq!(run.violations(), [], "message {message}, sent by record {record}: {}", whole.line(record as u32));
        let ended = lines(&run).into_iter().filter(|l| l["kind"] == "reply").count();
        assert_eq!(ended, 4, "message {message}: every request ends");
        let dropped = lines(&run).into_iter().any(|l| l["kind"] == "drop" && l["data"]["reason"] == "act");
        let missed = lines(&run).into_iter().any(|l| l["kind"] == "refused");
        assert!(dropped && !missed, "message {message} was lost");
    }
}
