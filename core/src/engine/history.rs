//! The trace together with what the protocol said, and how a record is put into words.

use crate::base::json::{JsonObject, list, quote};
use crate::base::log::Log;
use crate::protocol::machine::{Machine, Records};
use crate::trace::{
    Act, Detail, DropReason, Kind, LAYER_LINK, LinkEvent, MessageId, NO_NODE, NONE, NodeId, NoteId, Record, RecordId,
    Refusal, Trace, Violation, drop_reason,
};

/// Everything that has happened.
pub(crate) struct History {
    /// The part that views read.
    pub(crate) trace: Trace,
    pub(crate) details: Log<Detail>,
    /// The protocol, with what it said.
    pub(crate) machine: Box<dyn Machine>,
}

impl Clone for History {
    fn clone(&self) -> History {
        History { trace: self.trace.clone(), details: self.details.clone(), machine: self.machine.clone() }
    }
}

impl History {
    pub(crate) fn new(machine: Box<dyn Machine>) -> History {
        History { trace: Trace::new(machine.names().len()), details: Log::default(), machine }
    }

    /// The name of a process.
    pub(crate) fn name(&self, node: NodeId) -> &str {
        &self.machine.names()[usize::from(node)]
    }

    /// What the protocol said about a record.
    pub(crate) fn note(&self, record: &Record) -> Option<NoteId> {
        self.detail(record)?.note()
    }

    pub(crate) fn detail(&self, record: &Record) -> Option<&Detail> {
        Detail::of(&self.details, record)
    }

    /// The other end of what the link layer did.
    pub(crate) fn link_peer(&self, record: &Record) -> Option<NodeId> {
        match self.detail(record)? {
            Detail::Link(note) => Some(note.peer),
            _ => None,
        }
    }

    /// The name of the timer that ran out.
    pub(crate) fn timer_name(&self, record: &Record) -> Option<&'static str> {
        match self.detail(record)? {
            Detail::Timer(timer, _) => Some(self.machine.timer_name(*timer)),
            _ => None,
        }
    }

    /// What has happened, as far as it is written here.
    pub(crate) fn records(&self) -> Records<'_> {
        Records { trace: &self.trace, details: &self.details }
    }

    /// A broken rule.
    pub(crate) fn violation(&self, record: &Record) -> Option<&Violation> {
        match self.detail(record)? {
            Detail::Violation(violation) => Some(violation),
            _ => None,
        }
    }

    /// The act that a record speaks of.
    pub(crate) fn act(&self, record: &Record) -> Option<&Act> {
        match self.detail(record)? {
            Detail::Act(act) | Detail::Request(act, _) => Some(act),
            Detail::Refused(refusal) => Some(&refusal.act),
            _ => None,
        }
    }

    /// The label of a message.
    pub(crate) fn message_label(&self, id: MessageId) -> String {
        self.machine.describe_message(id, &mut JsonObject::new())
    }

    /// Label and `data` of a record.
    pub(crate) fn describe(&self, record: &Record) -> (String, String) {
        let mut data = JsonObject::new();
        let mut label = self.fixed_part(record, &mut data);
        if let Some(note) = self.note(record)
            && let Some(better) = self.machine.describe_note(record.kind, note, &mut data)
        {
            label = better;
        }
        (label, data.end())
    }

    fn fixed_part(&self, record: &Record, data: &mut JsonObject) -> String {
        match record.kind {
            Kind::Send => self.send_label(record, data),
            Kind::Receive => {
                let label = self.machine.describe_message(record.message, data);
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
            Kind::Link => self.link_label(record, data),
            Kind::Drop if record.code & LAYER_LINK != 0 => {
                data.text("reason", drop_reason(record).name()).text("layer", "link");
                let what = if record.message == NONE {
                    "a link acknowledgement".into()
                } else {
                    format!("a frame with {}", self.message_label(record.message))
                };
                format!("{what} lost: {}", drop_words(drop_reason(record)))
            }
            Kind::Drop => {
                let message = self.trace.message(record.message);
                data.text("reason", drop_reason(record).name());
                data.text("from", self.name(message.from)).text("to", self.name(message.to));
                if record.count > 1 {
                    data.int("copy", record.count);
                }
                format!("{} lost: {}", self.message_label(record.message), drop_words(drop_reason(record)))
            }
            _ => self.detail_label(record, data),
        }
    }

    fn link_label(&self, record: &Record, data: &mut JsonObject) -> String {
        let Some(Detail::Link(note)) = self.detail(record) else { return "link".into() };
        let peer = self.name(note.peer);
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

    fn send_label(&self, record: &Record, data: &mut JsonObject) -> String {
        let label = self.machine.describe_message(record.message, data);
        let ids = record.message..record.message + u32::from(record.count);
        let to: Vec<&str> = ids.map(|id| self.name(self.trace.message(id).to)).collect();
        if to.len() > 4 && to.len() + 1 == self.trace.width() {
            return format!("{label} to all");
        }
        format!("{label} to {}", to.join(", "))
    }

    fn detail_label(&self, record: &Record, data: &mut JsonObject) -> String {
        match self.detail(record) {
            Some(Detail::Request(act, _)) => {
                if let Act::Request(request) = &**act {
                    request.write_data(self.machine.names(), data);
                    return request.words(self.machine.names());
                }
                record.kind.name().into()
            }
            Some(Detail::Timer(timer, _)) => {
                data.text("timer", self.machine.timer_name(*timer));
                if record.code == 1 {
                    data.bool("forced", true);
                }
                format!("{} timeout", self.machine.timer_name(*timer))
            }
            Some(Detail::Act(act)) => {
                data.raw("act", &act.json(self.machine.names()));
                act.words(self.machine.names())
            }
            Some(Detail::Refused(refusal)) => {
                let Refusal { act, reason } = &**refusal;
                data.raw("act", &act.json(self.machine.names())).text("reason", reason);
                format!("refused: {reason}")
            }
            Some(Detail::Violation(violation)) => {
                let Violation { rule, explain, events } = &**violation;
                data.text("rule", rule).text("explain", explain);
                data.list("events", events.iter().map(u32::to_string));
                format!("{rule} violated")
            }
            Some(Detail::Note(_) | Detail::Link(_)) | None => record.kind.name().into(),
        }
    }

    /// A record as one line of the trace format.
    pub(crate) fn line(&self, id: RecordId) -> String {
        let record = self.trace.record(id);
        let (label, data) = self.describe(record);
        let mut o = JsonObject::new();
        o.int("id", id).int("at_us", record.at_us);
        o.raw("node", &if record.node == NO_NODE { "null".into() } else { quote(self.name(record.node)) });
        o.text("kind", record.kind.name());
        if matches!(record.kind, Kind::Receive | Kind::Drop) && record.message != NONE {
            let message = self.trace.message(record.message);
            o.int("message", record.message);
            o.text("peer", self.name(if record.kind == Kind::Receive { message.from } else { message.to }));
        }
        if record.cause != NONE {
            o.int("cause", record.cause);
        }
        if let Some(vector) = self.trace.vector(record) {
            let mut components = JsonObject::new();
            for (name, value) in self.machine.names().iter().zip(&vector) {
                components.int(name, *value);
            }
            o.int("lamport", record.lamport).raw("vector", &components.end());
        }
        o.text("label", &label).raw("data", &data);
        if record.kind == Kind::Send {
            let ids = record.message..record.message + u32::from(record.count);
            o.raw("messages", &list(ids.map(|id| self.message_json(id))));
        }
        o.end()
    }

    fn message_json(&self, id: MessageId) -> String {
        let mut data = JsonObject::new();
        let label = self.machine.describe_message(id, &mut data);
        let mut o = JsonObject::new();
        o.int("id", id).text("to", self.name(self.trace.message(id).to)).text("label", &label).raw("data", &data.end());
        o.end()
    }

    /// The 64-bit hash of the trace: XXH64 (seed 0) over a canonical encoding of every record.
    ///
    /// For each record: id, time, kind, node, cause, message and count, Lamport stamp as little-endian 64-bit
    /// numbers ("none" is all ones), the components of the vector stamp as 32-bit numbers, then label and data
    /// and, for a send, receiver, label and data of each message; each text with its length before it.
    pub(crate) fn hash(&self) -> u64 {
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
            let (label, data) = self.describe(record);
            put_text(&mut buffer, &label);
            put_text(&mut buffer, &data);
            if record.kind == Kind::Send {
                for message in record.message..record.message + u32::from(record.count) {
                    put_text(&mut buffer, &self.message_json(message));
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

const fn drop_words(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Loss => "the link lost it",
        DropReason::Partition => "it met a partition",
        DropReason::Crashed => "its receiver was down",
        DropReason::Act => "taken away on purpose",
    }
}
