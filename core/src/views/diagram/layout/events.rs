//! Events and the clocks beside them.

use super::super::index::is_drawn;
use super::super::marks::{mark, reach};
use super::super::scene::{EventPlace, Part, Point, Rect, Shape};
use super::super::theme::Ink;
use super::{Cone, Face, LABEL, PLAIN, Sheet};
use crate::base::clock;
use crate::tables::Labels;
use crate::trace::causality::is_event;
use crate::trace::{Kind, Record, RecordId};
use std::rc::Rc;

/// How far the ring of an event that somebody points at stands off its mark.
const RING: f32 = 9.5;
/// The letters of the chosen events.
const LETTER: Face = Face { size: 14.0, bold: true, ..LABEL };
/// How far off its event a letter may stand, in pixels from the mark.
const LETTER_OFF: [f32; 4] = [6.0, 15.0, 24.0, 34.0];
/// Most hits of a search that are drawn in the density picture.
const HITS_MAX: usize = 400;

impl Sheet<'_> {
    /// The records in sight that have a mark. Found once for a layout: several of its parts go through them.
    pub(super) fn drawn(&mut self) -> Rc<[(RecordId, Record)]> {
        if self.drawn.is_none() {
            let (first, end) = self.visible;
            let all = (first..end).map(|id| (id, *self.trace.record(id)));
            let seen = |r: &Record| is_drawn(r.kind) && !self.is_hidden(r) && !self.is_collapsed(r.node);
            self.drawn = Some(all.filter(|(id, r)| seen(r) && self.stands(*id, r)).collect());
        }
        self.drawn.clone().expect("it was just found")
    }

    /// Keeps labels off the marks.
    pub(super) fn reserve_marks(&mut self) {
        for &(id, record) in self.drawn().iter() {
            let (x, y) = self.place_of(id);
            let (side, up) = reach(record.kind);
            let ring = if self.view.ringed.contains(&id) { RING } else { 0.0 };
            let (side, up) = (side * self.r + ring, (up * self.r).max(self.r + ring));
            self.room.take(Rect { x: x - side, y: y - up, w: 2.0 * side, h: up + side });
        }
    }

    /// Finds places for the letters of the chosen events, before all other texts.
    pub(super) fn place_letters(&mut self) {
        let [a, b] = self.view.chosen;
        for (id, letter) in [(a, "a"), (b, "b")] {
            let Some(id) = id.filter(|&id| self.visible.0 <= id && id < self.visible.1 && self.has_lane(id)) else {
                continue;
            };
            if self.is_collapsed(self.trace.record(id).node) || self.is_hidden(self.trace.record(id)) {
                continue;
            }
            let (x, y) = self.place_of(id);
            let (w, h) = self.ground(letter, LETTER);
            let ring = if self.view.ringed.contains(&id) { RING } else { 0.0 };
            let places = LETTER_OFF.into_iter().flat_map(|off| {
                let off = self.r + ring + off;
                let sides = [x - w / 2.0, x + off * 0.7, x - off * 0.7 - w];
                sides.into_iter().flat_map(move |x| [(x, y - off - h), (x, y + off)])
            });
            let place = self.room.place(places.map(|(x, y)| Rect { x, y, w, h }));
            self.letters.extend(place.map(|place| (id, place)));
        }
    }

    pub(super) fn draw_events(&mut self) {
        let all = self.drawn();
        // What ticks is drawn last, and found first, where several share a place.
        for ticking in [false, true] {
            for &(id, record) in all.iter().filter(|(_, r)| is_event(r) == ticking) {
                self.draw_event(id, &record);
            }
        }
        self.scene.events.reverse();
    }

    /// Only what changes a status, and what was searched for: for the density picture.
    pub(super) fn draw_changes(&mut self) {
        for id in self.index.changes().to_vec() {
            let record = *self.trace.record(id);
            if is_drawn(record.kind) && !self.is_collapsed(record.node) {
                self.draw_event(id, &record);
            }
        }
        for id in self.view.hits.iter().copied().take(HITS_MAX) {
            let record = *self.trace.record(id);
            if is_drawn(record.kind) && !self.is_collapsed(record.node) {
                self.draw_event(id, &record);
            }
        }
    }

    fn draw_event(&mut self, id: RecordId, record: &Record) {
        let at = self.place_of(id);
        let cone = self.cone(id, record);
        let alpha = self.alpha(cone, self.is_ahead(id));
        let ink = Self::ink_of(record.node);
        let dim = match record.kind {
            Kind::Boot | Kind::Request => 0.75,
            Kind::Send | Kind::Receive if self.is_quiet(record.message, cone) => 0.45,
            _ => 1.0,
        };
        self.part = Some(Part::Event(id));
        for (shape, own) in mark(record.kind, at, self.r) {
            self.put(shape, own.unwrap_or(ink), alpha * dim);
        }
        self.draw_rings(id, at);
        self.part = None;
        self.scene.events.push(EventPlace { id, at });
    }

    fn draw_rings(&mut self, id: RecordId, at: Point) {
        if self.view.lit.contains(&id) {
            self.put(Shape::Ring { at, r: self.r + 8.5, width: 2.4, filled: false }, Ink::Bad, 1.0);
        }
        if self.view.ringed.contains(&id) {
            self.put(Shape::Ring { at, r: self.r + RING - 2.0, width: 2.6, filled: false }, Ink::Accent, 1.0);
        }
        if self.view.focus == Some(id) {
            self.put(Shape::Ring { at, r: self.r + 4.5, width: 2.0, filled: false }, Ink::Accent, 1.0);
        }
        if self.view.hits.binary_search(&id).is_ok() {
            self.put(Shape::Ring { at, r: self.r + 6.5, width: 2.2, filled: false }, Ink::Future, 1.0);
        }
        for (chosen, letter) in self.view.chosen.into_iter().zip(["a", "b"]) {
            if chosen == Some(id) {
                self.put(Shape::Ring { at, r: self.r + 4.5, width: 2.4, filled: false }, Ink::Accent, 1.0);
                let place = self.letters.iter().find(|l| l.0 == id).map(|l| l.1);
                if let Some(words) = place.map(|place| self.words(place, letter.into(), LETTER)) {
                    self.put(words, Ink::Accent, 1.0);
                }
            }
        }
    }

    /// Whether a clock is covered.
    fn is_veiled(&self, id: RecordId) -> bool {
        self.view.veil.is_some_and(|from| id >= from)
    }

    fn clock_text(&self, id: RecordId, record: &Record) -> Option<String> {
        if self.is_veiled(id) {
            return Some("?".into());
        }
        let vector = || self.run.observed(id).map(|v| clock::text(&v));
        match self.view.labels {
            Labels::None => None,
            Labels::Own => {
                let (before, after) = self.run.own_clock(id)?;
                // A receive that waits changes nothing, and would only say the same again.
                let says = record.kind == Kind::Send || before != after;
                says.then(|| clock::short(&after))
            }
            Labels::Lamport => Some(record.lamport.to_string()),
            Labels::Vector => vector(),
            Labels::Both => vector().map(|v| format!("{} {v}", record.lamport)),
        }
    }

    pub(super) fn draw_clock_labels(&mut self) {
        if self.view.labels == Labels::None {
            return;
        }
        let own = self.view.labels == Labels::Own;
        let has_clock = |r: &Record| is_event(r) || (own && r.kind == Kind::Deliver);
        let all: Vec<(RecordId, Record)> = self.drawn().iter().copied().filter(|(_, r)| has_clock(r)).collect();
        let comparable = self.run.scenario().lab.spec().own_clock.is_none();
        // Whoever is chosen gets room first.
        let view = self.view;
        let important = |id: &RecordId| view.focus == Some(*id) || view.chosen.contains(&Some(*id));
        let (first, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(id, _)| important(id));
        for (id, record) in first.into_iter().chain(rest) {
            if self.is_ahead(id) && self.view.veil != Some(id) {
                continue;
            }
            let cone = self.cone(id, &record);
            let Some(text) = self.clock_text(id, &record) else { continue };
            // What the protocol itself believes, where that is not what has happened.
            let wrong =
                self.run.own_clock(id).map(|(_, own)| own).filter(|own| Some(own) != self.run.observed(id).as_ref());
            match wrong.filter(|_| comparable && !self.is_veiled(id) && self.view.labels != Labels::Lamport) {
                Some(own) => self.draw_clock_label(id, cone, format!("{} ≠ {text}", clock::text(&own)), Ink::Bad),
                None => self.draw_clock_label(id, cone, text, Ink::Muted),
            }
        }
    }

    fn draw_clock_label(&mut self, id: RecordId, cone: Cone, text: String, ink: Ink) {
        let (x, y) = self.place_of(id);
        let (w, h) = self.ground(&text, PLAIN);
        let r = if self.view.ringed.contains(&id) { self.r + RING } else { self.r };
        let below = y + r + 3.0;
        let above = y - r - 4.0 - h;
        let places = [
            (x - w / 2.0, below),
            (x + 3.0, below),
            (x - w - 3.0, below),
            (x - w / 2.0, above),
            (x + 4.0, above),
            (x - w - 4.0, above),
            (x + 6.0, below + 8.0),
            (x - w - 6.0, below + 8.0),
            // Above the mark of a request.
            (x - w / 2.0, above - 2.0 * self.r),
            (x - 2.0, above - 2.0 * self.r),
        ];
        let Some(rect) = self.room.place(places.map(|(x, y)| Rect { x, y, w, h })) else { return };
        let words = self.words(rect, text, PLAIN);
        self.put(words, ink, self.alpha(cone, false));
    }
}
