//! What stands beside the servers in the cluster: the votes of those who want to lead.

use super::{Saw, Server, server_of};
use crate::labs::raft_lock::{Ctx, Standing};
use crate::trace::NodeId;
use crate::trace::frame::{Badge, Sign};

/// Whether a server's votes are news: it asks for them, or it has just won with them.
pub(super) fn counts_votes(server: &Server) -> bool {
    match server.role {
        Standing::PreCandidate | Standing::Candidate => true,
        Standing::Leader => server.lead.as_ref().is_some_and(|lead| server.commit < lead.first),
        Standing::Follower => false,
    }
}

/// For each candidate a sign for each server's vote.
pub(crate) fn badges(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<(NodeId, Vec<Badge>)> {
    let servers = &seen[..ctx.setup.servers.count()];
    let stands = |(me, seen): (usize, &Saw<'_>)| {
        let server = server_of(seen).filter(|server| counts_votes(server))?;
        let me = me as NodeId;
        let vote = |other: usize| {
            let bit = 1 << other;
            let disk = servers[other].durable;
            // Given and on disk there, but not heard of here yet. Of a PreVote no disk knows.
            let under_way =
                server.role == Standing::Candidate && disk.term == server.term && disk.voted_for == Some(me);
            let sign = match server.votes {
                (yes, _) if yes & bit != 0 => Sign::Have,
                (_, no) if no & bit != 0 => Sign::Refused,
                _ if under_way => Sign::Coming,
                _ => Sign::Open,
            };
            Badge { sign, says: format!("vote of {}", ctx.names[other]) }
        };
        Some((me, (0..servers.len()).map(vote).collect()))
    };
    servers.iter().enumerate().filter_map(stands).collect()
}
