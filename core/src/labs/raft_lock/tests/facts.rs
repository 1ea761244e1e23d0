//! Facts with known answers, by the functions and servers that run in the lab.

mod tables;

use super::super::locks::deadlock;
use super::super::locks::{Change, Locks, Mode, Policy, Rules};
use super::super::log::{Entry, Lax, Log, commit_index};
use super::super::server::election::{count, vote_is_free};
use super::super::{Call, Command};
use crate::trace::NodeId;
use std::collections::BTreeSet;
use std::rc::Rc;

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

fn voted_for(node: NodeId) -> Option<NodeId> {
    Some(node).filter(|node| *node > 0)
}

#[test]
fn elections_are_counted() {
    let bits = |voters: &[u32]| voters.iter().map(|voter| 1u16 << voter).sum::<u16>();
    for row @ (servers, yes, no, stands) in tables::TALLY {
        // The candidate is number 1 and votes for itself.
        assert_eq!(count(servers, 2 | bits(yes), bits(no)), stands, "{row:?}");
    }
}

#[test]
fn votes_are_given_to_one_whose_log_is_up_to_date() {
    for row @ (voted, candidate, granted) in tables::ONE_VOTE {
        assert_eq!(vote_is_free(voted_for(voted), candidate), granted, "{row:?}");
    }
    for row @ (voter, last_term, last_index, allowed) in tables::UP_TO_DATE {
        assert_eq!(log(voter).allows(last_term, last_index), allowed, "{row:?}");
    }
    for row @ (last_term, last_index, voted, granted) in tables::VOTES {
        let gets = vote_is_free(voted_for(voted), 2) && log(&[2, 2]).allows(last_term, last_index);
        assert_eq!(gets, granted, "{row:?}");
    }
}

#[test]
fn appends_are_taken_or_refused() {
    let entries = |terms: &[u32]| -> Vec<Entry> { terms.iter().map(|term| entry(*term)).collect() };
    for row @ ((prev, prev_term), new, leader_commit, after, accepted) in tables::APPENDS {
        let mut log = log(&[1, 2]);
        let taken = log.accept(prev, prev_term, &entries(new), Lax::default());
        let commit = taken.map_or(0, |taken| leader_commit.min(taken.last_new));
        assert_eq!(taken.is_ok(), accepted, "{row:?}");
        assert_eq!((log.last_index(), commit), after, "{row:?}");
    }
    for row @ ((prev, prev_term), new, after) in tables::LOGS {
        let mut log = log(&[1, 2]);
        assert!(log.accept(prev, prev_term, &entries(new), Lax::default()).is_ok(), "{row:?}");
        assert_eq!(terms_of(&log), after, "{row:?}");
    }
}

#[test]
fn only_what_a_majority_has_of_the_current_term_is_committed() {
    for row @ (servers, acknowledged, commit) in tables::ACKNOWLEDGED {
        let matched: Vec<u32> = (0..servers).map(|i| u32::from(i <= acknowledged)).collect();
        assert_eq!(commit_index(&matched, &log(&[1]), 1, 0, false), commit, "{row:?}");
    }
    for row @ (matched, terms, term, commit) in tables::COMMITS {
        assert_eq!(commit_index(matched, &log(terms), term, 0, false), commit, "{row:?}");
    }
    for row @ (acknowledged, commit) in tables::OWN_TERM {
        assert_eq!(commit_index(&[4, acknowledged], &log(&tables::OLD_AND_OWN), 3, 0, false), commit, "{row:?}");
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
    let mut leader = log(&tables::FIGURE_7);
    // The no-op of the new term, and one proposal.
    leader.push(entry(tables::FIGURE_7_TERM));
    leader.push(entry(tables::FIGURE_7_TERM));
    for terms in tables::FIGURE_7_FOLLOWERS {
        let mut follower = log(terms);
        let messages = synchronise(&leader, &mut follower);
        assert_eq!(terms_of(&follower), terms_of(&leader), "{terms:?}");
        assert!(messages <= 5, "{messages} messages for {terms:?}");
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
        let rules = Rules {
            policy: Policy::Detect,
            no_dedupe: false,
            holders_only_graph: false,
            one_by_one: false,
            victim_outside_cycle: false,
        };
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

fn assert_no_circle(bench: &Bench, case: &str) {
    assert!(deadlock::cycle(&deadlock::edges(&bench.locks, false), 0).is_none(), "{case}: no circle stays");
}

#[test]
fn a_circle_costs_the_youngest_his_locks_and_the_other_goes_on() {
    for (case, steps, victim, other) in tables::CIRCLES {
        let (mut bench, mut last) = (Bench::new(), Vec::new());
        for step in steps {
            let words: Vec<&str> = step.split(' ').collect();
            let mode = if words[1] == "S" { Mode::Shared } else { Mode::Exclusive };
            last = bench.step(words[0], mode, words[2]);
            let waits = last.iter().any(|(who, c)| who == words[0] && *c == Change::Queued);
            assert!(!words.contains(&"waits") || waits, "{case}: {step}");
        }
        assert_eq!(aborted(&last), BTreeSet::from([victim]), "{case}");
        assert!(last.contains(&(other.to_string(), Change::Granted)), "{case}: the other goes on");
        assert_no_circle(&bench, case);
    }
}

#[test]
fn a_circle_of_the_graph_is_seen_with_the_edge_that_closes_it() {
    for (case, edges) in tables::GRAPHS {
        let mut bench = Bench::new();
        let all: BTreeSet<&str> = edges.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
        all.iter().for_each(|who| bench.own(who));
        for (from, to, closes) in edges {
            assert_eq!(!aborted(&bench.edge(from, to)).is_empty(), *closes, "{case}: {from} waits for {to}");
        }
        assert_no_circle(&bench, case);
    }
}

#[test]
fn those_who_share_never_abort_each_other() {
    let mut bench = Bench::new();
    let all: Vec<_> = (0..20).flat_map(|i| bench.step(&format!("t{i}"), Mode::Shared, "r")).collect();
    assert!(all.iter().all(|(_, change)| *change == Change::Granted));
    assert_no_circle(&bench, "TUM: twenty share one lock");
}
