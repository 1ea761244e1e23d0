//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 24] = [
    Builtin::new(
        "happy-path",
        190_000,
        include_str!("scenarios/happy-path.json"),
        "A message goes to the disks of its owner and of a replica before its producer is answered; a consumer gets it, processes it and acknowledges it.",
    ),
    Builtin::new(
        "consumer-crash",
        480_000,
        include_str!("scenarios/consumer-crash.json"),
        "w1 gets tea and crashes at work. Nobody else gets it until its visibility timeout runs out; then w2 does.",
    ).with_views(&["Queues and lag"]),
    Builtin::new(
        "consumer-crash-after",
        520_000,
        include_str!("scenarios/consumer-crash-after.json"),
        "w1 has processed tea and crashes before it can say so. The queue cannot know, so w2 processes it a second time: at least once.",
    ),
    Builtin::new(
        "late-ack",
        330_000,
        include_str!("scenarios/late-ack.json"),
        "w1 acknowledges when its delivery is over and w2 has the next one. The old receipt does not count; that of w2 does.",
    ).with_views(&["Queues and lag"]),
    Builtin::new(
        "owner-crash-before",
        330_000,
        include_str!("scenarios/owner-crash-before.json"),
        "b2 has the message on its own disk and crashes before it can copy it. Its producer is not answered and asks another broker; when b2 is back, the two copies are one message.",
    ),
    Builtin::new(
        "owner-crash-after",
        640_000,
        include_str!("scenarios/owner-crash-after.json"),
        "b2 crashes with one message in flight and one ready. b3 is next on the walk and has both: it takes over, and in the end gets a third broker to have copies.",
    ),
    Builtin::new(
        "poison",
        900_000,
        include_str!("scenarios/poison.json"),
        "A message on which every consumer fails comes back twice and goes to the dead-letter queue after the third time. tea gets through meanwhile.",
    ).with_views(&["Queues and lag"]),
    Builtin::new(
        "join",
        640_000,
        include_str!("scenarios/join.json"),
        "b4 joins. It gets copies of the queues that will be its own, and only then it is on the ring; the others throw away what they need not have any more.",
    ),
    Builtin::new(
        "leave",
        640_000,
        include_str!("scenarios/leave.json"),
        "b2 is to go. It serves until others have on disk what it has, and what it had is with its successors on the ring.",
    ),
    Builtin::new(
        "one-point",
        900_000,
        include_str!("scenarios/one-point.json"),
        "With one point for each broker the shares are far from equal, and the newcomer takes its keys from one neighbour alone. Compare it with 256 points.",
    ),
    Builtin::new(
        "many-points",
        900_000,
        include_str!("scenarios/many-points.json"),
        "With 256 points for each broker the shares are nearly equal, and the newcomer takes a little from everybody.",
    ),
    Builtin::new(
        "partition",
        680_000,
        include_str!("scenarios/partition.json"),
        "b2 is cut off with w1, and both sides deliver the same messages: processed twice, and none lost. After healing one broker serves again.",
    ).with_views(&["Queues and lag"]),
    Builtin::new(
        "minority",
        900_000,
        include_str!("scenarios/minority.json"),
        "b2 is alone with its clients. It delivers what it has, but cannot bring a new message to a second disk, so it leaves the producer without an answer until the cut is healed.",
    ),
    Builtin::new(
        "comeback",
        940_000,
        include_str!("scenarios/comeback.json"),
        "b2 comes back with messages that were done meanwhile. It does not serve until b3 has told it, so nothing old is delivered.",
    ),
    Builtin::new(
        "load",
        2_000_000,
        include_str!("scenarios/load.json"),
        "Three producers make messages faster than two consumers can work: the lag grows and is worked off only when they stop. A broker that crashes and comes back changes nothing of that.",
    ),
    Builtin::new(
        "leader-acks",
        720_000,
        include_str!("scenarios/leader-acks.json"),
        "With acks leader, milk is answered when it is on the disk of b2 alone. While b2 is down nobody has it; when it is back, it is there.",
    ),
    Builtin::new(
        "shared",
        640_000,
        include_str!("scenarios/shared.json"),
        "All brokers keep their messages in one store. When b2 crashes, b3 reads the queue from the store and goes on; nothing is copied from broker to broker.",
    ),
    Builtin::new(
        "broken-ack-on-delivery",
        160_000,
        include_str!("scenarios/consumer-crash.json"),
        "The message is removed when w1 gets it. w1 crashes at work, and nobody has it any more.",
    )
    .broken(&["ack-on-delivery"])
    .titled("Broken: removed with its delivery"),
    Builtin::new(
        "broken-ack-before-disk",
        60_000,
        include_str!("scenarios/answered-early.json"),
        "b2 answers the producer while its disk still writes, and crashes: the message that was answered is nowhere.",
    )
    .broken(&["ack-before-disk"])
    .titled("Broken: answered before it is on disk"),
    Builtin::new(
        "broken-no-replication",
        140_000,
        include_str!("scenarios/single-copy.json"),
        "b2 has the only copy. It crashes, and its message can be got from nobody, though the producer was told that it is kept.",
    )
    .broken(&["no-replication"])
    .titled("Broken: no replication"),
    Builtin::new(
        "broken-stale-ack",
        330_000,
        include_str!("scenarios/late-ack.json"),
        "w1's acknowledgement of the first delivery removes the message while w2 is at work on the second one.",
    )
    .broken(&["stale-ack-accepted"])
    .titled("Broken: a late acknowledgement counts"),
    Builtin::new(
        "broken-points",
        330_000,
        include_str!("scenarios/neighbours.json"),
        "On the ring two points of one broker stand side by side. Taken for two replicas, they are one disk.",
    )
    .broken(&["points-not-brokers"])
    .titled("Broken: replicas are points"),
    Builtin::new(
        "broken-no-checksum",
        260_000,
        include_str!("scenarios/torn-write.json"),
        "b2 crashes in the middle of a write and takes the half for a message when it is back.",
    )
    .broken(&["no-checksum"])
    .titled("Broken: no checksum"),
    Builtin::new(
        "broken-no-redelivery",
        480_000,
        include_str!("scenarios/consumer-crash.json"),
        "w1 crashes at work, and its message stays invisible for ever.",
    )
    .broken(&["no-redelivery"])
    .titled("Broken: no redelivery"),
];
