//! A picture as a list of shapes: no colours, only meanings; no screen, only places.

use super::Orientation;
use super::theme::Ink;
use crate::trace::{MessageId, NodeId, RecordId};

/// A point, in pixels from the top left.
pub type Point = (f32, f32);

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A rectangle, its sides level and upright.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left.
    pub x: f32,
    /// Top.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl Rect {
    /// Whether two rectangles share any ground.
    #[must_use]
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }

    /// Whether a point lies in it.
    #[must_use]
    pub fn holds(&self, p: Point) -> bool {
        (self.x..=self.x + self.w).contains(&p.0) && (self.y..=self.y + self.h).contains(&p.1)
    }

    /// The rectangle with its axes swapped.
    #[must_use]
    pub(super) fn turned(self) -> Rect {
        Rect { x: self.y, y: self.x, w: self.h, h: self.w }
    }
}

/// A point with its axes swapped.
pub(super) fn turned((x, y): Point) -> Point {
    (y, x)
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A straight line.
    Line {
        /// From.
        from: Point,
        /// To.
        to: Point,
        /// Thickness.
        width: f32,
        /// Dash and gap; `None` for a solid line.
        dash: Option<(f32, f32)>,
    },
    /// A filled rectangle.
    Fill(Rect),
    /// A rectangle hatched with slanted lines.
    Hatched(Rect),
    /// A closed, filled polygon.
    Polygon(Vec<Point>),
    /// A closed outline filled with the paper.
    Outline {
        /// Corners.
        points: Vec<Point>,
        /// Thickness.
        width: f32,
    },
    /// A filled disc.
    Disc {
        /// Middle.
        at: Point,
        /// Radius.
        r: f32,
    },
    /// A ring, filled with the paper or not at all.
    Ring {
        /// Middle.
        at: Point,
        /// Radius.
        r: f32,
        /// Thickness.
        width: f32,
        /// Whether the paper shows inside.
        filled: bool,
    },
    /// An open line through several points.
    Path {
        /// The points.
        points: Vec<Point>,
        /// Thickness.
        width: f32,
    },
    /// A line of text, at its baseline.
    Text {
        /// Place of the anchor.
        at: Point,
        /// Size in pixels.
        size: f32,
        /// Semibold.
        bold: bool,
        /// Which end stands there.
        anchor: Anchor,
        /// What it says.
        text: String,
        /// Whether the paper shows around it, so that it can be read over lines.
        halo: bool,
        /// The direction along which it is written, of length 1 and never to the left; level where there is none.
        along: Option<Point>,
    },
}

impl Shape {
    /// Moves it.
    pub(super) fn shift(&mut self, dx: f32, dy: f32) {
        let moved = |(x, y): Point| (x + dx, y + dy);
        match self {
            Shape::Line { from, to, .. } => (*from, *to) = (moved(*from), moved(*to)),
            Shape::Fill(rect) | Shape::Hatched(rect) => (rect.x, rect.y) = moved((rect.x, rect.y)),
            Shape::Polygon(points) | Shape::Outline { points, .. } | Shape::Path { points, .. } => {
                points.iter_mut().for_each(|p| *p = moved(*p));
            }
            Shape::Disc { at, .. } | Shape::Ring { at, .. } | Shape::Text { at, .. } => *at = moved(*at),
        }
    }

    /// The shape with its axes swapped; letters stay upright.
    fn turn(&mut self) {
        match self {
            Shape::Line { from, to, .. } => (*from, *to) = (turned(*from), turned(*to)),
            Shape::Fill(rect) | Shape::Hatched(rect) => *rect = rect.turned(),
            Shape::Polygon(points) | Shape::Outline { points, .. } | Shape::Path { points, .. } => {
                points.iter_mut().for_each(|p| *p = turned(*p));
            }
            Shape::Disc { at, .. } | Shape::Ring { at, .. } | Shape::Text { at, .. } => *at = turned(*at),
        }
    }
}

/// What a shape is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The mark of an event.
    Event(RecordId),
    /// A message's line, by its place in [`Scene::arrows`].
    Arrow(usize),
}

/// A shape in its ink.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The shape.
    pub shape: Shape,
    /// Its ink.
    pub ink: Ink,
    /// 0 invisible, 1 opaque.
    pub alpha: f32,
    /// Whether it lies in the plot and is clipped to it.
    pub clipped: bool,
    /// What it belongs to, where it is the mark of an event or a message's line.
    pub part: Option<Part>,
}

/// Where an event was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventPlace {
    /// Which record.
    pub id: RecordId,
    /// Where.
    pub at: Point,
}

/// Where a message was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrowPlace {
    /// Which message.
    pub message: MessageId,
    /// Which copy.
    pub copy: u16,
    /// The record of its sending.
    pub origin: RecordId,
    /// The record of its end, where it has ended.
    pub end: Option<RecordId>,
    /// From its send.
    pub from: Point,
    /// To its end.
    pub to: Point,
    /// Whether it is still under way.
    pub in_flight: bool,
    /// Whether it is a frame that the link layer added.
    pub link: bool,
}

/// Where the name of a lane was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamePlace {
    /// Whose name it is.
    pub node: NodeId,
    /// The ground on which it can be pointed at.
    pub rect: Rect,
    /// Whether there was room only for a part of it.
    pub shortened: bool,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Width in pixels.
    pub width: f32,
    /// Height in pixels.
    pub height: f32,
    /// Shapes, from the back to the front.
    pub items: Vec<Item>,
    /// Events that can be pointed at.
    pub events: Vec<EventPlace>,
    /// Messages that can be pointed at.
    pub arrows: Vec<ArrowPlace>,
    /// Place of each lane across the time.
    pub lanes: Vec<f32>,
    /// The names of the lanes.
    pub names: Vec<NamePlace>,
    /// Handles of the cut, one for each lane.
    pub handles: Vec<Point>,
    /// The part that scrolls.
    pub plot: Option<Rect>,
    /// What is clipped is clipped to this.
    pub clip: Option<Rect>,
    /// Which way time runs.
    pub orientation: Orientation,
    /// How wide it is on paper, in millimetres, where that was asked for.
    pub millimetres: Option<f32>,
    /// Breaks of the axis that can be opened or closed.
    pub folds: Vec<FoldPlace>,
    /// How many of the messages in sight that are not routine bear their name, and how many there are.
    pub named: (u32, u32),
}

/// A break of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoldPlace {
    /// Since when nothing happens there, in microseconds.
    pub from_us: u64,
    /// Where it can be pointed at.
    pub rect: Rect,
}

/// How far off an event may be pointed at, in pixels: half a fingertip.
const REACH: f32 = 16.0;
/// How far off a message's line may be pointed at, in pixels.
const REACH_ARROW: f32 = 7.0;

impl Scene {
    /// The break of the axis at a point.
    #[must_use]
    pub fn fold_at(&self, at: Point) -> Option<u64> {
        self.folds.iter().find(|fold| fold.rect.holds(at)).map(|fold| fold.from_us)
    }

    /// Swaps the axes of everything: what was laid out with time to the right then has it downwards.
    pub(super) fn turn(&mut self) {
        self.items.iter_mut().for_each(|item| item.shape.turn());
        self.events.iter_mut().for_each(|event| event.at = turned(event.at));
        for arrow in &mut self.arrows {
            (arrow.from, arrow.to) = (turned(arrow.from), turned(arrow.to));
        }
        self.names.iter_mut().for_each(|name| name.rect = name.rect.turned());
        self.folds.iter_mut().for_each(|fold| fold.rect = fold.rect.turned());
        self.handles.iter_mut().for_each(|handle| *handle = turned(*handle));
        self.plot = self.plot.map(Rect::turned);
        self.clip = self.clip.map(Rect::turned);
    }

    /// A point's place along the time and across it.
    #[must_use]
    pub fn along(&self, p: Point) -> Point {
        if self.orientation == Orientation::Down { turned(p) } else { p }
    }

    /// Where the stretch of time begins that is shown, and how long it is, in pixels.
    #[must_use]
    pub fn stretch(&self) -> (f32, f32) {
        match (self.plot, self.orientation) {
            (None, _) => (0.0, 1.0),
            (Some(p), Orientation::Right) => (p.x, p.w),
            (Some(p), Orientation::Down) => (p.y, p.h),
        }
    }
    /// The event nearest to a point, within reach.
    #[must_use]
    pub fn event_at(&self, p: Point) -> Option<RecordId> {
        let distance = |e: &&EventPlace| (e.at.0 - p.0).powi(2) + (e.at.1 - p.1).powi(2);
        let nearest = self.events.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(&nearest) <= REACH * REACH).then_some(nearest.id)
    }

    /// The message whose line is nearest to a point, within reach.
    #[must_use]
    pub fn arrow_at(&self, p: Point) -> Option<ArrowPlace> {
        let distance = |a: &&ArrowPlace| off_segment(p, a.from, a.to);
        let nearest = self.arrows.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(&nearest) <= REACH_ARROW).then_some(*nearest)
    }

    /// The lane nearest to a point.
    #[must_use]
    pub fn nearest_lane(&self, p: Point) -> Option<NodeId> {
        let off = |at: &f32| (at - self.along(p).1).abs();
        let (lane, _) = self.lanes.iter().enumerate().min_by(|a, b| off(a.1).total_cmp(&off(b.1)))?;
        Some(lane as NodeId)
    }

    /// The lane at a point, where the pointer is on it rather than between two.
    #[must_use]
    pub fn lane_at(&self, p: Point) -> Option<NodeId> {
        let lane = self.nearest_lane(p)?;
        ((self.lanes[usize::from(lane)] - self.along(p).1).abs() <= REACH).then_some(lane)
    }

    /// The lane whose name is at a point.
    #[must_use]
    pub fn name_at(&self, p: Point) -> Option<NamePlace> {
        self.names.iter().find(|name| name.rect.holds(p)).copied()
    }

    /// The lane whose handle of the cut is nearest to a point, within reach.
    #[must_use]
    pub fn handle_at(&self, p: Point) -> Option<NodeId> {
        let distance = |h: &Point| (h.0 - p.0).powi(2) + (h.1 - p.1).powi(2);
        let (lane, at) = self.handles.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
        (distance(at) <= REACH * REACH).then_some(lane as NodeId)
    }
}

fn off_segment(p: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let t = if length == 0.0 { 0.0 } else { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0) };
    ((p.0 - a.0 - t * dx).powi(2) + (p.1 - a.1 - t * dy).powi(2)).sqrt()
}
