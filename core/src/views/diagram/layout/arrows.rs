//! Messages: slanted lines from their true sending to their true end.

use super::super::index::Arrow;
use super::super::marks::{head, short_of};
use super::super::scene::{Anchor, ArrowPlace, Part, Point, Rect, Shape};
use super::super::sort_of_message;
use super::super::theme::Ink;
use super::{Cone, Face, LABEL, Sheet};
use crate::trace::causality::path;
use crate::trace::frame::FlightFrame;
use crate::trace::{Kind, MessageId, NONE, NodeId, RecordId};
use std::collections::BTreeSet;

/// How strongly an arrow is drawn that begins or ends on a collapsed lane.
const FAINT: f32 = 0.35;

/// Least distance of two lanes at which messages bear names, in pixels.
const GAP_LEAST: f32 = 14.0;
/// With more messages than this in sight, a name stands along its arrow only where it has no room beside it: level texts leave more
/// room to others.
const SLANTED_MAX: usize = 24;
/// An arrow that rises by so much of its length along the time, at most, bears its name along it; and by so many pixels at least:
/// one that is level has it beside it.
const FLAT: f32 = 0.75;
const LEVEL: f32 = 6.0;
/// So much of an arrow stays free of its name at both ends together, in pixels.
const ENDS: f32 = 34.0;
/// Lanes that stand nearer than so many heights of a text leave it room only in the middle between them.
const NARROW: f32 = 3.2;
/// With more messages than this in sight, names stand only beside their arrows: whoever wants to read zooms in.
const SEARCHED_MAX: usize = 150;
/// Where along its arrow a name may stand.
const SHARES: [f32; 13] = [0.5, 0.44, 0.56, 0.38, 0.62, 0.33, 0.67, 0.28, 0.72, 0.18, 0.82, 0.1, 0.9];
/// How far off its arrow a name may stand that has a hairline, in pixels.
const OFFS: [f32; 9] = [14.0, 20.0, 28.0, 40.0, 54.0, 70.0, 90.0, 112.0, 140.0];

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
        let seen = |f: &&FlightFrame| {
            let message = f.message.unwrap_or(NONE);
            self.shows(f.link, message) && !self.is_folded_message(message) && !self.index.leaves_out(f.origin)
        };
        let flights: Vec<FlightFrame> = self.frame.in_flight.iter().filter(seen).cloned().collect();
        let mut lines: Vec<Line> = arrows.iter().filter_map(|a| self.ended(a)).collect();
        lines.extend(flights.iter().map(|f| self.under_way(f)));
        for line in &lines {
            self.room.take_line(line.from, line.to, (line.place.message, line.place.copy));
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
            || self.is_folded_message(arrow.message)
            || self.index.leaves_out(arrow.origin)
            || self.index.leaves_out(arrow.end)
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
        if !self.has_lane(a) || !self.has_lane(b) {
            return;
        }
        let way: Vec<RecordId> = path(self.trace, a.min(b), a.max(b));
        for pair in way.windows(2) {
            let (from, to) = (self.place_of(pair[0]), self.place_of(pair[1]));
            self.put(Shape::Line { from, to, width: 5.0, dash: None }, Ink::Accent, 0.42);
        }
    }

    /// Names the messages: beside their arrows, or where there is no room, further off with a hairline.
    pub(super) fn draw_arrow_labels(&mut self) {
        if self.gap < GAP_LEAST {
            return;
        }
        for &y in &self.scene.lanes {
            self.room.take(Rect { x: self.plot.x, y: y - 1.0, w: self.plot.w, h: 2.0 });
        }
        let arrows = self.scene.arrows.clone();
        let mut said: BTreeSet<RecordId> = BTreeSet::new();
        let wanted: Vec<&ArrowPlace> = arrows.iter().filter(|arrow| self.wants_name(arrow)).collect();
        // A multicast is one event: its label stands once.
        let passes: &[bool] = if wanted.len() > SEARCHED_MAX { &[true] } else { &[true, false] };
        for &near in passes {
            for arrow in &wanted {
                let send = self.trace.message(arrow.message).send;
                let slanted = near == (wanted.len() <= SLANTED_MAX);
                if !said.contains(&send) && self.name_arrow(arrow, near, slanted) {
                    said.insert(send);
                }
            }
        }
        let named = wanted.iter().filter(|arrow| said.contains(&self.trace.message(arrow.message).send)).count();
        self.scene.named = (named as u32, wanted.len() as u32);
    }

    /// Whether a message in sight is to bear its name.
    fn wants_name(&self, arrow: &ArrowPlace) -> bool {
        if arrow.link || arrow.copy > 1 || self.run.message_label(arrow.message).is_empty() {
            return false;
        }
        let message = self.trace.message(arrow.message);
        let cone = self.cone(message.send, self.trace.record(message.send));
        let faint = self.is_collapsed(message.from) || self.is_collapsed(message.to);
        let middle = f32::midpoint(arrow.from.0, arrow.to.0);
        let in_sight = middle >= self.plot.x && middle <= self.plot.x + self.plot.w;
        let stands = in_sight && !self.is_ahead(message.send) && cone != Cone::Outside && !faint;
        stands && !self.is_quiet(arrow.message, cone)
    }

    /// Writes a message's name near its arrow or off it; whether there was room.
    fn name_arrow(&mut self, arrow: &ArrowPlace, near: bool, slanted: bool) -> bool {
        let text = self.run.message_label(arrow.message);
        let ink = Self::word_ink(self.trace.message(arrow.message).from);
        let size = self.ground(&text, LABEL);
        if slanted && self.write_along(arrow, &text, size, ink) {
            return true;
        }
        let place = if near {
            let offs = [5.0, 9.0].into_iter();
            let sides = [1.0, -1.0].into_iter().flat_map(|side| offs.clone().map(move |off| (side, off)));
            let places = SHARES.into_iter().flat_map(|share| sides.clone().map(move |(side, off)| (share, side, off)));
            let places: Vec<Rect> =
                places.map(|(share, side, off)| self.between(beside(arrow, size, share, side, off))).collect();
            self.room.place(places)
        } else {
            self.off_arrow(arrow, size)
        };
        let Some(rect) = place else { return false };
        let words = self.words(rect, text, LABEL);
        self.put(words, ink, 1.0);
        true
    }

    /// Writes a name along its arrow, where that is long and flat enough; whether it did.
    fn write_along(&mut self, arrow: &ArrowPlace, text: &str, (w, h): (f32, f32), ink: Ink) -> bool {
        let (dx, dy) = (arrow.to.0 - arrow.from.0, arrow.to.1 - arrow.from.1);
        let length = dx.hypot(dy).max(0.001);
        if self.down || dy.abs() > dx * FLAT || dy.abs() < LEVEL || length < w + ENDS {
            return false;
        }
        let (ux, uy) = (dx / length, dy / length);
        let off = h / 2.0 + 2.5;
        for share in [0.5, 0.42, 0.58, 0.35, 0.65] {
            let rest = length * (0.5 - (share - 0.5_f32).abs());
            if rest < (w + ENDS) / 2.0 {
                continue;
            }
            // Over the arrow, or under it.
            for side in [-1.0, 1.0] {
                let on = (arrow.from.0 + dx * share, arrow.from.1 + dy * share);
                let middle = (on.0 - uy * off * side, on.1 + ux * off * side);
                if self.room.place_strip(middle, (ux, uy), (w, h), (arrow.message, arrow.copy)) {
                    let Face { size, bold, halo, .. } = LABEL;
                    let base = size * 0.35;
                    let at = (middle.0 - uy * base, middle.1 + ux * base);
                    let text = text.to_string();
                    let along = Some((ux, uy));
                    self.put(Shape::Text { at, size, bold, anchor: Anchor::Middle, text, halo, along }, ink, 1.0);
                    return true;
                }
            }
        }
        false
    }

    /// A place in the middle between two lanes, where they are so near that a text fits nowhere else.
    fn between(&self, rect: Rect) -> Rect {
        if self.gap > rect.h * NARROW {
            return rect;
        }
        let middle = rect.y + rect.h / 2.0;
        let above = self.scene.lanes.iter().copied().filter(|lane| *lane <= middle).fold(f32::MIN, f32::max);
        if above < self.plot.y { rect } else { Rect { y: above + (self.gap - rect.h) / 2.0, ..rect } }
    }

    /// A place further off, with a hairline that touches no mark and no text.
    fn off_arrow(&mut self, arrow: &ArrowPlace, size: (f32, f32)) -> Option<Rect> {
        for off in OFFS {
            for (share, side) in SHARES.into_iter().flat_map(|share| [(share, 1.0), (share, -1.0)]) {
                let rect = self.between(beside(arrow, size, share, side, off));
                if !self.room.is_free(&rect) {
                    continue;
                }
                let (dx, dy) = (arrow.to.0 - arrow.from.0, arrow.to.1 - arrow.from.1);
                let from = (arrow.from.0 + dx * share, arrow.from.1 + dy * share);
                let to = (from.0.clamp(rect.x, rect.x + rect.w), from.1.clamp(rect.y, rect.y + rect.h));
                if self.room.is_clear(from, to) {
                    let ink = Self::word_ink(self.trace.message(arrow.message).from);
                    self.put(Shape::Line { from, to, width: 0.7, dash: None }, ink, 0.7);
                    self.room.take(rect);
                    return Some(rect);
                }
            }
        }
        None
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
