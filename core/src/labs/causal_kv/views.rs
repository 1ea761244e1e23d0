//! What is to be seen: fields, bands and the lab's panels.

use super::node::{Node, lacks};
use super::replica::{Slot, VersionId};
use super::words::{id_text, ids_text, missing_text, pair};
use super::{CausalKv, Ctx, Question, Role};
use crate::base::clock;
use crate::labs::kit::words::shorten;
use crate::protocol::Seen;
use crate::trace::frame::{Band, Cell, Field, Mark, Panel};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most rows of the table of stores: the first keys in their order.
const KEYS_SHOWN_MAX: usize = 60;

type Saw<'a> = Seen<'a, CausalKv>;

fn node_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Node> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Node(node)) => Some(node),
        _ => None,
    }
}

pub(super) fn question_text(question: &Question) -> String {
    match question {
        Question::Put { key, value } => format!("put {} = {}", shorten(key), shorten(&value.shown())),
        Question::Delete { key } => format!("delete {}", shorten(key)),
        Question::Get { key } => format!("get {}", shorten(key)),
        Question::GetAll { keys } => {
            format!("get {}", keys.iter().map(|key| shorten(key)).collect::<Vec<_>>().join(", "))
        }
        Question::Keys => "keys".into(),
        Question::Status => "status".into(),
    }
}

/// Named values of a process.
pub(super) fn fields(ctx: &Ctx, seen: &Saw<'_>) -> Vec<Field> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Client(client)) => {
            let mut fields = vec![Field::new("depends on", clock::text(&client.context))];
            if let Some(asked) = &client.asked {
                fields
                    .push(Field::new("asks", format!("{}: {}", ctx.name(asked.node), question_text(&asked.question))));
            }
            if !client.jobs.is_empty() {
                fields.push(Field::new("then", format!("{} more", client.jobs.len())));
            }
            fields
        }
        Some(Role::Node(node)) => vec![
            Field::new("clock", clock::text(&seen.durable.shown.clock)),
            Field::new("log", format!("{} writes", seen.durable.log.len())),
            Field::new("held back", (node.buffer.len() + node.waiting.len()).to_string()),
        ],
        None if seen.durable.asked > 0 || seen.durable.log.is_empty() => Vec::new(),
        None => vec![
            Field::new("clock on disk", clock::text(&seen.durable.shown.clock)),
            Field::new("log", format!("{} writes", seen.durable.log.len())),
        ],
    }
}

/// The band of a lane: what is held back, what is asked.
pub(super) fn band(seen: &Saw<'_>) -> Option<Band> {
    match &seen.state?.0 {
        // Writes that came too early, and clients whose past is not here yet.
        Role::Node(node) => match (node.buffer.len() as u32, node.waiting.len() as u32) {
            (0, 0) => None,
            (0, n) => Some(Band { word: "clients", number: Some(n), tone: 4 }),
            (n, _) => Some(Band { word: "holds", number: Some(n), tone: 3 }),
        },
        Role::Client(client) => client.asked.as_ref().map(|_| Band { word: "waits", number: None, tone: 2 }),
    }
}

/// The lab's panels.
pub(super) fn panels(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Panel> {
    vec![stores(ctx, seen), buffers(ctx, seen), clocks(ctx, seen)]
}

fn stores(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let nodes = &seen[..ctx.setup.nodes.count()];
    // Collecting would sort, in more code than all the rest of this.
    let mut keys: BTreeSet<&Arc<str>> = BTreeSet::new();
    keys.extend(nodes.iter().flat_map(|s| s.durable.shown.store.keys()));
    let row = |key: &Arc<str>| {
        let slots: Vec<Option<&Slot>> = nodes.iter().map(|s| s.durable.shown.store.get(key)).collect();
        let newest = slots.iter().flatten().max_by_key(|slot| slot.winner.rank()).map(|slot| slot.winner.id());
        (shorten(key), slots.iter().map(|slot| store_cell(ctx, *slot, newest)).collect())
    };
    Panel::Table {
        title: "Stores".into(),
        says:
            "What a reader gets at each node, and which write it came from. After ∥ stand concurrent writes that lost; \
               pale: a newer one is at another node."
                .into(),
        columns: ctx.names[..ctx.setup.nodes.count()].to_vec(),
        rows: keys.into_iter().take(KEYS_SHOWN_MAX).map(row).collect(),
    }
}

fn store_cell(ctx: &Ctx, slot: Option<&Slot>, newest: Option<VersionId>) -> Cell {
    let Some(slot) = slot else { return Cell::marked("–", Mark::Behind) };
    let winner = &slot.winner;
    let text = format!("{} · {}", winner.shown(), id_text(ctx, winner.id()));
    if !slot.losers.is_empty() {
        return Cell::marked(format!("{text} ∥ {}", ids_text(ctx, &slot.loser_ids())), Mark::Bad);
    }
    Cell::marked(text, if newest == Some(winner.id()) { Mark::Plain } else { Mark::Behind })
}

fn buffers(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let held = |seen: &Saw<'_>| {
        let Some(node) = node_of(seen) else { return Vec::new() };
        let mut cells = Vec::new();
        for held in &node.buffer {
            let version = &held.version;
            let what = format!("{} {}", id_text(ctx, version.id()), pair(version));
            cells.push(Cell::marked(what, Mark::Held));
            let missing = missing_text(ctx, &lacks(&node.replica, version));
            cells.push(Cell::marked(format!("waits for {missing}"), Mark::Missing));
        }
        for waiter in &node.waiting {
            let what = format!("{}: {}", ctx.name(waiter.client), question_text(&waiter.question));
            cells.push(Cell::marked(what, Mark::Held));
            let missing = missing_text(ctx, &node.replica.missing(&waiter.deps));
            cells.push(Cell::marked(format!("waits for {missing}"), Mark::Missing));
        }
        cells
    };
    Panel::Lists {
        title: "Buffers".into(),
        says: "Writes of peers and questions of clients that depend on what is not there yet, each with what it waits for."
            .into(),
        lists: (0..ctx.setup.nodes.count()).map(|i| (ctx.names[i].clone(), held(&seen[i]))).collect(),
    }
}

fn clocks(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let nodes = ctx.setup.nodes.count();
    let own = |k: usize| seen[k].durable.shown.clock[k];
    let row = |me: usize| {
        let clock: Vec<u32> = match seen[me].state.map(|state| &state.0) {
            Some(Role::Client(client)) => client.context.clone(),
            None if me >= nodes => vec![0; nodes],
            _ => seen[me].durable.shown.clock.clone(),
        };
        let cell = |k: usize| {
            let mark = match clock[k].cmp(&own(k)) {
                _ if me == k => Mark::Own,
                std::cmp::Ordering::Less if me < nodes => Mark::Behind,
                std::cmp::Ordering::Greater => Mark::Ahead,
                _ => Mark::Plain,
            };
            Cell::marked(clock[k].to_string(), mark)
        };
        (ctx.names[me].clone(), (0..nodes).map(cell).collect())
    };
    Panel::Table {
        title: "Clocks".into(),
        says:
            "How many writes of each node are at each node, and how many each client's session has seen and depends on."
                .into(),
        columns: ctx.names[..nodes].to_vec(),
        rows: (0..ctx.processes()).map(row).collect(),
    }
}

/// Numbers for the metrics of a run.
pub(super) fn metrics(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<(&'static str, u64)> {
    let nodes = &seen[..ctx.setup.nodes.count()];
    let own = |(me, s): (usize, &Saw<'_>)| u64::from(s.durable.shown.clock[me]);
    let held = |s: &Saw<'_>| node_of(s).map_or(0, |node| node.buffer.len());
    let waiting = |s: &Saw<'_>| node_of(s).map_or(0, |node| node.waiting.len());
    let conflicts = |s: &Saw<'_>| s.durable.shown.store.values().filter(|slot| !slot.losers.is_empty()).count();
    let asked = |s: &Saw<'_>| u64::from(s.durable.asked);
    vec![
        ("writes", nodes.iter().enumerate().map(own).sum()),
        ("writes_applied", nodes.iter().map(|s| s.durable.log.len() as u64).sum()),
        ("writes_held", nodes.iter().map(held).sum::<usize>() as u64),
        ("questions", seen[ctx.setup.nodes.count()..].iter().map(asked).sum()),
        ("questions_waiting", nodes.iter().map(waiting).sum::<usize>() as u64),
        ("keys_in_conflict", nodes.iter().map(conflicts).max().unwrap_or(0) as u64),
        ("keys", nodes.iter().map(|s| s.durable.shown.store.len()).max().unwrap_or(0) as u64),
    ]
}
