//! What of a run is in sight: the stretch of the axis, where it begins and how it goes with the cursor.

use super::{SPAN_MIN, Session};
use lightcone_core::views::diagram::{Axis, WHOLE, around};

/// How wide a diagram is where nobody has said it, and how much of that the names of the lanes take, in pixels.
pub(super) const WIDE_PX: f64 = 1_440.0;
const NAMES_PX: f64 = 90.0;
/// Pixels of a unit of the story at which marks stand well apart and messages have room for their names.
const UNIT_PX: f64 = 67.0;
/// Fewest and most units in sight at first.
const UNITS_LEAST: f64 = 5.0;
const UNITS_MOST: f64 = 30.0;

impl Session {
    /// What is in sight at first: on a bent axis as much as can be read.
    pub(super) fn first_window(&self) -> (f64, f64) {
        let (usual, wide) = self.usual;
        let until_us = self.run.scenario().until_us as f64;
        let span = match self.axis {
            Axis::Story => {
                let units = ((wide - NAMES_PX) / UNIT_PX).clamp(UNITS_LEAST, UNITS_MOST) * usual.unit;
                usual.length.filter(|&length| length <= units * WHOLE).unwrap_or(units)
            }
            _ => until_us.clamp(SPAN_MIN, self.lab().spec().span_us as f64),
        };
        around(span)
    }

    /// Whether the diagram has another width than it had.
    #[must_use]
    pub(crate) fn is_narrower_or_wider(&self, wide: f64) -> bool {
        (wide - self.usual.1).abs() >= 1.0
    }

    /// Takes in how wide the diagram is. A story stays as large as it was: of a narrower one less is in sight.
    pub(crate) fn fit_to(&mut self, wide: f64) {
        let (untouched, ratio) = (self.window == self.first_window(), wide / self.usual.1.max(1.0));
        self.usual.1 = wide;
        if untouched {
            self.window = self.first_window();
        } else if self.axis == Axis::Story && self.follow {
            let now = self.now_units();
            self.window = (now - (now - self.window.0) * ratio, now + (self.window.1 - now) * ratio);
        }
    }

    pub(super) fn keep_in_view(&mut self) {
        if !self.follow {
            return;
        }
        let now = self.now_units();
        let span = self.window.1 - self.window.0;
        if now > self.window.0 + span * 0.86 && now > self.window.1 - span * 0.14 {
            let until = self.run.scenario().until_us as f64;
            if self.axis == Axis::Time && now <= until && until <= self.window.1 {
                return;
            }
            self.window = (now - span * 0.86, now + span * 0.14);
        } else if now < self.window.0 {
            self.window = (now - span * 0.1, now + span * 0.9);
        }
    }

    /// The view clock in units of the axis.
    #[must_use]
    pub(crate) fn now_units(&self) -> f64 {
        self.index.units_now(self.axis, self.run.trace(), self.frame.event, self.view_us)
    }

    /// Whether what only keeps the system going is folded.
    #[must_use]
    pub(crate) fn folds(&self) -> bool {
        self.axis == Axis::Story && !self.routine
    }

    /// Brings out what only keeps the system going, or folds it.
    pub(crate) fn toggle_routine(&mut self) {
        self.routine = !self.routine;
    }

    /// End of the run in units of the axis.
    #[must_use]
    pub(crate) fn end_units(&self) -> f64 {
        self.index.end(self.axis, self.end_us())
    }

    /// Changes the axis and shows everything; of a story as much as can be read.
    pub(crate) fn set_axis(&mut self, axis: Axis) {
        self.axis = axis;
        self.fit();
        if axis == Axis::Story {
            let (_, end) = self.window;
            self.window = self.first_window();
            if self.window.1 > end {
                self.fit();
            }
            self.keep_in_view();
        }
    }

    /// Shows the whole run.
    pub(crate) fn fit(&mut self) {
        self.index.update(&self.run);
        let end = self.end_units();
        self.window = (-0.02 * end, (1.03 * end).max(SPAN_MIN));
        self.follow = true;
    }

    /// Zooms by a factor around a place of the window (0 its left edge, 1 its right).
    pub(crate) fn zoom(&mut self, factor: f64, place: f64) {
        let (from, to) = self.window;
        let span = (to - from) * factor;
        let longest = self.end_us().max(1e6) * 4.0;
        if !(SPAN_MIN..=longest).contains(&span) {
            return;
        }
        let centre = from + (to - from) * place;
        self.window = (centre - span * place, centre + span * (1.0 - place));
        self.follow = false;
    }

    /// Where the cursor is in the window, from 0 to 1; its middle where the cursor is out of sight.
    pub(super) fn now_place(&self) -> f64 {
        let place = (self.now_units() - self.window.0) / (self.window.1 - self.window.0);
        if (0.0..=1.0).contains(&place) { place } else { 0.5 }
    }

    /// Moves the window by a share of its width.
    pub(crate) fn pan(&mut self, share: f64) {
        let span = self.window.1 - self.window.0;
        self.window = (self.window.0 + span * share, self.window.1 + span * share);
        self.follow = false;
    }

    /// Back to following the view clock.
    pub(crate) fn follow_now(&mut self) {
        self.follow = true;
        let now = self.now_units();
        if now < self.window.0 || now > self.window.1 {
            let span = self.window.1 - self.window.0;
            self.window = (now - span * 0.7, now + span * 0.3);
        }
    }
}
