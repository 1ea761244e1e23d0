//! What the axis shows, and what a place along it stands for. Marks, arrows, ticks, bands and the cursor all ask here.

use super::Index;
use super::index::takes_step;
use crate::trace::{Kind, RecordId, Trace};

/// What the axis shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Virtual time, in microseconds.
    Time,
    /// Order: every event one step further, so that busy instants open up.
    Logical,
    /// Time that is bent, for all lanes alike: idle stretches are folded, busy instants opened.
    Story,
}

/// One step of the logical axis in its own units.
pub const LOGICAL_STEP: f64 = 1000.0;

impl Index {
    /// Place of a record, in units of the axis. On the time axis exactly its instant; it never falls from record to record.
    #[must_use]
    pub fn units(&self, axis: Axis, trace: &Trace, id: RecordId) -> f64 {
        match axis {
            Axis::Time => trace.record(id).at_us as f64,
            Axis::Logical => {
                let (kind, step) = (trace.record(id).kind, f64::from(self.step(id)));
                let half = if takes_step(kind) || kind == Kind::Boot { 0.0 } else { 0.5 };
                (step + half) * LOGICAL_STEP
            }
            Axis::Story => self.story.place(id),
        }
    }

    /// Place of a time in microseconds.
    #[must_use]
    pub fn units_at(&self, axis: Axis, trace: &Trace, us: f64) -> f64 {
        match axis {
            Axis::Time => us,
            Axis::Logical => match trace.count_until(us.max(0.0) as u64) {
                0 => 0.0,
                count => self.units(axis, trace, count - 1),
            },
            Axis::Story => self.story.place_at(us),
        }
    }

    /// Place of the cursor: behind a record, at a time.
    #[must_use]
    pub fn units_now(&self, axis: Axis, trace: &Trace, event: Option<RecordId>, us: f64) -> f64 {
        match (axis, event) {
            (Axis::Time, _) => us,
            (Axis::Logical, Some(id)) => (f64::from(self.step(id)) + 0.5) * LOGICAL_STEP,
            (Axis::Logical, None) => 0.0,
            (Axis::Story, Some(id)) => {
                let (event_us, at) = (trace.record(id).at_us as f64, self.units(axis, trace, id));
                if us > event_us { self.story.place_behind(id, us).max(at) } else { at }
            }
            (Axis::Story, None) => self.story.place_at(us),
        }
    }

    /// The time that a place stands for, in microseconds: on the logical axis that of the first record there.
    #[must_use]
    pub fn us_at(&self, axis: Axis, trace: &Trace, units: f64) -> f64 {
        match axis {
            Axis::Time => units,
            Axis::Logical => {
                let id = self.first_at_step((units / LOGICAL_STEP).max(0.0) as u32);
                if id < trace.len() { trace.record(id).at_us as f64 } else { u64::MAX as f64 }
            }
            Axis::Story => self.story.time_at(units),
        }
    }

    /// The first record behind a place.
    #[must_use]
    pub fn bound_at(&self, axis: Axis, trace: &Trace, units: f64) -> RecordId {
        match axis {
            _ if units < 0.0 => 0,
            Axis::Time => trace.count_until(units as u64),
            Axis::Logical => self.first_at_step((units / LOGICAL_STEP) as u32 + 1),
            Axis::Story => self.story.bound_at(units),
        }
    }

    /// Where a run ends that is known up to a time.
    #[must_use]
    pub fn end(&self, axis: Axis, end_us: f64) -> f64 {
        match axis {
            Axis::Time => end_us,
            Axis::Logical => (f64::from(self.step_count()) + 1.5) * LOGICAL_STEP,
            Axis::Story => self.story.end(end_us),
        }
    }
}
