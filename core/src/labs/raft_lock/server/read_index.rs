//! What needs a leader that is confirmed, without writing to the log (§8, thesis 6.4): linearizable reads, how a command stands
//! that was applied already, and the renewal of a lease, which a leader that was deposed without knowing must not promise.

use super::super::locks::{Locks, Outcome};
use super::super::{Answer, Call, Command, Effects, Index, Snapshot, Standing};
use super::replication::{self, Leadership};
use super::requests;
use super::{At, Server};
use crate::trace::NodeId;
use std::rc::Rc;

/// What somebody is told when the leader is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// The lock table.
    Table,
    /// How its command stands.
    Standing,
    /// That its lease is renewed.
    Alive,
    /// Nothing: its command is answered when it is applied. But the lease is renewed.
    Nothing,
}

/// A client's message that shows that it lives, and maybe waits to be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    call: Call,
    wants: Wants,
    /// When the client sent it, by its own clock.
    sent_us: u64,
    /// So far must be applied: what was committed when it came, or an entry that ends its session.
    index: Index,
    /// A majority must have answered this round, or another leader may have been elected before it came.
    round: u32,
}

impl Waiting {
    /// Whether somebody waits for the lock table.
    pub(crate) fn is_read(&self) -> bool {
        self.wants == Wants::Table
    }
}

/// A client's message waits until the leader is confirmed, with the next round that a majority answers.
pub(crate) fn wait(at: At<'_>, server: &mut Server, call: Call, sent_us: u64, wants: Wants) {
    // Without an entry of its own term a leader does not know what is committed: it needs a no-op first.
    if wants != Wants::Nothing && server.log.last_term() != server.term {
        replication::append(at, server, Command::Noop);
    }
    let (commit, last) = (server.commit, server.log.last_index());
    let Some(lead) = &mut server.lead else { return };
    lead.round += 1;
    let ends = lead.ending.contains(&(call.client, call.session));
    let index = if ends { last } else { commit.max(lead.first) };
    // The oldest is confirmed first; of those behind it the newest is enough.
    let same = |known: &Waiting| known.call.client == call.client && known.wants == wants;
    let oldest = lead.waiting.iter().find(|known| same(known)).map(|known| known.round);
    lead.waiting.retain(|known| !same(known) || Some(known.round) == oldest);
    lead.waiting.push(Waiting { call, wants, sent_us, index, round: lead.round });
}

/// A client wants to see the lock table.
pub(crate) fn on_read(at: At<'_>, server: &mut Server, call: Call, sent_us: u64, out: &mut Effects) {
    if at.ctx.setup.broken.stale_reads {
        return answer_table(at, server, call, out);
    }
    wait(at, server, call, sent_us, Wants::Table);
    replication::broadcast(at, server, out);
}

/// The last round that a majority has answered.
fn confirmed(at: At<'_>, lead: &mut Leadership) -> u32 {
    lead.rounds[usize::from(at.me)] = lead.round;
    let mut rounds = lead.rounds.clone();
    rounds.sort_unstable_by(|a, b| b.cmp(a));
    rounds[rounds.len() / 2]
}

/// Takes out those for whom the leader is confirmed, and has applied enough; their leases are renewed.
pub(crate) fn confirm(at: At<'_>, server: &mut Server) -> Vec<Waiting> {
    let Some(lead) = server.lead.as_mut().filter(|lead| !lead.waiting.is_empty()) else { return Vec::new() };
    if server.role != Standing::Leader {
        return Vec::new();
    }
    let (confirmed, applied) = (confirmed(at, lead), server.applied);
    let ready = |waiting: &Waiting| waiting.round <= confirmed && waiting.index <= applied;
    let (ready, open): (Vec<Waiting>, Vec<Waiting>) = lead.waiting.iter().partition(|waiting| ready(waiting));
    lead.waiting = open;
    for Waiting { call, sent_us, .. } in &ready {
        let known = lead.renewed.entry(call.client).or_insert((call.session, *sent_us));
        *known = (*known).max((call.session, *sent_us));
    }
    ready
}

/// Answers them. Who is answered anyway in this step learns from that that it lives.
pub(crate) fn answer(at: At<'_>, server: &mut Server, ready: &[Waiting], told: &[NodeId], out: &mut Effects) {
    for (i, Waiting { call, wants, .. }) in ready.iter().enumerate() {
        let (client, session) = (call.client, call.session);
        match wants {
            Wants::Nothing => {}
            Wants::Table => answer_table(at, server, *call, out),
            Wants::Standing => {
                if let Some(outcome) = requests::status(server, call) {
                    requests::answer(at, server, client, (session, call.serial), Answer::Outcome(outcome), out);
                }
            }
            Wants::Alive => {
                let other = |(j, w): (usize, &Waiting)| {
                    w.call.client == client
                        && (matches!(w.wants, Wants::Table | Wants::Standing) || j > i && w.wants == *wants)
                };
                if told.contains(&client) || ready.iter().enumerate().any(other) {
                    continue;
                }
                let over = requests::is_over(server, client, session);
                let said = if over { Answer::Outcome(Outcome::Expired) } else { Answer::Alive };
                requests::answer(at, server, client, (session, 0), said, out);
            }
        }
    }
}

fn answer_table(at: At<'_>, server: &mut Server, call: Call, out: &mut Effects) {
    let machine: Locks = server.machine.clone();
    let table = Rc::new(Snapshot { index: server.applied, term: server.term, machine });
    requests::answer(at, server, call.client, (call.session, call.serial), Answer::Table(table), out);
}
