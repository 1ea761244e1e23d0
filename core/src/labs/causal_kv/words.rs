//! Events in words: labels, `data`, and why something turned out as it did.

use super::replica::{Version, VersionId};
use super::views::question_text;
use super::{Ctx, Fate, Message, Note, Outcome, Question, Said, Versions};
use crate::base::clock;
use crate::base::json::{JsonObject, quote};
use crate::labs::kit::words::{shorten, vector};
use crate::trace::{Kind, NodeId};
use std::sync::Arc;

/// A write's name: `node1/2`.
pub(super) fn id_text(ctx: &Ctx, (origin, seq): VersionId) -> String {
    format!("{}/{seq}", ctx.name(origin))
}

pub(super) fn ids_text(ctx: &Ctx, ids: &[VersionId]) -> String {
    ids.iter().map(|id| id_text(ctx, *id)).collect::<Vec<_>>().join(", ")
}

/// What is missing: `node1/2, node3/1`, the last write that is needed of each node.
pub(super) fn missing_text(ctx: &Ctx, missing: &[u32]) -> String {
    let needed = missing.iter().enumerate().filter(|(_, n)| **n > 0);
    ids_text(ctx, &needed.map(|(k, n)| (k as NodeId, *n)).collect::<Vec<_>>())
}

fn id_json(ctx: &Ctx, (origin, seq): VersionId) -> String {
    let mut o = JsonObject::new();
    o.text("origin", ctx.name(origin)).int("seq", seq).end()
}

/// What is missing by the names of nodes; nodes of which nothing is missing stay away.
fn named_missing(ctx: &Ctx, missing: &[u32]) -> String {
    let mut o = JsonObject::new();
    for (name, count) in ctx.names.iter().zip(missing).filter(|(_, count)| **count > 0) {
        o.int(name, *count);
    }
    o.end()
}

/// `x = 1`.
pub(super) fn pair(version: &Version) -> String {
    match &version.value {
        Some(value) => format!("{} = {}", shorten(&version.key), shorten(&value.shown())),
        None => format!("{} deleted", shorten(&version.key)),
    }
}

/// The value in `data`; of a deleted key none, and that is said.
fn value_data(version: &Version, data: &mut JsonObject) {
    match &version.value {
        Some(value) => data.raw("value", value.json()),
        None => data.raw("value", "null").bool("deleted", true),
    };
}

fn version_data(ctx: &Ctx, version: &Version, data: &mut JsonObject) {
    data.text("origin", ctx.name(version.origin)).int("seq", version.seq);
    data.text("key", &version.key);
    value_data(version, data);
    data.raw("deps", &vector(ctx, &version.deps));
    data.text("client", ctx.name(version.client)).int("n", version.n);
}

/// Label and `data` of a message.
pub(super) fn message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
    match message {
        Message::Ask { n, question, deps } => {
            let label = match question {
                Question::Put { key, value } => {
                    data.text("ask", "put").text("key", key).raw("value", value.json());
                    format!("put {} = {}", shorten(key), shorten(&value.shown()))
                }
                Question::Delete { key } => {
                    data.text("ask", "delete").text("key", key);
                    question_text(question)
                }
                Question::Get { key } => {
                    data.text("ask", "get").text("key", key);
                    question_text(question)
                }
                Question::GetAll { keys } => {
                    data.text("ask", "get_all").list("keys", keys.iter().map(|key| quote(key)));
                    question_text(question)
                }
                Question::Keys | Question::Status => {
                    let ask = question_text(question);
                    data.text("ask", &ask);
                    ask
                }
            };
            data.int("n", *n).raw("deps", &vector(ctx, deps));
            label
        }
        Message::Answer { n, outcome } => {
            data.int("n", *n);
            answer(ctx, outcome, data)
        }
        Message::Replicate(version) => {
            version_data(ctx, version, data);
            format!("{} {}", id_text(ctx, version.id()), pair(version))
        }
        Message::Digest { clock } => {
            data.raw("clock", &vector(ctx, clock));
            format!("clock {}", clock::text(clock))
        }
        Message::Repair { versions, clock } => {
            data.list("writes", versions.iter().map(|v| id_json(ctx, v.id())));
            if let Some(clock) = clock {
                data.raw("clock", &vector(ctx, clock));
            }
            match (versions.len(), clock) {
                (0, Some(clock)) => format!("behind: {}", clock::text(clock)),
                (1, _) => format!("repair {}", id_text(ctx, versions[0].id())),
                (n, _) => format!("repair {n} writes"),
            }
        }
    }
}

/// What a reader of a key gets, where that is a value.
fn live((_, versions): &(Arc<str>, Versions)) -> Option<&Version> {
    versions.as_ref().map(|versions| &*versions[0]).filter(|version| version.value.is_some())
}

/// Values and writes by their keys.
fn found_all(ctx: &Ctx, all: &[(Arc<str>, Versions)], data: &mut JsonObject) {
    let (mut values, mut writes) = (JsonObject::new(), JsonObject::new());
    for (key, versions) in all {
        let winner = versions.as_ref().map(|versions| &versions[0]);
        let value = winner.and_then(|winner| winner.value.as_ref());
        values.raw(key, value.map_or("null", |value| value.json()));
        writes.raw(key, &winner.map_or_else(|| "null".into(), |winner| id_json(ctx, winner.id())));
    }
    data.raw("values", &values.end()).raw("writes", &writes.end());
}

fn answer(ctx: &Ctx, outcome: &Outcome, data: &mut JsonObject) -> String {
    match outcome {
        Outcome::Written(version) => {
            data.bool("ok", true).raw("write", &id_json(ctx, version.id())).raw("deps", &vector(ctx, &version.deps));
            format!("ok {}", id_text(ctx, version.id()))
        }
        Outcome::Found(None) => {
            data.bool("ok", true).raw("value", "null").raw("write", "null");
            "no value".into()
        }
        Outcome::Found(Some(versions)) => {
            let winner = &versions[0];
            value_data(winner, data.bool("ok", true));
            data.raw("write", &id_json(ctx, winner.id()));
            data.raw("deps", &vector(ctx, &winner.deps));
            data.list("concurrent", versions[1..].iter().map(|v| id_json(ctx, v.id())));
            pair(winner)
        }
        Outcome::FoundAll(all) => {
            data.bool("ok", true);
            found_all(ctx, all, data);
            match all.iter().filter_map(live).map(pair).collect::<Vec<_>>() {
                pairs if pairs.is_empty() => "no value".into(),
                pairs => pairs.join(", "),
            }
        }
        Outcome::Missing(missing) => {
            data.bool("ok", false).raw("missing", &named_missing(ctx, missing));
            format!("no: lacks {}", missing_text(ctx, missing))
        }
        Outcome::Status { clock, keys, held } => {
            data.bool("ok", true).raw("clock", &vector(ctx, clock)).int("keys", *keys).int("held", *held);
            format!("clock {}", clock::text(clock))
        }
    }
}

/// `data` and a better label of a record with a note.
pub(super) fn note(ctx: &Ctx, kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
    match note {
        Note::Nothing => None,
        Note::Arrived { fate, clock } => {
            let held = |(id, missing): &(VersionId, Vec<u32>)| {
                let mut o = JsonObject::new();
                o.raw("write", &id_json(ctx, *id)).raw("missing", &named_missing(ctx, missing)).end()
            };
            data.int("applied", fate.applied).int("known", fate.known).list("held", fate.held.iter().map(held));
            data.raw("clock_after", &vector(ctx, clock));
            None
        }
        Note::Asked { copy, missing, clock } => {
            data.bool("copy_of_question", *copy).raw("missing", &named_missing(ctx, missing));
            data.raw("clock", &vector(ctx, clock));
            None
        }
        Note::Applied { version, clock, stored, concurrent, late } => {
            version_data(ctx, version, data);
            data.raw("clock", &vector(ctx, clock)).raw("stored", &id_json(ctx, *stored));
            data.list("concurrent", concurrent.iter().map(|id| id_json(ctx, *id))).bool("was_held", *late);
            let word = if *late { "released" } else { "applied" };
            let but =
                if *stored == version.id() { String::new() } else { format!(", {} stays", id_text(ctx, *stored)) };
            Some(format!("{} {word}: {}{but}", id_text(ctx, version.id()), pair(version)))
        }
        Note::Replied { said, context } if kind == Kind::Reply => Some(reply(ctx, said, context, data)),
        Note::Replied { .. } => None,
    }
}

fn reply(ctx: &Ctx, said: &Said, context: &[u32], data: &mut JsonObject) -> String {
    let mut answered = JsonObject::new();
    let label = said.outcome.as_ref().map(|outcome| answer(ctx, outcome, &mut answered));
    data.text("node", ctx.name(said.node)).int("n", said.n);
    if let Question::Put { key, .. } | Question::Delete { key } | Question::Get { key } = &said.question {
        data.text("key", key);
        match (&said.question, &said.outcome) {
            (Question::Put { value, .. }, _) => drop(data.raw("value", value.json()).is_empty()),
            (Question::Get { .. }, Some(Outcome::Found(Some(versions)))) => value_data(&versions[0], data),
            _ => drop(data.raw("value", "null").is_empty()),
        }
    }
    match &said.outcome {
        None => data.text("ok", "unknown"),
        Some(outcome) => data.bool("ok", !matches!(outcome, Outcome::Missing(_))),
    };
    match &said.outcome {
        Some(Outcome::Written(version)) => drop(data.raw("write", &id_json(ctx, version.id())).is_empty()),
        Some(Outcome::Found(Some(versions))) => {
            data.raw("write", &id_json(ctx, versions[0].id()));
            data.list("concurrent", versions[1..].iter().map(|v| id_json(ctx, v.id())));
        }
        Some(Outcome::FoundAll(all)) => {
            let keys: Vec<String> = all.iter().filter(|pair| live(pair).is_some()).map(|(key, _)| quote(key)).collect();
            if matches!(said.question, Question::Keys) {
                data.list("keys", keys);
            }
            found_all(ctx, all, data);
        }
        Some(Outcome::Missing(missing)) => {
            data.raw("write", "null").raw("missing", &named_missing(ctx, missing));
        }
        Some(Outcome::Status { clock, keys, held }) => {
            data.raw("clock", &vector(ctx, clock)).int("keys", *keys).int("held", *held);
        }
        Some(Outcome::Found(None)) | None => drop(data.raw("write", "null").is_empty()),
    }
    data.raw("context", &vector(ctx, context));
    label.unwrap_or_else(|| "unknown: no answer".into())
}

const MEMORY: &str = "Ahamad et al. 1995, §3.3";
const SESSIONS: &str = "Terry et al. 1994, §4";
const CONFLICTS: &str = "Lloyd et al. 2011, §4.3";

/// Why an event turned out as it did.
pub(super) fn why(ctx: &Ctx, kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
    let name = ctx.name(node);
    match note {
        Note::Arrived { fate, clock } => Some((why_arrived(ctx, name, fate, clock), MEMORY)),
        Note::Asked { copy: true, .. } => {
            let text = format!(
                "{name} knows this question by its number, or a later one of the same client: nothing is done twice."
            );
            Some((text, "exactly once by (client, n)"))
        }
        Note::Asked { missing, clock, .. } => {
            let clock = clock::text(clock);
            let text = if missing.iter().all(|&n| n == 0) {
                format!("{name} has the clock {clock}, which counts all that the client has seen: it answers at once.")
            } else {
                format!(
                    "{name} has the clock {clock} and lacks {}, which the client depends on: an answer now would come from \
                     the past, so the question waits, for {} ms at most.",
                    missing_text(ctx, missing),
                    crate::base::json::millis_text(ctx.setup.wait_us)
                )
            };
            Some((text, SESSIONS))
        }
        Note::Applied { version, stored, concurrent, late, .. } => {
            let text = why_applied(ctx, name, version, *stored, concurrent, *late);
            Some((text, if concurrent.is_empty() { MEMORY } else { CONFLICTS }))
        }
        Note::Replied { said, context } if kind == Kind::Reply => {
            Some((why_replied(ctx, name, said, context), SESSIONS))
        }
        Note::Replied { .. } | Note::Nothing => None,
    }
}

fn why_arrived(ctx: &Ctx, name: &str, fate: &Fate, clock: &[u32]) -> String {
    let clock = clock::text(clock);
    match fate.held.first() {
        _ if ctx.setup.no_buffer && fate.applied > 0 => {
            format!("Broken on purpose: {name} applies what has come at once, whatever it depends on.")
        }
        Some((id, missing)) => format!(
            "{name} has the clock {clock}. The write {} waits for {}: applied now, a reader would see it without what \
             happened before it.",
            id_text(ctx, *id),
            missing_text(ctx, missing)
        ),
        None if fate.applied > 0 => format!(
            "Each write is the next one of its node and finds its dependencies there: {name} applies them, and its clock \
             is {clock}."
        ),
        None if fate.known > 0 => {
            format!("{name} has the clock {clock}, which counts these writes: they change nothing.")
        }
        None => format!("{name} gets nothing new."),
    }
}

fn why_applied(
    ctx: &Ctx,
    name: &str,
    version: &Version,
    stored: VersionId,
    concurrent: &[VersionId],
    late: bool,
) -> String {
    let id = id_text(ctx, version.id());
    let mut text = if version.origin == version.id().0 && name == ctx.name(version.origin) {
        format!(
            "{name} takes its write number {}, which depends on all that it has: {}.",
            version.seq,
            clock::text(&version.deps)
        )
    } else if late {
        format!("What {id} waited for is there, {} at least, so {name} applies it.", clock::text(&version.deps))
    } else {
        format!("{id} is the next write of its node, and all it depends on, {}, is there.", clock::text(&version.deps))
    };
    if !concurrent.is_empty() {
        let by = if ctx.setup.origin_tiebreak {
            "the larger origin alone, or for being the node's own (broken on purpose)"
        } else {
            "the larger sum of its vector, then the larger origin"
        };
        text += &format!(
            " Neither saw the other: {} wins over {} by {by}.",
            id_text(ctx, stored),
            ids_text(ctx, concurrent)
        );
    }
    text
}

fn why_replied(ctx: &Ctx, name: &str, said: &Said, context: &[u32]) -> String {
    let node = ctx.name(said.node);
    match &said.outcome {
        None => format!(
            "No answer came from {node}. A put may have been done or not, and nobody may ask another node to do it: it \
             might be done twice."
        ),
        Some(Outcome::Missing(missing)) => format!(
            "{node} has waited {} ms and still lacks {}: it says so and does nothing, rather than answer from the past.",
            crate::base::json::millis_text(ctx.setup.wait_us),
            missing_text(ctx, missing)
        ),
        Some(Outcome::Status { .. }) => format!("A clock is no value of a key: {name} depends on nothing new."),
        Some(_) if ctx.setup.no_client_context => format!(
            "Broken on purpose: {name} has seen {}, but will not say so when it asks the next time.",
            clock::text(context)
        ),
        Some(Outcome::FoundAll(_)) if ctx.setup.one_by_one => format!(
            "Broken on purpose: {name} has read the keys one by one, and what was written in between may show in one and not in \
             the other."
        ),
        Some(Outcome::FoundAll(_)) => format!(
            "All values are of one instant of {node}, whose store has with each write all that it depends on: they fit \
             together. {name} depends on all of them from now on: its next questions carry {}.",
            clock::text(context)
        ),
        Some(_) => format!(
            "What {name} has seen, it depends on from now on: its next questions carry {}.",
            clock::text(context)
        ),
    }
}
