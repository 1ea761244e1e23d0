//! The lab's tables: settings, operations, rules and switches.

use super::SERVERS_MAX;
use super::scenarios::SCENARIOS;
use crate::tables::{HttpForm, HttpKey, LabSpec, Operation, Param, Performer, Phases, Rule, Step, Switch, Takes};

/// Most clients: one for each letter.
const CLIENTS_MAX: u64 = 26;
/// Longest time of periodic traffic, in microseconds: after 3 s without news a settled system is judged.
const PERIOD_US_MAX: u64 = 1_000_000;
/// Longest election timeout, in microseconds: two in a row are shorter than those 3 s.
const ELECTION_US_MAX: u64 = 1_400_000;
/// Longest lease and longest piece of work, in microseconds.
const PATIENCE_US_MAX: u64 = 60_000_000;
/// Longest wait before a deadlock is taken for one, in microseconds: shorter than those 3 s.
const WAIT_US_MAX: u64 = 2_000_000;
/// Longest name of a lock, in bytes: a row's head.
const NAME_BYTES_MAX: usize = 100;

const fn millis(name: &'static str, max_us: u64, default: &'static str, says: &'static str) -> Param {
    Param::millis(name, 1_000..=max_us, default, says)
}

pub(super) static SETUP: [Param; 18] = [
    Param::int("servers", 1..=SERVERS_MAX as u64, "5", "Number of servers."),
    Param::int("clients", 1..=CLIENTS_MAX, "3", "Number of clients."),
    millis("heartbeat_ms", PERIOD_US_MAX, "50", "Time between two heartbeats of a leader (§5.2)."),
    Param::new(
        "election_ms",
        Takes::MillisRange { min_us: 2_000, max_us: ELECTION_US_MAX },
        "[150, 300]",
        "Each election timeout is drawn anew from this range (§5.2).",
    ),
    Param::new("prevote", Takes::Bool, "true", "Ask first who would vote, without a new term (thesis 9.6)."),
    Param::new(
        "check_quorum",
        Takes::Bool,
        "true",
        "A leader whom no majority answers steps down; who has just heard from a leader gives no vote (thesis 6.2, 4.2.3).",
    ),
    Param::new("noop", Takes::Bool, "true", "A leader starts its term with an entry that does nothing (§8)."),
    Param::int("max_append_entries", 0..=1_000, "0", "Most entries of one append; 0 is no limit."),
    Param::int("snapshot_every", 0..=100_000, "0", "Take a snapshot after so many applied entries (§7); 0 is never."),
    millis(
        "lease_ms",
        PATIENCE_US_MAX,
        "2000",
        "A client that the leader has not heard of for so long loses its locks.",
    ),
    Param::new(
        "deadlock",
        Takes::Choice(&["detect", "wait-die", "wound-wait", "timeout"]),
        "\"detect\"",
        "What is done about deadlock: look for cycles, let the younger die, let the older wound, or wait and see.",
    ),
    millis("wait_ms", WAIT_US_MAX, "800", "With `timeout`: who has waited for so long is aborted."),
    millis("retry_ms", PERIOD_US_MAX, "200", "A client asks again after so long, or up to half as long again."),
    Param::new(
        "release",
        Takes::Choice(&["all", "one"]),
        "\"all\"",
        "Who acquires a lock that it holds has it once more. A release gives back all of it, or one time of several.",
    ),
    Param::new(
        "terms",
        Takes::Json,
        "{}",
        "currentTerm of servers at the start: {\"S1\": 4}; where nothing is said, the highest term of any log.",
    ),
    Param::new("votes", Takes::Json, "{}", "votedFor of servers at the start, in their term: {\"S1\": \"S3\"}."),
    Param::new(
        "commits",
        Takes::Json,
        "{}",
        "commitIndex of servers at the start: {\"S1\": 2}; what is committed must be on a majority.",
    ),
    Param::new(
        "logs",
        Takes::Json,
        "{}",
        "Logs at the start, as the terms of their entries: {\"S1\": [1, 1, 4]}, for pictures such as Figure 7.",
    ),
];

const RESOURCE: Param =
    Param::new("resource_id", Takes::Text { max_bytes: NAME_BYTES_MAX }, "\"a\"", "The lock's name.");

const LOCK_TYPE: Param = Param::new("lock_type", Takes::Choice(&["exclusive", "shared"]), "\"exclusive\"", "How.");

const VIA: Param = Param::new(
    "via",
    Takes::NodeOr { roles: &["server"], words: &["any"] },
    "\"any\"",
    "The server to ask first; any: whom the client takes for the leader.",
);

pub(super) static ACQUIRE: [Param; 3] = [RESOURCE, LOCK_TYPE, VIA];
pub(super) static RELEASE: [Param; 2] = [RESOURCE, VIA];
static LOCKS: [Param; 1] = [VIA];
pub(super) static WORK: [Param; 4] = [
    Param::new("resource_ids", Takes::Json, "[\"a\", \"b\"]", "Names of locks, in the order of asking."),
    LOCK_TYPE,
    Param::millis("for_ms", 1..=PATIENCE_US_MAX, "20", "How long it keeps them all."),
    VIA,
];
static TRANSFER: [Param; 1] = [Param::needed("to", Takes::Node(&["server"]), "The server that is to lead.")];

static OPERATIONS: [Operation; 6] = [
    Operation {
        name: "acquire",
        at: &["client"],
        args: &ACQUIRE,
        says: "Get a lock; answered when it is granted, or when it never will be.",
    },
    Operation { name: "release", at: &["client"], args: &RELEASE, says: "Give a lock back." },
    Operation { name: "locks", at: &["client"], args: &LOCKS, says: "Read the whole lock table, linearizably." },
    Operation {
        name: "work",
        at: &["client"],
        args: &WORK,
        says: "Get some locks one after the other, keep them for a while, give them all back.",
    },
    Operation { name: "transfer", at: &["server"], args: &TRANSFER, says: "Hand leadership over to another server." },
    Operation { name: "metrics", at: &["server"], args: &[], says: "The server's own numbers." },
];

/// A form that a client performs, asking the server in the line first.
const fn form(method: &'static str, path: &'static str, operation: &'static str) -> HttpForm {
    let performer = Performer::Client { role: "client", key: "client_id" };
    HttpForm { method, path, at: &["server"], operation, asked: Some("via"), performer, query: &[], body: &[] }
}

static HTTP: [HttpForm; 4] = [
    HttpForm {
        body: &[HttpKey::needed("resource_id"), HttpKey::optional("lock_type")],
        ..form("POST", "/acquire", "acquire")
    },
    HttpForm { body: &[HttpKey::needed("resource_id")], ..form("POST", "/release", "release") },
    form("GET", "/locks", "locks"),
    HttpForm { asked: None, performer: Performer::Asked, ..form("GET", "/metrics", "metrics") },
];

static RULES: [Rule; 18] = [
    Rule::safety("election-safety", "A term has at most one leader.", "Ongaro & Ousterhout 2014, §5.2, Figure 3"),
    Rule::safety("leader-append-only", "A leader never overwrites or deletes entries of its log.", "§5.3, Figure 3"),
    Rule::safety(
        "log-matching",
        "Two logs with an entry of the same index and term agree in it and in all before it.",
        "§5.3, Figure 3",
    ),
    Rule::safety(
        "leader-completeness",
        "What is committed is in the log of every later leader, and never leaves a log that has it.",
        "§5.4, Figure 3",
    ),
    Rule::safety("state-machine-safety", "No two servers apply different entries at one index.", "§5.4.3, Figure 3"),
    Rule::safety("one-vote", "A server votes for at most one candidate in a term, also across a restart.", "§5.2"),
    Rule::safety("term-monotonic", "A server's term never falls, also across a restart.", "§5.1"),
    Rule::safety(
        "commit-current-term",
        "A leader counts replicas for entries of its own term only.",
        "§5.4.2, Figure 8",
    ),
    Rule::safety(
        "commit-monotonic",
        "Within a life a commit index never falls, and entries are applied in order.",
        "Figure 2",
    ),
    Rule::safety(
        "lock-exclusion",
        "While a lock is held exclusive nobody else holds it, and tokens rise from grant to grant.",
        "mutual exclusion",
    ),
    Rule::safety("exactly-once", "A command changes the state once, however often it is sent.", "§8, thesis 6.3"),
    Rule::safety(
        "read-linearizable",
        "A read of the lock table reflects at least what was committed when it was asked for.",
        "§8, thesis 6.4",
    ),
    Rule::liveness(
        "no-deadlock",
        "In the end nobody waits in a circle.",
        "wait-for graph over holders and queue order",
    ),
    Rule::safety(
        "no-needless-abort",
        "Who is aborted was the youngest of a circle, or, by the other policies, in an older one's way.",
        "wait-for graph over holders and queue order",
    ),
    Rule::safety(
        "grants-survive",
        "A grant that a client was told of ends by its release, by an abort, or by its lease.",
        "durability of what was answered",
    ),
    Rule::safety(
        "belief",
        "At no instant do two clients believe to hold what excludes each other, unless one of them is paused, or its transaction was aborted and the news is under way.",
        "leases: Gray & Cheriton 1989",
    ),
    Rule::liveness(
        "news",
        "In the end each client believes to hold what the lock table says.",
        "told with every answer",
    ),
    Rule::liveness(
        "stuck",
        "In the end there is a leader, all servers have applied the same, and nobody waits without a reason.",
        "liveness after faults have ended",
    ),
];

static SWITCHES: [Switch; 13] = [
    Switch::safety(
        "vote-not-persisted",
        "one-vote",
        "A vote is not on disk: after a restart the server votes again.",
        "broken-vote",
    ),
    Switch::safety(
        "term-not-persisted",
        "term-monotonic",
        "The term is not on disk: a restart forgets it.",
        "broken-term",
    ),
    Switch::safety(
        "commit-previous-term",
        "commit-current-term",
        "Entries of earlier terms count as committed when a majority has them (Figure 8).",
        "broken-figure-8",
    ),
    Switch::safety(
        "no-election-restriction",
        "leader-completeness",
        "Votes are given to candidates whose log is behind.",
        "broken-restriction",
    ),
    Switch::safety("no-log-check", "log-matching", "The term before new entries is not compared.", "broken-log-check"),
    Switch::safety(
        "truncate-on-stale-append",
        "leader-completeness",
        "What stands behind the entries of an append goes, also when the append is an old one.",
        "broken-truncate",
    ),
    Switch::safety(
        "commit-min-last-index",
        "state-machine-safety",
        "A follower takes the end of its own log for what it shares with the leader.",
        "broken-commit-min",
    ),
    Switch::safety(
        "stale-reads",
        "read-linearizable",
        "A leader answers reads without asking whether it still leads.",
        "broken-reads",
    ),
    Switch::safety("no-dedupe", "exactly-once", "A command that comes twice acts twice.", "broken-dedupe"),
    Switch::safety(
        "victim-outside-cycle",
        "no-needless-abort",
        "The youngest transaction of all is aborted, whether it is in the circle or not.",
        "broken-victim",
    ),
    Switch::safety(
        "no-local-expiry",
        "belief",
        "A client counts on its locks until a server tells it that its lease is over.",
        "broken-belief",
    ),
    Switch::liveness(
        "told-once",
        "news",
        "That a transaction was aborted is told in one message alone, and answers do not say what is held.",
        "broken-news",
    ),
    Switch::liveness(
        "holders-only-graph",
        "no-deadlock",
        "The wait-for graph leaves out those who wait before one in the queue.",
        "broken-graph",
    ),
];

const fn step(scenario: &'static str, at_us: u64, name: &'static str, says: &'static str) -> Step {
    Step { scenario, at_us, name, says }
}

/// Figure 8 as the paper tells it. Terms differ from the paper's: there the first leader's is 2.
static STEPS: [Step; 6] = [
    step("figure-8", 65_000, "(a)", "S1 leads in term 1, and its entry is on S1 and S2 alone: two of five."),
    step(
        "figure-8",
        130_000,
        "(b)",
        "S1 is down. S5 has won term 2 with the votes of S3 and S4, and has an entry of its own at the same index.",
    ),
    step(
        "figure-8",
        260_000,
        "(c)",
        "S5 is down. S1 leads again, in term 3, and brings its entry of term 1 to S3: now it is on a majority, and still not committed.",
    ),
    step(
        "figure-8",
        385_000,
        "(d)",
        "S1 is down. S5 wins term 4, since its entry of term 2 is newer than theirs, and overwrites the entry that was on a majority.",
    ),
    step(
        "figure-8-e",
        260_000,
        "(c)",
        "S1 leads in term 3 and brings its entry of term 1 to a majority, and one of term 3 to S2.",
    ),
    step(
        "figure-8-e",
        285_000,
        "(e)",
        "The entry of its own term is on a majority too. That commits both, and S5 cannot win any more: its last term is older.",
    ),
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "raft-lock",
    title: "Lock manager on Raft",
    says: "Servers agree on one log by Raft, and the log on who holds which lock.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &SCENARIOS,
    timers: &["election", "heartbeat", "quorum", "transfer", "retry", "keepalive", "lease", "hold"],
    http: &HTTP,
    buffers_on_disk: false,
    steps: &STEPS,
    phases: Some(Phases {
        word: "term",
        leads: "leader",
        stands: &["precandidate", "candidate"],
        follows: &["follower"],
    }),
    series: &super::views::charts::SERIES,
    span_us: 450_000,
    uneven: true,
    quiet: &["heartbeat", "keep alive"],
    quiet_answers: &["append reply"],
    quiet_timers: &["heartbeat", "quorum", "keepalive"],
    ..LabSpec::EMPTY
};
