//! The lab's tables.

use super::scenarios;
use crate::labs::kit::group;
use crate::tables::{LabSpec, Operation, Param, Rule, Switch, Takes};

pub(super) static MULTICAST: [Param; 1] =
    [Param::new("payload", Takes::Json, "\"hello\"", "What the message says: any JSON.")];

static OPERATIONS: [Operation; 2] = [
    Operation {
        name: "multicast",
        at: &[],
        args: &MULTICAST,
        says: "Sends a message to all; the sender delivers it too.",
    },
    group::local("An event that concerns nobody else. It is not counted."),
];

const PAPER: &str = "Birman, Schiper and Stephenson 1991, §5.1";

static RULES: [Rule; 3] = [
    Rule::safety(
        "causal-order",
        "Nobody delivers a multicast before everything that its sender had sent or delivered when it sent it.",
        PAPER,
    ),
    Rule::safety("no-duplication", "Nobody delivers a multicast twice, or one that nobody has sent.", PAPER),
    Rule::liveness(
        "stuck",
        "When faults have ended and nothing moves any more, everybody has delivered every multicast and no \
               buffer holds anything.",
        PAPER,
    ),
];

static SWITCHES: [Switch; 4] = [
    Switch::safety(
        "no-buffer",
        "causal-order",
        "A receiver delivers whatever arrives at once, and asks nothing of the timestamp.",
        "broken-no-buffer",
    ),
    Switch::liveness(
        "tick-on-receive",
        "stuck",
        "A receiver counts the receive in its own component, as a vector clock does; the others then wait for \
               multicasts that never were.",
        "broken-tick-on-receive",
    ),
    Switch::liveness(
        "single-pass",
        "stuck",
        "A receiver goes through its buffer once for each arrival, not until nothing moves.",
        "broken-single-pass",
    ),
    Switch::safety(
        "deliver-before-disk",
        "no-duplication",
        "A process notes a delivery on disk too late: after a crash it hands up the last message again.",
        "broken-deliver-before-disk",
    ),
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "causal-multicast",
    title: "Causal multicast",
    says: "Everybody multicasts to everybody. Vector timestamps hold back a message until what its sender had seen has \
           been delivered, so that no reply comes before its question.",
    setup: &group::SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &scenarios::SCENARIOS,
    timers: &[],
    clocks: crate::tables::Labels::Own,
    own_clock: Some("V"),
    ..LabSpec::EMPTY
};
