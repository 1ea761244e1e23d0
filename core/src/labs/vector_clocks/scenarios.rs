//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 9] = [
    Builtin {
        id: "textbook",
        watch: "Follow one number: P1's first event travels with its messages, until every clock has heard of it.",
        stop_us: 128_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "The textbook example", "seed": 7,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [12, 26] }, "fifo": false },
  "acts": [
    { "at_ms": 8, "act": { "request": { "node": "P1", "op": "local", "args": {} } } },
    { "at_ms": 16, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "m1" } } } },
    { "at_ms": 30, "act": { "request": { "node": "P3", "op": "local", "args": {} } } },
    { "at_ms": 48, "act": { "request": { "node": "P2", "op": "local", "args": {} } } },
    { "at_ms": 58, "act": { "request": { "node": "P2", "op": "send", "args": { "to": "P3", "message": "m2" } } } },
    { "at_ms": 70, "act": { "request": { "node": "P1", "op": "local", "args": {} } } },
    { "at_ms": 94, "act": { "request": { "node": "P3", "op": "send", "args": { "to": "P1", "message": "m3" } } } },
    { "at_ms": 104, "act": { "request": { "node": "P2", "op": "local", "args": {} } } },
    { "at_ms": 130, "act": { "request": { "node": "P1", "op": "multicast", "args": { "message": "m4" } } } }
  ], "until_ms": 175 }"#,
    },
    Builtin {
        id: "concurrent",
        watch: "P1 and P3 act without hearing of each other: choose one event of each, and neither clock is smaller.",
        stop_us: 70_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "Concurrent events", "seed": 3,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [15, 30] } },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "local", "args": {} } } },
    { "at_ms": 12, "act": { "request": { "node": "P3", "op": "local", "args": {} } } },
    { "at_ms": 25, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "from P1" } } } },
    { "at_ms": 28, "act": { "request": { "node": "P3", "op": "send", "args": { "to": "P2", "message": "from P3" } } } },
    { "at_ms": 60, "act": { "request": { "node": "P1", "op": "local", "args": {} } } },
    { "at_ms": 62, "act": { "request": { "node": "P3", "op": "local", "args": {} } } },
    { "at_ms": 80, "act": { "request": { "node": "P2", "op": "multicast", "args": { "message": "both seen" } } } }
  ], "until_ms": 130 }"#,
    },
    Builtin {
        id: "lost",
        watch: "The cross marks a lost message: what P1 did stays unknown to P2 until another way brings the news.",
        stop_us: 60_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "A message lost", "seed": 11,
  "setup": { "processes": 3 }, "network": { "delay_ms": 25 },
  "acts": [
    { "at_ms": 5, "act": { "link": { "from": "P1", "to": "P2", "loss": 1 } } },
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "local", "args": {} } } },
    { "at_ms": 20, "act": { "request": { "node": "P1", "op": "multicast", "args": { "message": "news" } } } },
    { "at_ms": 40, "act": { "request": { "node": "P2", "op": "local", "args": {} } } },
    { "at_ms": 60, "act": { "request": { "node": "P3", "op": "send", "args": { "to": "P2", "message": "have you heard" } } } },
    { "at_ms": 100, "act": { "request": { "node": "P2", "op": "local", "args": {} } } }
  ], "until_ms": 120 }"#,
    },
    Builtin {
        id: "overtaking",
        watch: "The second message arrives first. The late one teaches P2 nothing new, and P2 counts its arrival all the \
                same.",
        stop_us: 75_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "Overtaking messages", "seed": 5,
  "setup": { "processes": 2 }, "network": { "delay_ms": 60 },
  "acts": [
    { "at_ms": 10, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "first" } } } },
    { "at_ms": 15, "act": { "link": { "from": "P1", "to": "P2", "delay_ms": 15 } } },
    { "at_ms": 22, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "second" } } } },
    { "at_ms": 50, "act": { "request": { "node": "P2", "op": "local", "args": {} } } },
    { "at_ms": 85, "act": { "request": { "node": "P2", "op": "send", "args": { "to": "P1", "message": "got both" } } } }
  ], "until_ms": 160 }"#,
    },
    Builtin {
        id: "crash",
        watch: "P2 crashes while messages are on their way to it. They are lost; its clock is on disk and goes on where \
                it was.",
        stop_us: 95_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "A crash in the middle", "seed": 13,
  "setup": { "processes": 3 }, "network": { "delay_ms": { "uniform": [15, 25] } },
  "acts": [
    { "at_ms": 8, "act": { "request": { "node": "P2", "op": "multicast", "args": { "message": "hello" } } } },
    { "at_ms": 42, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "too late" } } } },
    { "at_ms": 50, "act": { "crash": { "node": "P2" } } },
    { "at_ms": 60, "act": { "request": { "node": "P3", "op": "multicast", "args": { "message": "anyone?" } } } },
    { "at_ms": 70, "act": { "request": { "node": "P2", "op": "local", "args": {} } } },
    { "at_ms": 95, "act": { "restart": { "node": "P2" } } },
    { "at_ms": 105, "act": { "request": { "node": "P2", "op": "local", "args": {} } } },
    { "at_ms": 115, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "again" } } } }
  ], "until_ms": 155 }"#,
    },
    Builtin {
        id: "partition",
        watch: "While the network is cut, each side's clocks stand still in the other's components. After healing one \
                message is enough.",
        stop_us: 110_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "Two sides of a partition", "seed": 17,
  "setup": { "processes": 4 }, "network": { "delay_ms": { "uniform": [8, 16] } },
  "acts": [
    { "at_ms": 5, "act": { "request": { "node": "P1", "op": "multicast", "args": { "message": "start" } } } },
    { "at_ms": 30, "act": { "partition": { "groups": [["P1", "P2"], ["P3", "P4"]] } } },
    { "at_ms": 38, "act": { "request": { "node": "P2", "op": "multicast", "args": { "message": "left" } } } },
    { "at_ms": 44, "act": { "request": { "node": "P3", "op": "multicast", "args": { "message": "right" } } } },
    { "at_ms": 70, "act": { "request": { "node": "P4", "op": "send", "args": { "to": "P3", "message": "same side" } } } },
    { "at_ms": 80, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "same side" } } } },
    { "at_ms": 110, "act": { "heal": {} } },
    { "at_ms": 115, "act": { "request": { "node": "P3", "op": "send", "args": { "to": "P2", "message": "news" } } } },
    { "at_ms": 145, "act": { "request": { "node": "P2", "op": "multicast", "args": { "message": "all together" } } } }
  ], "until_ms": 185 }"#,
    },
    Builtin {
        id: "alphabet",
        watch: "Twenty-six processes and a clock as long: choose any event and see how small its past is.",
        stop_us: 150_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "Twenty-six processes", "seed": 26,
  "setup": { "processes": 26 }, "network": { "delay_ms": { "exponential": { "min": 4, "mean": 22 } }, "loss": 0.05 },
  "acts": [
    { "at_ms": 1, "act": { "workload": { "op": "send",
      "nodes": ["P1","P2","P3","P4","P5","P6","P7","P8","P9","P10","P11","P12","P13","P14","P15","P16","P17","P18","P19","P20","P21","P22","P23","P24","P25","P26"],
      "count": 90, "every_ms": 3 } } },
    { "at_ms": 120, "act": { "request": { "node": "P13", "op": "multicast", "args": { "message": "to all" } } } }
  ], "until_ms": 330 }"#,
    },
    Builtin {
        id: "broken-no-merge",
        watch: "Receivers forget to take the maximum. The first receive already has a clock that is too small.",
        stop_us: 40_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "Broken: no merge on receive", "seed": 7,
  "setup": { "processes": 3, "broken": ["no-merge"] }, "network": { "delay_ms": { "uniform": [12, 26] } },
  "acts": [
    { "at_ms": 8, "act": { "request": { "node": "P1", "op": "local", "args": {} } } },
    { "at_ms": 16, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "m1" } } } },
    { "at_ms": 58, "act": { "request": { "node": "P2", "op": "send", "args": { "to": "P3", "message": "m2" } } } },
    { "at_ms": 94, "act": { "request": { "node": "P3", "op": "send", "args": { "to": "P1", "message": "m3" } } } }
  ], "until_ms": 130 }"#,
    },
    Builtin {
        id: "broken-no-tick",
        watch: "A receive is not counted: it has the same clock as the event before it, as if it had not happened.",
        stop_us: 40_000,
        json: r#"{
  "format": "lightcone/1", "lab": "vector-clocks", "title": "Broken: a receive is not counted", "seed": 7,
  "setup": { "processes": 3, "broken": ["no-tick-on-receive"] }, "network": { "delay_ms": { "uniform": [12, 26] } },
  "acts": [
    { "at_ms": 8, "act": { "request": { "node": "P1", "op": "local", "args": {} } } },
    { "at_ms": 16, "act": { "request": { "node": "P1", "op": "send", "args": { "to": "P2", "message": "m1" } } } },
    { "at_ms": 58, "act": { "request": { "node": "P2", "op": "send", "args": { "to": "P3", "message": "m2" } } } },
    { "at_ms": 94, "act": { "request": { "node": "P3", "op": "send", "args": { "to": "P1", "message": "m3" } } } }
  ], "until_ms": 130 }"#,
    },
];
