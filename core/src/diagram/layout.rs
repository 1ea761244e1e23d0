//! From a run and a view to shapes.

mod arrows;
mod events;
mod ground;
mod holds;

use super::index::Index;
use super::labels::Room;
use super::scene::{Item, Point, Rect, Scene, Shape};
use super::theme::{Ink, TONES};
use super::{Axis, LINK_LAYER, LOGICAL_STEP, View, font};
use crate::causality::reaches;
use crate::frame::Frame;
use crate::run::Run;
use crate::trace::{Kind, MessageId, NodeId, Record, RecordId, Trace};

/// Height of the axis above the lanes.
pub(super) const TOP: f32 = 36.0;
/// Room below the last lane.
pub(super) const BOTTOM: f32 = 10.0;
const RIGHT: f32 = 10.0;
/// Size of clock labels and message labels.
pub(super) const SMALL: f32 = 11.0;
/// Size of lane names.
const NAME: f32 = 13.0;
/// Distance of events of one instant, in radii of their marks.
const SIDE_BY_SIDE: f32 = 2.1;
/// So many records before the cursor can stand where now would be: those of a few instants.
const CROWD_LOOK: u32 = 48;
/// With more visible events than this, lanes show density instead of marks.
const MARKS_MAX: u32 = 4_000;

/// How a record stands to the event whose cones are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cone {
    /// No event is pointed at.
    None,
    Past,
    Own,
    Future,
    Outside,
}

/// Everything that the parts of the layout share.
pub(super) struct Sheet<'a> {
    pub(super) run: &'a dyn Run,
    pub(super) trace: &'a Trace,
    pub(super) index: &'a Index,
    pub(super) view: &'a View,
    pub(super) frame: &'a Frame,
    pub(super) scene: Scene,
    pub(super) room: Room,
    pub(super) plot: Rect,
    pub(super) gap: f32,
    /// Radius of a mark.
    pub(super) r: f32,
    /// First visible record and the one after the last.
    pub(super) visible: (RecordId, RecordId),
    pub(super) stretch_us: (u64, u64),
    status_labels: Vec<ground::StatusLabel>,
}

/// Lays a view of a run out.
#[must_use]
pub fn lay_out(run: &dyn Run, index: &Index, view: &View, frame: &Frame) -> Scene {
    let mut sheet = Sheet::new(run, index, view, frame);
    sheet.draw_grid();
    sheet.draw_partitions();
    sheet.draw_cones();
    sheet.draw_lanes();
    // Under the events and their labels: the cursor often stands right on one.
    sheet.draw_now();
    if sheet.visible.1 - sheet.visible.0 > MARKS_MAX {
        sheet.draw_density();
        sheet.draw_changes();
    } else {
        sheet.reserve_marks();
        sheet.draw_arrows();
        sheet.draw_holds();
        sheet.draw_path();
        sheet.draw_status_labels();
        sheet.draw_events();
        sheet.draw_clock_labels();
        sheet.draw_arrow_labels();
    }
    sheet.draw_names();
    sheet.scene
}

impl<'a> Sheet<'a> {
    fn new(run: &'a dyn Run, index: &'a Index, view: &'a View, frame: &'a Frame) -> Sheet<'a> {
        let names = run.names();
        let widest = names.iter().map(|n| font::text_width(n, NAME, true)).fold(0.0, f32::max);
        let left = (widest + 34.0).min(view.width * 0.4);
        let plot =
            Rect { x: left, y: TOP, w: (view.width - left - RIGHT).max(1.0), h: (view.height - TOP - BOTTOM).max(1.0) };
        let lanes = names.len().max(1) as f32;
        let gap = (plot.h / lanes).min(120.0);
        let top = plot.y + (plot.h - gap * lanes) / 2.0 + gap / 2.0;
        let scene = Scene {
            width: view.width,
            height: view.height,
            lanes: (0..names.len()).map(|i| top + gap * i as f32).collect(),
            plot: Some(plot),
            ..Scene::default()
        };
        let trace = run.trace();
        let stretch_us = stretch(trace, index, view);
        let visible = (trace.first_at(stretch_us.0), trace.count_until(stretch_us.1));
        let room = Room::new(Rect { x: plot.x, y: TOP - 4.0, w: plot.w, h: plot.h + 4.0 });
        let r = (gap / 7.0).clamp(2.2, 5.2);
        Sheet {
            run,
            trace,
            index,
            view,
            frame,
            scene,
            room,
            plot,
            gap,
            r,
            visible,
            stretch_us,
            status_labels: Vec::new(),
        }
    }

    pub(super) fn put(&mut self, shape: Shape, ink: Ink, alpha: f32) {
        self.scene.items.push(Item { shape, ink, alpha, clipped: true });
    }

    pub(super) fn put_fixed(&mut self, shape: Shape, ink: Ink, alpha: f32) {
        self.scene.items.push(Item { shape, ink, alpha, clipped: false });
    }

    fn x(&self, units: f64) -> f32 {
        let share = (units - self.view.from) / (self.view.to - self.view.from);
        self.plot.x + (share * f64::from(self.plot.w)) as f32
    }

    /// Place of a record along the axis.
    pub(super) fn x_of(&self, id: RecordId) -> f32 {
        match self.view.axis {
            Axis::Time => {
                let at_us = self.trace.record(id).at_us;
                let x = self.x(at_us as f64);
                let (rank, count, next_us) = self.index.crowd(id);
                if rank == 0 {
                    return x;
                }
                // Side by side in their order, and never so far that they pass what comes next.
                let room = (self.x(next_us as f64) - x) * 0.85 / f32::from(count.max(1));
                x + f32::from(rank) * room.min(self.r * SIDE_BY_SIDE)
            }
            Axis::Logical => {
                // A request stands where its first effect does.
                let early = u32::from(self.trace.record(id).kind == Kind::Request);
                self.x(f64::from(self.index.step(id) + early) * LOGICAL_STEP)
            }
        }
    }

    /// Place of a time along the axis.
    pub(super) fn x_of_time(&self, at_us: u64) -> f32 {
        match self.view.axis {
            Axis::Time => self.x(at_us as f64),
            Axis::Logical => match self.trace.count_until(at_us) {
                0 => self.x(0.0),
                count => self.x(f64::from(self.index.step(count - 1)) * LOGICAL_STEP),
            },
        }
    }

    /// Place of the line that says "now".
    pub(super) fn x_of_now(&self) -> Option<f32> {
        let now_us = self.view.now_us?;
        Some(match (self.view.axis, self.frame.event) {
            (Axis::Time, event) => self.behind_crowds(self.x(now_us as f64), event),
            (Axis::Logical, Some(id)) => self.x((f64::from(self.index.step(id)) + 0.5) * LOGICAL_STEP),
            (Axis::Logical, None) => self.x(0.0),
        })
    }

    /// Now stands behind everything that has happened, also behind what was set aside to stand side by side.
    fn behind_crowds(&self, now: f32, event: Option<RecordId>) -> f32 {
        let newest = event.map_or(0, |id| id + 1);
        let near = (newest.saturating_sub(CROWD_LOOK)..newest).rev();
        let crowded = near.filter(|&id| self.index.crowd(id).0 > 0 && !self.is_hidden(self.trace.record(id)));
        crowded.map(|id| self.x_of(id) + self.r * SIDE_BY_SIDE / 2.0).fold(now, f32::max)
    }

    pub(super) fn lane(&self, node: NodeId) -> f32 {
        self.scene.lanes[usize::from(node)]
    }

    pub(super) fn place_of(&self, id: RecordId) -> Point {
        (self.x_of(id), self.lane(self.trace.record(id).node))
    }

    pub(super) fn ink_of(node: NodeId) -> Ink {
        Ink::Process((node % NodeId::from(TONES)) as u8)
    }

    /// Whether a person wants a record out of the way.
    pub(super) fn is_hidden(&self, record: &Record) -> bool {
        match record.kind {
            Kind::Link => self.view.hidden.contains(&LINK_LAYER),
            Kind::Send | Kind::Receive => self.hides(record.message),
            _ => false,
        }
    }

    /// Whether a person wants a message out of the way.
    pub(super) fn hides(&self, message: MessageId) -> bool {
        !self.view.hidden.is_empty() && self.view.hidden.contains(&self.run.message_kind(message))
    }

    /// Whether a record lies behind the cursor, in the known future.
    pub(super) fn is_ahead(&self, id: RecordId) -> bool {
        id >= self.frame.position
    }

    /// How a record stands to the event whose cones are shown.
    pub(super) fn cone(&self, id: RecordId, record: &Record) -> Cone {
        let Some(focus) = self.view.focus.filter(|&f| f < self.trace.len()) else { return Cone::None };
        if focus == id {
            return Cone::Own;
        }
        let centre = self.trace.record(focus);
        let (earlier, later) = if record.node == centre.node {
            (id < focus, id > focus)
        } else {
            (reaches(self.trace, record, centre), reaches(self.trace, centre, record))
        };
        match (earlier, later) {
            (true, _) if self.trace.component(record, usize::from(record.node)) > 0 => Cone::Past,
            (_, true) => Cone::Future,
            _ => Cone::Outside,
        }
    }

    /// How strongly something is drawn.
    pub(super) fn alpha(&self, cone: Cone, ahead: bool) -> f32 {
        let strength = if cone == Cone::Outside { 0.16 } else { 1.0 };
        if ahead { strength * 0.32 } else { strength }
    }
}

/// What `clamp` does. That panics at a wrong range with both numbers, and the page would carry how to write an `f32`.
fn within(x: f32, low: f32, high: f32) -> f32 {
    x.min(high).max(low)
}

/// The stretch of time that a view shows.
fn stretch(trace: &Trace, index: &Index, view: &View) -> (u64, u64) {
    match view.axis {
        Axis::Time => (view.from.max(0.0) as u64, view.to.max(0.0).ceil() as u64),
        Axis::Logical => {
            let time = |units: f64| {
                let id = index.first_at_step((units / LOGICAL_STEP).max(0.0) as u32);
                if id < trace.len() { trace.record(id).at_us } else { u64::MAX }
            };
            (time(view.from - LOGICAL_STEP), time(view.to + LOGICAL_STEP))
        }
    }
}
