//! The lab's tables: settings, operations, rules and switches.

use super::scenarios::SCENARIOS;
use super::setup::TEXT_BYTES_MAX;
use crate::tables::{Group, LabSpec, Load, Loads, Operation, Param, Phases, Rule, Share, Switch, Takes};

/// Most servers: five survive two crashes.
const SERVERS_MAX: u64 = 5;
/// Most clients, as in the assignment.
const CLIENTS_MAX: u64 = 12;
/// Longest time of periodic traffic, in microseconds: after 3 s without news a settled system is judged.
const PERIOD_US_MAX: u64 = 500_000;
/// Longest session, and longest time of work or waiting, in microseconds.
const PATIENCE_US_MAX: u64 = 60_000_000;
/// Longest path, in bytes: a row's head.
const PATH_BYTES_MAX: usize = 100;

const fn millis(name: &'static str, least_us: u64, max_us: u64, default: &'static str, says: &'static str) -> Param {
    Param::millis(name, least_us..=max_us, default, says)
}

pub(super) static SETUP: [Param; 11] = [
    Param::int("servers", 1..=SERVERS_MAX, "3", "Number of servers: 1, 3 or 5."),
    Param::int("clients", 1..=CLIENTS_MAX, "3", "Number of clients."),
    millis(
        "session_ms",
        30_000,
        PATIENCE_US_MAX,
        "2000",
        "A client of whom the leader has not heard for so long loses its session and its ephemeral nodes.",
    ),
    Param::new(
        "watch",
        Takes::Choice(&["predecessor", "all"]),
        "\"predecessor\"",
        "Who waits watches the node before its own, or all of them: then every change wakes everybody (the herd effect).",
    ),
    Param::new(
        "file",
        Takes::Json,
        "{\"counter\":0,\"lines\":[]}",
        "What the file begins with: fresh, or kept from an earlier run.",
    ),
    Param::new(
        "local_expiry",
        Takes::Bool,
        "false",
        "A client gives up its session by its own clock too; the common ones wait until a server says so.",
    ),
    millis(
        "tick_ms",
        1_000,
        PERIOD_US_MAX,
        "100",
        "The servers' tick: a leader's ping, and a follower's patience is 4 to 6.",
    ),
    millis("retry_ms", 1_000, PERIOD_US_MAX, "150", "A client asks again after so long, or up to half as long again."),
    millis("work_ms", 1, PATIENCE_US_MAX, "20", "For how long a client works between reading and writing."),
    Param::int("snapshot_every", 0..=100_000, "50", "Take a snapshot after so many transactions; 0 is never."),
    Param::int(
        "first_sequence",
        0..=4_000_000_000,
        "0",
        "The number of a lock's first node: for locks that have been in use for long.",
    ),
];

const PATH: Param = Param::new("path", Takes::Text { max_bytes: PATH_BYTES_MAX }, "\"/lock\"", "The lock's path.");
const NODE: Param = Param::new("path", Takes::Text { max_bytes: PATH_BYTES_MAX }, "\"/node\"", "The node's path.");
const UNDER: Param = Param::new(
    "path",
    Takes::Text { max_bytes: PATH_BYTES_MAX },
    "\"\"",
    "Under which lock; empty: one that the client has, or /lock.",
);
const DATA: Param = Param::new("data", Takes::Text { max_bytes: TEXT_BYTES_MAX }, "\"\"", "The node's data.");
const VERSION: Param =
    Param::new("version", Takes::Text { max_bytes: 12 }, "\"any\"", "Only if the node has this version; or any.");
const TEXT: Param = Param::new("text", Takes::Text { max_bytes: TEXT_BYTES_MAX }, "\"a line\"", "The line.");
const WATCH: Param = Param::new("watch", Takes::Bool, "false", "Be told of the next change.");

pub(super) static LOCK: [Param; 4] = [
    PATH,
    Param::new("mode", Takes::Choice(&["exclusive", "shared"]), "\"exclusive\"", "How."),
    Param::millis("timeout_ms", 0..=PATIENCE_US_MAX, "0", "Wait no longer than this; 0 is for ever."),
    Param::new("blocking", Takes::Bool, "true", "Wait at all."),
];
static ONE_PATH: [Param; 1] = [PATH];
pub(super) static INCREMENT: [Param; 2] = [Param::int("times", 1..=1_000, "1", "How often."), UNDER];
static APPEND: [Param; 2] = [TEXT, UNDER];
static READ: [Param; 1] = [UNDER];
static CREATE: [Param; 4] = [
    NODE,
    DATA,
    Param::new("ephemeral", Takes::Bool, "false", "It ends with the session."),
    Param::new("sequential", Takes::Bool, "false", "Its name gets a number."),
];
static SET: [Param; 3] = [NODE, DATA, VERSION];
static GET: [Param; 1] = [NODE];
static LOOK: [Param; 2] = [NODE, WATCH];
static DELETE: [Param; 2] = [NODE, VERSION];

const fn client(name: &'static str, args: &'static [Param], says: &'static str) -> Operation {
    Operation { name, at: &["client"], args, says }
}

static OPERATIONS: [Operation; 15] = [
    client("lock", &LOCK, "Get a lock and keep it; answered when it is granted, or when it will not be."),
    client("cancel", &ONE_PATH, "Wait for a lock no longer."),
    client("unlock", &ONE_PATH, "Give a lock back."),
    client("increment", &INCREMENT, "Lock, read the counter, work, write one more, unlock; so many times."),
    client("append", &APPEND, "Put a line at the end of the file, under a lock."),
    client("read", &READ, "See the file, under a lock that is shared."),
    client("write", &APPEND, "Put a line in the place of the whole text, under a lock."),
    client("create", &CREATE, "Create a node."),
    client("set", &SET, "Change a node's data."),
    client("get", &GET, "See a node's data."),
    client("ls", &LOOK, "List a node's children."),
    client("stat", &LOOK, "See whether a node is there."),
    client("delete", &DELETE, "Delete a node."),
    client("sync", &[], "See everything that was agreed on before this."),
    client("close", &[], "End the session; another one is opened with the next request."),
];

static RULES: [Rule; 8] = [
    Rule::safety(
        "mutual-exclusion",
        "A lock is granted only when every node before it that is in the way has ended, by release or with its session.",
        "ZooKeeper recipes, Locks and Shared Locks",
    ),
    Rule::safety("fifo-grants", "Exclusive grants of a lock rise in token.", "ZooKeeper recipes, Locks"),
    Rule::safety(
        "no-stale-access",
        "The file accepts no access under a token that is lower than one that it has seen.",
        "fencing tokens, Kleppmann 2016",
    ),
    Rule::safety(
        "no-lost-increment",
        "The counter is what it began with and one more for each increment that was accepted.",
        "lost update",
    ),
    Rule::safety(
        "committed-agree",
        "All servers apply the same transactions in the same order.",
        "Zab §2.3, total order",
    ),
    Rule::safety(
        "acknowledged-survives",
        "A transaction that a client was told of is in every later history.",
        "Zab §2.3, integrity and agreement; durability",
    ),
    Rule::liveness(
        "news",
        "In the end what a client believes about its session and its locks is what the servers say.",
        "learning of one's own end",
    ),
    Rule::liveness(
        "stuck",
        "In the end there is a leader, all servers have applied the same, and nobody waits without a reason.",
        "liveness after faults have ended",
    ),
];

static SWITCHES: [Switch; 10] = [
    Switch::safety(
        "no-fencing",
        "no-stale-access",
        "The file takes every access, whatever its token.",
        "broken-fencing",
    ),
    Switch::safety(
        "fence-writes-only",
        "no-lost-increment",
        "Reads carry no token: an old holder's write slips in between a new holder's read and its write.",
        "broken-fence-writes",
    ),
    Switch::safety(
        "commit-without-quorum",
        "acknowledged-survives",
        "A leader commits what it alone has on disk.",
        "broken-quorum",
    ),
    Switch::safety(
        "sort-by-name",
        "mutual-exclusion",
        "The queue is sorted by whole names, and the names begin with guids.",
        "broken-sort",
    ),
    Switch::safety(
        "sequence-wraps",
        "fifo-grants",
        "The number of sequential nodes is a signed one of 32 bits, as in ZooKeeper: after 2147483647 comes −2147483648.",
        "broken-wrap",
    ),
    Switch::liveness(
        "persistent-nodes",
        "stuck",
        "A lock's node does not end with its session: a dead client holds for ever.",
        "broken-persistent",
    ),
    Switch::liveness(
        "check-then-watch",
        "stuck",
        "Who waits does not look whether the node that it has just begun to watch is still there.",
        "broken-check",
    ),
    Switch::liveness(
        "no-guid",
        "stuck",
        "After a lost connection a client does not know its own node and creates another: the first one is nobody's.",
        "broken-guid",
    ),
    Switch::liveness(
        "watches-forgotten",
        "stuck",
        "After a reconnect nobody sets the watches again.",
        "broken-watches",
    ),
    Switch::liveness(
        "deaf-to-expiry",
        "news",
        "A client that learns that its session is over opens a new one in silence and goes on with its locks.",
        "broken-deaf",
    ),
];

static COUNTING: [Group; 1] =
    [Group { operation: "increment", at: Share::All, count: 60, every_us: 40_000, args: &[("times", "1")] }];
static LOCKING: [Group; 2] = [
    Group { operation: "append", at: Share::All, count: 20, every_us: 60_000, args: &[] },
    Group { operation: "read", at: Share::All, count: 60, every_us: 20_000, args: &[] },
];

static LOADS: [Load; 3] = [
    Load {
        name: "One counter",
        says: "Everybody counts: one lock, and all wait for it in turn.",
        sets: None,
        groups: &COUNTING,
    },
    Load {
        name: "Herd",
        says: "The same with everybody watching the whole queue: each change wakes all.",
        sets: Some(("watch", "\"all\"")),
        groups: &COUNTING,
    },
    Load {
        name: "Readers and writers",
        says: "Three reads for each line that is written.",
        sets: None,
        groups: &LOCKING,
    },
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "zk-lock",
    title: "ZooKeeper locks",
    says: "Servers agree on a tree of nodes by Zab; clients queue in it for a lock and use a shared file under it.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &SCENARIOS,
    timers: &[
        "election", "decide", "patience", "tick", "expiry", "retry", "ping", "silence", "session", "timeout", "file",
        "work",
    ],
    buffers_on_disk: false,
    phases: Some(Phases { word: "epoch", leads: "leading", stands: &["looking"], follows: &["following"] }),
    series: &super::views::charts::SERIES,
    span_us: 700_000,
    uneven: true,
    quiet: &["server ping", "client ping"],
    quiet_timers: &["tick", "ping"],
    loads: Loads {
        named: &LOADS,
        drawn: &["mode"],
        metrics: &["grants", "waiting_us_mean", "holding_us_mean", "handover_us_mean", "watch_notifications"],
        panel: None,
    },
    ..LabSpec::EMPTY
};
