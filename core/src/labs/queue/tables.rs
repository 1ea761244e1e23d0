//! The lab's tables: settings, operations, rules and switches.

use super::scenarios::SCENARIOS;
use crate::tables::{HttpForm, HttpKey, LabSpec, Operation, Param, Performer, Rule, Switch, Takes};

/// Most brokers: as many as one can tell apart on a ring.
const BROKERS_MAX: u64 = 8;
/// Most producers and most consumers: with the brokers as many lanes as fit on a screen.
const CLIENTS_MAX: u64 = 9;
/// Most virtual nodes of a broker: with eight brokers still points and no line.
const VIRTUAL_NODES_MAX: u64 = 1_024;
/// Longest time of periodic traffic, in microseconds: after 3 s without news a settled system is judged.
const PERIOD_US_MAX: u64 = 400_000;
/// Longest suspicion, in microseconds: shorter than those 3 s, also when a broker waits for it several times.
const SUSPECT_US_MAX: u64 = 500_000;
/// Longest visibility timeout and longest work, in microseconds.
const PATIENCE_US_MAX: u64 = 60_000_000;
/// Longest name of a queue, in bytes: a row's head.
const NAME_BYTES_MAX: usize = 100;

const fn millis(name: &'static str, min_us: u64, max_us: u64, default: &'static str, says: &'static str) -> Param {
    Param::millis(name, min_us..=max_us, default, says)
}

pub(super) static SETUP: [Param; 16] = [
    Param::int("brokers", 1..=BROKERS_MAX, "3", "Number of brokers."),
    Param::int("producers", 1..=CLIENTS_MAX, "1", "Number of producers."),
    Param::int("consumers", 1..=CLIENTS_MAX, "2", "Number of consumers."),
    Param::int("members", 0..=BROKERS_MAX, "0", "How many of the brokers are on the ring at first; 0 is all."),
    Param::int("virtual_nodes", 1..=VIRTUAL_NODES_MAX, "64", "Points of each broker on the ring."),
    Param::int("replicas", 1..=BROKERS_MAX, "2", "Brokers that keep each message; all, where there are fewer."),
    Param::new(
        "acks",
        Takes::Choice(&["all", "leader"]),
        "\"all\"",
        "When a producer is answered: when all replicas have the message on disk, or its owner alone.",
    ),
    Param::new(
        "storage",
        Takes::Choice(&["replicated", "shared"]),
        "\"replicated\"",
        "Each broker with a disk of its own, or one durable store behind all of them.",
    ),
    millis("visibility_ms", 1_000, PATIENCE_US_MAX, "300", "How long a delivered message is invisible to others."),
    Param::int(
        "max_receives",
        0..=1_000,
        "3",
        "After so many deliveries a message goes to the dead-letter queue; 0: never.",
    ),
    millis("process_ms", 0, PATIENCE_US_MAX, "40", "How long a consumer works on a message."),
    Param::new("auto_ack", Takes::Bool, "true", "A consumer acknowledges by itself what it has processed."),
    millis("disk_ms", 1, PERIOD_US_MAX, "5", "How long a write to disk takes."),
    millis("heartbeat_ms", 1_000, PERIOD_US_MAX, "100", "Time between two heartbeats of a broker."),
    millis("suspect_ms", 2_000, SUSPECT_US_MAX, "350", "Whom a broker has not heard for so long, it suspects."),
    millis(
        "retry_ms",
        1_000,
        PERIOD_US_MAX,
        "150",
        "Who is not answered asks again after so long; clients, up to half as long again.",
    ),
];

const QUEUE: Param = Param::new("queue", Takes::Text { max_bytes: NAME_BYTES_MAX }, "\"orders\"", "The queue.");

const VIA: Param = Param::new(
    "via",
    Takes::NodeOr { roles: &["broker"], words: &["any"] },
    "\"any\"",
    "The broker to ask first; any: whom the client asked last.",
);

pub(super) static PRODUCE: [Param; 3] = [
    QUEUE,
    Param::new(
        "message",
        Takes::Json,
        "\"hello\"",
        "The message: any JSON. Consumers fail on an object with \"poison\": true.",
    ),
    VIA,
];
pub(super) static CONSUME: [Param; 2] = [QUEUE, VIA];
pub(super) static ACK: [Param; 3] = [
    Param::needed("message_id", Takes::Text { max_bytes: NAME_BYTES_MAX }, "The message, such as \"p1-3\"."),
    Param::new(
        "receipt",
        Takes::Json,
        "null",
        "The delivery, such as \"b1-7\"; the last one that this consumer has processed, where none is named.",
    ),
    VIA,
];

static OPERATIONS: [Operation; 7] = [
    Operation {
        name: "produce",
        at: &["producer"],
        args: &PRODUCE,
        says: "Puts a message into a queue; sent again until it is answered.",
    },
    Operation {
        name: "consume",
        at: &["consumer"],
        args: &CONSUME,
        says: "Gets a message, processes it and acknowledges it.",
    },
    Operation {
        name: "drain",
        at: &["consumer"],
        args: &CONSUME,
        says: "Consumes one message after the other until none is ready.",
    },
    Operation { name: "ack", at: &["consumer"], args: &ACK, says: "Acknowledges a message that was processed here." },
    Operation { name: "status", at: &["broker"], args: &[], says: "How a broker and its queues stand." },
    Operation { name: "join", at: &["broker"], args: &[], says: "Comes onto the ring, when its share is there." },
    Operation { name: "leave", at: &["broker"], args: &[], says: "Goes off the ring, when others have its share." },
];

/// A form that a client performs, asking the broker in the line first.
const fn form(path: &'static str, operation: &'static str, role: &'static str, key: &'static str) -> HttpForm {
    let performer = Performer::Client { role, key };
    HttpForm { method: "POST", path, at: &["broker"], operation, asked: Some("via"), performer, query: &[], body: &[] }
}

/// A form that a broker answers.
const fn status(path: &'static str) -> HttpForm {
    let performer = Performer::Asked;
    HttpForm {
        method: "GET",
        path,
        at: &["broker"],
        operation: "status",
        asked: None,
        performer,
        query: &[],
        body: &[],
    }
}

static HTTP: [HttpForm; 7] = [
    HttpForm {
        body: &[HttpKey::needed("queue"), HttpKey::needed("message")],
        ..form("/produce", "produce", "producer", "producer_id")
    },
    HttpForm { body: &[HttpKey::needed("queue")], ..form("/consume", "consume", "consumer", "consumer_id") },
    HttpForm {
        body: &[HttpKey::needed("message_id"), HttpKey::optional("receipt")],
        ..form("/ack", "ack", "consumer", "consumer_id")
    },
    HttpForm { method: "POST", operation: "join", ..status("/join") },
    HttpForm { method: "POST", operation: "leave", ..status("/leave") },
    status("/status"),
    status("/"),
];

const TOTAL_QUEUE: &str = "Kingsbury 2014, Jepsen: total-queue";

static RULES: [Rule; 5] = [
    Rule::safety(
        "nothing-lost",
        "A message whose producer was answered is processed in the end, or kept: on a disk, and with acks `all` on one that is \
               up whenever at most R−1 brokers are down.",
        TOTAL_QUEUE,
    ),
    Rule::safety(
        "nothing-unexpected",
        "What is processed is a message that a producer has sent, unaltered.",
        TOTAL_QUEUE,
    ),
    Rule::safety(
        "ack-own-delivery",
        "An acknowledgement that counts is one of the last delivery that its broker has made of the message, by the \
               consumer that got it.",
        "Amazon SQS, receipt handles",
    ),
    Rule::safety(
        "replicas-distinct",
        "With acks `all`, a message whose producer is answered is on the disks of R different brokers, or was processed.",
        "DeCandia et al. 2007, §4.3",
    ),
    Rule::liveness(
        "stuck",
        "When faults have ended and nothing moves any more, every message is ready at the broker that serves its queue or done \
               with, all its replicas have it and nobody else does, and nobody waits for an answer.",
        "DeCandia et al. 2007, §4.7",
    ),
];

static SWITCHES: [Switch; 7] = [
    Switch::safety(
        "ack-on-delivery",
        "nothing-lost",
        "A message is removed when it is handed out, before its consumer has processed it.",
        "broken-ack-on-delivery",
    ),
    Switch::safety(
        "ack-before-disk",
        "nothing-lost",
        "A producer is answered as soon as its message has come, before it is on any disk.",
        "broken-ack-before-disk",
    ),
    Switch::safety(
        "no-replication",
        "nothing-lost",
        "Messages stay on the owner's disk alone, and its producer is answered all the same.",
        "broken-no-replication",
    ),
    Switch::safety(
        "stale-ack-accepted",
        "ack-own-delivery",
        "An acknowledgement removes the message, whatever delivery it is about.",
        "broken-stale-ack",
    ),
    Switch::safety(
        "points-not-brokers",
        "replicas-distinct",
        "Replicas are the next R points of the ring, although several may be one broker's.",
        "broken-points",
    ),
    Switch::safety(
        "no-checksum",
        "nothing-unexpected",
        "A broker that comes back takes a write that its crash has cut off for a whole one.",
        "broken-no-checksum",
    ),
    Switch::liveness(
        "no-redelivery",
        "stuck",
        "The visibility timeout never runs out: what was delivered and not acknowledged stays invisible.",
        "broken-no-redelivery",
    ),
];

pub(super) static SPEC: LabSpec = LabSpec {
    id: "queue",
    title: "Message queue on a ring",
    says: "Brokers on a consistent-hash ring keep queues of messages, deliver each at least once, and hand over what they \
           have when they come and go.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &SCENARIOS,
    timers: &["heartbeat", "disk", "visibility", "retry", "work"],
    http: &HTTP,
    buffers_on_disk: false,
    uneven: true,
    quiet: &["heartbeat"],
    quiet_timers: &["heartbeat"],
    span_us: 400_000,
    series: &super::views::charts::SERIES,
    ..LabSpec::EMPTY
};
