//! Messages by state on each replica, and how far consumers are behind.

use super::ring::{queues, servers};
use super::{Saw, broker_of, consumer_of, names};
use crate::base::json::millis_text;
use crate::labs::kit::words::shorten;
use crate::labs::queue::clients::consumer;
use crate::labs::queue::words::id_text;
use crate::labs::queue::{Ctx, Id, Item, Phase};
use crate::trace::NodeId;
use crate::trace::frame::{Cell, Look, Mark, MatrixCell, MatrixRow, Panel};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Most queues whose messages are shown one by one: those with the most to be done.
const QUEUES_MAX: usize = 4;
/// Most messages of a queue: what is not acknowledged first, then the last that were.
const MESSAGES_MAX: usize = 14;
/// Most rows of the table of queues.
const ROWS_MAX: usize = 60;

/// All messages of a queue, each as far as its furthest copy has come.
pub(super) fn union(seen: &[Saw<'_>], queue: &Rc<str>) -> BTreeMap<Id, Item> {
    let mut all: BTreeMap<Id, Item> = BTreeMap::new();
    for item in seen.iter().filter_map(|seen| seen.durable.log.get(queue)).flat_map(BTreeMap::values) {
        all.entry(item.id).and_modify(|known| known.merge(item)).or_insert_with(|| item.clone());
    }
    all
}

/// Numbers of a queue: ready, in flight, dead, acked.
fn counts(ctx: &Ctx, seen: &[Saw<'_>], queue: &Rc<str>) -> [usize; 4] {
    let all = union(seen, queue);
    let of = |phase| all.values().filter(|item| item.phase == phase).count();
    let flying = all.keys().filter(|id| flight(ctx, seen, queue, **id).is_some());
    let in_flight = flying.filter(|id| all[*id].phase == Phase::Live).count();
    [of(Phase::Live) - in_flight, in_flight, of(Phase::Dead), of(Phase::Acked)]
}

/// Until when a message is invisible, as whoever serves the queue has it.
fn flight(ctx: &Ctx, seen: &[Saw<'_>], queue: &Rc<str>, id: Id) -> Option<u64> {
    servers(ctx, seen, queue).into_iter().filter_map(|b| flight_at(seen, queue, id, b)).max()
}

fn flight_at(seen: &[Saw<'_>], queue: &Rc<str>, id: Id, broker: NodeId) -> Option<u64> {
    let share = broker_of(&seen[usize::from(broker)])?.queues.get(queue)?;
    share.front.as_ref()?.flying.get(&id).map(|flight| flight.until_us)
}

/// A panel for each of the queues that have most to be done.
pub(super) fn messages(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Panel> {
    let mut all: Vec<(usize, Rc<str>)> = queues(seen).into_iter().map(|q| (open(seen, &q), q)).collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    all.into_iter().take(QUEUES_MAX).filter_map(|(_, queue)| matrix(ctx, seen, &queue)).collect()
}

fn open(seen: &[Saw<'_>], queue: &Rc<str>) -> usize {
    union(seen, queue).values().filter(|item| item.phase != Phase::Acked).count()
}

fn matrix(ctx: &Ctx, seen: &[Saw<'_>], queue: &Rc<str>) -> Option<Panel> {
    let all = union(seen, queue);
    let mut shown: Vec<&Item> = all.values().collect();
    if shown.is_empty() {
        return None;
    }
    // What is open, the oldest first; then what is done, the newest first.
    shown.sort_by_key(|item| match item.phase {
        Phase::Acked => (true, u64::MAX - item.born_us, item.id),
        _ => (false, item.born_us, item.id),
    });
    let more = shown.len().saturating_sub(MESSAGES_MAX);
    shown.truncate(MESSAGES_MAX);
    let holders = (0..ctx.processes() as NodeId).filter(|b| seen[usize::from(*b)].durable.log.contains_key(queue));
    let row = |b: NodeId| {
        let saw = &seen[usize::from(b)];
        let serves = servers(ctx, seen, queue).contains(&b);
        let (says, tone) = match (saw.state.is_some(), serves) {
            (false, _) => ("down", None),
            (true, true) => ("serves", Some(2)),
            (true, false) if ctx.setup.store() == Some(b) => ("keeps all", Some(0)),
            (true, false) => ("has copies", Some(0)),
        };
        let log = saw.durable.log.get(queue);
        let cell = |item: &&Item| cell(ctx, seen, queue, log.and_then(|log| log.get(&item.id)), b);
        MatrixRow {
            head: ctx.name(b).into(),
            says: says.into(),
            tone,
            cells: shown.iter().map(cell).collect(),
            pins: Vec::new(),
        }
    };
    let rest = if more > 0 { format!(" {more} more are not shown.") } else { String::new() };
    Some(Panel::Matrix {
        title: format!("Queue {}", shorten(queue)),
        says: format!(
            "Each message on each disk. Filled: ready; outline: in flight, and until when it is invisible; hatched: \
             acknowledged; struck: dead letter.{rest}"
        ),
        columns: shown.iter().map(|item| id_text(ctx, item.id)).collect(),
        rows: holders.map(row).collect(),
    })
}

/// A message on a disk.
fn cell(ctx: &Ctx, seen: &[Saw<'_>], queue: &Rc<str>, item: Option<&Item>, broker: NodeId) -> MatrixCell {
    let Some(item) = item else { return MatrixCell { span: 1, ..MatrixCell::default() } };
    let until_us = flight_at(seen, queue, item.id, broker);
    let text = item.body.as_ref().map_or_else(String::new, |body| shorten(&body.shown()));
    let times = match item.receives() {
        0 => String::new(),
        n => format!(", delivered {n} times"),
    };
    let (text, tone, look, word) = match (item.phase, until_us) {
        (Phase::Live, Some(until_us)) => {
            let to = item.last.map_or("nobody", |last| ctx.name(last.consumer));
            let until = format!("→ {to} {}", millis_text(until_us / 1_000 * 1_000));
            (until, 1, Look::Open, format!("in flight to {to} until {} ms", millis_text(until_us)))
        }
        (Phase::Live, None) => (text, 2, Look::Solid, "ready or a copy".into()),
        (Phase::Dead, _) => (text, 3, Look::Struck, "dead letter".into()),
        (Phase::Acked, _) => ("done".into(), 0, Look::Hatched, "acknowledged".into()),
    };
    MatrixCell { text, span: 1, tone: Some(tone), look, word: format!("{word}{times}"), was: None }
}

/// How far the consumers of each queue are behind. What is counted are messages, each once, so it is never below zero.
pub(super) fn lag(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let row = |queue: &Rc<str>| {
        let [ready, in_flight, dead, acked] = counts(ctx, seen, queue);
        let works = (0..ctx.processes() as NodeId).filter(|w| works_on(&seen[usize::from(*w)], queue));
        let marked = |n: usize, mark| Cell::marked(n.to_string(), if n > 0 { mark } else { Mark::Plain });
        let cells = vec![
            Cell::plain(names(ctx, servers(ctx, seen, queue))),
            marked(ready + in_flight, Mark::Behind),
            Cell::plain(ready.to_string()),
            marked(in_flight, Mark::Held),
            Cell::plain(acked.to_string()),
            marked(dead, Mark::Bad),
            Cell::plain(names(ctx, works)),
        ];
        (shorten(queue), cells)
    };
    let rows: Vec<_> = queues(seen).iter().take(ROWS_MAX).map(row).collect();
    let says = if rows.is_empty() {
        "There is no queue yet: the first message makes one."
    } else {
        "Lag: messages that are kept and not acknowledged, so what the consumers of a queue together still have to do."
    };
    let columns = if rows.is_empty() {
        Vec::new()
    } else {
        ["served by", "lag", "ready", "in flight", "acked", "dead", "worked on by"].map(String::from).to_vec()
    };
    Panel::Table { title: "Queues and lag".into(), says: says.into(), columns, rows }
}

fn works_on(seen: &Saw<'_>, queue: &Rc<str>) -> bool {
    let doing = consumer_of(seen).and_then(|consumer| consumer.doing.as_ref());
    doing.is_some_and(|doing| match &doing.phase {
        consumer::Phase::Works(item) => item.queue == *queue,
        consumer::Phase::Asks(asked) | consumer::Phase::Acks(_, asked, _) => asked == queue,
    })
}
