//! Tests of shrinking: over all switches of all labs.

use super::*;
use crate::engine::Run;
use crate::labs::{self, LABS};
use crate::scenario::Scenario;
use crate::trace::Act;

/// Whether a small scenario, saved and read again, breaks the same rule at the same record.
fn shows_it_again(small: &Small) {
    let scenario = labs::parse(&small.scenario.to_json()).expect("it was saved");
    assert_eq!(scenario, small.scenario);
    let mut again: Run = run(scenario);
    if small.settle {
        again.settle();
    }
    assert_eq!(again.violations().first(), Some(&small.violation));
}

/// The built-in scenario that shows what a switch does.
fn shown(lab: &'static dyn crate::protocol::Lab, id: &str) -> Scenario {
    labs::parse(&lab.spec().scenario(id).expect("a switch names a scenario").json()).expect("it is built in")
}

#[test]
fn every_switch_s_scenario_becomes_smaller_and_breaks_the_same_rule_at_the_same_record() {
    let mut tried = 0;
    for lab in LABS {
        for switch in lab.spec().switches {
            let scenario = shown(*lab, switch.scenario);
            let Some(small) = shrink(&scenario, 120) else {
                panic!("{} breaks nothing", switch.name);
            };
            tried += 1;
            shows_it_again(&small);
            assert!(small.runs <= 122, "{}: {} runs", switch.name, small.runs);
            assert!(small.after.processes <= small.before.processes);
            // A workload counts as one act and becomes many.
            if scenario.acts.iter().all(|a| !matches!(a.act, Act::Workload(_))) {
                assert!(small.after.acts <= small.before.acts.max(ACTS_FEW), "{}: {:?}", switch.name, small.stages);
            }
            assert!(small.scenario.setup.broken.contains(&switch.name), "{}", switch.name);
        }
    }
    assert!(tried > 20);
}

#[test]
fn shrinking_a_small_scenario_once_more_makes_it_no_larger_and_is_always_the_same() {
    for lab in LABS {
        let Some(switch) = lab.spec().switches.first() else { continue };
        let scenario = shown(*lab, switch.scenario);
        let (a, b) = (shrink(&scenario, 200).expect("it is bad"), shrink(&scenario, 200).expect("it is bad"));
        assert_eq!((&a.scenario, a.runs, &a.stages), (&b.scenario, b.runs, &b.stages));
        let again = shrink(&a.scenario, 200).expect("it is still bad");
        assert_eq!(again.violation.rule, a.violation.rule);
        assert!(again.after.acts <= a.after.acts.max(ACTS_FEW));
        shows_it_again(&again);
    }
}

#[test]
fn a_run_that_breaks_nothing_has_nothing_to_shrink() {
    for lab in LABS {
        assert!(Shrinker::new(&Scenario::empty(*lab), BUDGET).is_none());
    }
}

#[test]
fn a_step_is_one_run() {
    let lab = LABS.iter().find(|lab| !lab.spec().switches.is_empty()).expect("there is one");
    let mut shrinker = Shrinker::new(&shown(*lab, lab.spec().switches[0].scenario), 40).expect("it is bad");
    let mut steps = 0;
    while shrinker.step() {
        steps += 1;
        assert_eq!(shrinker.small().violation.rule, shrinker.rule());
    }
    assert!(steps > 0 && steps < 40);
    assert!(shrinker.stages().len() > 1);
}
