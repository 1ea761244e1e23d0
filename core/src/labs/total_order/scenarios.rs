//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 18] = [
    Builtin::new(
        "concurrent",
        41_000,
        include_str!("scenarios/concurrent.json"),
        "P1 and P3 multicast at the same time, with equal timestamps. Everybody delivers P1's first, and \
                only when nothing smaller can come.",
    ),
    Builtin::new(
        "account",
        64_000,
        include_str!("scenarios/account.json"),
        "P1 adds 100.00 while P3 adds one per cent. The order of the two decides the balance, and all \
                copies agree on 1111.00.",
    ),
    Builtin::new(
        "clock-ahead",
        58_000,
        include_str!("scenarios/clock-ahead.json"),
        "P3's message is sent first, but P3's clock is ahead: P1's later message has the smaller \
                timestamp and is delivered first.",
    ),
    Builtin::new(
        "overtaking",
        84_000,
        include_str!("scenarios/overtaking.json"),
        "P1's acknowledgement of P2#1 reaches P3 before P1's own slow message. The link holds it back, \
                so P3 does not deliver too early.",
    ),
    Builtin::new(
        "same-stamp",
        44_000,
        include_str!("scenarios/same-stamp.json"),
        "Both messages have timestamp 5. P3 delivers P1's as soon as it has P2's of the same stamp: nothing earlier can come from \
                P2. The last message is a plain one that nobody orders.",
    ),
    Builtin::new(
        "crash",
        180_000,
        include_str!("scenarios/crash.json"),
        "While P3 is down nobody delivers anything: each head says that it waits for P3. After the \
                restart the links send again what P3 has missed.",
    ),
    Builtin::new(
        "crash-in-step",
        60_000,
        include_str!("scenarios/crash-in-step.json"),
        "P2 crashes between taking P1's message in and acknowledging it. The message is on its disk, so \
                it owes the acknowledgement when it starts again.",
    ),
    Builtin::new(
        "slow",
        75_000,
        include_str!("scenarios/slow.json"),
        "Everything that P3 says takes 90 ms. P1 and P2 hear each other quickly and still deliver no \
                faster than P3 acknowledges.",
    ),
    Builtin::new(
        "many",
        170_000,
        include_str!("scenarios/many.json"),
        "Twenty-four changes to the account from all sides at once. Compare the lists of deliveries at \
                any moment: one is always the beginning of the other.",
    ),
    Builtin::new(
        "partition",
        160_000,
        include_str!("scenarios/partition.json"),
        "A majority does not help: with P3 cut off, P1 and P2 hold everything back, and so does P3. \
                After healing all deliver the same order.",
    ),
    Builtin::new(
        "lossy",
        260_000,
        include_str!("scenarios/lossy.json"),
        "A fifth of all frames is lost, some come twice, and links do not keep order. The link layer \
                repairs it all; delivery is late but never wrong.",
    ),
    Builtin::new(
        "broken-raw-links",
        104_000,
        include_str!("scenarios/broken-raw-links.json"),
        "Without the reliable link P1's acknowledgement arrives before P1's message: P3 thinks that \
                nothing smaller can come and delivers P2#1 first.",
    )
    .broken(&["raw-links"]),
    Builtin::new(
        "broken-sender-order",
        46_000,
        include_str!("scenarios/broken-sender-order.json"),
        "P1 adds 100.00 and then one per cent. On raw links the second message overtakes the first on its way \
                to P3, which takes them the wrong way round and ends at 1110.00, not 1111.00.",
    )
    .broken(&["raw-links"]),
    Builtin::new(
        "broken-raw-links-loss",
        121_000,
        include_str!("scenarios/broken-raw-links-loss.json"),
        "P1's message to P3 is lost for good. P3 never acknowledges it, and after settling P1 and P2 are \
                stuck for ever.",
    )
    .broken(&["raw-links"]),
    Builtin::new(
        "broken-raw-links-twice",
        140_000,
        include_str!("scenarios/broken-raw-links-twice.json"),
        "A copy of P1's message reaches P2 when P2 has delivered it already. Nothing removes it, and P2 \
                adds the 100.00 a second time.",
    )
    .broken(&["raw-links"]),
    Builtin::new(
        "broken-no-acks",
        40_000,
        include_str!("scenarios/broken-no-acks.json"),
        "Nobody acknowledges or waits: P1 and P3 each deliver their own message at once and the other's \
                after it.",
    )
    .broken(&["no-acks"]),
    Builtin::new(
        "broken-no-tiebreak",
        58_000,
        include_str!("scenarios/concurrent.json"),
        "Both messages have timestamp 1, and each process puts the one that it had first in front: P1 \
                its own, P3 its own.",
    )
    .broken(&["no-tiebreak"])
    .titled("Broken: equal timestamps"),
    Builtin::new(
        "broken-deliver-on-receive",
        45_000,
        include_str!("scenarios/broken-deliver-on-receive.json"),
        "Each process applies a change as soon as it has it: P1 ends with 1111.00 and P3 with 1110.00 \
                for the same two changes.",
    )
    .broken(&["deliver-on-receive"]),
];
