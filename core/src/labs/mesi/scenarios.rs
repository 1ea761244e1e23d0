//! Scenarios worth opening. All but one have delays of 2 ms: with the defaults a line from memory takes 21 ms.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 19] = [
    Builtin {
        id: "all-states",
        watch: "C1 reads alone and gets E, writes without a word (M), and shares when C2 reads (S). C2's write is a BusUpgr; C3's needs the data, a BusRdX.",
        stop_us: 137000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "A walk through all states", "seed": 1,
  "setup": {"show": "user_1", "memory": {"user_1": "Ada"}},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "user_1"}}} },
    { "at_ms": 40, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "user_1", "value": "Ada L."}}} },
    { "at_ms": 50, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "user_1"}}} },
    { "at_ms": 80, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "user_1"}}} },
    { "at_ms": 90, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "user_1", "value": "Grace"}}} },
    { "at_ms": 120, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "user_1"}}} },
    { "at_ms": 130, "act": {"request": {"node": "C3", "op": "write", "args": {"key": "user_1", "value": "Alan"}}} },
    { "at_ms": 170, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "user_1"}}} }
  ], "until_ms": 210 }"#,
    },
    Builtin {
        id: "what-e-saves",
        watch: "Each cache reads a key of its own and then writes it. Who reads alone has the line in E, so none of the three writes needs the bus.",
        stop_us: 128000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "What E saves: MESI", "seed": 1,
  "setup": {"protocol": "mesi"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "a"}}} },
    { "at_ms": 35, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "b"}}} },
    { "at_ms": 65, "act": {"request": {"node": "C3", "op": "read", "args": {"key": "c"}}} },
    { "at_ms": 100, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "a", "value": 1}}} },
    { "at_ms": 100, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "b", "value": 2}}} },
    { "at_ms": 100, "act": {"request": {"node": "C3", "op": "write", "args": {"key": "c", "value": 3}}} }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "without-e",
        watch: "The same accesses without E: each first write to a line that nobody else has costs a BusUpgr, which all others have to look at.",
        stop_us: 128000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "What E saves: MSI", "seed": 1,
  "setup": {"protocol": "msi"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "a"}}} },
    { "at_ms": 35, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "b"}}} },
    { "at_ms": 65, "act": {"request": {"node": "C3", "op": "read", "args": {"key": "c"}}} },
    { "at_ms": 100, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "a", "value": 1}}} },
    { "at_ms": 100, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "b", "value": 2}}} },
    { "at_ms": 100, "act": {"request": {"node": "C3", "op": "write", "args": {"key": "c", "value": 3}}} }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "ping-pong",
        watch: "C1 and C2 count by turns in one line. Each write takes it away from the other: a BusRdX, a flush and an invalidation for every single one.",
        stop_us: 100000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "One line, two writers", "seed": 1,
  "setup": {"caches": 2, "show": "counter"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "counter", "value": 1}}} },
    { "at_ms": 35, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "counter", "value": 2}}} },
    { "at_ms": 65, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "counter", "value": 3}}} },
    { "at_ms": 95, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "counter", "value": 4}}} },
    { "at_ms": 125, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "counter", "value": 5}}} },
    { "at_ms": 155, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "counter", "value": 6}}} },
    { "at_ms": 185, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "counter", "value": 7}}} },
    { "at_ms": 215, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "counter", "value": 8}}} }
  ], "until_ms": 260 }"#,
    },
    Builtin {
        id: "false-sharing",
        watch: "C1 writes 0x1000 and C2 writes 0x1008: different words, but of one line of 64 bytes. The line goes back and forth as if they shared the data.",
        stop_us: 130000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "False sharing", "seed": 1,
  "setup": {"caches": 2, "size": 256, "ways": 2, "line": 64, "show": "0x1000"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 1}}} },
    { "at_ms": 35, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1008", "value": 2}}} },
    { "at_ms": 65, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 3}}} },
    { "at_ms": 95, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1008", "value": 4}}} },
    { "at_ms": 125, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 5}}} },
    { "at_ms": 155, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1008", "value": 6}}} },
    { "at_ms": 185, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 7}}} },
    { "at_ms": 215, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1008", "value": 8}}} }
  ], "until_ms": 260 }"#,
    },
    Builtin {
        id: "false-sharing-cured",
        watch: "The same writes, with the second word in a line of its own, 0x1040: after the first miss of each cache every write is a hit, and the bus is silent.",
        stop_us: 130000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "False sharing, cured", "seed": 1,
  "setup": {"caches": 2, "size": 256, "ways": 2, "line": 64},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 1}}} },
    { "at_ms": 35, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1040", "value": 2}}} },
    { "at_ms": 65, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 3}}} },
    { "at_ms": 95, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1040", "value": 4}}} },
    { "at_ms": 125, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 5}}} },
    { "at_ms": 155, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1040", "value": 6}}} },
    { "at_ms": 185, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "0x1000", "value": 7}}} },
    { "at_ms": 215, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "0x1040", "value": 8}}} }
  ], "until_ms": 260 }"#,
    },
    Builtin {
        id: "eviction",
        watch: "Each cache holds two lines. c takes the place of a, the least recently used: a is modified and has to be written back first. d takes the place of b, which is as in memory and goes without a word.",
        stop_us: 89000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Eviction and write-back", "seed": 1,
  "setup": {"caches": 2, "lines": 2, "memory": {"b": 2, "c": 3, "d": 4}},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "a", "value": 1}}} },
    { "at_ms": 40, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "b"}}} },
    { "at_ms": 75, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "c"}}} },
    { "at_ms": 76, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "c"}}} },
    { "at_ms": 110, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "d", "value": 40}}} },
    { "at_ms": 150, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "a"}}} }
  ], "until_ms": 200 }"#,
    },
    Builtin {
        id: "write-back-cancelled",
        watch: "C1 wants the place of its modified line a and asks for a write-back; C2's read of a is before it in the queue. The flush for C2 puts a into memory, so the write-back is cancelled.",
        stop_us: 46000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "A write-back that is needless", "seed": 1,
  "setup": {"caches": 2, "lines": 1, "show": "a"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "a", "value": 1}}} },
    { "at_ms": 40, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "a"}}} },
    { "at_ms": 41, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "b"}}} }
  ], "until_ms": 120 }"#,
    },
    Builtin {
        id: "two-upgrades",
        watch: "C1 and C2 share a line and both want to write. C1 is first; its BusUpgr takes the line from C2, whose own BusUpgr cannot help any more and becomes a BusRdX.",
        stop_us: 76000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Two upgrades at once", "seed": 1,
  "setup": {"show": "x"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 30, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 70, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "x", "value": "from C1"}}} },
    { "at_ms": 70, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "x", "value": "from C2"}}} },
    { "at_ms": 130, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "slow-bus",
        watch: "The bus serves one at a time and needs 15 ms to choose: requests queue. From 80 ms on C3 is paused and answers no snoop, so that nobody gets anything until it goes on.",
        stop_us: 150000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "A slow bus, and a cache that stalls it", "seed": 1,
  "setup": {"bus_ms": 15},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "a"}}} },
    { "at_ms": 5, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "b"}}} },
    { "at_ms": 80, "act": {"pause": {"node": "C3"}} },
    { "at_ms": 82, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "b", "value": 1}}} },
    { "at_ms": 84, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "a"}}} },
    { "at_ms": 260, "act": {"resume": {"node": "C3"}} }
  ], "until_ms": 400 }"#,
    },
    Builtin {
        id: "dirty-crash",
        watch: "C1 has the newest value of x, and nobody else. When it crashes, that value is lost, and the trace says so; C2 reads what memory has. The copy of y was clean: nothing is lost with it.",
        stop_us: 76000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "A cache crashes with a modified line", "seed": 1,
  "setup": {"memory": {"x": "old", "y": "same"}},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "x", "value": "new"}}} },
    { "at_ms": 40, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "y"}}} },
    { "at_ms": 75, "act": {"crash": {"node": "C1"}} },
    { "at_ms": 80, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 120, "act": {"restart": {"node": "C1"}} },
    { "at_ms": 130, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "lost-message",
        watch: "The grant to C2 is lost. C2 asks again, the bus answers again; the transaction stays open meanwhile, so that there are never two writers.",
        stop_us: 60000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "A lost message", "seed": 1,
  "setup": {"retry_ms": 40, "show": "x"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "x", "value": 1}}} },
    { "at_ms": 40, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "x", "value": 2}}} },
    { "at_ms": 50, "act": {"message": {"from": "bus", "to": "C2", "n": 2, "drop": true}} },
    { "at_ms": 140, "act": {"request": {"node": "C3", "op": "read", "args": {"key": "x"}}} }
  ], "until_ms": 200 }"#,
    },
    Builtin {
        id: "cache-service",
        watch: "Two nodes of a cache service: C1 writes user_123, C2 reads it and gets it from C1, not from memory; C2's write then invalidates C1's copy, and C1 reads the new one.",
        stop_us: 70000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Write, read, write with a cache service", "seed": 1,
  "setup": {"caches": 2, "show": "user_123"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"http": "POST C1 /write/user_123 {\"value\": {\"name\": \"Ada\", \"visits\": 1}}"} },
    { "at_ms": 45, "act": {"http": "GET C2 /read/user_123"} },
    { "at_ms": 90, "act": {"http": "POST C2 /write/user_123 {\"value\": {\"name\": \"Ada\", \"visits\": 2}}"} },
    { "at_ms": 120, "act": {"http": "GET C1 /read/user_123"} },
    { "at_ms": 150, "act": {"http": "GET C1 /status"} },
    { "at_ms": 150, "act": {"http": "GET C1 /metrics"} }
  ], "until_ms": 180 }"#,
    },
    Builtin {
        id: "mix",
        watch: "C1 writes half of the time, C2 and C3 read; six of ten accesses are to shared keys. The lanes show how the lines wander; the metrics count what that costs.",
        stop_us: 600000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Readers and writers", "seed": 42,
  "setup": {"lines": 6},
  "network": {"delay_ms": {"uniform": [1, 3]}},
  "acts": [
    { "at_ms": 5, "act": {"workload": {"op": "access", "nodes": ["C1"], "count": 60, "every_ms": 25, "args": {"write_percent": 50, "shared_percent": 60}}} },
    { "at_ms": 5, "act": {"workload": {"op": "access", "nodes": ["C2", "C3"], "count": 120, "every_ms": 13, "args": {"write_percent": 0, "shared_percent": 60}}} }
  ], "until_ms": 1800 }"#,
    },
    Builtin {
        id: "broken-no-invalidate",
        watch: "C2 snoops that C1 writes, and keeps its copy. C1 has the line in M and C2 in S: two versions at once.",
        stop_us: 80000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Broken: nobody is invalidated", "seed": 1,
  "setup": {"broken": ["no-invalidate"]},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 35, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 70, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "x", "value": "new"}}} },
    { "at_ms": 110, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "x"}}} }
  ], "until_ms": 150 }"#,
    },
    Builtin {
        id: "broken-no-flush",
        watch: "C1 snoops C2's read and shares its modified line without putting it on the bus. C2 gets what memory has, which is old.",
        stop_us: 65000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Broken: nothing is flushed", "seed": 1,
  "setup": {"memory": {"x": "old"}, "broken": ["no-flush"]},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "x", "value": "new"}}} },
    { "at_ms": 45, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "x"}}} }
  ], "until_ms": 120 }"#,
    },
    Builtin {
        id: "broken-exclusive",
        watch: "C2 takes x as exclusive although C1 has it. Then it writes without a word, and C1 goes on reading the old value.",
        stop_us: 55000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Broken: exclusive without a look", "seed": 1,
  "setup": {"broken": ["exclusive-without-snoop"]},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 35, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 70, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "x", "value": "new"}}} },
    { "at_ms": 80, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} }
  ], "until_ms": 120 }"#,
    },
    Builtin {
        id: "broken-upgrade",
        watch: "C2's line is invalidated while its BusUpgr waits, and the BusUpgr stays one. So C1 and C2 both believe to be the only one, and C1 reads what C2 has overwritten.",
        stop_us: 110000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Broken: a stale upgrade", "seed": 1,
  "setup": {"broken": ["stale-upgrade"], "show": "x"},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 30, "act": {"request": {"node": "C2", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 70, "act": {"request": {"node": "C1", "op": "write", "args": {"key": "x", "value": "from C1"}}} },
    { "at_ms": 70, "act": {"request": {"node": "C2", "op": "write", "args": {"key": "x", "value": "from C2"}}} },
    { "at_ms": 110, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} }
  ], "until_ms": 150 }"#,
    },
    Builtin {
        id: "broken-no-retry",
        watch: "C1's request is lost and never repeated: its processor waits for ever.",
        stop_us: 60000,
        json: r#"{
  "format": "lightcone/1", "lab": "mesi", "title": "Broken: nobody asks again", "seed": 1,
  "setup": {"broken": ["no-retry"]},
  "network": {"delay_ms": 2},
  "acts": [
    { "at_ms": 5, "act": {"request": {"node": "C1", "op": "read", "args": {"key": "x"}}} },
    { "at_ms": 6, "act": {"message": {"from": "C1", "to": "bus", "n": 1, "drop": true}} }
  ], "until_ms": 100 }"#,
    },
];
