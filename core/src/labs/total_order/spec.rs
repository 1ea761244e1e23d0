//! The lab's tables.

use super::scenarios;
use crate::labs::group;
use crate::tables::{LabSpec, Operation, Param, Rule, Sort, Switch, Takes};

pub(super) static MULTICAST: [Param; 1] = [Param {
    name: "payload",
    takes: Takes::Json,
    default: Some("\"hello\""),
    says: "Any JSON. {\"add\":100} adds cents to the account, {\"mul_percent\":1} adds per cent of the balance.",
}];

static OPERATIONS: [Operation; 2] = [
    Operation {
        name: "multicast",
        at: &[],
        args: &MULTICAST,
        says: "Sends a message to everybody, the sender included; all deliver it in the same order.",
    },
    group::local("An event that concerns nobody else: the clock rises."),
];

pub(super) static RULES: [Rule; 5] = [
    Rule {
        name: "total-order",
        sort: Sort::Safety,
        says: "What one process delivers as its k-th message, every process delivers as its k-th message.",
        source: "Lamport 1978, \"Ordering the Events Totally\"; Tanenbaum & van Steen, \"Totally ordered multicasting\"",
    },
    Rule {
        name: "sender-order",
        sort: Sort::Safety,
        says: "Messages of one sender are delivered in the order in which it sent them, none skipped.",
        source: "Lamport 1978, clock condition C1; Hadzilacos & Toueg 1993, FIFO order",
    },
    Rule {
        name: "same-balance",
        sort: Sort::Safety,
        says: "After the same number of deliveries all copies of the account hold the same balance.",
        source: "Schneider 1990, state machines; Tanenbaum & van Steen, the example of the replicated account",
    },
    Rule {
        name: "no-duplication",
        sort: Sort::Safety,
        says: "No process delivers a message twice.",
        source: "Hadzilacos & Toueg 1993, integrity",
    },
    Rule {
        name: "stuck",
        sort: Sort::Liveness,
        says: "Once faults have ended and nothing moves any more, every message was delivered by every process.",
        source: "Hadzilacos & Toueg 1993, validity and agreement",
    },
];

static SWITCHES: [Switch; 4] = [
    Switch {
        name: "raw-links",
        rule: "total-order",
        sort: Sort::Safety,
        says: "Messages travel over the plain links: an acknowledgement can overtake an earlier message, so a process \
               thinks that nothing smaller can come and delivers too early. (Loss then also leaves processes stuck, and \
               duplicates are delivered twice.)",
        scenario: "broken-raw-links",
    },
    Switch {
        name: "no-acks",
        rule: "total-order",
        sort: Sort::Safety,
        says: "Nobody acknowledges, and the head of the queue is delivered without waiting for anybody.",
        scenario: "broken-no-acks",
    },
    Switch {
        name: "no-tiebreak",
        rule: "total-order",
        sort: Sort::Safety,
        says: "Of messages with equal timestamps the one that came first is first, not the one of the smaller process.",
        scenario: "broken-no-tiebreak",
    },
    Switch {
        name: "deliver-on-receive",
        rule: "total-order",
        sort: Sort::Safety,
        says: "Every message is delivered when it arrives, the own ones when they are sent.",
        scenario: "broken-deliver-on-receive",
    },
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "total-order",
    title: "Totally ordered multicast",
    says: "Processes multicast, and all deliver everything in the same order: Lamport's clocks, a hold-back queue and \
           acknowledgements, without any leader.",
    setup: &group::SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &scenarios::SCENARIOS,
    timers: &[],
    clocks: crate::tables::Labels::Own,
    own_clock: Some("clock"),
    ..LabSpec::EMPTY
};
