//! Facts with known answers, as tables: what servers of Raft and lock managers do in cases that others have written down.
//! The rows hold facts from the tests of etcd's Raft library (`raft_paper_test.go`, `raft_test.go`), from the paper's
//! Figure 7, and from the deadlock tests of PostgreSQL, BusTub and TUM's course on database systems.

use super::super::super::server::election::Count::{self, Lost, Open, Won};

/// Index and term, or last index and commit index.
pub(super) type Pair = (u32, u32);
/// Who waits for whom, and whether that closes a circle.
pub(super) type Edge = (&'static str, &'static str, bool);

/// Servers, those who vote for the candidate besides itself (number 1), those who do not, and how the election stands.
pub(super) const TALLY: [(usize, &[u32], &[u32], Count); 13] = [
    (1, &[], &[], Won),
    (3, &[2, 3], &[], Won),
    (3, &[2], &[], Won),
    (5, &[2, 3, 4, 5], &[], Won),
    (5, &[2, 3, 4], &[], Won),
    (5, &[2, 3], &[], Won),
    (3, &[], &[2, 3], Lost),
    (5, &[], &[2, 3, 4, 5], Lost),
    (5, &[2], &[3, 4, 5], Lost),
    (3, &[], &[], Open),
    (5, &[2], &[], Open),
    (5, &[], &[2, 3], Open),
    (5, &[], &[], Open),
];

/// Whom a server has voted for in the term (0: nobody), who asks, and whether that one gets the vote.
pub(super) const ONE_VOTE: [(u16, u16, bool); 6] =
    [(0, 2, true), (0, 3, true), (2, 2, true), (3, 3, true), (2, 3, false), (3, 2, false)];

/// The terms of the voter's log, term and index of the candidate's last entry, and whether it is up to date.
pub(super) const UP_TO_DATE: [(&[u32], u32, u32, bool); 10] = [
    (&[1], 1, 1, true),
    (&[1], 1, 2, true),
    (&[1, 1], 1, 1, false),
    (&[1], 2, 1, true),
    (&[1], 2, 2, true),
    (&[1, 1], 2, 1, true),
    (&[2], 1, 1, false),
    (&[2], 1, 2, false),
    (&[2, 2], 1, 1, false),
    (&[1, 1], 1, 1, false),
];

/// A voter whose log has two entries of term 2: term and index of the last entry of candidate 2, whom the voter has
/// voted for, and whether candidate 2 gets the vote.
pub(super) const VOTES: [(u32, u32, u16, bool); 18] = [
    (0, 0, 0, false),
    (1, 0, 0, false),
    (2, 0, 0, false),
    (3, 0, 0, true),
    (0, 1, 0, false),
    (1, 1, 0, false),
    (2, 1, 0, false),
    (3, 1, 0, true),
    (0, 2, 0, false),
    (1, 2, 0, false),
    (2, 2, 0, true),
    (3, 2, 0, true),
    (0, 3, 0, false),
    (1, 3, 0, false),
    (2, 3, 0, true),
    (3, 3, 0, true),
    (2, 3, 2, true),
    (2, 3, 1, false),
];

/// An append to a log with entries of the terms 1 and 2: index and term before, terms of the new entries, the leader's
/// commit index; then the last index, the commit index, and whether it was taken.
pub(super) const APPENDS: [(Pair, &[u32], u32, Pair, bool); 11] = [
    ((2, 3), &[], 3, (2, 0), false),
    ((3, 3), &[], 3, (2, 0), false),
    ((1, 1), &[], 1, (2, 1), true),
    ((0, 0), &[2], 1, (1, 1), true),
    ((2, 2), &[2, 2], 3, (4, 3), true),
    ((2, 2), &[2], 4, (3, 3), true),
    ((1, 1), &[2], 4, (2, 2), true),
    ((1, 1), &[], 3, (2, 1), true),
    ((1, 1), &[2], 3, (2, 2), true),
    ((2, 2), &[], 3, (2, 2), true),
    ((2, 2), &[], 4, (2, 2), true),
];

/// An append to the same log: index and term before, terms of the new entries, and the terms of the log after it.
pub(super) const LOGS: [(Pair, &[u32], &[u32]); 4] =
    [((2, 2), &[3], &[1, 2, 3]), ((1, 1), &[3, 4], &[1, 3, 4]), ((0, 0), &[1], &[1, 2]), ((0, 0), &[3], &[3])];

/// Servers, followers that have acknowledged the first entry, and the leader's commit index.
pub(super) const ACKNOWLEDGED: [(usize, usize, u32); 9] =
    [(1, 0, 1), (3, 0, 0), (3, 1, 1), (3, 2, 1), (5, 0, 0), (5, 1, 0), (5, 2, 1), (5, 3, 1), (5, 4, 1)];

/// Up to where each server's log is known to match, terms of the leader's log, its term, and its commit index.
pub(super) const COMMITS: [(&[u32], &[u32], u32, u32); 14] = [
    (&[1], &[1], 1, 1),
    (&[1], &[1], 2, 0),
    (&[2], &[1, 2], 2, 2),
    (&[1], &[2], 2, 1),
    (&[2, 1, 1], &[1, 2], 1, 1),
    (&[2, 1, 1], &[1, 1], 2, 0),
    (&[2, 1, 2], &[1, 2], 2, 2),
    (&[2, 1, 2], &[1, 1], 2, 0),
    (&[2, 1, 1, 1], &[1, 2], 1, 1),
    (&[2, 1, 1, 1], &[1, 1], 2, 0),
    (&[2, 1, 1, 2], &[1, 2], 1, 1),
    (&[2, 1, 1, 2], &[1, 1], 2, 0),
    (&[2, 1, 2, 2], &[1, 2], 2, 2),
    (&[2, 1, 2, 2], &[1, 1], 2, 0),
];

/// A leader of term 3 with two entries of earlier terms and two of its own, and one follower: up to where the follower
/// has acknowledged, and the commit index.
pub(super) const OLD_AND_OWN: [u32; 4] = [1, 2, 3, 3];
pub(super) const OWN_TERM: [(u32, u32); 3] = [(1, 0), (2, 0), (3, 3)];

/// Figure 7: the log of the new leader, whose term is 8 in the paper and 9 here, and the followers (a) to (f). Follower
/// (e) has one entry of term 4 more than in the paper.
pub(super) const FIGURE_7: [u32; 10] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
pub(super) const FIGURE_7_TERM: u32 = 9;
pub(super) const FIGURE_7_FOLLOWERS: [&[u32]; 6] = [
    &[1, 1, 1, 4, 4, 5, 5, 6, 6],
    &[1, 1, 1, 4],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    &[1, 1, 1, 4, 4, 4, 4],
    &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
];

/// Transactions ask for locks, shared (`S`) or exclusive (`X`), and wait where it says so; the last step closes a circle.
/// Then the victim, and who gets what he waits for.
pub(super) const CIRCLES: [(&str, &[&str], &str, &str); 2] = [
    ("PostgreSQL: two upgrade a lock that they share", &["s1 S a", "s2 S a", "s1 X a waits", "s2 X a"], "s2", "s1"),
    ("BusTub: the youngest is the victim", &["t0 X r0", "t1 X r1", "t0 X r1 waits", "t1 X r0"], "t1", "t0"),
];

/// Edges of a wait-for graph as they come, and whether each one closes a circle.
pub(super) const GRAPHS: [(&str, &[Edge]); 4] = [
    ("TUM: two wait for each other", &[("t1", "t2", false), ("t2", "t1", true)]),
    ("TUM: three in a circle", &[("t1", "t2", false), ("t2", "t3", false), ("t3", "t1", true)]),
    (
        "TUM: a diamond is no circle",
        &[("t0", "t1", false), ("t1", "t2", false), ("t2", "t3", false), ("t1", "t3", false)],
    ),
    ("TUM: the victim's edges are gone", &[("t1", "t2", false), ("t2", "t1", true), ("t3", "t1", false)]),
];
