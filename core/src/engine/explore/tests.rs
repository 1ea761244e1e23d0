//! Tests of the search.

use super::*;
use crate::labs::{self, LABS};

#[test]
fn a_seed_always_makes_the_same_run_and_it_can_be_saved() {
    for lab in LABS {
        for seed in 0..20 {
            let scenario = random_scenario(*lab, &Setup::default(), seed);
            assert_eq!(labs::parse(&scenario.to_json()), Ok(scenario.clone()));
            let (a, b) = (run_and_settle(scenario.clone()), run_and_settle(scenario));
            assert_eq!(a.hash(), b.hash());
        }
    }
}

#[test]
fn a_settled_run_can_be_saved_and_replayed() {
    for lab in LABS {
        let settled = run_and_settle(random_scenario(*lab, &Setup::default(), 4));
        let again = run(labs::parse(&settled.scenario().to_json()).expect("it was saved"));
        assert_eq!(again.hash(), settled.hash(), "{}", lab.spec().id);
    }
}

#[test]
fn what_the_adversary_did_can_be_saved_and_replayed() {
    let mut acts = 0;
    for lab in LABS {
        let base = Scenario::empty(*lab);
        for seed in 0..6 {
            let made = adversary::play(&base, seed, None);
            let scenario = made.scenario().clone();
            acts += scenario.acts.iter().filter(|a| !matches!(a.act, Act::Workload(_))).count();
            let again = run(labs::parse(&scenario.to_json()).expect("it was saved"));
            let n = again.trace().len().min(made.trace().len());
            assert_eq!(again.trace().len(), n, "{} {seed}", lab.spec().id);
            let line = |run: &Run| (0..n).map(|id| run.line(id)).collect::<Vec<_>>();
            assert_eq!(line(&again), line(&made), "{} {seed}", lab.spec().id);
        }
    }
    assert!(acts > 48, "once a run on the average, the adversary does something: {acts} acts");
}

#[test]
fn the_order_in_which_a_batch_is_made_does_not_matter() {
    for lab in LABS {
        let mut a = Search::new(Scenario::empty(*lab));
        let mut b = a.clone();
        for _ in 0..2 {
            let from = a.next();
            let forward: Vec<Tried> = (from..from + 8).map(|i| a.attempt(i)).collect();
            let backward: Vec<Tried> = (from..from + 8).rev().map(|i| b.attempt(i)).collect();
            let before = a.coverage().len();
            let found = (a.take(forward).map(|f| f.number), b.take(backward).map(|f| f.number));
            assert_eq!(found.0, found.1);
            assert_eq!(a.coverage(), b.coverage());
            assert!(a.coverage().len() > before, "{}", lab.spec().id);
        }
        assert_eq!(a.kept(), b.kept());
    }
}
