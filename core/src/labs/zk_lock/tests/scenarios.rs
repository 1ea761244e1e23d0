//! Every scenario keeps its rules, or breaks the one that it is there for; and the same without the switch is sound.

use super::super::tables::SPEC;
use super::dialogue::metric;
use crate::engine::Run;
use crate::engine::explore::run_and_settle;
use crate::labs;
use crate::trace::Kind;
use std::collections::BTreeSet;

fn run_builtin(id: &str) -> Run {
    let builtin = SPEC.scenario(id).unwrap_or_else(|| panic!("{id} is not there"));
    run_and_settle(labs::parse(&builtin.json()).expect("a scenario"))
}

#[test]
fn every_scenario_keeps_its_rules_or_breaks_the_one_that_it_is_there_for() {
    for builtin in SPEC.scenarios {
        let run = run_builtin(builtin.id);
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
fn what_is_broken_on_purpose_is_sound_without_the_switch() {
    for switch in SPEC.switches {
        let builtin = SPEC.scenario(switch.scenario).expect("it is there");
        let without = builtin.json().replace(&format!("\"{}\"", switch.name), "");
        let run = run_and_settle(labs::parse(&without).expect("a scenario"));
        assert_eq!(run.violations(), [], "{}", switch.name);
    }
}

#[test]
fn the_herd_costs_a_notification_for_each_waiter_and_change() {
    let (herd, predecessor) = (run_builtin("herd"), run_builtin("predecessor"));
    assert_eq!(metric(&predecessor, "watch_notifications"), 7);
    assert_eq!(metric(&herd, "watch_notifications"), 52);
    assert_eq!(metric(&herd, "grants"), metric(&predecessor, "grants"));
}

#[test]
fn a_clock_of_ones_own_stops_the_sleeper_and_not_the_write_that_is_under_way() {
    for (id, rejected, late) in
        [("sleeper", 1, 0), ("sleeper-local", 0, 0), ("late-append", 0, 1), ("late-append-local", 0, 1)]
    {
        let run = run_builtin(id);
        assert_eq!(metric(&run, "accesses_rejected"), rejected, "{id}");
        assert_eq!(metric(&run, "late_accesses_accepted"), late, "{id}");
    }
}

#[test]
fn without_a_fence_an_increment_is_lost() {
    for id in ["broken-fencing", "broken-fence-writes"] {
        let broken: BTreeSet<&str> = run_builtin(id).violations().iter().map(|v| v.rule).collect();
        assert!(broken.contains("no-lost-increment"), "{id}: {broken:?}");
    }
}
