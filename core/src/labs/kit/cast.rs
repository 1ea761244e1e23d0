//! The cast: processes by role, and which of them serve.

use crate::protocol::ProcessInfo;
use crate::trace::NodeId;
use std::ops::Range;

/// Processes of a role with numbers from 1: `S1`, `S2` and so on.
pub fn numbered(prefix: &str, role: &'static str, count: usize) -> impl Iterator<Item = ProcessInfo> {
    (1..=count).map(move |i| ProcessInfo { name: format!("{prefix}{i}"), role })
}

/// Processes of a role with letters, at most 26: `client_A`, `client_B` and so on.
pub fn lettered(prefix: &str, role: &'static str, count: usize) -> impl Iterator<Item = ProcessInfo> {
    ('A'..='Z').take(count).map(move |letter| ProcessInfo { name: format!("{prefix}{letter}"), role })
}

/// The first processes of a run serve, all others are their clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Servers(pub usize);

impl Servers {
    /// How many there are.
    #[must_use]
    pub fn count(self) -> usize {
        self.0
    }

    /// All of them.
    #[must_use]
    pub fn all(self) -> Range<NodeId> {
        0..self.0 as NodeId
    }

    /// Whether a process is one.
    #[must_use]
    pub fn has(self, node: NodeId) -> bool {
        self.all().contains(&node)
    }

    /// All but one, in order.
    pub fn but(self, me: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        self.all().filter(move |&server| server != me)
    }

    /// How many make a majority.
    #[must_use]
    pub fn majority(self) -> u32 {
        self.0 as u32 / 2 + 1
    }

    /// Whom a client turns to, from 0 on: one after the other, each client beginning at another one.
    #[must_use]
    pub fn turn(self, client: NodeId, turn: u32) -> NodeId {
        ((usize::from(client) - self.0 + turn as usize) % self.0) as NodeId
    }

    /// The one after another.
    #[must_use]
    pub fn next(self, server: NodeId) -> NodeId {
        (server + 1) % self.0 as NodeId
    }
}
