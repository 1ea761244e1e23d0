//! The failure detector: whom a server suspects, and since when, from the traffic that there is anyway.
//!
//! Followers hear from the leader alone. So a leader judges those who do not answer it, a follower judges its leader by
//! its election timer, and whom the leader suspects it learns from the appends.

use crate::trace::NodeId;

/// What one server thinks of the others.
#[derive(Clone, Debug)]
pub(crate) struct Detector {
    /// When each was last heard, in microseconds.
    heard_us: Vec<u64>,
    /// Since when each is suspected.
    since_us: Vec<Option<u64>>,
}

impl Detector {
    pub(crate) fn new(servers: usize, now_us: u64) -> Detector {
        Detector { heard_us: vec![now_us; servers], since_us: vec![None; servers] }
    }

    /// Something came from a process: it lives.
    pub(crate) fn hear(&mut self, from: NodeId, now_us: u64) {
        if let Some(heard_us) = self.heard_us.get_mut(usize::from(from)) {
            *heard_us = now_us;
            self.since_us[usize::from(from)] = None;
        }
    }

    pub(crate) fn suspect(&mut self, node: NodeId, now_us: u64) {
        self.since_us[usize::from(node)].get_or_insert(now_us);
    }

    /// A new leader gives everyone time to answer.
    pub(crate) fn start_afresh(&mut self, now_us: u64) {
        self.heard_us.fill(now_us);
        self.since_us.fill(None);
    }

    /// Thinks of the others as the leader does, a bit for each.
    pub(crate) fn adopt(&mut self, mask: u16, me: NodeId, leader: NodeId, now_us: u64) {
        for (node, since_us) in self.since_us.iter_mut().enumerate() {
            if node == usize::from(me) || node == usize::from(leader) || mask & (1 << node) == 0 {
                *since_us = None;
            } else {
                since_us.get_or_insert(now_us);
            }
        }
    }

    /// Whom it suspects, a bit for each.
    pub(crate) fn mask(&self) -> u16 {
        let bits = self.since_us.iter().enumerate().filter(|(_, since)| since.is_some());
        bits.fold(0, |mask, (node, _)| mask | 1 << node)
    }

    /// Whom it suspects, and since when.
    pub(crate) fn suspects(&self) -> Vec<(NodeId, u64)> {
        let suspects = self.since_us.iter().enumerate();
        suspects.filter_map(|(node, since)| since.map(|us| (node as NodeId, us))).collect()
    }

    pub(crate) fn heard_us(&self, node: NodeId) -> u64 {
        self.heard_us[usize::from(node)]
    }
}
