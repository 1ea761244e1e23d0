//! The state machine of a line as a graph: who is where, and which way was just taken. The arrows are those of the table.

use super::super::note::Why;
use super::super::words::names;
use super::super::{Ctx, Mesi, Moved};
use crate::coherence::{Does, Event, State, Transaction, table};
use crate::labs::kit::words::shorten;
use crate::protocol::Seen;
use crate::trace::NodeId;
use crate::trace::frame::{GraphEdge, GraphNode, Mark, Panel, state_tone};

/// More names than this do not fit into a node.
const NAMES_MAX: usize = 4;

type Last<'a> = Vec<(NodeId, &'a Moved)>;

/// What was done last to the line that is shown, and by whom: several caches can see a transaction at once.
fn last<'a>(seen: &'a [Seen<'_, Mesi>]) -> Last<'a> {
    let up = seen.iter().enumerate().filter(|(_, seen)| seen.state.is_some());
    let all: Last<'a> = up.filter_map(|(i, seen)| Some((i as NodeId, seen.durable.tally.last.as_ref()?))).collect();
    let Some((_, newest)) = all.iter().max_by_key(|(_, moved)| moved.at_us) else { return all };
    let same = |moved: &Moved| moved.at_us == newest.at_us && moved.line == newest.line;
    all.iter().copied().filter(|(_, moved)| same(moved)).collect()
}

/// The panel.
pub(super) fn panel(ctx: &Ctx, seen: &[Seen<'_, Mesi>]) -> Panel {
    let caches = &seen[..ctx.setup.caches];
    let last = last(caches);
    let line = last.first().map(|(_, moved)| &moved.line).or(ctx.setup.show.as_ref());
    let states = ctx.setup.family().states();
    let at = |state: State| line.is_some().then(|| holders(caches, state, |seen| super::line_state(seen, line)));
    let node = |state: &State| GraphNode {
        label: label(ctx, *state, &at(*state).unwrap_or_default()),
        says: String::new(),
        tone: Some(state_tone(*state)),
        mark: if last.iter().any(|(_, moved)| moved.to == *state) { Mark::Own } else { Mark::Plain },
        at: Some(place(*state)),
    };
    Panel::Graph {
        title: "Transitions".into(),
        says: says(ctx, &last),
        nodes: states.iter().map(node).collect(),
        edges: edges(ctx, states, &last),
    }
}

fn holders(caches: &[Seen<'_, Mesi>], state: State, of: impl Fn(&Seen<'_, Mesi>) -> Option<State>) -> Vec<NodeId> {
    let here = caches.iter().enumerate().filter(|(_, seen)| of(seen) == Some(state));
    here.map(|(i, _)| i as NodeId).collect()
}

fn label(ctx: &Ctx, state: State, who: &[NodeId]) -> String {
    match who.len() {
        0 => state.letter().into(),
        1..=NAMES_MAX => format!("{}: {}", state.letter(), names(ctx, who.iter().copied())),
        n => format!("{}: {n} caches", state.letter()),
    }
}

/// The corners of a square, and what some protocols have between them.
const fn place(state: State) -> (u8, u8) {
    match state {
        State::M | State::V => (0, 0),
        State::E => (2, 0),
        State::S => (0, 2),
        State::I => (2, 2),
        // Where no arrow between two others passes: MOESI has none from M to S.
        State::O => (0, 1),
        State::F => (1, 3),
    }
}

const fn does_words(does: Does) -> Option<&'static str> {
    match does {
        Does::Hit | Does::Nothing => None,
        Does::Flush => Some("flush"),
        Does::Supply => Some("supply"),
        Does::Ask(Transaction::WriteBack) => Some("write-back"),
        Does::Ask(transaction) => Some(transaction.name()),
    }
}

/// What was just done, in a sentence.
fn says(ctx: &Ctx, last: &Last<'_>) -> String {
    let Some((_, moved)) = last.first() else {
        return "The states of a line, and what leads from one to another. No cache that runs has done anything yet."
            .into();
    };
    let one = |(cache, m): &(NodeId, &Moved)| {
        let (name, from, to) = (ctx.name(*cache), m.from.letter(), m.to.letter());
        let way = if m.from == m.to { format!("stays {to}") } else { format!("{from} → {to}") };
        let does = if m.flushed { Some("flush") } else { m.asked.map(Transaction::name) };
        let does = does.map_or(String::new(), |does| format!(", {does}"));
        format!("{name} {way} by {}{does}", m.why.name())
    };
    let all: Vec<String> = last.iter().map(one).collect();
    format!("The line {}, last: {}.", shorten(&moved.line.name), all.join("; "))
}

/// The states that an event leads to: after a read miss that depends on the others.
fn ways(ctx: &Ctx, from: State, event: Event) -> Vec<(State, Does)> {
    let family = ctx.setup.family();
    let Some(cell) = table(family, from, event) else { return Vec::new() };
    match (from, event) {
        (State::I, Event::PrRd) => {
            let mut ends = vec![(family.after_read(false), cell.does), (family.after_read(true), cell.does)];
            ends.dedup();
            ends
        }
        // What is not there cannot be taken away.
        (State::I, Event::BusRd | Event::BusRdX | Event::BusUpgr | Event::BusWr | Event::Evict) => Vec::new(),
        _ => vec![(cell.to, cell.does)],
    }
}

fn edges(ctx: &Ctx, states: &[State], last: &Last<'_>) -> Vec<GraphEdge> {
    let index = |state: State| states.iter().position(|s| *s == state).map(|i| i as u16);
    let mut edges = Vec::new();
    for &from in states {
        for &to in states {
            let ways = Event::ALL.into_iter().flat_map(|event| {
                ways(ctx, from, event).into_iter().filter(|(end, _)| *end == to).map(move |(_, does)| (event, does))
            });
            let ways: Vec<(Event, Does)> = ways.collect();
            let taken: Vec<_> = last.iter().filter(|(_, m)| (m.from, m.to) == (from, to)).collect();
            let (Some(a), Some(b), false) = (index(from), index(to), ways.is_empty() && taken.is_empty()) else {
                continue;
            };
            let by_table = |m: &Moved| ways.iter().any(|(event, _)| m.why == Why::By(*event));
            let (label, mark) = match taken.first() {
                None => (ways.iter().map(|(event, _)| event.name()).collect::<Vec<_>>().join(", "), Mark::Plain),
                Some((_, m)) => {
                    let who = names(ctx, taken.iter().map(|(cache, _)| *cache));
                    let does =
                        ways.iter().find(|(event, _)| m.why == Why::By(*event)).and_then(|(_, d)| does_words(*d));
                    let does = does.map_or(String::new(), |does| format!(" / {does}"));
                    let mark = if by_table(m) { Mark::Own } else { Mark::Bad };
                    (format!("{who}: {}{does}", m.why.name()), mark)
                }
            };
            edges.push(GraphEdge { from: a, to: b, label, mark });
        }
    }
    edges
}
