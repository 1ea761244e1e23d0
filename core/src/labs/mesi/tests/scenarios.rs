//! Every scenario keeps its rules, or breaks the one that it is there for.

use super::super::tables::SPEC;
use super::{lines, play};
use crate::engine::Run;
use crate::engine::explore::run_and_settle;
use crate::labs;
use crate::trace::Kind;
use serde_json::Value;
use std::collections::BTreeSet;

fn json(id: &str) -> String {
    SPEC.scenario(id).unwrap_or_else(|| panic!("there is no {id}")).json().into_owned()
}

fn metric(run: &Run, name: &str) -> u64 {
    run.metrics().into_iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("there is no {name}")).1
}

#[test]
fn every_scenario_keeps_its_rules_or_breaks_the_one_that_it_is_there_for() {
    for builtin in SPEC.scenarios {
        let scenario = labs::parse(&builtin.json()).unwrap_or_else(|e| panic!("{}: {e}", builtin.id));
        assert!(builtin.stop_us < scenario.until_us, "{}", builtin.id);
        let run = run_and_settle(scenario);
        let broken: BTreeSet<&str> = run.violations().iter().map(|v| v.rule).collect();
        println!("{}: {broken:?}", builtin.id);
        let refused = (0..run.trace().len()).find(|id| run.trace().record(*id).kind == Kind::Refused);
        assert!(refused.is_none(), "{}: {}", builtin.id, run.line(refused.unwrap_or(0)));
        match SPEC.switches.iter().find(|s| s.scenario == builtin.id) {
            Some(switch) => assert!(broken.contains(switch.rule), "{}: {broken:?}", builtin.id),
            None => assert!(broken.is_empty(), "{}: {:?}", builtin.id, run.violations()),
        }
    }
}

#[test]
fn e_saves_the_upgrades_of_those_who_are_alone() {
    let (with, without) = (play(&json("what-e-saves")), play(&json("without-e")));
    assert_eq!((metric(&with, "bus_upgr"), metric(&with, "bus_transactions")), (0, 3));
    assert_eq!((metric(&without, "bus_upgr"), metric(&without, "bus_transactions")), (3, 6));
    assert_eq!(metric(&with, "e_to_m"), 3);
    assert_eq!(metric(&without, "i_to_e"), 0);
}

#[test]
fn false_sharing_costs_what_its_cure_saves() {
    let (sick, cured) = (play(&json("false-sharing")), play(&json("false-sharing-cured")));
    assert_eq!((metric(&sick, "bus_rdx"), metric(&sick, "flushes"), metric(&sick, "write_misses")), (8, 7, 8));
    assert_eq!((metric(&cured, "bus_rdx"), metric(&cured, "flushes"), metric(&cured, "write_misses")), (2, 0, 2));
}

fn changes(run: &Run, node: &str) -> Vec<String> {
    let word = |v: &Value| v.as_str().unwrap_or_default().to_string();
    let all =
        lines(run).into_iter().filter(|l| l["kind"] == "state" && l["node"] == node && l["data"]["to"].is_string());
    all.map(|l| {
        format!(
            "{} {}{} {}",
            word(&l["data"]["line"]),
            word(&l["data"]["from"]),
            word(&l["data"]["to"]),
            word(&l["data"]["why"])
        )
    })
    .collect()
}

#[test]
fn the_walk_goes_through_all_states() {
    let run = play(&json("all-states"));
    assert_eq!(
        changes(&run, "C1"),
        ["user_1 IE PrRd", "user_1 EM PrWr", "user_1 MS BusRd", "user_1 SI BusUpgr", "user_1 IS PrRd"]
    );
    assert_eq!(changes(&run, "C2"), ["user_1 IS PrRd", "user_1 SM PrWr", "user_1 MI BusRdX"]);
    assert_eq!(changes(&run, "C3"), ["user_1 IM PrWr", "user_1 MS BusRd"]);
}

#[test]
fn what_is_evicted_goes_silently_or_is_written_back() {
    let run = play(&json("eviction"));
    assert_eq!(changes(&run, "C1")[1..], ["b IE PrRd", "a MI evict", "c IE PrRd", "b EI evict", "d IM PrWr"]);
    assert_eq!((metric(&run, "bus_write_back"), metric(&run, "write_backs"), metric(&run, "flushes")), (1, 1, 0));
    let run = play(&json("write-back-cancelled"));
    assert_eq!(changes(&run, "C1"), ["a IM PrWr", "a MS BusRd", "a SI evict", "b IE PrRd"]);
    assert_eq!((metric(&run, "bus_write_back"), metric(&run, "flushes")), (0, 1));
}

#[test]
fn a_stalled_bus_serves_nobody_until_the_cache_goes_on() {
    let run = play(&json("slow-bus"));
    let replies: Vec<u64> =
        lines(&run).iter().filter(|l| l["kind"] == "reply").filter_map(|l| l["at_us"].as_u64()).collect();
    assert_eq!(replies.len(), 4);
    assert!(replies.iter().all(|at| *at < 80_000 || *at >= 260_000), "{replies:?}");
}

#[test]
fn what_dies_with_a_modified_line_is_shown() {
    let run = play(&json("dirty-crash"));
    let died: Vec<String> =
        lines(&run).iter().filter(|l| l["data"]["why"] == "crash").map(|l| l["data"].to_string()).collect();
    assert_eq!(died.len(), 2, "{died:?}");
    let lost = lines(&run).into_iter().find(|l| l["data"]["lost"] == true).expect("x is lost");
    assert_eq!((&lost["data"]["line"], &lost["data"]["value"]), (&"x".into(), &"new".into()));
    let read = lines(&run).into_iter().find(|l| l["kind"] == "reply" && l["node"] == "C2").expect("C2 reads");
    assert_eq!(read["data"]["value"], "old");
}

#[test]
fn a_write_back_under_way_may_come_through_after_a_crash() {
    // The request is at the bus after 2 ms, the address out after 5 more, and memory has it after another 10.
    for (crash_ms, read) in [(55, "old"), (62, "new")] {
        let run = play(&format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"network\":{{\"delay_ms\":2}},\"setup\":{{\"caches\":2,\"lines\":1,\
             \"bus_ms\":5,\"memory\":{{\"x\":\"old\"}}}},\"acts\":[\
             {{\"at_ms\":1,\"act\":{{\"request\":{{\"node\":\"C1\",\"op\":\"write\",\"args\":{{\"key\":\"x\",\"value\":\"new\"}}}}}}}},\
             {{\"at_ms\":50,\"act\":{{\"request\":{{\"node\":\"C1\",\"op\":\"read\",\"args\":{{\"key\":\"y\"}}}}}}}},\
             {{\"at_ms\":{crash_ms},\"act\":{{\"crash\":{{\"node\":\"C1\"}}}}}},\
             {{\"at_ms\":100,\"act\":{{\"request\":{{\"node\":\"C2\",\"op\":\"read\",\"args\":{{\"key\":\"x\"}}}}}}}}],\"until_ms\":200}}"
        ));
        assert_eq!(run.violations(), [], "{crash_ms}");
        let died = lines(&run).into_iter().find(|l| l["data"]["why"] == "crash").expect("x died");
        assert_eq!((&died["data"]["doubt"], died["data"].get("lost")), (&true.into(), None), "{crash_ms}");
        let reply = lines(&run).into_iter().rfind(|l| l["kind"] == "reply").expect("C2 reads");
        assert_eq!(reply["data"]["value"], read, "{crash_ms}");
    }
}
