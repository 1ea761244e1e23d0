//! The transaction log as pure data: entries by zxid, with what a snapshot stands for cut off.

use super::tree::{Tree, Txn};
use std::fmt;
use std::rc::Rc;

/// The place of a transaction: the epoch of the leader that proposed it, and its number there ("Zab" §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zxid {
    /// The leader's epoch.
    pub(super) epoch: u32,
    /// Its number in the epoch, from 1 on.
    pub(super) counter: u32,
}

impl Zxid {
    /// As ZooKeeper writes it: one number of 64 bits, the epoch in the upper half.
    #[must_use]
    pub(super) const fn number(self) -> u64 {
        (self.epoch as u64) << 32 | self.counter as u64
    }
}

impl fmt::Display for Zxid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.counter)
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) zxid: Zxid,
    /// How many there are up to here.
    pub(super) index: u32,
    /// When the leader proposed it, in microseconds: ZooKeeper's transactions carry that too.
    pub(super) at_us: u64,
    pub(super) txn: Rc<Txn>,
}

/// The tree after a transaction.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub(super) zxid: Zxid,
    pub(super) index: u32,
    pub(super) tree: Tree,
}

/// A log. What is up to its base is in a snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    base: Zxid,
    base_index: u32,
    entries: crate::base::log::Log<Entry>,
}

impl History {
    pub(super) fn base(&self) -> Zxid {
        self.base
    }

    /// The last transaction; 0:0 where there is none.
    pub(super) fn last(&self) -> Zxid {
        self.entries.len().checked_sub(1).map_or(self.base, |last| self.entries.at(last).zxid)
    }

    pub(super) fn last_index(&self) -> u32 {
        self.base_index + self.entries.len() as u32
    }

    pub(super) fn entry(&self, index: u32) -> Option<&Entry> {
        self.entries.get(index.checked_sub(self.base_index + 1)? as usize)
    }

    /// How many entries there are with a zxid up to this one.
    fn count_to(&self, zxid: Zxid) -> usize {
        self.entries.partition_point(|entry| entry.zxid <= zxid)
    }

    /// The highest zxid here that is not above this one; none where the snapshot stands for it.
    pub(super) fn floor(&self, zxid: Zxid) -> Option<Zxid> {
        match self.count_to(zxid) {
            0 => (zxid >= self.base).then_some(self.base),
            count => Some(self.entries.at(count - 1).zxid),
        }
    }

    /// Everything above a zxid.
    pub(super) fn after(&self, zxid: Zxid) -> Vec<Entry> {
        self.entries.iter_from(self.count_to(zxid)).cloned().collect()
    }

    /// The entries in order, from the base on.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter_from(0)
    }

    pub(super) fn push(&mut self, entry: Entry) {
        assert!(entry.zxid > self.last() && entry.index == self.last_index() + 1, "a log grows in order");
        self.entries.push(entry);
    }

    /// Forgets everything above a zxid.
    pub(super) fn truncate(&mut self, zxid: Zxid) {
        let count = self.count_to(zxid);
        self.entries.truncate(count);
    }

    /// Cuts off what a snapshot of its own stands for.
    pub(super) fn compact(&mut self, snapshot: &Snapshot) {
        let rest = self.after(snapshot.zxid);
        self.install(snapshot);
        rest.into_iter().for_each(|entry| self.push(entry));
    }

    /// Begins anew behind a snapshot.
    pub(super) fn install(&mut self, snapshot: &Snapshot) {
        (self.base, self.base_index) = (snapshot.zxid, snapshot.index);
        self.entries = crate::base::log::Log::default();
    }
}
