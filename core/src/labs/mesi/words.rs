//! Events in words: labels and `data`.

use super::line::value_json;
use super::note::{BusNote, Change, Commit, Served, Taken, Why};
use super::{Access, Answer, Ctx, Message, Note, Tally};
use crate::base::json::{JsonObject, quote};
use crate::coherence::{Family, State, Transaction};
use crate::labs::kit::words::shorten;
use crate::trace::NodeId;
use std::rc::Rc;

/// Most words of a line that are named as written: a line may have hundreds.
const WRITTEN_MAX: usize = 3;

fn cache_json(ctx: &Ctx, cache: Option<NodeId>) -> String {
    cache.map_or_else(|| "null".into(), |cache| quote(ctx.name(cache)))
}

/// Label of a message; its fields go into `data`.
pub(super) fn message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
    let by_address = ctx.setup.by_address();
    match message {
        Message::Request { life, serial, transaction, line, content } => {
            data.text("asks", transaction.name()).text("line", &line.name).int("life", *life).int("serial", *serial);
            if let Some(content) = content {
                data.raw("value", &content.json(by_address));
            }
            format!("{} {}", transaction.name(), shorten(&line.name))
        }
        Message::Snoop { txn, transaction, line } => {
            data.int("txn", *txn).text("snoop", transaction.name()).text("line", &line.name);
            format!("snoop {} {}", transaction.name(), shorten(&line.name))
        }
        Message::Answer { txn, life, answer } => {
            data.int("txn", *txn).int("life", *life).text("had", answer.had.letter()).bool("flush", answer.flush);
            if let Some(content) = &answer.content {
                data.raw("value", &content.json(by_address));
            }
            let mut label = had(answer);
            if let Some(serial) = answer.withdrawn {
                data.int("withdrawn", serial);
                label += ", no write-back";
            }
            if let Some(serial) = answer.instead {
                data.int("instead", serial);
                label += ", wants BusRdX";
            }
            label
        }
        Message::Grant { txn, life, serial, transaction, line, content, shared, from } => {
            data.int("txn", *txn).text("grants", transaction.name()).text("line", &line.name);
            data.int("life", *life).int("serial", *serial).bool("shared", *shared);
            let name = shorten(&line.name);
            if let Some(content) = content {
                data.raw("from", &cache_json(ctx, *from)).raw("value", &content.json(by_address));
            }
            match transaction {
                Transaction::BusRd | Transaction::BusRdX | Transaction::Rescue => {
                    format!("{name} from {}", from.map_or("memory", |cache| ctx.name(cache)))
                }
                Transaction::BusUpgr => format!("{name} is yours"),
                Transaction::WriteBack | Transaction::BusWr => format!("{name} is in memory"),
            }
        }
        Message::Done { txn, life } => {
            data.int("txn", *txn).int("life", *life);
            "done".into()
        }
    }
}

/// What a cache says that it had, and what it does about it.
pub(super) fn had(answer: &Answer) -> String {
    match (answer.had, answer.flush) {
        (State::I, _) => "not here".into(),
        (had, true) => format!("had {}, flushed", had.letter()),
        (had, false) if answer.gives => format!("had {}, gives it", had.letter()),
        (had, false) => format!("had {}", had.letter()),
    }
}

/// Fields of a note go into `data`; its label.
pub(super) fn note(ctx: &Ctx, note: &Note, data: &mut JsonObject) -> Option<String> {
    match note {
        Note::Changed(change) => Some(changed(ctx, change, data)),
        Note::Doubt { line, txn, content } => {
            data.text("line", &line.name).int("txn", *txn).bool("doubt", true);
            data.raw("value", &content.json(ctx.setup.by_address()));
            Some(format!("flush of {} may be lost", shorten(&line.name)))
        }
        Note::Served(served) => Some(reply(ctx, served, data)),
        Note::Told(what, json) => {
            data.raw("told", json);
            Some((*what).into())
        }
        Note::Waits { transaction, line } => {
            data.text("asks", transaction.name()).text("waits_for", &line.name);
            None
        }
        Note::Bus(bus) => bus_note(ctx, bus, data),
        Note::Committed(commit) => Some(committed(ctx, commit, data)),
    }
}

fn changed(ctx: &Ctx, change: &Change, data: &mut JsonObject) -> String {
    let Change { line, from, to, why, after, asked, flushed, gave, cancelled, instead, .. } = change;
    data.text("line", &line.name).text("from", from.letter()).text("to", to.letter()).text("why", why.name());
    data.raw("value", &after.json(ctx.setup.by_address()));
    if let Some(asked) = asked {
        data.text("asked", asked.name());
    }
    let mut label = format!("{} {}→{}", shorten(&line.name), from.letter(), to.letter());
    let mut add = |name: &str, is: bool, words: &str| {
        if is {
            data.bool(name, true);
            label += words;
        }
    };
    add("flush", *flushed, ", flushed");
    add("supply", *gave, ", given");
    add("write_back_cancelled", *cancelled, ", no write-back");
    add("busrdx_instead", *instead, ", needs BusRdX");
    let crash = *why == Why::Crash;
    add("lost", crash && *from == State::M && !change.doubt, ", newest value lost");
    add("doubt", change.doubt, ", newest value may be lost");
    add("orphan", crash && *from == State::O && !change.doubt, ", nobody owns it now");
    label
}

fn reply(ctx: &Ctx, served: &Served, data: &mut JsonObject) -> String {
    let Served { line, key, write, value, hit, from, .. } = served;
    data.text("key", key).raw("value", value_json(value.as_ref())).bool("hit", *hit);
    if line.name != *key {
        data.text("line", &line.name);
    }
    data.text("access", if *write { "write" } else { "read" });
    if let Some((shared, from)) = from {
        data.bool("shared", *shared).text("from", from.map_or("memory", |cache| ctx.name(cache)));
    }
    let falsely = served.taken.as_ref().is_some_and(Taken::is_false);
    if falsely {
        data.bool("false_sharing", true);
    }
    let shown = value.as_ref().map_or_else(|| "nothing".into(), |value| shorten(&value.shown()));
    let sign = if *write { ":=" } else { "=" };
    let how = match (hit, falsely) {
        (true, _) => "hit",
        (false, false) => "miss",
        (false, true) => "miss by false sharing",
    };
    format!("{} {sign} {shown}, {how}", shorten(key))
}

fn bus_note(ctx: &Ctx, note: &BusNote, data: &mut JsonObject) -> Option<String> {
    if let Some(closed) = &note.closed {
        data.raw("ends", &JsonObject::new().int("txn", closed.txn).text("line", &closed.line.name).end());
    }
    if let Some(began) = &note.began {
        let mut o = JsonObject::new();
        o.int("txn", began.txn).text("transaction", began.transaction.name()).text("line", &began.line.name);
        data.raw("begins", &o.text("by", ctx.name(began.by)).end());
    }
    note.down.map(|cache| {
        data.text("down", ctx.name(cache));
        format!("{} is down", ctx.name(cache))
    })
}

fn committed(ctx: &Ctx, commit: &Commit, data: &mut JsonObject) -> String {
    let Commit { txn, transaction, line, by, memory, flushed, from, shared, wrote, saved, .. } = commit;
    data.int("txn", *txn).text("bus", transaction.name()).text("line", &line.name).text("by", ctx.name(*by));
    data.raw("memory", &memory.json(ctx.setup.by_address()));
    data.raw("flushed", &cache_json(ctx, *flushed)).raw("from", &cache_json(ctx, *from)).bool("shared", *shared);
    if let Some(word) = wrote {
        data.raw("wrote", &word.json(ctx.setup.by_address()));
    }
    if let Some(saved) = saved {
        data.bool("saved", *saved);
    }
    let found = match saved {
        Some(true) => ", saved",
        Some(false) => ", newest value lost",
        None => "",
    };
    format!("{} {} {} by {}{found}", txn, transaction.name(), shorten(&line.name), ctx.name(*by))
}

/// A cache's numbers, as JSON.
pub(super) fn metrics(family: Family, tally: &Tally) -> String {
    let mut o = JsonObject::new();
    for (name, value) in tally.counters.named_in(family) {
        o.int(name, value);
    }
    let mut moves = JsonObject::new();
    for (name, value) in named_moves(family, tally) {
        moves.int(name, value);
    }
    o.int("coherence_misses", tally.again.coherence).int("false_sharing_misses", tally.again.false_sharing);
    o.raw("transitions", &moves.end()).end()
}

/// Changes of state by kind: those of MESI, and what else a family has.
pub(super) fn named_moves(family: Family, tally: &Tally) -> Vec<(&'static str, u64)> {
    use State::{E, F, I, M, O, S, V};
    let mut kinds = vec![
        ("i_to_e", I, E),
        ("i_to_s", I, S),
        ("i_to_m", I, M),
        ("e_to_m", E, M),
        ("s_to_m", S, M),
        ("m_to_s", M, S),
        ("e_to_s", E, S),
        ("m_to_i", M, I),
        ("e_to_i", E, I),
        ("s_to_i", S, I),
    ];
    match family {
        Family::Msi | Family::Mesi => {}
        Family::Moesi => kinds.extend([("m_to_o", M, O), ("o_to_m", O, M), ("o_to_i", O, I)]),
        Family::Mesif => kinds.extend([("i_to_f", I, F), ("f_to_m", F, M), ("f_to_s", F, S), ("f_to_i", F, I)]),
        Family::Through | Family::ThroughAllocate => kinds = vec![("i_to_v", I, V), ("v_to_i", V, I)],
    }
    kinds.into_iter().map(|(name, from, to)| (name, tally.moves[from as usize][to as usize])).collect()
}

/// Who has written what: `C2 wrote 0x1008, C3 wrote 0x1010`.
pub(super) fn written(ctx: &Ctx, written: &[(Rc<str>, NodeId)]) -> String {
    let one = |(key, by): &(Rc<str>, NodeId)| format!("{} wrote {}", ctx.name(*by), shorten(key));
    let mut all: Vec<String> = written.iter().take(WRITTEN_MAX).map(one).collect();
    if written.len() > WRITTEN_MAX {
        all.push(format!("and {} more words were written", written.len() - WRITTEN_MAX));
    }
    all.join(", ")
}

/// A miss by false sharing, in a few words: `false sharing: C1 writes 0x1000, C2 wrote 0x1008`.
pub(super) fn false_sharing(ctx: &Ctx, cache: NodeId, access: &Access, taken: &Taken) -> String {
    let verb = if access.value.is_some() { "writes" } else { "reads" };
    let wrote = written(ctx, &taken.written);
    format!("false sharing: {} {verb} {}, {wrote}", ctx.name(cache), shorten(&access.key))
}

/// A list of names for people.
pub(super) fn names(ctx: &Ctx, caches: impl IntoIterator<Item = NodeId>) -> String {
    let names: Vec<&str> = caches.into_iter().map(|cache| ctx.name(cache)).collect();
    names.join(", ")
}
