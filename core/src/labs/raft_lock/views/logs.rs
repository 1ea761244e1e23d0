//! The logs of all servers, entry by entry, with what is known of them.

use super::super::words::command_text;
use super::{Saw, Server, band, server_of};
use crate::labs::raft_lock::{Ctx, Index, Log, Standing, Term};
use crate::trace::frame::{Look, MatrixCell, MatrixRow, Panel, Pin, PinLook};

/// Most columns: the newest entries.
const COLUMNS_MAX: Index = 16;
/// Fewest columns, so that the picture does not jump with the first entries.
const COLUMNS_MIN: Index = 8;
/// Terms take the colours of the palette in turn.
const TONES: Term = 7;

/// The columns in sight.
#[derive(Clone, Copy)]
struct Stretch {
    first: Index,
    last: Index,
}

impl Stretch {
    fn of(logs: &[&Log]) -> Stretch {
        let last = logs.iter().map(|log| log.last_index()).max().unwrap_or(0).max(COLUMNS_MIN);
        Stretch { first: last.saturating_sub(COLUMNS_MAX - 1).max(1), last }
    }

    /// The place in front of the column of an index; at the edge for what is out of sight.
    fn before(self, index: Index) -> u16 {
        (index.clamp(self.first, self.last + 1) - self.first) as u16
    }
}

pub(super) fn panel(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let logs: Vec<&Log> = servers.iter().map(|seen| server_of(seen).map_or(&seen.durable.log, |s| &s.log)).collect();
    let stretch = Stretch::of(&logs);
    let leader = servers.iter().filter_map(server_of).filter(|s| s.lead.is_some()).max_by_key(|s| s.term);
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let server = server_of(seen);
        let stands = server.and_then(|_| band(seen));
        MatrixRow {
            head: ctx.names[i].clone(),
            says: stands.map_or_else(|| "down".into(), |band| band.text()),
            tone: stands.map(|band| band.tone),
            cells: cells(ctx, server, logs[i], leader, stretch),
            pins: pins(i, server, leader, stretch),
        }
    };
    Panel::Matrix {
        title: "Logs".into(),
        says: "Terms of entries. Filled: known there to be committed; outline: not yet; struck: the leader has another. Line: \
               commitIndex; wedges: matchIndex, nextIndex."
            .into(),
        columns: (stretch.first..=stretch.last).map(|index| index.to_string()).collect(),
        rows: servers.iter().enumerate().map(row).collect(),
    }
}

fn cells(ctx: &Ctx, server: Option<&Server>, log: &Log, leader: Option<&Server>, stretch: Stretch) -> Vec<MatrixCell> {
    let mut cells = Vec::new();
    let base = log.base().min(stretch.last);
    if base >= stretch.first {
        cells.push(MatrixCell {
            text: format!("to {}", log.base()),
            span: (base + 1 - stretch.first) as u16,
            look: Look::Hatched,
            word: format!("in the snapshot up to {}", log.base()),
            ..MatrixCell::default()
        });
    }
    cells.extend((stretch.first.max(base + 1)..=stretch.last).map(|index| cell(ctx, server, log, leader, index)));
    cells
}

fn cell(ctx: &Ctx, server: Option<&Server>, log: &Log, leader: Option<&Server>, index: Index) -> MatrixCell {
    let gone = server.and_then(|s| s.gone.iter().rev().find(|(i, _)| *i == index)).map(|(_, term)| *term);
    let Some(entry) = log.entry(index) else {
        let was = gone.map(|term| term.to_string());
        return MatrixCell { span: 1, was, ..MatrixCell::default() };
    };
    let (commit, applied) = server.map_or((0, 0), |s| (s.commit, s.applied));
    let another = leader.filter(|l| server.is_none_or(|s| l.term >= s.term)).and_then(|l| l.log.term_at(index));
    let (look, word) = match another {
        _ if index <= applied => (Look::Solid, "applied"),
        _ if index <= commit => (Look::Solid, "committed"),
        Some(term) if term != entry.term => (Look::Struck, "the leader has another"),
        _ => (Look::Open, "not known to be committed"),
    };
    MatrixCell {
        text: entry.term.to_string(),
        span: 1,
        tone: Some(((entry.term + TONES - 1) % TONES) as u8),
        look,
        word: format!("{word}: {}", command_text(ctx, &entry.command)),
        was: gone.filter(|term| *term != entry.term).map(|term| term.to_string()),
    }
}

fn pins(i: usize, server: Option<&Server>, leader: Option<&Server>, stretch: Stretch) -> Vec<Pin> {
    let mut pins = Vec::new();
    if let Some(server) = server {
        let says = format!("commitIndex {}", server.commit);
        pins.push(Pin { before: stretch.before(server.commit + 1), says, look: PinLook::Line });
    }
    let leads = server.is_some_and(|s| s.role == Standing::Leader);
    if let Some(lead) = leader.and_then(|l| l.lead.as_ref()).filter(|_| !leads) {
        let (next, matched) = (lead.next[i], lead.matched[i]);
        let says = format!("matchIndex {matched}");
        pins.push(Pin { before: stretch.before(matched + 1), says, look: PinLook::Filled });
        pins.push(Pin { before: stretch.before(next), says: format!("nextIndex {next}"), look: PinLook::Open });
    }
    pins
}
