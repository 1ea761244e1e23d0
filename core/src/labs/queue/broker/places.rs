//! Whose a queue is: the walk from its place, seen with the eyes of one broker.

use super::{At, Broker, Share};
use crate::labs::queue::Ring;
use crate::trace::NodeId;

/// Works out the walk, the keepers, the owner and the targets of a queue.
pub(super) fn place(at: At<'_>, broker: &Broker, share: &mut Share) {
    let setup = &at.ctx.setup;
    let rings = &broker.rings;
    let place = rings.now.place(&share.name);
    let (now, next) = (rings.now.walk(place), rings.next.walk(place));
    let lives = |b: &NodeId| broker.lives(at, *b);
    let serves =
        |b: &NodeId| lives(b) && if *b == at.me { broker.serves } else { broker.peers[usize::from(*b)].serves };
    // Whoever has just started has yet to be told what it missed. If that is so of all, the first one must do.
    share.owner = now.iter().copied().find(serves).or_else(|| now.iter().copied().find(lives));
    share.keepers = union(now.iter().copied().take(setup.replicas), next.iter().copied().take(setup.replicas));
    let first = |walk: &[NodeId]| -> Vec<NodeId> { walk.iter().copied().filter(lives).take(setup.replicas).collect() };
    share.targets = if setup.broken.points_not_brokers {
        points(&rings.now, place, setup.replicas, lives)
    } else {
        union(first(&now), first(&next))
    };
    share.walk = now;
}

/// Broken on purpose: the next R points, whoever stands there.
fn points(ring: &Ring, place: u64, count: usize, lives: impl Fn(&NodeId) -> bool) -> Vec<NodeId> {
    union(ring.next_points(place, count).into_iter().filter(lives), [])
}

fn union(a: impl IntoIterator<Item = NodeId>, b: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
    let mut all = Vec::new();
    for broker in a.into_iter().chain(b) {
        if !all.contains(&broker) {
            all.push(broker);
        }
    }
    all
}
