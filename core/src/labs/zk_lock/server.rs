//! A server: what it holds in memory, its step as a table of contents, and what all its parts use.

pub(super) mod clients;
pub(super) mod election;
mod following;
pub(super) mod leading;
pub(super) mod sessions;

use super::note::{Saved, SessionEvent, Stands};
use super::tree::{Change, Tree};
use super::{
    Ctx, Disk, Effects, Entry, History, Message, Note, Snapshot, Standing, Timer, Vote, Write, Zab, ZkLock, Zxid,
};
use crate::protocol::Input;
use crate::trace::NodeId;
use clients::Conn;
use election::Looking;
use following::Following;
use leading::Leading;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    // As on disk.
    pub(super) accepted: u32,
    pub(super) current: u32,
    pub(super) log: History,
    pub(super) snapshot: Option<Rc<Snapshot>>,
    // In memory alone.
    pub(super) tree: Tree,
    /// Place and zxid of the last transaction in the tree.
    pub(super) applied: (u32, Zxid),
    /// What is known to be committed.
    pub(super) committed: Zxid,
    pub(super) role: Role,
    /// Its round of elections, and the vote in it.
    pub(super) round: u32,
    pub(super) vote: Vote,
    /// When it did something last, in microseconds: for those who look at its clock.
    pub(super) seen_us: u64,
    /// Its clients' connections.
    pub(super) conns: BTreeMap<NodeId, Conn>,
    /// How it stands, as the last record of that said.
    shown: Option<(Standing, Option<NodeId>, bool)>,
}

/// What a server does.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Looking(Looking),
    Following(Following),
    Leading(Box<Leading>),
}

/// What a handler reads besides the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) me: NodeId,
    pub(super) now_us: u64,
}

/// Starts from what is on disk.
pub(super) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> Server {
    let (applied, tree) = match &disk.snapshot {
        Some(snapshot) => ((snapshot.index, snapshot.zxid), snapshot.tree.clone()),
        None => ((0, Zxid::default()), Tree::default()),
    };
    let mut server = Server {
        accepted: disk.accepted,
        current: disk.current,
        log: disk.log.clone(),
        snapshot: disk.snapshot.clone(),
        tree,
        applied,
        committed: applied.1,
        role: Role::Looking(Looking::default()),
        round: 0,
        vote: Vote::default(),
        seen_us: out.now_us(),
        conns: BTreeMap::new(),
        shown: None,
    };
    election::look(At { ctx, me, now_us: out.now_us() }, &mut server, "it starts", out);
    server
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, server: &mut Server, input: Input<'_, ZkLock>, out: &mut Effects) {
    let at = At { ctx, me, now_us: out.now_us() };
    server.seen_us = at.now_us;
    match input {
        Input::Message { from, message } => match message {
            Message::Notification { round, vote, stands } => {
                election::on_notification(at, server, from, (*round, *vote, *stands), out);
            }
            Message::Zab(zab) => on_zab(at, server, from, zab, out),
            Message::ToServer { conn, says } => clients::on_client(at, server, from, *conn, says, out),
            Message::ToClient { .. } | Message::Access(_) | Message::Accessed { .. } => {
                unreachable!("clients and the file get these")
            }
        },
        Input::Timeout(Timer::Election) => election::on_timeout(at, server, out),
        Input::Timeout(Timer::Decide) => election::on_decide(at, server, out),
        Input::Timeout(Timer::Patience) => on_patience(at, server, out),
        Input::Timeout(Timer::Tick) => on_tick(at, server, out),
        Input::Timeout(Timer::Expiry) => sessions::on_expiry(at, server, out),
        Input::Timeout(_) => unreachable!("clients have these timers"),
        Input::Request { .. } => unreachable!("clients are asked"),
    }
    server.show(at, "", out);
}

fn on_zab(at: At<'_>, server: &mut Server, from: NodeId, zab: &Zab, out: &mut Effects) {
    match zab {
        Zab::FollowerInfo { accepted } => leading::on_follower_info(at, server, from, *accepted, out),
        Zab::AckEpoch { .. } => leading::on_ack_epoch(at, server, from, zab, out),
        Zab::AckLeader { epoch, last } => leading::on_ack_leader(at, server, from, (*epoch, *last), out),
        Zab::Ack { epoch, last } => leading::on_ack(at, server, from, (*epoch, *last), out),
        Zab::Pong { epoch, last, sessions } => leading::on_pong(at, server, from, (*epoch, *last, sessions), out),
        Zab::Forward { epoch, origin, op } => sessions::on_forward(at, server, from, (*epoch, *origin, op), out),
        Zab::Validate { epoch, origin } => sessions::on_validate(at, server, from, (*epoch, *origin), out),
        Zab::LeaderInfo { epoch } => following::on_leader_info(at, server, from, *epoch, out),
        Zab::Sync(sync) => following::on_sync(at, server, from, sync, out),
        Zab::UpToDate { epoch, committed } => following::on_up_to_date(at, server, from, (*epoch, *committed), out),
        Zab::Proposal { epoch, prev, entries, committed } => {
            following::on_proposal(at, server, from, (*epoch, *prev, entries, *committed), out);
        }
        Zab::Commit { epoch, committed } => following::on_commit(at, server, from, (*epoch, *committed), false, out),
        Zab::Ping { epoch, committed } => following::on_commit(at, server, from, (*epoch, *committed), true, out),
        Zab::Answered { epoch, origin, word } => {
            if server.follows(from, *epoch) {
                clients::on_word(server, *origin, *word, out);
            }
        }
    }
}

/// Nothing came from the leader for too long, or too few have followed.
fn on_patience(at: At<'_>, server: &mut Server, out: &mut Effects) {
    match &server.role {
        Role::Looking(_) => {}
        Role::Following(_) => election::look(at, server, "its leader is silent", out),
        Role::Leading(lead) if !lead.is_established() => election::look(at, server, "too few follow it", out),
        Role::Leading(_) => {}
    }
}

fn on_tick(at: At<'_>, server: &mut Server, out: &mut Effects) {
    match &server.role {
        Role::Looking(_) => return,
        Role::Following(_) => following::on_tick(at, server, out),
        Role::Leading(_) => leading::on_tick(at, server, out),
    }
    out.arm(Timer::Tick, at.ctx.setup.tick_us, at.ctx.setup.tick_us);
}

impl Server {
    /// How it stands.
    pub(super) fn standing(&self) -> Standing {
        match self.role {
            Role::Looking(_) => Standing::Looking,
            Role::Following(_) => Standing::Following,
            Role::Leading(_) => Standing::Leading,
        }
    }

    /// Whether it answers clients.
    pub(super) fn serves(&self) -> bool {
        match &self.role {
            Role::Looking(_) => false,
            Role::Following(following) => following.serves(),
            Role::Leading(lead) => lead.is_established(),
        }
    }

    /// The leader that it follows, or itself.
    pub(super) fn leader(&self, me: NodeId) -> Option<NodeId> {
        match &self.role {
            Role::Looking(_) => None,
            Role::Following(following) => Some(following.leader),
            Role::Leading(_) => Some(me),
        }
    }

    /// Whether it follows this one in this epoch, beyond discovery.
    fn follows(&self, leader: NodeId, epoch: u32) -> bool {
        matches!(&self.role, Role::Following(f) if f.leader == leader && f.epoch == Some(epoch))
    }

    /// The leader's side, where it leads in this epoch.
    fn leads(&mut self, epoch: u32) -> Option<&mut Leading> {
        match &mut self.role {
            Role::Leading(lead) if lead.epoch == Some(epoch) => Some(lead),
            _ => None,
        }
    }

    /// A record of kind `state` where it stands otherwise than it last said.
    pub(super) fn show(&mut self, at: At<'_>, because: &'static str, out: &mut Effects) {
        let (standing, leader, serves) = (self.standing(), self.leader(at.me), self.serves());
        if self.shown != Some((standing, leader, serves)) {
            self.shown = Some((standing, leader, serves));
            let (epoch, last) = (self.current, self.log.last());
            out.state(Note::Stands(Box::new(Stands { standing, epoch, last, leader, serves, because })));
        }
    }

    /// Promises itself to an epoch, on disk.
    fn accept_epoch(&mut self, epoch: u32, out: &mut Effects) {
        self.accepted = epoch;
        out.persist(Note::Saved(Saved::Accepted(epoch)), Write::Accepted(epoch));
    }

    /// Has followed an epoch's leader through synchronisation, on disk.
    fn enter_epoch(&mut self, epoch: u32, out: &mut Effects) {
        if self.current != epoch {
            self.current = epoch;
            out.persist(Note::Saved(Saved::Current(epoch)), Write::Current(epoch));
        }
    }

    /// Logs transactions, on disk.
    fn append(&mut self, entries: Vec<Entry>, out: &mut Effects) {
        if entries.is_empty() {
            return;
        }
        entries.iter().for_each(|entry| self.log.push(entry.clone()));
        let entries: Rc<[Entry]> = entries.into();
        out.persist(Note::Saved(Saved::Entries(Rc::clone(&entries))), Write::Append(entries));
    }

    /// Drops what is above a zxid, on disk.
    fn truncate(&mut self, zxid: Zxid, out: &mut Effects) {
        if self.log.last() > zxid {
            self.log.truncate(zxid);
            out.persist(Note::Saved(Saved::Truncated(zxid)), Write::Truncate(zxid));
        }
        if self.applied.1 > zxid {
            // Only where something was committed without a majority: the tree is made again.
            self.reload();
        }
    }

    /// Makes the tree again, from the snapshot on.
    fn reload(&mut self) {
        let (applied, tree) = match &self.snapshot {
            Some(snapshot) => ((snapshot.index, snapshot.zxid), snapshot.tree.clone()),
            None => ((0, Zxid::default()), Tree::default()),
        };
        (self.applied, self.tree, self.committed) = (applied, tree, applied.1);
    }

    /// Takes the leader's tree in the place of its own, on disk.
    fn install(&mut self, snapshot: &Rc<Snapshot>, out: &mut Effects) {
        self.log.install(snapshot);
        self.snapshot = Some(Rc::clone(snapshot));
        self.reload();
        let write = Write::Snapshot { snapshot: Rc::clone(snapshot), installed: true };
        out.persist(Note::Saved(Saved::Snapshot(snapshot.zxid, true)), write);
    }

    /// Applies what is committed, in order, and tells the clients that are connected here.
    pub(super) fn apply(&mut self, at: At<'_>, out: &mut Effects) {
        if !self.serves() {
            return;
        }
        while let Some(entry) = self.log.entry(self.applied.0 + 1).filter(|e| e.zxid <= self.committed).cloned() {
            self.applied = (entry.index, entry.zxid);
            let happened = self.tree.apply(entry.zxid, &entry.txn.change, at.ctx.setup.first_sequence);
            out.deliver(Note::Applied(Box::new(entry.clone())), None);
            match &entry.txn.change {
                Change::Open { session, client } => {
                    let (session, client) = (*session, *client);
                    out.state(Note::Session { session, client, event: SessionEvent::Opened });
                }
                Change::Close { session, client, expired, .. } => {
                    let event = if *expired { SessionEvent::Expired } else { SessionEvent::Closed };
                    out.state(Note::Session { session: *session, client: *client, event });
                }
                _ => {}
            }
            clients::notify(self, &happened, entry.at_us, out);
            clients::answer_applied(self, &entry, out);
        }
        self.snapshot_if_due(at, out);
    }

    fn snapshot_if_due(&mut self, at: At<'_>, out: &mut Effects) {
        let every = at.ctx.setup.snapshot_every;
        let last = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.index);
        if every == 0 || self.applied.0 < last + every {
            return;
        }
        let snapshot = Rc::new(self.snapshot_now());
        self.log.compact(&snapshot);
        self.snapshot = Some(Rc::clone(&snapshot));
        let note = Note::Saved(Saved::Snapshot(snapshot.zxid, false));
        out.persist(note, Write::Snapshot { snapshot, installed: false });
    }

    /// The tree as it is, with its zxid.
    fn snapshot_now(&self) -> Snapshot {
        Snapshot { zxid: self.applied.1, index: self.applied.0, tree: self.tree.clone() }
    }
}

/// Sends between servers.
fn say(to: NodeId, zab: Zab, out: &mut Effects) {
    out.send(to, Message::Zab(zab));
}
