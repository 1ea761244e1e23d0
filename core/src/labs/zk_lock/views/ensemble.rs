//! The ensemble: logs with zxids, and epochs.

use super::{Saw, band, leader_of, name_or, server_of};
use crate::labs::zk_lock::words::change_text;
use crate::labs::zk_lock::{Ctx, Disk, History, Zxid};
use crate::trace::frame::{Cell, Look, Mark, MatrixCell, MatrixRow, Panel, Pin, PinLook};

/// Most columns: the newest transactions.
const COLUMNS_MAX: u32 = 12;
/// Fewest columns, so that the picture does not jump with the first transactions.
const COLUMNS_MIN: u32 = 6;
/// Epochs take the colours of the palette in turn.
const TONES: u32 = 7;

/// The logs, transaction by transaction.
pub(super) fn logs(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let servers = &seen[..ctx.setup.servers.count()];
    let logs: Vec<&History> =
        servers.iter().map(|seen| server_of(seen).map_or(&seen.durable.log, |s| &s.log)).collect();
    let last = logs.iter().map(|log| log.last_index()).max().unwrap_or(0).max(COLUMNS_MIN);
    let first = last.saturating_sub(COLUMNS_MAX - 1).max(1);
    let leader = leader_of(ctx, seen).map(|(_, server)| &server.log);
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let server = server_of(seen);
        let stands = server.and_then(|_| band(seen));
        let applied = server.map_or(0, |server| server.applied.0);
        let committed = server.map_or(Zxid::default(), |server| server.committed);
        let log = logs[i];
        let mut cells = Vec::new();
        let base = (log.last_index() - log.iter().count() as u32).min(last);
        if base >= first {
            let word = format!("in the snapshot up to {}", log.base());
            let (text, span) = (format!("to {}", log.base()), (base + 1 - first) as u16);
            cells.push(MatrixCell { text, span, tone: None, look: Look::Hatched, word, was: None });
        }
        cells.extend((first.max(base + 1)..=last).map(|index| cell(ctx, log, leader, (index, applied, committed))));
        let count = log.iter().filter(|entry| entry.zxid <= committed).count() as u32 + base;
        let before = (count.clamp(first - 1, last) + 1 - first) as u16;
        let pins = server.map(|s| Pin { before, says: format!("committed {}", s.committed), look: PinLook::Line });
        MatrixRow {
            head: ctx.names[i].clone(),
            says: stands.map_or_else(|| "down".into(), |band| band.text()),
            tone: stands.map(|band| band.tone),
            cells,
            pins: pins.into_iter().collect(),
        }
    };
    Panel::Matrix {
        title: "Transaction logs".into(),
        says: "Zxids, epoch first. Filled: applied there; outline: on disk, not known to be committed; struck: the leader has \
               another. Line: what is committed."
            .into(),
        columns: (first..=last).map(|index| index.to_string()).collect(),
        rows: servers.iter().enumerate().map(row).collect(),
    }
}

fn cell(
    ctx: &Ctx,
    log: &History,
    leader: Option<&History>,
    (index, applied, committed): (u32, u32, Zxid),
) -> MatrixCell {
    let Some(entry) = log.entry(index) else { return MatrixCell { span: 1, ..MatrixCell::default() } };
    let other = leader.and_then(|leader| leader.entry(index)).filter(|other| other.zxid != entry.zxid);
    let (look, word) = match other {
        _ if index <= applied => (Look::Solid, "applied"),
        _ if entry.zxid <= committed => (Look::Solid, "committed"),
        Some(_) => (Look::Struck, "the leader has another"),
        None => (Look::Open, "not known to be committed"),
    };
    MatrixCell {
        text: entry.zxid.to_string(),
        span: 1,
        tone: Some(((entry.zxid.epoch + TONES - 1) % TONES) as u8),
        look,
        word: format!("{word}: {}", change_text(ctx, &entry.txn.change)),
        was: None,
    }
}

/// Epochs, votes and connections.
pub(super) fn epochs(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let Disk { accepted, current, .. } = seen.durable;
        let server = server_of(seen);
        let vote = server
            .map_or_else(|| "–".into(), |s| format!("{} ({}, {})", ctx.name(s.vote.leader), s.vote.epoch, s.vote.zxid));
        let clients = server.map(|s| s.conns.keys().map(|client| ctx.name(*client)).collect::<Vec<_>>().join(", "));
        let differs = accepted != current;
        let cells = vec![
            Cell::marked(accepted.to_string(), if differs { Mark::Ahead } else { Mark::Plain }),
            Cell::plain(current.to_string()),
            Cell::plain(server.map_or_else(|| "–".into(), |s| s.round.to_string())),
            Cell::plain(vote),
            Cell::plain(name_or(ctx, server.and_then(|s| s.leader(i as u16)))),
            Cell::plain(clients.unwrap_or_default()),
        ];
        (ctx.names[i].clone(), cells)
    };
    Panel::Table {
        title: "Epochs".into(),
        says: "On disk: the epoch that a server has promised itself to, and the one whose leader it has followed. In memory: \
               its round of elections, its vote (epoch, zxid), whom it follows, and its clients."
            .into(),
        columns: ["accepted", "current", "round", "vote", "leader", "clients"].map(String::from).to_vec(),
        rows: seen[..ctx.setup.servers.count()].iter().enumerate().map(row).collect(),
    }
}
