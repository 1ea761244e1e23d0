//! The lock table as the effects of the applied entries tell of it, and a wait-for graph made without the lab's own.

use super::super::locks::{Change, Effect, Mode};
use super::super::{Command, Index};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Somebody with a lock, or before one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) client: NodeId,
    pub(super) mode: Mode,
}

/// A lock: holders, and who waits, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Lock {
    pub(super) holders: Vec<Claim>,
    pub(super) queue: Vec<Claim>,
}

/// All locks, and the ages of the transactions.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) locks: BTreeMap<Rc<str>, Lock>,
    ages: BTreeMap<NodeId, Index>,
}

fn clash(one: Mode, two: Mode) -> bool {
    one == Mode::Exclusive || two == Mode::Exclusive
}

impl Model {
    /// An entry begins: an acquire of a client that holds and awaits nothing opens a transaction.
    pub(super) fn begin(&mut self, index: Index, command: &Command) {
        if let Command::Acquire { call, .. } = command
            && !self.locks.values().any(|l| l.holders.iter().chain(&l.queue).any(|c| c.client == call.client))
        {
            self.ages.insert(call.client, index);
        }
    }

    pub(super) fn age(&self, client: NodeId) -> Index {
        self.ages.get(&client).copied().unwrap_or(Index::MAX)
    }

    pub(super) fn apply(&mut self, effect: &Effect) {
        let lock = self.locks.entry(Rc::clone(&effect.resource)).or_default();
        let Effect { client, mode, token, .. } = *effect;
        let claim = Claim { client, mode };
        let others = |claims: &mut Vec<Claim>| claims.retain(|c| c.client != client);
        match effect.change {
            Change::Granted => {
                others(&mut lock.holders);
                others(&mut lock.queue);
                lock.holders.push(claim);
            }
            Change::Queued => {
                let holds = |client| lock.holders.iter().any(|h| h.client == client);
                let upgrades = lock.queue.iter().take_while(|w| holds(w.client)).count();
                let place = if holds(client) { upgrades } else { lock.queue.len() };
                lock.queue.insert(place, claim);
            }
            Change::Released => others(&mut lock.holders),
            Change::Aborted | Change::Expired if token > 0 => others(&mut lock.holders),
            Change::Aborted | Change::Expired => others(&mut lock.queue),
        }
        if lock.holders.is_empty() && lock.queue.is_empty() {
            self.locks.remove(&effect.resource);
        }
    }

    /// For whom a request waits, or would wait at the end of the queue.
    pub(super) fn blockers(&self, resource: &str, client: NodeId, mode: Mode) -> BTreeSet<NodeId> {
        let Some(lock) = self.locks.get(resource) else { return BTreeSet::new() };
        let place = lock.queue.iter().position(|w| w.client == client).unwrap_or(lock.queue.len());
        // Who holds the lock already goes before all who do not.
        let holds = |client| lock.holders.iter().any(|h| h.client == client);
        let before = lock.queue[..place].iter().filter(|w| !holds(client) || holds(w.client));
        let claims = lock.holders.iter().chain(before);
        claims.filter(|c| c.client != client && clash(c.mode, mode)).map(|c| c.client).collect()
    }

    /// Who waits for whom.
    pub(super) fn graph(&self) -> BTreeMap<NodeId, BTreeSet<NodeId>> {
        let mut graph: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        for (resource, lock) in &self.locks {
            for waiter in &lock.queue {
                graph.entry(waiter.client).or_default().extend(self.blockers(resource, waiter.client, waiter.mode));
            }
        }
        graph
    }

    /// Whether a client waits for itself, by way of clients whose transactions are at most as young as the given age.
    pub(super) fn waits_for_itself(&self, client: NodeId, youngest: Index) -> bool {
        let graph = self.graph();
        let mut reached = BTreeSet::new();
        let mut open = vec![client];
        while let Some(from) = open.pop() {
            for &to in graph.get(&from).into_iter().flatten() {
                if to == client {
                    return true;
                }
                if self.age(to) <= youngest && reached.insert(to) {
                    open.push(to);
                }
            }
        }
        false
    }
}
