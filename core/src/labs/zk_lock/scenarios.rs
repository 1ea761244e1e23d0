//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 27] = [
    Builtin::new(
        "counter",
        1_700_000,
        include_str!("scenarios/counter.json"),
        "Three clients count to 30 in turn. Each waits for the node before its own: the sequence numbers say who is next.",
    ).with_views(&["Queue", "File"]),
    Builtin::new(
        "text-file",
        1_150_000,
        include_str!("scenarios/text-file.json"),
        "Three clients append a line each, under the lock, to a file that was kept from an earlier run; then one reads it.",
    ),
    Builtin::new(
        "holder-crash",
        2_000_000,
        include_str!("scenarios/holder-crash.json"),
        "c1 holds and crashes. Its node stays until its session is over, on the leader's clock; then the next in the queue is woken.",
    ),
    Builtin::new(
        "sleeper",
        2_450_000,
        include_str!("scenarios/sleeper.json"),
        "c1 sleeps with the lock, its session expires, c2 counts. When c1 wakes up it writes all the same: the file has seen a higher token and rejects it.",
    ).with_views(&["Queue", "File"]),
    Builtin::new(
        "sleeper-local",
        2_450_000,
        include_str!("scenarios/sleeper-local.json"),
        "The same sleeper looks at its own clock when it wakes up, gives its session up by itself and writes nothing under the old token.",
    ),
    Builtin::new(
        "late-append",
        2_400_000,
        include_str!("scenarios/late-append.json"),
        "c1's append is under way for so long that c2 has the lock when it comes. c2 has not used the file yet, so no higher token is known there: it is accepted. No fence can tell.",
    ).with_views(&["Queue", "File"]),
    Builtin::new(
        "late-append-local",
        2_400_000,
        include_str!("scenarios/late-append-local.json"),
        "c1 gives its session up by its own clock long before c2 has the lock. Its append is under way all the same, and is accepted: what has left cannot be called back.",
    ),
    Builtin::new(
        "two-believe",
        2_000_000,
        include_str!("scenarios/two-believe.json"),
        "c1 is cut off and its session expires. From c2's grant until c1 hears of its end both believe that they hold the lock: that is counted, and no rule is broken.",
    ),
    Builtin::new(
        "predecessor",
        1_800_000,
        include_str!("scenarios/predecessor.json"),
        "Eight in a queue, each watches the one before: 7 releases make 7 notifications.",
    ),
    Builtin::new(
        "herd",
        1_800_000,
        include_str!("scenarios/herd.json"),
        "The same queue, but all watch all of it: every change wakes everybody who waits, 52 notifications for the same work.",
    ),
    Builtin::new(
        "readers-writers",
        1_500_000,
        include_str!("scenarios/readers-writers.json"),
        "Two readers share. The writer behind them waits for both, and the reader behind the writer waits for the writer though others read.",
    ),
    Builtin::new(
        "leader-crash",
        2_550_000,
        include_str!("scenarios/leader-crash.json"),
        "The leader crashes when c1's create is on the followers' disks and not committed. The new leader commits it, and c1 finds its node by the guid.",
    ),
    Builtin::new(
        "connection-loss",
        2_450_000,
        include_str!("scenarios/connection-loss.json"),
        "zk1 crashes before it can answer c1's create. c1 asks another server for everything up to now, finds its guid among the children, and creates no second node.",
    ),
    Builtin::new(
        "minority",
        2_300_000,
        include_str!("scenarios/minority.json"),
        "The leader is cut off with c3. It commits nothing, gives up, and serves nobody; the others elect a new one and c3's session expires there.",
    ),
    Builtin::new(
        "snapshot",
        2_500_000,
        include_str!("scenarios/snapshot.json"),
        "zk1 was away while the others took a snapshot. It gets the whole tree with its zxid, and the transactions behind it.",
    ),
    Builtin::new(
        "behind",
        1_700_000,
        include_str!("scenarios/behind.json"),
        "c3 has seen its own write through zk3. zk1 has not got it yet and refuses c3, so that c3 never sees the past.",
    ),
    Builtin::new(
        "moved",
        1_620_000,
        include_str!("scenarios/moved.json"),
        "c1's delete is under way from zk1 to the leader for long. Meanwhile c1 has moved to zk2; what comes from the old connection is refused.",
    ),
    Builtin::new(
        "broken-fencing",
        2_450_000,
        include_str!("scenarios/sleeper.json"),
        "The sleeper again, and the file takes every token: c2's increment is overwritten.",
    )
    .broken(&["no-fencing"])
    .titled("Broken: the file takes every token"),
    Builtin::new(
        "broken-fence-writes",
        2_300_000,
        include_str!("scenarios/broken-fence-writes.json"),
        "Reads leave no token at the file: c1's old write slips in between c2's read and its write, and one increment is lost.",
    )
    .broken(&["fence-writes-only"]),
    Builtin::new(
        "broken-quorum",
        2_700_000,
        include_str!("scenarios/broken-quorum.json"),
        "zk3 commits with itself alone and tells c3 so. The majority never had that transaction and goes on without it.",
    )
    .broken(&["commit-without-quorum"]),
    Builtin::new(
        "broken-sort",
        900_000,
        include_str!("scenarios/broken-sort.json"),
        "c1's node has the higher number and the name that comes first. Sorted by name c1 is first, and both have the lock.",
    )
    .broken(&["sort-by-name"]),
    Builtin::new(
        "broken-wrap",
        1_500_000,
        include_str!("scenarios/broken-wrap.json"),
        "After 2147483647 comes −2147483648: c3, the last in the queue, is first, and c2 gets its turn after it.",
    )
    .broken(&["sequence-wraps"]),
    Builtin::new(
        "broken-persistent",
        2_400_000,
        include_str!("scenarios/broken-persistent.json"),
        "c1's node is not ephemeral. c1 is dead, its session is over, and c2 waits for ever.",
    )
    .broken(&["persistent-nodes"]),
    Builtin::new(
        "broken-check",
        900_000,
        include_str!("scenarios/broken-check.json"),
        "c1's node goes after c2 has listed it and before c2 watches it. c2 does not look at the answer, and waits for what has happened already.",
    )
    .broken(&["check-then-watch"]),
    Builtin::new(
        "broken-guid",
        2_700_000,
        include_str!("scenarios/connection-loss.json"),
        "The lost connection again, and the names have no guid: c1 creates a second node and waits for its own first one.",
    )
    .broken(&["no-guid"])
    .titled("Broken: a node that nobody knows"),
    Builtin::new(
        "broken-watches",
        2_000_000,
        include_str!("scenarios/broken-watches.json"),
        "c1 waits, its server crashes, and it goes on at another one. Nobody sets its watch again, so it never hears of the release.",
    )
    .broken(&["watches-forgotten"]),
    Builtin::new(
        "broken-deaf",
        2_900_000,
        include_str!("scenarios/two-believe.json"),
        "c1 opens a new session in silence and goes on as if it held the lock that went with the old one.",
    )
    .broken(&["deaf-to-expiry"])
    .titled("Broken: a client that does not hear of its end"),
];
