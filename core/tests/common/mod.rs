//! What several tests share: random scenarios, traces read as an outsider reads them, and the shared data.
#![allow(dead_code, reason = "each test takes what it needs")]

use lightcone_core::base::draw::{Purpose, draw, in_range};
use lightcone_core::engine::Run;
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use lightcone_core::trace::frame::{Frame, Panel};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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

/// The moment at a run's cursor.
pub(crate) fn moment(run: &Run) -> Moment {
    (run.frame(), run.panels())
}

/// So many cases, scaled by `LIGHTCONE_CASES` (percent; 100 when it is not set), at least one.
pub(crate) fn cases(normal: u64) -> u64 {
    let percent = std::env::var("LIGHTCONE_CASES").ok().and_then(|t| t.parse().ok()).unwrap_or(100);
    (normal * percent / 100).max(1)
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
    runs: u64,
    play: impl Fn(u64, &mut T) + Sync,
    add: impl Fn(&mut T, T) + Sync,
) -> T {
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let total = std::sync::Mutex::new(T::default());
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (total, play, add) = (&total, &play, &add);
            scope.spawn(move || {
                let mut told = T::default();
                (worker..runs).step_by(workers as usize).for_each(|seed| play(seed, &mut told));
                add(&mut total.lock().expect("no worker has failed"), told);
            });
        }
    });
    total.into_inner().expect("no worker has failed")
}

/// Plays random runs with each switch of a lab: its rule must catch it, and with the runs of `more` each rule must have
/// fired. `play` tells how many runs it has made and which rules fired how often.
pub(crate) fn every_switch_is_caught(
    lab: &str,
    full: bool,
    more: &[&'static str],
    mut play: impl FnMut(&'static str) -> (u64, BTreeMap<&'static str, u64>),
) {
    let spec = labs::find(lab).expect("the lab").spec();
    let mut fired: BTreeSet<&str> = more.iter().copied().collect();
    for switch in spec.switches {
        let (runs, found) = play(switch.name);
        let caught = found.get(switch.rule).copied().unwrap_or(0);
        println!(
            "{} is caught by {} in {caught} of {runs} random runs; all rules: {found:?}",
            switch.name, switch.rule
        );
        assert!(caught > 0 || !full, "{}", switch.name);
        fired.extend(found.keys());
    }
    for rule in spec.rules.iter().filter(|_| full) {
        assert!(fired.contains(rule.name), "{} never fired", rule.name);
    }
}
