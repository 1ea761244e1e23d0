//! From a run and a view to shapes.

mod arrows;
mod bands;
mod cut;
mod events;
mod ground;
mod holds;
mod log;
mod names;
mod rhythm;
mod stacks;

pub use log::lay_out_log;

use super::index::Index;
use super::labels::Room;
use super::scene::{Anchor, Item, Part, Point, Rect, Scene, Shape, turned};
use super::theme::{Ink, TONES};
use super::{Axis, LOGICAL_STEP, Orientation, View, font, lane_order, sort_of_record};
use crate::engine::Run;
use crate::trace::causality::reaches;
use crate::trace::frame::Frame;
use crate::trace::{MessageId, NodeId, Record, RecordId, Trace};
use std::rc::Rc;

// Everything is laid out with time along x and the lanes across it; where time runs downwards, the finished
// scene is turned at one place. Only letters must know of it: they stay upright.

/// Height of the axis above the lanes.
pub(super) const TOP: f32 = 36.0;
/// Its width beside the lanes, where time runs downwards.
pub(super) const DOWN_TOP: f32 = 68.0;
/// Room below the last lane.
pub(super) const BOTTOM: f32 = 10.0;
const RIGHT: f32 = 10.0;
/// Largest distance between two lanes, and where time runs downwards: labels stand between the lanes then.
const GAP_MAX: [f32; 2] = [120.0, 240.0];
/// Room for a lane in a picture for a report, where time runs downwards.
pub(super) const DOWN_GAP: f32 = 150.0;
/// Room for a collapsed lane, to the right and downwards.
const THIN: [f32; 2] = [17.0, 36.0];
/// Where lanes stand that are left out.
const OUT: f32 = -1_000.0;
/// Size of clock labels and message labels.
pub(super) const SMALL: f32 = 11.0;
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

/// How a text is written.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) anchor: Anchor,
    pub(super) halo: bool,
}

/// Labels over what may lie there.
pub(super) const LABEL: Face = Face { size: SMALL, bold: false, anchor: Anchor::Start, halo: true };
/// Labels on free ground.
pub(super) const PLAIN: Face = Face { halo: false, ..LABEL };

/// Everything that the parts of the layout share.
pub(super) struct Sheet<'a> {
    pub(super) run: &'a Run,
    pub(super) trace: &'a Trace,
    pub(super) index: &'a Index,
    pub(super) view: &'a View,
    pub(super) frame: &'a Frame,
    pub(super) scene: Scene,
    pub(super) room: Room,
    pub(super) plot: Rect,
    /// Distance between two open lanes.
    pub(super) gap: f32,
    /// Whether time runs downwards.
    pub(super) down: bool,
    /// Radius of a mark.
    pub(super) r: f32,
    /// Lanes that are drawn as a thin line.
    thin: Vec<NodeId>,
    /// Routine messages that matter for what is chosen.
    brought_out: Vec<MessageId>,
    /// First visible record and the one after the last.
    pub(super) visible: (RecordId, RecordId),
    pub(super) stretch_us: (u64, u64),
    status_labels: Vec<ground::StatusLabel>,
    bands: Vec<bands::Stretch>,
    /// Where the letters of the chosen events stand.
    letters: Vec<(RecordId, Rect)>,
    /// The records in sight that have a mark, once they were asked for.
    drawn: Option<Rc<[(RecordId, Record)]>>,
    /// How far off their lanes marks stand that would lie on one another.
    stacks: stacks::Stacks,
    /// What is being drawn.
    part: Option<Part>,
}

/// Lays a view of a run out.
#[must_use]
pub fn lay_out(run: &Run, index: &Index, view: &View, frame: &Frame) -> Scene {
    let mut sheet = Sheet::new(run, index, view, frame);
    sheet.draw();
    if sheet.down {
        sheet.scene.turn();
    }
    sheet.scene
}

/// First record that a view shows, and the one after the last.
#[must_use]
pub fn visible(trace: &Trace, index: &Index, view: &View) -> (RecordId, RecordId) {
    let (from_us, to_us) = stretch(trace, index, view);
    (trace.first_at(from_us), trace.count_until(to_us))
}

impl<'a> Sheet<'a> {
    fn draw(&mut self) {
        self.draw_grid();
        self.draw_partitions();
        self.draw_cones();
        self.draw_bands();
        self.draw_lanes();
        // Under the events and their labels: the cursor often stands right on one.
        self.draw_now();
        if self.is_dense() {
            self.draw_density();
            self.draw_changes();
        } else {
            self.stack_marks();
            self.reserve_marks();
            self.draw_arrows();
            self.place_letters();
            self.draw_holds();
            self.draw_path();
            self.draw_status_labels();
            self.draw_band_words();
            self.draw_rhythm();
            self.draw_events();
            self.draw_counts();
            self.draw_clock_labels();
            self.draw_arrow_labels();
        }
        self.draw_cut();
        self.draw_names();
    }

    fn new(run: &'a Run, index: &'a Index, view: &'a View, frame: &'a Frame) -> Sheet<'a> {
        let down = view.orientation == Orientation::Down;
        let (length, breadth) = if down { (view.height, view.width) } else { (view.width, view.height) };
        let head = names::head(run.names(), view);
        let top = if down { DOWN_TOP } else { TOP };
        let (w, h) = ((length - head - RIGHT).max(1.0), (breadth - top - BOTTOM).max(1.0));
        let plot = Rect { x: head, y: top, w, h };
        let trace = run.trace();
        let visible = visible(trace, index, view);
        let thin = rhythm::thin_lanes(run, index, view, visible);
        let (lanes, gap) = lanes(run.names().len(), view, &thin, &plot);
        let scene = Scene {
            width: view.width,
            height: view.height,
            lanes,
            plot: Some(plot),
            clip: Some(Rect { x: plot.x - 8.0, y: 0.0, w: plot.w + 16.0, h: breadth }),
            orientation: view.orientation,
            millimetres: view.millimetres,
            ..Scene::default()
        };
        let stretch_us = stretch(trace, index, view);
        let room = Room::new(Rect { x: plot.x, y: top - 4.0, w: plot.w, h: plot.h + 4.0 });
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
            down,
            r,
            thin,
            brought_out: rhythm::brought_out(trace, index, view),
            visible,
            stretch_us,
            status_labels: Vec::new(),
            bands: Vec::new(),
            letters: Vec::new(),
            drawn: None,
            stacks: stacks::Stacks::default(),
            part: None,
        }
    }

    pub(super) fn put(&mut self, shape: Shape, ink: Ink, alpha: f32) {
        self.scene.items.push(Item { shape, ink, alpha, clipped: true, part: self.part });
    }

    pub(super) fn put_fixed(&mut self, shape: Shape, ink: Ink, alpha: f32) {
        self.scene.items.push(Item { shape, ink, alpha, clipped: false, part: None });
    }

    /// The ground that a text takes, along the time and across it.
    pub(super) fn ground(&self, text: &str, face: Face) -> (f32, f32) {
        let (w, h) = (font::text_width(text, face.size, face.bold), face.size + 2.0);
        if self.down { (h, w) } else { (w, h) }
    }

    /// A text on its ground, with its letters upright.
    pub(super) fn words(&self, rect: Rect, text: String, face: Face) -> Shape {
        let Face { size, bold, anchor, halo } = face;
        let ground = if self.down { rect.turned() } else { rect };
        let x = match anchor {
            Anchor::Start => ground.x,
            Anchor::Middle => ground.x + ground.w / 2.0,
            Anchor::End => ground.x + ground.w,
        };
        let at = (x, ground.y + (ground.h + size * 0.7) / 2.0);
        Shape::Text { at: if self.down { turned(at) } else { at }, size, bold, anchor, text, halo, along: None }
    }

    /// Whether there is so much in sight that lanes show density instead of marks.
    pub(super) fn is_dense(&self) -> bool {
        self.visible.1 - self.visible.0 > MARKS_MAX
    }

    /// Whether a lane is only a thin line.
    pub(super) fn is_collapsed(&self, node: NodeId) -> bool {
        self.thin.contains(&node)
    }

    fn x(&self, units: f64) -> f32 {
        let share = (units - self.view.from) / (self.view.to - self.view.from);
        self.plot.x + (share * f64::from(self.plot.w)) as f32
    }

    /// Place of a record along the axis: on the time axis exactly its instant. It never falls from record to record.
    pub(super) fn x_of(&self, id: RecordId) -> f32 {
        self.x(self.index.units(self.view.axis, self.trace, id))
    }

    /// Place of a time along the axis.
    pub(super) fn x_of_time(&self, at_us: u64) -> f32 {
        self.x(self.index.units_at(self.view.axis, self.trace, at_us as f64))
    }

    /// Place of the line that says "now".
    pub(super) fn x_of_now(&self) -> Option<f32> {
        let now_us = self.view.now_us?;
        Some(self.x(self.index.units_now(self.view.axis, self.trace, self.frame.event, now_us as f64)))
    }

    /// The lanes in the order in which they stand.
    pub(super) fn in_order(&self) -> Vec<NodeId> {
        let all = lane_order(self.scene.lanes.len(), &self.view.order);
        all.into_iter().filter(|node| !self.view.left_out.contains(node)).collect()
    }

    pub(super) fn lane(&self, node: NodeId) -> f32 {
        self.scene.lanes[usize::from(node)]
    }

    /// Whether a record is there and happens at a process: a partition, say, happens at none.
    pub(super) fn has_lane(&self, id: RecordId) -> bool {
        id < self.trace.len() && usize::from(self.trace.record(id).node) < self.scene.lanes.len()
    }

    /// Where a record's mark stands: at its instant, off its lane where others stand there.
    pub(super) fn place_of(&self, id: RecordId) -> Point {
        (self.x_of(id), self.lane(self.trace.record(id).node) + self.stacks.off(id))
    }

    pub(super) fn ink_of(node: NodeId) -> Ink {
        Ink::Process((node % NodeId::from(TONES)) as u8)
    }

    /// The ink of words that belong to a process.
    pub(super) fn word_ink(node: NodeId) -> Ink {
        Ink::Word((node % NodeId::from(TONES)) as u8)
    }

    /// Whether a person wants a record out of the way.
    pub(super) fn is_hidden(&self, record: &Record) -> bool {
        let hidden = &self.view.hidden;
        !hidden.is_empty() && sort_of_record(self.run, record).is_some_and(|sort| hidden.contains(&sort))
    }

    /// Whether a record lies behind the cursor, in the known future.
    pub(super) fn is_ahead(&self, id: RecordId) -> bool {
        id >= self.frame.position
    }

    /// How a record stands to the event whose cones are shown.
    pub(super) fn cone(&self, id: RecordId, record: &Record) -> Cone {
        let Some(focus) = self.view.focus.filter(|&f| self.has_lane(f)) else { return Cone::None };
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

    /// Whether a message only keeps the system going; faint, unless somebody looks for causes.
    pub(super) fn is_quiet(&self, message: MessageId, cone: Cone) -> bool {
        cone == Cone::None && self.index.is_routine_message(message) && !self.stands_out(message)
    }

    /// How strongly something is drawn.
    pub(super) fn alpha(&self, cone: Cone, ahead: bool) -> f32 {
        let strength = if cone == Cone::Outside { 0.16 } else { 1.0 };
        if ahead { strength * 0.32 } else { strength }
    }
}

/// Places of so many lanes, and the distance between two open ones.
fn lanes(count: usize, view: &View, all_thin: &[NodeId], plot: &Rect) -> (Vec<f32>, f32) {
    let down = usize::from(view.orientation == Orientation::Down);
    let is_collapsed = |i: usize| all_thin.contains(&(i as NodeId));
    let is_out = |i: usize| view.left_out.contains(&(i as NodeId));
    let out = (0..count).filter(|&i| is_out(i)).count();
    let thin = (0..count).filter(|&i| is_collapsed(i) && !is_out(i)).count();
    let open = (count - thin - out).max(1) as f32;
    let narrow = THIN[down].min(plot.h / count.max(1) as f32);
    let gap = ((plot.h - narrow * thin as f32) / open).min(GAP_MAX[down]);
    let breadth = |i: usize| if is_collapsed(i) { narrow } else { gap };
    let all: f32 = (0..count).filter(|&i| !is_out(i)).map(breadth).sum();
    let mut at = plot.y + (plot.h - all) / 2.0;
    let mut places = vec![OUT; count];
    for node in lane_order(count, &view.order).into_iter().filter(|&node| !is_out(usize::from(node))) {
        let i = usize::from(node);
        at += breadth(i);
        places[i] = at - breadth(i) / 2.0;
    }
    (places, gap)
}

/// What `clamp` does, but where nothing is between the bounds, the lower one.
fn within(x: f32, low: f32, high: f32) -> f32 {
    x.min(high).max(low)
}

/// The stretch of time that a view shows.
fn stretch(trace: &Trace, index: &Index, view: &View) -> (u64, u64) {
    // On the logical axis a step to both sides: a record without a step of its own stands between two.
    let more = if view.axis == Axis::Logical { LOGICAL_STEP } else { 0.0 };
    let time = |units: f64| index.us_at(view.axis, trace, units);
    (time(view.from - more).max(0.0) as u64, time(view.to + more).max(0.0).ceil() as u64)
}
