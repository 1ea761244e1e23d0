//! The session without a browser.

use super::*;
use lightcone_core::labs;

#[test]
fn playing_reaches_the_end_and_stops_there() {
    let mut session = Session::new(first_scenario());
    for _ in 0..100_000 {
        session.tick(0.016);
    }
    assert!(!session.playing && session.at_end());
    assert_eq!(session.view_us, session.run.scenario().until_us as f64);
}

#[test]
fn what_is_done_in_the_middle_replays_to_the_same_trace() {
    let mut session = Session::new(first_scenario());
    session.seek_time(60_000.5);
    session.act_json(r#"{"crash":{"node":"P2"}}"#).expect("an act");
    session.step(true);
    session.step(true);
    session.step(false);
    session.act_json(r#"{"request":{"node":"P1","op":"multicast","args":{"message":"x"}}}"#).expect("an act");
    session.seek_time(400_000.0);
    let text = session.scenario().to_json();
    let again = lightcone_core::engine::run(labs::parse(&text).expect("what was saved can be read"));
    assert_eq!(again.hash(), session.run.hash());
}

#[test]
fn a_broken_rule_stops_the_run_at_its_first_bad_event() {
    let spec = LABS[0].spec();
    let broken = spec.scenario(spec.switches[0].scenario).expect("it is there");
    let mut session = Session::new(labs::parse(&broken.json()).expect("a scenario"));
    while session.playing {
        session.tick(0.016);
    }
    let violation = session.run.violations().remove(0);
    assert_eq!(session.run.position(), violation.id + 1);
    assert_eq!(session.chosen[0], violation.events.last().copied());
}

#[test]
fn fewer_processes_keep_the_acts_that_still_make_sense() {
    let session = Session::new(first_scenario());
    let smaller = session.with_setup("processes", "2").expect("two are enough");
    assert!(smaller.run.scenario().acts.len() < session.run.scenario().acts.len());
    assert!(session.with_setup("processes", "99").is_err());
}
