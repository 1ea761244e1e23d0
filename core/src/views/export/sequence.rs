//! What the two sequence diagrams share: the story of some records as a list of things said and messages sent and ended.
//!
//! In a sequence diagram a message is an arrow between two rows that are next to each other, if not the same. Here a flight
//! says where in the list it begins and ends, and whether anything stands between: each language then keeps what it can.

use crate::base::json::millis_text;
use crate::engine::Run;
use crate::trace::{Kind, LAYER_LINK, MessageId, NO_NODE, NONE, NodeId, Record, RecordId, drop_reason};
use std::collections::BTreeMap;

/// How a flight ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It arrives.
    Received,
    /// It is lost, for a reason.
    Lost(&'static str),
    /// It has not ended among the chosen records.
    UnderWay,
}

/// One copy of a message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flight {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    /// What it says, and which copy it is.
    pub(super) label: String,
    pub(super) end: End,
    /// When it was sent and ended, in microseconds.
    pub(super) sent_us: u64,
    pub(super) ended_us: Option<u64>,
    /// Place of its sending in the list, where that was chosen.
    sent: Option<usize>,
    ended: Option<usize>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A process does something that is no message, or several things one after the other; nobody where it is the network.
    Says(Option<NodeId>, Vec<String>),
    /// A flight begins.
    Sent(usize),
    /// A flight ends.
    Ended(usize),
}

/// The story of some records.
#[derive(Clone, Debug, Default)]
pub(super) struct Sequence {
    pub(super) rows: Vec<Row>,
    pub(super) flights: Vec<Flight>,
    /// The processes that are in it.
    pub(super) lanes: Vec<NodeId>,
}

impl Sequence {
    /// Of some records of a run, in their order.
    pub(super) fn of(run: &Run, ids: &[RecordId]) -> Sequence {
        let mut told = Sequence::default();
        // The copies that have not ended yet, by message and copy.
        let mut open: BTreeMap<(MessageId, u16), usize> = BTreeMap::new();
        for &id in ids {
            let record = run.trace().record(id);
            match record.kind {
                Kind::Boot | Kind::Link => {}
                Kind::Send => {
                    for message in record.message..record.message + u32::from(record.count) {
                        let flight = told.begin(run, message, 1);
                        told.flights[flight].sent = Some(told.rows.len());
                        open.insert((message, 1), flight);
                        told.rows.push(Row::Sent(flight));
                    }
                }
                Kind::Drop if record.code & LAYER_LINK != 0 => {}
                Kind::Receive | Kind::Drop if record.message != NONE => {
                    let key = (record.message, record.count);
                    let flight = open.remove(&key).unwrap_or_else(|| told.begin(run, record.message, record.count));
                    told.end(flight, record);
                }
                _ => told.say(run, id, record),
            }
        }
        let in_rows = |node: &NodeId| {
            told.rows.iter().any(|row| matches!(row, Row::Says(Some(at), _) if at == node))
                || told.flights.iter().any(|flight| flight.from == *node || flight.to == *node)
        };
        let lanes: Vec<NodeId> = (0..run.names().len() as NodeId).collect();
        let kept: Vec<NodeId> = lanes.iter().copied().filter(in_rows).collect();
        told.lanes = if kept.is_empty() { lanes } else { kept };
        told
    }

    fn begin(&mut self, run: &Run, id: MessageId, copy: u16) -> usize {
        let message = run.trace().message(id);
        let label = run.message_label(id);
        let label = if copy > 1 { format!("{label}, copy {copy}") } else { label };
        let (from, to) = (message.from, message.to);
        let end = End::UnderWay;
        self.flights.push(Flight {
            from,
            to,
            label,
            end,
            sent_us: message.sent_us,
            ended_us: None,
            sent: None,
            ended: None,
        });
        self.flights.len() - 1
    }

    fn end(&mut self, flight: usize, record: &Record) {
        let ended = &mut self.flights[flight];
        ended.end = if record.kind == Kind::Receive { End::Received } else { End::Lost(drop_reason(record).name()) };
        (ended.ended_us, ended.ended) = (Some(record.at_us), Some(self.rows.len()));
        self.rows.push(Row::Ended(flight));
    }

    /// Adds what a record says; to the row before it, where the same process has said something there.
    fn say(&mut self, run: &Run, id: RecordId, record: &Record) {
        let node = (record.node != NO_NODE).then_some(record.node);
        let label = run.label(id);
        let text = match record.kind {
            Kind::Crash | Kind::Restart | Kind::Pause | Kind::Resume | Kind::Heal => record.kind.name().into(),
            Kind::Local | Kind::State | Kind::Act => label,
            kind if label.is_empty() => kind.name().into(),
            kind if label.starts_with(kind.name()) => label,
            kind => format!("{}: {label}", kind.name()),
        };
        match self.rows.last_mut() {
            Some(Row::Says(last, lines)) if *last == node => lines.push(text),
            _ => self.rows.push(Row::Says(node, vec![text])),
        }
    }

    /// Whether its sender did anything between the sending of a flight and its end, so that an arrow at its end would move the
    /// sending.
    pub(super) fn leaves_early(&self, flight: usize) -> bool {
        let Flight { from, sent, ended, .. } = self.flights[flight];
        let (Some(sent), Some(ended)) = (sent, ended) else { return false };
        // What is sent in the same breath stands side by side.
        let mut between = self.rows[sent + 1..ended].iter().skip_while(|row| self.is_sent_by(row, from));
        between.any(|row| self.concerns(row, from))
    }

    /// Whether its receiver did anything between the sending of a flight and its end, so that an arrow at its sending would move
    /// the receipt.
    pub(super) fn arrives_late(&self, flight: usize) -> bool {
        let Flight { to, sent, ended, .. } = self.flights[flight];
        let (Some(sent), Some(ended)) = (sent, ended) else { return false };
        self.rows[sent + 1..ended].iter().any(|row| self.concerns(row, to))
    }

    /// How many rows stand between the two ends of a flight.
    pub(super) fn rows_between(&self, flight: usize) -> usize {
        let Flight { sent, ended, .. } = self.flights[flight];
        sent.zip(ended).map_or(0, |(sent, ended)| ended - sent - 1)
    }

    /// Whether the sending of a flight is in the list.
    pub(super) fn is_sent_in_it(&self, flight: usize) -> bool {
        self.flights[flight].sent.is_some()
    }

    fn is_sent_by(&self, row: &Row, node: NodeId) -> bool {
        matches!(row, Row::Sent(flight) if self.flights[*flight].from == node)
    }

    fn concerns(&self, row: &Row, node: NodeId) -> bool {
        match row {
            Row::Says(at, _) => *at == Some(node),
            Row::Sent(flight) => self.flights[*flight].from == node,
            Row::Ended(flight) => self.flights[*flight].to == node && self.flights[*flight].end == End::Received,
        }
    }
}

impl Flight {
    /// From when to when it was under way, in milliseconds: `12–17.5 ms`.
    pub(super) fn times(&self) -> String {
        let sent = millis_text(self.sent_us);
        self.ended_us.map_or(format!("from {sent} ms"), |ended| format!("{sent}–{} ms", millis_text(ended)))
    }
}

/// The name of a process inside the file, where only letters and digits are safe.
pub(super) fn id(node: NodeId) -> String {
    format!("p{}", node + 1)
}
