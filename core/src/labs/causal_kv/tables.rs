//! The lab's tables: settings, operations, rules and switches.

use super::scenarios::SCENARIOS;
use crate::tables::{HttpForm, HttpKey, LabSpec, Operation, Param, Performer, Rule, Switch, Takes};

/// Most nodes: a clock of seven numbers can still be read in a label.
const NODES_MAX: u64 = 7;
/// Most clients: with the nodes as many lanes as fit on a screen.
const CLIENTS_MAX: u64 = 9;
/// Within so many microseconds of periods each node asks each of its peers: a settled system waits longer.
pub(super) const ROUND_US_MAX: u64 = 2_000_000;
/// Longest time that a setting takes, in microseconds.
const PATIENCE_US_MAX: u64 = 60_000_000;
/// Largest number in a clock given by hand: sums of clocks stay small.
pub(super) const COUNT_MAX: u32 = 1_000_000;
/// Most keys that are read together: as many as an answer can show.
pub(super) const KEYS_MAX: usize = 16;
/// Longest key, in bytes: a row's head.
const KEY_BYTES_MAX: usize = 100;

const fn millis(name: &'static str, min_us: u64, default: &'static str, says: &'static str) -> Param {
    Param::millis(name, min_us..=PATIENCE_US_MAX, default, says)
}

pub(super) static SETUP: [Param; 7] = [
    Param::int("nodes", 1..=NODES_MAX, "3", "Number of nodes."),
    Param::int("clients", 1..=CLIENTS_MAX, "2", "Number of clients."),
    millis("wait_ms", 0, "200", "How long a node waits for what a client's question depends on before it refuses."),
    millis(
        "check_ms",
        1_000,
        "50",
        "How often a node that holds something back looks through it, besides every arrival.",
    ),
    Param::millis(
        "anti_entropy_ms",
        1_000..=ROUND_US_MAX,
        "120",
        "How often a node compares its clock with one of its peers, each in its turn.",
    ),
    millis("retry_ms", 1_000, "90", "How long a client waits before it sends its question again, to the same node."),
    millis(
        "answer_ms",
        1_000,
        "200",
        "How long, beyond wait_ms, a client waits before a question counts as unanswered.",
    ),
];

const NODE: Param = Param::new(
    "node",
    Takes::NodeOr { roles: &["node"], words: &["any"] },
    "\"any\"",
    "The node that is asked; any: one after the other.",
);
const KEY: Param = Param::new("key", Takes::Text { max_bytes: KEY_BYTES_MAX }, "\"x\"", "The key.");

pub(super) static PUT: [Param; 4] = [
    NODE,
    KEY,
    Param::new("value", Takes::Json, "1", "The new value: any JSON."),
    Param::new(
        "vector",
        Takes::Json,
        "null",
        "A clock given by hand, as {\"node1\": 2}: these writes must be there first, besides what the client has \
               seen itself.",
    ),
];
pub(super) static GET: [Param; 2] = [NODE, KEY];
static GET_ALL: [Param; 2] =
    [NODE, Param::new("keys", Takes::Json, "[\"x\", \"y\"]", "The keys: they are read at one instant.")];
pub(super) static ANY: [Param; 1] = [NODE];

static OPERATIONS: [Operation; 6] = [
    Operation { name: "put", at: &["client"], args: &PUT, says: "Writes a value at a node." },
    Operation { name: "get", at: &["client"], args: &GET, says: "Reads a key's value from a node." },
    Operation {
        name: "delete",
        at: &["client"],
        args: &GET,
        says: "Takes a key's value away: a write that leaves a tombstone.",
    },
    Operation {
        name: "get_all",
        at: &["client"],
        args: &GET_ALL,
        says: "Reads several keys from a node at one instant: the values fit together.",
    },
    Operation { name: "keys", at: &["client"], args: &ANY, says: "Asks a node which keys have a value." },
    Operation { name: "status", at: &["client"], args: &ANY, says: "Asks a node for its clock." },
];

/// A node's service: a client asks the node in the line.
const fn form(method: &'static str, path: &'static str, operation: &'static str) -> HttpForm {
    let performer = Performer::Client { role: "client", key: "client_id" };
    HttpForm { method, path, at: &["node"], operation, asked: Some("node"), performer, query: &[], body: &[] }
}

static HTTP: [HttpForm; 6] = [
    HttpForm {
        body: &[HttpKey::needed("key"), HttpKey::needed("value"), HttpKey::optional("vector")],
        ..form("POST", "/put", "put")
    },
    HttpForm { query: &[HttpKey::needed("key")], ..form("GET", "/get", "get") },
    HttpForm { body: &[HttpKey::needed("key")], ..form("POST", "/delete", "delete") },
    HttpForm { body: &[HttpKey::needed("keys")], ..form("POST", "/get_all", "get_all") },
    form("GET", "/keys", "keys"),
    form("GET", "/", "status"),
];

const SESSIONS: &str = "Terry et al. 1994, §2";

static RULES: [Rule; 7] = [
    Rule::safety(
        "causal-order",
        "A node applies a write once, and only after every write that happened before it: what its node had \
               applied and what its client had written or read.",
        "Ahamad et al. 1995, §2; Lloyd et al. 2011, §3.1",
    ),
    Rule::safety(
        "read-your-writes",
        "A client that has written a key reads that write or one that wins over it, at whatever node.",
        SESSIONS,
    ),
    Rule::safety(
        "monotonic-reads",
        "A client that has read a write reads from then on that write or one that wins over it, at whatever node.",
        SESSIONS,
    ),
    Rule::safety(
        "fitting-reads",
        "Of keys that are read together none is older than what another one's value depends on.",
        "Lloyd et al. 2011, §5",
    ),
    Rule::safety(
        "equal-clocks-equal-stores",
        "Nodes with the same clock have the same value under every key, in whatever order the writes came.",
        "Lloyd et al. 2011, §3.2",
    ),
    Rule::liveness(
        "convergence",
        "When faults have ended and nothing moves any more, all clocks are equal.",
        "Demers et al. 1987, §1",
    ),
    Rule::liveness(
        "stuck",
        "When faults have ended and nothing moves any more, no write is held back and no question is open.",
        "Ahamad et al. 1995, §3.3",
    ),
];

static SWITCHES: [Switch; 5] = [
    Switch::safety(
        "no-buffer",
        "causal-order",
        "A node applies what comes from a peer at once, whatever it depends on.",
        "broken-no-buffer",
    ),
    Switch::safety(
        "no-client-context",
        "read-your-writes",
        "A client's questions do not carry what it has written and read, so that a node that lacks it answers \
               from the past.",
        "broken-no-context",
    ),
    Switch::safety(
        "origin-tiebreak",
        "equal-clocks-equal-stores",
        "A node stores its own writes, and of its peers' the one with the larger origin wins, without regard to the \
               sum of its vector: a later write loses against what it replaced.",
        "broken-tiebreak",
    ),
    Switch::safety(
        "one-by-one",
        "fitting-reads",
        "A client that wants several keys reads them one after the other.",
        "broken-one-by-one",
    ),
    Switch::liveness(
        "no-anti-entropy",
        "convergence",
        "Nodes never compare their clocks, so that a replication that was lost stays lost.",
        "broken-no-anti-entropy",
    ),
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "causal-kv",
    title: "Causal key-value store",
    says: "Nodes that each take reads and writes at once, clients that move between them, and vector clocks that keep \
           effects behind their causes.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &SCENARIOS,
    timers: &["anti-entropy", "check", "wait", "resend", "give-up"],
    http: &HTTP,
    buffers_on_disk: false,
    ..LabSpec::EMPTY
};
