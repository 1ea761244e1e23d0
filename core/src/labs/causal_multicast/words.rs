//! How the lab's values are put into words: labels, `data`, reasons and panels.

use super::{About, CausalMulticast, Fate, How, Letter, Missing, Note, missing};
use crate::base::clock::text;
use crate::base::json::JsonObject;
use crate::labs::kit::words::{message as label, vector};
use crate::protocol::{Context, Seen};
use crate::trace::NodeId;
use crate::trace::frame::{Cell, Mark, Panel};

type Ctx = Context<CausalMulticast>;

/// Most items of a list in a panel, the latest: more would be no picture, and a panel is made for each frame.
const LIST_ITEMS_MAX: usize = 60;

pub(super) fn short(letter: &Letter) -> String {
    label(&letter.payload.shown())
}

/// A multicast by its name.
pub(super) fn name_of(ctx: &Ctx, letter: &Letter) -> String {
    match letter.private {
        Some(number) => format!("{}'s message {number} to one process", ctx.name(letter.origin)),
        None => format!("{}'s multicast {}", ctx.name(letter.origin), letter.seq()),
    }
}

/// A multicast's fields in `data`.
pub(super) fn letter(ctx: &Ctx, letter: &Letter, data: &mut JsonObject) {
    data.text("origin", ctx.name(letter.origin));
    match letter.private {
        Some(number) => data.int("private", number),
        None => data.int("seq", letter.seq()),
    };
    data.raw("payload", letter.payload.json()).raw("timestamp", &vector(ctx, &letter.timestamp));
}

pub(super) fn describe(ctx: &Ctx, note: &Note, data: &mut JsonObject) -> Option<String> {
    let label = match &note.about {
        About::Local => Some("local event".into()),
        About::Sent | About::SentPrivate | About::Received(_, Fate::Ready) => None,
        About::Received(message, Fate::Held(missing)) => {
            if let Some(Missing { component, has, needs }) = missing.first() {
                let mut held = JsonObject::new();
                held.text("component", ctx.name(*component)).int("has", *has).int("needs", *needs);
                data.raw("held", &held.end());
            }
            Some(format!("{} held", short(message)))
        }
        About::Received(message, Fate::Duplicate) => {
            data.bool("duplicate", true);
            Some(format!("{} again: dropped", short(message)))
        }
        About::Delivered(message, _) => {
            letter(ctx, message, data);
            Some(format!("{} {}", if message.private.is_some() { "read" } else { "deliver" }, short(message)))
        }
    };
    data.raw("before", &vector(ctx, &note.before)).raw("after", &vector(ctx, &note.after));
    label
}

/// `P1's multicast 2`, or `P1's multicasts 2 to 4`: what a component lacks.
fn lacking(ctx: &Ctx, m: &Missing) -> String {
    let name = ctx.name(m.component);
    match m.needs - m.has {
        1 => format!("{name}'s multicast {}", m.needs),
        _ => format!("{name}'s multicasts {} to {}", m.has + 1, m.needs),
    }
}

/// Everything that a message waits for, with the values.
pub(super) fn all_lacking(ctx: &Ctx, missing: &[Missing]) -> String {
    let one = |m: &Missing| {
        format!("{} (component {}: has {}, needs {})", lacking(ctx, m), ctx.name(m.component), m.has, m.needs)
    };
    missing.iter().map(one).collect::<Vec<_>>().join(" and ")
}

pub(super) fn why(ctx: &Ctx, node: NodeId, note: &Note) -> String {
    let me = ctx.name(node);
    match &note.about {
        About::Local if ctx.setup.tick_on_local => format!(
            "Broken on purpose: {me} counts an event of its own in V, {} → {}. The others will wait for a multicast that \
             never was.",
            text(&note.before),
            text(&note.after)
        ),
        About::Local => format!("An event at {me} alone. V counts multicasts only, and stays {}.", text(&note.after)),
        About::SentPrivate => format!(
            "A message to one process is no multicast and is not counted. Its timestamp {} says what {me} had delivered: \
             its receiver holds it until it has delivered that too.",
            text(&note.after)
        ),
        About::Sent => format!(
            "{me} raises its own component from {} to {}: this is its multicast {1}. The timestamp {} says what {me} had \
             delivered when it sent it.",
            note.before[usize::from(node)],
            note.after[usize::from(node)],
            text(&note.after)
        ),
        About::Received(message, fate) => why_received(ctx, me, note, message, fate),
        About::Delivered(message, how) => why_delivered(ctx, node, note, message, *how),
    }
}

fn why_received(ctx: &Ctx, me: &str, note: &Note, message: &Letter, fate: &Fate) -> String {
    let (which, stamp) = (name_of(ctx, message), text(&message.timestamp));
    let ticked = if ctx.setup.tick_on_receive {
        format!(
            " Broken on purpose: {me} counts the receive in its own component, {} → {}.",
            text(&note.before),
            text(&note.after)
        )
    } else {
        String::new()
    };
    let fate = match fate {
        Fate::Held(missing) if missing.is_empty() => format!(
            "{which}, {stamp}, stays in the buffer, although nothing is missing. Broken on purpose: {me} goes through \
             the buffer only once for each arrival."
        ),
        Fate::Held(missing) => format!(
            "{me} keeps {which}, {stamp}, in its buffer. It waits for {}: its sender had delivered or sent that before, \
             and {me} has not delivered it.",
            all_lacking(ctx, missing)
        ),
        Fate::Ready if ctx.setup.no_buffer => format!("{which}, {stamp}, has arrived and is delivered at once."),
        Fate::Ready => format!(
            "{which}, {stamp}, has arrived and nothing that comes before it is missing, so it is delivered at once. V \
             changes only then."
        ),
        Fate::Duplicate => format!("{which} is at {me} already: a duplicate, dropped."),
    };
    fate + &ticked
}

fn why_delivered(ctx: &Ctx, node: NodeId, note: &Note, message: &Letter, how: How) -> String {
    let me = ctx.name(node);
    let (which, stamp, from) = (name_of(ctx, message), text(&message.timestamp), ctx.name(message.origin));
    let origin = usize::from(message.origin);
    if how == How::Again {
        return format!("Broken on purpose: {me} had handed up {which} before the crash, and does it again.");
    }
    let lacks = missing(&note.before, message);
    if message.private.is_some() && lacks.is_empty() {
        return format!("{me} has delivered all that {from} had delivered when it sent {which}, {stamp}. V stays.");
    }
    if message.origin == node && message.private.is_none() {
        let late = if how == How::Owed { " A crash had come between its sending and this." } else { "" };
        return format!("{me} delivers its own multicast without waiting: it knows all that it knew.{late}");
    }
    if message.private.is_none() && message.seq() <= note.before[origin] {
        return format!(
            "Broken on purpose: {which}, {stamp}, comes after what depended on it; V, {}, had counted it.",
            text(&note.before)
        );
    }
    if !lacks.is_empty() {
        return format!("Broken on purpose: {me} delivers {which}, {stamp}, without {}.", all_lacking(ctx, &lacks));
    }
    let other = |k: usize| k != origin && message.timestamp[k] > 0;
    let others: Vec<String> = (0..ctx.processes())
        .filter(|&k| other(k))
        .map(|k| format!("{} {} ≤ {}", ctx.names[k], message.timestamp[k], note.before[k]))
        .collect();
    let others = match others.is_empty() {
        true => format!("and {from} had delivered nothing of the others"),
        false => format!("and {me} has delivered what {from} had delivered: {}", others.join(", ")),
    };
    let seq = message.seq();
    let start = if how == How::Waited { "Its turn has come: " } else { "" };
    format!(
        "{start}{which}, {stamp}, is the next one from {from} ({seq} = {} + 1), {others}. V becomes {}.",
        note.before[origin],
        text(&note.after)
    )
}

pub(super) fn panels(ctx: &Ctx, seen: &[Seen<'_, CausalMulticast>]) -> Vec<Panel> {
    vec![buffers(ctx, seen), orders(ctx, seen), vectors(ctx, seen)]
}

fn item(ctx: &Ctx, letter: &Letter) -> String {
    match letter.private {
        Some(_) => format!("{} to one: {}", ctx.name(letter.origin), short(letter)),
        None => format!("{} #{}: {}", ctx.name(letter.origin), letter.seq(), short(letter)),
    }
}

fn buffers(ctx: &Ctx, seen: &[Seen<'_, CausalMulticast>]) -> Panel {
    let list = |(me, name): (usize, &String)| {
        let disk = seen[me].durable;
        let mut cells = Vec::new();
        for (letter, _) in disk.buffer.iter().take(LIST_ITEMS_MAX) {
            cells.push(Cell::marked(item(ctx, letter), Mark::Held));
            for m in missing(&disk.vector, letter) {
                let waits = format!("needs {} {}, has {}", ctx.name(m.component), m.needs, m.has);
                cells.push(Cell::marked(waits, Mark::Missing));
            }
        }
        (name.clone(), cells)
    };
    Panel::Lists {
        title: "Held back".into(),
        says: "What has arrived and waits, and below each message the components of V for which it waits.".into(),
        lists: ctx.names.iter().enumerate().map(list).collect(),
    }
}

fn orders(ctx: &Ctx, seen: &[Seen<'_, CausalMulticast>]) -> Panel {
    let list = |(me, name): (usize, &String)| {
        let delivered = &seen[me].durable.delivered;
        let start = delivered.len().saturating_sub(LIST_ITEMS_MAX);
        let earlier = (start > 0).then(|| Cell::plain(format!("{start} earlier")));
        let cell = |letter: &std::sync::Arc<Letter>| {
            let mark = if usize::from(letter.origin) == me { Mark::Own } else { Mark::Plain };
            Cell::marked(item(ctx, letter), mark)
        };
        (name.clone(), earlier.into_iter().chain(delivered.iter_from(start).map(cell)).collect())
    };
    Panel::Lists {
        title: "Delivered, in this order".into(),
        says: "Where one multicast depends on another, all have them in the same order. Concurrent ones may differ: \
               causal order is not total order."
            .into(),
        lists: ctx.names.iter().enumerate().map(list).collect(),
    }
}

fn vectors(ctx: &Ctx, seen: &[Seen<'_, CausalMulticast>]) -> Panel {
    let row = |(me, name): (usize, &String)| {
        let disk = seen[me].durable;
        let mut awaited = vec![false; ctx.processes()];
        for m in disk.buffer.iter().flat_map(|(letter, _)| missing(&disk.vector, letter)) {
            awaited[usize::from(m.component)] = true;
        }
        let cell = |k: usize| {
            let mine = disk.vector[k];
            let mark = match mine.cmp(&seen[k].durable.vector[k]) {
                _ if me == k => Mark::Own,
                _ if awaited[k] => Mark::Missing,
                std::cmp::Ordering::Less => Mark::Behind,
                std::cmp::Ordering::Equal => Mark::Plain,
                std::cmp::Ordering::Greater => Mark::Ahead,
            };
            Cell::marked(mine.to_string(), mark)
        };
        (name.clone(), (0..ctx.processes()).map(cell).collect())
    };
    Panel::Table {
        title: "Vectors".into(),
        says: "Each row is a process's V: how many multicasts of each process it has delivered. Pale: it has not \
               delivered all of them yet. Underlined: something in its buffer waits for this component."
            .into(),
        columns: ctx.names.clone(),
        rows: ctx.names.iter().enumerate().map(row).collect(),
    }
}
