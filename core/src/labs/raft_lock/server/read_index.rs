//! Linearizable reads without writing to the log (§8, thesis 6.4).

use super::super::locks::Locks;
use super::super::{Answer, Command, Effects, Index, Message, Snapshot, Standing};
use super::replication;
use super::{At, Server};
use crate::trace::NodeId;
use std::rc::Rc;

/// A read that waits to be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    client: NodeId,
    session: u32,
    serial: u32,
    /// It must be applied so far: the commit index when the read came.
    index: Index,
    /// A majority must have answered this round, or another leader may have been elected before the read came.
    round: u32,
}

/// A client wants to see the lock table.
pub(crate) fn on_read(
    at: At<'_>,
    server: &mut Server,
    (client, session, serial): (NodeId, u32, u32),
    out: &mut Effects,
) {
    if at.ctx.setup.broken.stale_reads {
        return answer(at, server, (client, session, serial), out);
    }
    // Without an entry of its own term a leader does not know what is committed: it needs a no-op first.
    if server.log.last_term() != server.term {
        replication::append(at, server, Command::Noop);
    }
    let commit = server.commit;
    let Some(lead) = &mut server.lead else { return };
    lead.round += 1;
    let read = Read { client, session, serial, index: commit.max(lead.first), round: lead.round };
    lead.reads.retain(|known| known.client != client);
    lead.reads.push(read);
    replication::broadcast(at, server, out);
    answer_reads(at, server, out);
}

/// Answers the reads for which the leader is confirmed, and far enough.
pub(crate) fn answer_reads(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let Some(lead) = &mut server.lead else { return };
    if lead.reads.is_empty() || server.role != Standing::Leader {
        return;
    }
    lead.rounds[usize::from(at.me)] = lead.round;
    let mut rounds = lead.rounds.clone();
    rounds.sort_unstable_by(|a, b| b.cmp(a));
    let confirmed = rounds[rounds.len() / 2];
    let applied = server.applied;
    let ready = |read: &Read| read.round <= confirmed && read.index <= applied;
    let (done, open) = lead.reads.iter().partition(|read| ready(read));
    lead.reads = open;
    let done: Vec<Read> = done;
    for read in done {
        answer(at, server, (read.client, read.session, read.serial), out);
    }
}

fn answer(at: At<'_>, server: &mut Server, (client, session, serial): (NodeId, u32, u32), out: &mut Effects) {
    let machine: Locks = server.machine.clone();
    let table = Rc::new(Snapshot { index: server.applied, term: server.term, machine });
    server.send(at, client, Message::Answer { session, serial, answer: Answer::Table(table) }, out);
}
