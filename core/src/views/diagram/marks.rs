//! One shape for each kind of event: told apart without their colours.

use super::scene::{Point, Shape};
use super::theme::Ink;
use crate::trace::Kind;

/// Three quarters of a circle of radius 1, clockwise from upper right to upper left.
const ROUND: [Point; 10] = [
    (0.5, -0.87),
    (0.87, -0.5),
    (1.0, 0.0),
    (0.87, 0.5),
    (0.5, 0.87),
    (0.0, 1.0),
    (-0.5, 0.87),
    (-0.87, 0.5),
    (-1.0, 0.0),
    (-0.87, -0.5),
];

/// How far a mark reaches to its sides, along the lane and below it, and above, in radii.
pub(super) fn reach(kind: Kind) -> (f32, f32) {
    match kind {
        Kind::Request => (1.0, 2.8),
        Kind::Reply => (1.0, 2.7),
        Kind::Restart => (1.25, 2.0),
        Kind::Deliver => (1.35, 1.35),
        Kind::Crash => (1.4, 1.4),
        Kind::Receive | Kind::Send | Kind::Timeout => (1.2, 1.2),
        _ => (1.0, 1.0),
    }
}

/// The shapes of an event's mark, and whether a shape has an ink other than the process's.
pub(super) fn mark(kind: Kind, at: Point, r: f32) -> Vec<(Shape, Option<Ink>)> {
    let (x, y) = at;
    let own = |shape| (shape, None);
    let line = |from, to, width| Shape::Line { from, to, width, dash: None };
    match kind {
        Kind::Local => vec![own(Shape::Disc { at, r: r * 0.9 })],
        Kind::Send => vec![own(Shape::Polygon(vec![(x - r * 0.8, y - r), (x + r * 1.1, y), (x - r * 0.8, y + r)]))],
        Kind::Receive => vec![own(Shape::Outline {
            points: vec![(x + r * 0.9, y - r), (x - r * 1.0, y), (x + r * 0.9, y + r)],
            width: 1.7,
        })],
        Kind::Deliver => {
            vec![own(Shape::Polygon(vec![(x, y - r * 1.3), (x + r * 1.3, y), (x, y + r * 1.3), (x - r * 1.3, y)]))]
        }
        Kind::Timeout => vec![
            own(Shape::Ring { at, r, width: 1.6, filled: true }),
            own(line((x, y - r * 0.65), at, 1.4)),
            own(line(at, (x + r * 0.5, y + r * 0.2), 1.4)),
        ],
        Kind::Request => {
            let top = y - r * 2.6;
            vec![own(Shape::Outline {
                points: vec![(x - r * 0.75, top), (x + r * 0.75, top), (x, top + r * 1.2)],
                width: 1.3,
            })]
        }
        Kind::Reply => {
            let top = y - r * 1.5;
            vec![own(Shape::Polygon(vec![(x - r * 0.7, top), (x + r * 0.7, top), (x, top - r * 1.1)]))]
        }
        Kind::State => vec![own(Shape::Outline { points: square(at, r * 0.8), width: 1.5 })],
        Kind::Persist => vec![own(Shape::Polygon(square(at, r * 0.6)))],
        Kind::Crash => {
            let d = r * 1.15;
            vec![
                (line((x - d, y - d), (x + d, y + d), 2.6), Some(Ink::Bad)),
                (line((x - d, y + d), (x + d, y - d), 2.6), Some(Ink::Bad)),
            ]
        }
        Kind::Restart => vec![
            own(Shape::Ring { at, r: r * 1.1, width: 0.1, filled: true }),
            own(Shape::Path {
                points: ROUND.map(|(dx, dy)| (x + dx * r * 1.1, y + dy * r * 1.1)).to_vec(),
                width: 2.0,
            }),
            own(Shape::Polygon(vec![
                (x + r * 0.1, y - r * 1.9),
                (x + r * 1.15, y - r * 0.95),
                (x - r * 0.1, y - r * 0.35),
            ])),
        ],
        Kind::Pause => vec![
            own(line((x - r * 0.45, y - r), (x - r * 0.45, y + r), 2.2)),
            own(line((x + r * 0.45, y - r), (x + r * 0.45, y + r), 2.2)),
        ],
        Kind::Resume => {
            vec![own(Shape::Outline {
                points: vec![(x - r * 0.7, y - r), (x + r, y), (x - r * 0.7, y + r)],
                width: 1.5,
            })]
        }
        Kind::Link => vec![own(Shape::Disc { at, r: r * 0.4 })],
        Kind::Boot => vec![own(line((x, y - r), (x, y + r), 2.0))],
        _ => Vec::new(),
    }
}

fn square((x, y): Point, r: f32) -> Vec<Point> {
    vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
}

/// An arrow's head with its tip at a point.
pub(super) fn head(from: Point, tip: Point, size: f32) -> Shape {
    let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt().max(0.001);
    let (ux, uy) = (dx / length, dy / length);
    let base = (tip.0 - ux * size, tip.1 - uy * size);
    let half = size * 0.42;
    Shape::Polygon(vec![tip, (base.0 - uy * half, base.1 + ux * half), (base.0 + uy * half, base.1 - ux * half)])
}

/// A point on the way from one to another, short of its end by so many pixels.
pub(super) fn short_of(from: Point, to: Point, pixels: f32) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt();
    if length <= pixels {
        return from;
    }
    let t = (length - pixels) / length;
    (from.0 + dx * t, from.1 + dy * t)
}
