//! Messages in words: labels and `data`.

pub(super) mod notes;

use super::file::{Access, Deed, Verdict};
use super::tree::{self, Change, Op, Origin, Watch};
use super::{Answer, Ctx, Entry, How, Message, Push, Standing, ToClient, ToServer, Vote, Word, Zab, Zxid};
use crate::base::json::{JsonObject, list, quote};
use crate::labs::kit::words::shorten;

/// A server's standing, in a word.
pub(super) const fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Looking => "looking",
        Standing::Following => "following",
        Standing::Leading => "leading",
    }
}

/// A zxid for `data`: the number of 64 bits that it is in ZooKeeper.
fn zxid_json(zxid: Zxid) -> String {
    zxid.number().to_string()
}

/// The sort of a message: what looks alike, and may be hidden together.
pub(super) fn sort(message: &Message) -> &'static str {
    match message {
        Message::Notification { .. } => "vote",
        Message::Zab(zab) => match zab {
            Zab::Ping { .. } | Zab::Pong { .. } => "server ping",
            Zab::Proposal { .. } | Zab::Ack { .. } | Zab::Commit { .. } => "broadcast",
            Zab::Forward { .. } | Zab::Validate { .. } | Zab::Answered { .. } => "to the leader",
            _ => "synchronisation",
        },
        Message::ToServer { says: ToServer::Ping { .. }, .. }
        | Message::ToClient { says: ToClient::Pong { .. }, .. } => "client ping",
        Message::ToServer { .. } | Message::ToClient { .. } => "client",
        Message::Access(_) | Message::Accessed { .. } => "file",
    }
}

/// Label and `data` of a message.
pub(super) fn message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
    match message {
        Message::Notification { round, vote, stands } => {
            data.int("round", *round).raw("vote", &vote_json(ctx, *vote));
            data.text("standing", standing_name(*stands));
            match stands {
                Standing::Looking => format!("vote {}", vote_text(ctx, *vote)),
                Standing::Following => format!("follows {}", ctx.name(vote.leader)),
                Standing::Leading => "leads".into(),
            }
        }
        Message::Zab(zab) => self::zab(ctx, zab, data),
        Message::ToServer { conn, says } => {
            data.int("connection", *conn);
            to_server(says, data)
        }
        Message::ToClient { conn, says } => {
            data.int("connection", *conn);
            to_client(says, data)
        }
        Message::Access(Access { token, n, deed }) => {
            data.raw("token", &zxid_json(*token)).int("n", *n).text("deed", deed.name());
            format!("{} #{token}", deed_text(deed, data))
        }
        Message::Accessed { token, n, verdict } => {
            data.raw("token", &zxid_json(*token)).int("n", *n);
            match verdict {
                Verdict::Accepted { counter, lines } => {
                    data.text("result", "accepted").raw("value", &counter.to_string());
                    data.list("lines", lines.iter().map(|line| quote(line)));
                    format!("ok, counter {counter}")
                }
                Verdict::Rejected { highest } => {
                    data.text("result", "rejected").raw("highest", &zxid_json(*highest));
                    format!("rejected: {highest} was here")
                }
            }
        }
    }
}

fn vote_json(ctx: &Ctx, vote: Vote) -> String {
    let mut o = JsonObject::new();
    o.text("leader", ctx.name(vote.leader)).int("epoch", vote.epoch).raw("zxid", &zxid_json(vote.zxid)).end()
}

pub(super) fn vote_text(ctx: &Ctx, vote: Vote) -> String {
    format!("{} ({})", ctx.name(vote.leader), vote.zxid)
}

/// What somebody wants of the file, in a few words.
pub(super) fn deed_text(deed: &Deed, data: &mut JsonObject) -> String {
    match deed {
        Deed::Read => "read".into(),
        Deed::Count(value) => {
            data.raw("write", &value.to_string());
            format!("write {value}")
        }
        Deed::Append(text) => {
            data.text("text", text);
            format!("append {}", shorten(text))
        }
        Deed::Replace(text) => {
            data.text("text", text);
            format!("replace {}", shorten(text))
        }
    }
}

fn zab(ctx: &Ctx, zab: &Zab, data: &mut JsonObject) -> String {
    match zab {
        Zab::FollowerInfo { accepted } => {
            data.int("accepted_epoch", *accepted);
            format!("FOLLOWERINFO {accepted}")
        }
        Zab::LeaderInfo { epoch } => {
            data.int("epoch", *epoch);
            format!("LEADERINFO {epoch}")
        }
        Zab::AckEpoch { epoch, fresh, current, last } => {
            data.int("epoch", *epoch).bool("counts", *fresh).int("current_epoch", *current);
            data.raw("last", &zxid_json(*last));
            format!("ACKEPOCH {epoch}, has {last}")
        }
        Zab::Sync(sync) => {
            data.int("epoch", sync.epoch).raw("basis", &zxid_json(sync.basis));
            data.list("entries", sync.entries.iter().map(|e| zxid_json(e.zxid)));
            let tail = format!("NEWLEADER {}", sync.epoch);
            match &sync.how {
                How::Diff => {
                    data.text("how", "diff");
                    format!("DIFF +{}, {tail}", sync.entries.len())
                }
                How::Trunc(to) => {
                    data.text("how", "trunc").raw("to", &zxid_json(*to));
                    format!("TRUNC to {to} +{}, {tail}", sync.entries.len())
                }
                How::Snap(snapshot) => {
                    data.text("how", "snap").raw("to", &zxid_json(snapshot.zxid));
                    format!("SNAP {} +{}, {tail}", snapshot.zxid, sync.entries.len())
                }
            }
        }
        Zab::AckLeader { epoch, last } => {
            data.int("epoch", *epoch).raw("last", &zxid_json(*last));
            format!("ACK NEWLEADER {epoch}")
        }
        Zab::UpToDate { epoch, committed } => {
            data.int("epoch", *epoch).raw("committed", &zxid_json(*committed));
            "UPTODATE".into()
        }
        Zab::Proposal { epoch, prev, entries, committed } => {
            data.int("epoch", *epoch).raw("prev", &zxid_json(*prev)).raw("committed", &zxid_json(*committed));
            data.list("entries", entries.iter().map(|entry| entry_json(ctx, entry)));
            match entries.len() {
                1 => format!("PROPOSAL {}", entries[0].zxid),
                _ => format!("PROPOSAL {}–{}", entries[0].zxid, entries[entries.len() - 1].zxid),
            }
        }
        Zab::Ack { epoch, last } => {
            data.int("epoch", *epoch).raw("last", &zxid_json(*last));
            format!("ACK {last}")
        }
        Zab::Commit { epoch, committed } => {
            data.int("epoch", *epoch).raw("committed", &zxid_json(*committed));
            format!("COMMIT {committed}")
        }
        Zab::Ping { .. } | Zab::Pong { .. } | Zab::Forward { .. } | Zab::Validate { .. } | Zab::Answered { .. } => {
            traffic(ctx, zab, data)
        }
    }
}

fn traffic(ctx: &Ctx, zab: &Zab, data: &mut JsonObject) -> String {
    match zab {
        Zab::Ping { epoch, committed } => {
            data.int("epoch", *epoch).raw("committed", &zxid_json(*committed));
            "ping".into()
        }
        Zab::Pong { epoch, last, sessions } => {
            data.int("epoch", *epoch).raw("last", &zxid_json(*last));
            data.list(
                "sessions",
                sessions.iter().map(|(session, ago_us)| {
                    let mut o = JsonObject::new();
                    o.int("session", *session).raw("heard_us_ago", &ago_us.to_string()).end()
                }),
            );
            "pong".into()
        }
        Zab::Forward { epoch, origin, op } => {
            data.int("epoch", *epoch);
            origin_data(ctx, origin, data);
            format!("REQUEST {}: {}", ctx.name(origin.client), op_text(op, data))
        }
        Zab::Validate { epoch, origin } => {
            data.int("epoch", *epoch);
            origin_data(ctx, origin, data);
            match origin.session {
                0 => format!("{} wants a session", ctx.name(origin.client)),
                session => format!("session {session} at {}?", ctx.name(origin.client)),
            }
        }
        Zab::Answered { epoch, origin, word } => {
            data.int("epoch", *epoch).text("word", word_name(*word));
            origin_data(ctx, origin, data);
            format!("session {} {}", origin.session, word_name(*word))
        }
        _ => unreachable!("these have other words"),
    }
}

pub(super) const fn word_name(word: Word) -> &'static str {
    match word {
        Word::Valid => "valid",
        Word::Expired => "expired",
        Word::Moved => "moved",
    }
}

fn origin_data(ctx: &Ctx, origin: &Origin, data: &mut JsonObject) {
    data.text("client", ctx.name(origin.client)).int("session", origin.session);
    data.int("connection", origin.conn).int("cxid", origin.cxid);
}

/// What is asked of the tree, in a few words.
pub(super) fn op_text(op: &Op, data: &mut JsonObject) -> String {
    let watched = |watch: bool| if watch { " watch" } else { "" };
    match op {
        Op::Create { path, data: content, kind } => {
            data.text("op", "create").text("path", path).text("content", content);
            data.bool("ephemeral", kind.ephemeral).bool("sequential", kind.sequential);
            format!("create {}", shorten(tree::name(path)))
        }
        Op::Delete { path, version } => {
            data.text("op", "delete").text("path", path);
            data.raw("version", &version.map_or_else(|| "null".into(), |v| v.to_string()));
            format!("delete {}", shorten(tree::name(path)))
        }
        Op::Set { path, data: content, version } => {
            data.text("op", "set").text("path", path).text("content", content);
            data.raw("version", &version.map_or_else(|| "null".into(), |v| v.to_string()));
            format!("set {}", shorten(tree::name(path)))
        }
        Op::List { path, watch } => {
            data.text("op", "getChildren").text("path", path).bool("watch", *watch);
            format!("children?{}", watched(*watch))
        }
        Op::Exists { path, watch } => {
            data.text("op", "exists").text("path", path).bool("watch", *watch);
            format!("{}?{}", shorten(tree::name(path)), watched(*watch))
        }
        Op::Get { path } => {
            data.text("op", "getData").text("path", path);
            format!("get {}", shorten(tree::name(path)))
        }
        Op::Sync => {
            data.text("op", "sync");
            "sync".into()
        }
        Op::Close => {
            data.text("op", "closeSession");
            "close".into()
        }
    }
}

fn watch_json(watch: &Watch) -> String {
    let mut o = JsonObject::new();
    o.text("path", &watch.path).bool("children", watch.children).end()
}

fn to_server(says: &ToServer, data: &mut JsonObject) -> String {
    match says {
        ToServer::Connect { session, zxid, watches } => {
            data.int("session", *session).raw("seen", &zxid_json(*zxid));
            data.list("watches", watches.iter().map(watch_json));
            match session {
                0 => "connect".into(),
                session => format!("connect, session {session}"),
            }
        }
        ToServer::Request { cxid, seen, op } => {
            data.int("cxid", *cxid).int("seen", *seen);
            op_text(op, data)
        }
        ToServer::Ping { seen, .. } => {
            data.int("seen", *seen);
            "ping".into()
        }
    }
}

fn to_client(says: &ToClient, data: &mut JsonObject) -> String {
    match says {
        ToClient::Connected { session, zxid } => {
            data.int("session", *session).raw("zxid", &zxid_json(*zxid));
            format!("session {session}")
        }
        ToClient::Refused { behind } => {
            data.raw("behind", &behind.map_or_else(|| "null".into(), zxid_json));
            behind.map_or_else(|| "no leader here".into(), |zxid| format!("only at {zxid}"))
        }
        ToClient::Expired => "session expired".into(),
        ToClient::Closed => "connection closed".into(),
        ToClient::Pong { .. } => "pong".into(),
        ToClient::Push { seq, zxid, what } => {
            data.int("seq", *seq).raw("zxid", &zxid_json(*zxid));
            match what {
                Push::Event { watch, happened, .. } => {
                    data.text("event", happened.name()).text("path", &watch.path);
                    format!("{} {}", happened.name(), shorten(tree::name(&watch.path)))
                }
                Push::Answer { cxid, result } => {
                    data.int("cxid", *cxid);
                    answer_text(result, data)
                }
            }
        }
    }
}

/// What the tree says, in a few words.
pub(super) fn answer_text(answer: &Answer, data: &mut JsonObject) -> String {
    match answer {
        Answer::Created(path, zxid) => {
            data.text("created", path).raw("czxid", &zxid_json(*zxid));
            let name = tree::name(path);
            let number = name.rsplit_once('-').map_or(name, |(_, number)| number.trim_start_matches('0'));
            format!("created {}", shorten(if number.is_empty() { "0" } else { number }))
        }
        Answer::Done => "ok".into(),
        Answer::Children(names) => {
            data.list("children", names.iter().map(|name| quote(name)));
            format!("{} children", names.len())
        }
        Answer::Stat(zxid) => {
            data.raw("czxid", &zxid.map_or_else(|| "null".into(), zxid_json));
            zxid.map_or_else(|| "not there".into(), |zxid| format!("there since {zxid}"))
        }
        Answer::Data(content, version) => {
            data.text("content", content).int("version", *version);
            format!("{} (version {version})", shorten(content))
        }
        Answer::Failed(fault) => {
            data.text("fault", fault.name());
            fault.name().into()
        }
    }
}

/// A change, in a few words.
pub(super) fn change_text(ctx: &Ctx, change: &Change) -> String {
    match change {
        Change::Open { session, client } => format!("{} opens session {session}", ctx.name(*client)),
        Change::Close { session, expired: true, .. } => format!("session {session} expires"),
        Change::Close { session, .. } => format!("session {session} is closed"),
        Change::Create { path, .. } => format!("create {}", tree::name(path)),
        Change::Delete { path } => format!("delete {}", tree::name(path)),
        Change::Set { path, .. } => format!("set {}", tree::name(path)),
        Change::Sync => "sync".into(),
        Change::Failed(fault) => fault.name().into(),
    }
}

/// A transaction, for `data`.
pub(super) fn txn_json(ctx: &Ctx, entry: &Entry) -> String {
    let mut o = JsonObject::new();
    match &entry.txn.change {
        Change::Open { session, client } => {
            o.text("type", "createSession").int("session", *session).text("client", ctx.name(*client));
        }
        Change::Close { session, expired, gone, .. } => {
            o.text("type", "closeSession").int("session", *session).bool("expired", *expired);
            o.list("deleted", gone.iter().map(|path| quote(path)));
        }
        Change::Create { path, data, owner } => {
            o.text("type", "create").text("path", path).text("content", data).int("ephemeral_owner", *owner);
        }
        Change::Delete { path } => {
            o.text("type", "delete").text("path", path);
        }
        Change::Set { path, data } => {
            o.text("type", "setData").text("path", path).text("content", data);
        }
        Change::Sync => {
            o.text("type", "sync");
        }
        Change::Failed(fault) => {
            o.text("type", "error").text("fault", fault.name());
        }
    }
    if let Some(origin) = &entry.txn.origin {
        let mut by = JsonObject::new();
        origin_data(ctx, origin, &mut by);
        o.raw("by", &by.end());
    }
    o.end()
}

fn entry_json(ctx: &Ctx, entry: &Entry) -> String {
    let mut o = JsonObject::new();
    o.raw("zxid", &zxid_json(entry.zxid)).raw("txn", &txn_json(ctx, entry)).end()
}

fn zxids_json<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    list(entries.into_iter().map(|entry| zxid_json(entry.zxid)))
}
