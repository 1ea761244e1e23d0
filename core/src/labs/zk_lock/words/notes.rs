//! Events in words: labels and `data`.

use super::{
    answer_text, change_text, deed_text, standing_name, txn_json, vote_json, word_name, zxid_json, zxids_json,
};
use crate::base::json::{JsonObject, quote};
use crate::labs::kit::words::shorten;
use crate::labs::zk_lock::file::Verdict;
use crate::labs::zk_lock::note::{FileAccess, LockState, Replied, Saved, Stands, Turned};
use crate::labs::zk_lock::setup::Job;
use crate::labs::zk_lock::tree::Op;
use crate::labs::zk_lock::{Ctx, Note, Standing};

/// `data` and a better label of a record with a note.
pub(in crate::labs::zk_lock) fn note(ctx: &Ctx, note: &Note, data: &mut JsonObject) -> Option<String> {
    match note {
        Note::Outdone { .. } => None,
        Note::Notified { path, count } => {
            data.text("changed", path).int("notifies", *count);
            Some(if *count == 1 { "a watch fires".into() } else { format!("{count} watches fire") })
        }
        Note::Stands(stands) => Some(self::stands(ctx, stands, data)),
        Note::Heard(heard) => {
            data.raw("vote_before", &vote_json(ctx, heard.before)).raw("vote_after", &vote_json(ctx, heard.after));
            None
        }
        Note::Saved(saved) => Some(self::saved(saved, data)),
        Note::Applied(entry) => {
            data.raw("zxid", &zxid_json(entry.zxid)).int("index", entry.index).raw("txn", &txn_json(ctx, entry));
            Some(format!("{} {}", entry.zxid, shorten(&change_text(ctx, &entry.txn.change))))
        }
        Note::Session { session, client, event } => {
            data.int("session", *session).text("client", ctx.name(*client)).text("event", event.name());
            Some(format!("session {session} of {} {}", ctx.name(*client), event.name()))
        }
        Note::Ruled(_, word) => {
            data.text("word", word_name(*word));
            None
        }
        Note::TurnedAway(turned) => {
            data.text(
                "turned_away",
                match turned {
                    Turned::NoLeader => "no leader",
                    Turned::Behind { .. } => "behind",
                    Turned::NoConnection => "no connection",
                },
            );
            None
        }
        Note::Connection(connection) => {
            data.text("connection", connection.linked.name()).text("server", ctx.name(connection.server));
            data.int("session", connection.session).text("because", connection.because);
            Some(format!("{}: session {}", connection.linked.name(), connection.session))
        }
        Note::Lock(state) => Some(self::lock(state, data)),
        Note::Accessed(access) => Some(self::accessed(ctx, access, data)),
        Note::Replied(replied) => Some(self::replied(replied, data)),
    }
}

fn stands(ctx: &Ctx, stands: &Stands, data: &mut JsonObject) -> String {
    let role = standing_name(stands.standing);
    data.text("role", role).int("epoch", stands.epoch).raw("last", &zxid_json(stands.last));
    data.raw("leader", &stands.leader.map_or_else(|| "null".into(), |leader| quote(ctx.name(leader))));
    data.bool("serves", stands.serves);
    match (stands.standing, stands.leader) {
        (Standing::Following, Some(leader)) if stands.serves => format!("follows {}", ctx.name(leader)),
        (Standing::Following, Some(leader)) => format!("turns to {}", ctx.name(leader)),
        (Standing::Leading, _) if stands.serves => format!("leads epoch {}", stands.epoch),
        (Standing::Leading, _) => "is to lead".into(),
        _ => role.into(),
    }
}

fn saved(saved: &Saved, data: &mut JsonObject) -> String {
    match saved {
        Saved::Accepted(epoch) => {
            data.int("accepted_epoch", *epoch);
            format!("accepts epoch {epoch}")
        }
        Saved::Current(epoch) => {
            data.int("current_epoch", *epoch);
            format!("current epoch {epoch}")
        }
        Saved::Entries(entries) => {
            data.raw("entries", &zxids_json(entries.iter()));
            match entries.len() {
                1 => format!("logs {}", entries[0].zxid),
                _ => format!("logs {}–{}", entries[0].zxid, entries[entries.len() - 1].zxid),
            }
        }
        Saved::Truncated(zxid) => {
            data.raw("truncated_to", &zxid_json(*zxid));
            format!("truncates to {zxid}")
        }
        Saved::Snapshot(zxid, installed) => {
            data.raw("snapshot", &zxid_json(*zxid)).bool("installed", *installed);
            format!("snapshot at {zxid}{}", if *installed { " installed" } else { "" })
        }
    }
}

fn lock(state: &LockState, data: &mut JsonObject) -> String {
    data.text("lock", state.word.name()).text("path", &state.path).text("mode", state.mode.name());
    data.raw("token", &zxid_json(state.token)).raw("seq", &state.seq.to_string()).int("session", state.session);
    data.text("node", &state.node).text("because", state.because);
    for (name, us) in [("waited_us", state.waited_us), ("held_us", state.held_us), ("handover_us", state.handover_us)] {
        if let Some(us) = us {
            data.raw(name, &us.to_string());
        }
    }
    format!("{} {} #{}", state.word.name(), shorten(&state.path), state.seq)
}

fn accessed(ctx: &Ctx, access: &FileAccess, data: &mut JsonObject) -> String {
    let (kind, result) = (
        if access.access.deed.is_read() { "read" } else { "write" },
        if access.accepted { "accepted" } else { "rejected" },
    );
    data.text("access", kind).text("result", result).text("by", ctx.name(access.by));
    data.raw("token", &zxid_json(access.access.token)).int("n", access.access.n);
    data.raw("value", &access.counter.to_string()).int("lines", access.lines);
    data.raw("highest", &zxid_json(access.highest)).text("deed", access.access.deed.name());
    let deed = deed_text(&access.access.deed, data);
    format!("{result}: {deed} of {}", ctx.name(access.by))
}

fn replied(replied: &Replied, data: &mut JsonObject) -> String {
    data.bool("ok", replied.ok).text("result", replied.result);
    match &replied.job {
        Job::Lock { path, mode, .. } => {
            data.text("path", path).text("mode", mode.name());
        }
        Job::Cancel(path) | Job::Unlock(path) => {
            data.text("path", path);
        }
        Job::Increment { times, .. } => {
            data.int("times", *times);
        }
        Job::Append { text, .. } | Job::Write { text, .. } => {
            data.text("text", text);
        }
        Job::Tree(
            Op::Create { path, .. }
            | Op::Delete { path, .. }
            | Op::Set { path, .. }
            | Op::List { path, .. }
            | Op::Exists { path, .. }
            | Op::Get { path },
        ) => {
            data.text("path", path);
        }
        Job::Read { .. } | Job::Tree(_) => {}
    }
    if let Some((token, seq)) = replied.lock {
        data.raw("token", &zxid_json(token)).raw("seq", &seq.to_string());
    }
    let mut label = format!("{} {}", replied.job.name(), replied.result);
    match &replied.verdict {
        Some(Verdict::Accepted { counter, lines }) => {
            data.raw("value", &counter.to_string()).list("lines", lines.iter().map(|line| quote(line)));
            label = format!("{label}, counter {counter}");
        }
        Some(Verdict::Rejected { highest }) => {
            data.raw("highest", &zxid_json(*highest));
        }
        None => {}
    }
    if let Some(answer) = &replied.answer {
        label = format!("{}: {}", replied.job.name(), answer_text(answer, data));
    }
    label
}
