//! Facts about one run that were worked out by hand.

use super::*;
use crate::labs;
use crate::labs::LABS;
use crate::trace::RecordId;

/// The example that every textbook has: its clocks are easy to work out.
fn textbook() -> Run {
    let builtin = &LABS[0].spec().scenarios[0];
    let scenario = labs::parse(&builtin.json()).expect("a scenario");
    whole(&Run::new(scenario))
}

fn answer(query: &str) -> Answer {
    Query::parse(query).expect(query).answer(&textbook(), &[]).expect(query)
}

fn event(words: &str) -> RecordId {
    EventRef::parse(words).expect(words).need(&textbook()).expect(words)
}

#[test]
fn the_run_answers_what_one_can_work_out_by_hand() {
    // P1: a local event, then m1 to P2; P2 has had no event before.
    assert_eq!(answer("clock send P1 #1").text(), "(2,0,0)");
    assert_eq!(answer("clock receive P2 #1").text(), "(2,1,0)");
    assert_eq!(answer("stamp receive P2 #1").text(), "(2,1,0)");
    assert_eq!(answer("lamport receive P2 #1"), Answer::Number(3));
    assert!(answer("relation local P1 #1, receive P2 #1").text().starts_with("a → b"));
    assert!(answer("relation receive P2 #1, local P1 #1").text().starts_with("b → a"));
    assert!(answer("relation local P1 #1, local P3 #1").text().starts_with("a ∥ b"));
    assert_eq!(answer("count local P1"), Answer::Number(2));
    assert_eq!(answer("exists crash").text(), "no");
    assert_eq!(answer("node send \"m2\"").text(), "P2");
    assert_eq!(answer("value message of send P1 \"m1\"").text(), "m1");
    assert_eq!(answer("field P2 clock after receive P2 #1").text(), "(2,1,0)");
    assert_eq!(answer("order send P1").text(), "m1 to P2, then m4 to P2, P3");
    assert_eq!(answer("label send P1 last").text(), "m4 to P2, P3");
}

#[test]
fn an_answer_is_right_however_it_is_spaced_and_wrong_otherwise() {
    let given = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let clock = answer("clock receive P2 #1");
    assert!(clock.is_right(&given(&["2", " 1", "0 "])));
    assert!(clock.is_right(&clock.given()));
    for wrong in [&["2", "1"][..], &["2", "1", "1"], &["", "", ""], &["2", "1", "0", "0"], &["-2", "1", "0"]] {
        assert!(!clock.is_right(&given(wrong)), "{wrong:?}");
    }
    let order = answer("order send P1");
    assert!(order.is_right(&given(&["m1 to P2", "m4 to P2, P3"])));
    assert!(!order.is_right(&given(&["m4 to P2, P3", "m1 to P2"])));
    assert!(!Answer::Number(3).is_right(&[]));
}

#[test]
fn events_are_found_by_their_words() {
    let run = textbook();
    let label = |words: &str| run.label(event(words));
    assert_eq!(label("send P1 last"), "m4 to P2, P3");
    assert_eq!(label("receive P1 from P3"), "m3");
    assert_eq!(event("local P1 #2"), EventRef::parse("local P1 last").expect("words").find(&run).expect("one"));
    assert_eq!(Place::parse("12.5 ms").expect("a place").find(&run), Ok((12_500, None)));
    let behind = Place::parse("receive P2 #1").expect("a place").find(&run).expect("an event");
    let before = Place::parse("before receive P2 #1").expect("a place").find(&run).expect("an event");
    assert_eq!(behind.1, before.1.map(|p| p + 1));
    assert!(EventRef::parse("receive P2 #99").expect("words").need(&run).is_err());
}

#[test]
fn nonsense_gives_a_sentence() {
    for line in [
        "",
        "fly",
        "load",
        "seek",
        "seek nowhere",
        "ring",
        "ring receive #0",
        "ring receive P1 P2",
        "point moon",
        "labels red",
        "axis z",
        "choose send, send, send",
        "play to \"open",
        "seek x ms",
    ] {
        assert!(Move::parse(line).is_err_and(|e| !e.is_empty()), "{line}");
    }
    for line in ["", "clock", "clock now", "relation send P1", "value of send", "field P1 after send", "guess send"] {
        assert!(Query::parse(line).is_err_and(|e| !e.is_empty()), "{line}");
    }
    for line in ["", "chosen", "chosen equal", "broken", "x"] {
        assert!(Condition::parse(line).is_err(), "{line}");
    }
    for json in [
        "",
        "{}",
        r#"{"steps":[]}"#,
        r#"{"steps":[{"do":["fly"]}]}"#,
        r#"{"steps":[{"ask":{}}]}"#,
        r#"{"steps":[{"x":1}]}"#,
    ] {
        assert!(Guide::parse(json).is_err(), "{json}");
    }
}

#[test]
fn a_guide_is_read_as_it_was_written() {
    let json = r#"{"title":"T","says":"S","steps":[
        {"title":"One","html":"<p>x</p>","do":["load textbook","play to receive P2 #1","choose local P1 #1, local P3 #1"]},
        {"title":"Two","ask":{"question":"?","answer":"clock receive P2 #1","right":"r","wrong":"w"},
         "check":{"until":"crash P2","hint":"h","done":"d","show":["act crash P2"]}}]}"#;
    let guide = Guide::parse(json).expect("a guide");
    assert_eq!((guide.title.as_str(), guide.steps.len()), ("T", 2));
    assert!(guide.steps[0].loads() && !guide.steps[1].loads());
    assert_eq!(guide.steps[0].moves[1].events().len(), 1);
    let check = guide.steps[1].check.as_ref().expect("a check");
    let mut run = textbook();
    assert!(!check.until.holds(&run, [None, None]));
    let act = run.scenario().read_line("crash P2").expect("a line");
    run.act(act, run.now_us());
    assert!(check.until.holds(&run, [None, None]));
    run.seek(0);
    assert!(!check.until.holds(&run, [None, None]), "not yet, at the beginning");
    let chosen = Condition::parse("chosen concurrent").expect("a condition");
    assert!(chosen.holds(&run, [Some(event("local P1 #1")), Some(event("local P3 #1"))]));
    assert!(!chosen.holds(&run, [Some(event("local P1 #1")), None]));
}
