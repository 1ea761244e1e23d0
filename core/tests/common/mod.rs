//! What several tests share: random scenarios, traces read as an outsider reads them, and the shared data.
#![allow(dead_code, reason = "each test takes what it needs")]

use lightcone_core::base::draw::{Purpose, draw, in_range};
use lightcone_core::engine::Run;
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::Switch;
use lightcone_core::trace::frame::{Frame, Panel};
use lightcone_core::views::diagram::Index;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

/// Numbers that follow from a seed alone, so that a failure that names its seed can be made again.
pub(crate) struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice { seed, thrown: 0 }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.thrown += 1;
        draw(self.seed, Purpose::Explore, 0, 0, self.thrown)
    }

    pub(crate) fn range(&mut self, min: u64, max: u64) -> u64 {
        in_range(self.bits(), min, max)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.range(1, 100) <= percent
    }

    pub(crate) fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.range(0, items.len() as u64 - 1) as usize]
    }
}

/// All that can be seen of a moment.
pub(crate) type Moment = (Frame, Vec<Panel>);

/// A scenario played to its end, with what its diagram needs.
pub(crate) fn played(json: &str) -> (Run, Index) {
    let scenario = parse(json);
    let until_us = scenario.until_us;
    let mut run = Run::new(scenario);
    run.seek_time(until_us, u32::MAX);
    let index = Index::of(&run);
    (run, index)
}

/// The same of a built-in scenario.
pub(crate) fn played_builtin(lab: &str, id: &str) -> (Run, Index) {
    let lab = labs::find(lab).expect("the lab");
    played(&lab.spec().scenario(id).expect("the scenario").json())
}

/// The moment at a run's cursor.
pub(crate) fn moment(run: &Run) -> Moment {
    (run.frame(), run.panels())
}

fn percent() -> Option<u64> {
    std::env::var("LIGHTCONE_CASES").ok()?.parse().ok()
}

/// So many cases, scaled by `LIGHTCONE_CASES` (percent; 100 when it is not set), at least one.
pub(crate) fn cases(normal: u64) -> u64 {
    (normal * percent().unwrap_or(100) / 100).max(1)
}

/// Whether whoever runs the tests has time for all: `LIGHTCONE_CASES=100`, or more.
pub(crate) fn all_cases() -> bool {
    percent().is_some_and(|percent| percent >= 100)
}

/// The same for cases that take minutes: every day a tenth of them, and all with `LIGHTCONE_CASES=100`.
pub(crate) fn long_cases(normal: u64) -> u64 {
    cases(if all_cases() { normal } else { normal / 10 })
}

/// Public data with known answers: in `LIGHTCONE_DATA`, else beside the project. Who clones the project alone does not have
/// them, so tests that read them are ignored unless `cargo xtask test` finds the folder.
pub(crate) fn shared_data(file: &str) -> String {
    let folder = std::env::var_os("LIGHTCONE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    std::fs::read_to_string(folder.join(file)).unwrap_or_else(|e| panic!("{file}: {e}; see LIGHTCONE_DATA"))
}

/// What a random scenario has in it.
#[derive(Clone, Copy)]
pub(crate) struct Spice {
    /// Crashes, pauses, partitions, lossy links and message surgery.
    pub(crate) faults: bool,
    /// Acts that fall right behind a record, also in the middle of a step.
    pub(crate) anchored: bool,
}

pub(crate) const ALL: Spice = Spice { faults: true, anchored: true };

/// Time in thousandths of a millisecond as the scenario format writes it.
fn ms(us: u64) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

fn delay(dice: &mut Dice) -> String {
    match dice.range(0, 2) {
        0 => ms(dice.range(1, 30_000)),
        1 => {
            let min = dice.range(1, 20_000);
            format!("{{\"uniform\":[{},{}]}}", ms(min), ms(min + dice.range(0, 30_000)))
        }
        _ => {
            let min = dice.range(1, 5_000);
            format!("{{\"exponential\":{{\"min\":{},\"mean\":{}}}}}", ms(min), ms(min + dice.range(0, 20_000)))
        }
    }
}

/// A random act on processes `P1` to `Pn` of the lab with `send`, `multicast` and `local`, as JSON.
pub(crate) fn random_act(dice: &mut Dice, n: u64, spice: Spice) -> String {
    let node = dice.range(1, n);
    let other = (node + dice.range(1, n - 1) - 1) % n + 1;
    if !spice.faults || dice.percent(45) {
        let text = dice.range(0, 999);
        return match dice.range(0, 5) {
            0 => format!("{{\"request\":{{\"node\":\"P{node}\",\"op\":\"local\"}}}}"),
            1 | 2 => {
                format!("{{\"request\":{{\"node\":\"P{node}\",\"op\":\"multicast\",\"args\":{{\"message\":{text}}}}}}}")
            }
            _ => format!(
                "{{\"request\":{{\"node\":\"P{node}\",\"op\":\"send\",\
                 \"args\":{{\"to\":\"P{other}\",\"message\":\"x{text}\"}}}}}}"
            ),
        };
    }
    match dice.range(0, 13) {
        0 => format!("{{\"crash\":{{\"node\":\"P{node}\"}}}}"),
        1 | 2 => format!("{{\"restart\":{{\"node\":\"P{node}\"}}}}"),
        3 | 4 => format!("{{\"pause\":{{\"node\":\"P{node}\"}}}}"),
        5 | 6 => format!("{{\"resume\":{{\"node\":\"P{node}\"}}}}"),
        7 => {
            let cut = dice.range(1, n - 1);
            let side: Vec<String> = (1..=cut).map(|i| format!("\"P{i}\"")).collect();
            format!("{{\"partition\":{{\"groups\":[[{}]]}}}}", side.join(","))
        }
        8 => "{\"heal\":{}}".into(),
        9 => format!(
            "{{\"link\":{{\"from\":\"P{node}\",\"to\":\"P{other}\",\"delay_ms\":{},\"loss\":0.{},\"fifo\":{},\
             \"blocked\":{}}}}}",
            delay(dice),
            dice.range(0, 9),
            dice.percent(50),
            dice.percent(20)
        ),
        10 => format!("{{\"network\":{{\"duplicate\":0.{},\"loss\":0.{}}}}}", dice.range(0, 6), dice.range(0, 4)),
        11 => format!(
            "{{\"workload\":{{\"op\":\"{}\",\"nodes\":[\"P{node}\",\"P{other}\"],\"count\":{},\"every_ms\":{}}}}}",
            dice.of(&["send", "multicast", "local"]),
            dice.range(1, 8),
            ms(dice.range(1, 9_000))
        ),
        _ => {
            let which = if dice.percent(50) {
                format!("\"id\":{}", dice.range(0, 60))
            } else {
                format!("\"from\":\"P{node}\",\"to\":\"P{other}\",\"n\":{}", dice.range(1, 8))
            };
            let what = match dice.range(0, 2) {
                0 => "\"drop\":true".into(),
                1 => "\"duplicate\":true".into(),
                _ => format!("\"deliver_in_ms\":{}", ms(dice.range(1, 40_000))),
            };
            format!("{{\"message\":{{{which},{what}}}}}")
        }
    }
}

/// A random scenario of the lab whose operations are `send`, `multicast` and `local`, as JSON.
pub(crate) fn random_scenario(seed: u64, spice: Spice, broken: &str) -> String {
    let mut dice = Dice::new(seed);
    let n = dice.range(2, 8);
    let until_us = 300_000;
    let mut acts = Vec::new();
    for _ in 0..dice.range(15, 70) {
        let when = if spice.anchored && dice.percent(25) {
            format!("\"after_event\":{}", dice.range(0, 250))
        } else if dice.percent(20) {
            // Many acts at few instants: their order counts.
            format!("\"at_ms\":{}", dice.range(0, 12) * 25)
        } else {
            format!("\"at_ms\":{}", ms(dice.range(0, until_us)))
        };
        acts.push(format!("{{{when},\"act\":{}}}", random_act(&mut dice, n, spice)));
    }
    let (loss, duplicate) = if spice.faults { (dice.range(0, 3), dice.range(0, 4)) } else { (0, 0) };
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",\"title\":\"random {seed}\",\"seed\":{seed},\
         \"setup\":{{\"processes\":{n},\"broken\":[{broken}]}},\"network\":{{\"delay_ms\":{},\"loss\":0.{loss},\
         \"duplicate\":0.{duplicate},\"fifo\":{}}},\"acts\":[{}],\"until_ms\":{}}}",
        delay(&mut dice),
        dice.percent(30),
        acts.join(","),
        until_us / 1000
    )
}

/// Reads a scenario that is known to be one.
pub(crate) fn parse(text: &str) -> Scenario {
    labs::parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The whole trace in the trace format.
pub(crate) fn lines(run: &Run) -> Vec<String> {
    (0..run.trace().len()).map(|id| run.line(id)).collect()
}

/// The trace as whoever reads the file has it.
pub(crate) fn read_lines(run: &Run) -> Vec<Value> {
    let read = |line: &String| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    lines(run).iter().map(read).collect()
}

/// Says where two traces part.
pub(crate) fn assert_same_trace(a: &Run, b: &Run, what: &str) {
    let (one, two) = (lines(a), lines(b));
    for (x, y) in one.iter().zip(&two) {
        assert_eq!(x, y, "{what}: the traces part here; the scenario is\n{}", a.scenario().to_json());
    }
    assert_eq!(one.len(), two.len(), "{what}: one trace is longer; the scenario is\n{}", a.scenario().to_json());
    assert_eq!(a.hash(), b.hash(), "{what}");
}

/// Plays many runs on all processors, each from its number, and adds up what they tell.
pub(crate) fn on_all_processors<T: Default + Send>(
    runs: Range<u64>,
    play: impl Fn(u64, &mut T) + Sync,
    add: impl Fn(&mut T, T) + Sync,
) -> T {
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let total = std::sync::Mutex::new(T::default());
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (total, play, add, runs) = (&total, &play, &add, runs.clone());
            scope.spawn(move || {
                let mut told = T::default();
                runs.skip(worker as usize).step_by(workers as usize).for_each(|seed| play(seed, &mut told));
                add(&mut total.lock().expect("no worker has failed"), told);
            });
        }
    });
    total.into_inner().expect("no worker has failed")
}

/// A rule that has caught its switch in so many runs catches it.
const ENOUGH: u64 = 3;

/// Random runs with a switch, so far.
struct Hunt {
    switch: &'static str,
    rule: &'static str,
    runs: u64,
    found: BTreeMap<&'static str, u64>,
}

impl Hunt {
    fn caught(&self) -> u64 {
        self.found.get(self.rule).copied().unwrap_or(0)
    }
}

/// Plays random runs with each switch of a lab, up to so many: its rule must catch it, and with the runs of `more` each rule
/// must have fired. It goes on until both are so; `LIGHTCONE_CASES=100` plays all. `play` takes seeds and tells which rules
/// fired in how many runs.
pub(crate) fn every_switch_is_caught(
    lab: &str,
    runs: u64,
    more: &[&'static str],
    mut play: impl FnMut(&'static str, Range<u64>) -> BTreeMap<&'static str, u64>,
) {
    let spec = labs::find(lab).expect("the lab").spec();
    let (most, full) = (cases(runs), cases(runs) >= runs);
    let portion = if all_cases() { most } else { most.div_ceil(10) };
    let mut fired: BTreeSet<&str> = more.iter().copied().collect();
    let mut go_on = |hunt: &mut Hunt, fired: &mut BTreeSet<&str>| {
        let seeds = hunt.runs..most.min(hunt.runs + portion);
        hunt.runs = seeds.end;
        for (rule, n) in play(hunt.switch, seeds) {
            *hunt.found.entry(rule).or_default() += n;
            fired.insert(rule);
        }
    };
    let hunt = |switch: &Switch| Hunt { switch: switch.name, rule: switch.rule, runs: 0, found: BTreeMap::new() };
    let mut hunts: Vec<Hunt> = spec.switches.iter().map(hunt).collect();
    for hunt in &mut hunts {
        while hunt.runs < most && hunt.caught() < ENOUGH {
            go_on(hunt, &mut fired);
        }
        let Hunt { switch, rule, runs, found } = &hunt;
        println!("{switch} is caught by {rule} in {} of {runs} random runs; all rules: {found:?}", hunt.caught());
        assert!(hunt.caught() > 0 || !full, "{switch}");
    }
    for hunt in &mut hunts {
        while hunt.runs < most && spec.rules.iter().any(|rule| !fired.contains(rule.name)) {
            go_on(hunt, &mut fired);
        }
    }
    for rule in spec.rules.iter().filter(|_| full) {
        assert!(fired.contains(rule.name), "{} never fired", rule.name);
    }
}
