//! What needs a leader that is confirmed, without writing to the log (§8, thesis 6.4): linearizable reads, and the renewal of a
//! lease, which a leader that was deposed without knowing must not promise.

use super::super::locks::{Locks, Outcome};
use super::super::{Answer, Command, Effects, Index, Snapshot, Standing};
use super::replication::{self, Leadership};
use super::requests;
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

/// A sign of life that waits to be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beat {
    client: NodeId,
    session: u32,
    /// When it came: the lease counts from then.
    at_us: u64,
    /// As for a read.
    round: u32,
}

/// A client lives. It is told so with the next heartbeat that a majority answers.
pub(crate) fn on_beat(at: At<'_>, server: &mut Server, client: NodeId, session: u32, out: &mut Effects) {
    let Some(lead) = &mut server.lead else { return };
    lead.round += 1;
    let beat = Beat { client, session, at_us: at.now_us, round: lead.round };
    // The oldest is confirmed first; of those behind it the newest is enough.
    let oldest = lead.beats.iter().find(|known| known.client == client).map(|known| known.round);
    lead.beats.retain(|known| known.client != client || Some(known.round) == oldest);
    lead.beats.push(beat);
    answer_beats(at, server, out);
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

/// The last round that a majority has answered.
fn confirmed(at: At<'_>, lead: &mut Leadership) -> u32 {
    lead.rounds[usize::from(at.me)] = lead.round;
    let mut rounds = lead.rounds.clone();
    rounds.sort_unstable_by(|a, b| b.cmp(a));
    rounds[rounds.len() / 2]
}

/// Answers the reads for which the leader is confirmed, and far enough.
pub(crate) fn answer_reads(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let Some(lead) = server.lead.as_mut().filter(|lead| !lead.reads.is_empty()) else { return };
    if server.role != Standing::Leader {
        return;
    }
    let (confirmed, applied) = (confirmed(at, lead), server.applied);
    let ready = |read: &Read| read.round <= confirmed && read.index <= applied;
    let (done, open): (Vec<Read>, Vec<Read>) = lead.reads.iter().partition(|read| ready(read));
    lead.reads = open;
    for read in done {
        answer(at, server, (read.client, read.session, read.serial), out);
    }
}

/// Renews the leases for which the leader is confirmed, and says so. One answer in a step is enough for a client: who waits for
/// a read hears from that.
pub(crate) fn answer_beats(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let Some(lead) = server.lead.as_mut().filter(|lead| !lead.beats.is_empty()) else { return };
    if server.role != Standing::Leader {
        return;
    }
    let confirmed = confirmed(at, lead);
    let (beats, open): (Vec<Beat>, Vec<Beat>) = lead.beats.iter().partition(|beat| beat.round <= confirmed);
    lead.beats = open;
    let reading: Vec<NodeId> = lead.reads.iter().map(|read| read.client).collect();
    for (i, beat) in beats.iter().enumerate() {
        requests::heard(server, beat.client, beat.session, beat.at_us);
        let again = beats[i + 1..].iter().any(|later| later.client == beat.client);
        if !again && !reading.contains(&beat.client) {
            let over = requests::is_over(server, beat.client, beat.session);
            let said = if over { Answer::Outcome(Outcome::Expired) } else { Answer::Alive };
            requests::answer(at, server, beat.client, (beat.session, 0), said, out);
        }
    }
}

fn answer(at: At<'_>, server: &mut Server, (client, session, serial): (NodeId, u32, u32), out: &mut Effects) {
    let machine: Locks = server.machine.clone();
    let table = Rc::new(Snapshot { index: server.applied, term: server.term, machine });
    requests::answer(at, server, client, (session, serial), Answer::Table(table), out);
}
