//! What only keeps a system going, folded: a light stroke on the lane for each mark, and no arrow. What matters comes out by itself.

use super::super::index::{Index, is_drawn};
use super::super::scene::{EventPlace, Part, Shape};
use super::super::{LINK_LAYER, View, sort_of_record};
use super::Sheet;
use crate::engine::Run;
use crate::trace::{Kind, MessageId, NONE, NodeId, Record, RecordId, Trace};

/// Most records that are looked through for the ways by which an event knows of others.
const LOOK_BACK: u32 = 4_000;
/// Half the length of a stroke, in radii of a mark.
const STROKE: f32 = 0.75;

/// Lanes that are a thin line: those that a person has collapsed, and where all that will be in sight is known, those on which
/// nothing but routine happens.
pub(super) fn thin_lanes(run: &Run, index: &Index, view: &View, visible: (RecordId, RecordId)) -> Vec<NodeId> {
    let mut thin = view.collapsed.clone();
    let trace = run.trace();
    let ends = trace.len().checked_sub(1).map_or(0.0, |last| index.units(view.axis, trace, last));
    if !view.folded || (view.now_us.is_some() && view.to > ends) {
        return thin;
    }
    let mut told = vec![false; run.names().len()];
    for id in visible.0..visible.1 {
        let record = trace.record(id);
        let told_of = is_drawn(record.kind) && record.kind != Kind::Boot && !index.is_routine(id);
        if told_of && !index.leaves_out(id) {
            told[usize::from(record.node)] = true;
        }
    }
    if told.contains(&true) {
        let silent = (0..told.len()).filter(|&i| !told[i]).map(|i| i as NodeId);
        thin.extend(silent.filter(|node| !view.collapsed.contains(node) && !view.left_out.contains(node)));
    }
    thin
}

/// The routine messages by which the chosen events know last of each other process: each process's last event in the past of
/// the chosen one, and the message that brought the news.
pub(super) fn brought_out(trace: &Trace, index: &Index, view: &View) -> Vec<MessageId> {
    if !view.folded {
        return Vec::new();
    }
    let chosen = view.chosen.into_iter().flatten().filter(|&id| id < trace.len());
    let mut all: Vec<MessageId> = chosen.flat_map(|id| news(trace, id)).collect();
    all.retain(|&message| index.is_routine_message(message));
    all
}

/// The messages that brought an event the last news of each other process.
fn news(trace: &Trace, event: RecordId) -> Vec<MessageId> {
    let node = trace.record(event).node;
    let mut known: Vec<Option<RecordId>> = vec![None; trace.width()];
    let mut by: Vec<MessageId> = vec![NONE; trace.width()];
    let Some(own) = known.get_mut(usize::from(node)) else { return Vec::new() };
    *own = Some(event);
    for id in (event.saturating_sub(LOOK_BACK)..=event).rev() {
        let record = trace.record(id);
        let is_past = known.get(usize::from(record.node)).is_some_and(|last| last.is_some_and(|last| id <= last));
        if !is_past || record.kind != Kind::Receive || record.cause == NONE {
            continue;
        }
        let sender = usize::from(trace.record(record.cause).node);
        if known.get(sender).is_some_and(|last| last.is_none_or(|last| record.cause > last)) {
            known[sender] = Some(record.cause);
            by[sender] = record.message;
        }
    }
    by.retain(|&message| message != NONE);
    by
}

impl Sheet<'_> {
    /// Whether a routine message is shown as any other: it matters for what is chosen, or its loss had a consequence.
    pub(super) fn stands_out(&self, message: MessageId) -> bool {
        self.view.folded && (self.brought_out.contains(&message) || self.index.was_missed(message))
    }

    /// Whether a message is folded.
    pub(super) fn is_folded_message(&self, message: MessageId) -> bool {
        self.view.folded && self.index.is_routine_message(message) && !self.stands_out(message)
    }

    /// Whether a record is folded into the rhythm of its lane.
    pub(super) fn is_folded(&self, id: RecordId, record: &Record) -> bool {
        let view = self.view;
        let pointed = |id| view.focus == Some(id) || view.chosen.contains(&Some(id));
        // Whoever shows the link layer wants to see it.
        let is_link = || sort_of_record(self.run, record) == Some(LINK_LAYER);
        self.view.folded
            && self.index.is_routine(id)
            && !is_link()
            && !pointed(id)
            && !view.lit.contains(&id)
            && !view.ringed.contains(&id)
            && !(record.message != NONE && self.stands_out(record.message))
    }

    /// Whether a record has a mark of its own.
    pub(super) fn stands(&self, id: RecordId, record: &Record) -> bool {
        !self.is_folded(id, record) && !self.index.leaves_out(id)
    }

    /// The rhythm of each lane.
    pub(super) fn draw_rhythm(&mut self) {
        if !self.view.folded {
            return;
        }
        let (first, end) = self.visible;
        for id in first..end {
            let record = *self.trace.record(id);
            let seen = is_drawn(record.kind) && !self.is_hidden(&record) && !self.is_collapsed(record.node);
            if !seen || !self.is_folded(id, &record) || self.index.leaves_out(id) {
                continue;
            }
            let at = (self.x_of(id), self.lane(record.node));
            let half = self.r * STROKE;
            let alpha = 0.5 * self.alpha(self.cone(id, &record), self.is_ahead(id));
            self.part = Some(Part::Event(id));
            let stroke = Shape::Line { from: (at.0, at.1 - half), to: (at.0, at.1 + half), width: 1.4, dash: None };
            self.put(stroke, Self::ink_of(record.node), alpha);
            self.part = None;
            self.scene.events.push(EventPlace { id, at });
        }
    }
}
