//! A server: what it holds in memory, its step as a table of contents, and what all its parts use.
//!
//! What a step changes of term, vote and log is written before the first message that the step sends: `send` sees to it.

mod detector;
pub(super) mod election;
pub(super) mod read_index;
mod replication;
mod requests;
mod snapshot;
mod transfer;

use super::locks::Locks;
use super::log::{Entry, Log};
use super::{
    AppliedEntry, Booted, Change, Ctx, Disk, Effects, Index, LogChange, Message, Note, RaftLock, Request, Saved,
    Snapshot, Standing, Stands, Tally, Term, Timer, Write,
};
use crate::protocol::Input;
use crate::trace::NodeId;
use detector::Detector;
use replication::Leadership;
use std::rc::Rc;

/// For how many entries more one remembers what was overwritten.
const GONE_MAX: Index = 24;

/// Figure 2: the state of a server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    // Persistent, and in memory as it is on disk.
    pub(super) term: Term,
    pub(super) voted_for: Option<NodeId>,
    pub(super) log: Log,
    pub(super) snapshot: Option<Rc<Snapshot>>,
    // Volatile.
    pub(super) commit: Index,
    pub(super) applied: Index,
    pub(super) machine: Locks,
    pub(super) role: Standing,
    pub(super) leader: Option<NodeId>,
    /// When it last heard from a leader, in microseconds.
    pub(super) heard_us: u64,
    /// Who has said yes and no to a candidate, a bit for each server.
    pub(super) votes: (u16, u16),
    /// What a leader keeps besides.
    pub(super) lead: Option<Box<Leadership>>,
    pub(super) detector: Detector,
    pub(super) tally: Tally,
    unsaved: Unsaved,
    /// Role, term and suspicions as the last record said.
    shown: Option<(Standing, Term, u16)>,
    /// For how long there was no leader before it was elected, until a record says so.
    pub(super) elected_us: Option<u64>,
    /// What a leader has overwritten here lately: for the picture of the logs alone.
    pub(super) gone: Vec<(Index, Term)>,
    /// What clients are told when the step's entries are applied.
    pub(super) answers: requests::Answers,
}

/// What memory knows and the disk does not yet.
#[derive(Clone, Debug, Default)]
struct Unsaved {
    vote: bool,
    from: Option<Index>,
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
    let (index, machine) = match &disk.snapshot {
        Some(snapshot) => (snapshot.index, snapshot.machine.clone()),
        None => (0, Locks::default()),
    };
    // The commit index is in memory only: what an exercise gives is known at the very start, and not after a crash.
    let start_commit = if out.now_us() == 0 { ctx.setup.start[usize::from(me)].commit } else { 0 };
    let mut server = Server {
        term: disk.term,
        voted_for: disk.voted_for,
        log: disk.log.clone(),
        snapshot: disk.snapshot.clone(),
        commit: index.max(start_commit),
        applied: index,
        machine,
        role: Standing::Follower,
        leader: None,
        heard_us: out.now_us(),
        votes: (0, 0),
        lead: None,
        detector: Detector::new(ctx.setup.servers.count(), out.now_us()),
        tally: disk.tally,
        unsaved: Unsaved::default(),
        shown: None,
        elected_us: None,
        gone: Vec::new(),
        answers: requests::Answers::default(),
    };
    let booted = Booted {
        term: disk.term,
        voted_for: disk.voted_for,
        snapshot: disk.snapshot.as_ref().map(|s| (s.index, s.term)),
        entries: disk.log.iter_from(0).map(|(index, entry)| (index, entry.term)).collect(),
    };
    out.with_input(Some(Note::Booted(Box::new(booted))), None);
    let at = At { ctx, me, now_us: out.now_us() };
    server.show(out);
    election::arm(at, out);
    server.apply_committed(at, out);
    server
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, server: &mut Server, input: Input<'_, RaftLock>, out: &mut Effects) {
    let at = At { ctx, me, now_us: out.now_us() };
    match input {
        Input::Message { from, message } => {
            server.detector.hear(from, at.now_us);
            on_message(at, server, from, message, out);
        }
        Input::Timeout(Timer::Election) => election::on_timeout(at, server, out),
        Input::Timeout(Timer::Heartbeat) => replication::on_heartbeat(at, server, out),
        Input::Timeout(Timer::Quorum) => election::on_quorum_timeout(at, server, out),
        Input::Timeout(Timer::Transfer) => transfer::on_timeout(server, out),
        Input::Timeout(_) => unreachable!("clients have these timers"),
        Input::Request { id, request: Request::Transfer(to) } => transfer::on_request(at, server, id, *to, out),
        Input::Request { id, request: Request::Metrics } => requests::on_metrics(server, id, out),
        Input::Request { .. } => unreachable!("clients are asked this"),
    }
    server.apply_committed(at, out);
    server.save(at, out);
}

fn on_message(at: At<'_>, server: &mut Server, from: NodeId, message: &Message, out: &mut Effects) {
    match message {
        Message::RequestVote { .. } => election::on_request_vote(at, server, from, message, out),
        Message::Vote { term, granted, pre } => election::on_vote(at, server, from, (*term, *granted, *pre), out),
        Message::AppendEntries { .. } => replication::on_append(at, server, from, message, out),
        Message::AppendReply { term, result, round } => {
            replication::on_reply(at, server, from, (*term, *result, *round), out);
        }
        Message::InstallSnapshot { term, snapshot, round } => {
            snapshot::on_install(at, server, from, (*term, snapshot, *round), out);
        }
        Message::TimeoutNow { term } => transfer::on_timeout_now(at, server, *term, out),
        Message::Ask { session, serial, sent_us, ask } => {
            requests::on_ask(at, server, from, (*session, *serial, ask), *sent_us, out);
        }
        Message::KeepAlive { session, sent_us } => {
            requests::on_keep_alive(at, server, from, (*session, *sent_us), out);
        }
        Message::Answer { .. } => unreachable!("clients get answers"),
    }
}

impl Server {
    /// Figure 2, "all servers": whoever sees a higher term becomes a follower in it.
    pub(super) fn become_follower(&mut self, at: At<'_>, term: Term, out: &mut Effects) {
        if term > self.term {
            (self.term, self.voted_for) = (term, None);
            self.unsaved.vote = true;
            self.leader = None;
        }
        if let Some(lead) = self.lead.take() {
            self.leader = None;
            out.disarm(Timer::Heartbeat);
            out.disarm(Timer::Quorum);
            election::arm(at, out);
            self.role = Standing::Follower;
            transfer::stepped_down(&lead, out);
        }
        self.role = Standing::Follower;
    }

    pub(super) fn vote_for(&mut self, candidate: NodeId) {
        self.voted_for = Some(candidate);
        self.unsaved.vote = true;
    }

    pub(super) fn next_term(&mut self, me: NodeId) {
        self.term += 1;
        self.vote_for(me);
    }

    /// The log is another one from an index on.
    pub(super) fn log_changed(&mut self, from: Index) {
        self.unsaved.from = Some(self.unsaved.from.map_or(from, |known| known.min(from)));
    }

    /// Keeps in mind what stood where a log is another one now, as long as it is news.
    pub(super) fn remember_gone(&mut self, behind: Vec<(Index, Term)>, from: Index) {
        let commit = self.commit;
        self.gone.retain(|(index, _)| *index < from && *index + GONE_MAX > commit);
        self.gone.extend(behind.into_iter().filter(|(index, _)| *index >= from).take(GONE_MAX as usize));
    }

    /// Writes what is not on disk yet (Figure 2: before responding to RPCs), and shows what has changed.
    pub(super) fn save(&mut self, at: At<'_>, out: &mut Effects) {
        let unsaved = std::mem::take(&mut self.unsaved);
        if unsaved.vote || unsaved.from.is_some() {
            let from = unsaved.from.unwrap_or(self.log.last_index() + 1);
            let entries: Rc<[Entry]> = self.log.slice(from, 0).into();
            let log = match unsaved.from {
                Some(_) => LogChange::From(from, Rc::clone(&entries)),
                None => LogChange::Same,
            };
            self.persist(at, log, from, entries, None, out);
        }
        self.show(out);
    }

    /// A record of kind `persist`, with the write that it tells of.
    fn persist(
        &mut self,
        at: At<'_>,
        log: LogChange,
        from: Index,
        entries: Rc<[Entry]>,
        snapshot: Option<(Index, Term, bool)>,
        out: &mut Effects,
    ) {
        let broken = &at.ctx.setup.broken;
        let voted_for = self.voted_for.filter(|_| !broken.vote_not_persisted);
        let term = (!broken.term_not_persisted).then_some(self.term);
        let saved = Saved { term, voted_for, from, entries, snapshot };
        let write = Write { change: Change::Server { term, voted_for, log }, tally: self.tally };
        out.persist(Note::Saved(Box::new(saved)), write);
    }

    /// Writes a snapshot, taken here or come from the leader.
    pub(super) fn save_snapshot(&mut self, at: At<'_>, snapshot: &Rc<Snapshot>, installed: bool, out: &mut Effects) {
        self.save(at, out);
        let (index, term) = (snapshot.index, snapshot.term);
        let rest: Rc<[Entry]>;
        let (log, from) = if installed {
            self.log.install(index, term);
            rest = self.log.slice(index + 1, 0).into();
            (LogChange::Installed(Rc::clone(snapshot)), index + 1)
        } else {
            self.log.compact(index, term);
            rest = Rc::new([]);
            (LogChange::Compacted(Rc::clone(snapshot)), self.log.last_index() + 1)
        };
        self.snapshot = Some(Rc::clone(snapshot));
        self.persist(at, log, from, rest, Some((index, term, installed)), out);
    }

    /// A record of kind `state` where role, term or suspicions are others than it last said.
    fn show(&mut self, out: &mut Effects) {
        let now = (self.role, self.term, self.detector.mask());
        if self.shown == Some(now) {
            return;
        }
        self.shown = Some(now);
        let suspects = self.detector.suspects();
        let stands = Stands {
            role: self.role,
            term: self.term,
            commit: self.commit,
            leader: self.leader,
            suspects,
            leaderless_us: self.elected_us.take(),
        };
        out.state(Note::Stands(Box::new(stands)));
    }

    /// Sends to a server or a client, after what was promised is on disk.
    pub(super) fn send(&mut self, at: At<'_>, to: NodeId, message: Message, out: &mut Effects) {
        self.save(at, out);
        if at.ctx.setup.servers.has(to) && !matches!(message, Message::Vote { .. } | Message::AppendReply { .. }) {
            self.tally.asked += 1;
        }
        out.send(to, message);
    }

    /// Applies what is committed, in order (§5.3), and tells the clients if it leads.
    pub(super) fn apply_committed(&mut self, at: At<'_>, out: &mut Effects) {
        let before = self.applied;
        if self.applied < self.commit {
            self.save(at, out);
        }
        while self.applied < self.commit {
            // Only a server that is broken on purpose has thrown away what it knows to be committed.
            let Some(entry) = self.log.entry(self.applied + 1).cloned() else { break };
            self.applied += 1;
            let done = self.machine.apply(&at.ctx.setup.rules, self.applied, &entry.command);
            if self.role == Standing::Leader {
                requests::collect_answers(self, &done);
            }
            let entry = AppliedEntry {
                index: self.applied,
                entry,
                commit: self.commit,
                effects: done.effects.into(),
                cycles: done.cycles,
                answer: done.answer,
                measured: self.lead.as_mut().map(|lead| lead.measure(self.applied, self.tally.asked)),
            };
            out.deliver(Note::Applied(Box::new(entry)), None);
        }
        // Leases first: every answer says up to when they are renewed.
        let ready = read_index::confirm(at, self);
        let told = requests::send_answers(at, self, out);
        read_index::answer(at, self, &ready, &told, out);
        if self.applied > before {
            snapshot::take_if_due(at, self, out);
        }
    }
}
