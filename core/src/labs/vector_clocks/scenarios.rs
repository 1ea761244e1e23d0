//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 10] = [
    Builtin::new(
        "textbook",
        128_000,
        include_str!("scenarios/textbook.json"),
        "Follow one number: P1's first event travels with its messages, until every clock has heard of it.",
    ),
    Builtin::new(
        "concurrent",
        70_000,
        include_str!("scenarios/concurrent.json"),
        "P1 and P3 act without hearing of each other: choose one event of each, and neither clock is smaller.",
    ),
    Builtin::new(
        "lost",
        60_000,
        include_str!("scenarios/lost.json"),
        "The cross marks a lost message: what P1 did stays unknown to P2 until another way brings the news.",
    ),
    Builtin::new(
        "overtaking",
        75_000,
        include_str!("scenarios/overtaking.json"),
        "The second message arrives first. The late one teaches P2 nothing new, and P2 counts its arrival all the \
                same.",
    ),
    Builtin::new(
        "crash",
        95_000,
        include_str!("scenarios/crash.json"),
        "P2 crashes while messages are on their way to it. They are lost; its clock is on disk and goes on where \
                it was.",
    ),
    Builtin::new(
        "partition",
        110_000,
        include_str!("scenarios/partition.json"),
        "While the network is cut, each side's clocks stand still in the other's components. After healing one \
                message is enough.",
    ),
    Builtin::new(
        "alphabet",
        150_000,
        include_str!("scenarios/alphabet.json"),
        "Twenty-six processes and a clock as long: choose any event and see how small its past is.",
    ),
    Builtin::new(
        "middle",
        75_000,
        include_str!("scenarios/middle.json"),
        "The clocks at the start are given, and nobody knows all of them. P1 writes to two of three, P3 to itself: work out each \
                clock before you look.",
    ),
    Builtin::new(
        "broken-no-merge",
        40_000,
        include_str!("scenarios/broken-no-merge.json"),
        "Receivers forget to take the maximum. The first receive already has a clock that is too small.",
    )
    .broken(&["no-merge"]),
    Builtin::new(
        "broken-no-tick",
        40_000,
        include_str!("scenarios/broken-no-tick.json"),
        "A receive is not counted: it has the same clock as the event before it, as if it had not happened.",
    )
    .broken(&["no-tick-on-receive"]),
];
