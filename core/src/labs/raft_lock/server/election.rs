//! Leader election (§5.2), the election restriction (§5.4.1), PreVote (thesis 9.6) and CheckQuorum (thesis 6.2).

use super::super::{Because, Command, Effects, Index, Message, Note, Standing, Term, Timer, Voted};
use super::replication::{self, Leadership};
use super::{At, Server};
use crate::trace::NodeId;

/// How a count of votes stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Won,
    Lost,
    Open,
}

/// Counts votes, a bit for each server.
pub(crate) fn count(servers: usize, yes: u16, no: u16) -> Count {
    let majority = servers as u32 / 2 + 1;
    if yes.count_ones() >= majority {
        Count::Won
    } else if no.count_ones() >= majority {
        Count::Lost
    } else {
        Count::Open
    }
}

/// One vote a term (§5.2): it is free, or the candidate has it already.
pub(crate) fn vote_is_free(voted_for: Option<NodeId>, candidate: NodeId) -> bool {
    voted_for.is_none_or(|known| known == candidate)
}

/// Arms the election timer with a length drawn anew (§5.2: so that split votes are rare and resolved quickly).
pub(crate) fn arm(at: At<'_>, out: &mut Effects) {
    let (min_us, max_us) = at.ctx.setup.election_us;
    out.arm(Timer::Election, min_us, max_us);
}

/// No leader for an election timeout, or no majority for a candidate.
pub(crate) fn on_timeout(at: At<'_>, server: &mut Server, out: &mut Effects) {
    if server.role == Standing::Leader {
        return;
    }
    if let Some(leader) = server.leader.take() {
        server.detector.suspect(leader, at.now_us);
    }
    arm(at, out);
    if at.ctx.setup.prevote {
        server.role = Standing::PreCandidate;
        canvass(at, server, server.term + 1, (true, false), out);
    } else {
        campaign(at, server, false, out);
    }
}

/// Stands for election in the next term.
pub(crate) fn campaign(at: At<'_>, server: &mut Server, transfer: bool, out: &mut Effects) {
    server.next_term(at.me);
    server.role = Standing::Candidate;
    server.leader = None;
    canvass(at, server, server.term, (false, transfer), out);
}

/// Asks all others, having said yes itself.
fn canvass(at: At<'_>, server: &mut Server, term: Term, (pre, transfer): (bool, bool), out: &mut Effects) {
    server.votes = (1 << at.me, 0);
    let (last_index, last_term) = (server.log.last_index(), server.log.last_term());
    for peer in at.ctx.setup.servers.but(at.me) {
        server.send(at, peer, Message::RequestVote { term, last_index, last_term, pre, transfer }, out);
    }
    decide(at, server, out);
}

/// A candidate asks for a vote.
pub(crate) fn on_request_vote(at: At<'_>, server: &mut Server, from: NodeId, message: &Message, out: &mut Effects) {
    let Message::RequestVote { term, last_index, last_term, pre, transfer } = *message else {
        unreachable!("a request for a vote")
    };
    let setup = &at.ctx.setup;
    let because = if term < server.term || pre && term == server.term {
        Because::OldTerm { mine: server.term, asked: term }
    } else if let Some(leader) = has_leader(at, server)
        && !transfer
        && (pre || setup.check_quorum && term > server.term)
    {
        Because::HasLeader(leader)
    } else {
        if !pre && term > server.term {
            server.become_follower(at, term, out);
        }
        judge(at, server, from, (last_term, last_index), pre)
    };
    let granted = because == Because::Granted;
    if granted && !pre {
        server.vote_for(from);
        arm(at, out);
    }
    out.with_input(Some(Note::Voted(Voted { pre, candidate: from, because })), None);
    if !pre && matches!(because, Because::HasLeader(_)) {
        // Thesis 4.2.3: as if it had never come; an answer would carry no news.
        return;
    }
    let term = if pre && granted { term } else { server.term };
    server.send(at, from, Message::Vote { term, granted, pre }, out);
}

/// The vote is free, and the candidate's log at least as up-to-date (§5.4.1).
fn judge(at: At<'_>, server: &Server, from: NodeId, asked: (Term, Index), pre: bool) -> Because {
    let log = &server.log;
    match server.voted_for {
        Some(other) if !pre && !vote_is_free(server.voted_for, from) => Because::VotedFor(other),
        _ if !log.allows(asked.0, asked.1) && !at.ctx.setup.broken.no_election_restriction => {
            Because::Behind { mine: (log.last_term(), log.last_index()), asked }
        }
        _ => Because::Granted,
    }
}

/// The leader of whom this server has heard within the shortest election timeout, so that nobody can have won another
/// election yet (thesis 4.2.3).
fn has_leader(at: At<'_>, server: &Server) -> Option<NodeId> {
    match server.role {
        Standing::Leader => Some(at.me),
        _ => server.leader.filter(|_| at.now_us < server.heard_us + at.ctx.setup.election_us.0),
    }
}

/// An answer to a candidate.
pub(crate) fn on_vote(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (term, granted, pre): (Term, bool, bool),
    out: &mut Effects,
) {
    if term > server.term && !(pre && granted) {
        return server.become_follower(at, term, out);
    }
    let counts = match server.role {
        Standing::PreCandidate => pre && (!granted || term == server.term + 1),
        Standing::Candidate => !pre && term == server.term,
        Standing::Follower | Standing::Leader => false,
    };
    if counts {
        let side = if granted { &mut server.votes.0 } else { &mut server.votes.1 };
        *side |= 1 << from;
        decide(at, server, out);
    }
}

fn decide(at: At<'_>, server: &mut Server, out: &mut Effects) {
    match (count(at.ctx.setup.servers.count(), server.votes.0, server.votes.1), server.role) {
        (Count::Won, Standing::PreCandidate) => campaign(at, server, false, out),
        (Count::Won, Standing::Candidate) => become_leader(at, server, out),
        (Count::Lost, Standing::PreCandidate | Standing::Candidate) => server.become_follower(at, server.term, out),
        _ => {}
    }
}

/// A majority has voted for it.
fn become_leader(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let setup = &at.ctx.setup;
    server.role = Standing::Leader;
    server.leader = Some(at.me);
    let leaderless_us = at.now_us - server.heard_us;
    server.tally.elections += 1;
    server.tally.election_us += leaderless_us;
    server.elected_us = Some(leaderless_us);
    server.heard_us = at.now_us;
    server.detector.start_afresh(at.now_us);
    let lead = Leadership::new(setup.servers.count(), server.log.last_index(), server.tally.asked, at.now_us);
    server.lead = Some(Box::new(lead));
    out.disarm(Timer::Election);
    if setup.check_quorum {
        out.arm(Timer::Quorum, setup.election_us.1, setup.election_us.1);
    }
    if setup.noop {
        replication::append(at, server, Command::Noop);
    }
    replication::broadcast(at, server, out);
}

/// CheckQuorum: a leader whom a majority has not answered for an election timeout steps down.
pub(crate) fn on_quorum_timeout(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let Some(lead) = &mut server.lead else { return };
    let answered = std::mem::take(&mut lead.answered).count_ones() + 1;
    if answered < at.ctx.setup.servers.majority() {
        return server.become_follower(at, server.term, out);
    }
    out.arm(Timer::Quorum, at.ctx.setup.election_us.1, at.ctx.setup.election_us.1);
}
