//! What is counted, each at one cache.

use super::{Family, State, Transaction};
use crate::base::json::JsonObject;

/// Counters of a cache.
///
/// Counted at the cache that asks: accesses, misses, cache-to-cache transfers, memory transactions and what it asked the
/// bus for. Counted at the cache that is snooped: interventions, invalidations and flushes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counters {
    /// Reads of the processor.
    pub reads: u64,
    /// Reads that missed.
    pub read_misses: u64,
    /// Writes of the processor.
    pub writes: u64,
    /// Writes that missed. A write to a line that is shared is none.
    pub write_misses: u64,
    /// Write-backs: flushes, and modified lines that were evicted.
    pub write_backs: u64,
    /// Misses that another cache served: where caches give clean lines, too, all those while another cache had the line.
    pub cache_to_cache: u64,
    /// Misses that memory served, write-backs, and words that were written through.
    pub memory: u64,
    /// It shared what it had for itself alone: M or E → S, or M → O.
    pub interventions: u64,
    /// It gave up a line because somebody else writes.
    pub invalidations: u64,
    /// It put a modified line on the bus because it was snooped.
    pub flushes: u64,
    /// BusRdX that it asked for.
    pub rdx: u64,
    /// BusUpgr that it asked for.
    pub upgr: u64,
    /// Words that it wrote through to memory.
    pub through: u64,
}

/// Where the line of a miss came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// Another cache gave it.
    Cache,
    /// Memory gave it.
    Memory,
    /// It was not fetched: the word alone went to memory.
    No,
}

impl Counters {
    /// The processor was served; on a miss with where the line came from.
    #[inline]
    pub fn served(&mut self, write: bool, miss: Option<Fetched>) {
        self.reads += u64::from(!write);
        self.writes += u64::from(write);
        if let Some(fetched) = miss {
            self.read_misses += u64::from(!write);
            self.write_misses += u64::from(write);
            self.cache_to_cache += u64::from(fetched == Fetched::Cache);
            self.memory += u64::from(fetched == Fetched::Memory);
        }
    }

    /// The bus did what this cache had asked for.
    pub fn asked(&mut self, transaction: Transaction) {
        match transaction {
            // What the bus does for itself is nobody's.
            Transaction::BusRd | Transaction::Rescue => {}
            Transaction::BusRdX => self.rdx += 1,
            Transaction::BusUpgr => self.upgr += 1,
            Transaction::WriteBack => self.wrote_back(),
            Transaction::BusWr => {
                self.through += 1;
                self.memory += 1;
            }
        }
    }

    /// Another cache's transaction changed a line here, or flushed it.
    pub fn snooped(&mut self, from: State, to: State, flushed: bool) {
        self.interventions += u64::from(from.is_only() && to.is_valid());
        self.invalidations += u64::from(from.is_valid() && to == State::I);
        if flushed {
            self.flushes += 1;
            self.wrote_back();
        }
    }

    fn wrote_back(&mut self) {
        self.write_backs += 1;
        self.memory += 1;
    }

    /// Short names and values, in the order in which they are printed.
    #[must_use]
    pub fn named(&self) -> [(&'static str, u64); 12] {
        [
            ("reads", self.reads),
            ("rm", self.read_misses),
            ("writes", self.writes),
            ("wm", self.write_misses),
            ("wb", self.write_backs),
            ("c2c", self.cache_to_cache),
            ("mem", self.memory),
            ("interv", self.interventions),
            ("inv", self.invalidations),
            ("flush", self.flushes),
            ("rdx", self.rdx),
            ("upgr", self.upgr),
        ]
    }

    /// The same with what else a family counts: `wt`, words that were written through.
    #[must_use]
    pub fn named_in(&self, family: Family) -> Vec<(&'static str, u64)> {
        let mut named = self.named().to_vec();
        if family.writes_through() {
            named.push(("wt", self.through));
        }
        named
    }

    /// The same as a JSON object.
    #[must_use]
    pub fn json(&self, family: Family) -> String {
        let mut o = JsonObject::new();
        for (name, value) in self.named_in(family) {
            o.int(name, value);
        }
        o.end()
    }

    /// Adds what another cache has counted.
    pub fn add(&mut self, other: &Counters) {
        self.reads += other.reads;
        self.read_misses += other.read_misses;
        self.writes += other.writes;
        self.write_misses += other.write_misses;
        self.write_backs += other.write_backs;
        self.cache_to_cache += other.cache_to_cache;
        self.memory += other.memory;
        self.interventions += other.interventions;
        self.invalidations += other.invalidations;
        self.flushes += other.flushes;
        self.rdx += other.rdx;
        self.upgr += other.upgr;
        self.through += other.through;
    }
}
