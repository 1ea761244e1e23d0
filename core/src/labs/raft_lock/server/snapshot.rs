//! Log compaction (§7): each server takes snapshots on its own; a leader sends its own to whoever is too far behind.

use super::super::log::Conflict;
use super::super::{Appended, Effects, Fate, Message, Note, Snapshot, Term};
use super::replication::follow;
use super::{At, Server};
use crate::trace::NodeId;
use std::rc::Rc;

/// Takes a snapshot when so many entries were applied since the last one.
pub(crate) fn take_if_due(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let every = at.ctx.setup.snapshot_every;
    if every == 0 || server.applied < server.log.base() + every {
        return;
    }
    let index = server.applied;
    let Some(term) = server.log.term_at(index) else { return };
    let snapshot = Rc::new(Snapshot { index, term, machine: server.machine.clone() });
    server.save_snapshot(at, &snapshot, false, out);
}

/// Sends the snapshot instead of entries that are cut off.
pub(crate) fn send(at: At<'_>, server: &mut Server, peer: NodeId, out: &mut Effects) {
    let snapshot = Rc::clone(server.snapshot.as_ref().expect("what is cut off is in a snapshot"));
    let round = server.lead.as_ref().map_or(0, |lead| lead.round);
    server.send(at, peer, Message::InstallSnapshot { term: server.term, snapshot, round }, out);
}

/// Figure 13, InstallSnapshot RPC, receiver.
pub(crate) fn on_install(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (term, snapshot, round): (Term, &Rc<Snapshot>, u32),
    out: &mut Effects,
) {
    let note = |fate| Some(Note::Appended(Appended { fate }));
    if term < server.term {
        out.with_input(note(Fate::OldTerm { mine: server.term }), None);
        let result = Err(Conflict { term: None, index: 0 });
        return server.send(at, from, Message::AppendReply { term: server.term, result, round }, out);
    }
    follow(at, server, from, term, out);
    // An old one, or one that came twice: what it holds is committed here already.
    let needed = snapshot.index > server.commit;
    out.with_input(note(Fate::Snapshot { index: snapshot.index, needed }), None);
    if needed {
        server.machine = snapshot.machine.clone();
        (server.commit, server.applied) = (snapshot.index, snapshot.index);
        server.save_snapshot(at, snapshot, true, out);
    }
    let result = Ok(snapshot.index);
    server.send(at, from, Message::AppendReply { term: server.term, result, round }, out);
}
