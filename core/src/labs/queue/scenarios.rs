//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 8] = [
    Builtin::new(
        "happy-path",
        150_000,
        include_str!("scenarios/happy-path.json"),
        "A message goes to disk at its owner and at a replica before its producer is answered; a consumer gets it, processes it and acknowledges it.",
    ),
    Builtin::new("broken-ack-on-delivery", 150_000, include_str!("scenarios/consumer-crash.json"), "x").broken(&["ack-on-delivery"]),
    Builtin::new("broken-ack-before-disk", 150_000, include_str!("scenarios/consumer-crash.json"), "x").broken(&["ack-before-disk"]),
    Builtin::new("broken-no-replication", 150_000, include_str!("scenarios/consumer-crash.json"), "x").broken(&["no-replication"]),
    Builtin::new("broken-stale-ack", 150_000, include_str!("scenarios/consumer-crash.json"), "x").broken(&["stale-ack-accepted"]),
    Builtin::new("broken-points", 150_000, include_str!("scenarios/consumer-crash.json"), "x").broken(&["points-not-brokers"]),
    Builtin::new("broken-no-checksum", 150_000, include_str!("scenarios/consumer-crash.json"), "x").broken(&["no-checksum"]),
    Builtin::new("broken-no-redelivery", 150_000, include_str!("scenarios/consumer-crash.json"), "x").broken(&["no-redelivery"]),
];
