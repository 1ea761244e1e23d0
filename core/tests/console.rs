//! The console's lines against whatever people type: no line does harm, and what is understood is an act that a
//! file could hold.

mod common;

use common::cases;
use lightcone_core::labs::LABS;
use lightcone_core::scenario::Scenario;
use lightcone_core::scenario::console::VERBS;
use proptest::prelude::*;

fn check(lab: usize, line: &str, cursor: usize) -> bool {
    let scenario = Scenario::empty(LABS[lab % LABS.len()]);
    for offer in scenario.complete_line(line, cursor) {
        assert!(!offer.text.is_empty() && line.is_char_boundary(offer.from) && offer.from <= cursor.min(line.len()));
    }
    match scenario.read_line(line) {
        Ok(act) => {
            let json = act.json(&scenario.names());
            assert_eq!(scenario.read_act(&json).as_ref(), Ok(&act), "{line}: {json}");
            true
        }
        Err(e) => {
            assert!(e.path.starts_with("column ") && !e.what.is_empty() && !e.what.contains('\n'), "{line}: {e}");
            false
        }
    }
}

/// Words of lines that are understood, and trouble.
fn word() -> impl Strategy<Value = String> {
    let mut known: Vec<String> = VERBS.iter().flat_map(|v| v.usage.split(' ').map(String::from)).collect();
    for lab in LABS {
        let spec = lab.spec();
        known.extend(Scenario::empty(*lab).names());
        known.extend(spec.timers.iter().map(|t| t.to_string()));
        known.extend(spec.http.iter().flat_map(|f| [f.method.to_string(), f.path.to_string()]));
        for operation in spec.operations {
            known.push(operation.name.into());
            known.extend(operation.args.iter().map(|p| format!("{}={}", p.name, p.default.unwrap_or("P2"))));
            known.extend(operation.args.iter().filter_map(|p| p.default.map(String::from)));
        }
    }
    let odd = "[\"{}\\[\\]=|%?&/.,:a-z0-9üש ]{0,6}";
    prop_oneof![8 => prop::sample::select(known), 1 => odd, 1 => any::<u32>().prop_map(|n| n.to_string())]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(20_000) as u32) })]

    #[test]
    fn no_text_does_harm(lab in 0usize..8, line in ".{0,60}", cursor in 0usize..70) {
        check(lab, &line, cursor);
    }

    #[test]
    fn no_line_of_known_words_does_harm(lab in 0usize..8, words in prop::collection::vec(word(), 0..7), cursor in 0usize..90) {
        check(lab, &words.join(" "), cursor);
    }
}

/// The same with words that fit together more often, so that it is known how many lines are understood.
#[test]
fn lines_of_known_words_are_understood_often_enough_to_mean_something() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let words = prop::collection::vec(word(), 0..3);
    let mut understood = 0;
    for case in 0..2_000 {
        let tail = words.new_tree(&mut runner).expect("words").current().join(" ");
        let scenario = Scenario::empty(LABS[case % LABS.len()]);
        let (names, operations) = (scenario.names(), LABS[case % LABS.len()].spec().operations);
        let (node, operation) = (&names[case % names.len()], operations[case / 7 % operations.len()].name);
        understood += usize::from(check(case % LABS.len(), &format!("{node} {operation} {tail}"), 3));
    }
    assert!(understood > 200, "{understood} of 2000 lines were understood");
}
