//! A picture as a list of shapes: no colours, only meanings; no screen, only places.

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

/// Where events are drawn over everything that scrolls.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    },
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
    /// From its send.
    pub from: Point,
    /// To its end.
    pub to: Point,
    /// Whether it is still under way.
    pub in_flight: bool,
    /// Whether it is a frame that the link layer added.
    pub link: bool,
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
    /// Height of each lane.
    pub lanes: Vec<f32>,
    /// The part that scrolls.
    pub plot: Option<Rect>,
}

/// How far off an event may be pointed at, in pixels: half a fingertip.
const REACH: f32 = 16.0;
/// How far off a message's line may be pointed at, in pixels.
const REACH_ARROW: f32 = 7.0;

impl Scene {
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

    /// The lane nearest to a height, where the pointer is on it rather than between two.
    #[must_use]
    pub fn lane_at(&self, y: f32) -> Option<NodeId> {
        let (lane, at) = self.lanes.iter().enumerate().min_by(|a, b| (a.1 - y).abs().total_cmp(&(b.1 - y).abs()))?;
        ((at - y).abs() <= REACH).then_some(lane as NodeId)
    }
}

fn off_segment(p: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let t = if length == 0.0 { 0.0 } else { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0) };
    ((p.0 - a.0 - t * dx).powi(2) + (p.1 - a.1 - t * dy).powi(2)).sqrt()
}
