//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 15] = [
    Builtin::new(
        "question",
        75_000,
        include_str!("scenarios/question.json"),
        "P2's reply reaches P3 before P1's question does. P3 keeps it in its buffer until the question is there.",
    ),
    Builtin::new(
        "chain",
        95_000,
        include_str!("scenarios/chain.json"),
        "Each message depends on the one before. They reach P4 in the wrong order, and one arrival releases all.",
    ),
    Builtin::new(
        "concurrent",
        60_000,
        include_str!("scenarios/concurrent.json"),
        "Left and right know nothing of each other. P1 delivers left first, P3 right first, and both are correct: \
                causal is not total.",
    ),
    Builtin::new(
        "crash",
        100_000,
        include_str!("scenarios/crash.json"),
        "P3 crashes with a reply in its buffer. The buffer is on disk, the link sends the question again, and \
                both come in order.",
    ),
    Builtin::new(
        "lost",
        70_000,
        include_str!("scenarios/lost.json"),
        "One message to P3 is lost. Whatever depends on it waits at P3 until the link has sent it again.",
    ),
    Builtin::new(
        "partition",
        160_000,
        include_str!("scenarios/partition.json"),
        "While the network is cut, each side goes on alone. P3 crosses over between two cuts: what it brings \
                waits for what it knows.",
    ),
    Builtin::new(
        "five",
        120_000,
        include_str!("scenarios/five.json"),
        "Five processes talk all at once over links of very different length. Watch the buffers fill and drain.",
    ),
    Builtin::new(
        "middle",
        60_000,
        include_str!("scenarios/middle.json"),
        "An exercise that begins in the middle: the vectors at the start are given. Which of the two messages may P3 deliver when \
                it comes?",
    ),
    Builtin::new(
        "to-one",
        60_000,
        include_str!("scenarios/to-one.json"),
        "P2 tells P3 alone what it has read. P3 holds that back, too, until it has read it itself; then P1 sends itself a note.",
    ),
    Builtin::new(
        "broken-no-buffer",
        60_000,
        include_str!("scenarios/broken-no-buffer.json"),
        "P3 delivers whatever arrives: the reply stands before the question in its list.",
    )
    .broken(&["no-buffer"]),
    Builtin::new(
        "broken-tick-on-receive",
        62_000,
        include_str!("scenarios/broken-tick-on-receive.json"),
        "P2 counts the receive. Its first multicast carries a 2 in its own component, and everybody waits for the \
                first one, which never was.",
    )
    .broken(&["tick-on-receive"]),
    Builtin::new(
        "broken-tick-on-local",
        55_000,
        include_str!("scenarios/broken-tick-on-local.json"),
        "P1 counts an event that concerns nobody else. Its first multicast carries a 2, and everybody waits for the first one.",
    )
    .broken(&["tick-on-local"]),
    Builtin::new(
        "broken-raw-links",
        60_000,
        include_str!("scenarios/lost.json"),
        "Nobody sends the lost copy again: P3 waits for it for ever, and with it all that depends on it.",
    )
    .broken(&["raw-links"])
    .titled("Broken: one loss holds back all for ever"),
    Builtin::new(
        "broken-single-pass",
        110_000,
        include_str!("scenarios/broken-single-pass.json"),
        "The question releases nothing: P3 looks at the reply before it, once, and not again. The reply stays for \
                ever.",
    )
    .broken(&["single-pass"]),
    Builtin::new(
        "broken-deliver-before-disk",
        70_000,
        include_str!("scenarios/broken-deliver-before-disk.json"),
        "P2 notes too late what it has handed up. After the crash it hands up the order a second time.",
    )
    .broken(&["deliver-before-disk"]),
];
