//! The lab's tables.

use super::scenarios;
use crate::labs::kit::group;
use crate::tables::{LabSpec, Operation, Param, Rule, Switch, Takes};

const PAYLOAD: Param = Param::new("payload", Takes::Json, "\"hello\"", "What the message says: any JSON.");

pub(super) static MULTICAST: [Param; 1] = [PAYLOAD];

static SEND: [Param; 2] =
    [Param::needed("to", Takes::Node(&[]), "Who gets the message; the process itself, too."), PAYLOAD];

static SETUP: [Param; 2] =
    group::setup("V at the start: {\"P1\": [2, 0, 0]}, for an exercise that begins in the middle.");

static OPERATIONS: [Operation; 3] = [
    Operation {
        name: "multicast",
        at: &[],
        args: &MULTICAST,
        says: "Sends a message to all; the sender delivers it too.",
    },
    Operation {
        name: "send",
        at: &[],
        args: &SEND,
        says: "Sends a message to one process: it is not counted, and held until its receiver has seen what its sender had.",
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

static SWITCHES: [Switch; 6] = [
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
        "tick-on-local",
        "stuck",
        "A process counts its local events too, as a vector clock does; the others then wait for multicasts that \
               never were.",
        "broken-tick-on-local",
    ),
    Switch::liveness(
        "raw-links",
        "stuck",
        "Messages travel over the plain links: what is lost stays lost, and all that comes after it waits for ever.",
        "broken-raw-links",
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
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &scenarios::SCENARIOS,
    timers: &[],
    clocks: crate::tables::Labels::Own,
    own_clock: Some("V"),
    ..LabSpec::EMPTY
};
