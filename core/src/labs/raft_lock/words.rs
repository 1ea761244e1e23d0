//! Events in words: labels and `data`.

use super::client::Job;
use super::locks::{Effect, Locks, Outcome};
use super::log::Entry;
use super::note::{Became, Believes};
use super::{
    Answer, AppliedEntry, Ask, Call, Command, Ctx, Fate, Index, Message, Note, Replied, Saved, Served, Stands, Term,
    Told,
};
use crate::base::json::{JsonObject, list, quote};
use crate::labs::kit::words::shorten;
use crate::trace::{Kind, NodeId};

/// The word for an outcome, as in the trace format.
pub(super) const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Granted(_) => "granted",
        Outcome::Queued => "queued",
        Outcome::Released | Outcome::Kept(_) => "released",
        Outcome::NotHeld => "not-held",
        Outcome::Aborted => "aborted",
        Outcome::Expired => "expired",
        Outcome::Registered => "registered",
    }
}

/// A process by its name, or `null`.
fn node_json(ctx: &Ctx, node: Option<NodeId>) -> String {
    node.map_or_else(|| "null".into(), |node| quote(ctx.name(node)))
}

fn pairs_json(pairs: impl IntoIterator<Item = (Index, Term)>) -> String {
    list(pairs.into_iter().map(|(index, term)| format!("[{index},{term}]")))
}

/// A command in a few words.
pub(super) fn command_text(ctx: &Ctx, command: &Command) -> String {
    let name = |call: &Call| ctx.name(call.client).to_string();
    match command {
        Command::Noop => "no-op".into(),
        Command::Register { client, session } => format!("{} opens session {session}", ctx.name(*client)),
        Command::Acquire { call, resource, mode } => {
            format!("{} acquires {} {}", name(call), shorten(resource), mode.name())
        }
        Command::Release { call, resource } => format!("{} releases {}", name(call), shorten(resource)),
        Command::Expire { client, .. } => format!("{}'s lease is over", ctx.name(*client)),
        Command::Withdraw { call } => format!("{} has waited too long", name(call)),
    }
}

fn command_json(ctx: &Ctx, command: &Command) -> String {
    let mut o = JsonObject::new();
    let mut call_data = |op: &str, call: &Call| {
        o.text("op", op)
            .text("client_id", ctx.name(call.client))
            .int("session", call.session)
            .int("serial", call.serial);
    };
    match command {
        Command::Noop => drop(o.text("op", "noop").is_empty()),
        Command::Register { client, session } => {
            o.text("op", "register").text("client_id", ctx.name(*client)).int("session", *session);
        }
        Command::Acquire { call, resource, mode } => {
            call_data("acquire", call);
            o.text("resource_id", resource).text("lock_type", mode.name());
        }
        Command::Release { call, resource } => {
            call_data("release", call);
            o.text("resource_id", resource);
        }
        Command::Expire { client, session } => {
            o.text("op", "expire").text("client_id", ctx.name(*client)).int("session", *session);
        }
        Command::Withdraw { call } => call_data("withdraw", call),
    }
    o.end()
}

fn effect_json(ctx: &Ctx, effect: &Effect) -> String {
    let mut o = JsonObject::new();
    o.text("client_id", ctx.name(effect.client)).int("serial", effect.serial);
    o.text("resource_id", &effect.resource).text("result", effect.change.name());
    o.text("lock_type", effect.mode.name()).raw("token", &token_json(effect.token)).end()
}

fn token_json(token: u32) -> String {
    if token == 0 { "null".into() } else { token.to_string() }
}

/// The lock table: holders and queue of each lock.
fn table_json(ctx: &Ctx, locks: &Locks) -> String {
    list(locks.resources.iter().map(|(name, lock)| {
        let mut o = JsonObject::new();
        o.text("resource_id", name);
        o.list(
            "holders",
            lock.holders.iter().map(|h| {
                let mut o = JsonObject::new();
                o.text("client_id", ctx.name(h.client)).text("lock_type", h.mode.name()).int("token", h.token);
                o.int("count", h.count).end()
            }),
        );
        o.list(
            "queue",
            lock.queue.iter().map(|w| {
                let mut o = JsonObject::new();
                o.text("client_id", ctx.name(w.client)).text("lock_type", w.mode.name()).int("serial", w.serial).end()
            }),
        );
        o.end()
    }))
}

/// The sort of a message: what looks alike, and may be hidden together.
pub(super) fn sort(message: &Message) -> &'static str {
    match message {
        Message::RequestVote { .. } | Message::TimeoutNow { .. } => "vote request",
        Message::Vote { .. } => "vote",
        Message::AppendEntries { entries, .. } if entries.is_empty() => "heartbeat",
        Message::AppendEntries { .. } | Message::InstallSnapshot { .. } => "append",
        Message::AppendReply { .. } => "append reply",
        Message::KeepAlive { .. } | Message::Answer { answer: Answer::Alive, .. } => "keep alive",
        Message::Ask { .. } | Message::Answer { .. } => "client",
    }
}

/// Label and `data` of a message.
pub(super) fn message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
    match message {
        Message::RequestVote { term, last_index, last_term, pre, transfer } => {
            data.int("term", *term).int("last_log_index", *last_index).int("last_log_term", *last_term);
            data.bool("prevote", *pre).bool("transfer", *transfer);
            format!("{} term {term}", if *pre { "PreVote" } else { "RequestVote" })
        }
        Message::Vote { term, granted, pre } => {
            data.int("term", *term).bool("vote_granted", *granted).bool("prevote", *pre);
            let what = if *pre { "prevote" } else { "vote" };
            format!("{} term {term}", if *granted { format!("{what} yes") } else { format!("{what} no") })
        }
        Message::AppendEntries { term, prev_index, prev_term, entries, commit, round, suspects } => {
            data.int("term", *term).int("prev_log_index", *prev_index).int("prev_log_term", *prev_term);
            data.raw("entries", &pairs_json((prev_index + 1..).zip(entries.iter().map(|e| e.term))));
            data.list("commands", entries.iter().map(|e| command_json(ctx, &e.command)));
            data.int("leader_commit", *commit).int("round", *round);
            if *suspects > 0 {
                let names =
                    (0..ctx.setup.servers.count()).filter(|i| suspects & (1 << i) != 0).map(|i| quote(&ctx.names[i]));
                data.list("suspects", names);
            }
            append_label(*term, *prev_index, entries)
        }
        Message::AppendReply { term, result, round } => {
            data.int("term", *term).bool("success", result.is_ok()).int("round", *round);
            match result {
                Ok(matched) => {
                    data.int("match_index", *matched);
                    format!("ok {matched}")
                }
                Err(conflict) if conflict.index == 0 => format!("no: term is {term}"),
                Err(conflict) => {
                    let theirs = conflict.term.map_or_else(|| "null".into(), |t| t.to_string());
                    data.int("conflict_index", conflict.index).raw("conflict_term", &theirs);
                    match conflict.term {
                        None => format!("no: log ends at {}", conflict.index - 1),
                        Some(t) => format!("no: term {t} from {}", conflict.index),
                    }
                }
            }
        }
        Message::InstallSnapshot { term, snapshot, round } => {
            data.int("term", *term).int("last_included_index", snapshot.index);
            data.int("last_included_term", snapshot.term).int("round", *round);
            format!("InstallSnapshot to {}", snapshot.index)
        }
        Message::TimeoutNow { term } => {
            data.int("term", *term);
            "TimeoutNow".into()
        }
        Message::Ask { .. } | Message::Answer { .. } | Message::KeepAlive { .. } => client_message(ctx, message, data),
    }
}

fn append_label(term: Term, prev_index: Index, entries: &[Entry]) -> String {
    match entries.len() as Index {
        0 => format!("heartbeat term {term}"),
        1 => format!("append {} term {term}", prev_index + 1),
        n => format!("append {}–{} term {term}", prev_index + 1, prev_index + n),
    }
}

/// What every answer of a leader says besides.
fn told_data(told: &Told, data: &mut JsonObject) {
    data.int("applied", told.index);
    if let Some(holds) = &told.holds {
        data.list("holds", holds.iter().map(u32::to_string));
    }
    if let Some(us) = told.renewed_us {
        data.raw("renewed_us", &us.to_string());
    }
}

fn client_message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
    match message {
        Message::Ask { session, serial, ask, .. } => {
            data.int("session", *session).int("serial", *serial);
            match ask {
                Ask::Register => {
                    data.text("ask", "register");
                    format!("open session {session}")
                }
                Ask::Acquire(resource, mode) => {
                    data.text("ask", "acquire").text("resource_id", resource).text("lock_type", mode.name());
                    format!("acquire {} {}", shorten(resource), mode.name())
                }
                Ask::Release(resource) => {
                    data.text("ask", "release").text("resource_id", resource);
                    format!("release {}", shorten(resource))
                }
                Ask::Locks => {
                    data.text("ask", "locks");
                    "locks?".into()
                }
            }
        }
        Message::Answer { session, serial, told, answer } => {
            data.int("session", *session).int("serial", *serial);
            told.iter().for_each(|told| told_data(told, data));
            match answer {
                Answer::Outcome(outcome) => {
                    data.text("result", outcome_name(*outcome));
                    if let Outcome::Granted(token) = outcome {
                        data.int("token", *token);
                        return format!("granted, token {token}");
                    }
                    if let Outcome::Kept(left) = outcome {
                        data.int("left", *left);
                        return format!("released, {left} left");
                    }
                    outcome_name(*outcome).into()
                }
                Answer::Table(table) => {
                    data.text("result", "ok").int("index", table.index).raw("locks", &table_json(ctx, &table.machine));
                    format!("locks at {}", table.index)
                }
                Answer::NotLeader(leader) => {
                    data.text("result", "not-leader").raw("leader", &node_json(ctx, *leader));
                    leader.map_or_else(|| "not the leader".into(), |leader| format!("ask {}", ctx.name(leader)))
                }
                Answer::Alive => {
                    data.text("result", "alive");
                    "lease renewed".into()
                }
                Answer::Gone(tokens) => {
                    data.text("result", "aborted").list("tokens", tokens.iter().map(u32::to_string));
                    "aborted".into()
                }
            }
        }
        Message::KeepAlive { session, .. } => {
            data.int("session", *session);
            "keep alive".into()
        }
        _ => unreachable!("servers say this to each other"),
    }
}

/// `data` and a better label of a record with a note.
pub(super) fn note(ctx: &Ctx, _kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
    match note {
        Note::Nothing | Note::Led { .. } => None,
        Note::Believes(believes) => self::believes(believes, data),
        Note::Booted(booted) => {
            data.int("term", booted.term).raw("voted_for", &node_json(ctx, booted.voted_for));
            if let Some((index, term)) = booted.snapshot {
                data.raw("snapshot", &snapshot_json(index, term));
            }
            data.raw("entries", &pairs_json(booted.entries.iter().copied()));
            None
        }
        Note::Voted(voted) => {
            data.bool("grants", voted.because == super::Because::Granted);
            None
        }
        Note::Appended(appended) => {
            appended_data(&appended.fate, data);
            None
        }
        Note::SteppedBack { next } => {
            data.int("next_index", *next);
            None
        }
        Note::Saved(saved) => Some(self::saved(ctx, saved, data)),
        Note::Stands(stands) => Some(self::stands(ctx, stands, data)),
        Note::Applied(applied) => Some(self::applied(ctx, applied, data)),
        Note::Replied(replied) => Some(self::replied(ctx, replied, data)),
        Note::Served(served) => Some(self::served(ctx, served, data)),
    }
}

fn believes(believes: &Believes, data: &mut JsonObject) -> Option<String> {
    data.list(
        "believes",
        believes.held.iter().map(|(resource, (mode, token, _))| {
            let mut o = JsonObject::new();
            o.text("resource_id", resource).text("lock_type", mode.name()).int("token", *token).end()
        }),
    );
    matches!(believes.became, Became::Over { .. }).then(|| "lease over: lets go".into())
}

fn appended_data(fate: &Fate, data: &mut JsonObject) {
    match fate {
        Fate::OldTerm { .. } => data.bool("accepted", false),
        Fate::Refused { .. } => data.bool("accepted", false),
        Fate::Taken { new, dropped, commit } => {
            data.bool("accepted", true).int("new", *new).int("dropped", *dropped).int("commit", *commit)
        }
        Fate::Snapshot { needed, .. } => data.bool("accepted", *needed),
    };
}

fn snapshot_json(index: Index, term: Term) -> String {
    let mut o = JsonObject::new();
    o.int("index", index).int("term", term).end()
}

fn saved(ctx: &Ctx, saved: &Saved, data: &mut JsonObject) -> String {
    let term = saved.term.map_or_else(|| "null".into(), |t| t.to_string());
    data.raw("term", &term).raw("voted_for", &node_json(ctx, saved.voted_for)).int("from", saved.from);
    data.raw("entries", &pairs_json((saved.from..).zip(saved.entries.iter().map(|e| e.term))));
    data.list("commands", saved.entries.iter().map(|e| command_json(ctx, &e.command)));
    if let Some((index, term, installed)) = saved.snapshot {
        data.raw("snapshot", &snapshot_json(index, term)).bool("installed", installed);
        return format!("snapshot to {index}{}", if installed { " installed" } else { "" });
    }
    match (saved.entries.len() as Index, saved.voted_for) {
        (0, Some(candidate)) => format!("term {term}, vote for {}", ctx.name(candidate)),
        (0, None) => format!("term {term}"),
        (1, _) => format!("entry {}", saved.from),
        (n, _) => format!("entries {}–{}", saved.from, saved.from + n - 1),
    }
}

fn stands(ctx: &Ctx, stands: &Stands, data: &mut JsonObject) -> String {
    data.text("role", stands.role.name()).int("term", stands.term).int("commit", stands.commit);
    data.raw("leader", &node_json(ctx, stands.leader));
    data.list(
        "suspects",
        stands.suspects.iter().map(|(node, since_us)| {
            let mut o = JsonObject::new();
            o.text("node", ctx.name(*node)).raw("since_us", &since_us.to_string()).end()
        }),
    );
    let suspects: Vec<&str> = stands.suspects.iter().map(|(node, _)| ctx.name(*node)).collect();
    let tail = if suspects.is_empty() { String::new() } else { format!(", suspects {}", suspects.join(", ")) };
    format!("{} in term {}{tail}", stands.role.name(), stands.term)
}

fn applied(ctx: &Ctx, applied: &AppliedEntry, data: &mut JsonObject) -> String {
    data.int("index", applied.index).int("term", applied.entry.term);
    data.raw("command", &command_json(ctx, &applied.entry.command));
    data.list("effects", applied.effects.iter().map(|e| effect_json(ctx, e)));
    data.int("commit", applied.commit);
    if !applied.cycles.is_empty() {
        let names = |cycle: &Vec<NodeId>| list(cycle.iter().map(|c| quote(ctx.name(*c))));
        data.list("cycles", applied.cycles.iter().map(names));
    }
    format!("{}: {}", applied.index, command_text(ctx, &applied.entry.command))
}

fn replied(ctx: &Ctx, replied: &Replied, data: &mut JsonObject) -> String {
    let resource = match &replied.job {
        Job::Acquire(resource, _) | Job::Release(resource) => quote(resource),
        Job::Work { resources, .. } => {
            data.list("resource_ids", resources.iter().map(|r| quote(r)));
            quote(&resources[0])
        }
        Job::Locks => "null".into(),
    };
    let client = replied.client;
    data.raw("resource_id", &resource).text("client_id", ctx.name(client)).int("serial", replied.serial);
    data.int("session", replied.session);
    if let Some(table) = &replied.table {
        data.text("result", "ok").raw("token", "null").int("index", table.index);
        data.raw("locks", &table_json(ctx, &table.machine));
        return format!("locks at {}", table.index);
    }
    let result = replied.outcome.map_or("unknown", outcome_name);
    data.text("result", result).raw("token", &token_json(replied.token));
    if let Some(Outcome::Kept(left)) = replied.outcome {
        data.int("left", left);
    }
    let what = match &replied.job {
        Job::Acquire(resource, _) | Job::Release(resource) => shorten(resource),
        Job::Work { .. } => "work".into(),
        Job::Locks => "locks".into(),
    };
    format!("{what} {result}")
}

fn served(ctx: &Ctx, served: &Served, data: &mut JsonObject) -> String {
    match served {
        Served::Transfer { to, result } => {
            data.text("to", ctx.name(*to)).text("result", result);
            format!("transfer to {}: {result}", ctx.name(*to))
        }
        Served::Metrics(numbers) => {
            for (name, value) in numbers {
                data.raw(name, value);
            }
            "metrics".into()
        }
    }
}
