//! The tree: all nodes, and the queues of locks with who watches whom.

use super::{Saw, client_of, newest};
use crate::labs::kit::words::shorten;
use crate::labs::zk_lock::client::recipe::{Attempt, Phase};
use crate::labs::zk_lock::server::Server;
use crate::labs::zk_lock::tree::{Path, Tree, Watch, Znode, name, parent, place};
use crate::labs::zk_lock::{Ctx, Zxid};
use crate::trace::NodeId;
use crate::trace::frame::{Cell, GraphEdge, GraphNode, Mark, Panel};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Most rows of the tree: the first in their order.
const NODES_MAX: usize = 60;
/// Most locks in the picture, and most of a lock's nodes side by side.
const LOCKS_MAX: usize = 3;
const ACROSS_MAX: usize = 5;
/// Most nodes of one lock in the picture: the first in the queue.
const QUEUE_MAX: usize = 15;

/// What a client says of the lock of a node.
fn attempt_of<'a>(seen: &'a [Saw<'_>], path: &Path, node: &Znode) -> Option<(NodeId, &'a Attempt)> {
    seen.iter().enumerate().find_map(|(i, seen)| {
        let ours = |a: &&Attempt| a.node.as_ref().is_some_and(|n| n.path == *path && n.token == node.czxid);
        Some((i as NodeId, client_of(seen)?.locks.values().find(ours)?))
    })
}

/// The nodes of each lock, in the order of their numbers.
fn queues(tree: &Tree) -> Vec<(&Path, Vec<(&Path, &Znode)>)> {
    let mut locks: BTreeMap<&str, Vec<(&Path, &Znode)>> = BTreeMap::new();
    for (path, node) in &tree.nodes {
        if let (Some(above), Some(_)) = (parent(path), place(name(path))) {
            locks.entry(above).or_default().push((path, node));
        }
    }
    locks.values_mut().for_each(|nodes| nodes.sort_by_key(|(path, _)| place(name(path))));
    let known = |(above, nodes)| Some((tree.nodes.get_key_value(above)?.0, nodes));
    locks.into_iter().filter_map(known).collect()
}

/// The queues of locks: from each who waits to what it watches.
pub(super) fn panel(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let title = "Queue".to_string();
    let server = newest(ctx, seen);
    let queues = server.map(|server| queues(&server.tree)).unwrap_or_default();
    if queues.is_empty() {
        let says = "Nobody has or wants a lock.".into();
        return Panel::Graph { title, says, nodes: Vec::new(), edges: Vec::new() };
    }
    let (mut nodes, mut edges) = (Vec::new(), Vec::new());
    let mut row = 0;
    for (lock, queue) in queues.into_iter().take(LOCKS_MAX) {
        row = draw(ctx, seen, (lock, &queue), row, (&mut nodes, &mut edges));
    }
    let says =
        "Nodes of each lock in the order of their numbers. Arrows: what is watched; who holds watches nothing.".into();
    Panel::Graph { title, says, nodes, edges }
}

fn draw(
    ctx: &Ctx,
    seen: &[Saw<'_>],
    (lock, queue): (&Path, &[(&Path, &Znode)]),
    row: u8,
    (nodes, edges): (&mut Vec<GraphNode>, &mut Vec<GraphEdge>),
) -> u8 {
    let first = nodes.len() as u16;
    let across = queue.len().clamp(1, ACROSS_MAX) as u8;
    nodes.push(GraphNode {
        label: shorten(lock),
        says: format!("{} in the queue", queue.len()),
        tone: None,
        mark: Mark::Plain,
        at: Some((across / 2, row)),
    });
    let shown = &queue[..queue.len().min(QUEUE_MAX)];
    for (i, (path, node)) in shown.iter().enumerate() {
        let spot = place(name(path)).expect("a lock's node has a number");
        let at = Some(((i % ACROSS_MAX) as u8, row + 1 + (i / ACROSS_MAX) as u8));
        let (label, says, mark) = match attempt_of(seen, path, node) {
            Some((client, attempt)) => {
                let word = match &attempt.phase {
                    Phase::Held if attempt.is_held() && spot.shared => "shares",
                    Phase::Held if attempt.is_held() => "holds",
                    Phase::Held => "unlocks",
                    _ if spot.shared => "reader",
                    _ => "waits",
                };
                (ctx.name(client).to_string(), word, if attempt.is_held() { Mark::Own } else { Mark::Held })
            }
            None => (node.data.to_string(), "of nobody", Mark::Bad),
        };
        let says = format!("{says} #{}", spot.seq);
        nodes.push(GraphNode { label, says, tone: None, mark, at });
        let watched = attempt_of(seen, path, node).and_then(|(_, a)| match &a.phase {
            Phase::Wait(on) => Some(Rc::clone(on)),
            _ => None,
        });
        let Some(watched) = watched else { continue };
        let target = shown.iter().position(|(other, _)| **other == watched).map(|k| k + 1);
        let target = target.or((watched == *lock).then_some(0));
        let from = first + 1 + i as u16;
        // What is gone cannot be drawn, and who waits for it says so by its mark.
        let Some(target) = target else {
            if let Some(node) = nodes.last_mut() {
                (node.mark, node.says) = (Mark::Bad, format!("{}, for what is gone", node.says));
            }
            continue;
        };
        edges.push(GraphEdge { from, to: first + target as u16, label: String::new(), mark: Mark::Plain });
    }
    row + 1 + shown.len().div_ceil(ACROSS_MAX).max(1) as u8
}

/// Whose watches on a node the servers have.
fn watchers(ctx: &Ctx, seen: &[Saw<'_>], path: &Path) -> String {
    let servers = seen[..ctx.setup.servers.count()].iter().filter_map(super::server_of);
    let watched = |server: &Server| -> Vec<String> {
        let on = |watches: &std::collections::BTreeSet<Watch>| watches.iter().any(|watch| watch.path == *path);
        let clients = server.conns.iter().filter(|(_, conn)| on(&conn.watches));
        clients.map(|(client, _)| ctx.name(*client).to_string()).collect()
    };
    servers.flat_map(watched).collect::<Vec<_>>().join(", ")
}

/// All nodes: owners, numbers, versions and watches.
pub(super) fn tree(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let title = "Tree".to_string();
    let says =
        "All nodes as the server has them that has applied most: the owner's session, the transaction that created \
                each, its version, the number that its next sequential child gets, and who watches it or its children."
            .into();
    let Some(server) = newest(ctx, seen) else {
        let says = "No server runs.".into();
        return Panel::Table { title, says, columns: Vec::new(), rows: Vec::new() };
    };
    let row = |(path, node): (&Path, &Znode)| {
        let depth = path.matches('/').count();
        let head = match parent(path) {
            None => path.to_string(),
            Some(_) => format!("{}/{}", "  ".repeat(depth - 1), name(path)),
        };
        let owner = match server.tree.sessions.get(&node.owner) {
            Some(session) => Cell::plain(format!("{} of {}", node.owner, ctx.name(session.client))),
            None if node.owner == 0 => Cell::plain("–"),
            None => Cell::marked(format!("{} (over)", node.owner), Mark::Bad),
        };
        let watchers = watchers(ctx, seen, path);
        let mark = if watchers.is_empty() { Mark::Plain } else { Mark::Held };
        let next = if node.owner == 0 { node.next.to_string() } else { "–".into() };
        let cells = vec![
            owner,
            Cell::plain(zxid_text(node.czxid)),
            Cell::plain(node.version.to_string()),
            Cell::plain(next),
            Cell::marked(watchers, mark),
        ];
        (head, cells)
    };
    let rows: Vec<_> = server.tree.nodes.iter().take(NODES_MAX).map(row).collect();
    if rows.is_empty() {
        return Panel::Table { title, says: "The tree is empty.".into(), columns: Vec::new(), rows };
    }
    let columns = ["session", "created", "version", "next number", "watched by"].map(String::from).to_vec();
    Panel::Table { title, says, columns, rows }
}

fn zxid_text(zxid: Zxid) -> String {
    zxid.to_string()
}
