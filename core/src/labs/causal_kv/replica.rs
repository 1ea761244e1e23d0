//! What a node holds: versions of keys, and the order in which concurrent ones win.

use crate::base::clock;
use crate::base::json::Payload;
use crate::labs::kit::words::shorten;
use crate::trace::NodeId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of a write: the node that took it and its number there, counted from 1.
pub type VersionId = (NodeId, u32);

/// One write, wherever it stands.
#[derive(Clone, Debug)]
pub struct Version {
    /// The node that took it from a client.
    pub(super) origin: NodeId,
    /// It is the origin's so-and-so-many-th write.
    pub(super) seq: u32,
    pub(super) key: Arc<str>,
    /// `None`: it takes the value away.
    pub(super) value: Option<Payload>,
    /// How many writes of each node come before it.
    pub(super) deps: Arc<[u32]>,
    /// Who asked for it, and in which of its questions.
    pub(super) client: NodeId,
    pub(super) n: u32,
}

impl Version {
    pub(super) fn id(&self) -> VersionId {
        (self.origin, self.seq)
    }

    /// Its value in a few words.
    pub(super) fn shown(&self) -> String {
        self.value.as_ref().map_or_else(|| "deleted".into(), |value| shorten(&value.shown()))
    }

    /// What one knows who has seen it: its dependencies and itself.
    pub(super) fn vector(&self) -> Vec<u32> {
        let mut vector = self.deps.to_vec();
        let own = &mut vector[usize::from(self.origin)];
        *own = (*own).max(self.seq);
        vector
    }

    /// Its place among the versions of a key. Whatever happened before it has a smaller sum, so that this
    /// order of all versions extends the partial one; the origin parts those whose sums are equal.
    pub(super) fn rank(&self) -> (u64, NodeId) {
        (self.vector().iter().map(|&n| u64::from(n)).sum(), self.origin)
    }

    /// Whether the other one happened before this one.
    pub(super) fn is_after(&self, other: &Version) -> bool {
        self.deps[usize::from(other.origin)] >= other.seq
    }
}

/// The versions of one key that no later one has replaced.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// What a reader gets.
    pub(super) winner: Arc<Version>,
    /// Those concurrent with it that lost.
    pub(super) losers: Vec<Arc<Version>>,
}

/// Clock and store: what the log amounts to.
#[derive(Clone, Debug)]
pub(super) struct Replica {
    /// How many writes of each node are in the store.
    pub(super) clock: Vec<u32>,
    pub(super) store: BTreeMap<Arc<str>, Slot>,
    me: NodeId,
    /// Switch `origin-tiebreak`.
    origin_tiebreak: bool,
}

impl Replica {
    pub(super) fn new(nodes: usize, me: NodeId, origin_tiebreak: bool) -> Replica {
        Replica { clock: vec![0; nodes], store: BTreeMap::new(), me, origin_tiebreak }
    }

    /// What a log amounts to.
    pub(super) fn of(nodes: usize, me: NodeId, origin_tiebreak: bool, log: &[Arc<Version>]) -> Replica {
        let mut replica = Replica::new(nodes, me, origin_tiebreak);
        for version in log {
            replica.apply(version);
        }
        replica
    }

    /// What of `deps` is not here yet: for each node how many of its writes are needed, else 0.
    pub(super) fn missing(&self, deps: &[u32]) -> Vec<u32> {
        deps.iter().zip(&self.clock).map(|(&need, &have)| if need > have { need } else { 0 }).collect()
    }

    /// Whether everything that `deps` counts is here.
    pub(super) fn covers(&self, deps: &[u32]) -> bool {
        deps.iter().zip(&self.clock).all(|(need, have)| need <= have)
    }

    /// Whether a version is in the store, or was and has been replaced.
    pub(super) fn knows(&self, version: &Version) -> bool {
        version.seq <= self.clock[usize::from(version.origin)]
    }

    /// Whether a version of a peer is the next one of its origin and all that it depends on is here.
    pub(super) fn is_next(&self, version: &Version) -> bool {
        version.seq == self.clock[usize::from(version.origin)] + 1 && self.covers(&version.deps)
    }

    /// Puts a version into the store and counts it.
    pub(super) fn apply(&mut self, version: &Arc<Version>) {
        clock::merge(&mut self.clock[usize::from(version.origin)..][..1], &[version.seq]);
        let Some(slot) = self.store.get_mut(&version.key) else {
            let slot = Slot { winner: Arc::clone(version), losers: Vec::new() };
            self.store.insert(Arc::clone(&version.key), slot);
            return;
        };
        slot.losers.retain(|old| !version.is_after(old));
        if self.origin_tiebreak {
            let wins = version.origin == self.me || version.origin >= slot.winner.origin;
            slot.compete_by_origin(version, wins);
        } else {
            slot.compete(version);
        }
    }
}

impl Slot {
    /// All that is there, the winner first.
    pub(super) fn versions(&self) -> Arc<[Arc<Version>]> {
        std::iter::once(&self.winner).chain(&self.losers).cloned().collect()
    }

    /// Of all that no later version has replaced, the largest rank wins.
    fn compete(&mut self, version: &Arc<Version>) {
        let mut all = std::mem::take(&mut self.losers);
        if !version.is_after(&self.winner) {
            all.push(Arc::clone(&self.winner));
        }
        if !all.iter().any(|other| other.is_after(version)) {
            all.push(Arc::clone(version));
        }
        all.sort_by_key(|v| v.rank());
        self.winner = all.pop().expect("one at least is left");
        self.losers = all;
    }

    /// Broken on purpose: a node stores its own writes, and of others' that with the larger origin wins, whatever
    /// it has seen. So what node1 writes over a value of node3 stands at node1, and nowhere else.
    fn compete_by_origin(&mut self, version: &Arc<Version>, wins: bool) {
        let concurrent = !version.is_after(&self.winner);
        let other = if wins { std::mem::replace(&mut self.winner, Arc::clone(version)) } else { Arc::clone(version) };
        if concurrent {
            self.losers.push(other);
            self.losers.sort_by_key(|v| v.rank());
        }
    }

    /// Names of the versions that are concurrent with the winner and lost.
    pub(super) fn loser_ids(&self) -> Vec<VersionId> {
        self.losers.iter().map(|v| v.id()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(origin: NodeId, seq: u32, deps: [u32; 3]) -> Arc<Version> {
        let value = Payload::from_text(&format!("{origin}/{seq}"));
        Arc::new(Version { origin, seq, key: "x".into(), value: Some(value), deps: deps.into(), client: 3, n: 1 })
    }

    fn winner(replica: &Replica) -> VersionId {
        replica.store["x"].winner.id()
    }

    /// a and b are concurrent, c comes after a.
    fn trio() -> [Arc<Version>; 3] {
        [version(2, 1, [0, 0, 0]), version(1, 1, [0, 0, 0]), version(0, 1, [0, 0, 1])]
    }

    #[test]
    fn every_causal_order_of_arrival_leaves_the_same_winner_and_the_same_losers() {
        let [a, b, c] = trio();
        for order in [[&a, &b, &c], [&b, &a, &c], [&a, &c, &b]] {
            let mut replica = Replica::new(3, 1, false);
            order.into_iter().for_each(|v| replica.apply(v));
            // c has the vector (1,0,1), b has (0,1,0): 2 is more than 1.
            assert_eq!(winner(&replica), (0, 1));
            assert_eq!(replica.store["x"].loser_ids(), [(1, 1)]);
            assert_eq!(replica.clock, [1, 1, 1]);
        }
    }

    #[test]
    fn by_origin_alone_a_later_version_loses_everywhere_but_at_home() {
        let [a, _, c] = trio();
        let winners = [0, 1, 2].map(|me| {
            let mut replica = Replica::new(3, me, true);
            [&a, &c].into_iter().for_each(|v| replica.apply(v));
            winner(&replica)
        });
        assert_eq!(winners, [(0, 1), (2, 1), (2, 1)]);
    }

    #[test]
    fn a_later_version_replaces_all_that_happened_before_it() {
        let mut replica = Replica::new(3, 1, false);
        replica.apply(&version(0, 1, [0, 0, 0]));
        replica.apply(&version(1, 1, [0, 0, 0]));
        assert_eq!((winner(&replica), replica.store["x"].loser_ids()), ((1, 1), vec![(0, 1)]));
        replica.apply(&version(0, 2, [1, 1, 0]));
        assert_eq!((winner(&replica), replica.store["x"].loser_ids()), ((0, 2), vec![]));
    }

    #[test]
    fn what_is_missing_names_how_many_writes_are_needed() {
        let mut replica = Replica::new(3, 1, false);
        replica.apply(&version(0, 1, [0, 0, 0]));
        assert_eq!(replica.missing(&[2, 0, 1]), [2, 0, 1]);
        assert!(replica.covers(&[1, 0, 0]) && !replica.covers(&[1, 0, 1]));
        assert!(replica.is_next(&version(0, 2, [1, 0, 0])));
        assert!(!replica.is_next(&version(0, 3, [2, 0, 0])) && !replica.is_next(&version(0, 1, [0, 0, 0])));
        assert!(replica.knows(&version(0, 1, [0, 0, 0])));
    }
}
