//! Several caches on one bus, one access after the other: no time, no messages, no data.

use super::{Cache, Counters, Does, Event, Fetched, Geometry, Rules, State, Transaction, supplies, table};

/// Caches on a bus that is always free.
#[derive(Clone, Debug)]
pub struct System {
    geometry: Geometry,
    rules: Rules,
    caches: Vec<Cache<u64, ()>>,
    counters: Vec<Counters>,
}

/// A line in a place of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its first address.
    pub line: u64,
    /// Its state: also invalid, until another line takes the place.
    pub state: State,
    /// How many lines of the set were used after it.
    pub rank: usize,
}

/// What came of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the access asked the bus for, if anything, after making room.
    pub asked: Option<Transaction>,
    /// What it asked for then: a word written through to a line that had to be fetched.
    pub then: Option<Transaction>,
    /// The line that had to go, by its number, and its state then.
    pub evicted: Option<(u64, State)>,
    /// The cache that gave the line; none: memory did, or nothing had to come.
    pub from: Option<usize>,
}

const HIT: Outcome = Outcome { asked: None, then: None, evicted: None, from: None };

/// What the other caches had of a line.
#[derive(Clone, Copy, Debug, Default)]
struct Others {
    had_it: bool,
    /// The one that gives it: who must before who may.
    from: Option<usize>,
}

impl System {
    /// Empty caches, one for each processor; of a family alone: its clean lines come from caches.
    #[must_use]
    pub fn new(processors: usize, geometry: Geometry, rules: impl Into<Rules>) -> System {
        let empty = Cache::new(geometry.sets(), geometry.ways());
        let (caches, counters) = (vec![empty; processors], vec![Counters::default(); processors]);
        System { geometry, rules: rules.into(), caches, counters }
    }

    /// How they keep coherent.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// The first address of a line.
    #[must_use]
    pub fn base(&self, line: u64) -> u64 {
        self.geometry.base(line)
    }

    /// What each cache has counted.
    #[must_use]
    pub fn counters(&self) -> &[Counters] {
        &self.counters
    }

    /// Number of processors.
    #[must_use]
    pub fn processors(&self) -> usize {
        self.caches.len()
    }

    /// The state of the line that an address is in.
    #[must_use]
    pub fn state(&self, processor: usize, address: u64) -> State {
        let line = self.geometry.line(address);
        let cache = &self.caches[processor];
        cache.find(self.geometry.set(line), &line).map_or(State::I, |slot| cache.at(slot).state)
    }

    /// The places of a set of a cache; `None` where there was never a line.
    #[must_use]
    pub fn set(&self, processor: usize, set: usize) -> Vec<Option<Held>> {
        let cache = &self.caches[processor];
        let ways = self.geometry.ways();
        let held = |slot: usize| {
            let way = cache.at(slot);
            let held = Held { line: self.geometry.base(way.key), state: way.state, rank: cache.rank(slot) };
            cache.was_used(slot).then_some(held)
        };
        (set * ways..(set + 1) * ways).map(held).collect()
    }

    /// A processor reads or writes.
    ///
    /// # Panics
    /// When there is no such processor.
    #[inline]
    pub fn access(&mut self, processor: usize, write: bool, address: u64) -> Outcome {
        let line = self.geometry.line(address);
        let set = self.geometry.set(line);
        let event = if write { Event::PrWr } else { Event::PrRd };
        let cache = &mut self.caches[processor];
        let Some(slot) = cache.find(set, &line) else { return self.miss(processor, write, line, set) };
        let cell = table(self.rules.family, cache.at(slot).state, event).expect(ANY);
        cache.set_state(slot, cell.to);
        cache.touch(slot);
        self.counters[processor].served(write, None);
        match cell.does {
            Does::Ask(transaction) => {
                self.snoop(processor, transaction, line, set);
                self.counters[processor].asked(transaction);
                Outcome { asked: Some(transaction), ..HIT }
            }
            _ => HIT,
        }
    }

    fn miss(&mut self, processor: usize, write: bool, line: u64, set: usize) -> Outcome {
        let event = if write { Event::PrWr } else { Event::PrRd };
        let cell = table(self.rules.family, State::I, event).expect(ANY);
        let Does::Ask(transaction) = cell.does else { unreachable!("a miss asks the bus") };
        if !cell.to.is_valid() {
            // The word goes to memory, and the line stays where it is.
            self.snoop(processor, transaction, line, set);
            self.counters[processor].served(write, Some(Fetched::No));
            self.counters[processor].asked(transaction);
            return Outcome { asked: Some(transaction), ..HIT };
        }
        let evicted = self.make_room(processor, line, set);
        let Others { had_it, from } = self.snoop(processor, transaction, line, set);
        let to = if write { cell.to } else { self.rules.family.after_read(had_it) };
        let cache = &mut self.caches[processor];
        let slot = cache.victim(set, &line);
        cache.put(slot, line, to, ());
        let fetched = if from.is_some() { Fetched::Cache } else { Fetched::Memory };
        self.counters[processor].served(write, Some(fetched));
        self.counters[processor].asked(transaction);
        let mut then = None;
        if write && let Some(Does::Ask(second)) = table(self.rules.family, to, event).map(|cell| cell.does) {
            self.snoop(processor, second, line, set);
            self.counters[processor].asked(second);
            then = Some(second);
        }
        Outcome { asked: Some(transaction), then, evicted, from }
    }

    fn make_room(&mut self, processor: usize, line: u64, set: usize) -> Option<(u64, State)> {
        let cache = &mut self.caches[processor];
        let slot = cache.victim(set, &line);
        let old = (cache.at(slot).key, cache.at(slot).state);
        if !old.1.is_valid() {
            return None;
        }
        let cell = table(self.rules.family, old.1, Event::Evict).expect("any line can be evicted");
        cache.set_state(slot, cell.to);
        if let Does::Ask(transaction) = cell.does {
            self.counters[processor].asked(transaction);
        }
        Some(old)
    }

    /// Lets all other caches see a transaction.
    fn snoop(&mut self, processor: usize, transaction: Transaction, line: u64, set: usize) -> Others {
        let event = transaction.snooped().expect("a write-back is not snooped");
        let mut others = Others::default();
        let mut must = false;
        for other in (0..self.caches.len()).filter(|&other| other != processor) {
            let cache = &mut self.caches[other];
            let Some(slot) = cache.find(set, &line) else { continue };
            others.had_it = true;
            let from = cache.at(slot).state;
            let cell = table(self.rules.family, from, event)
                .expect("who upgrades has the line, so nobody has it for himself alone");
            if matches!(cell.does, Does::Flush | Does::Supply) && !must {
                (others.from, must) = (Some(other), true);
            } else if others.from.is_none() && supplies(self.rules, from, event) {
                others.from = Some(other);
            }
            cache.set_state(slot, cell.to);
            self.counters[other].snooped(from, cell.to, cell.does == Does::Flush);
        }
        others
    }
}

const ANY: &str = "the processor may always read and write";
