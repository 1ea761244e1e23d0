//! The whole run in a slim strip: how much happens when, what went wrong, and which part is in sight.

use super::index::Index;
use super::scene::{Item, Rect, Scene, Shape};
use super::search::Search;
use super::theme::Ink;
use super::{Axis, LOGICAL_STEP};
use crate::engine::Run;
use crate::trace::{Kind, RecordId};

/// Width of a column, in pixels.
const COLUMN_PX: f32 = 3.0;
/// Room at both ends, in pixels.
const MARGIN: f32 = 10.0;
/// Room above the columns for marks, in pixels.
const HEAD: f32 = 8.0;
/// Width of the handles at both ends of what is in sight, in pixels.
const HANDLE: f32 = 5.0;

/// What the strip shows.
#[derive(Clone, Copy, Debug)]
pub struct Overview<'a> {
    /// Width of the strip, in pixels.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// What the axis shows.
    pub axis: Axis,
    /// End of the run, in units of the axis; it begins at 0.
    pub end: f64,
    /// What is in sight, in units of the axis.
    pub window: (f64, f64),
    /// The cursor, in units of the axis.
    pub now: f64,
    /// A search whose hits are marked.
    pub search: Option<&'a Search>,
}

impl Overview<'_> {
    /// Place of a value of the axis.
    #[must_use]
    pub fn x(&self, units: f64) -> f32 {
        MARGIN + (units / self.end.max(1e-9)) as f32 * self.breadth()
    }

    /// Value of the axis at a place.
    #[must_use]
    pub fn units(&self, x: f32) -> f64 {
        f64::from((x - MARGIN) / self.breadth()) * self.end
    }

    fn breadth(&self) -> f32 {
        (self.width - 2.0 * MARGIN).max(1.0)
    }

    /// The frame around what is in sight.
    #[must_use]
    pub fn frame(&self) -> Rect {
        let from = self.x(self.window.0).max(1.0).min(self.width - 2.0 * HANDLE);
        let to = self.x(self.window.1).min(self.width - 1.0).max(from + 2.0 * HANDLE);
        Rect { x: from, y: 1.0, w: to - from, h: self.height - 2.0 }
    }
}

/// Lays the strip out.
#[must_use]
pub fn lay_out_overview(run: &Run, index: &Index, view: &Overview<'_>) -> Scene {
    let mut strip = Strip { run, index, view, items: Vec::new() };
    strip.draw_columns();
    strip.draw_cuts();
    strip.draw_marks();
    strip.draw_hits();
    strip.draw_window();
    Scene { width: view.width, height: view.height, items: strip.items, ..Scene::default() }
}

struct Strip<'a> {
    run: &'a Run,
    index: &'a Index,
    view: &'a Overview<'a>,
    items: Vec<Item>,
}

impl Strip<'_> {
    fn put(&mut self, shape: Shape, ink: Ink, alpha: f32) {
        self.items.push(Item { shape, ink, alpha, clipped: false, part: None });
    }

    fn fill(&mut self, x: f32, y: f32, w: f32, h: f32, ink: Ink, alpha: f32) {
        self.put(Shape::Fill(Rect { x, y, w, h }), ink, alpha);
    }

    fn x_of(&self, id: RecordId) -> f32 {
        self.view.x(self.index.units(self.view.axis, self.run.trace(), id))
    }

    /// End of the axis in the units of the buckets.
    fn end(&self) -> f64 {
        if self.view.axis == Axis::Logical { self.view.end / LOGICAL_STEP } else { self.view.end }
    }

    fn columns(&self) -> usize {
        (self.view.breadth() / COLUMN_PX).ceil() as usize
    }

    /// How much happens when: one shape, however long the run.
    fn draw_columns(&mut self) {
        let columns = self.index.density(self.view.axis).columns(self.columns(), self.end());
        let most = columns.iter().copied().fold(1.0, f32::max);
        let (floor, room) = (self.view.height - 2.0, self.view.height - HEAD - 4.0);
        let mut points = vec![(MARGIN, floor)];
        for (i, count) in columns.into_iter().enumerate() {
            let x = MARGIN + i as f32 * COLUMN_PX;
            let y = if count > 0.0 { floor - room * (0.12 + 0.88 * (count / most).sqrt()) } else { floor };
            points.extend([(x, y), (x + COLUMN_PX, y)]);
        }
        points.push((points[points.len() - 1].0, floor));
        self.put(Shape::Polygon(points), Ink::Lane, 0.62);
        self.fill(MARGIN, floor, self.view.breadth(), 1.0, Ink::Lane, 0.8);
    }

    /// Partitions and crashes last: a hatching, and a line at the foot.
    fn draw_cuts(&mut self) {
        let (index, trace) = (self.index, self.run.trace());
        let end = self.view.x(self.view.end);
        let mut since: Option<f32> = None;
        let mut down = vec![None; trace.width()];
        for &id in index.changes() {
            let (x, record) = (self.x_of(id), trace.record(id));
            match record.kind {
                Kind::Partition => since = since.or(Some(x)),
                Kind::Heal => self.draw_partition(since.take(), x),
                Kind::Crash => down[usize::from(record.node)] = Some(x),
                Kind::Restart => self.draw_down(down[usize::from(record.node)].take(), x),
                _ => {}
            }
        }
        self.draw_partition(since, end);
        for from in down {
            self.draw_down(from, end);
        }
    }

    fn draw_partition(&mut self, from: Option<f32>, to: f32) {
        let Some(from) = from else { return };
        let rect = Rect { x: from, y: HEAD, w: (to - from).max(1.0), h: self.view.height - HEAD - 2.0 };
        self.put(Shape::Hatched(rect), Ink::Hatch, 0.8);
    }

    fn draw_down(&mut self, from: Option<f32>, to: f32) {
        let Some(from) = from else { return };
        self.fill(from, self.view.height - 4.0, (to - from).max(1.0), 3.0, Ink::Bad, 0.7);
    }

    /// A cross where something crashed, a wedge where a rule was broken; as many as columns at most.
    fn draw_marks(&mut self) {
        let crashes = self.index.changes().iter().filter(|&&id| self.run.trace().record(id).kind == Kind::Crash);
        let mut last = f32::MIN;
        for x in crashes.map(|&id| self.x_of(id)).collect::<Vec<_>>() {
            if x - last < COLUMN_PX {
                continue;
            }
            last = x;
            for (a, b) in [((x - 3.0, 2.0), (x + 3.0, 8.0)), ((x - 3.0, 8.0), (x + 3.0, 2.0))] {
                self.put(Shape::Line { from: a, to: b, width: 1.8, dash: None }, Ink::Bad, 1.0);
            }
        }
        for &id in self.index.violations() {
            let x = self.x_of(id);
            self.fill(x - 1.0, 1.0, 2.0, self.view.height - 2.0, Ink::Bad, 1.0);
            self.put(Shape::Polygon(vec![(x - 6.0, 1.0), (x + 6.0, 1.0), (x, 10.0)]), Ink::Bad, 1.0);
        }
    }

    fn draw_hits(&mut self) {
        let Some(search) = self.view.search else { return };
        let columns = search.buckets(self.view.axis).columns(self.columns(), self.end());
        for (i, _) in columns.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let x = MARGIN + i as f32 * COLUMN_PX;
            self.fill(x, 1.0, COLUMN_PX - 1.0, self.view.height - 3.0, Ink::Future, 0.85);
        }
    }

    fn draw_window(&mut self) {
        let (view, frame) = (self.view, self.view.frame());
        let now = view.x(view.now);
        self.fill(now - 0.75, 0.0, 1.5, view.height, Ink::Accent, 0.9);
        self.fill(0.0, 0.0, frame.x, view.height, Ink::Paper, 0.55);
        self.fill(frame.x + frame.w, 0.0, view.width - frame.x - frame.w, view.height, Ink::Paper, 0.55);
        let Rect { x, y, w, h } = frame;
        let corners = vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)];
        self.put(Shape::Path { points: corners, width: 1.5 }, Ink::Accent, 1.0);
        for x in [x, x + w - HANDLE] {
            self.fill(x, y + h * 0.22, HANDLE, h * 0.56, Ink::Accent, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run;
    use crate::labs;

    #[test]
    fn places_and_values_belong_together_and_the_frame_stays_inside() {
        let mut view = Overview {
            width: 800.0,
            height: 30.0,
            axis: Axis::Time,
            end: 250_000.0,
            window: (50_000.0, 100_000.0),
            now: 0.0,
            search: None,
        };
        for units in [0.0, 1_234.0, 250_000.0] {
            assert!((view.units(view.x(units)) - units).abs() < 5.0);
        }
        assert!((view.units(view.frame().x) - 50_000.0).abs() < 500.0);
        for window in [(-1e9, 1e9), (-10.0, -5.0), (1e9, 2e9), (100.0, 100.1)] {
            view.window = window;
            let frame = view.frame();
            assert!(frame.x >= 0.0 && frame.x + frame.w <= 800.0 && frame.w >= 2.0 * HANDLE, "{window:?}: {frame:?}");
        }
    }

    #[test]
    fn a_long_run_takes_no_more_shapes_than_a_short_one() {
        let shapes = |count: u32| {
            let text = format!(
                r#"{{"format":"lightcone/1","lab":"vector-clocks","network":{{"delay_ms":3}},"until_ms":{count},
                "acts":[{{"at_ms":0,"act":{{"workload":{{"op":"send","nodes":["P1","P2"],"count":{count},"every_ms":1}}}}}}]}}"#
            );
            let run = run(labs::parse(&text).expect("a scenario"));
            let index = Index::of(&run);
            let end = f64::from(count) * 1000.0;
            let view = Overview {
                width: 900.0,
                height: 30.0,
                axis: Axis::Time,
                end,
                window: (0.0, end),
                now: 0.0,
                search: None,
            };
            lay_out_overview(&run, &index, &view).items.len()
        };
        assert_eq!(shapes(100), shapes(3_000));
    }
}
