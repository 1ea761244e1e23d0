//! The parts of a panel that shows caches on a bus: plain data, and each part has the words for what it is.

use super::Cell;
use crate::base::json::millis_text;
use crate::coherence::State;
use serde::Serialize;

/// The colour of a state of a line, 0 to 6.
#[must_use]
pub const fn state_tone(state: State) -> u8 {
    match state {
        State::I => 6,
        State::S => 0,
        State::E => 2,
        State::M | State::O => 1,
        State::V => 0,
        State::F => 3,
    }
}

/// A place of a cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CachePlace {
    /// The line in it, also one that has become invalid; empty where there was never one.
    pub line: String,
    /// The line's whole name, by which it is chosen.
    pub key: String,
    /// Whether it is the line that was chosen to be looked at.
    pub chosen: bool,
    /// The letter of its state.
    pub state: String,
    /// Which of the palette's colours the state has, 0 to 6.
    pub tone: u8,
    /// What is in the line.
    pub value: String,
    /// Whether it is newer than memory.
    pub dirty: bool,
    /// How many lines of the set were used after it: 0 is the latest, the highest goes first.
    pub rank: u16,
    /// What the line waits for, such as `S→M, BusUpgr`.
    pub waits: Option<String>,
    /// That the line came back for the sake of a word that nobody else had written, in a few words: `false sharing: C1
    /// writes 0x1000, C2 wrote 0x1008`.
    pub shared_falsely: Option<String>,
}

/// A set of a cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheSet {
    /// Its number.
    pub number: u32,
    /// Its places.
    pub places: Vec<CachePlace>,
}

/// A cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CachePicture {
    /// Its name.
    pub name: String,
    /// Whether it runs.
    pub up: bool,
    /// The sets that have been used, at least one.
    pub sets: Vec<CacheSet>,
    /// How many sets it has.
    pub sets_in_all: u32,
    /// What the cache waits for, such as `BusRd user_1`.
    pub waits: Option<String>,
    /// Accesses of its processor that wait, the next one first.
    pub queue: Vec<String>,
}

/// A line of memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MemoryLine {
    /// The line.
    pub line: String,
    /// Its whole name, by which it is chosen.
    pub key: String,
    /// Whether it is the line that was chosen to be looked at.
    pub chosen: bool,
    /// What memory has of it.
    pub value: String,
    /// The cache that has something newer.
    pub newer: Option<String>,
}

/// A row of a table of things of which one can be chosen to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ThingRow {
    /// Its head.
    pub name: String,
    /// The whole name, by which it is chosen.
    pub key: String,
    /// Whether it is the one that was chosen.
    pub chosen: bool,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A transaction on the bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BusTurn {
    /// Its number.
    pub txn: u32,
    /// What it is, such as `BusRd`.
    pub what: String,
    /// Of which line.
    pub line: String,
    /// Who asked for it.
    pub by: String,
    /// How far it is, in a few words.
    pub phase: String,
    /// What each cache that was asked has answered: nothing while the bus waits for it.
    pub answers: Vec<(String, Option<String>)>,
}

/// A request that waits for the bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BusRequest {
    /// Who asks.
    pub by: String,
    /// For what, such as `BusRdX`.
    pub what: String,
    /// Of which line.
    pub line: String,
}

/// A transaction that took place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BusPast {
    /// Its number.
    pub txn: u32,
    /// What it was, such as `BusRd`.
    pub what: String,
    /// Of which line.
    pub line: String,
    /// Who asked for it.
    pub by: String,
    /// Where the data came from and went to, in a few words.
    pub data: String,
    /// When it took place, in microseconds.
    pub at_us: u64,
}

/// A bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BusPicture {
    /// What it is doing.
    pub now: Option<BusTurn>,
    /// Who waits, first come first.
    pub queue: Vec<BusRequest>,
    /// What took place last, the newest first.
    pub log: Vec<BusPast>,
}

/// What a panel of caches has as a table: heads of the columns, and rows with their heads.
pub type PlainTable = (Vec<&'static str>, Vec<(String, Vec<String>)>);

/// The same in words, for a table: a row for each place that is in use, for the bus, and for each line of memory.
#[must_use]
pub fn as_table(caches: &[CachePicture], memory: &[MemoryLine], bus: &BusPicture) -> PlainTable {
    let mut rows = Vec::new();
    for cache in caches {
        let places = cache.sets.iter().flat_map(|set| set.places.iter().map(move |place| (set.number, place)));
        let used = places.filter(|(_, place)| !place.line.is_empty());
        for (set, place) in used {
            let head = if cache.sets_in_all > 1 { format!("{} set {set}", cache.name) } else { cache.name.clone() };
            let said: Vec<&str> = [&place.waits, &place.shared_falsely].into_iter().flatten().map(|s| &**s).collect();
            rows.push((head, vec![place.line.clone(), place.state.clone(), place.value.clone(), said.join("; ")]));
        }
        if let Some(waits) = &cache.waits {
            rows.push((cache.name.clone(), vec![String::new(), String::new(), String::new(), waits.clone()]));
        }
    }
    if let Some(now) = &bus.now {
        let what = format!("{} by {}, {}", now.what, now.by, now.phase);
        rows.push(("bus".into(), vec![now.line.clone(), String::new(), String::new(), what]));
    }
    for asked in &bus.queue {
        let what = format!("{} by {} waits", asked.what, asked.by);
        rows.push(("bus".into(), vec![asked.line.clone(), String::new(), String::new(), what]));
    }
    for past in &bus.log {
        let what =
            format!("{}. {} by {} at {} ms: {}", past.txn, past.what, past.by, millis_text(past.at_us), past.data);
        rows.push(("bus log".into(), vec![past.line.clone(), String::new(), String::new(), what]));
    }
    for line in memory {
        let newer = line.newer.as_ref().map_or(String::new(), |cache| format!("{cache} has it newer"));
        rows.push(("memory".into(), vec![line.line.clone(), String::new(), line.value.clone(), newer]));
    }
    (vec!["line", "state", "value", "waits"], rows)
}
