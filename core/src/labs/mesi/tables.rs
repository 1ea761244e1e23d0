//! The lab's tables: settings, operations, rules and switches.

use super::loads::LOADS;
use super::scenarios::SCENARIOS;
use super::setup::{CACHES_MAX, CACHES_MIN};
use super::views::charts::SERIES;
use crate::coherence::{SIZE_BYTES_MAX, SUPPLIERS, WRITES};
use crate::tables::{HttpForm, HttpKey, LabSpec, Operation, Param, Performer, Rule, Switch, Takes};

/// Longest latency of the bus or of memory, in microseconds: shorter than the 3 s without news after which a settled
/// system is judged.
const LATENCY_US_MAX: u64 = 1_000_000;
/// Longest key in bytes: a row's head.
const KEY_BYTES_MAX: usize = 100;

const fn millis(name: &'static str, min_us: u64, default: &'static str, says: &'static str) -> Param {
    Param::millis(name, min_us..=LATENCY_US_MAX, default, says)
}

pub(super) static SETUP: [Param; 16] = [
    Param::int("caches", CACHES_MIN..=CACHES_MAX, "3", "Number of caches."),
    Param::new(
        "protocol",
        Takes::Choice(&["mesi", "msi", "moesi", "mesif"]),
        "\"mesi\"",
        "The states: msi without E; moesi with an owner of modified lines that are shared; mesif with one of those that share a clean line who gives it to others.",
    ),
    Param::new(
        "write",
        Takes::Choice(&WRITES),
        "\"back\"",
        "Whether a modified line goes back to memory when it must, or each write goes through to memory, with states V and I; and whether a line whose write misses then gets a place.",
    ),
    Param::new(
        "supplier",
        Takes::Choice(&SUPPLIERS),
        "\"cache\"",
        "Who gives a line that is as in memory: a cache that has it, as in the Illinois protocol, or memory. A modified line always comes from its cache.",
    ),
    Param::int("lines", 1..=64, "4", "Lines of a cache whose lines are keys: one set."),
    Param::int("size", 0..=SIZE_BYTES_MAX, "0", "Bytes of a cache whose lines are addresses; 0: keys instead."),
    Param::int("ways", 1..=64, "2", "Lines of a set, with addresses."),
    Param::int("line", 1..=4_096, "64", "Bytes of a line, with addresses."),
    millis("bus_ms", 0, "1", "How long the bus takes to choose a request and to give its address out."),
    millis("memory_ms", 0, "10", "How long memory takes for a line."),
    millis("transfer_ms", 0, "2", "How long a line takes from cache to cache."),
    millis("retry_ms", 1_000, "200", "Who has no answer asks again after so long, or up to half as long again."),
    Param::new(
        "arbitration",
        Takes::Choice(&["fifo", "round-robin", "fixed"]),
        "\"fifo\"",
        "Who goes first on the bus: who came first, the next in a circle, or the lowest number.",
    ),
    Param::new(
        "show",
        Takes::Text { max_bytes: KEY_BYTES_MAX },
        "\"\"",
        "The key whose line the lanes show; empty: the one that each cache touched last.",
    ),
    Param::new("memory", Takes::Json, "{}", "What is in memory at the start, by key: {\"user_1\": \"Ada\"}."),
    Param::new(
        "contents",
        Takes::Json,
        "{}",
        "What is in the caches at the start: {\"C1\": {\"x\": {\"state\": \"M\", \"value\": 7}, \"y\": \"S\"}}. Without a value a line has what memory or its owner has. A list [{\"key\": \"x\", \"state\": \"S\"}] has the line used last at its end.",
    ),
];

const KEY: Param =
    Param::needed("key", Takes::Text { max_bytes: KEY_BYTES_MAX }, "The key, or the address in hexadecimal digits.");

pub(super) static READ: [Param; 1] = [KEY];
pub(super) static WRITE: [Param; 2] = [KEY, Param::needed("value", Takes::Json, "The value: any JSON.")];
pub(super) static ACCESS: [Param; 5] = [
    Param::needed(
        "pick",
        Takes::Int { min: 0, max: (1 << 53) - 1 },
        "The number that decides what this access is; a workload draws one for each.",
    ),
    Param::int("write_percent", 0..=100, "30", "How many of a hundred accesses write."),
    Param::int(
        "shared_percent",
        0..=100,
        "50",
        "How many are to keys that all caches use; the others are to the cache's own.",
    ),
    Param::int("keys", 1..=10_000, "4", "How many shared keys there are, and how many own ones for each cache."),
    Param::int(
        "stride",
        1..=65_536,
        "64",
        "Bytes from one address to the next, with addresses: less than a line is false sharing.",
    ),
];

static OPERATIONS: [Operation; 5] = [
    Operation { name: "read", at: &["cache"], args: &READ, says: "The processor reads." },
    Operation { name: "write", at: &["cache"], args: &WRITE, says: "The processor writes." },
    Operation {
        name: "access",
        at: &["cache"],
        args: &ACCESS,
        says: "An access of a mix: for workloads with so many reads and writes, to shared keys and to own ones.",
    },
    Operation { name: "status", at: &["cache"], args: &[], says: "The cache's lines." },
    Operation { name: "metrics", at: &["cache"], args: &[], says: "The cache's own numbers." },
];

const fn form(method: &'static str, path: &'static str, operation: &'static str) -> HttpForm {
    let performer = Performer::Asked;
    HttpForm { method, path, at: &["cache"], operation, asked: None, performer, query: &[], body: &[] }
}

static HTTP: [HttpForm; 5] = [
    form("GET", "/read/{key}", "read"),
    HttpForm { body: &[HttpKey::needed("value")], ..form("POST", "/write/{key}", "write") },
    form("GET", "/status", "status"),
    form("GET", "/metrics", "metrics"),
    form("GET", "/", "status"),
];

static RULES: [Rule; 4] = [
    Rule::safety(
        "single-writer",
        "While a cache has a line in M or E, no other cache has it; at most one has it in O, and at most one in F.",
        "Sorin, Hill & Wood 2011, §2.4 (single-writer, multiple-reader)",
    ),
    Rule::safety(
        "clean-equals-memory",
        "While no transaction is open on a line, memory has what S, E, F and V have; where a cache has it in O, S has what that cache has.",
        "Papamarcos & Patel 1984, §3; Culler & Singh 1999, §5.3.2; Sweazey & Smith 1986, §3",
    ),
    Rule::safety(
        "read-last-write",
        "A read gives what was written last, in the order of the bus, unless the cache that had it crashed.",
        "Sorin, Hill & Wood 2011, §2.4 (data-value invariant)",
    ),
    Rule::liveness(
        "stuck",
        "In the end no processor waits, and nothing is left on the bus.",
        "liveness after faults have ended",
    ),
];

static SWITCHES: [Switch; 5] = [
    Switch::safety(
        "no-invalidate",
        "single-writer",
        "Who snoops that another cache writes keeps the line as shared.",
        "broken-no-invalidate",
    ),
    Switch::safety(
        "no-flush",
        "clean-equals-memory",
        "Who snoops a transaction on a modified line gives it up without putting it on the bus.",
        "broken-no-flush",
    ),
    Switch::safety(
        "exclusive-without-snoop",
        "single-writer",
        "A read miss always ends in E, whoever else has the line.",
        "broken-exclusive",
    ),
    Switch::safety(
        "stale-upgrade",
        "read-last-write",
        "A pending BusUpgr stays one although its line was invalidated meanwhile.",
        "broken-upgrade",
    ),
    Switch::liveness("no-retry", "stuck", "Nobody asks again: a lost message is lost for good.", "broken-no-retry"),
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "mesi",
    title: "MESI caches",
    says: "Caches on a snooping bus keep copies of the same lines coherent by their states: modified, exclusive, shared, \
           invalid; or by those of MSI, MOESI, MESIF and of write-through.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &SCENARIOS,
    timers: &["retry", "turn"],
    http: &HTTP,
    buffers_on_disk: false,
    uneven: true,
    quiet: &["done"],
    sheet: "accesses",
    // Five to ten transactions of the usual scenario, with room for words.
    span_us: 110_000,
    shows: Some("show"),
    loads: LOADS,
    series: &SERIES,
    ..LabSpec::EMPTY
};
