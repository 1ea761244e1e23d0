//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 28] = [
    Builtin {
        id: "first-election",
        watch: "Nobody leads at first. The server whose timeout is shortest asks who would vote for it, then asks for the votes, and starts its term with a no-op.",
        stop_us: 260000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "First election", "seed": 42,
  "setup": {"servers": 5},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 500, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 560, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 700, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} }
  ], "until_ms": 900 }"#,
    },
    Builtin {
        id: "split-vote",
        watch: "S1 and S2 stand at the same moment and get two votes each of four. Nobody wins term 1; the next timeouts are drawn anew.",
        stop_us: 60000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Split vote", "seed": 3,
  "setup": {"servers": 4, "prevote": false, "check_quorum": false},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 10, "act": {"timeout": {"node": "S2", "timer": "election"}} },
    { "at_ms": 600, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} }
  ], "until_ms": 900 }"#,
    },
    Builtin {
        id: "leader-crash",
        watch: "S1 leads and crashes with a lock granted. The others elect a new leader, and client_A still holds its lock.",
        stop_us: 480000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "The leader crashes", "seed": 5,
  "setup": {},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 200, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 400, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 900, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} },
    { "at_ms": 1200, "act": {"restart": {"node": "S1"}} }
  ], "until_ms": 1600 }"#,
    },
    Builtin {
        id: "minority-leader",
        watch: "S1 is cut off with S2 and takes three commands that it can never commit. The majority goes on in a new term; after healing they are overwritten.",
        stop_us: 900000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "A leader in the minority", "seed": 8,
  "setup": {"check_quorum": false},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "x"}}} },
    { "at_ms": 180, "act": {"partition": {"groups": [["S1", "S2", "client_A", "client_B", "client_C"], ["S3", "S4", "S5"]]}} },
    { "at_ms": 190, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 190, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b", "via": "S1"}}} },
    { "at_ms": 190, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "c", "via": "S1"}}} },
    { "at_ms": 900, "act": {"heal": {}} }
  ], "until_ms": 1600 }"#,
    },
    Builtin {
        id: "figure-7",
        watch: "S1 comes to power in term 8 with the logs of Figure 7: followers lack entries, have too many, or both. Each refusal skips a whole term.",
        stop_us: 60000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Figure 7", "seed": 7,
  "setup": {"servers": 7, "logs": {"S1": [1, 1, 1, 4, 4, 5, 5, 6, 6, 6], "S2": [1, 1, 1, 4, 4, 5, 5, 6, 6], "S3": [1, 1, 1, 4], "S4": [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6], "S5": [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7], "S6": [1, 1, 1, 4, 4, 4, 4], "S7": [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]}, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 300, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} }
  ], "until_ms": 600 }"#,
    },
    Builtin {
        id: "figure-8",
        watch: "S1's entry of term 1 is on a majority in (c), but term 3 has committed nothing. So it is not committed, and S5 may overwrite it in (d).",
        stop_us: 265000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Figure 8, (a) to (d)", "seed": 1,
  "setup": {"noop": false, "max_append_entries": 1, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 35, "act": {"partition": {"groups": [["S1", "S2", "client_A"]]}} },
    { "at_ms": 40, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 75, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 80, "act": {"partition": {"groups": [["S3", "S4", "S5", "client_B"]]}} },
    { "at_ms": 85, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 112, "act": {"partition": {"groups": [["S5", "client_B"]]}} },
    { "at_ms": 113, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b", "via": "S5"}}} },
    { "at_ms": 140, "act": {"crash": {"node": "S5"}} },
    { "at_ms": 145, "act": {"partition": {"groups": [["S1", "S2", "S3", "client_A", "client_C"]]}} },
    { "at_ms": 146, "act": {"restart": {"node": "S1"}} },
    { "at_ms": 150, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 180, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 265, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 270, "act": {"heal": {}} },
    { "at_ms": 271, "act": {"restart": {"node": "S5"}} },
    { "at_ms": 275, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 310, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 440, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "c", "via": "S5"}}} }
  ], "until_ms": 900 }"#,
    },
    Builtin {
        id: "figure-8-e",
        watch: "As before, but S1 gets an entry of its own term 3 onto a majority. That commits the old one too, and S5 cannot win any more.",
        stop_us: 290000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Figure 8, (e)", "seed": 1,
  "setup": {"noop": false, "max_append_entries": 1, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 35, "act": {"partition": {"groups": [["S1", "S2", "client_A"]]}} },
    { "at_ms": 40, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 75, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 80, "act": {"partition": {"groups": [["S3", "S4", "S5", "client_B"]]}} },
    { "at_ms": 85, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 112, "act": {"partition": {"groups": [["S5", "client_B"]]}} },
    { "at_ms": 113, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b", "via": "S5"}}} },
    { "at_ms": 140, "act": {"crash": {"node": "S5"}} },
    { "at_ms": 145, "act": {"partition": {"groups": [["S1", "S2", "S3", "client_A", "client_C"]]}} },
    { "at_ms": 146, "act": {"restart": {"node": "S1"}} },
    { "at_ms": 150, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 180, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 205, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "c", "via": "S1"}}} },
    { "at_ms": 300, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 310, "act": {"heal": {}} },
    { "at_ms": 311, "act": {"restart": {"node": "S5"}} },
    { "at_ms": 320, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 360, "act": {"timeout": {"node": "S5", "timer": "election"}} }
  ], "until_ms": 900 }"#,
    },
    Builtin {
        id: "disruptive",
        watch: "S5 is cut off and stands again and again. When it comes back, its term has run ahead, and the leader that all others were happy with must step down.",
        stop_us: 1110000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "A disruptive server", "seed": 4,
  "setup": {"prevote": false, "check_quorum": false},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 150, "act": {"partition": {"groups": [["S5"], ["S1", "S2", "S3", "S4", "client_A", "client_B", "client_C"]]}} },
    { "at_ms": 1100, "act": {"heal": {}} },
    { "at_ms": 1300, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} }
  ], "until_ms": 1800 }"#,
    },
    Builtin {
        id: "disruptive-prevote",
        watch: "The same with PreVote: S5 asks who would vote for it, and nobody would. Its term stays, and it comes back without a sound.",
        stop_us: 1110000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "PreVote keeps the peace", "seed": 4,
  "setup": {"prevote": true, "check_quorum": false},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 150, "act": {"partition": {"groups": [["S5"], ["S1", "S2", "S3", "S4", "client_A", "client_B", "client_C"]]}} },
    { "at_ms": 1100, "act": {"heal": {}} },
    { "at_ms": 1300, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} }
  ], "until_ms": 1800 }"#,
    },
    Builtin {
        id: "snapshot",
        watch: "S3 is down while the others cut off the entries that it lacks. The leader sends it the snapshot instead.",
        stop_us: 1250000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Caught up by a snapshot", "seed": 2,
  "setup": {"servers": 3, "snapshot_every": 4},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 160, "act": {"crash": {"node": "S3"}} },
    { "at_ms": 200, "act": {"workload": {"op": "work", "nodes": ["client_B", "client_C"], "count": 6, "every_ms": 90, "args": {"resource_ids": ["b"]}}} },
    { "at_ms": 1200, "act": {"restart": {"node": "S3"}} }
  ], "until_ms": 1600 }"#,
    },
    Builtin {
        id: "transfer",
        watch: "S1 is asked to hand over: it takes nothing new, brings S3 up to date and tells it to stand at once, past everybody's patience.",
        stop_us: 330000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Leadership transfer", "seed": 2,
  "setup": {},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 150, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 300, "act": {"request": {"node": "S1", "op": "transfer", "args": {"to": "S3"}}} },
    { "at_ms": 420, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} }
  ], "until_ms": 700 }"#,
    },
    Builtin {
        id: "deadlock-two",
        watch: "client_A holds a and wants b, client_B holds b and wants a. The entry that closes the circle aborts the younger transaction.",
        stop_us: 440000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Deadlock of two", "seed": 1,
  "setup": {"servers": 3},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 200, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 300, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 400, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 600, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} },
    { "at_ms": 700, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "b"}}} }
  ], "until_ms": 900 }"#,
    },
    Builtin {
        id: "deadlock-three",
        watch: "Each of three holds what the next one wants. One is aborted, and the other two finish.",
        stop_us: 540000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Deadlock of three", "seed": 1,
  "setup": {"servers": 3},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 160, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 220, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "c"}}} },
    { "at_ms": 300, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 380, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "c"}}} },
    { "at_ms": 480, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 650, "act": {"request": {"node": "client_B", "op": "release", "args": {"resource_id": "c"}}} },
    { "at_ms": 700, "act": {"request": {"node": "client_B", "op": "release", "args": {"resource_id": "b"}}} },
    { "at_ms": 800, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "b"}}} },
    { "at_ms": 850, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} }
  ], "until_ms": 1000 }"#,
    },
    Builtin {
        id: "shared-behind-exclusive",
        watch: "client_A reads, client_B waits to write. client_C could read at once with client_A, but then client_B might wait for ever: it waits behind.",
        stop_us: 330000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Shared behind a waiting exclusive", "seed": 1,
  "setup": {"servers": 3},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "lock_type": "shared"}}} },
    { "at_ms": 200, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a", "lock_type": "exclusive"}}} },
    { "at_ms": 280, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "a", "lock_type": "shared"}}} },
    { "at_ms": 400, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} },
    { "at_ms": 550, "act": {"request": {"node": "client_B", "op": "release", "args": {"resource_id": "a"}}} }
  ], "until_ms": 800 }"#,
    },
    Builtin {
        id: "queue-order",
        watch: "client_C waits for client_B only because that one waits before it in the queue. Without such edges nobody would see the circle.",
        stop_us: 520000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "A deadlock through queue order", "seed": 1,
  "setup": {"servers": 3},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "lock_type": "shared"}}} },
    { "at_ms": 160, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 220, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a", "lock_type": "exclusive"}}} },
    { "at_ms": 300, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "a", "lock_type": "shared"}}} },
    { "at_ms": 420, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 600, "act": {"request": {"node": "client_C", "op": "release", "args": {"resource_id": "b"}}} },
    { "at_ms": 650, "act": {"request": {"node": "client_C", "op": "release", "args": {"resource_id": "a"}}} },
    { "at_ms": 700, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "b"}}} },
    { "at_ms": 760, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} }
  ], "until_ms": 1000 }"#,
    },
    Builtin {
        id: "client-crash",
        watch: "client_A holds a and dies. Nobody hears of it again, its lease ends through the log, and client_B gets the lock under a higher token.",
        stop_us: 950000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "A client crashes with a lock", "seed": 1,
  "setup": {"servers": 3, "lease_ms": 600},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 200, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 300, "act": {"crash": {"node": "client_A"}} },
    { "at_ms": 1300, "act": {"restart": {"node": "client_A"}} }
  ], "until_ms": 1500 }"#,
    },
    Builtin {
        id: "load",
        watch: "Three clients work with the same few locks while links lose messages and a leader crashes. Count the deadlocks.",
        stop_us: 1200000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Many at once", "seed": 11,
  "setup": {},
  "network": {"delay_ms": {"uniform": [4, 14]}, "loss": 0.03, "duplicate": 0.03},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S2", "timer": "election"}} },
    { "at_ms": 200, "act": {"workload": {"op": "work", "nodes": ["client_A", "client_B", "client_C"], "count": 24, "every_ms": 60}} },
    { "at_ms": 250, "act": {"workload": {"op": "locks", "nodes": ["client_A", "client_B", "client_C"], "count": 5, "every_ms": 300}} },
    { "at_ms": 900, "act": {"crash": {"node": "S2"}} },
    { "at_ms": 1500, "act": {"restart": {"node": "S2"}} }
  ], "until_ms": 4000 }"#,
    },
    Builtin {
        id: "broken-vote",
        watch: "S2 votes for S1, restarts, and votes for S3 in the same term: two leaders, one of whom overwrites the other.",
        stop_us: 135000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: the vote is forgotten", "seed": 1,
  "setup": {"broken": ["vote-not-persisted"], "servers": 3, "logs": {"S3": [1]}, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 1, "act": {"partition": {"groups": [["S1", "S2", "client_A"], ["S3", "client_B"]]}} },
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 35, "act": {"crash": {"node": "S2"}} },
    { "at_ms": 40, "act": {"restart": {"node": "S2"}} },
    { "at_ms": 45, "act": {"partition": {"groups": [["S2", "S3", "client_B"], ["S1", "client_A"]]}} },
    { "at_ms": 50, "act": {"timeout": {"node": "S3", "timer": "election"}} },
    { "at_ms": 90, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 90, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b", "via": "S3"}}} },
    { "at_ms": 125, "act": {"heal": {}} }
  ], "until_ms": 500 }"#,
    },
    Builtin {
        id: "broken-term",
        watch: "S3 is in term 1, restarts, and is in term 0.",
        stop_us: 110000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: the term is forgotten", "seed": 1,
  "setup": {"broken": ["term-not-persisted"], "servers": 3},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"crash": {"node": "S3"}} },
    { "at_ms": 105, "act": {"restart": {"node": "S3"}} }
  ], "until_ms": 400 }"#,
    },
    Builtin {
        id: "broken-figure-8",
        watch: "S1 counts replicas of its old entry and calls it committed in (c). In (d) S5 overwrites it all the same.",
        stop_us: 265000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: Figure 8", "seed": 1,
  "setup": {"broken": ["commit-previous-term"], "noop": false, "max_append_entries": 1, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 35, "act": {"partition": {"groups": [["S1", "S2", "client_A"]]}} },
    { "at_ms": 40, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 75, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 80, "act": {"partition": {"groups": [["S3", "S4", "S5", "client_B"]]}} },
    { "at_ms": 85, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 112, "act": {"partition": {"groups": [["S5", "client_B"]]}} },
    { "at_ms": 113, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b", "via": "S5"}}} },
    { "at_ms": 140, "act": {"crash": {"node": "S5"}} },
    { "at_ms": 145, "act": {"partition": {"groups": [["S1", "S2", "S3", "client_A", "client_C"]]}} },
    { "at_ms": 146, "act": {"restart": {"node": "S1"}} },
    { "at_ms": 150, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 180, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 265, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 270, "act": {"heal": {}} },
    { "at_ms": 271, "act": {"restart": {"node": "S5"}} },
    { "at_ms": 275, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 310, "act": {"timeout": {"node": "S5", "timer": "election"}} },
    { "at_ms": 440, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "c", "via": "S5"}}} }
  ], "until_ms": 900 }"#,
    },
    Builtin {
        id: "broken-restriction",
        watch: "S3 has missed what is committed, and is elected all the same: it overwrites a lock that client_A was told it has.",
        stop_us: 250000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: any candidate will do", "seed": 1,
  "setup": {"broken": ["no-election-restriction"], "servers": 3, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 50, "act": {"partition": {"groups": [["S1", "S2", "client_A"], ["S3"]]}} },
    { "at_ms": 60, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 200, "act": {"heal": {}} },
    { "at_ms": 201, "act": {"crash": {"node": "S1"}} },
    { "at_ms": 205, "act": {"timeout": {"node": "S3", "timer": "election"}} },
    { "at_ms": 300, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b", "via": "S3"}}} }
  ], "until_ms": 800 }"#,
    },
    Builtin {
        id: "broken-log-check",
        watch: "S3 has entries of term 2 where the leader has others. It takes what follows without looking, and its log is a mixture.",
        stop_us: 60000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: the entry before is not compared", "seed": 1,
  "setup": {"broken": ["no-log-check"], "servers": 3, "noop": false, "logs": {"S1": [1, 1, 3], "S2": [1, 1, 3], "S3": [1, 2, 2]}, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 60, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} }
  ], "until_ms": 400 }"#,
    },
    Builtin {
        id: "broken-truncate",
        watch: "An append that was under way for long arrives at S2 after later ones, and S2 throws away what it had, though it is committed.",
        stop_us: 330000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: an old append cuts the log", "seed": 1,
  "setup": {"broken": ["truncate-on-stale-append"], "servers": 3, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 60, "act": {"link": {"from": "S1", "to": "S2", "delay_ms": 200}} },
    { "at_ms": 65, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 80, "act": {"link": {"from": "S1", "to": "S2", "delay_ms": 10}} },
    { "at_ms": 180, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b", "via": "S1"}}} }
  ], "until_ms": 500 }"#,
    },
    Builtin {
        id: "broken-commit-min",
        watch: "S3 has uncommitted entries of another leader. It takes the leader's commit index for its own and applies them.",
        stop_us: 70000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: the end of its own log", "seed": 1,
  "setup": {"broken": ["commit-min-last-index"], "servers": 3, "max_append_entries": 1, "logs": {"S1": [1, 2, 2, 2], "S2": [1, 2, 2, 2], "S3": [1, 1, 1, 1]}, "prevote": false, "check_quorum": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 30, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} }
  ], "until_ms": 400 }"#,
    },
    Builtin {
        id: "broken-reads",
        watch: "S1 is cut off and does not know that S3 leads. It answers client_B from a time before client_A got its lock.",
        stop_us: 700000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: reads from an old leader", "seed": 1,
  "setup": {"broken": ["stale-reads"], "servers": 3, "check_quorum": false, "prevote": false, "election_ms": [1000, 1400], "heartbeat_ms": 50},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"partition": {"groups": [["S1", "client_B"], ["S2", "S3", "client_A"]]}} },
    { "at_ms": 150, "act": {"timeout": {"node": "S3", "timer": "election"}} },
    { "at_ms": 260, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S3"}}} },
    { "at_ms": 650, "act": {"request": {"node": "client_B", "op": "locks", "args": {"via": "S1"}}} }
  ], "until_ms": 800 }"#,
    },
    Builtin {
        id: "broken-dedupe",
        watch: "A copy of client_A's release is late. It gives back the lock that client_A has got in the meantime, and client_B gets it too.",
        stop_us: 560000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: twice is twice", "seed": 1,
  "setup": {"broken": ["no-dedupe"], "servers": 3, "retry_ms": 900},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "via": "S1"}}} },
    { "at_ms": 200, "act": {"request": {"node": "client_A", "op": "release", "args": {"resource_id": "a"}}} },
    { "at_ms": 205, "act": {"message": {"from": "client_A", "to": "S1", "n": 2, "duplicate": true}} },
    { "at_ms": 206, "act": {"message": {"from": "client_A", "to": "S1", "n": 2, "deliver_in_ms": 300}} },
    { "at_ms": 300, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 400, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a"}}} }
  ], "until_ms": 800 }"#,
    },
    Builtin {
        id: "broken-victim",
        watch: "A circle of client_A and client_B is broken by aborting client_C, which waits for nobody.",
        stop_us: 520000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: the wrong victim", "seed": 1,
  "setup": {"broken": ["victim-outside-cycle"], "servers": 3},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a"}}} },
    { "at_ms": 160, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 220, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "c"}}} },
    { "at_ms": 300, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 420, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a"}}} }
  ], "until_ms": 700 }"#,
    },
    Builtin {
        id: "broken-graph",
        watch: "The circle goes through the order of the queue, and the graph leaves that out: three clients wait for ever.",
        stop_us: 520000,
        json: r#"{
  "format": "lightcone/1", "lab": "raft-lock", "title": "Broken: only holders count", "seed": 1,
  "setup": {"broken": ["holders-only-graph"], "servers": 3},
  "network": {"delay_ms": 10},
  "acts": [
    { "at_ms": 10, "act": {"timeout": {"node": "S1", "timer": "election"}} },
    { "at_ms": 100, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "a", "lock_type": "shared"}}} },
    { "at_ms": 160, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "b"}}} },
    { "at_ms": 220, "act": {"request": {"node": "client_B", "op": "acquire", "args": {"resource_id": "a", "lock_type": "exclusive"}}} },
    { "at_ms": 300, "act": {"request": {"node": "client_C", "op": "acquire", "args": {"resource_id": "a", "lock_type": "shared"}}} },
    { "at_ms": 420, "act": {"request": {"node": "client_A", "op": "acquire", "args": {"resource_id": "b"}}} }
  ], "until_ms": 800 }"#,
    },
];
