//! Dialogues: each test is a scenario and what its processes then say to each other, one behaviour each.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then
//! changes was to be checked by hand, against the two rules at the head of the lab.

use super::VectorClocks;
use crate::base::draw::{Purpose, draw, in_range};
use crate::engine::{Run, run};
use crate::labs;
use crate::labs::golden::{self, Line, vector};
use crate::protocol::Protocol;

fn dialogue(run: &Run) -> String {
    golden::dialogue(run, |line| {
        let Line { node, peer, label, data, .. } = line;
        let (before, after) = (|| vector(run, &data["before"]), || vector(run, &data["after"]));
        Some(match line.kind.as_str() {
            "send" => format!("{node}→{} {} {}", line.to(), line.sent(), after()),
            "receive" => {
                let copy = data.get("copy").map(|c| format!(", copy {c}")).unwrap_or_default();
                format!("{node}←{peer} {label}{copy} {}→{}", before(), after())
            }
            "local" => format!("{node} local {}", after()),
            _ => return line.usual(),
        })
    })
}

/// Runs acts, each `at_ms act` on a line, and holds the dialogue against `golden/NAME.txt`.
fn golden(name: &str, head: &str, acts: &[(&str, &str)]) {
    let acts: Vec<String> = acts.iter().map(|(when, act)| format!("{{{when},\"act\":{act}}}")).collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",{head},\"acts\":[{}],\"until_ms\":1000}}",
        acts.join(",")
    );
    let scenario = labs::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    hold(name, &dialogue(&run(scenario)));
}

fn hold(name: &str, said: &str) {
    golden::hold("vector_clocks", name, said);
}

/// The time of an act, and an act, in the forms of the scenario.
fn at(ms: &str) -> String {
    format!("\"at_ms\":{ms}")
}

fn send(from: &str, to: &str, message: &str) -> String {
    format!(
        "{{\"request\":{{\"node\":\"{from}\",\"op\":\"send\",\"args\":{{\"to\":\"{to}\",\"message\":\"{message}\"}}}}}}"
    )
}

fn multicast(from: &str, message: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{from}\",\"op\":\"multicast\",\"args\":{{\"message\":\"{message}\"}}}}}}")
}

fn local(node: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{node}\",\"op\":\"local\"}}}}")
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

/// Three processes and links of exactly 10 ms, unless something else is said.
const PLAIN: &str = r#""setup":{"processes":3},"network":{"delay_ms":10}"#;

macro_rules! acts {
    ($($when:literal $act:expr),* $(,)?) => {
        [$((at($when).as_str(), $act.as_str())),*].map(|(w, a)| (w.to_string(), a.to_string()))
    };
}

fn play(name: &str, head: &str, acts: &[(String, String)]) {
    let acts: Vec<(&str, &str)> = acts.iter().map(|(w, a)| (w.as_str(), a.as_str())).collect();
    golden(name, head, &acts);
}

#[test]
fn mattern_1989_every_event_counts_and_messages_carry_what_was_known() {
    play(
        "textbook",
        PLAIN,
        &acts![
            "1" local("P1"),
            "2" send("P1", "P2", "m1"),
            "3" local("P3"),
            "20" send("P2", "P3", "m2"),
            "40" local("P1"),
            "50" send("P3", "P1", "m3"),
        ],
    );
}

#[test]
fn events_that_know_nothing_of_each_other_are_concurrent() {
    play("concurrent", PLAIN, &acts!["1" send("P1", "P2", "left"), "1" send("P3", "P2", "right"), "5" local("P1")]);
}

#[test]
fn a_lost_message_teaches_nobody_and_another_way_brings_the_news() {
    play(
        "lost",
        PLAIN,
        &acts![
            "0" r#"{"link":{"from":"P1","to":"P2","blocked":true}}"#.to_string(),
            "1" multicast("P1", "news"),
            "20" local("P2"),
            "30" send("P3", "P2", "have you heard"),
        ],
    );
}

#[test]
fn a_message_that_was_overtaken_teaches_nothing_and_counts() {
    play(
        "overtaking",
        PLAIN,
        &acts![
            "1" send("P1", "P2", "first"),
            "2" send("P1", "P2", "second"),
            "3" r#"{"message":{"from":"P1","to":"P2","n":1,"deliver_in_ms":30}}"#.to_string(),
        ],
    );
}

#[test]
fn a_clock_goes_on_after_a_crash_where_it_was() {
    play(
        "crash",
        PLAIN,
        &acts![
            "1" local("P2"),
            "2" send("P2", "P1", "before"),
            "3" send("P1", "P2", "too late"),
            "5" on("crash", "P2"),
            "6" local("P2"),
            "20" on("restart", "P2"),
            "21" local("P2"),
            "30" send("P1", "P2", "again"),
        ],
    );
}

#[test]
fn a_crash_before_the_send_of_a_step_leaves_no_event() {
    // Records 0 to 2 are the boots, 3 the request.
    let acts = [(at("1"), send("P1", "P2", "never")), ("\"after_event\":3".into(), on("crash", "P1"))];
    let more = acts!["5" on("restart", "P1"), "6" local("P1")];
    play("crash-in-step", PLAIN, &acts.into_iter().chain(more).collect::<Vec<_>>());
}

#[test]
fn two_sides_of_a_partition_learn_nothing_of_each_other_until_it_heals() {
    play(
        "partition",
        r#""setup":{"processes":4},"network":{"delay_ms":10}"#,
        &acts![
            "1" r#"{"partition":{"groups":[["P1","P2"],["P3","P4"]]}}"#.to_string(),
            "2" multicast("P1", "left"),
            "2" multicast("P3", "right"),
            "30" r#"{"heal":{}}"#.to_string(),
            "31" send("P4", "P2", "news"),
        ],
    );
}

#[test]
fn a_paused_process_takes_in_what_came_in_order() {
    play(
        "pause",
        PLAIN,
        &acts![
            "1" on("pause", "P2"),
            "2" send("P3", "P2", "one"),
            "3" send("P1", "P2", "two"),
            "4" local("P2"),
            "30" on("resume", "P2"),
        ],
    );
}

#[test]
fn a_multicast_is_one_event() {
    play("multicast", PLAIN, &acts!["1" multicast("P2", "to all"), "20" local("P2")]);
}

#[test]
fn alone_a_multicast_is_an_event_all_the_same() {
    play("alone", r#""setup":{"processes":1}"#, &acts!["1" multicast("P1", "to nobody")]);
}

#[test]
fn a_duplicate_is_an_event_of_its_own() {
    let head = r#""setup":{"processes":2},"network":{"delay_ms":10,"duplicate":1}"#;
    play("duplicate", head, &acts!["1" send("P1", "P2", "twice")]);
}

#[test]
fn broken_no_merge_is_caught_at_the_first_receive() {
    let head = r#""setup":{"processes":3,"broken":["no-merge"]},"network":{"delay_ms":10}"#;
    play("broken-no-merge", head, &acts!["1" send("P1", "P2", "m1"), "20" send("P2", "P3", "m2")]);
}

#[test]
fn broken_no_tick_on_receive_is_caught_at_the_first_receive() {
    let head = r#""setup":{"processes":3,"broken":["no-tick-on-receive"]},"network":{"delay_ms":10}"#;
    play("broken-no-tick", head, &acts!["1" send("P1", "P2", "m1"), "20" send("P2", "P3", "m2")]);
}

fn kinds(run: &Run, kind: &str) -> usize {
    (0..run.trace().len()).filter(|&id| run.trace().record(id).kind.name() == kind).count()
}

#[test]
fn every_built_in_scenario_does_what_it_is_there_for() {
    let spec = VectorClocks::spec();
    for builtin in spec.scenarios {
        let scenario = labs::parse(&builtin.json()).unwrap_or_else(|e| panic!("{}: {e}", builtin.id));
        let broken = scenario.setup.broken.clone();
        assert!(builtin.stop_us <= scenario.until_us, "{}: the stop is in the run", builtin.id);
        let run = run(scenario);
        assert!(kinds(&run, "receive") > 0, "{}: something arrives", builtin.id);
        if broken.is_empty() {
            assert_eq!(run.violations(), [], "{}", builtin.id);
            // In "crash" a process that is down is asked for an event, to show what comes of it.
            let refused = usize::from(builtin.id == "crash");
            assert_eq!(kinds(&run, "refused"), refused, "{}", builtin.id);
        }
    }
}

#[test]
fn every_switch_names_a_scenario_in_which_its_rule_fires() {
    let spec = VectorClocks::spec();
    for switch in spec.switches {
        assert!(spec.rule(switch.rule).is_some_and(|r| r.sort == switch.sort), "{}", switch.name);
        let builtin = spec.scenario(switch.scenario).expect("the scenario is there");
        let scenario = labs::parse(&builtin.json()).expect("a scenario");
        assert_eq!(scenario.setup.broken, [switch.name]);
        let run = run(scenario);
        let violations = run.violations();
        assert_eq!(violations.len(), 1, "{}: the first violation of a rule is told once", switch.name);
        assert_eq!(violations[0].rule, switch.rule);
        assert!(violations[0].explain.contains("component"), "{}", violations[0].explain);
    }
}

/// A random run of three to five processes: sends and multicasts at random times.
fn random(seed: u64, broken: &[&'static str]) -> Run {
    let dice = |what: u32, min, max| in_range(draw(seed, Purpose::Explore, what, 0, 0), min, max);
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",\"seed\":{seed},\"setup\":{{\"processes\":{}}},\
         \"network\":{{\"loss\":0.1,\"duplicate\":0.1}},\"until_ms\":200,\"acts\":[\
         {{\"at_ms\":0,\"act\":{{\"workload\":{{\"op\":\"send\",\"nodes\":[\"P1\",\"P2\",\"P3\"],\"count\":{},\
         \"every_ms\":3}}}}}},\
         {{\"at_ms\":{},\"act\":{{\"workload\":{{\"op\":\"multicast\",\"nodes\":[\"P1\",\"P3\"],\"count\":{},\
         \"every_ms\":7}}}}}}]}}",
        dice(0, 3, 5),
        dice(1, 1, 20),
        dice(2, 0, 50),
        dice(3, 1, 6),
    );
    let mut scenario = labs::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    scenario.setup.broken = broken.to_vec();
    run(scenario)
}

#[test]
fn random_runs_catch_every_switch_and_accuse_nobody_without_one() {
    const RUNS: u64 = 100;
    for seed in 0..RUNS {
        assert_eq!(random(seed, &[]).violations(), [], "seed {seed}");
    }
    for switch in VectorClocks::spec().switches {
        let caught = (0..RUNS).filter(|&seed| {
            let violations = random(seed, &[switch.name]).violations();
            violations.iter().any(|v| v.rule == switch.rule)
        });
        let caught = caught.count();
        println!("{} is caught by {} in {caught} of {RUNS} random runs", switch.name, switch.rule);
        assert!(caught > 90, "{}: {caught} of {RUNS}", switch.name);
    }
}
