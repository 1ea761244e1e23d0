//! What is to be seen: fields, bands and the lab's panels.

pub(super) mod charts;
mod machine;
pub(super) mod walk;

use super::bus::{Bus, Logged, Open, Phase};
use super::cache::Cached;
use super::line::Line;
use super::words::{had, named_moves, names};
use super::{Content, Ctx, Mesi, Tally};
use crate::coherence::{Counters, Family, State, Transaction};
use crate::labs::kit::words::shorten;
use crate::protocol::Seen;
use crate::trace::NodeId;
use crate::trace::frame::{
    Band, BusPast, BusPicture, BusRequest, BusTurn, CachePicture, CachePlace, CacheSet, Cell, Field, Mark, MemoryLine,
    Panel, ThingRow, state_tone,
};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

/// Most sets of a cache that are shown: the first that were used.
const SETS_MAX: usize = 32;
/// Most lines of memory that are shown: the first in their order.
const MEMORY_MAX: usize = 60;
/// Most accesses of a queue that are shown.
const QUEUE_MAX: usize = 12;

/// Longest value in a picture, in characters: there is more room than in a label.
const VALUE_CHARS_MAX: usize = 48;

type Saw<'a> = Seen<'a, Mesi>;

fn cached_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Cached> {
    seen.state.and_then(|state| state.0.as_deref())
}

/// The colour of what waits.
const WAITS: u8 = 4;

const fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Address => "its address goes out",
        Phase::Snoop => "the other caches look",
        Phase::Data => "the data come",
        Phase::Granted => "granted",
    }
}

fn turn_text(open: &Open) -> String {
    format!("{} {}", open.asked.transaction.name(), shorten(&open.asked.line.name))
}

/// Named values of a process.
pub(super) fn fields(ctx: &Ctx, me: NodeId, seen: &Saw<'_>) -> Vec<Field> {
    if me == ctx.setup.bus() {
        let bus = &seen.durable.bus;
        let mut fields = vec![Field::new("waiting", names(ctx, bus.queue.iter().map(|asked| asked.by)))];
        if let Some(open) = &bus.open {
            fields.insert(0, Field::new("serves", format!("{} by {}", turn_text(open), ctx.name(open.asked.by))));
            fields.push(Field::new("phase", phase_words(open.phase)));
        }
        return fields;
    }
    let Some(cached) = cached_of(seen) else { return Vec::new() };
    let line = |name: &Rc<str>, state: State| format!("{} {}", shorten(name), state.letter());
    let lines: Vec<String> = cached.lines.valid().map(|way| line(&way.key, way.state)).collect();
    let mut fields = vec![Field::new("lines", if lines.is_empty() { "–".into() } else { lines.join(", ") })];
    if let Some(pending) = &cached.pending {
        fields.push(Field::new("waits for", format!("{} {}", pending.transaction.name(), shorten(&pending.line.name))));
    }
    if !cached.queue.is_empty() {
        fields.push(Field::new("then", format!("{} more", cached.queue.len())));
    }
    fields
}

/// The band of a lane: the state of the line that is shown, or what the bus serves.
pub(super) fn band(ctx: &Ctx, seen: &Saw<'_>) -> Option<Band> {
    let Some(cached) = cached_of(seen) else {
        let open = seen.durable.bus.open.as_ref()?;
        let tone = if open.asked.transaction == Transaction::BusRd { 0 } else { 1 };
        return Some(Band { word: open.asked.transaction.name(), number: Some(open.txn), tone });
    };
    let line = ctx.setup.show.as_ref().or(cached.last.as_ref())?;
    if let Some((waiting, name)) = cached.waits_in(ctx.setup.family())
        && waiting == line
    {
        return Some(Band { word: name, number: None, tone: WAITS });
    }
    let state = state_of(cached, line);
    Some(Band { word: state.letter(), number: None, tone: state_tone(state) })
}

fn state_of(cached: &Cached, line: &Line) -> State {
    cached.lines.find(line.set, &line.name).map_or(State::I, |slot| cached.lines.at(slot).state)
}

/// The state of a line in a cache that runs.
pub(super) fn line_state(seen: &Saw<'_>, line: Option<&Line>) -> Option<State> {
    Some(state_of(cached_of(seen)?, line?))
}

/// The lab's panels.
pub(super) fn panels(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Panel> {
    vec![caches(ctx, seen), machine::panel(ctx, seen), states(ctx, seen), numbers(ctx, seen)]
}

fn caches(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let (caches, bus) = seen.split_at(ctx.setup.caches);
    let bus = bus[0].durable;
    let pictures = caches.iter().enumerate().map(|(i, seen)| cache_picture(ctx, i, seen));
    let memory = bus.memory.iter().take(MEMORY_MAX).map(|(name, content)| {
        let newer = caches.iter().position(|seen| {
            let newer = |cached: &Cached| cached.lines.valid().any(|w| w.key == *name && w.state.is_dirty());
            cached_of(seen).is_some_and(newer)
        });
        let newer = newer.map(|cache| ctx.names[cache].clone());
        MemoryLine {
            line: shorten(name),
            key: name.to_string(),
            chosen: is_shown(ctx, name),
            value: value_text(ctx, content),
            newer,
        }
    });
    Panel::Caches {
        title: "Caches".into(),
        says: "Each line with its state and value, dirty where memory is stale, and how many of its set were used later (LRU)."
            .into(),
        caches: pictures.collect(),
        bus: BusPicture { log: log(ctx, &bus.log), ..bus_picture(ctx, &bus.bus) },
        memory: memory.collect(),
    }
}

fn cache_picture(ctx: &Ctx, cache: usize, seen: &Saw<'_>) -> CachePicture {
    let name = ctx.names[cache].clone();
    let sets_in_all = ctx.setup.sets as u32;
    let Some(cached) = cached_of(seen) else {
        return CachePicture { name, sets_in_all, ..CachePicture::default() };
    };
    let ways = ctx.setup.ways;
    let used = cached.lines.sets().enumerate().filter(|(number, ways)| {
        (sets_in_all as usize) <= SETS_MAX || *number == 0 || ways.iter().any(|way| !way.key.is_empty())
    });
    let set = |(number, places): (usize, &[crate::coherence::Way<Rc<str>, Content>])| CacheSet {
        number: number as u32,
        places: (0..places.len()).map(|way| place(ctx, cached, number * ways + way, number)).collect(),
    };
    let waits = cached.pending.as_ref().map(|p| format!("{} {}", p.transaction.name(), shorten(&p.line.name)));
    let access = |access: &super::Access| {
        format!("{} {}", if access.value.is_some() { "write" } else { "read" }, shorten(&access.key))
    };
    CachePicture {
        name,
        up: true,
        sets: used.take(SETS_MAX).map(set).collect(),
        sets_in_all,
        waits,
        queue: cached.queue.iter().take(QUEUE_MAX).map(|(_, a)| access(a)).collect(),
    }
}

fn place(ctx: &Ctx, cached: &Cached, slot: usize, set: usize) -> CachePlace {
    let way = cached.lines.at(slot);
    if way.key.is_empty() {
        return CachePlace { state: State::I.letter().into(), ..CachePlace::default() };
    }
    let here = |(line, _): &(&Line, &str)| line.set == set && line.name == way.key;
    let waits = cached.waits_in(ctx.setup.family()).filter(here).zip(cached.pending.as_ref());
    CachePlace {
        line: shorten(&way.key),
        key: way.key.to_string(),
        chosen: is_shown(ctx, &way.key),
        state: way.state.letter().into(),
        tone: state_tone(way.state),
        value: value_text(ctx, &way.value),
        dirty: way.state.is_dirty(),
        rank: cached.lines.rank(slot) as u16,
        waits: waits.map(|((_, name), pending)| format!("{name}, {}", pending.transaction.name())),
        shared_falsely: cached.falsely.get(&Line { name: Rc::clone(&way.key), set }).cloned(),
    }
}

/// Whether a line was chosen to be looked at.
fn is_shown(ctx: &Ctx, name: &str) -> bool {
    ctx.setup.show.as_ref().is_some_and(|line| &*line.name == name)
}

fn value_text(ctx: &Ctx, content: &Content) -> String {
    crate::base::words::shorten(&content.shown(ctx.setup.by_address()), VALUE_CHARS_MAX)
}

fn bus_picture(ctx: &Ctx, bus: &Bus) -> BusPicture {
    let turn = |open: &Open| {
        let asked = |(i, answer): (usize, &Option<super::Answer>)| (ctx.names[i].clone(), answer.as_ref().map(had));
        let others = open.answers.iter().enumerate().filter(|(i, _)| *i != usize::from(open.asked.by));
        BusTurn {
            txn: open.txn,
            what: open.asked.transaction.name().into(),
            line: shorten(&open.asked.line.name),
            by: ctx.name(open.asked.by).into(),
            phase: phase_words(open.phase).into(),
            answers: if open.phase == Phase::Address { Vec::new() } else { others.map(asked).collect() },
        }
    };
    let waiting = bus.queue.iter().map(|asked| BusRequest {
        by: ctx.name(asked.by).into(),
        what: asked.transaction.name().into(),
        line: shorten(&asked.line.name),
    });
    BusPicture { now: bus.open.as_ref().map(turn), queue: waiting.collect(), log: Vec::new() }
}

/// What the bus did last, the newest first.
fn log(ctx: &Ctx, log: &VecDeque<Rc<Logged>>) -> Vec<BusPast> {
    let one = |past: &Rc<Logged>| {
        let data = match (past.transaction, past.from) {
            (Transaction::WriteBack | Transaction::BusWr, _) => "into memory".into(),
            (Transaction::Rescue, None) => "nobody has it".into(),
            (Transaction::BusUpgr, None) => "no data".into(),
            (_, None) => "from memory".into(),
            (_, Some(cache)) if past.stored => format!("from {}, and into memory", ctx.name(cache)),
            (_, Some(cache)) => format!("from {}", ctx.name(cache)),
        };
        BusPast {
            txn: past.txn,
            what: past.transaction.name().into(),
            line: shorten(&past.line.name),
            by: ctx.name(past.by).into(),
            data,
            at_us: past.at_us,
        }
    };
    log.iter().rev().map(one).collect()
}

/// Lines as rows, caches as columns: the states side by side.
fn states(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let caches = &seen[..ctx.setup.caches];
    let sets = |cached: &Cached| {
        let all = cached.lines.sets().enumerate();
        let line =
            |(set, way): (usize, &crate::coherence::Way<Rc<str>, Content>)| Line { name: Rc::clone(&way.key), set };
        let ways = all.flat_map(|(set, ways)| ways.iter().map(move |way| (set, way)));
        ways.filter(|(_, way)| !way.key.is_empty()).map(line).collect::<Vec<_>>()
    };
    let lines: BTreeSet<Line> = caches.iter().filter_map(cached_of).flat_map(sets).collect();
    let cell = |seen: &Saw<'_>, line: &Line| {
        let Some(cached) = cached_of(seen) else { return Cell::marked("down", Mark::Missing) };
        match cached.waits_in(ctx.setup.family()).filter(|(waiting, _)| *waiting == line) {
            Some((_, name)) => Cell::marked(name, Mark::Held),
            None => match state_of(cached, line) {
                State::I => Cell::marked("I", Mark::Behind),
                state @ (State::M | State::O) => Cell::marked(state.letter(), Mark::Own),
                state => Cell::plain(state.letter()),
            },
        }
    };
    let row = |line: &Line| ThingRow {
        name: shorten(&line.name),
        key: line.name.to_string(),
        chosen: is_shown(ctx, &line.name),
        cells: caches.iter().map(|seen| cell(seen, line)).collect(),
    };
    Panel::Things {
        title: "States".into(),
        says: "The state of each line in each cache. Strong: newer than memory; pale: invalid; held: it waits for the bus."
            .into(),
        columns: ctx.names[..ctx.setup.caches].to_vec(),
        rows: lines.iter().take(MEMORY_MAX).map(row).collect(),
    }
}

fn numbers(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let values = seen.durable.tally.counters.named_in(ctx.setup.family());
        (ctx.names[i].clone(), values.iter().map(|(_, value)| Cell::plain(value.to_string())).collect())
    };
    Panel::Table {
        title: "Counters".into(),
        says: "Reads and their misses, writes and theirs, write-backs, cache-to-cache transfers, memory transactions, \
               interventions, invalidations, flushes, BusRdX and BusUpgr."
            .into(),
        columns: Counters::default().named_in(ctx.setup.family()).iter().map(|(name, _)| (*name).into()).collect(),
        rows: seen[..ctx.setup.caches].iter().enumerate().map(row).collect(),
    }
}

/// Numbers for `metrics` of a run.
pub(super) fn metrics(ctx: &Ctx, seen: &[Saw<'_>], now_us: u64) -> Vec<(&'static str, u64)> {
    let (caches, bus) = seen.split_at(ctx.setup.caches);
    let bus = bus[0].durable;
    let mut all = Tally::default();
    for seen in caches {
        all.counters.add(&seen.durable.tally.counters);
        for (sum, more) in all.moves.iter_mut().flatten().zip(seen.durable.tally.moves.iter().flatten()) {
            *sum += more;
        }
        let again = seen.durable.tally.again;
        all.again.coherence += again.coherence;
        all.again.true_sharing += again.true_sharing;
        all.again.false_sharing += again.false_sharing;
    }
    let c = all.counters;
    let mut metrics = vec![
        ("reads", c.reads),
        ("read_hits", c.reads - c.read_misses),
        ("read_misses", c.read_misses),
        ("writes", c.writes),
        ("write_hits", c.writes - c.write_misses),
        ("write_misses", c.write_misses),
        ("hit_percent", percent(c.reads + c.writes - c.read_misses - c.write_misses, c.reads + c.writes)),
        ("write_backs", c.write_backs),
        ("cache_to_cache", c.cache_to_cache),
        ("memory_transactions", c.memory),
        ("interventions", c.interventions),
        ("invalidations", c.invalidations),
        ("flushes", c.flushes),
        ("coherence_misses", all.again.coherence),
        ("true_sharing_misses", all.again.true_sharing),
        ("false_sharing_misses", all.again.false_sharing),
    ];
    let family = ctx.setup.family();
    metrics.extend(named_moves(family, &all));
    // A transaction that is open counts as far as it has come.
    let open_us = bus.bus.open.as_ref().map_or(0, |open| now_us.saturating_sub(open.since_us));
    let busy_us = bus.traffic.busy_us + open_us;
    let [bus_rd, bus_rdx, bus_upgr, write_back, bus_wr, rescue] = bus.traffic.transactions;
    let lines = caches.iter().filter_map(cached_of).map(|cached| cached.lines.valid().count() as u64).sum();
    metrics.extend([
        ("bus_rd", bus_rd),
        ("bus_rdx", bus_rdx),
        ("bus_upgr", bus_upgr),
        ("bus_write_back", write_back),
        ("bus_transactions", bus.traffic.transactions.iter().sum()),
        ("bus_busy_us", busy_us),
        ("bus_busy_percent", percent(busy_us, now_us)),
        ("cache_lines", lines),
        ("cache_places", (ctx.setup.caches * ctx.setup.sets * ctx.setup.ways) as u64),
        ("memory_lines", bus.memory.len() as u64),
        ("memory_bytes", bus.memory.values().map(super::Content::bytes).sum()),
    ]);
    if family.writes_through() {
        metrics.push(("bus_wr", bus_wr));
    }
    if family == Family::Moesi {
        metrics.push(("bus_rescue", rescue));
    }
    metrics
}

fn percent(part: u64, whole: u64) -> u64 {
    (100 * part).checked_div(whole).unwrap_or(0)
}
