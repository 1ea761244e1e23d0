//! The lab's tables.

use super::scenarios;
use crate::labs::kit::group;
use crate::tables::{LabSpec, Operation, Param, Rule, Switch, Takes};

pub(super) static MULTICAST: [Param; 1] = [Param::new(
    "payload",
    Takes::Json,
    "\"hello\"",
    "Any JSON. {\"add\":100} adds cents to the account, {\"mul_percent\":1} adds per cent of the balance.",
)];

static SEND: [Param; 2] = [
    Param::needed("to", Takes::Node(&[]), "Who gets the message; the process itself, too."),
    Param::new("payload", Takes::Json, "\"hello\"", "What the message says: any JSON."),
];

static SETUP: [Param; 2] =
    group::setup("Lamport clocks at the start: {\"P1\": 4}, for an exercise that begins in the middle.");

static OPERATIONS: [Operation; 3] = [
    Operation {
        name: "multicast",
        at: &[],
        args: &MULTICAST,
        says: "Sends a message to everybody, the sender included; all deliver it in the same order.",
    },
    Operation {
        name: "send",
        at: &[],
        args: &SEND,
        says: "Sends a plain message to one process: clocks rise, and nobody orders it.",
    },
    group::local("An event that concerns nobody else: the clock rises."),
];

pub(super) static RULES: [Rule; 5] = [
    Rule::safety(
        "total-order",
        "What one process delivers as its k-th message, every process delivers as its k-th message.",
        "Lamport 1978, \"Ordering the Events Totally\"; Tanenbaum & van Steen, \"Totally ordered multicasting\"",
    ),
    Rule::safety(
        "sender-order",
        "Messages of one sender are delivered in the order in which it sent them, none skipped.",
        "Lamport 1978, clock condition C1; Hadzilacos & Toueg 1993, FIFO order",
    ),
    Rule::safety(
        "same-balance",
        "After the same number of deliveries all copies of the account hold the same balance.",
        "Schneider 1990, state machines; Tanenbaum & van Steen, the example of the replicated account",
    ),
    Rule::safety("no-duplication", "No process delivers a message twice.", "Hadzilacos & Toueg 1993, integrity"),
    Rule::liveness(
        "stuck",
        "Once faults have ended and nothing moves any more, every message was delivered by every process.",
        "Hadzilacos & Toueg 1993, validity and agreement",
    ),
];

static SWITCHES: [Switch; 4] = [
    Switch::safety(
        "raw-links",
        "total-order",
        "Messages travel over the plain links: an acknowledgement can overtake an earlier message, so a process \
               thinks that nothing smaller can come and delivers too early. (Loss then also leaves processes stuck, and \
               duplicates are delivered twice.)",
        "broken-raw-links",
    ),
    Switch::safety(
        "no-acks",
        "total-order",
        "Nobody acknowledges, and the head of the queue is delivered without waiting for anybody.",
        "broken-no-acks",
    ),
    Switch::safety(
        "no-tiebreak",
        "total-order",
        "Of messages with equal timestamps the one that came first is first, not the one of the smaller process.",
        "broken-no-tiebreak",
    ),
    Switch::safety(
        "deliver-on-receive",
        "total-order",
        "Every message is delivered when it arrives, the own ones when they are sent.",
        "broken-deliver-on-receive",
    ),
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "total-order",
    title: "Totally ordered multicast",
    says: "Processes multicast, and all deliver everything in the same order: Lamport's clocks, a hold-back queue and \
           acknowledgements, without any leader.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &scenarios::SCENARIOS,
    timers: &[],
    clocks: crate::tables::Labels::Own,
    own_clock: Some("clock"),
    ..LabSpec::EMPTY
};
