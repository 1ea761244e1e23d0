//! Situations do what they say, and the outlook tells what happens.

use super::super::tables::SPEC;
use super::{lines, play};
use crate::engine::Run;
use crate::engine::explore::run_and_settle;
use crate::labs;
use crate::protocol::How;
use crate::trace::Kind;
use crate::trace::frame::Mark;

const QUIET: &str = r#"{"format":"lightcone/1","lab":"raft-lock","network":{"delay_ms":5},"until_ms":3000}"#;

/// A run in which a leader works since some time.
fn led() -> Run {
    let mut run = play(QUIET);
    run.seek_time(1_000_000, u32::MAX);
    run
}

/// Brings a situation about; false when it cannot be now.
fn bring(run: &mut Run, name: &str) -> bool {
    let situation = run.situations().into_iter().find(|s| s.name == name).expect("the lab has it");
    let How::Acts(acts) = situation.how else { return false };
    let now_us = run.now_us();
    for act in acts {
        run.act(act, now_us);
    }
    true
}

fn leaders(run: &Run) -> Vec<String> {
    let leads = |p: &&crate::trace::frame::ProcessFrame| p.band.is_some_and(|b| b.word == "leader");
    run.frame().processes.iter().filter(leads).map(|p| p.name.clone()).collect()
}

fn refused(run: &Run) -> usize {
    (0..run.trace().len()).filter(|id| run.trace().record(*id).kind == Kind::Refused).count()
}

#[test]
fn whatever_is_offered_is_accepted_at_any_moment() {
    let mut run = play(QUIET);
    for at_us in (0..1_500_000).step_by(70_000) {
        run.seek_time(at_us, u32::MAX);
        for situation in run.situations() {
            let mut other = run.fork();
            let offered = matches!(situation.how, How::Acts(_));
            assert_eq!(bring(&mut other, situation.name), offered);
            assert_eq!(refused(&other), 0, "{} at {at_us}", situation.name);
        }
    }
}

#[test]
fn aligned_timers_split_the_vote_and_spread_ones_do_not() {
    let prevote = QUIET.replace("\"network\"", "\"setup\":{\"prevote\":false,\"check_quorum\":false},\"network\"");
    let after = |name: &str| {
        let mut run = play(&prevote);
        run.seek_time(1_000, u32::MAX);
        assert!(bring(&mut run, name));
        run.seek_time(300_000, u32::MAX);
        let stood = lines(&run).iter().filter(|l| l["kind"] == "state" && l["data"]["role"] == "candidate").count();
        (stood, leaders(&run).len())
    };
    assert_eq!(after("Spread timers"), (1, 1));
    let (stood, _) = after("Align timers");
    assert!(stood >= 5, "all stand at once, and some again: {stood}");
}

#[test]
fn an_isolated_leader_is_replaced_and_a_crashed_one_too() {
    let mut run = led();
    let old = leaders(&run);
    assert_eq!(old.len(), 1);
    assert!(bring(&mut run, "Isolate leader"));
    run.seek_time(2_000_000, u32::MAX);
    assert!(leaders(&run).iter().any(|new| *new != old[0]), "{:?}", leaders(&run));

    let mut run = led();
    assert!(bring(&mut run, "Crash leader"));
    assert!(!bring(&mut run, "Crash leader"), "there is none now");
    run.seek_time(2_000_000, u32::MAX);
    assert_ne!(leaders(&run), old);
    assert!(bring(&mut run, "Restart all"));
    assert!(!bring(&mut run, "Restart all"), "all run");
}

#[test]
fn a_timer_that_was_set_runs_out_then() {
    let mut run = led();
    let name =
        run.frame().processes.iter().find(|p| p.timers.iter().any(|t| t.name == "election")).unwrap().name.clone();
    let act = format!(r#"{{"timer":{{"node":"{name}","timer":"election","due_in_ms":12.5}}}}"#);
    let act = run.scenario().read_act(&act).unwrap();
    assert_eq!(run.scenario().read_act(&act.json(run.names())).unwrap(), act, "it is written as it is read");
    run.act(act, 1_000_000);
    let due = |run: &Run| {
        let frame = run.frame();
        let process = frame.processes.iter().find(|p| p.name == name).unwrap();
        process.timers.iter().find(|t| t.name == "election").map(|t| t.due_us)
    };
    assert_eq!(due(&run), Some(1_012_500));
    let hash = {
        run.seek_time(3_000_000, u32::MAX);
        run.hash()
    };
    let again = labs::parse(&run.scenario().to_json()).unwrap();
    assert_eq!(crate::engine::run(again).hash(), hash, "a saved run has the act in it");
}

#[test]
fn a_timer_that_does_not_run_is_refused() {
    let mut run = led();
    let leader = leaders(&run).remove(0);
    let act = format!(r#"{{"timer":{{"node":"{leader}","timer":"election","due_in_ms":1}}}}"#);
    let act = run.scenario().read_act(&act).unwrap();
    run.act(act, 1_000_000);
    assert_eq!(refused(&run), 1);
}

fn outlook(setup: &str, network: &str) -> Mark {
    let text =
        format!(r#"{{"format":"lightcone/1","lab":"raft-lock","setup":{setup},"network":{network},"until_ms":20000}}"#);
    play(&text).outlook().expect("this lab has one").mark
}

#[test]
fn the_outlook_says_what_happens() {
    // How many terms go by in twenty seconds without any fault but the network's own.
    let terms = |setup: &str, network: &str| {
        let text = format!(
            r#"{{"format":"lightcone/1","lab":"raft-lock","setup":{setup},"network":{network},"until_ms":20000}}"#
        );
        let run = play(&text);
        lines(&run).iter().filter_map(|l| l["data"]["term"].as_u64()).max().unwrap_or(0)
    };
    let plain = r#"{"prevote":false,"check_quorum":false,"clients":1}"#;
    let steady = r#"{"delay_ms":{"uniform":[1,5]}}"#;
    assert_eq!(outlook(plain, steady), Mark::Plain);
    assert!(terms(plain, steady) <= 3);
    let slow = r#"{"delay_ms":{"uniform":[20,200]}}"#;
    assert_eq!(outlook(plain, slow), Mark::Bad);
    assert!(terms(plain, slow) > 15, "{}", terms(plain, slow));
    let lossy = r#"{"delay_ms":5,"loss":0.6}"#;
    assert_eq!(outlook(plain, lossy), Mark::Held);
    assert!(terms(plain, lossy) > 3, "{}", terms(plain, lossy));
    assert_eq!(outlook(r#"{"servers":1}"#, slow), Mark::Plain);
    assert_eq!(outlook(r#"{"election_ms":[150,152]}"#, r#"{"delay_ms":6}"#), Mark::Held);
}

#[test]
fn steps_of_a_scenario_are_moments_of_it_in_their_order() {
    for step in SPEC.steps {
        let builtin = SPEC.scenario(step.scenario).expect("a step is of a scenario");
        assert!(step.at_us < labs::parse(&builtin.json()).unwrap().until_us, "{}", step.name);
    }
    assert!(SPEC.steps.chunk_by(|a, b| a.scenario == b.scenario).all(|of_one| of_one.is_sorted_by_key(|s| s.at_us)));
    // What the steps of Figure 8 say is so: whose log has how many entries of which term.
    let builtin = SPEC.scenario("figure-8").unwrap();
    let mut run = run_and_settle(labs::parse(&builtin.json()).unwrap());
    let mut with = |at_us: u64, term: u64| {
        run.seek_time(at_us, u32::MAX);
        let lines = lines(&run);
        let persisted = lines.iter().filter(|l| l["kind"] == "persist" && l["at_us"].as_u64() <= Some(at_us));
        let mut last = std::collections::BTreeMap::new();
        for line in persisted {
            if let Some(entry) = line["data"]["entries"].as_array().and_then(|e| e.first()) {
                last.insert(line["node"].as_str().unwrap().to_string(), entry[1].as_u64().unwrap());
            }
        }
        last.into_iter().filter(|(_, t)| *t == term).map(|(node, _)| node).collect::<Vec<_>>()
    };
    let at = |name: &str| SPEC.steps.iter().find(|s| s.name == name).unwrap().at_us;
    assert_eq!(with(at("(a)"), 1), ["S1", "S2"]);
    assert_eq!(with(at("(b)"), 2), ["S5"]);
    assert_eq!(with(at("(c)"), 1), ["S1", "S2", "S3"]);
    assert_eq!(with(at("(d)"), 2), ["S2", "S3", "S4", "S5"]);
}

#[test]
fn servers_start_as_they_are_given_if_a_run_could_have_led_there() {
    let read = |setup: &str| {
        labs::parse(&format!(r#"{{"format":"lightcone/1","lab":"raft-lock","setup":{{"servers":3,{setup}}}}}"#))
            .map(|_| ())
            .map_err(|e| e.to_string())
    };
    let logs = r#""logs":{"S1":[1,2],"S2":[1,2],"S3":[1]}"#;
    for (more, says) in [
        ("", None),
        (r#","terms":{"S1":5},"votes":{"S1":"S2"},"commits":{"S1":2,"S3":1}"#, None),
        (r#","terms":{"S1":1}"#, Some("$.setup.terms: S1: expected a whole number from 2 to 1000000, found 1")),
        (r#","votes":{"S1":"S9"}"#, Some("$.setup.votes: S1: there is no server S9")),
        (
            r#","terms":{"S3":1}"#,
            Some("$.setup.terms: term 2 had a leader, for it has entries; but 3 servers could vote"),
        ),
        (r#","terms":{"S3":1},"votes":{"S1":"S1","S2":"S1"}"#, None),
        (r#","commits":{"S1":3}"#, Some("$.setup.commits: S1: expected a whole number from 0 to 2, found 3")),
        (r#","terms":{"S9":1}"#, Some("$.setup.terms: S9: this key is unknown")),
    ] {
        let result = read(&format!("{logs}{more}"));
        match says {
            None => assert_eq!(result, Ok(()), "{more}"),
            Some(says) => assert!(result.as_ref().is_err_and(|e| e.starts_with(says)), "{more}: {result:?}"),
        }
    }
    let alone = read(r#""logs":{"S1":[1,2],"S2":[1],"S3":[1]},"commits":{"S1":2}"#);
    assert_eq!(alone, Err("$.setup.commits: S1: entry 2 is on 1 of 3 servers, and so not committed".into()));
    let unsafe_one = read(r#""logs":{"S1":[1],"S2":[1],"S3":[2]},"commits":{"S1":1}"#);
    assert_eq!(
        unsafe_one,
        Err("$.setup.commits: S1: entry 1 is not safe, for S3 lacks it and could be elected".into())
    );
}
