//! Sessions with the time that they have left, on the leader's clock.

use super::{Saw, client_of, leader_of};
use crate::base::json::millis_text;
use crate::labs::zk_lock::Ctx;
use crate::labs::zk_lock::client::Stage;
use crate::labs::zk_lock::server::Role;
use crate::trace::frame::{Look, MatrixCell, MatrixRow, Panel};

/// Parts of a session's time, a column each.
const PARTS: u64 = 10;

/// A bar for each session.
pub(super) fn panel(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let title = "Sessions".to_string();
    let Some((me, leader)) = leader_of(ctx, seen) else {
        let says = "There is no leader, so no session expires.".into();
        return Panel::Matrix { title, says, columns: Vec::new(), rows: Vec::new() };
    };
    let Role::Leading(lead) = &leader.role else { unreachable!("it leads") };
    let session_us = ctx.setup.session_us;
    let row = |(session, owner): (&u32, &crate::labs::zk_lock::server::sessions::Owner)| {
        let client = lead.client_of(*session);
        let left_us = (owner.heard_us + session_us).saturating_sub(leader.seen_us);
        let parts = (left_us * PARTS).div_ceil(session_us).min(PARTS);
        let believes = client.and_then(|c| client_of(&seen[usize::from(c)])).map(|c| (c.session, c.stage));
        let says = match believes {
            None => "its client is down",
            Some((its, _)) if its != *session => "its client is in another",
            Some((_, Stage::Connected)) => "connected",
            Some(_) => "its client looks for a server",
        };
        let left = format!("{} ms", millis_text(left_us / 1000 * 1000));
        let mut cells = Vec::new();
        if parts > 0 {
            let tone = Some(if parts <= PARTS / 3 { 1 } else { 2 });
            let word = format!("{left} left");
            cells.push(MatrixCell { text: left, span: parts as u16, tone, look: Look::Solid, word, was: None });
        }
        let head = client.map_or_else(|| session.to_string(), |client| format!("{session} {}", ctx.name(client)));
        MatrixRow { head, says: says.into(), tone: None, cells, pins: Vec::new() }
    };
    let rows: Vec<MatrixRow> = lead.owners.iter().map(row).collect();
    Panel::Matrix {
        title,
        says: format!(
            "How much each session has left of its {} ms, as {} knows: what is heard of a client fills it up again.",
            millis_text(session_us),
            ctx.name(me)
        ),
        columns: (1..=PARTS).map(|part| millis_text(session_us * part / PARTS / 1000 * 1000)).collect(),
        rows,
    }
}
