//! The ring of consistent hashing (Karger et al. 1997, §4; with virtual nodes as in DeCandia et al. 2007, §4.2).
//!
//! Every broker stands at many points of a circle of 2⁶⁴ places: its virtual nodes. A key belongs to the first point at or
//! after its own place, wrapping round; its replicas are the next brokers on the way, each taken once, however many of its
//! points come by. So a broker that comes takes keys only for itself, and one that goes gives away only its own.
//!
//! The hash is XXH64: stable, published, and spread evenly over the circle. Names are hashed, not numbers, so the places do
//! not depend on the order in which brokers were put on the ring.

use crate::trace::NodeId;
use std::collections::BTreeSet;
use xxhash_rust::xxh64::xxh64;

/// The place of a key on a ring.
fn place(salt: u64, key: &str) -> u64 {
    xxh64(key.as_bytes(), salt)
}

/// Brokers on a circle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    /// Virtual nodes in the order of their places. Where two stand at one place, the smaller broker comes first.
    points: Vec<(u64, NodeId)>,
    salt: u64,
}

impl Ring {
    /// A ring of brokers by number and name, each at so many points. Rings with different salts are independent.
    pub fn new<'a>(salt: u64, virtual_nodes: usize, brokers: impl IntoIterator<Item = (NodeId, &'a str)>) -> Ring {
        let mut points = Vec::new();
        for (broker, name) in brokers {
            points.extend((0..virtual_nodes).map(|v| (place(salt, &format!("{name}#{v}")), broker)));
        }
        points.sort_unstable();
        Ring { points, salt }
    }

    /// The virtual nodes, in the order of their places.
    #[must_use]
    pub fn points(&self) -> &[(u64, NodeId)] {
        &self.points
    }

    /// The place of a key.
    #[must_use]
    pub fn place(&self, key: &str) -> u64 {
        place(self.salt, key)
    }

    /// The index of the first point at or after a place, wrapping round.
    #[must_use]
    pub fn first_at(&self, place: u64) -> usize {
        let after = self.points.partition_point(|(point, _)| *point < place);
        if after == self.points.len() { 0 } else { after }
    }

    /// Who a place belongs to; nobody on an empty ring.
    #[must_use]
    pub fn owner(&self, place: u64) -> Option<NodeId> {
        self.points.get(self.first_at(place)).map(|(_, broker)| *broker)
    }

    /// The points from a place on, once round.
    pub fn points_from(&self, place: u64) -> impl Iterator<Item = (u64, NodeId)> + '_ {
        let first = self.first_at(place);
        self.points[first..].iter().chain(&self.points[..first]).copied()
    }

    /// The brokers in the order in which one meets them from a place on, each once.
    #[must_use]
    pub fn walk(&self, place: u64) -> Vec<NodeId> {
        let mut met = Vec::new();
        for (_, broker) in self.points_from(place) {
            if !met.contains(&broker) {
                met.push(broker);
            }
        }
        met
    }

    /// The brokers of the next so many points, some perhaps more than once: what a ring gives whose replicas are points and
    /// not brokers (broken on purpose).
    #[must_use]
    pub fn next_points(&self, place: u64, count: usize) -> Vec<NodeId> {
        self.points_from(place).take(count).map(|(_, broker)| broker).collect()
    }

    /// How much of the circle each broker has, in parts per million.
    #[must_use]
    pub fn shares_ppm(&self) -> Vec<(NodeId, u64)> {
        let brokers: BTreeSet<NodeId> = self.points.iter().map(|(_, broker)| *broker).collect();
        let mut shares: Vec<(NodeId, u128)> = brokers.into_iter().map(|broker| (broker, 0)).collect();
        if let [(_, only)] = shares.as_mut_slice() {
            *only = 1 << 64;
        } else {
            let before = self.points.iter().cycle().skip(self.points.len().saturating_sub(1));
            for ((point, broker), (last, _)) in self.points.iter().zip(before) {
                let share = shares.iter_mut().find(|(b, _)| b == broker).expect("every broker is in the list");
                share.1 += u128::from(point.wrapping_sub(*last));
            }
        }
        shares.into_iter().map(|(broker, share)| (broker, ((share * 1_000_000) >> 64) as u64)).collect()
    }

    /// The largest share over the mean share, in percent: 100 is a perfect balance.
    #[must_use]
    pub fn balance_percent(&self) -> u64 {
        let shares = self.shares_ppm();
        let largest = shares.iter().map(|(_, ppm)| *ppm).max().unwrap_or(0);
        largest * shares.len() as u64 / 10_000
    }

    /// How much of the circle belongs to somebody else on another ring, in parts per million.
    #[must_use]
    pub fn moved_ppm(&self, other: &Ring) -> u64 {
        let mut places: Vec<u64> = self.points.iter().chain(&other.points).map(|(point, _)| *point).collect();
        places.sort_unstable();
        places.dedup();
        let last = places.iter().cycle().skip(places.len().saturating_sub(1));
        // Between two neighbouring points of both rings everything belongs to whoever the end of the stretch belongs to.
        let stretches = places.iter().zip(last).filter(|(end, _)| self.owner(**end) != other.owner(**end));
        let moved: u128 = stretches.map(|(end, start)| u128::from(end.wrapping_sub(*start))).sum();
        ((moved * 1_000_000) >> 64) as u64
    }
}
