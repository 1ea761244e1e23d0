//! A picture written for paper: from a [`Scene`], in points (1/72 inch), with the same marks and texts as its SVG.
//!
//! What the three writers share stands here: the size on paper, hatching as lines, and where a caption stands. Like the layout,
//! these are numbers with fractions; nothing of them flows back into a run.

mod caption;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod tex;
mod tex_text;
pub mod typst;

pub use caption::{add as add_caption, height as caption_height};
pub use tex_text::escape as tex_escape;

use crate::views::diagram::scene::{Anchor, Point, Rect, Scene};

/// Points for a pixel of a picture without a size on paper: CSS has 96 pixels an inch.
const POINTS_A_PIXEL: f32 = 0.75;
/// Distance and thickness of the lines of a hatching, in pixels, as in the SVG.
const HATCH_STEP: f32 = 5.0;
const HATCH_WIDTH: f32 = 1.5;
/// Thickness of the paper around a letter over lines, in pixels, as in the SVG.
const HALO: f32 = 3.0;

/// How many points a unit of a scene has.
fn scale(scene: &Scene) -> f32 {
    scene.millimetres.map_or(POINTS_A_PIXEL, |mm| mm / 25.4 * 72.0 / scene.width)
}

/// The middles of the lines with which a rectangle is hatched; they reach a little over its edge, so whoever draws them clips.
fn hatch(r: &Rect) -> Vec<(Point, Point)> {
    let root = std::f32::consts::SQRT_2;
    // On such a line x + y is the same everywhere.
    let (first, last) = (r.x + r.y, r.x + r.y + r.w + r.h);
    let step = HATCH_STEP * root;
    let begin = (first / step).floor() as i64;
    let sums = (begin..).map(|k| root * (HATCH_STEP * k as f32 + HATCH_WIDTH / 2.0));
    let ends = |sum: f32| {
        let (left, right) = ((sum - r.y - r.h).max(r.x) - 1.0, (sum - r.y).min(r.x + r.w) + 1.0);
        ((left, sum - left), (right, sum - right))
    };
    sums.take_while(|sum| *sum < last + HATCH_WIDTH).map(ends).filter(|(a, b)| a.0 < b.0).collect()
}

/// Which part of a text stands before its place.
fn share_before(anchor: Anchor) -> f32 {
    match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => 0.5,
        Anchor::End => 1.0,
    }
}

/// The angle of a direction, in degrees, clockwise.
fn degrees(along: Option<Point>) -> f32 {
    along.map_or(0.0, |(dx, dy)| dy.atan2(dx).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hatching_covers_its_rectangle_and_no_more() {
        let r = Rect { x: 7.0, y: 11.0, w: 40.0, h: 9.0 };
        let lines = hatch(&r);
        assert!(lines.len() >= 6, "{lines:?}");
        for (a, b) in lines {
            let inside = |p: Point| (6.0..=48.0).contains(&p.0) && (9.0..=22.5).contains(&p.1);
            assert!(inside(a) && inside(b) && ((a.0 + a.1) - (b.0 + b.1)).abs() < 0.01, "{a:?} {b:?}");
        }
    }
}
