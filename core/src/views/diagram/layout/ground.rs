//! What lies under the events: grid, lanes, cuts, pauses, cones, density.

use super::super::index::is_drawn;
use super::super::scene::{Anchor, FoldPlace, Rect, Shape};
use super::super::theme::Ink;
use super::super::{Axis, Fold, LOGICAL_STEP};
use super::{Cone, Face, PLAIN, Sheet, within};
use crate::base::json::millis_text;
use crate::trace::causality::is_event;
use crate::trace::frame::Status;
use crate::trace::{Act, Kind, NodeId, RecordId};

/// Least distance between two labels of the axis, in pixels, to the right and downwards.
const TICK_PX: [f64; 2] = [92.0, 46.0];
/// Finest distance of ticks where time is bent, in microseconds.
const TICK_US_MIN: f64 = 100.0;
/// Most ticks of one fineness that are tried.
const TICKS_MAX: f64 = 2_000.0;
/// Width of a column of the density picture, in pixels.
const COLUMN_PX: f32 = 2.0;

/// A word for a stretch, to be placed when it is known where the arrows are.
pub(super) struct StatusLabel {
    from: f32,
    to: f32,
    y: f32,
    text: &'static str,
    ink: Ink,
}

/// A stretch of a lane in one status, in places along the axis.
struct Stretch {
    from: f32,
    to: f32,
    status: Status,
    since: RecordId,
}

impl Sheet<'_> {
    pub(super) fn draw_grid(&mut self) {
        let ticks = if self.view.axis == Axis::Story { self.story_ticks() } else { self.even_ticks() };
        for (x, text) in ticks {
            self.grid_line(x, 1.0, None);
            self.draw_tick(x, text);
        }
    }

    fn grid_line(&mut self, x: f32, alpha: f32, dash: Option<(f32, f32)>) {
        let (top, bottom) = (self.plot.y - 6.0, self.plot.y + self.plot.h);
        self.put(Shape::Line { from: (x, top), to: (x, bottom), width: 1.0, dash }, Ink::Grid, alpha);
    }

    /// A text over the plot, where it fits.
    fn draw_tick(&mut self, x: f32, text: String) {
        let face = Face { anchor: if self.down { Anchor::End } else { Anchor::Middle }, ..PLAIN };
        let (w, h) = self.ground(&text, face);
        let ground = Rect { x: x - w / 2.0, y: self.plot.y - 12.0 - h, w, h };
        if ground.x >= self.plot.x - 14.0 && ground.x + w <= self.plot.x + self.plot.w + 10.0 {
            self.put_fixed(self.words(ground, text, face), Ink::Muted, 1.0);
        }
    }

    /// Ticks at equal distances.
    fn even_ticks(&self) -> Vec<(f32, String)> {
        let (from, to) = (self.view.from, self.view.to);
        let per_px = (to - from) / f64::from(self.plot.w);
        let step = nice(per_px * TICK_PX[usize::from(self.down)]);
        let mut ticks = Vec::new();
        let mut tick = (from / step).ceil().max(0.0) * step;
        while tick <= to {
            let text = match self.view.axis {
                Axis::Logical => format!("{}", (tick / LOGICAL_STEP).round()),
                _ => format!("{} ms", millis_text(tick.round() as u64)),
            };
            ticks.push((self.x(tick), text));
            tick += step;
        }
        ticks
    }

    /// Where time is folded, a break that says how long; and between the breaks ticks at round times, the roundest first.
    fn story_ticks(&mut self) -> Vec<(f32, String)> {
        let apart = TICK_PX[usize::from(self.down)] as f32;
        let folds: Vec<Fold> = self.index.folds(self.view.from, self.view.to).to_vec();
        let mut taken: Vec<f32> = Vec::new();
        for fold in &folds {
            // What a person has opened has its length again, and a mark at its beginning to fold it.
            let x = if fold.open { self.x(fold.from) } else { f32::midpoint(self.x(fold.from), self.x(fold.to)) };
            if x < self.plot.x || x > self.plot.x + self.plot.w {
                continue;
            }
            let off = if fold.open { 4.5 } else { 2.5 };
            self.grid_line(x - off, 1.0, Some((3.0, 3.0)));
            self.grid_line(x + off, 1.0, Some((3.0, 3.0)));
            let half = apart / 2.0;
            let rect = Rect { x: x - half, y: 0.0, w: apart, h: self.plot.y };
            self.scene.folds.push(FoldPlace { from_us: fold.from_us, rect });
            if taken.last().is_none_or(|last| x - last >= apart) {
                let length = duration_text(fold.to_us - fold.from_us);
                self.draw_tick(x, if fold.open { format!("› {length} ‹") } else { format!("… {length}") });
                taken.push(x);
            }
        }
        let time = |units: f64| self.index.us_at(Axis::Story, self.trace, units).max(0.0);
        // Behind all that is known, places stand for no time that one could wait for.
        let known_us = self.trace.len().checked_sub(1).map_or(0, |last| self.trace.record(last).at_us);
        let known_us = known_us.max(self.view.now_us.unwrap_or(0)) as f64;
        let (first, last) = (time(self.view.from), time(self.view.to).min(known_us + self.index.story_unit()));
        let mut ticks: Vec<(f32, String)> = Vec::new();
        let mut step = nice((last - first).clamp(1.0, 1e15));
        while step >= TICK_US_MIN && (last - first) / step <= TICKS_MAX {
            let mut at = (first / step).ceil() * step;
            while at <= last {
                let x = self.x_of_time(at as u64);
                let inside = |fold: &Fold| !fold.open && at > fold.from_us as f64 && at < fold.to_us as f64;
                if !folds.iter().any(inside) && taken.iter().all(|other| (x - other).abs() >= apart) {
                    taken.push(x);
                    ticks.push((x, format!("{} ms", millis_text(at.round() as u64))));
                }
                at += step;
            }
            step = nice(step / 2.5);
        }
        ticks
    }

    /// Stretches of one lane, from changes of its status.
    fn stretches(&self, node: NodeId) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        let (mut from, mut status, mut since) = (self.x_of_time(0), Status::Up, 0);
        for &id in self.index.changes() {
            let record = self.trace.record(id);
            if record.node != node {
                continue;
            }
            let next = match record.kind {
                Kind::Crash => Status::Crashed,
                Kind::Pause => Status::Paused,
                _ => Status::Up,
            };
            let to = self.x_of(id);
            stretches.push(Stretch { from, to, status, since });
            (from, status, since) = (to, next, id);
        }
        let end = (self.plot.x + self.plot.w + 10.0).max(from);
        stretches.push(Stretch { from, to: end, status, since });
        stretches
    }

    pub(super) fn draw_lanes(&mut self) {
        let now = self.x_of_now().unwrap_or(f32::MAX);
        let end = self.plot.x + self.plot.w;
        for node in self.in_order() {
            let y = self.lane(node);
            for s in self.stretches(node) {
                let (from, to) = (s.from.max(self.plot.x), s.to.min(end));
                if to <= from {
                    continue;
                }
                let thin = self.is_collapsed(node);
                match s.status {
                    Status::Up => self.lane_line(from, to, y, now, if thin { 0.8 } else { 1.6 }),
                    Status::Paused => {
                        let h = if thin { 5.0 } else { (self.gap * 0.3).clamp(6.0, 16.0) };
                        self.put(Shape::Hatched(Rect { x: from, y: y - h / 2.0, w: to - from, h }), Ink::Hatch, 0.9);
                        self.lane_line(from, to, y, now, if thin { 0.8 } else { 1.0 });
                        self.status_label(from, to, y, if thin { "" } else { "paused" }, Ink::Muted);
                    }
                    Status::Crashed => {
                        let dash = Some((1.5, 5.0));
                        let line = Shape::Line { from: (from, y), to: (to, y), width: 1.2, dash };
                        self.put(line, Ink::Bad, if self.is_ahead(s.since) { 0.2 } else { 0.55 });
                        self.status_label(from, to, y, if thin { "" } else { "down" }, Ink::Bad);
                    }
                }
            }
        }
    }

    fn lane_line(&mut self, from: f32, to: f32, y: f32, now: f32, width: f32) {
        let middle = within(now, from, to);
        if middle > from {
            self.put(Shape::Line { from: (from, y), to: (middle, y), width, dash: None }, Ink::Lane, 1.0);
        }
        if to > middle {
            self.put(Shape::Line { from: (middle, y), to: (to, y), width, dash: None }, Ink::Lane, 0.28);
        }
    }

    fn status_label(&mut self, from: f32, to: f32, y: f32, text: &'static str, ink: Ink) {
        if !text.is_empty() {
            self.status_labels.push(StatusLabel { from, to, y, text, ink });
        }
    }

    /// Says what a stretch means, where no arrow crosses it.
    pub(super) fn draw_status_labels(&mut self) {
        for label in std::mem::take(&mut self.status_labels) {
            let face = Face { bold: true, anchor: Anchor::Middle, ..PLAIN };
            let (w, h) = self.ground(label.text, face);
            let (w, h) = if self.down { (w + 4.0, h + 10.0) } else { (w + 10.0, h + 3.0) };
            let room = label.to - label.from - w - 12.0;
            if room < 0.0 {
                continue;
            }
            let place = |share: f32| Rect { x: label.from + 6.0 + room * share, y: label.y - h / 2.0, w, h };
            let Some(rect) = self.room.place([0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95].map(place)) else { continue };
            self.put(Shape::Fill(rect), Ink::Paper, 1.0);
            let text = self.words(rect, label.text.into(), face);
            self.put(text, label.ink, 1.0);
        }
    }

    /// Hatches the ground between neighbouring lanes that a partition keeps apart.
    pub(super) fn draw_partitions(&mut self) {
        let changes: Vec<RecordId> = self.index.changes().to_vec();
        let is_cut = |&&id: &&RecordId| matches!(self.trace.record(id).kind, Kind::Partition | Kind::Heal);
        let cuts: Vec<RecordId> = changes.iter().filter(is_cut).copied().collect();
        for (i, &id) in cuts.iter().enumerate() {
            let Some(Act::Partition(groups)) = self.run.act_of(id) else { continue };
            let from = self.x_of(id).max(self.plot.x);
            let end = self.plot.x + self.plot.w;
            let to = cuts.get(i + 1).map_or(end, |&next| self.x_of(next)).min(end);
            let group = |node: usize| groups.iter().position(|g| g.contains(&(node as NodeId)));
            let mut labelled = to - from < 76.0;
            for pair in self.in_order().windows(2) {
                if to <= from || group(usize::from(pair[0])) == group(usize::from(pair[1])) {
                    continue;
                }
                let y = (self.lane(pair[0]) + self.lane(pair[1])) / 2.0;
                let h = (self.gap * 0.2).clamp(4.0, 14.0);
                let alpha = if self.is_ahead(id) { 0.35 } else { 1.0 };
                self.put(Shape::Hatched(Rect { x: from, y: y - h / 2.0, w: to - from, h }), Ink::Hatch, alpha);
                if !std::mem::replace(&mut labelled, true) {
                    self.status_label(from, to, y, "partition", Ink::Muted);
                }
            }
        }
    }

    /// The light cones of the event in focus, as washes along the lanes.
    pub(super) fn draw_cones(&mut self) {
        let Some(focus) = self.view.focus.filter(|&f| self.has_lane(f)) else { return };
        if self.trace.record(focus).stamp == crate::trace::NONE {
            return;
        }
        let lanes = self.scene.lanes.len();
        let (mut last_past, mut first_future) = (vec![None; lanes], vec![None; lanes]);
        let (first, end) = self.visible;
        for id in first..end {
            let record = *self.trace.record(id);
            if !is_event(&record) && id != focus || self.is_collapsed(record.node) {
                continue;
            }
            let lane = usize::from(record.node);
            match self.cone(id, &record) {
                Cone::Past => last_past[lane] = Some(id),
                Cone::Future if first_future[lane].is_none() => first_future[lane] = Some(id),
                Cone::Own => {
                    last_past[lane] = Some(id);
                    first_future[lane] = Some(id);
                }
                _ => {}
            }
        }
        let h = (self.gap * 0.46).clamp(7.0, 26.0);
        let end = self.plot.x + self.plot.w;
        for lane in 0..lanes {
            let y = self.scene.lanes[lane] - h / 2.0;
            if let Some(id) = last_past[lane] {
                let w = self.x_of(id) - self.plot.x;
                self.put(Shape::Fill(Rect { x: self.plot.x, y, w, h }), Ink::Past, 0.13);
            }
            if let Some(id) = first_future[lane] {
                let x = self.x_of(id);
                self.put(Shape::Fill(Rect { x, y, w: end - x, h }), Ink::Future, 0.13);
            }
        }
    }

    /// Many events: each column says by its strength how many there are.
    pub(super) fn draw_density(&mut self) {
        let lanes = self.scene.lanes.len();
        let columns = (self.plot.w / COLUMN_PX).ceil() as usize + 1;
        let mut counts = vec![0u32; lanes * columns];
        let (first, end) = self.visible;
        for id in first..end {
            let record = self.trace.record(id);
            if !is_drawn(record.kind) || self.is_hidden(record) || self.is_collapsed(record.node) {
                continue;
            }
            let column = ((self.x_of(id) - self.plot.x) / COLUMN_PX).max(0.0) as usize;
            counts[usize::from(record.node) * columns + column.min(columns - 1)] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(1).max(1) as f32;
        let h = (self.gap * 0.62).clamp(4.0, 44.0);
        for lane in 0..lanes {
            let y = self.scene.lanes[lane];
            for column in 0..columns {
                let count = counts[lane * columns + column] as f32;
                if count > 0.0 {
                    let tall = h * (0.25 + 0.75 * (count / most).sqrt());
                    let x = self.plot.x + column as f32 * COLUMN_PX;
                    let bar = Rect { x, y: y - tall / 2.0, w: COLUMN_PX, h: tall };
                    self.put(Shape::Fill(bar), Self::ink_of(lane as NodeId), 0.75);
                }
            }
        }
    }

    pub(super) fn draw_now(&mut self) {
        let Some(x) = self.x_of_now() else { return };
        if x < self.plot.x - 1.0 || x > self.plot.x + self.plot.w + 1.0 {
            return;
        }
        let (top, bottom) = (self.plot.y - 6.0, self.plot.y + self.plot.h);
        self.put(Shape::Line { from: (x, top), to: (x, bottom), width: 1.5, dash: None }, Ink::Accent, 1.0);
        self.put(Shape::Polygon(vec![(x - 5.0, top - 5.0), (x + 5.0, top - 5.0), (x, top + 3.0)]), Ink::Accent, 1.0);
        self.room.take(Rect { x: x - 5.0, y: top - 5.0, w: 10.0, h: 8.0 });
    }
}

/// A length of time in a few words.
fn duration_text(us: u64) -> String {
    if us >= 1_000_000 { format!("{} s", millis_text(us / 10_000 * 10)) } else { format!("{} ms", us / 1_000) }
}

/// The next larger number of the form 1, 2 or 5 times a power of ten.
fn nice(at_least: f64) -> f64 {
    let power = 10.0_f64.powi(at_least.max(1.0).log10().floor() as i32);
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power).find(|&s| s >= at_least * 0.999).unwrap_or(power * 10.0)
}
