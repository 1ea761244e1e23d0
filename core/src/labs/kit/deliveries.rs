//! Checks of labs in which messages of an application are delivered. The projection is the lab's own
//! [`Story::item_sent`] and [`Story::item_delivered`]: a message is known by its origin and its number there, from 1 on.

use super::numbers::Numbers;
use crate::protocol::{Broken, Check, Context, Story, Watch};
use crate::trace::{Kind, NodeId, Record, RecordId};

/// How a lab calls the message that a record delivers, in a sentence.
pub type Called<P> = fn(&Watch<'_, P>, &Record) -> String;

/// The message that a record sends.
pub fn sent<P: Story>(watch: &Watch<'_, P>, record: &Record) -> Option<(NodeId, u64)> {
    (record.kind == Kind::Send).then(|| P::item_sent(watch.history.messages.at(record.message as usize)))?
}

/// The message that a record delivers.
pub fn delivered<P: Story>(watch: &Watch<'_, P>, record: &Record) -> Option<(NodeId, u64)> {
    (record.kind == Kind::Deliver).then(|| P::item_delivered(watch.history.note(record)?))?
}

/// Sets of messages: of each process, the numbers of each origin.
#[derive(Clone, Debug)]
pub struct Known(Vec<Vec<Numbers>>);

impl Known {
    /// Nobody knows anything.
    #[must_use]
    pub fn new(processes: usize) -> Known {
        Known(vec![vec![Numbers::default(); processes]; processes])
    }

    /// Whether a process knows a message.
    #[must_use]
    pub fn has(&self, node: NodeId, (origin, number): (NodeId, u64)) -> bool {
        self.0[usize::from(node)][usize::from(origin)].has(number)
    }

    /// A process comes to know one; false when it knew it.
    pub fn add(&mut self, node: NodeId, (origin, number): (NodeId, u64)) -> bool {
        self.0[usize::from(node)][usize::from(origin)].insert(number)
    }
}

/// Nobody delivers a message twice, or one that nobody has sent.
#[derive(Clone, Debug)]
pub struct Once<P: Story> {
    sent: Vec<Numbers>,
    delivered: Known,
    called: Called<P>,
}

impl<P: Story> Once<P> {
    /// Nothing was sent yet.
    pub fn new(ctx: &Context<P>, called: Called<P>) -> Once<P> {
        let n = ctx.processes();
        Once { sent: vec![Numbers::default(); n], delivered: Known::new(n), called }
    }
}

impl<P: Story> Check<P> for Once<P> {
    fn observe(&mut self, watch: &Watch<'_, P>, id: RecordId, record: &Record) -> Option<Broken> {
        if let Some((origin, number)) = sent(watch, record) {
            self.sent[usize::from(origin)].insert(number);
            return None;
        }
        let item @ (origin, number) = delivered(watch, record)?;
        // A process alone has nobody to send to.
        let unknown = !self.sent[usize::from(origin)].has(number) && origin != record.node;
        if self.delivered.add(record.node, item) && !unknown {
            return None;
        }
        let (me, which) = (watch.ctx.name(record.node), (self.called)(watch, record));
        if unknown {
            return Some(Broken { explain: format!("{me} delivers {which}, which was never sent."), events: vec![id] });
        }
        let trace = &watch.history.trace;
        let same = |&other: &RecordId| {
            trace.record(other).node == record.node && delivered(watch, trace.record(other)) == Some(item)
        };
        let explain = format!("{me} delivers {which} a second time.");
        Some(Broken { explain, events: (0..id).find(same).into_iter().chain([id]).collect() })
    }
}

/// Messages of one origin are delivered in the order in which it sent them, none skipped.
#[derive(Clone, Debug)]
pub struct SenderOrder<P: Story> {
    /// The highest number delivered, by receiver and then by origin.
    last: Vec<Vec<u64>>,
    called: fn(&Context<P>, NodeId, u64) -> String,
}

impl<P: Story> SenderOrder<P> {
    /// Nothing was delivered yet.
    pub fn new(ctx: &Context<P>, called: fn(&Context<P>, NodeId, u64) -> String) -> SenderOrder<P> {
        SenderOrder { last: vec![vec![0; ctx.processes()]; ctx.processes()], called }
    }
}

impl<P: Story> Check<P> for SenderOrder<P> {
    fn observe(&mut self, watch: &Watch<'_, P>, id: RecordId, record: &Record) -> Option<Broken> {
        let (origin, number) = delivered(watch, record)?;
        let last = &mut self.last[usize::from(record.node)][usize::from(origin)];
        let due = *last + 1;
        *last = (*last).max(number);
        if number <= due {
            return None;
        }
        let (ctx, called) = (watch.ctx, self.called);
        let explain = format!(
            "{} delivers {} though it has not delivered {}, which was sent before.",
            ctx.name(record.node),
            called(ctx, origin, number),
            called(ctx, origin, due)
        );
        Some(Broken { explain, events: vec![id] })
    }
}
