//! The locks, and who waits for whom.

use super::{Saw, newest, times};
use crate::labs::kit::words::shorten;
use crate::labs::raft_lock::locks::deadlock::{self, Wait};
use crate::labs::raft_lock::locks::{Circle, Holder, Resource};
use crate::labs::raft_lock::{Ctx, Index};
use crate::trace::NodeId;
use crate::trace::frame::{Cell, GraphEdge, GraphNode, Mark, Panel};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Most rows of the table of locks: the first in their order.
const LOCKS_MAX: usize = 60;

pub(super) fn table(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let rows = newest(servers).into_iter().flat_map(|server| server.machine.resources.iter()).take(LOCKS_MAX);
    let row = |(name, lock): (&Rc<str>, &Resource)| {
        let holders: Vec<String> = lock.holders.iter().map(|h| holder(ctx, h)).collect();
        let queue: Vec<String> = lock
            .queue
            .iter()
            .map(|w| format!("{} {}{}", ctx.name(w.client), w.mode.name(), if w.upgrade { " upgrade" } else { "" }))
            .collect();
        let waits = Cell::marked(queue.join(" → "), if queue.is_empty() { Mark::Plain } else { Mark::Held });
        (shorten(name), vec![Cell::marked(holders.join(", "), Mark::Own), waits])
    };
    let rows: Vec<_> = rows.map(row).collect();
    if rows.is_empty() {
        return Panel::Table { title: "Locks".into(), says: "Nobody holds a lock.".into(), columns: Vec::new(), rows };
    }
    Panel::Table {
        title: "Locks".into(),
        says: "Who holds each lock, with the fencing token and, where it holds it more than once, how often, and who waits, first come first; as the server knows that has \
               applied most."
            .into(),
        columns: vec!["held by".into(), "waiting".into()],
        rows,
    }
}

fn holder(ctx: &Ctx, holder: &Holder) -> String {
    format!("{} {} ({}){}", ctx.name(holder.client), holder.mode.name(), holder.token, times(holder.count))
}

/// The graph as it is, or, while nothing has been applied since, as it was when an entry closed a circle.
pub(super) fn graph(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let Some(server) = newest(servers) else { return picture(ctx, &Waits::default()) };
    let locks = &server.machine;
    let waits = match locks.circle.as_ref().filter(|circle| circle.index == server.applied) {
        Some(circle) => Waits::at(ctx, circle),
        None => {
            let graph = deadlock::edges(locks, false);
            let circle = graph.keys().next().and_then(|first| deadlock::cycle(&graph, *first));
            let says = match circle {
                Some(_) => "A circle: nobody in it will ever get what it waits for.",
                None if graph.is_empty() => "Nobody waits for anybody.",
                None => "From each waiter to whom it waits for: holders and earlier waiters that do not go with it.",
            };
            let members = circle.unwrap_or_default();
            Waits { says: says.into(), all: deadlock::waits(locks), members, victim: None, ages: locks.ages() }
        }
    };
    picture(ctx, &waits)
}

/// What the graph is drawn from.
#[derive(Default)]
struct Waits {
    says: String,
    all: Vec<Wait>,
    members: Vec<NodeId>,
    victim: Option<NodeId>,
    ages: BTreeMap<NodeId, Index>,
}

impl Waits {
    fn at(ctx: &Ctx, circle: &Circle) -> Waits {
        let Circle { index, victim, members, waits, ages } = circle.clone();
        let why = if members.contains(&victim) { "the youngest in it" } else { "though it is not in it" };
        let says = format!("Entry {index} closed a circle: {} was aborted, {why}.", ctx.name(victim));
        Waits { says, all: waits, members, victim: Some(victim), ages }
    }

    fn in_circle(&self, (from, to, _): &Wait) -> bool {
        let next = |i: usize| self.members[(i + 1) % self.members.len()];
        self.members.iter().enumerate().any(|(i, member)| member == from && next(i) == *to)
    }
}

fn picture(ctx: &Ctx, waits: &Waits) -> Panel {
    // Who only holds something waits for nobody.
    let clients: Vec<NodeId> = if waits.all.is_empty() { Vec::new() } else { waits.ages.keys().copied().collect() };
    let node = |client: &NodeId| {
        let age = waits.ages[client];
        let (mark, says) = match waits.victim {
            Some(victim) if victim == *client => (Mark::Bad, format!("age {age}, victim")),
            _ if waits.members.contains(client) => (Mark::Held, format!("age {age}")),
            _ => (Mark::Plain, format!("age {age}")),
        };
        let tone = Some((client % 7) as u8);
        GraphNode { label: ctx.name(*client).into(), says, tone, mark, at: None }
    };
    let place = |client: NodeId| clients.iter().position(|c| *c == client);
    let edge = |wait: &Wait| {
        let (from, to) = (place(wait.0)?, place(wait.1)?);
        let mark = if waits.in_circle(wait) { Mark::Bad } else { Mark::Plain };
        Some(GraphEdge { from: from as u16, to: to as u16, label: shorten(&wait.2), mark })
    };
    Panel::Graph {
        title: "Who waits for whom".into(),
        says: waits.says.clone(),
        nodes: clients.iter().map(node).collect(),
        edges: waits.all.iter().filter_map(edge).collect(),
    }
}
