//! A run follows from its scenario alone; the cursor goes anywhere; acts made live replay exactly.

mod common;

use common::{ALL, Dice, Moment, assert_same_trace, cases, lines, moment, parse, random_act, random_scenario};
use lightcone_core::engine::{Run, run};
use lightcone_core::scenario::Scenario;

fn open(scenario: Scenario) -> Run {
    Run::new(scenario)
}

#[test]
fn the_same_scenario_gives_the_same_trace_to_the_byte() {
    for seed in 0..cases(100) {
        let scenario = parse(&random_scenario(seed, ALL, ""));
        assert_same_trace(&run(scenario.clone()), &run(scenario), &format!("seed {seed}"));
    }
}

#[test]
fn both_written_forms_give_the_same_scenario_and_the_same_hash() {
    for seed in 0..cases(100) {
        let scenario = parse(&random_scenario(seed, ALL, ""));
        let hash = run(scenario.clone()).hash();
        for text in [scenario.to_json(), scenario.to_json_line()] {
            let again = parse(&text);
            assert_eq!(again, scenario, "seed {seed}");
            assert_eq!(run(again).hash(), hash, "seed {seed}");
        }
        assert!(!scenario.to_json_line().contains('\n'));
    }
}

#[test]
fn running_in_pieces_gives_the_same_trace_as_in_one_go() {
    for seed in 0..cases(60) {
        let scenario = parse(&random_scenario(seed, ALL, ""));
        let until_us = scenario.until_us;
        let whole = run(scenario.clone());
        let mut dice = Dice::new(seed ^ 0xabc);
        let mut pieces = open(scenario);
        let mut at_us = 0;
        while at_us < until_us {
            at_us = (at_us + dice.range(0, 20_000)).min(until_us);
            while !pieces.seek_time(at_us, dice.range(1, 9) as u32) {}
            if dice.percent(20) {
                pieces.next_us();
            }
        }
        pieces.seek_time(until_us, u32::MAX);
        // Looking ahead may have made records behind the end.
        let (one, two) = (lines(&whole), lines(&pieces));
        assert_eq!(one[..], two[..one.len()], "seed {seed}");
        assert_eq!(moment(&whole), moment(&pieces), "seed {seed}");
    }
}

/// The moments of a run by their positions, each reached by single steps from the start.
fn moments(scenario: &Scenario) -> Vec<Moment> {
    let mut run = open(scenario.clone());
    let mut frames = vec![moment(&run)];
    while frames.len() < 2_000 && run.step() {
        frames.push(moment(&run));
    }
    frames
}

#[test]
fn seeking_anywhere_shows_the_moment_that_stepping_there_shows() {
    for seed in 0..cases(60) {
        let scenario = parse(&random_scenario(seed, ALL, ""));
        let frames = moments(&scenario);
        let until_us = scenario.until_us;
        let mut run = run(scenario);
        let mut dice = Dice::new(seed);
        for _ in 0..40 {
            match dice.range(0, 9) {
                0 => drop(run.next_us()),
                1 => drop(run.seek_time(dice.range(0, until_us), u32::MAX)),
                _ => {}
            }
            let goal = dice.range(0, u64::from(run.trace().len())) as u32;
            run.seek(goal);
            // A record that others belong to, such as a crash with the messages lost by it, is one step.
            let there = frames.iter().find(|f| f.0.position >= goal).expect("stepping went that far");
            assert_eq!(moment(&run), *there, "seed {seed}, position {goal}");
        }
    }
}

#[test]
fn a_time_looks_the_same_the_first_time_and_when_one_comes_back() {
    for seed in 0..cases(60) {
        let scenario = parse(&random_scenario(seed, ALL, ""));
        let until_us = scenario.until_us;
        let mut dice = Dice::new(seed);
        let mut times: Vec<u64> = (0..12).map(|_| dice.range(0, until_us)).collect();
        times.sort_unstable();
        let mut run = open(scenario);
        let first: Vec<Moment> = times
            .iter()
            .map(|&at_us| {
                run.seek_time(at_us, u32::MAX);
                moment(&run)
            })
            .collect();
        run.seek_time(until_us, u32::MAX);
        for _ in 0..30 {
            let i = dice.range(0, 11) as usize;
            run.seek_time(times[i], u32::MAX);
            assert_eq!(moment(&run), first[i], "seed {seed}, time {}", times[i]);
        }
    }
}

/// More than 100,000 records: local events, and messages between five processes.
fn long_scenario() -> Scenario {
    parse(
        r#"{"format":"lightcone/1","lab":"vector-clocks","seed":9,"setup":{"processes":5},
        "network":{"delay_ms":{"exponential":{"min":1,"mean":30}},"loss":0.01,"duplicate":0.02},
        "acts":[
          {"at_ms":1,"act":{"workload":{"op":"send","nodes":["P1","P2","P3","P4","P5"],"count":40000,"every_ms":0.5}}},
          {"at_ms":700.25,"act":{"pause":{"node":"P3"}}},
          {"at_ms":1900.75,"act":{"resume":{"node":"P3"}}},
          {"at_ms":5000.1,"act":{"crash":{"node":"P2"}}},
          {"at_ms":5600,"act":{"restart":{"node":"P2"}}}
        ],"until_ms":21000}"#,
    )
}

#[test]
fn a_run_of_a_hundred_thousand_records_keeps_few_snapshots_and_every_moment() {
    let mut run = run(long_scenario());
    let len = run.trace().len();
    assert!(len >= 100_000, "only {len} records");
    assert!(run.snapshots() <= 257, "{} snapshots", run.snapshots());
    let mut dice = Dice::new(5);
    let mut goals: Vec<u32> = (0..40).map(|_| dice.range(0, u64::from(len)) as u32).collect();
    goals.sort_unstable();
    let mut stepped = open(long_scenario());
    let mut frames = Vec::new();
    for &goal in &goals {
        while stepped.position() < goal && stepped.step() {}
        frames.push(moment(&stepped));
    }
    for _ in 0..80 {
        let i = dice.range(0, goals.len() as u64 - 1) as usize;
        run.seek(goals[i]);
        assert_eq!(moment(&run), frames[i], "position {}", goals[i]);
    }
    assert!(run.snapshots() <= 257, "{} snapshots after seeking", run.snapshots());
    println!("{len} records, {} snapshots", run.snapshots());
}

/// Plays with a run as a person would: goes somewhere, also back, and does something there.
fn play(run: &mut Run, dice: &mut Dice, acts: u64) {
    let n = run.names().len() as u64;
    for _ in 0..acts {
        match dice.range(0, 4) {
            0 => run.seek(dice.range(0, u64::from(run.trace().len())) as u32),
            1 => drop(run.seek_time(dice.range(0, 300_000), u32::MAX)),
            2 => drop(run.next_us()),
            _ => {
                for _ in 0..dice.range(0, 30) {
                    run.step();
                }
            }
        }
        let act = random_act(dice, n, ALL);
        let act = run.scenario().read_act(&act).expect("an act");
        // Often at the cursor, sometimes later, now and then later than what comes next.
        let later = if dice.percent(50) { 0 } else { dice.range(0, 5_000) };
        let at_us = run.now_us() + later;
        run.act(act, at_us);
    }
}

#[test]
fn acts_made_live_replay_from_the_saved_file_to_the_byte() {
    for seed in 0..cases(400) {
        let mut dice = Dice::new(seed ^ 0x11fe);
        let mut scenario = parse(&random_scenario(seed, ALL, ""));
        let keep = dice.range(0, scenario.acts.len() as u64) as usize;
        scenario.acts.truncate(keep);
        let mut live = open(scenario);
        for round in 0..4 {
            let acts = dice.range(1, 4);
            play(&mut live, &mut dice, acts);
            let saved = live.scenario().to_json();
            let until_us = live.scenario().until_us;
            live.seek_time(until_us, u32::MAX);
            let again = run(parse(&saved));
            let (one, two) = (lines(&live), lines(&again));
            for (id, line) in two.iter().enumerate() {
                assert_eq!(one.get(id), Some(line), "seed {seed}, round {round}: live and replayed\n{saved}");
            }
            assert_eq!(moment(&live), moment(&again), "seed {seed}, round {round}\n{saved}");
        }
    }
}

#[test]
fn a_branch_keeps_the_old_future_while_the_original_gets_a_new_one() {
    for seed in 0..cases(60) {
        let mut original = run(parse(&random_scenario(seed, ALL, "")));
        let before = lines(&original);
        let mut dice = Dice::new(seed);
        original.seek(dice.range(1, u64::from(original.trace().len())) as u32);
        let branch = original.fork();
        let position = original.position();
        let act = original.scenario().read_act(r#"{"request":{"node":"P1","op":"local"}}"#).expect("an act");
        let at_us = original.now_us();
        original.act(act, at_us);
        assert_eq!(lines(&branch), before, "seed {seed}: the branch is untouched");
        assert_eq!(branch.position(), position);
        let after = lines(&original);
        assert_eq!(after[..position as usize], before[..position as usize], "seed {seed}: the past is shared");
        assert_eq!(original.position(), original.trace().len(), "seed {seed}: nothing is left of the old future");
    }
}
