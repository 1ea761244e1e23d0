//! What is to be seen: queues with whom their heads wait for, deliveries side by side, accounts.

use super::{Desk, Durable, Head, TotalOrder, account, notes};
use crate::labs::kit::words::names;
use crate::protocol::{Context, Seen};
use crate::trace::NodeId;
use crate::trace::frame::{Band, Cell, Field, Mark, Panel};

/// Most messages of a queue that are listed; the rest is counted.
const LISTED_MAX: usize = 24;

/// The head of a process's queue and whom it waits for; nobody in the middle of a step that delivers it.
fn head(ctx: &Context<TotalOrder>, me: NodeId, durable: &Durable) -> Option<Head> {
    let message = durable.queue.values().next()?;
    let missing = Desk { durable, arrived: None, fresh: None }.missing(ctx, me, message);
    Some(Head { message: message.clone(), missing })
}

fn is_down(seen: &Seen<'_, TotalOrder>) -> bool {
    seen.state.is_none()
}

/// The head of a list: a process, and whether it is down.
fn title(ctx: &Context<TotalOrder>, me: usize, seen: &Seen<'_, TotalOrder>) -> String {
    format!("{}{}", ctx.names[me], if is_down(seen) { " (down)" } else { "" })
}

pub(super) fn fields(ctx: &Context<TotalOrder>, me: NodeId, seen: &Seen<'_, TotalOrder>) -> Vec<Field> {
    let d = seen.durable;
    let mut fields = vec![
        Field::new("clock", d.clock.to_string()),
        Field::new("delivered", d.delivered.to_string()),
        Field::new("balance", account::text(d.balance)),
        Field::new("held", d.queue.len().to_string()),
    ];
    if let Some(Head { message, missing }) = head(ctx, me, d) {
        let name = notes::name(ctx, message.origin, message.seq);
        let waits = if missing.is_empty() { "nobody".into() } else { names(ctx, &missing, "and") };
        fields.push(Field::new("head", format!("{name} at {}", message.timestamp)));
        fields.push(Field::new("waits for", waits));
    }
    fields
}

/// The replicated account, in another tone while something is held back: how much of it the bars say.
pub(super) fn band(durable: &Durable) -> Option<Band> {
    let tone = if durable.queue.is_empty() { 0 } else { 3 };
    // An account in debt, or one of more than forty millions, has no room for its number here.
    let number = u32::try_from(durable.balance).ok();
    Some(Band { word: if number.is_some() { "cents" } else { "account" }, number, tone })
}

pub(super) fn queues(ctx: &Context<TotalOrder>, seen: &[Seen<'_, TotalOrder>]) -> Panel {
    let list = |(me, s): (usize, &Seen<'_, TotalOrder>)| {
        let mut cells = Vec::new();
        for message in s.durable.queue.values().take(LISTED_MAX) {
            let name = notes::name(ctx, message.origin, message.seq);
            let place = format!("{name} at ({}, {})", message.timestamp, ctx.name(message.origin));
            cells.push(Cell::marked(place, Mark::Held));
        }
        if let Some(Head { missing, .. }) = head(ctx, me as NodeId, s.durable) {
            cells.insert(1, waits_for(ctx, seen, &missing));
        }
        let more = s.durable.queue.len().saturating_sub(LISTED_MAX);
        if more > 0 {
            cells.push(Cell::plain(format!("and {more} more")));
        }
        (title(ctx, me, s), cells)
    };
    Panel::Lists {
        title: "Hold-back queues".into(),
        says:
            "Messages that have arrived and are not delivered, by (timestamp, process). Under each head: for whom it \
               waits, since something earlier may still come from there."
                .into(),
        lists: seen.iter().enumerate().map(list).collect(),
    }
}

fn waits_for(ctx: &Context<TotalOrder>, seen: &[Seen<'_, TotalOrder>], missing: &[NodeId]) -> Cell {
    if missing.is_empty() {
        return Cell::plain("nobody is missing");
    }
    let names: Vec<String> = missing.iter().map(|&q| title(ctx, usize::from(q), &seen[usize::from(q)])).collect();
    Cell::marked(format!("waits for {}", names.join(", ")), Mark::Missing)
}

/// What a process delivered as its k-th message, where that is among its newest.
fn nth(durable: &Durable, position: usize) -> Option<(NodeId, u32)> {
    let skipped = durable.delivered as usize - durable.recent.len();
    position.checked_sub(skipped).and_then(|i| durable.recent.get(i)).copied()
}

pub(super) fn deliveries(ctx: &Context<TotalOrder>, seen: &[Seen<'_, TotalOrder>]) -> Panel {
    let differs = |position, mine| seen.iter().filter_map(|s| nth(s.durable, position)).any(|theirs| theirs != mine);
    let list = |(me, s): (usize, &Seen<'_, TotalOrder>)| {
        let mut cells = Vec::new();
        let skipped = s.durable.delivered as usize - s.durable.recent.len();
        if skipped > 0 {
            cells.push(Cell::plain(format!("{skipped} before")));
        }
        for (i, &(origin, seq)) in s.durable.recent.iter().enumerate() {
            let position = skipped + i;
            let again = s.durable.recent.iter().take(i).any(|earlier| *earlier == (origin, seq));
            let mark = if again || differs(position, (origin, seq)) { Mark::Bad } else { Mark::Plain };
            cells.push(Cell::marked(format!("{}. {}", position + 1, notes::name(ctx, origin, seq)), mark));
        }
        (title(ctx, me, s), cells)
    };
    Panel::Lists {
        title: "Deliveries".into(),
        says: "What each process has handed up, in order: one list is the beginning of the other, or something is \
               wrong."
            .into(),
        lists: seen.iter().enumerate().map(list).collect(),
    }
}

pub(super) fn accounts(ctx: &Context<TotalOrder>, seen: &[Seen<'_, TotalOrder>]) -> Panel {
    let row = |(me, s): (usize, &Seen<'_, TotalOrder>)| {
        let d = s.durable;
        let parted = |o: &Seen<'_, TotalOrder>| o.durable.delivered == d.delivered && o.durable.balance != d.balance;
        let most = seen.iter().map(|s| s.durable.delivered).max().unwrap_or(0);
        let balance = if seen.iter().any(parted) { Mark::Bad } else { Mark::Plain };
        let delivered = if d.delivered < most { Mark::Behind } else { Mark::Plain };
        let cells = vec![
            Cell::marked(account::text(d.balance), balance),
            Cell::marked(d.delivered.to_string(), delivered),
            Cell::plain(d.queue.len().to_string()),
            Cell::plain(d.clock.to_string()),
        ];
        (title(ctx, me, s), cells)
    };
    Panel::Table {
        title: "Accounts".into(),
        says: "Copies that have delivered as many messages hold the same balance.".into(),
        columns: ["balance", "delivered", "held", "clock"].map(String::from).to_vec(),
        rows: seen.iter().enumerate().map(row).collect(),
    }
}
