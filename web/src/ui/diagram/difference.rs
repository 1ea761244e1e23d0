//! What two compared branches do not have in common, drawn into their diagrams.

use crate::model::branches::Difference;
use lightcone_core::engine::Run;
use lightcone_core::trace::RecordId;
use lightcone_core::views::diagram::scene::{Item, Point, Rect, Scene, Shape};
use lightcone_core::views::diagram::theme::Ink;
use lightcone_core::views::diagram::{Axis, Index, LOGICAL_STEP, View};
use std::collections::BTreeSet;

/// How strongly the ground after the first difference is tinted.
const TINT: f32 = 0.08;
/// Half the side of the square around an event that the other branch does not have, in pixels.
const SQUARE_PX: f32 = 8.5;

/// Tints the ground from the first difference on, and puts a square around each event that only this branch has.
pub(crate) fn mark_difference(
    scene: &mut Scene,
    run: &Run,
    index: &Index,
    view: &View,
    first: Difference,
    alone: &BTreeSet<RecordId>,
) {
    let Some(plot) = scene.plot else { return };
    let units = match view.axis {
        Axis::Time => first.at_us as f64,
        axis if first.record < run.trace().len() => {
            let half = if axis == Axis::Logical { LOGICAL_STEP / 2.0 } else { 0.0 };
            index.units(axis, run.trace(), first.record) - half
        }
        axis => index.end(axis, first.at_us as f64),
    };
    let share = (units - view.from) / (view.to - view.from);
    let x = plot.x + (share * f64::from(plot.w)) as f32;
    let end = plot.x + plot.w;
    let put = |shape: Shape, alpha: f32| Item { shape, ink: Ink::Future, alpha, clipped: true, part: None };
    if x < end {
        let from = x.max(plot.x);
        let ground = Rect { x: from, y: plot.y, w: end - from, h: plot.h };
        scene.items.insert(0, put(Shape::Fill(ground), TINT));
    }
    if x >= plot.x && x < end {
        let line = Shape::Line { from: (x, plot.y), to: (x, plot.y + plot.h), width: 1.6, dash: Some((5.0, 4.0)) };
        scene.items.insert(1, put(line, 1.0));
    }
    let square = |at: Point| {
        let (l, r, t, b) = (at.0 - SQUARE_PX, at.0 + SQUARE_PX, at.1 - SQUARE_PX, at.1 + SQUARE_PX);
        Shape::Path { points: vec![(l, t), (r, t), (r, b), (l, b), (l, t)], width: 1.5 }
    };
    let own = scene.events.iter().filter(|e| alone.contains(&e.id));
    let squares: Vec<Item> = own.map(|e| put(square(e.at), 0.9)).collect();
    scene.items.extend(squares);
}
