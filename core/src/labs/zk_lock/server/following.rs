//! A follower, in the order of the phases.

use super::{At, Role, Server, clients, election, say};
use crate::labs::zk_lock::{Effects, Entry, How, Sync, Timer, Zab, Zxid};
use crate::trace::NodeId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How far a follower has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::labs::zk_lock) enum Phase {
    /// It has said which epoch it has accepted.
    Discovery,
    /// It has accepted the leader's.
    Accepted {
        /// It had not accepted that one before: its word counts.
        fresh: bool,
    },
    /// All that the leader has is on disk.
    Synced,
    /// It serves clients.
    Broadcast,
}

/// What a follower keeps.
#[derive(Clone, Debug)]
pub(in crate::labs::zk_lock) struct Following {
    pub(in crate::labs::zk_lock) leader: NodeId,
    /// The leader's epoch, once it has said it.
    pub(in crate::labs::zk_lock) epoch: Option<u32>,
    pub(in crate::labs::zk_lock) phase: Phase,
    /// Transactions that have overtaken others, by the one before them.
    early: BTreeMap<Zxid, Entry>,
}

impl Following {
    pub(super) fn serves(&self) -> bool {
        self.phase == Phase::Broadcast
    }
}

/// Begins to follow the one that it votes for.
pub(super) fn follow(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let leader = server.vote.leader;
    server.role = Role::Following(Following { leader, epoch: None, phase: Phase::Discovery, early: BTreeMap::new() });
    server.show(at, "a majority votes for that one", out);
    report(server, out);
    be_patient(at, out);
    out.arm(Timer::Tick, at.ctx.setup.tick_us, at.ctx.setup.tick_us);
}

fn be_patient(at: At<'_>, out: &mut Effects) {
    let (least_us, most_us) = at.ctx.setup.patience_us();
    out.arm(Timer::Patience, least_us, most_us);
}

/// Says how far it has come, for the first time or again.
fn report(server: &Server, out: &mut Effects) {
    let Role::Following(following) = &server.role else { return };
    let (accepted, current, last) = (server.accepted, server.current, server.log.last());
    let epoch = following.epoch.unwrap_or(0);
    let zab = match following.phase {
        Phase::Discovery => Zab::FollowerInfo { accepted },
        Phase::Accepted { fresh } => Zab::AckEpoch { epoch, fresh, current, last },
        Phase::Synced => Zab::AckLeader { epoch, last },
        Phase::Broadcast => return,
    };
    say(following.leader, zab, out);
}

/// What may have got lost is said again.
pub(super) fn on_tick(at: At<'_>, server: &mut Server, out: &mut Effects) {
    report(server, out);
    clients::on_tick(at, server, out);
}

/// LEADERINFO: a new epoch. It is accepted once (Zab §4.1, step f.1.1).
pub(super) fn on_leader_info(at: At<'_>, server: &mut Server, from: NodeId, epoch: u32, out: &mut Effects) {
    let accepted = server.accepted;
    let Role::Following(following) = &mut server.role else { return };
    if following.leader != from || following.phase != Phase::Discovery {
        return;
    }
    if epoch < accepted {
        return election::look(at, server, "its leader's epoch is over", out);
    }
    following.epoch = Some(epoch);
    following.phase = Phase::Accepted { fresh: epoch > accepted };
    if epoch > accepted {
        server.accept_epoch(epoch, out);
    }
    report(server, out);
    be_patient(at, out);
}

/// What it lacks, and NEWLEADER (Zab §4.2). It was made for a log that ends where this one does, or it is an old one.
pub(super) fn on_sync(at: At<'_>, server: &mut Server, from: NodeId, sync: &Rc<Sync>, out: &mut Effects) {
    if !server.follows(from, sync.epoch) || sync.basis != server.log.last() {
        return;
    }
    let Role::Following(following) = &server.role else { return };
    // Later only where it has fallen behind so far that the leader's log does not reach back to it: what its clients have
    // watched and asked for is not in a snapshot, so they are let go.
    if !matches!(following.phase, Phase::Accepted { .. }) {
        if !matches!(&sync.how, How::Snap(snapshot) if snapshot.zxid > server.log.last()) {
            return;
        }
        clients::close_all(server, out);
    }
    match &sync.how {
        How::Diff => {}
        How::Snap(snapshot) => server.install(snapshot, out),
        How::Trunc(to) => {
            let floor = server.log.floor(*to);
            match floor {
                Some(floor) => server.truncate(floor, out),
                // Its own snapshot is from elsewhere. Only what was committed without a majority comes to that.
                None => server.install(&Rc::default(), out),
            }
            if floor != Some(*to) {
                // It does not have that one either: the leader is asked once more, from here.
                report(server, out);
                return;
            }
        }
    }
    server.append(sync.entries.clone(), out);
    server.enter_epoch(sync.epoch, out);
    let Role::Following(following) = &mut server.role else { return };
    following.phase = Phase::Synced;
    report(server, out);
    be_patient(at, out);
}

/// UPTODATE: it serves clients from now on.
pub(super) fn on_up_to_date(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (epoch, committed): (u32, Zxid),
    out: &mut Effects,
) {
    if !server.follows(from, epoch) {
        return;
    }
    let Role::Following(following) = &mut server.role else { return };
    if following.phase == Phase::Synced {
        following.phase = Phase::Broadcast;
        server.show(at, "a majority has what the leader has", out);
        commit(at, server, committed, out);
        be_patient(at, out);
    }
}

/// PROPOSAL: logged in order, on disk before it is acknowledged (Zab §4.3).
pub(super) fn on_proposal(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (epoch, prev, entries, committed): (u32, Zxid, &Rc<[Entry]>, Zxid),
    out: &mut Effects,
) {
    if !server.follows(from, epoch) {
        return;
    }
    be_patient(at, out);
    let last = server.log.last();
    let Role::Following(following) = &mut server.role else { return };
    if !matches!(following.phase, Phase::Synced | Phase::Broadcast) {
        return;
    }
    let mut before = prev;
    for entry in entries.iter() {
        if entry.zxid > last {
            following.early.insert(before, entry.clone());
        }
        before = entry.zxid;
    }
    let mut fits = Vec::new();
    let mut end = last;
    while let Some(entry) = following.early.remove(&end) {
        end = entry.zxid;
        fits.push(entry);
    }
    following.early.retain(|before, _| *before > end);
    server.append(fits, out);
    say(from, Zab::Ack { epoch, last: end }, out);
    commit(at, server, committed, out);
}

/// COMMIT, and the leader's PING, which is answered.
pub(super) fn on_commit(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (epoch, committed): (u32, Zxid),
    ping: bool,
    out: &mut Effects,
) {
    if !server.follows(from, epoch) {
        return;
    }
    be_patient(at, out);
    commit(at, server, committed, out);
    if ping {
        let (last, sessions) = (server.log.last(), clients::heard_of(at, server));
        // Before it is synchronised it has nothing to say on the epoch's log.
        if matches!(&server.role, Role::Following(f) if matches!(f.phase, Phase::Synced | Phase::Broadcast)) {
            say(from, Zab::Pong { epoch, last, sessions }, out);
        }
    }
}

fn commit(at: At<'_>, server: &mut Server, committed: Zxid, out: &mut Effects) {
    if matches!(&server.role, Role::Following(f) if f.serves()) {
        server.committed = server.committed.max(committed);
        server.apply(at, out);
    }
}
