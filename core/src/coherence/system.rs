//! Several caches on one bus, one access after the other: no time, no messages, no data.

use super::{Cache, Counters, Does, Event, Family, Geometry, State, Transaction, table};

/// Caches on a bus that is always free.
#[derive(Clone, Debug)]
pub struct System {
    geometry: Geometry,
    family: Family,
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
    /// What the access asked the bus for, if anything.
    pub asked: Option<Transaction>,
    /// The line that had to go, by its number, and its state then.
    pub evicted: Option<(u64, State)>,
}

const HIT: Outcome = Outcome { asked: None, evicted: None };

impl System {
    /// Empty caches, one for each processor.
    #[must_use]
    pub fn new(processors: usize, geometry: Geometry, family: Family) -> System {
        let empty = Cache::new(geometry.sets(), geometry.ways());
        System { geometry, family, caches: vec![empty; processors], counters: vec![Counters::default(); processors] }
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
        let cell = table(cache.at(slot).state, event).expect("the processor may always read and write");
        cache.set_state(slot, cell.to);
        cache.touch(slot);
        self.counters[processor].served(write, None);
        match cell.does {
            Does::Ask(transaction) => {
                self.snoop(processor, transaction, line, set);
                self.counters[processor].asked(transaction);
                Outcome { asked: Some(transaction), evicted: None }
            }
            _ => HIT,
        }
    }

    fn miss(&mut self, processor: usize, write: bool, line: u64, set: usize) -> Outcome {
        let evicted = self.make_room(processor, line, set);
        let event = if write { Event::PrWr } else { Event::PrRd };
        let cell = table(State::I, event).expect("the processor may always read and write");
        let Does::Ask(transaction) = cell.does else { unreachable!("a miss asks the bus") };
        let others_had_it = self.snoop(processor, transaction, line, set);
        let to = if write { cell.to } else { self.family.after_read(others_had_it) };
        let cache = &mut self.caches[processor];
        let slot = cache.victim(set, &line);
        cache.put(slot, line, to, ());
        self.counters[processor].served(write, Some(others_had_it));
        self.counters[processor].asked(transaction);
        Outcome { asked: Some(transaction), evicted }
    }

    fn make_room(&mut self, processor: usize, line: u64, set: usize) -> Option<(u64, State)> {
        let cache = &mut self.caches[processor];
        let slot = cache.victim(set, &line);
        let old = (cache.at(slot).key, cache.at(slot).state);
        if !old.1.is_valid() {
            return None;
        }
        let cell = table(old.1, Event::Evict).expect("any line can be evicted");
        cache.set_state(slot, cell.to);
        if let Does::Ask(transaction) = cell.does {
            self.counters[processor].asked(transaction);
        }
        Some(old)
    }

    /// Lets all other caches see a transaction; true when one of them had the line.
    fn snoop(&mut self, processor: usize, transaction: Transaction, line: u64, set: usize) -> bool {
        let event = transaction.snooped().expect("a write-back is not snooped");
        let mut had_it = false;
        for other in (0..self.caches.len()).filter(|&other| other != processor) {
            let cache = &mut self.caches[other];
            let Some(slot) = cache.find(set, &line) else { continue };
            had_it = true;
            let from = cache.at(slot).state;
            let cell = table(from, event).expect("who upgrades has the line, so nobody has it for himself alone");
            cache.set_state(slot, cell.to);
            self.counters[other].snooped(from, cell.to, cell.does == Does::Flush);
        }
        had_it
    }
}
