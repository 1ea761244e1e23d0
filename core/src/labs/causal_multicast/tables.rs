//! The lab's tables.

use super::scenarios;
use crate::labs::group;
use crate::tables::{LabSpec, Operation, Param, Rule, Sort, Switch, Takes};

pub(super) static MULTICAST: [Param; 1] = [Param {
    name: "payload",
    takes: Takes::Json,
    default: Some("\"hello\""),
    says: "What the message says: any JSON.",
}];

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
    Rule {
        name: "causal-order",
        sort: Sort::Safety,
        says: "Nobody delivers a multicast before everything that its sender had sent or delivered when it sent it.",
        source: PAPER,
    },
    Rule {
        name: "no-duplication",
        sort: Sort::Safety,
        says: "Nobody delivers a multicast twice, or one that nobody has sent.",
        source: PAPER,
    },
    Rule {
        name: "stuck",
        sort: Sort::Liveness,
        says: "When faults have ended and nothing moves any more, everybody has delivered every multicast and no \
               buffer holds anything.",
        source: PAPER,
    },
];

static SWITCHES: [Switch; 4] = [
    Switch {
        name: "no-buffer",
        rule: "causal-order",
        sort: Sort::Safety,
        says: "A receiver delivers whatever arrives at once, and asks nothing of the timestamp.",
        scenario: "broken-no-buffer",
    },
    Switch {
        name: "tick-on-receive",
        rule: "stuck",
        sort: Sort::Liveness,
        says: "A receiver counts the receive in its own component, as a vector clock does; the others then wait for \
               multicasts that never were.",
        scenario: "broken-tick-on-receive",
    },
    Switch {
        name: "single-pass",
        rule: "stuck",
        sort: Sort::Liveness,
        says: "A receiver goes through its buffer once for each arrival, not until nothing moves.",
        scenario: "broken-single-pass",
    },
    Switch {
        name: "deliver-before-disk",
        rule: "no-duplication",
        sort: Sort::Safety,
        says: "A process notes a delivery on disk too late: after a crash it hands up the last message again.",
        scenario: "broken-deliver-before-disk",
    },
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
