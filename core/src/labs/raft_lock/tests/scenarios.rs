//! Every scenario keeps its rules, or breaks the one that it is there for.

use super::super::tables::SPEC;
use super::lines;
use crate::engine::explore::run_and_settle;
use crate::labs;
use crate::trace::Kind;
use std::collections::BTreeSet;

#[test]
fn every_scenario_keeps_its_rules_or_breaks_the_one_that_it_is_there_for() {
    for builtin in SPEC.scenarios {
        let run = run_and_settle(labs::parse(&builtin.json()).expect("a scenario"));
        let broken: BTreeSet<&str> = run.violations().iter().map(|v| v.rule).collect();
        println!("{}: {broken:?}", builtin.id);
        let refused: Vec<u32> =
            (0..run.trace().len()).filter(|id| run.trace().record(*id).kind == Kind::Refused).collect();
        assert!(refused.is_empty(), "{}: {}", builtin.id, run.line(refused[0]));
        match SPEC.switches.iter().find(|s| s.scenario == builtin.id) {
            Some(switch) => assert!(broken.contains(switch.rule), "{}: {broken:?}", builtin.id),
            None => assert!(broken.is_empty(), "{}: {:?}", builtin.id, run.violations()),
        }
    }
}

#[test]
fn a_forgotten_vote_breaks_what_follows_from_it() {
    let builtin = SPEC.scenario("broken-vote").expect("it is there");
    let run = run_and_settle(labs::parse(&builtin.json()).expect("a scenario"));
    let broken: BTreeSet<&str> = run.violations().iter().map(|v| v.rule).collect();
    for rule in ["one-vote", "election-safety", "leader-append-only"] {
        assert!(broken.contains(rule), "{broken:?}");
    }
}

#[test]
fn figure_8_shows_the_damage_of_counting_old_entries() {
    let builtin = SPEC.scenario("broken-figure-8").expect("it is there");
    let run = run_and_settle(labs::parse(&builtin.json()).expect("a scenario"));
    let broken: BTreeSet<&str> = run.violations().iter().map(|v| v.rule).collect();
    for rule in ["commit-current-term", "leader-completeness", "state-machine-safety"] {
        assert!(broken.contains(rule), "{broken:?}");
    }
    // The very same acts without the switch: the old entry goes, and nobody was told of it.
    let sound = SPEC.scenario("figure-8").expect("it is there");
    let run = run_and_settle(labs::parse(&sound.json()).expect("a scenario"));
    let before = |line: &serde_json::Value| line["at_us"].as_u64() < Some(330_000);
    assert!(!lines(&run).iter().any(|l| l["kind"] == "deliver" && before(l)), "nothing is committed before (d)");
}
