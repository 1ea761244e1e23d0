//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 17] = [
    Builtin {
        id: "concurrent",
        watch: "P1 and P3 multicast at the same time, with equal timestamps. Everybody delivers P1's first, and \
                only when nothing smaller can come.",
        stop_us: 41_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Two concurrent multicasts", "seed": 7,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [12, 26] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "left" } } } },
    { "at_ms": 12, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "right" } } } }
  ], "until_ms": 140 }"#,
    },
    Builtin {
        id: "account",
        watch: "P1 adds 100.00 while P3 adds one per cent. The order of the two decides the balance, and all \
                copies agree on 1111.00.",
        stop_us: 64_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "One account, three copies", "seed": 9,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [12, 26] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 12, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } },
    { "at_ms": 90, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": { "add": -5000 } } } } },
    { "at_ms": 96, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } }
  ], "until_ms": 220 }"#,
    },
    Builtin {
        id: "clock-ahead",
        watch: "P3's message is sent first, but P3's clock is ahead: P1's later message has the smaller \
                timestamp and is delivered first.",
        stop_us: 58_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "A clock that is ahead", "seed": 5,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [12, 22] } },
  "acts": [
    { "at_ms": 2, "act": { "request": { "node": "P3", "op": "local" } } },
    { "at_ms": 4, "act": { "request": { "node": "P3", "op": "local" } } },
    { "at_ms": 6, "act": { "request": { "node": "P3", "op": "local" } } },
    { "at_ms": 8, "act": { "request": { "node": "P3", "op": "local" } } },
    { "at_ms": 12, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "sent first" } } } },
    { "at_ms": 18, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "sent second" } } } }
  ], "until_ms": 150 }"#,
    },
    Builtin {
        id: "overtaking",
        watch: "P1's acknowledgement of P2#1 reaches P3 before P1's own slow message. The link holds it back, \
                so P3 does not deliver too early.",
        stop_us: 84_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "An acknowledgement overtakes a message", "seed": 3,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [12, 18] }, "fifo": false },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 90 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "one" } } } },
    { "at_ms": 15, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 14 } } },
    { "at_ms": 40, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "two" } } } }
  ], "until_ms": 260 }"#,
    },
    Builtin {
        id: "crash",
        watch: "While P3 is down nobody delivers anything: each head says that it waits for P3. After the \
                restart the links send again what P3 has missed.",
        stop_us: 180_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "A crash stops delivery", "seed": 13,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [12, 22] } },
  "acts": [
    { "at_ms": 5, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 70, "act": { "crash": { "node": "P3" } } },
    { "at_ms": 80, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } },
    { "at_ms": 95, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 210, "act": { "restart": { "node": "P3" } } },
    { "at_ms": 330, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } }
  ], "until_ms": 480 }"#,
    },
    Builtin {
        id: "crash-in-step",
        watch: "P2 crashes between taking P1's message in and acknowledging it. The message is on its disk, so \
                it owes the acknowledgement when it starts again.",
        stop_us: 60_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "A crash before the acknowledgement", "seed": 4,
  "setup": { "processes": 3 }, "network": { "delay_ms": 15 },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "hello" } } } },
    { "after_event": 5, "act": { "crash": { "node": "P2" } } },
    { "at_ms": 100, "act": { "restart": { "node": "P2" } } }
  ], "until_ms": 260 }"#,
    },
    Builtin {
        id: "slow",
        watch: "Everything that P3 says takes 90 ms. P1 and P2 hear each other quickly and still deliver no \
                faster than P3 acknowledges.",
        stop_us: 75_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "One slow process", "seed": 21,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [8, 14] } },
  "acts": [
    { "at_ms": 2, "act": { "link": { "from": "P3", "to": "P1", "delay_ms": 90 } } },
    { "at_ms": 2, "act": { "link": { "from": "P3", "to": "P2", "delay_ms": 90 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "a" } } } },
    { "at_ms": 25, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "b" } } } },
    { "at_ms": 40, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "c" } } } },
    { "at_ms": 130, "act": { "pause": { "node": "P3" } } },
    { "at_ms": 140, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "d" } } } },
    { "at_ms": 230, "act": { "resume": { "node": "P3" } } }
  ], "until_ms": 400 }"#,
    },
    Builtin {
        id: "many",
        watch: "Twenty-four changes to the account from all sides at once. Compare the lists of deliveries at \
                any moment: one is always the beginning of the other.",
        stop_us: 170_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Many multicasts", "seed": 24,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [10, 40] } },
  "acts": [
    { "at_ms": 5, "act": { "workload": { "op": "multicast", "nodes": ["P1", "P2", "P3"], "count": 24, "every_ms": 12 } } }
  ], "until_ms": 480 }"#,
    },
    Builtin {
        id: "partition",
        watch: "A majority does not help: with P3 cut off, P1 and P2 hold everything back, and so does P3. \
                After healing all deliver the same order.",
        stop_us: 160_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Two sides of a partition", "seed": 17,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [10, 18] } },
  "acts": [
    { "at_ms": 5, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 70, "act": { "partition": { "groups": [["P1", "P2"], ["P3"]] } } },
    { "at_ms": 80, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } },
    { "at_ms": 90, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 110, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } },
    { "at_ms": 200, "act": { "heal": {} } }
  ], "until_ms": 520 }"#,
    },
    Builtin {
        id: "lossy",
        watch: "A fifth of all frames is lost, some come twice, and links do not keep order. The link layer \
                repairs it all; delivery is late but never wrong.",
        stop_us: 260_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Five processes on bad links", "seed": 55,
  "setup": { "processes": 5 }, "network": { "delay_ms": { "exponential": { "min": 6, "mean": 18 } }, "loss": 0.2, "duplicate": 0.1 },
  "acts": [
    { "at_ms": 5, "act": { "workload": { "op": "multicast", "nodes": ["P1", "P2", "P3", "P4", "P5"], "count": 6, "every_ms": 20 } } }
  ], "until_ms": 600 }"#,
    },
    Builtin {
        id: "broken-raw-links",
        watch: "Without the reliable link P1's acknowledgement arrives before P1's message: P3 thinks that \
                nothing smaller can come and delivers P2#1 first.",
        stop_us: 104_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Broken: an acknowledgement overtakes a message", "seed": 3,
  "setup": { "processes": 3, "broken": ["raw-links"] }, "network": { "delay_ms": { "uniform": [12, 18] }, "fifo": false },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 90 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "one" } } } },
    { "at_ms": 15, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 14 } } },
    { "at_ms": 40, "act": { "request": { "node": "P2", "op": "multicast", "args": { "payload": "two" } } } }
  ], "until_ms": 160 }"#,
    },
    Builtin {
        id: "broken-sender-order",
        watch: "P1 adds 100.00 and then one per cent. On raw links the second message overtakes the first on its way \
                to P3, which takes them the wrong way round and ends at 1110.00, not 1111.00.",
        stop_us: 46_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Broken: a sender's messages change places", "seed": 3,
  "setup": { "processes": 3, "broken": ["raw-links"] }, "network": { "delay_ms": 14 },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 90 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 15, "act": { "link": { "from": "P1", "to": "P3", "delay_ms": 14 } } },
    { "at_ms": 32, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } }
  ], "until_ms": 150 }"#,
    },
    Builtin {
        id: "broken-raw-links-loss",
        watch: "P1's message to P3 is lost for good. P3 never acknowledges it, and after settling P1 and P2 are \
                stuck for ever.",
        stop_us: 121_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Broken: a lost message on raw links", "seed": 8,
  "setup": { "processes": 3, "broken": ["raw-links"] }, "network": { "delay_ms": 15, "fifo": true },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P3", "loss": 1 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "lost on its way" } } } },
    { "at_ms": 120, "act": { "settle": {} } }
  ], "until_ms": 200 }"#,
    },
    Builtin {
        id: "broken-raw-links-twice",
        watch: "A copy of P1's message reaches P2 when P2 has delivered it already. Nothing removes it, and P2 \
                adds the 100.00 a second time.",
        stop_us: 140_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Broken: duplicates on raw links", "seed": 6,
  "setup": { "processes": 3, "broken": ["raw-links"] }, "network": { "delay_ms": { "uniform": [12, 22] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 12, "act": { "link": { "from": "P1", "to": "P2", "delay_ms": 120 } } },
    { "at_ms": 14, "act": { "message": { "from": "P1", "to": "P2", "n": 1, "duplicate": true } } }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "broken-no-acks",
        watch: "Nobody acknowledges or waits: P1 and P3 each deliver their own message at once and the other's \
                after it.",
        stop_us: 40_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Broken: nobody waits", "seed": 7,
  "setup": { "processes": 3, "broken": ["no-acks"] }, "network": { "delay_ms": { "uniform": [12, 26] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "left" } } } },
    { "at_ms": 12, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "right" } } } }
  ], "until_ms": 80 }"#,
    },
    Builtin {
        id: "broken-no-tiebreak",
        watch: "Both messages have timestamp 1, and each process puts the one that it had first in front: P1 \
                its own, P3 its own.",
        stop_us: 58_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Broken: equal timestamps", "seed": 7,
  "setup": { "processes": 3, "broken": ["no-tiebreak"] }, "network": { "delay_ms": { "uniform": [12, 26] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": "left" } } } },
    { "at_ms": 12, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": "right" } } } }
  ], "until_ms": 140 }"#,
    },
    Builtin {
        id: "broken-deliver-on-receive",
        watch: "Each process applies a change as soon as it has it: P1 ends with 1111.00 and P3 with 1110.00 \
                for the same two changes.",
        stop_us: 45_000,
        json: r#"{
  "format": "lightcone/1", "lab": "total-order", "title": "Broken: an account that diverges", "seed": 9,
  "setup": { "processes": 3, "broken": ["deliver-on-receive"] }, "network": { "delay_ms": { "uniform": [12, 26] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "multicast", "args": { "payload": { "add": 10000 } } } } },
    { "at_ms": 12, "act": { "request": { "node": "P3", "op": "multicast", "args": { "payload": { "mul_percent": 1 } } } } }
  ], "until_ms": 140 }"#,
    },
];
