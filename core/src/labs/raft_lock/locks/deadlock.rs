//! The wait-for graph: who waits for whom, and the cycles in it.
//!
//! An edge goes from a waiter to each incompatible holder and to each incompatible waiter before it in the queue: the
//! queue is FIFO, so it waits for those too, and some deadlocks exist through queue order alone.

use super::Locks;
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// For each client that waits, for whom.
pub(crate) type Graph = BTreeMap<NodeId, BTreeSet<NodeId>>;

/// The graph of a lock table. `holders_only` leaves out the waiters (broken on purpose).
pub(crate) fn edges(locks: &Locks, holders_only: bool) -> Graph {
    let mut graph = Graph::new();
    for lock in locks.resources.values() {
        for (place, waiter) in lock.queue.iter().enumerate() {
            let place = if holders_only { 0 } else { place };
            let to = graph.entry(waiter.client).or_default();
            to.extend(lock.blockers(place, waiter.client, waiter.mode));
        }
    }
    graph
}

/// Who waits for whom, and because of which lock.
pub(crate) type Wait = (NodeId, NodeId, Rc<str>);

/// The edges one by one, each with its lock.
pub(crate) fn waits(locks: &Locks) -> Vec<Wait> {
    let mut waits = Vec::new();
    for (name, lock) in &locks.resources {
        for (place, waiter) in lock.queue.iter().enumerate() {
            let to: BTreeSet<NodeId> = lock.blockers(place, waiter.client, waiter.mode).collect();
            waits.extend(to.into_iter().map(|other| (waiter.client, other, Rc::clone(name))));
        }
    }
    waits
}

/// A cycle, if there is one: through the newest waiter where one goes through it.
pub(crate) fn cycle(graph: &Graph, newest: NodeId) -> Option<Vec<NodeId>> {
    let others = graph.keys().copied().filter(|c| *c != newest);
    std::iter::once(newest).chain(others).find_map(|start| path_back(graph, start))
}

/// A way from a client back to itself, depth first.
fn path_back(graph: &Graph, start: NodeId) -> Option<Vec<NodeId>> {
    let mut seen = BTreeSet::from([start]);
    let mut path = vec![start];
    let mut next: Vec<Vec<NodeId>> = vec![graph.get(&start)?.iter().rev().copied().collect()];
    while let Some(options) = next.last_mut() {
        let Some(to) = options.pop() else {
            next.pop();
            path.pop();
            continue;
        };
        if to == start {
            return Some(path);
        }
        if seen.insert(to) {
            path.push(to);
            next.push(graph.get(&to).map(|t| t.iter().rev().copied().collect()).unwrap_or_default());
        }
    }
    None
}
