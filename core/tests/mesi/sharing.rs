//! A second judge of false sharing, from the lines of a trace alone and by times instead of versions: it keeps the places
//! of each cache, when a line was taken away from one, and when which word was written and by whom.

use serde_json::Value;
use std::collections::BTreeMap;

/// When a word was written, as the number of the record, and by whom.
type Writes = BTreeMap<String, (u64, String)>;

/// A place of a cache.
#[derive(Clone, Debug, Default)]
struct Place {
    line: String,
    valid: bool,
    /// The record at which another cache's write took the line away.
    taken: Option<u64>,
}

/// What misses of lines that had been taken away were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Misses {
    pub(super) coherence: u64,
    pub(super) by_true_sharing: u64,
    pub(super) by_false_sharing: u64,
}

/// The judge.
pub(super) struct Judge {
    sets: u64,
    ways: usize,
    line_bytes: Option<u64>,
    caches: BTreeMap<String, Vec<Place>>,
    /// The writes that reads can find: in the order of the bus, and those of them that memory has.
    last: BTreeMap<String, Writes>,
    memory: BTreeMap<String, Writes>,
    /// Who flushes a line in the open transaction, what is in it, and whether he has crashed since.
    flushing: BTreeMap<String, (String, Writes, bool)>,
    /// Who has crashed with his write-back of a line under way, and what is in it.
    returns: BTreeMap<String, (String, Writes)>,
    /// What was found when a cache got a line, until its processor is told.
    found: BTreeMap<String, Option<(u64, Writes)>>,
    pub(super) misses: Misses,
}

impl Judge {
    pub(super) fn new(setup: &Value) -> Judge {
        let number = |name: &str, default: u64| setup[name].as_u64().unwrap_or(default);
        let size = number("size", 0);
        let (sets, ways) = match size {
            0 => (1, number("lines", 4)),
            size => (size / (number("ways", 2) * number("line", 64)), number("ways", 2)),
        };
        Judge {
            sets,
            ways: ways as usize,
            line_bytes: (size > 0).then(|| number("line", 64)),
            caches: BTreeMap::new(),
            last: BTreeMap::new(),
            memory: BTreeMap::new(),
            flushing: BTreeMap::new(),
            returns: BTreeMap::new(),
            found: BTreeMap::new(),
            misses: Misses::default(),
        }
    }

    fn set(&self, line: &str) -> usize {
        let Some(bytes) = self.line_bytes else { return 0 };
        let address = u64::from_str_radix(line.trim_start_matches("0x"), 16).expect("an address");
        (address / bytes % self.sets) as usize
    }

    /// Takes in the next line of the trace.
    pub(super) fn line(&mut self, line: &Value) {
        let (data, id) = (&line["data"], line["id"].as_u64().expect("a number"));
        let node = line["node"].as_str().unwrap_or_default();
        match line["kind"].as_str().expect("a kind") {
            "state" if data.get("bus").is_some() => self.took_place(data),
            "state" if data.get("to").is_some() => self.change(id, node, data),
            "crash" => {
                self.caches.remove(node);
                self.found.remove(node);
                self.flushing.values_mut().filter(|(who, ..)| who == node).for_each(|(.., down)| *down = true);
            }
            "reply" if data.get("key").is_some() => self.reply(id, node, data),
            _ => {}
        }
    }

    fn change(&mut self, id: u64, node: &str, data: &Value) {
        let word = |name: &str| data[name].as_str().expect("a word");
        let (name, from, to, why) = (word("line"), word("from"), word("to"), word("why"));
        self.returns.remove(name);
        if why == "crash" {
            if from == "M" {
                let memory = self.memory.get(name).cloned().unwrap_or_default();
                let writes = self.last.insert(name.into(), memory).unwrap_or_default();
                if data["doubt"] == true {
                    self.returns.insert(name.into(), (node.into(), writes));
                }
            }
            return;
        }
        if data["flush"] == true {
            let writes = self.last.get(name).cloned().unwrap_or_default();
            self.flushing.insert(name.into(), (node.into(), writes, false));
        }
        let (set, ways) = (self.set(name), self.ways);
        let all = self.sets as usize * ways;
        let places = self.caches.entry(node.into()).or_insert_with(|| vec![Place::default(); all]);
        let places = &mut places[set * ways..(set + 1) * ways];
        if from == "I" {
            // Its own place from before, else the first that is free: an eviction made one, if there was none.
            let own = places.iter().position(|place| place.line == name);
            let free = || places.iter().position(|place| !place.valid).expect("there is a free place");
            let place = own.unwrap_or_else(free);
            let taken = own.and_then(|own| places[own].taken);
            let writes = self.last.get(name).cloned().unwrap_or_default();
            self.found.insert(node.into(), taken.map(|at| (at, writes)));
            places[place] = Place { line: name.into(), valid: true, taken: None };
        } else if to == "I" {
            let place = places.iter_mut().find(|place| place.line == name).expect("it has a place");
            place.valid = false;
            place.taken = matches!(why, "BusRdX" | "BusUpgr").then_some(id);
        }
    }

    fn took_place(&mut self, data: &Value) {
        let name = data["line"].as_str().expect("a line");
        let flushing = self.flushing.remove(name);
        if data["bus"] == "WriteBack" {
            if let Some((_, writes)) = self.returns.remove(name).filter(|(by, _)| data["by"] == **by) {
                self.last.insert(name.into(), writes);
            }
            self.memory.insert(name.into(), self.last.get(name).cloned().unwrap_or_default());
        }
        let Some((_, writes, down)) = flushing else { return };
        if data["flushed"].is_string() {
            self.memory.insert(name.into(), writes);
        }
        if down {
            self.last.insert(name.into(), self.memory.get(name).cloned().unwrap_or_default());
        }
    }

    fn reply(&mut self, id: u64, node: &str, data: &Value) {
        let key = data["key"].as_str().expect("a key");
        let name = data["line"].as_str().unwrap_or(key);
        let found = self.found.remove(node).flatten();
        let mut falsely = false;
        if let Some((at, writes)) = found.filter(|_| data["hit"] == false) {
            let since = |(written, by): &(u64, String)| *written > at && by != node;
            let same = writes.get(key).is_some_and(since);
            falsely = !same && writes.values().any(since);
            self.misses.coherence += 1;
            self.misses.by_true_sharing += u64::from(same);
            self.misses.by_false_sharing += u64::from(falsely);
        }
        assert_eq!(data["false_sharing"] == true, falsely, "record {id}: {data}");
        if data["access"] == "write" {
            self.last.entry(name.into()).or_default().insert(key.into(), (id, node.into()));
        }
    }
}
