//! What must hold when faults have ended and nothing moves any more.

use super::super::server::{Server, read_index};
use super::super::{Client, Ctx, RaftLock, Role, Standing};
use super::model::Model;
use super::{Stream, Watching};
use crate::protocol::{Broken, Check, Seen};
use crate::trace::{NodeId, Record, RecordId};
use std::collections::BTreeSet;

type Saw<'a> = Seen<'a, RaftLock>;

fn server<'a>(seen: &Saw<'a>) -> Option<&'a Server> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Server(server)) => Some(server),
        _ => None,
    }
}

pub(super) fn client<'a>(seen: &Saw<'a>) -> Option<&'a Client> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Client(client)) => Some(client),
        _ => None,
    }
}

/// The server that has applied most.
pub(super) fn newest<'a>(seen: &[Saw<'a>]) -> Option<&'a Server> {
    seen.iter().filter_map(server).max_by_key(|server| server.applied)
}

/// In the end nobody waits for himself.
#[derive(Clone, Debug, Default)]
pub(super) struct NoDeadlock {
    stream: Stream,
    model: Model,
    /// The record of each client's last wait.
    waits: Vec<(NodeId, RecordId)>,
}

impl Check<RaftLock> for NoDeadlock {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let applied = self.stream.next(watch, record)?;
        self.model.begin(applied.index, &applied.entry.command);
        for effect in applied.effects.iter() {
            self.model.apply(effect);
            if effect.change == super::super::locks::Change::Queued {
                self.waits.retain(|(client, _)| *client != effect.client);
                self.waits.push((effect.client, id));
            }
        }
        None
    }

    fn settled(&mut self, watch: &Watching<'_>, _seen: &[Saw<'_>]) -> Option<Broken> {
        let graph = self.model.graph();
        let circle = |client: &&NodeId| self.model.waits_for_itself(**client, u32::MAX);
        let members: BTreeSet<NodeId> = graph.keys().filter(circle).copied().collect();
        if members.is_empty() {
            return None;
        }
        let names: Vec<&str> = members.iter().map(|c| watch.ctx.name(*c)).collect();
        let explain = format!("Nothing moves any more, and {} wait for each other.", names.join(", "));
        let events = self.waits.iter().filter(|(c, _)| members.contains(c)).map(|(_, id)| *id).collect();
        Some(Broken { explain, events })
    }
}

/// In the end there is a leader, all have applied the same, and nobody waits without a reason.
#[derive(Clone, Debug)]
pub(super) struct Stuck;

impl Stuck {
    fn servers(ctx: &Ctx, seen: &[Saw<'_>]) -> Option<String> {
        let servers: Vec<&Server> = seen.iter().filter_map(server).collect();
        let Some(leader) = servers.iter().filter(|s| s.role == Standing::Leader).max_by_key(|s| s.term) else {
            return Some("Nothing moves any more, and nobody leads.".into());
        };
        // Without a no-op a leader may not commit what earlier terms have left until a command comes.
        let knows = knows(ctx, leader);
        let open = ctx.setup.noop && leader.commit < leader.log.last_index();
        if open {
            return Some(format!("The leader never commits what follows entry {}.", leader.commit));
        }
        for (i, server) in servers.iter().enumerate() {
            let name = &ctx.names[i];
            if server.applied != leader.applied && knows {
                let (mine, theirs) = (server.applied, leader.applied);
                return Some(format!("{name} has applied up to {mine}, the leader up to {theirs}."));
            }
            if server.log.last_index() != leader.log.last_index() {
                return Some(format!("{name}'s log does not end where the leader's ends."));
            }
            if server.lead.as_ref().is_some_and(|lead| lead.waiting.iter().any(read_index::Waiting::is_read)) {
                return Some(format!("{name} still has a read to answer."));
            }
        }
        None
    }

    fn clients(ctx: &Ctx, seen: &[Saw<'_>]) -> Option<String> {
        let leader = seen.iter().filter_map(server).filter(|s| s.role == Standing::Leader).max_by_key(|s| s.term)?;
        if !knows(ctx, leader) {
            // Its table may be an old one. Whoever still asks would have made it commit an entry.
            let asks = |(i, seen): (usize, &Saw<'_>)| client(seen).filter(|c| c.doing.is_some()).map(|_| i as NodeId);
            let asking = seen.iter().enumerate().find_map(asks)?;
            return Some(format!("{} asks, and the leader has committed nothing in its term.", ctx.name(asking)));
        }
        let machine = &leader.machine;
        let graph = super::super::locks::deadlock::edges(machine, false);
        for (i, seen) in seen.iter().enumerate() {
            let (Some(client), me) = (client(seen), i as NodeId) else { continue };
            let name = ctx.name(me);
            if !client.is_registered() {
                return Some(format!("{name} could not open its session."));
            }
            let waits = graph.contains_key(&me);
            let asks = client.doing.is_some();
            if asks && !waits {
                return Some(format!("{name} still waits for an answer, and it is not in any queue."));
            }
            if waits && !asks {
                return Some(format!("{name} is in a queue and does not know of it."));
            }
            for (resource, lock) in &machine.resources {
                if lock.holder(me).is_some() && !client.held.contains_key(resource) {
                    return Some(format!("{name} holds {resource} and does not know of it."));
                }
            }
            if waits && !reaches_idle(&graph, me) {
                return Some(format!("{name} waits, and nobody whom it waits for is free to go on."));
            }
        }
        None
    }
}

/// Whether a leader knows what is committed: without a no-op only when a command has come.
fn knows(ctx: &Ctx, leader: &Server) -> bool {
    ctx.setup.noop || leader.log.term_at(leader.commit) == Some(leader.term)
}

/// Whether somebody whom a client waits for, or whom he waits for, awaits nothing: it is up to him to go on.
fn reaches_idle(graph: &super::super::locks::deadlock::Graph, client: NodeId) -> bool {
    let mut seen = BTreeSet::from([client]);
    let mut open = vec![client];
    while let Some(from) = open.pop() {
        let Some(to) = graph.get(&from) else { return true };
        open.extend(to.iter().copied().filter(|other| seen.insert(*other)));
    }
    false
}

impl Check<RaftLock> for Stuck {
    fn settled(&mut self, watch: &Watching<'_>, seen: &[Saw<'_>]) -> Option<Broken> {
        let explain = Stuck::servers(watch.ctx, seen).or_else(|| Stuck::clients(watch.ctx, seen))?;
        Some(Broken { explain, events: Vec::new() })
    }
}
