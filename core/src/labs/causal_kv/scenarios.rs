//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 12] = [
    Builtin {
        id: "session",
        watch: "client1 writes through node1, reads and writes through node2. node3 gets the answer before the question, and holds it back.",
        stop_us: 130_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "The answer overtakes the question", "seed": 1,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 400 },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 1, "act": { "link": { "from": "node1", "to": "node3", "delay_ms": 130 } } },
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "question" } } } },
    { "at_ms": 55, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "x" } } } },
    { "at_ms": 95, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node2", "key": "y", "value": "answer" } } } },
    { "at_ms": 118, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "y" } } } },
    { "at_ms": 185, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "y" } } } },
    { "at_ms": 225, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "x" } } } }
  ], "until_ms": 270 }"#,
    },
    Builtin {
        id: "by-hand",
        watch: "A clock given by hand names a write that does not exist yet: node2 keeps the put in its buffer until node1's first write is there.",
        stop_us: 60_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "A clock that runs ahead", "seed": 2,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 400 },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node2", "key": "y", "value": "effect", "vector": { "node1": 1 } } } } },
    { "at_ms": 75, "act": { "request": { "node": "client2", "op": "put", "args": { "node": "node1", "key": "x", "value": "cause" } } } },
    { "at_ms": 150, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "y" } } } },
    { "at_ms": 190, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "x" } } } }
  ], "until_ms": 240 }"#,
    },
    Builtin {
        id: "waits",
        watch: "node2 never got what client1 wrote. It waits, then says what is missing; after anti-entropy it answers.",
        stop_us: 165_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "No answer from the past", "seed": 3,
  "setup": { "nodes": 3, "clients": 2, "wait_ms": 80, "retry_ms": 200, "anti_entropy_ms": 250 },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 1, "act": { "link": { "from": "node1", "to": "node2", "loss": 1 } } },
    { "at_ms": 1, "act": { "link": { "from": "node3", "to": "node2", "loss": 1 } } },
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "new" } } } },
    { "at_ms": 55, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "x" } } } },
    { "at_ms": 60, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node2", "key": "x" } } } },
    { "at_ms": 180, "act": { "link": { "from": "node1", "to": "node2", "loss": 0 } } },
    { "at_ms": 180, "act": { "link": { "from": "node3", "to": "node2", "loss": 0 } } },
    { "at_ms": 345, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "x" } } } }
  ], "until_ms": 420 }"#,
    },
    Builtin {
        id: "concurrent",
        watch: "Both sides of a partition write x without hearing of each other. After healing both writes are marked, and the same one wins everywhere.",
        stop_us: 330_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "Two sides write the same key", "seed": 4,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 90 },
  "network": { "delay_ms": { "uniform": [10, 18] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "old" } } } },
    { "at_ms": 60, "act": { "partition": { "groups": [["node1", "client1"], ["node2", "node3", "client2"]] } } },
    { "at_ms": 75, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "left" } } } },
    { "at_ms": 80, "act": { "request": { "node": "client2", "op": "put", "args": { "node": "node3", "key": "x", "value": "right" } } } },
    { "at_ms": 130, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node1", "key": "x" } } } },
    { "at_ms": 135, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node2", "key": "x" } } } },
    { "at_ms": 180, "act": { "heal": {} } },
    { "at_ms": 335, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node3", "key": "x" } } } },
    { "at_ms": 380, "act": { "request": { "node": "client2", "op": "put", "args": { "node": "node2", "key": "x", "value": "both seen" } } } }
  ], "until_ms": 480 }"#,
    },
    Builtin {
        id: "crash",
        watch: "node2 crashes and misses two writes. Its log gives it back its clock and its own counter; anti-entropy brings the rest.",
        stop_us: 215_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "A node catches up", "seed": 5,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 100 },
  "network": { "delay_ms": { "uniform": [10, 18] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node2", "key": "x", "value": 1 } } } },
    { "at_ms": 55, "act": { "crash": { "node": "node2" } } },
    { "at_ms": 65, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": 2 } } } },
    { "at_ms": 105, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node3", "key": "y", "value": 3 } } } },
    { "at_ms": 190, "act": { "restart": { "node": "node2" } } },
    { "at_ms": 195, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "y" } } } },
    { "at_ms": 330, "act": { "request": { "node": "client2", "op": "put", "args": { "node": "node2", "key": "z", "value": 4 } } } }
  ], "until_ms": 420 }"#,
    },
    Builtin {
        id: "lost",
        watch: "The first write never reaches node3, so it holds the second. Comparing clocks, the nodes find out and repair it.",
        stop_us: 120_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "A lost write is repaired", "seed": 6,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 150 },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 1, "act": { "link": { "from": "node1", "to": "node3", "loss": 1 } } },
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "lost on the way" } } } },
    { "at_ms": 40, "act": { "link": { "from": "node1", "to": "node3", "loss": 0 } } },
    { "at_ms": 60, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "held" } } } },
    { "at_ms": 110, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "x" } } } },
    { "at_ms": 290, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "x" } } } }
  ], "until_ms": 350 }"#,
    },
    Builtin {
        id: "unanswered",
        watch: "node1 does the put, but its answer is lost; the copy is known by its number. The put to a node that is down is unknown.",
        stop_us: 140_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "Sent again, done once", "seed": 7,
  "setup": { "nodes": 3, "clients": 2, "wait_ms": 60, "answer_ms": 120, "retry_ms": 70, "anti_entropy_ms": 400 },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 1, "act": { "link": { "from": "node1", "to": "client1", "loss": 1 } } },
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "once" } } } },
    { "at_ms": 60, "act": { "link": { "from": "node1", "to": "client1", "loss": 0 } } },
    { "at_ms": 120, "act": { "crash": { "node": "node3" } } },
    { "at_ms": 130, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node3", "key": "y", "value": "perhaps" } } } },
    { "at_ms": 320, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "x" } } } }
  ], "until_ms": 380 }"#,
    },
    Builtin {
        id: "busy",
        watch: "Five nodes, lossy links that double messages: buffers fill and empty, clocks run apart and together again.",
        stop_us: 250_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "Many writers, bad links", "seed": 8,
  "setup": { "nodes": 5, "clients": 3, "anti_entropy_ms": 60, "wait_ms": 120 },
  "network": { "delay_ms": { "uniform": [8, 45] }, "loss": 0.15, "duplicate": 0.1 },
  "acts": [
    { "at_ms": 5, "act": { "workload": { "op": "put", "nodes": ["client1", "client2", "client3"], "count": 14, "every_ms": 17, "args": { "key": "x" } } } },
    { "at_ms": 9, "act": { "workload": { "op": "put", "nodes": ["client1", "client3"], "count": 8, "every_ms": 23, "args": { "key": "y" } } } },
    { "at_ms": 12, "act": { "workload": { "op": "get", "nodes": ["client2", "client3"], "count": 12, "every_ms": 20, "args": { "key": "x" } } } }
  ], "until_ms": 600 }"#,
    },
    Builtin {
        id: "broken-no-buffer",
        watch: "node3 applies the answer at once, before the question: whoever reads there sees an effect without its cause.",
        stop_us: 142_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "Broken: no buffer", "seed": 1,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 400, "broken": ["no-buffer"] },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 1, "act": { "link": { "from": "node1", "to": "node3", "delay_ms": 130 } } },
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "question" } } } },
    { "at_ms": 55, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "x" } } } },
    { "at_ms": 95, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node2", "key": "y", "value": "answer" } } } },
    { "at_ms": 128, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "y" } } } }
  ], "until_ms": 250 }"#,
    },
    Builtin {
        id: "broken-no-context",
        watch: "client1 has written x at node1 and reads it at node2, which has not heard of it and answers all the same.",
        stop_us: 75_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "Broken: no client context", "seed": 9,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 400, "broken": ["no-client-context"] },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 1, "act": { "link": { "from": "node1", "to": "node2", "delay_ms": 120 } } },
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "mine" } } } },
    { "at_ms": 45, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "x" } } } },
    { "at_ms": 95, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node1", "key": "x" } } } },
    { "at_ms": 130, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node2", "key": "x" } } } }
  ], "until_ms": 200 }"#,
    },
    Builtin {
        id: "broken-tiebreak",
        watch: "client1 reads a at node1 and writes c over it. By origin alone c loses at node2 and node3: equal clocks, unequal stores.",
        stop_us: 100_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "Broken: the larger origin wins", "seed": 10,
  "setup": { "nodes": 3, "clients": 2, "anti_entropy_ms": 500, "broken": ["origin-tiebreak"] },
  "network": { "delay_ms": 10 },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node3", "key": "x", "value": "a" } } } },
    { "at_ms": 45, "act": { "request": { "node": "client1", "op": "get", "args": { "node": "node1", "key": "x" } } } },
    { "at_ms": 75, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "c" } } } },
    { "at_ms": 115, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node1", "key": "x" } } } },
    { "at_ms": 150, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node2", "key": "x" } } } }
  ], "until_ms": 200 }"#,
    },
    Builtin {
        id: "broken-no-anti-entropy",
        watch: "The lost write is never repaired: node3 holds the second one for ever, and its clock stays behind.",
        stop_us: 200_000,
        json: r#"{
  "format": "lightcone/1", "lab": "causal-kv", "title": "Broken: no anti-entropy", "seed": 6,
  "setup": { "nodes": 3, "clients": 2, "broken": ["no-anti-entropy"] },
  "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 1, "act": { "link": { "from": "node1", "to": "node3", "loss": 1 } } },
    { "at_ms": 10, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "lost on the way" } } } },
    { "at_ms": 40, "act": { "link": { "from": "node1", "to": "node3", "loss": 0 } } },
    { "at_ms": 60, "act": { "request": { "node": "client1", "op": "put", "args": { "node": "node1", "key": "x", "value": "held" } } } },
    { "at_ms": 110, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "x" } } } },
    { "at_ms": 290, "act": { "request": { "node": "client2", "op": "get", "args": { "node": "node3", "key": "x" } } } }
  ], "until_ms": 350 }"#,
    },
];
