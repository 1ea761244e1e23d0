//! What the lab says about itself: everything that a scenario, a form or a list of labs can ask for.

use lightcone_core::tables::{Builtin, LabSpec, Operation, Param, Rule, Switch};

pub(crate) static SETUP: [Param; 2] = [
    Param::int("processes", 2..=26, "4", "Number of processes on the ring."),
    Param::millis("rest_ms", 1_000..=100_000, "100", "How long a process that wants nothing keeps the token."),
];

pub(crate) static ENTER: [Param; 1] = [Param::millis("for_ms", 1..=1_000_000, "20", "How long it wants to be inside.")];

static OPERATIONS: [Operation; 1] =
    [Operation { name: "enter", at: &[], args: &ENTER, says: "Asks for a turn in the critical section." }];

pub(crate) static RULES: [Rule; 2] = [
    Rule::safety(
        "mutual-exclusion",
        "At most one process is in its critical section at any time.",
        "Dijkstra 1965; Le Lann 1977",
    ),
    Rule::liveness("stuck", "When faults have ended, everybody who asked gets a turn.", "Le Lann 1977"),
];

static SWITCHES: [Switch; 2] = [
    Switch::safety("two-tokens", "mutual-exclusion", "There is a second token, half-way round the ring.", "two-tokens"),
    Switch::liveness(
        "token-in-memory",
        "stuck",
        "Who gets the token does not write it to disk, so a crash takes it along.",
        "token-in-memory",
    ),
];

static SCENARIOS: [Builtin; 3] = [
    Builtin::new(
        "crash",
        90_000,
        include_str!("scenarios/crash.json"),
        "R3 crashes inside. Its turn is over, but the token is on its disk: when it starts again, R1 and R4 get \
                theirs.",
    ),
    Builtin::new(
        "two-tokens",
        22_000,
        include_str!("scenarios/two-tokens.json"),
        "R1 and R3 begin with a token each, and both are inside at the same time.",
    )
    .broken(&["two-tokens"]),
    Builtin::new(
        "token-in-memory",
        90_000,
        include_str!("scenarios/token-in-memory.json"),
        "The same crash as in the first scenario, but now the token was in R3's memory: R1 and R4 wait until the alarm,
                and for ever.",
    )
    .broken(&["token-in-memory"]),
];

pub(crate) static SPEC: LabSpec = LabSpec {
    id: "token-ring",
    title: "Token ring",
    says: "Processes on a ring enter a critical section in turn: who has the token may.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &SCENARIOS,
    timers: &["leave", "rest", "alarm"],
    ..LabSpec::EMPTY
};
