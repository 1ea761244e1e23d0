//! Facts with known answers: the tables of `raft/vectors.json` and `deadlock/cases.json` of the shared data, as far as
//! they are to be had, by the functions and servers that run in the lab.

use super::super::locks::deadlock;
use super::super::locks::{Change, Locks, Mode, Policy, Rules};
use super::super::server::election::{Count, count, vote_is_free};
use super::super::server::log::{Entry, Lax, Log, commit_index};
use super::super::{Call, Command};
use crate::trace::NodeId;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

fn shared(file: &str) -> Option<Value> {
    let folder = std::env::var_os("LIGHTCONE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    match std::fs::read_to_string(folder.join(file)) {
        Ok(text) => Some(serde_json::from_str(&text).expect("the table is JSON")),
        Err(e) => {
            println!("skipped: {file} is not to be had ({e}); set LIGHTCONE_DATA to the folder of the shared data");
            None
        }
    }
}

fn int(value: &Value) -> u32 {
    value.as_u64().expect("a number") as u32
}

fn terms(value: &Value) -> Vec<u32> {
    value.as_array().expect("terms").iter().map(int).collect()
}

fn entry(term: u32) -> Entry {
    Entry { term, command: Rc::new(Command::Noop) }
}

fn log(terms: &[u32]) -> Log {
    let mut log = Log::default();
    for &term in terms {
        log.push(entry(term));
    }
    log
}

fn terms_of(log: &Log) -> Vec<u32> {
    log.iter_from(1).map(|(_, e)| e.term).collect()
}

fn rows<'a>(table: &'a Value, name: &str) -> &'a Vec<Value> {
    table[name].as_array().unwrap_or_else(|| panic!("{name} has rows"))
}

#[test]
fn elections_are_counted_and_votes_are_given_as_the_tables_say() {
    let Some(table) = shared("raft/vectors.json") else { return };
    let mut held = 0;
    for row in rows(&table, "election_tally") {
        // The candidate is number 1 and votes for itself.
        let (mut yes, mut no) = (2u16, 0);
        for (voter, vote) in row["votes"].as_object().expect("votes") {
            let bit = 1 << voter.parse::<u32>().expect("a number");
            if int(vote) == 1 { yes |= bit } else { no |= bit }
        }
        let expected = match row["state"].as_str().expect("a state") {
            "Leader" => Count::Won,
            "Follower" => Count::Lost,
            _ => Count::Open,
        };
        assert_eq!(count(int(&row["n"]) as usize, yes, no), expected, "{row}");
        held += 1;
    }
    let voted = |row: &Value| Some(int(&row["votedFor"]) as NodeId).filter(|v| *v > 0);
    for row in rows(&table, "one_vote_per_term") {
        let free = vote_is_free(voted(row), int(&row["candidate"]) as NodeId);
        assert_eq!(free, int(&row["reject"]) == 0, "{row}");
        held += 1;
    }
    for row in rows(&table, "log_up_to_date") {
        let allows =
            log(&terms(&row["voter_log_terms"])).allows(int(&row["cand_last_term"]), int(&row["cand_last_index"]));
        assert_eq!(allows, int(&row["reject"]) == 0, "{row}");
        held += 1;
    }
    for row in rows(&table, "vote_grid_voter_log_[2,2]") {
        // The candidate is number 2.
        let granted = vote_is_free(voted(row), 2) && log(&[2, 2]).allows(int(&row["logterm"]), int(&row["index"]));
        assert_eq!(granted, int(&row["reject"]) == 0, "{row}");
        held += 1;
    }
    println!("{held} rows");
    assert_eq!(held, 13 + 6 + 10 + 18);
}

#[test]
fn appends_are_taken_as_the_tables_say() {
    let Some(table) = shared("raft/vectors.json") else { return };
    for row in rows(&table, "handle_append_log_[1,2]_term2") {
        let mut log = log(&[1, 2]);
        let entries: Vec<Entry> =
            row["entries"].as_array().expect("entries").iter().map(|e| entry(int(&e[1]))).collect();
        let taken = log.accept(int(&row["prevIndex"]), int(&row["prevTerm"]), &entries, Lax::default());
        let commit = taken.map_or(0, |taken| int(&row["leaderCommit"]).min(taken.last_new));
        assert_eq!(taken.is_err(), int(&row["reject"]) == 1, "{row}");
        assert_eq!((log.last_index(), commit), (int(&row["lastIndex"]), int(&row["commit"])), "{row}");
    }
    for row in rows(&table, "follower_append_log_[1,2]") {
        let mut log = log(&[1, 2]);
        let entries: Vec<Entry> =
            row["entries"].as_array().expect("entries").iter().map(|e| entry(int(&e[1]))).collect();
        let taken = log.accept(int(&row["prevIndex"]), int(&row["prevTerm"]), &entries, Lax::default());
        assert!(taken.is_ok(), "{row}");
        assert_eq!(terms_of(&log), terms(&row["result_terms"]), "{row}");
    }
}

#[test]
fn only_what_a_majority_has_of_the_current_term_is_committed() {
    let Some(table) = shared("raft/vectors.json") else { return };
    for row in rows(&table, "leader_commit_acks") {
        let (n, acks) = (int(&row["n"]) as usize, int(&row["acks"]) as usize);
        let matched: Vec<u32> = (0..n).map(|i| u32::from(i <= acks)).collect();
        assert_eq!(commit_index(&matched, &log(&[1]), 1, 0, false), int(&row["commit"]), "{row}");
    }
    for row in rows(&table, "maybe_commit") {
        let commit = commit_index(&terms(&row["match"]), &log(&terms(&row["log_terms"])), int(&row["term"]), 0, false);
        assert_eq!(commit, int(&row["commit"]), "{row}");
    }
    let facts = &table["only_current_term_commits"];
    let term = int(&facts["leader_term"]);
    let mut all = terms(&facts["log_terms"]);
    all.extend([term, term]);
    for case in facts["cases"].as_array().expect("cases") {
        let commit = commit_index(&[4, int(&case["ack_index"])], &log(&all), term, 0, false);
        assert_eq!(commit, int(&case["commit"]), "{case}");
    }
}

/// Refusals and appends by turns, until the follower has what the leader has. The number of messages is bounded by the
/// number of terms, not of entries (§5.3, end).
fn synchronise(leader: &Log, follower: &mut Log) -> u32 {
    let mut next = leader.last_index() + 1;
    for messages in 1..100 {
        let prev = next - 1;
        let prev_term = leader.term_at(prev).expect("it is there");
        match follower.accept(prev, prev_term, &leader.slice(next, 0), Lax::default()) {
            Ok(_) => return messages,
            Err(conflict) => next = leader.next_after(conflict).min(next - 1).max(1),
        }
    }
    panic!("the logs never agree");
}

#[test]
fn the_followers_of_figure_7_come_to_agree() {
    let Some(table) = shared("raft/vectors.json") else { return };
    let facts = &table["figure7_sync"];
    let mut leader = log(&terms(&facts["leader"]));
    let new_term = int(&facts["leader_new_term"]);
    // The no-op of the new term, and one proposal.
    leader.push(entry(new_term));
    leader.push(entry(new_term));
    for row in facts["followers"].as_array().expect("followers") {
        let mut follower = log(&terms(row));
        let messages = synchronise(&leader, &mut follower);
        assert_eq!(terms_of(&follower), terms_of(&leader), "{row}");
        assert!(messages <= 5, "{messages} messages for {row}");
    }
}

/// A little client of the lock table: `s1 S a`, where the transaction may wait.
struct Bench {
    locks: Locks,
    index: u32,
    names: Vec<String>,
}

impl Bench {
    fn new() -> Bench {
        Bench { locks: Locks::default(), index: 0, names: Vec::new() }
    }

    fn number(&mut self, name: &str) -> NodeId {
        let place = self.names.iter().position(|n| n == name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        place as NodeId
    }

    /// Takes a step, and tells who got what, who waits and who was aborted.
    fn step(&mut self, who: &str, mode: Mode, what: &str) -> Vec<(String, Change)> {
        let client = self.number(who);
        self.index += 1;
        let call = Call { client, session: 1, serial: self.index };
        let command = Command::Acquire { call, resource: what.into(), mode };
        let rules =
            Rules { policy: Policy::Detect, no_dedupe: false, holders_only_graph: false, victim_outside_cycle: false };
        let done = self.locks.apply(&rules, self.index, &command);
        done.effects.iter().map(|e| (self.names[usize::from(e.client)].clone(), e.change)).collect()
    }

    /// An edge of a wait-for graph: the second holds a lock of its own that the first asks for.
    fn edge(&mut self, from: &str, to: &str) -> Vec<(String, Change)> {
        self.step(from, Mode::Exclusive, &format!("of {to}"))
    }

    fn own(&mut self, who: &str) {
        self.step(who, Mode::Exclusive, &format!("of {who}"));
    }
}

fn aborted(effects: &[(String, Change)]) -> BTreeSet<&str> {
    effects.iter().filter(|(_, c)| *c == Change::Aborted).map(|(who, _)| who.as_str()).collect()
}

#[test]
fn deadlocks_have_the_victims_that_the_cases_say() {
    let Some(table) = shared("deadlock/cases.json") else { return };
    let mut held = 0;
    for case in table["cases"].as_array().expect("cases") {
        let id = case["id"].as_str().expect("an id");
        let mut bench = Bench::new();
        if let Some(steps) = case["steps"].as_array().filter(|s| s.len() > 1) {
            let mut last = Vec::new();
            for step in steps {
                let words: Vec<&str> = step.as_str().expect("a step").split(' ').collect();
                let mode = if words[1] == "S" { Mode::Shared } else { Mode::Exclusive };
                last = bench.step(words[0], mode, words[2]);
                let waits = last.iter().any(|(who, c)| who == words[0] && *c == Change::Queued);
                assert!(!words.contains(&"waits") || waits, "{id}: {step}");
            }
            let (victim, other) = if id.starts_with("pg") { ("s2", "s1") } else { ("t1", "t0") };
            assert_eq!(aborted(&last), BTreeSet::from([victim]), "{id}");
            assert!(last.contains(&(other.to_string(), Change::Granted)), "{id}: the other goes on");
        } else if let Some(edges) = case["edges"].as_array() {
            let name = |v: &Value| v.as_str().expect("a name").split(' ').next().expect("a word").to_string();
            let edges: Vec<(String, String)> = edges.iter().map(|e| (name(&e[0]), name(&e[1]))).collect();
            let all: BTreeSet<&String> = edges.iter().flat_map(|(a, b)| [a, b]).collect();
            all.iter().for_each(|who| bench.own(who));
            let deadlocks: Vec<bool> =
                edges.iter().map(|(from, to)| !aborted(&bench.edge(from, to)).is_empty()).collect();
            let expected = match id {
                "tum-2" => vec![false, true],
                "tum-3" => vec![false, false, true],
                "tum-cleanup" => vec![false, true, false],
                _ => vec![false; edges.len()],
            };
            assert_eq!(deadlocks, expected, "{id}");
        } else {
            let all: Vec<_> = (0..20).flat_map(|i| bench.step(&format!("t{i}"), Mode::Shared, "r")).collect();
            assert!(all.iter().all(|(_, change)| *change == Change::Granted), "{id}: sharing aborts nobody");
        }
        assert!(deadlock::cycle(&deadlock::edges(&bench.locks, false), 0).is_none(), "{id}: no circle stays");
        held += 1;
    }
    assert_eq!(held, 7);
}
