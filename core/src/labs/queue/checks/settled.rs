//! What must hold when faults have ended and nothing moves any more.

use super::ledger::Ledger;
use super::{Watching, is_kept};
use crate::labs::queue::members::{Rings, Standing};
use crate::labs::queue::words::id_text;
use crate::labs::queue::{Broker, Ctx, Id, Phase, Queue, Role};
use crate::protocol::{Broken, Check, Seen};
use crate::trace::{NodeId, Record, RecordId};
use std::rc::Rc;

type Saw<'a> = Seen<'a, Queue>;

/// In the end every message is ready or done with, where it should be and nowhere else, and nobody waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Stuck {
    ledger: Ledger,
}

fn broker<'a>(seen: &'a Saw<'_>) -> Option<&'a Broker> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Broker(broker)) => Some(broker),
        _ => None,
    }
}

impl Check<Queue> for Stuck {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.ledger.observe(watch, id, record);
        None
    }

    fn settled(&mut self, watch: &Watching<'_>, seen: &[Saw<'_>]) -> Option<Broken> {
        let ctx = watch.ctx;
        let clients = seen.iter().enumerate().find_map(|(me, seen)| client_waits(ctx, me as NodeId, seen));
        let explain = clients.or_else(|| brokers_wait(ctx, seen)).or_else(|| self.misplaced(ctx, seen))?;
        Some(Broken { explain, events: Vec::new() })
    }
}

/// A client that still waits for an answer.
fn client_waits(ctx: &Ctx, me: NodeId, seen: &Saw<'_>) -> Option<String> {
    let name = ctx.name(me);
    match seen.state.map(|state| &state.0) {
        Some(Role::Producer(producer)) => {
            let doing = producer.doing.as_ref()?;
            Some(format!("{name} still waits for an answer to {name}-{}.", doing.n))
        }
        Some(Role::Consumer(consumer)) => {
            consumer.doing.as_ref().map(|_| format!("{name} is still not done with what it was asked for."))
        }
        _ => None,
    }
}

/// A broker that is still about to come or to go, or that has not served since it came back; a message in flight.
fn brokers_wait(ctx: &Ctx, seen: &[Saw<'_>]) -> Option<String> {
    for (me, broker) in seen.iter().enumerate().filter_map(|(me, seen)| Some((me as NodeId, broker(seen)?))) {
        let name = ctx.name(me);
        let standing = broker.table.standing(me);
        if matches!(standing, Standing::Joining | Standing::Leaving) {
            return Some(format!("{name} is still {}: its share has not been handed over.", standing.name()));
        }
        if !broker.serves {
            return Some(format!("{name} has come back and still does not serve."));
        }
        if !broker.journal.is_empty() {
            return Some(format!("{name}'s disk still writes."));
        }
        for share in broker.queues.values() {
            let flying = share.front.as_ref().and_then(|front| front.flying.keys().next());
            if let Some(id) = flying {
                return Some(format!(
                    "{} of {} is still in flight at {name}: it was delivered, not acknowledged, and never becomes visible again.",
                    id_text(ctx, *id),
                    share.name
                ));
            }
        }
    }
    None
}

impl Stuck {
    /// A message that is not where it should be.
    fn misplaced(&self, ctx: &Ctx, seen: &[Saw<'_>]) -> Option<String> {
        if ctx.setup.shared {
            return self.ledger.stored().find_map(|id| self.unready(ctx, seen, id));
        }
        let tables: Vec<_> = seen.iter().filter_map(broker).map(|broker| &broker.table).collect();
        let table = tables.first()?;
        if tables.iter().any(|other| other != table) {
            return Some("The brokers do not agree on who is on the ring.".into());
        }
        let rings = Rings::of(ctx, table);
        for id in self.ledger.stored() {
            let queue = Rc::clone(&self.ledger.made.get(&id)?.1);
            let walk = rings.now.walk(rings.now.place(&queue));
            let keepers = &walk[..ctx.setup.replicas.min(walk.len())];
            let phase = self.furthest(ctx, id)?;
            let (name, word) = (id_text(ctx, id), phase.name());
            for node in ctx.setup.brokers.all() {
                let (here, who) = (self.ledger.phase(id, node), ctx.name(node));
                match here {
                    Some(here) if here != phase => {
                        return Some(format!("{name} is {word}, but {who} still has it as {}.", here.name()));
                    }
                    Some(_) if !keepers.contains(&node) => {
                        return Some(format!("{who} still has a copy of {name}, and has no part in {queue}."));
                    }
                    None if keepers.contains(&node) => {
                        return Some(format!("{who} is to have a copy of {name} of {queue}, and has none."));
                    }
                    _ => {}
                }
            }
            if let Some(explain) = self.unready(ctx, seen, id) {
                return Some(explain);
            }
        }
        None
    }

    fn furthest(&self, ctx: &Ctx, id: Id) -> Option<Phase> {
        let nodes = (0..ctx.processes() as NodeId).filter(|node| ctx.roles[usize::from(*node)] != "producer");
        nodes.filter_map(|node| self.ledger.phase(id, node)).max()
    }

    /// A live message that no broker has ready.
    fn unready(&self, ctx: &Ctx, seen: &[Saw<'_>], id: Id) -> Option<String> {
        let phase = self.furthest(ctx, id)?;
        if !is_kept(phase) || phase == Phase::Dead {
            return None;
        }
        let mut fronts =
            seen.iter().filter_map(broker).flat_map(|b| b.queues.values()).filter_map(|s| s.front.as_ref());
        if fronts.any(|front| front.ready.has(id)) {
            return None;
        }
        // With shared storage a queue that nobody has asked for since a take-over need not have been fetched.
        let asked = !ctx.setup.shared;
        asked.then(|| format!("{} is on disk and not done, but no broker would deliver it.", id_text(ctx, id)))
    }
}
