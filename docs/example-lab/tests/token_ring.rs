//! The lab as somebody outside core tests it: a dialogue, random runs, each switch, the file format, a picture.

use lightcone_core::engine::explore::{random_scenario, run_and_settle};
use lightcone_core::engine::{Run, run};
use lightcone_core::labs::{self, LABS};
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{Fields, Setup, Value as Given};
use lightcone_core::trace::Kind;
use lightcone_core::trace::frame::Panel;
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{Index, View, lay_out, svg};
use lightcone_example_lab::LAB;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// So many random runs, scaled by `LIGHTCONE_CASES` (percent), at least one.
fn cases(normal: u64) -> u64 {
    let percent = std::env::var("LIGHTCONE_CASES").ok().and_then(|t| t.parse().ok()).unwrap_or(100);
    (normal * percent / 100).max(1)
}

fn parse(text: &str) -> Scenario {
    Scenario::parse(text, &[LAB]).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn builtin(id: &str) -> Scenario {
    parse(&LAB.spec().scenario(id).expect("it is in the table").json())
}

/// A ring of 2 to 6 processes.
fn ring(seed: u64, broken: &[&'static str]) -> Setup {
    let mut fields = Fields::default();
    fields.set("processes", Given::Int(2 + seed % 5));
    Setup { fields, broken: broken.to_vec() }
}

fn count(run: &Run, kind: Kind) -> usize {
    (0..run.trace().len()).filter(|&id| run.trace().record(id).kind == kind).count()
}

/// One line for each record that is worth one; boots and the frames of the links go without saying.
fn dialogue(run: &Run) -> String {
    let mut text = String::new();
    for id in 0..run.trace().len() {
        let line: Value = serde_json::from_str(&run.line(id)).expect("a line is JSON");
        let word = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let (node, peer, label) = (word(&line["node"]), word(&line["peer"]), word(&line["label"]));
        let said = match line["kind"].as_str().expect("a kind") {
            "boot" | "link" => continue,
            "send" => format!("{node}→{} hop {}", word(&line["messages"][0]["to"]), line["messages"][0]["data"]["hop"]),
            "receive" => format!("{node}←{peer} hop {}", line["data"]["hop"]),
            _ => format!("{node} {label}"),
        };
        let at_us = line["at_us"].as_u64().expect("a time");
        text.push_str(&format!("{}.{:03} {said}\n", at_us / 1000, at_us % 1000));
    }
    text
}

#[test]
fn a_crash_inside_ends_the_turn_and_keeps_the_token() {
    let run = run(builtin("crash"));
    let said = dialogue(&run);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/crash.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &said).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(said, expected.replace("\r\n", "\n"), "UPDATE_GOLDEN=1 writes the new dialogue");
    assert_eq!(run.violations(), []);
}

#[test]
fn the_rules_hold_in_random_runs_with_faults() {
    let (mut turns, mut crashes, mut drops) = (0, 0, 0);
    for seed in 0..cases(200) {
        let mut run = run(random_scenario(LAB, &ring(seed, &[]), seed));
        assert!(run.settle(), "the ring comes to rest: {}", run.scenario().to_json());
        assert_eq!(run.violations(), [], "{}", run.scenario().to_json());
        let metrics = run.metrics();
        assert_eq!(metrics[1], ("waiting", 0), "nobody waits any more");
        // Each request that was taken in had exactly one turn.
        assert_eq!(count(&run, Kind::Request), count(&run, Kind::Deliver));
        turns += metrics[0].1;
        crashes += count(&run, Kind::Crash);
        drops += count(&run, Kind::Drop);
    }
    println!("{} runs: {turns} turns, {crashes} crashes, {drops} frames lost", cases(200));
    assert!(turns > 0, "somebody was inside");
}

#[test]
fn each_switch_is_caught_in_its_scenario() {
    for switch in LAB.spec().switches {
        let run = run(builtin(switch.scenario));
        let broken: Vec<&str> = run.violations().iter().map(|v| v.rule).collect();
        assert_eq!(broken, [switch.rule], "{}", switch.name);
        // The same with the switch off is sound.
        let mut sound = builtin(switch.scenario);
        sound.setup.broken.clear();
        assert_eq!(run_and_settle(sound).violations(), []);
    }
}

#[test]
fn each_switch_is_caught_in_random_runs() {
    for switch in LAB.spec().switches {
        let find = |seed| run_and_settle(random_scenario(LAB, &ring(seed, &[switch.name]), seed)).violations();
        let found: BTreeSet<&str> = (0..40).flat_map(find).map(|v| v.rule).collect();
        assert_eq!(found, BTreeSet::from([switch.rule]), "{}", switch.name);
    }
}

#[test]
fn its_scenarios_are_files_like_any_other() {
    for builtin in LAB.spec().scenarios {
        let scenario = parse(&builtin.json());
        assert_eq!(parse(&scenario.to_json()), scenario);
        assert!(builtin.stop_us <= scenario.until_us);
    }
    let text = LAB.spec().scenarios[0].json();
    let unknown = labs::parse(&text).expect_err("core alone does not know it").to_string();
    assert!(unknown.starts_with("$.lab: ") && unknown.contains(LABS[0].spec().id), "{unknown}");
    // Beside the labs of core it is one more.
    let mut all = LABS.to_vec();
    all.push(LAB);
    assert!(Scenario::parse(&text, &all).is_ok());
    assert!(Scenario::parse(&LABS[0].spec().scenarios[0].json(), &all).is_ok());
    let wrong = text.replace("\"processes\": 4,", "\"processes\": 1,");
    let error = Scenario::parse(&wrong, &all).expect_err("one process is no ring").to_string();
    assert!(error.starts_with("$.setup.processes: "), "{error}");
}

#[test]
fn every_note_says_why_and_the_table_says_who_waits() {
    let mut run = run(builtin("crash"));
    for id in 0..run.trace().len() {
        let kind = run.trace().record(id).kind;
        if matches!(kind, Kind::Request | Kind::Receive | Kind::Deliver | Kind::Send) {
            assert!(run.why(id).is_some(), "{}", run.line(id));
        }
    }
    run.seek_time(90_000, u32::MAX);
    let panels = run.panels();
    let [Panel::Table { rows, .. }] = &panels[..] else { panic!("one table: {panels:?}") };
    let said: Vec<String> = rows.iter().map(|(name, cells)| format!("{name} {}", cells[0].text)).collect();
    assert_eq!(said, ["R1 waits", "R2 outside", "R3 down, with the token", "R4 waits"]);
}

#[test]
fn its_diagram_can_be_drawn() {
    let run = run(builtin("crash"));
    let mut index = Index::default();
    index.update(&run);
    let view = View::whole(1200.0, run.names().len(), 0.0, run.scenario().until_us as f64);
    let scene = lay_out(&run, &index, &view, &run.frame());
    let picture = svg::write(&scene, &run, &index, Theme::Light, &run.scenario().title, &run.scenario().to_json());
    for name in run.names() {
        assert!(picture.contains(&format!(">{name}<")), "{name} is in the picture");
    }
    let inside = svg::scenario_in(&picture).expect("the scenario is in the picture");
    assert_eq!(parse(&inside), *run.scenario());
}
