//! A leader, in the order of the phases.

use super::sessions::Owner;
use super::{At, Role, Server, clients, election, say, sessions};
use crate::labs::zk_lock::tree::{Change, SessionId, Tree, Txn};
use crate::labs::zk_lock::{Effects, Entry, How, Note, Origin, Sync, Timer, Zab, Zxid};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What a leader keeps.
#[derive(Clone, Debug)]
pub(in crate::labs::zk_lock) struct Leading {
    /// Its epoch, once a majority has said which ones it has accepted.
    pub(in crate::labs::zk_lock) epoch: Option<u32>,
    /// Which epochs they have accepted.
    infos: BTreeMap<NodeId, u32>,
    /// Who has accepted the new epoch.
    accepted: BTreeSet<NodeId>,
    /// A majority has, and this is the epoch's history.
    synchronising: bool,
    /// Who has all of that on disk.
    synced: BTreeSet<NodeId>,
    established: bool,
    /// Whom proposals are sent to, and what they have on disk.
    pub(in crate::labs::zk_lock) followers: BTreeMap<NodeId, Follower>,
    /// The tree after everything that was proposed: what the next request meets.
    pub(super) ahead: Tree,
    counter: u32,
    /// Sessions, on the leader's clock.
    pub(in crate::labs::zk_lock) owners: BTreeMap<SessionId, Owner>,
    /// The last connection on which a client has asked for a new session.
    pub(super) opening: BTreeMap<NodeId, u32>,
}

/// A follower, as its leader sees it.
#[derive(Clone, Copy, Debug)]
pub(in crate::labs::zk_lock) struct Follower {
    /// Up to here it has everything on disk.
    pub(in crate::labs::zk_lock) acked: Zxid,
    /// What it had on disk at its last pong.
    ponged: Zxid,
    pub(in crate::labs::zk_lock) heard_us: u64,
}

impl Leading {
    /// Whose session it is.
    pub(in crate::labs::zk_lock) fn client_of(&self, session: SessionId) -> Option<NodeId> {
        self.ahead.sessions.get(&session).map(|session| session.client)
    }

    pub(super) fn is_established(&self) -> bool {
        self.established
    }
}

/// Begins to lead: first it asks which epochs were accepted.
pub(super) fn lead(at: At<'_>, server: &mut Server, out: &mut Effects) {
    server.role = Role::Leading(Box::new(Leading {
        epoch: None,
        infos: BTreeMap::from([(at.me, server.accepted)]),
        accepted: BTreeSet::new(),
        synchronising: false,
        synced: BTreeSet::new(),
        established: false,
        followers: BTreeMap::new(),
        ahead: Tree::default(),
        counter: 0,
        owners: BTreeMap::new(),
        opening: BTreeMap::new(),
    }));
    server.show(at, "a majority votes for it", out);
    let (least_us, most_us) = at.ctx.setup.patience_us();
    out.arm(Timer::Patience, 2 * least_us, 2 * most_us);
    out.arm(Timer::Tick, at.ctx.setup.tick_us, at.ctx.setup.tick_us);
    choose_epoch(at, server, out);
}

/// FOLLOWERINFO (Zab §4.1).
pub(super) fn on_follower_info(at: At<'_>, server: &mut Server, from: NodeId, accepted: u32, out: &mut Effects) {
    let Role::Leading(lead) = &mut server.role else { return };
    match lead.epoch {
        None => {
            lead.infos.insert(from, accepted);
            choose_epoch(at, server, out);
        }
        // Who has promised itself to a later epoch can never follow this one.
        Some(epoch) if accepted > epoch => election::look(at, server, "a follower has accepted a later epoch", out),
        Some(epoch) => say(from, Zab::LeaderInfo { epoch }, out),
    }
}

/// An epoch above all that a majority has accepted.
fn choose_epoch(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let Role::Leading(lead) = &mut server.role else { return };
    if lead.infos.len() < at.ctx.setup.servers.majority() as usize {
        return;
    }
    let epoch = lead.infos.values().max().expect("its own is there") + 1;
    lead.epoch = Some(epoch);
    lead.accepted.insert(at.me);
    let others: Vec<NodeId> = lead.infos.keys().copied().filter(|other| *other != at.me).collect();
    server.accept_epoch(epoch, out);
    others.into_iter().for_each(|other| say(other, Zab::LeaderInfo { epoch }, out));
    synchronise_if_accepted(at, server, out);
}

/// ACKEPOCH: from one of the first majority it counts, and must not know more than the leader.
pub(super) fn on_ack_epoch(at: At<'_>, server: &mut Server, from: NodeId, zab: &Zab, out: &mut Effects) {
    let Zab::AckEpoch { epoch, fresh, current, last } = *zab else { return };
    let mine = (server.current, server.log.last());
    let Some(lead) = server.leads(epoch) else { return };
    if lead.synchronising {
        return synchronise(at, server, from, last, out);
    }
    if (current, last) > mine {
        out.with_input(Some(Note::Outdone { by: from }), None);
        return election::look(at, server, "a follower knows more", out);
    }
    // Who had accepted this epoch before may have done so for somebody else.
    if fresh {
        lead.accepted.insert(from);
    }
    lead.followers.insert(from, Follower { acked: last, ponged: last, heard_us: at.now_us });
    synchronise_if_accepted(at, server, out);
}

fn synchronise_if_accepted(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let Role::Leading(lead) = &mut server.role else { return };
    let Some(epoch) = lead.epoch.filter(|_| lead.accepted.len() >= at.ctx.setup.servers.majority() as usize) else {
        return;
    };
    lead.synchronising = true;
    lead.synced.insert(at.me);
    let followers = std::mem::take(&mut lead.followers);
    server.enter_epoch(epoch, out);
    followers.into_iter().for_each(|(other, follower)| synchronise(at, server, other, follower.acked, out));
    establish_if_synced(at, server, out);
}

/// What a follower whose log ends there lacks, or has too much (Zab §4.2), with NEWLEADER.
fn synchronise(at: At<'_>, server: &mut Server, follower: NodeId, basis: Zxid, out: &mut Effects) {
    let (how, from) = match server.log.floor(basis) {
        Some(floor) if floor == basis => (How::Diff, floor),
        Some(floor) => (How::Trunc(floor), floor),
        None => {
            let snapshot = server.snapshot.clone().expect("what is cut off is in the snapshot");
            let from = snapshot.zxid;
            (How::Snap(snapshot), from)
        }
    };
    let entries = server.log.after(from);
    let Role::Leading(lead) = &mut server.role else { return };
    let epoch = lead.epoch.expect("it has an epoch");
    lead.followers.insert(follower, Follower { acked: Zxid::default(), ponged: Zxid::default(), heard_us: at.now_us });
    say(follower, Zab::Sync(Rc::new(Sync { epoch, basis, how, entries })), out);
}

/// ACK of NEWLEADER.
pub(super) fn on_ack_leader(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (epoch, last): (u32, Zxid),
    out: &mut Effects,
) {
    let committed = server.committed;
    let Some(lead) = server.leads(epoch) else { return };
    lead.synced.insert(from);
    let established = lead.established;
    acknowledge(at, lead, from, last);
    if established {
        say(from, Zab::UpToDate { epoch, committed }, out);
        count_acks(at, server, out);
    } else {
        establish_if_synced(at, server, out);
    }
}

/// A majority has the epoch's history on disk: all of it is committed, and clients are served.
fn establish_if_synced(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let last = server.log.last();
    let majority = at.ctx.setup.servers.majority() as usize;
    let Role::Leading(lead) = &mut server.role else { return };
    let Some(epoch) = lead.epoch.filter(|_| !lead.established && lead.synced.len() >= majority) else { return };
    lead.established = true;
    out.disarm(Timer::Patience);
    let synced: Vec<NodeId> = lead.synced.iter().copied().filter(|other| *other != at.me).collect();
    server.committed = last;
    server.show(at, "a majority has all that it has", out);
    server.apply(at, out);
    let tree = server.tree.clone();
    let Role::Leading(lead) = &mut server.role else { return };
    lead.ahead = tree;
    sessions::take_over(at, lead);
    synced.into_iter().for_each(|other| say(other, Zab::UpToDate { epoch, committed: last }, out));
}

/// Proposes a transaction: on its own disk first, then to all who follow (Zab §4.3).
pub(super) fn propose(at: At<'_>, server: &mut Server, origin: Option<Origin>, change: Change, out: &mut Effects) {
    let (prev, index, committed) = (server.log.last(), server.log.last_index() + 1, server.committed);
    let Role::Leading(lead) = &mut server.role else { return };
    let epoch = lead.epoch.expect("it has an epoch");
    lead.counter += 1;
    let zxid = Zxid { epoch, counter: lead.counter };
    lead.ahead.apply(zxid, &change, at.ctx.setup.first_sequence);
    let followers: Vec<NodeId> = lead.followers.keys().copied().collect();
    let entry = Entry { zxid, index, at_us: at.now_us, txn: Rc::new(Txn { origin, change }) };
    server.append(vec![entry.clone()], out);
    let entries: Rc<[Entry]> = Rc::new([entry]);
    for follower in followers {
        say(follower, Zab::Proposal { epoch, prev, entries: Rc::clone(&entries), committed }, out);
    }
    count_acks(at, server, out);
}

fn acknowledge(at: At<'_>, lead: &mut Leading, from: NodeId, last: Zxid) {
    let fresh = Follower { acked: last, ponged: last, heard_us: at.now_us };
    let follower = lead.followers.entry(from).or_insert(fresh);
    (follower.acked, follower.heard_us) = (follower.acked.max(last), at.now_us);
}

/// ACK.
pub(super) fn on_ack(at: At<'_>, server: &mut Server, from: NodeId, (epoch, last): (u32, Zxid), out: &mut Effects) {
    let Some(lead) = server.leads(epoch) else { return };
    acknowledge(at, lead, from, last);
    count_acks(at, server, out);
}

/// Commits what a majority has on disk.
fn count_acks(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let mine = server.log.last();
    let Role::Leading(lead) = &server.role else { return };
    let Some(epoch) = lead.epoch.filter(|_| lead.established) else { return };
    let mut acked: Vec<Zxid> = lead.followers.values().map(|f| f.acked.min(mine)).chain([mine]).collect();
    acked.sort_unstable_by(|a, b| b.cmp(a));
    let majority = at.ctx.setup.servers.majority() as usize;
    let enough = if at.ctx.setup.broken.commit_without_quorum { 1 } else { majority };
    let Some(committed) = acked.get(enough - 1).copied().filter(|zxid| *zxid > server.committed) else { return };
    let followers: Vec<NodeId> = lead.followers.keys().copied().collect();
    server.committed = committed;
    followers.into_iter().for_each(|follower| say(follower, Zab::Commit { epoch, committed }, out));
    server.apply(at, out);
}

/// A follower lives, and says what it has and of whom it has heard.
pub(super) fn on_pong(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (epoch, last, sessions): (u32, Zxid, &[(SessionId, u64)]),
    out: &mut Effects,
) {
    let Some(lead) = server.leads(epoch) else { return };
    acknowledge(at, lead, from, last);
    sessions.iter().for_each(|(session, ago_us)| sessions::touch(lead, *session, at.now_us - ago_us));
    // What it has not acknowledged for a whole tick may be lost.
    let follower = lead.followers.get_mut(&from).expect("it has just been heard of");
    let stalls = follower.ponged == last;
    follower.ponged = last;
    let committed = server.committed;
    if stalls && last < server.log.last() {
        if server.log.floor(last) == Some(last) {
            let entries: Rc<[Entry]> = server.log.after(last).into();
            say(from, Zab::Proposal { epoch, prev: last, entries, committed }, out);
        } else {
            synchronise(at, server, from, last, out);
        }
    }
    count_acks(at, server, out);
}

/// The leader's tick: it pings, looks after its sessions, and gives up when no majority answers.
pub(super) fn on_tick(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let (patience_us, committed) = (at.ctx.setup.patience_us().0, server.committed);
    let Role::Leading(lead) = &server.role else { return };
    let Some(epoch) = lead.epoch.filter(|_| lead.established) else { return };
    let alive = lead.followers.values().filter(|f| f.heard_us + patience_us >= at.now_us).count() + 1;
    if alive < at.ctx.setup.servers.majority() as usize {
        return election::look(at, server, "no majority answers", out);
    }
    let followers: Vec<NodeId> = lead.followers.keys().copied().collect();
    followers.into_iter().for_each(|follower| say(follower, Zab::Ping { epoch, committed }, out));
    clients::on_tick(at, server, out);
    sessions::expire(at, server, out);
}
