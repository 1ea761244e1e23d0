//! Log replication (§5.3), and what may be called committed (§5.4.2).
//!
//! A leader has at most one append with entries under way to each follower; what comes meanwhile goes with the next one.
//! A heartbeat sends again what may be lost.

use super::super::log::{Conflict, Entry, commit_index};
use super::super::note::Measured;
use super::super::{Appended, Command, Effects, Fate, Index, Message, Note, Standing, Term, Timer};
use super::requests;
use super::transfer::Transfer;
use super::{At, Server};
use super::{election, snapshot, transfer};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// Figure 2, "volatile state on leaders", and what a leader keeps besides.
#[derive(Clone, Debug)]
pub(crate) struct Leadership {
    /// For each server the index of the next entry to send.
    pub(crate) next: Vec<Index>,
    /// For each server the highest index known to be in its log.
    pub(crate) matched: Vec<Index>,
    /// For each server the highest index that was sent to it. From `next` on to here is under way.
    sent: Vec<Index>,
    /// Whose log it looks for the end of agreement in: until it is found, appends to it are empty (thesis 3.5).
    probing: u16,
    /// Who has answered since the last count (CheckQuorum).
    pub(crate) answered: u16,
    /// When each server last answered.
    pub(crate) answered_us: Vec<u64>,
    /// Index of the first entry of its term.
    pub(crate) first: Index,
    /// The last round of confirmation, and the last that each server has answered (thesis 6.4).
    pub(crate) round: u32,
    pub(crate) rounds: Vec<u32>,
    /// Clients' messages that wait for the leader to be confirmed.
    pub(crate) waiting: Vec<super::read_index::Waiting>,
    /// Of each client its session and when it sent, by its own clock, the last message by which its lease was renewed.
    pub(crate) renewed: BTreeMap<NodeId, (u32, u64)>,
    /// When it last heard of each client's session.
    pub(crate) heard: BTreeMap<NodeId, (u32, u64)>,
    /// The last command of each client that it put into the log.
    pub(crate) proposed: BTreeMap<NodeId, (u32, u32)>,
    /// Sessions and commands whose end it has put into the log.
    pub(crate) ending: BTreeSet<(NodeId, u32)>,
    /// Since when each waiter waits (`deadlock: timeout`).
    pub(crate) waits: BTreeMap<(NodeId, u32), u64>,
    pub(crate) transfer: Option<Transfer>,
    /// When the entries that are not committed yet were appended.
    pub(crate) appended_us: VecDeque<(Index, u64)>,
    /// How long it took until entries were committed that are not applied yet.
    pub(crate) round_us: VecDeque<(Index, u64)>,
    /// How many requests it and others of its server had sent when it last applied an entry.
    pub(crate) asked: u64,
    pub(crate) since_us: u64,
    /// Until when a majority is known to have followed.
    pub(crate) led_until_us: u64,
}

impl Leadership {
    pub(crate) fn new(servers: usize, last: Index, asked: u64, now_us: u64) -> Leadership {
        Leadership {
            next: vec![last + 1; servers],
            matched: vec![0; servers],
            sent: vec![0; servers],
            probing: 0,
            answered: 0,
            answered_us: vec![now_us; servers],
            first: last + 1,
            round: 0,
            rounds: vec![0; servers],
            waiting: Vec::new(),
            renewed: BTreeMap::new(),
            heard: BTreeMap::new(),
            proposed: BTreeMap::new(),
            ending: BTreeSet::new(),
            waits: BTreeMap::new(),
            transfer: None,
            appended_us: VecDeque::new(),
            round_us: VecDeque::new(),
            asked,
            since_us: now_us,
            led_until_us: now_us,
        }
    }

    /// What is known of an entry that is applied now.
    pub(crate) fn measure(&mut self, index: Index, asked: u64) -> Measured {
        let round_us = self.round_us.pop_front_if(|(i, _)| *i == index).map(|(_, us)| us);
        let before = std::mem::replace(&mut self.asked, asked);
        Measured { round_us, asked: asked - before }
    }

    /// Whether entries are under way to a server.
    fn in_flight(&self, peer: NodeId) -> bool {
        self.sent[usize::from(peer)] >= self.next[usize::from(peer)]
    }
}

/// A leader puts a command into its log; the caller sends it.
pub(crate) fn append(at: At<'_>, server: &mut Server, command: Command) {
    let index = server.log.push(Entry { term: server.term, command: Rc::new(command) });
    server.log_changed(index);
    let Some(lead) = &mut server.lead else { unreachable!("only a leader appends") };
    lead.appended_us.push_back((index, at.now_us));
}

/// A leader takes a command: into its log, and to everyone who waits for nothing else.
pub(crate) fn propose(at: At<'_>, server: &mut Server, command: Command, out: &mut Effects) {
    append(at, server, command);
    send_new(at, server, out);
}

/// Sends new entries to all who have answered what was sent before.
fn send_new(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let mut all = true;
    for peer in at.ctx.setup.servers.but(at.me) {
        let Some(lead) = &server.lead else { return };
        if !lead.in_flight(peer) {
            send_append(at, server, peer, out);
        } else {
            all = false;
        }
    }
    if all {
        // That was as good as a heartbeat.
        out.arm(Timer::Heartbeat, at.ctx.setup.heartbeat_us, at.ctx.setup.heartbeat_us);
    }
    advance_commit(at, server);
}

/// Sends to all what they lack, or a heartbeat.
pub(crate) fn broadcast(at: At<'_>, server: &mut Server, out: &mut Effects) {
    for peer in at.ctx.setup.servers.but(at.me) {
        send_append(at, server, peer, out);
    }
    server.save(at, out);
    out.arm(Timer::Heartbeat, at.ctx.setup.heartbeat_us, at.ctx.setup.heartbeat_us);
    advance_commit(at, server);
}

/// Time for a heartbeat, and for what a leader looks after.
pub(crate) fn on_heartbeat(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let Some(lead) = &mut server.lead else { return };
    let peers = at.ctx.setup.servers.but(at.me);
    let patience_us = at.ctx.setup.election_us.1;
    for peer in peers {
        if at.now_us > lead.answered_us[usize::from(peer)] + patience_us {
            server.detector.suspect(peer, at.now_us);
        }
    }
    let mut answered = lead.answered_us.clone();
    answered[usize::from(at.me)] = at.now_us;
    answered.sort_unstable_by(|a, b| b.cmp(a));
    let confirmed_us = answered[answered.len() / 2];
    let from_us = lead.led_until_us;
    if confirmed_us > from_us {
        server.tally.led_us += confirmed_us - from_us;
        lead.led_until_us = confirmed_us;
        out.with_input(Some(Note::Led { from_us, to_us: confirmed_us }), None);
    }
    server.tally.seen_us = at.now_us;
    requests::look_after_clients(at, server);
    broadcast(at, server, out);
}

/// Sends entries from the next index on, or the snapshot where they are cut off.
fn send_append(at: At<'_>, server: &mut Server, peer: NodeId, out: &mut Effects) {
    let Some(lead) = &mut server.lead else { return };
    // Never behind its own end: only a leader that another has overwritten would look there.
    let next = lead.next[usize::from(peer)].min(server.log.last_index() + 1);
    if next <= server.log.base() {
        lead.sent[usize::from(peer)] = server.log.base();
        return snapshot::send(at, server, peer, out);
    }
    let probing = lead.probing & (1 << peer) != 0;
    let entries = if probing { Vec::new() } else { server.log.slice(next, at.ctx.setup.max_append_entries) };
    lead.sent[usize::from(peer)] = next - 1 + entries.len() as Index;
    let round = lead.round;
    let prev_index = next - 1;
    let prev_term = server.log.term_at(prev_index).expect("what is not cut off is there");
    let message = Message::AppendEntries {
        term: server.term,
        prev_index,
        prev_term,
        entries,
        commit: server.commit,
        round,
        suspects: server.detector.mask(),
    };
    server.send(at, peer, message, out);
}

/// Figure 2, AppendEntries RPC, receiver.
pub(crate) fn on_append(at: At<'_>, server: &mut Server, from: NodeId, message: &Message, out: &mut Effects) {
    let Message::AppendEntries { term, prev_index, prev_term, entries, commit, round, suspects } = message else {
        unreachable!("an append")
    };
    let (round, note) = (*round, |fate| Some(Note::Appended(Appended { fate })));
    if *term < server.term {
        out.with_input(note(Fate::OldTerm { mine: server.term }), None);
        let result = Err(Conflict { term: None, index: 0 });
        return server.send(at, from, Message::AppendReply { term: server.term, result, round }, out);
    }
    follow(at, server, from, *term, out);
    server.detector.adopt(*suspects, at.me, from, at.now_us);
    let behind: Vec<(Index, Term)> = server.log.iter_from(prev_index + 1).map(|(i, e)| (i, e.term)).collect();
    let taken = server.log.accept(*prev_index, *prev_term, entries, at.ctx.setup.lax);
    let result = match taken {
        Err(conflict) => {
            let refused = Fate::Refused { prev_index: *prev_index, prev_term: *prev_term, conflict };
            out.with_input(note(refused), None);
            Err(conflict)
        }
        Ok(taken) => {
            if let Some(from) = taken.changed {
                server.log_changed(from);
                server.remember_gone(behind, from);
            }
            let new = taken.changed.map_or(0, |from| (server.log.last_index() + 1).saturating_sub(from));
            server.commit = if at.ctx.setup.broken.commit_min_last_index {
                (*commit).min(server.log.last_index())
            } else {
                // The last new entry, not the last of the log: what stands behind it may be another leader's.
                server.commit.max((*commit).min(taken.last_new))
            };
            out.with_input(note(Fate::Taken { new, dropped: taken.dropped, commit: server.commit }), None);
            Ok(taken.last_new)
        }
    };
    server.send(at, from, Message::AppendReply { term: server.term, result, round }, out);
}

/// Takes the sender for the leader of its term.
pub(crate) fn follow(at: At<'_>, server: &mut Server, leader: NodeId, term: Term, out: &mut Effects) {
    // A second leader of its own term a leader can only meet where votes were given twice: it does not look for that.
    if server.role != Standing::Leader || term > server.term {
        server.become_follower(at, term, out);
        server.leader = Some(leader);
        election::arm(at, out);
    }
    server.heard_us = at.now_us;
    server.tally.seen_us = at.now_us;
}

/// A follower's answer.
pub(crate) fn on_reply(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (term, result, round): (Term, Result<Index, Conflict>, u32),
    out: &mut Effects,
) {
    if term > server.term {
        return server.become_follower(at, term, out);
    }
    let peer = usize::from(from);
    let Some(lead) = server.lead.as_mut().filter(|_| term == server.term) else { return };
    lead.answered |= 1 << from;
    lead.answered_us[peer] = at.now_us;
    lead.rounds[peer] = lead.rounds[peer].max(round);
    match result {
        Ok(matched) => {
            lead.matched[peer] = lead.matched[peer].max(matched);
            lead.next[peer] = lead.next[peer].max(lead.matched[peer] + 1);
            lead.probing &= !(1 << from);
        }
        Err(conflict) => {
            // A late answer to an early append must not undo what is known; one that brings nothing new is not answered, or
            // copies of messages would breed more copies.
            let next = server.log.next_after(conflict).max(lead.matched[peer] + 1);
            if next >= lead.next[peer] {
                return;
            }
            lead.next[peer] = next;
            lead.sent[peer] = 0;
            lead.probing |= 1 << from;
            out.with_input(Some(Note::SteppedBack { next }), None);
        }
    }
    let lacks = lead.next[peer] <= server.log.last_index() && !lead.in_flight(from);
    advance_commit(at, server);
    server.apply_committed(at, out);
    if lacks {
        send_append(at, server, from, out);
    }
    transfer::proceed(at, server, out);
}

/// Calls committed what a majority has (§5.3), if it is of the leader's own term (§5.4.2).
fn advance_commit(at: At<'_>, server: &mut Server) {
    let any_term = at.ctx.setup.broken.commit_previous_term;
    let Some(lead) = &mut server.lead else { return };
    lead.matched[usize::from(at.me)] = server.log.last_index();
    let commit = commit_index(&lead.matched, &server.log, server.term, server.commit, any_term);
    server.commit = commit;
    while let Some((index, appended_us)) = lead.appended_us.pop_front_if(|(index, _)| *index <= commit) {
        server.tally.rounds += 1;
        server.tally.round_us += at.now_us - appended_us;
        lead.round_us.push_back((index, at.now_us - appended_us));
    }
}
