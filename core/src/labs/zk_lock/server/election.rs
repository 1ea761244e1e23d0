//! Fast leader election, as in ZooKeeper: votes that grow until a majority has the same.

use super::{At, Role, Server, clients, following, leading};
use crate::labs::zk_lock::note::Heard;
use crate::labs::zk_lock::{Effects, Message, Note, Standing, Timer, Vote};
use crate::trace::NodeId;
use std::collections::BTreeMap;

/// What a server keeps while it looks for a leader.
#[derive(Clone, Debug, Default)]
pub(in crate::labs::zk_lock) struct Looking {
    /// Votes of this round, the own one included.
    pub(in crate::labs::zk_lock) votes: BTreeMap<NodeId, Vote>,
    /// What those say who have a leader: its id, and how they stand.
    outside: BTreeMap<NodeId, (NodeId, Standing)>,
    /// A majority votes as it does.
    deciding: bool,
}

/// Begins to look for a leader, in a new round and with a vote for itself.
pub(super) fn look(at: At<'_>, server: &mut Server, because: &'static str, out: &mut Effects) {
    clients::close_all(server, out);
    out.disarm(Timer::Tick);
    out.disarm(Timer::Patience);
    out.disarm(Timer::Expiry);
    server.role = Role::Looking(Looking::default());
    server.round += 1;
    server.vote = own_vote(at, server);
    server.show(at, because, out);
    announce(at, server, out);
    arm(at, out);
    count(at, server, out);
}

/// It knows its own vote best.
fn own_vote(at: At<'_>, server: &Server) -> Vote {
    Vote { epoch: server.current, zxid: server.log.last(), leader: at.me }
}

fn arm(at: At<'_>, out: &mut Effects) {
    out.arm(Timer::Election, 2 * at.ctx.setup.tick_us, 3 * at.ctx.setup.tick_us);
}

fn notification(server: &Server) -> Message {
    Message::Notification { round: server.round, vote: server.vote, stands: server.standing() }
}

/// Tells all others its vote.
fn announce(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let (vote, message) = (server.vote, notification(server));
    if let Role::Looking(looking) = &mut server.role {
        looking.votes.insert(at.me, vote);
    }
    at.ctx.setup.servers.but(at.me).for_each(|other| out.send(other, message.clone()));
}

/// A vote, of somebody who looks for a leader or who has one.
pub(super) fn on_notification(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (round, vote, stands): (u32, Vote, Standing),
    out: &mut Effects,
) {
    let own = own_vote(at, server);
    let (before, mine) = (server.vote, server.round);
    let Role::Looking(looking) = &mut server.role else {
        // Who has a leader says so to who has none.
        if stands == Standing::Looking {
            let message = notification(server);
            out.send(from, message);
        }
        return;
    };
    if stands != Standing::Looking {
        return join(at, server, from, (round, vote, stands), out);
    }
    looking.outside.remove(&from);
    if round < mine {
        let message = notification(server);
        out.send(from, message);
    } else {
        if round > mine {
            looking.votes.clear();
            server.round = round;
            server.vote = vote.max(own);
        } else {
            server.vote = before.max(vote);
        }
        looking.votes.insert(from, vote);
        if round > mine || server.vote != before {
            announce(at, server, out);
        }
        count(at, server, out);
    }
    let heard = Heard { vote, before, after: server.vote, round: round.cmp(&mine) };
    out.with_input(Some(Note::Heard(heard)), None);
}

/// Counts the votes like its own: with a majority it waits for a better one for a moment, unless all have voted.
fn count(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let (vote, tick_us) = (server.vote, at.ctx.setup.tick_us);
    let Role::Looking(looking) = &mut server.role else { return };
    let same = looking.votes.values().filter(|other| **other == vote).count();
    let majority = at.ctx.setup.servers.majority() as usize;
    if same == at.ctx.setup.servers.count() {
        return decide(at, server, out);
    }
    if same >= majority && !looking.deciding {
        out.arm(Timer::Decide, tick_us / 2, tick_us / 2);
    } else if same < majority && looking.deciding {
        out.disarm(Timer::Decide);
    }
    looking.deciding = same >= majority;
}

/// Nothing better has come: the vote stands.
pub(super) fn on_decide(at: At<'_>, server: &mut Server, out: &mut Effects) {
    if matches!(&server.role, Role::Looking(looking) if looking.deciding) {
        decide(at, server, out);
    }
}

fn decide(at: At<'_>, server: &mut Server, out: &mut Effects) {
    end(out);
    if server.vote.leader == at.me {
        leading::lead(at, server, out);
    } else {
        following::follow(at, server, out);
    }
}

fn end(out: &mut Effects) {
    out.disarm(Timer::Election);
    out.disarm(Timer::Decide);
}

/// Somebody has a leader: when a majority says so, and the leader itself does, that is the one to follow.
fn join(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (round, vote, stands): (u32, Vote, Standing),
    out: &mut Effects,
) {
    let Role::Looking(looking) = &mut server.role else { return };
    looking.outside.insert(from, (vote.leader, stands));
    let leads = looking.outside.get(&vote.leader).is_some_and(|(_, stands)| *stands == Standing::Leading);
    let same = looking.outside.values().filter(|(leader, _)| *leader == vote.leader).count();
    if leads && same >= at.ctx.setup.servers.majority() as usize {
        (server.round, server.vote) = (server.round.max(round), vote);
        end(out);
        following::follow(at, server, out);
    } else if leads && round == server.round && server.vote.leader == vote.leader {
        // It has chosen in this very round what this server was about to choose.
        looking.votes.insert(from, server.vote);
        count(at, server, out);
    }
}

/// Nothing was decided: it says its vote again.
pub(super) fn on_timeout(at: At<'_>, server: &mut Server, out: &mut Effects) {
    if matches!(server.role, Role::Looking(_)) {
        announce(at, server, out);
        arm(at, out);
    }
}
