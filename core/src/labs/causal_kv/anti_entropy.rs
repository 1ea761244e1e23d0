//! Anti-entropy (Demers et al. 1987, §1.3): two nodes compare clocks, and each gives what the other lacks.
//!
//! Replication messages may be lost, and a node that was down has missed them. So each node, once in a
//! period, sends its clock to one of its peers, to each in its turn. The peer answers with the writes that
//! this clock does not count and with its own clock, and gets back in the same way what it lacks itself.
//! A clock is all there is to compare: it says which writes of each node are here, because they are
//! applied in the order of their numbers. Everything of this may be lost; the next period makes it good.

use super::node::Node;
use super::replica::Version;
use super::{Ctx, Disk, Effects, Message, Timer};
use crate::trace::NodeId;
use std::sync::Arc;

/// Most writes of one repair: a node that is far behind catches up in several rounds.
const REPAIR_VERSIONS_MAX: usize = 64;

/// Arms the timer, within a quarter of a period, so that the nodes do not all speak at once.
pub(super) fn arm(ctx: &Ctx, out: &mut Effects) {
    if !ctx.setup.no_anti_entropy && ctx.setup.nodes.count() > 1 {
        let period_us = ctx.setup.anti_entropy_us;
        out.arm(Timer::AntiEntropy, period_us, period_us + period_us / 4);
    }
}

/// The period is over: the next peer gets this node's clock.
pub(super) fn start(ctx: &Ctx, me: NodeId, node: &mut Node, out: &mut Effects) {
    let peers: Vec<NodeId> = ctx.setup.nodes.but(me).collect();
    // The first one after oneself comes first.
    let place = (usize::from(me) + node.next_peer) % peers.len();
    node.next_peer = (node.next_peer + 1) % peers.len();
    out.send(peers[place], Message::Digest { clock: node.replica.clock.as_slice().into() });
    arm(ctx, out);
}

/// A peer's clock: it gets what it lacks, and is asked for what it has more.
pub(super) fn on_digest(from: NodeId, node: &Node, disk: &Disk, clock: &[u32], out: &mut Effects) {
    if node.replica.clock.as_slice() == clock {
        return;
    }
    let versions = lacking(disk, clock);
    let behind = !node.replica.covers(clock);
    if behind || !versions.is_empty() {
        let clock = behind.then(|| node.replica.clock.as_slice().into());
        out.send(from, Message::Repair { versions, clock });
    }
}

/// The answer of a peer that lacks something itself: it gets that.
pub(super) fn on_repair(from: NodeId, disk: &Disk, clock: Option<&[u32]>, out: &mut Effects) {
    let versions = clock.map_or_else(|| [].into(), |clock| lacking(disk, clock));
    if !versions.is_empty() {
        out.send(from, Message::Repair { versions, clock: None });
    }
}

/// The first of the log's writes that a clock does not count. The log is in causal order, so any beginning
/// of this can be applied.
fn lacking(disk: &Disk, clock: &[u32]) -> Arc<[Arc<Version>]> {
    let lacks = |v: &&Arc<Version>| v.seq > clock[usize::from(v.origin)];
    disk.log.iter().filter(lacks).take(REPAIR_VERSIONS_MAX).cloned().collect()
}
