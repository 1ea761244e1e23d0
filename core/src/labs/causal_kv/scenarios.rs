//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 15] = [
    Builtin::new(
        "session",
        130_000,
        include_str!("scenarios/session.json"),
        "client1 writes through node1, reads and writes through node2. node3 gets the answer before the question, and holds it back.",
    ),
    Builtin::new(
        "by-hand",
        60_000,
        include_str!("scenarios/by-hand.json"),
        "A clock given by hand names a write that does not exist yet: node2 keeps the put in its buffer until node1's first write is there.",
    ),
    Builtin::new(
        "waits",
        165_000,
        include_str!("scenarios/waits.json"),
        "node2 never got what client1 wrote. It waits, then says what is missing; after anti-entropy it answers.",
    ),
    Builtin::new(
        "concurrent",
        330_000,
        include_str!("scenarios/concurrent.json"),
        "Both sides of a partition write x without hearing of each other. After healing both writes are marked, and the same one wins everywhere.",
    ),
    Builtin::new(
        "crash",
        215_000,
        include_str!("scenarios/crash.json"),
        "node2 crashes and misses two writes. Its log gives it back its clock and its own counter; anti-entropy brings the rest.",
    ),
    Builtin::new(
        "lost",
        120_000,
        include_str!("scenarios/lost.json"),
        "The first write never reaches node3, so it holds the second. Comparing clocks, the nodes find out and repair it.",
    ),
    Builtin::new(
        "unanswered",
        140_000,
        include_str!("scenarios/unanswered.json"),
        "node1 does the put, but its answer is lost; the copy is known by its number. The put to a node that is down is unknown.",
    ),
    Builtin::new(
        "busy",
        250_000,
        include_str!("scenarios/busy.json"),
        "Five nodes, lossy links that double messages: buffers fill and empty, clocks run apart and together again.",
    ),
    Builtin::new(
        "deleted",
        190_000,
        include_str!("scenarios/deleted.json"),
        "client1 deletes a key that client2 writes at the same time. The delete is a write: it competes, and whoever reads that \
                nothing is there depends on it.",
    ),
    Builtin::new(
        "together",
        150_000,
        include_str!("scenarios/together.json"),
        "An album is made private, then a picture is put into it. client2 reads both at once: whatever it gets, it never \
                has the picture with the album still open.",
    ),
    Builtin::new(
        "broken-one-by-one",
        150_000,
        include_str!("scenarios/together.json"),
        "client2 reads the album first and the picture after it. In between both were written: it sees the picture, and an \
                album that is open to all.",
    )
    .broken(&["one-by-one"])
    .titled("Broken: two keys read one by one"),
    Builtin::new(
        "broken-no-buffer",
        142_000,
        include_str!("scenarios/broken-no-buffer.json"),
        "node3 applies the answer at once, before the question: whoever reads there sees an effect without its cause.",
    )
    .broken(&["no-buffer"]),
    Builtin::new(
        "broken-no-context",
        75_000,
        include_str!("scenarios/broken-no-context.json"),
        "client1 has written x at node1 and reads it at node2, which has not heard of it and answers all the same.",
    )
    .broken(&["no-client-context"]),
    Builtin::new(
        "broken-tiebreak",
        100_000,
        include_str!("scenarios/broken-tiebreak.json"),
        "client1 reads a at node1 and writes c over it. By origin alone c loses at node2 and node3: equal clocks, unequal stores.",
    )
    .broken(&["origin-tiebreak"]),
    Builtin::new(
        "broken-no-anti-entropy",
        200_000,
        include_str!("scenarios/broken-no-anti-entropy.json"),
        "The lost write is never repaired: node3 holds the second one for ever, and its clock stays behind.",
    )
    .broken(&["no-anti-entropy"]),
];
