//! What clients ask of a server (§8, thesis 6.3): any server takes it, the leader answers, the others point to it.

use super::super::locks::{Applied, Change, Outcome};
use super::super::{Answer, Ask, Call, Command, Effects, Message, Note, Served, Told};
use super::read_index::{self, Wants};
use super::replication::{append, propose};
use super::{At, Server};
use crate::trace::{NodeId, RecordId};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What clients are to be told of the entries that a step applies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    /// Of each client the number of its last command, and how that stands.
    outcomes: BTreeMap<NodeId, (u32, Outcome)>,
    /// Tokens of grants that were taken away.
    gone: BTreeMap<NodeId, Vec<u32>>,
}

/// A client asks.
pub(crate) fn on_ask(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (session, serial, ask): (u32, u32, &Ask),
    sent_us: u64,
    out: &mut Effects,
) {
    let pointer = server.leader.filter(|leader| *leader != at.me);
    let Some(lead) = &mut server.lead else {
        return answer(at, server, from, (session, serial), Answer::NotLeader(pointer), out);
    };
    if lead.transfer.is_some() {
        // Thesis 3.10: it takes nothing new; the client asks again.
        return answer(at, server, from, (session, serial), Answer::NotLeader(None), out);
    }
    heard(server, from, session, at.now_us);
    let call = Call { client: from, session, serial };
    let command = match ask {
        Ask::Locks => return read_index::on_read(at, server, call, sent_us, out),
        Ask::Register => Command::Register { client: from, session },
        Ask::Acquire(resource, mode) => Command::Acquire { call, resource: Rc::clone(resource), mode: *mode },
        Ask::Release(resource) => Command::Release { call, resource: Rc::clone(resource) },
    };
    if !at.ctx.setup.rules.no_dedupe {
        match status(server, &call) {
            // What is over stays over, whoever leads.
            Some(Outcome::Expired) => {
                return answer(at, server, from, (session, serial), Answer::Outcome(Outcome::Expired), out);
            }
            Some(_) => return read_index::wait(at, server, call, sent_us, Wants::Standing),
            None => {}
        }
        let Some(lead) = &mut server.lead else { return };
        let last = lead.proposed.entry(from).or_insert((0, 0));
        if *last >= (session, serial) {
            // It is in the log already, and is answered when it is applied.
            return read_index::wait(at, server, call, sent_us, Wants::Nothing);
        }
        *last = (session, serial);
    }
    read_index::wait(at, server, call, sent_us, Wants::Nothing);
    propose(at, server, command, out);
}

/// Whether a client's session has ended, by its lease or by a later one.
pub(crate) fn is_over(server: &Server, client: NodeId, session: u32) -> bool {
    let known = server.machine.sessions.get(&client);
    known.is_some_and(|s| s.session > session || s.session == session && s.ended)
}

/// How a command stands that was applied already: it is told and not done again.
pub(crate) fn status(server: &Server, call: &Call) -> Option<Outcome> {
    if is_over(server, call.client, call.session) {
        return Some(Outcome::Expired);
    }
    let known = server.machine.sessions.get(&call.client)?;
    if known.session < call.session {
        return None;
    }
    match call.serial {
        0 => Some(Outcome::Registered),
        serial if serial == known.serial => Some(known.outcome),
        _ => None,
    }
}

/// A client was heard of at a time.
pub(crate) fn heard(server: &mut Server, client: NodeId, session: u32, at_us: u64) {
    let Some(lead) = &mut server.lead else { return };
    let place = lead.heard.entry(client).or_insert((session, at_us));
    if place.0 <= session {
        *place = (session, at_us.max(place.1));
    }
}

/// A client that holds or awaits something lives.
pub(crate) fn on_keep_alive(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (session, sent_us): (u32, u64),
    out: &mut Effects,
) {
    if server.lead.is_none() {
        let pointer = server.leader.filter(|leader| *leader != at.me);
        return answer(at, server, from, (session, 0), Answer::NotLeader(pointer), out);
    }
    heard(server, from, session, at.now_us);
    read_index::wait(at, server, Call { client: from, session, serial: 0 }, sent_us, Wants::Alive);
}

/// What a session must know, with every answer of a leader: by which of its messages its lease was last renewed, and what it
/// holds. So nothing depends on any one message.
fn told(at: At<'_>, server: &Server, client: NodeId, session: u32) -> Option<Told> {
    let lead = server.lead.as_ref()?;
    let renewed_us = lead.renewed.get(&client).filter(|(known, _)| *known == session).map(|(_, sent_us)| *sent_us);
    let holds = (!at.ctx.setup.broken.told_once).then(|| server.machine.tokens(client, session).into());
    Some(Told { index: server.applied, renewed_us, holds })
}

pub(crate) fn answer(
    at: At<'_>,
    server: &mut Server,
    to: NodeId,
    (session, serial): (u32, u32),
    answer: Answer,
    out: &mut Effects,
) {
    let told = told(at, server, to, session);
    server.send(at, to, Message::Answer { session, serial, told, answer }, out);
}

/// Notes whom an applied entry concerns: its own client, and those whom it granted or took something.
pub(crate) fn collect_answers(server: &mut Server, done: &Applied) {
    let answers = &mut server.answers;
    answers.outcomes.extend(done.answer.map(|(client, serial, outcome)| (client, (serial, outcome))));
    let own = done.answer.map(|(client, serial, _)| (client, serial));
    for effect in &done.effects {
        let outcome = match effect.change {
            Change::Granted => Outcome::Granted(effect.token),
            Change::Aborted if effect.token > 0 => {
                answers.gone.entry(effect.client).or_default().push(effect.token);
                continue;
            }
            Change::Aborted => Outcome::Aborted,
            Change::Queued | Change::Released | Change::Expired => continue,
        };
        if own != Some((effect.client, effect.serial)) {
            answers.outcomes.insert(effect.client, (effect.serial, outcome));
        }
    }
}

/// Tells them, and says whom.
pub(crate) fn send_answers(at: At<'_>, server: &mut Server, out: &mut Effects) -> Vec<NodeId> {
    let answers = std::mem::take(&mut server.answers);
    let told = answers.gone.keys().chain(answers.outcomes.keys()).copied().collect();
    let session = |server: &Server, client| server.machine.sessions.get(&client).map_or(0, |s| s.session);
    // Whoever asks for something learns from the answer; it may ask in vain for a lock that is gone, and is told then.
    for (client, tokens) in answers.gone.into_iter().filter(|(client, _)| !answers.outcomes.contains_key(client)) {
        let session = session(server, client);
        answer(at, server, client, (session, 0), Answer::Gone(tokens.into()), out);
    }
    for (client, (serial, outcome)) in answers.outcomes {
        let session = session(server, client);
        answer(at, server, client, (session, serial), Answer::Outcome(outcome), out);
    }
    told
}

/// At each heartbeat: sessions whose lease is over end through the log, and so do waits that are too long, where that is
/// what is done about deadlock. The caller sends what this appends.
pub(crate) fn look_after_clients(at: At<'_>, server: &mut Server) {
    let setup = &at.ctx.setup;
    let Some(lead) = &mut server.lead else { return };
    let mut commands = Vec::new();
    for (&client, known) in &server.machine.sessions {
        if known.ended || known.claims.is_empty() {
            continue;
        }
        let heard = lead.heard.get(&client).filter(|(session, _)| *session == known.session);
        // A new leader gives everyone a whole lease: the one before may have heard of them just now.
        let heard_us = heard.map_or(lead.since_us, |(_, us)| *us);
        let over = at.now_us > heard_us + setup.lease_us;
        if over && lead.ending.insert((client, known.session)) {
            commands.push(Command::Expire { client, session: known.session });
        }
    }
    if setup.rules.policy == super::super::locks::Policy::Timeout {
        let before = std::mem::take(&mut lead.waits);
        for waiter in server.machine.resources.values().flat_map(|lock| &lock.queue) {
            let key = (waiter.client, waiter.serial);
            let mut since_us = before.get(&key).copied().unwrap_or(at.now_us);
            if since_us != u64::MAX && at.now_us > since_us + setup.wait_us {
                since_us = u64::MAX;
                let session = server.machine.sessions.get(&waiter.client).map_or(0, |s| s.session);
                let call = Call { client: waiter.client, session, serial: waiter.serial };
                commands.push(Command::Withdraw { call });
            }
            lead.waits.insert(key, since_us);
        }
    }
    for command in commands {
        append(at, server, command);
    }
}

/// A person asks a server for its numbers.
pub(crate) fn on_metrics(server: &Server, request: RecordId, out: &mut Effects) {
    let tally = &server.tally;
    let numbers = vec![
        ("role", crate::base::json::quote(server.role.name())),
        ("term", server.term.to_string()),
        ("commit", server.commit.to_string()),
        ("applied", server.applied.to_string()),
        ("log", server.log.last_index().to_string()),
        ("elections_won", tally.elections.to_string()),
        ("requests_to_servers", tally.asked.to_string()),
        ("rounds", tally.rounds.to_string()),
        ("round_us", tally.round_us.checked_div(tally.rounds).unwrap_or(0).to_string()),
        ("deadlocks", server.machine.deadlocks.to_string()),
        ("locks", server.machine.resources.len().to_string()),
    ];
    out.reply(request, Note::Served(Box::new(Served::Metrics(numbers))));
}
