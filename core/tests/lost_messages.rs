//! Nothing hangs on a single message: each message of a short run is dropped once, one run each, in every lab that loses messages
//! for good, and after settling each rule holds.

mod common;

use common::{on_all_processors, parse};
use lightcone_core::engine::explore::run_and_settle;
use lightcone_core::engine::run;
use lightcone_core::trace::Kind;

/// Short runs in which everything happens that a message can tell of: grants, waits, wounds, expiry, releases, reads; writes,
/// reads and buffered writes.
const RUNS: [(&str, &str); 5] = [
    (
        "locks, one after the other",
        r#"{"format":"lightcone/1","lab":"raft-lock","seed":3,"until_ms":900,
        "setup":{"servers":3,"clients":2,"lease_ms":600},"network":{"delay_ms":8},"acts":[
        {"at_ms":1,"act":{"timeout":{"node":"S1","timer":"election"}}},
        {"at_ms":60,"act":{"request":{"node":"client_A","op":"acquire","args":{"resource_id":"a"}}}},
        {"at_ms":80,"act":{"request":{"node":"client_B","op":"acquire","args":{"resource_id":"a"}}}},
        {"at_ms":400,"act":{"request":{"node":"client_A","op":"release","args":{"resource_id":"a"}}}},
        {"at_ms":420,"act":{"request":{"node":"client_A","op":"locks"}}},
        {"at_ms":600,"act":{"crash":{"node":"client_B"}}}]}"#,
    ),
    (
        "a transaction is wounded while it asks for nothing",
        r#"{"format":"lightcone/1","lab":"raft-lock","seed":3,"until_ms":900,
        "setup":{"servers":3,"clients":2,"deadlock":"wound-wait"},"network":{"delay_ms":8},"acts":[
        {"at_ms":1,"act":{"timeout":{"node":"S1","timer":"election"}}},
        {"at_ms":60,"act":{"request":{"node":"client_A","op":"acquire","args":{"resource_id":"a"}}}},
        {"at_ms":110,"act":{"request":{"node":"client_B","op":"acquire","args":{"resource_id":"b"}}}},
        {"at_ms":160,"act":{"request":{"node":"client_A","op":"acquire","args":{"resource_id":"b"}}}}]}"#,
    ),
    (
        "a circle is broken",
        r#"{"format":"lightcone/1","lab":"raft-lock","seed":3,"until_ms":900,
        "setup":{"servers":3,"clients":2},"network":{"delay_ms":8},"acts":[
        {"at_ms":1,"act":{"timeout":{"node":"S1","timer":"election"}}},
        {"at_ms":60,"act":{"request":{"node":"client_A","op":"work","args":{"resource_ids":["a","b"],"for_ms":50}}}},
        {"at_ms":61,"act":{"request":{"node":"client_B","op":"work","args":{"resource_ids":["b","a"],"for_ms":50}}}}]}"#,
    ),
    (
        "two caches write one line",
        r#"{"format":"lightcone/1","lab":"mesi","seed":3,"until_ms":600,"network":{"delay_ms":8},"acts":[
        {"at_ms":10,"act":{"request":{"node":"C1","op":"write","args":{"key":"x","value":1}}}},
        {"at_ms":12,"act":{"request":{"node":"C2","op":"write","args":{"key":"x","value":2}}}},
        {"at_ms":90,"act":{"request":{"node":"C3","op":"read","args":{"key":"x"}}}}]}"#,
    ),
    (
        "writes and reads of a replicated store",
        r#"{"format":"lightcone/1","lab":"causal-kv","seed":3,"until_ms":600,"network":{"delay_ms":8},"acts":[
        {"at_ms":10,"act":{"request":{"node":"client1","op":"put","args":{"node":"node1","key":"x","value":1}}}},
        {"at_ms":12,"act":{"request":{"node":"client2","op":"put","args":{"node":"node2","key":"x","value":2}}}},
        {"at_ms":60,"act":{"request":{"node":"client1","op":"get","args":{"node":"node2","key":"x"}}}},
        {"at_ms":100,"act":{"request":{"node":"client1","op":"put","args":{"node":"node3","key":"y","value":3}}}},
        {"at_ms":140,"act":{"request":{"node":"client2","op":"get","args":{"node":"node1","key":"y"}}}}]}"#,
    ),
];

#[test]
fn a_lost_message_is_made_up_for_whichever_it_is() {
    for (what, text) in RUNS {
        let whole = run(parse(text));
        assert!(whole.violations().is_empty(), "{what}: {:?}", whole.violations());
        let sent: Vec<u32> = whole.trace().messages.iter_from(0).map(|message| message.send).collect();
        let messages = sent.len() as u64;
        assert!(messages > 10, "{what}: {messages} messages");
        let play = |id: u64, found: &mut Vec<String>| {
            // It is dropped as soon as it has left; those that act in between may have sent more.
            let after = sent[id as usize];
            let drop = format!(r#",{{"after_event":{after},"act":{{"message":{{"id":{id},"drop":true}}}}}}]}}"#);
            let lossy = text.strip_suffix("]}").map(|head| format!("{head}{drop}")).expect("it ends with its acts");
            let run = run_and_settle(parse(&lossy));
            let mut records = (0..run.trace().len()).map(|id| run.trace().record(id));
            let lost = records.any(|record| record.kind == Kind::Drop && record.message == id as u32);
            if !lost || !run.violations().is_empty() {
                found.push(format!("{what}: without message {id}: {:?} {lossy}", run.violations()));
            }
        };
        let found = on_all_processors(0..messages, play, |all: &mut Vec<String>, found| all.extend(found));
        assert!(found.is_empty(), "{} of {messages}: {}", found.len(), found[0]);
    }
}
