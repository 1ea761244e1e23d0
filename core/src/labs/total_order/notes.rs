//! What the protocol says about its events: `data`, labels, and why things turned out as they did.

use super::{Message, Multicast, TotalOrder, account};
use crate::base::json::{JsonObject, quote};
use crate::base::words::shorten;
use crate::labs::kit::words::{message as label, names};
use crate::protocol::Context;
use crate::trace::{Kind, NodeId};
use std::sync::Arc;

/// A head of the queue that cannot be delivered yet.
#[derive(Clone, Debug)]
pub struct Head {
    pub(super) message: Arc<Multicast>,
    /// From these nothing with its timestamp or a larger one has arrived.
    pub(super) missing: Vec<NodeId>,
}

/// What is said about an event; clocks before and after it everywhere.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names are those of the trace format")]
pub enum Note {
    /// An event that concerns nobody else.
    Local { before: u32, after: u32 },
    /// A multicast leaves.
    Multicast { before: u32, after: u32, message: Arc<Multicast> },
    /// An acknowledgement leaves.
    Ack { before: u32, after: u32 },
    /// A plain message leaves.
    Plain { before: u32, after: u32 },
    /// Something arrives; the head that then still waits, if one does.
    Receive { before: u32, after: u32, head: Option<Arc<Head>> },
    /// A message is handed up: as which one, the balance behind it, and what had been heard from each process.
    Deliver { clock: u32, position: u32, balance: i64, message: Arc<Multicast>, heard: Arc<[u32]> },
}

impl Note {
    /// The clock before and after; a delivery leaves it alone.
    pub(super) fn clock(&self) -> (&u32, &u32) {
        match self {
            Note::Local { before, after }
            | Note::Multicast { before, after, .. }
            | Note::Ack { before, after }
            | Note::Plain { before, after }
            | Note::Receive { before, after, .. } => (before, after),
            Note::Deliver { clock, .. } => (clock, clock),
        }
    }
}

/// A multicast's name: `P1#2` is the second one of P1.
pub(super) fn name(ctx: &Context<TotalOrder>, origin: NodeId, seq: u32) -> String {
    format!("{}#{seq}", ctx.name(origin))
}

fn write_multicast(ctx: &Context<TotalOrder>, message: &Multicast, data: &mut JsonObject) {
    data.text("origin", ctx.name(message.origin)).int("seq", message.seq);
    data.raw("payload", message.payload.json()).int("timestamp", message.timestamp);
}

/// Label and `data` of a message.
pub(super) fn message(ctx: &Context<TotalOrder>, message: &Message, data: &mut JsonObject) -> String {
    match message {
        Message::Multicast(message) => {
            write_multicast(ctx, message, data);
            let name = name(ctx, message.origin, message.seq);
            match message.change {
                Some(change) => format!("{name} {}", account::short(change)),
                None => format!("{name} {}", shorten(&message.payload.shown(), LABEL_CHARS_MAX)).trim_end().to_string(),
            }
        }
        Message::Plain { payload, timestamp } => {
            data.raw("payload", payload.json()).int("timestamp", *timestamp);
            label(&payload.shown())
        }
        Message::Ack { origin, seq, timestamp } => {
            let mut of = JsonObject::new();
            of.text("origin", ctx.name(*origin)).int("seq", *seq);
            data.raw("ack", &of.end()).int("timestamp", *timestamp);
            format!("ack {}", name(ctx, *origin, *seq))
        }
    }
}

/// A note's fields; a label where it has a better one than its kind's.
pub(super) fn describe(ctx: &Context<TotalOrder>, kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
    let (before, after, label) = match note {
        Note::Local { before, after } => (before, after, Some("local event".into())),
        Note::Ack { before, after } | Note::Plain { before, after } => (before, after, None),
        Note::Multicast { before, after, message } => {
            // A `send` record has these from its message; alone, a multicast is a local event.
            let alone = kind == Kind::Local;
            if alone {
                write_multicast(ctx, message, data);
            }
            (before, after, alone.then(|| format!("{} to nobody else", name(ctx, message.origin, message.seq))))
        }
        Note::Receive { before, after, head } => {
            if let Some(head) = head {
                data.text("head", &name(ctx, head.message.origin, head.message.seq));
                data.list("waits_for", head.missing.iter().map(|&node| quote(ctx.name(node))));
            }
            (before, after, None)
        }
        Note::Deliver { clock, position, balance, message, .. } => {
            write_multicast(ctx, message, data);
            data.int("position", *position).int("balance", *balance);
            (clock, clock, Some(format!("deliver {}", name(ctx, message.origin, message.seq))))
        }
    };
    data.int("before", *before).int("after", *after);
    label
}

const LAMPORT: &str = "Lamport 1978, \"Ordering the Events Totally\"";
const CLOCK: &str = "Lamport 1978, rules IR1 and IR2";
const TANENBAUM: &str = "Tanenbaum & van Steen, \"Totally ordered multicasting\"";

/// Why an event turned out as it did.
pub(super) fn why(ctx: &Context<TotalOrder>, kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
    let me = ctx.name(node);
    Some(match note {
        Note::Local { .. } => (format!("An event at {me} alone: only its clock rises."), CLOCK),
        Note::Plain { after, .. } => (
            format!(
                "A message to one process: {me}'s clock rises to {after}, its timestamp. Nobody puts it into an order."
            ),
            CLOCK,
        ),
        Note::Ack { after, .. } if ctx.setup.raw_links => (
            format!(
                "{me} tells everybody that the message stands in its queue. Broken on purpose: the acknowledgement, with \
                 timestamp {after}, can overtake what {me} sent before it."
            ),
            TANENBAUM,
        ),
        Note::Ack { after, .. } => (
            format!(
                "{me} tells everybody that the message stands in its queue. The acknowledgement's timestamp {after} is \
                 above the message's: links keep order, so nothing smaller can come from {me} any more."
            ),
            TANENBAUM,
        ),
        Note::Multicast { after, message, .. } => {
            let whole = if kind == Kind::Local { "Nobody else is there" } else { "Sending to all is one event" };
            let name = name(ctx, message.origin, message.seq);
            (
                format!(
                    "{whole}: {me}'s clock rises to {after}, the timestamp of {name}, which also goes into {me}'s own \
                     queue, at ({after}, {me})."
                ),
                LAMPORT,
            )
        }
        Note::Receive { before, after, head } => (received(ctx, me, (*before, *after), head.as_deref()), LAMPORT),
        Note::Deliver { clock: _, position, message, heard, .. } => {
            (delivered(ctx, node, *position, message, heard), LAMPORT)
        }
    })
}

fn received(ctx: &Context<TotalOrder>, me: &str, clock: (u32, u32), head: Option<&Head>) -> String {
    let taken = format!("{me}'s clock goes from {} to {}, above its own and above the message's.", clock.0, clock.1);
    match head {
        None => format!("{taken} Nothing is held back behind this."),
        Some(Head { message, missing }) => format!(
            "{taken} The head of its queue is then {}, at ({}, {}): it is held until an acknowledgement, or anything \
             else at {} or later, has come from {}{}.",
            name(ctx, message.origin, message.seq),
            message.timestamp,
            ctx.name(message.origin),
            message.timestamp,
            if missing.len() > 1 { "each of " } else { "" },
            names(ctx, missing, "and"),
        ),
    }
}

fn delivered(ctx: &Context<TotalOrder>, node: NodeId, position: u32, message: &Multicast, heard: &[u32]) -> String {
    let me = ctx.name(node);
    let name = name(ctx, message.origin, message.seq);
    if ctx.setup.deliver_on_receive {
        return format!("Broken on purpose: {me} delivers {name} as soon as it has it, in whatever order things come.");
    }
    if ctx.setup.no_acks {
        return format!(
            "Broken on purpose: {me} delivers {name} without waiting, though something with a smaller timestamp than {} \
             may still come.",
            message.timestamp
        );
    }
    let others = (0..ctx.processes() as NodeId).filter(|&q| q != node && q != message.origin);
    let heard: Vec<String> = others.map(|q| format!("{} from {}", heard[usize::from(q)], ctx.name(q))).collect();
    let place = format!("({}, {})", message.timestamp, ctx.name(message.origin));
    let basis = match heard.is_empty() {
        true => "Nobody is left to wait for".to_string(),
        false => format!("Something as late has arrived from every other process ({})", heard.join(", ")),
    };
    let safe = if ctx.setup.raw_links {
        "Broken on purpose: on links that do not keep order, something smaller can still be under way."
    } else if ctx.setup.no_tiebreak {
        "Broken on purpose: among equal timestamps it is first because it came first here."
    } else {
        "Links keep order, so nothing smaller can come."
    };
    format!("{name} at {place} is the head of {me}'s queue. {basis}. {safe} It is delivery {position}.")
}

/// Longest part of a payload in a label in the diagram, in characters: the inspector has the whole.
const LABEL_CHARS_MAX: usize = 20;
