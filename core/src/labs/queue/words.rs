//! Events in words: labels and `data`.

pub(super) mod why;

use super::item::{Delivery, Id, Item, Phase, Receipt};
use super::members::{Standing, Table};
use super::note::{Asked, Booted, Fate, Moved, Replied, Saved, Stands};
use super::{Answer, Ask, Ctx, Message, Note, Refusal};
use crate::base::json::{JsonObject, list, quote};
use crate::labs::kit::words::shorten;
use crate::trace::{Kind, NodeId};

/// Most messages that a label or `data` names one by one.
const NAMED_MAX: usize = 3;

/// A message's name: `p1-3`.
pub(super) fn id_text(ctx: &Ctx, id: Id) -> String {
    format!("{}-{}", ctx.name(id.producer), id.n)
}

/// A receipt: `b1-7`.
pub(super) fn receipt_text(ctx: &Ctx, receipt: Receipt) -> String {
    format!("{}-{}", ctx.name(receipt.broker), receipt.n)
}

fn names_json(ctx: &Ctx, nodes: impl IntoIterator<Item = NodeId>) -> String {
    list(nodes.into_iter().map(|node| quote(ctx.name(node))))
}

/// Some messages in a label: their names, or how many there are.
fn some(ctx: &Ctx, ids: &[Id]) -> String {
    match ids.len() {
        0 => "nothing".into(),
        1..=NAMED_MAX => ids.iter().map(|id| id_text(ctx, *id)).collect::<Vec<_>>().join(", "),
        n => format!("{n} messages"),
    }
}

/// The word for why an acknowledgement does not count.
pub(super) const fn refusal_text(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Over => "that delivery is over",
        Refusal::NotYours => "it went to another consumer",
        Refusal::Unknown => "there is no such message",
        Refusal::NotProcessed => "this consumer has not processed it",
    }
}

fn table_json(ctx: &Ctx, table: &Table) -> String {
    let mut o = JsonObject::new();
    for (i, seat) in table.seats().iter().enumerate() {
        o.text(ctx.name(i as NodeId), seat.standing.name());
    }
    o.end()
}

fn item_json(ctx: &Ctx, item: &Item) -> String {
    let mut o = JsonObject::new();
    o.text("message_id", &id_text(ctx, item.id)).text("queue", &item.queue).text("phase", item.phase.name());
    o.int("receive_count", item.receives()).end()
}

/// The sort of a message: what looks alike, and may be hidden together.
pub(super) fn sort(message: &Message) -> &'static str {
    match message {
        Message::Ask { .. } => "request",
        Message::Route { .. } => "routed",
        Message::Answer { .. } => "answer",
        Message::Heartbeat { .. } => "heartbeat",
        Message::Copy { .. } => "copy",
        Message::Offer { .. } => "offer",
        Message::Stored { .. } => "stored",
        Message::Mark { .. } => "mark",
        Message::Fetch { .. } => "fetch",
    }
}

/// Label and `data` of a message.
pub(super) fn message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
    match message {
        Message::Ask { n, ask } => {
            data.int("n", *n);
            ask_words(ctx, ask, data)
        }
        Message::Route { client, n, ask, hops } => {
            data.text("client", ctx.name(*client)).int("n", *n).int("hops", *hops);
            let label = ask_words(ctx, ask, data);
            format!("{}: {label}", ctx.name(*client))
        }
        Message::Answer { n, answer } => {
            data.int("n", *n);
            answer_words(ctx, answer, data)
        }
        Message::Heartbeat { table, life, serves, caught_up, .. } => {
            data.raw("table", &table_json(ctx, table)).int("life", *life);
            data.bool("serves", *serves).bool("caught_up", *caught_up);
            if *serves { "heartbeat".into() } else { "heartbeat, not serving".into() }
        }
        Message::Copy { queue, items, .. } => {
            data.text("queue", queue).list("messages", items.iter().map(|item| item_json(ctx, item)));
            let ids: Vec<Id> = items.iter().map(|item| item.id).collect();
            format!("{} {}", copy_word(items), some(ctx, &ids))
        }
        Message::Offer { queue, ids, .. } => {
            let ids: Vec<Id> = ids.iter().map(|(id, _)| *id).collect();
            data.text("queue", queue).list("messages", ids.iter().map(|id| quote(&id_text(ctx, *id))));
            format!("have {}?", some(ctx, &ids))
        }
        Message::Stored { queue, has, lacks, safe, .. } => {
            let names = |ids: &[Id]| list(ids.iter().map(|id| quote(&id_text(ctx, *id))));
            let ids: Vec<Id> = has.iter().map(|(id, _)| *id).collect();
            data.text("queue", queue).raw("stored", &names(&ids)).raw("lacks", &names(lacks)).raw("safe", &names(safe));
            match (ids.len(), lacks.len()) {
                (0, _) => format!("lacks {}", some(ctx, lacks)),
                (_, 0) => format!("stored {}", some(ctx, &ids)),
                (has, lacks) => format!("has {has}, lacks {lacks}"),
            }
        }
        Message::Mark { queue, id, delivery } => {
            data.text("queue", queue).text("message_id", &id_text(ctx, *id));
            delivery_data(ctx, *delivery, data);
            format!("{} delivered", id_text(ctx, *id))
        }
        Message::Fetch { queue } => {
            data.text("queue", queue);
            format!("fetch {}", shorten(queue))
        }
    }
}

fn delivery_data(ctx: &Ctx, delivery: Delivery, data: &mut JsonObject) {
    data.int("receive_count", delivery.count).text("receipt", &receipt_text(ctx, delivery.receipt));
    data.text("consumer", ctx.name(delivery.consumer));
}

fn ask_words(ctx: &Ctx, ask: &Ask, data: &mut JsonObject) -> String {
    data.text("queue", ask.queue());
    match ask {
        Ask::Produce { queue, body } => {
            data.text("ask", "produce").raw("message", body.json());
            format!("{} ← {}", shorten(queue), shorten(&body.shown()))
        }
        Ask::Consume { queue } => {
            data.text("ask", "consume");
            format!("consume {}", shorten(queue))
        }
        Ask::Ack { id, receipt, .. } => {
            data.text("ask", "ack").text("message_id", &id_text(ctx, *id));
            data.text("receipt", &receipt_text(ctx, *receipt));
            format!("ack {} ({})", id_text(ctx, *id), receipt_text(ctx, *receipt))
        }
    }
}

fn answer_words(ctx: &Ctx, answer: &Answer, data: &mut JsonObject) -> String {
    match answer {
        Answer::Produced => {
            data.bool("ok", true);
            "kept".into()
        }
        Answer::Delivered { item, delivery, visibility_us, depth, lag } => {
            data.text("queue", &item.queue).text("message_id", &id_text(ctx, item.id));
            data.raw("message", item.body.as_ref().map_or("null", |body| body.json()));
            delivery_data(ctx, *delivery, data);
            data.raw("visibility_ms", &crate::base::json::millis_text(*visibility_us));
            data.int("depth", *depth).int("lag", *lag);
            let text = item.body.as_ref().map_or_else(String::new, |body| shorten(&body.shown()));
            let times = if delivery.count > 1 { format!(" (no. {})", delivery.count) } else { String::new() };
            format!("{} {text}{times}", id_text(ctx, item.id))
        }
        Answer::Empty => {
            data.bool("empty", true);
            "empty".into()
        }
        Answer::Acked(result) => {
            data.bool("ok", result.is_ok());
            match result {
                Ok(()) => "acked".into(),
                Err(refusal) => {
                    data.text("reason", refusal_text(*refusal));
                    "ack refused".into()
                }
            }
        }
    }
}

/// `data` and a better label of a record with a note.
pub(super) fn note(ctx: &Ctx, _kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
    match note {
        Note::Booted(booted) => {
            booted_data(booted, data);
            None
        }
        Note::Asked(asked) => {
            asked_data(ctx, asked, data);
            None
        }
        Note::Copied { new, known } => {
            data.int("new", *new).int("known", *known);
            None
        }
        Note::Saved(saved) => Some(saved_words(ctx, saved, data)),
        Note::Dropped(queue, ids) => {
            data.text("queue", queue).list("dropped", ids.iter().map(|id| quote(&id_text(ctx, *id))));
            Some(format!("throws away {}", some(ctx, ids)))
        }
        Note::Moved(moved) => Some(moved_words(ctx, moved, data)),
        Note::Serves { queue, from_now, ready, in_flight, instead } => {
            data.text("queue", queue).bool("serves", *from_now).int("ready", *ready).int("in_flight", *in_flight);
            if let Some(instead) = instead {
                data.text("instead", ctx.name(*instead));
            }
            let verb = if *from_now { "serves" } else { "no longer serves" };
            Some(format!("{verb} {}", shorten(queue)))
        }
        Note::Stands(stands) => Some(stands_words(ctx, stands, data)),
        Note::Replied(replied) => Some(replied_words(ctx, replied, data)),
        Note::Came { latency_us, late, levels, count } => {
            data.bool("late", *late).int("receive_count", *count);
            if let Some(us) = latency_us {
                data.int("latency_us", *us);
            }
            if let Some((depth, lag)) = levels {
                data.int("depth", *depth).int("lag", *lag);
            }
            None
        }
        Note::Processed { id, queue, body, times } => {
            data.text("processed", &id_text(ctx, *id)).text("queue", queue).raw("message", body.json());
            let again = if *times > 1 { " again" } else { "" };
            Some(format!("processed {}{again}", id_text(ctx, *id)))
        }
        Note::Failed { id, queue } => {
            data.text("failed", &id_text(ctx, *id)).text("queue", queue);
            Some(format!("fails on {}", id_text(ctx, *id)))
        }
        Note::AckAnswered { id, result } => {
            data.text("message_id", &id_text(ctx, *id)).bool("ok", result.is_ok());
            None
        }
        Note::Nothing => None,
    }
}

fn booted_data(booted: &Booted, data: &mut JsonObject) {
    let Booted { life, counts: [live, dead, acked], torn, torn_taken, .. } = booted;
    data.int("life", *life).int("live", *live).int("dead", *dead).int("acked", *acked);
    if *torn > 0 {
        data.int("half_written", *torn).bool("taken_for_whole", *torn_taken);
    }
}

fn asked_data(ctx: &Ctx, asked: &Asked, data: &mut JsonObject) {
    let fate = match asked.fate {
        Fate::Routed => "routed",
        Fate::Left => "left",
        Fate::Waits => "waits",
        Fate::Taken => "taken",
        Fate::Known(_) => "known",
        Fate::Served => "served",
        Fate::Again => "served again",
        Fate::Empty => "empty",
        Fate::AckTaken => "ack taken",
        Fate::AckKnown => "ack known",
        Fate::AckRefused(_) => "ack refused",
        Fate::Old => "old",
    };
    data.text("fate", fate);
    if let Some(owner) = asked.owner {
        data.text("owner", ctx.name(owner));
    }
    data.raw("replicas", &names_json(ctx, asked.replicas.iter().copied()));
}

fn saved_words(ctx: &Ctx, saved: &Saved, data: &mut JsonObject) -> String {
    data.list("stored", saved.items.iter().map(|item| item_json(ctx, item)));
    let parts = [(Phase::Live, "on disk"), (Phase::Dead, "dead on disk"), (Phase::Acked, "acked on disk")];
    let part = |(phase, word): (Phase, &str)| {
        let ids: Vec<Id> = saved.items.iter().filter(|i| i.phase == phase).map(|i| i.id).collect();
        (!ids.is_empty()).then(|| format!("{word}: {}", some(ctx, &ids)))
    };
    parts.into_iter().filter_map(part).collect::<Vec<_>>().join("; ")
}

/// The word for a copy of messages: what is news of them, where it is the same of all.
fn copy_word(items: &[Item]) -> &'static str {
    let all = |phase| !items.is_empty() && items.iter().all(|item| item.phase == phase);
    match () {
        () if all(Phase::Acked) => "acked",
        () if all(Phase::Dead) => "dead",
        () => "copy",
    }
}

fn moved_words(ctx: &Ctx, moved: &Moved, data: &mut JsonObject) -> String {
    let id = id_text(ctx, moved.id);
    data.text("message_id", &id).text("queue", &moved.queue).text("to", moved.to.name());
    data.int("receive_count", moved.receives).text("because", moved.because.name());
    if let Some(delivery) = moved.delivery {
        data.text("receipt", &receipt_text(ctx, delivery.receipt)).text("consumer", ctx.name(delivery.consumer));
    }
    format!("{id} {}", moved.to.name().replace('-', " "))
}

fn stands_words(ctx: &Ctx, stands: &Stands, data: &mut JsonObject) -> String {
    data.text("standing", stands.standing.name()).bool("serves", stands.serves);
    data.raw("suspects", &names_json(ctx, stands.suspects.iter().copied()));
    data.raw("table", &table_json(ctx, &stands.table)).int("balance_percent", stands.balance_percent);
    if let Some((moved, ideal)) = stands.moved_ppm {
        data.int("moved_ppm", moved).int("ideal_ppm", ideal);
    }
    let suspects: Vec<&str> = stands.suspects.iter().map(|b| ctx.name(*b)).collect();
    let mut label = if stands.new_table { ring_text(ctx, &stands.table) } else { stands.standing.name().to_string() };
    if !stands.serves {
        label += ", catching up";
    }
    if !suspects.is_empty() {
        label += &format!(", suspects {}", suspects.join(", "));
    }
    label
}

/// Who is on the ring, who is about to come and who is about to go: `ring b1 b2 +b4 −b3`.
pub(super) fn ring_text(ctx: &Ctx, table: &Table) -> String {
    let mut text = "ring".to_string();
    for (sign, standing) in [("", Standing::Member), ("+", Standing::Joining), ("−", Standing::Leaving)] {
        let all = table.seats().iter().enumerate().filter(|(_, seat)| seat.standing == standing);
        text.extend(all.map(|(i, _)| format!(" {sign}{}", ctx.names[i])));
    }
    text
}

fn replied_words(ctx: &Ctx, replied: &Replied, data: &mut JsonObject) -> String {
    match replied {
        Replied::Produced { queue, id } => {
            data.text("queue", queue).text("message_id", &id_text(ctx, *id)).bool("ok", true);
            format!("{} kept", id_text(ctx, *id))
        }
        Replied::Consumed { queue, got: None } => {
            data.text("queue", queue).bool("empty", true);
            format!("{} is empty", shorten(queue))
        }
        Replied::Consumed { queue, got: Some((item, delivery)) } => {
            data.text("queue", queue).text("message_id", &id_text(ctx, item.id));
            data.raw("message", item.body.as_ref().map_or("null", |body| body.json()));
            data.int("receive_count", delivery.count).text("receipt", &receipt_text(ctx, delivery.receipt));
            let text = item.body.as_ref().map_or_else(String::new, |body| shorten(&body.shown()));
            format!("{} {text}", id_text(ctx, item.id))
        }
        Replied::Drained { queue, count } => {
            data.text("queue", queue).bool("empty", true).int("count", *count);
            format!("{} is empty after {count}", shorten(queue))
        }
        Replied::Acked { id, receipt, result } => {
            data.text("message_id", &id_text(ctx, *id));
            let receipt = receipt.map_or_else(|| "null".into(), |r| quote(&receipt_text(ctx, r)));
            data.raw("receipt", &receipt).bool("ok", result.is_ok());
            if let Err(refusal) = result {
                data.text("reason", refusal_text(*refusal));
            }
            format!("{} {}", id_text(ctx, *id), if result.is_ok() { "acked" } else { "ack refused" })
        }
        Replied::Status { standing, serves, members, suspects, queues } => {
            data.text("standing", standing.name()).bool("serves", *serves);
            data.raw("members", &names_json(ctx, members.iter().copied()));
            data.raw("suspects", &names_json(ctx, suspects.iter().copied()));
            let mut all = JsonObject::new();
            for (queue, owner, [live, in_flight, dead, acked]) in queues {
                let mut o = JsonObject::new();
                o.raw("owner", &owner.map_or_else(|| "null".into(), |b| quote(ctx.name(b))));
                o.int("live", *live).int("in_flight", *in_flight).int("dead", *dead).int("acked", *acked);
                all.raw(queue, &o.end());
            }
            data.raw("queues", &all.end());
            format!("{}, {} queues", standing.name(), queues.len())
        }
        Replied::Moved { ok, standing, says, items, .. } => {
            data.bool("ok", *ok).text("standing", standing.name()).text("says", says).int("messages", *items);
            format!("{}: {says}", standing.name())
        }
    }
}
