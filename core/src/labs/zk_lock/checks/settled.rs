//! What must hold when faults have ended and nothing moves any more.

use super::super::client::recipe::Phase;
use super::super::client::{Client, Stage};
use super::super::server::{Role as ServerRole, Server};
use super::super::tree::{Path, Tree, name, parent, place};
use super::super::{Ctx, Role, ZkLock};
use super::Watching;
use crate::protocol::{Broken, Check, Seen};
use crate::trace::NodeId;

type Saw<'a> = Seen<'a, ZkLock>;

pub(super) fn server<'a>(seen: &Saw<'a>) -> Option<&'a Server> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Server(server)) => Some(server),
        _ => None,
    }
}

fn client<'a>(seen: &Saw<'a>) -> Option<&'a Client> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Client(client)) => Some(client),
        _ => None,
    }
}

/// The leader that is established, with the highest epoch.
fn leader<'a>(seen: &[Saw<'a>]) -> Option<&'a Server> {
    let leads = |server: &&Server| matches!(&server.role, ServerRole::Leading(_)) && server.serves();
    seen.iter().filter_map(server).filter(leads).max_by_key(|server| server.current)
}

fn clients<'a>(seen: &'a [Saw<'a>]) -> impl Iterator<Item = (NodeId, &'a Client)> {
    seen.iter().enumerate().filter_map(|(i, seen)| Some((i as NodeId, client(seen)?)))
}

/// In the end there is a leader, all servers have applied the same, and nobody waits without a reason.
#[derive(Clone, Debug)]
pub(super) struct Stuck;

impl Stuck {
    fn servers(ctx: &Ctx, seen: &[Saw<'_>]) -> Option<String> {
        let Some(leader) = leader(seen) else { return Some("Nothing moves any more, and nobody leads.".into()) };
        if leader.committed < leader.log.last() {
            return Some(format!("The leader never commits what follows {}.", leader.committed));
        }
        for (i, server) in seen.iter().filter_map(server).enumerate() {
            let name = &ctx.names[i];
            if !server.serves() {
                return Some(format!("{name} has found no leader."));
            }
            if server.applied != leader.applied {
                let (mine, theirs) = (server.applied.1, leader.applied.1);
                return Some(format!("{name} has applied up to {mine}, the leader up to {theirs}."));
            }
            if server.tree != leader.tree {
                return Some(format!("{name} has another tree than the leader."));
            }
        }
        None
    }

    fn clients(ctx: &Ctx, seen: &[Saw<'_>]) -> Option<String> {
        let tree = &leader(seen)?.tree;
        for (me, client) in clients(seen) {
            let name = ctx.name(me);
            if client.is_asking() {
                return Some(format!("{name} still waits for an answer of the servers."));
            }
            if client.doing.as_ref().is_some_and(|doing| doing.access.is_some()) {
                return Some(format!("{name} still waits for an answer of the file."));
            }
            if client.doing.as_ref().is_some_and(|doing| doing.lock.is_none()) {
                return Some(format!("{name} works on something and has no lock for it."));
            }
        }
        for (me, client) in clients(seen) {
            for attempt in client.locks.values() {
                let Phase::Wait(on) = &attempt.phase else { continue };
                if let Some(why) = Stuck::waits(ctx, seen, tree, (me, &attempt.path), on) {
                    return Some(why);
                }
            }
        }
        None
    }

    /// Why somebody waits in vain.
    fn waits(ctx: &Ctx, seen: &[Saw<'_>], tree: &Tree, (me, lock): (NodeId, &Path), on: &Path) -> Option<String> {
        let name_of = ctx.name(me);
        // Who watches the whole queue waits for those before it.
        if on != lock && !tree.nodes.contains_key(on) {
            return Some(format!("{name_of} waits for {}, which is gone.", name(on)));
        }
        let orphan = tree.nodes.iter().filter(|(path, _)| parent(path) == Some(lock) && place(name(path)).is_some());
        for (path, node) in orphan {
            let known = clients(seen).any(|(_, client)| {
                client.locks.values().any(|a| a.node.as_ref().is_some_and(|n| n.path == *path && n.token == node.czxid))
            });
            if !known {
                let owner = if node.owner == 0 { "nobody's session" } else { "a session" };
                return Some(format!(
                    "{name_of} waits for {lock}, where {} of {} stays with {owner} and nobody knows of it.",
                    name(path),
                    node.data
                ));
            }
        }
        let idle =
            clients(seen).any(|(_, client)| client.locks.values().any(|a| a.path == *lock && a.phase == Phase::Held));
        (!idle).then(|| format!("{name_of} waits for {lock}, and nobody holds it."))
    }
}

impl Check<ZkLock> for Stuck {
    fn settled(&mut self, watch: &Watching<'_>, seen: &[Saw<'_>]) -> Option<Broken> {
        let explain = Stuck::servers(watch.ctx, seen).or_else(|| Stuck::clients(watch.ctx, seen))?;
        Some(Broken { explain, events: Vec::new() })
    }
}

/// In the end what a client believes about its session and its locks is what the servers say.
#[derive(Clone, Debug)]
pub(super) struct News;

impl News {
    fn look(ctx: &Ctx, seen: &[Saw<'_>]) -> Option<String> {
        let tree = &leader(seen)?.tree;
        for (me, client) in clients(seen) {
            let name_of = ctx.name(me);
            if client.session != 0 && tree.sessions.get(&client.session).is_none_or(|session| session.client != me) {
                return Some(format!("{name_of} believes in session {}, and the servers have none.", client.session));
            }
            if client.session != 0 && client.stage != Stage::Connected {
                return Some(format!("{name_of} has a session and no connection."));
            }
            for attempt in client.locks.values().filter(|a| a.is_held()) {
                let node = attempt.node.as_ref()?;
                if tree.nodes.get(&node.path).is_none_or(|there| there.czxid != node.token) {
                    return Some(format!("{name_of} believes that it holds {}, and its node is gone.", attempt.path));
                }
            }
            for (session, _) in tree.sessions.iter().filter(|(_, session)| session.client == me) {
                if *session != client.session {
                    return Some(format!("Session {session} of {name_of} is still open, and {name_of} is not in it."));
                }
            }
        }
        None
    }
}

impl Check<ZkLock> for News {
    fn settled(&mut self, watch: &Watching<'_>, seen: &[Saw<'_>]) -> Option<Broken> {
        let explain = News::look(watch.ctx, seen)?;
        Some(Broken { explain, events: Vec::new() })
    }
}
