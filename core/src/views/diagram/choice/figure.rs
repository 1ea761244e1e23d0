//! Figures in the sizes that reports use.

use super::super::{Axis, Index, View, font, layout};
use super::{Only, WHOLE};
use crate::engine::Run;
use crate::trace::causality::is_event;
use crate::trace::{Kind, RecordId};

/// Size of the smallest type of a picture, in its own units.
const TYPE: f32 = layout::SMALL;
/// Distance of two lanes in a figure, in the same units.
const LANE: f32 = 42.0;
/// How much of the story has room in a figure: a unit in its own units.
const UNIT: f64 = 38.0;
/// Where in a figure that which it is about stands, as a share of it: what led to it stands before.
const BROKEN_AT: f64 = 0.85;
const FAULT_AT: f64 = 0.12;
const FIRST_AT: f64 = 0.06;
/// Fewest events that tell anything.
const TELLS: usize = 5;

/// A size of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// One column of a paper: 85 mm, type of 8 pt.
    Column,
    /// The width of a page: 170 mm, type of 9 pt.
    Page,
    /// A slide of 16:9, 13⅓ × 7½ inches: type of 18 pt.
    Slide,
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 3] = [Preset::Column, Preset::Page, Preset::Slide];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Preset::Column => "column",
            Preset::Page => "page",
            Preset::Slide => "slide",
        }
    }

    /// Its width, in millimetres.
    #[must_use]
    pub const fn width_mm(self) -> f32 {
        match self {
            Preset::Column => 85.0,
            Preset::Page => 170.0,
            Preset::Slide => 338.667,
        }
    }

    /// Its smallest type, in points.
    #[must_use]
    pub const fn type_pt(self) -> f32 {
        match self {
            Preset::Column => 8.0,
            Preset::Page => 9.0,
            Preset::Slide => 18.0,
        }
    }

    /// Its width in units of the picture, of which the smallest type has as many as everywhere.
    #[must_use]
    pub fn width(self) -> f32 {
        self.width_mm() / 25.4 * 72.0 / self.type_pt() * TYPE
    }
}

/// A picture of a run, or of the part of it that tells most, in a size for reports.
#[must_use]
pub fn figure(run: &Run, index: &Index, axis: Axis, preset: Preset, stretch: Option<(f64, f64)>) -> View {
    let left_out = index.only().map(Only::lanes_left_out).unwrap_or_default();
    let lanes = (run.names().len() - left_out.len()).max(1);
    let width = preset.width();
    let height = match preset {
        Preset::Slide => width * 9.0 / 16.0,
        _ => layout::TOP + layout::BOTTOM + LANE * lanes as f32,
    };
    let (from, to) = stretch.unwrap_or_else(|| telling(run, index, axis, f64::from(width)));
    let margin = (to - from) * 0.02;
    View {
        height,
        axis,
        folded: axis == Axis::Story,
        labels: run.scenario().lab.spec().clocks,
        millimetres: Some(preset.width_mm()),
        left_out,
        lit: run.blamed(),
        ..View::whole(width, lanes, from - margin, to + margin)
    }
}

/// The whole run where it has room; else what leads to a broken rule, or what follows from the first fault, or its beginning.
fn telling(run: &Run, index: &Index, axis: Axis, width: f64) -> (f64, f64) {
    let trace = run.trace();
    let (first, end) = match index.only().and_then(Only::ends) {
        Some((first, last)) => (index.units(axis, trace, first), index.units(axis, trace, last)),
        None => (0.0, index.end(axis, run.scenario().until_us as f64)),
    };
    let names = run.names().iter().map(|name| font::text_width(name, 13.0, true)).fold(0.0, f32::max);
    let span = match axis {
        Axis::Story => (width - f64::from(names) - 44.0) / UNIT * index.story_unit(),
        _ => f64::MAX,
    };
    if end - first <= span * WHOLE {
        return (first, end);
    }
    let place = |id: RecordId| index.units(axis, trace, id);
    let is_fault = |id: &&RecordId| matches!(trace.record(**id).kind, Kind::Crash | Kind::Pause | Kind::Partition);
    let broken = run.violations().first().and_then(|v| v.events.last().copied());
    let fault = index.changes().iter().find(is_fault).copied();
    let asked = index.outstanding().first().copied();
    let from = |at: f64, share: f64| (at - span * share).clamp(first, (end - span).max(first));
    let found = [(broken, BROKEN_AT), (fault, FAULT_AT), (asked, FIRST_AT)];
    let found = found.into_iter().filter(|_| index.only().is_none());
    let mut places: Vec<f64> = found.filter_map(|(id, share)| Some(from(place(id?), share))).collect();
    places.push(first);
    // Whatever it is about, something must happen there.
    let tells = |from: f64| {
        let records = index.bound_at(axis, trace, from)..index.bound_at(axis, trace, from + span);
        records.filter(|&id| is_event(trace.record(id)) && !index.is_routine(id)).count()
    };
    let most = places.iter().copied().max_by_key(|&from| tells(from)).unwrap_or(first);
    let from = places.into_iter().find(|&from| tells(from) >= TELLS).unwrap_or(most);
    (from, from + span)
}
