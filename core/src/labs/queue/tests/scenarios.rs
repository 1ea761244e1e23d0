//! Every scenario keeps its rules, or breaks the one that it is there for.

use super::super::tables::SPEC;
use crate::engine::explore::run_and_settle;
use crate::engine::run;
use crate::labs;
use crate::scenario::Scenario;
use crate::tables::{Setup, Sort};
use crate::trace::Kind;
use std::collections::{BTreeMap, BTreeSet};

fn scenario(id: &str) -> Scenario {
    let builtin = SPEC.scenario(id).expect("it is there");
    labs::parse(&builtin.json()).unwrap_or_else(|e| panic!("{id}: {e}"))
}

#[test]
fn every_scenario_keeps_its_rules_or_breaks_the_one_that_it_is_there_for() {
    for builtin in SPEC.scenarios {
        let scenario = scenario(builtin.id);
        assert!(builtin.stop_us <= scenario.until_us, "{}: the stop is in the run", builtin.id);
        let switch = SPEC.switches.iter().find(|s| s.scenario == builtin.id);
        let run = if switch.is_some_and(|s| s.sort == Sort::Safety) { run(scenario) } else { run_and_settle(scenario) };
        let broken: BTreeSet<&str> = run.violations().iter().map(|v| v.rule).collect();
        let refused = (0..run.trace().len()).find(|id| run.trace().record(*id).kind == Kind::Refused);
        assert_eq!(refused, None, "{}", builtin.id);
        match switch {
            Some(switch) => assert!(broken.contains(switch.rule), "{}: {broken:?}", builtin.id),
            None => assert!(broken.is_empty(), "{}: {:?}", builtin.id, run.violations()),
        }
    }
}

#[test]
fn the_scenario_of_a_switch_is_sound_without_it() {
    for switch in SPEC.switches {
        let broken = scenario(switch.scenario);
        let sound = Scenario { setup: Setup { broken: Vec::new(), ..broken.setup.clone() }, ..broken };
        assert!(run_and_settle(sound).violations().is_empty(), "{}", switch.name);
    }
}

fn metrics(id: &str) -> BTreeMap<&'static str, u64> {
    let run = run_and_settle(scenario(id));
    run.metrics().into_iter().collect()
}

#[test]
fn scenarios_show_what_they_say() {
    let of = |id: &str, names: &[&str]| -> Vec<u64> {
        let metrics = metrics(id);
        names.iter().map(|name| metrics[name]).collect()
    };
    assert_eq!(of("consumer-crash", &["processed", "redelivered", "duplicates"]), [1, 1, 0]);
    assert_eq!(of("consumer-crash-after", &["processed", "redelivered", "duplicates"]), [2, 1, 1]);
    assert_eq!(of("late-ack", &["acks_refused", "acked"]), [1, 1]);
    assert_eq!(of("owner-crash-before", &["produced", "processed", "duplicates", "lag"]), [1, 1, 0, 0]);
    assert_eq!(of("poison", &["processed", "dead", "lag"]), [1, 1, 0]);
    assert_eq!(of("partition", &["produced", "duplicates", "lag"]), [3, 1, 0]);
    assert_eq!(of("comeback", &["produced", "processed", "duplicates"]), [3, 3, 0]);
    assert_eq!(of("leader-acks", &["produced", "processed", "lag"]), [2, 2, 0]);
    assert_eq!((of("join", &["members"]), of("leave", &["members"])), (vec![4], vec![3]));
    assert!(of("one-point", &["balance_percent"]) > vec![200] && of("many-points", &["balance_percent"]) < vec![115]);
}

#[test]
fn with_producers_faster_than_consumers_the_lag_grows_and_is_worked_off() {
    let mut run = crate::engine::Run::new(scenario("load"));
    let mut lag = |at_us| {
        run.seek_time(at_us, u32::MAX);
        run.metrics().into_iter().find(|(name, _)| *name == "lag").expect("a lag").1
    };
    let (early, late, end) = (lag(400_000), lag(1_300_000), lag(4_500_000));
    assert!(early < late && end == 0, "{early} {late} {end}");
}
