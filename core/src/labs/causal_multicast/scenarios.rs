//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 11] = [
    Builtin {
        id: "question",
        watch: "P2's reply reaches P3 before P1's question does. P3 keeps it in its buffer until the question is there.",
        stop_us: 75_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "The reply before the question", "seed": 7,
  "setup": { "processes": 3 }, "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 90 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "Is anybody there?" } } } },
    { "at_ms": 40, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "Yes, P2 is." } } } },
    { "at_ms": 80, "act": { "request": { "node": "P3", "op": "local", "args": {} } } },
    { "at_ms": 125, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "P3 too." } } } }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "chain",
        watch: "Each message depends on the one before. They reach P4 in the wrong order, and one arrival releases all.",
        stop_us: 95_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "A chain through three processes", "seed": 5,
  "setup": { "processes": 4 }, "network": { "delay_ms": 12 },
  "acts": [
    { "at_ms": 2, "act": { "link": { "from": "P1", "to": "P4", "delay_ms": 110 } } },
    { "at_ms": 2, "act": { "link": { "from": "P2", "to": "P4", "delay_ms": 55 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "first" } } } },
    { "at_ms": 32, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "second" } } } },
    { "at_ms": 54, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "third" } } } },
    { "at_ms": 140, "act": { "request": { "node": "P4", "op": "multicast", "args": { "payload": "all heard" } } } }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "concurrent",
        watch: "Left and right know nothing of each other. P1 delivers left first, P3 right first, and both are correct: \
                causal is not total.",
        stop_us: 60_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "Concurrent multicasts", "seed": 3,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [18, 34] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "left" } } } },
    { "at_ms": 14, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "right" } } } },
    { "at_ms": 75, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "both seen" } } } },
    { "at_ms": 130, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "left again" } } } },
    { "at_ms": 132, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "middle" } } } }
  ], "until_ms": 190 }"#,
    },
    Builtin {
        id: "crash",
        watch: "P3 crashes with a reply in its buffer. The buffer is on disk, the link sends the question again, and \
                both come in order.",
        stop_us: 100_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "A crash while messages wait", "seed": 13,
  "setup": { "processes": 3 }, "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 70 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "question" } } } },
    { "at_ms": 35, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "reply" } } } },
    { "at_ms": 60, "act": { "crash": { "node": "P3" } } },
    { "at_ms": 90, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 15 } } },
    { "at_ms": 120, "act": { "restart": { "node": "P3" } } },
    { "at_ms": 330, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "back again" } } } }
  ], "until_ms": 450 }"#,
    },
    Builtin {
        id: "lost",
        watch: "One message to P3 is lost. Whatever depends on it waits at P3 until the link has sent it again.",
        stop_us: 70_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "One loss holds back many", "seed": 11,
  "setup": { "processes": 3 }, "network": { "delay_ms": 12 },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "loss": 1 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "one" } } } },
    { "at_ms": 20, "act": { "link": { "from": "P1", "to": "P3", "loss": 0 } } },
    { "at_ms": 28, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "two" } } } },
    { "at_ms": 36, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "three" } } } }
  ], "until_ms": 250 }"#,
    },
    Builtin {
        id: "partition",
        watch: "While the network is cut, each side goes on alone. P3 crosses over between two cuts: what it brings \
                waits for what it knows.",
        stop_us: 160_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "A partition", "seed": 17,
  "setup": { "processes": 4 }, "network": { "delay_ms": { "uniform": [8, 14] } },
  "acts": [
    { "at_ms": 2, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "start" } } } },
    { "at_ms": 30, "act": { "partition": { "groups": [["P1", "P2", "P3"], ["P4"]] } } },
    { "at_ms": 35, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "left" } } } },
    { "at_ms": 40, "act": { "request": { "node": "P4", "op": "multicast", "args": { "payload": "right" } } } },
    { "at_ms": 60, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "left too" } } } },
    { "at_ms": 85, "act": { "partition": { "groups": [["P1", "P2"], ["P3", "P4"]] } } },
    { "at_ms": 92, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "from over there" } } } },
    { "at_ms": 200, "act": { "heal": {} } },
    { "at_ms": 430, "act": { "request": { "node": "P4", "op": "multicast", "args": { "payload": "all together" } } } }
  ], "until_ms": 480 }"#,
    },
    Builtin {
        id: "five",
        watch: "Five processes talk all at once over links of very different length. Watch the buffers fill and drain.",
        stop_us: 120_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "Five processes talking", "seed": 26,
  "setup": { "processes": 5 }, "network": { "delay_ms": { "exponential": { "min": 4, "mean": 24 } } },
  "acts": [
    { "at_ms": 1, "act": { "workload": { "op": "multicast", "nodes": ["P1", "P2", "P3", "P4", "P5"], "count": 24, "every_ms": 9 } } }
  ], "until_ms": 310 }"#,
    },
    Builtin {
        id: "broken-no-buffer",
        watch: "P3 delivers whatever arrives: the reply stands before the question in its list.",
        stop_us: 60_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "Broken: no buffer", "seed": 7,
  "setup": { "processes": 3, "broken": ["no-buffer"] }, "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 90 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "Is anybody there?" } } } },
    { "at_ms": 40, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "Yes, P2 is." } } } }
  ], "until_ms": 150 }"#,
    },
    Builtin {
        id: "broken-tick-on-receive",
        watch: "P2 counts the receive. Its first multicast carries a 2 in its own component, and everybody waits for the \
                first one, which never was.",
        stop_us: 62_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "Broken: V counts receives", "seed": 7,
  "setup": { "processes": 3, "broken": ["tick-on-receive"] }, "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "question" } } } },
    { "at_ms": 40, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "reply" } } } },
    { "at_ms": 80, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "anyone?" } } } }
  ], "until_ms": 150 }"#,
    },
    Builtin {
        id: "broken-single-pass",
        watch: "The question releases nothing: P3 looks at the reply before it, once, and not again. The reply stays for \
                ever.",
        stop_us: 110_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "Broken: one pass through the buffer", "seed": 7,
  "setup": { "processes": 3, "broken": ["single-pass"] }, "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 90 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "question" } } } },
    { "at_ms": 40, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "reply" } } } }
  ], "until_ms": 150 }"#,
    },
    Builtin {
        id: "broken-deliver-before-disk",
        watch: "P2 notes too late what it has handed up. After the crash it hands up the order a second time.",
        stop_us: 70_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-multicast", "title": "Broken: delivered before it is on disk", "seed": 7,
  "setup": { "processes": 3, "broken": ["deliver-before-disk"] }, "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "order": "one pizza" } } } } },
    { "at_ms": 40, "act": { "crash": { "node": "P2" } } },
    { "at_ms": 70, "act": { "restart": { "node": "P2" } } },
    { "at_ms": 90, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "on its way" } } } }
  ], "until_ms": 150 }"#,
    },
];
