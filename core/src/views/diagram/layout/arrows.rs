//! Messages: slanted lines from their true sending to their true end.

use super::super::index::Arrow;
use super::super::marks::{head, short_of};
use super::super::scene::{ArrowPlace, Part, Point, Rect, Shape};
use super::super::sort_of_message;
use super::super::theme::Ink;
use super::{Cone, LABEL, Sheet};
use crate::trace::causality::path;
use crate::trace::frame::FlightFrame;
use crate::trace::{Kind, MessageId, NONE, NodeId, RecordId};

/// How strongly an arrow is drawn that begins or ends on a collapsed lane.
const FAINT: f32 = 0.35;

/// A message's line, ready to be drawn.
struct Line {
    from: Point,
    to: Point,
    sender: NodeId,
    alpha: f32,
    dash: Option<(f32, f32)>,
    lost: bool,
    /// Where the receiver took it in, if it waited there because of a pause.
    taken_in: Option<Point>,
    place: ArrowPlace,
}

impl Sheet<'_> {
    pub(super) fn draw_arrows(&mut self) {
        let arrows: Vec<Arrow> = self.index.arrows_between(self.stretch_us.0, self.stretch_us.1).copied().collect();
        let flights: Vec<FlightFrame> =
            self.frame.in_flight.iter().filter(|f| self.shows(f.link, f.message.unwrap_or(NONE))).cloned().collect();
        let mut lines: Vec<Line> = arrows.iter().filter_map(|a| self.ended(a)).collect();
        lines.extend(flights.iter().map(|f| self.under_way(f)));
        for line in &lines {
            self.room.take_line(line.from, line.to);
        }
        // What fades lies under what does not.
        for faded in [true, false] {
            for line in lines.iter().filter(|line| (line.alpha < 1.0) == faded) {
                self.draw_line(line);
            }
        }
    }

    fn ended(&self, arrow: &Arrow) -> Option<Line> {
        if !self.shows(arrow.link, arrow.message)
            || (self.is_ahead(arrow.origin) && self.is_ahead(arrow.end) && self.view.now_us.is_none())
        {
            return None;
        }
        let (send, end) = (*self.trace.record(arrow.origin), *self.trace.record(arrow.end));
        let lost = end.kind == Kind::Drop;
        let from = self.place_of(arrow.origin);
        let receiver = if lost { self.receiver(arrow)? } else { end.node };
        let goal = self.lane(receiver);
        // When the network brought it: a frame that was sent again has its own time, which nobody wrote down.
        let due_us = if arrow.link { end.at_us } else { self.trace.message(arrow.message).due_us };
        let waited = !lost && arrow.copy == 1 && self.was_paused(receiver, due_us, end.at_us);
        let to = if waited {
            (self.x_of_time(due_us).max(from.0), goal)
        } else if lost {
            let flight = (due_us.max(send.at_us + 1) - send.at_us) as f32;
            let share = if arrow.link { 0.55 } else { (end.at_us - send.at_us) as f32 / flight };
            (self.x_of(arrow.end), from.1 + (goal - from.1) * share.clamp(0.1, 0.9))
        } else {
            (self.x_of(arrow.end), goal)
        };
        let cone = if lost {
            self.cone(arrow.origin, &send)
        } else {
            let (a, b) = (self.cone(arrow.origin, &send), self.cone(arrow.end, &end));
            if a == Cone::Outside || b == Cone::Outside || (a == Cone::Past && b == Cone::Future) {
                Cone::Outside
            } else {
                a
            }
        };
        let place = ArrowPlace {
            message: arrow.message,
            copy: arrow.copy,
            origin: arrow.origin,
            end: Some(arrow.end),
            from,
            to,
            in_flight: false,
            link: arrow.link,
        };
        let dash = dashes(arrow.link, arrow.copy);
        let ahead = self.is_ahead(arrow.end);
        let taken_in = waited.then(|| (self.x_of(arrow.end), goal));
        let alpha = self.arrow_alpha(cone, ahead, send.node, receiver) * self.strength(arrow.message, cone);
        Some(Line { from, to, sender: send.node, alpha, dash, lost, taken_in, place })
    }

    /// Whether a message is wanted in the picture.
    fn shows(&self, link: bool, message: MessageId) -> bool {
        let hidden = &self.view.hidden;
        hidden.is_empty() || !hidden.contains(&sort_of_message(self.run, Some(message), link))
    }

    /// Where something was on its way to.
    fn receiver(&self, arrow: &Arrow) -> Option<NodeId> {
        if arrow.message == NONE {
            self.run.link_peer(arrow.origin)
        } else {
            Some(self.trace.message(arrow.message).to)
        }
    }

    /// Whether a process was paused at a time, until another.
    fn was_paused(&self, node: NodeId, from_us: u64, until_us: u64) -> bool {
        let mut paused = false;
        for record in self.index.changes().iter().map(|&id| self.trace.record(id)) {
            if record.at_us > from_us {
                return paused && from_us < until_us;
            }
            if record.node == node {
                paused = record.kind == Kind::Pause;
            }
        }
        false
    }

    fn under_way(&self, flight: &FlightFrame) -> Line {
        let from = self.place_of(flight.origin);
        let goal = self.lane(flight.to);
        let now_us = self.view.now_us.unwrap_or(self.frame.at_us).max(flight.sent_us);
        let length = (flight.arrive_us.max(flight.sent_us + 1) - flight.sent_us) as f32;
        let share = ((now_us - flight.sent_us) as f32 / length).clamp(0.02, 0.97);
        let x = self.x_of_now().unwrap_or_else(|| self.x_of_time(self.frame.at_us)).max(from.0 + 0.5);
        let to = (x, from.1 + (goal - from.1) * share);
        let cone = self.cone(flight.origin, self.trace.record(flight.origin));
        let place = ArrowPlace {
            message: flight.message.unwrap_or(NONE),
            copy: flight.copy,
            origin: flight.origin,
            end: None,
            from,
            to,
            in_flight: true,
            link: flight.link,
        };
        let dash = dashes(flight.link, flight.copy);
        let alpha =
            self.arrow_alpha(cone, false, flight.from, flight.to) * self.strength(flight.message.unwrap_or(NONE), cone);
        Line { from, to, sender: flight.from, alpha, dash, lost: false, taken_in: None, place }
    }

    fn strength(&self, message: MessageId, cone: Cone) -> f32 {
        if self.is_quiet(message, cone) { FAINT } else { 1.0 }
    }

    fn arrow_alpha(&self, cone: Cone, ahead: bool, from: NodeId, to: NodeId) -> f32 {
        let faint = self.is_collapsed(from) || self.is_collapsed(to);
        self.alpha(cone, ahead) * if faint { FAINT } else { 1.0 }
    }

    fn draw_line(&mut self, line: &Line) {
        let backwards = !line.place.link && self.runs_backwards(line.place.message);
        let ink = if backwards { Ink::Bad } else { Self::ink_of(line.sender) };
        let (alpha, width) = if backwards { (1.0, 3.2) } else { (line.alpha, 1.6) };
        let start = short_of(line.to, line.from, self.r * 0.6);
        let r = self.r;
        self.part = Some(Part::Arrow(self.scene.arrows.len()));
        if line.place.in_flight {
            self.put(Shape::Line { from: start, to: line.to, width, dash: line.dash }, ink, alpha);
            self.put(Shape::Disc { at: line.to, r: r * 0.7 }, ink, alpha);
            self.reserve(line.to, r * 0.9);
        } else if line.lost {
            let dash = Some((4.0, 3.0));
            self.put(Shape::Line { from: start, to: line.to, width: 1.4, dash }, ink, alpha * 0.9);
            let ((x, y), d) = (line.to, r * 0.95);
            for (a, b) in [((x - d, y - d), (x + d, y + d)), ((x - d, y + d), (x + d, y - d))] {
                self.put(Shape::Line { from: a, to: b, width: 2.2, dash: None }, Ink::Bad, line.alpha);
            }
            self.reserve(line.to, d + 1.0);
        } else {
            let tip = short_of(line.from, line.to, r * 1.15);
            let end = short_of(line.from, tip, r * 1.2);
            self.put(Shape::Line { from: start, to: end, width, dash: line.dash }, ink, alpha);
            self.put(head(line.from, tip, r * 1.9), ink, alpha);
            self.reserve(end, r);
            if let Some(at) = line.taken_in {
                let dash = Some((1.5, 3.0));
                self.put(Shape::Line { from: line.to, to: at, width: 2.6, dash }, ink, line.alpha);
            }
        }
        self.part = None;
        self.scene.arrows.push(line.place);
    }

    /// Keeps labels off a place.
    fn reserve(&mut self, (x, y): Point, r: f32) {
        self.room.take(Rect { x: x - r, y: y - r, w: 2.0 * r, h: 2.0 * r });
    }

    /// One causal path between the two chosen events.
    pub(super) fn draw_path(&mut self) {
        let [Some(a), Some(b)] = self.view.chosen else { return };
        if a.max(b) >= self.trace.len() {
            return;
        }
        let way: Vec<RecordId> = path(self.trace, a.min(b), a.max(b));
        for pair in way.windows(2) {
            let (from, to) = (self.place_of(pair[0]), self.place_of(pair[1]));
            self.put(Shape::Line { from, to, width: 5.0, dash: None }, Ink::Accent, 0.42);
        }
    }

    pub(super) fn draw_arrow_labels(&mut self) {
        if self.gap < 34.0 {
            return;
        }
        for &y in &self.scene.lanes {
            self.room.take(Rect { x: self.plot.x, y: y - 1.0, w: self.plot.w, h: 2.0 });
        }
        let arrows = self.scene.arrows.clone();
        let mut said: Vec<RecordId> = Vec::new();
        for arrow in arrows {
            if arrow.link {
                continue;
            }
            // A multicast is one event: its label stands once.
            if said.contains(&self.trace.message(arrow.message).send) {
                continue;
            }
            let text = self.run.message_label(arrow.message);
            if text.is_empty() {
                continue;
            }
            let message = *self.trace.message(arrow.message);
            let ahead = self.is_ahead(message.send);
            let cone = self.cone(message.send, self.trace.record(message.send));
            let faint = self.is_collapsed(message.from) || self.is_collapsed(message.to);
            if ahead || cone == Cone::Outside || arrow.copy > 1 || faint || self.is_quiet(arrow.message, cone) {
                continue;
            }
            let size = self.ground(&text, LABEL);
            let shares = [0.5, 0.38, 0.62, 0.28, 0.72];
            let sides = [1.0, -1.0];
            let sides = sides.into_iter().flat_map(|side| [(side, 5.0), (side, 9.0)]);
            let places = shares
                .into_iter()
                .flat_map(|share| sides.clone().map(move |(side, off)| beside(&arrow, size, share, side, off)));
            if let Some(rect) = self.room.place(places) {
                let words = self.words(rect, text, LABEL);
                self.put(words, Self::word_ink(message.from), 1.0);
                said.push(message.send);
            }
        }
    }
}

/// Second copies are dashed, what the link layer adds is dotted.
fn dashes(link: bool, copy: u16) -> Option<(f32, f32)> {
    if link { Some((1.5, 3.0)) } else { (copy > 1).then_some((6.0, 4.0)) }
}

/// A rectangle beside an arrow, touching it nowhere.
fn beside(arrow: &ArrowPlace, (w, h): (f32, f32), share: f32, side: f32, off: f32) -> Rect {
    let (dx, dy) = (arrow.to.0 - arrow.from.0, arrow.to.1 - arrow.from.1);
    let length = (dx * dx + dy * dy).sqrt().max(0.001);
    // The normal that points right, or up where the arrow is level.
    let (nx, ny) = if dy < 0.0 { (-dy / length, dx / length) } else { (dy / length, -dx / length) };
    let off = side * ((nx.abs() * w + ny.abs() * h) / 2.0 + off);
    let (x, y) = (arrow.from.0 + dx * share + nx * off, arrow.from.1 + dy * share + ny * off);
    Rect { x: x - w / 2.0, y: y - h / 2.0, w, h }
}
