//! The lock table alone, with random commands under each policy.

use super::super::locks::deadlock;
use super::super::locks::{Change, Locks, Mode, Outcome, Policy, Rules};
use super::super::{Call, Command};
use crate::base::draw::Dice;
use crate::trace::NodeId;
use std::rc::Rc;

const CLIENTS: u64 = 6;

fn rules(policy: Policy) -> Rules {
    Rules { policy, no_dedupe: false, holders_only_graph: false, one_by_one: false, victim_outside_cycle: false }
}

/// A table with the numbers of its clients' commands.
struct Bench {
    locks: Locks,
    rules: Rules,
    index: u32,
}

impl Bench {
    fn new(policy: Policy) -> Bench {
        Bench { locks: Locks::default(), rules: rules(policy), index: 0 }
    }

    fn ask(&mut self, client: NodeId, command: impl Fn(Call) -> Command) -> (Outcome, Vec<(NodeId, Change)>) {
        self.index += 1;
        let call = Call { client, session: 1, serial: self.index };
        let done = self.locks.apply(&self.rules, self.index, &command(call));
        let effects = done.effects.iter().map(|e| (e.client, e.change)).collect();
        (done.answer.expect("a client is answered").2, effects)
    }

    fn acquire(&mut self, client: NodeId, what: &str, mode: Mode) -> (Outcome, Vec<(NodeId, Change)>) {
        self.ask(client, |call| Command::Acquire { call, resource: what.into(), mode })
    }

    fn release(&mut self, client: NodeId, what: &str) -> (Outcome, Vec<(NodeId, Change)>) {
        self.ask(client, |call| Command::Release { call, resource: what.into() })
    }

    fn waits(&self, client: NodeId) -> bool {
        self.locks.resources.values().any(|l| l.queue.iter().any(|w| w.client == client))
    }
}

#[test]
fn exclusion_holds_and_no_circle_ever_exists_under_any_policy() {
    for policy in [Policy::Detect, Policy::WaitDie, Policy::WoundWait] {
        let (mut aborts, mut waits) = (0, 0);
        for seed in 0..300 {
            let (mut dice, mut bench) = (Dice::new(seed), Bench::new(policy));
            for _ in 0..60 {
                let client = dice.range(0, CLIENTS - 1) as NodeId;
                if bench.waits(client) {
                    continue;
                }
                let what = ["a", "b", "c"][dice.range(0, 2) as usize];
                let mode = if dice.percent(40) { Mode::Shared } else { Mode::Exclusive };
                let (outcome, effects) =
                    if dice.percent(65) { bench.acquire(client, what, mode) } else { bench.release(client, what) };
                waits += u32::from(outcome == Outcome::Queued);
                aborts += effects.iter().filter(|(_, change)| *change == Change::Aborted).count();
                assert_eq!(deadlock::cycle(&deadlock::edges(&bench.locks, false), 0), None, "{policy:?}, seed {seed}");
                for lock in bench.locks.resources.values() {
                    let alone = lock.holders.iter().all(|h| h.mode == Mode::Shared) || lock.holders.len() == 1;
                    assert!(alone, "{policy:?}, seed {seed}: {lock:?}");
                }
            }
        }
        println!("{policy:?}: {waits} waits, {aborts} locks and waits lost by aborts");
        assert!(waits > 0 && aborts > 0);
    }
}

#[test]
fn wait_die_and_wound_wait_go_by_age() {
    let mut bench = Bench::new(Policy::WaitDie);
    bench.acquire(0, "a", Mode::Exclusive);
    bench.acquire(1, "b", Mode::Exclusive);
    assert_eq!(bench.acquire(1, "a", Mode::Exclusive).0, Outcome::Aborted, "the younger dies");
    bench.acquire(1, "b", Mode::Exclusive);
    assert_eq!(bench.acquire(0, "b", Mode::Exclusive).0, Outcome::Queued, "the older waits");
    let mut bench = Bench::new(Policy::WoundWait);
    bench.acquire(0, "a", Mode::Exclusive);
    bench.acquire(1, "b", Mode::Exclusive);
    let (outcome, effects) = bench.acquire(0, "b", Mode::Exclusive);
    assert!(matches!(outcome, Outcome::Granted(_)) && effects.contains(&(1, Change::Aborted)), "the older wounds");
    assert_eq!(bench.acquire(1, "a", Mode::Exclusive).0, Outcome::Queued, "the younger waits");
}

#[test]
fn queues_are_first_come_first_served_and_upgrades_go_to_the_head() {
    let mut bench = Bench::new(Policy::Detect);
    bench.acquire(0, "a", Mode::Shared);
    bench.acquire(1, "a", Mode::Shared);
    assert_eq!(bench.acquire(2, "a", Mode::Exclusive).0, Outcome::Queued);
    assert_eq!(bench.acquire(3, "a", Mode::Shared).0, Outcome::Queued, "not past a waiting exclusive");
    assert_eq!(bench.acquire(0, "a", Mode::Exclusive).0, Outcome::Queued, "an upgrade waits for the other holder");
    let order: Vec<NodeId> = bench.locks.resources["a"].queue.iter().map(|w| w.client).collect();
    assert_eq!(order, [0, 2, 3]);
    assert_eq!(bench.release(1, "a").1, [(1, Change::Released), (0, Change::Granted)]);
    assert_eq!(bench.release(0, "a").1, [(0, Change::Released), (2, Change::Granted)]);
    assert_eq!(bench.release(2, "a").1, [(2, Change::Released), (3, Change::Granted)]);
    assert_eq!(bench.release(2, "a").0, Outcome::NotHeld);
}

#[test]
fn a_new_session_ends_the_one_before() {
    let mut bench = Bench::new(Policy::Detect);
    bench.acquire(0, "a", Mode::Exclusive);
    bench.acquire(1, "a", Mode::Exclusive);
    let command = Command::Register { client: 0, session: 2 };
    let done = bench.locks.apply(&rules(Policy::Detect), 10, &command);
    let effects: Vec<_> = done.effects.iter().map(|e| (e.client, e.change)).collect();
    assert_eq!(effects, [(0, Change::Expired), (1, Change::Granted)]);
    // Of the session before nobody speaks any more.
    let call = Call { client: 0, session: 1, serial: 9 };
    let late = Command::Acquire { call, resource: Rc::from("z"), mode: Mode::Shared };
    let done = bench.locks.apply(&rules(Policy::Detect), 11, &late);
    assert!(done.effects.is_empty() && done.answer.is_none());
}
