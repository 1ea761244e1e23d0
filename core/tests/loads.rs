//! The loads that labs have by name, and the values that forms offer.

use lightcone_core::base::json::{JsonObject, list, millis_text, quote};
use lightcone_core::engine::run;
use lightcone_core::labs::LABS;
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{Group, Load};
use lightcone_core::trace::Kind;
use lightcone_core::trace::frame::Panel;

/// Requests of one load that are tried here.
const REQUESTS_MAX: u64 = 300;

/// Time for what waits when the last request was made: the usual network is slow.
const BACKLOG_US: u64 = 60_000_000;

/// A workload for a group, as a form would ask for it.
fn workload(scenario: &Scenario, group: &Group, count: u64) -> String {
    let operation = scenario.lab.spec().operation(group.operation).expect("a load names an operation");
    let able = scenario.processes().into_iter().filter(|p| operation.at.is_empty() || operation.at.contains(&p.role));
    let nodes = able.enumerate().filter(|(place, _)| group.at.takes(*place)).map(|(_, p)| quote(&p.name));
    let mut args = JsonObject::new();
    for (name, json) in group.args {
        args.raw(name, json);
    }
    let mut o = JsonObject::new();
    o.text("op", group.operation).raw("nodes", &list(nodes)).int("count", count);
    o.raw("every_ms", &millis_text(group.every_us)).raw("args", &args.end());
    format!("{{\"workload\":{}}}", o.end())
}

fn scenario(lab: usize, load: &Load) -> Scenario {
    let scenario = Scenario::empty(LABS[lab]);
    match load.sets {
        Some((field, json)) => scenario.with_setup_field(field, json).expect("a field and a value of it"),
        None => scenario,
    }
}

#[test]
fn every_load_is_answered_to_its_last_request() {
    let mut tried = 0;
    for (number, lab) in LABS.iter().enumerate() {
        let loads = lab.spec().loads;
        for load in loads.named {
            let mut scenario = scenario(number, load);
            let mut asked = 0;
            for group in load.groups {
                let count = (group.count * REQUESTS_MAX).div_ceil(load.groups.iter().map(|g| g.count).sum());
                let act = scenario.read_act(&workload(&scenario, group, count)).expect(load.name);
                scenario.acts.push(lightcone_core::trace::PlannedAct { when: lightcone_core::trace::When::At(0), act });
                scenario.until_us = scenario.until_us.max(count * group.every_us + BACKLOG_US);
                asked += count;
            }
            let run = run(scenario);
            let of = |kind| (0..run.trace().len()).filter(|&id| run.trace().record(id).kind == kind).count() as u64;
            assert_eq!((of(Kind::Reply), of(Kind::Refused)), (asked, 0), "{} {}", lab.spec().id, load.name);
            assert!(run.violations().is_empty(), "{}", load.name);
            let metrics = run.metrics();
            for name in loads.metrics {
                assert!(metrics.iter().any(|(known, _)| known == name), "there is no number {name}");
            }
            let is_counter =
                |panel: &Panel| matches!(panel, Panel::Table { title, .. } if Some(title.as_str()) == loads.panel);
            assert!(loads.panel.is_none() || run.panels().iter().any(is_counter));
            tried += 1;
        }
        let known = |arg: &str| lab.spec().operations.iter().any(|o| o.args.iter().any(|p| p.name == arg));
        assert!(loads.drawn.iter().all(|arg| known(arg)));
    }
    assert!(tried > 3, "some lab has loads");
}

#[test]
fn what_is_suggested_for_an_argument_can_be_asked_for() {
    let mut several = 0;
    for lab in LABS {
        let scenario = Scenario::empty(*lab);
        let processes = scenario.processes();
        for operation in lab.spec().operations {
            for param in operation.args.iter().filter(|p| p.default.is_none()) {
                let values = scenario.suggestions(operation, param);
                assert!(!values.is_empty(), "{} {} {}", lab.spec().id, operation.name, param.name);
                several += usize::from(values.len() > 1);
            }
            // With the first of each the request makes sense.
            let at = processes.iter().position(|p| operation.at.is_empty() || operation.at.contains(&p.role));
            let node = &processes[at.expect("somebody takes it")].name;
            let mut line = format!("{node} {}", operation.name);
            for param in operation.args.iter().filter(|p| p.default.is_none()) {
                let own = &scenario.suggestions(operation, param)[0];
                let value = processes.iter().find(|p| *own == *node && p.name != *node).map_or(own, |p| &p.name);
                line += &format!(" {}={value}", param.name);
            }
            assert!(scenario.read_line(&line).is_ok(), "{line}: {:?}", scenario.read_line(&line));
            let cursor = line.len() + 1;
            let _ = scenario.complete_line(&(line + " "), cursor);
        }
    }
    assert!(several > 0);
}

#[test]
fn suggestions_follow_the_set_up() {
    let lab = LABS.iter().find(|lab| lab.spec().setup.iter().any(|p| p.name == "ways")).expect("a lab with addresses");
    let operation = lab.spec().operation("read").expect("it reads");
    let by_key = Scenario::empty(*lab);
    let by_address = by_key.with_setup_field("size", "1024").expect("a size");
    assert_eq!(by_key.suggestions(operation, &operation.args[0])[..2], ["k1", "k2"]);
    assert_eq!(by_address.suggestions(operation, &operation.args[0])[..2], ["0x1000", "0x1008"]);
    let line = "C1 read ";
    let offered: Vec<String> = by_key.complete_line(line, line.len()).into_iter().map(|c| c.text).collect();
    assert!(offered.contains(&"k1".to_string()), "{offered:?}");
}
