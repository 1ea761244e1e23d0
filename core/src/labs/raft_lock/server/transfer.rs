//! Leadership transfer (thesis 3.10): the leader takes no more commands, brings the target up to date, and tells it to
//! stand for election at once.

use super::super::{Effects, Message, Note, Served, Term, Timer};
use super::election;
use super::replication::Leadership;
use super::{At, Server};
use crate::trace::{NodeId, RecordId};

/// A transfer under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transfer {
    pub(crate) to: NodeId,
    request: RecordId,
    /// The target was told.
    told: bool,
}

fn reply(out: &mut Effects, request: RecordId, to: NodeId, result: &'static str) {
    out.reply(request, Note::Served(Box::new(Served::Transfer { to, result })));
}

/// A person wants another leader.
pub(crate) fn on_request(at: At<'_>, server: &mut Server, request: RecordId, to: NodeId, out: &mut Effects) {
    match &mut server.lead {
        None => reply(out, request, to, "not the leader"),
        Some(_) if to == at.me => reply(out, request, to, "it leads already"),
        Some(lead) if lead.transfer.is_some() => reply(out, request, to, "another transfer is under way"),
        Some(lead) => {
            lead.transfer = Some(Transfer { to, request, told: false });
            let patience_us = at.ctx.setup.election_us.1;
            out.arm(Timer::Transfer, patience_us, patience_us);
            proceed(at, server, out);
        }
    }
}

/// Tells the target, once its log is as long as the leader's.
pub(crate) fn proceed(at: At<'_>, server: &mut Server, out: &mut Effects) {
    let last = server.log.last_index();
    let Some(lead) = &mut server.lead else { return };
    let Some(transfer) = &mut lead.transfer else { return };
    if transfer.told || lead.matched[usize::from(transfer.to)] < last {
        return;
    }
    transfer.told = true;
    let to = transfer.to;
    server.send(at, to, Message::TimeoutNow { term: server.term }, out);
}

/// The leader wants this server to take over: it need not wait for its election timer, nor ask who would vote.
pub(crate) fn on_timeout_now(at: At<'_>, server: &mut Server, term: Term, out: &mut Effects) {
    if term == server.term && server.lead.is_none() {
        election::arm(at, out);
        election::campaign(at, server, true, out);
    }
}

/// The target has not made it within an election timeout: the leader goes on.
pub(crate) fn on_timeout(server: &mut Server, out: &mut Effects) {
    if let Some(transfer) = server.lead.as_mut().and_then(|lead| lead.transfer.take()) {
        reply(out, transfer.request, transfer.to, "timed out");
    }
}

/// The leader has stepped down: for the target, as far as it knows.
pub(crate) fn stepped_down(lead: &Leadership, out: &mut Effects) {
    if let Some(transfer) = &lead.transfer {
        out.disarm(Timer::Transfer);
        let result = if transfer.told { "stepped down" } else { "stepped down too early" };
        reply(out, transfer.request, transfer.to, result);
    }
}
