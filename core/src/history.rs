//! The trace together with the protocol's own values, and how a record is put into words.

use crate::act::Act;
use crate::json::{JsonObject, list, quote};
use crate::log::Log;
use crate::protocol::{Context, Protocol};
use crate::sim::link::{LAYER_LINK, LinkEvent, LinkNote};
use crate::trace::{DropReason, Kind, MessageId, NO_NODE, NONE, NodeId, Record, RecordId, Trace};
use std::sync::Arc;

/// What a record knows beyond its numbers.
#[derive(Clone, Debug)]
pub(crate) enum Detail<P: Protocol> {
    /// The protocol's own words.
    Note(P::Note),
    /// A timer ran out.
    Timer(P::Timer, Option<P::Note>),
    /// A request, as it was asked.
    Request(Arc<Act>, Option<P::Note>),
    /// The link layer.
    Link(LinkNote),
    /// An accepted act.
    Act(Arc<Act>),
    /// An act that made no sense.
    Refused(Arc<Act>, Arc<str>),
    /// A broken rule.
    Violation { rule: &'static str, explain: Arc<str>, events: Arc<[RecordId]> },
}

/// Everything that has happened, with the protocol's values.
#[derive(Clone, Debug)]
pub struct History<P: Protocol> {
    /// The part that views read.
    pub trace: Trace,
    /// What each message says.
    pub messages: Log<P::Message>,
    pub(crate) details: Log<Detail<P>>,
}

impl<P: Protocol> History<P> {
    pub(crate) fn new(processes: usize) -> History<P> {
        History { trace: Trace::new(processes), messages: Log::default(), details: Log::default() }
    }

    /// What the protocol said about a record.
    #[must_use]
    pub fn note(&self, record: &Record) -> Option<&P::Note> {
        match self.detail(record)? {
            Detail::Note(note) => Some(note),
            Detail::Timer(_, note) | Detail::Request(_, note) => note.as_ref(),
            _ => None,
        }
    }

    /// The other end of what the link layer did.
    #[must_use]
    pub fn link_peer(&self, record: &Record) -> Option<NodeId> {
        match self.detail(record)? {
            Detail::Link(note) => Some(note.peer),
            _ => None,
        }
    }

    pub(crate) fn detail(&self, record: &Record) -> Option<&Detail<P>> {
        (record.detail != NONE).then(|| self.details.at(record.detail as usize))
    }

    /// The rule, explanation and events of a violation.
    #[must_use]
    pub fn violation(&self, record: &Record) -> Option<(&'static str, &str, &[RecordId])> {
        match self.detail(record)? {
            Detail::Violation { rule, explain, events } => Some((rule, explain, events)),
            _ => None,
        }
    }

    /// The act that a record speaks of.
    #[must_use]
    pub fn act(&self, record: &Record) -> Option<&Act> {
        match self.detail(record)? {
            Detail::Act(act) | Detail::Refused(act, _) | Detail::Request(act, _) => Some(act),
            _ => None,
        }
    }

    /// The label of a message.
    #[must_use]
    pub fn message_label(&self, ctx: &Context<P>, id: MessageId) -> String {
        P::describe_message(ctx, self.messages.at(id as usize), &mut JsonObject::new())
    }

    /// The label of a record.
    #[must_use]
    pub fn label(&self, ctx: &Context<P>, record: &Record) -> String {
        self.describe(ctx, record).0
    }

    /// Label and `data` of a record.
    #[must_use]
    pub fn describe(&self, ctx: &Context<P>, record: &Record) -> (String, String) {
        let mut data = JsonObject::new();
        let mut label = self.fixed_part(ctx, record, &mut data);
        if let Some(note) = self.note(record)
            && let Some(better) = P::describe_note(ctx, record.kind, note, &mut data)
        {
            label = better;
        }
        (label, data.end())
    }

    fn fixed_part(&self, ctx: &Context<P>, record: &Record, data: &mut JsonObject) -> String {
        match record.kind {
            Kind::Send => self.send_label(ctx, record, data),
            Kind::Receive => {
                let label = P::describe_message(ctx, self.messages.at(record.message as usize), data);
                let due_us = self.trace.message(record.message).due_us;
                if record.count > 1 {
                    data.int("copy", record.count);
                } else if due_us != record.at_us {
                    data.int("due_us", due_us);
                }
                label
            }
            Kind::Reply => {
                data.int("request", record.cause);
                if let Some(Detail::Request(act, _)) = self.detail(self.trace.record(record.cause))
                    && let Act::Request(request) = &**act
                {
                    data.text("op", request.operation.name);
                }
                record.kind.name().into()
            }
            Kind::Link => self.link_label(ctx, record, data),
            Kind::Drop if record.code & LAYER_LINK != 0 => {
                data.text("reason", drop_reason(record).name()).text("layer", "link");
                let what = if record.message == NONE {
                    "a link acknowledgement".into()
                } else {
                    format!("a frame with {}", self.message_label(ctx, record.message))
                };
                format!("{what} lost: {}", drop_words(drop_reason(record)))
            }
            Kind::Drop => {
                let message = self.trace.message(record.message);
                data.text("reason", drop_reason(record).name());
                data.text("from", ctx.name(message.from)).text("to", ctx.name(message.to));
                if record.count > 1 {
                    data.int("copy", record.count);
                }
                format!("{} lost: {}", self.message_label(ctx, record.message), drop_words(drop_reason(record)))
            }
            _ => self.detail_label(ctx, record, data),
        }
    }

    fn link_label(&self, ctx: &Context<P>, record: &Record, data: &mut JsonObject) -> String {
        let Some(Detail::Link(note)) = self.detail(record) else { return "link".into() };
        let peer = ctx.name(note.peer);
        let (event, label) = match note.event {
            LinkEvent::Resent => ("resent", format!("frame {} to {peer} again", note.n)),
            LinkEvent::Duplicate => ("duplicate", format!("frame {} from {peer} came again", note.n)),
            LinkEvent::Early => ("early", format!("frame {} from {peer} came early and waits", note.n)),
            LinkEvent::Ack => ("ack", format!("acknowledges {} of {peer}", note.n)),
            LinkEvent::Acked => ("acked", format!("{peer} has everything up to {}", note.n)),
        };
        data.text("event", event).text("peer", peer).int("n", note.n);
        if note.message != NONE {
            data.int("message", note.message);
        }
        label
    }

    fn send_label(&self, ctx: &Context<P>, record: &Record, data: &mut JsonObject) -> String {
        let label = P::describe_message(ctx, self.messages.at(record.message as usize), data);
        let ids = record.message..record.message + u32::from(record.count);
        let to: Vec<&str> = ids.map(|id| ctx.name(self.trace.message(id).to)).collect();
        if to.len() > 4 && to.len() + 1 == ctx.processes() {
            return format!("{label} to all");
        }
        format!("{label} to {}", to.join(", "))
    }

    fn detail_label(&self, ctx: &Context<P>, record: &Record, data: &mut JsonObject) -> String {
        match self.detail(record) {
            Some(Detail::Request(act, _)) => {
                if let Act::Request(request) = &**act {
                    request.write_data(ctx.names.as_slice(), data);
                    return request.words(&ctx.names);
                }
                record.kind.name().into()
            }
            Some(Detail::Timer(timer, _)) => {
                data.text("timer", P::timer_name(*timer));
                if record.code == 1 {
                    data.bool("forced", true);
                }
                format!("{} timeout", P::timer_name(*timer))
            }
            Some(Detail::Act(act)) => {
                data.raw("act", &act.json(&ctx.names));
                act.words(&ctx.names)
            }
            Some(Detail::Refused(act, reason)) => {
                data.raw("act", &act.json(&ctx.names)).text("reason", reason);
                format!("refused: {reason}")
            }
            Some(Detail::Violation { rule, explain, events }) => {
                data.text("rule", rule).text("explain", explain);
                data.list("events", events.iter().map(u32::to_string));
                format!("{rule} violated")
            }
            Some(Detail::Note(_) | Detail::Link(_)) | None => record.kind.name().into(),
        }
    }

    /// A record as one line of the trace format.
    #[must_use]
    pub fn line(&self, ctx: &Context<P>, id: RecordId) -> String {
        let record = self.trace.record(id);
        let (label, data) = self.describe(ctx, record);
        let mut o = JsonObject::new();
        o.int("id", id).int("at_us", record.at_us);
        o.raw("node", &if record.node == NO_NODE { "null".into() } else { quote(ctx.name(record.node)) });
        o.text("kind", record.kind.name());
        if matches!(record.kind, Kind::Receive | Kind::Drop) && record.message != NONE {
            let message = self.trace.message(record.message);
            o.int("message", record.message);
            o.text("peer", ctx.name(if record.kind == Kind::Receive { message.from } else { message.to }));
        }
        if record.cause != NONE {
            o.int("cause", record.cause);
        }
        if let Some(vector) = self.trace.vector(record) {
            let mut components = JsonObject::new();
            for (name, value) in ctx.names.iter().zip(&vector) {
                components.int(name, *value);
            }
            o.int("lamport", record.lamport).raw("vector", &components.end());
        }
        o.text("label", &label).raw("data", &data);
        if record.kind == Kind::Send {
            let ids = record.message..record.message + u32::from(record.count);
            o.raw("messages", &list(ids.map(|id| self.message_json(ctx, id))));
        }
        o.end()
    }

    fn message_json(&self, ctx: &Context<P>, id: MessageId) -> String {
        let mut data = JsonObject::new();
        let label = P::describe_message(ctx, self.messages.at(id as usize), &mut data);
        let mut o = JsonObject::new();
        o.int("id", id).text("to", ctx.name(self.trace.message(id).to)).text("label", &label).raw("data", &data.end());
        o.end()
    }

    /// The 64-bit hash of the trace: XXH64 (seed 0) over a canonical encoding of every record.
    ///
    /// For each record: id, time, kind, node, cause, message and count, Lamport stamp as little-endian 64-bit
    /// numbers ("none" is all ones), the components of the vector stamp as 32-bit numbers, then label and data
    /// and, for a send, receiver, label and data of each message; each text with its length before it.
    #[must_use]
    pub fn hash(&self, ctx: &Context<P>) -> u64 {
        let mut hasher = xxhash_rust::xxh64::Xxh64::new(0);
        let wide = |n: u32| if n == NONE { u64::MAX } else { u64::from(n) };
        let mut buffer: Vec<u8> = Vec::new();
        for id in 0..self.trace.len() {
            let record = self.trace.record(id);
            buffer.clear();
            let node = if record.node == NO_NODE { u64::MAX } else { u64::from(record.node) };
            for number in [
                u64::from(id),
                record.at_us,
                record.kind as u64,
                node,
                wide(record.cause),
                wide(record.message),
                u64::from(record.count),
                u64::from(record.lamport),
            ] {
                buffer.extend(number.to_le_bytes());
            }
            for component in self.trace.vector(record).unwrap_or_default() {
                buffer.extend(component.to_le_bytes());
            }
            let (label, data) = self.describe(ctx, record);
            put_text(&mut buffer, &label);
            put_text(&mut buffer, &data);
            if record.kind == Kind::Send {
                for message in record.message..record.message + u32::from(record.count) {
                    put_text(&mut buffer, &self.message_json(ctx, message));
                }
            }
            hasher.update(&buffer);
        }
        hasher.digest()
    }
}

fn put_text(buffer: &mut Vec<u8>, text: &str) {
    buffer.extend((text.len() as u64).to_le_bytes());
    buffer.extend(text.as_bytes());
}

/// Why a drop record's message was lost.
#[must_use]
pub fn drop_reason(record: &Record) -> DropReason {
    match record.code & !LAYER_LINK {
        0 => DropReason::Loss,
        1 => DropReason::Partition,
        2 => DropReason::Crashed,
        _ => DropReason::Act,
    }
}

const fn drop_words(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Loss => "the link lost it",
        DropReason::Partition => "it met a partition",
        DropReason::Crashed => "its receiver was down",
        DropReason::Act => "taken away on purpose",
    }
}
