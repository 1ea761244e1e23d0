//! The ring with its virtual nodes, each queue at its place, and what moves when a broker comes or goes.

use super::{Saw, broker_of, live_on_disk, names, newest};
use crate::labs::kit::words::shorten;
use crate::labs::queue::members::{Rings, Standing};
use crate::labs::queue::{Ctx, Ring};
use crate::trace::NodeId;
use crate::trace::frame::{Cell, Mark, Panel, RingKey, RingMember, RingMove, RingPlace};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most queues on the ring: as many names as have room around it.
const KEYS_MAX: usize = 24;
/// Colours of the palette that brokers take in turn.
const TONES: NodeId = 8;

/// A place of 64 bits, as precise as a picture can be.
fn coarse(place: u64) -> RingPlace {
    (place >> 32) as RingPlace
}

/// All queues that there are, by name.
pub(super) fn queues(seen: &[Saw<'_>]) -> BTreeSet<Rc<str>> {
    let known = seen.iter().filter_map(broker_of).flat_map(|broker| broker.queues.keys());
    known.chain(seen.iter().flat_map(|seen| seen.durable.log.keys())).cloned().collect()
}

/// Who serves a queue now, by what the brokers themselves do: on two sides of a partition two may.
pub(super) fn servers(ctx: &Ctx, seen: &[Saw<'_>], queue: &Rc<str>) -> Vec<NodeId> {
    let serves = |b: &NodeId| {
        let share = broker_of(&seen[usize::from(*b)]).and_then(|broker| broker.queues.get(queue));
        share.is_some_and(|share| share.front.is_some())
    };
    ctx.setup.brokers.all().filter(serves).collect()
}

pub(super) fn panel(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let table = newest(ctx, seen);
    let rings = Rings::of(ctx, table);
    // Who is about to come has points already, pale: its stretches are those that will move.
    let drawn: Vec<NodeId> = ctx.setup.brokers.all().filter(|b| table.standing(*b) != Standing::Out).collect();
    let shares: BTreeMap<NodeId, u64> = rings.now.shares_ppm().into_iter().collect();
    let member = |b: &NodeId| {
        let up = seen[usize::from(*b)].state.is_some();
        let ring = if table.standing(*b) == Standing::Joining { &rings.next } else { &rings.now };
        RingMember {
            name: ctx.name(*b).into(),
            says: if up { table.standing(*b).name().into() } else { "down".into() },
            tone: (b % TONES) as u8,
            mark: match (up, table.standing(*b)) {
                (false, _) => Mark::Bad,
                (true, Standing::Member) => Mark::Plain,
                (true, _) => Mark::Held,
            },
            points: ring.points().iter().filter(|(_, who)| who == b).map(|(point, _)| coarse(*point)).collect(),
            share_ppm: shares.get(b).copied().unwrap_or(0),
        }
    };
    let key = |queue: &Rc<str>| key(ctx, seen, &rings.now, &drawn, queue);
    Panel::Ring {
        title: "Ring".into(),
        says: says(ctx, seen, &rings),
        members: drawn.iter().map(member).collect(),
        keys: queues(seen).iter().take(KEYS_MAX).map(key).collect(),
        moves: moves(&rings, &drawn),
    }
}

/// A share of the ring in percent, with one decimal.
fn percent(ppm: u64) -> String {
    let tenths = (ppm + 500) / 1_000;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn says(ctx: &Ctx, seen: &[Saw<'_>], rings: &Rings) -> String {
    let mut says = format!(
        "{} points for each broker; a stretch belongs to the broker at its end. From its place on, a queue meets the broker \
         that serves it and those that have copies ({}). Largest share: {} % of the mean share.",
        ctx.setup.virtual_nodes,
        if ctx.setup.shared { "with one store, none".into() } else { format!("{} in all", ctx.setup.replicas) },
        rings.now.balance_percent()
    );
    let moved =
        seen.iter().filter_map(broker_of).max_by_key(|b| b.table.seats().iter().map(|s| s.version).sum::<u32>());
    if let Some((moved, ideal)) = moved.and_then(|broker| broker.moved_ppm) {
        says += &format!(" The last change moves {} of the ring; ideal would be {}.", percent(moved), percent(ideal));
    }
    says
}

fn key(ctx: &Ctx, seen: &[Saw<'_>], ring: &Ring, drawn: &[NodeId], queue: &Rc<str>) -> RingKey {
    let place = ring.place(queue);
    let mut walk: Vec<(u16, RingPlace)> = Vec::new();
    for (point, broker) in ring.points_from(place) {
        let Some(member) = drawn.iter().position(|b| *b == broker).map(|i| i as u16) else { continue };
        if walk.len() < ctx.setup.replicas && walk.iter().all(|(met, _)| *met != member) {
            walk.push((member, coarse(point)));
        }
    }
    let servers = servers(ctx, seen, queue);
    let first = walk.first().map(|(member, _)| drawn[usize::from(*member)]);
    let mark = match servers.as_slice() {
        [] => Mark::Missing,
        [one] if Some(*one) == first => Mark::Plain,
        _ => Mark::Held,
    };
    let live = live_of(seen, queue);
    let says = format!("{live} not acknowledged, served by {}", names(ctx, servers));
    RingKey { label: shorten(queue), at: coarse(place), walk, says, mark }
}

/// Messages of a queue that are live on some disk and done on none.
fn live_of(seen: &[Saw<'_>], queue: &Rc<str>) -> usize {
    super::queues::union(seen, queue).values().filter(|item| item.phase == crate::labs::queue::Phase::Live).count()
}

/// Stretches that belong to somebody else on the ring to come.
fn moves(rings: &Rings, drawn: &[NodeId]) -> Vec<RingMove> {
    let mut places: Vec<u64> = rings.now.points().iter().chain(rings.next.points()).map(|(point, _)| *point).collect();
    places.sort_unstable();
    places.dedup();
    let before = places.iter().cycle().skip(places.len().saturating_sub(1));
    let stretch = |(to, from): (&u64, &u64)| {
        let next = rings.next.owner(*to)?;
        let member = drawn.iter().position(|b| *b == next)? as u16;
        (rings.now.owner(*to) != Some(next)).then_some(RingMove { from: coarse(*from), to: coarse(*to), member })
    };
    places.iter().zip(before).filter_map(stretch).collect()
}

/// How each broker stands, and how much of the ring it has.
pub(super) fn shares(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let table = newest(ctx, seen);
    let rings = Rings::of(ctx, table);
    let of = |ring: &Ring| -> BTreeMap<NodeId, u64> { ring.shares_ppm().into_iter().collect() };
    let (now, next) = (of(&rings.now), of(&rings.next));
    let all = queues(seen);
    let row = |b: NodeId| {
        let saw = &seen[usize::from(b)];
        let (standing, up) = (table.standing(b), saw.state.is_some());
        let share = |shares: &BTreeMap<NodeId, u64>| shares.get(&b).map_or_else(|| "–".into(), |ppm| percent(*ppm));
        let (share_now, share_next) = (share(&now), share(&next));
        let moves = Cell::marked(share_next.clone(), if share_next == share_now { Mark::Plain } else { Mark::Ahead });
        let serves = all.iter().filter(|queue| servers(ctx, seen, queue).contains(&b)).count();
        let stands = if up { standing.name() } else { "down" };
        let cells = vec![
            Cell::marked(stands, if up && standing == Standing::Member { Mark::Plain } else { Mark::Held }),
            Cell::plain(share_now),
            moves,
            Cell::plain(serves.to_string()),
            Cell::plain(live_on_disk(saw).to_string()),
        ];
        (ctx.name(b).to_string(), cells)
    };
    Panel::Table {
        title: "Brokers".into(),
        says: format!(
            "How much of the ring each has, and will have when all who come and go are done; ideal is {} each.",
            percent(1_000_000 / now.len().max(1) as u64)
        ),
        columns: ["stands", "share", "share to come", "queues served", "live copies"].map(String::from).to_vec(),
        rows: ctx.setup.brokers.all().map(row).collect(),
    }
}
