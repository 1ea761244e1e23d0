//! A leader's side of sessions: which connection each belongs to, what is written on it, and when it is over.

use super::leading::Leading;
use super::{At, Role, Server, clients, leading, say};
use crate::labs::zk_lock::tree::Change;
use crate::labs::zk_lock::tree::{Op, SessionId};
use crate::labs::zk_lock::{Effects, Note, Origin, Timer, Word, Zab};
use crate::trace::NodeId;

/// A session, on the leader's clock.
#[derive(Clone, Copy, Debug)]
pub(in crate::labs::zk_lock) struct Owner {
    /// The server and the connection that it belongs to; none under this leader yet.
    place: Option<(NodeId, u32)>,
    /// The last request of it that was proposed.
    cxid: u32,
    /// When it was heard of last, in microseconds.
    pub(in crate::labs::zk_lock) heard_us: u64,
    /// Its end is proposed.
    closing: bool,
}

/// A new leader gives every session its whole time again.
pub(super) fn take_over(at: At<'_>, lead: &mut Leading) {
    let fresh = |session: &SessionId| (*session, Owner { place: None, cxid: 0, heard_us: at.now_us, closing: false });
    lead.owners = lead.ahead.sessions.keys().map(fresh).collect();
}

/// A session was heard of.
pub(super) fn touch(lead: &mut Leading, session: SessionId, heard_us: u64) {
    if let Some(owner) = lead.owners.get_mut(&session) {
        owner.heard_us = owner.heard_us.max(heard_us);
    }
}

/// A client of a follower wants a session, or to go on with one.
pub(super) fn on_validate(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (epoch, origin): (u32, Origin),
    out: &mut Effects,
) {
    if server.leads(epoch).is_some_and(|lead| lead.is_established())
        && let Some(word) = validate(at, server, from, origin, out)
    {
        out.with_input(Some(Note::Ruled(origin, word)), None);
        say(from, Zab::Answered { epoch, origin, word }, out);
    }
}

/// The word on a session; none where it is a new one, which is opened through the log.
pub(super) fn validate(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    origin: Origin,
    out: &mut Effects,
) -> Option<Word> {
    let Origin { client, session, conn, .. } = origin;
    let Role::Leading(lead) = &mut server.role else { return None };
    if session == 0 {
        let last = lead.opening.entry(client).or_default();
        if conn > *last {
            *last = conn;
            let session = lead.ahead.opened + 1;
            lead.owners
                .insert(session, Owner { place: Some((from, conn)), cxid: 0, heard_us: at.now_us, closing: false });
            leading::propose(at, server, Some(origin), Change::Open { session, client }, out);
        } else if conn < *last {
            return Some(Word::Moved);
        }
        return None;
    }
    let Some(owner) = lead.owners.get_mut(&session).filter(|owner| !owner.closing) else { return Some(Word::Expired) };
    if owner.place.is_some_and(|(_, known)| conn < known) {
        return Some(Word::Moved);
    }
    owner.place = Some((from, conn));
    owner.heard_us = at.now_us;
    Some(Word::Valid)
}

/// A write of a follower's client.
pub(super) fn on_forward(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (epoch, origin, op): (u32, Origin, &Op),
    out: &mut Effects,
) {
    if server.leads(epoch).is_some_and(|lead| lead.is_established())
        && let Some(word) = take(at, server, from, (origin, op), out)
    {
        out.with_input(Some(Note::Ruled(origin, word)), None);
        say(from, Zab::Answered { epoch, origin, word }, out);
    }
}

/// Proposes a write, once; or says why not.
pub(super) fn take(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (origin, op): (Origin, &Op),
    out: &mut Effects,
) -> Option<Word> {
    let Role::Leading(lead) = &mut server.role else { return None };
    let Some(owner) = lead.owners.get_mut(&origin.session) else { return Some(Word::Expired) };
    if owner.place != Some((from, origin.conn)) {
        return Some(Word::Moved);
    }
    if origin.cxid <= owner.cxid {
        return None;
    }
    if owner.closing {
        return Some(Word::Expired);
    }
    owner.cxid = origin.cxid;
    owner.heard_us = at.now_us;
    owner.closing = *op == Op::Close;
    let change = lead.ahead.prepare(origin.session, op, at.ctx.setup.broken.sequence_wraps);
    leading::propose(at, server, Some(origin), change, out);
    None
}

/// Ends the sessions that were silent for too long, through the log.
pub(super) fn expire(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let own: Vec<(SessionId, u64)> = clients::heard(server).collect();
    let session_us = at.ctx.setup.session_us;
    let Role::Leading(lead) = &mut server.role else { return };
    own.into_iter().for_each(|(session, heard_us)| touch(lead, session, heard_us));
    let mut over = Vec::new();
    for (session, owner) in &mut lead.owners {
        if !owner.closing && owner.heard_us + session_us <= at.now_us {
            owner.closing = true;
            over.push(*session);
        }
    }
    for session in over {
        let Role::Leading(lead) = &server.role else { return };
        let change = lead.ahead.close(session, true);
        leading::propose(at, server, None, change, out);
    }
    wait_for_next(at, server, out);
}

/// Whoever waits for faults to end waits for the end of sessions that nobody keeps alive, too.
fn wait_for_next(at: At<'_>, server: &Server, out: &mut Effects) {
    let Role::Leading(lead) = &server.role else { return };
    let silent_us = 2 * at.ctx.setup.ping_us() + 2 * at.ctx.setup.tick_us;
    let silent = |owner: &&Owner| !owner.closing && owner.heard_us + silent_us < at.now_us;
    match lead.owners.values().filter(silent).map(|owner| owner.heard_us + at.ctx.setup.session_us).min() {
        Some(due_us) => {
            let left_us = due_us.saturating_sub(at.now_us).max(1);
            out.arm(Timer::Expiry, left_us, left_us);
        }
        None => out.disarm(Timer::Expiry),
    }
}

/// The next session may be over.
pub(super) fn on_expiry(at: At<'_>, server: &mut Server, out: &mut Effects) {
    if matches!(&server.role, Role::Leading(lead) if lead.is_established()) {
        expire(at, server, out);
    }
}

/// A session is over: nobody owns it any more.
pub(super) fn forget(server: &mut Server, session: SessionId) {
    if let Role::Leading(lead) = &mut server.role {
        lead.owners.remove(&session);
    }
}
